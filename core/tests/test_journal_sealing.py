"""The sealer and its checkpoints: late commits, two at once, what is signed when, and a cost that does not grow."""

import json
import os
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from core import journal
from core.journal import checkpoints, sealing
from core.journal.sealing import GENESIS, seal_digest
from core.keys import KeyRing, parse_ring
from core.models import JournalCheckpoint, JournalEntry, JournalPending, JournalSeal
from core.tests.journal_rows import ACTOR, NOW, SUBJECT, write_entry
from core.tests.together import together


@pytest.fixture
def outside(settings: Any, tmp_path: Path) -> Path:
    """Where checkpoints go in this test."""
    settings.CHECKPOINT_FILE = tmp_path / "outside" / "checkpoints.jsonl"
    return settings.CHECKPOINT_FILE


@pytest.fixture
def quiet(db: None) -> None:
    """A journal whose first rows, those of the migration, are sealed."""
    journal.seal_pending(now=NOW, limit=10_000)


@pytest.mark.django_db
def test_first_seal_stands_on_nothing_and_each_next_on_the_one_before() -> None:
    entries = [*JournalEntry.objects.order_by("pk"), write_entry(), write_entry()]
    assert journal.seal_pending(now=NOW) == len(entries)
    seals = list(JournalSeal.objects.order_by("position"))
    assert [seal.position for seal in seals] == list(range(1, len(entries) + 1))
    assert [seal.entry_id for seal in seals] == [entry.pk for entry in entries]
    assert [seal.previous for seal in seals] == [GENESIS, *(seal.seal for seal in seals[:-1])]
    assert seals[0].seal == seal_digest(
        previous=GENESIS, position=1, entry_id=entries[0].pk, entry_digest=entries[0].digest, sealed_at=NOW
    )
    assert JournalPending.objects.count() == 0


@pytest.mark.usefixtures("quiet")
def test_nothing_waiting_is_nothing_sealed() -> None:
    before = JournalSeal.objects.count()
    assert journal.seal_pending(now=NOW) == 0
    assert JournalSeal.objects.count() == before


@pytest.mark.usefixtures("quiet")
def test_limit_leaves_the_rest_for_the_next_round() -> None:
    for _ in range(5):
        write_entry()
    assert [journal.seal_pending(now=NOW, limit=2) for _ in range(4)] == [2, 2, 1, 0]


