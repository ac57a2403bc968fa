"""In which language a party's page is: the one that was asked for, else the party's own. And what every page says to
browsers: nothing of it is kept, listed, or told to other sites."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import translation

from reports.wording import LANGUAGES

#: A view: Django passes what stands in the address by name.
View = Callable[..., HttpResponse]

#: Each by its own name, as a reader looks for it.
NAMES: Final = {"ko": "한국어", "en": "English", "zh-hans": "简体中文"}
ASKED: Final = "lang"
COOKIE: Final = "party_language"
_COOKIE_SECONDS: Final = 180 * 24 * 60 * 60


def chosen(request: HttpRequest, default: str) -> str:
    """The language that was asked for now or before, else the party's own, else English; never one we do not write."""
    for language in (request.GET.get(ASKED), request.COOKIES.get(COOKIE), default):
        if language in LANGUAGES:
            return language
    return "en"


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: also where nothing was filled in."""
    return request.POST if request.method == "POST" else None


def show(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Render in the language that is active."""
    language = translation.get_language() or LANGUAGES[0]
    choices = [(code, NAMES[code], code == language) for code in LANGUAGES]
    response = render(request, template, {"language": language, "languages": choices, **context}, status=status)
    response.headers["Content-Language"] = language
    return response


def private(view: View) -> View:
    """A page that nobody keeps: not a browser's history of pages, not a proxy, not a search engine.

    The address may hold a secret, so no other site is told it. ``same-origin`` and not ``no-referrer``: under that one
    browsers send ``Origin: null`` with a form, and the form's own protection refuses it.
    """

    @wraps(view)
    def inner(request: HttpRequest, **address: Any) -> HttpResponse:
        response = view(request, **address)
        response.headers["Cache-Control"] = "no-store, private"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        asked = request.GET.get(ASKED)
        if asked in LANGUAGES:
            response.set_cookie(
                COOKIE, asked, max_age=_COOKIE_SECONDS, httponly=True, samesite="Lax", secure=request.is_secure()
            )
        return response

    return inner
