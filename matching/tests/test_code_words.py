"""Code words count where they mean a copy, and not in their everyday meaning."""

import pytest

from matching import code_words


def words(text: str, near: tuple[tuple[int, int], ...] = ()) -> list[str]:
    found = code_words(text, near=near)
    for each in found:
        assert text[each.start : each.end] == each.found
        assert 0 < each.weight <= 1
        assert each.why.endswith("쓰는 말입니다.")
    return [each.word for each in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("놀이코 레플리카 신발", ["레플리카"]),
        ("벨찌 미러급 가방", ["미러급"]),
        ("SA급 지갑", ["SA급"]),
        ("정품급 퀄리티", ["정품급"]),
        ("이미테이션 시계", ["이미테이션"]),
        ("짝퉁 지갑", ["짝퉁"]),
        ("replica watch", ["replica"]),
        ("레.플.리.카 신발", ["레플리카"]),
        ("미\u200b러급 가방", ["미러급"]),
        ("미러급 1:1 제작 가방", ["미러급", "1:1"]),
    ],
)
def test_words_that_mean_a_copy_count_alone(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "미러 선글라스",
        "미러리스 카메라",
        "st 사이즈",
        "1st edition",
        "1:1 문의 환영",
        "1:1 비율 이어폰",
        "AAA 건전지 10개",
        "로스 구이용 한우",
        "캐주얼 스타일 원피스",
        "커스텀 키보드",
        "레플리카 유니폼",
        "1/18 replica diecast",
        "이미테이션 진주 목걸이",
        "S급 중고폰",
        "",
    ],
)
def test_everyday_meanings_do_not_count(text: str) -> None:
    assert words(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "레플리카 아님",
        "가품 아닙니다",
        "가품 시 200% 보상",
        "가품일 경우 전액 환불",
        "짝퉁 없음",
        "not a replica",
        "가품 주의",
    ],
)
def test_a_denial_does_not_count(text: str) -> None:
    assert words(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [("벨찌st 가방", "st"), ("벨찌 스타일 가방", "스타일"), ("벨찌 미러 가방", "미러"), ("벨찌 1:1 가방", "1:1")],
)
def test_everyday_words_count_right_behind_a_name(text: str, expected: str) -> None:
    assert words(text, near=((0, 2),)) == [expected]
    assert words(text) == []


def test_everyday_words_far_from_the_name_do_not_count() -> None:
    assert words("벨찌 가방 여름 스타일", near=((0, 2),)) == []
