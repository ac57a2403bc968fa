"""Slowing down who tries what opens nothing: a few wrong tries from one address a while, right ones always.

Places and not a counter: taking one is atomic in every cache, and many who share an address cannot shut others out,
because what opens something is never counted.
"""

from datetime import datetime

from django.core.cache import cache
from django.http import HttpRequest

from core.keys import contact_hash


def count_wrong(request: HttpRequest, scope: str, *, most: int, seconds: int, now: datetime) -> int:
    """Count one wrong try of this address. Returns 0 while there was a place, else the seconds until the next one."""
    address = contact_hash(f"address:{request.META.get('REMOTE_ADDR', '')}")
    keys = [f"{scope}:{address}:{place}" for place in range(most)]
    taken = cache.get_many(keys)
    for key in keys:
        if key not in taken and cache.add(key, now.timestamp(), seconds):
            return 0
    oldest = min(taken.values(), default=now.timestamp())
    return max(1, min(seconds, round(seconds - (now.timestamp() - oldest))))
