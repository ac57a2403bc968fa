"""A session with the portal's API: POSTs that happen once however often they are sent, and patience where it helps."""

import json
import time
import urllib.error
import urllib.request
import uuid
from typing import Any

#: Seconds before each try; more where the portal asks for it (Retry-After).
WAITS = (0, 1, 3, 10)


class Problem(Exception):
    """The portal says no (RFC 9457): ``code`` is for programs, the text for the engineer who reads the log."""

    def __init__(self, refusal: urllib.error.HTTPError) -> None:
        with refusal:
            try:
                document = json.load(refusal)
            except ValueError:  # a proxy's page and not the portal's answer
                document = {}
        self.status, self.code = refusal.code, document.get("code", "")
        self.wait = float(refusal.headers.get("retry-after") or 0)
        super().__init__(f"{self.status} {self.code}: {document.get('detail')} {document.get('errors', '')}")

    @property
    def may_pass(self) -> bool:
        """Too many requests, the first try still under way, or the portal's own trouble: the same may do later."""
        return self.status == 429 or self.status >= 500 or self.code == "in_flight"


class Session:
    """POSTs to ``/api/v1/`` with one key. Returns what the JSON says; raises ``Problem``, or ``OSError`` unanswered."""

    def __init__(self, portal: str, key: str) -> None:
        self._portal, self._key = portal.rstrip("/"), key

    def post(self, path: str, document: Any, media_type: str = "application/json", **more: str) -> Any:
        """One Idempotency-Key for all tries, and a new one for each call: what is said again later may be news."""
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        headers = {"authorization": f"Bearer {self._key}", "idempotency-key": str(uuid.uuid4()), **more}
        headers["content-type"] = media_type
        request = urllib.request.Request(f"{self._portal}/api/v1/{path}", body, headers)  # noqa: S310 - our own config
        wait, failure = 0.0, Exception()
        for pause in WAITS:
            time.sleep(max(pause, wait))
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - the same
                    return json.load(answer)
            except urllib.error.HTTPError as refusal:
                problem = Problem(refusal)
                if not problem.may_pass:
                    raise problem from None
                failure, wait = problem, problem.wait
            except OSError as out_of_reach:
                failure, wait = out_of_reach, 0.0
        raise failure
