"""The button on a page of another origin under a strict policy, in a real browser, to the tracking page; and the pages
that do the same without script."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from django.test.utils import override_settings
from playwright.sync_api import Browser, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from listings.models import Listing
from portal.run_tests import CHROMIUM
from portal.tests.phones import a_phone, flaws, png
from reports.models import Attachment, Complainant, Report
from reports.tests.visitors import a_listing, address_of, sent_code

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=f"{CHROMIUM} is not installed"),
]
BUTTON: Final = "가품 의심 신고"
PAGE: Final = """<!DOCTYPE html><html lang="ko"><head><meta charset="utf-8"><title>상점</title>
<script src="{portal}/embed/report.js" async></script></head>
<body><main><h1>크로넬도 가방</h1><jikimi-report marketplace="{place}" listing="{number}"></jikimi-report>
<p><a href="/elsewhere">다른 상품</a></p></main></body></html>"""


class Shop:
    """A product page of a marketplace: another origin, with a policy that lets in our script and our answers alone."""

    def __init__(self, portal: str, listing: Listing) -> None:
        body = PAGE.format(portal=portal, place=listing.marketplace.slug, number=listing.external_id).encode()
        policy = f"default-src 'none'; script-src {portal}; connect-src {portal}; base-uri 'none'; form-action 'none'"

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Security-Policy", policy)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                """Tests read no log."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def listing() -> Listing:
    return a_listing()


@pytest.fixture
def shop(live_server: LiveServer, listing: Listing) -> Iterator[Shop]:
    cache.clear()
    shop = Shop(live_server.url, listing)
    with override_settings(SITE_ORIGIN=live_server.url):
        yield shop
    shop.close()


def a_visitor(browser: Browser, shop: Shop) -> Page:
    page = a_phone(browser)
    page.add_init_script(
        "window.refused = [];"
        "document.addEventListener('securitypolicyviolation', e => window.refused.push(e.violatedDirective));"
    )
    page.goto(shop.url)
    return page


def click(page: Page) -> None:
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_role("heading", name="신고를 접수했습니다")).to_be_focused()


def violations(page: Page) -> list[str]:
    """What axe finds on the shop's page, in both lights."""
    found = []
    for light in ("light", "dark"):
        page.emulate_media(color_scheme=light)
        for flaw in Axe().run(page).response["violations"]:
            found += [f"{light} {flaw['id']}: {node['target']} {node['failureSummary']}" for node in flaw["nodes"]]
    return found


def test_from_the_button_on_another_origin_to_the_tracking_page(browser: Browser, shop: Shop) -> None:
    page = a_visitor(browser, shop)
    click(page)
    report = Report.objects.get()
    assert page.get_by_text(report.number).is_visible()
    page.get_by_text("더 알려 주기 (선택)").click()
    page.get_by_label("정품과 다른 점이 보입니다").check()
    page.get_by_label("브랜드 이름이나 로고를 함부로 썼습니다").check()
    page.get_by_role("button", name="사유 저장하기").click()
    expect(page.get_by_role("status").get_by_text("신고 사유를 저장했습니다.")).to_be_visible()
    page.get_by_label("메모").fill("제 번호 900101-1234567")
    page.get_by_role("button", name="메모 저장하기").click()
    expect(page.get_by_role("alert").get_by_text("주민등록번호로 보이는 번호")).to_be_visible()
    page.get_by_label("메모").fill("로고가 다릅니다.")
    page.get_by_role("button", name="메모 저장하기").click()
    expect(page.get_by_role("status").get_by_text("메모를 저장했습니다.")).to_be_visible()
    page.locator("input[type=file]").set_input_files([png("라벨.png", 1)])
    page.get_by_role("button", name="사진 저장하기").click()
    expect(page.get_by_role("status").get_by_text("사진 1개를 저장했습니다.")).to_be_visible()
    assert violations(page) == []
    page.get_by_label("결과를 받을 이메일").fill("me@buyer.example")
    page.get_by_role("button", name="확인 코드 받기").click()
    expect(page.get_by_role("alert").get_by_text("동의하지 않았습니다")).to_be_visible()
    page.get_by_label("위 내용에 동의합니다").check()
    page.get_by_label("만 14세 이상입니다").check()
    page.get_by_role("button", name="확인 코드 받기").click()
    expect(page.get_by_role("status").get_by_text("확인 코드를 메일로 보냈습니다.")).to_be_visible()
    page.get_by_label("메일로 받은 확인 코드").fill(sent_code())
    page.get_by_role("button", name="코드 확인하기").click()
    expect(page.get_by_role("status").get_by_text("이메일을 확인했습니다.")).to_be_visible()
    assert page.evaluate("window.refused") == []
    with page.expect_popup() as opened:
        page.get_by_role("link", name="처리 현황 보기").click()
    opened.value.wait_for_load_state()
    assert opened.value.get_by_text(report.number).first.is_visible()
    report.refresh_from_db()
    assert report.ground is not None
    assert (report.ground.code, report.text) == ("trademark_use", "로고가 다릅니다.")
    assert (Attachment.objects.get().report, Complainant.objects.get().email) == (report, "me@buyer.example")
    page.context.close()


