"""Cases decided in a real browser by keys alone, in Hangul mode too; each deed once, all in sight, nothing lost."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from core.tests.factories import draw_picture, make_evidence_file
from listings.models import Listing
from portal.run_tests import CHROMIUM
from portal.tests.keys import answer, press, settle
from reports.choices import AllegationStatus, Claim, DecisionKind, DocumentKind
from reports.models import Allegation, Case, Decision, Inquiry, Skip
from reports.services import decisions, hearings, queue
from reports.services.filing import HandedIn
from reports.tests.desk import make_decider, make_lead
from reports.tests.factories import make_match, make_match_brand
from reports.tests.world import THE_SELLER, alleged, complaint, explanation_of, ruling

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=f"{CHROMIUM} is not installed"),
]


@pytest.fixture(autouse=True)
def _nothing_is_cached() -> Iterator[None]:
    """The cache's table is no model's, so the flush between tests leaves it alone."""
    yield
    cache.clear()


@pytest.fixture
def moderator() -> User:
    return make_decider("mina@jikimi.example", "reports.work_korea")


def open_page(
    browser: Browser,
    live_server: LiveServer,
    user: User,
    path: str = "/admin/queue/",
    *,
    script: bool = True,
    dark: bool = False,
    **viewport: int,
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
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.on("console", lambda message: pytest.fail(message.text) if message.type == "error" else None)
    page.goto(live_server.url + path)
    settle(page)
    return page


def reported(number: int) -> list[Allegation]:
    """Cases in the order in which they are worked."""
    now = timezone.now()
    return [
        alleged(complaint(email=f"h{each}@holder.example", now=now - timedelta(hours=number - each)))
        for each in range(number)
    ]


def statuses(allegations: list[Allegation]) -> list[str]:
    return [Allegation.objects.get(pk=each.pk).status for each in allegations]


def explained(listing: Listing | None = None, *, files: list[HandedIn] | None = None) -> Allegation:
    """Restricted, explained and answered: staff are asked to decide."""
    now = timezone.now() - timedelta(hours=5)
    match = make_match(listing=listing)
    allegation = alleged(complaint(match.version.listing, brand=match.brand, files=files or [], now=now))
    decisions.decide(allegation, ruling(DecisionKind.INTERIM_RESTRICTION), actor=None, now=now)
    hearings.begin_period(explanation_of(allegation), delivered_at=now)
    hearings.submit_explanation(
        explanation_of(allegation),
        claim=Claim.PARALLEL_IMPORT,
        text="병행수입한 정품입니다. " * 20,
        summary="병행수입한 정품입니다.",
        files=files or [],
        actor=THE_SELLER,
        now=now,
    )
    inquiry = Inquiry.objects.get(allegation=allegation)
    hearings.answer(inquiry, text="거래한 적 없는 회사입니다.", files=files or [], actor=THE_SELLER, now=now)
    return allegation


# -- keys -------------------------------------------------------------------------------------------------------------


def test_cases_are_decided_with_keys_alone(browser: Browser, live_server: LiveServer, moderator: User) -> None:
    allegations = reported(5)
    page = open_page(browser, live_server, moderator)
    answer(page, "KeyN")
    for code in ("KeyC", "KeyX", "KeyC"):
        answer(page, code)
    # The fourth is dismissed by mistake, taken back, and restricted.
    answer(page, "KeyX")
    answer(page, "KeyZ")
    expect(page.get_by_text("결정을 되돌렸습니다. 다시 결정해 주세요.")).to_be_visible()
    answer(page, "KeyC")
    answer(page, "KeyX")
    expect(page.get_by_text("기다리는 사건이 없습니다.")).to_be_visible()
    restricted, dismissed = AllegationStatus.RESTRICTED, AllegationStatus.DISMISSED
    assert statuses(allegations) == [restricted, dismissed, restricted, restricted, dismissed]
    assert Decision.objects.filter(kind=DecisionKind.UNDONE).count() == 1
    assert not Case.objects.filter(leased_by=moderator, leased_until__gt=timezone.now()).exists()
    page.context.close()


def test_an_explained_case_is_confirmed_with_one_key(
    browser: Browser, live_server: LiveServer, moderator: User
) -> None:
    allegation = explained()
    page = open_page(browser, live_server, moderator)
    answer(page, "KeyN")
    answer(page, "KeyC")
    decision = allegation.decisions.order_by("-id")[0]
    assert (decision.kind, decision.finding) == (DecisionKind.UPHELD, "counterfeit_confirmed")
    assert decision.effects == [
        *("buyers.invite", "fingerprint.keep", "listing.remove", "recourse.open", "seller.strike"),
    ]
    page.context.close()


def test_skip_opens_the_reason_and_enter_goes_on(browser: Browser, live_server: LiveServer, moderator: User) -> None:
    first, second = reported(2)
    page = open_page(browser, live_server, moderator)
    answer(page, "KeyN")
    press(page, "KeyS")
    expect(page.locator(".case-skip__panel input[name=reason]")).to_be_focused()
    page.keyboard.type("이해관계가 있습니다")
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("Enter")
    settle(page)
    assert f"/cases/{second.case_id}/" in page.url
    assert Skip.objects.get().case_id == first.case_id
    page.context.close()


def test_more_is_asked_for_with_keys(browser: Browser, live_server: LiveServer, moderator: User) -> None:
    (allegation,) = reported(1)
    page = open_page(browser, live_server, moderator)
    answer(page, "KeyN")
    press(page, "KeyM")
    expect(page.locator(".case-ask textarea")).to_be_focused()
    page.keyboard.type("주문번호를 알려 주십시오.")
    press(page, "KeyC")
    page.keyboard.press("Tab")
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("Enter")
    settle(page)
    assert statuses([allegation]) == [AllegationStatus.MORE_INFO_REQUESTED]
    page.context.close()


@pytest.mark.parametrize(
    "modifiers",
    [{"modifiers": 1}, {"modifiers": 2}, {"modifiers": 4}, {"modifiers": 8}, {"autoRepeat": True}],
    ids=["alt", "control", "command", "shift", "held"],
)
def test_keys_with_a_modifier_or_held_down_do_nothing(
    browser: Browser, live_server: LiveServer, moderator: User, modifiers: dict[str, Any]
) -> None:
    allegations = reported(1)
    page = open_page(browser, live_server, moderator)
    answer(page, "KeyN")
    for code in ("KeyC", "KeyX", "KeyN", "KeyZ"):
        press(page, code, **modifiers)
    page.evaluate("() => new Promise((done) => setTimeout(done, 0))")
    assert page.locator("[data-sent]").is_hidden()
    assert statuses(allegations) == [AllegationStatus.RECEIVED]
    page.context.close()


def test_keys_in_a_field_type_and_what_happens_follows(
    browser: Browser, live_server: LiveServer, moderator: User
) -> None:
    allegations = reported(1)
    page = open_page(browser, live_server, moderator)
    answer(page, "KeyN")
    expect(page.locator(".case-preview__list")).to_contain_text("상품의 판매를 임시로 제한합니다.")
    page.locator("textarea[name=reasoning]").fill("")
    page.locator("textarea[name=reasoning]").press_sequentially("xczn 로고가 다릅니다.")
    page.locator(".case-letter summary").first.click()
    expect(page.locator(".case-letter").first).to_contain_text("xczn 로고가 다릅니다.")
    assert statuses(allegations) == [AllegationStatus.RECEIVED]
    page.context.close()


def test_keys_can_be_switched_off(browser: Browser, live_server: LiveServer, moderator: User) -> None:
    allegations = reported(1)
    page = open_page(browser, live_server, moderator)
    answer(page, "KeyN")
    press(page, "Slash")
    page.locator(".case-keys [data-compare-keys]").uncheck()
    press(page, "KeyC")
    page.reload()
    settle(page)
    press(page, "KeyC")
    page.evaluate("() => new Promise((done) => setTimeout(done, 0))")
    assert statuses(allegations) == [AllegationStatus.RECEIVED]
    page.locator(".case-keys summary").click()
    page.locator(".case-keys [data-compare-keys]").check()
    answer(page, "KeyC")
    assert statuses(allegations) == [AllegationStatus.RESTRICTED]
    page.context.close()


def test_pictures_flip_and_lie_over_one_another(browser: Browser, live_server: LiveServer, moderator: User) -> None:
    explained()
    page = open_page(browser, live_server, moderator)
    answer(page, "KeyN")
    modes = []
    for code in ("Digit2", "Digit3", "Digit1"):
        press(page, code)
        modes.append(page.locator("[data-compare]").get_attribute("data-mode"))
    assert modes == ["flip", "overlay", "side"]
    assert page.locator("[data-compare]").get_attribute("data-mirrored") == "true"
    page.context.close()


# -- once, and nothing lost -------------------------------------------------------------------------------------------


def test_key_pressed_three_times_and_a_double_click_send_once(
    browser: Browser, live_server: LiveServer, moderator: User
) -> None:
    allegations = reported(3)
    page = open_page(browser, live_server, moderator)
    answer(page, "KeyN")
    with page.expect_navigation(wait_until="load"):
        page.evaluate(
            """() => { for (let i = 0; i < 3; i += 1) {
                 document.dispatchEvent(new KeyboardEvent("keydown", { code: "KeyX", key: "x", bubbles: true }));
               } }"""
        )
    settle(page)
    with page.expect_navigation(wait_until="load"):
        page.locator("[data-key=KeyX]").dblclick(no_wait_after=True)
    settle(page)
    expect(page.locator(".messagelist")).to_have_count(0)
    dismissed = AllegationStatus.DISMISSED
    assert statuses(allegations) == [dismissed, dismissed, AllegationStatus.RECEIVED]
    assert Decision.objects.count() == 2
    page.context.close()


def test_note_goes_along_when_another_answer_is_looked_at(
    browser: Browser, live_server: LiveServer, moderator: User
) -> None:
    (allegation,) = reported(1)
    page = open_page(browser, live_server, moderator)
    answer(page, "KeyN")
    page.locator("textarea[name=private_note]").fill("적어 둔 메모")
    page.get_by_role("link", name="반려", exact=True).click()
    settle(page)
    expect(page.locator("textarea[name=private_note]")).to_have_value("적어 둔 메모")
    with page.expect_navigation(wait_until="load"):
        page.get_by_role("button", name="반려하기").click()
    settle(page)
    decision = allegation.decisions.get()
    assert (decision.kind, decision.private_note) == (DecisionKind.RETURNED, "적어 둔 메모")
    page.context.close()


def test_two_people_and_the_loser_is_told(browser: Browser, live_server: LiveServer, moderator: User) -> None:
    (allegation,) = reported(1)
    first = open_page(browser, live_server, moderator)
    answer(first, "KeyN")
    colleague = make_decider("junho@jikimi.example", name="박준호")
    second = open_page(browser, live_server, colleague, f"/admin/cases/{allegation.case_id}/")
    expect(second.locator(".case-top__who")).to_contain_text("김미나 님이 맡고 있습니다.")
    answer(second, "KeyX")
    answer(first, "KeyC")
    expect(first.locator(".messagelist")).to_contain_text("박준호 님이 먼저 ‘기각’(으)로 결정했습니다.")
    expect(first.locator("[data-answer-form]")).to_have_count(0)
    assert Decision.objects.count() == 1
    for page in (first, second):
        page.context.close()


def test_an_open_page_keeps_its_case_and_says_when_it_was_lost(
    browser: Browser, live_server: LiveServer, moderator: User
) -> None:
    (allegation,) = reported(1)
    queue.lease(allegation.case, moderator, now=timezone.now() - timedelta(minutes=9))
    page = open_page(browser, live_server, moderator, f"/admin/cases/{allegation.case_id}/")
    expect(page.locator(".case-top__who")).to_contain_text("내가 맡음")
    held = Case.objects.get(pk=allegation.case_id)
    assert held.leased_until is not None
    assert held.leased_until > timezone.now() + timedelta(minutes=14)
    page.context.close()


def test_everything_is_decided_without_script(browser: Browser, live_server: LiveServer, moderator: User) -> None:
    first, second = reported(2)
    page = open_page(browser, live_server, moderator, script=False)
    page.get_by_role("button", name="다음 사건").click()
    page.get_by_role("button", name="무엇이 일어나는지 보기").click()
    expect(page.locator(".case-preview__list")).to_contain_text("상품의 판매를 임시로 제한합니다.")
    page.get_by_role("link", name="사건 화면으로 돌아가기").click()
    page.get_by_role("link", name="조치, 통지와 경과 보기").click()
    expect(page.get_by_text("사건 · 시작")).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="임시로 판매 제한하기").click()
    page.get_by_role("button", name="되돌리기").click()
    page.get_by_role("button", name="기각하기").click()
    assert statuses([first, second]) == [AllegationStatus.DISMISSED, AllegationStatus.RECEIVED]
    page.context.close()


# -- all of it in sight -----------------------------------------------------------------------------------------------


def a_full_case() -> Allegation:
    """Much of everything, in long words, and a decision just made before it."""
    brand = make_match_brand("솔하루 새벽결 프리미엄 라인 하이엔드 컬렉션")
    pictures = [make_evidence_file(draw_picture(seed, size=(900, 600))) for seed in range(300, 312)]
    files = [HandedIn(file, DocumentKind.INVOICE, f"거래명세서_{'가' * 40}.jpg") for file in pictures[:6]]
    match = make_match(brand=brand)
    listing = match.version.listing
    for number in range(12):
        complaint(
            listing,
            brand=brand,
            email=f"p{number}@person.example",
            name="황보드가람" * 4,
            now=timezone.now(),
            files=files,
        )
    complaint(listing, brand=make_match_brand("미르나"), email="z@holder.example", now=timezone.now())
    return explained(listing, files=files)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_deciding_needs_no_scrolling_on_a_desk(
    browser: Browser, live_server: LiveServer, moderator: User, dark: bool
) -> None:
    allegation = a_full_case()
    page = open_page(
        browser, live_server, moderator, f"/admin/cases/{allegation.case_id}/?allegation={allegation.pk}", dark=dark
    )
    for selector in (
        "[data-compare-stage]",
        ".review-listing__title",
        ".case-card.is-chosen .case-card__head",
        "textarea[name=reasoning]",
        "[data-key=KeyC]",
        "[data-key=KeyX]",
        "[data-key=KeyS]",
        "[data-key=KeyN]",
    ):
        expect(page.locator(selector).first).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollHeight <= window.innerHeight")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.context.close()


@pytest.mark.parametrize("width", [360, 768, 1180, 1280])
def test_nothing_is_cut_off_on_narrower_screens(
    browser: Browser, live_server: LiveServer, moderator: User, width: int
) -> None:
    allegation = a_full_case()
    address = f"/admin/cases/{allegation.case_id}/?allegation={allegation.pk}"
    for path in (address, "/admin/queue/", "/admin/intake/"):
        page = open_page(browser, live_server, moderator, path, width=width)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        page.context.close()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing(browser: Browser, live_server: LiveServer, dark: bool) -> None:
    allegation = a_full_case()
    lead = make_lead()
    address = f"/admin/cases/{allegation.case_id}/?allegation={allegation.pk}"
    for path in (address, "/admin/queue/", "/admin/intake/"):
        page = open_page(browser, live_server, lead, path, dark=dark)
        page.wait_for_load_state("networkidle")
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()
        page.context.close()
