"""What a listing's content is called by."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listings.digests import content_digest, text_digest

CONTENT: dict[str, Any] = {
    "title": "가방",
    "description": "새 상품",
    "category": "잡화",
    "price_minor": 12_900,
    "currency": "KRW",
    "pictures": ["a" * 64, "b" * 64],
}
WORDS = {"title": "가방", "description": "새 상품", "category": "잡화"}


def test_digests_are_what_they_were_in_every_release() -> None:
    assert content_digest(**CONTENT) == "2071d85262da39c77c2584f1c952ef4cbdaf00b49f78cec3a8235ab06bcc65d5"
    assert text_digest(**WORDS) == "5f5032f795cd7f5d8308a33e72521ad13e8f9e7f7249c38352536b9db350a5e3"


@pytest.mark.parametrize(
    "change",
    [
        {"title": "가방 "},
        {"description": ""},
        {"category": "의류"},
        {"price_minor": 12_901},
        {"currency": "USD"},
        {"pictures": ["b" * 64, "a" * 64]},
        {"pictures": ["a" * 64]},
        {"title": "", "description": "가방새 상품"},
        {"missing": [(1, "https://cdn.example/2.png")]},
        {"missing": [(2, "https://cdn.example/2.png")]},
        {"missing": [(2, "https://cdn.example/3.png")]},
    ],
)
def test_any_change_of_what_a_buyer_sees_is_other_content(change: dict[str, Any]) -> None:
    assert content_digest(**CONTENT | change) != content_digest(**CONTENT)


@pytest.mark.parametrize("change", [{"title": "가"}, {"description": ""}, {"category": ""}])
def test_any_change_of_the_words_is_other_text(change: dict[str, str]) -> None:
    assert text_digest(**WORDS | change) != text_digest(**WORDS)


def test_hangul_in_pieces_is_the_same_content_as_composed() -> None:
    in_pieces = "\u1100\u1161방"
    assert content_digest(**CONTENT | {"title": in_pieces}) == content_digest(**CONTENT)
    assert text_digest(**WORDS | {"title": in_pieces}) == text_digest(**WORDS)


def test_words_that_move_between_fields_are_other_content() -> None:
    one = text_digest(title="ab", description="c", category="")
    assert one != text_digest(title="a", description="bc", category="")


@given(words=st.fixed_dictionaries({name: st.text(max_size=20) for name in WORDS}))
def test_every_storable_text_has_a_digest(words: dict[str, str]) -> None:
    if any("\0" in text for text in words.values()):
        with pytest.raises(ValueError, match="NUL"):
            text_digest(**words)
        return
    assert len(text_digest(**words)) == 64
