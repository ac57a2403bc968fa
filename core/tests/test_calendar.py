"""Legal periods: every worked example, ten years against the rule text, business time, and holidays decreed late."""

import csv
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.calendar import (
    RULES_VERSION,
    Deadline,
    HolidayCalendar,
    HolidayChange,
    OutsideCalendar,
    add_business_days,
    add_business_hours,
    calendar,
    is_business_day,
    korean_day,
    period_business_days,
    period_days,
    period_months,
    withdrawal_limit,
)
from core.calendar.rules import add_days, add_months
from core.models import Holiday
from core.tests import rule_text
from core.tests.rule_text import DAY, SEOUL

PERIODS = Path(__file__).parent / "data" / "periods.csv"
STATUTORY = HolidayCalendar()
TEN_YEARS = [date(2018, 1, 1) + DAY * step for step in range((date(2028, 1, 1) - date(2018, 1, 1)).days)]
SOME_DAY = st.dates(date(2018, 1, 1), date(2027, 12, 31))


def worked_examples() -> list[dict[str, str]]:
    with PERIODS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def seoul(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SEOUL)


# -- the worked examples ------------------------------------------------------------------------------------------


def test_fixture_holds_every_worked_example() -> None:
    rows = worked_examples()
    assert len(rows) == 27
    assert set(rows[0]) == {
        "no", "receipt_ts", "receipt_day_kst", "raw7", "raw15", "raw3m", "end7", "end15", "end3m",
        "excl_utc7", "excl_utc15", "excl_utc3m", "note",
    }  # fmt: skip


@pytest.mark.parametrize("row", worked_examples(), ids=lambda row: f"{row['no']}: {row['note']}")
def test_worked_example_comes_out_in_every_column(row: dict[str, str]) -> None:
    received = datetime.fromisoformat(row["receipt_ts"])
    assert korean_day(received).isoformat() == row["receipt_day_kst"]
    ends = {
        "7": period_days(received, 7, STATUTORY),
        "15": period_days(received, 15, STATUTORY),
        "3m": period_months(received, 3, STATUTORY),
    }
    for name, deadline in ends.items():
        assert deadline.raw_day.isoformat() == row[f"raw{name}"]
        assert deadline.last_day.isoformat() == row[f"end{name}"]
        assert deadline.exclusive_bound.isoformat() == row[f"excl_utc{name}"]
        assert bool(deadline.rolled_over_because) == (row[f"raw{name}"] != row[f"end{name}"])


@pytest.mark.parametrize(
    ("receipt", "count", "passed"),
    [
        ("2026-11-21", 7, [("2026-11-28", "토요일"), ("2026-11-29", "일요일")]),
        (
            "2026-02-01",
            15,
            [("2026-02-16", "설날 전날"), ("2026-02-17", "설날"), ("2026-02-18", "설날 다음날")],
        ),
        (
            "2026-09-18",
            15,
            [("2026-10-03", "개천절"), ("2026-10-04", "일요일"), ("2026-10-05", "대체공휴일(개천절)")],
        ),
        ("2024-09-16", 15, [("2024-10-01", "임시공휴일(국군의 날)")]),
        ("2025-05-19", 15, [("2025-06-03", "임시공휴일(대통령 선거일)")]),
        ("2026-05-19", 15, [("2026-06-03", "지방선거일")]),
        ("2026-12-17", 15, [("2027-01-01", "신정(1월 1일)"), ("2027-01-02", "토요일"), ("2027-01-03", "일요일")]),
        (
            "2025-04-20",
            15,
            [("2025-05-05", "부처님 오신 날, 어린이날"), ("2025-05-06", "대체공휴일(부처님 오신 날, 어린이날)")],
        ),
    ],
)
def test_each_day_passed_over_is_named(receipt: str, count: int, passed: list[tuple[str, str]]) -> None:
    deadline = period_days(date.fromisoformat(receipt), count, STATUTORY)
    assert [(day.isoformat(), reason) for day, reason in deadline.rolled_over_because] == passed


def test_names_do_not_follow_the_language_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("LANGUAGE", "LC_ALL", "LANG"):
        monkeypatch.setenv(variable, "th")
    # A year that no other test asks for, so that it is built under this language.
    assert HolidayCalendar().holiday_name(date(2041, 10, 9)) == "한글날"


# -- ten years against the rule text ------------------------------------------------------------------------------


