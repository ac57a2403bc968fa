"""From what the engine and stay-down found to what a marketplace is told of each brand. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from listings.choices import ContentKind
from listings.preflight import helping, words
from listings.preflight.answers import BrandFinding, Reason
from matching import BrandMatch, CodeWordSignal, PictureSignal, Screening, Signal, Softening, TextSignal, Verdict

_GRAVITY: Final[Mapping[str, int]] = {"pass": 0, "review": 1, "stop": 2}
#: So many brands, and so many reasons for each, are told: a title that is nothing but names tells no more.
MOST_BRANDS: Final = 20
MOST_REASONS: Final = 10


@dataclass(frozen=True, slots=True)
class BrandName:
    """What the marketplace knows a brand by."""

    external_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Returned:
    """A confirmed counterfeit that is back: of which brand ("" where of none), the version in which it was confirmed,
    how strongly and by which signs. ``is_exact``: it is the very picture, and no likeness that other signs back."""

    brand: str
    original: int
    score: float
    signs: tuple[Mapping[str, Any], ...]
    is_exact: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding, and the engine's match and the returns that it rests on."""

    finding: BrandFinding
    match: BrandMatch | None
    returned: tuple[Returned, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known beside the comparison itself.

    ``authorised``: brands for which the seller may sell these goods. ``is_protected``: whether all that speaks for a
    match is content that an appeal found rightful. ``positions``: of each picture by its digest. ``names``: of the
    brands that are there; one that has gone is no finding. ``softening``: what the words say for the brand of a match.
    ``is_released``: whether staff released this very content of the seller; asked only where something would be held.
    """

    authorised: frozenset[str]
    is_protected: Callable[[BrandMatch], bool]
    positions: Mapping[str, int]
    names: Mapping[str, BrandName]
    softening: Callable[[BrandMatch | None], Softening | None]
    is_released: Callable[[], bool]


def verdict_on_return(returned: Returned, softening: Softening | None) -> Verdict:
    """A person found that very picture to be a counterfeit's, and no word in a title makes it another: it is held, used
    or not. A likeness is only the machine's, which never stops used goods and parts.

    A name that describes is no excuse for the counterfeit's own pictures and text.
    """
    is_soft = softening is not None and softening.kind != "descriptive"
    return "review" if is_soft and not returned.is_exact else "stop"


def judge(screening: Screening, returned: Sequence[Returned], known: Known) -> tuple[Judged, ...]:
    """The findings, the gravest first; what only passes without a word to say is left out."""
    back: dict[str, list[Returned]] = defaultdict(list)
    for each in returned:
        back[each.brand].append(each)
    matches = {match.brand: match for match in screening.matches if match.brand in known.names}
    brands = [*matches, *(brand for brand in back if brand not in matches)]
    judged = [_judged(brand, matches.get(brand), back.get(brand, []), known) for brand in brands]
    told = [each for each in judged if each is not None]
    told.sort(key=lambda each: (-_GRAVITY[each.finding.verdict], -each.finding.score, each.finding.brand))
    return tuple(told[:MOST_BRANDS])


def gravest(verdicts: Iterable[str]) -> str:
    return max(verdicts, key=_GRAVITY.__getitem__, default="pass")


def _judged(brand: str, match: BrandMatch | None, returned: Sequence[Returned], known: Known) -> Judged | None:
    verdict, reasons = _of_match(match, known) if match else ("pass", [])
    signs = [_sign(sign) for each in returned for sign in each.signs]
    if not reasons and not signs:
        return None
    softening = known.softening(match) if returned else None
    on_return = [verdict_on_return(each, softening) for each in returned]
    if softening is not None and "review" in on_return and not (match and match.softening):
        reasons = [*reasons, _softened(softening)]
    name = known.names.get(brand, BrandName("", ""))
    finding = BrandFinding(
        brand=name.external_id,
        brand_name=name.name,
        verdict=gravest([verdict, *on_return]),
        score=max([match.score if match else 0.0, *(each.score for each in returned)]),
        reasons=_few([*signs, *reasons]),
    )
    return Judged(finding, match, tuple(returned))


def _of_match(match: BrandMatch, known: Known) -> tuple[str, list[Reason]]:
    """The verdict of a match and its reasons; no reasons where it is an ordinary listing that names a brand."""
    if match.brand in known.authorised:
        return "pass", [Reason(helping.AUTHORISED, words.AUTHORISED)]
    if match.verdict == "pass":
        is_remembered = all(signal.is_rejected for signal in match.signals if not isinstance(signal, CodeWordSignal))
        return "pass", [Reason(helping.DECIDED_BEFORE, words.DECIDED_BEFORE)] if is_remembered else []
    if known.is_protected(match):
        return "pass", [Reason(helping.PROTECTED, words.PROTECTED)]
    if match.verdict == "stop" and known.is_released():
        return "pass", [Reason(helping.RELEASED, words.RELEASED)]
    reasons = [_reason(signal, known.positions) for signal in match.signals if not signal.is_rejected]
    return match.verdict, [*reasons, _softened(match.softening)] if match.softening else reasons


def _few(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    """At most so many; why a person decides stands at the end and stays."""
    if len(reasons) <= MOST_REASONS:
        return tuple(reasons)
    is_soft = reasons[-1].code in helping.SOFTENINGS.values()
    return (*reasons[: MOST_REASONS - 1], reasons[-1]) if is_soft else tuple(reasons[:MOST_REASONS])


def _softened(softening: Softening) -> Reason:
    return Reason(helping.SOFTENINGS[softening.kind], words.softened(softening))


def _reason(signal: Signal, positions: Mapping[str, int]) -> Reason:
    return Reason(_code(signal), words.sentence_of(signal), signal.score, _where(signal, positions))


def _code(signal: Signal) -> str:
    if isinstance(signal, PictureSignal):
        return helping.PICTURE
    if isinstance(signal, TextSignal):
        return helping.HIDDEN_NAME if signal.disguises else helping.NAME
    return helping.CODE_WORD if isinstance(signal, CodeWordSignal) else helping.LOW_PRICE


def _where(signal: Signal, positions: Mapping[str, int]) -> Mapping[str, Any] | None:
    if isinstance(signal, PictureSignal):
        return {"picture": positions[signal.image]}
    if isinstance(signal, TextSignal | CodeWordSignal):
        return {"field": signal.field, "start": signal.start, "end": signal.end, "found": signal.found}
    return None


def _sign(sign: Mapping[str, Any]) -> Reason:
    where = {"picture": sign["position"]} if sign["kind"] == ContentKind.IMAGE else None
    return Reason(helping.RETURNING, words.returned(sign), sign["score"], where)


def with_help(judged: Sequence[Judged]) -> frozenset[str]:
    """The codes of the reasons that help is asked against: those of findings that do not pass."""
    return frozenset(
        reason.code for each in judged if each.finding.verdict != "pass" for reason in each.finding.reasons
    )
