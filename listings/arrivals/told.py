"""A listing's record as an arrival's row keeps it, and back."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from core.canonical import Json, plain
from listings.records import ListingRecord


def to_json(record: ListingRecord) -> Json:
    """Raises ``ValueError`` for what no database can hold."""
    return plain(asdict(record))


def from_json(told: Mapping[str, Any]) -> ListingRecord:
    posted_at = told["posted_at"]
    return ListingRecord(**{**told, "posted_at": datetime.fromisoformat(posted_at) if posted_at else None})
