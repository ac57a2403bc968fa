"""Legal periods and business time as 민법 제155조–제161조 and 전자상거래법 제17조 count them.

Pure: no database, no clock.

A period counted in days or months leaves out the day on which it begins, ends with the end of its last day in Seoul,
and runs on where that day is a Saturday, a Sunday or a public holiday. Holidays inside it count. The bound that is
stored is exclusive: a thing was in time if it arrived before it.

제155조: the chapter holds for every period unless a statute or the terms say otherwise, so it holds for the
programme's own 15 days and 3 months as well as for the statutory withdrawal. That no ruling applies 제161조 to
the withdrawal was found; running on is never worse for the consumer, so it is applied.

Every function takes a day in Seoul or a timestamp with a zone, which is converted.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from holidays.version import __version__ as holidays_version

from core.calendar.days_off import HolidayCalendar, checked_year, korean_day
from core.numbers import SEOUL

#: Stored beside every computed deadline: the state of the law (공휴일법 as in force since 2026-05-11), our revision,
#: and the package that knows the holidays. Open deadlines with another version are due for a second look; one that
#: a person has been told is only ever moved later.
RULES_VERSION: Final = f"2026-05-11.1/{holidays_version}"

#: 전자상거래법 제17조 제3항: within three months of supply ...
WITHDRAWAL_MONTHS_FROM_SUPPLY: Final = 3
#: ... and within thirty days of knowing, or being able to know, that the goods differ.
WITHDRAWAL_DAYS_FROM_KNOWLEDGE: Final = 30

_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The end of a period.

    ``last_day`` counts to its end, 24:00 in Seoul; ``exclusive_bound`` is that moment in UTC. ``raw_day`` is the last
    day before 제161조, ``rolled_over_because`` each day that was passed over with the reason in Korean.
    """

    last_day: date
    exclusive_bound: datetime
    raw_day: date
    rolled_over_because: tuple[tuple[date, str], ...] = ()

    def is_met_by(self, moment: datetime) -> bool:
        """Whether something that arrived at ``moment`` was in time (제111조: arrival counts).

        For a withdrawal in writing its dispatch counts (전자상거래법 제17조 ④): pass that moment.
        """
        return moment < self.exclusive_bound


@dataclass(frozen=True, slots=True)
class WithdrawalLimit:
    """The double limit of 전자상거래법 제17조 제3항. ``by_knowledge`` is ``None`` while the consumer does not know."""

    by_supply: Deadline
    by_knowledge: Deadline | None

    @property
    def ends(self) -> Deadline:
        """Whichever ends first ends the right (법제처 14-0404, 20-0108)."""
        if self.by_knowledge is None or self.by_supply.raw_day <= self.by_knowledge.raw_day:
            return self.by_supply
        return self.by_knowledge


def add_days(receipt_day: date | datetime, count: int) -> date:
    """The last day of ``count`` days, before 제161조. 제157조: the day of receipt is not counted.

    The proviso of 제157조 would count it where the period begins at 00:00. Delivery does not start a period at
    midnight by design, so a parcel scanned at 00:00:00 is treated as any other: the later end, for the consumer.
    """
    _require_positive(count)
    return _first_day(receipt_day) + timedelta(days=count)


def add_months(receipt_day: date | datetime, count: int) -> date:
    """The last day of ``count`` calendar months, before 제161조.

    제160조 ②: the day before the one that corresponds to the first counted day (기산일). ③: where the last month has
    no such day, its own last day, without going back one. So 28 February 2027 and three months end on 31 May, where
    adding three months to the date says 28 May.
    """
    _require_positive(count)
    start = add_days(receipt_day, 1)
    year, month_index = divmod(start.year * 12 + start.month - 1 + count, 12)
    month = month_index + 1
    length = monthrange(year, month)[1]
    if start.day > length:
        return date(year, month, length)
    return date(year, month, start.day) - _ONE_DAY


