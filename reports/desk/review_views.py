"""The review screen: what is next, one match, and the three answers to it.

The order of the queue and what was just done stand in the address, so that two tabs, the back button and a reload
each mean what they show. Every answer is a plain form; the services decide who was first.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from core.actors import USER
from core.admin_base import actor_of
from core.errors import DomainError
from core.evidence.views import working_copy_response
from core.models import EvidenceFile
from listings.choices import MatchStatus, Restriction
from listings.models import Match
from listings.querysets import MatchQuerySet
from reports.desk import presence, review_page
from reports.desk.forms import NoteForm, ReviewForm
from reports.desk.staff_views import number, permitted, person
from reports.services import match_review

REVIEW: Final = "reports.review_match"
UNDO_ANY: Final = "reports.undo_any_decision"
SEE_EVIDENCE: Final = "core.view_evidencefile"
#: So many matches from the front may be looked at by others before one of them is given twice.
_LOOKED_AT_MOST: Final = 40

#: Without the sidebar: the pictures need the width.
_FRAME: Final = {"title": "일치 검토", "is_nav_sidebar_enabled": False}


def review_urls(site: AdminSite) -> list[URLPattern]:
    """The addresses of this screen, for the admin site to put before its own."""
    views: tuple[tuple[str, Callable[..., Any], str], ...] = (
        ("review/", review_next(site), "review_next"),
        ("review/<int:match_id>/", review_match(site), "review_match"),
        ("review/<int:match_id>/confirm/", confirm(site), "review_confirm"),
        ("review/<int:match_id>/reject/", reject(site), "review_reject"),
        ("review/<int:match_id>/undo/", undo, "review_undo"),
        ("evidence/<slug:sha256>/", evidence, "review_evidence"),
    )
    return [path(route, site.admin_view(view), name=name) for route, view, name in views]


# -- pages ------------------------------------------------------------------------------------------------------------


def review_next(site: AdminSite) -> Callable[..., HttpResponseBase]:
    """``/admin/review/``: on to the most urgent match that nobody looks at, or the next such one after ``?after=``.

    Where somebody looks at every one of them, the most urgent is given all the same; a quiet page where none waits.
    """

    @permitted(REVIEW)
    @require_GET
    def view(request: HttpRequest) -> HttpResponseBase:
        following = _next_after(number(request.GET.get("after")), person(request))
        done = request.GET.get("done", "")
        if following is not None:
            query = f"?{urlencode({'done': done})}" if done else ""
            return HttpResponseRedirect(review_page.review_url(following) + query)
        context = {**site.each_context(request), **_FRAME, "undo": _undo_bar(request)}
        return TemplateResponse(request, "admin/reports/review_empty.html", context)

    return view


def _next_after(match_id: int | None, user: User) -> int | None:
    """The next match in the queue's order after that one, from the front again at its end."""
    last = Match.objects.filter(pk=match_id).first() if match_id else None
    if last is not None:
        presence.leave(last.pk, user)
    waiting = Match.objects.awaiting_review().most_urgent_first()
    after = [] if last is None else _first_of(waiting.less_urgent_than(last))
    queue = list(dict.fromkeys([*after, *_first_of(waiting)]))
    return presence.claim_first(queue, user) or next(iter(queue), None)


def _first_of(matches: MatchQuerySet) -> list[int]:
    return list(matches.values_list("pk", flat=True)[:_LOOKED_AT_MOST])


def review_match(site: AdminSite) -> Callable[..., HttpResponseBase]:
    """``/admin/review/<match>/``: the match beside the brand's own, and the form that decides it."""

    @permitted(REVIEW)
    @require_GET
    def view(request: HttpRequest, match_id: int) -> HttpResponseBase:
        return _page(site, request, _found(match_id))

    return view


def _found(match_id: int) -> Match:
    match = review_page.load(match_id)
    if match is None:
        raise Http404
    return match


