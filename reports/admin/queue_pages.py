"""Pages of the queue's rows: what was asked of staff, who let it pass, and whose work is whose."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString

from core.admin_base import EMPTY, ReadOnlyAdmin, StaffAdmin, link, row_url, until, when
from reports.desk.bulk_views import bulk_page
from reports.desk.case_desk import DECIDE
from reports.desk.case_page import case_url
from reports.models import Allegation, QueueRoute, Skip, WorkItem
from reports.querysets import WorkItemQuerySet


class OpenFilter(admin.SimpleListFilter):
    """What is still to be done, or what is done."""

    title = "진행"
    parameter_name = "open"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        return [("yes", "남은 일"), ("no", "끝난 일")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[WorkItem]) -> QuerySet[WorkItem]:  # noqa: ARG002
        if self.value() == "yes":
            return cast(WorkItemQuerySet, queryset).open()
        return queryset.exclude(done_at=None) if self.value() == "no" else queryset


@admin.register(WorkItem)
class WorkItemAdmin(ReadOnlyAdmin):
    """What was asked of staff, with its clock and what answered it."""

    list_display = (
        "id",
        "kind",
        "case_link",
        "team",
        "severity",
        "report_count",
        "visitor_count",
        until("due_at", "기한"),
        when("done_at", "끝"),
    )
    list_filter = (OpenFilter, "kind", "team", ("due_at", admin.DateFieldListFilter))
    list_select_related = ("case", "batch")
    search_fields = ("=case__listing__external_id",)
    search_help_text = "상품 번호로 찾습니다."
    readonly_fields = (
        "kind",
        "case_link",
        "team",
        "severity",
        "report_count",
        "visitor_count",
        "barred_ref",
        when("opened_at", "시작"),
        until("due_at", "기한"),
        "rules_version",
        when("done_at", "끝"),
        "decision_link",
    )
    actions = ("decide",)

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(DECIDE)

    @admin.action(description="고른 일의 주장을 함께 결정하기", permissions=["decide"])
    def decide(self, request: HttpRequest, queryset: QuerySet[WorkItem]) -> HttpResponse:
        return bulk_page(self.admin_site, request, Allegation.objects.filter(work__in=queryset).distinct())

    @admin.display(description="사건 또는 일괄 결정")
    def case_link(self, item: WorkItem) -> SafeString:
        if item.batch is not None:
            return link(row_url(item.batch), item.batch)
        assert item.case is not None  # one or the other (reports_workitem_of_a_case_or_a_batch)
        return link(case_url(item.case, allegation=item.allegation_id), item.case)

    @admin.display(description="끝낸 결정")
    def decision_link(self, item: WorkItem) -> SafeString | str:
        return link(row_url(item.done_by), item.done_by) if item.done_by else EMPTY


@admin.register(Skip)
class SkipAdmin(ReadOnlyAdmin):
    """Who let which case pass, and why."""

    list_display = ("id", "case_link", "user", "reason", when("skipped_at", "건너뜀"))
    list_filter = (("skipped_at", admin.DateFieldListFilter),)
    list_select_related = ("case", "user")
    search_fields = ("reason", "user__name")
    readonly_fields = ("case_link", "user", "reason", when("skipped_at", "건너뜀"))

    @admin.display(description="사건")
    def case_link(self, skip: Skip) -> SafeString:
        return link(case_url(skip.case), skip.case)


@admin.register(QueueRoute)
class QueueRouteAdmin(StaffAdmin):
    """Whose work is whose: the first active row that fits decides. A row that is no longer wanted is switched off."""

    list_display = ("position", "name", "work_kind", "channel", "holder_country", "marketplace", "team", "is_active")
    list_display_links = ("position", "name")
    list_filter = ("is_active", "team")
    list_select_related = ("marketplace",)
    search_fields = ("name",)
    fields = ("position", "name", "work_kind", "channel", "holder_country", "marketplace", "team", "is_active")
