"""Where a person goes from a case: on with it, on to the next one, past it, or away from it.

A lease is taken, kept, let go and taken away here; each is a plain POST.
"""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from accounts.models import User
from core.admin_base import actor_of
from core.errors import DomainError
from core.korean import korean_short
from reports.desk.case_desk import DECIDE, RELEASE
from reports.desk.case_forms import SkipForm
from reports.desk.case_page import case_url
from reports.desk.staff_views import permitted, person
from reports.models import Case, WorkItem
from reports.services import queue


def onward(user: User, case: Case, *, now: datetime, **query: int) -> HttpResponseRedirect:
    """What else waits in this case, else the next case, else the queue that is empty now."""
    mine = WorkItem.objects.open().filter(case=case).of_teams(queue.teams_of(user)).allowed_for(user)
    item = mine.order_by("due_at").first()
    if item is not None and _may_go_on(case, user, now):
        return HttpResponseRedirect(case_url(case, allegation=item.allegation_id, **query))
    return next_case(user, after=case, now=now, **query)


def next_case(user: User, *, now: datetime, after: Case | None = None, **query: int) -> HttpResponseRedirect:
    """The most urgent case that nobody holds, or the queue where nothing waits."""
    following = queue.lease_next(user, now=now)
    if following is not None:
        return HttpResponseRedirect(case_url(following, **query))
    if after is not None:
        queue.release(after, user, now=now)
    address = reverse("admin:queue")
    return HttpResponseRedirect(f"{address}?{urlencode(query)}" if query else address)


def _may_go_on(case: Case, user: User, now: datetime) -> bool:
    """Whether the case is this person's to go on with."""
    return Case.objects.free_for(user, at=now).filter(pk=case.pk).exists()


@permitted(DECIDE)
@require_POST
def take(request: HttpRequest, case_id: int) -> HttpResponseBase:
    """POST: hold this case, whoever else waits."""
    case, user, now = get_object_or_404(Case, pk=case_id), person(request), timezone.now()
    if queue.lease(case, user, now=now) is None:
        messages.warning(request, _held_by_other(case, now))
    else:
        queue.release_others(user, keep=case, now=now)
    return HttpResponseRedirect(case_url(case))


def _held_by_other(case: Case, now: datetime) -> str:
    case.refresh_from_db()
    holder = queue.holder_of(case, now=now)
    until = f" {korean_short(case.leased_until)}까지" if holder is not None and case.leased_until is not None else ""
    return f"사건을 맡지 못했습니다. {holder or '다른 담당자'} 님이{until} 맡고 있습니다. 다른 사건을 맡아 주세요."


@permitted(DECIDE)
@require_POST
def keep(request: HttpRequest, case_id: int) -> HttpResponseBase:
    """POST, by the open page's script: hold the case on. 409 says that it is this person's no longer."""
    case, now = get_object_or_404(Case.objects.select_related("leased_by"), pk=case_id), timezone.now()
    if queue.renew(case, person(request), now=now):
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    holder = queue.holder_of(case, now=now)
    said = f"{holder} 님이 이 사건을 맡았습니다." if holder else "사건을 맡은 시간이 끝났습니다. 다시 맡아 주세요."
    return JsonResponse({"said": said}, status=HTTPStatus.CONFLICT)


@permitted(DECIDE)
@require_POST
def let_go(request: HttpRequest, case_id: int) -> HttpResponseBase:
    """POST: let go of one's own case, or as a lead of another's."""
    case, now = get_object_or_404(Case.objects.select_related("leased_by"), pk=case_id), timezone.now()
    holder = queue.holder_of(case, now=now)
    if holder == person(request):
        queue.release(case, holder, now=now)
        messages.success(request, f"사건 {case.number}을 놓아주었습니다.")
        return HttpResponseRedirect(reverse("admin:queue"))
    return _take_away(request, case, now)


@permitted(RELEASE)
def _take_away(request: HttpRequest, case: Case, now: datetime) -> HttpResponseBase:
    try:
        queue.force_release(case, actor=actor_of(request), now=now)
    except DomainError as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, f"사건 {case.number}을 놓아주었습니다.")
    to_queue = request.POST.get("back") == "queue"
    return HttpResponseRedirect(reverse("admin:queue") if to_queue else case_url(case))


@permitted(DECIDE)
@require_POST
def skip(request: HttpRequest, case_id: int) -> HttpResponseBase:
    """POST: let the case pass, with a reason; on to the next."""
    case, user, now = get_object_or_404(Case, pk=case_id), person(request), timezone.now()
    form = SkipForm(request.POST)
    if not form.is_valid():
        messages.warning(request, " ".join(map(str, form.errors["reason"])))
        return HttpResponseRedirect(case_url(case))
    queue.skip(case, user, reason=form.cleaned_data["reason"], now=now)
    messages.success(request, f"사건 {case.number}을 건너뛰었습니다.")
    return next_case(user, now=now)


Views = tuple[tuple[str, Callable[..., Any], str], ...]
#: The addresses of this module's views, by their place under ``/admin/``.
MOVES: Views = (
    ("cases/<int:case_id>/take/", take, "case_take"),
    ("cases/<int:case_id>/keep/", keep, "case_keep"),
    ("cases/<int:case_id>/release/", let_go, "case_release"),
    ("cases/<int:case_id>/skip/", skip, "case_skip"),
)