def _page(site: AdminSite, request: HttpRequest, match: Match, form: ReviewForm | None = None) -> HttpResponse:
    listing = match.version.listing
    history = review_page.history(match, now=timezone.now())
    is_open = match.status == MatchStatus.OPEN and listing.current_version_id == match.version_id
    context = {
        **site.each_context(request),
        **_FRAME,
        "match": match,
        "version": match.version,
        "listing": listing,
        "is_open": is_open,
        "also_looking": presence.come(match.pk, person(request)) if is_open else "",
        "is_restricted": listing.restriction != Restriction.NONE,
        "waiting_count": Match.objects.awaiting_review().count(),
        "comparison": review_page.comparison(
            match, reference_id=number(request.GET.get("reference")), image_id=number(request.GET.get("image"))
        ),
        "marked_title": review_page.marked_text(match, "title"),
        "marked_description": review_page.marked_text(match, "description"),
        "reasons": review_page.reasons_of(match),
        "history": history,
        "circumstances": review_page.circumstances(listing),
        "undo_seconds": review_page.undo_seconds(),
        "undo": _undo_bar(request),
        "own_undo": _undo_of(request, match),
        **_form_context(match, form, is_authorised=history.is_authorised),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form is not None else HTTPStatus.OK
    return TemplateResponse(request, "admin/reports/review.html", context, status=status)


def _form_context(match: Match, form: ReviewForm | None, *, is_authorised: bool) -> dict[str, Any]:
    """The form with the clause and reasoning that are offered, and the statement that they make."""
    draft = review_page.draft(match)
    if draft is None:
        return {"form": form or ReviewForm(), "preview": []}
    if form is None:
        offered = draft.reasoning(is_authorised=is_authorised)
        form = ReviewForm(initial={"policy": draft.policy, "reasoning": offered})
    return {"form": form, "preview": review_page.preview(draft, str(form["reasoning"].value() or ""))}


# -- answers ----------------------------------------------------------------------------------------------------------


def confirm(site: AdminSite) -> Callable[..., HttpResponseBase]:
    """POST: a suspected counterfeit. What is missing in the form is shown in it, with everything that was typed."""

    @permitted(REVIEW)
    @require_POST
    def view(request: HttpRequest, match_id: int) -> HttpResponseBase:
        match = _found(match_id)
        form = ReviewForm(request.POST)
        if not form.is_valid():
            return _page(site, request, match, form)
        answer = {name: form.cleaned_data[name] for name in ("policy", "reasoning", "private_note")}
        return _answered(
            request,
            match,
            MatchStatus.CONFIRMED,
            lambda: match_review.confirm_match(match, actor=actor_of(request), now=timezone.now(), **answer),
        )

    return view


def reject(site: AdminSite) -> Callable[..., HttpResponseBase]:
    """POST: no suspicion."""

    @permitted(REVIEW)
    @require_POST
    def view(request: HttpRequest, match_id: int) -> HttpResponseBase:
        match = _found(match_id)
        form = NoteForm(request.POST)
        if not form.is_valid():
            return _page(site, request, match, ReviewForm(request.POST))
        note = form.cleaned_data["private_note"]
        return _answered(
            request,
            match,
            MatchStatus.REJECTED,
            lambda: match_review.reject_match(match, actor=actor_of(request), private_note=note, now=timezone.now()),
        )

    return view


@permitted(REVIEW)
@require_POST
def undo(request: HttpRequest, match_id: int) -> HttpResponseBase:
    """POST: take the decision back while there is time, and show the match again."""
    match = get_object_or_404(Match, pk=match_id)
    may_undo_others = request.user.has_perm(UNDO_ANY)
    try:
        match_review.undo(match, actor=actor_of(request), now=timezone.now(), may_undo_others=may_undo_others)
    except DomainError as refusal:
        messages.warning(request, str(refusal))
        return HttpResponseRedirect(reverse("admin:review_next"))
    messages.success(request, "결정을 되돌렸습니다. 다시 검토해 주세요.")
    return HttpResponseRedirect(review_page.review_url(match.pk))


def _answered(
    request: HttpRequest, match: Match, wanted: MatchStatus, answer: Callable[[], object]
) -> HttpResponseRedirect:
    """On to the next, with the way back; or with a message of who was first."""
    try:
        answer()
    except DomainError as refusal:
        match.refresh_from_db()
        # A double click sends twice: the second is answered like the first, because it asked for the same.
        if not (match.status == wanted and _is_mine(request, match)):
            messages.warning(request, str(refusal))
            return HttpResponseRedirect(_after(match))
    return HttpResponseRedirect(f"{_after(match)}&{urlencode({'done': match.pk})}")


def _after(match: Match) -> str:
    return f"{reverse('admin:review_next')}?{urlencode({'after': match.pk})}"


def _undo_bar(request: HttpRequest) -> dict[str, Any] | None:
    """What the address says was just done, if it can still be undone by this person."""
    done = number(request.GET.get("done"))
    match = Match.objects.select_related("version").filter(pk=done).first() if done else None
    return _undo_of(request, match) if match is not None else None


def _undo_of(request: HttpRequest, match: Match) -> dict[str, Any] | None:
    now, deadline = timezone.now(), match_review.undo_deadline(match)
    may = _is_mine(request, match) or request.user.has_perm(UNDO_ANY)
    if deadline is None or not may or not match_review.is_undoable(match, now=now):
        return None
    done = "가품 의심으로 확인했습니다" if match.status == MatchStatus.CONFIRMED else "문제없음으로 처리했습니다"
    return {
        "text": f"‘{match.version.title[:40]}’: {done}.",
        "action": reverse("admin:review_undo", args=[match.pk]),
        "seconds": (deadline - now).total_seconds(),
    }


def _is_mine(request: HttpRequest, match: Match) -> bool:
    return (match.reviewed_by_kind, match.reviewed_by_ref) == (USER, str(request.user.pk))


# -- pictures ---------------------------------------------------------------------------------------------------------


@permitted(REVIEW, SEE_EVIDENCE)
@require_GET
def evidence(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """``/admin/evidence/<sha256>/``: the safe working copy of a file, never the original."""
    file = get_object_or_404(EvidenceFile.objects.exclude(working_name=""), sha256=sha256)
    return working_copy_response(request, file)
