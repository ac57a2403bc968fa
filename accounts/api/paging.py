"""Pages that stay right while rows come and go: each goes on behind the last row of the one before.

Ordered by when a row changed and its id, oldest first, so that a client that goes on from its last cursor gets what is
new since. The youngest seconds are kept back: a change whose transaction began before and commits later would
otherwise be passed over for good.
"""

import base64
import binascii
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Generic, TypeVar

from django.db.models import F, Model, Q, QuerySet
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request

from accounts.api.problems import Fault, Problem

RowT = TypeVar("RowT", bound=Model)

MOST: Final = 200
DEFAULT: Final = 50
#: No service holds its transaction longer than this between looking at the clock and committing.
_SETTLING: Final = timedelta(seconds=5)
_DIGITS: Final = re.compile(r"[0-9]{1,3}")
_TIME: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(\.\d{1,9})?(Z|z|[+-]\d\d:\d\d)")


@dataclass(frozen=True, slots=True)
class Page(Generic[RowT]):
    """Rows of one page, and the cursor behind them: it is there even on the last page, to go on from later."""

    rows: list[RowT]
    cursor: str
    has_more: bool

    def as_json(self, show: Callable[[RowT], dict[str, Any]]) -> dict[str, Any]:
        return {"items": [show(row) for row in self.rows], "cursor": self.cursor, "has_more": self.has_more}


def page_of(shown: type[serializers.Serializer[Any]]) -> type[serializers.Serializer[Any]]:
    """A page of such rows, for the description of the API."""
    fields = {
        "items": shown(many=True),
        "cursor": serializers.CharField(
            allow_blank=True, help_text="Where this page ends; to go on from, now or later."
        ),
        "has_more": serializers.BooleanField(help_text="Whether more is there already."),
    }
    return type(f"{shown.__name__.removesuffix('Shown')}Page", (serializers.Serializer,), fields)


def page(rows: "QuerySet[RowT]", request: Request, *, changed_at: str) -> Page[RowT]:
    """The page that the request's ``cursor``, ``changed_since`` and ``limit`` ask for.

    ``changed_at`` names the field that says when a row changed. Raises ``Problem``.
    """
    limit = _limit(request)
    since, after = _start(request)
    found = rows.annotate(_changed_at=F(changed_at)).filter(_changed_at__lte=timezone.now() - _SETTLING)
    if after is not None:
        moment, pk = after
        found = found.filter(Q(_changed_at__gt=moment) | Q(_changed_at=moment, pk__gt=pk))
    elif since is not None:
        found = found.filter(_changed_at__gte=since)
    several = list(found.order_by("_changed_at", "pk")[: limit + 1])
    shown = several[:limit]
    cursor = _cursor(shown[-1]) if shown else str(request.query_params.get("cursor", ""))
    return Page(shown, cursor, has_more=len(several) > limit)


def read_moment(text: str) -> datetime:
    """A time with its zone, as RFC 3339 writes it. Raises ``ValueError`` for anything else."""
    found = _TIME.fullmatch(text)
    if found is None:
        raise ValueError("a time reads 2026-11-25T09:00:00+09:00, with its zone")
    second = min(int(found[6]), 59)  # a leap second is the one before
    zone = "+00:00" if found[8] in "Zz" else found[8]
    part = (found[7] or ".0")[:7]
    return datetime.fromisoformat(f"{text[:10]}T{text[11:17]}{second:02d}{part}{zone}")


def _limit(request: Request) -> int:
    given = request.query_params.get("limit")
    if given is None:
        return DEFAULT
    if not _DIGITS.fullmatch(given) or not 1 <= int(given) <= MOST:
        raise _unusable(
            "limit", f"limit is a whole number from 1 to {MOST}.", f"limit은 1에서 {MOST}까지의 정수입니다."
        )
    return int(given)


def _start(request: Request) -> tuple[datetime | None, tuple[datetime, int] | None]:
    cursor, since = request.query_params.get("cursor"), request.query_params.get("changed_since")
    after = _read_cursor(cursor) if cursor else None
    if since is None:
        return None, after
    try:
        return _within_reach(read_moment(since)), after
    except ValueError:
        raise _unusable(
            "changed_since",
            "changed_since is a time with its zone, such as 2026-11-25T09:00:00+09:00.",
            "changed_since는 2026-11-25T09:00:00+09:00처럼 시간대가 있는 시각입니다.",
        ) from None


#: What both databases hold in any zone.
_FIRST: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LAST: Final = datetime(9999, 1, 1, tzinfo=UTC)


def _within_reach(moment: datetime) -> datetime:
    """The moment in UTC, or the nearest that a database can hold: PostgreSQL takes no zone beyond sixteen hours."""
    return min(max(moment, _FIRST), _LAST).astimezone(UTC)


def _cursor(row: Model) -> str:
    changed: datetime = row._changed_at  # type: ignore[attr-defined]  # annotated above
    text = json.dumps([changed.isoformat(), row.pk], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_cursor(text: str) -> tuple[datetime, int]:
    try:
        if len(text) > 200 or not text.isascii():
            raise ValueError(text)
        moment, pk = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        when = datetime.fromisoformat(moment)
        if when.tzinfo is None or when.year < 1970 or type(pk) is not int or not 0 < pk < 2**63:
            raise ValueError(text)
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise Problem("unknown_cursor") from None
    return _within_reach(when), pk


def _unusable(name: str, english: str, korean: str) -> Problem:
    return Problem("validation_failed", faults=[Fault(name, "invalid", english, korean)])
