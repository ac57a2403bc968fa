"""Many visitors report one listing over sixteen connections, beside a bare view that inserts a row and counts up one.

    python -m benchmarks.clicks      VISITORS=2000, QUICK=1 for 400, OUT=file.json for the figures
                                     BENCH_DATABASE_URL=postgres://… for another database than an SQLite file

Each visitor comes from an address of its own, as a trusted proxy tells it. Both are served by the web server that the
portal runs on, with its settings and middleware, and take turns in one run. The counts are checked, not only the time.
"""

import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from threading import Event
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg

from benchmarks.matching import Row

ROOT: Final = Path(__file__).resolve().parent.parent
CONNECTIONS: Final = 16
ROUNDS: Final = 4
MIGRATE: Final = """
from django.core.management import execute_from_command_line
execute_from_command_line(["manage.py", "migrate", "--verbosity=0"])
"""
SETUP: Final = """
import django; django.setup()
from django.db import connection
from django.utils import timezone
from accounts.tests.factories import make_marketplace
from listings.tests.factories import make_listing
from sellers.tests.factories import make_seller
for number in range(8):
    make_listing(f"크로넬도 가방 {number}", seller=make_seller(), external_id=f"crowd-{number}", seen_at=timezone.now())
"""
BARE_SETUP: Final = """
import django; django.setup()
from django.db import connection
from benchmarks.models import BareCount, BareRow
with connection.schema_editor() as editor:
    editor.create_model(BareRow); editor.create_model(BareCount)
BareCount.objects.create(pk=1)
"""
COUNT: Final = """
import sys, json, django; django.setup()
from listings.models import Listing
from reports.models import Case, Report, WorkItem
from reports.services import queue
queue.recount()
found = Listing.objects.get(external_id=sys.argv[1])
standing = Report.objects.standing().filter(case__listing=found)
item = WorkItem.objects.open().get(case__listing=found)
print(json.dumps({"cases": Case.objects.live().filter(listing=found).count(), "reports": standing.count(),
    "visitors": standing.values("visitor").distinct().count(), "counted": [item.report_count, item.visitor_count],
    "waiting": Report.objects.unplaced().count()}))
"""


