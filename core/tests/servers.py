"""Servers on this machine for tests of fetching: one that answers as told, one that counts; and a stub resolver."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import pytest

from core.fetching import resolving

Answer = Callable[[socket.socket, bytes], object]


@dataclass(slots=True)
class Server:
    """What came to it: the head of each request, in order."""

    port: int
    host: str = "127.0.0.1"
    heads: list[str] = field(default_factory=list)

    def url(self, path: str = "/", *, host: str = "", scheme: str = "http") -> str:
        return f"{scheme}://{host or self.host}:{self.port}{path}"

    def header(self, name: str, *, request: int = -1) -> str:
        """The value of a header of a request, or nothing."""
        lines = self.heads[request].split("\r\n")[1:]
        found = [value.strip() for key, _, value in (line.partition(":") for line in lines) if key.lower() == name]
        return found[0] if found else ""


def answer(
    body: bytes = b"", *, status: str = "200 OK", headers: Mapping[str, str] | None = None, length: bool = True
) -> bytes:
    """A whole answer as bytes."""
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in (headers or {}).items())]
    if length:
        lines.append(f"content-length: {len(body)}")
    return "\r\n".join([*lines, "connection: close", "", ""]).encode("latin-1") + body


@contextmanager
def serving(*answers: bytes | Answer, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """A server that gives these answers in turn, the last again and again. One that is a function is called with the
    connection and the head of the request."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = Server(listening.getsockname()[1])
        turns = iter(answers)
        state: dict[str, Any] = {"last": answers[-1]}

        def handle(connection: socket.socket, reply: bytes | Answer) -> None:
            with suppress(OSError), connection:
                if tls is not None:
                    connection = tls.wrap_socket(connection, server_side=True)
                with connection:
                    head = _read_head(connection)
                    server.heads.append(head.decode("latin-1"))
                    if isinstance(reply, bytes):
                        connection.sendall(reply)
                    else:
                        reply(connection, head)

        def serve() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                handlers.append(threading.Thread(target=handle, args=(connection, next(turns, state["last"]))))
                handlers[-1].start()

        handlers: list[threading.Thread] = []
        acceptor = threading.Thread(target=serve)
        acceptor.start()
        try:
            yield server
        finally:
            with suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            for thread in (acceptor, *handlers):
                thread.join(10)
            assert not any(thread.is_alive() for thread in (acceptor, *handlers))


def _read_head(connection: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head:
        part = connection.recv(65_536)
        if not part:
            break
        head += part
    return head


@dataclass(slots=True)
class Sink:
    """Counts who connected, to whichever of this machine's addresses. Nobody should."""

    port: int
    connections: int = 0


@contextmanager
def sinking() -> Iterator[Sink]:
    """A port of this machine, on IPv4 and where there is one on IPv6, that takes connections and only counts them."""
    with ExitStack() as stack:
        first = stack.enter_context(socket.create_server(("0.0.0.0", 0)))
        listening = [first]
        sink = Sink(first.getsockname()[1])
        with suppress(OSError):
            both = socket.create_server(("::", sink.port), family=socket.AF_INET6)
            listening.append(stack.enter_context(both))
        for server in listening:
            server.settimeout(0)
        yield sink
        for server in listening:
            with suppress(BlockingIOError):
                while True:
                    server.accept()[0].close()
                    sink.connections += 1


class StubResolver:
    """Name servers of a test: each name with its answers, one after the other, the last again and again."""

    def __init__(self, names: Mapping[str, Sequence[Sequence[str]]]) -> None:
        self.names = {name: list(answers) for name, answers in names.items()}
        self.asked: list[str] = []

    def __call__(self, host: str, *port: object, **wanted: object) -> list[tuple[Any, ...]]:  # noqa: ARG002 - as it is called
        self.asked.append(host)
        answers = self.names.get(host)
        if not answers:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        given = answers.pop(0) if len(answers) > 1 else answers[0]
        return [(socket.AF_INET6 if ":" in ip else socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 0)) for ip in given]


def stub_names(monkeypatch: pytest.MonkeyPatch, names: Mapping[str, Sequence[Sequence[str]]]) -> StubResolver:
    """Whoever asks for a name gets these answers in turn."""
    stub = StubResolver(names)
    monkeypatch.setattr(resolving, "getaddrinfo", stub)
    return stub
