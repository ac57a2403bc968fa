"""Whether a part of the running portal hangs, judged by its heartbeat.

Silence counts against a part only where it could have been heard: not while the database does not answer, not right
after a start, and not against the queue while the courier, which asks it for beats, is silent itself.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime

from django.db import DatabaseError
from django.utils import timezone

from core.connections import drop_broken_connections
from core.heartbeats import CLUSTER, COURIER, last_beat

logger = logging.getLogger(__name__)

#: The heartbeats are read at most this often.
READ_SECONDS = 1.0


class Watch:
    """``is_hung`` for a supervisor whose children are named like their heartbeats."""

    def __init__(self, *, limit: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.limit = limit
        self.clock = clock
        self.beats: dict[str, datetime | None] = {}
        self.read_at = -READ_SECONDS
        # From when on silence counts, for all and for the queue.
        self.database_since = clock()
        self.courier_since = clock()

    def is_hung(self, name: str, started_at: float) -> bool:
        """Whether that part has been silent for longer than the limit, by every measure that is fair to it."""
        if name not in (CLUSTER, COURIER):
            return False
        self._read()
        since = max(started_at, self.database_since)
        if name == CLUSTER:
            since = max(since, self.courier_since)
        return min(self._silence(name), self.clock() - since) > self.limit

    def _read(self) -> None:
        now = self.clock()
        if now - self.read_at < READ_SECONDS:
            return
        self.read_at = now
        try:
            self.beats = {name: last_beat(name) for name in (CLUSTER, COURIER)}
        except DatabaseError:
            logger.warning("heartbeats cannot be read", exc_info=True)
            drop_broken_connections()
            self.database_since = now
        if self._silence(COURIER) > self.limit / 2:
            self.courier_since = now

    def _silence(self, name: str) -> float:
        beat = self.beats.get(name)
        return float("inf") if beat is None else (timezone.now() - beat).total_seconds()
