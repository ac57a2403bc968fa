"""A served API under attack: by its own description, and by a client that sends one request a hundred times at once.

Schemathesis goes by the description with all its checks: without a key, and with each scope's. A few examples an
operation in every run; ``make soak`` goes on for half an hour, each time with another seed.
"""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from accounts.api.scopes import Scope
from portal.tests.serving import ROOT, database_of_its_own, free_port, manage, wait_until

pytestmark = pytest.mark.faults

IS_SOAK = bool(os.environ.get("SOAK"))
SOAK_SECONDS = 30 * 60
EVERYTHING = "everything"
NOBODY = "nobody"

#: A client with all scopes and one for each, limits out of the way. Prints the keys.
PREPARE = """
import json
from django.utils import timezone
from accounts.api.keys import make_key
from accounts.api.scopes import Scope
from accounts.tests.api import make_client
from core import rulesets
from core.actors import THE_SYSTEM
from core.rule_values import today
values = {name: 10**9 if name.endswith("_per_minute") else value
          for name, value in rulesets.current("api").values.items()}
rulesets.write_version("api", values=values, starts_on=today(), note="-", actor=THE_SYSTEM)
clients = {"everything": make_client()} | {scope: make_client(scope, name=scope) for scope in Scope.values}
print(json.dumps({name: make_key(client, now=timezone.now(), actor=None)[1] for name, client in clients.items()}))
"""


@dataclass(frozen=True)
class Served:
    """An API that is served, and the key of each client."""

    origin: str
    keys: Mapping[str, str]
    folder: Path


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("attacked")
    with database_of_its_own(folder) as url:
        environment = os.environ | {"DATABASE_URL": url, "VAR_DIR": str(folder), "JIKIMI_MODE": "demonstration"}
        manage(environment, "migrate", "--verbosity=0")
        manage(environment, "collectstatic", "--noinput", "--verbosity=0")
        command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", PREPARE]
        told = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
        port = free_port()
        web = ["-m", "gunicorn", "portal.wsgi", "-w", "1", "--threads", "4", "-b", f"127.0.0.1:{port}"]
        log = (folder / "web.log").open("wb")
        process = subprocess.Popen([sys.executable, *web], cwd=ROOT, env=environment, stdout=log, stderr=log)
        one = Served(f"http://127.0.0.1:{port}", json.loads(told.stdout.splitlines()[-1]), folder)
        try:
            wait_until(lambda: _answers(one.origin), "the API is served")
            yield one
        finally:
            process.terminate()
            process.wait(30)
            log.close()


def _answers(origin: str) -> bool:
    probe = [sys.executable, "-c", f"import urllib.request as u; u.urlopen('{origin}/healthz', timeout=5)"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


# -- one request, a hundred times at once ---------------------------------------------------------------------------


def _post(served: Served, path: str, body: bytes, key: str) -> tuple[int, bytes]:
    """One POST, sent again for as long as the first of its key is running; refused connections too."""
    headers = {
        "authorization": f"Bearer {served.keys[EVERYTHING]}",
        "content-type": "application/json",
        "idempotency-key": key,
    }
    for _ in range(200):
        request = urllib.request.Request(f"{served.origin}/api/v1/{path}", data=body, headers=headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return int(answer.status), answer.read()
        except urllib.error.HTTPError as refused:
            if refused.code != 409:
                return refused.code, refused.read()
            Event().wait(float(refused.headers["retry-after"]))
        except OSError:
            Event().wait(0.1)
    raise AssertionError("no answer after two hundred tries")


def _get(served: Served, path: str) -> Any:
    headers = {"authorization": f"Bearer {served.keys[EVERYTHING]}"}
    request = urllib.request.Request(f"{served.origin}/api/v1/{path}", headers=headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def test_a_hundred_at_once_with_one_key_are_one_report_and_a_hundred_equal_answers(served: Served) -> None:
    ground = _get(served, "reason-codes")["grounds"][0]["code"]
    body = json.dumps({"listing": "parallel-1", "ground": ground, "text": "한 번만"}).encode()
    with ThreadPoolExecutor(100) as threads:
        answers = list(threads.map(lambda _: _post(served, "reports", body, "parallel"), range(100)))
    assert {status for status, _ in answers} == {201}
    assert len({answer for _, answer in answers}) == 1
    number = json.loads(answers[0][1])["number"]
    wait_until(lambda: _numbers_of(served, "parallel-1") == [number], "the one report can be read")


def _numbers_of(served: Served, listing: str) -> list[str]:
    found, cursor = [], ""
    while True:
        page = _get(served, f"reports?limit=200&cursor={cursor}")
        found += [row["number"] for row in page["items"] if row["listing"] == listing]
        cursor = page["cursor"]
        if not page["has_more"]:
            return found


# -- attacks by the description -------------------------------------------------------------------------------------


def attack(served: Served, name: str, *options: str) -> None:
    """One run; what it found is the message of the failure."""
    config = served.folder / f"{name.replace(':', '-')}.toml"
    key = served.keys.get(name)
    config.write_text(f'[auth.openapi.key]\nbearer = "{key}"\n' if key else "", "utf-8")
    command = [str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(config), "run"]
    command += [f"{served.origin}/api/schema/", "--checks", "all", "--no-color", *options]
    hooks = {"SCHEMATHESIS_HOOKS": "portal.tests.attack_hooks", "PYTHONPATH": str(ROOT)}
    run = subprocess.run(
        command, cwd=served.folder, env=os.environ | hooks, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout[-6_000:] + run.stderr[-1_000:]
    assert "Internal Server Error" not in (served.folder / "web.log").read_text(errors="replace")


@pytest.mark.parametrize("name", [NOBODY, EVERYTHING])
def test_whatever_its_description_allows_is_answered_as_it_says(served: Served, name: str) -> None:
    attack(served, name, "--max-examples", "4")


@pytest.mark.parametrize("scope", Scope.values)
def test_a_key_of_one_scope_is_answered_as_the_description_says(served: Served, scope: str) -> None:
    attack(served, scope, "--max-examples", "1", "--phases", "fuzzing")


@pytest.mark.skipif(not IS_SOAK, reason="half an hour: make soak")
def test_half_an_hour_of_attacks_finds_nothing(served: Served) -> None:
    ends_at, seed = time.monotonic() + SOAK_SECONDS, 0
    while time.monotonic() < ends_at:
        seed += 1
        attack(served, EVERYTHING, "--max-examples", "100", "--seed", str(seed))
        attack(served, NOBODY, "--max-examples", "10", "--seed", str(seed))
