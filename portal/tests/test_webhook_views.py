"""Webhooks that marketplaces send: signature first, then the message, carried out once."""

import json
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import transaction
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts import relays
from accounts.choices import RecipientKind, RelayStatus
from accounts.events import ANSWERS, Answer
from accounts.models import Marketplace, ReceivedWebhook, RelayedNotice
from accounts.relays import Recipient, Told
from accounts.services import add_webhook_secret, revoke_webhook_secret
from accounts.signatures import sign
from accounts.tests.factories import make_marketplace
from core import effects
from core.choices import EffectStatus
from core.models import Effect, JournalEntry
from portal.webhook_views import HANDLERS, marketplace_webhook

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
        **changes.get("environ", {}),
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
    [
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"type": "effect.confirmed", "data": {}}\xff',
        '{"type": "effect.confirmed", "data": {"effect": 1, "version": 1}}'.encode("utf-16"),
        '\ufeff{"type": "effect.confirmed", "data": {}}'.encode(),
        b"[" * 50_000,
        b'{"data":' * 6_000,
        b'{"type": "effect.confirmed", "data": {"effect": ' + b"9" * 5_000 + b"}}",
        b'{"type": "effect.confirmed", "data": {"effect": NaN}}',
        b'{"type": "effect.confirmed", "data": {"effect": -Infinity}}',
        b'{"type": "effect.failed", "type": "effect.confirmed", "data": {}}',
        b'{"type": "effect.confirmed", "data": {"effect": 1, "effect": 2, "version": 1}}',
        {"type": "effect.confirmed"},
        {"type": 7, "data": {}},
        {"type": "effect.confirmed\n", "data": {}},
        {"type": "\ud800", "data": {}},
        {"type": "e" * 81, "data": {}},
        {"data": {}},
        {"type": "effect.confirmed", "data": [1]},
    ],
)
def test_a_signed_message_that_is_none_is_refused(place: Marketplace, secret: str, document: Any) -> None:
    answer = send(secret, document)

    assert (answer.status_code, answer.json()["handled"]) == (400, False)
    assert not ReceivedWebhook.objects.exists()


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"effect": "1", "version": 1},
        {"effect": True, "version": 1},
        {"effect": 1.0, "version": 1},
        {"effect": 0, "version": 1},
        {"effect": -1, "version": 1},
        {"effect": 10**30, "version": 1},
        {"effect": 1, "version": 2**31},
        {"effect": [1], "version": {}},
        {"effect": None, "version": None},
    ],
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


@pytest.mark.parametrize("reason", ["\ud800\x00 이유", {"text": "이유"}, ["이유"], 7, None, "가" * 10_000])
def test_a_reason_of_any_shape_is_kept_as_text_or_not_at_all(place: Marketplace, secret: str, reason: Any) -> None:
    effect = ask(place)

    answer = send(secret, confirmation(effect, reason=reason) | {"type": "effect.failed"})

    effect.refresh_from_db()
    assert (answer.json(), effect.status) == ({"handled": True}, EffectStatus.FAILED)
    assert effect.failure == {"\ud800\x00 이유": " 이유", "가" * 10_000: "가" * 500}.get(str(reason), "")


@pytest.mark.parametrize(
    ("environ", "status"),
    [
        ({"CONTENT_LENGTH": "abc"}, 400),
        ({"CONTENT_LENGTH": "-5"}, 400),
        ({"CONTENT_LENGTH": "+5"}, 400),
        ({"CONTENT_LENGTH": "1" * 5_000}, 400),
        ({"CONTENT_LENGTH": str(64 * 1024 + 1)}, 413),
        ({"CONTENT_LENGTH": "9" * 12}, 413),
        ({"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}, 411),
        # Less than was sent: what is read is not what was signed.
        ({"CONTENT_LENGTH": "10"}, 401),
        ({"CONTENT_LENGTH": "0"}, 401),
    ],
)
def test_a_length_that_lies_is_refused(place: Marketplace, secret: str, environ: dict[str, str], status: int) -> None:
    answer = send(secret, confirmation(ask(place)), environ=environ)

    assert (answer.status_code, answer.json()["handled"]) == (status, False)
    assert not ReceivedWebhook.objects.exists()


def test_a_large_body_is_refused(place: Marketplace, secret: str) -> None:
    assert send(secret, b" " * 70_000).status_code == 413


def test_a_body_that_breaks_off_is_refused(place: Marketplace, secret: str, rf: RequestFactory) -> None:
    request = rf.post("/api/v1/webhooks/market/", data=b"{}", content_type="application/json")

    class Gone(BytesIO):
        def read(self, *_: Any) -> bytes:
            raise OSError("connection reset")

    request._stream = Gone()  # what a server hands to Django
    assert marketplace_webhook(request, "market").status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"webhook-id": ""},
        {"webhook-id": "msg 1"},
        {"webhook-id": "msg\x001"},
        {"webhook-id": "msg\u00e9"},
        {"webhook-timestamp": ""},
        {"webhook-timestamp": "-1"},
        {"webhook-timestamp": "9" * 13},
        {"webhook-timestamp": "\u0663"},
        {"webhook-signature": ""},
        {"webhook-signature": "v1"},
        {"webhook-signature": "v1," + "A" * 8_000},
        {"webhook-signature": "v2,AAAA v1a,AAAA"},
        {"webhook-signature": "v1,\u00ff\u00fe"},
    ],
)
def test_headers_that_are_none_are_refused(place: Marketplace, secret: str, headers: dict[str, str]) -> None:
    assert send(secret, confirmation(ask(place)), headers=headers).status_code == 401
    assert not ReceivedWebhook.objects.exists()


