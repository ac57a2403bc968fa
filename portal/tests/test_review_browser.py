"""The moderator's screen in a real browser: keys alone, in Hangul mode too, each answer once, all of it in sight."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from core.models import Effect
from core.tests.factories import draw_picture, make_evidence_file
from listings.choices import MatchStatus
from listings.models import Match, Rejection
from portal.run_tests import CHROMIUM
from portal.tests.keys import answer, press
from portal.tests.standin import carry_out, standing_in
from reports.models import Case, Decision
from reports.tests.factories import make_match, make_match_brand, make_moderator, make_suspect_listing

#: What the keys of an answer type while the keyboard writes Hangul.
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=f"{CHROMIUM} is not installed"),
]


@pytest.fixture(autouse=True)
def _nobody_is_looking() -> Iterator[None]:
    """The cache's table is no model's, so the flush between tests leaves it alone."""
    yield
    cache.clear()


@pytest.fixture
def moderator() -> User:
    return make_moderator("mina@jikimi.example", name="김미나")


def open_review(
    browser: Browser, live_server: LiveServer, user: User, *, script: bool = True, dark: bool = False, **viewport: int
) -> Page:
    """A page of a signed-in person that fails the test on any error of a script or of the content policy."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 900} | viewport,  # type: ignore[arg-type]  # the same two keys
        color_scheme="dark" if dark else "light",
        java_script_enabled=script,
        locale="ko-KR",
        reduced_motion="reduce",
    )
    client = Client()
    client.force_login(user)
    cookie = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.on("console", lambda message: pytest.fail(message.text) if message.type == "error" else None)
    page.goto(live_server.url + reverse("admin:review_next"))
    return page


def shown(page: Page) -> str:
    return page.locator(".review-listing__title").inner_text()


def queue(count: int) -> list[Match]:
    """Matches in the order in which they are reviewed."""
    return [make_match(score=0.99 - number / 100) for number in range(count)]


def statuses(matches: list[Match]) -> list[str]:
    return [Match.objects.get(pk=match.pk).status for match in matches]


def test_ten_matches_are_reviewed_with_keys_alone_and_the_marketplace_confirms(
    browser: Browser, live_server: LiveServer, moderator: User, tmp_path: Path
) -> None:
    matches = queue(10)
    page = open_review(browser, live_server, moderator)
    for code in ("KeyC", "KeyX", "KeyC", "KeyC", "KeyX", "KeyX", "KeyC", "KeyX", "KeyC"):
        answer(page, code)
    # The tenth is confirmed by mistake, taken back, and rejected.
    answer(page, "KeyC")
    expect(page.get_by_text("검토를 기다리는 항목이 없습니다")).to_be_visible()
    answer(page, "KeyZ")
    expect(page.get_by_text("결정을 되돌렸습니다. 다시 검토해 주세요.")).to_be_visible()
    answer(page, "KeyX")
    confirmed, rejected = MatchStatus.CONFIRMED, MatchStatus.REJECTED
    assert statuses(matches) == [
        *(confirmed, rejected, confirmed, confirmed, rejected),
        *(rejected, confirmed, rejected, confirmed, rejected),
    ]
    assert Case.objects.live().count() == 5
    assert Effect.objects.filter(kind="listing.restrict", status="asked").count() == 5
    assert Rejection.objects.remembered().count() == 10
    with standing_in(matches[0].version.listing.marketplace, portal=live_server.url, folder=tmp_path) as place:
        carry_out()
        page.goto(place.address)
        # Of the one that was taken back the marketplace has never heard.
        expect(page.get_by_role("cell", name="판매 제한", exact=True)).to_have_count(5)
        place.let_answers_go()
        page.reload()
        expect(page.get_by_role("cell", name="1", exact=True)).to_have_count(5)
    assert Effect.objects.filter(kind="listing.restrict", status="confirmed").count() == 5
    page.context.close()


def test_skipping_decides_nothing_and_comes_round_again(
    browser: Browser, live_server: LiveServer, moderator: User
) -> None:
    matches = queue(2)
    page = open_review(browser, live_server, moderator)
    addresses = [page.url]
    for _ in range(2):
        answer(page, "KeyS")
        addresses.append(page.url)
    assert addresses[0] == addresses[2] != addresses[1]
    assert statuses(matches) == [MatchStatus.OPEN, MatchStatus.OPEN]
    page.context.close()


