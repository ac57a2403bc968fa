"""Errors that a person may read."""

import pytest

from core.errors import Conflict, DomainError


def test_message_has_three_parts_in_their_order() -> None:
    problem = DomainError("저장하지 않았습니다.", "사유가 없습니다.", "사유를 적어 주세요.")
    assert str(problem) == "저장하지 않았습니다. 사유가 없습니다. 사유를 적어 주세요."
    assert (problem.what, problem.why, problem.action) == (
        "저장하지 않았습니다.",
        "사유가 없습니다.",
        "사유를 적어 주세요.",
    )


def test_missing_parts_leave_no_gap() -> None:
    assert (
        str(DomainError("저장하지 않았습니다.", action="다시 시도해 주세요."))
        == "저장하지 않았습니다. 다시 시도해 주세요."
    )


def test_a_heading_is_ended_before_the_next_sentence() -> None:
    problem = DomainError("손상된 파일입니다: 1.jpg", "내용이 잘렸습니다.")
    assert (str(problem), problem.what) == ("손상된 파일입니다: 1.jpg. 내용이 잘렸습니다.", "손상된 파일입니다: 1.jpg")


def test_codes_are_for_doors() -> None:
    assert (DomainError("가").code, Conflict("가").code, DomainError("가", code="own").code) == (
        "refused",
        "conflict",
        "own",
    )


def test_conflict_is_a_domain_error() -> None:
    with pytest.raises(DomainError):
        raise Conflict("늦었습니다.")
