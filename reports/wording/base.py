"""What every language has, and the arithmetic of clocks that no language changes."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar, Final
from zoneinfo import ZoneInfo

SEOUL_NAME: Final = "Asia/Seoul"
_SEOUL: Final = ZoneInfo(SEOUL_NAME)

#: Grounds under which goods are alleged to be counterfeit; the others allege another infringement.
COUNTERFEIT_GROUNDS: Final = frozenset({"counterfeit", "nonexistent_model", "test_purchase"})


@dataclass(frozen=True, slots=True)
class GroundWords:
    """A published reason: its name, and what it means."""

    title: str
    description: str


@dataclass(frozen=True, slots=True)
class PolicyWords:
    """A clause that decisions cite."""

    title: str
    clause: str


@dataclass(frozen=True, slots=True)
class StageWords:
    """A status as the public reads it: its badge, and who acts next in one sentence."""

    title: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Headings:
    """The headings of a statement of reasons, in the order in which it is read."""

    listing: str
    rights_holder: str
    ground: str
    clause: str
    facts: str
    reasoning: str
    detection: str
    restriction: str
    contest: str


@dataclass(frozen=True, slots=True)
class Periods:
    """How long a seller has, and where it may turn."""

    explanation: int
    extension: int
    decision: int
    appeal_months: int
    contact: str


@dataclass(frozen=True, slots=True)
class Offered:
    """What an offered reasoning is made of. The titles stand in the language already; ``brand`` may be unknown."""

    brand: str
    ground_code: str
    ground_title: str
    policy_title: str
    facts: Sequence[str]
    is_authorised: bool


@dataclass(frozen=True, slots=True)
class Clock:
    """A last moment as people say it: 24:00 of the day, never 00:00 of the next."""

    day: date
    time: str


class Wording(ABC):
    """The words of one language. Mappings are keyed by the codes of ``reports.choices`` and ``brands.choices``."""

    code: ClassVar[str]
    grounds: ClassVar[Mapping[str, GroundWords]]
    policies: ClassVar[Mapping[str, PolicyWords]]
    kinds: ClassVar[Mapping[str, str]]
    findings: ClassVar[Mapping[str, str]]
    effects: ClassVar[Mapping[str, str]]
    #: What was put right, by the effect that was taken back; ``record`` is the complainant's record.
    repairs: ClassVar[Mapping[str, str]]
    claims: ClassVar[Mapping[str, str]]
    documents: ClassVar[Mapping[str, str]]
    stages: ClassVar[Mapping[str, StageWords]]
    rights: ClassVar[Mapping[str, str]]
    zones: ClassVar[Mapping[str, str]]
    #: What a listing says, by the field that a signal names.
    fields: ClassVar[Mapping[str, str]]
    #: Of a statement about an interim restriction, and about any other decision.
    headings: ClassVar[Headings]
    final_headings: ClassVar[Headings]

    # -- dates, sums, counts

    @abstractmethod
    def day(self, day: date) -> str: ...

    @abstractmethod
    def moment(self, moment: datetime, zone: str = SEOUL_NAME) -> str: ...

    @abstractmethod
    def deadline(self, bound: datetime, zone: str = SEOUL_NAME) -> str: ...

    @abstractmethod
    def money(self, minor: int, currency: str) -> str: ...

    @abstractmethod
    def business_days(self, count: int) -> str: ...

    @abstractmethod
    def days(self, count: int) -> str: ...

    @abstractmethod
    def months(self, count: int) -> str: ...

    @abstractmethod
    def counted(self, label: str, count: int) -> str:
        """So many documents of a kind."""

    # -- what a statement of reasons says

    @abstractmethod
    def pictures_alike(self, places: Sequence[int]) -> str: ...

    @abstractmethod
    def names_found(self, field: str, found: Sequence[tuple[str, str]], more: int) -> str: ...

    @abstractmethod
    def code_words_found(self, field: str, found: Sequence[str], more: int) -> str: ...

    @abstractmethod
    def price_is_low(self) -> str: ...

    @abstractmethod
    def reported(self, count: int, *, by_rights_holder: bool) -> str: ...

    @abstractmethod
    def detection(self, *, found_by_machine: bool, decided_by_machine: bool) -> str: ...

    @abstractmethod
    def restriction(self, kind: str, since: datetime | None) -> tuple[str, str]:
        """What was restricted or lifted, and for how long."""

    @abstractmethod
    def correction(self, number: str) -> str: ...

    @abstractmethod
    def listing_line(self, title: str, number: str) -> str: ...

    @abstractmethod
    def clause_line(self, title: str, clause: str) -> str: ...

    @abstractmethod
    def contest_restriction(self, periods: Periods) -> list[str]: ...

    @abstractmethod
    def contest_decision(self, periods: Periods) -> list[str]: ...

    @abstractmethod
    def reasoning(self, kind: str, finding: str, offered: Offered) -> str: ...

    # -- the same in every language

    def date(self, moment: datetime, zone: str = SEOUL_NAME) -> str:
        """The day in that zone."""
        return self.day(in_zone(moment, zone).date())

    def zone(self, zone: str) -> str:
        """What people call the time of that zone."""
        return self.zones.get(zone, zone)


def in_zone(moment: datetime, zone: str) -> datetime:
    """The moment on the zone's clock; on Seoul's where the zone is not known, which a marketplace's import may bring.

    Raises ``ValueError`` on a time without a zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a time that a party reads needs a zone")
    return moment.astimezone(_zone(zone) or _SEOUL)


def last_moment(bound: datetime, zone: str = SEOUL_NAME) -> Clock:
    """The exclusive bound as the last moment before it. Seconds are dropped, so that no more is promised than is."""
    local = in_zone(bound, zone)
    if (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0):
        return Clock(local.date() - timedelta(days=1), "24:00")
    return Clock(local.date(), f"{local:%H:%M}")


def other_clock(bound: datetime, zone: str) -> Clock | None:
    """The same on the reader's clock, where that shows another time than Seoul's."""
    known = _zone(zone)
    if known is None or bound.astimezone(known).utcoffset() == bound.astimezone(_SEOUL).utcoffset():
        return None
    return last_moment(bound, zone)


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    # An unknown name, a path that leads out of the database, and a directory of it each raise another error.
    except (OSError, ValueError, LookupError):
        return None