def environment_of(folder: Path, database: str) -> dict[str, str]:
    """An installation of its own, behind a proxy on this machine."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "DATABASE_URL": database,
        "VAR_DIR": str(folder),
        "INDEX_ROOT": str(folder / "index"),
        "CHECKPOINT_FILE": str(folder / "checkpoints.jsonl"),
        "TRUSTED_PROXIES": "127.0.0.1/32",
        "JIKIMI_MODE": "demonstration",
        "LOG_LEVEL": "ERROR",
    }


def prepare(environment: Mapping[str, str]) -> None:
    """Tables, and listings to report."""
    python(environment, MIGRATE)
    python(environment, SETUP)


def python(environment: Mapping[str, str], script: str, *arguments: str) -> str:
    command = [sys.executable, "-c", script, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    return done.stdout


@contextmanager
def served(environment: Mapping[str, str], log: Path) -> Iterator[int]:
    """The web server as ``manage.py serve`` starts it; gives its port."""
    port = _free_port()
    options = ("--worker-class", "gthread", "--workers", "2", "--threads", "4", "--keep-alive", "15")
    command = [sys.executable, "-m", "gunicorn", "portal.wsgi:application", "--bind", f"127.0.0.1:{port}", *options]
    with log.open("ab") as out:
        process = subprocess.Popen([*command, "--no-control-socket"], cwd=ROOT, env=environment, stdout=out, stderr=out)
    try:
        _wait_for(port, process, log)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/static/portal/favicon.svg")
        return connection.getresponse().status > 0
    except OSError:
        return False
    finally:
        connection.close()


def crowd(port: int, path: str, visitors: int, listing: str, *, first: int = 0) -> tuple[Counter[int], float]:
    """So many visitors over sixteen connections: how often each status was answered, and how long it took."""
    statuses: Counter[int] = Counter()

    def visit_all(place: int) -> list[int]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        found = []
        for number in range(first + place, first + visitors, CONNECTIONS):
            body = json.dumps({"marketplace": "market", "listing": listing, "visitor": f"visitor-{number:016d}"})
            address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
            headers = {"Content-Type": "application/json", "X-Forwarded-For": address}
            connection.request("POST", path, body.encode(), headers)
            answer = connection.getresponse()
            answer.read()
            found.append(answer.status)
        connection.close()
        return found

    began = time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as threads:
        for found in threads.map(visit_all, range(CONNECTIONS)):
            statuses.update(found)
    return statuses, time.perf_counter() - began


def counted(environment: Mapping[str, str], listing: str) -> dict[str, Any]:
    """What came of it: live cases, counted reports, distinct visitors, and what the queue shows of both."""
    found: dict[str, Any] = json.loads(python(environment, COUNT, listing))
    return found


def exactly(visitors: int) -> dict[str, Any]:
    return {"cases": 1, "reports": visitors, "visitors": visitors, "counted": [visitors, visitors], "waiting": 0}


def main() -> None:
    """One crowd for the counts, then turns for the rate."""
    visitors = int(os.environ.get("VISITORS") or (400 if os.environ.get("QUICK") else 2_000))
    with tempfile.TemporaryDirectory(prefix="jikimi-clicks-") as name, _database(Path(name)) as database:
        folder = Path(name)
        environment = environment_of(folder, database)
        prepare(environment)
        bare_environment = environment | {"DJANGO_SETTINGS_MODULE": "benchmarks.bare"}
        python(bare_environment, BARE_SETUP)
        with served(environment, folder / "log") as ours, served(bare_environment, folder / "log") as bare:
            crowd(bare, "/bare", CONNECTIONS, "x")
            statuses, _ = crowd(ours, "/embed/v1/reports", visitors, "crowd-0")
            found = counted(environment, "crowd-0")
            if statuses != {201: visitors} or found != exactly(visitors):
                raise SystemExit(f"wrong: {dict(statuses)} {found}")
            rates = _rates(visitors // ROUNDS, ours, bare)
    _say(visitors, rates)


def _rates(visitors: int, ours: int, bare: int) -> Row:
    taken: dict[str, list[float]] = {"ours": [], "bare": []}
    for turn in range(ROUNDS):
        first = turn * visitors
        taken["ours"].append(visitors / crowd(ours, "/embed/v1/reports", visitors, "crowd-1", first=first)[1])
        taken["bare"].append(visitors / crowd(bare, "/bare", visitors, "x")[1])
    mine, plain = (statistics.median(taken[name]) for name in ("ours", "bare"))
    measure = "clicks on one listing : bare view, one hot row"
    return Row(measure, round(mine, 1), round(plain, 1), "a second", round(mine / plain, 4))


@contextmanager
def _database(folder: Path) -> Iterator[str]:
    """An empty database of its own: an SQLite file, or one beside that of ``BENCH_DATABASE_URL``, then dropped."""
    url = os.environ.get("BENCH_DATABASE_URL", "")
    if not url:
        yield f"sqlite:///{folder / 'db.sqlite3'}"
        return
    name = f"jikimi_clicks_{uuid4().hex[:12]}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield urlsplit(url)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(600):
        if _answers(port):
            return
        if process.poll() is not None:
            break
        Event().wait(0.1)
    raise SystemExit(f"the web server does not answer: {log.read_text(errors='replace')[-2_000:]}")


def _say(visitors: int, row: Row) -> None:
    print(f"{visitors} visitors over {CONNECTIONS} connections: one case, {visitors} counted reports, every answer 201")
    print(f"{'measure':50} {'ours':>10} {'bare':>10}  {'unit':10} {'ratio':>8}")
    print(f"{row.measure:50} {row.ours:10.1f} {row.bare:10.1f}  {row.unit:10} {row.ratio:8.2f}")
    if out := os.environ.get("OUT"):
        figures = {"benchmark": "clicks", "settings": {"visitors": visitors}, "rows": [asdict(row)]}
        Path(out).write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
