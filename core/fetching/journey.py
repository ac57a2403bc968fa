"""Fetching an address: each hop resolved once, checked, pinned, and bounded in time and size."""

import http.client
import ssl
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import urllib3
from django.utils import timezone

from core.cut_off import CutOff
from core.fetching import errors, pinned
from core.fetching.addresses import WebAddress, follow, read_address
from core.fetching.errors import FetchProblem, Hop, Trace, bad_answer, problem
from core.fetching.headers import is_encoded, kept_headers, location_text, retry_after
from core.fetching.networks import IPAddress, Reach
from core.fetching.resolving import resolve

_AGENT: Final = "jikimi-fetch/1"
_READ_BYTES: Final = 65_536
_MEGABYTE: Final = 1024 * 1024
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_OK: Final = 200
_NOT_MODIFIED: Final = 304
#: By the codes of OpenSSL's X509_V_ERR.
_CERTIFICATE_PROBLEMS: Final = {9: "아직 쓸 수 없는 인증서", 10: "기한이 지난 인증서", 62: "다른 이름의 인증서"}
_UNKNOWN_ISSUER: Final = "믿을 수 있는 기관이 발급하지 않은 인증서"


@dataclass(frozen=True, slots=True)
class Limits:
    """``seconds`` are for the whole of it, redirects and name servers included; ``most_bytes`` for the body."""

    most_bytes: int
    seconds: float = 20.0
    connect_seconds: float = 5.0
    redirects: int = 5


@dataclass(frozen=True, slots=True)
class Validators:
    """What an earlier answer said that it may be known by. Sent to the address that said it, and to no other."""

    address: str
    etag: str = ""
    last_modified: str = ""

    def headers(self, address: WebAddress) -> dict[str, str]:
        if str(address) != self.address:
            return {}
        sent = {"if-none-match": self.etag, "if-modified-since": self.last_modified}
        return {name: value for name, value in sent.items() if value}


@dataclass(frozen=True, slots=True)
class Fetched:
    """What stood there. ``is_unchanged``: the server said that it is what the validators name, and sent no body."""

    body: bytes
    status: int
    headers: Mapping[str, str]
    final_address: str
    hops: tuple[Hop, ...]
    fetched_at: datetime
    is_unchanged: bool = False


def fetch(
    address: str,
    *,
    limits: Limits,
    reach: Reach,
    accept: str = "*/*",
    validators: Validators | None = None,
    tls: ssl.SSLContext | None = None,
) -> Fetched:
    """What stands at the address. Raises ``FetchProblem``, whose ``again`` says whether trying later may help and whose
    ``trace`` says how far it came.

    Nothing of the environment is used: no proxy, no cookie, no password. A body that is compressed is refused rather
    than unpacked.
    """
    with CutOff(limits.seconds) as cut:
        journey = _Journey(limits, reach, accept, validators, tls, cut)
        try:
            return journey.go(address)
        except FetchProblem as refusal:
            refusal.trace = Trace(tuple(journey.hops), journey.headers)
            raise


