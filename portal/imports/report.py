"""What an import tells: each bad row as it is met, and the whole at the end."""

import csv
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import IO, Final

from core.changes import Change
from core.errors import DomainError
from portal.imports.errors import quoted

#: A spreadsheet takes a cell that begins so for a formula, and runs it.
_FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r")
_ERROR_COLUMNS: Final = ("행", "식별자", "문제", "이유", "할 일")
#: Names of ignored items that are told; a broken file has a new one in every row.
_TOLD_NAMES: Final = 20
_COUNTED_NAMES: Final = 1_000


@dataclass(slots=True)
class Report:
    """Counts of one import, and where its errors go: a line each to ``tell``, a row each to ``table``, if any."""

    tell: Callable[[str], None]
    table: IO[str] | None = None
    changes: Counter[Change] = field(default_factory=Counter)
    failed: int = 0
    refused_pictures: int = 0
    ignored: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        if self.table is not None:
            csv.writer(self.table).writerow(_ERROR_COLUMNS)

    @property
    def brought_in(self) -> int:
        return sum(self.changes.values())

    @property
    def read(self) -> int:
        return self.brought_in + self.failed

    def row_failed(self, line: int, identifier: str, errors: Sequence[DomainError]) -> None:
        """The row is not in, for these reasons."""
        self.failed += 1
        self._tell_all(line, identifier, errors)

    def row_came_in(self, line: int, identifier: str, change: Change, problems: Sequence[DomainError]) -> None:
        """The row is in; pictures of it may not be."""
        self.changes[change] += 1
        self.refused_pictures += len(problems)
        self._tell_all(line, identifier, problems)

    def ignore(self, names: Sequence[str]) -> None:
        """Count items that nobody reads."""
        for name in names:
            if name in self.ignored or len(self.ignored) < _COUNTED_NAMES:
                self.ignored[name] += 1

    def _tell_all(self, line: int, identifier: str, errors: Sequence[DomainError]) -> None:
        for error in errors:
            self.tell(_printable(f"{line}행: {error}"))
            if self.table is not None:
                cells = (line, identifier, error.what, error.why, error.action)
                csv.writer(self.table).writerow(_harmless(cell) for cell in cells)

    def summary(self, what: str) -> list[str]:
        """Lines that tell how it went, in Korean."""
        new, changed, unchanged = (self.changes[change] for change in Change)
        counts = f"새로 {new:,} · 바뀜 {changed:,} · 그대로 {unchanged:,} · 실패 {self.failed:,}"
        lines = [f"{what} {self.read:,}건을 읽었습니다. {counts}"]
        if self.refused_pictures:
            lines.append(f"사진 {self.refused_pictures:,}장은 받지 못했습니다. 나머지는 들어갔습니다.")
        if self.ignored:
            lines.append(f"모르는 항목은 건너뛰었습니다. {self._ignored_text()}")
        return lines

    def _ignored_text(self) -> str:
        told = [f"{quoted(name)} {count:,}건" for name, count in self.ignored.most_common(_TOLD_NAMES)]
        rest = len(self.ignored) - len(told)
        return ", ".join(told) + (f" 외 {rest:,}가지" if rest > 0 else "")


def _printable(text: str) -> str:
    """A line that moves nothing in a terminal: a refused value may be made to."""
    return "".join(character if character.isprintable() else "�" for character in text)


def _harmless(cell: object) -> str:
    """A cell that a spreadsheet shows and does not run."""
    text = str(cell)
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) else text
