"""What came back into rows: each pair once, whoever finds it and however often."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from core.journal import record
from core.rule_values import current
from listings.models import Reappearance
from listings.reappearances.finding import FoundAgain


def store_again(found: Sequence[FoundAgain], *, at: datetime) -> list[Reappearance]:
    """Write what is new in the caller's transaction, and journal ``listings.listing.reappeared`` for each.

    A version for which enough old listings are named already gets no further one, so that a hundred copies of one
    picture are not named a hundred times for each of them.
    """
    if not found:
        return []
    pairs = Reappearance.objects.filter(version__in={each.version.pk for each in found})
    known = set(pairs.values_list("version_id", "original_id"))
    named, most = Counter(version for version, _ in known), current("listings").number("relist_originals_named")
    written = []
    for each in found:
        if (each.version.pk, each.original.pk) in known or named[each.version.pk] >= most:
            continue
        row = _write(each, at)
        named[each.version.pk] += 1
        if row is not None:
            written.append(row)
    return written


def _write(found: FoundAgain, at: datetime) -> Reappearance | None:
    """The row, or nothing where another process was first."""
    try:
        with transaction.atomic():
            row = Reappearance.objects.create(
                version=found.version,
                original=found.original,
                fingerprint=found.fingerprint,
                brand_id=found.fingerprint.brand_id,
                score=found.score,
                signals=[dict(signal) for signal in found.signals],
                days_to_relist=found.days,
                found_at=at,
            )
    except IntegrityError:
        return None
    details = {
        "reappearance": row.pk,
        "version": row.version_id,
        "original": row.original_id,
        "original_listing": found.original.listing.external_id,
        "fingerprint": row.fingerprint_id,
        "score": row.score,
        "days_to_relist": row.days_to_relist,
    }
    record("listings.listing.reappeared", actor=None, subject=found.version.listing, details=details, at=at)
    return row
