"""Guards in SQLite's words."""

from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper

from core.triggers.guard import REFUSAL, Guard

#: The one change of a detail that is lawful: it is emptied, once (core/journal/erasure.py).
_ERASURE: Final = (
    "OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL AND NEW.entry_id = OLD.entry_id AND NEW.salt = '' "
    "AND NEW.actor_label = '' AND NEW.on_behalf_of = '' AND NEW.body = '{}'"
)


def append_only(table: str) -> list[Guard]:
    """No update and no delete."""
    return [_guard(table, "UPDATE"), _guard(table, "DELETE")]


def written_once(table: str) -> list[Guard]:
    """No update. Old rows may be deleted: a rule says when (``core.models.base.WrittenOnce``)."""
    return [_guard(table, "UPDATE")]


def erasable_once(table: str) -> list[Guard]:
    """No delete, and no update but the lawful erasure."""
    return [_guard(table, "UPDATE", unless=_ERASURE), _guard(table, "DELETE")]


def found(connection: BaseDatabaseWrapper) -> dict[str, tuple[object, ...]]:
    """Each trigger of the database by name, with its table and its text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
        return {name: (table, sql) for name, table, sql in cursor.fetchall()}


def _guard(table: str, event: str, *, unless: str = "") -> Guard:
    name = f"{table}_no_{event.lower()}"
    condition = f" WHEN NOT ({unless})" if unless else ""
    refusal = REFUSAL.format(table=table)
    create = (
        f'CREATE TRIGGER "{name}" BEFORE {event} ON "{table}" FOR EACH ROW{condition} '
        f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
    )
    return Guard(
        name=name, table=table, create=create, drop=f'DROP TRIGGER IF EXISTS "{name}"', fingerprint=(table, create)
    )
