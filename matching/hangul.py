"""Hangul arithmetic: letters of a syllable, letters that sound or look alike, romanisation. Pure tables and sums.

Sources: Unicode 15 chapter 3.12 (composition), 국어의 로마자 표기법 (국립국어원, romanisation), and the look-alike
syllables that Korean users call 야민정음.
"""

from collections.abc import Iterator
from itertools import product
from typing import Final

INITIALS: Final = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS: Final = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
FINALS: Final = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")
FIRST_SYLLABLE: Final = 0xAC00
LAST_SYLLABLE: Final = 0xD7A3

# Letters that one finger or one ear takes for another fold onto one: plain, tense and aspirated consonants, ㅐ and ㅔ,
# a vowel and the same with a y before it. Compound letters fall apart, so that loose letters read as the syllable does.
SOUND_CLASS: Final = {
    **dict.fromkeys("ㄱㄲㅋ", "ㄱ"),
    **dict.fromkeys("ㄷㄸㅌ", "ㄷ"),
    **dict.fromkeys("ㅂㅃㅍ", "ㅂ"),
    **dict.fromkeys("ㅅㅆ", "ㅅ"),
    **dict.fromkeys("ㅈㅉㅊ", "ㅈ"),
    **{letter: letter for letter in "ㄴㄹㅁㅇㅎ"},
    **dict.fromkeys("ㅏㅑ", "ㅏ"),
    **dict.fromkeys("ㅓㅕ", "ㅓ"),
    **dict.fromkeys("ㅗㅛ", "ㅗ"),
    **dict.fromkeys("ㅜㅠ", "ㅜ"),
    **dict.fromkeys("ㅐㅔㅒㅖ", "ㅔ"),
    "ㅡ": "ㅡ",
    "ㅣ": "ㅣ",
    "ㅘ": "ㅗㅏ",
    "ㅝ": "ㅜㅓ",
    "ㅟ": "ㅜㅣ",
    "ㅢ": "ㅡㅣ",
    **dict.fromkeys("ㅙㅚㅞ", "ㅗㅔ"),
    **{"ㄳ": "ㄱㅅ", "ㄵ": "ㄴㅈ", "ㄶ": "ㄴㅎ", "ㄺ": "ㄹㄱ", "ㄻ": "ㄹㅁ", "ㄼ": "ㄹㅂ"},
    **{"ㄽ": "ㄹㅅ", "ㄾ": "ㄹㄷ", "ㄿ": "ㄹㅂ", "ㅀ": "ㄹㅎ", "ㅄ": "ㅂㅅ"},
}

# The same as many letters for each as its class has, without folding.
EXACT: Final = {
    **{letter: letter for letter in SOUND_CLASS if len(SOUND_CLASS[letter]) == 1},
    **{"ㅘ": "ㅗㅏ", "ㅝ": "ㅜㅓ", "ㅟ": "ㅜㅣ", "ㅢ": "ㅡㅣ", "ㅙ": "ㅗㅐ", "ㅚ": "ㅗㅚ", "ㅞ": "ㅜㅔ"},
    **{"ㄳ": "ㄱㅅ", "ㄵ": "ㄴㅈ", "ㄶ": "ㄴㅎ", "ㄺ": "ㄹㄱ", "ㄻ": "ㄹㅁ", "ㄼ": "ㄹㅂ"},
    **{"ㄽ": "ㄹㅅ", "ㄾ": "ㄹㅌ", "ㄿ": "ㄹㅍ", "ㅀ": "ㄹㅎ", "ㅄ": "ㅂㅅ"},
}

# 야민정음: letters of a syllable that look like those of another, both ways.
_LOOK_ALIKE_STEMS: Final = (("머", "대"), ("며", "띠"), ("커", "귀"), ("비", "네"), ("파", "과"))
_LOOK_ALIKE_WHOLE: Final = (("유", "윾"), ("왕", "앟"), ("근", "ㄹ"), ("팔", "괄"), ("의", "익"), ("우", "윽"))
_DIGIT_SOUNDS: Final = {
    "영": "0",
    "일": "1",
    "이": "2",
    "삼": "3",
    "사": "4",
    "오": "5",
    "육": "6",
    "칠": "7",
    "팔": "8",
    "구": "9",
}

