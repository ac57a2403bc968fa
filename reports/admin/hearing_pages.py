"""Pages of those who complain, of what both sides say, and of what came of it. Looked at, never edited."""

from django.contrib import admin
from django.utils.safestring import SafeString

from core.admin_base import EMPTY, ReadOnlyAdmin, link, row_url, until, when
from reports.desk.case_around import effect_label
from reports.desk.case_page import case_url
from reports.models import ActionTime, Allegation, Appeal, Complainant, Explanation, Inquiry, Repair, ReporterRecord


def _allegation_link(allegation: Allegation) -> SafeString:
    return link(case_url(allegation.case_id, allegation=allegation.pk), allegation.case)


@admin.register(Complainant)
class ComplainantAdmin(ReadOnlyAdmin):
    """Personal data: only for who may see it, which the permission says."""

    list_display = ("id", "name", "email", "case_link", "rights_holder", "language", when("created_at", "만듦"))
    list_display_links = ("id", "name")
    list_filter = ("language", ("created_at", admin.DateFieldListFilter))
    list_select_related = ("case", "rights_holder")
    search_fields = ("name", "=email", "=phone")
    search_help_text = "성명, 이메일, 전화번호로 찾습니다."
    readonly_fields = (
        "name",
        "email",
        "phone",
        "address",
        "language",
        "rights_holder",
        "case_link",
        when("created_at", "만든 시각"),
    )

    @admin.display(description="사건")
    def case_link(self, complainant: Complainant) -> SafeString | str:
        return link(case_url(complainant.case), complainant.case) if complainant.case else EMPTY


@admin.register(Explanation)
class ExplanationAdmin(ReadOnlyAdmin):
    """What sellers say, and until when they may."""

    list_display = (
        "id",
        "case_link",
        "status",
        "claim",
        "is_late",
        until("due_at", "기한"),
        when("submitted_at", "제출"),
    )
    list_filter = ("status", "claim", "is_late", ("asked_at", admin.DateFieldListFilter))
    list_select_related = ("allegation__case",)
    search_fields = ("=allegation__case__listing__external_id",)
    search_help_text = "상품 번호로 찾습니다."
    readonly_fields = (
        "case_link",
        "status",
        when("asked_at", "요청"),
        until("due_at", "기한"),
        "rules_version",
        when("extended_at", "연장"),
        "extension_reason",
        "claim",
        "text",
        "summary",
        when("submitted_at", "제출"),
        "is_late",
    )

    @admin.display(description="사건")
    def case_link(self, explanation: Explanation) -> SafeString:
        return _allegation_link(explanation.allegation)


@admin.register(Inquiry)
class InquiryAdmin(ReadOnlyAdmin):
    """What complainants were asked, and what they answered."""

    list_display = ("id", "kind", "case_link", "status", "stance", "is_late", until("due_at", "기한"))
    list_filter = ("status", "kind", "stance", "is_late", ("asked_at", admin.DateFieldListFilter))
    list_select_related = ("allegation__case",)
    search_fields = ("=allegation__case__listing__external_id",)
    search_help_text = "상품 번호로 찾습니다."
    readonly_fields = (
        "kind",
        "case_link",
        "question",
        "status",
        when("asked_at", "요청"),
        until("due_at", "기한"),
        when("reminded_at", "다시 알림"),
        "rules_version",
        "stance",
        "text",
        when("answered_at", "답변"),
        "is_late",
    )

    @admin.display(description="사건")
    def case_link(self, inquiry: Inquiry) -> SafeString:
        return _allegation_link(inquiry.allegation)


@admin.register(Appeal)
class AppealAdmin(ReadOnlyAdmin):
    """What a side contests, once, and how it ended."""

    list_display = (
        "number",
        "party",
        "case_link",
        "contested",
        "status",
        when("filed_at", "제기"),
        until("due_at", "기한"),
    )
    list_filter = ("status", "party", ("filed_at", admin.DateFieldListFilter))
    list_select_related = ("contested__allegation__case",)
    search_fields = ("=contested__allegation__case__listing__external_id",)
    search_help_text = "상품 번호로 찾습니다."
    readonly_fields = (
        "number",
        "party",
        "case_link",
        "contested",
        "text",
        "status",
        when("filed_at", "제기"),
        until("due_at", "기한"),
        "rules_version",
        when("decided_at", "결정"),
    )

    @admin.display(description="번호", ordering="pk")
    def number(self, appeal: Appeal) -> str:
        return appeal.number

    @admin.display(description="사건")
    def case_link(self, appeal: Appeal) -> SafeString:
        return _allegation_link(appeal.contested.allegation)


@admin.register(Repair)
class RepairAdmin(ReadOnlyAdmin):
    """What wrong removals cost, and what was put right."""

    list_display = ("id", "listing_link", "decision_link", "days_lost", when("repaired_at", "바로잡음"))
    list_filter = (("repaired_at", admin.DateFieldListFilter),)
    list_select_related = ("decision", "listing")
    search_fields = ("=listing__external_id",)
    search_help_text = "상품 번호로 찾습니다."
    readonly_fields = (
        "listing_link",
        "decision_link",
        when("restricted_at", "제한"),
        when("repaired_at", "바로잡음"),
        "days_lost",
        "repaired_text",
    )

    @admin.display(description="상품")
    def listing_link(self, repair: Repair) -> SafeString:
        return link(row_url(repair.listing), repair.listing)

    @admin.display(description="결정")
    def decision_link(self, repair: Repair) -> SafeString:
        return link(row_url(repair.decision), repair.decision)

    @admin.display(description="바로잡은 것")
    def repaired_text(self, repair: Repair) -> str:
        return ", ".join(effect_label(name) for name in repair.repaired) or EMPTY


@admin.register(ReporterRecord)
class ReporterRecordAdmin(ReadOnlyAdmin):
    """How rights holders' allegations ended on their merits."""

    list_display = ("id", "rights_holder", "case_link", "outcome", "corrects", when("recorded_at", "기록"))
    list_filter = ("outcome", ("recorded_at", admin.DateFieldListFilter))
    list_select_related = ("rights_holder", "allegation__case", "corrects")
    search_fields = ("rights_holder__name",)
    search_help_text = "권리자 이름으로 찾습니다."
    readonly_fields = (
        "rights_holder",
        "case_link",
        "decision_link",
        "outcome",
        "corrects",
        when("recorded_at", "기록"),
    )

    @admin.display(description="사건")
    def case_link(self, record: ReporterRecord) -> SafeString:
        return _allegation_link(record.allegation)

    @admin.display(description="결정")
    def decision_link(self, record: ReporterRecord) -> SafeString:
        return link(row_url(record.decision), record.decision)


@admin.register(ActionTime)
class ActionTimeAdmin(ReadOnlyAdmin):
    """From the first report to the effect, step by step."""

    list_display = (
        "id",
        "decision_link",
        when("reported_at", "첫 신고"),
        when("decided_at", "결정"),
        when("sent_at", "전달"),
        when("confirmed_at", "확인"),
    )
    list_filter = (("decided_at", admin.DateFieldListFilter),)
    list_select_related = ("decision",)
    readonly_fields = (
        "decision_link",
        "effect",
        when("reported_at", "첫 신고"),
        when("decided_at", "결정"),
        when("asked_at", "요청"),
        when("sent_at", "전달"),
        when("confirmed_at", "확인"),
        when("failed_at", "실패"),
    )

    @admin.display(description="결정")
    def decision_link(self, row: ActionTime) -> SafeString:
        return link(row_url(row.decision), row.decision)
