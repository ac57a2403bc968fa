"""Notices that a marketplace delivers for us to a user whose address it keeps to itself, and what it says of them.

It is asked by the ``notify`` webhook and answers ``notify.delivered`` or ``notify.failed``. Taking the webhook is not
delivering the notice: legal periods run from the moment that the marketplace names.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction

from accounts import webhooks
from accounts.choices import RecipientKind, Relays, RelayStatus
from accounts.endpoints import hears
from accounts.models import Marketplace, RelayedNotice
from accounts.signatures import TOLERANCE_SECONDS
from core import outbox, rulesets
from core.actors import Actor
from core.errors import DomainError
from core.journal import record
from core.journal.entries import Subject
from core.models import OutboxMessage

EVENT: Final = "notify"
UNANSWERED: Final = "마켓플레이스가 기한 안에 답하지 않았습니다."
NEVER_LEFT: Final = "마켓플레이스에 요청이 전달되지 않았습니다."
REASON_LENGTH: Final = 300
#: Notices looked at in one turn of the chore.
_ROUND: Final = 200


@dataclass(frozen=True, slots=True)
class Recipient:
    """A user of a marketplace, by the marketplace's own name for it. ``has_address``: we can write to it ourselves."""

    kind: RecipientKind
    ref: str
    has_address: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What the user reads. ``link`` is the user's own key, of which the marketplace becomes the carrier."""

    kind: str
    language: str
    subject: str
    sections: Sequence[object]
    text: str
    link: str = ""


def is_wanted(marketplace: Marketplace, recipient: Recipient) -> bool:
    """Whether the marketplace has chosen to deliver what such a user is told: for its sellers by a setting, for a buyer
    by keeping the address to itself (``notify_by_marketplace`` of an order)."""
    if recipient.kind == RecipientKind.BUYER:
        return not recipient.has_address
    if marketplace.relays_to_sellers == Relays.NOBODY:
        return False
    return marketplace.relays_to_sellers == Relays.ALL or not recipient.has_address


def reaches(marketplace: Marketplace, recipient: Recipient) -> bool:
    """Whether the marketplace would be asked, and somebody there would hear of it."""
    return is_wanted(marketplace, recipient) and hears(marketplace, EVENT)


@transaction.atomic
def ask(
    marketplace: Marketplace,
    recipient: Recipient,
    told: Told,
    *,
    key: str,
    subject: Subject,
    leaves_at: datetime,
    now: datetime,
    actor: Actor | None,
) -> RelayedNotice | None:
    """Ask the marketplace to deliver a notice; ``None`` where it has not chosen to, or nobody there would hear of it.

    The same key twice is the row of the first call.
    """
    if not reaches(marketplace, recipient):
        return None
    known = RelayedNotice.objects.filter(key=key).first()
    if known is not None:
        return known
    hours = rulesets.current("webhooks").number("notify_deliver_hours")
    draft = RelayedNotice(
        marketplace=marketplace,
        recipient_kind=recipient.kind,
        recipient_ref=recipient.ref,
        key=key,
        asked_at=now,
        deliver_by=leaves_at + timedelta(hours=hours),
    )
    try:
        with transaction.atomic():
            draft.save(force_insert=True)
    except IntegrityError:
        return RelayedNotice.objects.get(key=key)
    sent = webhooks.tell(
        marketplace,
        EVENT,
        _payload(draft, told),
        key=key,
        subject=subject,
        not_before=leaves_at,
        expires_at=draft.deliver_by,
    )
    # None only where the address was switched off at this moment: it is then given up when its time is over.
    draft.message = sent[0] if sent else None
    draft.save(update_fields=["message"])
    details = {"recipient": recipient.kind.value, "kind": told.kind, "deliver_by": draft.deliver_by}
    record("accounts.relayed_notice.asked", actor=actor, subject=draft, details=details, at=now)
    return draft


