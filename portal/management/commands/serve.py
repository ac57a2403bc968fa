"""Serves the portal: web, queue and courier, and on request the stand-in marketplace, under one supervisor."""

import errno
import signal
import socket
import sys
import threading
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection

from core.heartbeats import CLUSTER, COURIER, last_beat
from core.supervisor import Command as Kept
from core.supervisor import Supervisor
from core.watch import Watch

#: The demonstration's marketplace, and where the demonstration writes what it needs to know.
STANDIN_MODULE: Final = "portal.demo.standin"
STANDIN_CONFIG: Final = Path("demo") / "standin.json"
#: Requests under way get this long when the web server stops; less than the supervisor's grace.
WEB_GRACE_SECONDS: Final = 10


class Command(BaseCommand):
    help = (
        "Ctrl-C나 SIGTERM으로 멈출 때까지 지킴이를 엽니다. 웹 서버, 작업 대기열, 전달기를 함께 실행하고, "
        "끝난 것은 다시 시작합니다."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="접속을 받을 주소(모두 받으려면 0.0.0.0)")
        parser.add_argument("--port", type=int, default=8000, help="포트")
        parser.add_argument("--with-standin", action="store_true", help="시범 마켓플레이스도 함께 실행")

    def handle(self, *_args: Any, **options: Any) -> None:
        host, port = str(options["host"]), int(options["port"])
        self._require_database()
        self._require_free(host, port)
        commands = [_web(host, port), _cluster(), _courier()]
        if options["with_standin"]:
            commands.append(_standin(port))
        supervisor = Supervisor(
            commands,
            grace=settings.SERVE_GRACE_SECONDS,
            tell=self._tell,
            is_hung=Watch(limit=settings.SERVE_HUNG_SECONDS).is_hung,
        )
        supervisor.run(_stop_by_signal(supervisor), between=Opening(host, port, self._tell))
        self._tell("지킴이를 멈췄습니다.")

    def _tell(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def _require_database(self) -> None:
        try:
            last_beat(COURIER)
        except DatabaseError as problem:
            raise CommandError(
                "지킴이를 시작하지 않았습니다. 데이터베이스가 준비되지 않았습니다. "
                f"manage.py prepare를 먼저 실행해 주세요. ({str(problem).strip()})"
            ) from problem
        # The children open connections of their own; none of ours is to be there when they are made.
        connection.close()

    def _require_free(self, host: str, port: int) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            # As the web server does: a port that only waits for its last connections to fade is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except (OSError, OverflowError) as problem:
                raise CommandError(_unusable(host, port, problem)) from problem


def _unusable(host: str, port: int, problem: Exception) -> str:
    what = "지킴이를 시작하지 않았습니다."
    code = problem.errno if isinstance(problem, OSError) else None
    if code == errno.EADDRINUSE:
        why = f"{port}번 포트를 다른 프로그램이 쓰고 있습니다."
        return f"{what} {why} 그 프로그램을 끝내거나 다른 포트를 골라 주세요: make run PORT={port + 1}"
    if code == errno.EACCES:
        return f"{what} {port}번 포트를 열 권한이 없습니다. 1024 이상의 포트를 골라 주세요: make run PORT=8000"
    return f"{what} {host}의 {port}번 포트를 열 수 없습니다({problem}). --host와 --port를 확인해 주세요."


def _stop_by_signal(supervisor: Supervisor) -> threading.Event:
    """Set by the first SIGTERM or Ctrl-C; a second one does not wait for anything any more."""
    stop = threading.Event()

    def on_signal(*_: object) -> None:
        if stop.is_set():
            supervisor.hurry.set()
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        # Under nohup a closed terminal is no reason to stop. Ctrl-C is, even where a shell had it ignored.
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, on_signal)
    return stop


class Opening:
    """Tells the address, once, when the web server takes connections."""

    def __init__(self, host: str, port: int, tell: Any) -> None:
        self.host, self.port, self.tell = host, port, tell
        self.is_told = False

    def __call__(self) -> None:
        if self.is_told:
            return
        reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 - compared, not bound
        try:
            socket.create_connection((reachable, self.port), timeout=0.5).close()
        except OSError:
            return
        self.is_told = True
        shown = f"[{reachable}]" if ":" in reachable else reachable
        self.tell(f"지킴이가 열렸습니다: http://{shown}:{self.port}/ (멈추려면 Ctrl-C)")


def _python(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, *arguments)


def _manage(*arguments: str) -> tuple[str, ...]:
    return _python(str(settings.ROOT / "manage.py"), *arguments)


def _web(host: str, port: int) -> Kept:
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    arguments = _python(
        *("-m", "gunicorn", "portal.wsgi:application", "--chdir", str(settings.ROOT), "--bind", bind),
        *("--worker-class", "gthread", "--workers", str(settings.WEB_WORKERS)),
        *("--threads", str(settings.WEB_THREADS), "--keep-alive", "15", "--timeout", "60"),
        *("--graceful-timeout", str(min(WEB_GRACE_SECONDS, settings.SERVE_GRACE_SECONDS))),
        *("--log-level", "warning", "--no-control-socket"),
    )
    return Kept("web", "웹 서버", arguments, {"WARM_UP": "1"})


def _cluster() -> Kept:
    return Kept(CLUSTER, "작업 대기열", _manage("qcluster"))


def _courier() -> Kept:
    return Kept(COURIER, "전달기", _manage("courier"))


def _standin(port: int) -> Kept:
    config = settings.VAR_DIR / STANDIN_CONFIG
    if find_spec(STANDIN_MODULE) is None or not config.exists():
        raise CommandError(
            "시범 마켓플레이스를 시작하지 않았습니다. 시범 자료가 없습니다. "
            "manage.py prepare --demonstration을 먼저 실행하거나 --with-standin을 빼 주세요."
        )
    arguments = _python("-m", STANDIN_MODULE, "--config", str(config), "--portal", f"http://127.0.0.1:{port}")
    return Kept("standin", "시범 마켓플레이스", arguments, {"PYTHONPATH": str(settings.ROOT)})
