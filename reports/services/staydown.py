"""A confirmed counterfeit that came back: a case that names the old one, and the rights holder told.

The floor below finds what came back (``listings.reappearances``); this pulls what no report stands for yet.
"""

from datetime import datetime
from typing import Final

from django.db import transaction

from core.errors import DomainError
from listings.models import Reappearance
from reports.choices import Channel
from reports.models import Decision
from reports.services.filing import Contact, file_report

#: Looked at in one turn of the chore.
ROUND: Final = 50


def open_cases(*, now: datetime) -> int:
    """A chore: file a report for each reappearance that stands. Safe to run twice: one reappearance is one report."""
    found = Reappearance.objects.undismissed().filter(report__isnull=True)
    related = ("version__listing__seller", "version__listing__marketplace", "brand__rights_holder", "fingerprint")
    return sum(_open_case(each, now) for each in found.select_related(*related).order_by("id")[:ROUND])


def _open_case(found: Reappearance, now: datetime) -> bool:
    """Bound to the content as it stands: where that has changed since, the new content was looked at by itself."""
    listing = found.version.listing
    old = Decision.objects.filter(pk=found.fingerprint.source_ref).select_related("allegation__ground").first()
    if old is None or listing.current_version_id != found.version_id:
        return False
    try:
        with transaction.atomic():
            file_report(
                listing,
                channel=Channel.STAY_DOWN,
                ground=old.allegation.ground,
                brand=found.brand,
                reappearance=found,
                contact=_holder(found),
                actor=None,
                now=now,
            )
    except DomainError:
        return False
    return True


def _holder(found: Reappearance) -> Contact | None:
    holder = found.brand.rights_holder if found.brand is not None else None
    if holder is None or not holder.contact_email:
        return None
    return Contact(name=holder.name, email=holder.contact_email, language=holder.language, rights_holder=holder)
