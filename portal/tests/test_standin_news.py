"""What the portal needs of a marketplace, in full: it delivers a notice to its seller, and sends a listing that is
wanted."""

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from accounts.choices import Relays, RelayStatus
from accounts.deliveries import send_test
from accounts.models import Marketplace, RelayedNotice
from accounts.tests.factories import make_marketplace
from core import outbox
from core.choices import OutboxStatus
from listings.tests.factories import make_listing
from portal.tests.standin import HeldMarketplace, carry_out, standing_in
from reports import tasks
from reports.choices import AllegationStatus, Channel, NoticeStatus, Party
from reports.models import Case, Notice, Report
from reports.services import silence
from reports.services.filing import Wanted, file_report
from reports.tests.factories import MINA
from reports.tests.world import alleged, complaint, ground, make_shop, restrict

pytestmark = pytest.mark.django_db(transaction=True)

ITEM: dict[str, Any] = {
    "id": "W-1",
    "url": "https://market.example/item/W-1",
    "title": "가죽 지갑",
    "price_minor": 12900,
    "currency": "KRW",
    "seller": {"id": "shop-1", "name": "한빛상점"},
}


def joined() -> None:
    """What the stand-in does after it has answered is done."""
    for thread in threading.enumerate():
        if thread.name == "follow-up":
            thread.join(20)


def test_a_notice_is_delivered_by_the_marketplace_and_the_sellers_days_begin(
    live_server: LiveServer, tmp_path: Path
) -> None:
    row = make_marketplace()
    Marketplace.objects.update(relays_to_sellers=Relays.WITHOUT_ADDRESS)
    now = timezone.now()
    with standing_in(row, portal=live_server.url, folder=tmp_path) as place:
        allegation = alleged(complaint(make_listing(seller=make_shop(email="")), now=now))
        restrict(allegation, now=now)
        carry_out(at=now + timedelta(seconds=21))
        silence.settle_notices(now=timezone.now())
        notice = Notice.objects.get(party=Party.SELLER)
        assert notice.status == NoticeStatus.OWED
        assert any("/seller/" in each.get("link", "") for each in place.known["notices"])
        place.let_answers_go()
    relay = RelayedNotice.objects.get()
    assert relay.status == RelayStatus.DELIVERED
    assert silence.settle_notices(now=timezone.now()) == 1
    notice.refresh_from_db()
    allegation.refresh_from_db()
    assert (notice.status, notice.sent_at) == (NoticeStatus.SENT, relay.delivered_at)
    assert allegation.status == AllegationStatus.EXPLANATION_REQUESTED


def wanted(place: HeldMarketplace, row: Marketplace) -> Report:
    place.known["listings"]["W-1"] = {"item": ITEM, "version": 0}
    return file_report(Wanted(row, "W-1"), channel=Channel.STAFF, ground=ground(), actor=MINA, now=timezone.now())


def test_a_listing_that_is_wanted_is_sent_and_the_case_opens(live_server: LiveServer, tmp_path: Path) -> None:
    row = make_marketplace()
    with standing_in(row, portal=live_server.url, folder=tmp_path) as place:
        report = wanted(place, row)
        outbox.deliver_due(now=timezone.now())
        joined()
    assert tasks.place_waiting_reports(now=timezone.now()) == 1
    report.refresh_from_db()
    assert report.case == Case.objects.get()


def test_a_test_event_is_taken_like_any_other(live_server: LiveServer, tmp_path: Path) -> None:
    row = make_marketplace()
    with standing_in(row, portal=live_server.url, folder=tmp_path) as place:
        message = send_test(row.endpoints.get(), now=timezone.now(), actor=None)
        assert outbox.deliver_due(now=timezone.now()) == 1
        assert place.known["notices"] == []
    message.refresh_from_db()
    assert (message.status, message.attempt_rows.get().status_code is not None) == (OutboxStatus.DELIVERED, True)