@dataclass(slots=True)
class _Journey:
    """One fetch on its way."""

    limits: Limits
    reach: Reach
    accept: str
    validators: Validators | None
    tls: ssl.SSLContext | None
    cut: CutOff
    hops: list[Hop] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)

    def go(self, text: str) -> Fetched:
        address = read_address(text, reach=self.reach)
        for _ in range(self.limits.redirects + 1):
            found = self._hop(address)
            if isinstance(found, Fetched):
                return found
            address = found
        raise problem(errors.REDIRECTS, text, limit=self.limits.redirects)

    def _hop(self, address: WebAddress) -> Fetched | WebAddress:
        """What stands there, or where it leads."""
        self.headers = {}
        self.hops.append(Hop(str(address)))
        ips = self._checked_ips(address)
        pin = pinned.Pin(ips, cut=self.cut, connect_seconds=self.limits.connect_seconds)
        connection = pinned.open_connection(address, pin, tls=self.tls)
        try:
            return self._exchange(connection, pin, address)
        except (OSError, http.client.HTTPException, urllib3.exceptions.HTTPError) as failure:
            raise self._explain(failure, address) from failure
        finally:
            self._note(used=pin.used)
            pinned.close(connection)

    def _checked_ips(self, address: WebAddress) -> tuple[IPAddress, ...]:
        """What the host stands for. One answer that is not for us refuses the host: a name that stands for the public
        and for the house at once is a mistake or a trap, and which of the two would be used is not ours to guess."""
        ips = (address.literal,) if address.literal is not None else self._resolve(address)
        self._note(resolved=tuple(str(ip) for ip in ips))
        if not all(self.reach.admits(ip) for ip in ips):
            # The name, not what it stands for: the answer of an inner name server is nobody's business outside.
            raise problem(errors.PRIVATE_ADDRESS, address, where=address.host)
        return ips

    def _resolve(self, address: WebAddress) -> tuple[IPAddress, ...]:
        try:
            ips = resolve(address.host, seconds=self.cut.remaining())
        except OSError as failure:
            raise self._late_or(errors.UNRESOLVABLE, address) from failure
        if not ips:
            raise problem(errors.UNRESOLVABLE, address)
        return ips

    def _exchange(self, connection: Any, pin: pinned.Pin, address: WebAddress) -> Fetched | WebAddress:
        try:
            connection.connect()
        except ssl.SSLCertVerificationError as failure:
            why = _CERTIFICATE_PROBLEMS.get(failure.verify_code, _UNKNOWN_ISSUER)
            raise problem(errors.CERTIFICATE, address, why=why) from failure
        except (OSError, urllib3.exceptions.HTTPError) as failure:
            raise self._late_or(errors.UNREACHABLE, address) from failure
        sent = {"user-agent": _AGENT, "accept": self.accept, "accept-encoding": "identity", "connection": "close"}
        conditions = self.validators.headers(address) if self.validators is not None else {}
        connection.request(
            "GET", address.target, headers=sent | conditions, preload_content=False, decode_content=False
        )
        with closing(connection.getresponse()) as answer:
            self._note(used=pin.used, status=answer.status)
            self.headers = kept_headers(answer.headers.items())
            return self._read_answer(answer, address, asked_if_changed=bool(conditions))

    def _read_answer(self, answer: Any, address: WebAddress, *, asked_if_changed: bool) -> Fetched | WebAddress:
        if self.cut.is_late:
            raise self._too_slow(address)
        if answer.status in _REDIRECTS and answer.headers.get("location"):
            return follow(address, location_text(answer.headers["location"]), reach=self.reach)
        if answer.status == _NOT_MODIFIED and asked_if_changed:
            return self._fetched(b"", address, status=answer.status, is_unchanged=True)
        if answer.status != _OK:
            wait = retry_after(answer.headers.get("retry-after"), now=timezone.now())
            raise bad_answer(answer.status, address, retry_after=wait)
        return self._fetched(self._body(answer, address), address, status=answer.status)

    def _body(self, answer: Any, address: WebAddress) -> bytes:
        encoding = is_encoded(self.headers)
        if encoding:
            raise problem(errors.ENCODED, address, encoding=encoding)
        # What the head promises is refused before any of it is read; what it conceals, when it has come.
        length = answer.headers.get("content-length", "")
        if length.isascii() and length.isdigit() and len(length) < 20 and int(length) > self.limits.most_bytes:
            raise self._too_large(address)
        parts, size = [], 0
        while part := answer.read(_READ_BYTES, decode_content=False):
            size += len(part)
            if size > self.limits.most_bytes:
                raise self._too_large(address)
            parts.append(part)
        if self.cut.is_late:
            raise self._too_slow(address)
        if not parts:
            raise problem(errors.EMPTY, address)
        return b"".join(parts)

    def _fetched(self, body: bytes, address: WebAddress, *, status: int, is_unchanged: bool = False) -> Fetched:
        return Fetched(
            body=body,
            status=status,
            headers=self.headers,
            final_address=str(address),
            hops=tuple(self.hops),
            fetched_at=timezone.now(),
            is_unchanged=is_unchanged,
        )

    def _note(
        self, *, resolved: tuple[str, ...] | None = None, used: str | None = None, status: int | None = None
    ) -> None:
        hop = self.hops[-1]
        self.hops[-1] = Hop(
            hop.address,
            resolved=hop.resolved if resolved is None else resolved,
            used=hop.used if used is None else used,
            status=hop.status if status is None else status,
        )

    def _explain(self, failure: Exception, address: WebAddress) -> FetchProblem:
        """What went wrong once the connection stood."""
        if self.cut.is_late or isinstance(failure, TimeoutError | urllib3.exceptions.TimeoutError):
            return self._too_slow(address)
        is_gone = isinstance(failure, ConnectionError | urllib3.exceptions.IncompleteRead | ssl.SSLError)
        if is_gone or self.hops[-1].status is not None:
            return problem(errors.BROKEN_OFF, address)
        return problem(errors.NOT_HTTP, address)

    def _late_or(self, code: str, address: WebAddress) -> FetchProblem:
        return self._too_slow(address) if self.cut.is_late else problem(code, address)

    def _too_slow(self, address: WebAddress) -> FetchProblem:
        return problem(errors.TOO_SLOW, address, seconds=self.limits.seconds)

    def _too_large(self, address: WebAddress) -> FetchProblem:
        return problem(errors.TOO_LARGE, address, limit=f"{self.limits.most_bytes / _MEGABYTE:g}")
