"""How right numbers are written, and scripts of spellings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brands.choices import RightKind, Script
from brands.rules import WrongRightNumber, right_number, script_of


@pytest.mark.parametrize(
    ("kind", "written", "stored"),
    [
        (RightKind.TRADEMARK, "40-0123456", "4001234560000"),
        (RightKind.TRADEMARK, "40-0123456-0000", "4001234560000"),
        (RightKind.TRADEMARK, "4100711420000", "4100711420000"),
        (RightKind.TRADEMARK, "400123456", "4001234560000"),
        (RightKind.TRADEMARK, "제40-0123456호", "4001234560000"),
        (RightKind.TRADEMARK, "등록번호: 40-0123456", "4001234560000"),
        (RightKind.TRADEMARK, "40–0123456", "4001234560000"),
        (RightKind.TRADEMARK, "４０-０１２３４５６", "4001234560000"),
        (RightKind.TRADEMARK, "40-2023-0123456", "40-2023-0123456"),
        (RightKind.TRADEMARK, "1234567a", "1234567A"),
        (RightKind.TRADEMARK, "US 5,123,456", "US 5,123,456"),
        (RightKind.DESIGN, "30-0572831", "3005728310000"),
        (RightKind.DESIGN, "30-2010-0011603", "30-2010-0011603"),
        (RightKind.PATENT, "10-1234567", "1012345670000"),
        (RightKind.UTILITY_MODEL, "20-0123456", "2001234560000"),
        (RightKind.COPYRIGHT, "제C-2023-000123호", "C-2023-000123"),
        (RightKind.COPYRIGHT, "", ""),
        (RightKind.UNREGISTERED, "", ""),
    ],
)
def test_a_number_is_stored_in_one_form_however_it_is_written(kind: RightKind, written: str, stored: str) -> None:
    assert right_number(kind, written) == stored


@pytest.mark.parametrize(
    ("kind", "written", "why"),
    [
        (RightKind.TRADEMARK, "30-0123456", "상표권의 번호는 40으로 시작합니다."),
        (RightKind.DESIGN, "40-0123456", "디자인권의 번호는 30으로 시작합니다."),
        (
            RightKind.TRADEMARK,
            "40-12345",
            "등록번호는 40-1234567, 출원번호는 40-2023-1234567의 모양이어야 합니다.",
        ),
        (RightKind.TRADEMARK, "출원 중", "번호에 숫자가 없습니다."),
        (RightKind.PATENT, "", "번호에 숫자가 없습니다."),
    ],
)
def test_a_number_that_cannot_be_one_of_its_kind_is_refused(kind: RightKind, written: str, why: str) -> None:
    with pytest.raises(WrongRightNumber) as refusal:
        right_number(kind, written)
    assert str(refusal.value) == why


@given(kind=st.sampled_from(RightKind), written=st.text(max_size=30))
def test_a_stored_number_is_stored_as_it_is(kind: RightKind, written: str) -> None:
    try:
        stored = right_number(kind, written)
    except WrongRightNumber:
        return
    assert right_number(kind, stored) == stored


@pytest.mark.parametrize(
    ("spelling", "script"),
    [
        ("솔하루", Script.HANGUL),
        ("Solharu", Script.LATIN),
        ("ＮＩＫＥ", Script.LATIN),
        ("LG생활건강", Script.HANGUL),
        ("資生堂", Script.HAN),
        ("ハナ", Script.KANA),
        ("Найк", Script.OTHER),
        ("3.1", Script.OTHER),
    ],
)
def test_a_spelling_is_in_the_script_of_most_of_its_letters(spelling: str, script: Script) -> None:
    assert script_of(spelling) == script
