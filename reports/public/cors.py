"""What pages of other origins may ask of us: exactly the few addresses that are wrapped here, and never with cookies.

``*`` without credentials: no browser sends or keeps a cookie of ours for another site's page, so nobody is recognised
there by anything but what stands in the body.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

View = Callable[..., HttpResponse]
#: A browser asks beforehand once a day.
_MAX_AGE: Final = 24 * 60 * 60


def for_other_origins(view: View) -> View:
    """Answer the browser's question beforehand, take ``POST`` alone, and let the page read the answer."""

    @csrf_exempt  # there is no cookie that somebody could abuse
    @wraps(view)
    def inner(request: HttpRequest, **address: Any) -> HttpResponse:
        if request.method == "OPTIONS":
            response = HttpResponse(status=204)
            response.headers["Access-Control-Allow-Methods"] = "POST"
            response.headers["Access-Control-Allow-Headers"] = "Content-Type"
            response.headers["Access-Control-Max-Age"] = str(_MAX_AGE)
        elif request.method == "POST":
            response = view(request, **address)
        else:
            response = HttpResponse(status=405, headers={"Allow": "POST, OPTIONS"})
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        response.headers["Cache-Control"] = "no-store"
        return response

    return inner
