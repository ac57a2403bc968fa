"""Chaining committed entries.

The sealer takes what waits, whatever its id: a long transaction may commit an entry with a lower id than those already
sealed. Two sealers cannot fork the chain, because a position is a primary key; the later one gives up its round.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from core.canonical import digest_plain, moment
from core.models import JournalPending, JournalSeal

#: What stands before the first seal.
GENESIS: Final = "0" * 64


def seal_pending(*, now: datetime, limit: int = 1000) -> int:
    """Chain up to ``limit`` committed, unsealed entries. Returns how many; 0 also where another sealer was first."""
    # Looked at first without a transaction: on SQLite an immediate one takes the only write lock, each second.
    if not JournalPending.objects.exists():
        return 0
    try:
        with transaction.atomic():
            return _seal(now=now, limit=limit)
    except IntegrityError:
        return 0


def seal_digest(*, previous: str, position: int, entry_id: int, entry_digest: str, sealed_at: datetime) -> str:
    """What one link covers: the link before it, and everything in its own row."""
    return digest_plain(
        {
            "entry": entry_id,
            "entry_digest": entry_digest,
            "position": position,
            "previous": previous,
            "sealed_at": moment(sealed_at),
        }
    )


def _seal(*, now: datetime, limit: int) -> int:
    waiting = list(JournalPending.objects.order_by("entry_id").values_list("entry_id", "entry__digest")[:limit])
    JournalSeal.objects.bulk_create(_links(waiting, now))
    JournalPending.objects.filter(entry_id__in=[entry_id for entry_id, _ in waiting]).delete()
    return len(waiting)


def _links(waiting: Sequence[tuple[int, str]], now: datetime) -> list[JournalSeal]:
    last = JournalSeal.objects.order_by("-position").values_list("position", "seal").first()
    position, previous = last or (0, GENESIS)
    links = []
    for entry_id, entry_digest in waiting:
        position += 1
        seal = seal_digest(
            previous=previous, position=position, entry_id=entry_id, entry_digest=entry_digest, sealed_at=now
        )
        links.append(JournalSeal(position=position, entry_id=entry_id, previous=previous, seal=seal, sealed_at=now))
        previous = seal
    return links
