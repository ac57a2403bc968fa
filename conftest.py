"""Fixtures that every app's tests share."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import TransactionTestCase, override_settings

from core import triggers
from core.management.commands.migrate import bring_reference_rows
from core.rule_values import forget_recent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test marked ``postgresql`` is skipped elsewhere, and says why."""
    if connection.vendor == "postgresql":
        return
    elsewhere = pytest.mark.skip(reason="needs PostgreSQL: DATABASE_URL names another database")
    for item in items:
        if item.get_closest_marker("postgresql"):
            item.add_marker(elsewhere)


@pytest.fixture(autouse=True, scope="session")
def _flush_lifts_the_triggers() -> Iterator[None]:
    """A test that commits ends with a flush, which the triggers would refuse.

    They are lifted for it and stand again for the next test, as do the reference rows that ``migrate`` had brought.
    """
    flush = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]  # not in Django's stubs

    def flush_with_triggers_lifted(case: TransactionTestCase, *args: Any) -> None:
        with ExitStack() as all_lifted:
            for alias in case._databases_names(include_mirrors=False):  # type: ignore[attr-defined]  # the same
                all_lifted.enter_context(triggers.lifted(connections[alias]))
            flush(case, *args)
        bring_reference_rows()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", flush_with_triggers_lifted)
        yield


@pytest.fixture(autouse=True, scope="session")
def _files_go_to_a_folder_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test writes into the files of the portal that is installed here."""
    folder = tmp_path_factory.mktemp("files")
    stores = {name: dict(store) for name, store in settings.STORAGES.items()}
    for name, store in stores.items():
        if "location" in store.get("OPTIONS", {}):
            store["OPTIONS"] = {**store["OPTIONS"], "location": str(folder / name)}
    with override_settings(MEDIA_ROOT=folder, STORAGES=stores):
        yield


@pytest.fixture(autouse=True)
def _numbers_of_another_test_are_forgotten() -> None:
    forget_recent()


@pytest.fixture(autouse=True)
def _checkpoints_of_tests_stay_apart(settings: Any, tmp_path: Path) -> None:
    """The installation's own file would otherwise name seals that its journal never had."""
    settings.CHECKPOINT_FILE = tmp_path / "checkpoints.jsonl"
