"""The engine: a snapshot, and the little that came since. Promises the same answer in every process that opens them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from matching.fingerprint import PictureFingerprint
from matching.live import LiveIndex
from matching.name_index import NameIndex
from matching.picture_match import PictureCandidate, match_pictures
from matching.picture_rows import PictureRows
from matching.snapshot import Snapshot
from matching.text_match import TextCandidate, match_field

DEFAULT_LIMIT: Final = 8


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
        return match_pictures(self._pictures(), fingerprints, limit)

    def match_text(self, title: str, description: str = "", *, category: str = "") -> tuple[TextCandidate, ...]:
        """The names that title and description may hold, the title's first, best first in each.

        `category`: the listing's; in a category that a spelling lists as its own, a common word counts as a name.
        """
        indexes = self._names()
        found = match_field(title, "title", indexes, self.snapshot.vocabulary, category)
        if description:
            found += match_field(description, "description", indexes, self.snapshot.vocabulary, category)
        return tuple(found)

    def _pictures(self) -> list[PictureRows]:
        return [replace(self.snapshot.pictures, hidden=self.live.hidden_pictures()), self.live.pictures()]

    def _names(self) -> list[NameIndex]:
        return [self.snapshot.names.without(self.live.hidden_names()), self.live.names()]

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.snapshot, self.live))
