"""Every pair of states of messages, effects and jobs, allowed or refused, and the waits between attempts."""

from itertools import product

import pytest
from django.db.models import TextChoices

from core.choices import EffectStatus, JobStatus, OutboxStatus
from core.models import Effect, Job, OutboxMessage
from core.rules import EFFECT_STEPS, FIRST_VALUES, JOB_STEPS, OUTBOX_STEPS, wait_after
from core.tests.running import NOW

#: Each status with the statuses that may follow it.
OUTBOX = {
    "pending": "sending delivered parked cancelled",
    "sending": "sending delivered pending parked cancelled",
    "delivered": "pending",
    "parked": "pending delivered cancelled",
    "cancelled": "",
}
EFFECT = {
    "asked": "queued parked superseded",
    "queued": "sent confirmed failed parked superseded",
    "sent": "queued confirmed failed parked superseded",
    "parked": "confirmed failed superseded",
    "failed": "confirmed",
    "confirmed": "",
    "superseded": "",
}
JOB = {
    "waiting": "running given_up",
    "running": "running done waiting given_up",
    "given_up": "waiting",
    "done": "",
}


@pytest.mark.parametrize(
    ("choices", "steps", "wanted"),
    [
        pytest.param(OutboxStatus, OUTBOX_STEPS, OUTBOX, id="outbox"),
        pytest.param(EffectStatus, EFFECT_STEPS, EFFECT, id="effect"),
        pytest.param(JobStatus, JOB_STEPS, JOB, id="job"),
    ],
)
def test_every_pair_is_allowed_or_refused_as_said(
    choices: type[TextChoices], steps: dict[str, frozenset[str]], wanted: dict[str, str]
) -> None:
    pairs = {(one, other): other in steps[one] for one, other in product(choices, choices)}
    assert pairs == {(one, other): other in wanted[one].split() for one, other in product(choices, choices)}


def before(status: str, wanted: dict[str, str]) -> list[str]:
    """The statuses from which that one may be reached."""
    return sorted(current for current, following in wanted.items() if status in following.split())


@pytest.mark.django_db
@pytest.mark.parametrize("status", OutboxStatus)
def test_messages_that_may_take_a_step_are_those_the_table_names(status: OutboxStatus) -> None:
    facts = {"channel": "x", "destination": "x", "message_type": "x", "payload": {}, "not_before": NOW}
    for current in OutboxStatus:
        OutboxMessage.objects.create(key=current, status=current, **facts)
    assert sorted(row.status for row in OutboxMessage.objects.may_become(status)) == before(status, OUTBOX)


@pytest.mark.django_db
@pytest.mark.parametrize("status", EffectStatus)
def test_effects_that_may_take_a_step_are_those_the_table_names(status: EffectStatus) -> None:
    facts = {"carrier": "x", "destination": "x", "kind": "x", "payload": {}, "source_type": "x", "source_ref": "x"}
    for current in EffectStatus:
        Effect.objects.create(target=current, version=1, status=current, not_before=NOW, **facts)
    assert sorted(row.status for row in Effect.objects.may_become(status)) == before(status, EFFECT)


@pytest.mark.django_db
@pytest.mark.parametrize("status", JobStatus)
def test_jobs_that_may_take_a_step_are_those_the_table_names(status: JobStatus) -> None:
    for current in JobStatus:
        Job.objects.create(kind="x", key=current, status=current, not_before=NOW)
    assert sorted(row.status for row in Job.objects.may_become(status)) == before(status, JOB)


def test_each_wait_follows_its_attempt_and_the_last_holds() -> None:
    assert [wait_after(attempts, [30, 120, 600]) for attempts in (1, 2, 3, 4, 9)] == [30, 120, 600, 600, 600]


def test_message_is_parked_after_the_first_attempt_and_one_after_each_wait() -> None:
    waits = FIRST_VALUES["outbox_retry_seconds"]
    assert isinstance(waits, list)
    assert FIRST_VALUES["outbox_park_after"] == 1 + len(waits)
