"""The case page and every answer that is given on it.

What was chosen and what was just done stand in the address, so that two tabs, the back button and a reload each mean
what they show. Every answer is a plain form; the services decide who was first.
"""

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from core import approvals
from core.admin_base import actor_of
from core.errors import Conflict, DomainError
from core.evidence.services import open_original
from core.models import Approval
from reports.choices import AllegationStatus
from reports.desk import case_around
from reports.desk.case_desk import (
    APPROVE,
    DECIDE,
    FRAME,
    SEE,
    SEE_FILES,
    UNDO_ANY,
    Desk,
    answered_already,
    desk_of,
    page_context,
    renew_lease,
    sent_form,
)
from reports.desk.case_forms import AskForm, DecisionForm, SecondPersonForm
from reports.desk.case_moves import MOVES, Views, onward
from reports.desk.case_offers import Answer, ruling_by_default
from reports.desk.case_page import case_url
from reports.desk.case_preview import consequences
from reports.desk.case_rows import AllegationRows
from reports.desk.forms import NoteForm
from reports.desk.staff_views import number, permitted, person
from reports.models import Attachment, Decision
from reports.services import decisions, hearings, held, queue
from reports.services.decisions import Ruling

#: How the page's own script asks for a part of it.
FRAGMENT_HEADER: Final = "X-Fragment"
_DEEDS: Final[dict[str, tuple[Callable[..., Approval], str]]] = {
    "approve": (approvals.approve, "승인했습니다. 결정이 내려졌습니다."),
    "refuse": (approvals.refuse, "거부했습니다. 결정은 내려지지 않았습니다."),
    "withdraw": (approvals.withdraw, "요청을 거두었습니다."),
}


def case_urls(site: AdminSite) -> list[URLPattern]:
    """The addresses of the case page, for the admin site to put before its own."""
    views: Views = (
        ("cases/<int:case_id>/", case_page(site), "case_page"),
        ("cases/<int:case_id>/around/", around(site), "case_around"),
        ("cases/<int:case_id>/preview/", preview(site), "case_preview"),
        ("cases/<int:case_id>/decide/", decide(site), "case_decide"),
        ("cases/<int:case_id>/undo/<int:decision_id>/", undo, "case_undo"),
        ("cases/<int:case_id>/ask/", ask_for_more(site), "case_ask"),
        ("cases/<int:case_id>/second/<int:approval_id>/", second_person, "case_second_person"),
        ("cases/<int:case_id>/files/<int:attachment_id>/", file, "case_file"),
        *MOVES,
    )
    return [path(route, site.admin_view(view), name=name) for route, view, name in views]


# -- pages ------------------------------------------------------------------------------------------------------------


def case_page(site: AdminSite) -> Callable[..., HttpResponseBase]:
    """``/admin/cases/<case>/``: what is alleged, each side's words, and the form that decides it."""

    @permitted(SEE)
    @require_GET
    def view(request: HttpRequest, case_id: int) -> HttpResponseBase:
        desk = desk_of(request, case_id, number(request.GET.get("allegation")))
        renew_lease(desk)
        return _page(site, request, desk)

    return view


def _page(
    site: AdminSite, request: HttpRequest, desk: Desk, *, form: DecisionForm | None = None, ask: AskForm | None = None
) -> HttpResponse:
    was_refused = form is not None or ask is not None
    status = HTTPStatus.UNPROCESSABLE_ENTITY if was_refused else HTTPStatus.OK
    context = page_context(site, request, desk, form=form, ask=ask)
    return TemplateResponse(request, "admin/reports/case.html", context, status=status)


def around(site: AdminSite) -> Callable[..., HttpResponseBase]:
    """``/admin/cases/<case>/around/``: the seller, the same pictures elsewhere, what was carried out, the timeline."""

    @permitted(SEE)
    @require_GET
    def view(request: HttpRequest, case_id: int) -> HttpResponseBase:
        part = request.GET.get("part", "")
        return _part(site, request, "case_around", {**case_around.around(case_id, part=part), "part_shown": part})

    return view


def preview(site: AdminSite) -> Callable[..., HttpResponseBase]:
    """POST: what the form as it stands would bring about. Writes nothing."""

    @permitted(DECIDE)
    @require_POST
    def view(request: HttpRequest, case_id: int) -> HttpResponseBase:
        desk, rows, answer = _asked(request, case_id)
        if rows is None or answer is None:
            return _part(site, request, "case_preview", {"case": desk.gathered.case, "has_moved": True})
        form = sent_form(desk, answer, request.POST)
        context: dict[str, Any] = {"case": desk.gathered.case, "form": form}
        if form.is_valid():
            context["happens"] = consequences(rows.allegation, answer, form.ruling(), now=desk.now)
        return _part(site, request, "case_preview", context)

    return view


