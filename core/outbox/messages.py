"""Writing messages, sending them again, and taking back what has not left."""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from core import journal
from core.actors import Actor
from core.canonical import plain
from core.choices import OutboxStatus
from core.errors import Conflict
from core.journal.entries import Subject, name_of
from core.models import OutboxMessage
from core.querysets import OutboxQuerySet


def post(
    *,
    channel: str,
    destination: str,
    message_type: str,
    payload: Mapping[str, object],
    key: str,
    subject: Subject | None = None,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
) -> OutboxMessage:
    """Write one message in the caller's transaction. The same key twice gives the row of the first call.

    From ``expires_at`` on it is not sent any more, and nobody is asked to see to it. Raises ``LookupError`` for a
    channel that has no transport.
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
        "expires_at": expires_at,
    }
    return OutboxMessage.objects.get_or_create(key=key, defaults=facts)[0]


def retry(message: OutboxMessage, *, actor: Actor | None) -> OutboxMessage:
    """Send a parked message again, with its attempts counted anew. Raises ``Conflict`` where it is not parked.

    The message of an effect is not retried by itself: a newer version of the effect is asked for instead, so that
    order on the target is kept (``core.effects.retry``).
    """
    _require_no_effect(message)
    with transaction.atomic():
        parked = OutboxMessage.objects.parked().filter(pk=message.pk)
        if parked.update(status=OutboxStatus.PENDING, attempts=0, not_before=timezone.now()) != 1:
            raise _not(message, "다시 보내지 않았습니다.", "멈춘 발신만 다시 보낼 수 있습니다.")
        message.refresh_from_db()
        journal.record("core.outbox.retried", actor=actor, subject=message, details={"error": message.last_error})
    return message


def resend(message: OutboxMessage, *, actor: Actor | None) -> OutboxMessage:
    """Send a parked or delivered message once more under the same key, so that its receiver recognises a repeat.

    Raises ``Conflict`` where it is under way, was cancelled or has expired, and for the message of an effect, as
    ``retry`` does.
    """
    _require_no_effect(message)
    now = timezone.now()
    with transaction.atomic():
        rows = OutboxMessage.objects.may_become(OutboxStatus.PENDING).not_expired(now).filter(pk=message.pk)
        sendable = rows.exclude(status=OutboxStatus.SENDING)
        was = sendable.values_list("status", flat=True).first()
        again = sendable.filter(status=was).update(status=OutboxStatus.PENDING, attempts=0, not_before=now)
        if was is None or again != 1:
            raise _not(
                message, "다시 보내지 않았습니다.", "보낼 기한이 남은, 보냈거나 멈춘 발신만 다시 보낼 수 있습니다."
            )
        message.refresh_from_db()
        journal.record("core.outbox.resent", actor=actor, subject=message, details={"was": was})
    return message


def cancel(message: OutboxMessage, *, actor: Actor | None = None) -> OutboxMessage:
    """Keep a message from being sent, or sent again. Raises ``Conflict`` where it is being sent or was delivered."""
    with transaction.atomic():
        if not cancel_where(message, OutboxMessage.objects.idle(), actor=actor):
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


def _require_no_effect(message: OutboxMessage) -> None:
    if message.effects.exists():
        raise Conflict(
            "다시 보내지 않았습니다.",
            "조치 효과에 딸린 발신은 따로 다시 보낼 수 없습니다.",
            "조치 효과 화면에서 다시 요청해 주세요.",
        )


def _not(message: OutboxMessage, what: str, why: str) -> Conflict:
    message.refresh_from_db()
    status = OutboxStatus(message.status).label
    return Conflict(what, f"{why} 지금 상태는 {status}입니다.", "발신함에서 지금 상태를 확인해 주세요.")
