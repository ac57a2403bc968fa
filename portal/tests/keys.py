"""Keys pressed by their place on the keyboard, as they come in Hangul mode where they are letters."""

from typing import Any, Final
from weakref import WeakKeyDictionary

from playwright.sync_api import CDPSession, Page, expect

#: What the keys type while the keyboard writes Hangul.
HANGUL: Final = {"KeyC": "ㅊ", "KeyX": "ㅌ", "KeyS": "ㄴ", "KeyZ": "ㅋ", "KeyN": "ㅜ", "KeyM": "ㅡ"}

#: One for each page, never detached: a session that is detached while its page goes on takes the driver down with it.
_sessions: "WeakKeyDictionary[Page, CDPSession]" = WeakKeyDictionary()


def press(page: Page, code: str, **modifiers: Any) -> None:
    """One key, down and up."""
    if page not in _sessions:
        _sessions[page] = page.context.new_cdp_session(page)
    key = {"code": code, "key": HANGUL.get(code, code), "windowsVirtualKeyCode": 0, **modifiers}
    _sessions[page].send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **key})
    _sessions[page].send("Input.dispatchKeyEvent", {"type": "keyUp", **key})


def answer(page: Page, code: str) -> None:
    """Press a key and wait until the next page stands."""
    with page.expect_navigation(wait_until="load"):
        press(page, code)
    settle(page)


def settle(page: Page) -> None:
    """Wait until the page's own requests are answered. The tests' database in memory takes no two at once: what is read
    while another thread writes fails there at once, where one in a file would wait."""
    expect(page.locator("[data-busy]")).to_have_count(0)
