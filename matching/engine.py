"""The engine: a snapshot, and the little that came since. Promises the same answer in every process that opens them."""

import threading
from collections.abc import Sequence
from typing import Any, Final

from matching.fingerprint import PictureFingerprint
from matching.name_index import NameIndex
from matching.names import BrandSpelling, Name, name_of
from matching.picture_match import PictureCandidate, match_pictures
from matching.picture_rows import PictureRows, ReferencePicture
from matching.snapshot import Snapshot
from matching.text_match import TextCandidate, match_field

DEFAULT_LIMIT: Final = 8


class LiveIndex:
    """References and spellings that came after the snapshot was built. Small; safe to use from several threads.

    An addition with the key of an older one replaces it. Readers always see a whole index, the old or the new one.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pictures: dict[str, ReferencePicture] = {}
        self._names: dict[tuple[str, str], Name] = {}
        self._rows: PictureRows | None = None
        self._index: NameIndex | None = None

    def add_picture(self, picture: ReferencePicture) -> None:
        """Adds a reference picture; it is found from the next look-up on."""
        with self._lock:
            self._pictures[picture.key] = picture
            self._rows = None

    def add_spelling(self, spelling: BrandSpelling, *, is_common: bool = False) -> None:
        """Adds a name; it is found from the next look-up on."""
        name = name_of(spelling, is_common=is_common)
        with self._lock:
            if name is not None:
                self._names[(spelling.brand, spelling.spelling)] = name
                self._index = None

    def pictures(self) -> PictureRows:
        """The references side by side, laid out anew after an addition."""
        with self._lock:
            if self._rows is None:
                self._rows = PictureRows.of(list(self._pictures.values()))
            return self._rows

    def names(self) -> NameIndex:
        """The names in an automaton, built anew after an addition."""
        with self._lock:
            if self._index is None:
                self._index = NameIndex(self._names.values())
            return self._index

    def __len__(self) -> int:
        return len(self._pictures) + len(self._names)

    def __getstate__(self) -> dict[str, Any]:
        with self._lock:
            return {"pictures": dict(self._pictures), "names": dict(self._names)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        LiveIndex.__init__(self)
        self._pictures, self._names = state["pictures"], state["names"]


class Engine:
    """Compares pictures and texts with the brands' material. Holds no state of its own; safe to use from several
    threads.
    """

    def __init__(self, snapshot: Snapshot, live: LiveIndex | None = None) -> None:
        self.snapshot = snapshot
        self.live = LiveIndex() if live is None else live

    def match_picture(
        self, fingerprint: PictureFingerprint, *, limit: int = DEFAULT_LIMIT
    ) -> tuple[PictureCandidate, ...]:
        """The references that the picture may be, best first, each once, at most `limit`."""
        return self.match_pictures([fingerprint], limit=limit)[0]

    def match_pictures(
        self, fingerprints: Sequence[PictureFingerprint], *, limit: int = DEFAULT_LIMIT
    ) -> list[tuple[PictureCandidate, ...]]:
        """`match_picture` for many pictures in one look-up, in their order."""
        return match_pictures([self.snapshot.pictures, self.live.pictures()], fingerprints, limit)

    def match_text(self, title: str, description: str = "", *, category: str = "") -> tuple[TextCandidate, ...]:
        """The names that title and description may hold, the title's first, best first in each.

        `category`: the listing's; in a category that a spelling lists as its own, a common word counts as a name.
        """
        indexes = [self.snapshot.names, self.live.names()]
        found = match_field(title, "title", indexes, self.snapshot.vocabulary, category)
        if description:
            found += match_field(description, "description", indexes, self.snapshot.vocabulary, category)
        return tuple(found)

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.snapshot, self.live))
