"""The pages of this app's rows."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core.admin_base import EMPTY, ReadOnlyAdmin, link, row_url, until, when
from core.numbers import row_id_of
from reports.admin.sections import (
    allegations_of,
    decisions_of,
    effects_of,
    notices_of,
    reports_of,
    review_link,
    timeline_of,
)
from reports.choices import AllegationStatus
from reports.desk.bulk_views import bulk_page
from reports.desk.case_desk import DECIDE
from reports.desk.case_page import case_url, effect_labels
from reports.models import Allegation, Case, Decision, Ground, Notice, Policy, Report, WantedListing
from reports.querysets import CaseQuerySet, ReportQuerySet
from reports.rules import case_status


def status_of(case: Case) -> AllegationStatus:
    """The derived status; expects the allegations prefetched."""
    return case_status({AllegationStatus(allegation.status) for allegation in case.allegations.all()})


class LiveFilter(admin.SimpleListFilter):
    """Cases that still have something to decide, or those that have not."""

    title = "진행"
    parameter_name = "live"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        return [("yes", "진행 중"), ("no", "종결")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:  # noqa: ARG002
        cases = cast(CaseQuerySet, queryset)
        if self.value() == "yes":
            return cases.live()
        return cases.settled() if self.value() == "no" else cases


class UnplacedFilter(admin.SimpleListFilter):
    """Reports whose listing the marketplace has not sent yet."""

    title = "상품 확인"
    parameter_name = "unplaced"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        return [("yes", "상품을 기다리는 신고")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Report]) -> QuerySet[Report]:  # noqa: ARG002
        return cast(ReportQuerySet, queryset).unplaced() if self.value() == "yes" else queryset


class _NumberedAdmin(ReadOnlyAdmin):
    """A row that people name by its public number, which is found like any word."""

    prefix = ""

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        row_id = row_id_of(search_term, self.prefix)
        if row_id is not None:
            return queryset.filter(pk=row_id), False
        return super().get_search_results(request, queryset, search_term)

    @admin.display(description="번호", ordering="pk")
    def number(self, row: Any) -> str:
        return str(row.number)


@admin.register(Case)
class CaseAdmin(_NumberedAdmin):
    """One listing's case: what is alleged, reported, decided, carried out, owed, and in which order it happened."""

    prefix = "C"
    list_display = (
        "number",
        "status",
        "listing_link",
        "seller",
        "brands",
        when("opened_at", "시작"),
        when("closed_at", "종결"),
    )
    # A case is worked on at its own page, which links to all of its rows here.
    list_display_links = None
    change_form_template = "admin/reports/case_record.html"
    list_filter = (LiveFilter, "allegations__status", "allegations__ground", ("opened_at", admin.DateFieldListFilter))
    list_select_related = ("listing__seller",)
    search_fields = ("=listing__external_id", "listing__seller__shop_name", "allegations__brand__name")
    search_help_text = "사건 번호(C-2026-000123), 상품 번호, 판매자, 브랜드로 찾습니다."
    readonly_fields = (
        "number",
        "status",
        "listing_link",
        "restriction",
        "seller",
        when("opened_at", "시작"),
        when("closed_at", "종결"),
    )
    sections = (allegations_of, reports_of, decisions_of, effects_of, notices_of, timeline_of)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Case]:
        cases: QuerySet[Case] = super().get_queryset(request)
        return cases.select_related("listing__seller").prefetch_related("allegations__brand")

    @admin.display(description="번호", ordering="pk")
    def number(self, case: Case) -> SafeString:
        return link(case_url(case), case.number)

    @admin.display(description="상태")
    def status(self, case: Case) -> str:
        return str(status_of(case).label)

    @admin.display(description="상품")
    def listing_link(self, case: Case) -> SafeString:
        return link(row_url(case.listing), case.listing)

    @admin.display(description="판매 제한")
    def restriction(self, case: Case) -> str:
        return case.listing.get_restriction_display()

    @admin.display(description="판매자")
    def seller(self, case: Case) -> SafeString:
        return link(row_url(case.listing.seller), case.listing.seller)

    @admin.display(description="브랜드")
    def brands(self, case: Case) -> str:
        return ", ".join(sorted({str(row.brand) for row in case.allegations.all() if row.brand})) or EMPTY


