"""Sending a working copy to a browser. The caller has checked that this person may see it."""

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags

from core.evidence.services import read_working
from core.models import EvidenceFile

# An hour in the person's own browser and nowhere else: rights are withdrawn sooner than browsers forget.
_CACHE_CONTROL: Final = "private, max-age=3600"
# Nothing in the file can run, load or frame anything, even where somebody opens its address by itself.
_POLICY: Final = "default-src 'none'; frame-ancestors 'none'; sandbox"
_EXTENSIONS: Final = {"image/jpeg": "jpg", "image/png": "png"}


def working_copy_response(request: HttpRequest, evidence: EvidenceFile) -> HttpResponse:
    """The working copy, 304 where the browser has it already, or ``Http404`` for a file that has none.

    Nothing of the uploaded name or of the original's metadata is in it.
    """
    if not evidence.has_working_copy:
        raise Http404
    etag = f'"{evidence.working_sha256}"'
    response = HttpResponseNotModified() if _browser_has(request, etag) else _whole(evidence)
    response["ETag"] = etag
    response["Cache-Control"] = _CACHE_CONTROL
    response["Content-Security-Policy"] = _POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    patch_vary_headers(response, ["Cookie"])
    return response


def _browser_has(request: HttpRequest, etag: str) -> bool:
    # A proxy that compresses on the way turns the tag into a weak one; it still names the same bytes.
    known = [tag.removeprefix("W/") for tag in parse_etags(request.headers.get("If-None-Match", ""))]
    return request.method in ("GET", "HEAD") and (etag in known or "*" in known)


def _whole(evidence: EvidenceFile) -> HttpResponse:
    response = HttpResponse(read_working(evidence), content_type=evidence.working_media_type)
    extension = _EXTENSIONS.get(evidence.working_media_type, "bin")
    response["Content-Disposition"] = f'inline; filename="{evidence.sha256[:12]}.{extension}"'
    return response
