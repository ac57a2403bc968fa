"""The numbers of screening, and what may be decided about a match. Pure."""

from collections.abc import Mapping
from typing import Final

from listings.choices import MatchStatus
from matching import ScreeningRules

#: What a moderator can decide of an open match, and take back. The rest is screening's own.
DECIDED: Final = frozenset({MatchStatus.CONFIRMED, MatchStatus.REJECTED})

#: First values of the area "listings". Where a figure was measured, `benchmarks/real_input.py` is what measured it.
FIRST_VALUES: Final[Mapping[str, object]] = {
    # From this score of a match on a person looks (matching.screening_rules says how signals add up) [ours].
    "match_review_score": 0.5,
    # From this score on a listing would be held before it is published, if the kinds of signal allow it [ours].
    "match_stop_score": 0.85,
    # A picture that is enough alone to stop, and one that is enough beside a disguise [ours].
    "match_strong_picture": 0.85,
    "match_weak_picture": 0.5,
    # Matches below review are kept from this score on, so that staff can see what the threshold leaves out [ours].
    "match_keep_score": 0.2,
    # The index is built anew when more than this share of it, and more than so many entries, came or went since.
    "index_rebuild_share": 0.05,
    "index_rebuild_least": 500,
    # How many of the newest titles tell the engine which words are ordinary. Fewer than the least tell it nothing
    # [ours].
    "ordinary_titles_most": 20_000,
    "ordinary_titles_least": 1_000,
    # So many sellers make a word ordinary: of 1,998 clean real titles of 60 sellers 2.4% were flagged without it.
    "ordinary_word_sellers": 3,
    # Words are learned anew when the titles have doubled since, and after so many days [ours].
    "ordinary_words_days": 7,
}


def screening_rules(*, review: float, stop: float, strong_picture: float, weak_picture: float) -> ScreeningRules:
    """The engine's thresholds from the house's numbers."""
    return ScreeningRules(review=review, stop=stop, strong_picture=strong_picture, weak_picture=weak_picture)
