"""One person at one case: the rows, what may be answered, and the page that shows it. Reads only.

Made once a request; the page, its fragments and every answer begin here, so that what is offered and what is taken
are the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from core.actors import USER
from core.korean import josa
from core.models import Approval
from core.numbers import SEOUL
from reports.choices import AllegationStatus, DecisionKind
from reports.desk import case_page
from reports.desk.case_forms import SKIP_REASONS, AskForm, DecisionForm, SecondPersonForm, SkipForm
from reports.desk.case_offers import (
    Answer,
    answers,
    chosen,
    default_policy,
    offered_reasonings,
    seller_language,
)
from reports.desk.case_rows import AllegationRows, CaseRows, gather, load
from reports.desk.staff_views import number, person
from reports.models import Allegation, Decision, Policy
from reports.services import decisions, held, queue
from reports.statements import LANGUAGE
from reports.wording import language_or_default

DECIDE: Final = "reports.decide_case"
CORRECT: Final = "reports.correct_decision"
RELEASE: Final = "reports.release_case"
UNDO_ANY: Final = "reports.undo_any_decision"
APPROVE: Final = "core.decide_approval"
FILE: Final = "reports.file_report"
SEE: Final = "reports.view_case"
SEE_PEOPLE: Final = "reports.view_complainant"
SEE_FILES: Final = "reports.view_attachment"

#: Without the sidebar: the evidence needs the width.
FRAME: Final = {"is_nav_sidebar_enabled": False}
#: A lease is renewed by a load only when it has become old: most loads come right after it was taken.
_OLD_LEASE_MINUTES: Final = 10


@dataclass(frozen=True, slots=True)
class Desk:
    """What one person has before them."""

    gathered: CaseRows
    rows: AllegationRows | None
    user: User
    now: datetime
    offered: tuple[Answer, ...]
    policies: Sequence[Policy]

    @property
    def holder(self) -> User | None:
        return queue.holder_of(self.gathered.case, now=self.now)


def desk_of(request: HttpRequest, case_id: int, allegation_id: int | None) -> Desk:
    """The desk, or 404 where there is no such case."""
    case = load(case_id)
    if case is None:
        raise Http404
    now, user = timezone.now(), person(request)
    gathered = gather(case, today=now.astimezone(SEOUL).date())
    rows = case_page.chosen_rows(gathered, allegation_id)
    offered: tuple[Answer, ...] = ()
    if rows is not None and user.has_perm(DECIDE):
        offered = answers(rows, may_correct=user.has_perm(CORRECT))
    policies = list(Policy.objects.in_use()) if offered else []
    return Desk(gathered, rows, user, now, offered, policies)


def renew_lease(desk: Desk) -> None:
    """Without its script a page renews what is held by being loaded."""
    case = desk.gathered.case
    if desk.holder == desk.user and case.leased_until is not None:
        left = (case.leased_until - desk.now).total_seconds() / 60
        if left < _OLD_LEASE_MINUTES:
            queue.renew(case, desk.user, now=desk.now)


# -- the page ---------------------------------------------------------------------------------------------------------


def page_context(
    site: AdminSite, request: HttpRequest, desk: Desk, *, form: DecisionForm | None = None, ask: AskForm | None = None
) -> dict[str, Any]:
    """Everything that the page shows; a form that was refused keeps what was typed."""
    rows, gathered = desk.rows, desk.gathered
    answer = form.answer if form is not None else chosen(desk.offered, request.GET.get("answer", ""))
    quick = {each.code: each for each in desk.offered if each.code}
    context: dict[str, Any] = {
        **site.each_context(request),
        **FRAME,
        "title": f"사건 {gathered.case.number}",
        "desk": desk,
        "case": gathered.case,
        "listing": gathered.case.listing,
        "seller": gathered.case.listing.seller,
        "rows": rows,
        "cards": case_page.cards(gathered, rows, sees_people=request.user.has_perm(SEE_PEOPLE)),
        "step": case_page.next_step(rows) if rows is not None else None,
        "sees_files": request.user.has_perm(SEE_FILES),
        "holder": desk.holder,
        "is_mine": desk.holder == desk.user,
        "may_decide": request.user.has_perm(DECIDE),
        "may_release": request.user.has_perm(RELEASE),
        "answers": desk.offered,
        "answer": answer,
        "quick": quick,
        "undo": undo_bar(request, desk.now),
        "skip_form": SkipForm(),
        "skip_reasons": SKIP_REASONS,
        "ask_form": ask or AskForm(),
        "may_ask": _may_ask(desk),
        "may_approve": _may_approve(request, desk),
        "asked_by_me": _asked_by(desk),
        "second_person_form": SecondPersonForm(),
    }
    if rows is not None:
        context["view"] = case_page.listing_view(
            gathered,
            rows,
            reference_id=number(request.GET.get("reference")),
            image_id=number(request.GET.get("image")),
            answer=answer.name if answer is not None else "",
        )
    if rows is not None and answer is not None:
        context |= _form_context(desk, rows, answer, form)
    return context


def _form_context(desk: Desk, rows: AllegationRows, answer: Answer, form: DecisionForm | None) -> dict[str, Any]:
    """The form with the clause and the reasons that are offered, and what the keys would say."""
    policy = default_policy(rows.allegation, desk.policies)
    if policy is None:
        return {"form": form or form_of(desk, answer)}
    shown = [each for each in desk.offered if each.code or each == answer]
    said = offered_reasonings(rows, shown, policy)
    others = [(each, said[each.name][LANGUAGE]) for each in shown if each != answer]
    return {
        "form": form or form_of(desk, answer, initial=_initial(rows, answer, policy, said[answer.name])),
        "other_keys": others,
        "is_authorised": rows.allegation.is_authorised,
    }


def _initial(rows: AllegationRows, answer: Answer, policy: Policy, said: Mapping[str, str]) -> dict[str, Any]:
    return {
        "policy": policy.pk,
        "reasoning": said[LANGUAGE],
        "translation": said[seller_language(rows.allegation)],
        "effects": sorted(answer.effects),
    }


def sent_form(desk: Desk, answer: Answer, data: Any) -> DecisionForm:
    """The form as it was sent, which knows what it had offered."""
    rows = desk.rows
    policy = default_policy(rows.allegation, desk.policies) if rows is not None else None
    if rows is None or policy is None:
        return form_of(desk, answer, data)
    said = offered_reasonings(rows, [answer], policy)[answer.name]
    return form_of(desk, answer, data, initial=_initial(rows, answer, policy, said))


def form_of(desk: Desk, answer: Answer, data: Any = None, *, initial: Mapping[str, Any] | None = None) -> DecisionForm:
    language = language_or_default(desk.gathered.case.listing.seller.language)
    return DecisionForm(data, answer=answer, policies=desk.policies, language=language, initial=initial)


def _may_ask(desk: Desk) -> bool:
    """Whether those who complained can be asked for more: only before anything is decided."""
    rows = desk.rows
    if rows is None or not desk.offered:
        return False
    return rows.allegation.status in {AllegationStatus.RECEIVED, AllegationStatus.UNDER_REVIEW}


def _asked_by(desk: Desk) -> bool:
    """Whether the request for a second person is this person's own."""
    approval = desk.rows.approval if desk.rows is not None else None
    return approval is not None and is_asked_by(approval, desk.user)


