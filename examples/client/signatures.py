"""Standard Webhooks (https://www.standardwebhooks.com) in plain Python: sign what leaves, check what comes."""

import base64
import hashlib
import hmac
import time
from collections.abc import Iterable, Mapping

TOLERANCE_SECONDS = 300


def _one(secret: str, webhook_id: str, timestamp: str, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{webhook_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def headers_for(secrets: Iterable[str], webhook_id: str, body: bytes) -> dict[str, str]:
    """The three headers of a message, signed with every active secret."""
    timestamp = str(int(time.time()))
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(_one(secret, webhook_id, timestamp, body) for secret in secrets),
    }


def is_genuine(secrets: Iterable[str], headers: Mapping[str, str], body: bytes) -> bool:
    """Whether one of our secrets signed this message within the last five minutes."""
    headers = {name.lower(): value for name, value in headers.items()}
    webhook_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not timestamp.isdecimal() or abs(time.time() - int(timestamp)) > TOLERANCE_SECONDS:
        return False
    given = headers.get("webhook-signature", "").split()
    return any(
        hmac.compare_digest(_one(secret, webhook_id, timestamp, body).encode(), candidate.encode())
        for secret in secrets
        for candidate in given
    )
