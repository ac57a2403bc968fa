"""Fetching what stands at an address that somebody else gave: public addresses only, bounded in every direction."""

from core.fetching.addresses import MOST_CHARACTERS, WebAddress, read_address
from core.fetching.errors import FetchFailed, FetchProblem, FetchRefused, Hop
from core.fetching.networks import Reach, is_public

__all__ = [
    "MOST_CHARACTERS",
    "FetchFailed",
    "FetchProblem",
    "FetchRefused",
    "Hop",
    "Reach",
    "WebAddress",
    "is_public",
    "read_address",
]
