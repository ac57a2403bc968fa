"""What the courier's chores of this app run: each a small round, safe to run twice."""

from datetime import datetime

from refunds.services import join_late_comers


def join_listings_and_sellers(*, now: datetime) -> int:  # noqa: ARG001 - a chore like any other
    """Order lines meet the listings and sellers that came in after them."""
    return join_late_comers()
