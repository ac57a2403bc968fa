"""A report about a listing that is not known: its marketplace is asked, and its case opens once the listing comes."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction

from accounts.endpoints import bring_main_address
from accounts.events import event
from accounts.models import Marketplace
from accounts.tests.factories import make_marketplace
from core.models import JournalEntry, OutboxMessage
from core.tests.together import together
from listings.tests.factories import make_listing
from reports import tasks
from reports.choices import AllegationStatus, Channel, NoticeKind
from reports.models import Case, Notice, Report, WantedListing, WorkItem
from reports.services import placing, wanting
from reports.services.filing import Contact, Wanted, file_report
from reports.tests.factories import MINA, NOW
from reports.tests.world import ground, make_shop
from sellers.models import Seller

pytestmark = pytest.mark.django_db

HOOK = "https://market.example/hook"
DAY = timedelta(days=1)
CANARY = "신고인-이름-1193"


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def report(place: Marketplace, number: str = "A 1/2", *, email: str = "buyer@person.example", **more: Any) -> Report:
    return file_report(
        Wanted(place, number),
        channel=Channel.STAFF,
        ground=ground(),
        text=f"{CANARY}의 글",
        contact=Contact(name=CANARY, email=email, phone="010-7788-9911"),
        actor=MINA,
        now=NOW,
        **more,
    )


def asked() -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(message_type="listing.wanted").order_by("pk"))


# -- asking -----------------------------------------------------------------------------------------------------------


def test_the_marketplace_is_asked_in_the_transaction_of_the_report() -> None:
    place = make_marketplace(webhook_url=HOOK)
    report(place)
    [message] = asked()
    assert message.payload == {
        "listing": "A 1/2",
        "address": "https://market.example/item/A%201%2F2",
        "wanted_since": "2026-11-23T05:30:00.000000Z",
        "reports": 1,
    }
    assert message.payload.keys() == event("listing.wanted").example.keys()
    wanted = WantedListing.objects.get()
    assert (wanted.asks, wanted.asked_at, wanted.found_at) == (1, NOW, None)


def test_nothing_of_who_reported_leaves() -> None:
    report(make_marketplace(webhook_url=HOOK))
    said = json.dumps([each.payload for each in OutboxMessage.objects.all()], ensure_ascii=False)
    assert [word for word in (CANARY, "buyer@person.example", "010-7788-9911") if word in said] == []


def test_a_report_that_is_rolled_back_asks_nobody() -> None:
    with transaction.atomic():
        report(make_marketplace(webhook_url=HOOK))
        transaction.set_rollback(True)
    assert (asked(), WantedListing.objects.count()) == ([], 0)


def test_many_reports_of_one_listing_ask_once() -> None:
    place = make_marketplace(webhook_url=HOOK)
    for number in range(3):
        report(place, email=f"buyer-{number}@person.example")
    report(place, "B-2")
    assert [each.payload["listing"] for each in asked()] == ["A 1/2", "B-2"]


def test_a_marketplace_without_a_pattern_is_told_no_address() -> None:
    report(make_marketplace("bare", webhook_url=HOOK, address_patterns=[]))
    assert asked()[0].payload["address"] == ""


def test_it_is_asked_again_once_a_day_while_reports_wait() -> None:
    place = make_marketplace(webhook_url=HOOK)
    for number in range(2):
        report(place, email=f"buyer-{number}@person.example")
    assert wanting.ask_again(now=NOW + DAY - timedelta(seconds=1)) == 0
    assert wanting.ask_again(now=NOW + DAY) == 1
    assert wanting.ask_again(now=NOW + DAY) == 0
    assert [each.payload["reports"] for each in asked()] == [1, 2]
    assert len({each.key for each in asked()}) == 2


def test_it_is_not_asked_until_the_end_of_time() -> None:
    report(make_marketplace(webhook_url=HOOK))
    days = [wanting.ask_again(now=NOW + number * DAY) for number in range(1, 15)]
    assert days == [1] * 9 + [0] * 5
    assert JournalEntry.objects.filter(verb="reports.wanted_listing.asked").count() == 10


def test_a_marketplace_that_hears_later_is_asked_then() -> None:
    place = make_marketplace()
    report(place)
    assert (asked(), wanting.ask_again(now=NOW)) == ([], 0)
    assert WantedListing.objects.get().asks == 0
    bring_main_address(place, HOOK, actor=None)
    assert tasks.ask_for_wanted_listings(now=NOW) == 1
    assert len(asked()) == 1


# -- coming -----------------------------------------------------------------------------------------------------------


def arrives(place: Marketplace, number: str = "A 1/2") -> Any:
    shop = Seller.objects.filter(marketplace=place).first() or make_shop(marketplace=place)
    return make_listing(seller=shop, external_id=number)


def test_the_listing_comes_and_the_case_opens_by_itself() -> None:
    place = make_marketplace(webhook_url=HOOK)
    first, second = report(place), report(place, email="other@person.example")
    assert tasks.place_waiting_reports(now=NOW) == 0
    assert Case.objects.count() == 0
    listing = arrives(place)
    later = NOW + timedelta(hours=1)
    assert tasks.place_waiting_reports(now=later) == 2
    assert tasks.place_waiting_reports(now=later) == 0
    case = Case.objects.get()
    for each in (first, second):
        each.refresh_from_db()
        assert (each.case, each.version) == (case, listing.current_version)
    assert case.allegations.get().status in {AllegationStatus.RECEIVED, AllegationStatus.UNDER_REVIEW}
    assert WorkItem.objects.open().filter(case=case).exists()
    assert WantedListing.objects.get().found_at == later
    assert wanting.ask_again(now=NOW + 2 * DAY) == 0
    assert JournalEntry.objects.filter(verb="reports.wanted_listing.found").count() == 1


def test_who_waited_is_told_that_the_report_was_received_with_the_way_to_follow_it() -> None:
    place = make_marketplace()
    report(place)
    report(place, email="")
    assert not Notice.objects.exists()
    arrives(place)
    placing.place_waiting(now=NOW)
    notice = Notice.objects.get()
    assert (notice.kind, notice.complainant is not None) == (NoticeKind.RECEIVED, True)
    [letter] = OutboxMessage.objects.filter(channel="mail")
    assert "/track/" in letter.payload["text"]


def test_a_listing_of_that_number_elsewhere_places_nothing() -> None:
    place, other = make_marketplace(), make_marketplace("other")
    report(place)
    arrives(other)
    assert placing.place_waiting(now=NOW) == 0
    assert WantedListing.objects.get().found_at is None


def test_a_report_that_was_written_while_the_listing_came_is_placed_too() -> None:
    place = make_marketplace()
    report(place)
    arrives(place)
    assert placing.place_waiting(now=NOW) == 1
    late = report(place, email="late@person.example")
    assert placing.place_waiting(now=NOW) == 1
    late.refresh_from_db()
    assert late.case is not None


def test_many_reports_are_placed_in_bounded_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(placing, "_ROUND", 2)
    place = make_marketplace()
    for number in range(5):
        report(place, email=f"buyer-{number}@person.example")
    arrives(place)
    assert [placing.place_waiting(now=NOW) for _ in range(4)] == [2, 2, 1, 0]
    assert Case.objects.count() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_many_who_report_an_unknown_listing_at_once_one_asks() -> None:
    place = make_marketplace(webhook_url=HOOK)
    together(*[lambda number=number: report(place, email=f"b-{number}@person.example") for number in range(6)])
    assert (Report.objects.unplaced().count(), WantedListing.objects.count(), len(asked())) == (6, 1, 1)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_couriers_place_each_report_once() -> None:
    place = make_marketplace()
    for number in range(4):
        report(place, email=f"buyer-{number}@person.example")
    arrives(place)
    together(*[lambda: placing.place_waiting(now=NOW)] * 3)
    assert Report.objects.unplaced().count() == 0
    assert JournalEntry.objects.filter(verb="reports.report.placed").count() == 4
    assert JournalEntry.objects.filter(verb="reports.wanted_listing.found").count() == 1
