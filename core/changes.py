"""What bringing a record in did to the row it names."""

from enum import StrEnum


class Change(StrEnum):
    """``unchanged``: the row already said so, and nothing was written that a person would look for."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
