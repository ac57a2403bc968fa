"""Posting to receivers that answer badly, too much, too slowly or elsewhere."""

import gzip
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from accounts import posting
from accounts.posting import post
from core.outbox import DeliveryFailed

NOW = datetime(2026, 11, 23, 5, 30, tzinfo=UTC)
HEAD = b"HTTP/1.1 500 Oh\r\nconnection: close\r\n"


@contextmanager
def receiver(answer: Callable[[socket.socket], object]) -> Iterator[str]:
    """The address of a receiver on this machine that takes one message and answers as told."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65_536)
                answer(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        thread.join(10)
        assert not thread.is_alive()


def refusal_of(answer: bytes) -> DeliveryFailed:
    with receiver(lambda connection: connection.sendall(answer)) as url, pytest.raises(DeliveryFailed) as caught:
        post(url, b"{}", {}, now=NOW)
    return caught.value


def failure_of(answer: bytes) -> str:
    """What is written down of a delivery that was answered so."""
    return refusal_of(answer).reason


def drip(connection: socket.socket) -> None:
    """A byte of a header that never ends, again and again, until the other side hangs up."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nx: ")
    connection.settimeout(0.02)
    while True:
        try:
            connection.sendall(b"a")
            if connection.recv(1) == b"":
                return
        except TimeoutError:
            continue
        except OSError:
            return


def test_a_message_that_is_answered_is_delivered() -> None:
    with receiver(lambda connection: connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")) as url:
        assert post(url, b"{}", {}).status_code == 204


@pytest.mark.parametrize(
    ("status", "said", "seconds"),
    [
        ("429 Slow", "120", 120.0),
        ("503 Down", " 7 ", 7.0),
        ("503 Down", "Mon, 23 Nov 2026 05:40:00 GMT", 600.0),
        ("503 Down", "Mon, 23 Nov 2026 05:00:00 GMT", 0.0),
        ("503 Down", "soon", None),
        ("503 Down", "-5", None),
        ("503 Down", "1" * 40, None),
        ("503 Down", "Mon, 99 Nov 99999 99:99:99 GMT", None),
        ("503 Down", "\u0663".encode().decode("latin-1"), None),
        ("500 Oh", "120", None),
    ],
)
def test_a_receiver_says_for_how_long_it_wants_to_be_left_alone(status: str, said: str, seconds: float | None) -> None:
    head = f"HTTP/1.1 {status}\r\nconnection: close\r\nretry-after: {said}\r\ncontent-length: 0\r\n\r\n"

    refusal = refusal_of(head.encode("latin-1"))

    assert (refusal.status_code, refusal.retry_after) == (int(status[:3]), seconds)


def test_a_redirect_is_a_failure_and_is_not_followed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as elsewhere:
        elsewhere.settimeout(0)
        location = f"location: http://127.0.0.1:{elsewhere.getsockname()[1]}/\r\n".encode()

        assert failure_of(b"HTTP/1.1 307 Go\r\n" + location + b"content-length: 0\r\n\r\n") == "HTTP 307"
        with pytest.raises(BlockingIOError):
            elsewhere.accept()


def test_of_a_long_answer_only_the_beginning_is_kept() -> None:
    reason = failure_of(HEAD + b"content-length: 5000\r\n\r\n" + b"a" * 5000)

    assert reason.startswith("HTTP 500 aaa")
    assert len(reason) <= len("HTTP 500 ") + posting.ANSWER_BYTES


def test_a_compressed_answer_is_not_unpacked() -> None:
    bomb = gzip.compress(b"A" * 1_000_000)

    reason = failure_of(HEAD + f"content-encoding: gzip\r\ncontent-length: {len(bomb)}\r\n\r\n".encode() + bomb)

    assert "AAAA" not in reason


def test_what_a_receiver_answers_cannot_steer_a_terminal_or_break_a_line() -> None:
    assert failure_of(HEAD + b"content-length: 13\r\n\r\n\x1b[31mred\r\n\x001") == "HTTP 500 [31mred 1"


def test_an_answer_that_is_no_http_is_a_failure() -> None:
    assert failure_of(b"\x00\xff" * 5_000) == "연결하지 못했습니다: ProtocolError"


def test_an_answer_that_drips_is_cut_off_when_its_time_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "ANSWER_SECONDS", 0.2)

    with receiver(drip) as url, pytest.raises(DeliveryFailed, match="연결하지 못했습니다"):
        post(url, b"{}", {})
