"""The API's description as a file and as a page, its refusals as a page, and what answers where nothing is."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.defaults import server_error
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.api.problems import CATALOGUE, MEDIA_TYPE, document

API_PREFIX = "/api/"


class Schema(SpectacularJSONAPIView):
    """``/api/schema/``: OpenAPI 3.1."""


class Docs(SpectacularSwaggerSplitView):
    """``/api/docs/``: the same to read and to try, with nothing from anybody else's server."""

    url_name = "api_schema"
    url_self = "/api/docs/?script="
    template_name = "portal/api_docs.html"


@require_safe
def problems(request: HttpRequest) -> HttpResponse:
    """``/api/docs/problems/``: what each code of a refusal means."""
    return render(request, "portal/api_problems.html", {"problems": CATALOGUE})


class NoSuchEndpoint(APIView):
    """Any other address below ``/api/v1/``: a problem like all others, and not the page that people see."""

    authentication_classes = ()
    permission_classes = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:  # noqa: ARG002 - DRF's signature
        raise NotFound


def failed(request: HttpRequest) -> HttpResponseBase:
    """``handler500``: for programs a problem, for people the page."""
    if request.path.startswith(API_PREFIX):
        return JsonResponse(document("server_error"), status=500, content_type=MEDIA_TYPE)
    return server_error(request)