@pytest.mark.parametrize(
    "modifiers",
    [{"modifiers": 1}, {"modifiers": 2}, {"modifiers": 4}, {"modifiers": 8}, {"autoRepeat": True}],
    ids=["alt", "control", "command", "shift", "held"],
)
def test_keys_with_a_modifier_or_held_down_do_nothing(
    browser: Browser, live_server: LiveServer, moderator: User, modifiers: dict[str, Any]
) -> None:
    matches = queue(1)
    page = open_review(browser, live_server, moderator)
    for code in ("KeyC", "KeyX", "KeyS"):
        press(page, code, **modifiers)
    page.evaluate("() => new Promise((done) => setTimeout(done, 0))")
    assert page.locator("[data-review-sent]").is_hidden()
    assert statuses(matches) == [MatchStatus.OPEN]
    page.context.close()


def test_keys_in_a_field_type_and_the_statement_follows(
    browser: Browser, live_server: LiveServer, moderator: User
) -> None:
    matches = queue(1)
    page = open_review(browser, live_server, moderator)
    page.locator("textarea[name=reasoning]").fill("")
    page.locator("textarea[name=reasoning]").press_sequentially("xc 로고가 다릅니다.")
    page.get_by_text("판매자가 읽을 이유서").first.click()
    expect(page.locator("[data-review-reasoning]")).to_have_text("xc 로고가 다릅니다.")
    assert statuses(matches) == [MatchStatus.OPEN]
    page.context.close()


def test_keys_can_be_switched_off(browser: Browser, live_server: LiveServer, moderator: User) -> None:
    matches = queue(1)
    page = open_review(browser, live_server, moderator)
    page.locator(".compare [data-compare-keys]").uncheck()
    press(page, "KeyC")
    page.reload()
    press(page, "KeyC")
    page.evaluate("() => new Promise((done) => setTimeout(done, 0))")
    assert statuses(matches) == [MatchStatus.OPEN]
    page.locator(".compare [data-compare-keys]").check()
    answer(page, "KeyC")
    assert statuses(matches) == [MatchStatus.CONFIRMED]
    page.context.close()


def test_key_pressed_three_times_and_double_click_send_once(
    browser: Browser, live_server: LiveServer, moderator: User
) -> None:
    matches = queue(3)
    page = open_review(browser, live_server, moderator)
    with page.expect_navigation(wait_until="load"):
        page.evaluate(
            """() => { for (let i = 0; i < 3; i += 1) {
                 document.dispatchEvent(new KeyboardEvent("keydown", { code: "KeyC", key: "c", bubbles: true }));
               } }"""
        )
    assert statuses(matches) == [MatchStatus.CONFIRMED, MatchStatus.OPEN, MatchStatus.OPEN]
    with page.expect_navigation(wait_until="load"):
        page.locator("[data-review-confirm]").dblclick(no_wait_after=True)
    expect(page.locator(".messagelist")).to_have_count(0)
    assert statuses(matches) == [MatchStatus.CONFIRMED, MatchStatus.CONFIRMED, MatchStatus.OPEN]
    assert Decision.objects.count() == 2
    page.context.close()


def test_compare_keys_flip_and_overlay(browser: Browser, live_server: LiveServer, moderator: User) -> None:
    queue(1)
    page = open_review(browser, live_server, moderator)
    now = page.locator("[data-compare-now]")
    modes, told = [], []
    for code in ("Digit2", "Digit2", "Digit3", "Digit1"):
        press(page, code)
        modes.append(page.locator("[data-compare]").get_attribute("data-mode"))
        # Where both share a frame, what it shows stands above it in words that can be read.
        told.append((now.inner_text(), now.evaluate("line => getComputedStyle(line).clipPath")))
    assert modes == ["flip", "flip", "overlay", "side"]
    assert told == [
        ("바꿔 보기: 지금 상품 사진 1번", "none"),
        ("바꿔 보기: 지금 브랜드 기준 사진", "none"),
        ("겹쳐 보기: 브랜드 기준 사진 위에 상품 사진 1번", "none"),
        ("나란히: 왼쪽 브랜드 기준 사진, 오른쪽 상품 사진 1번", "inset(50%)"),
    ]
    page.context.close()


