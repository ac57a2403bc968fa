"""Webhooks to and from a marketplace: the transport and the carrier that the outbox and effects are handed.

What leaves is signed with both secrets of the marketplace; what comes in is checked against both, and counted once
by its id (``ReceivedWebhook``).
"""

import json
from collections.abc import Mapping
from datetime import datetime

from django.utils import timezone

from accounts.models import Marketplace
from accounts.posting import post
from accounts.secrets import decrypt
from accounts.signatures import BadSignature, check, sign
from core.models import Effect, OutboxMessage
from core.outbox import DeliveryFailed, OutboxDraft


def active_secrets(marketplace: Marketplace) -> list[str]:
    """The marketplace's one or two secrets in plain, the first slot first."""
    return [decrypt(row.encrypted) for row in marketplace.secrets.order_by("slot")]


def carry(effect: Effect) -> OutboxDraft:
    """An effect as the webhook that asks its marketplace for it."""
    return OutboxDraft(
        channel="webhook",
        destination=effect.destination,
        message_type=effect.kind,
        payload={**effect.payload, "effect": effect.pk, "target": effect.target, "version": effect.version},
    )


def body_of(message: OutboxMessage) -> bytes:
    """The body as it is signed and sent: the same bytes at each try."""
    document = {
        "type": message.message_type,
        "timestamp": message.created_at.isoformat(),
        "data": message.payload,
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def deliver(message: OutboxMessage) -> None:
    """POST one message to its marketplace. Raises ``DeliveryFailed`` on anything but a 2xx answer."""
    marketplace = Marketplace.objects.filter(slug=message.destination, is_active=True).first()
    if marketplace is None or not marketplace.webhook_url:
        raise DeliveryFailed(f"마켓플레이스 {message.destination}에 웹훅 주소가 없습니다. 주소를 등록해 주세요.")
    secrets = active_secrets(marketplace)
    if not secrets:
        raise DeliveryFailed(f"마켓플레이스 {message.destination}에 웹훅 비밀값이 없습니다. 비밀값을 만들어 주세요.")
    body, now = body_of(message), int(timezone.now().timestamp())
    headers = {
        "content-type": "application/json; charset=utf-8",
        "user-agent": "jikimi-webhooks/1",
        "webhook-id": message.key,
        "webhook-timestamp": str(now),
        "webhook-signature": sign(secrets, webhook_id=message.key, timestamp=now, body=body),
    }
    post(marketplace.webhook_url, body, headers)


def verify(marketplace: Marketplace, headers: Mapping[str, str], body: bytes, *, now: datetime) -> str:
    """The id of an incoming webhook whose signature holds. Raises ``BadSignature`` otherwise."""
    webhook_id = headers.get("webhook-id", "")
    if len(webhook_id) > 120:
        raise BadSignature("webhook-id is longer than 120 characters")
    check(
        active_secrets(marketplace),
        webhook_id=webhook_id,
        timestamp=headers.get("webhook-timestamp", ""),
        signature=headers.get("webhook-signature", ""),
        body=body,
        now=now.timestamp(),
    )
    return webhook_id
