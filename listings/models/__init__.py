"""Rows of listings and of screening, one file a subject."""

from listings.models.counterfeits import Fingerprint, Protection, Reappearance
from listings.models.listing import Listing, ListingImage, ListingVersion, UploadedPicture
from listings.models.screening import IndexSnapshot, Match, PictureFingerprint, Rejection, ScreeningRun

__all__ = [
    "Fingerprint",
    "IndexSnapshot",
    "Listing",
    "ListingImage",
    "ListingVersion",
    "Match",
    "PictureFingerprint",
    "Protection",
    "Reappearance",
    "Rejection",
    "ScreeningRun",
    "UploadedPicture",
]
