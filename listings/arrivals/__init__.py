"""Listings that are told with pictures by address, and wait for them."""

from listings.arrivals.bringing import bring_in
from listings.arrivals.expecting import PictureRefused, TooManyPictures, expect_listing
from listings.arrivals.retrying import retry_arrival
from listings.arrivals.state import arrival_state
from listings.arrivals.turns import begin_turns, let_overdue_go, take_turn

__all__ = [
    "PictureRefused",
    "TooManyPictures",
    "arrival_state",
    "begin_turns",
    "bring_in",
    "expect_listing",
    "let_overdue_go",
    "retry_arrival",
    "take_turn",
]
