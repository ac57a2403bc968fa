"""Titles that teach the engine which words are everyday words of this marketplace.

A word is one where several sellers use it. One seller alone teaches nothing, or it could make a disguise ordinary by
writing it often; nor does a word that a moderator confirmed as a disguise.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from core.rule_values import current
from listings.models import ListingVersion, Match
from matching.vocabulary import words_of

#: Confirmed matches that are looked through: the newest say what is disguised now.
_CONFIRMED_MOST: Final = 20_000
_CHUNK = re.compile(r"\S+")
_PIECE = re.compile(r"[^\W_]+")


def ordinary_titles() -> list[str]:
    """The newest titles without the words that too few sellers use; none at all where there are too few of them."""
    rules = current("listings")
    titles = _titles(rules.number("ordinary_titles_most"))
    if len(titles) < rules.number("ordinary_titles_least"):
        return []
    words = words_of_several(titles, sellers=rules.number("ordinary_word_sellers")) - _confirmed_disguises()
    return [without_other_words(title, words) for _, title in titles]


def title_count(*, most: int) -> int:
    """How many titles there are to learn from, counted no further than asked."""
    return ListingVersion.objects.undisputed()[:most].count()


def words_of_several(titles: Iterable[tuple[int, str]], *, sellers: int) -> frozenset[str]:
    """The words that at least so many of the sellers use. ``titles`` are pairs of a seller and a title."""
    users: dict[str, set[int]] = defaultdict(set)
    for seller, title in titles:
        for word in words_of(title):
            users[word].add(seller)
    return frozenset(word for word, who in users.items() if len(who) >= sellers)


def without_other_words(title: str, words: frozenset[str]) -> str:
    """The title with blanks in the place of all other words, so that the rest keeps its places."""
    return _CHUNK.sub(lambda chunk: _without(chunk.group(), words), title)


def _without(chunk: str, words: frozenset[str]) -> str:
    """``Black/Pink`` may be rare where ``Black`` and ``Pink`` are not."""
    if words.issuperset(words_of(chunk)):
        return chunk
    kept = [piece.span() for piece in _PIECE.finditer(chunk) if words.issuperset(words_of(piece.group()))]
    return "".join(
        sign if any(start <= place < end for start, end in kept) else " " for place, sign in enumerate(chunk)
    )


def _titles(most: int) -> list[tuple[int, str]]:
    rows = ListingVersion.objects.undisputed().order_by("-pk")[:most]
    return list(rows.values_list("listing__seller_id", "title"))


def _confirmed_disguises() -> frozenset[str]:
    return frozenset(word for found in _found_in_confirmed() for word in words_of(found))


def _found_in_confirmed() -> Iterator[str]:
    rows = Match.objects.confirmed().order_by("-pk").values_list("signals", flat=True)[:_CONFIRMED_MOST]
    for signals in rows.iterator():
        yield from (signal["found"] for signal in signals if signal["kind"] == "text" and signal.get("disguises"))
