"""How signals add up to a verdict. Pure; every number is a value that the house may set."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import prod
from typing import Final

from matching.screening_types import CodeWordSignal, PictureSignal, PriceSignal, Signal, TextSignal, Verdict


@dataclass(frozen=True, slots=True)
class UsualPrice:
    """What a brand's articles usually cost, in the currency's minor unit."""

    brand: str
    currency: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class ScreeningRules:
    """The thresholds. Scores are 0..1.

    `review`: from this score of a match on a person looks. `stop`: from this score on it is held, if the signals are of
    the kinds that may. `strong_picture`: a picture that is enough alone to stop. `weak_picture`: one that is enough
    beside a disguise. `far_below`: the share of the usual price under which a price speaks. `price_score`: how much it
    says.
    """

    review: float = 0.5
    stop: float = 0.85
    strong_picture: float = 0.85
    weak_picture: float = 0.5
    far_below: float = 0.3
    price_score: float = 0.4
    usual_prices: tuple[UsualPrice, ...] = ()
    picture_limit: int = 8


DEFAULT_RULES: Final = ScreeningRules()


def score_of(signals: Iterable[Signal]) -> float:
    """The score of a match: the chance that not every signal is a coincidence, each kind counted once."""
    parts = _strengths(signals)
    if not parts.names_a_brand:
        return round(max(parts.picture, parts.disguise, parts.name), 4)
    speaking = (parts.picture, parts.disguise, parts.name, parts.code_word, parts.price)
    return round(1 - prod(1 - each for each in speaking), 4)


def verdict_of(signals: Iterable[Signal], score: float, rules: ScreeningRules, *, is_soft: bool) -> Verdict:
    """The verdict on a match. `is_soft`: the listing is of a kind that the machine never stops (soft_contexts)."""
    if score < rules.review:
        return "pass"
    parts = _strengths(signals)
    is_hidden = parts.disguise >= rules.review
    is_grave = parts.picture >= rules.strong_picture or (
        is_hidden and (parts.picture >= rules.weak_picture or parts.code_word > 0)
    )
    return "stop" if is_grave and score >= rules.stop and not is_soft else "review"


@dataclass(frozen=True, slots=True)
class _Strengths:
    picture: float
    disguise: float
    name: float
    code_word: float
    price: float

    @property
    def names_a_brand(self) -> bool:
        """True where something beyond an everyday word points to the brand, so that supports may count."""
        return max(self.picture, self.disguise) > 0 or self.name >= _DISTINCT_NAME


# A plain name scores this much at least when it is distinctive; everyday words score less (text_match.COMMON_SCORE).
_DISTINCT_NAME: Final = 0.1


def _strengths(signals: Iterable[Signal]) -> _Strengths:
    counted = [each for each in signals if not each.is_rejected]
    texts = [each for each in counted if isinstance(each, TextSignal)]
    return _Strengths(
        picture=_most(each.score for each in counted if isinstance(each, PictureSignal)),
        disguise=_most(each.score for each in texts if each.disguises),
        name=_most(each.score for each in texts if not each.disguises),
        code_word=_most(each.score for each in counted if isinstance(each, CodeWordSignal)),
        price=_most(each.score for each in counted if isinstance(each, PriceSignal)),
    )


def _most(scores: Iterable[float]) -> float:
    return max(scores, default=0.0)
