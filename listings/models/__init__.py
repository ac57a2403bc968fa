"""Rows of listings and of screening, one file a subject."""

from listings.models.listing import Listing, ListingImage, ListingVersion
from listings.models.screening import IndexSnapshot, Match, PictureFingerprint, Rejection, ScreeningRun

__all__ = [
    "IndexSnapshot",
    "Listing",
    "ListingImage",
    "ListingVersion",
    "Match",
    "PictureFingerprint",
    "Rejection",
    "ScreeningRun",
]
