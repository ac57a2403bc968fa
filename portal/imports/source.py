"""A file of rows, whatever its format, read one row at a time."""

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from portal.imports.csv_rows import csv_rows
from portal.imports.json_rows import json_rows
from portal.imports.lines import encoding_of, open_file, read_lines
from portal.imports.rows import Row, TableShape, UnreadableRow

_CSV_SUFFIXES: Final = frozenset({".csv"})
_JSON_SUFFIXES: Final = frozenset({".jsonl", ".ndjson", ".json"})
_SIGNS_LOOKED_AT: Final = 1024


class Source:
    """The rows of a file. Raises ``FileUnusable`` where nothing of it can be read.

    The format goes by the name (``.csv``, ``.jsonl``, ``.ndjson``, ``.json``), else by the first sign: a
    bracket is JSON.
    """

    def __init__(self, path: Path, shape: TableShape) -> None:
        self._path, self._shape = path, shape
        self._stream = open_file(path)
        self.size = path.stat().st_size

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()

    def __iter__(self) -> Iterator[Row | UnreadableRow]:
        encoding = encoding_of(self._stream)
        is_json = self._is_json()
        lines = read_lines(self._stream, encoding)
        return json_rows(lines) if is_json else csv_rows(lines, self._shape)

    @property
    def position(self) -> int:
        """How many bytes have been read."""
        return self._stream.tell()

    def _is_json(self) -> bool:
        suffix = self._path.suffix.lower()
        if suffix in _CSV_SUFFIXES | _JSON_SUFFIXES:
            return suffix in _JSON_SUFFIXES
        self._stream.seek(0)
        return self._stream.read(_SIGNS_LOOKED_AT).removeprefix(b"\xef\xbb\xbf").lstrip().startswith((b"{", b"["))
