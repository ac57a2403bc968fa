"""Public numbers name a row and give nothing else away."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.numbers import public_number, row_id_of

TIMES = st.datetimes(datetime(2020, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive


@given(prefix=st.from_regex(r"[A-Z]{1,3}", fullmatch=True), at=TIMES, row_id=st.integers(1, 2**63 - 1))
def test_every_number_names_its_row_and_no_other_prefix(prefix: str, at: datetime, row_id: int) -> None:
    number = public_number(prefix, at, row_id)
    assert row_id_of(number, prefix) == row_id
    assert row_id_of(f" {number.lower()} ", prefix) == row_id
    assert row_id_of(number, prefix + "X") is None


def test_number_as_people_see_it() -> None:
    assert public_number("R", datetime(2026, 11, 23, tzinfo=UTC), 123) == "R-2026-000123"
    assert public_number("R", datetime(2026, 11, 23, tzinfo=UTC), 12_345_678) == "R-2026-12345678"


def test_year_is_that_of_korea() -> None:
    assert public_number("R", datetime(2026, 12, 31, 14, 59, 59, tzinfo=UTC), 1) == "R-2026-000001"
    assert public_number("R", datetime(2026, 12, 31, 15, 0, tzinfo=UTC), 1) == "R-2027-000001"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "R",
        "R-2026-",
        "R-2026-123",
        "R-26-000123",
        "R2026000123",
        "R-2026-000123-1",
        "R-2026-00012a",
        "시-2026-000123",
    ],
)
def test_what_is_no_number_names_nothing(text: str) -> None:
    assert row_id_of(text, "R") is None
