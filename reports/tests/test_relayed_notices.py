"""Notices that the marketplace delivers: asked only where it chose to, and the seller's days run from delivery."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import transaction

from accounts import relays
from accounts.choices import RecipientKind, Relays, RelayStatus
from accounts.events import event
from accounts.models import Marketplace, RelayedNotice
from accounts.relays import Recipient, Told
from accounts.services import add_webhook_secret
from accounts.tests.factories import make_endpoint, make_marketplace
from core import effects, outbox
from core.actors import MARKETPLACE, Actor
from core.choices import OutboxStatus
from core.errors import DomainError
from core.models import JournalEntry, OutboxMessage
from core.tests.together import together
from listings.tests.factories import make_listing
from reports import tasks
from reports.choices import AllegationStatus, NoticeStatus, Party, WorkKind
from reports.models import Allegation, Notice, WorkItem
from reports.services import decisions, silence
from reports.tests.factories import CANARY, MINA, NOW
from reports.tests.world import LATER, alleged, arrive, complaint, explanation_of, make_shop, restrict

pytestmark = pytest.mark.django_db

HOOK = "https://market.example/hook"
THEM = Actor(kind=MARKETPLACE, ref="market", label="시험 마켓")


def market(chosen: Relays = Relays.WITHOUT_ADDRESS, *, events: tuple[str, ...] | None = None) -> Marketplace:
    place = make_marketplace(webhook_url="" if events else HOOK)
    if events:
        make_endpoint(place, events=events)
    Marketplace.objects.filter(pk=place.pk).update(relays_to_sellers=chosen)
    add_webhook_secret(place, actor=None)
    place.refresh_from_db()
    return place


def restricted_at(email: str = "") -> Allegation:
    allegation = alleged(complaint(make_listing(seller=make_shop(email=email))))
    restrict(allegation, private_note=CANARY)
    return allegation


def take(monkeypatch: pytest.MonkeyPatch, status: int = 204) -> None:
    """The marketplace takes every webhook, and says no more than that."""
    monkeypatch.setattr("accounts.webhooks.post", lambda *_, **__: outbox.Receipt(status))


def told() -> Notice:
    return Notice.objects.get(party=Party.SELLER)


def state(allegation: Allegation) -> str:
    allegation.refresh_from_db()
    return allegation.status


def at(moment: datetime) -> Any:
    return time_machine.travel(moment, tick=False)


# -- who is asked -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chosen", "email", "is_asked"),
    [
        (Relays.NOBODY, "", False),
        (Relays.NOBODY, "shop@seller.example", False),
        (Relays.WITHOUT_ADDRESS, "", True),
        (Relays.WITHOUT_ADDRESS, "shop@seller.example", False),
        (Relays.ALL, "", True),
        (Relays.ALL, "shop@seller.example", True),
    ],
)
def test_a_marketplace_is_asked_only_for_those_whom_it_has_chosen(chosen: Relays, email: str, is_asked: bool) -> None:
    market(chosen)
    restricted_at(email)
    assert (told().relay is not None) is is_asked
    assert OutboxMessage.objects.filter(message_type="notify").exists() is is_asked
    assert (told().mail is not None) is bool(email)


def test_where_no_address_hears_of_it_nobody_is_asked() -> None:
    market(events=("notice.seller",))
    restricted_at()
    assert told().relay is None
    assert not RelayedNotice.objects.exists()


def test_a_complainant_is_never_told_by_the_marketplace() -> None:
    market(Relays.ALL)
    restricted_at()
    assert RelayedNotice.objects.count() == Notice.objects.filter(party=Party.SELLER).count() == 1


def test_what_is_delivered_is_the_sellers_own_letter_with_its_key_and_nothing_else() -> None:
    market()
    allegation = restricted_at()
    message = OutboxMessage.objects.get(message_type="notify")
    payload = message.payload
    assert payload.keys() == event("notify").example.keys()
    assert payload["recipient"] == {"kind": "seller", "ref": allegation.case.listing.seller.external_id}
    assert "/seller/" in payload["link"] and payload["link"] in payload["text"]
    assert "/seller/" not in json.dumps(payload["sections"])
    assert CANARY not in json.dumps(payload, ensure_ascii=False)
    relay = told().relay
    assert relay is not None
    assert message.expires_at == relay.deliver_by == NOW + timedelta(seconds=20, hours=24)
    news = OutboxMessage.objects.get(message_type="notice.seller")
    assert "/seller/" not in json.dumps(news.payload)
    assert news.payload.keys() == event("notice.seller").example.keys()
    effects.dispatch_due(now=LATER)
    asked = OutboxMessage.objects.get(message_type="listing.restrict")
    assert asked.payload.keys() == event("listing.restrict").example.keys()


def test_a_decision_that_is_undone_asks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    take(monkeypatch)
    market()
    allegation = restricted_at()
    decision = allegation.decisions.get()
    decisions.undo(decision, actor=MINA, now=NOW + timedelta(seconds=5))
    arrive()
    message = OutboxMessage.objects.get(message_type="notify")
    assert (message.status, told().status) == (OutboxStatus.CANCELLED, NoticeStatus.VOID)


# -- from when the seller's days run ----------------------------------------------------------------------------------


def test_taking_the_webhook_is_not_delivering_the_notice(monkeypatch: pytest.MonkeyPatch) -> None:
    take(monkeypatch)
    market()
    allegation = restricted_at()
    arrive()
    assert {each.status for each in OutboxMessage.objects.filter(channel="webhook")} == {OutboxStatus.DELIVERED}
    assert (told().status, state(allegation)) == (NoticeStatus.OWED, AllegationStatus.RESTRICTED)


def test_the_sellers_days_run_from_the_time_that_the_marketplace_names(monkeypatch: pytest.MonkeyPatch) -> None:
    take(monkeypatch)
    place = market()
    allegation = restricted_at()
    arrive()
    relay = told().relay
    assert relay is not None
    reached, heard = LATER + timedelta(hours=2), LATER + timedelta(hours=5)
    with at(heard):
        relays.confirm(relay.pk, marketplace=place, delivered_at=reached, now=heard, actor=THEM)
        silence.settle_notices(now=heard)
    assert (told().status, told().sent_at) == (NoticeStatus.SENT, reached)
    assert state(allegation) == AllegationStatus.EXPLANATION_REQUESTED
    due = explanation_of(allegation).due_at
    assert due is not None and due.date().isoformat() == "2026-11-26"


def test_without_a_named_time_it_is_when_the_answer_came(monkeypatch: pytest.MonkeyPatch) -> None:
    take(monkeypatch)
    place = market()
    restricted_at()
    arrive()
    relay = told().relay
    assert relay is not None
    relays.confirm(relay.pk, marketplace=place, delivered_at=None, now=LATER, actor=THEM)
    relay.refresh_from_db()
    assert relay.delivered_at == LATER


def test_a_mail_that_arrives_first_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    take(monkeypatch)
    market(Relays.ALL)
    allegation = restricted_at("shop@seller.example")
    arrive()
    assert [each.to for each in mail.outbox if "shop@seller.example" in each.to]
    assert (told().status, state(allegation)) == (NoticeStatus.SENT, AllegationStatus.EXPLANATION_REQUESTED)


def test_what_was_not_delivered_asks_staff_for_another_way(monkeypatch: pytest.MonkeyPatch) -> None:
    take(monkeypatch)
    place = market()
    allegation = restricted_at()
    arrive()
    relay = told().relay
    assert relay is not None
    relays.fail(relay.pk, marketplace=place, reason="탈퇴한 판매자", now=LATER, actor=THEM)
    silence.settle_notices(now=LATER)
    assert told().status == NoticeStatus.UNDELIVERABLE
    assert WorkItem.objects.open().get(allegation=allegation, kind=WorkKind.CONTACT)


@pytest.mark.parametrize(("status", "reason"), [(204, relays.UNANSWERED), (500, relays.NEVER_LEFT)])
def test_a_marketplace_that_says_nothing_in_time_has_failed(
    monkeypatch: pytest.MonkeyPatch, status: int, reason: str
) -> None:
    def answer(*_: Any, **__: Any) -> outbox.Receipt:
        if status == 500:
            raise outbox.DeliveryFailed("HTTP 500", status_code=500)
        return outbox.Receipt(status)

    monkeypatch.setattr("accounts.webhooks.post", answer)
    market()
    allegation = restricted_at()
    arrive()
    relay = told().relay
    assert relay is not None
    with at(relay.deliver_by - timedelta(seconds=1)):
        assert relays.give_up_unanswered(now=relay.deliver_by - timedelta(seconds=1)) == 0
    with at(relay.deliver_by):
        assert relays.give_up_unanswered(now=relay.deliver_by) == 1
        assert relays.give_up_unanswered(now=relay.deliver_by) == 0
        silence.settle_notices(now=relay.deliver_by)
    relay.refresh_from_db()
    assert (relay.status, relay.reason, told().status) == (RelayStatus.FAILED, reason, NoticeStatus.UNDELIVERABLE)
    assert WorkItem.objects.open().filter(allegation=allegation, kind=WorkKind.CONTACT).count() == 1
    if status == 500:
        assert OutboxMessage.objects.get(message_type="notify").status == OutboxStatus.CANCELLED


def test_a_late_delivery_counts_after_all_and_ends_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    take(monkeypatch)
    place = market()
    allegation = restricted_at()
    arrive()
    relay = told().relay
    assert relay is not None
    relays.fail(relay.pk, marketplace=place, reason="", now=LATER, actor=THEM)
    silence.settle_notices(now=LATER)
    late = LATER + timedelta(hours=30)
    with at(late):
        relays.confirm(relay.pk, marketplace=place, delivered_at=None, now=late, actor=THEM)
        assert tasks.hear_of_late_arrivals(now=late) == 1
        assert tasks.hear_of_late_arrivals(now=late) == 0
    assert (told().status, told().sent_at) == (NoticeStatus.SENT, late)
    assert state(allegation) == AllegationStatus.EXPLANATION_REQUESTED
    assert not WorkItem.objects.open().filter(kind=WorkKind.CONTACT).exists()


# -- what the marketplace may say -------------------------------------------------------------------------------------


def one(place: Marketplace, key: str = "notice:1:notify") -> RelayedNotice:
    with transaction.atomic():
        relay = relays.ask(
            place,
            Recipient(RecipientKind.SELLER, "seller-1", has_address=False),
            Told("upheld", "ko", "제목", [], "글"),
            key=key,
            subject=place,
            leaves_at=NOW,
            now=NOW,
            actor=None,
        )
    assert relay is not None
    return relay


def test_the_same_notice_is_asked_for_once() -> None:
    place = market()
    assert one(place) == one(place)
    assert OutboxMessage.objects.count() == RelayedNotice.objects.count() == 1


@pytest.mark.parametrize("chosen", Relays)
def test_a_buyer_is_told_by_the_marketplace_that_keeps_its_address(chosen: Relays) -> None:
    place = market(chosen)
    assert relays.is_wanted(place, Recipient(RecipientKind.BUYER, "buyer-1", has_address=False))
    assert not relays.is_wanted(place, Recipient(RecipientKind.BUYER, "buyer-1", has_address=True))


def test_delivered_twice_is_once_and_is_never_undelivered() -> None:
    place = market()
    relay = one(place)
    for minutes in (1, 2):
        relays.confirm(relay.pk, marketplace=place, delivered_at=None, now=NOW + timedelta(minutes=minutes), actor=THEM)
    relays.fail(relay.pk, marketplace=place, reason="", now=LATER, actor=THEM)
    relay.refresh_from_db()
    assert (relay.status, relay.delivered_at) == (RelayStatus.DELIVERED, NOW + timedelta(minutes=1))
    verbs = JournalEntry.objects.filter(verb__startswith="accounts.relayed_notice").order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == [
        "accounts.relayed_notice.asked",
        "accounts.relayed_notice.delivered",
    ]


def test_who_answers_has_the_request() -> None:
    relay = one(market())
    relays.fail(relay.pk, marketplace=relay.marketplace, reason="", now=LATER, actor=THEM)
    assert OutboxMessage.objects.get().status == OutboxStatus.DELIVERED


def test_the_marketplaces_words_are_not_in_the_journal() -> None:
    relay = one(market())
    relays.fail(relay.pk, marketplace=relay.marketplace, reason="김판매 010-1234-5678", now=LATER, actor=THEM)
    entry = JournalEntry.objects.get(verb="accounts.relayed_notice.failed")
    assert "김판매" not in json.dumps(entry.detail.body, ensure_ascii=False)


@pytest.mark.parametrize("seconds", [-1, 301])
def test_a_time_before_it_was_asked_or_still_to_come_is_refused(seconds: int) -> None:
    place = market()
    relay = one(place)
    with pytest.raises(DomainError) as refused:
        relays.confirm(relay.pk, marketplace=place, delivered_at=NOW + timedelta(seconds=seconds), now=NOW, actor=THEM)
    relay.refresh_from_db()
    assert (refused.value.code, relay.status) == ("bad_time", RelayStatus.ASKED)


def test_a_clock_that_is_a_little_fast_makes_no_future() -> None:
    place = market()
    relay = one(place)
    relays.confirm(relay.pk, marketplace=place, delivered_at=NOW + timedelta(seconds=200), now=NOW, actor=THEM)
    relay.refresh_from_db()
    assert relay.delivered_at == NOW


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_once_delivery_wins() -> None:
    place = market()
    relay = one(place)
    together(
        lambda: relays.confirm(relay.pk, marketplace=place, delivered_at=None, now=LATER, actor=THEM),
        lambda: relays.fail(relay.pk, marketplace=place, reason="", now=LATER, actor=THEM),
    )
    relay.refresh_from_db()
    assert relay.status == RelayStatus.DELIVERED
