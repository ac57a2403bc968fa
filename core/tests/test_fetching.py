"""Fetching from servers that answer well, badly, too much, too slowly and elsewhere."""

import gzip
import ipaddress
import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from core.fetching import FetchProblem, FetchRefused, Limits, Reach, Validators, errors, fetch, resolving
from core.fetching.headers import kept_headers, retry_after
from core.tests.certificates import certificate, server_context, trusting
from core.tests.running import NOW
from core.tests.servers import Server, answer, serving, stub_names

HOUSE = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))
LIMITS = Limits(most_bytes=100_000, seconds=10)
SHORT = Limits(most_bytes=100_000, seconds=0.3)
PICTURE = b"\x89PNG and so on"


def reach(*servers: Server) -> Reach:
    return Reach(networks=HOUSE, ports=frozenset({80, 443, *(server.port for server in servers)}))


def refusal_of(server: Server, path: str = "/", *, limits: Limits = LIMITS, **options: Any) -> FetchProblem:
    with pytest.raises(FetchProblem) as refusal:
        fetch(server.url(path), limits=limits, reach=reach(server), **options)
    return refusal.value


# -- what is sent, what comes back ------------------------------------------------------------------------------------


def test_what_stands_there_is_fetched_with_the_way_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    stub_names(monkeypatch, {"cdn.example": [["127.0.0.1"]]})
    with serving(answer(PICTURE, headers={"content-type": "image/png", "set-cookie": "visit=1"})) as server:
        found = fetch(server.url("/a%20b.png?size=1", host="cdn.example"), limits=LIMITS, reach=reach(server))

    assert (found.body, found.status, found.is_unchanged) == (PICTURE, 200, False)
    assert found.headers == {"content-type": "image/png", "content-length": "14", "connection": "close"}
    assert found.final_address == f"http://cdn.example:{server.port}/a%20b.png?size=1"
    assert [(hop.address, hop.resolved, hop.used, hop.status) for hop in found.hops] == [
        (found.final_address, ("127.0.0.1",), "127.0.0.1", 200)
    ]


def test_a_request_says_who_asks_and_nothing_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    stub_names(monkeypatch, {"cdn.example": [["127.0.0.1"]]})
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with serving(answer(PICTURE, headers={"set-cookie": "visit=1"})) as server:
        for _ in range(2):
            fetch(server.url("/사진.png", host="cdn.example"), limits=LIMITS, reach=reach(server), accept="image/*")

    assert server.heads[1].split("\r\n") == [
        "GET /%EC%82%AC%EC%A7%84.png HTTP/1.1",
        f"Host: cdn.example:{server.port}",
        "user-agent: jikimi-fetch/1",
        "accept: image/*",
        "accept-encoding: identity",
        "connection: close",
        "",
        "",
    ]


def test_a_name_of_other_letters_is_asked_for_as_name_servers_know_it(monkeypatch: pytest.MonkeyPatch) -> None:
    stub = stub_names(monkeypatch, {"xn--hp4bo76a.xn--3e0b707e": [["127.0.0.1"]]})
    with serving(answer(PICTURE)) as server:
        fetch(f"http://쇼핑.한국:{server.port}/", limits=LIMITS, reach=reach(server))

    assert stub.asked == ["xn--hp4bo76a.xn--3e0b707e"]
    assert server.header("host") == f"xn--hp4bo76a.xn--3e0b707e:{server.port}"


def test_the_next_address_of_a_name_is_tried_where_the_first_takes_no_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stub_names(monkeypatch, {"cdn.example": [["::1", "127.0.0.1"]]})
    with serving(answer(PICTURE)) as server:
        found = fetch(server.url(host="cdn.example"), limits=LIMITS, reach=reach(server))

    assert (found.hops[0].resolved, found.hops[0].used) == (("::1", "127.0.0.1"), "127.0.0.1")


def test_a_chunked_answer_is_put_together() -> None:
    body = b"7\r\n\x89PNG an\r\n6\r\nd so o\r\n1\r\nn\r\n0\r\n\r\n"
    head = answer(headers={"transfer-encoding": "chunked"}, length=False)
    with serving(head + body) as server:
        assert fetch(server.url(), limits=LIMITS, reach=reach(server)).body == b"\x89PNG and so on"[:14]


# -- redirects --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("location", ["/there.png", "there.png", "//127.0.0.1:{port}/there.png", "?x#part"])
def test_a_redirect_is_followed(status: int, location: str) -> None:
    def lead(connection: socket.socket, head: bytes) -> None:
        target = location.format(port=head.split(b"127.0.0.1:")[1].split(b"\r\n")[0].decode())
        connection.sendall(answer(b"go on", status=f"{status} Go", headers={"location": target}))

    with serving(lead, answer(PICTURE)) as server:
        found = fetch(server.url("/from.png"), limits=LIMITS, reach=reach(server))

    assert found.body == PICTURE
    assert [hop.status for hop in found.hops] == [status, 200]
    assert found.final_address == server.url("/from.png?x" if location.startswith("?") else "/there.png")