def roll_over(raw_day: date, calendar: HolidayCalendar) -> Deadline:
    """제161조: a period whose last day is off ends with the next day that is not, over as many days as it takes."""
    day = raw_day
    passed: list[tuple[date, str]] = []
    while (reason := calendar.reason_off(day)) is not None:
        passed.append((day, reason))
        day += _ONE_DAY
    return Deadline(day, end_of_day(day), raw_day, tuple(passed))


def period_days(receipt: date | datetime, count: int, calendar: HolidayCalendar) -> Deadline:
    """The end of a period of days. A week is seven of them: 제160조 gives the same day."""
    return roll_over(add_days(receipt, count), calendar)


def period_months(receipt: date | datetime, count: int, calendar: HolidayCalendar) -> Deadline:
    """The end of a period of calendar months. "3개월" is never ninety days (제160조 ①)."""
    return roll_over(add_months(receipt, count), calendar)


def withdrawal_limit(
    supplied: date | datetime, knew: date | datetime | None, calendar: HolidayCalendar
) -> WithdrawalLimit:
    """Until when goods that differ from the offer can be returned by law.

    What is known is that the supplied goods differ (법제처 19-0300), so knowledge cannot begin before the supply: an
    earlier day, a slip of the form, is read as the day of supply. In doubt the seller bears the proof (제17조 ⑤).
    """
    by_supply = period_months(supplied, WITHDRAWAL_MONTHS_FROM_SUPPLY, calendar)
    if knew is None:
        return WithdrawalLimit(by_supply, None)
    known_on = max(korean_day(supplied), korean_day(knew))
    return WithdrawalLimit(by_supply, period_days(known_on, WITHDRAWAL_DAYS_FROM_KNOWLEDGE, calendar))


def is_business_day(day: date | datetime, calendar: HolidayCalendar) -> bool:
    """영업일: neither Saturday nor Sunday nor a public holiday. 전자상거래법 uses the word without defining it."""
    return calendar.reason_off(korean_day(day)) is None


def add_business_days(start: date | datetime, count: int, calendar: HolidayCalendar) -> date:
    """The ``count``-th business day after the day of ``start``, which is not counted."""
    _require_positive(count)
    day = _first_day(start)
    for _ in range(count):
        day = _next_business_day(day, calendar)
    return day


def period_business_days(start: date | datetime, count: int, calendar: HolidayCalendar) -> Deadline:
    """The end of a period of business days. It never ends on a day off, so nothing is rolled over."""
    day = add_business_days(start, count, calendar)
    return Deadline(day, end_of_day(day), day)


def add_business_hours(start: datetime, count: int, calendar: HolidayCalendar) -> datetime:
    """The moment, in UTC and exclusive, at which ``count`` business hours have passed.

    Business hours run from 00 to 24 on business days in Seoul and stand still otherwise. 제156조: a period of hours
    begins at once. One that is used up at midnight ends with that day, even before a holiday.
    """
    _require_positive(count)
    left = timedelta(hours=count)
    day = _first_day(start)
    moment = start.astimezone(UTC)
    while True:
        day_end = end_of_day(day)
        if is_business_day(day, calendar):
            if left <= day_end - moment:
                return moment + left
            left -= day_end - moment
        day, moment = day + _ONE_DAY, day_end


def end_of_day(day: date) -> datetime:
    """24:00 of that day in Seoul, as an exclusive bound in UTC (제159조)."""
    return datetime.combine(day + _ONE_DAY, time.min, SEOUL).astimezone(UTC)


def _first_day(moment: date | datetime) -> date:
    """The day in Seoul on which a period begins, in a year that the calendar knows."""
    day = korean_day(moment)
    checked_year(day)
    return day


def _next_business_day(day: date, calendar: HolidayCalendar) -> date:
    day += _ONE_DAY
    while not is_business_day(day, calendar):
        day += _ONE_DAY
    return day


def _require_positive(count: int) -> None:
    if count < 1:
        raise ValueError(f"a period has at least one unit, not {count}")
