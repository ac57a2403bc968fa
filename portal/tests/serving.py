"""A portal that a test starts as a process of its own, with a database of its own, to hurt it."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg

from core.heartbeats import COURIER

ROOT = Path(__file__).resolve().parent.parent.parent

#: Limits shortened, one worker, so that a worker killed while idle always takes the queue's lock with it.
SHORTENED = {
    "WORKERS": "1",
    "WEB_WORKERS": "1",
    "SERVE_HEARTBEAT_SECONDS": "1",
    "SERVE_HUNG_SECONDS": "6",
    "SERVE_GRACE_SECONDS": "10",
    "JOB_SECONDS": "2",
    "JOB_LEASE_SECONDS": "4",
    "JOB_NUDGE_SECONDS": "1",
    "QUEUE_LOG_LEVEL": "INFO",
    "PYTHONUNBUFFERED": "1",
}

#: Asks for jobs, tells how they stand and when a part's heart beat last, by lines, with one start of Django for all.
HAND = """
import sys, django
django.setup()
from django.db import transaction
from core import jobs
from core.heartbeats import last_beat
from core.models import Job
for line in sys.stdin:
    word, key = line.split()
    if word == "beat":
        print(last_beat(key), flush=True)
        continue
    if word == "enqueue":
        with transaction.atomic():
            jobs.enqueue("core.beat", key=key)
    print(Job.objects.get(key=key).status, flush=True)
"""


@contextmanager
def database_of_its_own(folder: Path) -> Iterator[str]:
    """The address of an empty database of the kind that the tests run on; dropped in the end."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith(("postgres://", "postgresql://")):
        yield f"sqlite:///{folder / 'db.sqlite3'}"
        return
    name = f"jikimi_faults_{uuid4().hex[:12]}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield urlsplit(url)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def manage(environment: Mapping[str, str], *arguments: str) -> None:
    """Run a management command; its output is shown where it fails."""
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(condition: Callable[[], Any], what: str, seconds: float = 60) -> None:
    """Look until it holds; fail after so long."""
    ends_at = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends_at, f"in {seconds} s it did not happen: {what}"
        Event().wait(0.1)


class Process:
    """One line of ``ps``."""

    def __init__(self, line: str) -> None:
        pid, parent, session, state, self.arguments = line.split(None, 4)
        self.pid, self.parent, self.session, self.state = int(pid), int(parent), int(session), state


def processes() -> list[Process]:
    """All that run on this machine; what is dead and only waits to be buried does not."""
    # Wide: else a command line is cut where a terminal would end, and the checkout's path may be long.
    table = subprocess.run(["ps", "-wweo", "pid=,ppid=,sid=,stat=,args="], capture_output=True, text=True, check=True)
    found = [Process(line) for line in table.stdout.splitlines()]
    return [process for process in found if not process.state.startswith("Z")]


class Portal:
    """``manage.py serve`` at work, its log, and a hand that enqueues jobs in its database."""

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        self.port = free_port()
        self.log = folder / f"serve-{self.port}.log"
        self.environment = environment
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve", "--port", str(self.port)],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        pipe = subprocess.PIPE
        hand = [sys.executable, "-c", HAND]
        self.hand = subprocess.Popen(hand, cwd=ROOT, env=environment, stdin=pipe, stdout=pipe, text=True)
        self.sessions: set[int] = set()

    def ask(self, word: str, key: str) -> str:
        assert self.hand.stdin is not None and self.hand.stdout is not None
        self.hand.stdin.write(f"{word} {key}\n")
        self.hand.stdin.flush()
        return self.hand.stdout.readline().strip()

    def does_a_job(self, seconds: float = 60) -> None:
        """A job that is enqueued now is done in time."""
        key = uuid4().hex
        self.ask("enqueue", key)
        wait_until(lambda: self.ask("status", key) == "done", f"a job is done\n{self.text()}", seconds)

    def hears_the_courier(self) -> None:
        """Its heart beats, so that it has come as far as to be stopped in peace."""
        before = self.ask("beat", COURIER)
        wait_until(lambda: self.ask("beat", COURIER) != before, f"the courier's heart beats\n{self.text()}")

    def text(self) -> str:
        return self.log.read_text(errors="replace")

    def status_of(self, path: str) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as problem:
            return problem.code
        except OSError:
            return 0

    def leaders(self) -> list[Process]:
        """The supervisor's children; their sessions are remembered, to see in the end that nothing is left."""
        found = [process for process in processes() if process.parent == self.process.pid]
        self.sessions |= {process.pid for process in found}
        return found

    def leader(self, word: str) -> int:
        """The one child whose command line has the word; 0 while it is being replaced."""
        found = [process.pid for process in self.leaders() if word in process.arguments]
        assert len(found) <= 1
        return found[0] if found else 0

    def wait_for_another(self, word: str, before: int) -> None:
        """That child is replaced, and nothing of the one before runs any more."""
        wait_until(lambda: self.leader(word) not in (0, before), f"{word} is started again\n{self.text()}")
        assert [process for process in processes() if process.session == before] == []

    def leader_at_work(self, word: str) -> int:
        """That child, waited for where it is just being replaced: on a busy machine a slow one is replaced as hung."""
        found: list[int] = []

        def is_there() -> bool:
            found[:] = [self.leader(word)]
            return found[0] != 0

        wait_until(is_there, f"{word} runs\n{self.text()}")
        return found[0]

    def sentinel_of(self, cluster: int) -> int:
        """The cluster's only child."""
        children: list[int] = []

        def is_alone() -> bool:
            children[:] = [process.pid for process in processes() if process.parent == cluster]
            return len(children) == 1

        wait_until(is_alone, f"the cluster has its sentinel\n{self.text()}")
        return children[0]

    def worker(self) -> int:
        """The worker that said last that it is ready."""
        return int(re.findall(r"ready for work at (\d+)", self.text())[-1])

    def left_over(self) -> list[str]:
        """What still runs of it, in any session that it ever opened."""
        return [process.arguments for process in processes() if process.session in self.sessions]

    def stop(self, number: int) -> int:
        """Ask it to stop as a terminal or an init system would; its exit code."""
        self.leaders()
        self.process.send_signal(number)
        return self.process.wait(60)

    def end(self) -> None:
        """Leave nothing behind, whatever the test has made of it."""
        self.leaders()
        for pipe in (self.hand.stdin, self.hand.stdout):
            if pipe is not None:
                pipe.close()
        self.hand.wait(30)
        self.process.kill()
        self.process.wait(30)
        for session in self.sessions:
            try:
                os.killpg(session, signal.SIGKILL)
            except ProcessLookupError:
                continue
