"""The words by which sellers tell buyers that an article is a copy. Promises care for what they mean in everyday life.

Two sorts: words that mean a copy wherever they stand (레플리카, 미러급), and words that do so only right behind a
brand's name or beside one of the first sort (미러, st, 1:1). Neither counts where the seller denies it ("가품 아님",
"가품 시 200% 보상"), nor in the trades where it is the proper word (a replica jersey is an official article, imitation
leather is a material).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from matching.name_index import NameIndex
from matching.names import BrandSpelling, name_of
from matching.text_match import match_field
from matching.text_reasons import topic, visible
from matching.vocabulary import EMPTY

Span = tuple[int, int]

_STRONG: Final = {
    "레플리카": 0.75,
    "레플": 0.7,
    "미러급": 0.85,
    "미러퀄": 0.85,
    "미러퀄리티": 0.85,
    "SA급": 0.8,
    "정품급": 0.8,
    "커스텀급": 0.75,
    "하이엔드급": 0.75,
    "로스급": 0.8,
    "이미테이션": 0.7,
    "짝퉁": 0.8,
    "모조품": 0.7,
    "가품": 0.6,
    "replica": 0.7,
    "replicas": 0.7,
    "counterfeit": 0.8,
    "superfake": 0.9,
    "knockoff": 0.75,
    "mirror quality": 0.8,
}
_ONE_TO_ONE: Final = "문의|상담|비율|증정|교환|맞춤|매칭|채팅|톡|케어|레슨|pt"
# Everyday words and abbreviations: only right behind a brand's name, or beside a word of the first sort.
_WEAK: Final = (
    (re.compile(r"미러(?!리스|볼)(?!\s*(?:렌즈|선글|코팅|글라스|고글|안경|반사|타입|디스플레이|화장))"), "미러", 0.6),
    (re.compile(r"로스(?![가-힣])(?!\s*(?:구이|용|햄))"), "로스", 0.55),
    (re.compile(rf"(?<!\d)1\s?[:대∶：]\s?1(?!\d)(?!\s*(?:{_ONE_TO_ONE}))", re.I), "1:1", 0.65),
    (re.compile(r"(?<![a-z])a{3,5}\+?(?![a-z])(?!\s*(?:건전지|배터리|전지|batter|cell|game|size))", re.I), "AAA", 0.5),
    (re.compile(r"(?<![a-z])st(?![a-z.]|\.?\s*\d)", re.I), "st", 0.55),
    (re.compile(r"스타일(?!러|리)"), "스타일", 0.45),
    (re.compile(r"커스텀"), "커스텀", 0.4),
    (re.compile(r"(?<![a-z])dupes?(?![a-z])", re.I), "dupe", 0.65),
)  # fmt: skip
_DENIED_BEHIND: Final = re.compile(
    r"^\s*(?:이|가|은|는|일|인|임|제품|상품)?\s*"
    r"(?:\(?x\)?\b|아님|아닙|아니|아닌|절대|없|취급\s*(?:안|하지|x)|판별|감별|구별|시\s*\d|시\s*(?:보상|환불|전액)"
    r"|(?:일\s*)?(?:경우|시에는|판정)|신고|주의|근절|퇴치|0%)",
    re.I,
)
_DENIED_BEFORE: Final = re.compile(r"(?:\b(?:not|no|non|never|anti)[\s-]*(?:a\s+)?|안티\s*)$", re.I)
_MODEL_SCALE: Final = r"1\s*[:/]\s*(?:18|24|43|64)"
_PROPER_TRADES: Final = {
    "레플리카": re.compile(rf"유니폼|저지|축구공|다이캐스트|모형|피규어|트로피|{_MODEL_SCALE}"),
    "replica": re.compile(rf"jersey|shirt|\bkit\b|\bball\b|die-?cast|figure|\bprop\b|trophy|{_MODEL_SCALE}", re.I),
    "이미테이션": re.compile(r"진주|가죽|레더|퍼\b|보석|큐빅|플라워|조화|게임"),
}  # fmt: skip
_SAME_TRADE: Final = {"레플": "레플리카", "replicas": "replica"}
_NEAR_CHARACTERS: Final = 2
_LOOK_AROUND: Final = 16
_WORDS: Final = NameIndex(name for word in _STRONG if (name := name_of(BrandSpelling(word, word))) is not None)


@dataclass(frozen=True, slots=True)
class CodeWord:
    """A word that tells of a copy. `found` == text[start:end]; `weight` 0..1; `why` in Korean."""

    word: str
    found: str
    start: int
    end: int
    weight: float
    why: str


def code_words(text: str, *, near: Sequence[Span] = ()) -> tuple[CodeWord, ...]:
    """The code words of a text, in its order.

    `near`: where brand names stand in the text; a word with an everyday meaning counts only right behind one of them,
    or in a text that has a plain code word as well.
    """
    strong = list(_strong(text))
    weak = [word for word in _weak(text) if strong or _is_behind(word, near)]
    return tuple(sorted(_without_overlaps(strong, weak), key=lambda word: word.start))


def _strong(text: str) -> Iterator[CodeWord]:
    for find in match_field(text, "title", [_WORDS], EMPTY, ""):
        word = find.spelling
        trade = _PROPER_TRADES.get(_SAME_TRADE.get(word, word))
        is_slip = {"typo", "dropped_syllable", "romanised"} & set(find.disguises)
        if not is_slip and not _is_denied(text, find.start, find.end) and not (trade and trade.search(text)):
            yield _code_word(word, text, (find.start, find.end), _STRONG[word])


def _weak(text: str) -> Iterator[CodeWord]:
    for pattern, word, weight in _WEAK:
        for match in pattern.finditer(text):
            if not _is_denied(text, *match.span()):
                yield _code_word(word, text, match.span(), weight)


def _is_denied(text: str, start: int, end: int) -> bool:
    before, behind = text[max(0, start - _LOOK_AROUND) : start], text[end : end + _LOOK_AROUND]
    return bool(_DENIED_BEFORE.search(before) or _DENIED_BEHIND.match(behind))


def _is_behind(word: CodeWord, names: Sequence[Span]) -> bool:
    return any(0 <= word.start - end <= _NEAR_CHARACTERS for _, end in names)


def _without_overlaps(strong: list[CodeWord], weak: list[CodeWord]) -> list[CodeWord]:
    return strong + [word for word in weak if all(word.end <= each.start or each.end <= word.start for each in strong)]


def _code_word(word: str, text: str, span: Span, weight: float) -> CodeWord:
    found = text[span[0] : span[1]]
    shown = visible(found)
    why = f"‘{shown}’{topic(shown)} 정품이 아님을 알릴 때 판매자들이 쓰는 말입니다."
    return CodeWord(word, found, span[0], span[1], weight, why)
