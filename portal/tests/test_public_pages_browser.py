"""The pages in a real browser: axe, both lights, three widths, the policy of content, and what the scripts do."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image, ImageChops, ImageStat
from playwright.sync_api import Browser, FloatRect, Page
from pytest_django.live_server_helper import LiveServer

from portal.run_tests import CHROMIUM

PAGES: Final = ("/", "/policy/", "/privacy/", "/styleguide/")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=f"{CHROMIUM} is not installed"),
]


def open_page(browser: Browser, address: str, *, width: int = 1280, dark: bool = False, script: bool = True) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if dark else "light",
        java_script_enabled=script,
        locale="ko-KR",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.goto(address)
    return page


@pytest.fixture
def comparison(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    page = open_page(browser, f"{live_server.url}/styleguide/")
    page.locator("[data-compare] img").first.scroll_into_view_if_needed()
    yield page
    page.context.close()


@pytest.mark.parametrize("address", PAGES)
def test_axe_finds_nothing_in_either_light(browser: Browser, live_server: LiveServer, address: str) -> None:
    page = open_page(browser, live_server.url + address)
    found = {}
    for width in (360, 1280):
        for light in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=light)
            results = Axe().run(page)
            if results.violations_count:
                found[width, light] = results.generate_report()
    page.context.close()
    assert found == {}


def test_no_page_is_wider_than_its_window(browser: Browser, live_server: LiveServer) -> None:
    page = open_page(browser, live_server.url)
    too_wide = []
    for address in PAGES:
        page.goto(live_server.url + address)
        for width in (360, 768, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                too_wide.append((address, width))
    page.context.close()
    assert too_wide == []


def test_the_browser_refuses_nothing_by_the_policy_of_content(browser: Browser, live_server: LiveServer) -> None:
    context = browser.new_context(locale="ko-KR")
    page = context.new_page()
    page.add_init_script(
        "window.refused = [];"
        "document.addEventListener('securitypolicyviolation', e => window.refused.push(e.violatedDirective));"
    )
    refused = {}
    for address in PAGES:
        response = page.goto(live_server.url + address)
        assert response is not None
        assert "default-src 'none'" in response.headers["content-security-policy"]
        refused[address] = page.evaluate("window.refused")
    context.close()
    assert refused == {address: [] for address in PAGES}


def test_an_icon_is_drawn(browser: Browser, live_server: LiveServer) -> None:
    page = open_page(browser, live_server.url + "/")
    page.wait_for_load_state("load")
    width = page.evaluate("document.querySelector('.wordmark__sign use').getBBox().width")
    page.context.close()
    assert width > 10


# -- undo bar ------------------------------------------------------------------------------------------------


def test_the_way_back_makes_way_when_its_time_is_over(browser: Browser, live_server: LiveServer) -> None:
    context = browser.new_context(locale="ko-KR")
    page = context.new_page()
    page.clock.install()
    page.goto(f"{live_server.url}/styleguide/")
    bar = page.locator("[data-undo-seconds]")
    height = bar.evaluate("e => e.offsetHeight")
    page.clock.run_for(19_000)
    assert bar.get_by_role("button", name="되돌리기").is_visible()
    page.clock.run_for(2_000)
    assert not bar.get_by_role("button", name="되돌리기").is_visible()
    assert bar.get_by_text("되돌릴 수 있는 시간이 지났습니다.").is_visible()
    assert bar.evaluate("e => e.offsetHeight") == height
    context.close()


# -- compare -------------------------------------------------------------------------------------------------


def mode(page: Page) -> str:
    return str(page.locator("[data-compare]").first.get_attribute("data-mode"))


def shown(page: Page) -> tuple[bool, bool]:
    """Whether the reference and the listing's picture of the first comparison can be seen."""
    first = page.locator("[data-compare]").first
    return (
        first.locator("[data-compare-reference]").is_visible(),
        first.locator("[data-compare-suspect]").is_visible(),
    )


def test_keys_choose_how_to_compare(comparison: Page) -> None:
    assert (mode(comparison), shown(comparison)) == ("side", (True, True))
    comparison.keyboard.press("Digit2")
    assert (mode(comparison), shown(comparison)) == ("flip", (False, True))
    comparison.keyboard.press("Digit2")
    assert (mode(comparison), shown(comparison)) == ("flip", (True, False))
    comparison.keyboard.press("Digit3")
    assert (mode(comparison), shown(comparison)) == ("overlay", (True, True))
    comparison.keyboard.press("Digit1")
    assert (mode(comparison), shown(comparison)) == ("side", (True, True))


def test_what_is_shown_is_said(comparison: Page) -> None:
    said = comparison.locator("[data-compare-now]").first
    comparison.keyboard.press("Digit2")
    assert said.inner_text().startswith("바꿔 보기: 지금 주식회사 한빛달빛별빛")
    comparison.keyboard.press("Digit2")
    assert said.inner_text() == "바꿔 보기: 지금 브랜드 기준 사진: 미르나"


def test_no_key_works_in_a_field_or_with_a_modifier(comparison: Page) -> None:
    comparison.locator("#id_company").focus()
    comparison.keyboard.press("Digit3")
    assert mode(comparison) == "side"
    assert comparison.locator("#id_company").input_value() == "3"
    comparison.locator("#id_company").blur()
    for modifier in ("Control", "Alt", "Meta", "Shift"):
        comparison.keyboard.press(f"{modifier}+Digit3")
        assert mode(comparison) == "side"


