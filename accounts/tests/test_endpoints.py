"""Addresses: what may be one, which carries effects, who hears what, and how they are doing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts import endpoints, webhooks
from accounts.endpoints import Address, add_endpoint, bring_main_address, change_endpoint
from accounts.events import CHOSEN_TYPES
from accounts.models import Marketplace, WebhookEndpoint
from accounts.services import add_webhook_secret
from accounts.tests.factories import make_endpoint, make_marketplace
from core import outbox
from core.actors import Actor
from core.choices import OutboxStatus
from core.errors import Conflict, DomainError
from core.models import JournalEntry, OutboxMessage
from core.outbox import DeliveryFailed, Receipt
from core.tests.together import together

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 5, 30, tzinfo=UTC)
STAFF = Actor(kind="user", ref="7", label="김담당")
HOOK = "https://market.example/hook"


def address(**changes: Any) -> Address:
    return Address(**({"name": "조치", "url": HOOK} | changes))


def journal() -> list[str]:
    return list(
        JournalEntry.objects.filter(verb__startswith="accounts.webhook_endpoint")
        .order_by("pk")
        .values_list("verb", flat=True)
    )


def tell(place: Marketplace, kind: str = "notice.seller", key: str = "news-1") -> list[OutboxMessage]:
    with transaction.atomic():
        return webhooks.tell(place, kind, {"n": 1}, key=key, not_before=NOW)


# -- what may be an address -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "",
        "market.example/hook",
        "ftp://market.example/hook",
        "javascript:alert(1)",
        "https://",
        "https://user:secret@market.example/hook",
        "https://market.example/hook#part",
        "https://market.example/a b",
        "https://market.example/\0",
        "https://market.example/\ud800",
        "https://상점.example/hook",
        "https://market.example:99999/",
        "https://[::1/hook",
        "https://market.example/" + "a" * 500,
    ],
)
def test_what_cannot_be_sent_to_is_refused(url: str) -> None:
    with pytest.raises(DomainError, match="주소가 아닙니다") as refused:
        add_endpoint(make_marketplace(), address(url=url), actor=STAFF)
    assert refused.value.code == "bad_address"
    assert (WebhookEndpoint.objects.count(), journal()) == (0, [])


@pytest.mark.parametrize("kind", ["moon.eaten", "listing.restrict", "test", "*", ""])
def test_a_type_that_nobody_may_choose_is_refused(kind: str) -> None:
    with pytest.raises(DomainError, match="고를 수 없는 종류") as refused:
        add_endpoint(make_marketplace(), address(events=(kind,)), actor=STAFF)
    assert refused.value.code == "unknown_event"
    assert WebhookEndpoint.objects.count() == 0


def test_the_same_address_twice_is_refused() -> None:
    place = make_marketplace()
    add_endpoint(place, address(), actor=STAFF)
    with pytest.raises(Conflict, match="같은 주소가 이미"):
        add_endpoint(place, address(name="또"), actor=STAFF)
    assert journal() == ["accounts.webhook_endpoint.created"]


def test_what_is_done_once_goes_to_one_address() -> None:
    place = make_marketplace()
    first = add_endpoint(place, address(name="고객센터", events=("notify", "notice.seller")), actor=STAFF)
    with pytest.raises(Conflict, match="고객센터") as refused:
        add_endpoint(place, address(url=f"{HOOK}/2", events=("notify",)), actor=STAFF)
    assert refused.value.code == "one_receiver"
    change_endpoint(first, address(name="고객센터", is_active=False), actor=STAFF)
    add_endpoint(place, address(url=f"{HOOK}/2", events=("notify",)), actor=STAFF)
    add_endpoint(make_marketplace("other"), address(events=("notify",)), actor=STAFF)
    assert WebhookEndpoint.objects.count() == 3


# -- one carries effects ----------------------------------------------------------------------------------------------


def test_effects_move_to_the_address_that_is_to_carry_them() -> None:
    place = make_marketplace()
    old = add_endpoint(place, address(carries_effects=True), actor=STAFF)
    new = add_endpoint(place, address(name="새 주소", url=f"{HOOK}/2", carries_effects=True), actor=STAFF)
    old.refresh_from_db()
    assert (old.carries_effects, new.carries_effects) == (False, True)
    change_endpoint(old, address(carries_effects=True), actor=STAFF)
    assert list(WebhookEndpoint.objects.carrying_effects()) == [old]
    assert len(journal()) == 5


def test_the_database_holds_that_one_carries_effects() -> None:
    first, second = make_endpoint(carries_effects=True), make_endpoint()
    with pytest.raises(IntegrityError), transaction.atomic():
        WebhookEndpoint.objects.filter(pk=second.pk).update(carries_effects=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        WebhookEndpoint.objects.filter(pk=first.pk).update(gone_at=NOW)


def test_bringing_the_main_address_twice_is_once() -> None:
    place = make_marketplace()
    main = bring_main_address(place, HOOK, actor=STAFF)
    assert bring_main_address(place, HOOK, actor=STAFF) == main
    assert (main.carries_effects, tuple(main.events)) == (True, CHOSEN_TYPES)
    moved = bring_main_address(place, f"{HOOK}/2", actor=STAFF)
    assert (moved.pk, moved.url) == (main.pk, f"{HOOK}/2")
    assert journal() == ["accounts.webhook_endpoint.created", "accounts.webhook_endpoint.changed"]
    entry = JournalEntry.objects.get(verb="accounts.webhook_endpoint.changed")
    assert entry.detail.body == {"url": {"old": HOOK, "new": f"{HOOK}/2"}}


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_many_who_bring_one_address_at_once_one_makes_it() -> None:
    place = make_marketplace()
    outcomes = together(*[lambda: bring_main_address(place, HOOK, actor=None)] * 4)
    assert WebhookEndpoint.objects.count() == 1
    assert all(isinstance(each, WebhookEndpoint | Conflict) for each in outcomes)


# -- who hears what ---------------------------------------------------------------------------------------------------


def test_news_goes_to_every_address_that_subscribes_and_effects_to_one() -> None:
    place = make_marketplace(webhook_url=HOOK)
    one = make_endpoint(place, events=("notice.seller",))
    make_endpoint(place, events=("listing.wanted",))
    make_endpoint(place, events=("notice.seller",), is_active=False)
    make_endpoint(make_marketplace("other"), events=("notice.seller",))
    messages = tell(place)
    assert [message.destination for message in messages] == ["market", f"market/{one.pk}"]
    assert {webhooks.webhook_id_of(message) for message in messages} == {"news-1"}
    assert [each.url for each in endpoints.hearing(place, "listing.restrict")] == [HOOK]


def test_the_same_news_is_written_once() -> None:
    place = make_marketplace(webhook_url=HOOK)
    make_endpoint(place, events=("notice.seller",))
    assert [each.pk for each in tell(place)] == [each.pk for each in tell(place)]
    assert OutboxMessage.objects.count() == 2


def test_what_nobody_subscribes_to_is_not_written() -> None:
    place = make_marketplace()
    make_endpoint(place, events=())
    assert tell(place) == []
    assert not endpoints.hears(place, "notice.seller")


def test_a_type_that_the_catalogue_does_not_name_never_leaves() -> None:
    with pytest.raises(LookupError):
        tell(make_marketplace(webhook_url=HOOK), "moon.eaten")
    assert OutboxMessage.objects.count() == 0


# -- how they are doing -----------------------------------------------------------------------------------------------


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the receiver answers, one for each delivery; the addresses that were posted to take their place."""
    queue: list[Any] = []

    def post(url: str, _body: bytes, _headers: Any, *, now: datetime) -> Receipt:
        answer = queue.pop(0)
        if isinstance(answer, DeliveryFailed):
            raise answer
        return Receipt(status_code=answer)

    monkeypatch.setattr(webhooks, "post", post)
    return queue


