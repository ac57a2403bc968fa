"""How many requests a minute a client may make, by kind; more are answered 429 with ``Retry-After``.

Counted in the shared cache, a counter a client, kind and minute. The database's cache counts without a lock: under many
threads it misses some, which lets a few too many in and never refuses one too early.
"""

import time
from typing import TYPE_CHECKING, Final

from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts.api.authentication import Caller
from core.rule_values import recent

if TYPE_CHECKING:
    from rest_framework.views import APIView

_MINUTE: Final = 60
#: What each kind's limit is called in the rules.
LIMITS: Final = {
    "read": "read_per_minute",
    "write": "write_per_minute",
    "screen": "screen_per_minute",
    "upload": "upload_per_minute",
}


class ClientThrottle(BaseThrottle):
    """One minute's count. What is left of it goes into the answer's headers (``ApiView.finalize_response``)."""

    def __init__(self) -> None:
        self.limit = self.remaining = 0
        self.ends_at = 0.0

    def allow_request(self, request: Request, view: "APIView") -> bool:
        if not isinstance(request.user, Caller):
            return True
        now, kind = time.time(), _kind(request, view)
        window = int(now // _MINUTE)
        self.limit = recent("api").number(LIMITS[kind])
        self.ends_at = (window + 1) * _MINUTE
        count = _count(f"api:{request.user.client.pk}:{kind}:{window}")
        self.remaining = max(0, self.limit - count)
        request.limits = self  # type: ignore[attr-defined]  # read again where the answer leaves
        return count <= self.limit

    def wait(self) -> float:
        return max(1.0, self.ends_at - time.time())

    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(int(self.wait())),
        }


def _kind(request: Request, view: "APIView") -> str:
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return "read"
    return str(getattr(view, "throttle_kind", "write"))


def _count(name: str) -> int:
    """One more, and how many that makes."""
    try:
        return cache.incr(name)
    except ValueError:  # the first of its minute
        return 1 if cache.add(name, 1, timeout=2 * _MINUTE) else cache.incr(name)
