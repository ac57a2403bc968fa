"""Screening: from listings' versions to matches that a moderator can decide."""

from listings.screening.learning import enqueue_learning, learn_ordinary_words
from listings.screening.outcomes import FoundMatch, ScreeningOutcome
from listings.screening.queue import enqueue_pending, enqueue_screening, follow_material
from listings.screening.run import screen_versions

__all__ = [
    "FoundMatch",
    "ScreeningOutcome",
    "enqueue_learning",
    "enqueue_pending",
    "enqueue_screening",
    "follow_material",
    "learn_ordinary_words",
    "screen_versions",
]
