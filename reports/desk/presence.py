"""Who is looking at which match, so that two moderators are not given the same one.

A hint, never a lock: whoever opens a match may decide it, and the compare-and-set decides between two. It stands in the
cache and is forgotten by itself, so that a closed browser holds nothing up.
"""

from collections.abc import Iterable
from typing import Final

from django.core.cache import cache

from accounts.models import User

#: Longer than a match is looked at, shorter than a coffee.
SECONDS: Final = 120


def _key(match_id: int) -> str:
    return f"reports.review.{match_id}"


def claim_first(match_ids: Iterable[int], user: User) -> int | None:
    """The first of the matches that nobody else looks at, now looked at by this person; ``None`` if there is none."""
    return next((match_id for match_id in match_ids if not come(match_id, user)), None)


def come(match_id: int, user: User) -> str:
    """This person looks at the match. The name of somebody else who does already, or nothing."""
    mine = [user.pk, str(user)]
    if cache.add(_key(match_id), mine, SECONDS):
        return ""
    looking = cache.get(_key(match_id), mine)
    if looking == mine:
        cache.touch(_key(match_id), SECONDS)
        return ""
    return str(looking[1])


def leave(match_id: int, user: User) -> None:
    """This person is done with the match. Somebody else's look at it stays."""
    if cache.get(_key(match_id)) == [user.pk, str(user)]:
        cache.delete(_key(match_id))
