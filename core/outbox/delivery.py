"""Delivering what is due: leased, handed to its transport, and written down how it went."""

import logging
import secrets
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from core import attempts, journal, rulesets
from core.choices import AttemptOutcome, OutboxStatus
from core.models import OutboxMessage
from core.outbox.messages import note_arrived
from core.outbox.transports import DeliveryFailed, Receipt, Transport
from core.rule_values import RuleValues
from core.rules import wait_after

logger = logging.getLogger(__name__)

#: A delivery lasts seconds (each transport has its own timeouts); after this long its courier is taken for dead.
LEASE: Final = timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)
#: A round ends after this long, so that one slow receiver does not hold up what is counted from the round's start.
ROUND_SECONDS: Final = 20.0
#: What is kept of an error.
ERROR_LENGTH: Final = 2_000
VANISHED: Final = "보내는 도중에 프로세스가 멈췄습니다."
EXPIRED: Final = "보낼 기한이 지났습니다."
#: Messages of a destination that one answer may ask to wait.
HELD_AT_ONCE: Final = 10_000


@dataclass(frozen=True, slots=True)
class Patience:
    """The waits after each failure of a channel, and how many deliveries are tried before a person is asked."""

    waits: tuple[int, ...]
    most: int

    @classmethod
    def of(cls, channel: str, rules: RuleValues) -> "Patience":
        """A channel's own waits (``webhook_retry_seconds``), or those of all."""
        own = f"{channel}_retry_seconds"
        if own in rules.values:
            waits = rules.numbers(own)
            return cls(waits, len(waits) + 1)
        return cls(rules.numbers("outbox_retry_seconds"), rules.number("outbox_park_after"))


def deliver_due(
    *,
    now: datetime,
    limit: int = 50,
    channels: Collection[str] | None = None,
    after_each: Callable[[], bool] = lambda: True,
) -> int:
    """Deliver what is due, up to ``limit`` messages or 20 seconds. Returns how many were delivered.

    A destination that fails is left alone for the rest of the round: what waits for others must not wait for it.
    ``after_each`` is called between messages and ends the round by returning false.
    """
    ends_at = time.monotonic() + ROUND_SECONDS
    open_channels = frozenset(settings.OUTBOX_TRANSPORTS) if channels is None else frozenset(channels)
    rules = rulesets.current("core")
    delivered, failing = 0, set[tuple[str, str]]()
    for _ in range(limit):
        message = _claim_next(now, open_channels, failing, rules=rules)
        if message is None:
            break
        if _deliver(message, now):
            delivered += 1
        else:
            failing.add((message.channel, message.destination))
        if not after_each() or time.monotonic() > ends_at:
            break
    return delivered


def _claim_next(
    now: datetime, channels: Collection[str], failing: Collection[tuple[str, str]], *, rules: RuleValues
) -> OutboxMessage | None:
    """The oldest due message, leased to the caller, its attempt counted and committed; ``None`` if there is none."""
    rows = OutboxMessage.objects.due(now).filter(channel__in=channels)
    for channel, destination in failing:
        rows = rows.exclude(channel=channel, destination=destination)
    # Looked at first without a transaction: on SQLite an immediate one takes the only write lock, each second.
    while rows.exists():
        with transaction.atomic():
            message = rows.oldest_first().passing_over_locked().first()
            if message is None:
                return None
            _note_vanished(message)
            if message.expires_at is not None and message.expires_at <= now:
                _expire(message, message.last_error or EXPIRED)
            elif message.attempts < Patience.of(message.channel, rules).most:
                return message if _lease(message, now) else None
            else:
                _park(message, message.last_error or VANISHED)
    return None


def _note_vanished(message: OutboxMessage) -> None:
    """The lease of an earlier courier ran out: that delivery ended, nobody knows how."""
    if message.status == OutboxStatus.SENDING and message.lease_until is not None:
        began = message.lease_until - LEASE
        attempts.note(message, AttemptOutcome.VANISHED, started_at=began, seconds=None, said=VANISHED)


def _lease(message: OutboxMessage, now: datetime) -> bool:
    """Take the message by compare-and-set: what SKIP LOCKED does on PostgreSQL holds on SQLite too."""
    seen = OutboxMessage.objects.may_become(OutboxStatus.SENDING).filter(
        pk=message.pk, attempts=message.attempts, lease_token=message.lease_token
    )
    message.status = OutboxStatus.SENDING
    message.attempts, message.tries = message.attempts + 1, message.tries + 1
    message.lease_token, message.lease_until = secrets.token_hex(16), now + LEASE
    taken = seen.update(
        status=message.status,
        attempts=message.attempts,
        tries=message.tries,
        lease_token=message.lease_token,
        lease_until=message.lease_until,
    )
    return taken == 1


