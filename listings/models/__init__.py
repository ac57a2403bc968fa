"""Rows of listings and of screening, one file a subject."""

from listings.models.arrivals import Arrival, ExpectedPicture, MissingImage, PictureFetch, PictureServer
from listings.models.counterfeits import Fingerprint, Protection, Reappearance
from listings.models.listing import Listing, ListingImage, ListingVersion, UploadedPicture
from listings.models.preflight import HeldPublication, PreflightScreening
from listings.models.screening import IndexSnapshot, Match, PictureFingerprint, Rejection, ScreeningRun

__all__ = [
    "Arrival",
    "ExpectedPicture",
    "Fingerprint",
    "HeldPublication",
    "IndexSnapshot",
    "Listing",
    "ListingImage",
    "ListingVersion",
    "Match",
    "MissingImage",
    "PictureFetch",
    "PictureFingerprint",
    "PictureServer",
    "PreflightScreening",
    "Protection",
    "Reappearance",
    "Rejection",
    "ScreeningRun",
    "UploadedPicture",
]
