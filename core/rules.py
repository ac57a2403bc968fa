"""The ground floor's own numbers, and which steps its rows may take. Pure."""

from collections.abc import Mapping, Sequence
from typing import Final

from core.choices import ApprovalStatus, EffectStatus, JobStatus, OutboxStatus

#: First values of the area "core". Each is our own choice; where something was measured or is said elsewhere, the
#: comment names it.
FIRST_VALUES: Final[Mapping[str, object]] = {
    # Waits between deliveries of one message, in seconds: quick for a hiccup, then out of the way of an outage.
    "outbox_retry_seconds": [30, 120, 600, 3_600, 10_800, 21_600, 43_200],
    # Deliveries tried before a message is parked for a person: the first and one after each wait, some 22 hours.
    "outbox_park_after": 8,
    # Webhooks have waits of their own, each followed by a delivery: the example schedule of Standard Webhooks
    # ("Deliverability and reliability"), its last wait 20 hours instead of 24, so that the last delivery is tried 71.5
    # hours after the first (issue 4: over three days). No jitter: deliveries of a channel go one after the other, and a
    # destination that fails is left alone for the round.
    "webhook_retry_seconds": [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 72_000],
    # As long as a receiver may ask us to stay away (Retry-After): half a working day, so that it cannot talk a message
    # past the days above.
    "retry_after_most_seconds": 21_600,
    # How long it is kept how each delivery went. What was delivered, and when, stands in the message for good.
    "attempt_days": 90,
    # How long a marketplace may take to confirm an effect before it is asked again.
    "effect_confirm_seconds": 600,
    # How often an unconfirmed effect is sent again before a person is asked.
    "effect_resend_limit": 5,
    # Waits between runs of one job that fails: it is our own work, so sooner than what others must repair.
    "job_retry_seconds": [5, 30, 120, 600],
    # How long a decision's effects stay in the house, so that it can be undone (design.md, core.Effect: 20 seconds).
    "undo_seconds": 20,
    # A checkpoint is due after so many seals, or after so many seconds with a new one: what could be cut off the end
    # of the journal unseen is never more than this.
    "checkpoint_entries": 1_000,
    "checkpoint_seconds": 300,
    # An entry that has waited this long for its seal is reported by verify_journal; the sealer runs every second.
    "unsealed_after_seconds": 60,
}

#: Every step of an approval. A decided one stays as it is; who changes their mind asks anew.
APPROVAL_STEPS: Final[Mapping[ApprovalStatus, frozenset[ApprovalStatus]]] = {
    ApprovalStatus.REQUESTED: frozenset(
        {ApprovalStatus.APPROVED, ApprovalStatus.REFUSED, ApprovalStatus.WITHDRAWN},
    ),
    ApprovalStatus.APPROVED: frozenset(),
    ApprovalStatus.REFUSED: frozenset(),
    ApprovalStatus.WITHDRAWN: frozenset(),
}

#: Every step of a message. A lease that ran out is a step from ``sending`` to itself; a delivery that outlived its
#: lease is a fact, so it may still be written over what another courier made of the message meanwhile.
OUTBOX_STEPS: Final[Mapping[OutboxStatus, frozenset[OutboxStatus]]] = {
    OutboxStatus.PENDING: frozenset(
        {OutboxStatus.SENDING, OutboxStatus.DELIVERED, OutboxStatus.PARKED, OutboxStatus.CANCELLED}
    ),
    # From ``sending`` to ``cancelled`` only by itself: its time was over before the next attempt.
    OutboxStatus.SENDING: frozenset(
        {
            OutboxStatus.SENDING,
            OutboxStatus.DELIVERED,
            OutboxStatus.PENDING,
            OutboxStatus.PARKED,
            OutboxStatus.CANCELLED,
        }
    ),
    OutboxStatus.DELIVERED: frozenset({OutboxStatus.PENDING}),
    OutboxStatus.PARKED: frozenset({OutboxStatus.PENDING, OutboxStatus.DELIVERED, OutboxStatus.CANCELLED}),
    OutboxStatus.CANCELLED: frozenset(),
}

#: Every step of an effect. What is confirmed or superseded stays so; a confirmation outweighs an earlier failure.
EFFECT_STEPS: Final[Mapping[EffectStatus, frozenset[EffectStatus]]] = {
    EffectStatus.ASKED: frozenset({EffectStatus.QUEUED, EffectStatus.PARKED, EffectStatus.SUPERSEDED}),
    EffectStatus.QUEUED: frozenset(
        {
            EffectStatus.SENT,
            EffectStatus.CONFIRMED,
            EffectStatus.FAILED,
            EffectStatus.PARKED,
            EffectStatus.SUPERSEDED,
        }
    ),
    EffectStatus.SENT: frozenset(
        {
            EffectStatus.QUEUED,
            EffectStatus.CONFIRMED,
            EffectStatus.FAILED,
            EffectStatus.PARKED,
            EffectStatus.SUPERSEDED,
        }
    ),
    EffectStatus.PARKED: frozenset({EffectStatus.CONFIRMED, EffectStatus.FAILED, EffectStatus.SUPERSEDED}),
    EffectStatus.FAILED: frozenset({EffectStatus.CONFIRMED}),
    EffectStatus.CONFIRMED: frozenset(),
    EffectStatus.SUPERSEDED: frozenset(),
}

#: Every step of a job. A lease that ran out is a step from ``running`` to itself.
JOB_STEPS: Final[Mapping[JobStatus, frozenset[JobStatus]]] = {
    JobStatus.WAITING: frozenset({JobStatus.RUNNING, JobStatus.GIVEN_UP}),
    JobStatus.RUNNING: frozenset({JobStatus.RUNNING, JobStatus.DONE, JobStatus.WAITING, JobStatus.GIVEN_UP}),
    JobStatus.GIVEN_UP: frozenset({JobStatus.WAITING}),
    JobStatus.DONE: frozenset(),
}


def wait_after(attempts: int, waits: Sequence[int]) -> int:
    """Seconds until the next attempt after that many; the last wait holds for all later ones."""
    return waits[min(attempts, len(waits)) - 1]
