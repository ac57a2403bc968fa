"""Processes of a served portal are killed in turn, and each time work goes on; stopped, it leaves nothing behind."""

import os
import signal
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from portal.tests.serving import SHORTENED, Portal, database_of_its_own, manage, wait_until

pytestmark = pytest.mark.faults


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    """The surroundings of a portal that is ready to be served."""
    folder = tmp_path_factory.mktemp("portal")
    with database_of_its_own(folder) as url:
        surroundings = os.environ | SHORTENED | {"DATABASE_URL": url, "VAR_DIR": str(folder)}
        surroundings |= {"DJANGO_SETTINGS_MODULE": "portal.settings", "JIKIMI_MODE": "demonstration"}
        manage(surroundings, "migrate", "--verbosity=0")
        manage(surroundings, "collectstatic", "--noinput", "--verbosity=0")
        yield surroundings


@pytest.fixture
def portal(environment: Mapping[str, str], tmp_path: Path) -> Iterator[Portal]:
    """A portal at work: it serves, and its queue has done a job."""
    one = Portal(environment, tmp_path)
    try:
        wait_until(lambda: one.status_of("/healthz") == 200, "the portal serves")
        one.does_a_job()
        yield one
    finally:
        one.end()


def test_killed_one_after_the_other_all_come_back_and_work_goes_on(portal: Portal) -> None:
    wait_until(lambda: portal.status_of("/readyz") == 200, "the portal is ready")

    # Killed while it waits for work it takes the queue's lock with it: only silence tells.
    os.kill(portal.worker(), signal.SIGKILL)
    portal.does_a_job()

    # Its parent ends with code 0, and what it guarded works on without a guard.
    cluster = portal.leader_at_work("qcluster")
    os.kill(portal.sentinel_of(cluster), signal.SIGKILL)
    portal.wait_for_another("qcluster", cluster)
    portal.does_a_job()

    for kill in (os.killpg, os.kill):
        cluster = portal.leader_at_work("qcluster")
        kill(cluster, signal.SIGKILL)
        portal.wait_for_another("qcluster", cluster)
        portal.does_a_job()

    courier = portal.leader_at_work("courier")
    os.kill(courier, signal.SIGKILL)
    portal.wait_for_another("courier", courier)
    portal.does_a_job()

    web = portal.leader_at_work("gunicorn")
    os.kill(web, signal.SIGKILL)
    portal.wait_for_another("gunicorn", web)
    wait_until(lambda: portal.status_of("/healthz") == 200, "the portal serves again")

    assert_that_it_ends_well(portal, signal.SIGTERM)


def test_portal_that_is_interrupted_ends_well(portal: Portal) -> None:
    assert_that_it_ends_well(portal, signal.SIGINT)


def assert_that_it_ends_well(portal: Portal, number: int) -> None:
    """Asked to stop, it ends with code 0, each child in peace, and leaves neither a process nor the port behind."""
    assert len(portal.leaders()) == 3
    portal.hears_the_courier()
    told_before = portal.text().count("종료 코드 0")
    assert portal.stop(number) == 0
    wait_until(lambda: portal.left_over() == [], "no process is left", seconds=10)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", portal.port))
    assert portal.text().count("종료 코드 0") - told_before == 3
    assert portal.text().rstrip().endswith("지킴이를 멈췄습니다.")
