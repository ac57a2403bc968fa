"""What a found span tells: is it the name as spelled, or how was it hidden? Pure; compares signs, never searches."""

import re
from dataclasses import dataclass
from typing import Final

from matching.disguises import MAY_BE_ORDINARY, UNSURE_IN_SHORT_NAMES, WEIGHTS, Disguise
from matching.hangul import is_syllable
from matching.name_index import Entry
from matching.names import Name, compact_form, plain, without_accents
from matching.readings import Reading
from matching.text_fold import ANY_LETTER, GAPS, LEET_SIGNS, Kind, exact, fold, is_hangul_letter
from matching.vocabulary import EVERYDAY, Vocabulary
from matching.words import word_around

_BY_KIND: Final = {
    Kind.INVISIBLE: Disguise.INVISIBLE,
    Kind.WIDTH: Disguise.WIDTH,
    Kind.STYLED: Disguise.STYLED,
    Kind.FOREIGN: Disguise.FOREIGN,
    Kind.LOOSE_LETTER: Disguise.LOOSE_LETTERS,
    Kind.ACCENT: Disguise.ACCENTS,
}
# More than this between two letters of a name is no longer one name.
_WIDEST_GAP: Final = 3
# Abbreviations are written with dots and spaces by everyone: A.B.C, L Q.
_LONGEST_ABBREVIATION: Final = 3
_PAIR: Final = 2
# A model's number: letters, then a number, as in CL10. A name of more letters is not mistaken for one.
_MODEL: Final = re.compile(r"[A-Za-z]+[0-9]{2,}")
_LONGEST_MODEL: Final = 4
# What is left of a disguise in which the whole text is written: it is the seller's taste rather.
_TASTES: Final = {Disguise.WIDTH: Kind.WIDTH, Disguise.STYLED: Kind.STYLED}
_TASTE_SHARE: Final = 0.6


@dataclass(frozen=True, slots=True)
class Evidence:
    """How a span was disguised, strongest first; `weight` 0..1 is how much that says; `is_ordinary`: it is a usual
    word.
    """

    disguises: tuple[Disguise, ...]
    weight: float
    is_ordinary: bool = False


PLAIN: Final = Evidence((), 0.0)
ORDINARY: Final = Evidence((), 0.0, is_ordinary=True)


def evidence_of(reading: Reading, places: tuple[int, int], entry: Entry, vocabulary: Vocabulary) -> Evidence | None:
    """What the span says of the entry's name; None where it is no writing of the name at all."""
    text = reading.text[places[0] : places[1]]
    if entry.form.disguise is None and reading.disguise is None and text.casefold() == entry.name.spelling.casefold():
        return PLAIN
    extra_gaps = compact_form(text)[1] - entry.name.gaps
    if extra_gaps and not _gaps_are_narrow(text):
        return None
    found = _signs(reading, text, entry.form.letters)
    found |= {each for each in (entry.form.disguise, reading.disguise) if each is not None}
    found |= _gap_disguises(reading, text, extra_gaps, vocabulary)
    if not found:
        return PLAIN if not extra_gaps else ORDINARY
    if _is_number(found, text, reading, entry.form.letters) or (
        found <= MAY_BE_ORDINARY and _is_usual(reading.text, places, entry.name, vocabulary)
    ):
        return ORDINARY
    return _weighed(found, entry.name, reading)


def _weighed(found: set[Disguise], name: Name, reading: Reading) -> Evidence:
    """All disguises together: the chance that not every one of them is an accident."""
    ranked = tuple(sorted(found, key=lambda each: (-WEIGHTS[each], each.value)))
    doubt = 1.0
    for each in ranked:
        share = _TASTE_SHARE if _TASTES.get(each) in reading.manners else 1.0
        if name.is_brief:
            share *= UNSURE_IN_SHORT_NAMES.get(each, 1.0)
        doubt *= 1 - WEIGHTS[each] * share
    return Evidence(ranked, min(1 - doubt, 0.99))


