"""Standard Webhooks signatures (https://www.standardwebhooks.com): pure, over bytes that were really sent.

Fifteen lines of HMAC; the reference package is not needed for them. A message carries a signature for each active
secret, so that both sides can change theirs without a gap.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable
from typing import Final

SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - the published prefix, not a secret
#: How far a timestamp may be from our clock. Standard Webhooks recommends five minutes against replays.
TOLERANCE_SECONDS: Final = 300
#: Enough until the year 33658. Longer ones overflow a float, and the longest Python refuses to read.
_TIMESTAMP_DIGITS: Final = 12
_VERSION: Final = "v1"


class BadSignature(ValueError):
    """The message is not from whom it claims, or is too old. The text says which, for the sender's engineers."""


def secret_bytes(secret: str) -> bytes:
    """The key inside ``whsec_<base64>``. Raises ``ValueError`` where it is none."""
    try:
        return base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error as problem:
        raise ValueError("a webhook secret is base64 after the prefix whsec_") from problem


def _signature(secret: str, webhook_id: str, timestamp: int, body: bytes) -> str:
    signed = f"{webhook_id}.{timestamp}.".encode() + body
    return base64.b64encode(hmac.new(secret_bytes(secret), signed, hashlib.sha256).digest()).decode()


def sign(secrets: Iterable[str], *, webhook_id: str, timestamp: int, body: bytes) -> str:
    """The ``webhook-signature`` header: one ``v1,<base64>`` a secret, separated by spaces."""
    return " ".join(f"{_VERSION},{_signature(secret, webhook_id, timestamp, body)}" for secret in secrets)


def check(secrets: Iterable[str], *, webhook_id: str, timestamp: str, signature: str, body: bytes, now: float) -> None:
    """Raises ``BadSignature`` unless one secret signed exactly this id, time and body, within the tolerance."""
    if not webhook_id or not signature:
        raise BadSignature("webhook-id and webhook-signature are required")
    if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > _TIMESTAMP_DIGITS:
        raise BadSignature("webhook-timestamp must be seconds since 1970")
    if abs(now - int(timestamp)) > TOLERANCE_SECONDS:
        raise BadSignature("webhook-timestamp is more than five minutes from our clock")
    given = [part.partition(",")[2] for part in signature.split() if part.startswith(f"{_VERSION},")]
    for secret in secrets:
        expected = _signature(secret, webhook_id, int(timestamp), body)
        if any(hmac.compare_digest(expected.encode(), candidate.encode()) for candidate in given):
            return
    raise BadSignature("no signature matches a secret of this marketplace")