def _payload(relay: RelayedNotice, told: Told) -> dict[str, object]:
    return {
        "notify": relay.pk,
        "recipient": {"kind": relay.recipient_kind, "ref": relay.recipient_ref},
        "notice": told.kind,
        "language": told.language,
        "subject": told.subject,
        "sections": list(told.sections),
        "text": told.text,
        "link": told.link,
        "deliver_by": relay.deliver_by,
    }


# -- what the marketplace says ----------------------------------------------------------------------------------------


def confirm(
    relay_id: int, *, marketplace: Marketplace, delivered_at: datetime | None, now: datetime, actor: Actor | None
) -> RelayedNotice:
    """The user has got it, at that time (or now). Twice is once; it outweighs an earlier failure.

    Raises ``DomainError`` for a notice that the marketplace was not asked to deliver, and for a time before it was
    asked or still to come.
    """
    relay = _of(marketplace, relay_id)
    at = delivered_at or now
    if at > now + timedelta(seconds=TOLERANCE_SECONDS) or at < relay.asked_at:
        raise DomainError(
            "답을 반영하지 않았습니다.",
            "delivered_at이 요청한 시각보다 이르거나 아직 오지 않은 시각입니다.",
            "이용자에게 도달한 시각을 시간대와 함께 보내 주세요.",
            code="bad_time",
        )
    with transaction.atomic():
        rows = RelayedNotice.objects.may_become(RelayStatus.DELIVERED).filter(pk=relay.pk)
        if rows.update(status=RelayStatus.DELIVERED, delivered_at=min(at, now), reason=""):
            _arrived(relay, now)
            details = {"was": relay.status, "delivered_at": min(at, now)}
            record("accounts.relayed_notice.delivered", actor=actor, subject=relay, details=details, at=now)
    relay.refresh_from_db()
    return relay


def fail(relay_id: int, *, marketplace: Marketplace, reason: str, now: datetime, actor: Actor | None) -> RelayedNotice:
    """The marketplace could not deliver it. Harmless where it was delivered or had failed before.

    Raises ``DomainError`` as ``confirm`` does.
    """
    relay = _of(marketplace, relay_id)
    with transaction.atomic():
        if _give_up(relay, reason, now=now, actor=actor):
            _arrived(relay, now)
    relay.refresh_from_db()
    return relay


def give_up_unanswered(*, now: datetime) -> int:
    """Notices that were not delivered in time, or whose request will never leave. A chore."""
    rows = RelayedNotice.objects.unanswered_in_time(at=now).order_by("deliver_by").select_related("message")
    given_up = 0
    for relay in rows[:_ROUND]:
        with transaction.atomic():
            reason = UNANSWERED if relay.message is not None and relay.message.delivered_at else NEVER_LEFT
            given_up += _give_up(relay, reason, now=now, actor=None)
            if relay.message is not None:
                outbox.cancel_where(relay.message, OutboxMessage.objects.waiting(), actor=None)
    return given_up


def _give_up(relay: RelayedNotice, reason: str, *, now: datetime, actor: Actor | None) -> bool:
    rows = RelayedNotice.objects.may_become(RelayStatus.FAILED).filter(pk=relay.pk)
    if not rows.update(status=RelayStatus.FAILED, failed_at=now, reason=reason[:REASON_LENGTH]):
        return False
    # The marketplace's words may name the user: staff read them on the row, the journal keeps for ever.
    details = {"was": relay.status, "by": actor.kind if actor is not None else "system"}
    record("accounts.relayed_notice.failed", actor=actor, subject=relay, details=details, at=now)
    return True


def _of(marketplace: Marketplace, relay_id: int) -> RelayedNotice:
    relay = RelayedNotice.objects.filter(pk=relay_id, marketplace=marketplace).select_related("message").first()
    if relay is None:
        raise DomainError(
            "답을 반영하지 않았습니다.",
            f"번호가 {relay_id}인 통지를 맡긴 적이 없습니다.",
            "웹훅에 적힌 notify를 그대로 돌려보내 주세요.",
            code="unknown_notify",
        )
    return relay


def _arrived(relay: RelayedNotice, now: datetime) -> None:
    """Who answers has the request: it need not be sent again."""
    if relay.message is not None:
        outbox.note_arrived(relay.message, at=now)
