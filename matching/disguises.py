"""The ways to hide a name, how much each says, and how a person is told. Tables only."""

from enum import Enum
from typing import Final


class Disguise(Enum):
    """How a name was hidden. The value is what `TextCandidate.disguises` holds."""

    INVISIBLE = "invisible"
    SYMBOLS = "symbols"
    SPACED_OUT = "spaced_out"
    SPACES = "spaces"
    SPACED_WORDS = "spaced_words"
    HYPHENS = "hyphens"
    MARKS = "marks"
    ACCENTS = "accents"
    WIDTH = "width"
    STYLED = "styled"
    FOREIGN = "foreign"
    LEET = "leet"
    TWIN_LETTERS = "twin_letters"
    LETTER_PAIRS = "letter_pairs"
    ART = "art"
    UPSIDE_DOWN = "upside_down"
    LOOSE_LETTERS = "loose_letters"
    DECOMPOSED = "decomposed"
    SOUND = "sound"
    LOOK_ALIKE = "look_alike"
    ROMANISED_SYLLABLE = "romanised_syllable"
    ROMANISED = "romanised"
    TYPO = "typo"
    DROPPED_SYLLABLE = "dropped_syllable"


# How much one disguise alone says, 0..1: near 1 where nobody writes so by accident, near 0.5 where a slip of the finger
# or a habit explains it as well. Under 0.5 it needs something beside it.
WEIGHTS: Final = {
    Disguise.INVISIBLE: 0.92,
    Disguise.SYMBOLS: 0.88,
    Disguise.SPACED_OUT: 0.82,
    Disguise.SPACES: 0.6,
    Disguise.SPACED_WORDS: 0.4,
    Disguise.HYPHENS: 0.6,
    Disguise.MARKS: 0.9,
    Disguise.ACCENTS: 0.58,
    Disguise.WIDTH: 0.6,
    Disguise.STYLED: 0.75,
    Disguise.FOREIGN: 0.88,
    Disguise.LEET: 0.8,
    Disguise.TWIN_LETTERS: 0.78,
    Disguise.LETTER_PAIRS: 0.6,
    Disguise.ART: 0.9,
    Disguise.UPSIDE_DOWN: 0.92,
    Disguise.LOOSE_LETTERS: 0.88,
    Disguise.DECOMPOSED: 0.6,
    Disguise.SOUND: 0.6,
    Disguise.LOOK_ALIKE: 0.85,
    Disguise.ROMANISED_SYLLABLE: 0.8,
    Disguise.ROMANISED: 0.35,
    Disguise.TYPO: 0.56,
    Disguise.DROPPED_SYLLABLE: 0.54,
}

# Follows "‘누.벨.하.니’는 ".
PHRASES: Final = {
    Disguise.INVISIBLE: "보이지 않는 문자를 끼워",
    Disguise.SYMBOLS: "기호를 끼워",
    Disguise.SPACED_OUT: "글자마다 띄어",
    Disguise.SPACES: "중간을 띄어",
    Disguise.SPACED_WORDS: "낱말처럼 띄어",
    Disguise.HYPHENS: "문장 부호를 끼워",
    Disguise.MARKS: "글자에 덧줄이나 점을 얹어",
    Disguise.ACCENTS: "강세 부호를 붙여",
    Disguise.WIDTH: "전각·반각 문자를 섞어",
    Disguise.STYLED: "장식 문자를 써서",
    Disguise.FOREIGN: "모양이 같은 다른 나라 글자를 써서",
    Disguise.LEET: "숫자나 기호를 글자 대신 써서",
    Disguise.TWIN_LETTERS: "모양이 같은 글자로 바꿔",
    Disguise.LETTER_PAIRS: "두 글자를 붙여 한 글자처럼 보이게 해서",
    Disguise.ART: "기호로 글자를 그려",
    Disguise.UPSIDE_DOWN: "글자를 거꾸로 뒤집어",
    Disguise.LOOSE_LETTERS: "자음과 모음을 풀어 써서",
    Disguise.DECOMPOSED: "이 이름만 자모를 나눈 문자로 적어",
    Disguise.SOUND: "소리가 비슷한 자모로 바꿔",
    Disguise.LOOK_ALIKE: "모양이 비슷한 글자(야민정음)로 바꿔",
    Disguise.ROMANISED_SYLLABLE: "일부 글자를 로마자나 숫자로 적어",
    Disguise.ROMANISED: "로마자로 옮겨 적어",
    Disguise.TYPO: "한 글자를 다르게 적어",
    Disguise.DROPPED_SYLLABLE: "한 글자를 빼서",
}
# Habits and slips explain these as well; the sentence ends in "적은 표기일 수 있습니다" for them.
MILD: Final = frozenset(
    {
        Disguise.SPACES,
        Disguise.SPACED_WORDS,
        Disguise.HYPHENS,
        Disguise.ACCENTS,
        Disguise.WIDTH,
        Disguise.DECOMPOSED,
        Disguise.SOUND,
        Disguise.TYPO,
        Disguise.DROPPED_SYLLABLE,
        Disguise.ROMANISED,
        Disguise.LETTER_PAIRS,
    }
)
# An ordinary word may look so by chance; a word that ordinary titles use is none of these.
MAY_BE_ORDINARY: Final = MILD | {Disguise.LEET, Disguise.TWIN_LETTERS, Disguise.LOOK_ALIKE, Disguise.ROMANISED_SYLLABLE}
# A name of two syllables is one letter away from many ordinary words (미쇼, 미소).
UNSURE_IN_SHORT_NAMES: Final = {Disguise.SOUND: 0.7, Disguise.LOOK_ALIKE: 0.65, Disguise.LETTER_PAIRS: 0.7}
