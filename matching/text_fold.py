"""Folds text to its skeleton: what a reader sees in it, whatever signs it is written with.

Promises: `skeleton` is one pass in C (str.translate) once each character was seen; characters that a reader overlooks
fold to nothing, look-alikes fold to one letter, Hangul folds to the class of each of its letters. Folding never fails.

Sources: Unicode NFKC, Unicode confusables as packed by confusable-homoglyphs, anyascii for what is left.
"""

import json
import unicodedata
from collections.abc import Iterator
from enum import Enum
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

import confusable_homoglyphs
from anyascii import anyascii

from matching import hangul


class Kind(Enum):
    """What sort of sign stands in the text, as far as it may be a disguise."""

    PLAIN = "plain"
    SPACE = "space"
    HYPHEN = "hyphen"
    SYMBOL = "symbol"
    INVISIBLE = "invisible"
    MARK = "mark"  # a combining accent of its own
    ACCENT = "accent"  # a letter with an accent
    WIDTH = "width"  # full or half width
    STYLED = "styled"  # mathematical, circled, small capitals
    FOREIGN = "foreign"  # a letter of another script that looks Latin
    LOOSE_LETTER = "loose_letter"  # a Hangul letter that is no syllable
    DECOMPOSED = "decomposed"  # conjoining Hangul letters, as macOS writes file names
    OTHER = "other"  # a letter of a script that the skeleton leaves alone


# Characters whose folding is remembered; a text of rare signs must not fill the memory.
MOST_CHARACTERS_KEPT: Final = 32_768
GAPS: Final = frozenset({Kind.SPACE, Kind.HYPHEN, Kind.SYMBOL})

# Digits and signs that stand for letters; i, l and 1 are one in most typefaces.
_LEET: Final = {
    "0": "o",
    "1": "l",
    "2": "z",
    "3": "e",
    "4": "a",
    "5": "s",
    "6": "g",
    "7": "t",
    "8": "b",
    "9": "g",
    "i": "l",
}
LEET_SIGNS: Final = {
    "@": "a",
    "$": "s",
    "!": "l",
    "|": "l",
    "€": "e",
    "£": "l",
    "¢": "c",
    "¥": "y",
    "§": "s",
    "+": "t",
    "(": "c",
}
_HYPHENS: Final = frozenset("-‐‑‒–—―_&+.,'’`´/:・·ㆍ")
# Letters and signs by category, blanks by look.
_FILLERS: Final = "\u115f\u1160\u3164\uffa0\u2800\u034f"
_ASCII_END: Final = 0x80
_LATIN_SCRIPTS: Final = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU", "DESERET")


@cache
def _look_alike_letters() -> dict[str, str]:
    """Letters of other scripts to the ASCII letter that they look like."""
    path = Path(confusable_homoglyphs.__file__).with_name("confusables.json")
    found: dict[str, str] = {}
    for sign, twins in json.loads(path.read_text(encoding="utf-8")).items():
        latin = [twin["c"] for twin in twins if len(twin["c"]) == 1 and twin["c"].isascii() and twin["c"].isalpha()]
        if len(sign) == 1 and ord(sign) >= _ASCII_END and latin:
            found[sign] = latin[0]
    return found


@lru_cache(maxsize=MOST_CHARACTERS_KEPT)
def fold(character: str) -> tuple[str, Kind]:
    """What one character folds to ("" for nothing), and what sort of sign it is."""
    if character.isascii():
        return _fold_ascii(character)
    if hangul.is_syllable(character):
        return hangul.sound_class(character), Kind.PLAIN
    return _fold_hangul_letter(character) or _fold_sign(character) or _fold_letter(character)


def _fold_ascii(character: str) -> tuple[str, Kind]:
    lower = character.lower()
    if character.isalnum():
        return _LEET.get(lower, lower), Kind.PLAIN
    if character.isspace():
        return "", Kind.SPACE
    if not character.isprintable():
        return "", Kind.INVISIBLE
    return "", Kind.HYPHEN if character in _HYPHENS else Kind.SYMBOL


def _fold_hangul_letter(character: str) -> tuple[str, Kind] | None:
    if character in _FILLERS:
        return "", Kind.INVISIBLE
    name = unicodedata.name(character, "")
    if name.startswith(("HANGUL LETTER", "HALFWIDTH HANGUL LETTER")):
        letter = _compatible(character)
        return (hangul.sound_class(letter), Kind.LOOSE_LETTER) if letter in hangul.SOUND_CLASS else ("", Kind.INVISIBLE)
    if name.startswith(("HANGUL CHOSEONG", "HANGUL JUNGSEONG", "HANGUL JONGSEONG")):
        return hangul.sound_class(_compatible(character)), Kind.DECOMPOSED
    return None


