"""What this app's own staff screens share: who may, who it is, and what the address says."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from accounts.models import User

_P = ParamSpec("_P")
View = Callable[Concatenate[HttpRequest, _P], HttpResponseBase]


def permitted(*permissions: str) -> Callable[[View[_P]], View[_P]]:
    """Only for who holds one of the permissions; ``admin_view`` has asked for staff before."""

    def decorate(view: View[_P]) -> View[_P]:
        @wraps(view)
        def checked(request: HttpRequest, /, *arguments: _P.args, **named: _P.kwargs) -> HttpResponseBase:
            if not any(request.user.has_perm(permission) for permission in permissions):
                raise PermissionDenied
            return view(request, *arguments, **named)

        return checked

    return decorate


def person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def number(text: str | None) -> int | None:
    """A whole number that a database can look up, or nothing."""
    text = text or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None
