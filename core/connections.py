"""Database connections beside their queries: broken ones are dropped, and some commits need not wait."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import DatabaseError, connection, connections

#: Whether commits wait for the disk where nobody says otherwise, and where they do not.
_waits: ContextVar[bool] = ContextVar("waits_for_disk", default=True)
#: How a connection is told, by vendor. Evidence and money are written under the first (portal.environment).
_WAITING = {
    "sqlite": ("PRAGMA synchronous=FULL", "PRAGMA synchronous=NORMAL"),
    "postgresql": ("RESET synchronous_commit", "SET synchronous_commit=off"),
}


def drop_broken_connections() -> None:
    """Close what is broken or too old, so that the next query opens a connection that works.

    For the end of a request Django does this itself. A connection inside a transaction is left to whoever began it.
    """
    for each in connections.all(initialized_only=True):
        if not each.in_atomic_block:
            each.close_if_unusable_or_obsolete()


@contextmanager
def without_waiting() -> Iterator[None]:
    """Transactions that begin in here commit without waiting for the disk, which takes a few milliseconds each.

    After a power cut the last of them may be gone; none is torn, and a later one that does wait takes them along. For
    what can be asked again, never for evidence or money. Inside a transaction it changes nothing: whoever began that
    one decides for it.
    """
    with _waiting(waits=False):
        yield


@contextmanager
def waiting() -> Iterator[None]:
    """Inside ``without_waiting``: transactions that begin in here wait for the disk all the same."""
    with _waiting(waits=True):
        yield


@contextmanager
def _waiting(*, waits: bool) -> Iterator[None]:
    before = _waits.get()
    if waits == before or connection.in_atomic_block:
        yield
        return
    token = _waits.set(waits)
    _tell(waits=waits)
    try:
        yield
    finally:
        _waits.reset(token)
        _tell(waits=before)


def _tell(*, waits: bool) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute(_WAITING[connection.vendor][0 if waits else 1])
    except DatabaseError:
        # Nobody may go on with a connection of which it is not known whether it waits; a new one does.
        connection.close()
