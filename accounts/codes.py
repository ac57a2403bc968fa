"""Codes that people type: how they are spelled, and how what was typed is read. Pure."""

import re
import unicodedata
from typing import Final

#: Crockford's base32: no I, L, O or U, which are misread or misheard.
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
#: 20 letters of 5 bits: 100 bits, which nobody guesses whatever the throttle lets through [ours].
LETTERS: Final = 20
_GROUP: Final = 4
_MISREAD: Final = str.maketrans("OIL", "011")
#: Hyphens, dashes and spaces of every keyboard.
_BETWEEN: Final = re.compile(r"[\s\-\u2010-\u2015\u2212\u30fc\uff70_.]+")
#: More than this was never a code; nothing longer is looked at.
_LONGEST: Final = 60


def spell(digest: bytes) -> str:
    """``XXXX-XXXX-XXXX-XXXX-XXXX`` from the first 100 bits of a digest."""
    number = int.from_bytes(digest[:13], "big") >> 4
    letters = "".join(ALPHABET[number >> shift & 31] for shift in range(5 * (LETTERS - 1), -1, -5))
    return _grouped(letters)


def normalise(typed: str) -> str:
    """A tracking code as it is spelled, however it was typed: small letters, full width, spaces, O for 0, I and L
    for 1. What is no code comes back as it was, and opens nothing."""
    if len(typed) > _LONGEST:
        return typed[:_LONGEST]
    letters = _BETWEEN.sub("", unicodedata.normalize("NFKC", typed)).upper().translate(_MISREAD)
    is_code = len(letters) == LETTERS and set(letters) <= set(ALPHABET)
    return _grouped(letters) if is_code else typed


def digits(typed: str) -> str:
    """The digits of a code of six, however they were typed."""
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", typed[:_LONGEST]))


def _grouped(letters: str) -> str:
    return "-".join(letters[start : start + _GROUP] for start in range(0, LETTERS, _GROUP))