def _deliver(message: OutboxMessage, now: datetime) -> bool:
    """Hand the message to its transport, with no transaction open, and write down how it went."""
    started_at, clock = timezone.now(), time.monotonic()
    answer = _hand_over(message)
    seconds = time.monotonic() - clock
    if isinstance(answer, Receipt):
        with transaction.atomic():
            _note(message, AttemptOutcome.DELIVERED, answer, started_at, seconds)
            note_arrived(message, at=timezone.now())
        return True
    with transaction.atomic():
        _note(message, AttemptOutcome.FAILED, answer, started_at, seconds, answer.reason)
        _note_failure(message, answer, now=now)
    _hold_destination(message, answer, now=now)
    return False


def _hand_over(message: OutboxMessage) -> Receipt | DeliveryFailed:
    try:
        transport: Transport = import_string(settings.OUTBOX_TRANSPORTS[message.channel])
        return transport(message) or Receipt()
    except DeliveryFailed as problem:
        return problem
    except Exception as problem:
        # A transport's own mistake must not stop the courier, nor lose the message.
        logger.exception("delivery of outbox message %s raised", message.pk)
        return DeliveryFailed(f"{type(problem).__name__}: {problem}")


def _note(
    message: OutboxMessage,
    outcome: AttemptOutcome,
    answer: Receipt | DeliveryFailed,
    started_at: datetime,
    seconds: float,
    said: str = "",
) -> None:
    code = answer.status_code
    attempts.note(message, outcome, started_at=started_at, seconds=seconds, status_code=code, said=said)


def _note_failure(message: OutboxMessage, failure: DeliveryFailed, *, now: datetime) -> None:
    """Put it back for later, or park it. Where the lease was lost, whoever has it now writes down the outcome."""
    rules = rulesets.current("core")
    patience = Patience.of(message.channel, rules)
    is_over = failure.permanent or message.attempts >= patience.most
    wait = timedelta(seconds=max(wait_after(message.attempts, patience.waits), _asked_wait(failure, rules)))
    if message.expires_at is not None and (is_over or now + wait >= message.expires_at):
        _expire(message, failure.reason)
    elif is_over:
        _park(message, failure.reason)
    else:
        OutboxMessage.objects.leased_as(message.lease_token).filter(pk=message.pk).update(
            status=OutboxStatus.PENDING,
            not_before=now + wait,
            lease_until=None,
            last_error=_storable(failure.reason),
        )


def _asked_wait(failure: DeliveryFailed, rules: RuleValues) -> float:
    """As long as the receiver asks to be left alone, within what is sensible."""
    asked = failure.retry_after or 0
    return min(max(asked, 0), rules.number("retry_after_most_seconds"))


def _hold_destination(message: OutboxMessage, failure: DeliveryFailed, *, now: datetime) -> None:
    """A receiver that asks to be left alone is left alone by everything that waits for it."""
    if failure.retry_after is None:
        return
    until = now + timedelta(seconds=_asked_wait(failure, rulesets.current("core")))
    sooner = OutboxMessage.objects.waiting().filter(
        channel=message.channel, destination=message.destination, not_before__lt=until
    )
    with transaction.atomic():
        # In the order of their keys, and past what another courier holds: two that do this at once must not lock up.
        held = list(sooner.order_by("pk").passing_over_locked().values_list("pk", flat=True)[:HELD_AT_ONCE])
        sooner.filter(pk__in=held).update(not_before=until)


def _expire(message: OutboxMessage, reason: str) -> None:
    """Give up what is worth nothing any more. Nobody is asked: nobody could do anything with it."""
    rows = OutboxMessage.objects.may_become(OutboxStatus.CANCELLED).filter(
        pk=message.pk, lease_token=message.lease_token
    )
    if rows.update(status=OutboxStatus.CANCELLED, lease_until=None, last_error=_storable(reason)) == 1:
        details = {"attempts": message.attempts, "type": message.message_type}
        journal.record("core.outbox.expired", actor=None, subject=message, details=details)


def _park(message: OutboxMessage, reason: str) -> None:
    rows = OutboxMessage.objects.may_become(OutboxStatus.PARKED).filter(pk=message.pk, lease_token=message.lease_token)
    if rows.update(status=OutboxStatus.PARKED, lease_until=None, last_error=_storable(reason)) != 1:
        return
    details = {"attempts": message.attempts, "error": _storable(reason), "type": message.message_type}
    journal.record("core.outbox.parked", actor=None, subject=message, details=details)
    logger.error("outbox message %s is parked after %s attempts: %s", message.pk, message.attempts, reason)


def _storable(reason: str) -> str:
    """An error as text that both databases and the journal can hold."""
    return reason.encode("utf-8", "replace").decode().replace("\0", "�")[:ERROR_LENGTH]