@pytest.mark.parametrize("year", sorted(rule_text.HOLIDAYS))
def test_holidays_of_the_year_are_those_of_the_table(year: int) -> None:
    days = [date(year, 1, 1) + DAY * step for step in range(366)]
    known = {day for day in days if day.year == year and STATUTORY.holiday_name(day)}
    assert known == rule_text.public_holidays(year)


Period = Callable[[date, int, HolidayCalendar], Deadline]
RuleText = Callable[[date, int], date]


@pytest.mark.parametrize(
    ("period", "raw", "count"),
    [
        (period_days, rule_text.last_of_days, 1),
        (period_days, rule_text.last_of_days, 7),
        (period_days, rule_text.last_of_days, 15),
        (period_days, rule_text.last_of_days, 30),
        (period_months, rule_text.last_of_months, 1),
        (period_months, rule_text.last_of_months, 3),
        (period_months, rule_text.last_of_months, 6),
    ],
)
def test_every_receipt_day_of_ten_years_ends_as_the_rule_text_says(period: Period, raw: RuleText, count: int) -> None:
    for receipt in TEN_YEARS:
        deadline = period(receipt, count, STATUTORY)
        assert deadline.raw_day == raw(receipt, count), receipt
        assert deadline.last_day == rule_text.after_article_161(deadline.raw_day), receipt
        # Seoul has been nine hours ahead of UTC, without summer time, in all these years.
        assert deadline.exclusive_bound == datetime.combine(deadline.last_day, time(15), UTC), receipt
        passed = [deadline.raw_day + DAY * step for step in range((deadline.last_day - deadline.raw_day).days)]
        assert [day for day, _ in deadline.rolled_over_because] == passed, receipt


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 7, 10])
def test_every_start_of_ten_years_reaches_the_business_day_of_the_rule_text(count: int) -> None:
    for start in TEN_YEARS:
        assert add_business_days(start, count, STATUTORY) == rule_text.business_days_after(start, count), start


@settings(max_examples=100, deadline=None, derandomize=True)
@given(day=SOME_DAY, half_hours=st.integers(0, 47), hours=st.integers(1, 72))
def test_business_hours_are_those_of_the_rule_text(day: date, half_hours: int, hours: int) -> None:
    start = datetime.combine(day, time.min, SEOUL) + timedelta(minutes=30 * half_hours)
    assert add_business_hours(start, hours, STATUTORY) == rule_text.business_hours_after(start, hours)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(earlier=SOME_DAY, later=SOME_DAY, days=st.integers(1, 400), months=st.integers(1, 4))
def test_later_receipt_never_ends_earlier(earlier: date, later: date, days: int, months: int) -> None:
    earlier, later = sorted((earlier, later))
    assert period_days(earlier, days, STATUTORY).last_day <= period_days(later, days, STATUTORY).last_day
    assert period_months(earlier, months, STATUTORY).last_day <= period_months(later, months, STATUTORY).last_day


# -- days and moments ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("receipt", "months", "last"),
    [
        ("2027-02-28", 3, "2027-05-31"),  # the day after is 1 March: back one from 1 June, not 28 May
        ("2026-11-29", 3, "2027-02-28"),  # 30 November has no counterpart in February: its last day, not one before
        ("2027-11-29", 3, "2028-02-29"),  # nor has it in a leap year
        ("2026-12-31", 1, "2027-01-31"),
        ("2026-01-30", 1, "2026-02-28"),
        ("2026-06-30", 18, "2027-12-31"),
    ],
)
def test_months_end_where_article_160_says(receipt: str, months: int, last: str) -> None:
    assert add_months(date.fromisoformat(receipt), months).isoformat() == last


def test_last_second_is_in_time_and_midnight_is_not() -> None:
    deadline = period_days(date(2026, 11, 23), 15, STATUTORY)
    assert deadline.is_met_by(seoul("2026-12-08T23:59:59.999999"))
    assert not deadline.is_met_by(seoul("2026-12-09T00:00:00"))


def test_timestamp_counts_by_its_day_in_seoul() -> None:
    assert add_days(datetime(2026, 11, 22, 14, 59, 59, tzinfo=UTC), 7) == date(2026, 11, 29)
    assert add_days(datetime(2026, 11, 22, 15, 0, 0, tzinfo=UTC), 7) == date(2026, 11, 30)
    assert is_business_day(datetime(2026, 11, 22, 15, tzinfo=UTC), STATUTORY)


