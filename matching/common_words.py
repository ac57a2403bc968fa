"""Which spellings are everyday words. Promises that such a word, written plainly, never flags alone."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from matching.name_index import NameIndex
from matching.names import Name
from matching.text_match import match_field
from matching.vocabulary import EMPTY, EVERYDAY

# A spelling fires too often from this share of the titles on, and from so many titles on.
_LEAST_SHARE: Final = 0.0005
_LEAST_TITLES: Final = 3
# A brand stands at the head of a title; an everyday word stands anywhere. From this share at the head on it is a brand.
_BRAND_AT_HEAD: Final = 0.35
_HEAD_CHARACTERS: Final = 2


def common_spellings(names: Sequence[Name], clean_titles: Iterable[str]) -> Collection[str]:
    """The spellings that are everyday words: by a list, by length, and by how ordinary titles use them."""
    common = {name.spelling for name in names if name.is_common or name.compact in EVERYDAY}
    fired: Counter[str] = Counter()
    at_head: Counter[str] = Counter()
    index = NameIndex(names)
    titles = set(clean_titles)
    for title in titles:
        plain = [find for find in match_field(title, "title", [index], EMPTY, "") if not find.disguises]
        fired.update({find.spelling for find in plain})
        at_head.update({find.spelling for find in plain if find.start <= _HEAD_CHARACTERS})
    least = max(_LEAST_TITLES, _LEAST_SHARE * len(titles))
    return common | {
        spelling for spelling, count in fired.items() if count >= least and at_head[spelling] < count * _BRAND_AT_HEAD
    }
