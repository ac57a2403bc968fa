"""Hundreds of ways to reach a private address, and a sink that counts who came: nobody."""

import ipaddress
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from core.fetching import FetchProblem, Limits, Reach, fetch, is_public, resolving
from core.fetching.networks import WEB_PORTS
from core.tests.private_ways import LITERALS, NOT_PUBLIC, PUBLIC, REDIRECTS
from core.tests.servers import Sink, answer, serving, sinking, stub_names

LIMITS = Limits(most_bytes=1_000, seconds=5)
#: What refuses before anybody is connected to.
REFUSALS = {"bad_address", "private_address", "port"}


@pytest.fixture
def sink() -> Iterator[Sink]:
    with sinking() as found:
        yield found


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every attempt to connect, also to what this machine could not reach anyway."""
    attempts: list[Any] = []
    really_connect = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        attempts.append(address)
        return really_connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    return attempts


def open_to(sink: Sink) -> Reach:
    """No network of the house is open, but the sink's port is: nothing else stands before it."""
    return Reach(ports=WEB_PORTS | {sink.port})


def test_there_are_more_than_a_hundred_ways() -> None:
    assert len(LITERALS) >= 100
    assert len(set(LITERALS)) == len(LITERALS)
    assert len(LITERALS) + 2 * len(NOT_PUBLIC) + len(REDIRECTS) >= 230


@pytest.mark.parametrize("spelling", LITERALS)
def test_no_spelling_of_a_private_address_is_connected_to(
    spelling: str, sink: Sink, connections: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Whatever is taken for a name stands for this machine, so a spelling that got through would be found out.
    monkeypatch.setattr(resolving, "getaddrinfo", _always_this_machine)

    with pytest.raises(FetchProblem) as refusal:
        fetch(spelling.format(port=sink.port), limits=LIMITS, reach=open_to(sink))

    assert refusal.value.code in REFUSALS
    assert not refusal.value.again
    assert connections == []
    assert sink.connections == 0


@pytest.mark.parametrize("ip", NOT_PUBLIC)
def test_no_name_that_stands_for_a_private_address_is_connected_to(
    ip: str, sink: Sink, connections: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    stub_names(monkeypatch, {"cdn.example": [[ip]]})

    with pytest.raises(FetchProblem) as refusal:
        fetch(f"http://cdn.example:{sink.port}/", limits=LIMITS, reach=open_to(sink))

    assert refusal.value.code == "private_address"
    assert refusal.value.trace.hops[-1].resolved == (str(_ip(ip)),)
    assert ip not in str(refusal.value)
    assert connections == []


@pytest.mark.parametrize("ip", NOT_PUBLIC)
@pytest.mark.parametrize("place", [0, 1])
def test_one_private_address_among_public_ones_refuses_the_name(
    ip: str, place: int, sink: Sink, connections: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    both = ["8.8.8.8"]
    both.insert(place, ip)
    stub_names(monkeypatch, {"cdn.example": [both]})

    with pytest.raises(FetchProblem) as refusal:
        fetch(f"http://cdn.example:{sink.port}/", limits=LIMITS, reach=open_to(sink))

    assert refusal.value.code == "private_address"
    assert connections == []


@pytest.mark.parametrize("location", REDIRECTS)
def test_no_redirect_leads_to_a_private_address(location: str, sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    target = location.format(port=sink.port).encode().decode("latin-1")
    with serving(answer(status="302 Found", headers={"location": target})) as server:
        # The first hop is this machine too, opened as a network of the house; the sink's addresses are not.
        stub_names(monkeypatch, {"cdn.example": [["127.0.0.9"]], "inner.example": [["127.0.0.1"]]})
        monkeypatch.setattr("core.fetching.pinned.Pin._connect_to", _to_this_machine(server.port))
        reach = Reach(networks=_only("127.0.0.9/32"), ports=WEB_PORTS | {sink.port, server.port})

        with pytest.raises(FetchProblem) as refusal:
            fetch(f"http://cdn.example:{server.port}/", limits=LIMITS, reach=reach)

    assert refusal.value.code in REFUSALS
    assert refusal.value.trace.hops[0].status == 302
    assert len(server.heads) == 1
    assert sink.connections == 0


def test_a_name_that_changes_its_mind_is_believed_once(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    """First public, then private: the connection goes to the first answer, and nobody asks for a second."""
    stub = stub_names(monkeypatch, {"cdn.example": [["8.8.8.8"], ["127.0.0.1"]]})
    used: list[str] = []

    def connect(self: socket.socket, address: Any) -> None:
        used.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)

    with pytest.raises(FetchProblem) as refusal:
        fetch(f"http://cdn.example:{sink.port}/", limits=LIMITS, reach=open_to(sink))

    assert refusal.value.code == "unreachable"
    assert (stub.asked, used) == (["cdn.example"], ["8.8.8.8"])
    assert sink.connections == 0


def test_a_name_is_asked_for_and_checked_anew_at_each_hop(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second hop leads to the same name, which by then stands for a private address."""
    with serving(answer(status="302 Found", headers={"location": "/again"})) as server:
        stub = stub_names(monkeypatch, {"cdn.example": [["127.0.0.9"], ["127.0.0.1"]]})
        monkeypatch.setattr("core.fetching.pinned.Pin._connect_to", _to_this_machine(server.port))
        reach = Reach(networks=_only("127.0.0.9/32"), ports=frozenset({server.port}))

        with pytest.raises(FetchProblem) as refusal:
            fetch(f"http://cdn.example:{server.port}/", limits=LIMITS, reach=reach)

    assert refusal.value.code == "private_address"
    assert stub.asked == ["cdn.example", "cdn.example"]
    assert [hop.resolved for hop in refusal.value.trace.hops] == [("127.0.0.9",), ("127.0.0.1",)]
    assert [hop.used for hop in refusal.value.trace.hops] == ["127.0.0.9", ""]
    assert len(server.heads) == 1


@pytest.mark.parametrize("ip", NOT_PUBLIC)
def test_what_is_not_public_is_known(ip: str) -> None:
    assert not is_public(_ip(ip))


@pytest.mark.parametrize("ip", PUBLIC)
def test_what_is_public_is_known(ip: str) -> None:
    assert is_public(_ip(ip))


def test_a_network_of_the_house_is_opened_exactly() -> None:
    reach = Reach(networks=_only("10.1.0.0/16"))

    assert [reach.admits(_ip(ip)) for ip in ("10.1.0.0", "10.1.255.255", "10.0.255.255", "10.2.0.0")] == [
        True,
        True,
        False,
        False,
    ]
    assert not reach.admits(_ip("::ffff:10.1.0.1"))
    assert reach.admits(_ip("8.8.8.8"))


def _always_this_machine(*asked: object, **wanted: object) -> list[Any]:
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0))]


def _ip(text: str) -> Any:
    return ipaddress.ip_address(text)


def _only(network: str) -> Any:
    return (ipaddress.ip_network(network),)


def _to_this_machine(port: int) -> Any:
    """Connects to the server whatever loopback address was pinned: not every machine answers on all of 127/8."""

    def connect(pin: Any, address: Any, wanted: int) -> socket.socket:
        assert str(address) == "127.0.0.9"
        pin.used = str(address)
        connected = socket.create_connection(("127.0.0.1", port))
        pin.cut.watch(connected)
        return connected

    return connect
