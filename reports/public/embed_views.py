"""What the button on a product page asks: file a report, take it back, add to it. JSON in, JSON out; photos as a form.

No cookie takes part. The visitor is named in the body by the number that the page keeps, a report by its tracking code.
"""

import json
from http import HTTPStatus
from typing import Any, Final

from django import forms
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone

from core.errors import Conflict, DomainError
from reports.parties.forms import ACCEPT
from reports.parties.holders import TooMany
from reports.public import consent
from reports.public.asking import ACTS, add_photos, bound, take_back
from reports.public.cors import for_other_origins
from reports.public.forms import REASON_WORDS, REASONS
from reports.public.receipts import Standing, as_json, of_receipt, open_receipt, standing
from reports.public.targets import target
from reports.public.visits import is_visitor, visit_of
from reports.services import clicks
from reports.services.floods import ProofNeeded

#: A note has 5,000 letters of up to twelve bytes as JSON spells them, a proof two thousand.
_LONGEST: Final = 80_000
_UNREADABLE: Final = "요청을 읽을 수 없습니다."


@for_other_origins
def file(request: HttpRequest) -> HttpResponse:
    """``{marketplace, listing, visitor, proof?}`` becomes a report: 201 with its number and code."""
    now = timezone.now()
    try:
        given = _body(request)
        visitor = given.get("visitor")
        if not is_visitor(visitor):
            raise DomainError(
                _UNREADABLE, "방문자 번호가 없습니다.", "화면을 새로 고친 뒤 다시 눌러 주세요.", code="invalid"
            )
        about = target(_text(given, "marketplace"), _text(given, "listing"))
        visit = visit_of(request, str(visitor))
        receipt = clicks.click(about, visit=visit, now=now, proof=_text(given, "proof"))
    except ProofNeeded as needed:
        page = reverse("report_listing", args=[_text(given, "marketplace"), _text(given, "listing")])
        more = {"challenge": needed.challenge, "page": settings.SITE_ORIGIN + page}
        return _refused(needed, HTTPStatus.PRECONDITION_REQUIRED, **more)
    except DomainError as refusal:
        return _refused(refusal, _status_of(refusal))
    stands = of_receipt(receipt, now=now)
    answer = as_json(receipt, stands, origin=settings.SITE_ORIGIN)
    return JsonResponse(answer | _stands(stands), status=HTTPStatus.CREATED)


@for_other_origins
def act(request: HttpRequest, act: str) -> HttpResponse:
    """Something done with a report: ``{receipt: its code, …}``, a form for ``photos``. Says how it stands then."""
    now = timezone.now()
    try:
        given = request.POST.dict() if act == "photos" else _body(request)
        code = _text(given, "receipt")
        if act not in {"state", "undo", "photos", *ACTS} or not code:
            raise DomainError(
                _UNREADABLE, "조회 코드가 없거나 모르는 요청입니다.", "화면을 새로 고쳐 주세요.", code="invalid"
            )
        link, report = open_receipt(request, code, now=now)
        said, problems = "", []
        if act == "undo":
            said = take_back(report, now=now)
        elif act == "photos":
            taken = add_photos(report, request, now=now)
            said, problems = (f"사진 {taken.count}개를 저장했습니다." if taken.count else ""), list(taken.problems)
        elif act in ACTS:
            form = bound(act, given)
            if not form.is_valid():
                return _faulty(form)
            said = ACTS[act].carry_out(report, link, form.cleaned_data, now)
    except RequestDataTooBig:
        return _refused(_too_long(), HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    except DomainError as refusal:
        return _refused(refusal, _status_of(refusal))
    report.refresh_from_db()
    return JsonResponse({"said": said, "problems": problems} | _stands(standing(report, now=now)))


def _body(request: HttpRequest) -> dict[str, Any]:
    """The JSON object of the body; text in it can be stored. Raises ``DomainError``."""
    unreadable = DomainError(
        _UNREADABLE, "내용이 올바른 JSON이 아닙니다.", "화면을 새로 고친 뒤 다시 눌러 주세요.", code="invalid"
    )
    if int(request.META.get("CONTENT_LENGTH") or 0) > _LONGEST:
        raise _too_long()
    try:
        raw = request.read(_LONGEST + 1)
        given = json.loads(raw) if raw else {}
        json.dumps(given, ensure_ascii=False).encode()  # a lone surrogate could be read, and never stored
    except (ValueError, RecursionError, OSError):
        raise unreadable from None
    if not isinstance(given, dict):
        raise unreadable
    return given


def _text(given: dict[str, Any], name: str) -> str:
    value = given.get(name, "")
    return value if isinstance(value, str) else ""


def _too_long() -> DomainError:
    return DomainError(_UNREADABLE, "내용이 너무 깁니다.", "줄여서 다시 보내 주세요.", code="too_long")


def _stands(stands: Standing) -> dict[str, Any]:
    """How the report stands, and what the forms of the button say."""
    return {
        "undone": stands.is_taken_back,
        "open": stands.is_open,
        "reason": stands.reason,
        "has_note": stands.has_note,
        "files": stands.file_count,
        "has_contact": stands.has_contact,
        "waits_for_code": stands.waits_for_code,
        "reasons": [[code, REASON_WORDS[code]] for code in REASONS],
        "consent": {"title": consent.TITLE, "parts": consent.PARTS, "agrees": consent.LABEL, "age": consent.AGE_LABEL},
        "accept": ACCEPT,
    }


def _faulty(form: forms.Form) -> JsonResponse:
    said = " ".join(str(error) for errors in form.errors.values() for error in errors)
    fields = {name: [str(error) for error in errors] for name, errors in form.errors.items()}
    return JsonResponse(
        {"error": {"code": "invalid", "message": said, "fields": fields}}, status=HTTPStatus.BAD_REQUEST
    )


def _refused(error: DomainError, status: int, **more: Any) -> JsonResponse:
    response = JsonResponse({"error": {"code": error.code, "message": str(error)}, **more}, status=status)
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.seconds)
    return response


def _status_of(error: DomainError) -> int:
    if isinstance(error, TooMany):
        return HTTPStatus.TOO_MANY_REQUESTS
    if error.code in {"track_unknown", "unknown_place"}:
        return HTTPStatus.NOT_FOUND
    return HTTPStatus.CONFLICT if isinstance(error, Conflict) else HTTPStatus.BAD_REQUEST