def test_either_secret_signs_and_one_that_was_revoked_no_longer_does(place: Marketplace, secret: str) -> None:
    second = add_webhook_secret(place, actor=None)
    first_effect, other = ask(place), {"type": "later.type", "data": {}}

    assert send(second, confirmation(first_effect)).json() == {"handled": True}
    revoke_webhook_secret(place.secrets.get(slot=1), actor=None)
    assert send(secret, other, webhook_id="msg_2").status_code == 401
    assert send(second, other, webhook_id="msg_3").status_code == 200


def test_an_id_is_used_once_whatever_comes_under_it_later(place: Marketplace, secret: str) -> None:
    effect = ask(place)
    send(secret, confirmation(effect))

    again = send(secret, confirmation(effect) | {"type": "effect.failed"})

    effect.refresh_from_db()
    assert again.json() == {"handled": True, "repeated": True}
    assert effect.status == EffectStatus.CONFIRMED


def test_only_posting_is_answered_and_only_by_known_marketplaces(place: Marketplace, secret: str) -> None:
    assert Client().get("/api/v1/webhooks/market/").status_code == 405
    stranger = send(secret, {"type": "x", "data": {}}, slug="nowhere")
    assert (stranger.status_code, stranger.json()["handled"]) == (404, False)


# -- notices that the marketplace delivers ----------------------------------------------------------------------------


def asked(place: Marketplace) -> RelayedNotice:
    """A notice that the marketplace was asked to deliver an hour ago."""
    Marketplace.objects.filter(pk=place.pk).update(relays_to_sellers="all")
    place.refresh_from_db()
    now = timezone.now() - timedelta(hours=1)
    with transaction.atomic():
        relay = relays.ask(
            place,
            Recipient(RecipientKind.SELLER, "seller-1", has_address=True),
            Told("interim_restriction", "ko", "제목", [], "글"),
            key="notice:1:notify",
            subject=place,
            leaves_at=now,
            now=now,
            actor=None,
        )
    assert relay is not None
    return relay


def says(kind: str, **data: Any) -> dict[str, Any]:
    return {"type": f"notify.{kind}", "timestamp": "2026-11-23T05:30:00Z", "data": data}


def test_a_notice_that_was_delivered_is_kept_with_the_marketplaces_own_time(place: Marketplace, secret: str) -> None:
    relay, at = asked(place), timezone.now() - timedelta(minutes=20)

    answer = send(secret, says("delivered", notify=relay.pk, delivered_at=at.isoformat()))

    relay.refresh_from_db()
    assert answer.json() == {"handled": True}
    assert (relay.status, relay.delivered_at) == (RelayStatus.DELIVERED, at)
    entry = JournalEntry.objects.get(verb="accounts.relayed_notice.delivered")
    assert (entry.actor_kind, entry.actor_ref) == ("marketplace", "market")


def test_a_notice_that_was_not_delivered_is_kept_with_its_reason(place: Marketplace, secret: str) -> None:
    relay = asked(place)

    assert send(secret, says("failed", notify=relay.pk, reason="탈퇴한\x00 판매자")).json() == {"handled": True}

    relay.refresh_from_db()
    assert (relay.status, relay.reason) == (RelayStatus.FAILED, "탈퇴한 판매자")


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"notify": "1"},
        {"notify": True},
        {"notify": 2**63},
        {"notify": -1},
        {"notify": 10**9},
        {"delivered_at": "yesterday"},
        {"delivered_at": "2026-11-23T05:30:00"},
        {"delivered_at": 1_700_000_000},
        {"delivered_at": {}},
        {"delivered_at": "0001-01-01T00:00:00+14:00"},
        {"delivered_at": "9999-12-31T23:59:59-14:00"},
        {"delivered_at": "2" * 5_000},
        {"delivered_at": "2020-01-01T00:00:00Z"},
        {"delivered_at": "2099-01-01T00:00:00Z"},
    ],
)
def test_what_cannot_be_said_of_a_notice_is_answered_and_changes_nothing(
    place: Marketplace, secret: str, data: dict[str, Any]
) -> None:
    relay = asked(place)
    known = {"notify": relay.pk} if "delivered_at" in data else {}

    answer = send(secret, says("delivered", **(known | data)))

    relay.refresh_from_db()
    assert (answer.status_code, answer.json()["handled"]) == (200, False)
    assert (relay.status, relay.delivered_at) == (RelayStatus.ASKED, None)


def test_another_marketplaces_notice_is_unknown_here(place: Marketplace, secret: str) -> None:
    relay = asked(make_marketplace("other", webhook_url="http://127.0.0.1:1/other"))

    assert send(secret, says("delivered", notify=relay.pk)).json()["handled"] is False
    relay.refresh_from_db()
    assert relay.status == RelayStatus.ASKED


def test_every_answer_of_the_catalogue_has_its_handler() -> None:
    assert set(HANDLERS) == {each.type for each in ANSWERS}


@pytest.mark.parametrize("each", ANSWERS, ids=lambda each: each.type)
def test_the_example_of_an_answer_has_the_fields_that_it_names(each: Answer) -> None:
    assert set(each.example) <= set(each.fields)