def test_five_redirects_are_followed_and_a_sixth_is_not() -> None:
    again = answer(status="302 Found", headers={"location": "/again"})
    with serving(*[again] * 5, answer(PICTURE)) as server:
        assert len(fetch(server.url(), limits=LIMITS, reach=reach(server)).hops) == 6

    with serving(again) as server:
        refusal = refusal_of(server)

    assert (refusal.code, refusal.again, len(server.heads)) == ("redirects", False, 6)


def test_a_redirect_to_a_port_that_is_not_open_is_refused() -> None:
    with serving(answer(status="302 Found", headers={"location": "http://127.0.0.1:22/"})) as server:
        assert refusal_of(server).code == "port"


def test_a_redirect_that_says_not_where_is_a_bad_answer() -> None:
    with serving(answer(status="302 Found")) as server:
        assert refusal_of(server).code == "http_status"


# -- certificates -----------------------------------------------------------------------------------------------------


def test_a_certificate_is_one_of_the_name_though_the_address_is_pinned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub_names(monkeypatch, {"cdn.example": [["127.0.0.1"], ["10.0.0.1"]]})
    pem = certificate("cdn.example")
    asked: list[object] = []
    context = server_context(pem, tmp_path)
    context.sni_callback = lambda *shown: asked.append(shown[1])
    with serving(answer(PICTURE), tls=context) as server:
        address = server.url("/1.png", host="cdn.example", scheme="https")
        found = fetch(address, limits=LIMITS, reach=reach(server), tls=trusting(pem))

    assert (found.body, asked) == (PICTURE, ["cdn.example"])
    assert server.header("host") == f"cdn.example:{server.port}"


