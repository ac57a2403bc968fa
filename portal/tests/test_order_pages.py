"""Order lines in the staff's admin: who sees them, how they are found, and that nobody sees a contact."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.models import JournalEntry
from portal.tests.rows import make_person
from refunds.choices import TimeSource
from refunds.models import OrderLine
from refunds.records import AmountsRecord, BuyerRecord
from refunds.tests.factories import correct_order_line, make_order_line, said

pytestmark = pytest.mark.django_db

LIST = "admin:refunds_orderline_changelist"
RECEIVED = datetime(2026, 11, 3, 5, 30, tzinfo=UTC)


def bought() -> OrderLine:
    return make_order_line(
        order_number="2026-ab-0001",
        listing_external_id="i1",
        currency="USD",
        amounts=AmountsRecord(goods_minor=2_000, discount_seller_minor=150, shipping_minor=399, paid_minor=2_249),
        ordered=said(RECEIVED - timedelta(days=5)),
        received=said(RECEIVED, TimeSource.CARRIER),
        buyer=BuyerRecord("canary@consumer.example", "010-9876-5432", "canary@consumer.example"),
    )


def page(line: OrderLine) -> str:
    return reverse("admin:refunds_orderline_change", args=[line.pk])


@pytest.mark.parametrize("role", ["refund_officer", "refund_lead", "reader"])
def test_who_works_on_refunds_sees_what_was_bought_and_paid(client: Client, role: str) -> None:
    line = bought()
    client.force_login(make_person(role))
    told = client.get(page(line)).content.decode()
    for text in ("US$22.49", "US$20.00", "US$1.50", "US$3.99", "2026년 11월 3일(화) 14:30 · 택배사", "가죽 가방"):
        assert text in told
    assert "US$22.49" in client.get(reverse(LIST)).content.decode()


@pytest.mark.parametrize("role", ["refund_officer", "reader"])
def test_nobody_sees_a_contact_only_that_there_is_one(client: Client, role: str) -> None:
    line = bought()
    client.force_login(make_person(role))
    history = reverse("admin:refunds_orderline_history", args=[line.pk])
    told = "".join(client.get(url).content.decode() for url in (page(line), history, reverse(LIST)))
    assert told.count("등록됨") == 3
    assert "주문 품목 · 가져오기" in told
    for canary in ("canary", "98765432", "9876", line.email_hash, line.mobile_hash, line.notice_encrypted):
        assert canary not in told


def test_a_line_without_contacts_says_that_the_marketplace_passes_notices_on(client: Client) -> None:
    line = make_order_line(buyer=BuyerRecord())
    client.force_login(make_person("refund_officer"))
    told = client.get(page(line)).content.decode()
    assert "마켓플레이스가 전달" in told
    assert "등록됨" not in told


@pytest.mark.parametrize("role", ["moderator", "lead", "korea_team", "verifier", "audit_manager", "legal", "operator"])
def test_others_see_no_order(client: Client, role: str) -> None:
    line = bought()
    client.force_login(make_person(role))
    assert [client.get(url).status_code for url in (page(line), reverse(LIST))] == [403, 403]


def test_nobody_changes_a_line_by_hand(client: Client) -> None:
    line = bought()
    before, entries = list(OrderLine.objects.values()), JournalEntry.objects.count()
    client.force_login(make_person("refund_lead"))
    assert client.post(page(line), {"quantity": "1"}).status_code == 403
    assert (list(OrderLine.objects.values()), JournalEntry.objects.count()) == (before, entries)


@pytest.mark.parametrize("typed", ["2026-ab-0001", "２０２６ａｂ０００１", "2026 AB 0001", " 2026ab0001 ", "i1"])
def test_an_order_is_found_however_its_number_is_typed(client: Client, typed: str) -> None:
    line = bought()
    make_order_line()
    client.force_login(make_person("refund_officer"))
    answer = client.get(reverse(LIST), {"q": typed})
    assert list(answer.context["cl"].queryset) == [line]


@pytest.mark.parametrize("typed", ["canary@consumer.example", "010-9876-5432", "없는 주문"])
def test_a_contact_finds_nothing(client: Client, typed: str) -> None:
    bought()
    client.force_login(make_person("refund_officer"))
    answer = client.get(reverse(LIST), {"q": typed})
    assert (answer.status_code, list(answer.context["cl"].queryset)) == (200, [])


def test_a_correction_is_shown_with_what_stood_there(client: Client) -> None:
    line = make_order_line()
    correct_order_line(line)
    client.force_login(make_person("refund_officer"))
    told = client.get(page(line)).content.decode()
    for text in ("수량 오기", "수량: 2", "수량: 1"):
        assert text in told


def test_the_list_takes_at_most_twenty_queries_however_long_it_is(client: Client) -> None:
    client.force_login(make_person("refund_officer"))
    counts = []
    for more in (3, 30):
        for _ in range(more):
            make_order_line(received_days_ago=3)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse(LIST)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[1] <= 20
