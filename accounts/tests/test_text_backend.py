"""Text messages that the marketplace sends for us."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction

from accounts.events import event
from accounts.tests.factories import make_endpoint, make_marketplace
from core import outbox, texts
from core.choices import OutboxStatus
from core.models import OutboxMessage

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 5, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _by_webhook(settings: Any) -> Iterator[None]:
    settings.TEXT_BACKEND = "accounts.text_backend.WebhookTexts"
    settings.TEXT_SENDER = "0212345678"
    with time_machine.travel(NOW, tick=False):
        yield


def post(by: str = "market") -> OutboxMessage:
    until = NOW + timedelta(minutes=10)
    with transaction.atomic():
        return texts.post_text(
            "010-1234-5678", "안녕", message_type="x", key="a", by=by, not_before=NOW, expires_at=until
        )


def test_the_text_leaves_as_a_webhook_of_its_own() -> None:
    make_marketplace(webhook_url="https://market.example/hook")
    text = post()
    outbox.deliver_due(now=NOW, channels=["text"])
    text.refresh_from_db()
    hook = OutboxMessage.objects.get(channel="webhook")
    assert text.status == OutboxStatus.DELIVERED
    assert (hook.key, hook.message_type, hook.expires_at) == ("a:webhook", "text", NOW + timedelta(minutes=10))
    assert hook.payload.keys() == event("text").example.keys()
    assert (hook.payload["to"], hook.payload["sender"]) == ("+821012345678", "0212345678")


def test_asked_twice_it_is_one_webhook() -> None:
    make_marketplace(webhook_url="https://market.example/hook")
    text = post()
    outbox.deliver_due(now=NOW, channels=["text"])
    outbox.resend(text, actor=None)
    outbox.deliver_due(now=NOW, channels=["text"])
    assert OutboxMessage.objects.filter(channel="webhook").count() == 1


@pytest.mark.parametrize(("by", "status"), [("", OutboxStatus.CANCELLED), ("market", OutboxStatus.PENDING)])
def test_what_nobody_can_send_is_tried_again_or_given_up(by: str, status: OutboxStatus) -> None:
    make_endpoint(make_marketplace())
    text = post(by)
    outbox.deliver_due(now=NOW, channels=["text"])
    text.refresh_from_db()
    assert text.status == status
    assert not OutboxMessage.objects.filter(channel="webhook").exists()
