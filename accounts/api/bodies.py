"""Reading what was sent: bounded, and only what JSON really is."""

import json
from collections.abc import Iterable
from typing import IO, Any, Final

from django.http import HttpRequest, UnreadablePostError
from rest_framework.parsers import BaseParser

from accounts.api.faults import escaped
from accounts.api.problems import Fault, Problem

#: [ours] A thousand listings with descriptions of some pages each; above that a client sends two requests.
MAX_JSON_BYTES: Final = 8 * 1024 * 1024
#: A body that is refused is read on up to here, so that the client reads the answer instead of a broken connection.
_DRAINED: Final = 32 * 1024 * 1024
_PIECE: Final = 64 * 1024
#: [ours] Nothing that is asked for lies deeper than five.
_DEEPEST: Final = 32


def take_body(request: HttpRequest, *, most: int) -> Problem | None:
    """Read the whole body, once, for the parser and for the idempotency hash. What is wrong with it, or nothing."""
    try:
        data = request.read(most + 1)
        if len(data) > most:
            _drain(request, most)
            request._body = b""  # Django's own cache of the body
            limit = f"{most // (1024 * 1024)} MiB"
            return Problem(
                "too_large", detail=f"A body here has at most {limit}.", ko=f"이 주소의 본문은 {limit}까지입니다."
            )
    except UnreadablePostError:
        request._body = b""
        return Problem("malformed", detail="The body ended early.", ko="본문이 도중에 끊겼습니다.")
    request._body = data
    return None


def _drain(request: HttpRequest, already: int) -> None:
    while already < _DRAINED and (piece := request.read(_PIECE)):
        already += len(piece)


class StrictJSONParser(BaseParser):
    """JSON in UTF-8 as RFC 8259 has it: no NaN, no name twice in one object, no text that a database cannot hold."""

    media_type = "application/json"

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None) -> Any:  # noqa: ARG002 - DRF's signature
        try:
            text = stream.read().decode("utf-8")
            document = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_object)
        except RecursionError as deep:
            raise _malformed("The body is nested too deeply.", "본문이 너무 깊게 겹쳐 있습니다.") from deep
        except UnicodeDecodeError as problem:
            raise _malformed("The body is not UTF-8.", "본문이 UTF-8이 아닙니다.") from problem
        except ValueError as problem:
            raise _malformed(f"The body is not JSON: {_storable(problem)}", "본문이 JSON이 아닙니다.") from problem
        return document


def _object(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the name {name[:60]!r} stands twice in one object")
        found[name] = value
    return found


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number in JSON")


def _storable(problem: Exception) -> str:
    return str(problem).encode("ascii", "backslashreplace").decode()[:200]


def _malformed(english: str, korean: str) -> Problem:
    return Problem("malformed", detail=english, ko=korean)


def unusable_texts(document: Any, at: str = "") -> list[Fault]:
    """Every text in a document that no database can hold: with NUL, or with half of a surrogate pair."""
    found: list[Fault] = []
    waiting: list[tuple[Any, str, int]] = [(document, at, 0)]
    while waiting:
        value, place, depth = waiting.pop()
        if isinstance(value, str):
            found += _unusable(value, place)
        elif depth > _DEEPEST:
            found.append(Fault(place, "too_deep", "This is nested too deeply.", "너무 깊게 겹쳐 있습니다."))
        elif isinstance(value, list):
            waiting += [(each, f"{place}/{number}", depth + 1) for number, each in enumerate(value)]
        elif isinstance(value, dict):
            for name, each in value.items():
                found += _unusable(name, place)
                waiting.append((each, f"{place}/{escaped(name)}", depth + 1))
    return found


def _unusable(text: str, at: str) -> list[Fault]:
    safe = at.encode("ascii", "backslashreplace").decode()
    if "\0" in text:
        return [Fault(safe, "null_characters_not_allowed", "NUL is not allowed.", "NUL 문자를 쓸 수 없습니다.")]
    if not text.isascii() and any("\ud800" <= sign <= "\udfff" for sign in text):
        why = ("A lone surrogate is not allowed.", "짝이 없는 서로게이트 문자를 쓸 수 없습니다.")
        return [Fault(safe, "surrogate_characters_not_allowed", *why)]
    return []