def gone() -> DeliveryFailed:
    return DeliveryFailed("HTTP 410", status_code=410)


def test_since_when_an_address_fails_is_kept_until_it_takes_something(answers: list[Any]) -> None:
    endpoint = make_endpoint()
    add_webhook_secret(endpoint.marketplace, actor=None)
    [message] = tell(endpoint.marketplace)
    answers += [DeliveryFailed("HTTP 500"), DeliveryFailed("HTTP 500"), 204]
    outbox.deliver_due(now=NOW)
    endpoint.refresh_from_db()
    first = endpoint.failing_since
    assert first is not None
    outbox.deliver_due(now=NOW + timedelta(minutes=1))
    endpoint.refresh_from_db()
    assert endpoint.failing_since == first
    outbox.deliver_due(now=NOW + timedelta(hours=1))
    assert WebhookEndpoint.objects.get(pk=endpoint.pk).failing_since is None
    assert OutboxMessage.objects.get(pk=message.pk).status == OutboxStatus.DELIVERED


def test_an_address_that_is_gone_is_switched_off_and_what_was_meant_for_it_waits_for_a_person(
    answers: list[Any],
) -> None:
    endpoint = make_endpoint()
    place = endpoint.marketplace
    add_webhook_secret(place, actor=None)
    [message], [later] = tell(place), tell(place, key="news-2")
    answers += [gone()]
    outbox.deliver_due(now=NOW)
    outbox.deliver_due(now=NOW)
    for each in (message, later):
        each.refresh_from_db()
    endpoint.refresh_from_db()
    assert (endpoint.is_active, endpoint.gone_at is None) == (False, False)
    assert (message.status, later.status) == (OutboxStatus.PARKED, OutboxStatus.PARKED)
    assert "꺼져 있습니다" in later.last_error
    assert tell(place, key="news-3") == []
    assert journal()[-1] == "accounts.webhook_endpoint.switched_off"

    back = change_endpoint(endpoint, Address(endpoint.name, endpoint.url, tuple(endpoint.events)), actor=STAFF)
    answers += [204]
    outbox.resend(message, actor=STAFF)
    outbox.deliver_due(now=NOW + timedelta(days=9_999))
    assert back.gone_at is None
    assert OutboxMessage.objects.get(pk=message.pk).status == OutboxStatus.DELIVERED


