"""Legal periods with the holidays that this installation knows. What the rest of the house imports.

``calendar()`` reads the ``Holiday`` rows, which staff enter when a day is designated after the package's release.
Take it once for a request or a batch and hand it to the functions below; each call is one small query.
"""

from datetime import date
from functools import lru_cache
from typing import Final

from django.apps import apps

from core.calendar.days_off import HolidayCalendar, HolidayChange, OutsideCalendar, korean_day
from core.calendar.rules import (
    RULES_VERSION,
    Deadline,
    WithdrawalLimit,
    add_business_days,
    add_business_hours,
    end_of_day,
    is_business_day,
    period_business_days,
    period_days,
    period_months,
    withdrawal_limit,
)

__all__ = [
    "RULES_VERSION",
    "Deadline",
    "HolidayCalendar",
    "HolidayChange",
    "OutsideCalendar",
    "WithdrawalLimit",
    "add_business_days",
    "add_business_hours",
    "calendar",
    "end_of_day",
    "is_business_day",
    "korean_day",
    "period_business_days",
    "period_days",
    "period_months",
    "withdrawal_limit",
]

_Row = tuple[date, str, str, bool]

#: How a row's kind is shown around its name. An election and anything else stand under their own name.
_FRAMES: Final = {"temporary": "임시공휴일", "substitute": "대체공휴일"}


def calendar() -> HolidayCalendar:
    """The calendar as the ``Holiday`` rows stand now, uncommitted ones of this transaction included.

    The rows are read each time, and the calendar built from equal rows is reused. Asking for count and latest
    change first would cost the same query and miss ``QuerySet.update()``; keeping rows for a while would give out
    deadlines that a new holiday has just moved. The table grows by a few rows a year.
    """
    # The registry is asked, not ``core.models`` imported, so that the rules can be used before Django is set up and
    # by the models themselves.
    rows = apps.get_model("core", "Holiday")._default_manager.order_by("date")
    return _calendar_of(tuple(rows.values_list("date", "name", "kind", "adds")))


@lru_cache(maxsize=8)
def _calendar_of(rows: tuple[_Row, ...]) -> HolidayCalendar:
    return HolidayCalendar(tuple(HolidayChange(day, _shown_name(name, kind), adds) for day, name, kind, adds in rows))


def _shown_name(name: str, kind: str) -> str:
    """``임시공휴일(국군의 날)``; a name that already says what kind it is stays as it is."""
    frame = _FRAMES.get(kind)
    return f"{frame}({name})" if frame and frame not in name else name
