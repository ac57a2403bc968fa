"""Times on a party's page, in the language of the page: short ones of a timeline, and the words of a clock.

Whole dates and deadlines are worded by ``reports.wording``, as the letters are. Times are Korea's.
"""

from datetime import datetime
from typing import Final

from core import korean
from core.korean import ClockState
from core.numbers import SEOUL
from reports.wording import wording
from reports.wording.base import last_moment, other_clock

_DAYS: Final = {"en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), "zh-hans": "一二三四五六日"}
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_STATES: Final = {
    "en": {ClockState.OVER: "The deadline has passed", ClockState.CLOSING: "Due soon"},
    "zh-hans": {ClockState.OVER: "已过期限", ClockState.CLOSING: "即将截止"},
}


def short(moment: datetime, language: str) -> str:
    """``11월 23일(월) 14:30``, ``Mon 23 Nov, 14:30``, ``11月23日（周一）14:30``."""
    local = moment.astimezone(SEOUL)
    if language == "en":
        return f"{_DAYS['en'][local.weekday()]} {local.day} {_MONTHS[local.month - 1]}, {local:%H:%M}"
    if language == "zh-hans":
        return f"{local.month}月{local.day}日（周{_DAYS['zh-hans'][local.weekday()]}）{local:%H:%M}"
    return korean.korean_short(moment)


def until(bound: datetime, language: str) -> str:
    """The last moment before an exclusive bound, for a clock: ``2026년 12월 8일(화) 24:00까지``."""
    last = last_moment(bound)
    if language == "en":
        day = f"{_DAYS['en'][last.day.weekday()]} {last.day.day} {_MONTHS[last.day.month - 1]} {last.day.year}"
        return f"until {day}, {last.time} (Korea time)"
    if language == "zh-hans":
        weekday = _DAYS["zh-hans"][last.day.weekday()]
        return f"截至{last.day.year}年{last.day.month}月{last.day.day}日（周{weekday}）{last.time}（韩国时间）"
    return korean.deadline_text(bound)


def remaining(bound: datetime, now: datetime, language: str) -> str:
    """``남은 기간 15일``, ``마감 임박`` or ``기한이 지났습니다``. Whole days, never a ticking second."""
    if language not in _STATES:
        return korean.remaining_text(bound, now)
    state = korean.clock_state(bound, now)
    if state is not ClockState.RUNNING:
        return _STATES[language][state]
    days = (last_moment(bound).day - now.astimezone(SEOUL).date()).days
    return f"{days} days left" if language == "en" else f"剩余{days}天"


def own_clock(bound: datetime, language: str, zone: str) -> str:
    """The same moment on the reader's own clock, with the zone's name; empty where it shows Korea's time anyway."""
    other = other_clock(bound, zone)
    if other is None:
        return ""
    words = wording(language)
    return f"{words.day(other.day)} {other.time} ({words.zone(zone)})"
