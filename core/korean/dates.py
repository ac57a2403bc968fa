"""Dates, times and deadlines as Koreans write them, and the ways in which they type a date.

``2026년 11월 23일(월) 14:30``: no space before the bracket, 24 hours. A deadline is written ``24:00까지``, never
``0시``, which half of its readers take for the day before.
"""

import re
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from core.calendar.days_off import korean_day
from core.calendar.rules import Deadline
from core.errors import DomainError
from core.korean.text import FULL_WIDTH
from core.numbers import SEOUL

#: From Monday, as ``date.weekday()`` counts. Django's ``D`` gives 월요일, which the bracket has no room for.
_WEEKDAYS: Final = "월화수목금토일"

#: look.md's Clock: "under 3 days it turns to warn".
_CLOSING_WITHIN: Final = timedelta(days=3)

#: For a plain form field, beside the dashed form that Django's Korean field knows; KRDS asks for YYYY.MM.DD.
#: ``strptime`` also reads seven digits by guessing (2026111 as 1 November): ``parse_date`` refuses them.
DATE_INPUT_FORMATS: Final = (
    "%Y-%m-%d",
    "%Y.%m.%d",
    "%Y.%m.%d.",
    "%Y. %m. %d.",
    "%Y. %m. %d",
    "%Y%m%d",
    "%Y/%m/%d",
    "%Y년 %m월 %d일",
    "%Y년%m월%d일",
)

_TYPED_DATE: Final = re.compile(
    r"(?P<y>[0-9]{4})(?:"
    r"\s*(?P<mark>[-./])\s*(?P<m>[0-9]{1,2})\s*(?P=mark)\s*(?P<d>[0-9]{1,2})\s*\.?"
    r"|\s*년\s*(?P<km>[0-9]{1,2})\s*월\s*(?P<kd>[0-9]{1,2})\s*일"
    r"|(?P<nm>[0-9]{2})(?P<nd>[0-9]{2})"
    r")(?:\s*\([월화수목금토일]\))?"
)


class DateRefused(DomainError, ValueError):
    """What was typed is not a day of the calendar."""

    code = "date_refused"


class ClockState(StrEnum):
    """What a clock says; pages choose the colour by it, never by the text."""

    RUNNING = "running"
    CLOSING = "closing"
    OVER = "over"


def korean_date(day: date | datetime) -> str:
    """``2026년 11월 23일(월)``."""
    day = korean_day(day)
    return f"{day.year}년 {_month_day(day)}"


def korean_datetime(moment: datetime) -> str:
    """``2026년 11월 23일(월) 14:30`` in Seoul. Raises ``ValueError`` on a time without a zone."""
    return f"{korean_date(moment)} {_hours(moment)}"


def korean_short(moment: datetime) -> str:
    """``11월 23일(월) 14:30``, where the year goes without saying."""
    return f"{_month_day(korean_day(moment))} {_hours(moment)}"


def deadline_text(deadline: Deadline | datetime) -> str:
    """``2026년 12월 8일(화) 24:00까지``, from a deadline or the exclusive bound that a row stores of one.

    A bound inside a day, which business hours have, reads ``14:30까지``; seconds are dropped, so that it never
    promises more than there is.
    """
    bound = _bound(deadline)
    if _is_midnight(bound):
        return f"{korean_date(_last_day(bound))} 24:00까지"
    return f"{korean_datetime(bound)}까지"


def remaining_text(deadline: Deadline | datetime, now: datetime) -> str:
    """``남은 기간 15일``, ``마감 임박`` or ``기한이 지났습니다``. Whole calendar days; never a ticking second."""
    state = clock_state(deadline, now)
    if state is ClockState.OVER:
        return "기한이 지났습니다"
    if state is ClockState.CLOSING:
        return "마감 임박"
    return f"남은 기간 {(_last_day(_bound(deadline)) - korean_day(now)).days}일"


def clock_state(deadline: Deadline | datetime, now: datetime) -> ClockState:
    """Over from the bound on; closing under three days before it."""
    left = _bound(deadline) - now
    if left <= timedelta(0):
        return ClockState.OVER
    return ClockState.CLOSING if left < _CLOSING_WITHIN else ClockState.RUNNING


def parse_date(text: str) -> date:
    """The day that was typed: ``2026.11.23``, ``2026. 11. 23.``, ``20261123``, ``2026년 11월 23일(월)`` and the like.

    Raises ``DateRefused`` with what to do. A day of the week is read over, not checked.
    """
    found = _TYPED_DATE.fullmatch(text.translate(FULL_WIDTH).strip())
    if found is None:
        raise DateRefused(
            "날짜를 읽을 수 없습니다.", "연도 네 자리, 월, 일의 순서가 아닙니다.", "2026.11.23처럼 입력해 주세요."
        )
    month, day = next((found[m], found[d]) for m, d in (("m", "d"), ("km", "kd"), ("nm", "nd")) if found[m])
    try:
        return date(int(found["y"]), int(month), int(day))
    except ValueError:
        raise DateRefused("날짜를 읽을 수 없습니다.", "달력에 없는 날짜입니다.", "월과 일을 확인해 주세요.") from None


def normalise_date(text: str) -> str:
    """The typed day as ``2026-11-23``, or the text as it came, for a field that then says what is wrong with it."""
    try:
        return parse_date(text).isoformat()
    except DateRefused:
        return text


def _month_day(day: date) -> str:
    return f"{day.month}월 {day.day}일({_WEEKDAYS[day.weekday()]})"


def _hours(moment: datetime) -> str:
    return f"{moment.astimezone(SEOUL):%H:%M}"


def _bound(deadline: Deadline | datetime) -> datetime:
    return deadline.exclusive_bound if isinstance(deadline, Deadline) else deadline


def _is_midnight(bound: datetime) -> bool:
    local = bound.astimezone(SEOUL)
    return (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0)


def _last_day(bound: datetime) -> date:
    """The day in which the last moment before the bound lies."""
    return korean_day(bound - timedelta.resolution)
