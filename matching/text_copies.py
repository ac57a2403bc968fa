"""Finds a text again that was written anew in small. Promises a sketch of fixed size, and a look-up without the texts.

Source of the method: w-shingling and bottom-k sketches (Broder, "On the resemblance and containment of documents",
1997), over the skeleton of a text, so that blanks, dots and look-alike letters between the words change nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from matching.flat_files import StringTable
from matching.text_fold import skeleton

#: Letters of the skeleton that make a gram: some four syllables, or two Latin words.
GRAM_LETTERS: Final = 9
#: Smallest grams that a sketch keeps: a share of 0.65 is told to within 0.04.
SKETCH_GRAMS: Final = 128
#: Of these, the smallest, by which a sketch is found: the first bytes are all that `TextRows` needs of it. A copy has
#: two of them at least: at a share of 0.65 one in 280 has fewer, and a text that only shares a phrase has seldom one.
_ANCHORS: Final = 8
ANCHOR_BYTES: Final = 8 * _ANCHORS
_LEAST_ANCHORS: Final = 2
#: Longer texts are read up to here; a listing of the real marketplaces measured has 2,000 signs at most.
_MOST_LETTERS: Final = 60_000

Grams = npt.NDArray[np.uint64]

_NO_GRAMS: Final[Grams] = np.zeros(0, dtype=np.uint64)
_POWERS: Final = np.array([pow(0x9E3779B97F4A7C15, place + 1, 1 << 64) for place in range(64)], dtype=np.uint64)
_MIX: Final = np.array([0xBF58476D1CE4E5B9, 0x94D049BB133111EB], dtype=np.uint64)
_SHIFTS: Final = np.array([30, 27, 31], dtype=np.uint64)


def grams_of(text: str, *, letters: int = GRAM_LETTERS) -> Grams:
    """The grams of a text's skeleton as numbers, each once, in rising order; none where the text is shorter than one.

    The same text has the same numbers in every process. `letters`: the length of a gram, 1..64.
    """
    folded = skeleton(text)[:_MOST_LETTERS]
    codes = np.frombuffer(folded.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    if len(codes) < letters:
        return _NO_GRAMS
    windows = np.lib.stride_tricks.sliding_window_view(codes, letters)
    return np.unique(_mixed((windows * _POWERS[:letters]).sum(axis=1, dtype=np.uint64)))


def _mixed(numbers: Grams) -> Grams:
    """Spread evenly over 64 bits (the finaliser of splitmix64), so that the smallest are a fair sample."""
    numbers = (numbers ^ (numbers >> _SHIFTS[0])) * _MIX[0]
    numbers = (numbers ^ (numbers >> _SHIFTS[1])) * _MIX[1]
    return np.asarray(numbers ^ (numbers >> _SHIFTS[2]), dtype=np.uint64)


def likeness(one: Grams, other: Grams) -> float:
    """0..1: what two texts have in common of all that either has. Two texts without a gram are no likeness."""
    common = len(np.intersect1d(one, other, assume_unique=True))
    whole = len(one) + len(other) - common
    return common / whole if whole else 0.0


def shared_by(texts: Sequence[Grams], *, least: int = 1) -> Grams:
    """The grams that stand in at least so many of the texts, in rising order."""
    grams, counts = np.unique(np.concatenate([_NO_GRAMS, *texts]), return_counts=True)
    return grams[counts >= least]


def without(grams: Grams, common: Grams) -> Grams:
    """The grams that are not among the common ones."""
    return np.setdiff1d(grams, common, assume_unique=True)


def sketch_of(grams: Grams) -> bytes:
    """The bytes that are kept of a text: 8 for each of its smallest grams, 1,024 at most."""
    return grams[:SKETCH_GRAMS].astype("<u8").tobytes()


def share_in(sketch: bytes, grams: Grams) -> float:
    """0..1: how much of the sketched text stands in the other, whatever else stands there."""
    kept = _read(sketch)
    return len(np.intersect1d(kept, grams, assume_unique=True)) / len(kept) if len(kept) else 0.0


def _read(sketch: bytes) -> Grams:
    return np.frombuffer(sketch, dtype="<u8").astype(np.uint64)


@dataclass(frozen=True, slots=True)
class TextRows:
    """Sketches side by side, found by their smallest grams.

    `anchors`: in rising order. `rows`: which text an anchor is of. `keys`: the caller's names of the texts.
    """

    anchors: Grams
    rows: npt.NDArray[np.int32]
    keys: StringTable

    @classmethod
    def of(cls, sketches: Iterable[tuple[str, bytes]]) -> Self:
        """Lays out pairs of a key and a sketch."""
        pairs = list(sketches)
        kept = [_read(sketch[:ANCHOR_BYTES]) for _, sketch in pairs]
        anchors = np.concatenate([_NO_GRAMS, *kept])
        rows = np.repeat(np.arange(len(kept), dtype=np.int32), [len(each) for each in kept])
        order = np.argsort(anchors, kind="stable")
        return cls(anchors[order], rows[order], StringTable.of(key for key, _ in pairs))

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """The same texts in one."""
        first = np.cumsum([0, *(len(part.keys) for part in parts)])
        anchors = np.concatenate([_NO_GRAMS, *(part.anchors for part in parts)])
        owners = [part.rows + np.int32(before) for part, before in zip(parts, first.tolist(), strict=False)]
        rows = np.concatenate([np.zeros(0, dtype=np.int32), *owners])
        order = np.argsort(anchors, kind="stable")
        return cls(anchors[order], rows[order], StringTable.of(key for part in parts for key in part.keys))

    def candidates(self, grams: Grams) -> list[str]:
        """Keys of the texts that may stand in the text of these grams; `share_in` tells how much of each does."""
        first = np.searchsorted(self.anchors, grams, side="left")
        last = np.searchsorted(self.anchors, grams, side="right")
        found = [self.rows[start:end] for start, end in zip(first.tolist(), last.tolist(), strict=True) if start < end]
        if not found:
            return []
        rows, counts = np.unique(np.concatenate(found), return_counts=True)
        return [self.keys[row] for row in rows[counts >= _LEAST_ANCHORS].tolist()]
