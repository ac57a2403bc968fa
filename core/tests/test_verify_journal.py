"""Verification finds every kind of change, names the row, and leaves lawful erasure alone."""

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction

from core import journal
from core.actors import Actor
from core.canonical import encode_plain
from core.journal import Verdict, verification
from core.journal.checkpoints import append_outside, read_outside, statement_of
from core.journal.entries import DetailFields, EntryFields, details_digest, entry_digest
from core.journal.sealing import GENESIS, seal_digest
from core.models import JournalCheckpoint, JournalDetail, JournalEntry, JournalPending, JournalSeal
from core.tests.journal_rows import ACTOR, NOW, SUBJECT, tampering, write_chain, write_entry

SOON = NOW + timedelta(seconds=30)


@pytest.fixture
def outside(settings: Any, tmp_path: Path) -> Path:
    """Where checkpoints go in this test."""
    settings.CHECKPOINT_FILE = tmp_path / "checkpoints.jsonl"
    return settings.CHECKPOINT_FILE


@pytest.fixture
def chain(db: None, outside: Path) -> list[JournalEntry]:
    """A dozen sealed entries with a checkpoint after every fourth; the journal is sound."""
    journal.seal_pending(now=NOW, limit=10_000)
    entries = write_chain(12, rounds=3)
    assert verify(outside).is_sound
    return entries


def verify(outside: Path, *, now: Any = SOON) -> Verdict:
    return journal.verify(now=now, outside=outside)


def found(outside: Path, *, now: Any = SOON) -> list[tuple[str, str]]:
    """What is wrong, as code and row."""
    return [(problem.code, problem.row) for problem in verify(outside, now=now).problems]


def position_of(entry: JournalEntry) -> int:
    return JournalSeal.objects.get(entry_id=entry.pk).position


# -- what is sound ------------------------------------------------------------------------------------------------


def test_whole_journal_is_sound_and_counted(chain: list[JournalEntry], outside: Path) -> None:
    verdict = verify(outside)
    assert (verdict.problems, verdict.remarks) == ((), ())
    counts = verdict.counts
    assert counts.entries == counts.seals == JournalEntry.objects.count()
    assert (counts.unsealed, counts.erased, counts.checkpoints, counts.outside) == (0, 0, 3, 3)


@pytest.mark.django_db
def test_empty_journal_is_sound(tmp_path: Path) -> None:
    journal.seal_pending(now=NOW, limit=10_000)
    assert verify(tmp_path / "none").is_sound


def test_pages_make_no_difference(chain: list[JournalEntry], outside: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_entry()
    monkeypatch.setattr(verification, "PAGE", 3)
    verdict = verify(outside)
    assert verdict.is_sound
    assert (verdict.counts.seals, verdict.counts.unsealed) == (JournalSeal.objects.count(), 1)


def test_erased_detail_stays_valid(chain: list[JournalEntry], outside: Path) -> None:
    journal.erase_details(chain[3], actor=ACTOR, reason="삭제 요청")
    journal.seal_pending(now=NOW)
    verdict = verify(outside)
    assert (verdict.problems, verdict.counts.erased) == ((), 1)


def test_fresh_entry_may_wait_for_its_seal(chain: list[JournalEntry], outside: Path) -> None:
    entry = write_entry(at=NOW)
    assert found(outside, now=NOW + timedelta(seconds=60)) == []
    assert found(outside, now=NOW + timedelta(seconds=61)) == [("unsealed", f"JournalEntry {entry.pk}")]


# -- what is changed in the rows ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"verb": "listings.match.rejected"},
        {"actor_ref": "8"},
        {"actor_kind": "system"},
        {"subject_ref": "2"},
        {"subject_type": "listings.listing"},
        {"at": NOW - timedelta(microseconds=1)},
        {"details_digest": "0" * 64},
    ],
)
def test_changed_entry_is_found(change: dict[str, Any], chain: list[JournalEntry], outside: Path) -> None:
    with tampering():
        JournalEntry.objects.filter(pk=chain[5].pk).update(**change)
    assert found(outside)[0] == ("entry_changed", f"JournalEntry {chain[5].pk}")


