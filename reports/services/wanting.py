"""Asking a marketplace for a listing that somebody reported and that the portal does not know yet.

It is asked once in the transaction of the first report, and again once a day while reports wait, so many times. What it
is told is the listing's own number, since when, and how many reports wait: nothing of who reported.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from accounts import webhooks
from accounts.addresses import address_of
from accounts.endpoints import hears
from accounts.models import Marketplace
from core import rulesets
from core.journal import record
from reports.models import Report, WantedListing

EVENT: Final = "listing.wanted"
#: Listings asked for in one turn of the chore.
_ROUND: Final = 200


def want(marketplace: Marketplace, external_id: str, *, now: datetime) -> WantedListing:
    """A report waits for the listing; the first one has the marketplace asked. In the caller's transaction."""
    wanted, is_new = WantedListing.objects.get_or_create(
        marketplace=marketplace, external_id=external_id, defaults={"wanted_since": now}
    )
    if is_new:
        _ask(wanted, now=now)
    elif wanted.found_at is not None:
        # It had come before this report was written, whose filer did not see it yet: looked for once more, it is there.
        WantedListing.objects.filter(pk=wanted.pk).update(found_at=None)
    return wanted


def ask_again(*, now: datetime) -> int:
    """Ask for what has not come for a day, while reports wait and somebody hears. A chore; safe to run twice."""
    rules = rulesets.current("reports")
    before = now - timedelta(hours=rules.number("wanted_again_hours"))
    due = WantedListing.objects.to_ask(asked_before=before, most=rules.number("wanted_asks"))
    hearing = [place for place in Marketplace.objects.filter(is_active=True) if hears(place, EVENT)]
    rows = due.filter(marketplace__in=hearing).select_related("marketplace").order_by("asked_at", "id")
    return sum(_ask_again(wanted, now=now) for wanted in rows[:_ROUND])


@transaction.atomic
def _ask_again(wanted: WantedListing, *, now: datetime) -> bool:
    return _ask(wanted, now=now)


def _ask(wanted: WantedListing, *, now: datetime) -> bool:
    """Ask, by compare-and-set on how often it was; what nobody hears is not counted."""
    waiting = Report.objects.waiting_for(wanted.marketplace_id, wanted.external_id).count()
    told = webhooks.tell(
        wanted.marketplace,
        EVENT,
        {
            "listing": wanted.external_id,
            "address": address_of(wanted.marketplace, wanted.external_id),
            "wanted_since": wanted.wanted_since,
            "reports": max(waiting, 1),
        },
        key=f"wanted:{wanted.pk}:{wanted.asks + 1}",
        subject=wanted,
        not_before=now,
    )
    if not told:
        return False
    unasked = WantedListing.objects.filter(pk=wanted.pk, asks=wanted.asks)
    if not unasked.update(asks=wanted.asks + 1, asked_at=now):
        return False
    details = {"asks": wanted.asks + 1, "reports": waiting}
    record("reports.wanted_listing.asked", actor=None, subject=wanted, details=details, at=now)
    return True
