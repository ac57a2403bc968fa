"""Screens one listing: pictures and text in, a verdict for each brand out. Promises that every candidate is kept.

Below the threshold a match has the verdict `pass`, so that a house can look at what it decided not to look at.
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Final

from matching.code_words import code_words
from matching.engine import Engine
from matching.screening_rules import DEFAULT_RULES, ScreeningRules, score_of, verdict_of
from matching.screening_types import (
    BrandMatch,
    CodeWordSignal,
    PictureSignal,
    PriceSignal,
    RejectedPair,
    Screening,
    ScreeningItem,
    Signal,
    TextSignal,
    Verdict,
)
from matching.soft_contexts import Softening, softening_of
from matching.text_match import Field, TextCandidate

_GRAVITY: Final[dict[Verdict, int]] = {"pass": 0, "review": 1, "stop": 2}
_REJECTED_WHY: Final = "담당자가 같은 내용을 이미 문제없음으로 처리하여 점수에 넣지 않습니다."


def text_digest(title: str, description: str) -> str:
    """The SHA-256 of a listing's text, in hexadecimal; what a rejected text match is bound to."""
    return hashlib.sha256(f"{title}\x1f{description}".encode("utf-8", "surrogatepass")).hexdigest()


def screen(engine: Engine, item: ScreeningItem, rules: ScreeningRules = DEFAULT_RULES) -> Screening:
    """Compares a listing with the brands' material.

    Every brand that any picture or word points to is a match. A brand that the seller is authorised for is no
    suspicion: its match has the score 0 and the verdict `pass`. What a moderator rejected for this very content does
    not count.
    """
    texts = engine.match_text(item.title, item.description, category=item.category)
    signals: dict[str, list[Signal]] = {}
    for brand, signal in [*_picture_signals(engine, item, rules), *_text_signals(item, texts)]:
        signals.setdefault(brand, []).append(signal)
    words = _code_word_signals(item, texts) if signals else []
    matches = [_match(brand, [*own, *words], item, rules) for brand, own in signals.items()]
    matches.sort(key=lambda match: (-_GRAVITY[match.verdict], -match.score, match.brand))
    verdict: Verdict = matches[0].verdict if matches else "pass"
    return Screening(verdict, max((match.score for match in matches), default=0.0), tuple(matches))


def _match(brand: str, signals: list[Signal], item: ScreeningItem, rules: ScreeningRules) -> BrandMatch:
    signals += _price_signals(brand, item, rules)
    ordered = tuple(sorted(signals, key=lambda signal: -signal.score))
    if brand in item.authorised_brands:
        why = "이 브랜드의 판매 권한이 확인된 판매자여서 의심하지 않습니다."
        return BrandMatch(brand, 0.0, "pass", ordered, why)
    score = score_of(ordered)
    softening = _softening(ordered, item)
    verdict = verdict_of(ordered, score, rules, is_soft=softening is not None)
    if verdict != "review":
        softening = None
    return BrandMatch(brand, score, verdict, ordered, _why(verdict, ordered, softening), softening)


def _softening(signals: Sequence[Signal], item: ScreeningItem) -> Softening | None:
    """Why the listing is not stopped for this brand, if it is not.

    Whoever writes beside the name that the article is a copy does not describe with it.
    """
    names = [(each.start, each.end) for each in signals if isinstance(each, TextSignal) and each.field == "title"]
    found = softening_of(item.title, description=item.description, category=item.category, names=names)
    is_called_a_copy = any(isinstance(each, CodeWordSignal) for each in signals)
    return None if found is not None and found.kind == "descriptive" and is_called_a_copy else found


def _why(verdict: Verdict, signals: tuple[Signal, ...], softening: Softening | None) -> str:
    counted = [signal for signal in signals if not signal.is_rejected]
    if not counted:
        return _REJECTED_WHY
    if verdict == "pass":
        return f"{counted[0].why} 다른 근거가 없어 통과시킵니다." if len(counted) == 1 else counted[0].why
    reasons = list(dict.fromkeys(signal.why for signal in counted))[:3]
    return " ".join([*reasons, softening.why] if softening else reasons)


def _picture_signals(engine: Engine, item: ScreeningItem, rules: ScreeningRules) -> Iterable[tuple[str, Signal]]:
    prints = [picture.fingerprint for picture in item.pictures]
    found = engine.match_pictures(prints, limit=rules.picture_limit) if prints else []
    for picture, candidates in zip(item.pictures, found, strict=True):
        for each in candidates:
            is_rejected = RejectedPair("image", picture.key, each.reference) in item.rejected
            why = _REJECTED_WHY if is_rejected else each.why
            signal = PictureSignal(
                each.reference, picture.key, each.score, why, each.transform, each.distance, is_rejected
            )
            yield each.brand, signal


def _text_signals(item: ScreeningItem, texts: Iterable[TextCandidate]) -> Iterable[tuple[str, Signal]]:
    digest = text_digest(item.title, item.description)
    for each in texts:
        is_rejected = RejectedPair("text", digest, each.spelling) in item.rejected
        yield (
            each.brand,
            TextSignal(
                name=each.spelling,
                found=each.found,
                field=each.field,
                start=each.start,
                end=each.end,
                score=each.score,
                why=_REJECTED_WHY if is_rejected else each.why,
                disguises=each.disguises,
                is_common=each.is_common,
                is_rejected=is_rejected,
            ),
        )


def _code_word_signals(item: ScreeningItem, texts: Iterable[TextCandidate]) -> list[Signal]:
    found: list[Signal] = []
    fields: tuple[tuple[Field, str], ...] = (("title", item.title), ("description", item.description))
    for field, text in fields:
        names = [(each.start, each.end) for each in texts if each.field == field and not each.is_common]
        found += [
            CodeWordSignal(word.word, word.found, field, word.start, word.end, word.weight, word.why)
            for word in code_words(text, near=names)
        ]
    return found


def _price_signals(brand: str, item: ScreeningItem, rules: ScreeningRules) -> list[Signal]:
    if item.price_minor is None:
        return []
    return [
        PriceSignal(
            item.price_minor,
            usual.amount_minor,
            usual.currency,
            rules.price_score,
            f"가격이 이 브랜드 상품의 통상 가격의 {item.price_minor * 100 // usual.amount_minor}%입니다.",
        )
        for usual in rules.usual_prices
        if (usual.brand, usual.currency) == (brand, item.currency)
        and item.price_minor < rules.far_below * usual.amount_minor
    ]
