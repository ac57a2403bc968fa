"""The stand-in's web server: ``POST /webhooks`` for the portal, ``/`` for people.

python -m examples.client --config var/demo/standin.json [--port 8001] [--portal http://127.0.0.1:8000]
"""

import argparse
import json
import signal
import sys
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from examples.client.marketplace import MODES, Marketplace, read_message
from examples.client.signatures import is_genuine

MAX_BODY = 1_000_000
STYLE = """body{font:16px/1.6 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em;word-break:keep-all}
table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #ccc;padding:.4em;text-align:left}
button{margin:.2em;padding:.4em .8em}button[aria-pressed=true]{background:#0b6b57;color:#fff}
@media(prefers-color-scheme:dark){body{background:#121a18;color:#e6efec}}"""


def page(place: Marketplace) -> str:
    """What a person sees: how it behaves, and each listing's sale state."""
    buttons = "".join(
        f'<button name="mode" value="{mode}" aria-pressed="{str(mode == place.mode).lower()}">{text}</button>'
        for mode, text in MODES.items()
    )
    rows = "".join(
        f"<tr><td>{escape(target)}</td><td>{escape(row.sale_state)}</td><td>v{row.version}</td>"
        f"<td>{escape(row.reason)}</td><td>{row.confirmations}</td></tr>"
        for target, row in place.listings.items()
    )
    news = "".join(
        f"<tr><td>{escape(each['seller'])}</td><td>{escape(each['subject'])}</td></tr>" for each in place.notices[-20:]
    )
    notices = f"<h2>판매자에게 보일 통지</h2><table><tr><th>판매자<th>제목</tr>{news}</table>" if news else ""
    empty = "" if rows else "<p>아직 받은 조치가 없습니다. 포털에서 일치 하나를 확인해 주세요.</p>"
    return (
        '<!doctype html><html lang="ko"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<meta http-equiv="refresh" content="5"><title>시범장터</title><style>{STYLE}</style>'
        f"<h1>시범장터</h1><p>지킴이의 조치를 받아 판매를 멈추고 확인을 보내는 연습용 마켓플레이스입니다.</p>"
        f'<form method="post" action="/mode"><fieldset><legend>다음 조치부터</legend>{buttons}</fieldset></form>{empty}'
        f"<table><tr><th>상품<th>판매 상태<th>판<th>사유<th>보낸 답</tr>{rows}</table>{notices}</html>"
    )


class Handler(BaseHTTPRequestHandler):
    """One request. ``place`` is set by ``main``."""

    place: Marketplace

    def do_GET(self) -> None:
        """The page for people, and the same as JSON at ``/state``."""
        with self.place.lock:
            if self.path == "/state":
                state: dict[str, Any] = {target: vars(row) for target, row in self.place.listings.items()}
                self._send(HTTPStatus.OK, json.dumps(state), "application/json")
            else:
                self._send(HTTPStatus.OK, page(self.place), "text/html; charset=utf-8")

    def do_POST(self) -> None:
        """A message from the portal, or a button."""
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(min(length, MAX_BODY))
        if self.path == "/webhooks":
            self._webhook(body)
        elif self.path == "/mode":
            self._mode(parse_qs(body.decode("utf-8", "replace")).get("mode", [""])[0])
        else:
            self._send(HTTPStatus.NOT_FOUND, "")

    def _webhook(self, body: bytes) -> None:
        if not is_genuine(self.place.secrets, dict(self.headers.items()), body):
            self._send(HTTPStatus.UNAUTHORIZED, "bad signature")
        elif (message := read_message(body)) is None:
            self._send(HTTPStatus.BAD_REQUEST, "not a message that we know")
        elif self.place.receive(self.headers["webhook-id"], message):
            self._send(HTTPStatus.NO_CONTENT, "")
        else:
            self._send(HTTPStatus.INTERNAL_SERVER_ERROR, "told to fail")

    def _mode(self, mode: str) -> None:
        if mode in MODES:
            self.place.set_mode(mode)
        self.send_response(HTTPStatus.SEE_OTHER)
        self.send_header("location", "/")
        self.send_header("content-length", "0")
        self.end_headers()

    def _send(self, status: HTTPStatus, text: str, media_type: str = "text/plain; charset=utf-8") -> None:
        data = text.encode()
        self.send_response(status)
        self.send_header("content-type", media_type)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: the portal's own log tells the story."""


def main() -> None:
    """Serve until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, required=True, help="JSON: slug, secrets, portal, port, state_file")
    parser.add_argument("--port", type=int)
    parser.add_argument("--portal")
    options = parser.parse_args()
    config = json.loads(options.config.read_text("utf-8"))
    Handler.place = Marketplace(
        portal=options.portal or config["portal"],
        slug=config["slug"],
        secrets=config["secrets"],
        state_file=Path(config["state_file"]),
    )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server = ThreadingHTTPServer(("127.0.0.1", options.port or config["port"]), Handler)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()


if __name__ == "__main__":
    main()