@admin.register(Allegation)
class AllegationAdmin(ReadOnlyAdmin):
    """What one rights holder alleges on one ground."""

    list_display = ("id", "case_link", "rights_holder", "brand", "ground", "status", when("status_changed_at", "변경"))
    list_filter = ("status", "finding", "ground")
    list_select_related = ("case", "rights_holder", "brand", "ground")
    actions = ("decide",)
    search_fields = ("rights_holder__name", "brand__name", "=case__listing__external_id")
    readonly_fields = (
        "case_link",
        "rights_holder",
        "brand",
        "ground",
        "status",
        "finding",
        when("opened_at", "접수"),
        when("status_changed_at", "상태 변경"),
    )

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(DECIDE)

    @admin.action(description="고른 주장을 함께 결정하기", permissions=["decide"])
    def decide(self, request: HttpRequest, queryset: QuerySet[Allegation]) -> HttpResponse:
        return bulk_page(self.admin_site, request, queryset)

    @admin.display(description="사건")
    def case_link(self, allegation: Allegation) -> SafeString:
        return link(case_url(allegation.case, allegation=allegation.pk), allegation.case)


@admin.register(WantedListing)
class WantedListingAdmin(ReadOnlyAdmin):
    """Listings that reports wait for: when the marketplace was asked, and whether they have come."""

    list_display = (
        "external_id",
        "marketplace",
        when("wanted_since", "찾기 시작한 시각"),
        "asks",
        when("asked_at", "마지막으로 물은 시각"),
        when("found_at", "찾은 시각"),
    )
    list_filter = (("found_at", admin.EmptyFieldListFilter), "marketplace")
    list_select_related = ("marketplace",)
    search_fields = ("=external_id",)
    readonly_fields = (
        "marketplace",
        "external_id",
        when("wanted_since", "찾기 시작한 시각"),
        "asks",
        when("asked_at", "마지막으로 물은 시각"),
        when("found_at", "찾은 시각"),
    )


@admin.register(Report)
class ReportAdmin(_NumberedAdmin):
    """One report, bound to the content as it stood."""

    prefix = "R"
    list_display = ("number", "channel", "case_link", "version_text", "wanted", when("received_at", "접수"))
    list_display_links = ("number",)
    narrowed_by = ("allegation__id__exact",)
    list_filter = ("channel", UnplacedFilter, ("received_at", admin.DateFieldListFilter))
    list_select_related = ("case", "version")
    search_fields = ("=version__listing__external_id", "=wanted")
    search_help_text = "신고 번호(R-2026-000123), 상품 번호로 찾습니다."
    readonly_fields = (
        "number",
        "channel",
        "ground",
        "brand",
        "case_link",
        "version_text",
        "marketplace",
        "wanted",
        "review",
        "text",
        when("received_at", "접수"),
        until("result_due_at", "결과 기한"),
        when("withdrawn_at", "철회"),
    )

    @admin.display(description="사건")
    def case_link(self, report: Report) -> SafeString | str:
        return (
            link(case_url(report.case, allegation=report.allegation_id), report.case)
            if report.case
            else "상품 확인 대기"
        )

    @admin.display(description="상품 내용")
    def version_text(self, report: Report) -> SafeString | str:
        return format_html("<bdi>{}</bdi>", report.version) if report.version else EMPTY

    @admin.display(description="검토 화면")
    def review(self, report: Report) -> SafeString | str:
        return review_link(report)


