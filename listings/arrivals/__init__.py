"""Listings that are told with pictures by address, and wait for them."""

from listings.arrivals.bringing import bring_in
from listings.arrivals.expecting import PictureRefused, TooManyPictures, expect_listing
from listings.arrivals.retrying import retry_arrival
from listings.arrivals.state import arrival_state

__all__ = [
    "PictureRefused",
    "TooManyPictures",
    "arrival_state",
    "bring_in",
    "expect_listing",
    "retry_arrival",
]
