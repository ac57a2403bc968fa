"""The doors for marketplaces' signed links in a real browser: with keys alone, without script, every page by axe."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from accounts.tests.entry import query
from listings.tests.factories import make_listing
from portal.run_tests import CHROMIUM
from portal.tests.phones import a_phone, flaws, go, mailed, press
from refunds.choices import OrderStatus
from refunds.models import OrderLine
from refunds.tests.factories import make_order_line
from refunds.tests.visits import order_door
from reports.tests.factories import make_match_brand
from reports.tests.party_visits import shop_door
from reports.tests.world import SELLER_MAIL, explain, make_shop, restricted
from sellers.models import Seller

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=f"{CHROMIUM} is not installed"),
]


@pytest.fixture(autouse=True)
def _nobody_is_slowed_down() -> Iterator[None]:
    """The cache's table is no model's, so the flush between tests leaves it alone."""
    yield
    cache.clear()


def a_shop(language: str = "ko") -> Seller:
    """Two matters: one waits for the seller, in one the complainant is asked."""
    now, brand = timezone.now() - timedelta(minutes=3), make_match_brand("크로넬도")
    shop = make_shop(language=language, time_zone="Asia/Shanghai")
    for title in ("크로넬도 캔버스 숄더백", "크로넬도 반지갑"):
        listing = make_listing(title, seller=shop, seen_at=now)
        allegation = restricted(now=now, brand=brand, listing=listing, language=language)
    explain(allegation, now=timezone.now() - timedelta(minutes=1))
    return shop


def door(live_server: LiveServer, shop: Seller) -> str:
    return f"{live_server.url}/seller/enter/?{query(shop_door(shop))}"


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_shop_comes_in_from_its_marketplace_and_opens_a_matter(
    browser: Browser, live_server: LiveServer, script: bool
) -> None:
    shop = a_shop()
    page = a_phone(browser, script=script)
    page.goto(door(live_server, shop))
    press(page, "확인 코드 받기")
    assert page.url == f"{live_server.url}/seller/confirm/"
    page.get_by_label("확인 코드").fill(mailed(SELLER_MAIL, r"\b\d{6}\b"))
    press(page, "확인하고 들어가기")
    assert page.url == f"{live_server.url}/seller/shops/{shop.pk}/"
    assert page.get_by_text("소명을 기다리는 안건이 1건 있습니다.").is_visible()
    go(page, "크로넬도 캔버스 숄더백")
    assert page.get_by_role("link", name="소명 작성하기").is_visible()
    go(page, "상점의 안건 모두 보기")
    assert page.url == f"{live_server.url}/seller/shops/{shop.pk}/"
    page.context.close()


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the focus is on what has that name."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == name:
            return
    raise AssertionError(f"{name} cannot be reached by the keyboard")


def test_the_way_in_needs_no_mouse(browser: Browser, live_server: LiveServer) -> None:
    shop = a_shop()
    page = a_phone(browser)
    page.goto(door(live_server, shop))
    tab_to(page, "확인 코드 받기")
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("Enter")
    page.get_by_label("확인 코드").focus()
    page.keyboard.type(mailed(SELLER_MAIL, r"\b\d{6}\b"))
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("Enter")
    tab_to(page, "크로넬도 캔버스 숄더백")
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("Enter")
    assert page.get_by_role("link", name="소명 작성하기").is_visible()
    page.context.close()


@pytest.mark.parametrize("language", ["ko", "en", "zh-hans"])
def test_axe_finds_nothing_on_any_page_in_any_language(
    browser: Browser, live_server: LiveServer, language: str
) -> None:
    shop, empty = a_shop(language), make_shop(language=language, email="other@seller.example")
    page = a_phone(browser)
    found = []
    for each, address in ((shop, SELLER_MAIL), (empty, "other@seller.example")):
        page.goto(door(live_server, each))
        found += flaws(page)
        page.locator("main form button").click()
        page.locator("#id_code").fill(mailed(address, r"\b\d{6}\b"))
        page.locator("main form button").first.click()
        assert page.url == f"{live_server.url}/seller/shops/{each.pk}/"
        found += flaws(page)
    type(shop).objects.filter(pk=empty.pk).update(external_id="renamed")
    for address in (door(live_server, empty), f"{live_server.url}/seller/enter/?marketplace=x&lang={language}"):
        page.goto(address)
        page.locator("main form button").click()
        assert page.url == f"{live_server.url}/seller/enter/"
        found += flaws(page)
    page.context.close()
    assert found == []


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_buyer_comes_in_from_the_orders_page_without_a_mouse(
    browser: Browser, live_server: LiveServer, script: bool
) -> None:
    listing = make_listing("크로넬도 캔버스 숄더백", url="https://market.example/item/1")
    line = make_order_line(
        marketplace=listing.marketplace,
        listing_external_id=listing.external_id,
        seller_external_id=listing.seller.external_id,
        title="크로넬도 캔버스 숄더백 " + "아주 긴 제목 " * 12,
        received_days_ago=3,
    )
    make_order_line(
        marketplace=line.marketplace, order_number=line.order_number, line_number="2", status=OrderStatus.CANCELLED
    )
    page = a_phone(browser, script=script)
    page.goto(f"{live_server.url}/refunds/enter/?{query(order_door(line))}")
    found = flaws(page) if script else []
    page.get_by_role("button", name="주문 내역 보기").focus()
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("Enter")
    assert page.url == f"{live_server.url}/refunds/orders/{line.pk}/"
    assert page.get_by_text(line.order_number).is_visible()
    found += flaws(page) if script else []
    OrderLine.objects.filter(order_number=line.order_number).update(order_number="renamed")
    page.goto(f"{live_server.url}/refunds/enter/?{query(order_door(line))}")
    press(page, "주문 내역 보기")
    assert page.get_by_role("heading", name="주문 정보를 아직 받지 못했습니다").is_visible()
    found += flaws(page) if script else []
    page.goto(f"{live_server.url}/refunds/orders/{line.pk}/")
    found += flaws(page) if script else []
    page.context.close()
    assert found == []


def test_the_marketplaces_site_is_told_nothing_and_the_address_is_clean_after_the_button(
    browser: Browser, live_server: LiveServer
) -> None:
    page = a_phone(browser)
    response = page.goto(door(live_server, a_shop()))
    assert response is not None
    assert response.headers["referrer-policy"] == "same-origin"
    assert response.headers["cache-control"] == "no-store, private"
    assert "form-action 'self'" in response.headers["content-security-policy"]
    press(page, "확인 코드 받기")
    assert "signature" not in page.url
    assert page.evaluate("document.referrer").startswith(live_server.url)
    page.context.close()
