"""The example client's parts alone: what its session sends again and what it does not, and what each message brings."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from examples.client import api
from examples.client.api import Problem, Session
from examples.client.marketplace import Marketplace

SECRETS = ["whsec_" + "QUFB" * 8]
FIRST, ALWAYS = [0, 1, 3, 10], {"content-type": "application/json"}


class Stub:
    """A portal that gives the answers that it was told to, one after the other, and keeps what it was asked."""

    def __init__(self, *answers: tuple[int, Any, dict[str, str]]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, dict[str, str], bytes]] = []
        self.slept: list[float] = []
        stub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                stub.asked.append((self.path, dict(self.headers.items()), body))
                status, document, headers = stub.answers.pop(0)
                data = document if isinstance(document, bytes) else json.dumps(document).encode()
                self.send_response(status)
                for name, value in {"content-length": str(len(data)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def session(self) -> Session:
        return Session(f"http://127.0.0.1:{self.server.server_address[1]}/", "jk_test_key")

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(10)


@pytest.fixture
def stubs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Makes stubs; the session's pauses are written down instead of waited for."""
    made: list[Stub] = []

    def make(*answers: tuple[int, Any, dict[str, str]]) -> Stub:
        made.append(Stub(*answers))
        monkeypatch.setattr(api, "time", SimpleNamespace(sleep=made[-1].slept.append))
        return made[-1]

    yield make
    for each in made:
        each.stop()


def test_a_post_carries_its_key_and_one_idempotency_key_over_all_tries(stubs: Any) -> None:
    stub = stubs(
        (503, b"<html>proxy</html>", {}),
        (429, {"code": "throttled"}, {"retry-after": "7"}),
        (409, {"code": "in_flight"}, {"retry-after": "1"}),
        (200, {"ok": True}, ALWAYS),
    )
    assert stub.session.post("listings", {"items": ["가"]}) == {"ok": True}
    paths, headers, bodies = zip(*stub.asked, strict=True)
    assert set(paths) == {"/api/v1/listings"}
    assert {json.loads(body)["items"][0] for body in bodies} == {"가"}
    assert {each["Authorization"] for each in headers} == {"Bearer jk_test_key"}
    assert len({each["Idempotency-Key"] for each in headers}) == 1
    assert stub.slept == [0, 1, 7, 10]


def test_the_same_said_later_is_another_call(stubs: Any) -> None:
    stub = stubs((200, {}, ALWAYS), (200, {}, ALWAYS))
    for _ in range(2):
        stub.session.post("listings", {"items": []})
    assert len({headers["Idempotency-Key"] for _, headers, _ in stub.asked}) == 2


@pytest.mark.parametrize(("status", "code"), [(401, "invalid_key"), (409, "seller_changed"), (422, "key_reused")])
def test_what_no_retry_mends_is_raised_at_once(stubs: Any, status: int, code: str) -> None:
    stub = stubs((status, {"code": code, "detail": "no"}, {}))
    with pytest.raises(Problem, match=f"{status} {code}: no"):
        stub.session.post("listings", {})
    assert len(stub.asked) == 1


def test_after_four_tries_the_last_refusal_is_raised(stubs: Any) -> None:
    stub = stubs(*[(500, {"code": "server_error"}, {})] * 4)
    with pytest.raises(Problem, match="500 server_error"):
        stub.session.post("listings", {})
    assert stub.slept == FIRST


def test_a_portal_out_of_reach_is_tried_as_often(stubs: Any) -> None:
    stub = stubs()
    session = stub.session
    stub.stop()
    with pytest.raises(OSError, match="refused"):
        session.post("listings", {})
    assert stub.slept == FIRST


def test_bytes_go_as_they_are(stubs: Any) -> None:
    stub = stubs((200, {"sha256": "x"}, ALWAYS))
    stub.session.post("pictures", b"\xff\xd8", "image/jpeg")
    _, headers, body = stub.asked[0]
    assert (headers["Content-Type"], body) == ("image/jpeg", b"\xff\xd8")


# -- messages ---------------------------------------------------------------------------------------------------------


