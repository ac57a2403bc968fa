"""Guards in PostgreSQL's words: two functions, and triggers that call them."""

from collections.abc import Iterable
from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper

from core.triggers.guard import REFUSAL, Guard

# Bits of pg_trigger.tgtype (src/include/catalog/pg_trigger.h).
_ROW, _BEFORE, _DELETE, _UPDATE, _TRUNCATE = 1, 2, 8, 16, 32
_EVENTS: Final = {
    "UPDATE": _ROW | _BEFORE | _UPDATE,
    "DELETE": _ROW | _BEFORE | _DELETE,
    "TRUNCATE": _BEFORE | _TRUNCATE,
}

# 23001 is restrict_violation, so that Django raises IntegrityError as it does on SQLite.
_RAISE: Final = f"RAISE EXCEPTION '{REFUSAL.format(table='%')}', TG_TABLE_NAME USING ERRCODE = '23001';"
_REFUSE: Final = f"\nBEGIN\n  {_RAISE}\nEND\n"
#: The one change of a detail that is lawful: it is emptied, once (core/journal/erasure.py).
_ERASE_ONCE: Final = f"""
BEGIN
  IF OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL AND NEW.entry_id = OLD.entry_id AND NEW.salt = ''
    AND NEW.actor_label = '' AND NEW.on_behalf_of = '' AND NEW.body = '{{}}'::jsonb THEN
    RETURN NEW;
  END IF;
  {_RAISE}
END
"""
_BODIES: Final = {"core_refuse_change": _REFUSE, "core_erase_once": _ERASE_ONCE}

FUNCTIONS: Final = tuple(
    f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body${body}$body$"
    for name, body in _BODIES.items()
)

_CATALOGUE: Final = """
SELECT t.tgname, c.relname, t.tgtype, t.tgqual IS NULL AND t.tgattr::text = '', t.tgenabled IN ('O', 'A'),
  p.proname, p.prosrc
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
WHERE NOT t.tgisinternal AND pg_table_is_visible(c.oid)
"""


def append_only(table: str) -> list[Guard]:
    """No update, no delete, no truncate."""
    return [_guard(table, event, "core_refuse_change") for event in _EVENTS]


def written_once(table: str) -> list[Guard]:
    """No update and no truncate. Old rows may be deleted: a rule says when (``core.models.base.WrittenOnce``)."""
    return [_guard(table, event, "core_refuse_change") for event in ("UPDATE", "TRUNCATE")]


def erasable_once(table: str) -> list[Guard]:
    """No delete, no truncate, and no update but the lawful erasure."""
    functions = {"UPDATE": "core_erase_once", "DELETE": "core_refuse_change", "TRUNCATE": "core_refuse_change"}
    return [_guard(table, event, function) for event, function in functions.items()]


def found(connection: BaseDatabaseWrapper) -> dict[str, tuple[object, ...]]:
    """Each trigger of the database by name: its table and kind, whether it is for all rows and on, what it runs."""
    with connection.cursor() as cursor:
        cursor.execute(_CATALOGUE)
        rows: Iterable[tuple[str, *tuple[object, ...]]] = cursor.fetchall()
        return {name: tuple(facts) for name, *facts in rows}


def _guard(table: str, event: str, function: str) -> Guard:
    name = f"{table}_no_{event.lower()}"
    each = "STATEMENT" if event == "TRUNCATE" else "ROW"
    return Guard(
        name=name,
        table=table,
        create=f'CREATE TRIGGER "{name}" BEFORE {event} ON "{table}" FOR EACH {each} EXECUTE FUNCTION {function}()',
        drop=f'DROP TRIGGER IF EXISTS "{name}" ON "{table}"',
        fingerprint=(table, _EVENTS[event], True, True, function, _BODIES[function]),
    )
