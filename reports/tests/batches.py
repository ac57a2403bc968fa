"""Batches that wait for a second person, for tests."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core import approvals
from core.actors import Actor
from core.jobs import run_job
from core.models import Approval, Job
from reports.choices import AllegationStatus, DecisionKind
from reports.models import Allegation, Batch
from reports.services import batches
from reports.tests.factories import JUNHO, MINA, NOW
from reports.tests.world import alleged, complaint, ruling


def some(number: int) -> list[Allegation]:
    """So many allegations, each of a listing and a shop of its own."""
    return [alleged(complaint(email=f"h{each}@holder.example")) for each in range(number)]


def seen_now(allegations: Sequence[Allegation]) -> list[batches.Seen]:
    return [(allegation, AllegationStatus(allegation.status)) for allegation in allegations]


def asked(
    allegations: Sequence[Allegation],
    kind: DecisionKind = DecisionKind.DISMISSED,
    *,
    actor: Actor = MINA,
    now: datetime = NOW,
    **more: Any,
) -> Batch:
    """A batch of them all that waits."""
    outcome = batches.ask(seen_now(allegations), ruling(kind, **more), actor=actor, now=now)
    assert outcome.batch is not None and not outcome.refused
    return outcome.batch


def approval_of(batch: Batch) -> Approval:
    return Approval.objects.get(batch=batch)


def approve(batch: Batch, *, actor: Actor = JUNHO) -> None:
    approvals.approve(approval_of(batch), actor=actor, reason="확인했습니다.")


def work_off(batch: Batch) -> None:
    """Every job of the batch, as the workers would."""
    for job in Job.objects.filter(key__startswith=batches.job_keys(batch)).order_by("pk"):
        run_job(job.pk)


def outcomes(batch: Batch) -> list[str]:
    return list(batch.rows.values_list("outcome", flat=True))
