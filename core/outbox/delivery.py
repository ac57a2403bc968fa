"""Delivering what is due: leased, handed to its transport, and written down how it went."""

import logging
import secrets
import time
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from core import journal, rulesets
from core.choices import OutboxStatus
from core.models import OutboxMessage
from core.outbox.messages import note_arrived
from core.outbox.transports import DeliveryFailed, Transport
from core.rules import wait_after

logger = logging.getLogger(__name__)

#: A delivery lasts seconds (each transport has its own timeouts); after this long its courier is taken for dead.
LEASE: Final = timedelta(seconds=180)
#: A round ends after this long, so that one slow receiver does not hold up what is counted from the round's start.
ROUND_SECONDS: Final = 20.0
#: What is kept of an error.
ERROR_LENGTH: Final = 2_000
VANISHED: Final = "보내는 도중에 프로세스가 멈췄습니다."


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
    park_after = rulesets.current("core").number("outbox_park_after")
    delivered, failing = 0, set[tuple[str, str]]()
    for _ in range(limit):
        message = _claim_next(now, open_channels, failing, park_after=park_after)
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
    now: datetime, channels: Collection[str], failing: Collection[tuple[str, str]], *, park_after: int
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
            if message.attempts < park_after:
                return message if _lease(message, now) else None
            _park(message, message.last_error or VANISHED)
    return None


def _lease(message: OutboxMessage, now: datetime) -> bool:
    """Take the message by compare-and-set: what SKIP LOCKED does on PostgreSQL holds on SQLite too."""
    seen = OutboxMessage.objects.may_become(OutboxStatus.SENDING).filter(
        pk=message.pk, attempts=message.attempts, lease_token=message.lease_token
    )
    message.status, message.attempts = OutboxStatus.SENDING, message.attempts + 1
    message.lease_token, message.lease_until = secrets.token_hex(16), now + LEASE
    taken = seen.update(
        status=message.status,
        attempts=message.attempts,
        lease_token=message.lease_token,
        lease_until=message.lease_until,
    )
    return taken == 1


def _deliver(message: OutboxMessage, now: datetime) -> bool:
    """Hand the message to its transport, with no transaction open, and write down how it went."""
    try:
        transport: Transport = import_string(settings.OUTBOX_TRANSPORTS[message.channel])
        transport(message)
    except DeliveryFailed as problem:
        _note_failure(message, problem.reason, now=now, permanent=problem.permanent)
        return False
    except Exception as problem:
        # A transport's own mistake must not stop the courier, nor lose the message.
        logger.exception("delivery of outbox message %s raised", message.pk)
        _note_failure(message, f"{type(problem).__name__}: {problem}", now=now, permanent=False)
        return False
    note_arrived(message, at=timezone.now())
    return True


def _note_failure(message: OutboxMessage, reason: str, *, now: datetime, permanent: bool) -> None:
    """Put it back for later, or park it. Where the lease was lost, whoever has it now writes down the outcome."""
    rules = rulesets.current("core")
    with transaction.atomic():
        if permanent or message.attempts >= rules.number("outbox_park_after"):
            _park(message, reason)
            return
        wait = wait_after(message.attempts, rules.numbers("outbox_retry_seconds"))
        OutboxMessage.objects.leased_as(message.lease_token).filter(pk=message.pk).update(
            status=OutboxStatus.PENDING,
            not_before=now + timedelta(seconds=wait),
            lease_until=None,
            last_error=_storable(reason),
        )


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
