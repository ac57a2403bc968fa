"""What the courier's chores of this app run: each a small round, safe to run twice."""

from datetime import datetime

from accounts import relays


def give_up_relays(*, now: datetime) -> int:
    """Notices that a marketplace has not delivered in time: somebody else must."""
    return relays.give_up_unanswered(now=now)
