"""Two questions that machines ask: can this web server serve, and does the whole portal work."""

from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.health import database_answers, facts


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a view
    """``/healthz``: 200 when pages can be served, with a word for each thing that they need; else 503."""
    checks = {"database": database_answers(), "static": _has_static_files()}
    lines = [f"{name}: {'ok' if is_well else 'failed'}" for name, is_well in checks.items()]
    status = 200 if all(checks.values()) else 503
    return HttpResponse("\n".join(lines) + "\n", status=status, content_type="text/plain; charset=utf-8")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - a view
    """``/readyz``: the facts as JSON; 503 where the database does not answer, or the courier or the queue is silent."""
    found = facts(now=timezone.now())
    return JsonResponse(found.as_dict(), status=200 if found.is_ready else 503)


def _has_static_files() -> bool:
    """Whether this server knows the collected files. Without its manifest every page with a style would fail."""
    hashed_files = getattr(staticfiles_storage, "hashed_files", None)
    return hashed_files is None or bool(hashed_files)
