"""Which days are off in Korea, and what each is called. Pure: no database, no clock.

A day off is what 민법 제161조 means by "토요일 또는 공휴일": Saturdays, Sundays (부칙 제3조 of 공휴일에 관한 법률,
법률 제18291호), the public holidays of that Act, their substitutes and what the government designates. Holidays that
only one province keeps (지방공휴일) and the paid day of 근로자의 날 before 2026 are ordinary days here.

The ``holidays`` package knows the statutory days. It cannot know a day that the cabinet designates after its
release, so changes are handed in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from holidays import country_holidays

from core.errors import DomainError
from core.numbers import SEOUL

#: The package answers "no holiday", not an error, outside the years it covers; so the bounds are checked here.
FIRST_YEAR: Final = 1948
LAST_YEAR: Final = 2100

#: date.isoweekday() of the two days of every week that 제161조 names.
_WEEKEND: Final = {6: "토요일", 7: "일요일"}

#: The package's labels that differ from the words of 관공서의 공휴일에 관한 규정 제2조.
_OFFICIAL_NAMES: Final = {
    "신정연휴": "신정(1월 1일)",
    "삼일절": "3·1절",
    "부처님오신날": "부처님 오신 날",
}

#: Days that the package labels by their occasion although the cabinet designated them (제2조 제11호).
_DESIGNATED: Final = {
    date(2017, 5, 9): "임시공휴일(대통령 선거일)",
    date(2024, 10, 1): "임시공휴일(국군의 날)",
    date(2025, 6, 3): "임시공휴일(대통령 선거일)",
}

_SUBSTITUTE_LABEL: Final = " 대체 휴일"


class OutsideCalendar(DomainError, ValueError):
    """The calendar has nothing to say about that year, and guessing would invent a legal deadline."""

    code = "outside_calendar"


@dataclass(frozen=True, slots=True)
class HolidayChange:
    """One day that the package does not know (``adds``), or knows wrongly (not ``adds``)."""

    day: date
    name: str
    adds: bool = True


@dataclass(frozen=True)
class HolidayCalendar:
    """Days off: the package's holidays, weekends, and the changes handed in.

    A change stands for its own day alone. Where a designated day swallows a substitute, the government says so in
    the same notice, and staff enter that day as well; deriving it here could contradict the gazette.
    """

    changes: tuple[HolidayChange, ...] = ()
    _by_day: Mapping[date, HolidayChange] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_day = {change.day: change for change in self.changes}
        if len(by_day) != len(self.changes):
            raise ValueError("two changes are for the same day")
        object.__setattr__(self, "_by_day", MappingProxyType(by_day))

    def holiday_name(self, day: date) -> str | None:
        """The public holiday on that day, ``None`` on any other day (an ordinary Sunday among them)."""
        change = self._by_day.get(day)
        if change is not None:
            return change.name if change.adds else None
        return _known_holidays(checked_year(day)).get(day)

    def reason_off(self, day: date) -> str | None:
        """Why that day is off, in Korean: the holiday's name before the day of the week. ``None``: a business day."""
        return self.holiday_name(day) or _WEEKEND.get(day.isoweekday())


def checked_year(day: date) -> int:
    """The day's year. Raises ``OutsideCalendar`` where the package would silently know no holiday."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise OutsideCalendar(
            "기간을 계산할 수 없습니다.",
            f"달력이 {FIRST_YEAR}년부터 {LAST_YEAR}년까지의 공휴일만 알고 있습니다.",
            "날짜의 연도를 확인해 주세요.",
        )
    return day.year


def korean_day(moment: date | datetime) -> date:
    """The calendar day in Seoul. A plain date is taken as one already.

    ``datetime`` is a subclass of ``date``, so a type checker cannot keep a timestamp out of a date's place; its day in
    UTC would be wrong for nine hours of each day. Raises ``ValueError`` on a timestamp without a zone.
    """
    if not isinstance(moment, datetime):
        return moment
    if moment.tzinfo is None:
        raise ValueError("a timestamp without a time zone has no day in Korea")
    return moment.astimezone(SEOUL).date()


@lru_cache(maxsize=256)
def _known_holidays(year: int) -> Mapping[date, str]:
    """The package's public holidays of one year under our names. A year takes milliseconds to build, so it is kept.

    The language is named because the package otherwise follows the machine's locale. The category stays ``public``:
    ``bank`` would add 근로자의 날 before 2026, which no period was ever extended for.
    """
    known = country_holidays("KR", years=year, language="ko", expand=False)
    return MappingProxyType({day: _DESIGNATED.get(day) or _display_name(known.get_list(day)) for day in known})


def _display_name(labels: list[str]) -> str:
    """One name for a day that may carry several labels (5 May 2025 was 어린이날 and 부처님 오신 날)."""
    own = [label for label in labels if not label.endswith(_SUBSTITUTE_LABEL)]
    if own:
        return _official_names(own)
    return f"대체공휴일({_official_names([label.removesuffix(_SUBSTITUTE_LABEL) for label in labels])})"


def _official_names(labels: list[str]) -> str:
    return ", ".join(_OFFICIAL_NAMES.get(label, label) for label in labels)
