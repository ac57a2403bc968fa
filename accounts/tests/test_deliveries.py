"""What was sent to a marketplace as others read it: whole, but for what is somebody's own; tried out; sent again."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction

from accounts import deliveries, webhooks
from accounts.deliveries import HIDDEN, Choice
from accounts.endpoints import Address, change_endpoint
from accounts.models import Marketplace
from accounts.services import add_webhook_secret
from accounts.tests.factories import make_endpoint, make_marketplace
from core import effects, outbox
from core.actors import Actor
from core.choices import OutboxStatus
from core.errors import Conflict
from core.models import JournalEntry, OutboxMessage
from core.outbox import DeliveryFailed, Receipt

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 5, 30, tzinfo=UTC)
STAFF = Actor(kind="user", ref="7", label="김담당")
HOOK = "https://market.example/hook"


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def place() -> Marketplace:
    found = make_marketplace(webhook_url=HOOK)
    add_webhook_secret(found, actor=None)
    return found


def tell(place: Marketplace, kind: str, data: dict[str, Any], key: str = "news-1") -> OutboxMessage:
    with transaction.atomic():
        return webhooks.tell(place, kind, data, key=key, not_before=NOW)[0]


def answer(monkeypatch: pytest.MonkeyPatch, *codes: int) -> list[str]:
    """What the receiver answers, one after the other; the webhook-ids that it got."""
    queue, seen = list(codes), list[str]()

    def post(_url: str, _body: bytes, headers: dict[str, str], *, now: datetime) -> Receipt:
        seen.append(headers["webhook-id"])
        code = queue.pop(0)
        if code >= 300:
            raise DeliveryFailed(f"HTTP {code}", status_code=code)
        return Receipt(code)

    monkeypatch.setattr(webhooks, "post", post)
    return seen


# -- whose they are ---------------------------------------------------------------------------------------------------


def test_a_marketplaces_deliveries_are_its_own_by_type_state_and_address(place: Marketplace) -> None:
    other = make_marketplace("other", webhook_url=HOOK)
    second = make_endpoint(place, events=("notice.seller",))
    news = tell(place, "notice.seller", {})
    wanted = tell(place, "listing.wanted", {}, key="wanted-1")
    tell(other, "notice.seller", {}, key="other-1")
    with transaction.atomic():
        outbox.post(channel="mail", destination=place.slug, message_type="x", payload={}, key="mail-1")
    extra = OutboxMessage.objects.get(destination=f"market/{second.pk}")
    main = place.endpoints.get(carries_effects=True)
    outbox.cancel(wanted)
    found = deliveries.deliveries_of
    assert list(found(place)) == [wanted, extra, news]
    assert list(found(place, Choice(message_type="notice.seller"))) == [extra, news]
    assert list(found(place, Choice(status=OutboxStatus.CANCELLED))) == [wanted]
    assert list(found(place, Choice(endpoint=second))) == [extra]
    assert list(found(place, Choice(endpoint=main))) == [wanted, news]
    assert list(found(other)) != []


def test_what_an_address_got_before_it_carried_effects_stays_its_own(place: Marketplace) -> None:
    second = make_endpoint(place, events=("notice.seller",))
    tell(place, "notice.seller", {})
    change_endpoint(second, Address(second.name, second.url, tuple(second.events), carries_effects=True), actor=STAFF)
    assert deliveries.deliveries_of(place, Choice(endpoint=second)).count() == 2


# -- what is shown ----------------------------------------------------------------------------------------------------


def test_the_body_is_shown_as_it_was_sent(place: Marketplace) -> None:
    message = tell(place, "listing.wanted", {"listing": "가-1", "address": "", "wanted_since": NOW, "reports": 1})
    message.refresh_from_db()
    assert deliveries.shown_body(message).encode() == webhooks.body_of(message)


@pytest.mark.parametrize(
    ("kind", "data", "canaries"),
    [
        ("notice.code", {"code": "719204", "seller": "seller-1"}, ["719204"]),
        (
            "notify",
            {
                "link": "https://j.example/seller/abc_DEF/",
                "text": "글\n\nhttps://j.example/seller/abc_DEF/\n",
                "notify": 1,
            },
            ["abc_DEF"],
        ),
        (
            "text",
            {"to": "+821012345678", "body": '코드는 "719204"입니다.', "variables": {"code": "719204"}, "kind": "sms"},
            ["719204", "12345678"],
        ),
    ],
)
def test_what_is_somebodys_own_is_hidden(
    place: Marketplace, kind: str, data: dict[str, Any], canaries: list[str]
) -> None:
    message = tell(place, kind, data)
    shown = deliveries.shown_body(message)
    assert [canary for canary in canaries if canary in shown] == []
    assert HIDDEN in shown
    assert json.loads(shown)["type"] == kind


def test_headers_are_those_of_the_attempt_without_signatures(
    place: Marketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(monkeypatch, 500)
    message = tell(place, "notice.seller", {})
    outbox.deliver_due(now=NOW)
    attempt = message.attempt_rows.get()
    shown = deliveries.shown_headers(message, attempt, secret_count=2)
    assert shown["webhook-id"] == "news-1"
    assert shown["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert shown["webhook-signature"] == "v1,(서명) v1,(서명)"


# -- tried out --------------------------------------------------------------------------------------------------------


def test_a_test_event_goes_to_the_address_whatever_it_subscribes_to(
    place: Marketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = answer(monkeypatch, 204)
    endpoint = make_endpoint(place, events=())
    message = deliveries.send_test(endpoint, now=NOW, actor=STAFF)
    assert deliveries.is_under_way(message)
    assert outbox.deliver_due(now=NOW) == 1
    message.refresh_from_db()
    assert (message.status, message.attempt_rows.get().status_code) == (OutboxStatus.DELIVERED, 204)
    assert seen == [webhooks.webhook_id_of(message)]
    assert JournalEntry.objects.get(verb="accounts.webhook_endpoint.tested").actor_ref == "7"


def test_each_test_is_one_of_its_own(place: Marketplace) -> None:
    endpoint = place.endpoints.get()
    keys = {deliveries.send_test(endpoint, now=NOW, actor=None).key for _ in range(3)}
    assert len(keys) == 3


def test_a_test_that_fails_is_given_up_and_asks_nobody(place: Marketplace, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, 500, 500)
    message = deliveries.send_test(place.endpoints.get(), now=NOW, actor=STAFF)
    outbox.deliver_due(now=NOW)
    outbox.deliver_due(now=NOW + timedelta(seconds=5))
    message.refresh_from_db()
    assert (message.status, message.last_error, message.tries) == (OutboxStatus.CANCELLED, "HTTP 500", 2)
    assert not OutboxMessage.objects.parked().exists()


def test_an_address_that_is_off_is_not_tried_out(place: Marketplace) -> None:
    endpoint = make_endpoint(place, is_active=False)
    with pytest.raises(Conflict, match="꺼져 있는 주소") as refused:
        deliveries.send_test(endpoint, now=NOW, actor=STAFF)
    assert refused.value.code == "endpoint_off"
    assert not OutboxMessage.objects.exists()


# -- sent again -------------------------------------------------------------------------------------------------------


def test_sent_again_it_has_the_same_id(place: Marketplace, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = answer(monkeypatch, 204, 204)
    message = tell(place, "notice.seller", {})
    outbox.deliver_due(now=NOW)
    message.refresh_from_db()
    assert deliveries.why_not_resendable(message, now=NOW) == ""
    deliveries.resend(message, actor=STAFF)
    outbox.deliver_due(now=NOW)
    assert seen == ["news-1", "news-1"]
    assert JournalEntry.objects.filter(verb="core.outbox.resent").count() == 1


def test_an_effect_is_not_sent_outside_its_order(place: Marketplace, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, 204)
    with transaction.atomic():
        effects.ask(
            carrier="marketplace",
            destination=place.slug,
            target="listing:market:1",
            kind="listing.restrict",
            payload={"listing": "1"},
            source=place,
            not_before=NOW,
        )
    effects.dispatch_due(now=NOW)
    outbox.deliver_due(now=NOW)
    message = OutboxMessage.objects.get()
    assert "조치 효과에서" in deliveries.why_not_resendable(message, now=NOW)
    with pytest.raises(Conflict):
        deliveries.resend(message, actor=STAFF)


def test_what_has_expired_or_is_under_way_says_why_it_is_not_sent_again(place: Marketplace) -> None:
    message = tell(place, "notice.seller", {})
    assert "지금 상태는 대기" in deliveries.why_not_resendable(message, now=NOW)
    test = deliveries.send_test(place.endpoints.get(), now=NOW, actor=None)
    assert "기한이 지나" in deliveries.why_not_resendable(test, now=NOW + timedelta(minutes=2))
