"""Triggers that hold what ``AppendOnly`` promises: such rows are inserted, never changed, never deleted; and those of
``WrittenOnce`` never changed.

Django has no word for them and SQLite drops them whenever a migration rebuilds a table, so our own ``migrate`` command
installs them after each run and proves that they are there. They stop mistakes, ours and of whoever opens the database
by hand; who drops them first and changes rows then is found out by ``verify_journal``.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from django.apps import apps
from django.db import IntegrityError, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

from core.models import AppendOnly, JournalDetail, JournalEntry, WrittenOnce
from core.triggers import postgresql, sqlite
from core.triggers.guard import Guard

__all__ = ["Guard", "guards", "install", "lifted", "missing", "refuses_changes"]


def guards(connection: BaseDatabaseWrapper) -> list[Guard]:
    """Every guard that this database should have, for the tables that it has by now."""
    with connection.cursor() as cursor:
        existing = set(connection.introspection.table_names(cursor))
    models_there = [model for model in _guarded_models(connection.alias) if model._meta.db_table in existing]
    return [guard for model in models_there for guard in _of(connection, model)]


def missing(connection: BaseDatabaseWrapper) -> list[Guard]:
    """Guards that are absent, switched off or not as we wrote them, read from the database's own catalogue."""
    wanted = guards(connection)
    found = postgresql.found(connection) if connection.vendor == "postgresql" else sqlite.found(connection)
    return [guard for guard in wanted if found.get(guard.name) != guard.fingerprint]


def install(connection: BaseDatabaseWrapper) -> None:
    """Set every guard that is missing. Safe to run twice; where none is missing, no table is locked."""
    lacking = missing(connection)
    if not lacking:
        return
    with transaction.atomic(using=connection.alias):
        statements = [statement for guard in lacking for statement in (guard.drop, guard.create)]
        _run(connection, [*_preparation(connection), *statements])


@contextmanager
def lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Guarded rows can be changed inside, and no longer afterwards. For the flush of tests and for repair by hand."""
    _run(connection, [*_preparation(connection), *(guard.drop for guard in guards(connection))])
    try:
        yield
    finally:
        # A transaction that is broken already takes the dropping back with it.
        if not connection.needs_rollback:
            install(connection)


def refuses_changes(connection: BaseDatabaseWrapper) -> bool:
    """Try to change and to delete a journal entry that is then rolled back: whether the database refused both."""
    alias = connection.alias
    with transaction.atomic(using=alias):
        probe = JournalEntry(pk=-1, at=datetime.now(UTC), verb="core.journal.probed", format_version=0)
        probe.save(using=alias, force_insert=True)
        row = JournalEntry.objects.using(alias).filter(pk=probe.pk)
        is_changed = _goes_through(alias, lambda: row.update(verb="core.journal.changed"))
        is_deleted = _goes_through(alias, lambda: row._raw_delete(alias))
        transaction.set_rollback(True, using=alias)
    return not is_changed and not is_deleted


def _guarded_models(alias: str) -> list[type[Model]]:
    return [
        model
        for model in apps.get_models()
        if (issubclass(model, AppendOnly | WrittenOnce) or model is JournalDetail)
        and router.allow_migrate_model(alias, model)
    ]


def _of(connection: BaseDatabaseWrapper, model: type[Model]) -> list[Guard]:
    table, is_postgresql = model._meta.db_table, connection.vendor == "postgresql"
    if model is JournalDetail:
        return postgresql.erasable_once(table) if is_postgresql else sqlite.erasable_once(table)
    if issubclass(model, WrittenOnce):
        return postgresql.written_once(table) if is_postgresql else sqlite.written_once(table)
    return postgresql.append_only(table) if is_postgresql else sqlite.append_only(table)


def _preparation(connection: BaseDatabaseWrapper) -> list[str]:
    """PostgreSQL: the functions; and checks put off to the commit are made now, or the table could not be altered."""
    if connection.vendor != "postgresql":
        return []
    return [*postgresql.FUNCTIONS, *(["SET CONSTRAINTS ALL IMMEDIATE"] if connection.in_atomic_block else [])]


def _run(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _goes_through(alias: str, change: Callable[[], object]) -> bool:
    try:
        with transaction.atomic(using=alias):
            change()
    except IntegrityError:
        return False
    return True