@pytest.mark.usefixtures("quiet")
def test_round_with_nothing_to_do_is_one_query(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        journal.seal_pending(now=NOW)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_entry_of_a_long_transaction_is_sealed_after_later_ones() -> None:
    journal.seal_pending(now=NOW, limit=10_000)
    written, go_on = threading.Event(), threading.Event()

    def long_transaction() -> int:
        with transaction.atomic():
            entry = journal.record("core.thing.done", actor=ACTOR, subject=SUBJECT)
            written.set()
            assert go_on.wait(30)
        return entry.pk

    def others() -> int:
        assert written.wait(30)
        entry = write_entry()
        assert journal.seal_pending(now=NOW) == 1
        go_on.set()
        return entry.pk

    late, early = together(long_transaction, others)
    assert late < early
    assert journal.seal_pending(now=NOW) == 1
    assert list(JournalSeal.objects.order_by("-position").values_list("entry_id", flat=True)[:2]) == [late, early]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_many_sealers_at_once_make_one_chain() -> None:
    journal.seal_pending(now=NOW, limit=10_000)
    before = JournalSeal.objects.count()
    for _ in range(40):
        write_entry()
    sealed = [0]
    while sum(sealed) < 40:
        sealed += together(*[lambda: journal.seal_pending(now=NOW, limit=10)] * 4)
    assert sum(sealed) == 40
    seals = list(JournalSeal.objects.order_by("position"))
    assert [seal.position for seal in seals] == list(range(1, before + 41))
    assert [seal.previous for seal in seals[1:]] == [seal.seal for seal in seals[:-1]]


@pytest.mark.usefixtures("quiet")
def test_sealer_that_comes_second_gives_up_its_round(monkeypatch: pytest.MonkeyPatch) -> None:
    write_entry()
    before = JournalSeal.objects.count()

    def too_late(waiting: Any, now: Any) -> list[JournalSeal]:
        first = JournalSeal.objects.get(position=1)
        return [JournalSeal(position=1, entry_id=waiting[0][0], previous=GENESIS, seal=first.seal, sealed_at=now)]

    monkeypatch.setattr(sealing, "_links", too_late)
    assert journal.seal_pending(now=NOW) == 0
    assert JournalSeal.objects.count() == before
    assert JournalPending.objects.count() == 1


@pytest.mark.usefixtures("quiet")
def test_entry_cannot_be_sealed_twice() -> None:
    entry = write_entry()
    journal.seal_pending(now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        JournalSeal.objects.create(position=10**6, entry=entry, previous=GENESIS, seal="0" * 64, sealed_at=NOW)


@pytest.mark.usefixtures("quiet")
def test_first_checkpoint_is_signed_at_once_and_stands_outside_too(outside: Path) -> None:
    row = journal.sign_checkpoint(now=NOW)
    assert row is not None
    last = JournalSeal.objects.order_by("-position")[0]
    assert (row.position, row.seal, row.signed_at) == (last.position, last.seal, NOW)
    assert checkpoints.is_genuine(checkpoints.statement_of(row))
    assert list(checkpoints.read_outside(outside)) == [(1, checkpoints.statement_of(row))]
    assert outside.stat().st_mode & 0o777 == 0o600


@pytest.mark.usefixtures("quiet", "outside")
def test_checkpoint_is_due_after_five_minutes_with_something_new() -> None:
    assert journal.sign_checkpoint(now=NOW) is not None
    assert journal.sign_checkpoint(now=NOW + timedelta(days=1)) is None  # nothing new
    write_entry()
    journal.seal_pending(now=NOW)
    assert journal.sign_checkpoint(now=NOW + timedelta(seconds=299)) is None
    assert journal.sign_checkpoint(now=NOW + timedelta(seconds=300)) is not None


@pytest.mark.usefixtures("quiet", "outside")
def test_checkpoint_is_due_after_a_thousand_seals() -> None:
    assert journal.sign_checkpoint(now=NOW) is not None
    for _ in range(1000):
        write_entry()
    journal.seal_pending(now=NOW, limit=999)
    assert journal.sign_checkpoint(now=NOW) is None
    journal.seal_pending(now=NOW)
    assert journal.sign_checkpoint(now=NOW) is not None


@pytest.mark.django_db
def test_empty_chain_has_no_checkpoint(outside: Path) -> None:
    assert journal.sign_checkpoint(now=NOW) is None
    assert not outside.exists()


@pytest.mark.usefixtures("quiet")
def test_signing_again_where_a_row_is_there_already_changes_nothing(
    outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.sign_checkpoint(now=NOW)
    monkeypatch.setattr(checkpoints, "_is_due", lambda *_: True)  # as a second signer saw it
    assert journal.sign_checkpoint(now=NOW) is None
    assert JournalCheckpoint.objects.count() == 1
    assert len(list(checkpoints.read_outside(outside))) == 2


@pytest.mark.usefixtures("quiet")
def test_checkpoint_that_cannot_be_written_outside_does_not_count(
    outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        journal.sign_checkpoint(now=NOW)
    assert JournalCheckpoint.objects.count() == 0


@pytest.mark.usefixtures("quiet")
def test_half_a_line_of_a_crash_spoils_no_later_line(outside: Path) -> None:
    outside.parent.mkdir(parents=True)
    outside.write_text('{"position": 1, "se')
    row = journal.sign_checkpoint(now=NOW)
    assert row is not None
    assert list(checkpoints.read_outside(outside)) == [(1, None), (2, checkpoints.statement_of(row))]


@pytest.mark.usefixtures("quiet", "outside")
def test_old_key_still_verifies_after_rotation_and_a_lost_one_does_not(settings: Any) -> None:
    row = journal.sign_checkpoint(now=NOW)
    assert row is not None
    statement = checkpoints.statement_of(row)
    old: KeyRing = settings.KEY_RINGS["journal"]
    new = parse_ring("journal", "k2:" + "n" * 40)
    settings.KEY_RINGS = {**settings.KEY_RINGS, "journal": KeyRing("journal", new.keys + old.keys)}
    assert checkpoints.is_genuine(statement)
    assert list(journal.public_keys()) == ["k2", old.active.id]
    settings.KEY_RINGS = {**settings.KEY_RINGS, "journal": new}
    with pytest.raises(LookupError):
        checkpoints.is_genuine(statement)


@pytest.mark.usefixtures("quiet", "outside")
def test_every_part_of_a_checkpoint_is_signed() -> None:
    row = journal.sign_checkpoint(now=NOW)
    assert row is not None
    for change in ({"position": 10**6}, {"seal": "f" * 64}, {"signed_at": "2020-01-01T00:00:00.000000Z"}):
        altered = checkpoints.Statement(**{**_fields(row), **change})
        assert not checkpoints.is_genuine(altered)
    assert not checkpoints.is_genuine(checkpoints.Statement(**{**_fields(row), "signature": "no base64!"}))


def _fields(row: JournalCheckpoint) -> dict[str, Any]:
    statement = checkpoints.statement_of(row)
    return {name: getattr(statement, name) for name in checkpoints.Statement.__dataclass_fields__}


@pytest.mark.usefixtures("quiet")
def test_line_outside_is_json_that_others_can_read(outside: Path) -> None:
    row = journal.sign_checkpoint(now=NOW)
    assert row is not None
    assert json.loads(outside.read_text()) == {
        "position": row.position,
        "seal": row.seal,
        "key_id": row.key_id,
        "signed_at": "2026-11-23T05:30:00.000000Z",
        "signature": row.signature,
    }
