"""Fixtures of this app's tests."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from listings import engine, reappearances


@pytest.fixture(autouse=True)
def _own_index(tmp_path: Path, settings: Any) -> Iterator[None]:
    """No test finds the index of another, or of the portal that is installed here."""
    settings.INDEX_ROOT = tmp_path / "index"
    engine.forget_engine()
    reappearances.forget_index()
    yield
    engine.forget_engine()
    reappearances.forget_index()