def _may_approve(request: HttpRequest, desk: Desk) -> bool:
    has_request = desk.rows is not None and desk.rows.approval is not None
    return has_request and request.user.has_perm(APPROVE) and not _asked_by(desk)


# -- what was just done -----------------------------------------------------------------------------------------------


def undo_bar(request: HttpRequest, now: datetime) -> dict[str, Any] | None:
    """What the address says was just done, if it can still be taken back by this person."""
    done = number(request.GET.get("done"))
    if done is None:
        return None
    related = ("allegation__case__listing__current_version",)
    decision = Decision.objects.select_related(*related).filter(pk=done).exclude(kind=DecisionKind.UNDONE).first()
    may = decision is not None and (is_by(decision, person(request)) or request.user.has_perm(UNDO_ANY))
    if decision is None or not may:
        return None
    left = (decisions.undo_deadline(decision) - now).total_seconds()
    if left <= 0:
        return None
    case = decision.allegation.case
    title = case.listing.current_version.title if case.listing.current_version else case.listing.external_id
    return {
        "text": f"{case.number} ‘{title[:30]}’: {josa(decision.get_kind_display(), '으로/로')} 결정했습니다.",
        "action": reverse("admin:case_undo", args=[case.pk, decision.pk]),
        "seconds": left,
    }


def is_by(decision: Decision, user: User) -> bool:
    return (decision.actor_kind, decision.actor_ref) == (USER, str(user.pk))


def is_asked_by(approval: Approval, user: User) -> bool:
    """Whether a request for a second person is this person's own."""
    return (approval.requested_by_kind, approval.requested_by_ref) == (USER, str(user.pk))


def answered_already(allegation: Allegation, user: User, name: str) -> Decision | Approval | None:
    """What this person has just answered so: a second click is answered like the first."""
    kind, _, finding = name.partition(".")
    newest = allegation.decisions.order_by("-id").first()
    if newest is not None and is_by(newest, user) and (newest.kind, newest.finding) == (kind, finding):
        return newest
    asked = held.waiting(allegation)
    return asked if asked is not None and is_asked_by(asked, user) and asked.payload["kind"] == kind else None
