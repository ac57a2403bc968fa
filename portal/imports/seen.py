"""Identifiers that a file has brought in already, with their lines, in bounded memory."""

import sqlite3
from types import TracebackType
from typing import Self


class SeenIdentifiers:
    """Where in the file each identifier stood. Kept in a temporary database that spills to disk: a file of ten million
    rows would need a gigabyte of memory for a dictionary."""

    def __init__(self) -> None:
        self._store = sqlite3.connect("", isolation_level=None)
        self._store.execute("PRAGMA journal_mode = OFF")
        self._store.execute("CREATE TABLE seen (identifier TEXT PRIMARY KEY, line INTEGER NOT NULL) WITHOUT ROWID")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._store.close()

    def line_of(self, identifier: str) -> int | None:
        found = self._store.execute("SELECT line FROM seen WHERE identifier = ?", (identifier,)).fetchone()
        return int(found[0]) if found else None

    def remember(self, identifier: str, line: int) -> None:
        self._store.execute("INSERT INTO seen VALUES (?, ?)", (identifier, line))
