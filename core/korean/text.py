"""Words: the particle that fits the word before it, and text that a database and a page can hold."""

import re
import unicodedata
from typing import Final

#: Full-width digits and marks, as Korean and Chinese keyboards produce them, to plain ones; nothing else is touched.
FULL_WIDTH: Final = {0xFF10 + digit: ord("0") + digit for digit in range(10)} | {
    0xFF0C: ",",
    0xFF0D: "-",
    0xFF0E: ".",
    0xFF0F: "/",
    0x3000: " ",
}

#: After a final consonant, after a vowel, and where the reading is not known.
_PARTICLES: Final = {
    "은/는": ("은", "는", "은(는)"),
    "이/가": ("이", "가", "이(가)"),
    "을/를": ("을", "를", "을(를)"),
    "과/와": ("과", "와", "과(와)"),
    "으로/로": ("으로", "로", "(으)로"),
}

#: The final consonant, as its place in a Hangul syllable (0: none), with which each digit is read: 영, 일, 이, 삼, 사,
#: 오, 육, 칠, 팔, 구. A number that ends in zeros is read 십, 백, 천, 만 or 억, closed like 영. % is 퍼센트.
_RIEUL: Final = 8
_READ_FINALS: Final = dict(zip("0123456789%", (21, _RIEUL, 0, 16, 0, 0, 1, _RIEUL, _RIEUL, 0, 0), strict=True))

#: A bracket at the end is read over: "크로넬도(KRONELDO)" takes the particle of 크로넬도.
_TRAILING_BRACKET: Final = re.compile(r"(?<=\S)\s*[(\[（][^()\[\]（）]*[)\]）]\s*$")

_LINE_ENDS: Final = re.compile("\r\n|[\r\x0b\x0c\x85]")
#: Control characters but tab and line feed, and halves of surrogate pairs, which JSON can carry and UTF-8 cannot.
_UNSTORABLE: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def josa(word: str, pair: str) -> str:
    """The word with the particle of ``pair`` that fits it: ``josa("크로넬도", "은/는")`` is ``크로넬도는``.

    Goes by the final consonant of the last syllable, or of the last digit as it is read. How a Latin word is read
    nobody can tell from its letters, so it gets both: ``KRONELDO은(는)``. Raises ``ValueError`` on an unknown pair.
    """
    if pair not in _PARTICLES:
        raise ValueError(f"unknown pair of particles {pair!r}; known are {', '.join(_PARTICLES)}")
    after_consonant, after_vowel, unknown = _PARTICLES[pair]
    final = _final_consonant(word)
    if final is None:
        return word + unknown
    # 로 follows ㄹ as it follows a vowel: 서울로, 7로.
    is_open = final == 0 or (pair == "으로/로" and final == _RIEUL)
    return word + (after_vowel if is_open else after_consonant)


def normalise_text(text: str) -> str:
    """Text as it is stored: NFC (macOS types Hangul in pieces), line ends as ``\\n``, without NUL and other controls.

    Zero-width and direction marks stay: they are how sellers disguise names, and so they are evidence.
    """
    return unicodedata.normalize("NFC", _UNSTORABLE.sub("", _LINE_ENDS.sub("\n", text)))


def _final_consonant(word: str) -> int | None:
    """Place of the last sound's final consonant, 0 where it ends in a vowel, ``None`` where it cannot be told."""
    last = _last_spoken_character(word)
    if "가" <= last <= "힣":
        return (ord(last) - ord("가")) % 28
    return _READ_FINALS.get(last)


def _last_spoken_character(word: str) -> str:
    spoken = _TRAILING_BRACKET.sub("", unicodedata.normalize("NFC", word).translate(FULL_WIDTH))
    return next((character for character in reversed(spoken) if character.isalnum() or character == "%"), "")
