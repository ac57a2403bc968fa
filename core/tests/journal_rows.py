"""Journal rows for tests, and the ways in which somebody with the database in their hands would change them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction

from core import journal, triggers
from core.actors import Actor
from core.models import JournalEntry

ACTOR = Actor(kind="user", ref="7", label="김하나")
SUBJECT = ("listings.match", "1")
NOW = datetime(2026, 11, 23, 5, 30, tzinfo=UTC)


def write_entry(
    verb: str = "listings.match.confirmed", *, at: datetime = NOW, details: Mapping[str, object] | None = None
) -> JournalEntry:
    with transaction.atomic():
        return journal.record(verb, actor=ACTOR, subject=SUBJECT, details=details or {"old": "open"}, at=at)


def write_chain(length: int, *, rounds: int = 1) -> list[JournalEntry]:
    """Entries sealed in so many rounds of the sealer, a checkpoint signed after each."""
    entries = []
    for number in range(rounds):
        entries += [write_entry(details={"number": number}) for _ in range(length // rounds)]
        moment = NOW + timedelta(seconds=1 + 300 * number)
        journal.seal_pending(now=moment)
        journal.sign_checkpoint(now=moment)
    return entries


@contextmanager
def tampering() -> Iterator[None]:
    """The database without triggers and foreign keys, as its administrator may have it.

    What leaves a row without its parent needs a test that commits: SQLite looks at the end of a transaction.
    """
    with triggers.lifted(connection), connection.cursor() as cursor:
        is_postgresql = connection.vendor == "postgresql"
        cursor.execute("SET session_replication_role = replica" if is_postgresql else "PRAGMA foreign_keys = OFF")
        yield
        cursor.execute("SET session_replication_role = DEFAULT" if is_postgresql else "PRAGMA foreign_keys = ON")
