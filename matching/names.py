"""The names to look for: each spelling, what it may be written as, and how telling it is. Pure; no text is searched
here.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from matching import hangul
from matching.disguises import Disguise
from matching.text_fold import GAPS, Kind, fold, skeleton

# Latin letters that a pair of others looks like.
_LETTER_PAIRS: Final = (("m", "rn"), ("w", "vv"), ("d", "cl"))
# A name of this many letters is searched for in disguise; a shorter one only as a word of its own.
LEAST_LATIN_LETTERS: Final = 3
LEAST_SYLLABLES: Final = 2
_BRIEF_SYLLABLES: Final = 2
_MOST_LETTERS: Final = 60


@dataclass(frozen=True, slots=True)
class BrandSpelling:
    """One way in which a brand's name is officially written. `categories`: where a common word does mean the brand."""

    brand: str
    spelling: str
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Name:
    """A spelling with what matching needs of it.

    `compact`: casefolded, without gaps. `gaps`: before which letters of `compact` the spelling has a gap. `weight`:
    0..1, how unlikely it is to stand in a text by chance. `is_common`: an everyday word, or one that fires on ordinary
    titles.
    """

    brand: str
    spelling: str
    compact: str
    gaps: frozenset[int]
    weight: float
    is_common: bool = False
    categories: tuple[str, ...] = ()

    @property
    def is_short(self) -> bool:
        """True where the name is searched for as a word of its own only."""
        return _is_short(self.compact)

    @property
    def is_brief(self) -> bool:
        """True for a Hangul name of two syllables, which has many ordinary words near it."""
        return len(self.compact) == _BRIEF_SYLLABLES and hangul.is_syllable(self.compact[0])


@dataclass(frozen=True, slots=True)
class WrittenForm:
    """One form that the automaton looks for: its letters, and what disguise it is (None: as spelled)."""

    letters: str
    disguise: Disguise | None


def plain(text: str) -> str:
    """One form for texts that differ only in case, width or composition."""
    return unicodedata.normalize("NFKC", text).casefold()


@lru_cache(maxsize=65_536)
def without_accents(text: str) -> str:
    """The text without combining marks; Hangul stays composed."""
    if text.isascii():
        return text
    bare = "".join(each for each in unicodedata.normalize("NFD", text) if unicodedata.category(each) != "Mn")
    return unicodedata.normalize("NFC", bare)


def compact_form(text: str) -> tuple[str, frozenset[int]]:
    """The letters of a text without gaps, and before which of them there was a gap."""
    letters: list[str] = []
    gaps: set[int] = set()
    for character in plain(text):
        kind = fold(character)[1]
        if kind in GAPS:
            gaps.add(len(letters))
        elif kind not in (Kind.INVISIBLE, Kind.MARK):
            letters.append(character)
    return "".join(letters), frozenset(gaps - {0, len(letters)})


def name_of(spelling: BrandSpelling, *, is_common: bool = False) -> Name | None:
    """The name to look for; None where nothing of the spelling can be looked for."""
    compact, gaps = compact_form(spelling.spelling)
    if not skeleton(compact) or len(compact) > _MOST_LETTERS:
        return None
    weight = _weight(compact)
    return Name(
        spelling.brand, spelling.spelling, compact, gaps, weight, is_common or _is_short(compact), spelling.categories
    )


def _is_short(compact: str) -> bool:
    syllables = sum(hangul.is_syllable(each) for each in compact)
    if syllables:
        return syllables < LEAST_SYLLABLES and len(compact) < LEAST_LATIN_LETTERS
    return sum(each.isalpha() for each in compact) < LEAST_LATIN_LETTERS


def _weight(compact: str) -> float:
    """How telling a name of these letters is: a syllable counts twice, from five Latin letters on a name is sure."""
    units = sum(2 if hangul.is_syllable(each) else 1 for each in compact)
    return {1: 0.2, 2: 0.3, 3: 0.6, 4: 0.85}.get(units, 1.0)


def written_forms(name: Name) -> Iterator[WrittenForm]:
    """What the automaton looks for: the name as spelled first, then what it may be disguised as."""
    yield WrittenForm(name.compact, None)
    if name.is_short:
        return
    seen = {skeleton(name.compact)}
    for form in _disguised_forms(name.compact):
        key = skeleton(form.letters)
        if key not in seen:
            seen.add(key)
            yield form


def _disguised_forms(compact: str) -> Iterator[WrittenForm]:
    for letter, pair in _LETTER_PAIRS:
        if letter in compact and len(compact) > LEAST_LATIN_LETTERS:
            yield WrittenForm(compact.replace(letter, pair), Disguise.LETTER_PAIRS)
    syllables = [place for place, each in enumerate(compact) if hangul.is_syllable(each)]
    for place in syllables:
        before, after = compact[:place], compact[place + 1 :]
        for other in hangul.look_alikes(compact[place]):
            yield WrittenForm(before + other + after, Disguise.LOOK_ALIKE)
        if len(syllables) >= LEAST_SYLLABLES:
            for latin in hangul.romanisations(compact[place]):
                yield WrittenForm(before + latin + after, Disguise.ROMANISED_SYLLABLE)
    if len(syllables) > LEAST_SYLLABLES:
        yield WrittenForm(hangul.romanised(compact), Disguise.ROMANISED)
