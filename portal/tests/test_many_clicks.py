"""The bar of one click: many visitors report one listing at once over sixteen connections. Counts, never a time.

``make test`` and CI run 200, ``make soak`` 2,000; the rate is measured by ``benchmarks/clicks.py``.
"""

import os
from pathlib import Path

import pytest

from benchmarks.clicks import counted, crowd, environment_of, exactly, prepare, served
from portal.tests.serving import database_of_its_own

pytestmark = [pytest.mark.faults]

VISITORS = 2_000 if os.environ.get("SOAK") else 200


def test_many_visitors_make_one_case_and_each_is_counted(tmp_path: Path) -> None:
    with database_of_its_own(tmp_path) as database:
        environment = environment_of(tmp_path, database)
        prepare(environment)
        with served(environment, tmp_path / "web.log") as port:
            statuses, _ = crowd(port, "/embed/v1/reports", VISITORS, "crowd-0")
            again, _ = crowd(port, "/embed/v1/reports", VISITORS // 4, "crowd-0")
        assert (dict(statuses), dict(again)) == ({201: VISITORS}, {201: VISITORS // 4})
        assert counted(environment, "crowd-0") == exactly(VISITORS)
