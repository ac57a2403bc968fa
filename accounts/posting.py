"""POST to a receiver that nobody vouches for: bounded in time, in what is read of its answer, and in where it leads."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import urllib3

from core.cut_off import cut_off_after
from core.korean import normalise_text
from core.outbox import DeliveryFailed, Receipt

#: Of one connection and one read each: a receiver that has not answered by then is tried again later.
TIMEOUT: Final = urllib3.Timeout(connect=3, read=10)
#: Of the whole answer's head. A receiver that drips a byte before each single read is up would hold the courier, and
#: with it every other marketplace's messages, for as long as it likes.
ANSWER_SECONDS: Final = 15.0
#: More than this of an answer is never read.
ANSWER_BYTES: Final = 2_000
#: Answers with which a receiver may say for how long it wants to be left alone (RFC 9110 §10.2.3, RFC 6585 §4).
_BUSY: Final = frozenset({429, 503})
_DELAY_DIGITS: Final = 9


class _TimedConnection(urllib3.connection.HTTPConnection):
    def getresponse(self) -> Any:
        with cut_off_after(ANSWER_SECONDS, self.sock):
            return super().getresponse()


class _TimedSecureConnection(urllib3.connection.HTTPSConnection):
    def getresponse(self) -> Any:
        with cut_off_after(ANSWER_SECONDS, self.sock):
            return super().getresponse()


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _TimedConnection


class _SecurePool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _TimedSecureConnection


_pools = urllib3.PoolManager(num_pools=10, maxsize=4, retries=False, timeout=TIMEOUT)
_pools.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}


def post(url: str, body: bytes, headers: Mapping[str, str], *, now: datetime | None = None) -> Receipt:
    """POST once. Raises ``DeliveryFailed`` on anything but a 2xx answer in time.

    A redirect is a failure: following one would send a signed message to an address that nobody registered. Nothing
    is unpacked: a small compressed answer can hold gigabytes.
    """
    wanted = {**headers, "accept-encoding": "identity"}
    try:
        answer = _pools.request(
            "POST", url, body=body, headers=wanted, redirect=False, preload_content=False, decode_content=False
        )
    except urllib3.exceptions.HTTPError as problem:
        raise DeliveryFailed(f"연결하지 못했습니다: {type(problem).__name__}") from problem
    try:
        text = _beginning(answer) if answer.status >= 300 else ""
    finally:
        answer.close()
    if not 200 <= answer.status < 300:
        # Gone for good is still not permanent here: who registered the address knows what it carries.
        raise DeliveryFailed(
            f"HTTP {answer.status} {text}".strip(),
            status_code=answer.status,
            retry_after=_retry_after(answer, now or datetime.now(UTC)) if answer.status in _BUSY else None,
        )
    return Receipt(status_code=answer.status)


def _retry_after(answer: urllib3.BaseHTTPResponse, now: datetime) -> float | None:
    """The seconds that ``Retry-After`` names, as a number or as a date; nothing where it names none."""
    text = answer.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit() and len(text) <= _DELAY_DIGITS:
        return float(text)
    try:
        at = parsedate_to_datetime(text)
        seconds = (at if at.tzinfo else at.replace(tzinfo=UTC)) - now
    except (ValueError, OverflowError, TypeError, IndexError):  # what a date that is none makes of the parser
        return None
    return max(seconds.total_seconds(), 0.0)


def _beginning(answer: urllib3.BaseHTTPResponse) -> str:
    """What one read gives of the answer, on one line and without what moves a terminal: it stands in logs and pages."""
    try:
        data = answer.read1(ANSWER_BYTES, decode_content=False)
    except urllib3.exceptions.HTTPError:
        return ""
    return " ".join(normalise_text(data.decode("utf-8", "replace")).split())
