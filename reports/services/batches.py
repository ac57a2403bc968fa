"""One ruling for more listings than one person may decide at once: asked as a whole, agreed to with one press.

Nothing is in force before a second person agrees. Then each allegation is decided by itself, in jobs of a few seconds,
each decision naming the request; what has moved since it was asked is left as it is, with the reason, and the rest goes
on. A job that runs twice finds nothing to do: a row's outcome is written in the transaction of its decision.
"""

import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from core import approvals, rulesets
from core.actors import Actor
from core.choices import ApprovalStatus
from core.errors import Conflict, DomainError
from core.jobs import enqueue
from core.journal import record
from core.models import Approval
from listings.models import Listing
from reports.choices import AllegationStatus, BatchOutcome
from reports.models import Allegation, Batch, BatchRow, Decision
from reports.rules import possible_answers
from reports.services import decisions, held, queue
from reports.services.decisions import Ruling

ACTION: Final = "reports.decide_batch"
JOB_KIND: Final = "reports.decide_batch"
#: Rows of one job: seconds on a slow machine, far from the minute that a job may last [ours].
CHUNK: Final = 25

logger = logging.getLogger(__name__)

#: An allegation, and the status in which the person saw it.
Seen = tuple[Allegation, AllegationStatus]


@dataclass(frozen=True, slots=True)
class Asked:
    """The batch that waits now, ``None`` where nothing is in it; and why each of the others is not, by its key."""

    batch: Batch | None
    refused: Mapping[int, str]


def most_alone() -> int:
    """As many listings one person may decide at once."""
    return rulesets.current("reports").number("high_impact_listings")


def is_needed(allegations: Iterable[Allegation]) -> bool:
    """Whether they are so many listings that a second person must agree to deciding them at once."""
    return len({allegation.case.listing_id for allegation in allegations}) > most_alone()


@transaction.atomic
def ask(rows: Sequence[Seen], ruling: Ruling, *, actor: Actor, now: datetime) -> Asked:
    """Ask for the second person who must agree to all of it. What cannot be decided so now is left out, with why.

    Raises ``DomainError`` for a ruling that cannot stand, ``Conflict`` where one of them went into another batch in the
    same moment.
    """
    decisions.require_usable(ruling)
    refused = _refused(rows, ruling)
    usable = sorted((row for row in rows if row[0].pk not in refused), key=lambda row: row[0].pk)
    if not usable:
        return Asked(None, refused)
    batch = Batch.objects.create(asked_at=now)
    _put_in(batch, usable)
    payload = held.payload_of(ruling) | {"rows": [[allegation.pk, str(seen)] for allegation, seen in usable]}
    reason = _reason([allegation for allegation, _ in usable], ruling)
    batch.approval = approvals.request(ACTION, subject=batch, reason=reason, actor=actor, payload=payload)
    batch.save(update_fields=["approval"])
    queue.ask_for_batch(
        batch,
        due_at=held.due_at(now),
        rules_version=rulesets.current("reports").version,
        barred_ref=actor.ref,
        row_count=len(usable),
        now=now,
    )
    return Asked(batch, refused)


def _put_in(batch: Batch, rows: Iterable[Seen]) -> None:
    drafts = [BatchRow(batch=batch, allegation=allegation, seen=seen) for allegation, seen in rows]
    try:
        with transaction.atomic():
            BatchRow.objects.bulk_create(drafts)
    except IntegrityError as problem:
        raise Conflict(
            "승인을 요청하지 않았습니다.",
            "고르신 주장 가운데 하나가 방금 다른 일괄 결정에 들어갔습니다.",
            "목록을 새로 열어 다시 골라 주세요.",
        ) from problem


def _refused(rows: Sequence[Seen], ruling: Ruling) -> dict[int, str]:
    """Why an allegation cannot be put into a batch now."""
    allegations = [allegation for allegation, _ in rows]
    elsewhere = waiting_in(allegations)
    asked_alone = held.waiting_ids(allegations)
    refused = {}
    for allegation, seen in rows:
        if allegation.pk in elsewhere:
            refused[allegation.pk] = f"일괄 결정 {elsewhere[allegation.pk]}에서 승인을 기다리고 있습니다."
        elif allegation.pk in asked_alone:
            refused[allegation.pk] = "따로 낸 승인 요청이 기다리고 있습니다."
        elif allegation.status != seen:
            refused[allegation.pk] = str(decisions.moved(allegation))
        elif (ruling.kind, ruling.finding) not in possible_answers(seen):
            refused[allegation.pk] = f"‘{allegation.get_status_display()}’ 상태에서는 할 수 없는 결정입니다."
    return refused


