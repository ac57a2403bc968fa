"""A batch agreed to in a real browser: from the queue's one line to each row's result, with a script and without."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from core.actors import USER, Actor
from portal.run_tests import CHROMIUM
from portal.tests.test_case_browser import open_page
from reports.choices import DecisionKind
from reports.models import Decision
from reports.services import decisions
from reports.tests.batches import asked, outcomes, some, work_off
from reports.tests.desk import make_decider, make_lead
from reports.tests.world import SORA, ruling

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


@pytest.mark.parametrize("with_script", [True, False])
def test_a_lead_agrees_to_a_batch_with_one_press(browser: Browser, live_server: LiveServer, with_script: bool) -> None:
    asker, lead, now = make_decider(), make_lead(), timezone.now()
    chosen = some(6)
    by: Any = Actor(kind=USER, ref=str(asker.pk), label=str(asker))
    batch = asked(chosen, DecisionKind.INTERIM_RESTRICTION, actor=by, now=now, private_note="세 곳을 비교했습니다.")
    decisions.decide(chosen[2], ruling(DecisionKind.INTERIM_RESTRICTION), actor=SORA, now=now)
    page = open_page(browser, live_server, lead, "/admin/queue/?kind=held", script=with_script, dark=not with_script)
    page.get_by_role("link", name=str(batch)).click()
    expect(page.get_by_text("상품 6개, 주장 6건, 판매자 6명")).to_be_visible()
    expect(page.get_by_text("요청한 뒤 1건의 상태가 바뀌었습니다")).to_be_visible()
    if with_script:
        assert not Axe().run(page).response["violations"]
    page.get_by_role("button", name="6건 모두 승인하기").click()
    expect(page.get_by_text("처리 중 6건")).to_be_visible()
    work_off(batch)
    page.get_by_role("link", name="결과 새로 보기").click()
    expect(page.get_by_text("결정하지 못함 1건")).to_be_visible()
    assert sorted(outcomes(batch)) == ["decided"] * 5 + ["left"]
    if with_script:
        assert not Axe().run(page).response["violations"]
    page.get_by_role("button", name="되돌리기").first.click()
    expect(page.get_by_text("결정을 되돌렸습니다. 다시 결정해 주세요.")).to_be_visible()
    assert Decision.objects.filter(kind=DecisionKind.UNDONE).count() == 1
    page.context.close()
