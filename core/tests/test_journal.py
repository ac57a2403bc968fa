"""Entries: what is written, when it is refused, what erasure leaves."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError
from hypothesis import HealthCheck, given, settings

from core import journal
from core.actors import THE_SYSTEM, Actor
from core.errors import Conflict, DomainError
from core.journal.entries import DetailFields, EntryFields, details_digest, entry_digest
from core.models import Holiday, JournalDetail, JournalEntry, JournalPending
from core.tests.journal_rows import ACTOR, NOW, SUBJECT, write_entry
from core.tests.test_canonical import VALUES


def stored_digests(entry: JournalEntry) -> tuple[str, str]:
    """Both digests, computed from what the database gives back."""
    fields = JournalEntry.objects.values_list(*EntryFields._fields).get(pk=entry.pk)
    detail = JournalDetail.objects.values_list(*DetailFields._fields).get(pk=entry.pk)
    return entry_digest(EntryFields(*fields)), details_digest(DetailFields(*detail))


@pytest.mark.django_db
def test_entry_says_who_did_what_to_which_row_and_when() -> None:
    holiday = Holiday.objects.create(date="2026-06-03", name="지방선거일", kind="election")
    acting = Actor(kind="user", ref="7", label="김하나", on_behalf_of="한빛상사")
    with transaction.atomic():
        entry = journal.record(
            "core.holiday.decreed",
            actor=acting,
            subject=holiday,
            details={"gazette": "제1호", "on": NOW.date()},
            at=NOW,
        )
    entry.refresh_from_db()
    assert (entry.verb, entry.at, entry.format_version) == ("core.holiday.decreed", NOW, 1)
    assert (entry.actor_kind, entry.actor_ref) == ("user", "7")
    assert (entry.subject_type, entry.subject_ref) == ("core.holiday", str(holiday.pk))
    assert (entry.detail.actor_label, entry.detail.on_behalf_of) == ("김하나", "한빛상사")
    assert entry.detail.body == {"gazette": "제1호", "on": "2026-11-23"}
    assert JournalPending.objects.filter(entry=entry).count() == 1


@pytest.mark.django_db
def test_names_stand_in_the_erasable_detail_alone() -> None:
    entry = write_entry()
    fields = JournalEntry.objects.filter(pk=entry.pk).values().get()
    assert "김하나" not in json.dumps(fields, default=str, ensure_ascii=False)


@pytest.mark.django_db
def test_no_actor_is_the_system() -> None:
    with transaction.atomic():
        entry = journal.record("core.thing.done", actor=None, subject=SUBJECT)
    assert (entry.actor_kind, entry.actor_ref, entry.detail.actor_label) == ("system", "system", THE_SYSTEM.label)
    assert entry.detail.body == {}


@pytest.mark.django_db(transaction=True)
def test_entry_outside_a_transaction_is_refused() -> None:
    with pytest.raises(TransactionManagementError, match=r"transaction\.atomic"):
        journal.record("core.thing.done", actor=ACTOR, subject=SUBJECT)
    assert JournalEntry.objects.filter(verb="core.thing.done").count() == 0


@pytest.mark.django_db(transaction=True)
def test_entry_falls_with_the_change_it_describes() -> None:
    before = JournalEntry.objects.count()

    def change_and_fail() -> None:
        with transaction.atomic():
            journal.record("core.thing.done", actor=ACTOR, subject=SUBJECT)
            raise RuntimeError("the change failed")

    with pytest.raises(RuntimeError):
        change_and_fail()
    assert JournalEntry.objects.count() == before
    assert JournalDetail.objects.count() == before


@pytest.mark.django_db
@pytest.mark.parametrize("verb", ["confirmed", "Core.thing.done", "core thing", "core..done", "core.thing.", ""])
def test_verb_without_a_namespace_is_refused(verb: str) -> None:
    with pytest.raises(ValueError, match="no verb"):
        journal.record(verb, actor=ACTOR, subject=SUBJECT)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("actor", "subject"),
    [
        (ACTOR, ("listings.listing", "x" * 65)),
        (ACTOR, ("listings.listing", 12)),
        (Actor(kind="user", ref=7, label="김하나"), SUBJECT),  # type: ignore[arg-type]  # what is refused
        (Actor(kind="u" * 21, ref="7", label="김하나"), SUBJECT),
        (Actor(kind="user", ref="7\0", label="김하나"), SUBJECT),
    ],
)
def test_what_a_column_would_not_give_back_is_refused(actor: Actor, subject: Any) -> None:
    before = JournalEntry.objects.count()
    with pytest.raises(ValueError, match=r"."):
        journal.record("core.thing.done", actor=actor, subject=subject)
    assert JournalEntry.objects.count() == before


@pytest.mark.django_db
def test_unsaved_row_is_no_subject() -> None:
    with pytest.raises(ValueError, match="unsaved"):
        journal.record("core.thing.done", actor=ACTOR, subject=Holiday())


@pytest.mark.django_db
def test_long_label_is_shortened_rather_than_losing_the_change() -> None:
    with transaction.atomic():
        entry = journal.record("core.thing.done", actor=Actor("user", "7", "김" * 300), subject=SUBJECT)
    assert entry.detail.actor_label == "김" * 200
    assert stored_digests(entry) == (entry.digest, entry.details_digest)


@pytest.mark.django_db
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(VALUES)
def test_digests_hold_for_whatever_the_database_gives_back(value: Any) -> None:
    with transaction.atomic():
        entry = journal.record(
            "core.thing.done", actor=ACTOR, subject=SUBJECT, details={"value": value}, at=datetime.now(UTC)
        )
    assert stored_digests(entry) == (entry.digest, entry.details_digest)


@pytest.mark.django_db
def test_same_details_have_different_digests_so_that_they_cannot_be_guessed() -> None:
    assert write_entry().details_digest != write_entry().details_digest


@pytest.mark.django_db
def test_erasure_empties_the_personal_part_and_is_itself_recorded() -> None:
    entry = write_entry(details={"buyer": "이둘"})
    journal.erase_details(entry, actor=ACTOR, reason="개인정보 삭제 요청")
    detail = JournalDetail.objects.get(pk=entry.pk)
    assert (detail.salt, detail.actor_label, detail.on_behalf_of, detail.body) == ("", "", "", {})
    assert detail.erased_at is not None
    erasure = JournalEntry.objects.get(verb="core.journal.details_erased")
    assert (erasure.subject_type, erasure.subject_ref) == ("core.journalentry", str(entry.pk))
    assert erasure.detail.body == {"reason": "개인정보 삭제 요청"}


@pytest.mark.django_db
def test_second_erasure_is_refused() -> None:
    entry = write_entry()
    journal.erase_details(entry, actor=ACTOR, reason="삭제 요청")
    with pytest.raises(Conflict, match="이미 파기"):
        journal.erase_details(entry, actor=ACTOR, reason="삭제 요청")
    assert JournalEntry.objects.filter(verb="core.journal.details_erased").count() == 1


@pytest.mark.django_db
def test_erasure_without_a_reason_is_refused() -> None:
    entry = write_entry()
    with pytest.raises(DomainError, match="사유"):
        journal.erase_details(entry, actor=ACTOR, reason="  ")
    assert JournalDetail.objects.get(pk=entry.pk).erased_at is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        {"body": {}},
        {"body": {"old": "forged"}},
        {"erased_at": NOW},
        {"erased_at": NOW, "body": {}, "salt": "", "actor_label": ""},
        {"erased_at": NOW, "body": {"a": 1}, "salt": "", "actor_label": "", "on_behalf_of": ""},
        {"erased_at": None},
    ],
)
def test_database_lets_no_other_change_of_a_detail_through(change: dict[str, Any]) -> None:
    with transaction.atomic():
        acting = Actor(kind="user", ref="7", label="김하나", on_behalf_of="한빛상사")
        entry = journal.record("core.thing.done", actor=acting, subject=SUBJECT, details={"old": 1})
    with pytest.raises(IntegrityError, match="evidence"), transaction.atomic():
        JournalDetail.objects.filter(pk=entry.pk).update(**change)
    assert stored_digests(entry) == (entry.digest, entry.details_digest)


@pytest.mark.django_db
def test_erased_detail_cannot_be_filled_again() -> None:
    entry = write_entry()
    journal.erase_details(entry, actor=ACTOR, reason="삭제 요청")
    for change in ({"body": {"old": 1}}, {"erased_at": NOW}, {"erased_at": None}, {"salt": "00"}):
        with pytest.raises(IntegrityError, match="evidence"), transaction.atomic():
            JournalDetail.objects.filter(pk=entry.pk).update(**change)


@pytest.mark.django_db
def test_a_record_costs_three_inserts(django_assert_num_queries: Any) -> None:
    with transaction.atomic(), django_assert_num_queries(3, connection=connection):
        journal.record("core.thing.done", actor=ACTOR, subject=SUBJECT)
