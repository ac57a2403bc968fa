"""Fetching what stands at an address that somebody else gave: public addresses only, bounded in every direction."""

from core.fetching.addresses import MOST_CHARACTERS, WebAddress, read_address
from core.fetching.errors import FetchFailed, FetchProblem, FetchRefused, Hop, Trace
from core.fetching.journey import Fetched, Limits, Validators, fetch
from core.fetching.networks import Reach, is_public

__all__ = [
    "MOST_CHARACTERS",
    "FetchFailed",
    "FetchProblem",
    "FetchRefused",
    "Fetched",
    "Hop",
    "Limits",
    "Reach",
    "Trace",
    "Validators",
    "WebAddress",
    "fetch",
    "is_public",
    "read_address",
]