def test_the_address_that_carries_effects_is_never_switched_off_by_its_receiver(answers: list[Any]) -> None:
    place = make_marketplace(webhook_url=HOOK)
    add_webhook_secret(place, actor=None)
    [message] = tell(place)
    answers += [gone()]
    outbox.deliver_due(now=NOW)
    message.refresh_from_db()
    main = place.endpoints.get()
    assert (main.is_active, message.status) == (True, OutboxStatus.PENDING)
    assert main.failing_since is not None


def test_what_was_meant_for_the_main_address_follows_it(answers: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    place = make_marketplace(webhook_url=HOOK)
    add_webhook_secret(place, actor=None)
    tell(place)
    bring_main_address(place, f"{HOOK}/new", actor=STAFF)
    seen: list[str] = []
    monkeypatch.setattr(webhooks, "post", lambda url, *_, **__: seen.append(url))
    outbox.deliver_due(now=NOW)
    assert seen == [f"{HOOK}/new"]


@pytest.mark.parametrize("missing", ["address", "secret", "marketplace"])
def test_what_cannot_be_sent_yet_is_tried_again(missing: str) -> None:
    place = make_marketplace(webhook_url=HOOK)
    [message] = tell(place)
    if missing == "address":
        WebhookEndpoint.objects.all().delete()
    if missing == "marketplace":
        Marketplace.objects.update(is_active=False)
    outbox.deliver_due(now=NOW)
    message.refresh_from_db()
    assert message.status == OutboxStatus.PENDING
    assert ("비밀값" if missing == "secret" else "주소가 없습니다") in message.last_error


def test_staff_are_shown_what_fails_for_long_or_is_gone_and_nothing_else() -> None:
    rows = {name: make_endpoint(make_marketplace(name)) for name in ("well", "young", "old", "gone", "off")}
    WebhookEndpoint.objects.filter(pk=rows["young"].pk).update(failing_since=NOW - timedelta(hours=5, minutes=59))
    WebhookEndpoint.objects.filter(pk=rows["old"].pk).update(failing_since=NOW - timedelta(hours=6))
    WebhookEndpoint.objects.filter(pk=rows["gone"].pk).update(is_active=False, gone_at=NOW)
    off = WebhookEndpoint.objects.filter(pk=rows["off"].pk)
    off.update(is_active=False, failing_since=NOW - timedelta(days=9))
    assert set(endpoints.in_trouble(now=NOW)) == {rows["old"], rows["gone"]}