def test_keys_can_be_switched_off_and_stay_off(comparison: Page) -> None:
    comparison.locator("[data-compare-keys]").first.uncheck()
    comparison.keyboard.press("Digit3")
    assert mode(comparison) == "side"
    comparison.reload()
    comparison.keyboard.press("Digit3")
    assert mode(comparison) == "side"
    comparison.locator("[data-compare-keys]").first.check()
    comparison.keyboard.press("Digit3")
    assert mode(comparison) == "overlay"


def test_keys_still_work_while_the_slider_has_the_focus(comparison: Page) -> None:
    comparison.keyboard.press("Digit3")
    slider = comparison.get_by_label("상품 사진 진하기").first
    slider.fill("80")
    assert comparison.locator("[data-compare-suspect]").first.evaluate("e => e.style.opacity") == "0.8"
    slider.focus()
    comparison.keyboard.press("Digit1")
    assert mode(comparison) == "side"


def test_the_frame_keeps_its_height_in_every_mode(comparison: Page) -> None:
    frame = comparison.locator("[data-compare]").first
    heights = []
    for key in ("Digit1", "Digit2", "Digit3"):
        comparison.keyboard.press(key)
        heights.append(frame.evaluate("e => e.offsetHeight"))
    assert heights == [heights[0]] * 3


def test_without_script_the_pictures_stand_side_by_side(browser: Browser, live_server: LiveServer) -> None:
    page = open_page(browser, f"{live_server.url}/styleguide/", script=False)
    assert shown(page) == (True, True)
    assert not page.locator("[data-compare-bar]").first.is_visible()
    page.context.close()


def test_a_picture_that_does_not_come_says_so(comparison: Page) -> None:
    broken = comparison.locator("[data-compare]").nth(2).locator(".compare__side--suspect")
    broken.and_(comparison.locator(".is-broken")).wait_for()


#: The same picture drawn so that laying it over by the transform gives the reference back. A listing's picture of
#: 300 by 400 (or 400 by 300 where it is turned to lie) inside a border of 40 on every side.
_MARKS: Final = (
    '<rect width="400" height="300" fill="#f4efe6"/><rect width="200" height="150" fill="#7a4b2a"/>'
    '<rect x="200" width="200" height="150" fill="#1a56b0"/><circle cx="100" cy="225" r="60" fill="#0b6b57"/>'
    '<path d="M240 280L380 170V280z" fill="#b3261e"/>'
)


def _address(width: int, height: int, inside: str) -> str:
    picture = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">{inside}</svg>'
    return "data:image/svg+xml," + quote(picture)


def _listing(rotation: int, mirrored: bool) -> tuple[str, list[float]]:
    """The picture of a listing that needs exactly this transform, and its source box."""
    lies = rotation in (0, 180)
    inner_width, inner_height = (400, 300) if lies else (300, 400)
    # From the reference back to the listing: turn against the clock, then mirror.
    back = {
        0: "",
        90: "translate(0 400) rotate(-90)",
        180: "translate(400 300) rotate(180)",
        270: "translate(300 0) rotate(90)",
    }[rotation]
    mirror = f"translate({inner_width} 0) scale(-1 1)" if mirrored else ""
    width, height = inner_width + 80, inner_height + 80
    marks = f'<g transform="translate(40 40) {mirror} {back}">{_MARKS}</g>'
    inside = f'<rect width="{width}" height="{height}" fill="#fff"/>{marks}'
    box = [40 / width, 40 / height, (40 + inner_width) / width, (40 + inner_height) / height]
    return _address(width, height, inside), box


def _difference(comparison: Page, rotation: int, mirrored: bool, folder: Path) -> float:
    """How far the two pictures, flipped in place, are from one another: 0 to 255, the worst channel's mean."""
    suspect, source_box = _listing(rotation, mirrored)
    # The reference has a margin of its own on the right: the boxes must coincide, not the pictures.
    reference = _address(500, 300, f'<rect width="500" height="300" fill="#f4efe6"/>{_MARKS}')
    transform = {
        "rotation": rotation,
        "mirrored": mirrored,
        "source_box": source_box,
        "reference_box": [0.0, 0.0, 0.8, 1.0],
    }
    first = comparison.locator("[data-compare]").first
    first.evaluate(
        "(e, d) => e.dispatchEvent(new CustomEvent('compare:show', {detail: d}))",
        {"referenceUrl": reference, "suspectUrl": suspect, "transform": transform},
    )
    first.evaluate("e => Promise.all([...e.querySelectorAll('img')].map(i => i.decode()))")
    place = first.locator("[data-compare-reference]").bounding_box()
    assert place is not None
    clip: FloatRect = {"x": place["x"], "y": place["y"], "width": place["width"] * 0.8, "height": place["height"]}
    pictures = []
    for turn in ("first", "second"):
        file = folder / f"{turn}.png"
        comparison.screenshot(path=file, clip=clip)
        pictures.append(Image.open(file).convert("RGB"))
        comparison.keyboard.press("Digit2")
    assert max(ImageStat.Stat(pictures[0]).stddev) > 40
    return max(ImageStat.Stat(ImageChops.difference(*pictures)).mean)


def test_laid_over_by_the_transform_the_pictures_coincide(comparison: Page, tmp_path: Path) -> None:
    comparison.keyboard.press("Digit2")
    apart = {
        (rotation, mirrored): difference
        for rotation in (0, 90, 180, 270)
        for mirrored in (False, True)
        if (difference := _difference(comparison, rotation, mirrored, tmp_path)) >= 1
    }
    assert apart == {}
