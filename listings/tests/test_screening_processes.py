"""``screen_listings --jobs`` with real processes on a database of its own: same results, and nothing left behind."""

import fcntl
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

LISTINGS = 130
#: Makes a portal with a brand and listings, every other one of which shows a copy of the brand's picture.
FILL = f"""
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from listings.tests.copies import copy_of, make_copied_brand
from listings.tests.factories import make_listing
from sellers.tests.factories import make_seller
make_copied_brand()
copy, seller = copy_of(), make_seller()
for number in range({LISTINGS}):
    images = [copy] * (number % 2)
    make_listing(f"누.벨.하.니 크림 {{number}}", seller=seller, external_id=f"item-{{number:03}}", images=images)
"""
COUNT = """
import django; django.setup()
from listings.models import Match, ScreeningRun
print(ScreeningRun.objects.count(), Match.objects.count())
"""


class Portal:
    """An installation of the test's own."""

    def __init__(self, database: str, var: Path) -> None:
        self.environment = os.environ | {
            "DATABASE_URL": database,
            "VAR_DIR": str(var),
            "INDEX_ROOT": str(var / "index"),
            "CHECKPOINT_FILE": str(var / "checkpoints.jsonl"),
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "LOG_LEVEL": "ERROR",
        }

    def start(self, *arguments: str | Path) -> "subprocess.Popen[str]":
        """Every child holds its end of the pipes: reading them to the end waits until the last one is gone."""
        pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        command = [sys.executable, *map(str, arguments)]
        return subprocess.Popen(command, cwd=settings.ROOT, env=self.environment, start_new_session=True, **pipes)

    def run(self, *arguments: str | Path) -> str:
        process = self.start(*arguments)
        output, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
        return output

    def counts(self) -> tuple[int, int]:
        """How many runs and matches there are."""
        runs, matches = self.run("-c", COUNT).split()
        return int(runs), int(matches)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """An empty database of the same kind as the tests'."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('processes') / 'db.sqlite3'}"
        return
    facts, name = connection.settings_dict, f"jikimi_processes_{os.getpid()}"
    with django_db_blocker.unblock(), connection._nodb_cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    who = f"{facts['USER']}:{facts['PASSWORD']}" if facts["PASSWORD"] else facts["USER"]
    yield f"postgres://{who}@{facts['HOST'] or 'localhost'}:{facts['PORT'] or 5432}/{name}"
    with django_db_blocker.unblock(), connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def portal(database: str, tmp_path_factory: pytest.TempPathFactory) -> Portal:
    made = Portal(database, tmp_path_factory.mktemp("var"))
    made.run("-c", FILL)
    return made


def test_two_processes_find_what_one_finds(portal: Portal, tmp_path: Path) -> None:
    one, two = tmp_path / "one.jsonl", tmp_path / "two.jsonl"
    shared = ("manage.py", "screen_listings", "--all", "--dry-run", "--json")

    portal.run(*shared, one)
    said = portal.run(*shared, two, "--jobs", "2")

    assert said.startswith(f"{LISTINGS}건을 검사했습니다")
    assert two.read_text(encoding="utf-8") == one.read_text(encoding="utf-8")
    assert len(one.read_text(encoding="utf-8").splitlines()) == LISTINGS
    assert portal.counts() == (0, 0)


@pytest.mark.faults
def test_a_command_that_is_killed_leaves_no_child_behind(portal: Portal, tmp_path: Path) -> None:
    pipe, process = started_into_a_pipe(portal, tmp_path, "--dry-run")
    process.kill()

    # Both ends only when the last process that holds the pipes is gone.
    process.communicate(timeout=30)
    os.close(pipe)
    assert process.returncode == -signal.SIGKILL


@pytest.mark.faults
def test_ctrl_c_leaves_no_child_behind_and_keeps_what_is_done(portal: Portal, tmp_path: Path) -> None:
    pipe, process = started_into_a_pipe(portal, tmp_path)
    os.killpg(process.pid, signal.SIGINT)
    written = drained(pipe)
    _, errors = process.communicate(timeout=30)

    assert process.returncode == 130
    assert "Traceback" not in errors
    assert "screen_listings --pending" in errors
    told = [json.loads(line)["listing"] for line in written.splitlines()]
    assert told == [f"item-{number:03}" for number in range(len(told))]
    runs, matches = portal.counts()
    assert runs == matches
    said = portal.run("manage.py", "screen_listings", "--pending", "--jobs", "2")
    assert said.startswith(f"{LISTINGS - runs}건을 검사했습니다")
    assert portal.counts() == (LISTINGS, LISTINGS)


def started_into_a_pipe(portal: Portal, folder: Path, *options: str) -> tuple[int, "subprocess.Popen[str]"]:
    """The command in the middle of its work: its results go into a pipe too small for them, which nobody empties."""
    path = folder / "pipe"
    os.mkfifo(path)
    pipe = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, 4096)
    os.set_blocking(pipe, True)
    process = portal.start("manage.py", "screen_listings", "--all", "--jobs", "2", "--json", path, *options)
    ready, _, _ = select.select([pipe], [], [], 60)
    assert ready == [pipe]
    return pipe, process


def drained(pipe: int) -> str:
    """All that is in the pipe until the last writer is gone."""
    with open(pipe, encoding="utf-8") as stream:
        return stream.read()
