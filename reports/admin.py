"""Cases, and what hangs on them, in the staff's admin: looked at here, decided on the screens made for it.

Nothing here is edited: a status changes by a decision, a decision by another decision, and the published grounds and
clauses with a release (``reports.grounds``).
"""

from collections.abc import Sequence
from typing import Any, Final

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core.admin_base import EMPTY, ReadOnlyAdmin, Section, link, row_url, when
from core.korean import korean_datetime, korean_short
from core.models import Effect, JournalEntry
from core.numbers import row_id_of
from core.verbs import verb_text
from reports.choices import AllegationStatus
from reports.models import Allegation, Case, Decision, Ground, Notice, Policy, Report
from reports.rules import case_status
from reports.statements import sections as statement_sections

#: A case with more of one kind is cut short; each row has its own page and list.
_MOST_ROWS: Final = 100


def status_of(case: Case) -> AllegationStatus:
    """The derived status; expects the allegations prefetched."""
    return case_status({AllegationStatus(allegation.status) for allegation in case.allegations.all()})


# -- what stands under a case -----------------------------------------------------------------------------------------


def allegations_of(request: HttpRequest, case: Case) -> Section:  # noqa: ARG001 - the shape of a section's maker
    rows = case.allegations.select_related("rights_holder", "brand", "ground")[:_MOST_ROWS]
    return Section(
        title="주장",
        columns=("권리자", "브랜드", "사유", "상태", "판단", "상태 변경"),
        rows=[
            (
                link(row_url(row), row.rights_holder or "권리자 없음"),
                row.brand or EMPTY,
                row.ground,
                row.get_status_display(),
                row.get_finding_display() or EMPTY,
                korean_datetime(row.status_changed_at),
            )
            for row in rows
        ],
        empty="주장이 없습니다.",
    )


def reports_of(request: HttpRequest, case: Case) -> Section:  # noqa: ARG001 - the shape of a section's maker
    rows = case.reports.select_related("version", "match__brand")[:_MOST_ROWS]
    return Section(
        title="신고",
        columns=("번호", "경로", "상품 내용", "검토 화면", "접수"),
        rows=[
            (
                link(row_url(row), row.number),
                row.get_channel_display(),
                format_html("<bdi>{}</bdi>", row.version or EMPTY),
                _review_link(row),
                korean_datetime(row.received_at),
            )
            for row in rows
        ],
        empty="신고가 없습니다.",
    )


def _review_link(report: Report) -> SafeString | str:
    if report.match is None:
        return EMPTY
    return link(reverse("admin:review_match", args=[report.match.pk]), f"{report.match.brand} {report.match.score:.2f}")


def decisions_of(request: HttpRequest, case: Case) -> Section:  # noqa: ARG001 - the shape of a section's maker
    rows = Decision.objects.filter(allegation__case=case).select_related("policy", "allegation__brand", "corrects")
    return Section(
        title="결정",
        columns=("번호", "결정", "브랜드", "정책 조항", "이유", "내부 메모", "결정 시각"),
        rows=[
            (
                link(row_url(row), row.number),
                f"{row.get_kind_display()} ({row.corrects.number})" if row.corrects else row.get_kind_display(),
                row.allegation.brand or EMPTY,
                row.policy,
                row.reasoning,
                row.private_note or EMPTY,
                korean_datetime(row.decided_at),
            )
            for row in rows[:_MOST_ROWS]
        ],
        empty="결정이 없습니다.",
    )


def effects_of(request: HttpRequest, case: Case) -> Section:  # noqa: ARG001 - the shape of a section's maker
    rows = Effect.objects.filter(_named(Decision.objects.filter(allegation__case=case), "source"))[:_MOST_ROWS]
    return Section(
        title="조치 효과",
        columns=("종류", "판", "상태", "요청", "전달", "확인", "실패"),
        rows=[
            (
                link(row_url(row), row.kind),
                row.version,
                row.get_status_display(),
                *(korean_datetime(at) if at else EMPTY for at in (row.asked_at, row.sent_at, row.confirmed_at)),
                f"{korean_datetime(row.failed_at)} {row.failure}" if row.failed_at else EMPTY,
            )
            for row in rows
        ],
        empty="마켓플레이스에 요청한 조치가 없습니다.",
    )


def notices_of(request: HttpRequest, case: Case) -> Section:  # noqa: ARG001 - the shape of a section's maker
    rows = Notice.objects.filter(decision__allegation__case=case).select_related("decision")[:_MOST_ROWS]
    return Section(
        title="통지",
        columns=("받는 사람", "결정", "상태", "만든 시각", "보낸 시각"),
        rows=[
            (
                link(row_url(row), row.get_party_display()),
                row.decision,
                row.get_status_display(),
                korean_datetime(row.created_at),
                korean_datetime(row.sent_at) if row.sent_at else EMPTY,
            )
            for row in rows
        ],
        empty="통지가 없습니다.",
    )


