"""Webhooks to and from a marketplace: telling it, the transport and the carrier that the outbox and effects are handed.

What leaves is signed with both secrets of the marketplace; what comes in is checked against both, and counted once
by its id (``ReceivedWebhook``). Nothing leaves that the catalogue (``accounts.events``) does not name.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.utils import timezone

from accounts import endpoints
from accounts.events import event
from accounts.models import Marketplace, WebhookEndpoint
from accounts.posting import post
from accounts.secrets import decrypt
from accounts.signatures import BadSignature, check, sign
from core import outbox
from core.journal.entries import Subject
from core.korean import josa
from core.models import Effect, OutboxMessage
from core.outbox import DeliveryFailed, OutboxDraft, Receipt

CHANNEL: Final = "webhook"
#: An id that can stand in a header, a log and a row: visible ASCII.
_ID: Final = re.compile(r"[!-~]{1,120}")
_GONE: Final = 410


def active_secrets(marketplace: Marketplace) -> list[str]:
    """The marketplace's one or two secrets in plain, the first slot first."""
    return [decrypt(row.encrypted) for row in marketplace.secrets.order_by("slot")]


# -- what leaves ------------------------------------------------------------------------------------------------------


def carry(effect: Effect) -> OutboxDraft:
    """An effect as the webhook that asks its marketplace for it. Raises ``LookupError`` for a kind that the catalogue
    does not name."""
    return OutboxDraft(
        channel=CHANNEL,
        destination=effect.destination,
        message_type=event(effect.kind).type,
        payload={**effect.payload, "effect": effect.pk, "target": effect.target, "version": effect.version},
    )


def tell(
    marketplace: Marketplace,
    message_type: str,
    payload: Mapping[str, object],
    *,
    key: str,
    subject: Subject | None = None,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
) -> list[OutboxMessage]:
    """Tell every address that subscribes to the type, in the caller's transaction; none where nobody does.

    All get it under one ``webhook-id``. Raises ``LookupError`` for a type that the catalogue does not name.
    """
    return [
        write(endpoint, message_type, payload, key=key, subject=subject, not_before=not_before, expires_at=expires_at)
        for endpoint in endpoints.hearing(marketplace, message_type)
    ]


def write(
    endpoint: WebhookEndpoint,
    message_type: str,
    payload: Mapping[str, object],
    *,
    key: str,
    subject: Subject | None = None,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
) -> OutboxMessage:
    """One message to one address, whatever it subscribes to."""
    return outbox.post(
        channel=CHANNEL,
        destination=destination_of(endpoint),
        message_type=event(message_type).type,
        payload=payload,
        key=key if endpoint.carries_effects else f"{key}@{endpoint.pk}",
        subject=subject,
        not_before=not_before,
        expires_at=expires_at,
    )


def destination_of(endpoint: WebhookEndpoint) -> str:
    """How the outbox names an address. That which carries effects goes by the marketplace's own name: wherever it is by
    then, what was meant for it follows."""
    slug = endpoint.marketplace.slug
    return slug if endpoint.carries_effects else f"{slug}/{endpoint.pk}"


def destinations_of(marketplace: Marketplace, endpoint: WebhookEndpoint) -> set[str]:
    """Every name by which an address may have been sent to: it may have carried effects before, or carry them since."""
    own = f"{marketplace.slug}/{endpoint.pk}"
    return {marketplace.slug, own} if endpoint.carries_effects else {own}


def webhook_id_of(message: OutboxMessage) -> str:
    """The ``webhook-id``: the same at each try and at every address that gets the same news."""
    return message.key.partition("@")[0]


def body_of(message: OutboxMessage) -> bytes:
    """The body as it is signed and sent: the same bytes at each try."""
    document = {
        "type": message.message_type,
        "timestamp": message.created_at.isoformat(),
        "data": message.payload,
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def headers_of(message: OutboxMessage, *, at: int, signature: str) -> dict[str, str]:
    """The headers as they are sent at that second."""
    return {
        "content-type": "application/json; charset=utf-8",
        "user-agent": "jikimi-webhooks/1",
        "webhook-id": webhook_id_of(message),
        "webhook-timestamp": str(at),
        "webhook-signature": signature,
    }


def deliver(message: OutboxMessage) -> Receipt:
    """POST one message to its address. Raises ``DeliveryFailed`` on anything but a 2xx answer."""
    endpoint = _endpoint_of(message)
    secrets = active_secrets(endpoint.marketplace)
    if not secrets:
        raise DeliveryFailed(
            f"마켓플레이스 {endpoint.marketplace.slug}에 웹훅 비밀값이 없습니다. 비밀값을 만들어 주세요."
        )
    body, now = body_of(message), timezone.now()
    at = int(now.timestamp())
    signature = sign(secrets, webhook_id=webhook_id_of(message), timestamp=at, body=body)
    try:
        receipt = post(endpoint.url, body, headers_of(message, at=at, signature=signature), now=now)
    except DeliveryFailed as failure:
        raise _failed(endpoint, failure, at=now) from failure
    endpoints.note_delivered(endpoint)
    return receipt


def _endpoint_of(message: OutboxMessage) -> WebhookEndpoint:
    slug, _, number = message.destination.partition("/")
    rows = WebhookEndpoint.objects.filter(marketplace__slug=slug, marketplace__is_active=True)
    rows = rows.filter(pk=number) if number else rows.carrying_effects()
    endpoint = rows.select_related("marketplace").first()
    if endpoint is None:
        raise DeliveryFailed(f"마켓플레이스 {slug}에 웹훅 주소가 없습니다. 주소를 등록해 주세요.")
    if not endpoint.is_active:
        # Switched off on purpose, by staff or by the receiver: nothing comes of trying, and a person may resend it.
        name = josa(f"‘{endpoint.name}’", "은/는")
        raise DeliveryFailed(f"웹훅 주소 {name} 꺼져 있습니다.", permanent=not endpoint.carries_effects)
    return endpoint


def _failed(endpoint: WebhookEndpoint, failure: DeliveryFailed, *, at: datetime) -> DeliveryFailed:
    """The failure as the outbox is told of it, noted with its address."""
    endpoints.note_failed(endpoint, at=at)
    if failure.status_code == _GONE and endpoints.switch_off_gone(endpoint, at=at):
        return DeliveryFailed(failure.reason, permanent=True, status_code=_GONE)
    return failure


# -- what comes in ----------------------------------------------------------------------------------------------------


def verify(marketplace: Marketplace, headers: Mapping[str, str], body: bytes, *, now: datetime) -> str:
    """The id of an incoming webhook whose signature holds. Raises ``BadSignature`` otherwise."""
    webhook_id = headers.get("webhook-id", "")
    if not _ID.fullmatch(webhook_id):
        raise BadSignature("webhook-id must be 1 to 120 visible ASCII characters")
    check(
        active_secrets(marketplace),
        webhook_id=webhook_id,
        timestamp=headers.get("webhook-timestamp", ""),
        signature=headers.get("webhook-signature", ""),
        body=body,
        now=now.timestamp(),
    )
    return webhook_id