@admin.register(Decision)
class DecisionAdmin(_NumberedAdmin):
    """What was decided and why. The private note is for staff alone."""

    prefix = "D"
    list_display = ("number", "kind", "finding", "case_link", "brand", "policy", when("decided_at", "결정"))
    list_display_links = ("number",)
    list_filter = ("kind", "finding", "policy", ("decided_at", admin.DateFieldListFilter))
    list_select_related = ("allegation__case", "allegation__brand", "policy")
    search_fields = ("=allegation__case__listing__external_id", "allegation__brand__name")
    search_help_text = "결정 번호(D-2026-000123), 상품 번호, 브랜드로 찾습니다."
    readonly_fields = (
        "number",
        "kind",
        "finding",
        "case_link",
        "brand",
        "policy",
        "reasoning",
        "other_languages",
        "effects_text",
        "left_out",
        "private_note",
        "correction",
        "appeal",
        "rules_version",
        when("decided_at", "결정"),
    )

    @admin.display(description="사건")
    def case_link(self, decision: Decision) -> SafeString:
        return link(case_url(decision.allegation.case, allegation=decision.allegation_id), decision.allegation.case)

    @admin.display(description="브랜드")
    def brand(self, decision: Decision) -> str:
        return str(decision.allegation.brand or EMPTY)

    @admin.display(description="다른 언어로 쓴 이유")
    def other_languages(self, decision: Decision) -> str:
        return " / ".join(f"{language}: {text}" for language, text in decision.translations.items()) or EMPTY

    @admin.display(description="조치")
    def effects_text(self, decision: Decision) -> str:
        return ", ".join(effect_labels(decision.effects)) or EMPTY

    @admin.display(description="고친 결정")
    def correction(self, decision: Decision) -> SafeString | str:
        return link(row_url(decision.corrects), decision.corrects) if decision.corrects else EMPTY


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    """What a party is owed, as the party reads it."""

    list_display = (
        "id",
        "kind",
        "party",
        "case_link",
        "decision_link",
        "language",
        "status",
        when("created_at", "만듦"),
    )
    list_filter = ("status", "kind", "party", "language", ("created_at", admin.DateFieldListFilter))
    list_select_related = ("case", "decision")
    readonly_fields = (
        "kind",
        "party",
        "case_link",
        "decision_link",
        "language",
        "status",
        when("created_at", "만든 시각"),
        when("sent_at", "전달 시각"),
        "mail",
        "webhook",
        "relay_link",
        "letter_text",
    )

    @admin.display(description="사건")
    def case_link(self, notice: Notice) -> SafeString:
        return link(case_url(notice.case, allegation=notice.allegation_id), notice.case)

    @admin.display(description="맡긴 통지")
    def relay_link(self, notice: Notice) -> SafeString | str:
        return link(row_url(notice.relay), notice.relay) if notice.relay else EMPTY

    @admin.display(description="결정")
    def decision_link(self, notice: Notice) -> SafeString | str:
        return link(row_url(notice.decision), notice.decision) if notice.decision else EMPTY

    @admin.display(description="내용")
    def letter_text(self, notice: Notice) -> SafeString:
        lines = [(heading, " ".join(texts)) for heading, texts in notice.statement.get("sections", ())]
        said = format_html_join("", "<dt>{}</dt><dd>{}</dd>", lines)
        return format_html("<p><strong>{}</strong></p><dl>{}</dl>", notice.statement.get("subject", ""), said)


class _PublishedAdmin(ReadOnlyAdmin):
    """Rows that come with a release: changing one here would change what past decisions seem to cite."""

    list_filter = ("is_active",)


@admin.register(Ground)
class GroundAdmin(_PublishedAdmin):
    """Published reason codes with the evidence each needs."""

    list_display = ("code", "title", "position", "is_active")
    search_fields = ("code", "title")
    readonly_fields = ("code", "title", "description", "evidence_text", "is_active")

    @admin.display(description="필요한 증빙")
    def evidence_text(self, ground: Ground) -> str:
        return ", ".join(ground.evidence) or EMPTY


@admin.register(Policy)
class PolicyAdmin(_PublishedAdmin):
    """Clauses that decisions cite."""

    list_display = ("code", "title", "default_for", "is_active")
    list_select_related = ("default_for",)
    search_fields = ("code", "title")
    readonly_fields = ("code", "title", "clause", "default_for", "is_active")
