"""The demonstration's marketplace as a web server: the example client's webhooks and links, and pages for people.

python -m portal.demo.standin --config var/demo/standin.json [--port 8001] [--portal http://127.0.0.1:8000]
"""

import argparse
import json
import signal
import sys
import threading
import time
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs
from uuid import uuid4

from examples.client.__main__ import Handler
from examples.client.api import Problem
from portal.demo.standin import page
from portal.demo.standin.modes import MODES, Standin, pictures_of, stock

_HTML = "text/html; charset=utf-8"
#: Between two tries to reach a portal that is still starting.
_PATIENCE = 5.0
#: A marketplace that has nothing of its own.
EMPTY: Final[dict[str, Any]] = {"listings": [], "orders": [], "sellers": [], "pictures": [], "names": {}}


class StandinHandler(Handler):
    """One request. ``folder`` has the pictures that ``shelf`` names."""

    place: Standin
    shelf: dict[str, Any]
    folder: Path

    def do_GET(self) -> None:
        """The pages, and the same as JSON at ``/state``."""
        if self.path.startswith("/go/"):
            super().do_GET()
        elif self.path == "/state":
            with self.place.lock:
                self.send(HTTPStatus.OK, json.dumps(self.place.known), **{"content-type": "application/json"})
        elif self.path == "/new":
            self.show(page.new_listing(self.sellers, self.pictures))
        else:
            with self.place.lock:
                self.show(page.front(self.place, self.told | self.sellers))

    def do_POST(self) -> None:
        """A message from the portal, or a button."""
        if self.path == "/webhooks":
            if self.place.mode == "fail":
                self.send(HTTPStatus.INTERNAL_SERVER_ERROR, "told to fail")
            else:
                super().do_POST()
            return
        body = self.rfile.read(min(int(self.headers.get("content-length") or 0), 100_000))
        form = {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
        deeds = {"/mode": self.set_mode, "/publish": self.publish, "/received": self.received}
        if self.path not in deeds:
            self.send(HTTPStatus.NOT_FOUND)
            return
        try:
            deeds[self.path](form)
        except (KeyError, ValueError):
            self.show(page.trouble("폼에 빠진 값이 있습니다. 돌아가서 다시 입력해 주세요."), HTTPStatus.BAD_REQUEST)
        except (Problem, OSError) as failure:
            self.show(page.trouble(f"지킴이가 받지 않았습니다: {failure}"), HTTPStatus.BAD_GATEWAY)

    @property
    def sellers(self) -> dict[str, str]:
        return {each["id"]: each["name"] for each in self.shelf["sellers"]}

    @property
    def told(self) -> dict[str, str]:
        """Sellers who were told something, by their names; what a marketplace shows first."""
        numbers = dict.fromkeys(page.addressee(each) for each in reversed(self.place.known["notices"]))
        return {number: self.shelf["names"].get(number, number) for number in numbers if number}

    @property
    def pictures(self) -> dict[str, str]:
        return {each["file"]: each["title"] for each in self.shelf["pictures"]}

    def set_mode(self, form: dict[str, str]) -> None:
        if form["mode"] in MODES:
            self.place.set_mode(form["mode"])
        self.back()

    def publish(self, form: dict[str, str]) -> None:
        """A new listing: screened, and on sale unless it is held."""
        seller = {each["id"]: each for each in self.shelf["sellers"]}[form["seller"]]
        number = f"SJ-{uuid4().hex[:8]}"
        item = {
            "id": number,
            "url": f"https://sibang.example/item/{number}",
            "title": form["title"].strip(),
            "price_minor": int(form["price"]),
            "currency": "KRW",
            "seller": seller,
        }
        names = [form["picture"]] if form.get("picture") in self.pictures else []
        answer = self.place.publish(item, pictures_of(self.folder, names))
        self.show(page.screened(item["title"], answer))

    def received(self, form: dict[str, str]) -> None:
        """The carrier has brought it: the portal counts from that day."""
        line = self.place.known["orders"][form["line"]]["item"]
        news = {"received_at": datetime.now(UTC).isoformat(timespec="seconds"), "received_source": "carrier"}
        self.place.note_order(line | news)
        self.place.sync_orders()
        self.back()

    def back(self) -> None:
        self.send(HTTPStatus.SEE_OTHER, location="/")

    def show(self, html: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        self.send(status, html, **{"content-type": _HTML})

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: the portal's own log tells the story."""


def keep_stocked(place: Standin, shelf: dict[str, Any], folder: Path) -> None:
    """Once the portal is there. A refusal is written down and not tried again before the next start."""
    while True:
        try:
            stock(place, shelf, folder)
        except OSError:
            time.sleep(_PATIENCE)
            continue
        except Problem as refusal:
            sys.stderr.write(f"시범장터의 상품을 보내지 못했습니다: {refusal}\n")
        return


def bound(place: Standin, config: dict[str, Any]) -> type[StandinHandler]:
    """The handler of this marketplace."""
    facts = {
        "place": place,
        "site": config.get("site", config["portal"]),
        "shelf": config.get("shelf", EMPTY),
        "folder": Path(config["state_file"]).parent,
    }
    return type("BoundHandler", (StandinHandler,), facts)


def main() -> None:
    """Serve until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, required=True, help="JSON, as the demonstration writes it")
    parser.add_argument("--port", type=int)
    parser.add_argument("--portal")
    options = parser.parse_args()
    config = json.loads(options.config.read_text("utf-8"))
    config |= {"portal": options.portal or config["portal"], "port": options.port or config["port"]}
    place = Standin(config)
    handler = bound(place, config)
    threading.Thread(target=keep_stocked, args=(place, handler.shelf, handler.folder), daemon=True).start()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server = ThreadingHTTPServer(("127.0.0.1", config["port"]), handler)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()


if __name__ == "__main__":
    main()
