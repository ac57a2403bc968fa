"""The head of an answer: what of it is kept, and what a server says in it of waiting and of leading elsewhere. Pure."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from core.korean import normalise_text

# [ours] Enough for every head that a delivery network writes; a server may send 6 MB of it.
_MOST_HEADERS: Final = 60
_MOST_NAME: Final = 100
_MOST_VALUE: Final = 500
#: Secrets of a visit that say nothing of what was shown.
_NOT_KEPT: Final = frozenset({"set-cookie", "set-cookie2", "www-authenticate", "proxy-authenticate"})
#: No server is believed that one should come back after more than a day.
_MOST_WAIT: Final = 86_400
_SECONDS: Final = re.compile(r"[0-9]{1,10}")


def kept_headers(items: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Names in lower case with their values on one line, each capped; of one name that comes twice, both."""
    found: dict[str, str] = {}
    for name, value in items:
        key = _clean(name).lower()[:_MOST_NAME]
        if key in _NOT_KEPT or (key not in found and len(found) >= _MOST_HEADERS):
            continue
        whole = f"{found[key]}, {_clean(value)}" if key in found else _clean(value)
        found[key] = whole[:_MOST_VALUE]
    return found


def is_encoded(headers: Mapping[str, str]) -> str:
    """The encoding that the body is said to be in; nothing where it is as it stands."""
    encoding = headers.get("content-encoding", "").strip().lower()
    return "" if encoding in ("", "identity") else encoding[:40]


def location_text(value: str) -> str:
    """Where a redirect leads. Headers are read as Latin-1; what is UTF-8 in it is meant as such."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value


def retry_after(value: str | None, *, now: datetime) -> int | None:
    """Seconds to wait, as the server asks by a number or by a time; ``None`` where it asks for nothing readable."""
    text = (value or "").strip()
    if _SECONDS.fullmatch(text):
        return min(int(text), _MOST_WAIT)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return max(0, min(int((at - now).total_seconds()), _MOST_WAIT))


def _clean(text: str) -> str:
    return " ".join(normalise_text(text[: 4 * _MOST_VALUE]).split())
