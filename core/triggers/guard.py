"""One guard of one table, whatever the database."""

from dataclasses import dataclass
from typing import Final

REFUSAL: Final = "rows of {table} are evidence: they are never changed and never deleted"


@dataclass(frozen=True, slots=True)
class Guard:
    """One trigger: how it is set, how it is dropped, and what the catalogue shows where it stands as we wrote it."""

    name: str
    table: str
    create: str
    drop: str
    fingerprint: tuple[object, ...]