def test_timestamp_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a time zone"):
        period_days(datetime(2026, 11, 22, 14, 59), 7, STATUTORY)  # noqa: DTZ001 - the point of the test


@pytest.mark.parametrize("count", [0, -1])
def test_period_without_a_unit_is_refused(count: int) -> None:
    for period in (period_days, period_months, period_business_days):
        with pytest.raises(ValueError, match="at least one"):
            period(date(2026, 11, 23), count, STATUTORY)
    with pytest.raises(ValueError, match="at least one"):
        add_business_hours(seoul("2026-11-23T10:00"), count, STATUTORY)


@pytest.mark.parametrize("day", [date(1, 1, 1), date(1947, 12, 31), date(2101, 1, 1), date(9999, 12, 31)])
def test_year_that_no_calendar_knows_is_an_error_not_a_guess(day: date) -> None:
    for compute in (period_days, period_months, add_business_days):
        with pytest.raises(OutsideCalendar) as refused:
            compute(day, 3, STATUTORY)
        assert refused.value.what == "기간을 계산할 수 없습니다."
        assert refused.value.action == "날짜의 연도를 확인해 주세요."


def test_period_that_runs_out_of_the_calendar_is_an_error() -> None:
    with pytest.raises(OutsideCalendar):
        period_days(date(2100, 12, 31), 1, STATUTORY)


# -- withdrawal ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("supplied", "knew", "three_months", "thirty_days", "ends"),
    [
        ("2026-08-10", "2026-10-20", "2026-11-10", "2026-11-19", "2026-11-10"),
        ("2026-08-10", "2026-09-01", "2026-11-10", "2026-10-01", "2026-10-01"),
        ("2026-08-10", "2026-11-05", "2026-11-10", "2026-12-07", "2026-11-10"),
    ],
)
def test_withdrawal_ends_with_whichever_limit_is_first(
    supplied: str, knew: str, three_months: str, thirty_days: str, ends: str
) -> None:
    limit = withdrawal_limit(date.fromisoformat(supplied), date.fromisoformat(knew), STATUTORY)
    assert limit.by_supply.last_day.isoformat() == three_months
    assert limit.by_knowledge is not None
    assert limit.by_knowledge.last_day.isoformat() == thirty_days
    assert limit.ends.last_day.isoformat() == ends


def test_withdrawal_without_knowledge_has_the_three_months_alone() -> None:
    limit = withdrawal_limit(date(2026, 8, 10), None, STATUTORY)
    assert limit.by_knowledge is None
    assert limit.ends.last_day == date(2026, 11, 10)


def test_knowledge_before_the_supply_counts_from_the_supply() -> None:
    slip = withdrawal_limit(date(2026, 8, 10), date(2026, 7, 1), STATUTORY)
    assert slip == withdrawal_limit(date(2026, 8, 10), date(2026, 8, 10), STATUTORY)
    assert slip.ends.last_day == date(2026, 9, 9)


# -- business time ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        ("2026-09-18", 3, "2026-09-23"),
        ("2026-09-22", 3, "2026-09-29"),
        ("2026-11-23", 3, "2026-11-26"),
        ("2026-04-29", 3, "2026-05-06"),
        ("2027-02-04", 3, "2027-02-11"),
        ("2025-09-30", 3, "2025-10-10"),
        ("2026-12-24", 3, "2026-12-30"),
        ("2026-11-23", 10, "2026-12-07"),
        ("2026-09-21", 10, "2026-10-08"),
    ],
)
def test_business_days_of_the_table(start: str, count: int, expected: str) -> None:
    assert add_business_days(date.fromisoformat(start), count, STATUTORY).isoformat() == expected


def test_business_day_deadline_ends_with_its_day() -> None:
    deadline = period_business_days(seoul("2026-09-22T23:59"), 3, STATUTORY)
    last = date(2026, 9, 29)
    assert deadline == Deadline(last, datetime(2026, 9, 29, 15, tzinfo=UTC), last)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-23T14:30:15", 24, "2026-11-24T14:30:15"),  # Monday to Tuesday, seconds kept
        ("2026-11-27T14:30", 24, "2026-11-30T14:30"),  # over the weekend
        ("2026-11-28T10:00", 24, "2026-12-01T00:00"),  # on Saturday the clock stands until Monday 00:00
        ("2026-11-27T00:00", 24, "2026-11-28T00:00"),  # used up at midnight: ends there, before the weekend
        ("2026-09-23T18:00", 24, "2026-09-28T18:00"),  # over Chuseok
        ("2026-11-27T23:59:59.999999", 1, "2026-11-30T00:59:59.999999"),
    ],
)
def test_business_hours_stand_still_on_days_off(start: str, hours: int, end: str) -> None:
    assert add_business_hours(seoul(start), hours, STATUTORY) == seoul(end)


