"""What was sent to a marketplace, as staff and the marketplace itself read it; sent again, and tried out.

A body is shown as it was sent, but for what is somebody's own key: a code, a link, the words of a text message.
"""

import json
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from accounts import webhooks
from accounts.events import event, title_of
from accounts.models import Marketplace, WebhookEndpoint
from core import outbox, rulesets
from core.actors import Actor
from core.choices import OutboxStatus
from core.errors import Conflict
from core.journal import record
from core.models import OutboxAttempt, OutboxMessage
from core.querysets import OutboxQuerySet

TEST: Final = "test"
HIDDEN: Final = "(가림)"
_SIGNATURE: Final = "v1,(서명)"


@dataclass(frozen=True, slots=True)
class Choice:
    """Which deliveries are asked for. What is empty asks for all."""

    message_type: str = ""
    status: str = ""
    endpoint: WebhookEndpoint | None = None


def deliveries_of(marketplace: Marketplace, choice: Choice | None = None) -> OutboxQuerySet:
    """Webhooks to that marketplace, newest first."""
    chosen = choice or Choice()
    addresses = [chosen.endpoint] if chosen.endpoint is not None else list(marketplace.endpoints.all())
    places = {place for endpoint in addresses for place in webhooks.destinations_of(marketplace, endpoint)}
    if chosen.endpoint is None:
        places.add(marketplace.slug)
    rows = OutboxMessage.objects.filter(channel=webhooks.CHANNEL, destination__in=sorted(places)).order_by("-id")
    if chosen.message_type:
        rows = rows.filter(message_type=chosen.message_type)
    return rows.filter(status=chosen.status) if chosen.status else rows


def last_attempts(messages: Collection[OutboxMessage]) -> dict[int, OutboxAttempt]:
    """The newest attempt of each message, in one query."""
    rows = OutboxAttempt.objects.filter(message__in=[message.pk for message in messages]).order_by("id")
    return {row.message_id: row for row in rows}


def endpoint_of(message: OutboxMessage, endpoints: Collection[WebhookEndpoint]) -> WebhookEndpoint | None:
    """To which of a marketplace's addresses it goes now."""
    number = message.destination.partition("/")[2]
    for endpoint in endpoints:
        if str(endpoint.pk) == number if number else endpoint.carries_effects:
            return endpoint
    return None


# -- what is shown ----------------------------------------------------------------------------------------------------


def shown_body(message: OutboxMessage) -> str:
    """The body as it is sent, in one line, but for what is hidden."""
    body = webhooks.body_of(message).decode()
    try:
        names = event(message.message_type).private
    except LookupError:
        names = ()
    for name in names:
        body = _hide(body, message.payload.get(name))
    return body


def _hide(body: str, value: Any) -> str:
    """Without the value, wherever it stands. A value that is a mapping loses all of its values."""
    if isinstance(value, dict):
        for each in value.values():
            body = _hide(body, each)
        return body
    if not isinstance(value, str) or not value:
        return body
    return body.replace(json.dumps(value, ensure_ascii=False)[1:-1], HIDDEN)


def shown_headers(message: OutboxMessage, attempt: OutboxAttempt | None, *, secret_count: int) -> dict[str, str]:
    """The headers of an attempt, without the signatures: with the body they could be played again for five minutes."""
    at = int(attempt.started_at.timestamp()) if attempt is not None else 0
    signature = " ".join([_SIGNATURE] * secret_count)
    headers = webhooks.headers_of(message, at=at, signature=signature)
    return headers if attempt is not None else headers | {"webhook-timestamp": ""}


def is_under_way(message: OutboxMessage) -> bool:
    """Whether the next look may find more."""
    return message.status == OutboxStatus.SENDING or (message.status == OutboxStatus.PENDING and message.attempts == 0)


# -- what is done -----------------------------------------------------------------------------------------------------


def why_not_resendable(message: OutboxMessage, *, now: datetime) -> str:
    """Why it cannot be sent again, or nothing."""
    if message.effects.exists():
        return "조치는 순서를 지켜야 하므로 따로 다시 보내지 않습니다. 조치 효과에서 다시 요청해 주세요."
    if message.expires_at is not None and message.expires_at <= now:
        return "보낼 기한이 지나 더 보내지 않습니다."
    if message.status not in {OutboxStatus.DELIVERED, OutboxStatus.PARKED}:
        return f"보냈거나 멈춘 것만 다시 보낼 수 있습니다. 지금 상태는 {OutboxStatus(message.status).label}입니다."
    return ""


def send_test(endpoint: WebhookEndpoint, *, now: datetime, actor: Actor | None) -> OutboxMessage:
    """A ``test`` event to one address, under a key of its own. Raises ``Conflict`` for one that is switched off.

    It is tried for two minutes and then given up: nobody is asked to see to a test.
    """
    if not endpoint.is_active or not endpoint.marketplace.is_active:
        raise Conflict(
            "시험 이벤트를 보내지 않았습니다.",
            "꺼져 있는 주소입니다.",
            "주소를 켠 뒤 다시 보내 주세요.",
            code="endpoint_off",
        )
    seconds = rulesets.current("webhooks").number("test_event_seconds")
    with transaction.atomic():
        message = webhooks.write(
            endpoint,
            TEST,
            {"endpoint": endpoint.pk, "note": "시험 이벤트입니다. 아무 일도 하지 않아도 됩니다."},
            key=f"test:{endpoint.pk}:{secrets.token_hex(8)}",
            subject=endpoint,
            not_before=now,
            expires_at=now + timedelta(seconds=seconds),
        )
        details = {"message": message.pk}
        record("accounts.webhook_endpoint.tested", actor=actor, subject=endpoint, details=details, at=now)
    return message


def resend(message: OutboxMessage, *, actor: Actor | None) -> OutboxMessage:
    """Send it once more under its own id. Raises ``Conflict`` as ``outbox.resend`` does."""
    return outbox.resend(message, actor=actor)


def title(message: OutboxMessage) -> str:
    """What it is, in Korean."""
    return title_of(message.message_type)