def test_entry_changed_together_with_its_digest_no_longer_fits_its_seal(
    chain: list[JournalEntry], outside: Path
) -> None:
    with tampering():
        forge(chain[5], verb="listings.match.rejected")
    assert found(outside) == [("seal_changed", f"JournalSeal {position_of(chain[5])}")]


def test_entry_of_an_unknown_form_is_found(chain: list[JournalEntry], outside: Path) -> None:
    with tampering():
        JournalEntry.objects.filter(pk=chain[5].pk).update(format_version=9)
    assert found(outside) == [("format_unknown", f"JournalEntry {chain[5].pk}")]


@pytest.mark.parametrize(
    "change",
    [{"body": {"number": 9}}, {"actor_label": "박셋"}, {"on_behalf_of": "한빛상사"}, {"salt": "0" * 64}],
)
def test_changed_detail_is_found(change: dict[str, Any], chain: list[JournalEntry], outside: Path) -> None:
    with tampering():
        JournalDetail.objects.filter(pk=chain[5].pk).update(**change)
    assert found(outside) == [("detail_changed", f"JournalDetail {chain[5].pk}")]


def test_changed_entry_that_waits_for_its_seal_is_found(chain: list[JournalEntry], outside: Path) -> None:
    entry = write_entry()
    with tampering():
        JournalEntry.objects.filter(pk=entry.pk).update(actor_ref="8")
    assert found(outside) == [("entry_changed", f"JournalEntry {entry.pk}")]


@pytest.mark.django_db(transaction=True)
def test_deleted_entry_is_found(chain: list[JournalEntry], outside: Path) -> None:
    gone = chain[5].pk
    with tampering():
        JournalDetail.objects.filter(pk=gone)._raw_delete("default")
        JournalEntry.objects.filter(pk=gone)._raw_delete("default")
    assert found(outside) == [("entry_missing", f"JournalEntry {gone}")]


def test_deleted_detail_is_found(chain: list[JournalEntry], outside: Path) -> None:
    with tampering():
        JournalDetail.objects.filter(pk=chain[5].pk)._raw_delete("default")
    assert found(outside) == [("detail_missing", f"JournalDetail {chain[5].pk}")]


def test_emptying_without_the_procedure_is_found(chain: list[JournalEntry], outside: Path) -> None:
    # The trigger lets it through, because the database cannot know a reason; the missing record gives it away.
    JournalDetail.objects.filter(pk=chain[5].pk).update(
        salt="", actor_label="", on_behalf_of="", body={}, erased_at=NOW
    )
    assert found(outside) == [("erasure_unrecorded", f"JournalDetail {chain[5].pk}")]


def test_detail_that_only_claims_to_be_erased_is_found(chain: list[JournalEntry], outside: Path) -> None:
    journal.erase_details(chain[5], actor=ACTOR, reason="삭제 요청")
    with tampering():
        JournalDetail.objects.filter(pk=chain[5].pk).update(body={"number": 9})
    assert found(outside) == [("erasure_incomplete", f"JournalDetail {chain[5].pk}")]


# -- what is changed in the chain ---------------------------------------------------------------------------------


def test_deleted_seal_is_found_and_so_is_what_it_sealed(chain: list[JournalEntry], outside: Path) -> None:
    position = position_of(chain[5])
    with tampering():
        JournalSeal.objects.filter(position=position)._raw_delete("default")
    assert found(outside) == [("seal_missing", f"JournalSeal {position + 1}")]
    later = NOW + timedelta(minutes=5)
    assert ("unsealed", f"JournalEntry {chain[5].pk}") in found(outside, now=later)


