"""Background work as rows: a task of the queue is only a nudge to one.

A job's attempts are counted and committed before it runs, so that one that kills its worker stops at its limit. A lost
nudge delays a job until the next sweep, a doubled one finds nothing to do. Handlers are safe to run twice and last at
most a minute; longer work is rows cut into chunks.
"""

import logging
import secrets
import traceback
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django_q.models import OrmQ
from django_q.tasks import async_task

from core import journal, rulesets
from core.actors import Actor
from core.canonical import plain
from core.choices import JobStatus
from core.errors import Conflict
from core.heartbeats import CLUSTER, beat_now, is_older
from core.models import Job
from core.outbox import require_transaction
from core.rules import wait_after

Handler = Callable[[dict[str, Any]], Mapping[str, object] | None]

logger = logging.getLogger(__name__)

#: Jobs nudged in one sweep.
SWEEP: Final = 200
#: With more than this waiting in the queue it is behind, or nobody reads it: further nudges would only pile up.
BACKLOG: Final = 500
#: With more than this waiting a beat would come too late to say anything; the jobs before it are beats themselves.
BEATS_WAITING: Final = 20
#: What is kept of an error: its end, where the cause stands.
ERROR_LENGTH: Final = 4_000
VANISHED: Final = "실행하던 프로세스가 도중에 사라졌습니다."


def enqueue(
    kind: str,
    *,
    key: str,
    payload: Mapping[str, object] | None = None,
    not_before: datetime | None = None,
    max_attempts: int = 5,
) -> Job:
    """Ask for a job in the caller's transaction. The same key twice gives the row of the first call.

    Raises ``LookupError`` for a kind that has no handler.
    """
    require_transaction()
    if kind not in settings.JOB_HANDLERS:
        raise LookupError(f"no handler is set for jobs of kind {kind!r} (JOB_HANDLERS)")
    now = timezone.now()
    facts = {
        "kind": kind,
        "payload": plain(dict(payload or {})),
        "max_attempts": max_attempts,
        "not_before": not_before or now,
    }
    job, is_new = Job.objects.get_or_create(key=key, defaults=facts)
    if is_new and job.not_before <= now:
        _nudge(job, now)
    return job


def run_job(job_id: int) -> None:
    """Run the job if it is due and nobody else runs it. The task that every nudge names."""
    now = timezone.now()
    note_life(now)
    job = _claim(job_id, now)
    if job is None:
        return
    try:
        handler: Handler = import_string(settings.JOB_HANDLERS[job.kind])
        result = handler(job.payload)
        _finish(job, None if result is None else plain(dict(result)))
    except BaseException as problem:
        # The queue's time limit arrives as SystemExit: the attempt has ended for this job too.
        _note_failure(job, problem)
        if not isinstance(problem, Exception):
            raise


def sweep(*, now: datetime) -> int:
    """Nudge what is due and was not nudged lately, give up what has no attempt left. Returns how many were moved."""
    moved = 0
    for job in Job.objects.due(now).used_up()[:SWEEP]:
        moved += _give_up(job, VANISHED)
    quiet_since = now - timedelta(seconds=settings.JOB_NUDGE_SECONDS)
    forgotten = list(Job.objects.due(now).with_attempts_left().unnudged_since(quiet_since)[:SWEEP])
    if not forgotten or _nudges_waiting(now, up_to=BACKLOG) >= BACKLOG:
        return moved
    for job in forgotten:
        with transaction.atomic():
            moved += _nudge(job, now)
    return moved


def retry(job: Job, *, actor: Actor | None) -> Job:
    """Start a job anew that was given up. Raises ``Conflict`` where it was not."""
    now = timezone.now()
    with transaction.atomic():
        rows = Job.objects.given_up().filter(pk=job.pk)
        fresh = {"attempts": 0, "not_before": now, "nudged_at": None, "finished_at": None}
        is_ours = rows.update(status=JobStatus.WAITING, **fresh) == 1
        job.refresh_from_db()
        if not is_ours:
            status = JobStatus(job.status).label
            why = f"포기한 작업만 다시 시작할 수 있습니다. 지금 상태는 {status}입니다."
            raise Conflict("작업을 다시 시작하지 않았습니다.", why, "작업 목록에서 지금 상태를 확인해 주세요.")
        _nudge(job, now)
        journal.record("core.job.retried", actor=actor, subject=job, details={"kind": job.kind, "key": job.key})
    return job


