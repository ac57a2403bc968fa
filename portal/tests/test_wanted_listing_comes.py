"""A report waits for a listing that its marketplace then sends over the API: the case opens by itself."""

import pytest
from django.utils import timezone

from accounts.tests.api import Api, make_client
from accounts.tests.factories import make_marketplace
from core.models import OutboxMessage
from reports import tasks
from reports.choices import Channel
from reports.models import Case
from reports.services.filing import Contact, Wanted, file_report
from reports.tests.factories import MINA
from reports.tests.world import ground

pytestmark = pytest.mark.django_db


def test_the_listing_arrives_by_upsert_and_the_case_opens_by_itself() -> None:
    place = make_marketplace(webhook_url="https://market.example/hook")
    report = file_report(
        Wanted(place, "W-1"),
        channel=Channel.STAFF,
        ground=ground(),
        contact=Contact(email="buyer@person.example"),
        actor=MINA,
        now=timezone.now(),
    )
    [wanted] = OutboxMessage.objects.filter(message_type="listing.wanted")

    item = {
        "id": wanted.payload["listing"],
        "url": wanted.payload["address"],
        "title": "가죽 지갑",
        "price_minor": 12900,
        "currency": "KRW",
        "seller": {"id": "shop-1", "name": "한빛상점"},
    }
    assert Api(make_client(marketplace=place)).post("listings", {"items": [item]}).status == 200
    assert tasks.place_waiting_reports(now=timezone.now()) == 1

    report.refresh_from_db()
    assert report.case == Case.objects.get()
    assert report.case.listing.external_id == "W-1"