def test_business_hours_are_given_in_utc() -> None:
    assert add_business_hours(seoul("2026-11-23T14:30"), 24, STATUTORY).isoformat() == "2026-11-24T05:30:00+00:00"


# -- holidays that the package does not know ----------------------------------------------------------------------


def test_designated_day_moves_every_kind_of_deadline() -> None:
    decreed = HolidayCalendar((HolidayChange(date(2026, 12, 8), "임시공휴일"),))
    rolled = period_days(date(2026, 11, 23), 15, decreed)
    assert rolled.last_day == date(2026, 12, 9)
    assert rolled.rolled_over_because == ((date(2026, 12, 8), "임시공휴일"),)
    assert not is_business_day(date(2026, 12, 8), decreed)
    assert add_business_days(date(2026, 12, 7), 1, decreed) == date(2026, 12, 9)
    assert add_business_hours(seoul("2026-12-07T12:00"), 24, decreed) == seoul("2026-12-09T12:00")


def test_day_taken_away_is_an_ordinary_day_unless_it_is_a_weekend() -> None:
    repealed = HolidayCalendar(
        (
            HolidayChange(date(2026, 12, 25), "기독탄신일", adds=False),
            HolidayChange(date(2026, 8, 15), "광복절", adds=False),
        )
    )
    assert period_days(date(2026, 12, 10), 15, repealed).last_day == date(2026, 12, 25)
    assert repealed.reason_off(date(2026, 8, 15)) == "토요일"


def test_two_changes_for_one_day_are_refused() -> None:
    with pytest.raises(ValueError, match="same day"):
        HolidayCalendar((HolidayChange(date(2026, 12, 8), "가"), HolidayChange(date(2026, 12, 8), "나", adds=False)))


def test_rules_version_fits_beside_a_deadline() -> None:
    assert RULES_VERSION.startswith("2026-05-11.1/0.")
    assert len(RULES_VERSION) <= 40


@pytest.mark.django_db
def test_without_rows_the_calendar_is_the_statutory_one() -> None:
    assert calendar() == STATUTORY


@pytest.mark.django_db
def test_rows_change_results_at_once_however_they_are_written() -> None:
    received = date(2026, 11, 23)
    assert period_days(received, 15, calendar()).last_day == date(2026, 12, 8)

    Holiday.objects.create(date=date(2026, 12, 8), name="국가장 영결식", kind="temporary", gazette_number="제1234호")
    rolled = period_days(received, 15, calendar())
    assert rolled.last_day == date(2026, 12, 9)
    assert rolled.rolled_over_because == ((date(2026, 12, 8), "임시공휴일(국가장 영결식)"),)

    # An update that leaves no trace in updated_at.
    Holiday.objects.update(date=date(2026, 12, 9))
    assert period_days(received, 15, calendar()).last_day == date(2026, 12, 8)

    Holiday.objects.all().delete()
    assert calendar() == STATUTORY


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "name", "shown"),
    [
        ("temporary", "임시공휴일", "임시공휴일"),
        ("temporary", "국군의 날", "임시공휴일(국군의 날)"),
        ("substitute", "성탄절", "대체공휴일(성탄절)"),
        ("election", "국회의원 선거일", "국회의원 선거일"),
        ("other", "새 국경일", "새 국경일"),
    ],
)
def test_row_is_shown_under_its_kind(kind: str, name: str, shown: str) -> None:
    Holiday.objects.create(date=date(2026, 12, 8), name=name, kind=kind)
    assert calendar().holiday_name(date(2026, 12, 8)) == shown


@pytest.mark.django_db
def test_row_can_take_a_holiday_away() -> None:
    Holiday.objects.create(date=date(2026, 12, 25), name="기독탄신일", kind="other", adds=False)
    assert is_business_day(date(2026, 12, 25), calendar())


@pytest.mark.django_db
def test_calendar_costs_one_query(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        found = calendar()
        period_months(date(2026, 11, 23), 3, found)
        add_business_days(date(2026, 11, 23), 10, found)
