"""A marketplace that takes webhooks and confirms them late, twice and out of order, and a courier that is killed."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from core import effects
from core.actors import MARKETPLACE, Actor
from core.errors import DomainError

THE_MARKET = Actor(kind=MARKETPLACE, ref="market", label="시험 마켓")


class BusyMarket:
    """Carries out what it is asked as an integrator should: by rising version, each once; and answers carelessly."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.lock = threading.Lock()
        #: For each target the versions in the order in which they were carried out, and its state now.
        self.carried_out: dict[str, list[int]] = defaultdict(list)
        self.state: dict[str, str] = {}
        self.notices: list[int] = []
        self.answers: list[tuple[int, int]] = []
        handler = type("Handler", (_Handler,), {"market": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/hook"

    def take(self, message: Mapping[str, Any]) -> None:
        data = message["data"]
        with self.lock:
            if message["type"] == "notice.seller":
                self.notices.append(data["notice"])
                return
            done = self.carried_out[data["target"]]
            if not done or data["version"] > done[-1]:
                done.append(data["version"])
                self.state[data["target"]] = message["type"]
            # Twice now and then; which of the answers goes first is left to chance.
            self.answers += [(data["effect"], data["version"])] * self.random.choice((1, 1, 2))

    def confirm_some(self) -> int:
        """Confirm what was taken, in no order at all."""
        with self.lock:
            self.random.shuffle(self.answers)
            some, self.answers = self.answers[:20], self.answers[20:]
        for effect, version in some:
            with suppress(DomainError):
                effects.confirm(effect, version=version, at=timezone.now(), actor=THE_MARKET)
        return len(some)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class _Handler(BaseHTTPRequestHandler):
    market: BusyMarket

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.market.take(json.loads(body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


#: A test that is killed leaves no courier behind on a database that somebody else will use. Bound to the test after it
#: has become a process of its own: this one has threads, and what runs in a fork of it may wait for ever for a lock
#: that one of them held.
BOUND = """
import os, sys
from core.supervisor import end_with
end_with(int(sys.argv[1]))
os.execv(sys.executable, [sys.executable, "manage.py", "courier"])
"""


class MortalCourier:
    """``manage.py courier`` on the tests' database; killed it is started again by hand."""

    def __init__(self, var: str) -> None:
        facts = connection.settings_dict
        who = f"{facts['USER']}:{facts['PASSWORD']}" if facts["PASSWORD"] else facts["USER"]
        place = f"{facts['HOST'] or '127.0.0.1'}:{facts['PORT'] or 5432}"
        self.environment = os.environ | {
            "DATABASE_URL": f"postgres://{who}@{place}/{facts['NAME']}",
            "VAR_DIR": var,
            "JIKIMI_MODE": "demonstration",
            "LOG_LEVEL": "ERROR",
            # Killed in the middle of a delivery it leaves a message that nobody else may send until then.
            "OUTBOX_LEASE_SECONDS": "10",
        }
        self.process = self._start()

    def _start(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-c", BOUND, str(os.getpid())]
        return subprocess.Popen(command, cwd=settings.ROOT, env=self.environment)

    def kill_and_start_again(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(30)
        self.process = self._start()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(60)
