"""Evidence rows are inserted and nothing else, whatever one tries and wherever the row stands."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from core import triggers
from core.models import AppendOnly, JournalDetail, JournalEntry, JournalPending, RuleSet, WrittenOnce
from core.tests.journal_rows import write_entry
from core.triggers import postgresql, sqlite

GUARDED = [model for model in apps.get_models() if issubclass(model, AppendOnly) or model is JournalDetail]
WRITTEN_ONCE = [model for model in apps.get_models() if issubclass(model, WrittenOnce)]
EVENTS = ["update", "delete", "truncate"] if connection.vendor == "postgresql" else ["update", "delete"]


def sql(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.mark.django_db
@pytest.mark.parametrize("model", GUARDED, ids=lambda model: model._meta.label)
def test_every_evidence_table_has_its_guards(model: type[models.Model]) -> None:
    table = model._meta.db_table
    names = {guard.name for guard in triggers.guards(connection) if guard.table == table}
    assert names == {f"{table}_no_{event}" for event in EVENTS}
    found = postgresql.found(connection) if connection.vendor == "postgresql" else sqlite.found(connection)
    assert names <= found.keys()


@pytest.mark.django_db
@pytest.mark.parametrize("model", WRITTEN_ONCE, ids=lambda model: model._meta.label)
def test_a_table_of_rows_that_may_grow_old_refuses_changes_only(model: type[models.Model]) -> None:
    table = model._meta.db_table
    names = {guard.name for guard in triggers.guards(connection) if guard.table == table}
    assert names == {f"{table}_no_{event}" for event in EVENTS if event != "delete"}


@pytest.mark.django_db
def test_none_is_missing_after_migrating() -> None:
    assert triggers.missing(connection) == []
    assert triggers.refuses_changes(connection)


def test_names_fit_into_what_postgresql_keeps() -> None:
    names = [
        guard.name
        for model in GUARDED
        for guard in postgresql.append_only(model._meta.db_table) + sqlite.append_only(model._meta.db_table)
    ]
    assert max(map(len, names)) <= 63


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        lambda entry: JournalEntry.objects.filter(pk=entry.pk).update(verb="core.thing.changed"),
        lambda entry: JournalEntry.objects.filter(pk=entry.pk)._raw_delete("default"),
        lambda entry: JournalEntry(pk=entry.pk, at=entry.at, verb="core.thing.changed", format_version=1).save(),
        lambda entry: JournalEntry.objects.bulk_update([entry], ["verb"]),
        lambda _: RuleSet.objects.update(version=9),
        lambda _: RuleSet.objects.all().delete(),
        lambda entry: entry.detail.delete(),
        lambda entry: sql(f"UPDATE core_journalentry SET verb = verb WHERE id = {entry.pk}"),
    ],
)
def test_no_way_of_the_orm_changes_or_deletes_evidence(change: Callable[[JournalEntry], Any]) -> None:
    entry = write_entry()
    before = list(JournalEntry.objects.order_by("pk").values())
    with pytest.raises(IntegrityError, match="evidence"), transaction.atomic():
        change(entry)
    assert list(JournalEntry.objects.order_by("pk").values()) == before
    assert JournalDetail.objects.filter(pk=entry.pk).count() == 1


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="INSERT OR REPLACE is SQLite's")
def test_replacing_is_refused_too() -> None:
    entry = write_entry()
    fields = "id, actor_kind, actor_ref, at, verb, subject_type, subject_ref, format_version, details_digest, digest"
    values = fields.replace("verb", "'core.thing.changed'")
    replace = f"INSERT OR REPLACE INTO core_journalentry ({fields}) SELECT {values} FROM core_journalentry WHERE id = "
    with pytest.raises(IntegrityError, match="evidence"), transaction.atomic():
        sql(f"{replace}{entry.pk}")
    entry.refresh_from_db()
    assert entry.verb == "listings.match.confirmed"


@pytest.mark.django_db
@pytest.mark.postgresql
@pytest.mark.parametrize("table", ["core_journaldetail", "core_journalcheckpoint", "core_ruleset"])
def test_truncating_is_refused(table: str) -> None:
    with pytest.raises(IntegrityError, match="evidence"), transaction.atomic():
        sql(f"TRUNCATE {table}")


@pytest.mark.django_db
def test_waiting_list_of_the_sealer_is_no_evidence() -> None:
    entry = write_entry()
    assert JournalPending.objects.filter(entry=entry).delete()[0] == 1


@pytest.mark.django_db
def test_installing_twice_changes_nothing(django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(3) as queries:
        triggers.install(connection)
    assert not [query for query in queries.captured_queries if "TRIGGER" in query["sql"].upper().split("FROM")[0]]
    assert triggers.missing(connection) == []


@pytest.mark.django_db
def test_lifted_guards_come_back_also_after_an_error() -> None:
    entry = write_entry()
    wanted = triggers.guards(connection)

    def change_and_fail() -> None:
        with triggers.lifted(connection):
            assert triggers.missing(connection) == wanted
            JournalEntry.objects.filter(pk=entry.pk).update(verb="core.thing.changed")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change_and_fail()
    assert JournalEntry.objects.get(pk=entry.pk).verb == "core.thing.changed"
    assert triggers.missing(connection) == []


@pytest.mark.django_db
def test_transaction_that_breaks_while_lifted_leaves_the_guards_standing() -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), triggers.lifted(connection):
        RuleSet.objects.create(
            pk=RuleSet.objects.values_list("pk", flat=True)[0], area="x", version=1, starts_on="2026-01-01", values={}
        )
    assert triggers.missing(connection) == []


@pytest.mark.django_db
def test_dropped_guard_is_missed_by_name() -> None:
    guard = triggers.guards(connection)[0]
    sql(guard.drop)
    assert triggers.missing(connection) == [guard]


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="the trigger's text is SQLite's")
def test_guard_of_the_right_name_that_does_nothing_is_missed_on_sqlite() -> None:
    guard = next(guard for guard in triggers.guards(connection) if guard.name == "core_journalentry_no_update")
    sql(guard.drop, f'CREATE TRIGGER "{guard.name}" BEFORE UPDATE ON "{guard.table}" BEGIN SELECT 1; END')
    assert triggers.missing(connection) == [guard]
    assert not triggers.refuses_changes(connection)
    triggers.install(connection)
    assert triggers.refuses_changes(connection)


@pytest.mark.django_db
@pytest.mark.postgresql
@pytest.mark.parametrize(
    "weaken",
    [
        "ALTER TABLE core_journalentry DISABLE TRIGGER core_journalentry_no_update",
        "CREATE OR REPLACE TRIGGER core_journalentry_no_update AFTER UPDATE ON core_journalentry "
        "FOR EACH ROW EXECUTE FUNCTION core_refuse_change()",
        "CREATE OR REPLACE TRIGGER core_journalentry_no_update BEFORE UPDATE ON core_journalentry "
        "FOR EACH ROW WHEN (OLD.id < 0) EXECUTE FUNCTION core_refuse_change()",
        "CREATE OR REPLACE TRIGGER core_journalentry_no_update BEFORE UPDATE OF verb ON core_journalentry "
        "FOR EACH ROW EXECUTE FUNCTION core_refuse_change()",
        "CREATE OR REPLACE TRIGGER core_journalentry_no_update BEFORE UPDATE ON core_journalentry "
        "FOR EACH ROW EXECUTE FUNCTION core_erase_once()",
    ],
)
def test_guard_of_the_right_name_that_does_less_is_missed_on_postgresql(weaken: str) -> None:
    sql(weaken)
    assert [guard.name for guard in triggers.missing(connection)] == ["core_journalentry_no_update"]
    triggers.install(connection)
    assert triggers.missing(connection) == []


@pytest.mark.django_db
@pytest.mark.postgresql
def test_weakened_function_is_missed_wherever_it_is_called() -> None:
    sql("CREATE OR REPLACE FUNCTION core_refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'")
    # All of evidence but the one that erases once, and the two of each table whose rows may grow old.
    assert len(triggers.missing(connection)) == 3 * len(GUARDED) - 1 + 2 * len(WRITTEN_ONCE)
    assert not triggers.refuses_changes(connection)
    triggers.install(connection)
    assert triggers.refuses_changes(connection)


@pytest.mark.django_db
def test_trying_leaves_no_trace() -> None:
    before = JournalEntry.objects.count()
    assert triggers.refuses_changes(connection)
    assert JournalEntry.objects.count() == before


@pytest.mark.django_db
def test_trying_notices_where_nothing_guards() -> None:
    with triggers.lifted(connection):
        assert not triggers.refuses_changes(connection)


@pytest.mark.django_db(transaction=True)
def test_flush_of_a_test_that_commits_may_empty_evidence_in_one() -> None:
    write_entry()
    assert triggers.missing(connection) == []


@pytest.mark.django_db(transaction=True)
def test_flush_of_a_test_that_commits_may_empty_evidence_and_guards_stand_in_the_next() -> None:
    assert triggers.missing(connection) == []
    assert JournalEntry.objects.exclude(verb__in=["core.ruleset.written"]).filter(subject_ref="1").count() == 0
    assert RuleSet.objects.filter(area="core", version=1).count() == 1
