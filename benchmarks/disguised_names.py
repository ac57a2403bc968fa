"""How sellers write a brand's name so that a search does not find it, each way by its name."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Final

#: Writes a name in disguise; the same name where the way does not apply to it.
Way = Callable[[str, Random], str]


def _words(listed: str) -> tuple[str, ...]:
    """The words of a list, where ``-`` stands for none."""
    return tuple(word.strip("-") for word in listed.split(","))


_LEADS: Final = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS: Final = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_TAILS: Final = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
_LEADS_ROMAN: Final = _words("g,kk,n,d,tt,r,m,b,pp,s,ss,-,j,jj,ch,k,t,p,h")
_VOWELS_ROMAN: Final = _words("a,ae,ya,yae,eo,e,yeo,ye,o,wa,wae,oe,yo,u,wo,we,wi,yu,eu,ui,i")
_TAILS_ROMAN: Final = _words("-,k,k,k,n,n,n,t,l,k,m,l,l,l,l,l,m,p,p,t,t,ng,t,t,k,t,p,t")
_TENSE: Final = dict(zip("ㄱㄷㅂㅅㅈ", "ㄲㄸㅃㅆㅉ", strict=True))
_NEAR_VOWELS: Final = {"ㅐ": "ㅔ", "ㅔ": "ㅐ", "ㅗ": "ㅜ", "ㅜ": "ㅗ", "ㅓ": "ㅗ", "ㅏ": "ㅑ", "ㅣ": "ㅟ"}
# Syllables that look like others (야민정음).
_LOOK_ALIKES: Final = str.maketrans("대귀파며머유이비", "머커과띠대윾의네")
_CYRILLIC: Final = str.maketrans("aceopxyiABCEHKMOPTX", "асеорхуіАВСЕНКМОРТХ")
_LEET: Final = str.maketrans("aeiostAEIOST", "4310574310$7")
_UPSIDE_DOWN: Final = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ɐqɔpǝɟƃɥᴉɾʞlɯuodbɹsʇnʌʍxʎz")


def disguise(way: str, name: str, dice: Random) -> str:
    """The name in that disguise; the same text where the way does not apply."""
    return WAYS[way](name, dice)


def is_hangul(text: str) -> bool:
    """Whether there is nothing but whole syllables."""
    return bool(text) and all("가" <= sign <= "힣" for sign in text)


def _between(separator: str) -> Way:
    return lambda name, _: separator.join(name)


def _once_inside(sign: str) -> Way:
    def put(name: str, dice: Random) -> str:
        place = dice.randint(1, len(name) - 1)
        return name[:place] + sign + name[place:]

    return put


def _full_width(name: str, _: Random) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in name)


def _mathematical(name: str, _: Random) -> str:
    def letter(sign: str) -> str:
        if "a" <= sign <= "z":
            return chr(0x1D41A + ord(sign) - ord("a"))
        return chr(0x1D400 + ord(sign) - ord("A")) if "A" <= sign <= "Z" else sign

    return "".join(map(letter, name))


def _parts(syllable: str) -> tuple[int, int, int]:
    place = ord(syllable) - 0xAC00
    return place // 588, place % 588 // 28, place % 28


def _whole(lead: int, vowel: int, tail: int) -> str:
    return chr(0xAC00 + lead * 588 + vowel * 28 + tail)


def _loose_jamo(name: str, _: Random) -> str:
    if not is_hangul(name):
        return name
    parts = (_parts(sign) for sign in name)
    return "".join(_LEADS[lead] + _VOWELS[vowel] + _TAILS[tail].strip() for lead, vowel, tail in parts)


def _one_syllable(change: Callable[[str], str]) -> Way:
    """One syllable that the change touches, written otherwise."""

    def write(name: str, dice: Random) -> str:
        if not is_hangul(name):
            return name
        places = [place for place, sign in enumerate(name) if change(sign) != sign]
        if not places:
            return name
        place = dice.choice(places)
        return name[:place] + change(name[place]) + name[place + 1 :]

    return write


def _tense(syllable: str) -> str:
    lead, vowel, tail = _parts(syllable)
    return _whole(_LEADS.index(_TENSE.get(_LEADS[lead], _LEADS[lead])), vowel, tail)


def _near_vowel(syllable: str) -> str:
    lead, vowel, tail = _parts(syllable)
    return _whole(lead, _VOWELS.index(_NEAR_VOWELS.get(_VOWELS[vowel], _VOWELS[vowel])), tail)


def _romanised(syllable: str) -> str:
    lead, vowel, tail = _parts(syllable)
    return _LEADS_ROMAN[lead] + _VOWELS_ROMAN[vowel] + _TAILS_ROMAN[tail]


def _transposed(name: str, dice: Random) -> str:
    places = [place for place in range(1, len(name) - 1) if name[place] != name[place + 1]]
    if not places:
        return name
    place = dice.choice(places)
    return name[:place] + name[place + 1] + name[place] + name[place + 2 :]


def _omitted(name: str, dice: Random) -> str:
    place = dice.randint(1, len(name) - 2)
    return name[:place] + name[place + 1 :]


def _doubled(name: str, dice: Random) -> str:
    place = dice.randint(1, len(name) - 1)
    return name[:place] + name[place] + name[place:]


def _latin(way: Way) -> Way:
    """Only for names in Latin letters: a Korean name of three syllables with one wrong is another word."""
    return lambda name, dice: way(name, dice) if name.isascii() else name


#: Jamo in pieces (NFD) are no way: an import composes them, as honest files from some systems need.
WAYS: Final[Mapping[str, Way]] = {
    "dots": _between("."),
    "spaces": _between(" "),
    "stars": _between("*"),
    "one symbol inside": _once_inside("♥"),
    "hyphenated": _once_inside("-"),
    "zero width": _once_inside("\u200b"),
    "bidi marks": _once_inside("\u202d"),
    "full width": _full_width,
    "loose jamo": _loose_jamo,
    "look-alike syllable": _one_syllable(lambda sign: sign.translate(_LOOK_ALIKES)),
    "tense consonant": _one_syllable(_tense),
    "near vowel": _one_syllable(_near_vowel),
    "one syllable romanised": _one_syllable(_romanised),
    "Cyrillic letters": lambda name, _: name.translate(_CYRILLIC),
    "mathematical letters": _mathematical,
    "leet": _latin(lambda name, _: name.translate(_LEET)),
    "upside down": _latin(lambda name, _: name.lower().translate(_UPSIDE_DOWN)[::-1]),
    "transposed": _latin(_transposed),
    "omitted": _latin(_omitted),
    "doubled": _latin(_doubled),
}