def _part(site: AdminSite, request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    """A part of the page for its script, or the same as a page of its own."""
    if request.headers.get(FRAGMENT_HEADER):
        return TemplateResponse(request, f"admin/reports/pieces/{name}.html", context)
    whole = {**site.each_context(request), **FRAME, **context, "part": f"admin/reports/pieces/{name}.html"}
    whole["title"] = f"사건 {context['case'].number}"
    return TemplateResponse(request, "admin/reports/case_part.html", whole)


@permitted(SEE_FILES)
@require_GET
def file(request: HttpRequest, case_id: int, attachment_id: int) -> HttpResponse:  # noqa: ARG001 - the case names the address
    """``/admin/cases/<case>/files/<attachment>/``: a document that has no safe copy, to be saved and never shown."""
    attachment = get_object_or_404(Attachment.objects.select_related("file"), pk=attachment_id)
    if attachment.file.has_working_copy:
        raise Http404
    with open_original(attachment.file) as stream:
        response = HttpResponse(stream.read(), content_type="application/octet-stream")
    ending = "pdf" if attachment.file.media_type == "application/pdf" else "bin"
    response["Content-Disposition"] = f'attachment; filename="{attachment.file.sha256[:16]}.{ending}"'
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


# -- deciding ---------------------------------------------------------------------------------------------------------


def decide(site: AdminSite) -> Callable[..., HttpResponseBase]:
    """POST: one answer about one allegation. ``quick`` decides with what is offered, and takes only the note along."""

    @permitted(DECIDE)
    @require_POST
    def view(request: HttpRequest, case_id: int) -> HttpResponseBase:
        desk, rows, answer = _asked(request, case_id)
        if rows is None:
            return _about_nothing(request, case_id)
        if answer is None or rows.allegation.status != request.POST.get("seen"):
            return _loser(request, desk, rows, decisions.moved(rows.allegation))
        if request.POST.get("quick"):
            return _decide_by_key(site, request, desk, answer)
        form = sent_form(desk, answer, request.POST)
        if not form.is_valid():
            return _page(site, request, desk, form=form)
        return _submit(site, request, desk, answer, form.ruling(), form)

    return view


def _asked(request: HttpRequest, case_id: int) -> tuple[Desk, AllegationRows | None, Answer | None]:
    """The desk, the allegation that the form is about, and the answer that it gives, if it is still to be given."""
    allegation_id = number(request.POST.get("allegation"))
    desk = desk_of(request, case_id, allegation_id)
    if desk.rows is None or desk.rows.allegation.pk != allegation_id:
        return desk, None, None
    name = request.POST.get("quick") or request.POST.get("answer", "")
    return desk, desk.rows, next((answer for answer in desk.offered if answer.name == name), None)


def _about_nothing(request: HttpRequest, case_id: int) -> HttpResponseRedirect:
    """What was sent is about nothing of this case: an address that was made up, or a page of long ago."""
    messages.warning(request, "아무것도 하지 않았습니다. 이 사건에 없는 것입니다. 사건 화면에서 다시 골라 주세요.")
    return HttpResponseRedirect(case_url(case_id))


def _decide_by_key(site: AdminSite, request: HttpRequest, desk: Desk, answer: Answer) -> HttpResponseBase:
    note = NoteForm(request.POST)
    assert desk.rows is not None
    ruling = ruling_by_default(desk.rows, answer, desk.policies)
    if ruling is None or not note.is_valid():
        return _page(site, request, desk, form=sent_form(desk, answer, request.POST))
    return _submit(site, request, desk, answer, replace(ruling, private_note=note.cleaned_data["private_note"]), None)


def _submit(
    site: AdminSite, request: HttpRequest, desk: Desk, answer: Answer, ruling: Ruling, form: DecisionForm | None
) -> HttpResponseBase:
    """Decide, or ask for the second person; then on to what comes next."""
    assert desk.rows is not None
    rows, case = desk.rows, desk.gathered.case
    try:
        outcome = held.submit(
            rows.allegation,
            ruling,
            actor=actor_of(request),
            now=desk.now,
            seen=AllegationStatus(rows.allegation.status),
            corrects=answer.corrects,
            appeal=answer.appeal,
        )
    except Conflict as lost:
        return _loser(request, desk, rows, lost)
    except DomainError as refusal:
        if form is None:
            messages.warning(request, str(refusal))
            return HttpResponseRedirect(case_url(case, allegation=rows.allegation.pk))
        form.add_error(None, str(refusal))
        return _page(site, request, desk, form=form)
    if isinstance(outcome, Approval):
        messages.warning(request, f"두 번째 사람의 승인을 기다립니다. {outcome.reason}")
        return onward(person(request), case, now=desk.now)
    return onward(person(request), case, now=desk.now, done=outcome.pk)


def _loser(request: HttpRequest, desk: Desk, rows: AllegationRows, lost: DomainError) -> HttpResponseBase:
    """Somebody was first: say who and what. A double click of one person is answered like its first."""
    user, case = person(request), desk.gathered.case
    name = request.POST.get("quick") or request.POST.get("answer", "")
    first = answered_already(rows.allegation, user, name)
    if first is not None:
        done = {"done": first.pk} if isinstance(first, Decision) else {}
        return onward(user, case, now=desk.now, **done)
    messages.warning(request, str(lost))
    return HttpResponseRedirect(case_url(case, allegation=rows.allegation.pk))


@permitted(DECIDE)
@require_POST
def undo(request: HttpRequest, case_id: int, decision_id: int) -> HttpResponseBase:
    """POST: take the decision back while there is time, and show the case again."""
    decision = get_object_or_404(
        Decision.objects.select_related("allegation__case", "policy"), pk=decision_id, allegation__case=case_id
    )
    user, now = person(request), timezone.now()
    case = decision.allegation.case
    try:
        decisions.undo(decision, actor=actor_of(request), now=now, may_undo_others=user.has_perm(UNDO_ANY))
    except DomainError as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, "결정을 되돌렸습니다. 다시 결정해 주세요.")
        if queue.lease(case, user, now=now) is not None:
            queue.release_others(user, keep=case, now=now)
    return HttpResponseRedirect(case_url(case, allegation=decision.allegation_id))


