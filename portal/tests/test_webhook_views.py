"""Webhooks that marketplaces send: signature first, then the message, carried out once."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Marketplace, ReceivedWebhook
from accounts.services import add_webhook_secret
from accounts.signatures import sign
from accounts.tests.factories import make_marketplace
from core import effects
from core.choices import EffectStatus
from core.models import Effect, JournalEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Marketplace:
    return make_marketplace("market", webhook_url="http://127.0.0.1:1/webhooks")


@pytest.fixture
def secret(place: Marketplace) -> str:
    return add_webhook_secret(place, actor=None)


def ask(place: Marketplace) -> Effect:
    """An effect that is under way to the marketplace."""
    with transaction.atomic():
        effect = effects.ask(
            carrier="marketplace",
            destination=place.slug,
            target=f"listing:{place.slug}:1",
            kind="listing.restrict",
            payload={"listing": "1"},
            source=place,
            not_before=timezone.now() - timedelta(seconds=1),
        )
    effects.dispatch_due(now=timezone.now())
    effect.refresh_from_db()
    assert effect.status == EffectStatus.QUEUED
    return effect


def send(secret: str, document: Any, *, webhook_id: str = "msg_1", slug: str = "market", **changes: Any) -> Any:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    at = int(timezone.now().timestamp()) + changes.get("age", 0)
    headers = {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(at),
        "webhook-signature": sign([secret], webhook_id=webhook_id, timestamp=at, body=body),
    }
    return Client().post(
        f"/api/v1/webhooks/{slug}/",
        data=changes.get("tampered", body),
        content_type="application/json",
        headers=headers | changes.get("headers", {}),
    )


def confirmation(effect: Effect, **changes: Any) -> dict[str, Any]:
    data = {"effect": effect.pk, "version": effect.version} | changes
    return {"type": "effect.confirmed", "timestamp": "2026-11-23T05:30:00Z", "data": data}


def test_a_confirmation_puts_the_effect_in_force(place: Marketplace, secret: str) -> None:
    effect = ask(place)

    answer = send(secret, confirmation(effect))

    effect.refresh_from_db()
    assert (answer.status_code, answer.json()) == (200, {"handled": True})
    assert effect.status == EffectStatus.CONFIRMED
    assert effect.confirmed_at is not None
    entry = JournalEntry.objects.get(verb="core.effect.confirmed")
    assert (entry.actor_kind, entry.actor_ref) == ("marketplace", "market")


def test_a_refusal_is_kept_with_its_reason(place: Marketplace, secret: str) -> None:
    effect = ask(place)
    document = confirmation(effect, reason="없는\x00 상품입니다") | {"type": "effect.failed"}

    assert send(secret, document).json() == {"handled": True}

    effect.refresh_from_db()
    assert effect.status == EffectStatus.FAILED
    assert effect.failure == "없는 상품입니다"


def test_the_same_message_twice_is_carried_out_once(place: Marketplace, secret: str) -> None:
    effect = ask(place)
    send(secret, confirmation(effect))

    again = send(secret, confirmation(effect))

    assert (again.status_code, again.json()) == (200, {"handled": True, "repeated": True})
    assert JournalEntry.objects.filter(verb="core.effect.confirmed").count() == 1


def test_a_second_confirmation_under_another_id_changes_nothing(place: Marketplace, secret: str) -> None:
    effect = ask(place)
    send(secret, confirmation(effect))

    assert send(secret, confirmation(effect), webhook_id="msg_2").status_code == 200
    assert JournalEntry.objects.filter(verb="core.effect.confirmed").count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"tampered": b'{"type": "effect.failed", "data": {"effect": 1, "version": 1}}'},
        {"age": -400},
        {"age": 400},
        {"headers": {"webhook-signature": "v1,AAAA"}},
        {"headers": {"webhook-id": "msg_other"}},
        {"headers": {"webhook-id": "m" * 121}},
        {"headers": {"webhook-timestamp": "soon"}},
    ],
)
def test_what_is_not_signed_for_is_refused(place: Marketplace, secret: str, changes: dict[str, Any]) -> None:
    effect = ask(place)

    answer = send(secret, confirmation(effect), **changes)

    effect.refresh_from_db()
    assert answer.status_code == 401
    assert effect.status == EffectStatus.QUEUED
    assert not ReceivedWebhook.objects.exists()


def test_another_marketplaces_secret_opens_nothing_here(place: Marketplace, secret: str) -> None:
    other = add_webhook_secret(make_marketplace("other"), actor=None)
    effect = ask(place)

    assert send(other, confirmation(effect)).status_code == 401
    answer = send(other, confirmation(effect), slug="other")

    effect.refresh_from_db()
    assert answer.json() == {"handled": False, "reason": "there is no such effect for this marketplace"}
    assert effect.status == EffectStatus.QUEUED


@pytest.mark.parametrize(
    "document",
    [b"{", b"[]", b"\xff\xfe", b"[" * 50_000, {"type": "effect.confirmed"}, {"type": 7, "data": {}}, {"data": {}}],
)
def test_a_signed_message_that_is_none_is_refused(place: Marketplace, secret: str, document: Any) -> None:
    assert send(secret, document).status_code == 400


@pytest.mark.parametrize(
    "data", [{}, {"effect": "1", "version": 1}, {"effect": True, "version": 1}, {"effect": 10**30, "version": 1}]
)
def test_a_signed_message_without_numbers_is_answered_so_that_it_is_not_sent_again(
    place: Marketplace, secret: str, data: dict[str, Any]
) -> None:
    answer = send(secret, {"type": "effect.confirmed", "data": data})

    assert (answer.status_code, answer.json()["handled"]) == (200, False)
    assert ReceivedWebhook.objects.get().handled is False


def test_a_type_from_a_later_release_is_answered_as_unused(place: Marketplace, secret: str) -> None:
    answer = send(secret, {"type": "payout.confirmed", "data": {}})

    assert (answer.status_code, answer.json()["handled"]) == (200, False)


def test_a_large_body_is_refused(place: Marketplace, secret: str) -> None:
    assert send(secret, b" " * 70_000).status_code == 413


def test_only_posting_is_answered_and_only_by_known_marketplaces(place: Marketplace, secret: str) -> None:
    assert Client().get("/api/v1/webhooks/market/").status_code == 405
    assert send(secret, {"type": "x", "data": {}}, slug="nowhere").status_code == 404
