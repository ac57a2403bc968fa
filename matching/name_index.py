"""All names in one automaton. Promises one pass over a text whatever the number of names, and no search among the
names.

Source of the method: Aho and Corasick, "Efficient string matching", 1975; for slips of the finger the deletion
neighbourhood of Garbe's SymSpell: two words one edit apart share a word with one letter left out.
"""

from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Final

import ahocorasick

from matching import hangul
from matching.names import Name, WrittenForm, without_accents, written_forms
from matching.text_fold import skeleton

Hidden = frozenset[tuple[str, str]]

# Names shorter than this have too many ordinary words one letter away.
LEAST_LATIN_FOR_SLIPS: Final = 5
LEAST_SYLLABLES_FOR_SLIPS: Final = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """One form of one name in the automaton."""

    name: Name
    form: WrittenForm


class NameIndex:
    """The automaton over the skeletons of all forms, and the slips of the longer names."""

    def __init__(self, names: Iterable[Name]) -> None:
        self.names: Sequence[Name] = tuple(names)
        self._hidden: Hidden = frozenset()
        self._automaton = ahocorasick.Automaton()
        self._slips: dict[str, list[Name]] = {}
        for key, entries in self._keys().items():
            self._automaton.add_word(key, (len(key), tuple(entries)))
        self._automaton.make_automaton()
        for name in self.names:
            for word in slips(without_accents(name.compact)) if not name.gaps else ():
                self._slips.setdefault(word, []).append(name)

    def _keys(self) -> dict[str, list[Entry]]:
        keys: dict[str, list[Entry]] = {}
        for name in self.names:
            for form in written_forms(name):
                keys.setdefault(skeleton(form.letters), []).append(Entry(name, form))
        return keys

    def without(self, hidden: Hidden) -> "NameIndex":
        """The same index, sharing its automaton, in which these (brand, spelling) are not found."""
        if not hidden:
            return self
        view = copy(self)
        view._hidden = hidden
        return view

    def find(self, text: str) -> Iterator[tuple[int, int, tuple[Entry, ...]]]:
        """(start, end, entries) of every form in a skeleton, ends ascending."""
        if not len(self._automaton):
            return
        for last, (length, entries) in self._automaton.iter(text):
            yield last + 1 - length, last + 1, self._shown(entries)

    @property
    def has_slips(self) -> bool:
        """True where any name is long enough to be looked for with a letter wrong."""
        return bool(self._slips)

    def near(self, word: str) -> set[Name]:
        """Names that `word` (compact) is about one slip away from."""
        found: set[Name] = set()
        for slip in slips(word):
            found.update(self._slips.get(slip, ()))
        return {name for name in found if (name.brand, name.spelling) not in self._hidden}

    def _shown(self, entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
        if not self._hidden:
            return entries
        return tuple(each for each in entries if (each.name.brand, each.name.spelling) not in self._hidden)


def is_long_enough_for_slips(compact: str) -> bool:
    """True for a word in which one wrong letter still leaves the name plain."""
    syllables = sum(hangul.is_syllable(each) for each in compact)
    if syllables:
        return syllables >= LEAST_SYLLABLES_FOR_SLIPS
    return len(compact) >= LEAST_LATIN_FOR_SLIPS and compact.isalpha()


def slips(compact: str) -> set[str]:
    """The word in its letters, and with each letter left out; nothing for a word that is too short."""
    if not is_long_enough_for_slips(compact):
        return set()
    letters = hangul.letters(compact)
    without_syllable = {compact[:place] + compact[place + 1 :] for place in range(len(compact))}
    dropped = {hangul.letters(each) for each in without_syllable} if letters != compact and len(compact) > 3 else set()
    return {letters} | dropped | {letters[:place] + letters[place + 1 :] for place in range(len(letters))}
