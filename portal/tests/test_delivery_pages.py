"""The staff's pages of webhooks: every delivery, what was sent, sent again with a question first, tried out."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import webhooks
from accounts.models import Marketplace, WebhookEndpoint
from accounts.services import add_webhook_secret
from accounts.tests.factories import make_endpoint, make_marketplace
from core import effects, outbox
from core.choices import AttemptOutcome, OutboxStatus
from core.models import JournalEntry, OutboxAttempt, OutboxMessage
from core.outbox import DeliveryFailed, Receipt
from portal.tests.rows import make_person

pytestmark = pytest.mark.django_db

HOOK = "https://market.example/hook"
#: The bar of the issue.
MOST_QUERIES = 20


@pytest.fixture
def place() -> Marketplace:
    found = make_marketplace(webhook_url=HOOK)
    add_webhook_secret(found, actor=None)
    return found


@pytest.fixture
def operator() -> Client:
    client = Client()
    client.force_login(make_person("operator"))
    return client


def tell(place: Marketplace, kind: str = "notice.seller", key: str = "news-1", **data: Any) -> OutboxMessage:
    with transaction.atomic():
        return webhooks.tell(place, kind, data, key=key, not_before=timezone.now() - timedelta(seconds=1))[0]


def answering(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    def post(*_: Any, **__: Any) -> Receipt:
        if code >= 300:
            raise DeliveryFailed(f"HTTP {code} <b>bad</b>", status_code=code)
        return Receipt(code)

    monkeypatch.setattr(webhooks, "post", post)


def listed(place: Marketplace) -> str:
    return reverse("admin:accounts_marketplace_deliveries", args=[place.pk])


def page_of(message: OutboxMessage, place: Marketplace) -> str:
    return reverse("admin:accounts_marketplace_delivery", args=[place.pk, message.pk])


def resend_of(message: OutboxMessage, place: Marketplace) -> str:
    return reverse("admin:accounts_marketplace_resend", args=[place.pk, message.pk])


# -- the list ---------------------------------------------------------------------------------------------------------


def test_the_list_says_what_was_sent_where_and_how_it_went(
    place: Marketplace, operator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, 500)
    tell(place)
    outbox.deliver_due(now=timezone.now())
    tell(place, "listing.wanted", key="wanted-1")
    page = operator.get(listed(place)).content.decode()
    assert "판매자 통지 소식" in page and "상품 정보 요청" in page
    assert "실패 · HTTP 500" in page
    assert "아직 보내지 않음" in page
    assert "실패 중(" in page


def test_the_filter_narrows_by_type_state_and_address_and_ignores_what_is_none(
    place: Marketplace, operator: Client
) -> None:
    second = make_endpoint(place, events=("notice.seller",))
    tell(place)
    wanted = tell(place, "listing.wanted", key="wanted-1")
    outbox.cancel(wanted)

    def shown(**query: str | int) -> int:
        return len(operator.get(listed(place), query).context["lines"])

    assert shown() == 3
    assert shown(type="notice.seller") == 2
    assert shown(status="cancelled") == 1
    assert shown(endpoint=second.pk) == 1
    assert shown(endpoint=second.pk, type="listing.wanted") == 0
    assert shown(type="nonsense", status="\0", endpoint="9" * 40, page="x") == 3


def test_an_empty_list_says_what_would_be_there(place: Marketplace, operator: Client) -> None:
    assert "아직 보낸 웹훅이 없습니다" in operator.get(listed(place)).content.decode()
    assert "조건에 맞는 발신이 없습니다" in operator.get(listed(place), {"type": "test"}).content.decode()


def test_thousands_of_deliveries_cost_few_queries(place: Marketplace, operator: Client) -> None:
    endpoint = make_endpoint(place)
    now = timezone.now()
    facts: dict[str, Any] = {"channel": "webhook", "message_type": "notice.seller", "not_before": now}
    rows = OutboxMessage.objects.bulk_create(
        OutboxMessage(
            key=f"k{number}",
            destination=place.slug if number % 2 else f"{place.slug}/{endpoint.pk}",
            payload={"n": number},
            tries=3,
            status=OutboxStatus.PARKED if number % 7 == 0 else OutboxStatus.DELIVERED,
            **facts,
        )
        for number in range(3_000)
    )
    OutboxAttempt.objects.bulk_create(
        OutboxAttempt(message=row, number=number, started_at=now, duration_ms=5, outcome=AttemptOutcome.FAILED)
        for row in rows
        for number in (1, 2, 3)
    )
    for address in (listed(place), f"{listed(place)}?status=parked&page=3", page_of(rows[-1], place)):
        with CaptureQueriesContext(connection) as queries:
            response = operator.get(address)
        assert response.status_code == 200
        assert len(queries) <= MOST_QUERIES, len(queries)


# -- one --------------------------------------------------------------------------------------------------------------


def test_a_delivery_shows_body_headers_and_each_attempt_and_no_secret(
    place: Marketplace, operator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, 500)
    message = tell(place, "notice.code", key="code-1", code="719204", seller="<s>")
    outbox.deliver_due(now=timezone.now())
    page = operator.get(page_of(message, place)).content.decode()
    assert "webhook-id: code-1" in page
    assert "webhook-signature: v1,(서명)" in page
    assert "&quot;seller&quot;:&quot;&lt;s&gt;&quot;" in page
    assert "719204" not in page
    assert "HTTP 500 &lt;b&gt;bad&lt;/b&gt;" in page
    assert webhooks.active_secrets(place)[0] not in page


def test_a_page_that_waits_for_the_first_attempt_reads_itself_anew(
    place: Marketplace, operator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, 204)
    message = tell(place)
    assert 'http-equiv="refresh"' in operator.get(page_of(message, place)).content.decode()
    outbox.deliver_due(now=timezone.now())
    assert 'http-equiv="refresh"' not in operator.get(page_of(message, place)).content.decode()


def test_a_delivery_is_found_under_its_own_marketplace_alone(place: Marketplace, operator: Client) -> None:
    other = make_marketplace("other", webhook_url=HOOK)
    message = tell(place)
    assert operator.get(page_of(message, place)).status_code == 200
    assert operator.get(page_of(message, other)).status_code == 404
    assert operator.post(resend_of(message, other)).status_code == 404


# -- sent again -------------------------------------------------------------------------------------------------------


def test_it_is_sent_again_after_a_question_and_stands_in_the_journal(
    place: Marketplace, operator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, 204)
    message = tell(place)
    outbox.deliver_due(now=timezone.now())
    assert resend_of(message, place) in operator.get(page_of(message, place)).content.decode()
    question = operator.get(resend_of(message, place)).content.decode()
    assert "같은 webhook-id" in question
    message.refresh_from_db()
    assert message.status == OutboxStatus.DELIVERED
    answer = operator.post(resend_of(message, place), follow=True).content.decode()
    assert "같은 webhook-id로 다시 보냅니다" in answer
    message.refresh_from_db()
    assert message.status == OutboxStatus.PENDING
    assert JournalEntry.objects.get(verb="core.outbox.resent").actor_kind == "user"


def test_an_effect_offers_its_own_way(place: Marketplace, operator: Client) -> None:
    with transaction.atomic():
        effect = effects.ask(
            carrier="marketplace",
            destination=place.slug,
            target="listing:market:1",
            kind="listing.restrict",
            payload={"listing": "1"},
            source=place,
            not_before=timezone.now(),
        )
    effects.dispatch_due(now=timezone.now())
    message = OutboxMessage.objects.get()
    page = operator.get(page_of(message, place)).content.decode()
    assert reverse("admin:core_effect_change", args=[effect.pk]) in page
    assert resend_of(message, place) not in page
    answer = operator.post(resend_of(message, place), follow=True).content.decode()
    assert "조치 효과 화면에서" in answer
    assert not JournalEntry.objects.filter(verb="core.outbox.resent").exists()


# -- tried out --------------------------------------------------------------------------------------------------------


def try_out(client: Client, place: Marketplace, endpoint: object) -> Any:
    address = reverse("admin:accounts_marketplace_test", args=[place.pk])
    return client.post(address, {"endpoint": endpoint}, follow=True)


def test_a_test_event_is_sent_and_its_page_says_how_it_went(
    place: Marketplace, operator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, 503)
    answer = try_out(operator, place, place.endpoints.get().pk)
    message = OutboxMessage.objects.get(message_type="test")
    assert answer.redirect_chain == [(page_of(message, place), 302)]
    assert "시험 이벤트를 보냅니다" in answer.content.decode()
    outbox.deliver_due(now=timezone.now())
    page = operator.get(page_of(message, place)).content.decode()
    assert "HTTP 503" in page


def test_what_is_no_address_of_the_marketplace_is_not_tried_out(place: Marketplace, operator: Client) -> None:
    other = make_endpoint(make_marketplace("other"))
    for given in (other.pk, "", "x", "9" * 40):
        assert "주소를 고르지 않았습니다" in try_out(operator, place, given).content.decode()
    WebhookEndpoint.objects.update(is_active=False)
    assert "꺼져 있는 주소" in try_out(operator, place, place.endpoints.get().pk).content.decode()
    assert not OutboxMessage.objects.filter(message_type="test").exists()


Deed = Callable[[Client, Marketplace, OutboxMessage], Any]


@pytest.mark.parametrize("role", ["moderator", "lead", "reader"])
@pytest.mark.parametrize(
    "deed",
    [
        lambda client, place, _: client.get(listed(place)),
        lambda client, place, message: client.get(page_of(message, place)),
        lambda client, place, message: client.post(resend_of(message, place)),
        lambda client, place, _: client.post(
            reverse("admin:accounts_marketplace_test", args=[place.pk]), {"endpoint": place.endpoints.get().pk}
        ),
    ],
)
def test_others_see_and_do_nothing(place: Marketplace, role: str, deed: Deed) -> None:
    message = tell(place)
    client, before = Client(), JournalEntry.objects.count()
    client.force_login(make_person(role))
    assert deed(client, place, message).status_code == 403
    assert (OutboxMessage.objects.count(), JournalEntry.objects.count()) == (1, before)


# -- addresses --------------------------------------------------------------------------------------------------------


def save(client: Client, endpoint: WebhookEndpoint | None, place: Marketplace, **said: Any) -> Any:
    form = {"marketplace": place.pk, "name": "고객센터", "url": f"{HOOK}/2", "events": [], "is_active": "on"} | said
    if endpoint is None:
        return client.post(reverse("admin:accounts_webhookendpoint_add"), form)
    return client.post(reverse("admin:accounts_webhookendpoint_change", args=[endpoint.pk]), form)


def test_an_address_is_registered_with_what_it_hears_and_stands_in_the_journal(
    place: Marketplace, operator: Client
) -> None:
    assert save(operator, None, place, events=["notice.seller"]).status_code == 302
    endpoint = place.endpoints.get(carries_effects=False)
    assert (endpoint.name, endpoint.events) == ("고객센터", ["notice.seller"])
    entry = JournalEntry.objects.filter(verb="accounts.webhook_endpoint.created").latest("pk")
    assert (entry.subject_ref, entry.actor_kind) == (str(endpoint.pk), "user")


def test_effects_are_moved_by_a_tick_and_what_was_typed_is_kept_where_it_is_refused(
    place: Marketplace, operator: Client
) -> None:
    main = place.endpoints.get()
    refused = save(operator, None, place, events=["notify"])
    assert refused.status_code == 200
    assert "주소 하나만 받는데" in refused.content.decode()
    assert f"{HOOK}/2" in refused.content.decode()
    assert save(operator, None, place, events=["moon.eaten"]).status_code == 200
    assert save(operator, None, place, url="https://user:secret@market.example/").status_code == 200
    assert save(operator, None, place, carries_effects="on").status_code == 302
    main.refresh_from_db()
    assert (main.carries_effects, place.endpoints.count()) == (False, 2)


def test_an_address_is_changed_but_never_moved_to_another_marketplace(place: Marketplace, operator: Client) -> None:
    endpoint, other = make_endpoint(place), make_marketplace("other")
    assert save(operator, endpoint, other, name="새 이름", is_active="").status_code == 302
    endpoint.refresh_from_db()
    assert (endpoint.marketplace, endpoint.name, endpoint.is_active) == (place, "새 이름", False)
    assert JournalEntry.objects.filter(verb="accounts.webhook_endpoint.changed").count() == 1
    save(operator, endpoint, place, name="새 이름", is_active="", url=endpoint.url)
    assert JournalEntry.objects.filter(verb="accounts.webhook_endpoint.changed").count() == 1


def test_the_list_of_what_takes_nothing_is_the_one_that_the_first_page_counts(
    place: Marketplace, operator: Client
) -> None:
    bad = make_endpoint(place)
    WebhookEndpoint.objects.filter(pk=bad.pk).update(failing_since=timezone.now() - timedelta(hours=7))
    works = {work.title: work for work in operator.get("/admin/").context["works"]}
    work = works["받지 않는 웹훅 주소"]
    assert (work.count, work.is_trouble) == (1, True)
    assert list(operator.get(work.url).context["cl"].queryset) == [bad]
