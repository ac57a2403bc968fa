"""The numbers of screening and of stay-down, and what may be decided about a match. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.calendar.days_off import korean_day
from listings import arrival_rules
from listings.choices import ContentKind, MatchStatus, Weakness
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
    # A picture that alone says that a counterfeit is back: 31 of 256 bits apart. Of 2,049,000 pairs of real photographs
    # of one kind of goods (1,700 of clothes, 1,100 of groceries) no two of different goods were as near.
    "relist_picture_score": 0.85,
    # A picture that says so with backing: 52 bits, which one pair of different goods among those was apart. A million
    # fingerprints make one in 2,000,000 too often to be enough alone.
    "relist_backed_picture_score": 0.5,
    # Of the old text's own phrases so much stands in the new one: 0.80 on average where one word in ten is another,
    # 0.48 where three in ten are (`benchmarks/relisting.py`).
    "relist_text_share": 0.65,
    # A text is known again only by so many letters of its own, some 80 syllables: a title never has as many [ours].
    "relist_text_letters": 200,
    # Titles that have so much of all their phrases in common are of the same goods [ours].
    "relist_title_likeness": 0.5,
    # A picture that stands beside other goods in so many other listings is a shop's banner, not the goods [ours].
    "relist_common_listings": 3,
    # So many old listings are named for one that came back: the strongest, then the latest [ours].
    "relist_originals_named": 3,
    **arrival_rules.FIRST_VALUES,
}


def screening_rules(*, review: float, stop: float, strong_picture: float, weak_picture: float) -> ScreeningRules:
    """The engine's thresholds from the house's numbers."""
    return ScreeningRules(review=review, stop=stop, strong_picture=strong_picture, weak_picture=weak_picture)


# -- stay-down --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RelistLimits:
    """From which scores on a sign says that a counterfeit is back: a picture alone, a picture with backing, a text."""

    picture: float
    backed_picture: float
    text: float


@dataclass(frozen=True, slots=True)
class Sign:
    """How much one content of a listing is like one content of a confirmed counterfeit.

    ``content`` is the digest of the counterfeit's, ``shown`` of the listing's. ``score`` 0..1.
    """

    kind: ContentKind
    content: str
    shown: str
    score: float
    weakness: Weakness


@dataclass(frozen=True, slots=True)
class Likeness:
    """What a listing and a counterfeit's old one have in common beside their contents.

    ``of_titles``: the titles are of the same goods. ``names_brand``: the new one names the brand, plainly or not.
    """

    is_same_seller: bool
    of_titles: bool
    names_brand: bool


def counted_signs(signs: Sequence[Sign], *, likeness: Likeness, limits: RelistLimits) -> list[Sign]:
    """The signs that say together that the counterfeit is back; none where they do not.

    A text counts where it is nearly the same and so is the title, or where another seller names the brand: under other
    goods it is what the shop writes everywhere. A picture counts alone where it is nearly the same, and less alike
    where the text, a second picture, the same seller or the brand's name backs it. The brand's own picture, which
    resellers of genuine goods show as well, needs the text or the same seller, and a shop's banner the text.
    """
    may_be_copied = likeness.of_titles or (likeness.names_brand and not likeness.is_same_seller)
    texts = [sign for sign in signs if sign.kind == ContentKind.TEXT and sign.score >= limits.text and may_be_copied]
    near = [sign for sign in signs if sign.kind == ContentKind.IMAGE and sign.score >= limits.backed_picture]
    has_backing = bool(texts) or likeness.is_same_seller
    sound = [sign for sign in near if sign.weakness == Weakness.NONE]
    are_backed = has_backing or likeness.names_brand or _are_two_pairs(sound)
    pictures = [sign for sign in sound if are_backed or sign.score >= limits.picture]
    if has_backing:
        pictures += [sign for sign in near if sign.weakness == Weakness.BRANDS_OWN and sign.score >= limits.picture]
    if texts:
        pictures += [sign for sign in near if sign.weakness == Weakness.COMMON]
    return [*texts, *pictures]


def _are_two_pairs(pictures: Sequence[Sign]) -> bool:
    """Whether two pictures of the one are like two pictures of the other, and not one like both."""
    return len({sign.content for sign in pictures}) > 1 and len({sign.shown for sign in pictures}) > 1


def days_to_relist(*, taken_down_at: datetime, shown_at: datetime) -> int:
    """Whole days in Seoul from the day of the taking down to the day of the showing; 0 where it was shown before."""
    return max(0, (korean_day(shown_at) - korean_day(taken_down_at)).days)
