"""Why an address was not fetched, in words for whoever gave it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from core.errors import DomainError


@dataclass(frozen=True, slots=True)
class Hop:
    """One address on the way: everything that its name stood for, and the one of these that was connected to.

    ``status`` is ``None`` where nothing was answered, ``used`` is empty where nothing was connected to.
    """

    address: str
    resolved: tuple[str, ...] = ()
    used: str = ""
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """How far it came: the addresses on the way, and the head of the last answer."""

    hops: Sequence[Hop] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


class FetchProblem(DomainError):
    """Nothing was fetched. ``again``: trying later may help; ``retry_after``: not before so many seconds, where the
    server said so. ``blames_host``: it is the server that is not to be had, not this one address."""

    code = "not_fetched"

    def __init__(
        self,
        what: str,
        why: str = "",
        action: str = "",
        *,
        code: str = "",
        again: bool = False,
        retry_after: int | None = None,
        blames_host: bool = False,
    ) -> None:
        super().__init__(what, why, action, code=code)
        self.again = again
        self.retry_after = retry_after
        self.blames_host = blames_host
        self.trace = Trace()


class FetchRefused(FetchProblem):
    """We do not go there, whatever stands there."""

    code = "bad_address"


class FetchFailed(FetchProblem):
    """We went there and did not get it."""

    code = "not_fetched"


BAD_ADDRESS: Final = "bad_address"
PRIVATE_ADDRESS: Final = "private_address"
PORT: Final = "port"
DOWNGRADE: Final = "downgrade"
REDIRECTS: Final = "redirects"
UNRESOLVABLE: Final = "unresolvable"
UNREACHABLE: Final = "unreachable"
CERTIFICATE: Final = "certificate"
HTTP_STATUS: Final = "http_status"
ENCODED: Final = "encoded"
EMPTY: Final = "empty"
TOO_LARGE: Final = "too_large"
TOO_SLOW: Final = "too_slow"
BROKEN_OFF: Final = "broken_off"
NOT_HTTP: Final = "not_http"


@dataclass(frozen=True, slots=True)
class _Words:
    """The sentences of one code, and what follows from it."""

    what: str
    why: str
    action: str
    kind: type[FetchProblem]
    again: bool = False
    blames_host: bool = False


_NOT_READ: Final = "주소에서 가져오지 않았습니다: {address}"
_NOT_HAD: Final = "주소에서 가져오지 못했습니다: {address}"
_OPEN_IT: Final = "누구나 열 수 있는 인터넷 주소로 바꾸어 다시 보내 주세요."
_LOOK: Final = "주소가 열리는지 확인하고 다시 보내 주세요."

#: A sentence for each code; a test holds that none is missing.
WORDS: Final[Mapping[str, _Words]] = {
    BAD_ADDRESS: _Words(
        _NOT_READ,
        "{why}",
        "https://로 시작하는 주소를 브라우저에 보이는 그대로 적어 다시 보내 주세요.",
        FetchRefused,
    ),
    PRIVATE_ADDRESS: _Words(_NOT_READ, "공개된 인터넷 주소가 아닌 곳을 가리킵니다({where}).", _OPEN_IT, FetchRefused),
    PORT: _Words(_NOT_READ, "{port}번 포트에는 접속하지 않습니다.", _OPEN_IT, FetchRefused),
    DOWNGRADE: _Words(
        _NOT_READ,
        "https 주소가 암호화되지 않은 http 주소로 넘깁니다.",
        "https로 열리는 주소로 바꾸어 다시 보내 주세요.",
        FetchRefused,
    ),
    REDIRECTS: _Words(
        _NOT_READ,
        "다른 주소로 {limit}번 넘게 넘깁니다.",
        "마지막에 열리는 주소를 적어 다시 보내 주세요.",
        FetchRefused,
    ),
    UNRESOLVABLE: _Words(_NOT_HAD, "서버 이름을 찾지 못했습니다.", _LOOK, FetchFailed, again=True, blames_host=True),
    UNREACHABLE: _Words(_NOT_HAD, "서버에 연결하지 못했습니다.", _LOOK, FetchFailed, again=True, blames_host=True),
    CERTIFICATE: _Words(
        _NOT_HAD,
        "서버를 확인할 수 없습니다({why}).",
        "서버의 인증서를 고친 뒤 다시 보내 주세요.",
        FetchFailed,
        again=True,
        blames_host=True,
    ),
    HTTP_STATUS: _Words(_NOT_HAD, "서버가 {status}번으로 답했습니다.", _LOOK, FetchFailed),
    ENCODED: _Words(
        _NOT_READ,
        "요청하지 않은 방식({encoding})으로 압축한 답입니다.",
        "압축하지 않고 답하도록 서버를 고친 뒤 다시 보내 주세요.",
        FetchRefused,
    ),
    EMPTY: _Words(_NOT_HAD, "답에 내용이 없습니다(0바이트).", _LOOK, FetchFailed, again=True),
    TOO_LARGE: _Words(
        _NOT_READ,
        "받을 수 있는 {limit}MB보다 큽니다.",
        "크기를 줄인 파일의 주소로 바꾸어 다시 보내 주세요.",
        FetchRefused,
    ),
    TOO_SLOW: _Words(
        _NOT_HAD,
        "{seconds:g}초 안에 다 받지 못했습니다.",
        "서버가 느린 까닭을 확인하고 다시 보내 주세요.",
        FetchFailed,
        again=True,
        blames_host=True,
    ),
    BROKEN_OFF: _Words(_NOT_HAD, "답이 도중에 끊겼습니다.", _LOOK, FetchFailed, again=True),
    NOT_HTTP: _Words(_NOT_HAD, "웹 서버의 답이 아닙니다.", _LOOK, FetchFailed, again=True, blames_host=True),
}

#: Answers after which trying again makes sense: what says so itself, and 404, because a picture that was just uploaded
#: is not at once at every edge of a delivery network.
_PASSING_STATUSES: Final = frozenset({404, 408, 425, 429})
_SHOWN_CHARACTERS: Final = 120


def shown(address: object) -> str:
    """An address as an error may show it: short, and without what would break a line or a terminal."""
    text = str(address)[: _SHOWN_CHARACTERS + 1]
    clean = "".join(sign if sign.isprintable() else "�" for sign in text)
    return f"“{clean[:_SHOWN_CHARACTERS]}…”" if len(clean) > _SHOWN_CHARACTERS else f"“{clean}”"


def problem(code: str, address: object, **facts: object) -> FetchProblem:
    """The problem of that code with an address."""
    words = WORDS[code]
    return words.kind(
        words.what.format(address=shown(address)),
        words.why.format(**facts),
        words.action,
        code=code,
        again=words.again,
        blames_host=words.blames_host,
    )


def bad_answer(status: int, address: object, *, retry_after: int | None) -> FetchProblem:
    """The problem with an answer that is not the thing itself. A server that is overloaded is left alone."""
    found = problem(HTTP_STATUS, address, status=status)
    found.again = status in _PASSING_STATUSES or status >= 500
    found.retry_after = retry_after if found.again else None
    found.blames_host = status in (429, 503)
    return found
