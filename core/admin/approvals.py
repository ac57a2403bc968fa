"""The two-person mechanism in the staff's admin: read, decided by somebody else, or withdrawn by who asked."""

from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.safestring import SafeString

from core import approvals
from core.admin_base import ReadOnlyAdmin, actor_of, readable, row_url, subject_link, when
from core.choices import ApprovalStatus
from core.errors import DomainError
from core.models import Approval

#: What the buttons of the page send, and what each calls.
DEEDS: Final[dict[str, Callable[..., Approval]]] = {
    "approve": approvals.approve,
    "refuse": approvals.refuse,
    "withdraw": approvals.withdraw,
}
_DONE = {"approve": "승인했습니다.", "refuse": "거부했습니다.", "withdraw": "요청을 철회했습니다."}


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="사유",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 60}),
        error_messages={"required": "결정하지 않았습니다. 사유가 비어 있습니다. 결정의 사유를 적어 주세요."},
    )


@admin.register(Approval)
class ApprovalAdmin(ReadOnlyAdmin):
    """Requests and what became of them."""

    change_form_template = "admin/core/approval/change_form.html"
    list_display = ("id", "action", "subject", "requested_by_label", "status", when("requested_at", "요청"))
    list_filter = ("status", "action", ("requested_at", admin.DateFieldListFilter))
    search_fields = ("=subject_ref", "requested_by_label", "decided_by_label")
    readonly_fields = (
        "status",
        "action",
        "subject",
        "reason",
        "requested_by_label",
        when("requested_at", "요청 시각"),
        readable("payload", "내용"),
        "decided_by_label",
        when("decided_at", "결정 시각"),
        "decision_reason",
    )

    def get_urls(self) -> list[URLPattern]:
        decide = self.admin_site.admin_view(self.decide)
        return [path("<int:pk>/decide/", decide, name="core_approval_decide"), *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["may_decide"] = bool(_deeds_open(request, context["original"]))
        return super().render_change_form(request, context, *args, **kwargs)

    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Decide with a reason. The service holds the rule of two; the page only shows who may press what."""
        if not request.user.has_perm("core.decide_approval"):
            raise PermissionDenied
        approval = get_object_or_404(Approval, pk=pk)
        form = ReasonForm(request.POST or None)
        deed = request.POST.get("deed", "")
        if request.method == "POST" and deed in DEEDS and form.is_valid():
            return self._carry_out(request, approval, deed, form.cleaned_data["reason"])
        context = {
            **self.admin_site.each_context(request),
            "title": f"승인 요청 {approval.pk}번",
            "opts": self.opts,
            "original": approval,
            "subject": self.subject(approval),
            "deeds": _deeds_open(request, approval),
            "form": form,
        }
        return TemplateResponse(request, "admin/core/approval/decide.html", context)

    def _carry_out(self, request: HttpRequest, approval: Approval, deed: str, reason: str) -> HttpResponse:
        try:
            DEEDS[deed](approval, actor=actor_of(request), reason=reason)
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _DONE[deed])
        return HttpResponseRedirect(row_url(approval))

    @admin.display(description="대상")
    def subject(self, approval: Approval) -> SafeString:
        return subject_link(approval.subject_type, approval.subject_ref)


def _deeds_open(request: HttpRequest, approval: Approval) -> list[tuple[str, str]]:
    """What this person may do with the request now: who asked may withdraw, everybody else decides."""
    if approval.status != ApprovalStatus.REQUESTED or not request.user.has_perm("core.decide_approval"):
        return []
    me = actor_of(request)
    if (approval.requested_by_kind, approval.requested_by_ref) == (me.kind, me.ref):
        return [("withdraw", "요청 철회하기")]
    return [("approve", "승인하기"), ("refuse", "거부하기")]
