"""What came and went since a snapshot was built. Promises that the next look-up knows it, in every thread."""

import threading
from typing import Any

from matching.name_index import Hidden, NameIndex
from matching.names import BrandSpelling, Name, name_of
from matching.picture_rows import PictureRows, ReferencePicture


class LiveIndex:
    """References and spellings that came after the snapshot was built, and those that went. Small and thread-safe.

    An addition replaces what the snapshot holds under the same key, a removal hides it. Readers always see a whole
    index, the one before a change or the one after it. What changes much is better built into a new snapshot.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pictures: dict[str, ReferencePicture] = {}
        self._names: dict[tuple[str, str], Name] = {}
        self._hidden_pictures: frozenset[str] = frozenset()
        self._hidden_names: Hidden = frozenset()
        self._rows: PictureRows | None = None
        self._index: NameIndex | None = None

    def add_picture(self, picture: ReferencePicture) -> None:
        """Adds a reference picture, or replaces the one of the same key."""
        with self._lock:
            self._pictures[picture.key] = picture
            self._hidden_pictures |= {picture.key}
            self._rows = None

    def remove_picture(self, key: str) -> None:
        """Removes a reference picture, wherever it is held. One that is unknown may be removed too."""
        with self._lock:
            self._pictures.pop(key, None)
            self._hidden_pictures |= {key}
            self._rows = None

    def add_spelling(self, spelling: BrandSpelling, *, is_common: bool = False) -> None:
        """Adds a name, or replaces the same one."""
        name = name_of(spelling, is_common=is_common)
        key = (spelling.brand, spelling.spelling)
        with self._lock:
            if name is not None:
                self._names[key] = name
            self._hidden_names |= {key}
            self._index = None

    def remove_spelling(self, brand: str, spelling: str) -> None:
        """Removes a name, wherever it is held. One that is unknown may be removed too."""
        with self._lock:
            self._names.pop((brand, spelling), None)
            self._hidden_names |= {(brand, spelling)}
            self._index = None

    def pictures(self) -> PictureRows:
        """The references side by side, laid out anew after a change."""
        with self._lock:
            if self._rows is None:
                self._rows = PictureRows.of(list(self._pictures.values()))
            return self._rows

    def names(self) -> NameIndex:
        """The names in an automaton, built anew after a change."""
        with self._lock:
            if self._index is None:
                self._index = NameIndex(self._names.values())
            return self._index

    def hidden_pictures(self) -> frozenset[str]:
        """Keys that are no longer to be found in the snapshot."""
        return self._hidden_pictures

    def hidden_names(self) -> Hidden:
        """(brand, spelling) that are no longer to be found in the snapshot."""
        return self._hidden_names

    def __len__(self) -> int:
        return len(self._hidden_pictures) + len(self._hidden_names)

    def __getstate__(self) -> dict[str, Any]:
        with self._lock:
            return {
                "_pictures": dict(self._pictures),
                "_names": dict(self._names),
                "_hidden_pictures": self._hidden_pictures,
                "_hidden_names": self._hidden_names,
            }

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _lock=threading.Lock(), _rows=None, _index=None)