@pytest.mark.parametrize(
    ("shown", "days", "is_trusted", "why"),
    [
        ("other.example", 30, True, "다른 이름의 인증서"),
        ("cdn.example", -1, True, "기한이 지난 인증서"),
        ("cdn.example", 30, False, "믿을 수 있는 기관이 발급하지 않은 인증서"),
    ],
)
def test_a_certificate_of_another_name_run_out_or_unknown_is_refused(
    shown: str, days: int, is_trusted: bool, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub_names(monkeypatch, {"cdn.example": [["127.0.0.1"]]})
    pem = certificate(shown, days=days)
    with serving(answer(PICTURE), tls=server_context(pem, tmp_path)) as server:
        address = server.url(host="cdn.example", scheme="https")
        with pytest.raises(FetchProblem) as refusal:
            fetch(address, limits=LIMITS, reach=reach(server), tls=trusting(pem) if is_trusted else None)

    assert (refusal.value.code, refusal.value.again) == ("certificate", True)
    assert why in refusal.value.why
    assert server.heads == []


def test_a_redirect_from_https_to_http_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stub_names(monkeypatch, {"cdn.example": [["127.0.0.1"]]})
    pem = certificate("cdn.example")
    lead = answer(status="301 Moved", headers={"location": "http://cdn.example/1.png"})
    with serving(lead, tls=server_context(pem, tmp_path)) as server:
        address = server.url(host="cdn.example", scheme="https")
        with pytest.raises(FetchRefused) as refusal:
            fetch(address, limits=LIMITS, reach=reach(server), tls=trusting(pem))

    assert (refusal.value.code, len(server.heads)) == ("downgrade", 1)


def test_a_server_that_speaks_no_tls_is_unreachable_by_https() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

        def refuse() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 400 No TLS here\r\n\r\n")
                connection.recv(65_536)

        thread = threading.Thread(target=refuse)
        thread.start()
        with pytest.raises(FetchProblem) as refusal:
            fetch(f"https://127.0.0.1:{port}/", limits=LIMITS, reach=Reach(networks=HOUSE, ports=frozenset({port})))
        thread.join(10)

    assert refusal.value.code == "unreachable"


# -- too much, too slow -----------------------------------------------------------------------------------------------


def _until_hung_up(connection: socket.socket, piece: bytes, pause: float) -> None:
    """The piece again and again until the other side hangs up. Each send is quicker than any limit of a single read."""
    connection.settimeout(pause)
    while True:
        connection.sendall(piece)
        if pause:
            try:
                if connection.recv(1) == b"":
                    return
            except TimeoutError:
                continue


def test_a_body_without_an_end_is_left_when_it_is_too_large() -> None:
    def pour(connection: socket.socket, _: bytes) -> None:
        connection.sendall(answer(length=False))
        _until_hung_up(connection, b"a" * 65_536, 0)

    with serving(pour) as server:
        refusal = refusal_of(server)

    assert (refusal.code, refusal.again) == ("too_large", False)


def test_a_body_that_says_it_is_too_large_is_not_read() -> None:
    with serving(answer(headers={"content-length": "10000000000"}, length=False)) as server:
        refusal = refusal_of(server)

    assert refusal.code == "too_large"
    assert "0.0953674MB보다 큽니다" in refusal.why


@pytest.mark.parametrize(
    "start",
    [b"", b"HTTP/1.1 200 OK\r\nx: ", b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 99999\r\n\r\n"],
)
def test_an_answer_that_drips_is_left_when_its_time_is_up(start: bytes) -> None:
    def drip(connection: socket.socket, _: bytes) -> None:
        connection.sendall(start)
        _until_hung_up(connection, b"a", 0.02)

    with serving(drip) as server:
        refusal = refusal_of(server, limits=SHORT)

    assert (refusal.code, refusal.again, refusal.blames_host) == ("too_slow", True, True)


def test_continuations_without_an_end_are_left_when_their_time_is_up() -> None:
    def go_on(connection: socket.socket, _: bytes) -> None:
        _until_hung_up(connection, b"HTTP/1.1 100 Continue\r\n\r\n", 0.02)

    with serving(go_on) as server:
        assert refusal_of(server, limits=SHORT).code == "too_slow"


def test_a_handshake_that_drips_is_left_when_its_time_is_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

        def shake() -> None:
            connection, _ = listening.accept()
            with connection:
                try:
                    # The beginning of a record of the greatest length.
                    connection.sendall(b"\x16\x03\x03\x3f\xff")
                    _until_hung_up(connection, b"\x02", 0.02)
                except OSError:
                    return

        thread = threading.Thread(target=shake)
        thread.start()
        with pytest.raises(FetchProblem) as refusal:
            fetch(f"https://127.0.0.1:{port}/", limits=SHORT, reach=Reach(networks=HOUSE, ports=frozenset({port})))
        thread.join(10)

    assert refusal.value.code == "too_slow"


def test_redirects_share_one_time() -> None:
    def wait(connection: socket.socket, _: bytes) -> None:
        connection.settimeout(0.12)
        try:
            connection.recv(1)
        except TimeoutError:
            connection.sendall(answer(status="302 Found", headers={"location": "/again"}))

    with serving(wait) as server:
        refusal = refusal_of(server, limits=SHORT)

    assert refusal.code == "too_slow"
    assert len(refusal.trace.hops) < 6


def _silent_until(answered: threading.Event) -> Any:
    """A name server that says nothing before then."""

    def wait(*asked: object, **wanted: object) -> list[Any]:
        answered.wait(30)
        return []

    return wait


def test_a_name_server_that_does_not_answer_is_left_when_the_time_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()
    monkeypatch.setattr(resolving, "getaddrinfo", _silent_until(answered))

    with pytest.raises(FetchProblem) as refusal:
        fetch("http://cdn.example/", limits=SHORT, reach=Reach())
    answered.set()

    assert refusal.value.code == "too_slow"


def test_questions_that_nobody_answers_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolving, "_questions", threading.BoundedSemaphore(1))
    answered = threading.Event()
    monkeypatch.setattr(resolving, "getaddrinfo", _silent_until(answered))

    codes = []
    for _ in range(2):
        with pytest.raises(FetchProblem) as refusal:
            fetch("http://cdn.example/", limits=Limits(most_bytes=1, seconds=0.05), reach=Reach())
        codes.append(refusal.value.code)
    answered.set()

    assert codes == ["too_slow", "unresolvable"]


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "gzip, gzip"])
def test_a_compressed_answer_is_refused_and_never_unpacked(encoding: str) -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    with serving(answer(bomb, headers={"content-encoding": encoding})) as server:
        refusal = refusal_of(server)

    assert (refusal.code, refusal.again) == ("encoded", False)
    assert encoding in refusal.why