def test_deleted_start_of_the_chain_is_found(chain: list[JournalEntry], outside: Path) -> None:
    with tampering():
        JournalSeal.objects.filter(position__lte=2)._raw_delete("default")
    assert found(outside)[0] == ("seal_missing", "JournalSeal 3")
    assert "1~2번" in verify(outside).problems[0].what


@pytest.mark.parametrize("change", [{"seal": "0" * 64}, {"sealed_at": NOW + timedelta(seconds=9)}])
def test_changed_seal_is_found(change: dict[str, Any], chain: list[JournalEntry], outside: Path) -> None:
    position = position_of(chain[5])
    with tampering():
        JournalSeal.objects.filter(position=position).update(**change)
    assert found(outside)[0] == ("seal_changed", f"JournalSeal {position}")


def test_swapped_entries_are_found(chain: list[JournalEntry], outside: Path) -> None:
    first, second = position_of(chain[5]), position_of(chain[6])
    with tampering():
        JournalSeal.objects.filter(position=first).update(entry_id=-1)
        JournalSeal.objects.filter(position=second).update(entry_id=chain[5].pk)
        JournalSeal.objects.filter(position=first).update(entry_id=chain[6].pk)
    assert found(outside) == [("seal_changed", f"JournalSeal {first}"), ("seal_changed", f"JournalSeal {second}")]


@pytest.mark.django_db(transaction=True)
def test_what_is_slipped_in_before_the_start_is_found(chain: list[JournalEntry], outside: Path) -> None:
    with tampering():
        JournalSeal.objects.filter(position=position_of(chain[5])).update(position=-5)
        JournalEntry.objects.filter(pk=chain[6].pk).update(id=-7)
    rows = found(outside, now=NOW + timedelta(minutes=5))
    assert rows[0] == ("seal_outside", "JournalSeal -5")
    assert ("unsealed", "JournalEntry -7") in rows


def test_link_that_leads_nowhere_is_found(chain: list[JournalEntry], outside: Path) -> None:
    position = position_of(chain[5])
    with tampering():
        JournalSeal.objects.filter(position=position).update(previous="0" * 64)
    assert found(outside)[0] == ("chain_broken", f"JournalSeal {position}")


# -- what only the signatures show --------------------------------------------------------------------------------


def test_truncated_tail_is_found_by_the_file_outside(chain: list[JournalEntry], outside: Path) -> None:
    kept = position_of(chain[6])  # the last checkpoint that stays is the one after chain[3]
    with tampering():
        cut_off_after(kept)
    assert found(outside) == [("truncated", "checkpoints.jsonl:2"), ("truncated", "checkpoints.jsonl:3")]


def test_truncated_tail_is_found_by_the_checkpoints_left_in_the_database(
    chain: list[JournalEntry], outside: Path
) -> None:
    kept = position_of(chain[6])
    with tampering():
        cut_off_after(kept, with_checkpoints=False)
    outside.unlink()
    codes = [code for code, _ in found(outside)]
    assert codes == ["truncated", "truncated"]


def test_rechained_forgery_without_the_key_is_found_by_both(chain: list[JournalEntry], outside: Path) -> None:
    with tampering():
        forge(chain[5], verb="listings.match.rejected")
        chain_anew()
    rows = found(outside)
    later = JournalCheckpoint.objects.order_by("position")[1:]
    assert rows == [
        *[("forked", f"JournalCheckpoint {row.pk}") for row in later],
        ("forked", "checkpoints.jsonl:2"),
        ("forked", "checkpoints.jsonl:3"),
    ]


def test_rechained_forgery_that_took_the_checkpoints_along_is_found_outside(
    chain: list[JournalEntry], outside: Path
) -> None:
    with tampering():
        forge(chain[5], verb="listings.match.rejected")
        chain_anew()
        JournalCheckpoint.objects.all()._raw_delete("default")
    assert ("forked", "checkpoints.jsonl:2") in found(outside)


