"""Finds names with one letter wrong. Promises to look only at words that ordinary titles do not have."""

import re
from collections.abc import Iterator
from typing import Final

from rapidfuzz.distance import OSA

from matching import hangul
from matching.disguises import WEIGHTS, Disguise
from matching.name_index import NameIndex, is_long_enough_for_slips
from matching.names import Name, plain, without_accents
from matching.spans import Evidence
from matching.vocabulary import Vocabulary
from matching.words import without_particle

_WORD: Final = re.compile(r"[^\W\d_]+")
_SHORTEST: Final = 3
_LONGEST: Final = 24
# A name of so many letters is still plain with one of them wrong.
_SURE_LETTERS: Final = 7
_SHORT_SHARE: Final = 0.8
_END_SHARE: Final = 0.75
_START_SHARE: Final = 0.75
# Two letters exchanged, or one doubled, is hardly ever another word.
_CLEAR_SLIP: Final = 0.65


def find_slips(text: str, index: NameIndex, vocabulary: Vocabulary) -> Iterator[tuple[Name, int, int, Evidence]]:
    """(name, start, end, evidence) of every word that is one slip away from a name and no ordinary word."""
    if not index.has_slips:
        return
    # One fold of the whole text where that keeps the places, which is nearly always.
    folded_text = plain(text)
    keeps_places = len(folded_text) == len(text)
    for match in _WORD.finditer(text):
        start, end = match.span()
        if not _SHORTEST <= end - start <= _LONGEST:
            continue
        word = folded_text[start:end] if keeps_places else plain(match.group())
        if word not in vocabulary and is_long_enough_for_slips(word):
            yield from _slips_of(word, start, index)


def _slips_of(word: str, start: int, index: NameIndex) -> Iterator[tuple[Name, int, int, Evidence]]:
    for compact in {word, without_particle(word)}:
        for name in index.near(compact):
            evidence = _evidence(compact, name)
            if evidence is not None:
                yield name, start, start + len(compact), evidence


def _evidence(compact: str, name: Name) -> Evidence | None:
    actual, expected = (hangul.letters(without_accents(each)) for each in (compact, name.compact))
    if actual == expected:
        return None
    # The end of a word is where its inflections and its relatives differ: Lanterna, lantern; Gallerie, galleries.
    share = _END_SHARE if compact[-1] != name.compact[-1] else 1.0
    # Nobody who wants a name to be read changes its first letter; another word begins otherwise: Sprinter, printer.
    if actual[0] != expected[0]:
        share *= _START_SHARE
    if OSA.distance(actual, expected) == 1:
        share *= 1.0 if len(expected) >= _SURE_LETTERS else _SHORT_SHARE
        weight = _CLEAR_SLIP if _is_clear_slip(actual, expected) else WEIGHTS[Disguise.TYPO]
        return Evidence((Disguise.TYPO,), weight * share)
    if len(compact) == len(name.compact) - 1 and OSA.distance(compact, name.compact) == 1:
        return Evidence((Disguise.DROPPED_SYLLABLE,), WEIGHTS[Disguise.DROPPED_SYLLABLE] * share)
    return None


def _is_clear_slip(actual: str, expected: str) -> bool:
    if len(actual) == len(expected):
        return sorted(actual) == sorted(expected)
    doubled = (place for place in range(1, len(actual)) if actual[place] == actual[place - 1])
    return any(actual[:place] + actual[place + 1 :] == expected for place in doubled)