class Recorder:
    """In the place of a session: what would have been sent, and what else happens at that moment."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Any]] = []
        self.meanwhile: Callable[[], None] = lambda: None

    def post(self, path: str, document: Any, *_: str, **__: str) -> Any:
        self.meanwhile()
        self.sent.append((path, json.loads(document) if isinstance(document, bytes) else document))
        items = document["items"] if isinstance(document, dict) else []
        return {"results": [{"outcome": "changed"} for _ in items]}


@pytest.fixture
def place(tmp_path: Path) -> Marketplace:
    config = {"portal": "http://127.0.0.1:9", "api_key": "", "slug": "demo", "secrets": SECRETS}
    made = Marketplace(config | {"state_file": str(tmp_path / "known.json")})
    made.session = Recorder()  # type: ignore[assignment]  # it is asked for nothing else
    return made


def take(place: Marketplace, kind: str, data: dict[str, Any]) -> list[tuple[str, Any]]:
    """What the client sends in answer to one message."""
    place.receive(f"msg_{len(place.known['seen'])}", {"type": kind, "data": data})
    for thread in threading.enumerate():
        if thread.name == "follow-up":
            thread.join(10)
    sent: list[tuple[str, Any]] = place.session.sent  # type: ignore[attr-defined]  # the recorder's
    return sent


def test_a_listing_that_is_wanted_is_sent_and_one_that_is_not_ours_is_not(place: Marketplace) -> None:
    place.known["listings"]["A-1"] = {"item": {"id": "A-1"}, "version": 0, "sale_state": "판매 중", "reason": ""}
    assert take(place, "listing.wanted", {"listing": "A-9", "address": "", "reports": 1}) == []
    assert take(place, "listing.wanted", {"listing": "A-1"}) == [("listings", {"items": [{"id": "A-1"}]})]


def test_a_notice_that_only_we_can_deliver_is_shown_and_confirmed(place: Marketplace) -> None:
    sent = take(place, "notify", {"notify": 9, "recipient": {"kind": "seller", "ref": "shop-7"}, "subject": "통지"})
    [(path, document)] = sent
    assert (path, document["type"], document["data"]) == ("webhooks/demo/", "notify.delivered", {"notify": 9})
    assert place.known["notices"][0]["subject"] == "통지"


@pytest.mark.parametrize("kind", ["notice.seller", "notice.code", "text", "test", "of.tomorrow"])
def test_news_and_types_that_are_not_known_yet_are_confirmed_by_nobody(place: Marketplace, kind: str) -> None:
    assert take(place, kind, {"seller": "shop-7"}) == []
    assert len(place.known["notices"]) == kind.startswith("notice.")


def test_an_old_version_changes_nothing_and_is_confirmed_all_the_same(place: Marketplace) -> None:
    take(place, "listing.reinstate", {"effect": 2, "version": 2, "listing": "A-1"})
    sent = take(place, "listing.restrict", {"effect": 1, "version": 1, "listing": "A-1"})
    assert place.known["listings"]["A-1"]["sale_state"] == "판매 중"
    assert [document["data"] for _, document in sent] == [{"effect": 2, "version": 2}, {"effect": 1, "version": 1}]


def test_more_than_a_thousand_go_in_several_requests(place: Marketplace) -> None:
    results = place.send("listings", [{"id": str(number)} for number in range(2_001)])
    sent: list[tuple[str, Any]] = place.session.sent  # type: ignore[attr-defined]  # the recorder's
    assert [len(document["items"]) for _, document in sent] == [1_000, 1_000, 1]
    assert len(results) == 2_001


def test_what_changes_while_orders_are_sent_is_sent_the_next_time(place: Marketplace) -> None:
    line = {"order": "O-1", "line": "1", "quantity": 1}
    place.note_order(line)
    place.session = recorder = Recorder()  # type: ignore[assignment]  # the same
    recorder.meanwhile = lambda: place.note_order(line | {"quantity": 2})
    place.sync_orders()
    recorder.meanwhile = lambda: None
    assert [each["outcome"] for each in place.sync_orders()] == ["changed"]
    assert recorder.sent[-1][1]["items"] == [line | {"quantity": 2}]
    assert place.sync_orders() == []
