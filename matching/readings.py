"""The ways in which one text may be read. Promises that every place of a reading leads back to places of the original.

The first reading is the text as it stands. Others come only where the text has signs for them: signs as letters (N!ok),
letters drawn with signs (|\\|iok), letters turned upside down and written backwards.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Final

from matching.disguises import Disguise
from matching.hangul import is_syllable
from matching.text_fold import GAPS, Kind, fold, folded_lengths, skeleton

Span = tuple[int, int]

_SIGN_IN_WORD: Final = re.compile(r"(?:[^\W_][@$!|€£¢¥§+(]|[@$|€£¢¥§(][^\W_])")
_ART: Final = {
    "|\\/|": "m", "/\\/\\": "m", "|v|": "m", "\\/\\/": "w", "|\\|": "n", "/\\/": "n", "|-|": "h", "}{": "h",
    "|_|": "u", "(_)": "u", "|<": "k", "|{": "k", "|)": "d", "|]": "d", "[)": "d", "|>": "p", "|*": "p", "|°": "p",
    "|3": "b", "|2": "r", "|?": "r", "|=": "f", "|_": "l", "()": "o", "[]": "o", "<>": "o", "/\\": "a", "/-\\": "a",
    "\\/": "v", "><": "x", "`/": "y", "¥": "y", "_|": "j", "(_+": "g", "7_": "z", "[-": "e", "|": "l", "!": "i",
    "@": "a", "$": "s", "€": "e", "£": "l", "¢": "c", "(": "c", "<": "c", "§": "s",
}  # fmt: skip
_ART_SIGNS: Final = re.compile("|".join(re.escape(sign) for sign in sorted(_ART, key=len, reverse=True)))
_HAS_ART: Final = re.compile(r"\|\\|\\\||/\\|\\/|\|-\||\|_|\|<|\|\{|\|\)|\|>|\(\)|\[\]|\|3|\|=|<>|}{")
_UPSIDE_DOWN: Final = dict(
    zip("ɐqɔpǝɟƃɓɥᴉıɾʞlɯuodbɹsʇnʌʍxʎz∀ƎℲ⅁פſ⅂ԀɌ⊥∩ΛƧ", "abcdefgghiijklmnopqrstuvwxyzaefggjlprtuvs", strict=True)
)
_UPSIDE_DOWN_SIGN: Final = re.compile("[ɐɔǝɟƃɓɥᴉıɾʞɯɹʇʌʍʎ∀ƎℲ⅁⅂⊥∩Ʌ]")
_WORD: Final = re.compile(r"\S+")
_LEAST_UPSIDE_DOWN: Final = 2
_WHOLE_TEXT_SHARE: Final = 0.8
_LEAST_TO_TELL: Final = 8


@dataclass(frozen=True)
class Reading:
    """A text to search, and where its characters stand in the original.

    `spans`: for each character of `text` its (start, end) in the original; None where they are the same.
    `disguise`: what it says when a name is found in this reading only.
    """

    text: str
    spans: tuple[Span, ...] | None = None
    disguise: Disguise | None = None
    signs_are_letters: bool = False

    @cached_property
    def skeleton(self) -> str:
        """What the automaton runs over."""
        return skeleton(self.text, signs_are_letters=self.signs_are_letters)

    @cached_property
    def manners(self) -> frozenset[Kind]:
        """The sorts of signs in which nearly the whole text is written, where it is long enough to tell."""
        letters = [kind for kind in (fold(each)[1] for each in self.text) if kind not in GAPS]
        if len(letters) < _LEAST_TO_TELL:
            return frozenset()
        return frozenset(kind for kind in set(letters) if letters.count(kind) >= _WHOLE_TEXT_SHARE * len(letters))

    @cached_property
    def has_syllables(self) -> bool:
        """True where composed Hangul stands in the text."""
        return any(map(is_syllable, self.text))

    @cached_property
    def _ends(self) -> list[int]:
        """For each character, where its part of the skeleton ends."""
        return list(accumulate(folded_lengths(self.text, signs_are_letters=self.signs_are_letters)))

    def places(self, start: int, end: int) -> Span | None:
        """The characters of `text` whose skeleton is exactly [start, end); None where it begins or ends inside one."""
        first, last = bisect_right(self._ends, start), bisect_left(self._ends, end)
        begins_whole = (self._ends[first - 1] if first else 0) == start
        return (first, last + 1) if begins_whole and self._ends[last] == end else None

    def original(self, start: int, end: int) -> Span:
        """The span of the original that text[start:end] was read from."""
        if self.spans is None:
            return start, end
        parts = self.spans[start:end]
        return min(part[0] for part in parts), max(part[1] for part in parts)


def readings(text: str) -> Iterator[Reading]:
    """The readings of a text, the plain one first."""
    yield Reading(text)
    if _SIGN_IN_WORD.search(text):
        yield Reading(text, signs_are_letters=True)
    if _HAS_ART.search(text):
        yield _drawn(text)
    if not text.isascii() and len(_UPSIDE_DOWN_SIGN.findall(text)) >= _LEAST_UPSIDE_DOWN:
        yield _upside_down(text)


def _drawn(text: str) -> Reading:
    letters: list[str] = []
    spans: list[Span] = []
    place = 0
    while place < len(text):
        sign = _ART_SIGNS.match(text, place)
        end = sign.end() if sign else place + 1
        letters.append(_ART[sign.group()] if sign else text[place])
        spans.append((place, end))
        place = end
    return Reading("".join(letters), tuple(spans), Disguise.ART)


def _upside_down(text: str) -> Reading:
    """Every word that has an upside-down letter, turned: its characters mapped and in reverse."""
    order = list(range(len(text)))
    for word in _WORD.finditer(text):
        if _UPSIDE_DOWN_SIGN.search(word.group()):
            places = range(word.start(), word.end())
            order[word.start() : word.end()] = reversed(places)
    letters = [text[place] for place in order]
    turned = [
        _UPSIDE_DOWN.get(letter, letter) if order[place] != place or letter in _UPSIDE_DOWN else letter
        for place, letter in enumerate(letters)
    ]
    return Reading("".join(turned), tuple((place, place + 1) for place in order), Disguise.UPSIDE_DOWN)
