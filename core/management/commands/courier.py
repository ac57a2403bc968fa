"""Runs the courier until SIGTERM or Ctrl-C."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core import courier


class Command(BaseCommand):
    help = "멈출 때까지 발신함을 전달하고, 조치 효과를 내보내고, 작업을 깨우고, 기록을 봉인합니다."

    def handle(self, *_args: Any, **_options: Any) -> None:
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        try:
            courier.run(stop)
        except courier.CourierStuck as problem:
            raise CommandError(f"{problem} 경로의 발신이 돌아오지 않아 전달기를 끝냅니다.") from problem