def test_rechained_forgery_with_checkpoints_of_another_key_is_found(chain: list[JournalEntry], outside: Path) -> None:
    with tampering():
        forge(chain[5], verb="listings.match.rejected")
        chain_anew()
        for row in JournalCheckpoint.objects.all():
            seal = JournalSeal.objects.get(position=row.position).seal
            JournalCheckpoint.objects.filter(pk=row.pk).update(seal=seal)
    outside.unlink()
    later = JournalCheckpoint.objects.order_by("position")[1:]
    assert found(outside) == [("signature_wrong", f"JournalCheckpoint {row.pk}") for row in later]


def test_checkpoint_of_a_lost_key_is_named(chain: list[JournalEntry], outside: Path) -> None:
    first = JournalCheckpoint.objects.order_by("position")[0]
    with tampering():
        JournalCheckpoint.objects.filter(pk=first.pk).update(key_id="gone")
    assert found(outside) == [("key_unknown", f"JournalCheckpoint {first.pk}")]


def test_tail_that_grew_without_signatures_is_found(chain: list[JournalEntry], outside: Path) -> None:
    with tampering():
        JournalCheckpoint.objects.all()._raw_delete("default")
    outside.unlink()
    assert found(outside) == [("unsigned", "JournalSeal 1")]


def test_missing_file_and_unreadable_lines_are_remarks(chain: list[JournalEntry], outside: Path) -> None:
    with outside.open("a") as file:
        file.write('half a line\n{"position": "1"}\n')
    verdict = verify(outside)
    assert verdict.is_sound
    assert len(verdict.remarks) == 2
    outside.unlink()
    verdict = verify(outside)
    assert verdict.is_sound
    assert len(verdict.remarks) == 1
    assert str(outside) in verdict.remarks[0]


def test_forged_line_outside_is_found(chain: list[JournalEntry], outside: Path) -> None:
    statement = next(statement for _, statement in read_outside(outside) if statement)
    append_outside(outside, type(statement)(2, statement.seal, statement.key_id, statement.signed_at, "AAAA"))
    assert found(outside) == [("signature_wrong", "checkpoints.jsonl:4")]


def test_naming_stops_after_twenty_problems(chain: list[JournalEntry], outside: Path) -> None:
    write_chain(24)
    with tampering():
        JournalEntry.objects.update(actor_ref="8")
    assert len(verify(outside).problems) == 20


# -- the command --------------------------------------------------------------------------------------------------


def run(*arguments: str) -> tuple[int, str]:
    out = StringIO()
    try:
        with time_machine.travel(SOON, tick=False):
            call_command("verify_journal", *arguments, stdout=out)
    except SystemExit as stop:
        return int(str(stop.code)), out.getvalue()
    return 0, out.getvalue()


@pytest.mark.usefixtures("chain")
def test_command_says_that_the_journal_is_sound() -> None:
    code, text = run()
    assert (code, text.startswith("저널이 온전합니다.")) == (0, True)


def test_command_names_the_changed_row_and_fails(chain: list[JournalEntry]) -> None:
    with tampering():
        JournalEntry.objects.filter(pk=chain[5].pk).update(actor_ref="8")
    code, text = run()
    assert code == 1
    assert text.splitlines()[0] == f"JournalEntry {chain[5].pk}: 기록이 작성된 뒤에 바뀌었습니다. (entry_changed)"


@pytest.mark.django_db(transaction=True)
def test_command_names_the_deleted_row_and_fails(chain: list[JournalEntry]) -> None:
    position = position_of(chain[5])
    with tampering():
        JournalDetail.objects.filter(pk=chain[5].pk)._raw_delete("default")
        JournalEntry.objects.filter(pk=chain[5].pk)._raw_delete("default")
    code, text = run()
    assert code == 1
    first = text.splitlines()[0]
    assert first == f"JournalEntry {chain[5].pk}: 봉인 {position}번의 기록이 지워졌습니다. (entry_missing)"


