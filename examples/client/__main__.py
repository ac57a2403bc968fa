"""The web server: ``POST /webhooks`` for the portal, ``/go/…`` for sellers and buyers on their way to it.

python -m examples.client config.json
"""

import json
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

from examples.client.marketplace import Marketplace
from examples.client.signatures import DOORS, entry_link, is_genuine


class Handler(BaseHTTPRequestHandler):
    """One request. ``site`` is where browsers find the portal."""

    place: Marketplace
    site: str

    def do_GET(self) -> None:
        """``/go/seller/<number>``, ``/go/order/<number>``: a link made at the click, for who is signed in as that very
        seller or buyer. This example lets anybody; yours must not."""
        kind, _, number = self.path.removeprefix("/go/").partition("/")
        if kind in DOORS and number:
            link = entry_link(self.site, self.place.slug, self.place.secrets[0], kind, unquote(number))
            self.send(HTTPStatus.SEE_OTHER, location=link)
        else:
            self.send(HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        """A message from the portal: 2xx once it is kept, anything else and it comes again."""
        body = self.rfile.read(min(int(self.headers.get("content-length") or 0), 1_000_000))
        if not is_genuine(self.place.secrets, dict(self.headers.items()), body):
            return self.send(HTTPStatus.UNAUTHORIZED, "bad signature")
        try:
            self.place.receive(self.headers["webhook-id"], json.loads(body))
        except (ValueError, KeyError, TypeError):
            return self.send(HTTPStatus.BAD_REQUEST, "not a message")
        return self.send(HTTPStatus.NO_CONTENT)

    def send(self, status: HTTPStatus, text: str = "", **headers: str) -> None:
        data = text.encode()
        self.send_response(status)
        for name, value in {"content-length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)


if __name__ == "__main__":
    config = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    Handler.place, Handler.site = Marketplace(config), config.get("site", config["portal"])
    Handler.place.sync_listings()
    Handler.place.sync_orders()
    ThreadingHTTPServer(("127.0.0.1", config["port"]), Handler).serve_forever()