def test_a_double_click_is_one_report_and_it_is_found_again_after_going_away_and_back(
    browser: Browser, shop: Shop
) -> None:
    page = a_visitor(browser, shop)
    page.get_by_role("button", name=BUTTON).dblclick()
    expect(page.get_by_role("heading", name="신고를 접수했습니다")).to_be_visible()
    number = Report.objects.get().number
    page.get_by_role("link", name="다른 상품").click()
    page.go_back()
    expect(page.get_by_text(number)).to_be_visible()
    page.reload()
    expect(page.get_by_text(number)).to_be_visible()
    assert Report.objects.count() == 1
    page.context.close()


def test_it_is_taken_back_by_keyboard_and_can_be_reported_again(browser: Browser, shop: Shop) -> None:
    page = a_visitor(browser, shop)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="신고를 접수했습니다")).to_be_focused()
    undo = page.get_by_role("button", name="되돌리기", exact=True)
    assert undo.locator("span").get_attribute("aria-hidden") == "true"
    page.keyboard.press("Tab")
    expect(undo).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").get_by_text("신고를 되돌렸습니다.")).to_be_visible()
    expect(page.get_by_role("button", name=BUTTON)).to_be_focused()
    assert Report.objects.get().withdrawn_at is not None
    click(page)
    assert Report.objects.standing().count() == 1
    page.context.close()


def test_the_way_back_closes_after_ten_seconds_without_moving_the_focus_out(browser: Browser, shop: Shop) -> None:
    page = a_visitor(browser, shop)
    page.clock.install()
    click(page)
    page.get_by_role("button", name="되돌리기", exact=True).focus()
    page.clock.fast_forward(int(timedelta(seconds=11).total_seconds() * 1000))
    expect(page.get_by_role("button", name="되돌리기", exact=True)).to_have_count(0)
    expect(page.get_by_role("heading", name="신고를 접수했습니다")).to_be_focused()
    page.context.close()


def test_offline_says_so_and_the_next_press_files_once(browser: Browser, shop: Shop) -> None:
    page = a_visitor(browser, shop)
    expect(page.get_by_role("button", name=BUTTON)).to_be_visible()
    page.context.set_offline(True)
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_role("status").get_by_text("인터넷 연결이 끊겼거나 느립니다.")).to_be_visible()
    assert Report.objects.count() == 0
    page.context.set_offline(False)
    click(page)
    assert Report.objects.count() == 1
    page.context.close()


