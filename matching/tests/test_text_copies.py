"""A text written anew in small is found; another text, a phrase, a title is not."""

import pytest

from matching import TextRows, grams_of, likeness, share_in, shared_by, sketch_of, without
from matching.tests.texts import COUNTERFEIT as TEXT
from matching.tests.texts import OTHER_GOODS as OTHER


def test_the_same_text_is_wholly_there() -> None:
    assert share_in(sketch_of(grams_of(TEXT)), grams_of(TEXT)) == 1.0
    assert likeness(grams_of(TEXT), grams_of(TEXT)) == 1.0


@pytest.mark.parametrize(
    "rewritten",
    [
        TEXT.replace(" ", ""),
        TEXT.replace("크림", "크.림").replace("로고", "로 고"),
        f"★무료배송★ {TEXT} 문의는 채팅으로 주세요.",
        TEXT.replace("연분홍", "분홍").replace("50ml", "30ml"),
        f"{OTHER} {TEXT}",
    ],
)
def test_a_text_written_anew_in_small_is_found(rewritten: str) -> None:
    sketch = sketch_of(grams_of(TEXT))
    rows = TextRows.of([("other", sketch_of(grams_of(OTHER))), ("text", sketch)])

    assert "text" in rows.candidates(grams_of(rewritten))
    assert share_in(sketch, grams_of(rewritten)) > 0.8


def test_another_text_is_no_candidate() -> None:
    rows = TextRows.of([("text", sketch_of(grams_of(TEXT)))])

    assert rows.candidates(grams_of(OTHER)) == []
    assert rows.candidates(grams_of("누벨하니 수분 크림 50ml 본품입니다.")) == []
    assert share_in(sketch_of(grams_of(TEXT)), grams_of(OTHER)) < 0.05


def test_a_text_shorter_than_a_gram_has_none_and_is_like_nothing() -> None:
    nothing = grams_of("크림")

    assert len(nothing) == 0
    assert (likeness(nothing, nothing), share_in(sketch_of(nothing), grams_of(TEXT))) == (0.0, 0.0)
    assert TextRows.of([("empty", sketch_of(nothing))]).candidates(grams_of(TEXT)) == []
    assert TextRows.of([]).candidates(grams_of(TEXT)) == []


def test_what_is_common_is_taken_out() -> None:
    both = grams_of(f"{TEXT} {OTHER}")

    own = without(both, grams_of(OTHER))

    assert share_in(sketch_of(own), grams_of(TEXT)) > 0.9
    assert share_in(sketch_of(own), grams_of(OTHER)) == 0.0


def test_what_several_texts_share_is_counted_by_the_text() -> None:
    one, other = grams_of(TEXT), grams_of(f"{TEXT} {OTHER}")

    assert list(shared_by([one, other], least=2)) == list(one)
    assert list(shared_by([one, other])) == list(other)
    assert len(shared_by([])) == 0


def test_the_sketch_is_the_same_in_every_release() -> None:
    assert sketch_of(grams_of("abcdefghij")).hex() == "3d9cd33b0390f16d49bf7f5554dba07a"


def test_odd_signs_do_no_harm() -> None:
    assert len(grams_of("\ud800" * 20 + "abcdefghijk")) > 0
    assert len(grams_of("가" * 200_000)) > 0
