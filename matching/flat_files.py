"""Flat files that every process can map: arrays as .npy, strings as one blob with offsets. Promises no code in the
files.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Self, overload

import numpy as np
import numpy.typing as npt

from matching.errors import BrokenSnapshot

Array = npt.NDArray[Any]


def write_array(directory: Path, name: str, values: Array) -> None:
    """Writes one array; never pickles."""
    np.save(directory / f"{name}.npy", values, allow_pickle=False)


def map_array(directory: Path, name: str) -> Array:
    """Maps one array read-only. Raises `BrokenSnapshot` where it is missing or damaged."""
    path = directory / f"{name}.npy"
    try:
        return np.load(path, mmap_mode="r", allow_pickle=False)  # type: ignore[no-any-return]  # numpy types it as Any
    except (OSError, ValueError, EOFError) as error:
        raise BrokenSnapshot(f"{path} cannot be read: {error}") from error


class StringTable(Sequence[str]):
    """Many strings in two arrays: UTF-8 bytes, and where each string ends (int64, one more than there are strings)."""

    def __init__(self, blob: npt.NDArray[np.uint8], offsets: npt.NDArray[np.int64]) -> None:
        self._blob = blob
        self._offsets = offsets

    @classmethod
    def of(cls, strings: Iterable[str]) -> Self:
        """The table of these strings, in their order."""
        parts = [string.encode("utf-8", "surrogatepass") for string in strings]
        offsets = np.zeros(len(parts) + 1, dtype=np.int64)
        np.cumsum([len(part) for part in parts], out=offsets[1:])
        return cls(np.frombuffer(b"".join(parts), dtype=np.uint8), offsets)

    @classmethod
    def map(cls, directory: Path, name: str) -> Self:
        """Maps what `write` wrote."""
        table = cls(map_array(directory, f"{name}.blob"), map_array(directory, f"{name}.offsets"))
        if len(table._offsets) == 0 or int(table._offsets[-1]) != len(table._blob):
            raise BrokenSnapshot(f"the strings of {name} are cut short")
        return table

    def write(self, directory: Path, name: str) -> None:
        """Writes both arrays."""
        write_array(directory, f"{name}.blob", self._blob)
        write_array(directory, f"{name}.offsets", self._offsets)

    def __len__(self) -> int:
        return len(self._offsets) - 1

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        if not -len(self) <= place < len(self):
            raise IndexError(place)
        place %= len(self)
        start, end = int(self._offsets[place]), int(self._offsets[place + 1])
        return self._blob[start:end].tobytes().decode("utf-8", "surrogatepass")

    def __iter__(self) -> Iterator[str]:
        blob = self._blob.tobytes()
        offsets = self._offsets.tolist()
        for start, end in pairwise(offsets):
            yield blob[start:end].decode("utf-8", "surrogatepass")
