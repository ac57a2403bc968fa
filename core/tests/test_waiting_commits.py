"""Which commits wait for the disk: all, but those of what can be asked again.

The tests' own SQLite database lives in its connection, which is never closed.
"""

import pytest
from django.db import connection, transaction

from core import connections
from core.connections import waiting, without_waiting


def waits() -> bool:
    """What the database itself says of this connection."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous")
            return int(cursor.fetchone()[0]) == 2
        cursor.execute("SHOW synchronous_commit")
        return str(cursor.fetchone()[0]) == "on"


@pytest.mark.django_db(transaction=True)
def test_commits_wait_but_where_it_is_said_that_they_need_not() -> None:
    assert waits()
    with without_waiting():
        assert not waits()
        with waiting():
            assert waits()
        with without_waiting():
            assert not waits()
        assert not waits()
    with waiting():
        assert waits()
    assert waits()


def fail_without_waiting() -> None:
    with without_waiting():
        assert not waits()
        raise ZeroDivisionError


@pytest.mark.django_db(transaction=True)
def test_after_a_failure_commits_wait_again() -> None:
    with pytest.raises(ZeroDivisionError):
        fail_without_waiting()
    assert waits()


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_has_begun_is_left_as_it_is() -> None:
    with transaction.atomic(), without_waiting():
        assert waits()
    with without_waiting(), transaction.atomic(), waiting():
        assert not waits()
    assert waits()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_new_connection_waits() -> None:
    with without_waiting():
        connection.close()
        assert waits()
    assert waits()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_connection_of_which_nothing_is_known_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    with without_waiting():
        monkeypatch.setitem(connections._WAITING, connection.vendor, ("NONSENSE", ""))
    monkeypatch.undo()
    assert waits()
