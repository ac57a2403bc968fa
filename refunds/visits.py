"""A buyer's visit to one order: from its marketplace's signed link to two idle hours. Nobody's account.

The marketplace has let its buyer see that very order a moment before, so what it told us of it may be read without a
code. Whoever wants something done to it proves more.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from django.http import HttpRequest

from accounts.entry_links import Entry
from refunds.models import OrderLine

IDLE: Final = timedelta(hours=2)
_VISITS: Final = "order_visits"
#: A session is not written for every page that is looked at.
_NOTED_AFTER: Final = timedelta(seconds=60)
#: Of one browser; the oldest makes way.
_MOST: Final = 20


def begin(request: HttpRequest, entry: Entry, *, now: datetime) -> None:
    """The link was redeemed. The session gets a new name: one that somebody planted before opens nothing."""
    request.session.cycle_key()
    visits = dict(request.session.get(_VISITS, {}))
    name = _name(entry.marketplace.pk, entry.subject)
    visits.pop(name, None)
    visits[name] = now.timestamp()
    request.session[_VISITS] = dict(list(visits.items())[-_MOST:])


def visited(request: HttpRequest, line_id: int, *, now: datetime) -> OrderLine | None:
    """The line by which the order is addressed, where this browser may see its order."""
    line = OrderLine.objects.select_related("marketplace").filter(pk=line_id).first() if line_id < 2**63 else None
    if line is None:
        return None
    visits: dict[str, Any] = request.session.get(_VISITS, {})
    name = _name(line.marketplace_id, line.order_number)
    at = visits.get(name)
    if at is None or now.timestamp() - at > IDLE.total_seconds():
        return None
    if now.timestamp() - at > _NOTED_AFTER.total_seconds():
        visits[name] = now.timestamp()
        request.session.modified = True
    return line


def leave(request: HttpRequest) -> None:
    """Close every order in this browser."""
    request.session.pop(_VISITS, None)


def _name(marketplace: int, order: str) -> str:
    return f"{marketplace}:{order}"
