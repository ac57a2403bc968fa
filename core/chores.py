"""Small work of the apps above that comes round again and again, handed in by the settings (``COURIER_CHORES``).

A chore is ``chore(*, now) -> int`` (what it moved), lasts seconds at most, and does nothing where nothing is owed. It
runs in every courier, so it is safe to run in two at once. One that fails is logged and tried again at its next turn;
it stops neither the others nor the courier.
"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import connections
from django.utils import timezone
from django.utils.module_loading import import_string

from core.connections import drop_broken_connections

Chore = Callable[..., int]

logger = logging.getLogger(__name__)

#: Between two looks at what is due.
PAUSE_SECONDS: Final = 1.0


class Chores:
    """When each chore had its last turn in this process, and whose turn it is."""

    def __init__(self) -> None:
        self._last: dict[str, datetime] = {}

    def run_due(self, *, now: datetime) -> int:
        """Every chore whose turn it is, once. Returns how much they moved together."""
        due = [name for name, seconds in settings.COURIER_CHORES.items() if self._is_due(name, seconds, now)]
        return sum(self._run(name, now) for name in due)

    def run(self, stop: threading.Event) -> None:
        """Work until ``stop`` is set; for a thread of its own, so that a slow chore holds up no delivery."""
        try:
            while not stop.is_set():
                self.run_due(now=timezone.now())
                stop.wait(PAUSE_SECONDS)
        finally:
            connections.close_all()

    def _is_due(self, name: str, seconds: float, now: datetime) -> bool:
        last = self._last.get(name)
        return last is None or now >= last + timedelta(seconds=seconds)

    def _run(self, name: str, now: datetime) -> int:
        self._last[name] = now
        try:
            chore: Chore = import_string(name)
            return chore(now=now)
        except Exception:
            logger.exception("the courier's chore %s failed", name)
            drop_broken_connections()
            return 0
