"""신고 접수 대행: staff file what came by phone or letter, and read out the code with which it can be followed."""

from collections.abc import Callable
from http import HTTPStatus
from uuid import uuid4

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from core.admin_base import actor_of
from core.errors import DomainError
from reports.choices import Channel
from reports.desk.case_desk import FILE, FRAME
from reports.desk.case_page import case_url
from reports.desk.intake_forms import IntakeForm
from reports.desk.staff_views import permitted
from reports.models import Report
from reports.services.filing import file_report
from reports.services.links import tracking_code


def intake_urls(site: AdminSite) -> list[URLPattern]:
    views = (
        ("intake/", intake(site), "intake"),
        ("intake/<int:report_id>/", done(site), "intake_done"),
    )
    return [path(route, site.admin_view(view), name=name) for route, view, name in views]


def intake(site: AdminSite) -> Callable[..., HttpResponseBase]:
    """``/admin/intake/``: the form, and what it files. What is refused keeps everything that was typed and kept."""

    @sensitive_post_parameters("name", "email", "phone", "address", "text")
    @permitted(FILE)
    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request: HttpRequest) -> HttpResponseBase:
        if request.method != "POST":
            return _page(site, request, IntakeForm(initial={"once": uuid4().hex}))
        form = IntakeForm(request.POST, request.FILES)
        if not form.is_valid():
            return _page(site, request, form)
        try:
            report = _file(request, form)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
            return _page(site, request, form)
        return HttpResponseRedirect(reverse("admin:intake_done", args=[report.pk]))

    return view


def _page(site: AdminSite, request: HttpRequest, form: IntakeForm) -> HttpResponse:
    context = {
        **site.each_context(request),
        **FRAME,
        "title": "신고 접수 대행",
        "form": form,
        "kept": form.handed_in,
        "kept_token": form.kept_token if form.handed_in else "",
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return TemplateResponse(request, "admin/reports/intake.html", context, status=status)


def _file(request: HttpRequest, form: IntakeForm) -> Report:
    """Sent twice, it is one report: the form carries the key under which it is filed."""
    data, now = form.cleaned_data, timezone.now()
    report = file_report(
        data["about"],
        channel=Channel.STAFF,
        ground=data["ground"],
        brand=data["brand"],
        text=data["text"],
        contact=form.contact(),
        files=form.handed_in,
        once=f"staff:{request.user.pk}:{data['once']}",
        actor=actor_of(request),
        now=now,
    )
    _code(report)
    return report


def _code(report: Report) -> str:
    """The code of who complains, or of the report where nobody said who they are."""
    return tracking_code(report.complainant or report, now=timezone.now())


def done(site: AdminSite) -> Callable[..., HttpResponseBase]:
    """``/admin/intake/<report>/``: the number, the case, and the code to read out. Only of what staff filed here."""

    @permitted(FILE)
    @require_GET
    def view(request: HttpRequest, report_id: int) -> HttpResponseBase:
        reports = Report.objects.select_related("case", "complainant", "version", "marketplace")
        report = get_object_or_404(reports, pk=report_id, channel=Channel.STAFF)
        context = {
            **site.each_context(request),
            **FRAME,
            "title": "신고를 접수했습니다",
            "report": report,
            "code": _code(report),
            "case_address": case_url(report.case, allegation=report.allegation_id) if report.case else "",
        }
        response = TemplateResponse(request, "admin/reports/intake_done.html", context)
        # The code is a key: it stays out of what browsers keep.
        response["Cache-Control"] = "private, no-store"
        return response

    return view
