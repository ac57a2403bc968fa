"""One case from its first minute to its repair, by everybody's own pages: staff by keys, the parties by their links.

Restricted, explained with files, answered, decided, appealed by the other side, decided by somebody else, repaired;
each mail is read in the language of its party.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from core import rulesets
from core.actors import USER, Actor
from core.models import OutboxMessage
from core.rule_values import today
from listings.choices import Restriction
from listings.models import Listing
from listings.tests.factories import make_listing
from portal.run_tests import CHROMIUM
from portal.tests.keys import answer
from portal.tests.phones import a_phone, mailed, opened, png
from portal.tests.test_case_browser import open_page
from reports.choices import AllegationStatus, DecisionKind, NoticeKind, Party
from reports.models import Allegation, Decision, Notice, Repair
from reports.tests.desk import make_decider
from reports.tests.factories import make_match_brand
from reports.tests.world import HOLDER_MAIL, SELLER_MAIL, alleged, arrive, complaint, make_shop

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=f"{CHROMIUM} is not installed"),
]

#: A word that every letter of the language has, and no letter of the others.
SPOKEN = {"ko": "안녕하세요", "en": "This is Jikimi", "zh-hans": "收件人"}
LETTERS = {
    Party.SELLER: [
        NoticeKind.INTERIM_RESTRICTION,
        NoticeKind.EXPLANATION_RECEIVED,
        NoticeKind.UPHELD,
        NoticeKind.APPEAL_RECEIVED,
        NoticeKind.REINSTATED,
    ],
    Party.REPORTER: [
        NoticeKind.RECEIVED,
        NoticeKind.INTERIM_RESTRICTION,
        NoticeKind.ANSWER_ASKED,
        NoticeKind.UPHELD,
        NoticeKind.APPEAL_OPENED,
        NoticeKind.REINSTATED,
    ],
}


@pytest.fixture(autouse=True)
def _nothing_is_cached() -> Iterator[None]:
    yield
    cache.clear()


def let_effects_leave_at_once() -> None:
    """Nobody waits twenty seconds in this test; that they are waited for is tested elsewhere."""
    core = dict(rulesets.current("core").values) | {"undo_seconds": 0}
    rulesets.write_version("core", values=core, starts_on=today(), note="시험", actor=Actor(USER, "1", "시험"))


def work_on_the_next_case(browser: Browser, live_server: LiveServer, user: User, key: str) -> None:
    """From the queue to a decision by two keys."""
    page = open_page(browser, live_server, user)
    answer(page, "KeyN")
    answer(page, key)
    page.context.close()
    arrive(now=timezone.now() + timedelta(seconds=2))


def enter_as_seller(page: Page, live_server: LiveServer) -> None:
    page.goto(opened(live_server, mailed(SELLER_MAIL, r"http\S+/seller/\S+/")))
    page.locator("main form button").click()
    page.wait_for_url("**/seller/confirm/")
    page.locator("#id_code").fill(mailed(SELLER_MAIL, r"(?<![\d-])\d{6}\b"))
    page.locator("main form button").first.click()
    page.wait_for_url("**/seller/cases/**")


def explain_with_files(browser: Browser, live_server: LiveServer) -> None:
    page = a_phone(browser)
    enter_as_seller(page, live_server)
    page.goto(f"{page.url}explanation/")
    page.locator("#id_claim_1").check()
    page.locator("#id_summary").fill("Parallel import.")
    page.locator("#id_text").fill("Bought in an official shop.")
    page.locator("#files_invoice").set_input_files([png("invoice.png", 1)])
    page.locator("#files_import_declaration").set_input_files([png("declaration.png", 2)])
    with page.expect_navigation(wait_until="load"):
        page.locator("main form button").click()
    page.context.close()


def answer_by_code(browser: Browser, live_server: LiveServer) -> None:
    page = a_phone(browser)
    page.goto(opened(live_server, mailed(HOLDER_MAIL, r"http\S+/track/\S+/")))
    assert "Parallel import." in page.content()
    assert "invoice.png" not in page.content() and SELLER_MAIL not in page.content()
    page.locator("a.button").first.click()
    page.locator("#id_stance_0").check()
    page.locator("#id_text").fill("The goods have no such label.")
    with page.expect_navigation(wait_until="load"):
        page.locator("main form button").click()
    page.context.close()


def appeal_as_seller(browser: Browser, live_server: LiveServer) -> None:
    page = a_phone(browser)
    enter_as_seller(page, live_server)
    page.goto(f"{page.url}appeal/")
    page.locator("#id_text").fill("The declaration names these goods.")
    with page.expect_navigation(wait_until="load"):
        page.locator("main form button").click()
    page.context.close()


@pytest.mark.parametrize("language", ["ko", "en", "zh-hans"])
def test_a_case_is_walked_from_restriction_to_repair(browser: Browser, live_server: LiveServer, language: str) -> None:
    let_effects_leave_at_once()
    first = make_decider("mina@jikimi.example", "reports.work_korea")
    second = make_decider("junho@jikimi.example", "reports.work_korea", name="박준호")
    listing = make_listing("크로넬도 캔버스 숄더백", seller=make_shop(language=language, time_zone="Asia/Shanghai"))
    report = complaint(listing, brand=make_match_brand("크로넬도"), language=language, now=timezone.now())
    allegation = alleged(report)

    work_on_the_next_case(browser, live_server, first, "KeyC")
    assert Listing.objects.get().restriction == Restriction.INTERIM
    explain_with_files(browser, live_server)
    arrive(now=timezone.now() + timedelta(seconds=2))
    answer_by_code(browser, live_server)
    work_on_the_next_case(browser, live_server, first, "KeyC")
    assert Allegation.objects.get().status == AllegationStatus.UPHELD

    appeal_as_seller(browser, live_server)
    arrive(now=timezone.now() + timedelta(seconds=2))
    # Whoever decided is given nothing; somebody else is, and sees everything that the first one saw.
    page = open_page(browser, live_server, first)
    answer(page, "KeyN")
    assert page.url.startswith(f"{live_server.url}/admin/queue/")
    page.context.close()
    page = open_page(browser, live_server, second)
    answer(page, "KeyN")
    for seen in ("Bought in an official shop.", "The goods have no such label.", "The declaration names these goods."):
        assert page.get_by_text(seen).first.is_visible()
    assert page.get_by_text("invoice.png").first.is_visible()
    answer(page, "KeyX")
    page.context.close()
    arrive(now=timezone.now() + timedelta(seconds=2))

    won = Decision.objects.get(kind=DecisionKind.REINSTATED)
    assert (won.actor_ref, Repair.objects.get().decision) == (str(second.pk), won)
    assert Listing.objects.get().restriction == Restriction.NONE
    allegation.refresh_from_db()
    assert (allegation.status, allegation.finding) == (AllegationStatus.REINSTATED, "not_infringing")
    assert_every_letter_was_sent_in(language)


def assert_every_letter_was_sent_in(language: str) -> None:
    for party, kinds in LETTERS.items():
        sent = Notice.objects.filter(party=party, status="sent").order_by("id")
        assert list(sent.values_list("kind", flat=True)) == kinds
        assert {notice.language for notice in sent} == {language}
    for mail in OutboxMessage.objects.filter(channel="mail", message_type__startswith="notice."):
        text = mail.payload["text"]
        assert [other for other, word in SPOKEN.items() if word in text] == [language], text
