"""A seller's visit: from the link through the code to two idle hours. Apart from signing in: it is nobody's account.

The visit names its link, so that a link that is revoked or ends closes the pages that it opened. A mailed link is about
one allegation and opens that one; the marketplace's link is about the shop and opens all that the shop was told of.
A mail is passed on to whoever handles that one matter, and the code with it; the shop's other matters are none of
theirs.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from django.http import HttpRequest

from accounts.choices import LinkPurpose
from accounts.models import AccessLink
from reports.models import Allegation, Notice
from reports.querysets import AllegationQuerySet
from reports.services.restrictions import undo_period
from sellers.models import Seller

IDLE: Final = timedelta(hours=2)
#: Between the button and the code: longer than a code holds, so that another can be asked for.
WAITING: Final = timedelta(hours=1)
_PENDING: Final = "seller_pending"
_VISITS: Final = "seller_visits"
#: A session is not written for every page that is looked at.
_NOTED_AFTER: Final = timedelta(seconds=60)
#: Of one browser; the oldest makes way.
_MOST: Final = 20
_ALLEGATION: Final = Allegation._meta.label_lower
_SHOP: Final = Seller._meta.label_lower


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
    visits.pop(_name_of(link), None)
    visits[_name_of(link)] = {"link": link.pk, "at": now.timestamp()}
    request.session[_VISITS] = dict(list(visits.items())[-_MOST:])


def visited(request: HttpRequest, allegation_id: int, *, now: datetime) -> Allegation | None:
    """The allegation that this browser may see, or ``None``: by a link to it, or as one that its shop was told of."""
    link = _entered(request, str(allegation_id), now)
    if link is not None:
        return allegation_of(link)
    known = known_to_sellers(now=now).filter(pk=allegation_id).first()
    if known is None or _entered(request, _shop_name(known.case.listing.seller_id), now) is None:
        return None
    return known


def visited_shop(request: HttpRequest, seller_id: int, *, now: datetime) -> Seller | None:
    """The shop whose matters this browser may see, or ``None``."""
    link = _entered(request, _shop_name(seller_id), now)
    return seller_of(link) if link is not None else None


def leave(request: HttpRequest) -> None:
    """Close every page of sellers in this browser."""
    for key in (_PENDING, _VISITS):
        request.session.pop(key, None)


def allegation_of(link: AccessLink) -> Allegation | None:
    """What the mailed link of a seller is about; ``None`` for a link to a whole shop."""
    if link.subject_type != _ALLEGATION:
        return None
    return _with_listing(Allegation.objects.filter(pk=link.subject_ref)).first()


def seller_of(link: AccessLink) -> Seller | None:
    """Whom a link lets in: it is their contact that gets the code."""
    if link.subject_type == _SHOP:
        return Seller.objects.select_related("marketplace").filter(pk=link.subject_ref).first()
    allegation = allegation_of(link)
    return allegation.case.listing.seller if allegation is not None else None


def known_to_sellers(*, now: datetime) -> AllegationQuerySet:
    """Allegations of which their sellers were told, by decisions that have left the house."""
    told = Notice.objects.to_sellers(before=now - undo_period())
    return _with_listing(Allegation.objects.told_by(told))


def _with_listing(rows: AllegationQuerySet) -> AllegationQuerySet:
    return rows.select_related(
        "case__listing__seller__marketplace",
        "case__listing__marketplace",
        "case__listing__current_version",
        "ground",
        "brand",
        "rights_holder",
    )


def _name_of(link: AccessLink) -> str:
    return _shop_name(link.subject_ref) if link.subject_type == _SHOP else link.subject_ref


def _shop_name(seller: int | str) -> str:
    return f"shop:{seller}"


def _entered(request: HttpRequest, name: str, now: datetime) -> AccessLink | None:
    """The link of the visit of that name while it is open; looking at it keeps it open."""
    visits: dict[str, Any] = request.session.get(_VISITS, {})
    visit = visits.get(name)
    if visit is None or now.timestamp() - visit["at"] > IDLE.total_seconds():
        return None
    link = _opening(visit["link"], now)
    if link is None or _name_of(link) != name:
        return None
    if now.timestamp() - visit["at"] > _NOTED_AFTER.total_seconds():
        visit["at"] = now.timestamp()
        request.session.modified = True
    return link


def _opening(link_id: int, now: datetime) -> AccessLink | None:
    return AccessLink.objects.opening(LinkPurpose.SELLER, at=now).filter(pk=link_id).first()
