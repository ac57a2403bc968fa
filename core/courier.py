"""The small loop of our own that needs no queue: dispatches effects, delivers the outbox, sweeps jobs, seals the
journal, keeps the heartbeat, and gives the chores of the apps above their turns.

``run`` works in threads: one keeps house each second, one does the chores, and one delivers for each channel, so that
a mail server that does not answer holds up neither webhooks nor the journal. Any number of couriers may run at once.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import connections
from django.utils import timezone

from core import effects, jobs, journal, outbox
from core.chores import Chores
from core.connections import drop_broken_connections
from core.heartbeats import COURIER, beat_now, is_older

logger = logging.getLogger(__name__)

#: Between two rounds that found nothing to do.
PAUSE_SECONDS: Final = 1.0
#: Rounds of sealing in one round of the courier: catches up after an outage without keeping the rest waiting long.
SEALING_ROUNDS: Final = 10
SEALING_LIMIT: Final = 1_000
#: A delivering thread that has not come back for so long is stuck; the courier ends, to be started anew.
STUCK_SECONDS: Final = 300.0
#: How long the deliveries under way are waited for at the end.
FAREWELL_SECONDS: Final = 15.0


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did, and which of its steps failed."""

    dispatched: int = 0
    delivered: int = 0
    swept: int = 0
    sealed: int = 0
    failed: tuple[str, ...] = ()


def run_round(*, now: datetime) -> Round:
    """Every step once, one after the other. A step that fails is logged and keeps none of the others from its turn."""
    steps = {"delivered": lambda: outbox.deliver_due(now=now), "chores": lambda: Chores().run_due(now=now)}
    done, failed = _take(steps | _house_steps(now))
    counts = {name: done.get(name, 0) for name in ("dispatched", "delivered", "swept", "sealed")}
    return Round(**counts, failed=failed)


class CourierStuck(Exception):
    """A delivering thread has died or does not come back; only a new process helps."""


def run(stop: threading.Event) -> None:
    """Work until ``stop`` is set. Raises ``CourierStuck`` where a delivery does not come back."""
    deliveries = [Delivery(channel, stop) for channel in settings.OUTBOX_TRANSPORTS]
    for delivery in deliveries:
        delivery.start()
    # A daemon, for the same reason as a delivery; its work is safe to be cut off anywhere.
    threading.Thread(target=Chores().run, args=(stop,), name="chores", daemon=True).start()
    try:
        while not stop.is_set():
            _take(_house_steps(timezone.now()))
            for delivery in deliveries:
                delivery.check()
            stop.wait(PAUSE_SECONDS)
    finally:
        stop.set()
        for delivery in deliveries:
            delivery.join(FAREWELL_SECONDS)


@dataclass
class Delivery:
    """The thread that delivers one channel's messages."""

    channel: str
    stop: threading.Event
    seen_at: float = field(default_factory=time.monotonic)
    thread: threading.Thread | None = None

    def start(self) -> None:
        # A daemon, so that a delivery that hangs cannot keep the process from ending.
        self.thread = threading.Thread(target=self._work, name=f"deliver-{self.channel}", daemon=True)
        self.thread.start()

    def join(self, seconds: float) -> None:
        if self.thread is not None:
            self.thread.join(seconds)

    def check(self) -> None:
        """Raise ``CourierStuck`` where the thread is gone before its time, or has been silent too long."""
        if self.stop.is_set():
            return
        is_alive = self.thread is not None and self.thread.is_alive()
        if not is_alive or time.monotonic() - self.seen_at > STUCK_SECONDS:
            raise CourierStuck(self.channel)

    def _work(self) -> None:
        try:
            while not self.stop.is_set():
                if not self._round():
                    self.stop.wait(PAUSE_SECONDS)
        finally:
            connections.close_all()

    def _round(self) -> bool:
        """One round of deliveries. Says whether there may be more to do at once."""
        self._is_going_on()
        delivered = 0
        try:
            delivered = outbox.deliver_due(now=timezone.now(), channels=[self.channel], after_each=self._is_going_on)
        except Exception:
            logger.exception("delivering %s failed", self.channel)
            drop_broken_connections()
        return delivered > 0

    def _is_going_on(self) -> bool:
        self.seen_at = time.monotonic()
        return not self.stop.is_set()


def _house_steps(now: datetime) -> dict[str, Callable[[], int]]:
    return {
        "dispatched": lambda: effects.dispatch_due(now=now),
        "swept": lambda: jobs.sweep(now=now),
        "sealed": lambda: _seal(now),
        "checkpoint": lambda: journal.sign_checkpoint(now=now) is not None,
        "cluster_beat": lambda: jobs.ask_for_beat(now=now),
        "courier_beat": lambda: _beat(now),
    }


def _seal(now: datetime) -> int:
    sealed = 0
    for _ in range(SEALING_ROUNDS):
        latest = journal.seal_pending(now=now, limit=SEALING_LIMIT)
        sealed += latest
        if latest < SEALING_LIMIT:
            break
    return sealed


def _beat(now: datetime) -> bool:
    """Written four times in the span that watchers go by, and not each second: every write is a sync of the disk."""
    if not is_older(COURIER, than=now - timedelta(seconds=settings.SERVE_HEARTBEAT_SECONDS / 4)):
        return False
    beat_now(COURIER, at=now)
    return True


def _take(steps: Mapping[str, Callable[[], int]]) -> tuple[dict[str, int], tuple[str, ...]]:
    """What each step did, and the names of those that failed."""
    done: dict[str, int] = {}
    failed: list[str] = []
    for name, step in steps.items():
        try:
            done[name] = step()
        except Exception:
            logger.exception("the courier's step %s failed", name)
            failed.append(name)
            drop_broken_connections()
    return done, tuple(failed)