# -- asking, and the second person ------------------------------------------------------------------------------------


def ask_for_more(site: AdminSite) -> Callable[..., HttpResponseBase]:
    """POST: ask those who complained for what is missing."""

    @permitted(DECIDE)
    @require_POST
    def view(request: HttpRequest, case_id: int) -> HttpResponseBase:
        desk, rows, _ = _asked(request, case_id)
        if rows is None:
            return _about_nothing(request, case_id)
        form = AskForm(request.POST)
        if not form.is_valid():
            return _page(site, request, desk, ask=form)
        try:
            asked = hearings.ask_for_more(
                rows.allegation, question=form.cleaned_data["question"], actor=actor_of(request), now=desk.now
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
            return _page(site, request, desk, ask=form)
        messages.success(request, f"신고인 {len(asked):,}명에게 보완을 요청했습니다.")
        return onward(person(request), desk.gathered.case, now=desk.now)

    return view


@permitted(DECIDE, APPROVE)
@require_POST
def second_person(request: HttpRequest, case_id: int, approval_id: int) -> HttpResponseBase:
    """POST: agree to a held decision, refuse it, or take back one's own request."""
    approval = Approval.objects.filter(pk=approval_id, action=held.ACTION).first()
    deed = request.POST.get("deed", "")
    if approval is None or deed not in _DEEDS:
        return _about_nothing(request, case_id)
    if deed != "withdraw" and not request.user.has_perm(APPROVE):
        raise PermissionDenied
    desk = desk_of(request, case_id, number(approval.subject_ref))
    form = SecondPersonForm(request.POST)
    back = HttpResponseRedirect(case_url(case_id, allegation=number(approval.subject_ref)))
    if deed != "withdraw" and not form.is_valid():
        messages.warning(request, " ".join(map(str, form.errors["reason"])))
        return back
    carry_out, done = _DEEDS[deed]
    named = {"reason": form.cleaned_data["reason"]} if deed != "withdraw" else {}
    try:
        carry_out(approval, actor=actor_of(request), **named)
    except DomainError as refusal:
        messages.warning(request, str(refusal))
        return back
    messages.success(request, done)
    return back if deed == "withdraw" else onward(person(request), desk.gathered.case, now=desk.now)
