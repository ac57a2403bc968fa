"""A seller's visit: from the link through the code to two idle hours. Apart from signing in: it is nobody's account.

The visit names its link, so that a link that is revoked or ends closes the pages that it opened.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from django.http import HttpRequest

from accounts.choices import LinkPurpose
from accounts.models import AccessLink
from reports.models import Allegation

IDLE: Final = timedelta(hours=2)
#: Between the button and the code: longer than a code holds, so that another can be asked for.
WAITING: Final = timedelta(hours=1)
_PENDING: Final = "seller_pending"
_VISITS: Final = "seller_visits"
#: A session is not written for every page that is looked at.
_NOTED_AFTER: Final = timedelta(seconds=60)
#: Of one browser; the oldest makes way.
_MOST: Final = 20
_SUBJECT: Final = Allegation._meta.label_lower


def wait_for_code(request: HttpRequest, link: AccessLink, *, now: datetime) -> None:
    """The link was redeemed in this browser; the code is still to come."""
    request.session[_PENDING] = {"link": link.pk, "at": now.timestamp()}


def pending(request: HttpRequest, *, now: datetime) -> AccessLink | None:
    """The link that waits for its code in this browser, while it still opens."""
    waits = request.session.get(_PENDING)
    if not isinstance(waits, dict) or now.timestamp() - waits["at"] > WAITING.total_seconds():
        return None
    return _opening(waits["link"], now)


def begin(request: HttpRequest, link: AccessLink, *, now: datetime) -> None:
    """The code was right. The session gets a new name: one that somebody planted before opens nothing."""
    request.session.cycle_key()
    request.session.pop(_PENDING, None)
    visits = dict(request.session.get(_VISITS, {}))
    visits.pop(link.subject_ref, None)
    visits[link.subject_ref] = {"link": link.pk, "at": now.timestamp()}
    request.session[_VISITS] = dict(list(visits.items())[-_MOST:])


def visited(request: HttpRequest, allegation_id: int, *, now: datetime) -> Allegation | None:
    """The allegation that this browser may see, or ``None``."""
    visits: dict[str, Any] = request.session.get(_VISITS, {})
    visit = visits.get(str(allegation_id))
    if visit is None or now.timestamp() - visit["at"] > IDLE.total_seconds():
        return None
    link = _opening(visit["link"], now)
    if link is None or link.subject_ref != str(allegation_id):
        return None
    if now.timestamp() - visit["at"] > _NOTED_AFTER.total_seconds():
        visit["at"] = now.timestamp()
        request.session.modified = True
    return allegation_of(link)


def leave(request: HttpRequest) -> None:
    """Close every page of sellers in this browser."""
    for key in (_PENDING, _VISITS):
        request.session.pop(key, None)


def allegation_of(link: AccessLink) -> Allegation | None:
    """What the link of a seller is about."""
    if link.subject_type != _SUBJECT:
        return None
    rows = Allegation.objects.select_related(
        "case__listing__seller", "case__listing__marketplace", "case__listing__current_version"
    )
    return rows.select_related("ground", "brand", "rights_holder", "case").filter(pk=link.subject_ref).first()


def _opening(link_id: int, now: datetime) -> AccessLink | None:
    return AccessLink.objects.opening(LinkPurpose.SELLER, at=now).filter(pk=link_id).first()
