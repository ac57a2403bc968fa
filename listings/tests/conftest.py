"""Fixtures of this app's tests."""

import ipaddress
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.tests.servers import Server
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


@pytest.fixture
def opened(settings: Any) -> Callable[..., None]:
    """This machine is a network of the house; the ports of the servers that it is called with are open."""
    settings.FETCH_ALLOWED_NETWORKS = (ipaddress.ip_network("127.0.0.0/8"),)

    def open_ports(*servers: Server) -> None:
        settings.FETCH_ALLOWED_PORTS = frozenset({80, 443, *(server.port for server in servers)})

    return open_ports