# -- answers that are not the thing itself ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "again", "blames_host"),
    [
        (204, False, False),
        (206, False, False),
        (304, False, False),
        (400, False, False),
        (401, False, False),
        (403, False, False),
        (404, True, False),
        (408, True, False),
        (410, False, False),
        (418, False, False),
        (429, True, True),
        (500, True, False),
        (503, True, True),
    ],
)
def test_a_bad_answer_says_whether_trying_again_makes_sense(status: int, again: bool, blames_host: bool) -> None:
    with serving(answer(b"no", status=f"{status} No", headers={"retry-after": "120"})) as server:
        refusal = refusal_of(server)

    assert (refusal.code, refusal.again, refusal.blames_host) == ("http_status", again, blames_host)
    assert refusal.retry_after == (120 if again else None)
    assert refusal.trace.hops[-1].status == status
    assert f"{status}번" in refusal.why


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        ("99999999", 86_400),
        ("Mon, 23 Nov 2026 05:31:00 GMT", 60),
        ("Mon, 23 Nov 2026 05:29:00 GMT", 0),
        ("Mon, 23 Nov 2099 05:29:00 GMT", 86_400),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("", None),
        (None, None),
        ("9" * 400, None),
        ("Mon, 23 Nov 99999 05:31:00 GMT", None),
    ],
)
def test_what_a_server_asks_to_wait_is_read(value: str | None, seconds: int | None) -> None:
    assert retry_after(value, now=NOW) == seconds


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"", "broken_off"),
        (b"\x00\xff" * 500, "not_http"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "not_http"),
        (b"HTTP/1.1 abc OK\r\n\r\n", "not_http"),
        (b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 200 + b"\r\n", "not_http"),
        (b"HTTP/1.1 200 OK\r\nx: " + b"a" * 70_000 + b"\r\n\r\n", "not_http"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc", "broken_off"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\nabc", "broken_off"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nabc", "broken_off"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", "empty"),
        (b"HTTP/1.1 200 OK\r\n\r\n", "empty"),
    ],
)
def test_what_is_no_whole_answer_is_not_taken_for_one(sent: bytes, code: str) -> None:
    with serving(sent) as server:
        refusal = refusal_of(server)

    assert (refusal.code, refusal.again) == (code, True)


def test_a_server_that_is_not_there_is_unreachable_and_a_name_unresolvable(monkeypatch: pytest.MonkeyPatch) -> None:
    stub_names(monkeypatch, {})
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    codes = []
    for host in ("127.0.0.1", "nowhere.example"):
        with pytest.raises(FetchProblem) as refusal:
            fetch(f"http://{host}:{port}/", limits=LIMITS, reach=Reach(networks=HOUSE, ports=frozenset({port})))
        codes.append((refusal.value.code, refusal.value.again, refusal.value.blames_host))

    assert codes == [("unreachable", True, True), ("unresolvable", True, True)]


# -- asking whether it is still the same ------------------------------------------------------------------------------


def test_an_answer_that_nothing_changed_brings_no_body() -> None:
    with serving(answer(status="304 Not Modified", headers={"etag": '"a"'}, length=False)) as server:
        known = Validators(server.url("/1.png"), etag='"a"', last_modified="Mon, 23 Nov 2026 05:31:00 GMT")
        found = fetch(server.url("/1.png"), limits=LIMITS, reach=reach(server), validators=known)

    assert (found.is_unchanged, found.body, found.status) == (True, b"", 304)
    assert server.header("if-none-match") == '"a"'
    assert server.header("if-modified-since") == "Mon, 23 Nov 2026 05:31:00 GMT"


def test_what_one_address_said_is_asked_of_no_other() -> None:
    lead = answer(status="302 Found", headers={"location": "/new.png"})
    with serving(lead, answer(PICTURE)) as server:
        known = Validators(server.url("/old.png"), etag='"a"')
        found = fetch(server.url("/1.png"), limits=LIMITS, reach=reach(server), validators=known)

    assert found.body == PICTURE
    assert [server.header("if-none-match", request=number) for number in (0, 1)] == ["", ""]


# -- words ------------------------------------------------------------------------------------------------------------


def test_every_code_has_its_sentence() -> None:
    codes = {
        value for name, value in vars(errors).items() if name.isupper() and isinstance(value, str) and name[0] != "_"
    }

    assert set(errors.WORDS) == codes


def test_what_is_kept_of_a_head_is_capped_and_harmless() -> None:
    many = [(f"x-{number}", "a") for number in range(500)]
    items = [("Set-Cookie", "secret"), ("ETag", '"a"'), ("X", "a\x00b\r\n c"), ("x", "d"), ("long", "a" * 9_000), *many]

    kept = kept_headers(items)

    assert kept["x"] == "ab c, d"
    assert (len(kept), len(kept["long"]), kept["etag"]) == (60, 500, '"a"')
    assert "set-cookie" not in kept


def test_a_refusal_shows_no_more_of_an_address_than_a_page_can_hold() -> None:
    with pytest.raises(FetchProblem) as refusal:
        fetch("javascript:\x1b[31m" + "a" * 5_000, limits=LIMITS, reach=Reach())

    assert "\x1b" not in str(refusal.value)
    assert len(refusal.value.what) < 200
