"""Keeps a few long-running commands running: starts them, starts them again, and ends them with all they started.

Each child is the leader of a session of its own. It is asked to stop by SIGTERM to the leader alone, because
django-q2's cluster hangs when its whole group is asked; what is left after the grace is killed by group. The same
sweep follows every exit, whatever its code: a cluster whose sentinel was killed ends with code 0 and leaves orphans
that work on without a guard.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

#: How often the children are looked at.
TICK_SECONDS: Final = 0.2
#: Waits before starting again what has ended: soon for an accident, seldom for what cannot start at all.
FIRST_WAIT: Final = 0.5
LONGEST_WAIT: Final = 15.0
#: Who has lived so long has started well, and an earlier failure is forgotten.
STEADY_SECONDS: Final = 10.0
#: A hung child does no work that could be finished, so it gets little time.
HUNG_GRACE: Final = 5.0

_PR_SET_PDEATHSIG: Final = 1
# Looked up before any fork: the child may only call it.
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


@dataclass(frozen=True, slots=True)
class Command:
    """What is kept running. ``label`` is its name for people."""

    name: str
    label: str
    arguments: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


class Child:
    """One command with the process that runs it at the moment, if any."""

    def __init__(self, command: Command) -> None:
        self.command = command
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0
        self.starts_at = 0.0
        self.killed_at: float | None = None
        self.failures = 0

    @property
    def pid(self) -> int:
        """The leader's, which is also its group's and its session's."""
        return self.process.pid if self.process is not None else 0

    def start(self, now: float) -> None:
        parent = os.getpid()
        # The supervisor has one thread, and what runs between fork and exec is one system call.
        self.process = subprocess.Popen(  # noqa: S603 - the caller's own command lines
            self.command.arguments,
            env=os.environ | self.command.environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=lambda: end_with(parent),  # noqa: PLW1509 - see above
        )
        self.started_at, self.killed_at = now, None

    def ask_to_stop(self, *, kill_at: float) -> None:
        """SIGTERM to the leader alone; the group is killed when the time is up."""
        if self.process is not None and self.killed_at is None:
            self.killed_at = kill_at
            self.process.terminate()

    def kill_group(self) -> None:
        """Whatever is left of it, orphans included."""
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return

    def has_ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def bury(self, now: float) -> int:
        """Sweep up after a leader that has ended, and set the time of the next start. Returns its exit code."""
        assert self.process is not None
        self.kill_group()
        code = self.process.wait()
        if now - self.started_at >= STEADY_SECONDS:
            self.failures = 0
        self.starts_at = now + min(FIRST_WAIT * 2**self.failures, LONGEST_WAIT)
        self.failures += 1
        self.process = None
        return code


class Supervisor:
    """Runs the commands until it is told to stop.

    ``is_hung(name, started_at)`` judges a running child (``started_at`` on the monotonic clock); ``tell`` gets a line
    for people at each start and end.
    """

    def __init__(
        self,
        commands: Sequence[Command],
        *,
        grace: float,
        tell: Callable[[str], None],
        is_hung: Callable[[str, float], bool] = lambda _name, _started_at: False,
    ) -> None:
        self.children = [Child(command) for command in commands]
        self.grace = grace
        self.tell = tell
        self.is_hung = is_hung
        #: Set to end at once, without waiting for the grace.
        self.hurry = threading.Event()

    def run(self, stop: threading.Event, *, between: Callable[[], None] = lambda: None) -> None:
        """Keep all running until ``stop`` is set, then end all. ``between`` is called at each look."""
        try:
            while not stop.is_set():
                self.look()
                between()
                stop.wait(TICK_SECONDS)
        finally:
            self.end()

    def look(self) -> None:
        """Start what should run and does not, sweep up what has ended, replace what hangs."""
        for child in self.children:
            self._look_at(child, time.monotonic())

    def end(self) -> None:
        """Ask all to stop, wait for the grace, kill what is left. No process of theirs remains."""
        kill_at = time.monotonic() + self.grace
        for child in self.children:
            child.ask_to_stop(kill_at=kill_at)
        running = [child for child in self.children if child.process is not None]
        while running:
            is_over = self.hurry.is_set() or time.monotonic() >= kill_at
            for child in running:
                if is_over:
                    child.kill_group()
                if child.has_ended():
                    self._bury(child)
            running = [child for child in running if child.process is not None]
            if running:
                self.hurry.wait(0.05)

    def _look_at(self, child: Child, now: float) -> None:
        label = child.command.label
        if child.process is None:
            if now >= child.starts_at:
                child.start(now)
                self.tell(f"{label}: 시작했습니다(프로세스 {child.pid}).")
        elif child.has_ended():
            self._bury(child)
        elif child.killed_at is not None:
            if now >= child.killed_at:
                child.kill_group()
        elif self.is_hung(child.command.name, child.started_at):
            self.tell(f"{label}: 움직이지 않아 다시 시작합니다(프로세스 {child.pid}).")
            child.ask_to_stop(kill_at=now + min(self.grace, HUNG_GRACE))

    def _bury(self, child: Child) -> None:
        pid = child.pid
        code = child.bury(time.monotonic())
        self.tell(f"{child.command.label}: 끝났습니다(프로세스 {pid}, 종료 코드 {code}).")


def end_with(parent: int) -> None:
    """In the child, before it becomes its command: should the supervisor be killed, the leader is asked to stop.

    Without it, a killed supervisor would leave a portal behind that nobody guards and that holds the port.
    """
    if _prctl is not None:
        _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGTERM)
