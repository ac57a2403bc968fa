"""How signals add up to a verdict. Pure; every number is a value that the house may set."""

import re
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

# Genuine goods change hands used, and parts name the brand that they fit. Such listings are never stopped by the
# machine.
_USED: Final = re.compile(
    r"중고|리퍼|리퍼비시|세컨\s*핸드|구제|빈티지|\b(?:used|second[- ]?hand|pre-?owned|refurbished|vintage)\b", re.I
)
_PART: Final = re.compile(
    r"호환|전용|케이스|커버|필름|거치대|보호|교체|부품|악세사리|액세서리|스트랩|리필|충전기|어댑터"
    r"|\b(?:compatible|replacement|case|cover|protector|adapter|charger|strap|refill|spare|for)\b",
    re.I,
)  # fmt: skip


def soft_context(title: str, category: str) -> str:
    """Why this listing is never stopped by the machine, in Korean; "" where it may be."""
    text = f"{title} {category}"
    if _USED.search(text):
        return "중고 상품으로 보여 자동으로 멈추지 않고 담당자가 확인합니다."
    if _PART.search(text):
        return "호환 부품이나 액세서리로 보여 자동으로 멈추지 않고 담당자가 확인합니다."
    return ""


def score_of(signals: Iterable[Signal]) -> float:
    """The score of a match: the chance that not every signal is a coincidence, each kind counted once."""
    parts = _strengths(signals)
    if not parts.names_a_brand:
        return round(max(parts.picture, parts.disguise, parts.name), 4)
    speaking = (parts.picture, parts.disguise, parts.name, parts.code_word, parts.price)
    return round(1 - prod(1 - each for each in speaking), 4)


def verdict_of(signals: Iterable[Signal], score: float, rules: ScreeningRules, *, is_soft: bool) -> Verdict:
    """The verdict on a match."""
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