def ask_for_beat(*, now: datetime) -> bool:
    """Have a worker show that the queue moves, where no job has shown it lately."""
    if not is_older(CLUSTER, than=now - timedelta(seconds=settings.SERVE_HEARTBEAT_SECONDS)):
        return False
    if _nudges_waiting(now, up_to=BEATS_WAITING) >= BEATS_WAITING:
        return False
    async_task("core.jobs.beat", {}, save=False, ack_failure=True, task_name="beat")
    return True


def beat(payload: Mapping[str, object]) -> None:  # noqa: ARG001 - a handler like any other
    """What a worker runs to show that the queue moves: writes the cluster's heartbeat."""
    beat_now(CLUSTER, at=timezone.now())


def note_life(now: datetime) -> None:
    """A worker that starts a job shows that the queue moves, so a long backlog is never taken for a standstill."""
    if is_older(CLUSTER, than=now - timedelta(seconds=1)):
        beat_now(CLUSTER, at=now)


def _nudge(job: Job, now: datetime) -> bool:
    """Tell the queue, in the caller's transaction: rolled back, there was no nudge. Says whether it was ours to do."""
    rows = Job.objects.may_become(JobStatus.RUNNING).filter(pk=job.pk, nudged_at=job.nudged_at)
    if rows.update(nudged_at=now) != 1:
        return False
    job.nudged_at = now
    # Not saved and always acknowledged: the row knows what became of the job, and the sweep knows when to try again.
    async_task(
        "core.jobs.run_job",
        job.pk,
        save=False,
        ack_failure=True,
        timeout=settings.JOB_SECONDS,
        task_name=f"job {job.pk}",
    )
    return True


def _nudges_waiting(now: datetime, *, up_to: int) -> int:
    """How many tasks wait in the queue for a worker, counted no further than asked."""
    waiting: int = OrmQ.objects.filter(lock__lte=now)[:up_to].count()
    return waiting


def _claim(job_id: int, now: datetime) -> Job | None:
    """The job, leased to the caller with its attempt counted and committed; ``None`` where there is nothing to do."""
    job = Job.objects.due(now).filter(pk=job_id).first()
    if job is None:
        return None
    if job.attempts >= job.max_attempts:
        _give_up(job, VANISHED)
        return None
    seen = Job.objects.due(now).filter(pk=job.pk, attempts=job.attempts, lease_token=job.lease_token)
    job.attempts, job.lease_token = job.attempts + 1, secrets.token_hex(16)
    taken = seen.update(
        status=JobStatus.RUNNING,
        attempts=job.attempts,
        lease_token=job.lease_token,
        lease_until=now + timedelta(seconds=settings.JOB_LEASE_SECONDS),
    )
    return job if taken == 1 else None


def _finish(job: Job, result: object) -> None:
    """Write the result down. Where the lease was lost, whoever has it now does."""
    rows = Job.objects.leased_as(job.lease_token).filter(pk=job.pk)
    rows.update(status=JobStatus.DONE, result=result, finished_at=timezone.now(), lease_until=None, last_error="")


def _note_failure(job: Job, problem: BaseException) -> None:
    reason = "".join(traceback.format_exception(problem)).replace("\0", "�")[-ERROR_LENGTH:]
    logger.warning("job %s (%s %s) failed", job.pk, job.kind, job.key, exc_info=problem)
    if job.attempts >= job.max_attempts:
        _give_up(job, reason)
        return
    wait = wait_after(job.attempts, rulesets.current("core").numbers("job_retry_seconds"))
    Job.objects.leased_as(job.lease_token).filter(pk=job.pk).update(
        status=JobStatus.WAITING,
        not_before=timezone.now() + timedelta(seconds=wait),
        nudged_at=None,
        lease_until=None,
        last_error=reason,
    )


def _give_up(job: Job, reason: str) -> bool:
    with transaction.atomic():
        rows = Job.objects.may_become(JobStatus.GIVEN_UP).filter(pk=job.pk, lease_token=job.lease_token)
        given_up = {"finished_at": timezone.now(), "lease_until": None, "last_error": reason}
        if rows.update(status=JobStatus.GIVEN_UP, **given_up) != 1:
            return False
        details = {"kind": job.kind, "key": job.key, "attempts": job.attempts}
        journal.record("core.job.given_up", actor=None, subject=job, details=details)
    logger.error("job %s (%s %s) is given up after %s attempts", job.pk, job.kind, job.key, job.attempts)
    return True
