"""What reading a file yields: rows, and rows that could not be read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from core.errors import DomainError

#: A row as JSON says it: names to values.
Values = dict[str, object]


@dataclass(frozen=True, slots=True)
class Row:
    """One row that could be read; ``line`` is where it begins."""

    line: int
    values: Values


@dataclass(frozen=True, slots=True)
class UnreadableRow:
    """One row that could not."""

    line: int
    error: DomainError


@dataclass(frozen=True, slots=True)
class TableShape:
    """How a CSV table stands for the same rows: the columns it must have, and how its cells become a row."""

    required: tuple[str, ...]
    to_values: Callable[[Mapping[str, str]], Values]
