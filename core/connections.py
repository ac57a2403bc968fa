"""Database connections of processes that live long and serve no requests."""

from django.db import connections


def drop_broken_connections() -> None:
    """Close what is broken or too old, so that the next query opens a connection that works.

    For the end of a request Django does this itself. A connection inside a transaction is left to whoever began it.
    """
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
