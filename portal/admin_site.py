"""The staff's site: Django's own admin, with our first page, our review screen and our sign-in."""

from typing import Any, Final

from allauth.account.views import logout as sign_out
from django.contrib.admin import AdminSite, ModelAdmin
from django.core.exceptions import PermissionDenied
from django.db.models.base import ModelBase
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, reverse
from django.utils.http import urlencode

from portal.first_page import first_page
from reports.desk.batch_views import batch_urls
from reports.desk.bulk_views import bulk_urls
from reports.desk.case_views import case_urls
from reports.desk.intake_views import intake_urls
from reports.desk.queue_views import queue_urls
from reports.desk.review_views import review_urls

#: The order in which staff think of their work; inside an app, the order in which they open pages.
_ORDER: Final = {
    "reports": (
        "Case",
        "WorkItem",
        "Allegation",
        "Report",
        "WantedListing",
        "Complainant",
        "Explanation",
        "Inquiry",
        "Decision",
        "Notice",
        "Appeal",
        "Repair",
        "ReporterRecord",
        "ActionTime",
        "Skip",
        "QueueRoute",
        "Ground",
        "Policy",
    ),
    "refunds": ("OrderLine",),
    "listings": ("Listing", "Match", "Rejection", "ListingVersion", "ScreeningRun", "IndexSnapshot"),
    "sellers": ("Seller", "Authorisation"),
    "brands": ("Brand", "RightsHolder", "IPRight", "ReferenceImage"),
    "core": (
        "JournalEntry",
        "JournalCheckpoint",
        "EvidenceFile",
        "Effect",
        "OutboxMessage",
        "Job",
        "Heartbeat",
        "Approval",
        "RuleSet",
        "Holiday",
    ),
    "accounts": ("User", "Marketplace", "WebhookEndpoint", "RelayedNotice", "ReceivedWebhook", "AccessLink"),
}


class StaffSite(AdminSite):
    """Django's admin under our name.

    Only the apps of this house have pages here. Packages register theirs by themselves (groups, schedules, second
    factors): those write past services and journal, and a schedule may name any function to run.
    """

    site_header = "지킴이"
    site_title = "지킴이 관리"
    index_title = "지금 할 일"
    enable_nav_sidebar = True

    def register(
        self,
        model_or_iterable: Any,
        admin_class: "type[ModelAdmin[Any]] | None" = None,  # generic for mypy alone
        **options: Any,
    ) -> None:
        models: list[Any] = [model_or_iterable] if isinstance(model_or_iterable, ModelBase) else list(model_or_iterable)
        ours = [model for model in models if model._meta.app_label in _ORDER]
        if ours:
            super().register(ours, admin_class, **options)

    def get_urls(self) -> list[URLResolver | URLPattern]:
        ours = (queue_urls, case_urls, bulk_urls, batch_urls, intake_urls, review_urls)
        return [*(url for urls in ours for url in urls(self)), *super().get_urls()]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """What should I do now, before how are we doing; each as far as this person may see it."""
        return super().index(request, {**first_page(request.user), **(extra_context or {})})

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # noqa: ARG002 - the signature is the caller's
        """On to the one sign-in page, with second factor and lock-out. Who is signed in and may not enter is told."""
        following = request.GET.get("next") or reverse("admin:index", current_app=self.name)
        if self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index", current_app=self.name))
        if request.user.is_authenticated:
            raise PermissionDenied
        return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': following})}")

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:  # noqa: ARG002 - the signature is the caller's
        return sign_out(request)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:  # noqa: ARG002 - the signature is the caller's
        return HttpResponseRedirect(reverse("account_change_password"))

    def password_change_done(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:  # noqa: ARG002 - the signature is the caller's
        return HttpResponseRedirect(reverse("account_home"))

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        """Apps and pages in the order of ``_ORDER``; what it does not name comes last."""
        apps = super().get_app_list(request, app_label)
        labels = list(_ORDER)
        apps.sort(key=lambda app: labels.index(app["app_label"]) if app["app_label"] in labels else len(labels))
        for app in apps:
            order = _ORDER.get(app["app_label"], ())
            app["models"].sort(
                key=lambda model: order.index(model["object_name"]) if model["object_name"] in order else len(order)
            )
        return apps
