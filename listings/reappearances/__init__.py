"""Stay-down: from the fingerprints of confirmed counterfeits to the listings that show them again."""

from listings.reappearances.finding import FoundAgain, find_again
from listings.reappearances.index import current_index, forget_index, recent_index
from listings.reappearances.store import store_again
from listings.reappearances.sweeping import enqueue_sweep, look_again, sweep

__all__ = [
    "FoundAgain",
    "current_index",
    "enqueue_sweep",
    "find_again",
    "forget_index",
    "look_again",
    "recent_index",
    "store_again",
    "sweep",
]
