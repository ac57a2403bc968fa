"""The fingerprints of confirmed counterfeits as this process holds them: laid out once, and what came since.

A million fingerprints are read once a process and then kept (some 90 bytes for a picture, 100 for a text); at each look
two small queries tell whether any came since. Whether one counts at this moment is not kept here: whoever finds one
reads its row.
"""

import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from listings.choices import ContentKind, Weakness
from listings.models import Fingerprint
from listings.querysets import FingerprintQuerySet
from matching import (
    ANCHOR_BYTES,
    FINGERPRINT_VERSION,
    PictureCandidate,
    PictureFingerprint,
    PictureRows,
    ReferencePicture,
    TextRows,
    grams_of,
    match_pictures,
)

#: Candidates of one picture that are looked at: alike ones are laid out a few times only.
_MOST_CANDIDATES: Final = 50
#: Of one content of one brand the newest so many are laid out: ten thousand sellers of one picture are one picture.
_ALIKE: Final = 5
#: A transaction that began earlier may commit later: ids so far below the newest are looked for again.
_LATE: Final = 1_000
#: When more than so many, or more than this share, came since, everything is laid out anew.
_TAIL_LEAST: Final = 2_000
_TAIL_SHARE: Final = 0.02
#: Rows that are objects at the same time while they are laid out.
_BATCH: Final = 5_000
#: Pictures whose candidates are remembered: a change of price costs no look-up.
_REMEMBERED: Final = 20_000
_COMPARED_WITH: Final = "가품으로 확정된 상품의 사진과"

Ids = npt.NDArray[np.int64]


class _Newest(NamedTuple):
    """What names a state of the table: the newest row, which never changes in these, and how many came late."""

    pk: int
    content_digest: str
    created_at: datetime | None


_NONE: Final = _Newest(0, "", None)


@dataclass(frozen=True, slots=True)
class _Part:
    """Fingerprints side by side. ``ids``: all that were read, in rising order, laid out or not."""

    ids: Ids
    pictures: PictureRows
    texts: TextRows
    _remembered: dict[str, tuple[PictureCandidate, ...]] = field(default_factory=dict)

    def near(self, prints: Mapping[str, PictureFingerprint]) -> Mapping[str, tuple[PictureCandidate, ...]]:
        """The candidates of each picture; those that were asked for before come from memory."""
        if not len(self.pictures.keys):
            return {}
        known = {name: self._remembered[name] for name in prints if name in self._remembered}
        asked = {name: each for name, each in prints.items() if name not in known}
        if not asked:
            return known
        found = match_pictures([self.pictures], list(asked.values()), _MOST_CANDIDATES, compared_with=_COMPARED_WITH)
        new = dict(zip(asked, found, strict=True))
        if len(self._remembered) > _REMEMBERED:
            self._remembered.clear()
        self._remembered.update(new)
        return known | new


@dataclass(frozen=True, slots=True)
class CounterfeitIndex:
    """Finds fingerprints by what a listing shows. Keys are ids of ``Fingerprint`` rows."""

    base: _Part
    base_newest: _Newest
    tail: _Part
    state: tuple[_Newest, int]

    def near_pictures(self, prints: Mapping[str, PictureFingerprint]) -> dict[str, tuple[PictureCandidate, ...]]:
        """The candidates of each picture by the picture's name; the name must mean these very bytes."""
        parts = [part.near(prints) for part in (self.base, self.tail)]
        return {name: tuple(each for part in parts for each in part.get(name, ())) for name in prints}

    def near_texts(self, text: str) -> list[int]:
        """Ids of the texts that may stand in this one; ``matching.share_in`` tells how much of each does."""
        parts = [part.texts for part in (self.base, self.tail) if len(part.texts.keys)]
        if not parts:
            return []
        grams = grams_of(text)
        return [int(key) for part in parts for key in part.candidates(grams)]


_lock = threading.Lock()
_index: CounterfeitIndex | None = None
_asked_at = 0.0
#: Whoever must answer at once asks this seldom whether any came.
_RECENT_SECONDS: Final = 5.0


def current_index() -> CounterfeitIndex:
    """The index of all fingerprints that are committed now."""
    with _lock:
        return _brought_up_to_now()


def _brought_up_to_now() -> CounterfeitIndex:
    """Under the lock."""
    global _index, _asked_at  # noqa: PLW0603 - one index a process is the point
    asked_at, newest = time.monotonic(), _newest()
    state = (newest, _late_count(newest))
    if _index is None or _index.state != state:
        _index = _brought_up(_index, state)
    _asked_at = asked_at
    return _index


