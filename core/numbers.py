"""Public numbers such as ``R-2026-000123``: names that may be known. No access hangs on one.

They come from the row's id, with gaps, never from a locked counter: a counter would be the one row that every
report in the house waits for.
"""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

SEOUL = ZoneInfo("Asia/Seoul")
_SHAPE = re.compile(r"^([A-Z]{1,3})-(\d{4})-(\d{6,})$")


def public_number(prefix: str, created_at: datetime, row_id: int) -> str:
    """``R-2026-000123`` for row 123 created in 2026 in Korea."""
    return f"{prefix}-{created_at.astimezone(SEOUL).year}-{row_id:06d}"


def row_id_of(number: str, prefix: str) -> int | None:
    """The row id that a number names, or ``None`` where it is not a number of that prefix."""
    found = _SHAPE.match(number.strip().upper())
    return int(found[3]) if found and found[1] == prefix else None
