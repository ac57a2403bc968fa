"""A buyer comes from its order's page on the marketplace, and reads what the portal was told of that order."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from accounts.choices import EntryKind
from accounts.models import EntryLink
from accounts.tests.entry import make_entry, query
from accounts.tests.factories import make_marketplace
from core.models import JournalEntry
from core.numbers import SEOUL
from listings.tests.factories import make_listing
from refunds.choices import OrderStatus, TimeSource
from refunds.models import OrderLine
from refunds.order_page import MOST_LINES
from refunds.tests.factories import amounts, make_order_line, said
from refunds.tests.visits import order_door, visit_order

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 14, 30, tzinfo=SEOUL)


@pytest.fixture(autouse=True)
def _it_is_monday_afternoon() -> Iterator[None]:
    cache.clear()
    with time_machine.travel(NOW, tick=False):
        yield
    cache.clear()


def page_of(line: OrderLine, client: Client) -> str:
    response = client.get(f"/refunds/orders/{line.pk}/")
    assert response.status_code == 200
    return response.content.decode()


def test_opening_the_link_shows_a_button_and_nothing_of_the_order() -> None:
    line = make_order_line(title="카나리아 가방")
    response = Client().get(f"/refunds/enter/?{query(order_door(line))}")
    page = response.content.decode()
    assert response.status_code == 200
    assert "주문 내역 보기" in page
    assert "카나리아" not in page
    assert (EntryLink.objects.count(), JournalEntry.objects.filter(verb__contains="entry_link").count()) == (0, 0)


def test_without_a_link_the_door_says_how_to_come_in() -> None:
    page = Client().get("/refunds/enter/").content.decode()
    assert "주문 상세 화면에 있는 링크" in page
    assert "주문 내역 보기" not in page


def test_the_button_opens_the_order_and_its_address_holds_nothing_of_the_link() -> None:
    line, client = make_order_line(), Client()
    response = client.post("/refunds/enter/", order_door(line).fields)
    assert (response.status_code, response.headers["Location"]) == (302, f"/refunds/orders/{line.pk}/")
    assert line.order_number in page_of(line, client)


def test_the_page_says_what_was_bought_for_how_much_and_when_it_came_by_whose_word() -> None:
    listing = make_listing(url="https://market.example/item/1")
    line = make_order_line(
        title="가죽 가방",
        option_text="검정 / 대",
        quantity=2,
        amounts=amounts(20_000, shipping=3_000),
        ordered=said(NOW - timedelta(days=10)),
        received=said(NOW - timedelta(days=3), TimeSource.CARRIER),
        marketplace=listing.marketplace,
        listing_external_id=listing.external_id,
        seller_external_id=listing.seller.external_id,
    )
    client = Client()
    page = page_of(visit_order(line, client), client)
    for words in (
        "가죽 가방",
        "검정 / 대",
        "2개",
        "23,000원",
        "배송비 3,000원 포함",
        "2026년 11월 13일(금) · 마켓플레이스 기준",
        "2026년 11월 20일(금) · 택배사 기준",
        listing.seller.shop_name,
        'href="https://market.example/item/1" rel="noreferrer noopener"',
        "통신판매중개자이며 통신판매의 당사자가 아닙니다",
        "1372 소비자상담센터",
        "한국소비자원",
        "전자문서·전자거래분쟁조정위원회",
    ):
        assert words in page


def test_what_is_not_known_yet_is_said_to_be_so() -> None:
    line, client = make_order_line(), Client()
    page = page_of(visit_order(line, client), client)
    assert "아직 알려지지 않았습니다" in page
    assert "환급된 금액" not in page


def test_what_was_given_back_and_cancelled_is_shown() -> None:
    line, client = make_order_line(status=OrderStatus.RETURNED, returned_quantity=1, refunded_minor=10_000), Client()
    page = page_of(visit_order(line, client), client)
    for words in ("반품 1개", "10,000원", "반품"):
        assert words in page


def test_the_page_says_nothing_of_the_buyer_and_offers_nothing_that_is_not_there_yet() -> None:
    line, client = make_order_line(), Client()
    page = page_of(visit_order(line, client), client)
    for words in ("consumer.example", "010-1234", line.email_hash, "환불 신청", "신고하기"):
        assert words not in page


def test_all_lines_of_the_order_are_shown_and_those_of_no_other() -> None:
    line = make_order_line(title="첫째 물건")
    make_order_line(order_number=line.order_number, line_number="2", title="둘째 물건")
    make_order_line(title="다른 주문")
    make_order_line(
        marketplace=make_marketplace("other"), order_number=line.order_number, title="다른 장터의 같은 번호"
    )
    client = Client()
    page = page_of(visit_order(line, client), client)
    assert "첫째 물건" in page and "둘째 물건" in page
    assert "다른" not in page.replace("다른 주문번호", "").replace("다르면", "")


def test_another_order_opens_for_nobody_who_came_to_this_one() -> None:
    mine, other = make_order_line(), make_order_line()
    client = Client()
    visit_order(mine, client)
    assert client.get(f"/refunds/orders/{other.pk}/").status_code == 403
    assert Client().get(f"/refunds/orders/{mine.pk}/").status_code == 403
    assert client.get(f"/refunds/orders/{10**30}/").status_code == 403


def test_the_link_opens_as_often_as_wanted_until_it_ends() -> None:
    line = make_order_line()
    door = order_door(line, valid_for=timedelta(hours=24))
    for hours in (0, 12, 24):
        with time_machine.travel(NOW + timedelta(hours=hours), tick=False):
            assert Client().post("/refunds/enter/", door.fields).status_code == 302
    with time_machine.travel(NOW + timedelta(hours=24, minutes=2), tick=False):
        late = Client().post("/refunds/enter/", door.fields)
    assert late.status_code == 403
    assert JournalEntry.objects.filter(verb="accounts.entry_link.redeemed").count() == 1


def test_every_link_that_opens_nothing_says_the_same_and_many_are_slowed_down() -> None:
    line = make_order_line()
    door = order_door(line)
    other_order = make_order_line().order_number
    wrong = [
        {},
        door.fields | {"order": other_order},
        door.fields | {"marketplace": "nowhere"},
        order_door(line, valid_for=timedelta(hours=25)).fields,
        make_entry(line.marketplace, line.order_number, now=NOW).fields | {"order": line.order_number},
        door.fields | {"order": "a\0b"},
    ]
    responses = [Client().post("/refunds/enter/", fields) for fields in wrong]
    assert {response.status_code for response in responses} == {403}
    assert len({response.context["text"] for response in responses}) == 1
    statuses = [Client().post("/refunds/enter/", {}).status_code for _ in range(25)]
    assert statuses == [403] * 24 + [429]


def test_an_order_that_the_portal_was_never_told_of_says_to_come_again() -> None:
    place = make_marketplace()
    order_door(make_order_line())
    door = make_entry(place, "O-TOMORROW", kind=EntryKind.ORDER, now=NOW)
    response = Client().post("/refunds/enter/", door.fields)
    assert response.status_code == 200
    assert "주문 정보를 아직 받지 못했습니다" in response.content.decode()
    assert EntryLink.objects.count() == 0


def test_two_idle_hours_close_the_order_and_so_does_its_button() -> None:
    line, client = make_order_line(), Client()
    visit_order(line, client)
    for hours in (1.5, 3):
        with time_machine.travel(NOW + timedelta(hours=hours), tick=False):
            assert page_of(line, client)
    with time_machine.travel(NOW + timedelta(hours=5, minutes=1), tick=False):
        assert client.get(f"/refunds/orders/{line.pk}/").status_code == 403
        visit_order(line, client)
        assert "주문 화면을 닫았습니다" in client.post("/refunds/leave/", follow=True).content.decode()
        assert client.get(f"/refunds/orders/{line.pk}/").status_code == 403


def test_a_session_that_somebody_planted_opens_nothing() -> None:
    mine, other = make_order_line(), make_order_line()
    victim = Client()
    visit_order(other, victim)
    planted = victim.cookies["sessionid"].value
    visit_order(mine, victim)
    assert victim.cookies["sessionid"].value != planted
    thief = Client()
    thief.cookies["sessionid"] = planted
    assert thief.get(f"/refunds/orders/{mine.pk}/").status_code == 403


@pytest.mark.parametrize("path", ["enter/", "orders/1/"])
def test_no_page_is_kept_listed_or_told_to_other_sites(path: str) -> None:
    headers = Client().get(f"/refunds/{path}").headers
    assert headers["Cache-Control"] == "no-store, private"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Robots-Tag"] == "noindex, nofollow, noarchive"


def test_an_order_of_very_many_lines_says_how_many_are_left_out() -> None:
    line = make_order_line(line_number="0")
    copies = []
    for number in range(1, MOST_LINES + 3):
        copy = OrderLine.objects.get(pk=line.pk)
        copy.pk, copy.line_number = None, str(number)
        copies.append(copy)
    OrderLine.objects.bulk_create(copies)
    client = Client()
    assert "이 밖에 3개 품목이 더 있습니다." in page_of(visit_order(line, client), client)


def test_what_a_seller_wrote_is_escaped() -> None:
    line, client = make_order_line(title="<script>alert(1)</script>", option_text="<b>"), Client()
    page = page_of(visit_order(line, client), client)
    assert "<script>alert" not in page and "&lt;script&gt;" in page
