"""Listings that reports waited for and that have come: the reports are placed, and their cases open.

The floor below does not know that anybody waits, so this one looks: whatever brought the listing in, an import or the
API, its reports are placed within seconds.
"""

import logging
from datetime import datetime
from typing import Final

from django.db import transaction

from core.errors import DomainError
from core.journal import record
from listings.models import Listing
from reports.models import Report, WantedListing
from reports.services.filing import place_report

logger = logging.getLogger(__name__)

#: Listings, and reports of one, that are placed in one turn of the chore.
_ROUND: Final = 100


def place_waiting(*, now: datetime) -> int:
    """Place what waited for listings that are there by now. A chore; safe to run twice. Returns how many reports."""
    found = WantedListing.objects.that_have_come().select_related("marketplace").order_by("id")
    return sum(_place_all(wanted, now=now) for wanted in found[:_ROUND])


def _place_all(wanted: WantedListing, *, now: datetime) -> int:
    listing = Listing.objects.get(marketplace=wanted.marketplace_id, external_id=wanted.external_id)
    waiting = Report.objects.waiting_for(wanted.marketplace_id, wanted.external_id)
    placed = sum(_place(report, listing, now=now) for report in waiting.order_by("received_at", "id")[:_ROUND])
    with transaction.atomic():
        is_found = not waiting.exists() and WantedListing.objects.missing().filter(pk=wanted.pk).update(found_at=now)
        if is_found:
            record("reports.wanted_listing.found", actor=None, subject=wanted, details={"listing": listing.pk}, at=now)
    return placed


def _place(report: Report, listing: Listing, *, now: datetime) -> bool:
    try:
        place_report(report, listing, actor=None, now=now)
    except DomainError as refusal:
        # It stays where it is, among those that wait; the others are placed.
        logger.warning("report %s cannot be placed: %s", report.pk, refusal)
        return False
    return True
