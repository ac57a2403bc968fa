"""How sellers of copies write a name so that a search does not find it. Pure; each takes a brand's two spellings."""

from collections.abc import Callable, Mapping
from typing import Final

_FIRST_SYLLABLE: Final = 0xAC00
_INITIALS: Final = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS: Final = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_FINALS: Final = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
_CYRILLIC: Final = str.maketrans("AEOCKMTHPBXaeocpxy", "АЕОСКМТНРВХаеосрху")
_LEET: Final = str.maketrans("OIEASoieas", "01345" + "01345")
_ZERO_WIDTH: Final = "\u200b"


def _loose(syllable: str) -> str:
    """The letters of a syllable, written one after the other."""
    code = ord(syllable) - _FIRST_SYLLABLE
    initial, vowel, final = code // 588, code % 588 // 28, code % 28
    return _INITIALS[initial] + _VOWELS[vowel] + (_FINALS[final] if final else "")


def _wide(text: str) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) for letter in text)


#: By name: what becomes of the Hangul and the Latin spelling.
HIDDEN_NAMES: Final[Mapping[str, Callable[[str, str], str]]] = {
    "dots": lambda hangul, _: ".".join(hangul),
    "spaced_out": lambda hangul, _: " ".join(hangul),
    "stars": lambda hangul, _: "*".join(hangul),
    "zero_width": lambda hangul, _: _ZERO_WIDTH.join(hangul),
    "hyphens": lambda hangul, _: "-".join(hangul),
    "loose_letters": lambda hangul, _: _loose(hangul[0]) + hangul[1:],
    "cyrillic": lambda _, latin: latin.translate(_CYRILLIC),
    "leet": lambda _, latin: latin.translate(_LEET),
    "full_width": lambda _, latin: _wide(latin),
    "accents": lambda _, latin: (
        latin.capitalize().replace("o", "ò").replace("a", "à").replace("i", "ì").replace("u", "ù")
    ),
    "spaced_latin": lambda _, latin: " ".join(latin),
    "doubled_letter": lambda _, latin: latin[:3].capitalize() + latin[2:].lower(),
    "missing_letter": lambda _, latin: latin[:3].capitalize() + latin[4:].lower(),
    "dropped_syllable": lambda hangul, _: hangul[:-1] + "○",
}
