"""Django's ``migrate``, and after it what migrations cannot hold: triggers, the cache table, reference rows.

SQLite drops triggers whenever a migration rebuilds a table. So they are set after each run, and each run ends with the
proof that they are there, or fails.
"""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.utils.module_loading import import_string

from core import triggers
from core.models import JournalEntry


class Command(DjangoMigrate):
    """Migrates one database, guards its evidence and brings its reference rows up to the code (``AFTER_MIGRATE``)."""

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if options["plan"] or options["check_unapplied"]:
            return
        connection = connections[options["database"]]
        call_command("createcachetable", database=connection.alias, verbosity=0)
        guarded = guard_evidence(connection)
        if connection.alias == DEFAULT_DB_ALIAS and _is_complete(connection):
            bring_reference_rows()
        if options["verbosity"] >= 1:
            self.stdout.write(f"증거 행을 지키는 트리거 {guarded}개를 확인했습니다.")


def guard_evidence(connection: BaseDatabaseWrapper) -> int:
    """Install the triggers and prove them: by the catalogue for all, by trying for one. Returns how many there are."""
    triggers.install(connection)
    lacking = triggers.missing(connection)
    if lacking:
        names = ", ".join(guard.name for guard in lacking)
        raise CommandError(f"트리거를 설치하지 못했습니다: {names}. 데이터베이스 권한을 확인하고 다시 실행해 주세요.")
    wanted = triggers.guards(connection)
    has_journal = any(guard.table == JournalEntry._meta.db_table for guard in wanted)
    if has_journal and not triggers.refuses_changes(connection):
        raise CommandError("트리거가 있는데도 저널의 변경이 막히지 않았습니다. 이 데이터베이스를 사용하지 마세요.")
    return len(wanted)


def bring_reference_rows() -> None:
    """Call what the composition root hands in, in order. Each can be run again and again."""
    for name in settings.AFTER_MIGRATE:
        import_string(name)()


def _is_complete(connection: BaseDatabaseWrapper) -> bool:
    """Whether every migration is applied; reference rows need their tables as the code knows them."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())
