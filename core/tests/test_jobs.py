"""Jobs: a row is the truth and a task a nudge; attempts counted at the start, leases, limits, sweeps, beats."""

import signal
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError
from django_q.exceptions import TimeoutException
from django_q.models import OrmQ
from django_q.timeout import TimeoutHandler

from core import jobs, rulesets
from core.actors import Actor
from core.choices import JobStatus
from core.errors import Conflict
from core.heartbeats import CLUSTER, beat_now, last_beat
from core.models import Job, JournalEntry
from core.tests.running import NOW, after, at
from core.tests.together import together

STAFF = Actor(kind="user", ref="7", label="김담당")

Handler = Callable[[dict[str, Any]], Any]


class Worker:
    """What the test's handler does: keeps the payloads it was given and does as it is told."""

    def __init__(self) -> None:
        self.seen: list[dict[str, Any]] = []
        self.act: Handler = lambda _payload: None

    def __call__(self, payload: dict[str, Any]) -> Any:
        self.seen.append(payload)
        return self.act(payload)


the_worker = Worker()


def handle(payload: dict[str, Any]) -> Any:
    """The handler that settings name in tests."""
    return the_worker(payload)


@pytest.fixture(autouse=True)
def worker(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Worker]:
    """What jobs of the kind ``test`` run; the clock stands still at ``NOW``."""
    settings.JOB_HANDLERS = {"test": "core.tests.test_jobs.handle", "core.beat": "core.jobs.beat"}
    monkeypatch.setattr("core.tests.test_jobs.the_worker", Worker())
    with at(0):
        yield the_worker


def enqueue(key: str = "a", **fields: Any) -> Job:
    with transaction.atomic():
        return jobs.enqueue("test", key=key, **fields)


def run(job: Job, seconds: float = 0) -> Job:
    with at(seconds):
        jobs.run_job(job.pk)
    job.refresh_from_db()
    return job


def sweep(seconds: float) -> int:
    with at(seconds) as now:
        return jobs.sweep(now=now)


def nudges() -> list[tuple[Any, ...]]:
    """What waits in the queue: the arguments of each task, oldest first."""
    return [task.task["args"] for task in OrmQ.objects.order_by("pk")]


def give(result: Any) -> Handler:
    return lambda _payload: result


def stumble(payload: dict[str, Any]) -> None:
    raise ValueError("세 번째 줄을\0 읽지 못했습니다.")


class PowerCut(BaseException):
    """Stands for a worker that is gone: nothing after it is written."""


