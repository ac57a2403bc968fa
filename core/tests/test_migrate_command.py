"""Our own ``migrate``: what migrations cannot hold stands after each run, or the run fails."""

from io import StringIO
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.core.management import call_command, get_commands
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from core import triggers
from core.models import JournalEntry, JournalSeal, RuleSet

CALLS: list[str] = []


def first_hook() -> None:
    CALLS.append("first")


def second_hook() -> None:
    CALLS.append("second")


@pytest.fixture(autouse=True)
def _no_calls_yet() -> None:
    CALLS.clear()


def run(*arguments: str, verbosity: int = 1) -> str:
    out = StringIO()
    call_command("migrate", *arguments, stdout=out, verbosity=verbosity, interactive=False)
    return out.getvalue()


def drop(name: str) -> None:
    guard = next(guard for guard in triggers.guards(connection) if guard.name == name)
    with connection.cursor() as cursor:
        cursor.execute(guard.drop)


def test_it_takes_the_place_of_djangos() -> None:
    assert get_commands()["migrate"] == "core"


@pytest.mark.django_db
def test_lost_trigger_is_back_after_the_next_run() -> None:
    drop("core_journalseal_no_delete")
    said = run()
    assert triggers.missing(connection) == []
    assert f"트리거 {len(triggers.guards(connection))}개" in said


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite rebuilds a table to change it")
def test_triggers_that_a_table_rebuild_dropped_are_back_after_the_next_run() -> None:
    with connection.schema_editor() as editor:
        editor._remake_table(JournalSeal)  # type: ignore[attr-defined]  # SQLite's own
    assert [guard.table for guard in triggers.missing(connection)] == ["core_journalseal"] * 2
    run()
    assert triggers.missing(connection) == []


@pytest.mark.django_db
def test_run_fails_loudly_where_a_trigger_cannot_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    drop("core_journalseal_no_delete")
    monkeypatch.setattr(triggers, "install", lambda _: None)
    with pytest.raises(CommandError, match="core_journalseal_no_delete"):
        run()


@pytest.mark.django_db
def test_run_fails_loudly_where_triggers_stand_and_do_not_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(triggers, "refuses_changes", lambda _: False)
    with pytest.raises(CommandError, match="막히지 않았습니다"):
        run()


@pytest.mark.django_db
def test_hooks_are_called_in_order(settings: Any) -> None:
    settings.AFTER_MIGRATE = [f"{__name__}.first_hook", f"{__name__}.second_hook"]
    run()
    assert CALLS == ["first", "second"]


@pytest.mark.django_db
@pytest.mark.parametrize("argument", ["--plan", "--check"])
def test_looking_only_changes_nothing(argument: str, settings: Any) -> None:
    settings.AFTER_MIGRATE = [f"{__name__}.first_hook"]
    drop("core_journalseal_no_delete")
    run(argument)
    assert CALLS == []
    assert [guard.name for guard in triggers.missing(connection)] == ["core_journalseal_no_delete"]


@pytest.mark.django_db
def test_hooks_wait_until_every_migration_is_applied(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.AFTER_MIGRATE = [f"{__name__}.first_hook"]
    MigrationRecorder(connection).record_unapplied("sessions", "0001_initial")
    run("core")
    assert CALLS == []


@pytest.mark.django_db
def test_second_run_writes_nothing_new() -> None:
    before = list(JournalEntry.objects.values_list("pk", flat=True)), list(RuleSet.objects.values_list("pk", flat=True))
    run()
    run()
    after = list(JournalEntry.objects.values_list("pk", flat=True)), list(RuleSet.objects.values_list("pk", flat=True))
    assert after == before


@pytest.mark.django_db
def test_quiet_run_says_nothing() -> None:
    assert run(verbosity=0) == ""


@pytest.mark.django_db
@pytest.mark.skipif(bool(django_settings.REDIS_URL), reason="the cache stands in Redis here")
def test_cache_table_stands() -> None:
    cache.set("migrate", 1, 10)
    assert cache.get("migrate") == 1
