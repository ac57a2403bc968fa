"""The button's script and what it loads in a flood, as pages of other origins fetch them."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import condition, require_safe

_FOLDER: Final = Path(settings.ROOT) / "static" / "embed"
#: The address never changes, so a new release must reach every page soon.
_MAX_AGE: Final = 5 * 60


@cache
def _read(name: str) -> tuple[bytes, str]:
    """Without indentation and comments: every product page carries it, and whoever reads it finds it whole here."""
    lines = (line.strip() for line in (_FOLDER / name).read_text(encoding="utf-8").splitlines())
    body = "\n".join(line for line in lines if line and not line.startswith("//")).encode()
    return body, f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def _serve(name: str) -> HttpResponse:
    response = HttpResponse(_read(name)[0], content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = f"public, max-age={_MAX_AGE}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@require_safe
@condition(etag_func=lambda request: _read("report.js")[1])  # noqa: ARG005 - the same for everybody
def button(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - the same for everybody
    """``/embed/report.js``."""
    return _serve("report.js")


@require_safe
@condition(etag_func=lambda request: _read("proof.js")[1])  # noqa: ARG005 - the same for everybody
def proof(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - the same for everybody
    """``/embed/proof.js``."""
    return _serve("proof.js")
