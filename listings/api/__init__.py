"""Listings over the API: their pictures, themselves, and what the portal has asked for them."""