def _reason(allegations: Sequence[Allegation], ruling: Ruling) -> str:
    """How much it is, and why some of it would have waited for a second person alone."""
    listing_ids = {allegation.case.listing_id for allegation in allegations}
    listings = Listing.objects.select_related("current_version").filter(pk__in=listing_ids)
    alone = Counter(why for listing in listings for why in held.impact_reasons(listing, ruling))
    first = f"상품 {len(listing_ids):,}개의 주장 {len(allegations):,}건을 한 번에 결정합니다."
    return " ".join([first, *(f"{why.removesuffix('.')}({count:,}개)." for why, count in alone.items())])


def waiting_in(allegations: Iterable[Allegation]) -> dict[int, Batch]:
    """The batch in which each of them waits, by its key."""
    rows = BatchRow.objects.waiting().filter(allegation__in=[allegation.pk for allegation in allegations])
    return {row.allegation_id: row.batch for row in rows.select_related("batch__approval")}


# -- once it is decided -----------------------------------------------------------------------------------------------


def carry_out(approval: Approval, *, actor: Actor, now: datetime) -> None:  # noqa: ARG001 - a handler like any other
    """What ``core.approvals`` calls in the transaction of the approval: asks for the jobs, or lets go of the rows.

    Raises ``DomainError`` where the ruling cannot stand any more; then it is not approved either.
    """
    batch = Batch.objects.get(pk=approval.subject_ref)
    queue.finish_batch(batch, now=now)
    if approval.status != ApprovalStatus.APPROVED:
        batch.rows.waiting().update(outcome=BatchOutcome.DROPPED, done_at=now)
        return
    decisions.require_usable(held.ruling_of(approval.payload))
    keys = list(batch.rows.waiting().values_list("pk", flat=True))
    for start in range(0, len(keys), CHUNK):
        payload = {"batch": batch.pk, "rows": keys[start : start + CHUNK]}
        enqueue(JOB_KIND, key=f"{job_keys(batch)}{start}", payload=payload)


def job_keys(batch: Batch) -> str:
    """How the keys of a batch's jobs begin."""
    return f"{JOB_KIND}:{batch.pk}:"


def decide_rows(payload: Mapping[str, Any]) -> dict[str, int]:
    """What a job runs: decide its rows, each by itself. Returns how many ended how.

    An unforeseen problem with one is kept from the others, and raised in the end: the job tries that one again.
    """
    batch = Batch.objects.with_approval().get(pk=payload["batch"])
    approval = batch.approval
    if approval is None or approval.status != ApprovalStatus.APPROVED:
        return {}
    ruling, counts, problem = held.ruling_of(approval.payload), Counter[str](), None
    rows = batch.rows.waiting().filter(pk__in=payload["rows"]).select_related("allegation__case")
    for row in rows:
        try:
            counts[_decide_row(row, ruling, approval, now=timezone.now())] += 1
        except Exception as unforeseen:
            logger.exception("row %s of batch %s is not decided", row.pk, batch.pk)
            problem = unforeseen
    if problem is not None:
        raise problem
    return dict(counts)


class _DoneAlreadyError(Exception):
    """Another run of the job was first."""


def _decide_row(row: BatchRow, ruling: Ruling, approval: Approval, *, now: datetime) -> str:
    """Decide one as who asked wanted, or write down why not. Says how it ended."""
    asker = Actor(kind=approval.requested_by_kind, ref=approval.requested_by_ref, label=approval.requested_by_label)
    try:
        with transaction.atomic():
            decision = decisions.decide(
                row.allegation,
                ruling,
                actor=asker,
                now=now,
                seen=AllegationStatus(row.seen),
                approval_ref=str(approval.pk),
            )
            _close(row, BatchOutcome.DECIDED, decision=decision, now=now)
            return BatchOutcome.DECIDED
    except _DoneAlreadyError:
        return "before"
    except DomainError as refusal:
        return _leave(row, str(refusal), approval, now=now)


def _leave(row: BatchRow, why: str, approval: Approval, *, now: datetime) -> str:
    try:
        with transaction.atomic():
            _close(row, BatchOutcome.LEFT, text=why, now=now)
            details = {"reason": why, "approval": approval.pk, "batch": row.batch_id}
            record("reports.batch_row.left", actor=None, subject=row.allegation, details=details, at=now)
    except _DoneAlreadyError:
        return "before"
    return BatchOutcome.LEFT


def _close(
    row: BatchRow, outcome: BatchOutcome, *, now: datetime, decision: Decision | None = None, text: str = ""
) -> None:
    """By compare-and-set: whoever loses takes back what they did for it."""
    mine = BatchRow.objects.waiting().filter(pk=row.pk)
    if mine.update(outcome=outcome, decision=decision, text=text, done_at=now) != 1:
        raise _DoneAlreadyError
