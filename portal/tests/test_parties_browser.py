"""The parties' pages in a real browser on a phone: from the mail to an answer, every page by axe, in every language."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Browser, FilePayload, Page
from pytest_django.live_server_helper import LiveServer

from listings.tests.factories import make_listing
from portal.run_tests import CHROMIUM
from portal.tests.phones import a_phone, flaws, go, mailed, opened, png, press
from reports.choices import DecisionKind, Party
from reports.models import Allegation, Explanation, Inquiry
from reports.services import appeals
from reports.tests.factories import make_match_brand
from reports.tests.world import HOLDER_MAIL, SELLER_MAIL, THE_SELLER, arrive, decide, make_shop, restricted

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


def a_case(language: str) -> Allegation:
    """Restricted a few minutes ago; both letters have left."""
    now = timezone.now() - timedelta(minutes=3)
    shop = make_shop(language=language, time_zone="Asia/Shanghai")
    listing = make_listing("크로넬도 캔버스 숄더백", seller=shop, seen_at=now)
    return restricted(now=now, brand=make_match_brand("크로넬도"), listing=listing, language=language)


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_from_the_mail_to_the_complainants_answer_on_a_phone(
    browser: Browser, live_server: LiveServer, script: bool
) -> None:
    a_case("ko")
    page = a_phone(browser, script=script)

    page.goto(opened(live_server, mailed(SELLER_MAIL, r"http\S+/seller/\S+/")))
    press(page, "확인 코드 받기")
    assert page.url == f"{live_server.url}/seller/confirm/"
    page.get_by_label("확인 코드").fill(mailed(SELLER_MAIL, r"\b\d{6}\b"))
    press(page, "확인하고 들어가기")
    go(page, "소명 작성하기")
    page.get_by_label("병행수입한 정품입니다").check()
    page.get_by_label("신고인에게 보일 요약").fill("홍콩에서 산 정품입니다.")
    page.get_by_label("소명 내용").fill("공식 매장에서 샀고 영수증이 있습니다.")
    page.get_by_label("거래명세서·인보이스").set_input_files([png("영수증.png", 1)])
    page.get_by_label("수입신고필증").set_input_files([png("신고필증.png", 2)])
    press(page, "소명 제출하기")
    assert page.get_by_text("소명을 받았습니다.").is_visible()
    assert sorted(Explanation.objects.get().attachments.values_list("name", flat=True)) == [
        "신고필증.png",
        "영수증.png",
    ]
    page.context.close()

    page = a_phone(browser, script=script)
    page.goto(f"{live_server.url}/track/")
    code = mailed(HOLDER_MAIL, r"/track/[0-9A-Z-]{24}/").split("/")[2]
    page.get_by_label("조회 코드").fill(code.lower().replace("-", " "))
    press(page, "조회하기")
    assert page.url == f"{live_server.url}/track/{code}/"
    assert page.get_by_text("홍콩에서 산 정품입니다.").is_visible()
    assert "영수증.png" not in page.content()
    go(page, "답변 작성하기")
    page.get_by_label("신고를 유지합니다").check()
    page.get_by_label("답변 내용").fill("정품에는 그런 라벨이 없습니다.")
    page.get_by_label("사진").set_input_files([png("정품 라벨.png", 3)])
    press(page, "답변 제출하기")
    assert page.get_by_text("답변을 받았습니다.").is_visible()
    assert (Inquiry.objects.get().stance, Inquiry.objects.get().attachments.count()) == ("maintain", 1)
    page.context.close()


def _walk_the_seller(page: Page, live_server: LiveServer, allegation: Allegation) -> list[str]:
    page.goto(opened(live_server, mailed(SELLER_MAIL, r"http\S+/seller/\S+/")))
    found = flaws(page)
    page.locator("main form button").click()
    page.locator("#id_code").fill("000 000")
    page.locator("main form button").first.click()
    found += flaws(page)
    page.locator("#id_code").fill(mailed(SELLER_MAIL, r"\b\d{6}\b"))
    page.locator("main form button").first.click()
    case = page.url
    found += flaws(page)
    page.goto(f"{case}extension/")
    found += flaws(page)
    page.goto(f"{case}explanation/")
    broken: FilePayload = {"name": "broken.pdf", "mimeType": "application/pdf", "buffer": b"no pdf"}
    page.locator("#files_invoice").set_input_files([png("invoice.png", 1), broken])
    page.locator("main form button").click()
    found += flaws(page)
    page.locator("#id_claim_1").check()
    page.locator("#id_text").fill("Bought in an official shop.")
    page.locator("main form button").click()
    found += flaws(page)
    page.goto(f"{case}documents/")
    return found + flaws(page)


def _walk_the_complainant(page: Page, live_server: LiveServer, allegation: Allegation) -> list[str]:
    page.goto(f"{live_server.url}/track/")
    page.locator("#id_code").fill("wrong")
    page.locator("main form button").click()
    found = flaws(page)
    address = opened(live_server, mailed(HOLDER_MAIL, r"http\S+/track/\S+/"))
    page.goto(address)
    found += flaws(page)
    page.goto(f"{address}answers/{Inquiry.objects.get().pk}/")
    page.locator("main form button").click()
    found += flaws(page)
    page.goto(f"{address}{allegation.pk}/withdraw/")
    return found + flaws(page)


@pytest.mark.parametrize("language", ["ko", "en", "zh-hans"])
def test_axe_finds_nothing_on_any_page_in_any_language(
    browser: Browser, live_server: LiveServer, language: str
) -> None:
    allegation = a_case(language)
    page = a_phone(browser)
    found = _walk_the_seller(page, live_server, allegation)
    assert Explanation.objects.get().attachments.get().name == "invoice.png"
    case = f"{live_server.url}/seller/cases/{allegation.pk}/"
    found += _walk_the_complainant(page, live_server, allegation)
    ago = timezone.now() - timedelta(minutes=1)
    decide(allegation, DecisionKind.UPHELD, now=ago)
    arrive(now=timezone.now())
    page.goto(f"{case}appeal/")
    found += flaws(page)
    appeals.file_appeal(
        allegation, party=Party.SELLER, text="정품입니다.", files=(), actor=THE_SELLER, now=timezone.now()
    )
    for address in (case, opened(live_server, mailed(HOLDER_MAIL, r"http\S+/track/\S+/"))):
        page.goto(address)
        assert page.locator("html").get_attribute("lang") == language
        found += flaws(page)
    page.context.close()
    assert found == []


def test_no_other_site_is_told_the_address_and_the_browser_refuses_nothing(
    browser: Browser, live_server: LiveServer
) -> None:
    a_case("ko")
    page = a_phone(browser)
    page.add_init_script(
        "window.refused = [];"
        "document.addEventListener('securitypolicyviolation', e => window.refused.push(e.violatedDirective));"
    )
    response = page.goto(opened(live_server, mailed(HOLDER_MAIL, r"http\S+/track/\S+/")))
    assert response is not None
    assert response.headers["referrer-policy"] == "same-origin"
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert page.evaluate("window.refused") == []
    outside = page.get_by_role("link", name="상품 화면 보기").get_attribute("rel")
    assert outside == "noreferrer noopener"
    page.context.close()