_ROMAN_INITIALS: Final = (
    ("g", "k"), ("kk",), ("n",), ("d", "t"), ("tt",), ("r", "l"), ("m",), ("b", "p"), ("pp",), ("s",), ("ss",), ("",),
    ("j",), ("jj",), ("ch",), ("k",), ("t",), ("p",), ("h",),
)  # fmt: skip
_ROMAN_VOWELS: Final = (
    ("a",), ("ae",), ("ya",), ("yae",), ("eo", "u"), ("e",), ("yeo", "you"), ("ye",), ("o",), ("wa",), ("wae",),
    ("oe",), ("yo",), ("u", "oo"), ("wo",), ("we",), ("wi",), ("yu",), ("eu",), ("ui",), ("i", "ee"),
)  # fmt: skip
_ROMAN_FINALS: Final = (
    "", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m", "l", "l", "l", "p", "l", "m", "p", "p", "t", "t", "ng", "t",
    "t", "k", "t", "p", "t",
)  # fmt: skip


def is_syllable(character: str) -> bool:
    """True for a composed syllable such as 가."""
    return FIRST_SYLLABLE <= ord(character) <= LAST_SYLLABLE


def parts(syllable: str) -> tuple[str, str, str]:
    """The initial, the vowel and the final ("" if there is none) of a composed syllable, as compatibility letters."""
    number = ord(syllable) - FIRST_SYLLABLE
    return INITIALS[number // 588], VOWELS[number % 588 // 28], FINALS[number % 28]


def compose(initial: str, vowel: str, final: str = "") -> str:
    """The syllable of these letters."""
    number = (INITIALS.index(initial) * 21 + VOWELS.index(vowel)) * 28 + FINALS.index(final)
    return chr(FIRST_SYLLABLE + number)


def letters(text: str) -> str:
    """The text with every syllable taken apart into its letters, exactly: 각 becomes ㄱㅏㄱ."""
    return "".join("".join(parts(character)) if is_syllable(character) else character for character in text)


def sound_class(text: str) -> str:
    """The letters of Hangul text, each as its class: what reads or sounds alike becomes the same."""
    return "".join(SOUND_CLASS.get(letter, letter) for letter in letters(text))


def romanisations(syllable: str) -> Iterator[str]:
    """The ways in which one syllable is commonly written in Latin letters, the official one first."""
    number = ord(syllable) - FIRST_SYLLABLE
    initials, vowels = _ROMAN_INITIALS[number // 588], _ROMAN_VOWELS[number % 588 // 28]
    final = _ROMAN_FINALS[number % 28]
    for initial, vowel in product(initials, vowels):
        yield initial + vowel + final
    if syllable in _DIGIT_SOUNDS:
        yield _DIGIT_SOUNDS[syllable]


def romanised(text: str) -> str:
    """The official romanisation of a Hangul word, syllable by syllable, without the changes between syllables."""
    return "".join(next(romanisations(each)) if is_syllable(each) else each for each in text)


def look_alikes(syllable: str) -> tuple[str, ...]:
    """Syllables (or letters) that look like this one, the final kept: 멍 gives 댕."""
    initial, vowel, final = parts(syllable)
    found = []
    for pair in _LOOK_ALIKE_STEMS:
        for stem, other in (pair, pair[::-1]):
            other_initial, other_vowel, other_final = parts(other)
            if parts(stem) == (initial, vowel, "") and not (other_final and final):
                found.append(compose(other_initial, other_vowel, other_final or final))
    found += [other for pair in _LOOK_ALIKE_WHOLE for stem, other in (pair, pair[::-1]) if stem == syllable]
    return tuple(found)
