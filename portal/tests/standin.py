"""The stand-in marketplace in a thread, for tests: it serves, and answers only when the test lets it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

from django.utils import timezone

from accounts.api.keys import make_key
from accounts.endpoints import bring_main_address
from accounts.models import Marketplace as MarketplaceRow
from accounts.services import add_webhook_secret
from accounts.tests.api import make_client
from core import effects, outbox
from portal.demo.marketplace import SCOPES
from portal.demo.standin.__main__ import EMPTY, bound
from portal.demo.standin.modes import Standin


class HeldMarketplace(Standin):
    """Answers only when the test lets it, so that portal and stand-in take turns."""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self.gate = threading.Event()
        # The tests' database in memory refuses a second writer where a file would let it wait.
        self.turn = threading.Lock()
        #: Where a person sees it.
        self.address = ""

    def answer(self, kind: str, data: dict[str, Any]) -> None:
        assert self.gate.wait(20)
        with self.turn:
            super().answer(kind, data)

    def let_answers_go(self) -> None:
        self.gate.set()
        for thread in threading.enumerate():
            if thread.name == "follow-up":
                thread.join(20)
        self.gate.clear()


@contextmanager
def standing_in(
    row: MarketplaceRow, *, portal: str, folder: Path, shelf: dict[str, Any] | None = None
) -> Iterator[HeldMarketplace]:
    """The marketplace of this row, served, with its secrets and its address known to the portal."""
    secrets = [add_webhook_secret(row, actor=None) for _ in range(2)]
    _, api_key = make_key(make_client(*SCOPES, marketplace=row), now=timezone.now(), actor=None)
    config: dict[str, Any] = {"portal": portal, "api_key": api_key, "slug": row.slug, "secrets": secrets}
    config |= {"state_file": str(folder / "standin.json"), "shelf": shelf or EMPTY}
    place = HeldMarketplace(config)
    server = ThreadingHTTPServer(("127.0.0.1", 0), bound(place, config))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    place.address = f"http://127.0.0.1:{server.server_address[1]}/"
    bring_main_address(row, f"{place.address}webhooks", actor=None)
    try:
        yield place
    finally:
        place.let_answers_go()
        server.shutdown()
        server.server_close()
        thread.join(10)


def carry_out(*, at: datetime | None = None) -> None:
    """What the courier does once the time for undoing is over: hand over, deliver, note what was delivered."""
    at = at or timezone.now() + timedelta(seconds=21)
    effects.dispatch_due(now=at)
    outbox.deliver_due(now=at)
    effects.dispatch_due(now=timezone.now())
