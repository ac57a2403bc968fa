"""Reading an address of the web, strictly. Pure.

Between two readers of one address an attacker finds room: what one takes for the host, the other takes for a password.
Here is one reader, everything after works on what it found, and what it would have to guess at is refused.
"""

import ipaddress
import re
import unicodedata
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urljoin

from core.fetching.errors import BAD_ADDRESS, DOWNGRADE, PORT, PRIVATE_ADDRESS, FetchProblem, problem
from core.fetching.networks import IPAddress, Reach

# [ours] What browsers and delivery networks take; the longest signed addresses of stores have some 1,500.
MOST_CHARACTERS: Final = 2_000

_SHAPE: Final = re.compile(r"(?P<scheme>https?)://(?P<authority>[^/?#]*)(?P<target>[^#]*)(?:#.*)?", re.IGNORECASE)
_SCHEME: Final = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_AUTHORITY: Final = re.compile(r"(?P<host>\[[^\[\]]*\]|[^:\[\]]*)(?::(?P<port>[0-9]*))?")
_PORT: Final = re.compile(r"[1-9][0-9]{0,4}")
_LABEL: Final = re.compile(r"[a-z0-9_-]{1,63}")
#: A host that ends so is meant as a number, whatever stands before it: 127.1, 0x7f.1, 2130706433 (WHATWG URL, 3.5).
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")
_LONGEST_HOST: Final = 253
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
#: What of a path and a query goes out as it stands; the rest is encoded, and what is encoded stays so.
_SENT_AS_IT_STANDS: Final = "!$%&'()*+,-./:;=?@_~[]|"


@dataclass(frozen=True, slots=True)
class WebAddress:
    """An address, read. ``host`` is ASCII in lower case without brackets; ``literal`` is set where it is a number."""

    scheme: str
    host: str
    port: int
    target: str
    literal: IPAddress | None

    @property
    def server(self) -> str:
        """Host and port, as one server is called: ``cdn.example:443``, ``[2001:db8::1]:80``."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def __str__(self) -> str:
        server = self.server.removesuffix(f":{_DEFAULT_PORTS[self.scheme]}")
        return f"{self.scheme}://{server}{self.target}"


def read_address(text: str, *, reach: Reach) -> WebAddress:
    """The address, checked as far as it can be without asking anybody. Raises ``FetchProblem``: ``bad_address``,
    ``port``, and ``private_address`` where the host is a number that we do not go to."""
    address = _parse(text)
    if address.port not in reach.ports:
        raise problem(PORT, text, port=address.port)
    if address.literal is not None and not reach.admits(address.literal):
        raise problem(PRIVATE_ADDRESS, text, where=address.literal)
    return address


def follow(current: WebAddress, location: str, *, reach: Reach) -> WebAddress:
    """Where a redirect leads. Raises ``FetchProblem``; ``downgrade`` where it leaves https."""
    _refuse_odd_signs(location)
    try:
        target = urljoin(str(current), location)
    except ValueError as refusal:
        raise _bad(location, "넘겨진 곳이 웹 주소가 아닙니다.") from refusal
    address = read_address(target, reach=reach)
    if current.scheme == "https" and address.scheme == "http":
        raise problem(DOWNGRADE, location)
    return address


def _parse(text: str) -> WebAddress:
    _refuse_odd_signs(text)
    shape = _SHAPE.fullmatch(text)
    if shape is None:
        raise _bad(text, _why_no_web_address(text))
    scheme = shape["scheme"].lower()
    if "@" in shape["authority"]:
        raise _bad(text, "주소에 사용자 이름이나 비밀번호(@)가 들어 있습니다.")
    authority = _AUTHORITY.fullmatch(shape["authority"])
    if authority is None or not authority["host"]:
        raise _bad(text, "주소에서 서버 이름을 알아볼 수 없습니다.")
    host, literal = _host(authority["host"], text)
    return WebAddress(scheme, host, _port(authority["port"], scheme, text), _target(shape["target"]), literal)


def _refuse_odd_signs(text: str) -> None:
    if not text:
        raise _bad(text, "주소가 비어 있습니다.")
    if len(text) > MOST_CHARACTERS:
        raise _bad(text, f"주소가 {MOST_CHARACTERS:,}자보다 깁니다({len(text):,}자).")
    if "\\" in text:
        raise _bad(text, "주소에 역슬래시(\\)가 들어 있습니다.")
    # Zero-width and direction signs, halves of surrogate pairs, and what no version of Unicode has assigned yet.
    if any(sign.isspace() or unicodedata.category(sign)[0] == "C" for sign in text):
        raise _bad(text, "주소에 공백이나 보이지 않는 글자가 들어 있습니다.")


def _why_no_web_address(text: str) -> str:
    scheme = _SCHEME.match(text)
    if scheme is not None and scheme[1].lower() not in _DEFAULT_PORTS:
        return f"{scheme[1][:20]} 주소는 받지 않습니다. 웹 주소(http, https)만 받습니다."
    return "웹 주소(http, https)가 아닙니다."


def _host(text: str, address: str) -> tuple[str, IPAddress | None]:
    if text.startswith("["):
        return _ipv6(text[1:-1], address)
    host = _ascii(text, address).lower()
    labels = host.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        return _ipv4(host, address)
    if len(host) > _LONGEST_HOST or not all(_LABEL.fullmatch(label) for label in labels):
        raise _bad(address, "서버 이름이 올바르지 않습니다.")
    return host, None


def _ipv6(text: str, address: str) -> tuple[str, IPAddress]:
    try:
        # A zone ("%eth0") would name one of our own cables.
        literal = ipaddress.IPv6Address(text if "%" not in text else "")
    except ValueError:
        raise _bad(address, "IPv6 주소가 올바르지 않습니다.") from None
    return str(literal), literal


def _ipv4(text: str, address: str) -> tuple[str, IPAddress]:
    try:
        literal = ipaddress.IPv4Address(text)
    except ValueError:
        why = "숫자로 된 서버 주소는 192.0.2.1처럼 네 부분의 십진수로만 받습니다."
        raise _bad(address, why) from None
    return str(literal), literal


def _ascii(host: str, address: str) -> str:
    """The host as the name servers know it. A name in other letters must be written in its plain letters: a full-width
    digit, a circled letter or an ideographic dot becomes an ASCII one on the way, after every check of the text."""
    if host.isascii():
        return host
    if unicodedata.normalize("NFKC", host) != host or "。" in host:
        raise _bad(address, "서버 이름에 모양만 같은 다른 글자가 들어 있습니다.")
    try:
        encoded = host.encode("idna").decode("ascii")
        is_same = encoded.encode("ascii").decode("idna") == host.lower()
    except UnicodeError:
        is_same = False
    if not is_same:
        raise _bad(address, "서버 이름이 올바르지 않습니다.")
    return encoded


def _port(text: str | None, scheme: str, address: str) -> int:
    if text is None:
        return _DEFAULT_PORTS[scheme]
    if not _PORT.fullmatch(text) or int(text) > 65_535:
        raise _bad(address, "포트 번호가 올바르지 않습니다.")
    return int(text)


def _target(text: str) -> str:
    target = text if text.startswith("/") else f"/{text}"
    return quote(target, safe=_SENT_AS_IT_STANDS)


def _bad(address: object, why: str) -> FetchProblem:
    return problem(BAD_ADDRESS, address, why=why)
