"""``/api/v1/reports``, ``/cases``, ``/decisions`` and ``/reason-codes``."""

from datetime import timedelta
from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import idempotency
from accounts.api.faults import checked
from accounts.api.paging import page
from accounts.api.problems import Fault, Problem
from accounts.api.scopes import Scope
from accounts.api.views import ApiView, posted
from core import rulesets
from listings.models import Listing
from reports.api import schema  # noqa: F401 - registers what rows add to the description
from reports.api.shapes import (
    CasePage,
    CaseShown,
    DecisionPage,
    DecisionShown,
    GroundShown,
    PolicyShown,
    ReasonCodes,
    ReportInput,
    ReportPage,
    ReportShown,
)
from reports.choices import Channel
from reports.models import Case, Decision, Ground, Policy, Report
from reports.querysets import CaseQuerySet, DecisionQuerySet, ReportQuerySet
from reports.services.filing import Contact, Wanted, file_report


class Reports(ApiView):
    tag = "Reports"
    scopes = {"GET": Scope.REPORTS_READ, "POST": Scope.REPORTS_WRITE}
    has_pages = True

    @extend_schema(operation_id="reports_list", responses=ReportPage)
    def get(self, request: Request) -> Response:
        """Reports about this marketplace's listings, whoever made them, oldest first.

        Who reported is never said.
        """
        found = page(_reports(self), request, changed_at="received_at")
        return Response(found.as_json(lambda report: dict(ReportShown(report).data)))

    @extend_schema(operation_id="reports_file", request=ReportInput, responses={201: ReportShown})
    @posted
    def post(self, request: Request) -> Response:
        """Pass a report on.

        It joins the listing's case or opens one. A listing that the portal does not know is asked for by the webhook
        ``listing.wanted``; the report waits meanwhile. Send an Idempotency-Key: the same report twice is then one.
        """
        said = checked(ReportInput(data=self.clean_document()))
        report = file_report(
            self._listing(said["listing"]),
            channel=Channel.MARKETPLACE,
            ground=_ground(said["ground"]),
            text=said["text"],
            contact=_contact(said),
            once=self._once(request),
            actor=self.actor,
            now=timezone.now(),
        )
        return Response(ReportShown(_reports(self).get(pk=report.pk)).data, status=201)

    def _listing(self, number: str) -> Listing | Wanted:
        known = Listing.objects.filter(marketplace=self.marketplace, external_id=number).first()
        return known or Wanted(self.marketplace, number)

    def _once(self, request: Request) -> str | None:
        """The key under which a report is filed only once: a client's own, in a digest because columns are short."""
        key = idempotency.key_of(request)
        return f"api:{self.caller.client.pk}:{idempotency.digest_of(key)}" if key is not None else None


class OneReport(ApiView):
    tag = "Reports"
    scopes = {"GET": Scope.REPORTS_READ}

    @extend_schema(operation_id="reports_get", responses=ReportShown)
    def get(self, request: Request, report_id: int) -> Response:  # noqa: ARG002 - DRF's signature
        """One report, by the number at the end of ``R-2026-000123``, without zeros."""
        report = _reports(self).filter(pk=report_id).first() if report_id < 2**63 else None
        if report is None:
            raise Http404
        return Response(ReportShown(report).data)


class Cases(ApiView):
    tag = "Cases"
    scopes = {"GET": Scope.CASES_READ}
    has_pages = True

    @extend_schema(operation_id="cases_list", responses=CasePage)
    def get(self, request: Request) -> Response:
        """Cases of this marketplace's listings, oldest change first.

        A change is a case that opened or closed, and every step of what is alleged in it.
        """
        found = page(_cases(self), request, changed_at="changed_at")
        return Response(found.as_json(lambda case: dict(CaseShown(case).data)))


class OneCase(ApiView):
    tag = "Cases"
    scopes = {"GET": Scope.CASES_READ}

    @extend_schema(operation_id="cases_get", responses=CaseShown)
    def get(self, request: Request, case_id: int) -> Response:  # noqa: ARG002 - DRF's signature
        """One case, by the number at the end of ``C-2026-000123``, without zeros."""
        case = _cases(self).filter(pk=case_id).first() if case_id < 2**63 else None
        if case is None:
            raise Http404
        return Response(CaseShown(case).data)


class Decisions(ApiView):
    tag = "Cases"
    scopes = {"GET": Scope.CASES_READ}
    has_pages = True

    @extend_schema(operation_id="decisions_list", responses=DecisionPage)
    def get(self, request: Request) -> Response:
        """Decisions that stand, oldest first.

        One that may still be undone is not among them yet; one that was undone or corrected is not any more.
        """
        found = page(_decisions(self), request, changed_at="decided_at")
        return Response(found.as_json(lambda decision: dict(DecisionShown(decision).data)))


class ReasonCodesView(ApiView):
    tag = "Reason codes"
    scopes = {"GET": ""}

    @extend_schema(operation_id="reason_codes", responses=ReasonCodes)
    def get(self, request: Request) -> Response:  # noqa: ARG002 - DRF's signature
        """Reasons for a report with the evidence each needs, and the clauses that decisions cite."""
        grounds = GroundShown(Ground.objects.in_use(), many=True).data
        policies = PolicyShown(Policy.objects.in_use(), many=True).data
        return Response({"grounds": grounds, "policies": policies})


def _ground(code: str) -> Ground:
    ground = Ground.objects.in_use().filter(code=code).first()
    if ground is None:
        words = ("There is no such reason code; see GET /api/v1/reason-codes.", "그런 신고 사유 코드는 없습니다.")
        raise Problem("validation_failed", faults=[Fault("/ground", "unknown_ground", *words)])
    return ground


def _contact(said: dict[str, Any]) -> Contact | None:
    reporter = said.get("reporter")
    if reporter is None:
        return None
    return Contact(name=reporter["name"], email=reporter["email"], language=reporter["language"])


def _reports(view: ApiView) -> ReportQuerySet:
    rows = Report.objects.of_marketplace(view.marketplace)
    return rows.select_related("case__listing", "allegation", "ground")


def _cases(view: ApiView) -> CaseQuerySet:
    rows = Case.objects.filter(listing__marketplace=view.marketplace).select_related("listing__seller")
    return rows.prefetch_related("allegations__ground", "allegations__rights_holder", "allegations__brand")


def _decisions(view: ApiView) -> DecisionQuerySet:
    leaves = timezone.now() - timedelta(seconds=rulesets.current("core").number("undo_seconds"))
    rows = Decision.objects.uncorrected().filter(
        allegation__case__listing__marketplace=view.marketplace, decided_at__lte=leaves
    )
    return rows.select_related("allegation__case__listing", "allegation__ground", "policy", "corrects")
