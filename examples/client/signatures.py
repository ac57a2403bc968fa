"""What is signed: webhooks (https://www.standardwebhooks.com), and links that let a seller or a buyer in."""

import base64
import hashlib
import hmac
import secrets as random
import time
from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

TOLERANCE_SECONDS = 300
DOORS = {"seller": "seller/enter/", "order": "refunds/enter/"}


def _mac(secret: str, text: bytes) -> bytes:
    return hmac.new(base64.b64decode(secret.removeprefix("whsec_")), text, hashlib.sha256).digest()


def _of_webhook(secret: str, webhook_id: str, timestamp: str, body: bytes) -> str:
    return "v1," + base64.b64encode(_mac(secret, f"{webhook_id}.{timestamp}.".encode() + body)).decode()


def headers_for(secrets: Iterable[str], webhook_id: str, body: bytes) -> dict[str, str]:
    """The three headers of a message, signed with every active secret."""
    timestamp = str(int(time.time()))
    signatures = (_of_webhook(secret, webhook_id, timestamp, body) for secret in secrets)
    return {"webhook-id": webhook_id, "webhook-timestamp": timestamp, "webhook-signature": " ".join(signatures)}


def is_genuine(secrets: Iterable[str], headers: Mapping[str, str], body: bytes) -> bool:
    """Whether one of our secrets signed this message within the last five minutes."""
    headers = {name.lower(): value for name, value in headers.items()}
    webhook_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not timestamp.isdecimal() or len(timestamp) > 12 or abs(time.time() - int(timestamp)) > TOLERANCE_SECONDS:
        return False
    given = headers.get("webhook-signature", "").encode().split()
    expected = [_of_webhook(secret, webhook_id, timestamp, body).encode() for secret in secrets]
    return any(hmac.compare_digest(one, other) for one in expected for other in given)


def entry_link(portal: str, marketplace: str, secret: str, kind: str, subject: str, *, seconds: int = 300) -> str:
    """The address that lets in the seller (kind ``seller``) or the buyer of the order (``order``) of that number.

    Make it when somebody clicks and redirect there: one that stands in a page is old before it is used.
    """
    expires, nonce = str(int(time.time()) + seconds), random.token_urlsafe(16)
    text = "\n".join(("jikimi-link-v1", kind, marketplace, subject, expires, nonce))
    signature = "v1." + base64.urlsafe_b64encode(_mac(secret, text.encode())).decode().rstrip("=")
    said = {"marketplace": marketplace, kind: subject, "expires": expires, "nonce": nonce, "signature": signature}
    return f"{portal}/{DOORS[kind]}?{urlencode(said)}"