def _is_number(found: set[Disguise], text: str, reading: Reading, letters: str) -> bool:
    """True where the span's digits stand for no letters: a number of its own (AL 10), or a model's (CL10, T5i)."""
    if Disguise.LEET not in found:
        return False
    if any(piece.isdigit() for piece in _pieces(text, reading)):
        return True
    if len(letters) <= _LONGEST_ABBREVIATION and Disguise.TWIN_LETTERS in found:
        return True
    return len(letters) <= _LONGEST_MODEL and _MODEL.fullmatch(text) is not None


def _is_usual(text: str, places: tuple[int, int], name: Name, vocabulary: Vocabulary) -> bool:
    """True where ordinary titles have this very word, so that it cannot be a disguise."""
    start, end = word_around(text, *places)
    around = plain(text[start:end])
    span = plain(text[places[0] : places[1]])
    return any(each in vocabulary and compact_form(each)[0] != name.compact for each in (span, around)) or (
        span != around and span in vocabulary
    )


def _signs(reading: Reading, text: str, expected: str) -> set[Disguise]:
    """The disguises that stand in the signs themselves, and in letters that are others of the same class."""
    kinds = {fold(each)[1] for each in text}
    found = {_BY_KIND[kind] for kind in kinds if kind in _BY_KIND}
    if Kind.DECOMPOSED in kinds and reading.has_syllables:
        # Nobody's keyboard does that to one word; a whole text in this form comes from a Mac.
        found.add(Disguise.DECOMPOSED)
    if Kind.MARK in kinds:
        found.add(Disguise.ACCENTS if len(plain(text)) < len(text) else Disguise.MARKS)
    if without_accents(expected) != expected:
        found.discard(Disguise.ACCENTS)
    signs = LEET_SIGNS if reading.signs_are_letters else {}
    actual = "".join(each if each in signs else exact(each) for each in text)
    for before, after in zip(actual, "".join(map(exact, expected)), strict=True):
        if before not in (after, ANY_LETTER):
            found.add(_change(before, after))
    return found


def _change(before: str, after: str) -> Disguise:
    if is_hangul_letter(before):
        return Disguise.SOUND
    return Disguise.TWIN_LETTERS if before.isalpha() and after.isalpha() else Disguise.LEET


def _gaps_are_narrow(text: str) -> bool:
    width = 0
    for each in text:
        width = width + 1 if fold(each)[1] in GAPS else 0
        if width > _WIDEST_GAP:
            return False
    return True


def _gap_disguises(reading: Reading, text: str, gaps: frozenset[int], vocabulary: Vocabulary) -> set[Disguise]:
    """What the gaps say that the spelling does not have; nothing where all pieces are ordinary words."""
    if not gaps:
        return set()
    pieces = _pieces(text, reading)
    letters = sum(len(piece) for piece in pieces)
    kinds = {fold(each)[1] for each in text} & GAPS
    known = [piece in vocabulary or piece in EVERYDAY for piece in pieces]
    if all(known) and max(map(len, pieces)) > 1:
        return set()
    if all(map(_is_hangul_word, pieces)) and kinds == {Kind.SPACE}:
        # 모루 스테이: words of two syllables and more are spaced so by habit.
        return {Disguise.SPACED_WORDS}
    if letters == len(pieces) == _PAIR and kinds == {Kind.SPACE} and any(known):
        # 새 샘: short words stand beside each other.
        return set()
    if letters <= _LONGEST_ABBREVIATION and text.isascii():
        return set()
    if Kind.SYMBOL in kinds:
        return {Disguise.SYMBOLS}
    if max(map(len, pieces)) == 1:
        return {Disguise.SPACED_OUT if kinds == {Kind.SPACE} else Disguise.SYMBOLS}
    return {Disguise.HYPHENS if Kind.HYPHEN in kinds else Disguise.SPACES}


def _is_hangul_word(piece: str) -> bool:
    return len(piece) >= _PAIR and all(map(is_syllable, piece))


def _pieces(text: str, reading: Reading) -> list[str]:
    """The runs of letters between the gaps, casefolded."""
    signs = LEET_SIGNS if reading.signs_are_letters else {}
    spaced = "".join(" " if fold(each)[1] in GAPS and each not in signs else each for each in plain(text))
    return spaced.split()