def timeline_of(request: HttpRequest, case: Case) -> Section:  # noqa: ARG001 - the shape of a section's maker
    """Everything that the journal tells of the case and of what hangs on it, the newest last."""
    decisions = Decision.objects.filter(allegation__case=case)
    effects = Effect.objects.filter(_named(decisions, "source"))
    subjects: Sequence[QuerySet[Any]] = (
        Case.objects.filter(pk=case.pk),
        Allegation.objects.filter(case=case),
        Report.objects.filter(case=case),
        decisions,
        Notice.objects.filter(decision__in=decisions),
        effects,
    )
    about = Q()
    for rows in subjects:
        about |= _named(rows, "subject")
    entries = list(JournalEntry.objects.filter(about).select_related("detail")[:_MOST_ROWS])
    return Section(
        title="경과",
        columns=("시각", "내용", "행위자"),
        rows=[
            (
                korean_short(entry.at),
                verb_text(entry.verb),
                entry.detail.actor_label or f"{entry.actor_kind} {entry.actor_ref}",
            )
            for entry in reversed(entries)
        ],
        empty="기록이 없습니다.",
    )


def _named(rows: QuerySet[Any], prefix: str) -> Q:
    """Opaque references to those rows: the ground floor keeps no key upwards."""
    name = rows.model._meta.label_lower
    return Q(**{f"{prefix}_type": name, f"{prefix}_ref__in": [str(key) for key in rows.values_list("pk", flat=True)]})


# -- pages ------------------------------------------------------------------------------------------------------------


class LiveFilter(admin.SimpleListFilter):
    """Cases that still have something to decide, or those that have not."""

    title = "진행"
    parameter_name = "live"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        return [("yes", "진행 중"), ("no", "종결")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:  # noqa: ARG002
        if self.value() in {"yes", "no"}:
            return queryset.filter(closed_at__isnull=self.value() == "yes")
        return queryset


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
    list_display_links = ("number",)
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

    @admin.display(description="사건")
    def case_link(self, allegation: Allegation) -> SafeString:
        return link(row_url(allegation.case), allegation.case)


@admin.register(Report)
class ReportAdmin(_NumberedAdmin):
    """One report, bound to the content as it stood."""

    prefix = "R"
    list_display = ("number", "channel", "case_link", "version_text", when("received_at", "접수"))
    list_display_links = ("number",)
    list_filter = ("channel", ("received_at", admin.DateFieldListFilter))
    list_select_related = ("case", "version")
    search_fields = ("=version__listing__external_id",)
    search_help_text = "신고 번호(R-2026-000123), 상품 번호로 찾습니다."
    readonly_fields = ("number", "channel", "case_link", "version_text", "review", "text", when("received_at", "접수"))

    @admin.display(description="사건")
    def case_link(self, report: Report) -> SafeString | str:
        return link(row_url(report.case), report.case) if report.case else "상품 확인 대기"

    @admin.display(description="상품 내용")
    def version_text(self, report: Report) -> SafeString | str:
        return format_html("<bdi>{}</bdi>", report.version) if report.version else EMPTY

    @admin.display(description="검토 화면")
    def review(self, report: Report) -> SafeString | str:
        return _review_link(report)


@admin.register(Decision)
class DecisionAdmin(_NumberedAdmin):
    """What was decided and why. The private note is for staff alone."""

    prefix = "D"
    list_display = ("number", "kind", "case_link", "brand", "policy", when("decided_at", "결정"))
    list_display_links = ("number",)
    list_filter = ("kind", "policy", ("decided_at", admin.DateFieldListFilter))
    list_select_related = ("allegation__case", "allegation__brand", "policy")
    search_fields = ("=allegation__case__listing__external_id", "allegation__brand__name")
    search_help_text = "결정 번호(D-2026-000123), 상품 번호, 브랜드로 찾습니다."
    readonly_fields = (
        "number",
        "kind",
        "case_link",
        "brand",
        "policy",
        "reasoning",
        "private_note",
        "correction",
        "rules_version",
        when("decided_at", "결정"),
    )

    @admin.display(description="사건")
    def case_link(self, decision: Decision) -> SafeString:
        return link(row_url(decision.allegation.case), decision.allegation.case)

    @admin.display(description="브랜드")
    def brand(self, decision: Decision) -> str:
        return str(decision.allegation.brand or EMPTY)

    @admin.display(description="고친 결정")
    def correction(self, decision: Decision) -> SafeString | str:
        return link(row_url(decision.corrects), decision.corrects) if decision.corrects else EMPTY


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    """News that a party is owed, as the party reads it."""

    list_display = ("id", "party", "decision_link", "language", "status", when("created_at", "만듦"))
    list_filter = ("status", "party", "language", ("created_at", admin.DateFieldListFilter))
    list_select_related = ("decision",)
    readonly_fields = (
        "party",
        "decision_link",
        "language",
        "status",
        when("created_at", "만든 시각"),
        when("sent_at", "보낸 시각"),
        "statement_text",
    )

    @admin.display(description="결정")
    def decision_link(self, notice: Notice) -> SafeString:
        return link(row_url(notice.decision), notice.decision)

    @admin.display(description="이유서")
    def statement_text(self, notice: Notice) -> SafeString:
        lines = [(heading, " ".join(texts)) for heading, texts in statement_sections(notice.statement)]
        return format_html("<dl>{}</dl>", format_html_join("", "<dt>{}</dt><dd>{}</dd>", lines))


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
