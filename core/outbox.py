"""How anything leaves the house: messages written with the change that owes them, delivered at least once.

A message carries one key for all its deliveries, so that a receiver recognises a repeat. Attempts are counted and
committed before the delivery starts, and no transaction is open while it lasts. A courier that dies in the middle
leaves a lease that runs out; the message is then sent again. What keeps failing is parked for a person.
"""

import logging
import secrets
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from core import journal, rulesets
from core.actors import Actor
from core.canonical import plain
from core.choices import OutboxStatus
from core.errors import Conflict
from core.journal.entries import Subject, name_of
from core.models import OutboxMessage
from core.querysets import OutboxQuerySet
from core.rules import wait_after

Transport = Callable[[OutboxMessage], None]

logger = logging.getLogger(__name__)

#: A delivery lasts seconds (each transport has its own timeouts); after this long its courier is taken for dead.
LEASE: Final = timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)
#: A round ends after this long, so that one slow receiver does not hold up what is counted from the round's start.
ROUND_SECONDS: Final = 20.0
#: What is kept of an error.
ERROR_LENGTH: Final = 2_000
VANISHED: Final = "보내는 도중에 프로세스가 멈췄습니다."


@dataclass(frozen=True, slots=True)
class OutboxDraft:
    """A message as a carrier composes it, before it has a key."""

    channel: str
    destination: str
    message_type: str
    payload: Mapping[str, object]


class DeliveryFailed(Exception):
    """A transport could not deliver. ``permanent``: trying again would not help, so a person is asked at once."""

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        self.reason = reason
        self.permanent = permanent
        super().__init__(reason)


def post(
    *,
    channel: str,
    destination: str,
    message_type: str,
    payload: Mapping[str, object],
    key: str,
    subject: Subject | None = None,
    not_before: datetime | None = None,
) -> OutboxMessage:
    """Write one message in the caller's transaction. The same key twice gives the row of the first call.

    Raises ``LookupError`` for a channel that has no transport.
    """
    require_transaction()
    if channel not in settings.OUTBOX_TRANSPORTS:
        raise LookupError(f"no transport is set for channel {channel!r} (OUTBOX_TRANSPORTS)")
    subject_type, subject_ref = name_of(subject) if subject is not None else ("", "")
    facts = {
        "channel": channel,
        "destination": destination,
        "message_type": message_type,
        "payload": plain(dict(payload)),
        "subject_type": subject_type,
        "subject_ref": subject_ref,
        "not_before": not_before or timezone.now(),
    }
    return OutboxMessage.objects.get_or_create(key=key, defaults=facts)[0]


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


def retry(message: OutboxMessage, *, actor: Actor | None) -> OutboxMessage:
    """Send a parked message again, with its attempts counted anew. Raises ``Conflict`` where it is not parked.

    The message of an effect is not retried by itself: a newer version of the effect is asked for instead, so that
    order on the target is kept (``core.effects.retry``).
    """
    if message.effects.exists():
        raise Conflict(
            "다시 보내지 않았습니다.",
            "조치 효과에 딸린 발신은 따로 다시 보낼 수 없습니다.",
            "조치 효과 화면에서 다시 요청해 주세요.",
        )
    with transaction.atomic():
        parked = OutboxMessage.objects.parked().filter(pk=message.pk)
        if parked.update(status=OutboxStatus.PENDING, attempts=0, not_before=timezone.now()) != 1:
            raise _not(message, "다시 보내지 않았습니다.", "멈춘 발신만 다시 보낼 수 있습니다.")
        message.refresh_from_db()
        journal.record("core.outbox.retried", actor=actor, subject=message, details={"error": message.last_error})
    return message


def cancel(message: OutboxMessage, *, actor: Actor | None = None) -> OutboxMessage:
    """Keep a message from being sent, or sent again. Raises ``Conflict`` where it is being sent or was delivered."""
    with transaction.atomic():
        if not cancel_where(message, OutboxMessage.objects.may_become(OutboxStatus.CANCELLED), actor=actor):
            raise _not(message, "발신을 취소하지 않았습니다.", "이미 보냈거나 보내는 중입니다.")
    message.refresh_from_db()
    return message


def cancel_where(message: OutboxMessage, rows: OutboxQuerySet, *, actor: Actor | None) -> bool:
    """Cancel the message if it is among these rows. In the caller's transaction; says whether it was."""
    require_transaction()
    if rows.filter(pk=message.pk).update(status=OutboxStatus.CANCELLED) != 1:
        return False
    details = {"attempts": message.attempts, "type": message.message_type}
    journal.record("core.outbox.cancelled", actor=actor, subject=message, details=details)
    return True


def send_again(message: OutboxMessage, *, now: datetime) -> bool:
    """Put a delivered message back, to be delivered once more under the same key. In the caller's transaction."""
    require_transaction()
    delivered = OutboxMessage.objects.delivered().filter(pk=message.pk)
    return delivered.update(status=OutboxStatus.PENDING, attempts=0, not_before=now) == 1


def note_arrived(message: OutboxMessage, *, at: datetime) -> None:
    """Write down that the message arrived, as its transport or its receiver says.

    It is a fact whatever else was made of the message: the lease may have run out, another courier may have it.
    """
    rows = OutboxMessage.objects.may_become(OutboxStatus.DELIVERED).filter(pk=message.pk)
    rows.update(status=OutboxStatus.DELIVERED, delivered_at=at, lease_until=None, last_error="")


def require_transaction() -> None:
    """What leaves the house is written in the transaction of the change that owes it, or it could leave without it."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("wrap the change and what it asks for in transaction.atomic()")


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


def _not(message: OutboxMessage, what: str, why: str) -> Conflict:
    message.refresh_from_db()
    status = OutboxStatus(message.status).label
    return Conflict(what, f"{why} 지금 상태는 {status}입니다.", "발신함에서 지금 상태를 확인해 주세요.")
