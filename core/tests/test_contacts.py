"""Contacts in one spelling each; what is refused is never quoted."""

import string
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.contacts import ContactRefused, email_name, mobile_name, normalise_email, normalise_mobile

KOREAN = "821012345678"


@pytest.mark.parametrize(
    "typed",
    [
        "010-1234-5678",
        "01012345678",
        "010 1234 5678",
        "010.1234.5678",
        "(010) 1234-5678",
        "０１０－１２３４－５６７８",
        "010–1234–5678",
        "+82 10-1234-5678",
        "+82-010-1234-5678",
        "+82 (0)10 1234 5678",
        "0082 10 1234 5678",
        "821012345678",
        "82 010 1234 5678",
        "1012345678",
        "  010-1234-5678\n",
    ],
)
def test_one_korean_number_has_one_spelling(typed: str) -> None:
    assert normalise_mobile(typed) == KOREAN


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("011-123-4567", "82111234567"),
        ("02-123-4567", "8221234567"),
        ("0502-1234-5678", "8250212345678"),
        ("+86 138 0013 8000", "8613800138000"),
        ("+1 (202) 555-0143", "12025550143"),
    ],
)
def test_other_numbers_keep_their_country(typed: str, number: str) -> None:
    assert normalise_mobile(typed) == number


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "-",
        "010",
        "010-1234",
        "010-1234-56789012",
        "13800138000",
        "+0 10 1234 5678",
        "+82 00 1234",
        "전화",
        "010-12a4-5678",
        "+",
        "00",
        "٠١٠١٢٣٤٥٦٧٨x",
        "010\x0012345678",
        "\ud800",
        "+82 10 1234 5678 내선 3",
    ],
)
def test_what_is_no_number_is_refused_and_not_quoted(typed: str) -> None:
    with pytest.raises(ContactRefused) as refusal:
        normalise_mobile(typed)
    assert str(refusal.value) == (
        "휴대전화 번호를 읽을 수 없습니다. 한국 번호나 국가 번호로 시작하는 번호의 형식이 아닙니다. "
        "010-1234-5678 또는 +86 138 0013 8000처럼 적거나 비워 주세요."
    )


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("Hong@Example.COM", "hong@example.com"),
        (" hong@example.com\n", "hong@example.com"),
        ("ｈｏｎｇ＠ｅｘａｍｐｌｅ．ｃｏｍ", "hong@example.com"),
        ("hong@한글.kr", "hong@xn--bj0bj06e.kr"),
        ("hong@xn--bj0bj06e.kr", "hong@xn--bj0bj06e.kr"),
        ("h.o.n.g+tag@example.com", "h.o.n.g+tag@example.com"),
    ],
)
def test_one_address_has_one_spelling(typed: str, address: str) -> None:
    assert normalise_email(typed) == address


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "hong",
        "hong@",
        "@example.com",
        "hong@example",
        "ho ng@example.com",
        "홍@example.com",
        "a@b@example.com",
        "hong@example.com\x00",
        "\ud800@example.com",
        "hong@\udc00.com",
    ],
)
def test_what_is_no_address_is_refused_and_not_quoted(typed: str) -> None:
    with pytest.raises(ContactRefused) as refusal:
        normalise_email(typed)
    assert str(refusal.value) == (
        "이메일 주소를 읽을 수 없습니다. 이메일 주소의 형식이 아닙니다. name@example.com처럼 적거나 비워 주세요."
    )


@pytest.mark.parametrize("read", [normalise_email, normalise_mobile])
def test_a_million_signs_are_no_contact(read: Callable[[str], str]) -> None:
    for typed in ("9" * 1_000_000, "0" * 61, "a" * 1_000_000 + "@b.kr", "a" * 250 + "@b.kr", " " * 1_000_000):
        with pytest.raises(ContactRefused):
            read(typed)


def test_names_of_two_kinds_never_meet() -> None:
    assert email_name("A@b.kr") == "email:a@b.kr"
    assert mobile_name("010-1234-5678") == f"mobile:{KOREAN}"


@given(st.text(string.digits, min_size=8, max_size=8), st.sampled_from(["-", " ", ".", ""]))
def test_normalising_twice_changes_nothing(digits: str, between: str) -> None:
    once = normalise_mobile(f"010{between}{digits[:4]}{between}{digits[4:]}")
    assert normalise_mobile(once) == once == f"8210{digits}"


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (normalise_email, normalise_mobile):
        try:
            found = read(text)
        except ContactRefused:
            continue
        assert read(found) == found