@pytest.fixture
def power_cut(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker dies in the middle of each job, without a word."""

    def vanish(_payload: dict[str, Any]) -> None:
        raise PowerCut

    worker.act = vanish
    monkeypatch.setattr(jobs, "_note_failure", lambda _job, _problem: None)


def die_in(job: Job, seconds: float) -> None:
    with at(seconds), pytest.raises(PowerCut):
        jobs.run_job(job.pk)


def waits() -> tuple[int, ...]:
    return rulesets.current("core").numbers("job_retry_seconds")


@pytest.mark.django_db
def test_enqueued_job_is_nudged_and_done_once(worker: Worker) -> None:
    worker.act = give({"screened": 50})
    job = enqueue(payload={"versions": [1, 2]})
    assert nudges() == [(job.pk,)]
    run(job)
    run(job)
    assert worker.seen == [{"versions": [1, 2]}]
    assert (job.status, job.attempts, job.result) == (JobStatus.DONE, 1, {"screened": 50})
    assert (job.finished_at, job.lease_until) == (NOW, None)


@pytest.mark.django_db
def test_nudge_keeps_no_result_and_is_acknowledged_whatever_happens(settings: Any) -> None:
    enqueue()
    task = OrmQ.objects.get().task
    kept = (task["func"], task["save"], task["ack_failure"], task["timeout"])
    assert kept == ("core.jobs.run_job", False, True, settings.JOB_SECONDS)


@pytest.mark.django_db
def test_same_key_twice_is_one_job_and_one_nudge() -> None:
    first, second = enqueue(payload={"n": 1}), enqueue(payload={"n": 2})
    assert (second.pk, second.payload) == (first.pk, {"n": 1})
    assert nudges() == [(first.pk,)]


@pytest.mark.django_db
def test_rolled_back_change_leaves_neither_job_nor_nudge() -> None:
    with transaction.atomic():
        enqueue()
        transaction.set_rollback(True)
    assert (Job.objects.count(), OrmQ.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_job_needs_the_transaction_of_its_change() -> None:
    with pytest.raises(TransactionManagementError):
        jobs.enqueue("test", key="a")


@pytest.mark.django_db
def test_kind_without_a_handler_is_refused() -> None:
    with pytest.raises(LookupError, match="unheard"), transaction.atomic():
        jobs.enqueue("unheard", key="a")
    assert Job.objects.count() == 0


@pytest.mark.django_db
def test_job_for_later_is_nudged_when_its_time_comes(worker: Worker) -> None:
    job = enqueue(not_before=after(30))
    assert nudges() == []
    run(job)
    assert worker.seen == []
    assert (sweep(29), sweep(30)) == (0, 1)
    assert nudges() == [(job.pk,)]
    assert run(job, 30).status == JobStatus.DONE


@pytest.mark.django_db
def test_failure_is_tried_again_after_each_wait_and_given_up_after_the_last(worker: Worker) -> None:
    worker.act = stumble
    job = enqueue(max_attempts=3)
    seconds = 0
    for attempt in (1, 2):
        run(job, seconds)
        assert (job.status, job.attempts, job.nudged_at) == (JobStatus.WAITING, attempt, None)
        assert job.not_before == after(seconds + waits()[attempt - 1])
        seconds += waits()[attempt - 1]
        assert sweep(seconds) == 1
    run(job, seconds)
    assert (job.status, job.attempts, job.finished_at) == (JobStatus.GIVEN_UP, 3, after(seconds))
    assert job.last_error.strip().endswith("ValueError: 세 번째 줄을� 읽지 못했습니다.")
    assert JournalEntry.objects.filter(verb="core.job.given_up", subject_ref=str(job.pk)).count() == 1
    assert sweep(86_400) == 0
    assert len(worker.seen) == 3


@pytest.mark.django_db
def test_result_that_cannot_be_kept_is_a_failure(worker: Worker) -> None:
    worker.act = give({"when": object()})
    assert run(enqueue()).status == JobStatus.WAITING


@pytest.mark.django_db(transaction=True)
def test_attempt_is_committed_and_no_transaction_is_open_while_running(worker: Worker) -> None:
    found: list[tuple[bool, str, int]] = []
    job = enqueue()

    def look(_payload: dict[str, Any]) -> None:
        row = Job.objects.get(pk=job.pk)
        found.append((connection.in_atomic_block, row.status, row.attempts))

    worker.act = look
    run(job)
    assert found == [(False, JobStatus.RUNNING, 1)]


@pytest.mark.django_db
@pytest.mark.usefixtures("power_cut")
def test_job_whose_worker_vanished_runs_again_when_its_lease_is_over(worker: Worker, settings: Any) -> None:
    job = enqueue()
    die_in(job, 0)
    run(job, settings.JOB_LEASE_SECONDS - 1)
    assert (job.status, len(worker.seen)) == (JobStatus.RUNNING, 1)
    worker.act = give(None)
    assert sweep(settings.JOB_LEASE_SECONDS) == 1
    run(job, settings.JOB_LEASE_SECONDS)
    assert (job.status, job.attempts) == (JobStatus.DONE, 2)


@pytest.mark.django_db
@pytest.mark.usefixtures("power_cut")
@pytest.mark.parametrize("by_sweep", [True, False])
def test_job_that_kills_every_worker_is_given_up(worker: Worker, settings: Any, *, by_sweep: bool) -> None:
    job, lease = enqueue(max_attempts=2), settings.JOB_LEASE_SECONDS
    die_in(job, 0)
    die_in(job, lease)
    if by_sweep:
        assert sweep(2 * lease) == 1
    run(job, 2 * lease)
    assert (job.status, job.attempts, job.last_error) == (JobStatus.GIVEN_UP, 2, jobs.VANISHED)
    assert len(worker.seen) == 2


@pytest.mark.django_db
def test_job_over_its_time_is_noted_and_ends_its_worker(worker: Worker) -> None:
    worker.act = lambda _payload: signal.raise_signal(signal.SIGALRM)
    job = enqueue()
    with pytest.raises(TimeoutException), TimeoutHandler(60):
        jobs.run_job(job.pk)
    job.refresh_from_db()
    assert (job.status, job.attempts) == (JobStatus.WAITING, 1)
    assert "Task exceeded maximum timeout value" in job.last_error


@pytest.mark.django_db
def test_late_end_of_a_lost_lease_does_not_undo_what_came_after(worker: Worker, settings: Any) -> None:
    job = enqueue()

    def slow(_payload: dict[str, Any]) -> dict[str, str]:
        worker.act = give({"by": "the second"})
        run(job, settings.JOB_LEASE_SECONDS)
        return {"by": "the first"}

    worker.act = slow
    run(job)
    assert (job.status, job.result) == (JobStatus.DONE, {"by": "the second"})


@pytest.mark.django_db
def test_lost_nudge_is_given_again_and_not_more_often_than_told(settings: Any) -> None:
    job, quiet = enqueue(), settings.JOB_NUDGE_SECONDS
    OrmQ.objects.all().delete()
    assert [sweep(seconds) for seconds in (1, quiet - 1, quiet, quiet + 1, 2 * quiet)] == [0, 0, 1, 0, 1]
    assert nudges() == [(job.pk,)] * 2


@pytest.mark.django_db
def test_sweep_adds_no_nudges_to_a_queue_that_is_behind(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(jobs, "BACKLOG", 3)
    for number in range(5):
        enqueue(f"job {number}")
    assert sweep(settings.JOB_NUDGE_SECONDS) == 0
    OrmQ.objects.filter(pk__in=OrmQ.objects.values("pk")[:3]).delete()
    assert sweep(settings.JOB_NUDGE_SECONDS) == 5


@pytest.mark.django_db
def test_job_that_was_given_up_starts_anew_by_a_person(worker: Worker) -> None:
    worker.act = stumble
    job = run(enqueue(max_attempts=1))
    worker.act = give(None)
    jobs.retry(job, actor=STAFF)
    assert (job.status, job.attempts, job.finished_at) == (JobStatus.WAITING, 0, None)
    assert nudges() == [(job.pk,)] * 2
    assert run(job).status == JobStatus.DONE
    assert JournalEntry.objects.get(verb="core.job.retried").subject_ref == str(job.pk)


@pytest.mark.django_db
def test_only_a_job_that_was_given_up_is_started_anew() -> None:
    job = run(enqueue())
    with pytest.raises(Conflict, match="완료"):
        jobs.retry(job, actor=STAFF)
    assert (Job.objects.get().status, len(nudges())) == (JobStatus.DONE, 1)
    assert not JournalEntry.objects.filter(verb="core.job.retried").exists()


@pytest.mark.django_db
def test_starting_a_job_shows_that_the_queue_moves(worker: Worker) -> None:
    run(enqueue(), 5)
    assert last_beat(CLUSTER) == after(5)


@pytest.mark.django_db
def test_beat_is_asked_for_only_where_nothing_has_shown_life_lately(settings: Any) -> None:
    every = settings.SERVE_HEARTBEAT_SECONDS
    assert jobs.ask_for_beat(now=NOW)
    assert [task.task["func"] for task in OrmQ.objects.all()] == ["core.jobs.beat"]
    jobs.beat({})
    assert last_beat(CLUSTER) == NOW
    assert not jobs.ask_for_beat(now=after(every - 1))
    with at(every) as now:
        assert jobs.ask_for_beat(now=now)


@pytest.mark.django_db
def test_beats_do_not_pile_up_where_nobody_reads_the_queue() -> None:
    asked = [jobs.ask_for_beat(now=after(number)) for number in range(50)]
    assert sum(asked) == OrmQ.objects.count() == jobs.BEATS_WAITING


@pytest.mark.django_db
def test_heartbeat_never_goes_back() -> None:
    def beats(*moments: datetime) -> datetime | None:
        for moment in moments:
            beat_now("part", at=moment)
        return last_beat("part")

    assert beats(after(9), NOW) == after(9)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_nudges_doubled_at_once_run_the_job_once(worker: Worker) -> None:
    job = enqueue()
    together(*[lambda: jobs.run_job(job.pk)] * 6)
    job.refresh_from_db()
    assert (len(worker.seen), job.attempts, job.status) == (1, 1, JobStatus.DONE)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_sweeps_at_once_nudge_each_job_once(settings: Any) -> None:
    for number in range(10):
        enqueue(f"job {number}", not_before=after(1))
    moved = together(*[lambda: jobs.sweep(now=after(1))] * 4)
    assert (sum(moved), len(nudges())) == (10, 10)