def test_command_answers_in_json(chain: list[JournalEntry]) -> None:
    code, text = run("--json")
    answer = json.loads(text)
    assert (code, answer["sound"], answer["problems"]) == (0, True, [])
    assert answer["counts"]["seals"] == JournalSeal.objects.count()
    with tampering():
        JournalEntry.objects.filter(pk=chain[5].pk).update(actor_ref="8")
    code, text = run("--json")
    answer = json.loads(text)
    assert (code, answer["sound"]) == (1, False)
    assert answer["problems"][0]["code"] == "entry_changed"


def test_command_takes_a_copy_of_the_checkpoints_kept_elsewhere(
    chain: list[JournalEntry], outside: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.jsonl"
    copy.write_bytes(outside.read_bytes())
    with tampering():
        cut_off_after(position_of(chain[6]))
    outside.unlink()
    assert run()[0] == 0  # the file of this machine went with the tail
    assert run("--checkpoints", str(copy))[0] == 1


@pytest.mark.django_db
def test_command_prints_public_keys_and_no_secret(settings: Any) -> None:
    code, text = run("--public-keys")
    key = settings.KEY_RINGS["journal"].active
    assert (code, text.split()[0]) == (0, key.id)
    assert key.secret.decode() not in text
    assert json.loads(run("--public-keys", "--json")[1]) == journal.public_keys()


# -- how somebody with the database in their hands would go about it ----------------------------------------------


def forge(entry: JournalEntry, **change: Any) -> None:
    """Change an entry and everything in its own row that has to fit."""
    JournalEntry.objects.filter(pk=entry.pk).update(**change)
    fields = EntryFields(*JournalEntry.objects.values_list(*EntryFields._fields).get(pk=entry.pk))
    JournalEntry.objects.filter(pk=entry.pk).update(digest=entry_digest(fields))


def chain_anew() -> None:
    """Every seal computed again over the rows as they are now."""
    previous = GENESIS
    for seal in JournalSeal.objects.select_related("entry").order_by("position"):
        fresh = seal_digest(
            previous=previous,
            position=seal.position,
            entry_id=seal.entry_id,
            entry_digest=seal.entry.digest,
            sealed_at=seal.sealed_at,
        )
        JournalSeal.objects.filter(position=seal.position).update(previous=previous, seal=fresh)
        previous = fresh


def cut_off_after(position: int, *, with_checkpoints: bool = True) -> None:
    """The end of the journal with everything that belongs to it."""
    gone = list(JournalSeal.objects.filter(position__gt=position).values_list("entry_id", flat=True))
    JournalSeal.objects.filter(entry_id__in=gone)._raw_delete("default")
    JournalDetail.objects.filter(pk__in=gone)._raw_delete("default")
    JournalEntry.objects.filter(pk__in=gone)._raw_delete("default")
    if with_checkpoints:
        JournalCheckpoint.objects.filter(position__gt=position)._raw_delete("default")


# -- the format, for whoever verifies it elsewhere ----------------------------------------------------------------


@pytest.mark.django_db
def test_format_is_what_the_documentation_says() -> None:
    with transaction.atomic():
        acting = Actor(kind="user", ref="7", label="김하나")
        entry = journal.record("listings.match.confirmed", actor=acting, subject=SUBJECT, details={"a": 1}, at=NOW)
    salt = entry.detail.salt
    fields = DetailFields(salt=salt, actor_label="김하나", on_behalf_of="", body={"a": 1})
    assert (
        encode_plain(dict(fields._asdict()))
        == ('{"actor_label":"김하나","body":{"a":1},"on_behalf_of":"","salt":"' + salt + '"}').encode()
    )
    assert details_digest(fields) == entry.details_digest
    assert JournalPending.objects.filter(entry=entry).count() == 1
    assert statement_of(
        JournalCheckpoint(position=1, seal="ab", key_id="k1", signature="", signed_at=NOW)
    ).message() == (
        b'{"key_id":"k1","position":1,"purpose":"jikimi journal checkpoint 1","seal":"ab",'
        b'"signed_at":"2026-11-23T05:30:00.000000Z"}'
    )
