"""Connections to an address that was checked, for a host that is called by its name.

The name is asked for once, by whoever checks the answer; nothing here asks again, so a name server that answers twice
differently is believed once. The name still stands in the request, and a certificate is still one of the name.
"""

import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from typing import Any, Final

import urllib3

from core.cut_off import CutOff
from core.fetching.addresses import WebAddress
from core.fetching.networks import IPAddress

#: Of the addresses of one name; more would only be waited for.
_MOST_ADDRESSES: Final = 4


class Pin:
    """The addresses that may be connected to, in order, and the one that was. The cut-off watches each connection."""

    def __init__(self, addresses: Sequence[IPAddress], *, cut: CutOff, connect_seconds: float) -> None:
        self.addresses = tuple(addresses[:_MOST_ADDRESSES])
        self.cut = cut
        self.connect_seconds = connect_seconds
        self.used = ""

    def connect(self, port: int) -> socket.socket:
        """A connection to the first of the addresses that takes one. Raises ``OSError`` of the last."""
        problem = OSError("no address to connect to")
        for address in self.addresses:
            try:
                return self._connect_to(address, port)
            except OSError as refusal:
                problem = refusal
        raise problem

    def _connect_to(self, address: IPAddress, port: int) -> socket.socket:
        family = socket.AF_INET if address.version == 4 else socket.AF_INET6
        connected = socket.socket(family, socket.SOCK_STREAM)
        try:
            connected.settimeout(min(self.connect_seconds, self.cut.remaining()))
            self.used = str(address)
            connected.connect((str(address), port))
            self.cut.watch(connected)
            connected.settimeout(self.cut.remaining())
        except BaseException:
            connected.close()
            raise
        return connected


class _PlainConnection(urllib3.connection.HTTPConnection):
    pin: Pin

    def _new_conn(self) -> socket.socket:
        return self.pin.connect(self.port)


class _SecureConnection(urllib3.connection.HTTPSConnection):
    pin: Pin

    def _new_conn(self) -> socket.socket:
        return self.pin.connect(self.port)


def open_connection(address: WebAddress, pin: Pin, *, tls: ssl.SSLContext | None) -> Any:
    """A connection to the address's host that leads nowhere but where the pin says. No proxy: none is asked for."""
    if address.scheme == "http":
        plain = _PlainConnection(address.host, address.port)
        plain.pin = pin
        return plain
    secure = _SecureConnection(address.host, address.port, ssl_context=tls or _trusted())
    secure.pin = pin
    return secure


def close(connection: Any) -> None:
    with suppress(OSError):
        connection.close()


@cache
def _trusted() -> ssl.SSLContext:
    """The certificates that this machine trusts (``SSL_CERT_FILE`` adds an inner network's own)."""
    return ssl.create_default_context()
