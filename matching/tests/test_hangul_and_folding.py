"""Hangul sums and the folding of characters: what a reader takes for the same folds to the same."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import hangul
from matching.text_fold import Kind, exact, fold, folded_lengths, skeleton

syllables = st.characters(min_codepoint=hangul.FIRST_SYLLABLE, max_codepoint=hangul.LAST_SYLLABLE)


@given(syllables)
def test_a_syllable_is_composed_of_its_parts(syllable: str) -> None:
    assert hangul.compose(*hangul.parts(syllable)) == syllable


@given(st.text(syllables, min_size=1))
def test_loose_and_decomposed_letters_fold_as_their_syllables(text: str) -> None:
    assert skeleton(hangul.letters(text)) == skeleton(text)
    assert skeleton(unicodedata.normalize("NFD", text)) == skeleton(text)


@given(st.text())
def test_any_text_folds_and_the_lengths_add_up(text: str) -> None:
    assert len(skeleton(text)) == sum(folded_lengths(text))
    assert all(len(exact(each)) == len(fold(each)[0]) for each in text)


@given(syllables)
def test_exact_letters_tell_syllables_apart_that_fold_together(syllable: str) -> None:
    twin = hangul.compose("ㄲ", *hangul.parts(syllable)[1:])
    assert (exact(twin) == exact(syllable)) == (twin == syllable)


@pytest.mark.parametrize(
    ("character", "folded", "kind"),
    [
        ("N", "n", Kind.PLAIN),
        ("1", "l", Kind.PLAIN),
        (" ", "", Kind.SPACE),
        ("\u00a0", "", Kind.SPACE),
        (".", "", Kind.HYPHEN),
        ("♥", "", Kind.SYMBOL),
        ("\u200b", "", Kind.INVISIBLE),
        ("\u202e", "", Kind.INVISIBLE),
        ("\u3164", "", Kind.INVISIBLE),
        ("\ufe0f", "", Kind.INVISIBLE),
        ("\u0336", "", Kind.MARK),
        ("é", "e", Kind.ACCENT),
        ("Ｎ", "n", Kind.WIDTH),
        ("𝐍", "n", Kind.STYLED),
        ("ⓝ", "n", Kind.STYLED),
        ("ɴ", "n", Kind.STYLED),
        ("К", "k", Kind.FOREIGN),
        ("ο", "o", Kind.FOREIGN),
        ("ㅘ", "ㅗㅏ", Kind.LOOSE_LETTER),
        ("\u1109", "ㅅ", Kind.DECOMPOSED),
        ("꺼", "ㄱㅓ", Kind.PLAIN),
        ("か", "か", Kind.OTHER),
        ("中", "中", Kind.OTHER),
    ],
)
def test_each_sort_of_sign_folds_to_what_it_looks_like(character: str, folded: str, kind: Kind) -> None:
    assert fold(character) == (folded, kind)


def test_signs_are_letters_only_where_asked() -> None:
    assert skeleton("T!k€") == "tk"
    assert skeleton("T!k€", signs_are_letters=True) == "tlke"


@pytest.mark.parametrize(
    ("syllable", "other"),
    [("멍", "댕"), ("댕", "멍"), ("커", "귀"), ("귀", "커"), ("비", "네"), ("유", "윾"), ("왕", "앟")],
)
def test_look_alike_syllables_go_both_ways(syllable: str, other: str) -> None:
    assert other in hangul.look_alikes(syllable)


def test_romanisation_gives_the_official_form_first() -> None:
    assert next(hangul.romanisations("설")) == "seol"
    assert list(hangul.romanisations("이"))[-1] == "2"
    assert hangul.romanised("담화온") == "damhwaon"
