"""A shop that comes from its marketplace: the way in, and the list of all that it was told of."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.endpoints import bring_main_address
from accounts.models import AccessLink, ContactCode, EntryLink
from accounts.services import revoke_link
from accounts.tests.entry import make_entry, query
from accounts.tests.factories import make_marketplace
from core.models import JournalEntry, OutboxMessage
from listings.tests.factories import make_listing
from reports.choices import DecisionKind
from reports.models import Allegation, Explanation
from reports.parties.shop_page import A_PAGE
from reports.services import decisions
from reports.tests.factories import MINA, make_match_brand
from reports.tests.party_visits import seller_page, sent_code, shop_door, told, visit, visit_shop
from reports.tests.world import (
    LATER,
    alleged,
    arrive,
    complaint,
    decide,
    explain,
    explained,
    make_shop,
    removed,
    restrict,
    restricted,
)
from sellers.models import Seller

pytestmark = pytest.mark.django_db


@contextmanager
def at(moment: datetime = LATER) -> Iterator[None]:
    with time_machine.travel(moment, tick=False):
        yield


@pytest.fixture(autouse=True)
def _it_is_monday_afternoon() -> Iterator[None]:
    cache.clear()
    with at():
        yield
    cache.clear()


@pytest.fixture
def shop() -> Seller:
    return make_shop()


def matter(shop: Seller, title: str = "", **more: Any) -> Allegation:
    return restricted(listing=make_listing(title, seller=shop) if title else make_listing(seller=shop), **more)


def listed(client: Client, shop: Seller, query: str = "") -> str:
    response = client.get(f"/seller/shops/{shop.pk}/{query}")
    assert response.status_code == 200
    return response.content.decode()


def numbers(page: str) -> list[int]:
    """The allegations in the order in which they are listed."""
    return [int(number) for number in re.findall(r'href="/seller/cases/(\d+)/"', page)]


# -- the way in ------------------------------------------------------------------------------------------------------


def test_opening_the_link_shows_a_button_and_does_nothing(shop: Seller) -> None:
    response = Client().get(f"/seller/enter/?{query(shop_door(shop))}")
    page = response.content.decode()
    assert response.status_code == 200
    assert "확인 코드 받기" in page
    assert shop.shop_name not in page
    assert (ContactCode.objects.count(), EntryLink.objects.count(), AccessLink.objects.count()) == (0, 0, 0)
    assert not JournalEntry.objects.filter(verb__contains="link").exists()


def test_a_made_up_link_shows_the_same_button(shop: Seller) -> None:
    """A scanner learns nothing, and nothing is counted before somebody presses."""
    door = shop_door(shop)
    pages = [
        Client().get(f"/seller/enter/?{query(door, **changes)}").content.decode()
        for changes in ({}, {"signature": "v1." + "a" * 43})
    ]
    without_values = {re.sub(r'value="[^"]*"', "", page) for page in pages}
    assert len({re.sub(r"\?[^\"]*", "", page) for page in without_values}) == 1


def test_without_a_link_the_door_says_how_a_seller_comes_in() -> None:
    response = Client().get("/seller/enter/")
    assert (response.status_code, response.headers["Location"]) == (302, "/seller/")


def test_the_button_sends_the_link_in_its_form_and_no_address_holds_it_any_more(shop: Seller) -> None:
    client, door = Client(), shop_door(shop)
    page = client.get(f"/seller/enter/?{query(door)}").content.decode()
    assert 'action="/seller/enter/"' in page
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    hidden.pop("csrfmiddlewaretoken")
    assert hidden == door.fields
    response = client.post("/seller/enter/", door.fields)
    assert (response.status_code, response.headers["Location"]) == (302, "/seller/confirm/")


def test_the_link_and_the_code_open_the_shops_matters(shop: Seller) -> None:
    mine = matter(shop)
    client = visit_shop(shop)
    page = listed(client, shop)
    assert numbers(page) == [mine.pk]
    assert mine.case.number in page
    verbs = JournalEntry.objects.filter(verb__in=["accounts.entry_link.redeemed", "accounts.contact_code.confirmed"])
    assert sorted(verbs.values_list("verb", "actor_kind")) == [
        ("accounts.contact_code.confirmed", "seller"),
        ("accounts.entry_link.redeemed", "marketplace"),
    ]


def test_the_link_without_the_code_opens_nothing(shop: Seller) -> None:
    mine, client = matter(shop), Client()
    client.post("/seller/enter/", shop_door(shop).fields)
    assert client.get(f"/seller/shops/{shop.pk}/").status_code == 403
    assert client.get(f"/seller/cases/{mine.pk}/").status_code == 403


def test_a_link_that_was_used_in_another_browser_opens_nothing(shop: Seller) -> None:
    door = shop_door(shop)
    assert Client().post("/seller/enter/", door.fields).status_code == 302
    response = Client().post("/seller/enter/", door.fields)
    assert response.status_code == 403
    assert "이미 사용한 링크" in response.content.decode()
    assert ContactCode.objects.count() == 1


def test_pressing_twice_in_one_browser_sends_one_code_and_says_so(shop: Seller) -> None:
    client, door = Client(), shop_door(shop)
    client.get(f"/seller/enter/?{query(door)}")
    client.post("/seller/enter/", door.fields)
    response = client.post("/seller/enter/", door.fields, follow=True)
    assert "60초가 지나지 않았습니다" in told(response)
    assert ContactCode.objects.count() == 1


def test_every_link_that_opens_nothing_says_the_same(shop: Seller) -> None:
    door, other = shop_door(shop), shop_door(make_shop())
    wrong = [
        {},
        door.fields | {"signature": other.signature},
        door.fields | {"marketplace": "nowhere"},
        shop_door(shop, valid_for=timedelta(seconds=-90)).fields,
        shop_door(shop, valid_for=timedelta(hours=1)).fields,
        make_entry(shop.marketplace, shop.external_id, now=LATER, secret="whsec_" + "QkJC" * 8).fields,
        {name: value + "\0" for name, value in door.fields.items()},
        {name: value * 400 for name, value in door.fields.items()},
    ]
    responses = [Client().post("/seller/enter/", fields) for fields in wrong]
    assert {response.status_code for response in responses} == {403}
    assert len({response.context["text"] for response in responses}) == 1
    assert (ContactCode.objects.count(), EntryLink.objects.count()) == (0, 0)


def test_links_that_open_nothing_are_slowed_down_and_one_that_does_opens_all_the_same(shop: Seller) -> None:
    wrong = shop_door(shop).fields | {"signature": "v1." + "a" * 43}
    statuses = [Client().post("/seller/enter/", wrong).status_code for _ in range(31)]
    assert statuses == [403] * 30 + [429]
    slowed = Client().post("/seller/enter/", wrong)
    assert slowed.headers["Retry-After"] == "60"
    assert Client().get(f"/seller/enter/?{query(shop_door(shop))}").status_code == 200
    assert Client().post("/seller/enter/", shop_door(shop).fields).status_code == 302


def test_a_shop_that_the_portal_was_never_told_of_reads_that_nothing_waits(shop: Seller) -> None:
    door = make_entry(shop.marketplace, "shop-of-tomorrow", now=LATER)
    response = Client().post("/seller/enter/", door.fields)
    page = response.content.decode()
    assert response.status_code == 200
    assert "아직 등록되지 않은 상점입니다" in page and shop.marketplace.name in page
    assert (EntryLink.objects.count(), ContactCode.objects.count()) == (0, 0)


def test_another_marketplaces_link_is_about_its_own_shop(shop: Seller) -> None:
    """Two marketplaces may number their shops alike."""
    namesake = make_shop(marketplace=make_marketplace("elsewhere"), external_id=shop.external_id)
    client = Client()
    client.post("/seller/enter/", shop_door(namesake).fields)
    response = client.post("/seller/confirm/", {"code": sent_code()})
    assert response.headers["Location"] == f"/seller/shops/{namesake.pk}/"
    assert client.get(f"/seller/shops/{shop.pk}/").status_code == 403


def test_visits_of_one_day_share_a_link_so_that_the_limits_of_codes_hold(shop: Seller) -> None:
    for minute in range(6):
        with at(LATER + timedelta(minutes=2 * minute)):
            response = Client().post("/seller/enter/", shop_door(shop).fields, follow=True)
    assert "한 시간에 5번까지만" in told(response)
    assert (AccessLink.objects.filter(subject_type="sellers.seller").count(), ContactCode.objects.count()) == (1, 5)
    with at(LATER + timedelta(hours=17)):
        Client().post("/seller/enter/", shop_door(shop).fields)
    assert AccessLink.objects.filter(subject_type="sellers.seller").count() == 2


def test_revoking_the_shops_link_closes_its_visits(shop: Seller) -> None:
    mine = matter(shop)
    client = visit_shop(shop)
    revoke_link(AccessLink.objects.get(subject_type="sellers.seller"), now=LATER, actor=MINA)
    assert client.get(f"/seller/shops/{shop.pk}/").status_code == 403
    assert client.get(f"/seller/cases/{mine.pk}/").status_code == 403


def test_a_visit_ends_after_two_idle_hours_and_when_it_is_closed(shop: Seller) -> None:
    client = visit_shop(shop)
    for hours in (1, 2.5):
        with at(LATER + timedelta(hours=hours)):
            assert listed(client, shop)
    with at(LATER + timedelta(hours=5)):
        assert client.get(f"/seller/shops/{shop.pk}/").status_code == 403
        again = visit_shop(shop)
        again.post("/seller/leave/")
        assert again.get(f"/seller/shops/{shop.pk}/").status_code == 403


@pytest.mark.parametrize("path", ["enter/?marketplace=x", "shops/1/"])
def test_no_page_is_kept_listed_or_told_to_other_sites(path: str) -> None:
    headers = Client().get(f"/seller/{path}").headers
    assert headers["Cache-Control"] == "no-store, private"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Robots-Tag"] == "noindex, nofollow, noarchive"


# -- whose matters ---------------------------------------------------------------------------------------------------


def test_a_shop_sees_and_opens_its_own_matters_and_no_other_shops(shop: Seller) -> None:
    mine, other = matter(shop), restricted()
    client = visit_shop(shop)
    assert numbers(listed(client, shop)) == [mine.pk]
    assert mine.case.number in seller_page(client, mine)
    for path in ("", "explanation/", "documents/", "extension/", "appeal/"):
        assert client.get(f"/seller/cases/{other.pk}/{path}").status_code == 403
    assert client.get(f"/seller/shops/{other.case.listing.seller_id}/").status_code == 403


def test_a_mailed_link_opens_its_one_matter_and_not_the_list(shop: Seller) -> None:
    first, second = matter(shop), matter(shop)
    client = visit(first)
    assert "상점의 안건 모두 보기" not in seller_page(client, first)
    assert client.get(f"/seller/shops/{shop.pk}/").status_code == 403
    assert client.get(f"/seller/cases/{second.pk}/").status_code == 403


def test_a_shops_page_leads_back_to_the_list(shop: Seller) -> None:
    mine = matter(shop)
    page = seller_page(visit_shop(shop), mine)
    assert f'href="/seller/shops/{shop.pk}/"' in page


def test_what_the_shop_was_not_told_of_is_in_no_list_and_opens_nowhere(shop: Seller) -> None:
    """Reported but not restricted; dismissed without a restriction; restricted a moment ago."""
    reported = alleged(complaint(make_listing(seller=shop)))
    dismissed = alleged(complaint(make_listing(seller=shop)))
    decide(dismissed, DecisionKind.DISMISSED)
    fresh = alleged(complaint(make_listing(seller=shop)))
    client = visit_shop(shop)
    with at(LATER + timedelta(seconds=5)):
        restrict(fresh, now=LATER)
        page = listed(client, shop)
        assert numbers(page) == []
        assert "이 상점에 통지된 안건이 없습니다" in page
        for hidden in (reported, dismissed, fresh):
            assert client.get(f"/seller/cases/{hidden.pk}/").status_code == 403
    with at(LATER + timedelta(seconds=21)):
        assert numbers(listed(client, shop)) == [fresh.pk]


def test_a_restriction_that_was_undone_was_never_there(shop: Seller) -> None:
    allegation = alleged(complaint(make_listing(seller=shop)))
    decision = restrict(allegation)
    decisions.undo(decision, actor=MINA, now=decision.decided_at + timedelta(seconds=5), may_undo_others=False)
    client = visit_shop(shop)
    assert numbers(listed(client, shop)) == []
    assert client.get(f"/seller/cases/{allegation.pk}/").status_code == 403


def test_a_notice_that_reached_nobody_is_read_by_who_comes_from_the_marketplace() -> None:
    """The very matter for which the list is there: the mail bounced, or there is no mailbox."""
    silent = make_shop(email="")
    bring_main_address(silent.marketplace, "https://market.example/hook", actor=None)
    allegation = alleged(complaint(make_listing(seller=silent)))
    restrict(allegation)
    client = Client()
    client.post("/seller/enter/", shop_door(silent).fields)
    code = OutboxMessage.objects.get(message_type="notice.code").payload["code"]
    client.post("/seller/confirm/", {"code": code})
    assert numbers(listed(client, silent)) == [allegation.pk]


# -- what the list says ----------------------------------------------------------------------------------------------


def test_what_waits_for_the_seller_comes_first_by_its_deadline_then_the_rest_the_latest_first(shop: Seller) -> None:
    over = removed(listing=make_listing("끝난 상품", seller=shop))
    heard = explained(listing=make_listing("검토 중 상품", seller=shop))
    late, soon = matter(shop, "나중 상품"), matter(shop, "급한 상품")
    for allegation, hours in ((late, 60), (soon, 30)):
        Explanation.objects.filter(allegation=allegation).update(due_at=LATER + timedelta(hours=hours))
    with at(LATER + timedelta(minutes=5)):
        page = listed(visit_shop(shop), shop)
    assert numbers(page) == [soon.pk, late.pk, heard.pk, over.pk]
    places = [page.index(words) for words in ("지금 하실 일", "급한 상품", "진행 중인 안건", "끝난 안건", "끝난 상품")]
    assert places == sorted(places)
    assert "소명을 기다리는 안건이 2건 있습니다." in page
    assert "소명을 제출해 주세요." in page
    assert "소명 기한" in page and "이의제기 기한" in page


def test_what_was_done_is_asked_no_more(shop: Seller) -> None:
    mine = matter(shop)
    client = visit_shop(shop)
    assert "소명을 제출해 주세요." in listed(client, shop)
    explain(mine)
    page = listed(client, shop)
    assert "소명을 제출해 주세요." not in page
    assert "지금 하실 일은 없습니다." in page


def test_a_decision_that_can_still_be_undone_is_not_in_the_list(shop: Seller) -> None:
    mine = explained(listing=make_listing(seller=shop))
    client = visit_shop(shop)
    decide(mine, DecisionKind.UPHELD, now=LATER)
    with at(LATER + timedelta(seconds=5)):
        assert "판매중지" not in listed(client, shop)
    arrive(now=LATER + timedelta(minutes=1))
    with at(LATER + timedelta(minutes=1)):
        assert "판매중지" in listed(client, shop)


def test_the_list_says_what_the_seller_may_know_and_nothing_of_who_reported() -> None:
    shop = make_shop()
    restricted(
        listing=make_listing("크로넬도 가방", seller=shop), brand=make_match_brand("크로넬도"), name="카나리아 신고인"
    )
    page = listed(visit_shop(shop), shop)
    assert "크로넬도" in page and "위조상품" in page
    assert "카나리아" not in page


@pytest.mark.parametrize(
    ("language", "words"),
    [("ko", "상점의 안건"), ("en", "1 matter waits for your explanation."), ("zh-hans", "有1项事项等待您的说明。")],
)
def test_the_list_is_in_the_shops_language(language: str, words: str) -> None:
    shop = make_shop(language=language)
    matter(shop)
    assert words in listed(visit_shop(shop), shop)


def test_the_language_is_changed_on_the_door_without_losing_the_link(shop: Seller) -> None:
    door, client = shop_door(shop), Client()
    page = client.get(f"/seller/enter/?{query(door)}").content.decode()
    english = next(link for link in re.findall(r'<a href="(\?[^"]*)"', page) if "lang=en" in link)
    page = client.get(f"/seller/enter/{english.replace('&amp;', '&')}").content.decode()
    assert f'value="{door.signature}"' in page
    assert '<html lang="en">' in page


def test_a_long_list_has_pages_and_a_bounded_number_of_queries(
    shop: Seller, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    brand = make_match_brand()
    for _ in range(A_PAGE + 2):
        matter(shop, brand=brand)
    client = visit_shop(shop)
    with django_assert_max_num_queries(10 + 5 * A_PAGE):
        first = listed(client, shop)
    second = listed(client, shop, "?page=2")
    assert (len(numbers(first)), len(numbers(second))) == (A_PAGE, 2)
    assert len(set(numbers(first)) | set(numbers(second))) == A_PAGE + 2
    assert f"소명을 기다리는 안건이 {A_PAGE + 2}건 있습니다." in first
    assert 'href="?page=2" rel="next"' in first and 'href="?page=1" rel="prev"' in second
    for odd in ("?page=0", "?page=99", "?page=x", "?page=%00", "?page=" + "9" * 400):
        assert listed(client, shop, odd)


def test_two_shops_may_be_open_in_one_browser(shop: Seller) -> None:
    other = make_shop()
    client = visit_shop(other, visit_shop(shop))
    assert listed(client, shop) and listed(client, other)


def test_an_allegation_and_a_shop_of_the_same_number_are_two_visits(shop: Seller) -> None:
    allegation = matter(shop)
    while Seller.objects.filter(pk=allegation.pk).exists():
        allegation = matter(shop)
    namesake = make_shop(pk=allegation.pk)
    assert visit_shop(namesake).get(f"/seller/cases/{allegation.pk}/").status_code == 403
    assert visit(allegation).get(f"/seller/shops/{namesake.pk}/").status_code == 403
