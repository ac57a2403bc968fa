"""Where a word begins and ends. Promises that a name inside an ordinary word is no hit, and that Korean endings are."""

from enum import Enum
from functools import lru_cache
from typing import Final

from matching.text_fold import GAPS, MOST_CHARACTERS_KEPT, Kind, fold

# 조사: what follows a Korean noun without a space.
_PARTICLES: Final = (
    "은", "는", "이", "가", "을", "를", "의", "에", "와", "과", "도", "만", "로", "으로", "에서", "에게", "까지",
    "부터", "처럼", "보다", "라고", "이라고", "이나", "나", "랑", "이랑", "하고", "한테", "밖에", "조차", "마다",
    "입니다", "이다", "인", "님",
)  # fmt: skip
# What sellers write behind a name without a space.
_ATTACHED: Final = (
    "정품", "스타일", "레플", "미러", "짝퉁", "급", "풍", "st", "가방", "백팩", "백", "운동화", "신발",
    "구두", "샌들", "슬리퍼", "지갑", "시계", "벨트", "모자", "볼캡", "캡", "티셔츠", "티", "셔츠", "바지", "자켓",
    "재킷", "패딩", "점퍼", "코트", "니트", "후드", "맨투맨", "원피스", "스카프", "목걸이", "귀걸이", "반지", "팔찌",
    "선글라스", "안경", "향수", "크림", "로션", "스킨", "에센스", "세럼", "쿠션", "립스틱", "틴트", "마스크", "팩",
    "샴푸", "화장품", "세트", "케이스", "충전기", "이어폰", "호환", "전용", "공식", "매장", "브랜드", "신상", "중고",
    "남성", "여성", "남자", "여자", "키즈", "아동", "코리아", "에어",
)  # fmt: skip
_BEFORE: Final = (
    "정품", "명품", "가짜", "짝퉁", "신상", "중고", "신형", "구형", "한국", "국내", "해외", "브랜드", "레플", "미러",
    "남자", "여자", "남성", "여성",
)  # fmt: skip
# No word is longer; a run without gaps may be as long as the text.
_LONGEST_WORD: Final = 40
# From so many syllables on a name may be written together with whatever follows.
_LONG_NAME: Final = 3


class Edge(Enum):
    """How cleanly a found span stands in its text."""

    CLEAN = "clean"
    ATTACHED = "attached"  # written together with a word that sellers write so
    RUNNING_ON = "running_on"  # a long name with any other letters behind it
    INSIDE = "inside"  # part of another word


@lru_cache(maxsize=MOST_CHARACTERS_KEPT)
def _class(character: str) -> str:
    """h: Hangul, l: Latin and its look-alikes, d: digits, o: other letters, -: a gap; "" for what is not seen."""
    folded, kind = fold(character)
    if kind in (Kind.INVISIBLE, Kind.MARK):
        return ""
    if kind in GAPS or not folded:
        return "-"
    if "ㄱ" <= folded[0] <= "ㅣ":
        return "h"
    if character.isdigit():
        return "d"
    return "l" if folded.isascii() else "o"


def edge(text: str, start: int, end: int) -> Edge:
    """How text[start:end] stands among its neighbours."""
    left = _left(text, start)
    if left is Edge.INSIDE:
        return left
    right = _right(text, start, end)
    return right if left is Edge.CLEAN else max(left, right, key=_SEVERITY.__getitem__)


_SEVERITY: Final = {standing: place for place, standing in enumerate(Edge)}


def _left(text: str, start: int) -> Edge:
    place = start - 1
    while place >= 0 and not _class(text[place]):
        place -= 1
    before = _class(text[place]) if place >= 0 else "-"
    first = _class(text[start])
    if before in "-o" or (before != first and "h" in (before, first)):
        return Edge.CLEAN
    if before == first == "h":
        return Edge.ATTACHED if text[: place + 1].endswith(_BEFORE) else Edge.INSIDE
    return Edge.INSIDE


def _right(text: str, start: int, end: int) -> Edge:
    place = end
    while place < len(text) and not _class(text[place]):
        place += 1
    after = _class(text[place]) if place < len(text) else "-"
    last = _class(text[end - 1])
    if after in "-o":
        return Edge.CLEAN
    if after == last == "h":
        return _korean_ending(text, start, end, place)
    if "h" in (after, last):
        return Edge.CLEAN
    # A model number may follow a name that is long enough to be one (niok270); a letter may not.
    return Edge.ATTACHED if (last, after) == ("l", "d") and end - start > _LONG_NAME else Edge.INSIDE


def _korean_ending(text: str, start: int, end: int, place: int) -> Edge:
    stop = place
    while stop < min(len(text), place + _LONGEST_WORD) and _class(text[stop]) == "h":
        stop += 1
    ending = text[place:stop]
    if ending in _PARTICLES:
        return Edge.CLEAN
    syllables = sum(_class(each) == "h" for each in text[start:end])
    if ending.startswith(_ATTACHED):
        return Edge.ATTACHED
    return Edge.RUNNING_ON if syllables >= _LONG_NAME else Edge.INSIDE


def word_around(text: str, start: int, end: int) -> tuple[int, int]:
    """The whole word (no gaps) that the span stands in."""
    first, last = max(0, start - _LONGEST_WORD), min(len(text), end + _LONGEST_WORD)
    while start > first and _class(text[start - 1]) != "-":
        start -= 1
    while end < last and _class(text[end]) != "-":
        end += 1
    return start, end


def without_particle(word: str) -> str:
    """The word without a particle at its end; itself where it has none."""
    for particle in _PARTICLES:
        if word.endswith(particle) and len(word) > len(particle) + 1:
            return word[: -len(particle)]
    return word
