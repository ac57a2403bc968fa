"""Runs the courier until SIGTERM or Ctrl-C."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core import courier


class Command(BaseCommand):
    help = "Deliver the outbox, dispatch effects, sweep jobs and seal the journal, until stopped."

    def handle(self, *_args: Any, **_options: Any) -> None:
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        try:
            courier.run(stop)
        except courier.CourierStuck as problem:
            raise CommandError(f"{problem} 경로의 발신이 돌아오지 않아 배달원을 끝냅니다.") from problem