def recent_index() -> CounterfeitIndex:
    """The index of all fingerprints that were committed a few seconds ago, for an answer at once.

    Where another thread brings it up to date at this moment, it is the one before.
    """
    index = _index
    if index is not None and time.monotonic() - _asked_at < _RECENT_SECONDS:
        return index
    if not _lock.acquire(blocking=index is None):
        return index or current_index()
    try:
        return _brought_up_to_now()
    finally:
        _lock.release()


def forget_index() -> None:
    """Drop this process's index; the next call lays it out anew."""
    global _index  # noqa: PLW0603 - see above
    with _lock:
        _index = None


def _newest() -> _Newest:
    row = Fingerprint.objects.order_by("-pk").values_list("pk", "content_digest", "created_at").first()
    return _NONE if row is None else _Newest(*row)


def _late_count(newest: _Newest) -> int:
    return Fingerprint.objects.filter(pk__gt=newest.pk - _LATE).count()


def _brought_up(known: CounterfeitIndex | None, state: tuple[_Newest, int]) -> CounterfeitIndex:
    """The same base with a new tail, or everything anew."""
    if known is not None and _still_holds(known.base_newest):
        since = _telling(after=known.base_newest.pk - _LATE)
        most = max(_TAIL_LEAST, int(_TAIL_SHARE * len(known.base.ids)))
        if since.count() <= most + _LATE:
            return CounterfeitIndex(known.base, known.base_newest, _part(since, but=known.base.ids), state)
    nothing = Fingerprint.objects.none()
    return CounterfeitIndex(_part(_telling(after=0)), state[0], _part(nothing), state)


def _still_holds(newest: _Newest) -> bool:
    """Whether the row is still what it was: a database may have been put back from a copy."""
    row = Fingerprint.objects.filter(pk=newest.pk).values_list("pk", "content_digest", "created_at").first()
    return row is not None and _Newest(*row) == newest


def _telling(*, after: int) -> FingerprintQuerySet:
    return Fingerprint.objects.telling(engine_version=FINGERPRINT_VERSION).filter(pk__gt=after).order_by("-pk")


class _Row(NamedTuple):
    pk: int
    kind: str
    content_digest: str
    brand_id: int | None
    seller_id: int
    weakness: str
    data: bytes

    @property
    def alike(self) -> int:
        """One number for those of which a few are enough. A weak one may need the same seller to count."""
        seller = self.seller_id if self.weakness == Weakness.BRANDS_OWN else None
        return hash((self.brand_id, self.content_digest, seller))


def _part(fingerprints: FingerprintQuerySet, *, but: Ids | None = None) -> _Part:
    """Newest first, in batches: as objects a million would fill the memory."""
    fields = ("pk", "kind", "content_digest", "brand_id", "listing__seller_id", "weakness", "data")
    rows = map(_Row._make, fingerprints.values_list(*fields).iterator(chunk_size=_BATCH))
    counts: Counter[int] = Counter()
    ids, pictures, texts = [], [], []
    while batch := list(islice(rows, _BATCH)):
        new = [row for row in batch if but is None or not _is_among(row.pk, but)]
        ids.append(_ids(row.pk for row in new))
        kept = list(_few_alike(new, counts))
        pictures.append(PictureRows.of(list(_pictures(kept))))
        texts.append(TextRows.of(_texts(kept)))
    return _Part(
        ids=np.sort(np.concatenate([_ids(()), *ids])),
        pictures=PictureRows.joined(pictures),
        texts=TextRows.joined(texts),
    )


def _is_among(pk: int, ids: Ids) -> bool:
    place = int(np.searchsorted(ids, pk))
    return place < len(ids) and int(ids[place]) == pk


def _ids(ids: Iterable[int]) -> Ids:
    return np.fromiter(ids, dtype=np.int64)


def _few_alike(rows: Iterable[_Row], counts: Counter[int]) -> Iterator[_Row]:
    for row in rows:
        counts[row.alike] += 1
        if counts[row.alike] <= _ALIKE:
            yield row


def _pictures(rows: Iterable[_Row]) -> Iterator[ReferencePicture]:
    for row in rows:
        if row.kind == ContentKind.IMAGE:
            fingerprint = PictureFingerprint.from_bytes(bytes(row.data))
            yield ReferencePicture(str(row.pk), str(row.brand_id or ""), fingerprint)


def _texts(rows: Iterable[_Row]) -> Iterator[tuple[str, bytes]]:
    for row in rows:
        if row.kind == ContentKind.TEXT:
            yield str(row.pk), bytes(row.data[:ANCHOR_BYTES])
