"""The one shape in which the API says no: RFC 9457, with English for engineers and Korean for the people behind them.

``{"type", "title", "status", "detail", "code", "ko": {"title", "detail"}, "errors"?: [{"pointer", "code", "detail",
"ko"}]}``. ``code`` is stable and is what a program looks at; texts may change. ``pointer`` is a JSON Pointer (RFC 6901)
into the request's body, or the name of a parameter of the address.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from rest_framework.exceptions import APIException, ErrorDetail

MEDIA_TYPE: Final = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of refusal: its status, and what it means in both languages."""

    status: int
    title: str
    ko: str


#: Every code that an answer may carry at its top. ``/api/docs/problems/`` shows this table.
CATALOGUE: Final[Mapping[str, Kind]] = {
    "malformed": Kind(400, "The request cannot be read.", "요청을 읽을 수 없습니다."),
    "bad_idempotency_key": Kind(400, "The Idempotency-Key cannot be used.", "멱등 키를 쓸 수 없습니다."),
    "missing_key": Kind(401, "An API key is needed.", "API 키가 필요합니다."),
    "invalid_key": Kind(401, "The API key opens nothing.", "쓸 수 없는 API 키입니다."),
    "forbidden": Kind(403, "This is not for this key.", "이 키로는 할 수 없습니다."),
    "missing_scope": Kind(403, "The key lacks a scope.", "키에 권한 범위가 없습니다."),
    "not_found": Kind(404, "There is no such thing.", "찾을 수 없습니다."),
    "unknown_cursor": Kind(404, "The cursor leads to no page.", "이 커서로 이어지는 쪽이 없습니다."),
    "method_not_allowed": Kind(405, "The method is not offered here.", "이 주소에서 쓸 수 없는 메서드입니다."),
    "not_acceptable": Kind(406, "Answers are JSON only.", "응답은 JSON으로만 드립니다."),
    "conflict": Kind(409, "Something else was first.", "다른 일이 먼저 있었습니다."),
    "in_flight": Kind(
        409, "The first request of this key is still running.", "같은 멱등 키의 요청을 아직 처리하고 있습니다."
    ),
    "seller_changed": Kind(409, "The listing belongs to another seller.", "다른 판매자의 상품입니다."),
    "order_line_changed": Kind(409, "The order line was told differently before.", "이미 등록된 주문과 다릅니다."),
    "too_large": Kind(413, "The body is too large.", "본문이 너무 큽니다."),
    "unsupported_media_type": Kind(415, "The body has an unsupported type.", "받을 수 없는 형식의 본문입니다."),
    "validation_failed": Kind(422, "Some values cannot be used.", "쓸 수 없는 값이 있습니다."),
    "key_reused": Kind(422, "The Idempotency-Key was used for another request.", "다른 요청에 이미 쓴 멱등 키입니다."),
    "refused": Kind(422, "A rule of the portal refuses this.", "지킴이의 규칙에 따라 처리하지 않았습니다."),
    "throttled": Kind(429, "Too many requests.", "요청이 너무 많습니다."),
    "server_error": Kind(500, "The portal failed.", "지킴이에 오류가 났습니다."),
    "unavailable": Kind(503, "Not possible just now.", "지금은 할 수 없습니다."),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One value that cannot be used, and where it stands."""

    pointer: str
    code: str
    detail: str
    ko: str

    def as_json(self) -> dict[str, str]:
        return {"pointer": self.pointer, "code": self.code, "detail": self.detail, "ko": self.ko}


#: Stands between both languages of one error. DRF copies an error's text and code, and nothing else of it.
_BOTH: Final = "\x1f"


def said(code: str, *, en: str, ko: str) -> ErrorDetail:
    """A field's error in its own words, in both languages."""
    return ErrorDetail(f"{en}{_BOTH}{ko}", code)


def both_of(detail: ErrorDetail) -> tuple[str, str] | None:
    """English and Korean of an error that ``said`` made; ``None`` of any other."""
    english, found, korean = str(detail).partition(_BOTH)
    return (english, korean) if found else None


class Problem(APIException):
    """Refuses a request with one code of the catalogue. ``detail`` is English, ``ko`` Korean."""

    def __init__(
        self,
        code: str,
        *,
        detail: str = "",
        ko: str = "",
        faults: Iterable[Fault] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.kind = CATALOGUE[code]
        self.status_code = self.kind.status
        self.headers = dict(headers or {})
        self.english, self.ko, self.faults = detail or self.kind.title, ko or self.kind.ko, tuple(faults)
        super().__init__(self.english, code)
        self.problem_code = code

    def as_json(self) -> dict[str, Any]:
        return document(self.problem_code, detail=self.english, ko=self.ko, faults=self.faults)


def document(code: str, *, detail: str = "", ko: str = "", faults: Iterable[Fault] = ()) -> dict[str, Any]:
    """A refusal as it is sent, or as one item of a bulk answer carries it."""
    kind = CATALOGUE[code]
    found = [fault.as_json() for fault in faults]
    return {
        "type": f"{settings.SITE_ORIGIN}/api/docs/problems/#{code}",
        "title": kind.title,
        "status": kind.status,
        "detail": detail or kind.title,
        "code": code,
        "ko": {"title": kind.ko, "detail": ko or kind.ko},
    } | ({"errors": found} if found else {})
