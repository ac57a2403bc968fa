"""The hashes of many references in flat arrays, and the exact look-up among them.

Promises: `search` finds every row within the radius, none outside; a hash is four columns of 64 bits, so that the first
two or three columns rule out nearly every row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from matching.fingerprint import HASH_BYTES, PictureFingerprint
from matching.flat_files import StringTable, map_array, write_array
from matching.transform import Box

WORDS: Final = HASH_BYTES // 8
# Rows looked at in one go: 256 KB of a column, so that it stays in the processor's cache for all queries.
_CHUNK: Final = 32_768
# Up to this radius two columns let 1 unrelated row in 5,000 through. Three do so up to 70, and their sum fits one byte.
_SIFTED_BY_TWO: Final = 44
_MOST_SIFTED: Final = 3

_ARRAYS: Final = ("columns", "row_reference", "row_trimmed", "boxes", "qualities")

Words = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]
_NONE: Final = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class ReferencePicture:
    """A picture of the brand's own: `key` is unique and the caller's (a text reference), `brand` groups references."""

    key: str
    brand: str
    fingerprint: PictureFingerprint


@dataclass(frozen=True, slots=True)
class Hits:
    """What a look-up found: three arrays of one length; `query` and `row` are places, `distance` is in bits 0..256."""

    query: npt.NDArray[np.int64]
    row: npt.NDArray[np.int64]
    distance: npt.NDArray[np.int64]


def as_words(hashes: bytes) -> Words:
    """Hashes of 32 bytes each as an array of shape (hashes, 4)."""
    return np.frombuffer(hashes, dtype=np.uint64).reshape(-1, WORDS)


@dataclass(frozen=True, slots=True)
class PictureRows:
    """References side by side.

    `columns`: shape (4, rows). `row_reference`: which reference a row is of. `row_trimmed`: is it the hash of the part
    inside the border. `boxes`: shape (references, 4). `qualities`: shape (references, 2), whole and trimmed.
    `hidden`: keys of references that are laid out here but are no longer to be found.
    """

    columns: Words
    row_reference: npt.NDArray[np.int32]
    row_trimmed: npt.NDArray[np.bool_]
    boxes: npt.NDArray[np.float64]
    qualities: npt.NDArray[np.uint8]
    keys: Sequence[str]
    brands: Sequence[str]
    hidden: frozenset[str] = frozenset()

    @classmethod
    def of(cls, references: Sequence[ReferencePicture]) -> Self:
        """Lays the references out: one row each, and a second one where a border was trimmed."""
        hashes, owner, trimmed = [], [], []
        for place, reference in enumerate(references):
            fingerprint = reference.fingerprint
            for is_trimmed in (False, True)[: 1 + fingerprint.is_trimmed]:
                hashes.append((fingerprint.trimmed if is_trimmed else fingerprint.whole)[:HASH_BYTES])
                owner.append(place)
                trimmed.append(is_trimmed)
        prints = [reference.fingerprint for reference in references]
        return cls(
            columns=np.ascontiguousarray(as_words(b"".join(hashes)).T),
            row_reference=np.array(owner, dtype=np.int32),
            row_trimmed=np.array(trimmed, dtype=np.bool_),
            boxes=np.array([each.trim_box for each in prints], dtype=np.float64).reshape(-1, 4),
            qualities=np.array([(p.quality, p.trimmed_quality) for p in prints], dtype=np.uint8).reshape(-1, 2),
            keys=StringTable.of(reference.key for reference in references),
            brands=StringTable.of(reference.brand for reference in references),
        )

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """The same references side by side in one: what is too much to be held as objects is laid out in parts."""
        first = np.cumsum([0, *(len(part.keys) for part in parts)])
        owners = [part.row_reference + np.int32(before) for part, before in zip(parts, first.tolist(), strict=False)]
        empty = cls.of(())
        every = (empty, *parts)
        return cls(
            columns=np.ascontiguousarray(np.concatenate([part.columns for part in every], axis=1)),
            row_reference=np.concatenate([empty.row_reference, *owners]),
            row_trimmed=np.concatenate([part.row_trimmed for part in every]),
            boxes=np.concatenate([part.boxes for part in every]),
            qualities=np.concatenate([part.qualities for part in every]),
            keys=StringTable.of(key for part in parts for key in part.keys),
            brands=StringTable.of(brand for part in parts for brand in part.brands),
        )

    @classmethod
    def map(cls, directory: Path) -> Self:
        """Maps what `write` wrote."""
        columns, row_reference, row_trimmed, boxes, qualities = (
            map_array(directory, f"picture.{name}") for name in _ARRAYS
        )
        keys, brands = (StringTable.map(directory, f"picture.{name}") for name in ("keys", "brands"))
        return cls(columns, row_reference, row_trimmed, boxes, qualities, keys, brands)

    def write(self, directory: Path) -> None:
        """Writes the flat files."""
        for name in _ARRAYS:
            write_array(directory, f"picture.{name}", getattr(self, name))
        StringTable.of(self.keys).write(directory, "picture.keys")
        StringTable.of(self.brands).write(directory, "picture.brands")

    def box(self, row: int) -> Box:
        """The part of the reference that this row's hash is of."""
        if not self.row_trimmed[row]:
            return (0.0, 0.0, 1.0, 1.0)
        left, top, right, bottom = self.boxes[self.row_reference[row]].tolist()
        return (left, top, right, bottom)

    def quality(self, row: int) -> int:
        """PDQ's quality of what this row's hash is of, 0..100."""
        return int(self.qualities[self.row_reference[row], int(self.row_trimmed[row])])

    def search(self, queries: Words, radius: int) -> Hits:
        """Every pair of a query and a row at most `radius` bits apart. `queries`: shape (queries, 4)."""
        found: list[tuple[Places, Places, Places]] = [(_NONE, _NONE, _NONE)]
        scratch = _Scratch(min(_CHUNK, self.columns.shape[1]))
        for start in range(0, self.columns.shape[1], _CHUNK):
            chunk = self.columns[:, start : start + _CHUNK]
            for place, query in enumerate(queries):
                near, distance = scratch.near(chunk, query, radius)
                if len(near):
                    found.append((np.full(len(near), place, dtype=np.int64), near + start, distance))
        query_places, rows, distances = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return Hits(query_places, rows, distances)


class _Scratch:
    """Buffers for one search, so that the loop over chunks and queries allocates nothing."""

    def __init__(self, rows: int) -> None:
        self._words = np.empty(rows, dtype=np.uint64)
        self._counts = np.empty(rows, dtype=np.uint8)
        self._sums = np.empty(rows, dtype=np.uint8)

    def near(self, chunk: Words, query: Words, radius: int) -> tuple[Places, Places]:
        """Rows of the chunk within the radius, and their distances."""
        rows = chunk.shape[1]
        words, counts, sums = self._words[:rows], self._counts[:rows], self._sums[:rows]
        first = _columns_to_sift(radius)
        for place in range(first):
            np.bitwise_xor(chunk[place], query[place], out=words)
            np.bitwise_count(words, out=counts if place else sums)
            if place:
                sums += counts
        near = np.flatnonzero(sums <= radius)
        rest = np.bitwise_count(chunk[first:, near] ^ query[first:, None]).sum(axis=0, dtype=np.int64)
        distance = sums[near] + rest
        inside = distance <= radius
        return near[inside], distance[inside]


def _columns_to_sift(radius: int) -> int:
    """How many columns rule out nearly every row: an unrelated row differs in 32 bits of each, give or take 4."""
    return 2 if radius <= _SIFTED_BY_TWO else _MOST_SIFTED
