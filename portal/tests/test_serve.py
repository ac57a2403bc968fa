"""What `manage.py serve` runs, what it refuses to begin with, and how it is stopped."""

import signal
import socket
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError

from core.supervisor import Supervisor
from portal.management.commands import serve


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[Supervisor]:
    """Supervisors that were to run; none of them does, and nobody's signals are touched."""
    found: list[Supervisor] = []
    monkeypatch.setattr(Supervisor, "run", lambda one, _stop, **_: found.append(one))
    monkeypatch.setattr("signal.signal", lambda *_: None)
    # The test's own connection is not the command's to close.
    monkeypatch.setattr("portal.management.commands.serve.connection.close", lambda: None)
    return found


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.django_db
def test_web_queue_and_courier_are_run(begun: list[Supervisor], port: int, settings: Any) -> None:
    settings.WEB_WORKERS, settings.WEB_THREADS, settings.SERVE_GRACE_SECONDS = 3, 5, 7
    call_command("serve", port=port)
    (one,) = begun
    commands = {child.command.name: list(child.command.arguments) for child in one.children}
    assert list(commands) == ["web", "cluster", "courier"]
    web = commands["web"]
    assert web[:4] == [sys.executable, "-m", "gunicorn", "portal.wsgi:application"]
    asked = {name: web[web.index(name) + 1] for name in ("--bind", "--worker-class", "--workers", "--threads")}
    assert asked == {"--bind": f"127.0.0.1:{port}", "--worker-class": "gthread", "--workers": "3", "--threads": "5"}
    assert web[web.index("--graceful-timeout") + 1] == "7"
    assert [command[-1] for name, command in commands.items() if name != "web"] == ["qcluster", "courier"]
    assert one.grace == 7


@pytest.mark.django_db
def test_standin_is_run_on_request_and_told_the_portals_address(
    begun: list[Supervisor], port: int, settings: Any, tmp_path: Path
) -> None:
    settings.VAR_DIR = tmp_path
    config = tmp_path / serve.STANDIN_CONFIG
    config.parent.mkdir()
    config.write_text("{}")
    call_command("serve", port=port, with_standin=True)
    standin = begun[0].children[-1].command
    portal = f"http://127.0.0.1:{port}"
    assert list(standin.arguments[1:]) == ["-m", serve.STANDIN_MODULE, "--config", str(config), "--portal", portal]


@pytest.mark.django_db
def test_standin_without_the_demonstration_is_refused(
    begun: list[Supervisor], port: int, settings: Any, tmp_path: Path
) -> None:
    settings.VAR_DIR = tmp_path
    with pytest.raises(CommandError, match="시범 자료가 없습니다"):
        call_command("serve", port=port, with_standin=True)
    assert begun == []


@pytest.mark.django_db
def test_port_that_is_taken_is_named_with_what_to_do(begun: list[Supervisor]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        with pytest.raises(CommandError) as refused:
            call_command("serve", port=taken)
    assert str(refused.value) == (
        f"지킴이를 시작하지 않았습니다. {taken}번 포트를 다른 프로그램이 쓰고 있습니다. "
        f"그 프로그램을 끝내거나 다른 포트를 골라 주세요: make run PORT={taken + 1}"
    )
    assert begun == []


@pytest.mark.django_db
def test_port_that_cannot_be_is_refused(begun: list[Supervisor]) -> None:
    with pytest.raises(CommandError, match="열 수 없습니다"):
        call_command("serve", port=80_000)
    assert begun == []


def test_database_that_is_not_prepared_is_refused(begun: list[Supervisor], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_name: str) -> None:
        raise DatabaseError("no such table: core_heartbeat")

    monkeypatch.setattr(serve, "last_beat", fail)
    with pytest.raises(CommandError, match=r"manage\.py prepare를 먼저 실행해 주세요"):
        call_command("serve")
    assert begun == []


@pytest.fixture
def handlers(monkeypatch: pytest.MonkeyPatch) -> dict[int, Any]:
    """Signal handlers that were set, none of them in earnest."""
    found: dict[int, Any] = {}
    monkeypatch.setattr("signal.signal", found.__setitem__)
    return found


def test_first_signal_stops_and_the_second_does_not_wait(handlers: dict[int, Any]) -> None:
    supervisor = Supervisor([], grace=1, tell=print)
    stop = serve._stop_by_signal(supervisor)
    handlers[signal.SIGTERM](signal.SIGTERM, None)
    assert (stop.is_set(), supervisor.hurry.is_set()) == (True, False)
    handlers[signal.SIGINT](signal.SIGINT, None)
    assert supervisor.hurry.is_set()


@pytest.mark.parametrize(("before", "is_handled"), [(signal.SIG_IGN, False), (signal.SIG_DFL, True)])
def test_closed_terminal_stops_it_unless_it_was_told_to_live_on(
    handlers: dict[int, Any], monkeypatch: pytest.MonkeyPatch, before: signal.Handlers, *, is_handled: bool
) -> None:
    monkeypatch.setattr("signal.getsignal", lambda _number: before)
    serve._stop_by_signal(Supervisor([], grace=1, tell=print))
    assert (signal.SIGHUP in handlers) is is_handled


def test_address_is_told_once_and_only_when_it_answers(port: int) -> None:
    told: list[str] = []
    opening = serve.Opening("0.0.0.0", port, told.append)
    opening()
    assert told == []
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(("127.0.0.1", port))
        server.listen()
        opening()
        opening()
    assert told == [f"지킴이가 열렸습니다: http://127.0.0.1:{port}/ (멈추려면 Ctrl-C)"]
