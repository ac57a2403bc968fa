"""Tracking codes: spelled to be read out, and read however they were typed."""

import hashlib

import pytest

from accounts.codes import ALPHABET, digits, normalise, spell

CODE = "7K2M-9QXR-4TBN-C0WD-1HVP"


def test_a_code_has_a_hundred_bits_in_five_groups() -> None:
    code = spell(hashlib.sha256(b"row").digest())
    assert [len(group) for group in code.split("-")] == [4] * 5
    assert set(code) - {"-"} <= set(ALPHABET)


def test_the_letters_are_the_first_hundred_bits_and_no_more() -> None:
    ones = spell(b"\xff" * 12 + b"\xf0" + b"\x00" * 19)
    assert ones == "-".join(["ZZZZ"] * 5)
    assert spell(b"\x00" * 12 + b"\x10" + b"\xff" * 19) == "0000-0000-0000-0000-0001"


def test_codes_of_other_rows_differ() -> None:
    codes = {spell(hashlib.sha256(str(number).encode()).digest()) for number in range(2_000)}
    assert len(codes) == 2_000


@pytest.mark.parametrize(
    "typed",
    [
        CODE,
        "7k2m-9qxr-4tbn-c0wd-1hvp",
        "7K2M9QXR4TBNC0WD1HVP",
        " 7K2M 9QXR 4TBN C0WD 1HVP ",
        "７Ｋ２Ｍ－９ＱＸＲ－４ＴＢＮ－Ｃ０ＷＤ－１ＨＶＰ",
        "7K2M–9QXR—4TBN−C0WD-1HVP",
        "7K2M　9QXR　4TBN　C0WD　1HVP",
        "7K2M-9QXR-4TBN-COWD-IHVP",
        "7K2M-9QXR-4TBN-CoWD-lHVP",
        "7K2M.9QXR_4TBN.C0WD.1HVP\n",
    ],
)
def test_a_code_is_read_however_it_was_typed(typed: str) -> None:
    assert normalise(typed) == CODE


@pytest.mark.parametrize("typed", ["", "hello", f"{CODE}A", CODE[:-1], "U" * 20, "가" * 20, "٧" * 20])
def test_what_is_no_code_comes_back_as_it_was(typed: str) -> None:
    assert normalise(typed) == typed


def test_nothing_long_is_looked_at() -> None:
    assert len(normalise("0" * 100_000)) == 60


@pytest.mark.parametrize("typed", ["012345", " 012 345 ", "０１２３４５", "012-345"])
def test_digits_are_read_however_they_were_typed(typed: str) -> None:
    assert digits(typed) == "012345"
