"""An end to waiting for the other side: a deadline over several reads, however little each of them takes.

A time limit of a socket is one of each single read. A server that drips a byte before it is up, again and again, holds
whoever reads for as long as it likes.
"""

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Self


class CutOff:
    """Shuts the connection that is watched once its seconds are up, which ends a read of it. Starts with the block.

    A head or a body that ends early reads like a whole one, so whoever reads asks ``is_late`` before it is believed.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._late = threading.Event()
        self._lock = threading.Lock()
        self._watched: socket.socket | None = None
        self._ends_at = float("inf")
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._ends_at = time.monotonic() + self.seconds
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        with self._lock:
            self._forget()

    @property
    def is_late(self) -> bool:
        # By the clock too: the timer may come a moment after whoever waited as long as there was time.
        return self._late.is_set() or time.monotonic() >= self._ends_at

    def remaining(self) -> float:
        """Seconds that are left. Raises ``TimeoutError`` where none are."""
        if self.is_late:
            raise TimeoutError(f"not done within {self.seconds} seconds")
        return max(self._ends_at - time.monotonic(), 0.001)

    def watch(self, connected: socket.socket) -> None:
        """Watch this connection from now on, whatever is laid over it afterwards, and no longer the one before."""
        # A second handle to the same connection: TLS takes the plain socket away from its object when it is laid over
        # it, and a shutdown through TLS's own object would take its state away under the reader.
        handle = socket.socket(fileno=os.dup(connected.fileno()))
        with self._lock:
            self._forget()
            self._watched = handle
            if self._late.is_set():
                self._shut()

    def _cut(self) -> None:
        with self._lock:
            self._late.set()
            self._shut()

    def _shut(self) -> None:
        if self._watched is not None:
            with suppress(OSError):
                self._watched.shutdown(socket.SHUT_RDWR)

    def _forget(self) -> None:
        if self._watched is not None:
            self._watched.close()
            self._watched = None


@contextmanager
def cut_off_after(seconds: float, connected: socket.socket) -> Iterator[None]:
    """Shut the connection if the block takes longer. Raises ``TimeoutError`` where it did."""
    with CutOff(seconds) as cut:
        cut.watch(connected)
        yield
    if cut.is_late:
        raise TimeoutError(f"no whole answer within {seconds} seconds")
