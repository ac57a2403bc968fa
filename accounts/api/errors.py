"""Every exception of an endpoint as a problem. What nobody expected goes on to Django and is logged as an error."""

import math
from collections.abc import Mapping
from typing import Any, Final

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from accounts.api.problems import CATALOGUE, MEDIA_TYPE, Problem
from core.errors import Conflict, DomainError
from core.evidence.errors import IntakeUnavailable

#: What DRF and Django raise, by class, and our code for it.
_CODES: Final[tuple[tuple[type[Exception], str], ...]] = (
    (exceptions.ParseError, "malformed"),
    (exceptions.NotAuthenticated, "missing_key"),
    (exceptions.AuthenticationFailed, "invalid_key"),
    (exceptions.PermissionDenied, "forbidden"),
    (PermissionDenied, "forbidden"),
    (exceptions.NotFound, "not_found"),
    (Http404, "not_found"),
    (exceptions.MethodNotAllowed, "method_not_allowed"),
    (exceptions.NotAcceptable, "not_acceptable"),
    (exceptions.UnsupportedMediaType, "unsupported_media_type"),
    (exceptions.Throttled, "throttled"),
    (RequestDataTooBig, "too_large"),
    (IntakeUnavailable, "unavailable"),
)


def handle(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """The answer to an exception, or ``None`` for one that is a mistake of ours."""
    problem = as_problem(error)
    if problem is None:
        return None
    headers = _headers(error) | problem.headers
    request = context.get("request")
    if problem.status_code == 405 and request is not None:
        headers.setdefault("Allow", ", ".join(context["view"].allowed_methods))
    return Response(problem.as_json(), status=problem.status_code, headers=headers, content_type=MEDIA_TYPE)


def as_problem(error: Exception) -> Problem | None:
    """The problem that an exception means to the caller."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, DomainError) and not isinstance(error, IntakeUnavailable):
        return of_refusal(error)
    for kind, code in _CODES:
        if isinstance(error, kind):
            return Problem(code)
    return None


def of_refusal(error: DomainError) -> Problem:
    """A rule of the domain said no. Its words are Korean; its code says the same to a program."""
    if error.code in CATALOGUE:
        return Problem(error.code, ko=str(error))
    general = "conflict" if isinstance(error, Conflict) else "refused"
    return Problem(general, detail=f"{CATALOGUE[general].title} ({error.code})", ko=str(error))


def _headers(error: Exception) -> dict[str, str]:
    """What DRF has to say in headers: how to come in, and when to come again."""
    if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        return {"WWW-Authenticate": getattr(error, "auth_header", "") or 'Bearer realm="jikimi"'}
    if isinstance(error, exceptions.Throttled):
        return {"Retry-After": str(max(1, math.ceil(getattr(error, "wait", None) or 1)))}
    return {}
