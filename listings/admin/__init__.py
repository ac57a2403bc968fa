"""Listings, what they wait for, what was found in them, what came back, in the staff's admin: looked at, never edited.

Matches are decided on the review screen; remembered rejections are withdrawn and fingerprints switched by actions.
"""

from listings.admin import arrivals, counterfeits, pages, preflight
from listings.admin.pages import ListingAdmin, listings_of_seller

__all__ = ["ListingAdmin", "arrivals", "counterfeits", "listings_of_seller", "pages", "preflight"]
