"""Webhooks over the API: a marketplace sees its own alone, sends them again, tries its addresses out."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import webhooks
from accounts.api.scopes import Scope
from accounts.events import ANSWERS, EVENTS
from accounts.models import Marketplace, WebhookEndpoint
from accounts.services import add_webhook_secret
from accounts.tests.api import Api, make_client
from accounts.tests.factories import make_endpoint, make_marketplace
from core import effects, outbox
from core.choices import OutboxStatus
from core.models import JournalEntry, OutboxMessage
from core.outbox import DeliveryFailed, Receipt

pytestmark = pytest.mark.django_db

HOOK = "https://market.example/hook"


@pytest.fixture(autouse=True)
def _counters_are_fresh() -> None:
    cache.clear()


@pytest.fixture
def place() -> Marketplace:
    found = make_marketplace(webhook_url=HOOK)
    add_webhook_secret(found, actor=None)
    return found


@pytest.fixture
def api(place: Marketplace) -> Api:
    return Api(make_client(marketplace=place))


def tell(place: Marketplace, kind: str = "notice.seller", key: str = "news-1", **data: Any) -> OutboxMessage:
    with transaction.atomic():
        return webhooks.tell(place, kind, data, key=key, not_before=timezone.now() - timedelta(seconds=1))[0]


def settled(*messages: OutboxMessage) -> None:
    """Written long enough ago to stand on a page."""
    for message in messages:
        OutboxMessage.objects.filter(pk=message.pk).update(created_at=timezone.now() - timedelta(minutes=1))


def answering(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    def post(*_: Any, **__: Any) -> Receipt:
        if code >= 300:
            raise DeliveryFailed(f"HTTP {code} kim@shop.example", status_code=code)
        return Receipt(code)

    monkeypatch.setattr(webhooks, "post", post)


# -- read -------------------------------------------------------------------------------------------------------------


def test_a_marketplace_reads_its_deliveries_by_type_state_and_address(place: Marketplace, api: Api) -> None:
    second = make_endpoint(place, events=("listing.wanted",))
    news = tell(place)
    wanted = tell(place, "listing.wanted", key="wanted-1")
    outbox.cancel(wanted)
    settled(*OutboxMessage.objects.order_by("pk"))
    page = api.get("webhooks/deliveries").json
    assert [row["id"] for row in page["items"]] == sorted(OutboxMessage.objects.values_list("pk", flat=True))
    first = page["items"][0]
    assert (first["webhook_id"], first["type"], first["status"]) == ("news-1", "notice.seller", "pending")
    assert first["endpoint"] == place.endpoints.get(carries_effects=True).pk
    assert [row["id"] for row in api.get("webhooks/deliveries", type="notice.seller").json["items"]] == [news.pk]
    assert [row["id"] for row in api.get("webhooks/deliveries", status="cancelled").json["items"]] == [wanted.pk]
    assert len(api.get("webhooks/deliveries", endpoint=second.pk).json["items"]) == 1


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"type": "moon.eaten"}, 422),
        ({"type": ""}, 422),
        ({"status": "lost"}, 422),
        ({"status": "\0"}, 422),
        ({"endpoint": "x"}, 422),
        ({"endpoint": ""}, 422),
        ({"endpoint": "0"}, 404),
        ({"endpoint": "-1"}, 404),
        ({"endpoint": "9" * 30}, 404),
    ],
)
def test_what_is_no_choice_is_refused(api: Api, query: dict[str, str], status: int) -> None:
    assert api.get("webhooks/deliveries", **query).status == status


def test_another_marketplaces_deliveries_are_not_there(place: Marketplace) -> None:
    message = tell(place)
    settled(message)
    stranger = Api(make_client(marketplace=make_marketplace("other", webhook_url=HOOK)))
    assert stranger.get("webhooks/deliveries").json["items"] == []
    assert stranger.get(f"webhooks/deliveries/{message.pk}").status == 404
    assert stranger.post(f"webhooks/deliveries/{message.pk}/resend", {}).status == 404
    assert stranger.get("webhooks/deliveries", endpoint=place.endpoints.get().pk).status == 404
    assert stranger.post("webhooks/test", {"endpoint": place.endpoints.get().pk}).status == 404
    assert stranger.get(f"webhooks/deliveries/{2**70}").status == 404


def test_mails_and_texts_are_nobodys_deliveries(place: Marketplace, api: Api) -> None:
    with transaction.atomic():
        mail = outbox.post(channel="mail", destination=place.slug, message_type="x", payload={}, key="m")
    assert api.get(f"webhooks/deliveries/{mail.pk}").status == 404


def test_a_delivery_is_shown_with_what_was_sent_and_each_attempt(
    place: Marketplace, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, 500)
    message = tell(place, "notice.code", code="719204", seller="s-1")
    outbox.deliver_due(now=timezone.now())
    shown = api.get(f"webhooks/deliveries/{message.pk}").json
    assert json.loads(shown["body"])["data"] == {"code": "(가림)", "seller": "s-1"}
    assert shown["headers"]["webhook-id"] == "news-1"
    assert "webhook-signature" not in shown["headers"]
    [attempt] = shown["attempts"]
    assert (attempt["outcome"], attempt["status_code"], attempt["answer"]) == ("failed", 500, "HTTP 500 (이메일)")
    assert (shown["attempt_count"], shown["next_attempt_at"] is not None) == (1, True)


def test_a_page_of_many_costs_the_queries_of_a_page_of_few(place: Marketplace, api: Api) -> None:
    assert api.get("webhooks/deliveries").status == 200  # the key's first use is written down
    counts = []
    for start in (0, 3):
        settled(*(tell(place, key=f"k-{start}-{number}") for number in range(3 + 30 * bool(start))))
        with CaptureQueriesContext(connection) as queries:
            assert api.get("webhooks/deliveries").status == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 20


def test_the_addresses_are_listed_with_how_they_do(place: Marketplace, api: Api) -> None:
    WebhookEndpoint.objects.update(failing_since=timezone.now())
    [endpoint] = api.get("webhooks/endpoints").json["endpoints"]
    assert (endpoint["url"], endpoint["carries_effects"]) == (HOOK, True)
    assert endpoint["failing_since"] is not None


def test_the_catalogue_is_the_one_of_the_code() -> None:
    told = Api(make_client(Scope.LISTINGS_READ)).get("events").json
    assert [each["type"] for each in told["events"]] == [each.type for each in EVENTS]
    assert [each["type"] for each in told["answers"]] == [each.type for each in ANSWERS]
    assert told["events"][0]["example"] == EVENTS[0].document()


# -- sent again -------------------------------------------------------------------------------------------------------


def test_a_delivery_is_sent_again_once_a_key(place: Marketplace, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, 204)
    message = tell(place)
    outbox.deliver_due(now=timezone.now())
    first = api.post(f"webhooks/deliveries/{message.pk}/resend", {}, idempotency_key="again-1")
    again = api.post(f"webhooks/deliveries/{message.pk}/resend", {}, idempotency_key="again-1")
    assert (first.status, first.json["status"], first.json["webhook_id"]) == (200, "pending", "news-1")
    assert again.body == first.body
    entry = JournalEntry.objects.get(verb="core.outbox.resent")
    assert entry.actor_kind == "api_client"


def test_what_is_under_way_is_not_sent_again(place: Marketplace, api: Api) -> None:
    message = tell(place)
    answer = api.post(f"webhooks/deliveries/{message.pk}/resend", {})
    assert (answer.status, answer.code) == (409, "conflict")
    assert api.post(f"webhooks/deliveries/{message.pk}/resend", {"force": True}).faults == [("/force", "unknown_field")]
    assert not JournalEntry.objects.filter(verb="core.outbox.resent").exists()


def test_an_effect_is_not_sent_outside_its_order(place: Marketplace, api: Api) -> None:
    with transaction.atomic():
        effects.ask(
            carrier="marketplace",
            destination=place.slug,
            target="listing:market:1",
            kind="listing.restrict",
            payload={"listing": "1"},
            source=place,
            not_before=timezone.now(),
        )
    effects.dispatch_due(now=timezone.now())
    assert api.post(f"webhooks/deliveries/{OutboxMessage.objects.get().pk}/resend", {}).code == "conflict"


def test_in_test_mode_nothing_is_sent_again_or_tried_out(place: Marketplace, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, 204)
    message = tell(place)
    outbox.deliver_due(now=timezone.now())
    tester = Api(make_client(marketplace=place, is_test=True))
    assert tester.post(f"webhooks/deliveries/{message.pk}/resend", {}).status == 200
    assert tester.post("webhooks/test", {}).status == 200
    message.refresh_from_db()
    assert (message.status, OutboxMessage.objects.count()) == (OutboxStatus.DELIVERED, 1)


# -- tried out --------------------------------------------------------------------------------------------------------


def test_a_test_event_goes_to_the_main_address_or_the_one_that_is_named(place: Marketplace, api: Api) -> None:
    second = make_endpoint(place)
    main = api.post("webhooks/test", {}).json
    other = api.post("webhooks/test", {"endpoint": second.pk}).json
    assert (main["type"], main["endpoint"]) == ("test", place.endpoints.get(carries_effects=True).pk)
    assert other["endpoint"] == second.pk
    assert main["webhook_id"] != other["webhook_id"]
    assert main["expires_at"] is not None


@pytest.mark.parametrize("given", ["1", 1.5, True, 0, -1, 2**63, None, [], {}])
def test_what_is_no_number_of_an_address_is_refused(place: Marketplace, api: Api, given: Any) -> None:
    answer = api.post("webhooks/test", {"endpoint": given})
    assert (answer.status, answer.code) == (422, "validation_failed")
    assert not OutboxMessage.objects.exists()


def test_an_address_that_is_off_or_not_there_is_not_tried_out(place: Marketplace, api: Api) -> None:
    endpoint = make_endpoint(place, is_active=False)
    assert api.post("webhooks/test", {"endpoint": endpoint.pk}).code == "conflict"
    WebhookEndpoint.objects.filter(carries_effects=True).update(carries_effects=False)
    assert api.post("webhooks/test", {}).code == "not_found"
