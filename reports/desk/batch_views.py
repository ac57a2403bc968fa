"""The second person's page for a batch: everything that is asked on one page, agreed to or refused with one press."""

from collections.abc import Callable
from typing import Final

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from core import approvals
from core.admin_base import actor_of, row_url
from core.errors import DomainError
from core.models import Approval
from reports.desk.batch_page import page_context
from reports.desk.case_desk import APPROVE, DECIDE, FRAME, SEE
from reports.desk.case_forms import SecondPersonForm
from reports.desk.staff_views import number, permitted, person
from reports.models import Batch

#: What stands as the reason of who agrees and writes none: a refusal needs one of its own.
_AGREED: Final = "요청한 내용을 모두 보고 동의합니다."
_DEEDS: Final[dict[str, tuple[Callable[..., Approval], str]]] = {
    "approve": (approvals.approve, "승인했습니다. 하나씩 결정하고 있습니다. 결과가 이 화면에 나타납니다."),
    "refuse": (approvals.refuse, "거부했습니다. 아무것도 결정되지 않았습니다."),
    "withdraw": (approvals.withdraw, "요청을 거두었습니다. 아무것도 결정되지 않았습니다."),
}


def batch_urls(site: AdminSite) -> list[URLPattern]:
    """The addresses of batches, for the admin site to put before its own. The first has the name under which the admin
    links to a row."""
    return [
        path("batches/<int:batch_id>/", site.admin_view(batch_page(site)), name="reports_batch_change"),
        path("batches/<int:batch_id>/second/", site.admin_view(second_person), name="batch_second_person"),
    ]


def batch_page(site: AdminSite) -> Callable[..., HttpResponseBase]:
    """``/admin/batches/<batch>/``: what is asked, and what became of it."""

    @permitted(SEE)
    @require_GET
    def view(request: HttpRequest, batch_id: int) -> HttpResponseBase:
        batch = get_object_or_404(Batch.objects.with_approval(), pk=batch_id)
        example = number(request.GET.get("example"))
        context = {
            **site.each_context(request),
            **FRAME,
            "title": f"일괄 결정 {batch}",
            "second_person_form": SecondPersonForm(),
            **page_context(batch, person(request), example=example, now=timezone.now()),
        }
        return TemplateResponse(request, "admin/reports/batch.html", context)

    return view


@permitted(DECIDE, APPROVE)
@require_POST
def second_person(request: HttpRequest, batch_id: int) -> HttpResponseBase:
    """POST: agree to all of it, refuse it, or take back one's own request."""
    batch = get_object_or_404(Batch.objects.with_approval(), pk=batch_id)
    back = HttpResponseRedirect(row_url(batch))
    deed = request.POST.get("deed", "")
    if deed not in _DEEDS:
        messages.warning(request, "아무것도 하지 않았습니다. 없는 버튼입니다. 이 화면에서 다시 골라 주세요.")
        return back
    if deed != "withdraw" and not request.user.has_perm(APPROVE):
        raise PermissionDenied
    form = SecondPersonForm(
        {"reason": request.POST.get("reason", "").strip() or (_AGREED if deed == "approve" else "")}
    )
    if deed != "withdraw" and not form.is_valid():
        messages.warning(request, " ".join(map(str, form.errors["reason"])))
        return back
    carry_out, done = _DEEDS[deed]
    named = {"reason": form.cleaned_data["reason"]} if deed != "withdraw" else {}
    try:
        carry_out(batch.approval, actor=actor_of(request), **named)
    except DomainError as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, done)
    return back
