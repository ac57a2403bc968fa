"""The pages of webhooks in a real browser: on a phone and a desk, in both lights, by axe, and a test event by hand."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts import webhooks
from accounts.models import Marketplace
from accounts.services import add_webhook_secret
from accounts.tests.factories import make_endpoint, make_marketplace
from core import outbox
from core.models import OutboxMessage
from core.outbox import DeliveryFailed, Receipt
from portal.run_tests import CHROMIUM
from portal.tests.rows import make_person

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=f"{CHROMIUM} is not installed"),
]
SHOTS = os.environ.get("SHOTS", "")
#: What the browser complained of since the last look. Axe itself brings styles that the policy refuses.
errors: list[str] = []


@pytest.fixture(autouse=True)
def _nothing_is_cached() -> Iterator[None]:
    errors.clear()
    yield
    cache.clear()


def open_page(browser: Browser, live_server: LiveServer, *, dark: bool = False, width: int = 1280) -> Page:
    """A page of an operator; errors of a script or of the content policy are looked at by ``look``."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light", locale="ko-KR"
    )
    client = Client()
    client.force_login(make_person("operator"))
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    return page


def answering(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    def post(*_: Any, **__: Any) -> Receipt:
        if code >= 300:
            raise DeliveryFailed(f"HTTP {code} 지금은 받을 수 없습니다", status_code=code)
        return Receipt(code)

    monkeypatch.setattr(webhooks, "post", post)


def market(monkeypatch: pytest.MonkeyPatch) -> Marketplace:
    """A marketplace with two addresses, one of which fails, and news of several kinds."""
    place = make_marketplace(webhook_url="https://market.example/webhooks/jikimi", name="한빛마켓")
    add_webhook_secret(place, actor=None)
    add_webhook_secret(place, actor=None)
    make_endpoint(place, name="고객센터", url="https://support.market.example/very/long/path/of/the/help/desk/hooks")
    kinds = ("notice.seller", "listing.wanted", "notice.code")
    for number, kind in enumerate(kinds * 2):
        answering(monkeypatch, 204 if number % 3 else 503)
        data = {"listing": f"A-{number}", "code": "719204", "seller": "seller-77"}
        with transaction.atomic():
            webhooks.tell(place, kind, data, key=f"news-{number}", not_before=timezone.now())
        outbox.deliver_due(now=timezone.now())
    return place


def look(page: Page, name: str) -> None:
    """No complaint of the browser, nothing for axe, nothing wider than the window; kept as a picture on request."""
    assert errors == [], name
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0, f"{name} is {width} px wider than its window"
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)
    found = Axe().run(page)
    assert found.violations_count == 0, f"{name}: {found.generate_report()}"
    errors.clear()


@pytest.mark.parametrize(("width", "dark"), [(360, False), (1280, False), (360, True), (1280, True)])
def test_every_page_is_readable_on_a_phone_and_a_desk(
    browser: Browser, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch, width: int, dark: bool
) -> None:
    place = market(monkeypatch)
    delivered = OutboxMessage.objects.filter(message_type="notice.code", status="delivered").latest("pk")
    page = open_page(browser, live_server, dark=dark, width=width)
    pages = {
        "list": reverse("admin:accounts_marketplace_deliveries", args=[place.pk]),
        "one": reverse("admin:accounts_marketplace_delivery", args=[place.pk, delivered.pk]),
        "resend": reverse("admin:accounts_marketplace_resend", args=[place.pk, delivered.pk]),
        "endpoint": reverse("admin:accounts_webhookendpoint_change", args=[place.endpoints.latest("pk").pk]),
        "marketplace": reverse("admin:accounts_marketplace_change", args=[place.pk]),
    }
    for name, address in pages.items():
        page.goto(live_server.url + address)
        look(page, f"deliveries-{name}-{width}{'-dark' if dark else ''}")


def test_a_test_event_is_sent_by_hand_and_its_page_tells_how_it_went_by_itself(
    browser: Browser, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = market(monkeypatch)
    page = open_page(browser, live_server)
    page.goto(live_server.url + reverse("admin:accounts_marketplace_deliveries", args=[place.pk]))
    page.get_by_role("row", name="고객센터").first.get_by_role("button").click()
    expect(page.get_by_text("곧 보냅니다")).to_be_visible()
    answering(monkeypatch, 204)
    outbox.deliver_due(now=timezone.now())
    expect(page.get_by_text("곧 보냅니다")).to_have_count(0)
    expect(page.get_by_role("cell", name="204", exact=True)).to_be_visible()