def test_help_opens_and_closes_with_its_key(browser: Browser, live_server: LiveServer, moderator: User) -> None:
    queue(1)
    page = open_review(browser, live_server, moderator)
    panel = page.locator(".review-keys__panel")
    states = []
    for _ in range(2):
        press(page, "Slash")
        states.append(panel.is_visible())
    assert states == [True, False]
    page.context.close()


def test_two_tabs_and_the_back_button_say_who_decided_what(
    browser: Browser, live_server: LiveServer, moderator: User
) -> None:
    matches = queue(2)
    first = open_review(browser, live_server, moderator)
    colleague = make_moderator("junho@jikimi.example", name="박준호")
    second = open_review(browser, live_server, colleague)
    assert first.url != second.url
    second.goto(first.url)
    expect(second.locator(".review__also")).to_contain_text("김미나 담당자가 이 항목을 보고 있습니다.")
    answer(second, "KeyX")
    answer(first, "KeyC")
    expect(first.locator(".messagelist")).to_contain_text("박준호 담당자가")
    expect(first.locator(".messagelist")).to_contain_text("문제없음으로 처리했습니다")
    second.go_back()
    expect(second.locator(".review-outcome")).to_contain_text("이미 처리된 항목입니다.")
    expect(second.locator("[data-review-confirm]")).to_have_count(0)
    assert statuses(matches) == [MatchStatus.REJECTED, MatchStatus.OPEN]
    for page in (first, second):
        page.context.close()


def test_everything_is_decided_without_script(browser: Browser, live_server: LiveServer, moderator: User) -> None:
    matches = queue(2)
    page = open_review(browser, live_server, moderator, script=False)
    page.locator("[data-review-confirm]").click()
    page.get_by_role("button", name="되돌리기").click()
    expect(page.locator(".messagelist")).to_contain_text("결정을 되돌렸습니다")
    page.locator("[data-review-reject]").click()
    page.locator("[data-review-skip]").click()
    assert statuses(matches) == [MatchStatus.REJECTED, MatchStatus.OPEN]
    page.context.close()


def a_full_page() -> Match:
    """A match with much of everything, and a decision just made before it."""
    brand = make_match_brand("솔하루 새벽결 프리미엄 라인")
    files = [make_evidence_file(draw_picture(seed, size=(900, 600))) for seed in range(200, 212)]
    listing = make_suspect_listing(brand, images=files, description="미러급 상품입니다. " + "설명이 이어집니다. " * 80)
    match = make_match(listing=listing, brand=brand, score=0.8, note="다른 판매자의 같은 사진이 확인된 적이 있습니다.")
    match.signals = match.signals * 4
    match.save()
    for _ in range(6):
        make_match(listing=make_suspect_listing(brand, seller=listing.seller), brand=brand, score=0.6)
    make_match(score=0.99)
    return match


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_deciding_needs_no_scrolling_on_a_desk(
    browser: Browser, live_server: LiveServer, moderator: User, dark: bool
) -> None:
    match = a_full_page()
    page = open_review(browser, live_server, moderator, dark=dark)
    answer(page, "KeyC")
    assert f"/review/{match.pk}/" in page.url
    for selector in ("[data-compare-stage]", ".review-listing__title", ".review-reason", "textarea[name=reasoning]"):
        expect(page.locator(selector).first).to_be_in_viewport(ratio=1)
    for selector in ("[data-review-confirm]", "[data-review-reject]", "[data-review-skip]", ".undo__button"):
        expect(page.locator(selector)).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.context.close()


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_nothing_is_cut_off_on_narrower_screens(
    browser: Browser, live_server: LiveServer, moderator: User, width: int
) -> None:
    a_full_page()
    page = open_review(browser, live_server, moderator, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page.locator("[data-review-confirm]")).to_be_visible()
    page.context.close()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing(browser: Browser, live_server: LiveServer, moderator: User, dark: bool) -> None:
    a_full_page()
    page = open_review(browser, live_server, moderator, dark=dark)
    answer(page, "KeyC")
    page.get_by_text("판매자가 읽을 이유서").first.click()
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    page.context.close()
