"""Proving the journal: every digest, the chain, the signatures, and what was written down outside.

Reads in pages and keeps a page in memory, so that the length of the journal does not matter. Nothing is written.
A broken link does not hide the next one: each is held against what is stored beside it.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from django.db.models import QuerySet

from core.journal.checkpoints import Statement, is_genuine, read_outside, statement_of
from core.journal.entries import FORMAT_VERSION, DetailFields, EntryFields, details_digest, entry_digest
from core.journal.erasure import ERASED_VERB
from core.journal.sealing import GENESIS, seal_digest
from core.models import JournalCheckpoint, JournalDetail, JournalEntry, JournalSeal
from core.rule_values import current

#: Rows read at a time, within what either database takes as parameters of one query.
PAGE: Final = 2000
#: Problems and remarks named before the rest is left: the first ones say what happened.
PROBLEMS_NAMED: Final = 20
_BEFORE_EVERY_KEY: Final = -(2**63)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: a stable code, the row it was found at, and what is wrong in words."""

    code: str
    row: str
    what: str


@dataclass(slots=True)
class Counts:
    """What was read."""

    entries: int = 0
    seals: int = 0
    unsealed: int = 0
    erased: int = 0
    checkpoints: int = 0
    outside: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verification found. ``remarks`` weaken the proof without breaking it."""

    problems: tuple[Problem, ...]
    remarks: tuple[str, ...]
    counts: Counts

    @property
    def is_sound(self) -> bool:
        return not self.problems


class _Seal(NamedTuple):
    position: int
    previous: str
    seal: str
    sealed_at: datetime
    entry_id: int


@dataclass(slots=True)
class _Pass:
    """One run over the journal: what it was asked and what it has seen so far."""

    now: datetime
    outside: Path
    counts: Counts = field(default_factory=Counts)
    remarks: list[str] = field(default_factory=list)
    end: int = 0


def verify(*, now: datetime, outside: Path) -> Verdict:
    """Verify the whole journal against itself and against the checkpoints in the file ``outside``."""
    run = _Pass(now=now, outside=outside)
    problems = tuple(islice(_problems(run), PROBLEMS_NAMED))
    return Verdict(problems=problems, remarks=tuple(run.remarks[:PROBLEMS_NAMED]), counts=run.counts)


def _problems(run: _Pass) -> Iterator[Problem]:
    yield from _before_the_start()
    yield from _chain(run)
    yield from _unsealed(run)
    yield from _checkpoints(run)
    yield from _outside(run)
    yield from _uncovered()


# -- the chain ----------------------------------------------------------------------------------------------------


def _chain(run: _Pass) -> Iterator[Problem]:
    previous = GENESIS
    while seals := _seals_after(run.end):
        digests = yield from _entries(run, JournalEntry.objects.filter(pk__in=[seal.entry_id for seal in seals]))
        for seal in seals:
            yield from _link(seal, digests.get(seal.entry_id), position=run.end + 1, previous=previous)
            run.counts.seals += 1
            run.end, previous = seal.position, seal.seal


def _before_the_start() -> Iterator[Problem]:
    for position in JournalSeal.objects.filter(position__lt=1).order_by("position").values_list("position", flat=True):
        what = "사슬은 1번에서 시작합니다. 그 앞에 봉인을 끼워 넣었습니다."
        yield Problem("seal_outside", f"JournalSeal {position}", what)


def _seals_after(position: int) -> list[_Seal]:
    rows = JournalSeal.objects.filter(position__gt=position).order_by("position").values_list(*_Seal._fields)
    return [_Seal(*row) for row in rows[:PAGE]]


def _link(seal: _Seal, entry_digest: str | None, *, position: int, previous: str) -> Iterator[Problem]:
    row = f"JournalSeal {seal.position}"
    if seal.position != position:
        lost = f"{position}번" if seal.position == position + 1 else f"{position}~{seal.position - 1}번"
        yield Problem("seal_missing", row, f"바로 앞의 봉인 {lost}이 없습니다. 봉인이 지워졌습니다.")
    elif seal.previous != previous:
        yield Problem("chain_broken", row, "앞 봉인과 이어지지 않습니다. 이 봉인이나 앞 봉인이 바뀌었습니다.")
    if entry_digest is None:
        what = f"봉인 {seal.position}번의 기록이 지워졌습니다."
        yield Problem("entry_missing", f"JournalEntry {seal.entry_id}", what)
    elif seal.seal != _expected(seal, entry_digest):
        what = f"봉인이 기록 {seal.entry_id}번과 맞지 않습니다. 기록이나 봉인이 바뀌었습니다."
        yield Problem("seal_changed", row, what)


def _expected(seal: _Seal, entry_digest: str) -> str:
    return seal_digest(
        previous=seal.previous,
        position=seal.position,
        entry_id=seal.entry_id,
        entry_digest=entry_digest,
        sealed_at=seal.sealed_at,
    )


# -- entries and their details --------------------------------------------------------------------------------------


def _entries(run: _Pass, rows: QuerySet[JournalEntry]) -> Generator[Problem, None, dict[int, str]]:
    """What is wrong with these entries and their details. Returns the digest that each entry has."""
    entries = {
        pk: (digest, EntryFields(*fields))
        for pk, digest, *fields in rows.order_by("pk").values_list("pk", "digest", *EntryFields._fields)
    }
    run.counts.entries += len(entries)
    for pk, (digest, fields) in entries.items():
        yield from _entry(pk, digest, fields)
    yield from _details(run, {pk: fields.details_digest for pk, (_, fields) in entries.items()})
    return {pk: digest for pk, (digest, _) in entries.items()}


def _entry(pk: int, digest: str, fields: EntryFields) -> Iterator[Problem]:
    row = f"JournalEntry {pk}"
    if fields.format_version != FORMAT_VERSION:
        yield Problem("format_unknown", row, f"알 수 없는 형식 판({fields.format_version})입니다.")
    elif entry_digest(fields) != digest:
        yield Problem("entry_changed", row, "기록이 작성된 뒤에 바뀌었습니다.")


def _details(run: _Pass, digests: dict[int, str]) -> Iterator[Problem]:
    rows = JournalDetail.objects.filter(pk__in=list(digests))
    details = {
        pk: (erased_at, DetailFields(*fields))
        for pk, erased_at, *fields in rows.values_list("pk", "erased_at", *DetailFields._fields)
    }
    erasures = _recorded_erasures([pk for pk, (erased_at, _) in details.items() if erased_at])
    for pk, digest in digests.items():
        erased_at, fields = details.get(pk, (None, None))
        if fields is None:
            yield Problem("detail_missing", f"JournalDetail {pk}", "기록의 상세가 지워졌습니다.")
        elif erased_at:
            run.counts.erased += 1
            yield from _erased(pk, fields, is_recorded=str(pk) in erasures)
        elif details_digest(fields) != digest:
            yield Problem("detail_changed", f"JournalDetail {pk}", "상세가 기록된 뒤에 바뀌었습니다.")


def _erased(pk: int, fields: DetailFields, *, is_recorded: bool) -> Iterator[Problem]:
    row = f"JournalDetail {pk}"
    if any(fields):
        yield Problem("erasure_incomplete", row, "파기되었다는 상세에 내용이 남아 있습니다.")
    if not is_recorded:
        yield Problem("erasure_unrecorded", row, "상세를 파기했다는 기록이 없습니다. 절차 없이 지워졌습니다.")


def _recorded_erasures(pks: list[int]) -> set[str]:
    if not pks:
        return set()
    subject_type = JournalEntry._meta.label_lower
    entries = JournalEntry.objects.filter(
        verb=ERASED_VERB, subject_type=subject_type, subject_ref__in=[str(pk) for pk in pks]
    )
    return set(entries.values_list("subject_ref", flat=True))


def _unsealed(run: _Pass) -> Iterator[Problem]:
    """Entries that the chain does not cover yet: whole, and not waiting for too long."""
    seconds = current("core").number("unsealed_after_seconds")
    what = f"{seconds}초가 지나도록 봉인되지 않았습니다. 봉인하는 전달기가 멈췄거나 봉인이 지워졌습니다."
    last = _BEFORE_EVERY_KEY
    while waiting := _unsealed_after(last):
        last = waiting[-1][0]
        run.counts.unsealed += len(waiting)
        yield from _entries(run, JournalEntry.objects.filter(pk__in=[pk for pk, _ in waiting]))
        for pk, at in waiting:
            if run.now - at > timedelta(seconds=seconds):
                yield Problem("unsealed", f"JournalEntry {pk}", what)


def _unsealed_after(pk: int) -> list[tuple[int, datetime]]:
    rows = JournalEntry.objects.filter(seal__isnull=True, pk__gt=pk).order_by("pk")
    return list(rows.values_list("pk", "at")[:PAGE])


# -- checkpoints ------------------------------------------------------------------------------------------------------


def _checkpoints(run: _Pass) -> Iterator[Problem]:
    last = _BEFORE_EVERY_KEY
    while rows := list(JournalCheckpoint.objects.filter(position__gt=last).order_by("position")[:PAGE]):
        last = rows[-1].position
        run.counts.checkpoints += len(rows)
        named = [(f"JournalCheckpoint {row.pk}", statement_of(row)) for row in rows]
        yield from _statements(named)


def _outside(run: _Pass) -> Iterator[Problem]:
    if not run.outside.exists():
        if run.counts.checkpoints:
            run.remarks.append(f"데이터베이스 바깥의 체크포인트 파일이 없습니다: {run.outside}")
        return
    lines = read_outside(run.outside)
    while page := list(islice(lines, PAGE)):
        run.counts.outside += len(page)
        unread = [f"{run.outside} {number}번째 줄을 읽을 수 없습니다." for number, line in page if line is None]
        run.remarks += unread[:PROBLEMS_NAMED]
        yield from _statements([(f"{run.outside.name}:{number}", line) for number, line in page if line is not None])


def _statements(named: list[tuple[str, Statement]]) -> Iterator[Problem]:
    """Hold signed statements against the seals that the chain has at their positions."""
    stored = dict(
        JournalSeal.objects.filter(position__in={statement.position for _, statement in named}).values_list(
            "position", "seal"
        )
    )
    for row, statement in named:
        yield from _statement(row, statement, stored.get(statement.position))


def _statement(row: str, statement: Statement, seal: str | None) -> Iterator[Problem]:
    try:
        genuine = is_genuine(statement)
    except LookupError:
        yield Problem("key_unknown", row, f"서명에 쓴 키({statement.key_id})가 JOURNAL_KEYS에 없습니다.")
        return
    if not genuine:
        what = "서명이 맞지 않습니다. 체크포인트가 바뀌었거나 다른 키로 서명되었습니다."
        yield Problem("signature_wrong", row, what)
    elif seal is None:
        what = f"서명된 봉인 {statement.position}번이 사슬에 없습니다. 저널의 끝이 잘렸습니다."
        yield Problem("truncated", row, what)
    elif seal != statement.seal:
        what = f"서명된 봉인 {statement.position}번이 지금의 사슬과 다릅니다. 저널이 다시 쓰였습니다."
        yield Problem("forked", row, what)


def _uncovered() -> Iterator[Problem]:
    """A tail that went on growing without a signature: the signer was broken, or the signatures were taken away."""
    covered = JournalCheckpoint.objects.order_by("-position").values_list("position", flat=True).first() or 0
    first = JournalSeal.objects.filter(position__gt=covered).order_by("position").first()
    last = JournalSeal.objects.order_by("-position").first()
    if first is None or last is None:
        return
    rules = current("core")
    # One more round of the sealer than is allowed unsigned, and a minute for a signer that is held up.
    most = 2 * rules.number("checkpoint_entries") + PAGE
    longest = timedelta(seconds=rules.number("checkpoint_seconds") + 60)
    if last.position - covered > most or last.sealed_at - first.sealed_at > longest:
        what = f"봉인 {first.position}~{last.position}번에 서명된 체크포인트가 없습니다. 서명이 멈췄거나 지워졌습니다."
        yield Problem("unsigned", f"JournalSeal {first.position}", what)