def test_an_answer_that_was_lost_on_the_way_makes_no_second_report(browser: Browser, shop: Shop) -> None:
    page = a_visitor(browser, shop)

    def lose(route: Route) -> None:
        if route.request.method == "POST":
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/embed/v1/reports", lose)
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_role("status").get_by_text("보내지 못했습니다.")).to_be_visible()
    page.unroute("**/embed/v1/reports")
    click(page)
    assert Report.objects.count() == 1
    page.context.close()


def test_blocked_storage_files_all_the_same(browser: Browser, shop: Shop) -> None:
    page = a_phone(browser)
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError'); }});"
    )
    page.goto(shop.url)
    click(page)
    assert Report.objects.count() == 1
    page.context.close()


def test_in_a_flood_the_device_computes_for_itself_and_the_report_is_filed(browser: Browser, shop: Shop) -> None:
    page = a_visitor(browser, shop)
    for number in range(6):
        page.evaluate(
            "([place, number, id]) => fetch("
            "document.querySelector('script').src.replace('report.js', 'v1/reports'),"
            "{method: 'POST', headers: {'Content-Type': 'application/json'},"
            "body: JSON.stringify({marketplace: place, listing: `flood-${number}`, visitor: id})})",
            [Listing.objects.get().marketplace.slug, number, "visitor-of-this-flood-1"],
        )
    page.evaluate("localStorage.setItem('jikimi:visitor', 'visitor-of-this-flood-1')")
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_role("heading", name="신고를 접수했습니다")).to_be_visible(timeout=30_000)
    assert page.evaluate("window.refused") == []
    assert Report.objects.count() == 7
    page.context.close()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_the_pages_do_the_same_on_a_phone(
    browser: Browser, live_server: LiveServer, listing: Listing, script: bool
) -> None:
    cache.clear()
    page = a_phone(browser, script=script)
    page.goto(live_server.url + address_of(listing))
    page.get_by_role("button", name="가품 의심 신고하기").click()
    page.get_by_role("button", name="신고 되돌리기").click()
    expect(page.get_by_role("heading", name="되돌린 신고입니다")).to_be_visible()
    page.goto(live_server.url + address_of(listing))
    page.get_by_role("button", name="가품 의심 신고하기").click()
    page.get_by_label("직접 사서 받아 보니 가품입니다").check()
    page.get_by_role("button", name="사유 저장하기").click()
    page.get_by_label("메모").fill("라벨이 없습니다.")
    page.get_by_role("button", name="메모 저장하기").click()
    page.locator("input[type=file]").set_input_files([png("라벨.png", 1)])
    page.get_by_role("button", name="사진 저장하기").click()
    expect(page.get_by_text("사진 1개를 받았습니다.")).to_be_visible()
    page.get_by_role("link", name="처리 현황 보기").click()
    expect(page.get_by_text(Report.objects.standing().get().number).first).to_be_visible()
    page.context.close()


def test_axe_finds_nothing_on_the_pages_and_none_is_wider_than_its_window(
    browser: Browser, live_server: LiveServer
) -> None:
    cache.clear()
    listing = a_listing("Extraordinarilylongproductnamewithoutanyspaces" * 3)
    page = a_phone(browser)
    page.goto(f"{live_server.url}/report/")
    found = flaws(page)
    page.get_by_role("button", name="상품 확인하기").click()
    found += flaws(page)
    page.goto(live_server.url + address_of(listing))
    found += flaws(page)
    page.get_by_role("button", name="가품 의심 신고하기").click()
    found += flaws(page)
    page.get_by_role("button", name="메모 저장하기").click()
    found += flaws(page)
    page.get_by_label("이메일").fill("me@buyer.example")
    page.get_by_label("위 내용에 동의합니다").check()
    page.get_by_label("만 14세 이상입니다").check()
    page.get_by_role("button", name="확인 코드 받기").click()
    found += flaws(page)
    page.goto(f"{live_server.url}/report/{listing.marketplace.slug}/not-known-yet/")
    found += flaws(page)
    assert found == []
    page.context.close()
