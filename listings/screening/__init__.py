"""Screening: from listings' versions to matches that a moderator can decide."""

from listings.screening.outcomes import FoundMatch, ScreeningOutcome
from listings.screening.queue import enqueue_pending, enqueue_screening
from listings.screening.run import screen_versions

__all__ = ["FoundMatch", "ScreeningOutcome", "enqueue_pending", "enqueue_screening", "screen_versions"]
