"""A browser as the parties have it, for tests: a phone, what it presses, and what axe finds on a page."""

import re
from typing import Final, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FilePayload, Page
from pytest_django.live_server_helper import LiveServer

from core.models import OutboxMessage
from core.tests.factories import draw_picture

PHONE: Final = 360


def a_phone(browser: Browser, *, script: bool = True) -> Page:
    context = browser.new_context(
        viewport={"width": PHONE, "height": 740}, java_script_enabled=script, reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    return page


def press(page: Page, name: str) -> None:
    with page.expect_navigation(wait_until="load"):
        page.get_by_role("button", name=name, exact=True).click()


def go(page: Page, name: str) -> None:
    with page.expect_navigation(wait_until="load"):
        page.get_by_role("link", name=name, exact=True).first.click()


def png(name: str, seed: int) -> FilePayload:
    return {"name": name, "mimeType": "image/png", "buffer": draw_picture(seed)}


def opened(live_server: LiveServer, link: str) -> str:
    """The link of a mail, on the server of this test."""
    return live_server.url + "/" + link.split("/", 3)[3]


def flaws(page: Page) -> list[str]:
    """What axe finds, and a page wider than its window: in both lights and two widths in Korean; in the others, whose
    words alone differ, on a phone."""
    found = []
    is_korean = page.locator("html").get_attribute("lang") == "ko"
    looks: tuple[tuple[int, Literal["light", "dark"]], ...] = ((PHONE, "light"), (PHONE, "dark"), (1280, "light"))
    for width, light in looks if is_korean else looks[:1]:
        page.set_viewport_size({"width": width, "height": 740})
        page.emulate_media(color_scheme=light)
        results = Axe().run(page)
        if results.violations_count:
            found.append(f"{page.url} {width} {light}: {results.generate_report()}")
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append(f"{page.url} is wider than {width}")
    page.set_viewport_size({"width": PHONE, "height": 740})
    return found


def mailed(destination: str, pattern: str) -> str:
    """What stands in the newest mail to that address."""
    for message in OutboxMessage.objects.filter(channel="mail", destination=destination).order_by("-id"):
        found = re.search(pattern, message.payload["text"])
        if found:
            return found.group(0)
    raise AssertionError(f"no mail to {destination} has {pattern}")