@cache
def _letters_by_name() -> dict[str, str]:
    """Unicode's name of a Hangul letter to its compatibility character."""
    return {unicodedata.name(letter).rsplit(" ", 1)[1]: letter for letter in map(chr, range(0x3131, 0x3164))}


def _compatible(character: str) -> str:
    """The compatibility letter of a conjoining or half-width one; itself where there is none."""
    return _letters_by_name().get(unicodedata.name(character, " ").rsplit(" ", 1)[1], character)


def _fold_sign(character: str) -> tuple[str, Kind] | None:
    category = unicodedata.category(character)
    if category in ("Cf", "Cc", "Co", "Cn", "Cs") or character in _FILLERS:
        return "", Kind.INVISIBLE
    if category.startswith("M"):
        is_invisible = 0xFE00 <= ord(character) <= 0xFE0F or 0xE0100 <= ord(character) <= 0xE01EF
        return "", Kind.INVISIBLE if is_invisible else Kind.MARK
    if category.startswith("Z"):
        return "", Kind.SPACE
    if category.startswith(("P", "S")) and not _is_styled(character):
        return "", Kind.HYPHEN if character in _HYPHENS else Kind.SYMBOL
    return None


def _is_styled(character: str) -> bool:
    """True for signs that are a letter in a frame, such as Ⓝ."""
    return any(each.isalnum() for each in unicodedata.normalize("NFKC", character))


def _fold_letter(character: str) -> tuple[str, Kind]:
    usual = unicodedata.normalize("NFKC", character)
    if usual != character:
        kind = Kind.WIDTH if unicodedata.east_asian_width(character) in "FH" else Kind.STYLED
        return "".join(fold(each)[0] for each in usual), kind
    base = unicodedata.normalize("NFD", character)[0]
    if base != character and base.isascii():
        return fold(base)[0], Kind.ACCENT
    return _fold_foreign(base)


def _fold_foreign(character: str) -> tuple[str, Kind]:
    twin = _look_alike_letters().get(character)
    script = unicodedata.name(character, "").split(" ", 1)[0]
    if twin is None and script in _LATIN_SCRIPTS:
        twin = anyascii(character)
    if not twin or not twin.isascii() or not twin.isalnum():
        return character, Kind.OTHER
    folded = "".join(fold(each)[0] for each in twin.lower())
    return folded, Kind.STYLED if script == "LATIN" else Kind.FOREIGN


class _Folding(dict[int, str]):
    """A table for str.translate that fills itself."""

    def __init__(self, signs: dict[str, str]) -> None:
        super().__init__({ord(sign): letter for sign, letter in signs.items()})

    def __missing__(self, code: int) -> str:
        folded = fold(chr(code))[0]
        if len(self) < MOST_CHARACTERS_KEPT:
            self[code] = folded
        return folded


_PLAIN_FOLDING: Final = _Folding({})
_SIGN_FOLDING: Final = _Folding(LEET_SIGNS)


def skeleton(text: str, *, signs_are_letters: bool = False) -> str:
    """The skeleton of a text; `signs_are_letters` reads @ as a and $ as s instead of leaving them out."""
    return text.translate(_SIGN_FOLDING if signs_are_letters else _PLAIN_FOLDING)


def folded_lengths(text: str, *, signs_are_letters: bool = False) -> Iterator[int]:
    """How many letters of the skeleton each character gives."""
    folding = _SIGN_FOLDING if signs_are_letters else _PLAIN_FOLDING
    return map(len, map(folding.__getitem__, map(ord, text)))


ANY_LETTER: Final = "\0"


@lru_cache(maxsize=MOST_CHARACTERS_KEPT)
def exact(character: str) -> str:
    """The letters of one character as they are, as many as `fold` gives; `ANY_LETTER` where only the class is known."""
    folded, kind = fold(character)
    if not folded or kind is Kind.OTHER:
        return folded
    if is_hangul_letter(folded[0]):
        return "".join(hangul.EXACT[letter] for letter in _hangul_letters(character))
    usual = unicodedata.normalize("NFKC", character).casefold() if kind is not Kind.ACCENT else _base(character)
    return usual if len(usual) == len(folded) and usual.isascii() else ANY_LETTER * len(folded)


def is_hangul_letter(letter: str) -> bool:
    """True for a compatibility letter such as ㄱ."""
    return "ㄱ" <= letter <= "ㅣ"


def _base(character: str) -> str:
    return unicodedata.normalize("NFD", character)[0].casefold()


def _hangul_letters(character: str) -> str:
    usual = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", character))
    return "".join(_compatible(each) if each not in hangul.SOUND_CLASS else each for each in hangul.letters(usual))
