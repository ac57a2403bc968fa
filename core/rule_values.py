"""Reading the numbers that rules go by.

The version in force on a day is the one with the latest start up to that day and, among equals, the highest version.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils import timezone

from core.models import RuleSet
from core.numbers import SEOUL

_RECENT_SECONDS: Final = 5.0
_recent: dict[str, tuple[float, "RuleValues"]] = {}


@dataclass(frozen=True, slots=True)
class RuleValues:
    """The numbers of one area as they stand in one version."""

    area: str
    version: int
    values: Mapping[str, object]

    def __getitem__(self, key: str) -> object:
        try:
            return self.values[key]
        except KeyError:
            raise LookupError(f"rule set {self.area} v{self.version} has no {key!r}") from None

    def number(self, key: str) -> int:
        """A whole number. Raises ``TypeError`` where the value is another kind of thing."""
        value = self[key]
        if isinstance(value, bool) or not isinstance(value, int):
            raise TypeError(f"rule {self.area}.{key} is {value!r}, not a whole number")
        return value

    def ratio(self, key: str) -> float:
        """A number with a fraction, such as a share or a threshold."""
        value = self[key]
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise TypeError(f"rule {self.area}.{key} is {value!r}, not a number")
        return float(value)

    def numbers(self, key: str) -> tuple[int, ...]:
        """A list of whole numbers, such as a ladder of waits."""
        value = self[key]
        if not isinstance(value, list | tuple):
            raise TypeError(f"rule {self.area}.{key} is {value!r}, not a list")
        return tuple(int(item) for item in value)


def current(area: str, *, on: date | None = None) -> RuleValues:
    """The numbers in force on that day (today in Korea). Raises ``LookupError`` where the area has none yet."""
    day = on or today()
    row = RuleSet.objects.in_force(area, day)
    if row is None:
        raise LookupError(f"no rule set {area!r} is in force on {day}; `manage.py migrate` writes the first one")
    return RuleValues(area=row.area, version=row.version, values=row.values)


def recent(area: str) -> RuleValues:
    """The numbers in force now, as they stood a few seconds ago at most: for an answer that must come at once."""
    held = _recent.get(area)
    if held is None or time.monotonic() - held[0] > _RECENT_SECONDS:
        held = _recent[area] = (time.monotonic(), current(area))
    return held[1]


def forget_recent() -> None:
    """The next call of ``recent`` asks the database."""
    _recent.clear()


def today() -> date:
    """The date in Korea, where the rules hold."""
    return timezone.now().astimezone(SEOUL).date()
