"""Hearing both sides: the seller explains, complainants answer, and silence on either side.

What touches an allegation's state holds its listing's row first, as every decision does: what a party sends in the
moment of a decision is kept, whoever was first.

The seller's period runs from the delivery of the notice. Nothing is found by its silence: staff then decide on what
there is. A complainant's silence ends only its own complaint. What comes late is kept, marked, and shown to staff.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from core import rulesets
from core.actors import Actor
from core.calendar import Deadline, add_business_days, calendar, end_of_day, period_business_days
from core.errors import Conflict, DomainError
from core.journal import record
from reports import notices
from reports.choices import (
    AllegationStatus,
    Claim,
    ExplanationStatus,
    InquiryKind,
    InquiryStatus,
    NoticeKind,
    Stance,
    WorkKind,
)
from reports.models import Allegation, Complainant, Decision, Explanation, Inquiry
from reports.services import cases, queue, reasons, restrictions
from reports.services.filing import TEXT_LENGTH, HandedIn, attach

#: What complainants read of an explanation in the seller's own words [ours].
SUMMARY_LENGTH: Final = 1_000
#: What may still be handed in by one side, all files together [ours]; issue 5: up to 10 files at a time.
MOST_FILES: Final = 20


# -- the seller -------------------------------------------------------------------------------------------------------


def ask_seller(decision: Decision, *, now: datetime) -> Explanation | None:
    """Ask for an explanation with a restriction; ``None`` where one is awaited already."""
    if Explanation.objects.unsubmitted().filter(allegation=decision.allegation).exists():
        return None
    return Explanation.objects.create(allegation=decision.allegation, decision=decision, asked_at=now)


@transaction.atomic
def begin_period(explanation: Explanation, *, delivered_at: datetime) -> None:
    """The notice has arrived: from now on the seller's days count. Twice is once."""
    restrictions.locked(explanation.allegation.case.listing_id)
    rules = rulesets.current("reports")
    due = period_business_days(delivered_at, rules.number("explanation_business_days"), calendar())
    begun = Explanation.objects.undelivered().filter(pk=explanation.pk)
    if not begun.update(due_at=due.exclusive_bound, rules_version=rules.version):
        return
    explanation.refresh_from_db()
    details = {"due_at": due.exclusive_bound, "rules_version": rules.version}
    record("reports.explanation.period_begun", actor=None, subject=explanation, details=details)
    allegation = Allegation.objects.select_related("case").get(pk=explanation.allegation_id)
    if allegation.status == AllegationStatus.RESTRICTED:
        cases.step(allegation, to=AllegationStatus.EXPLANATION_REQUESTED, actor=None, at=delivered_at)


@transaction.atomic
def extend(explanation: Explanation, *, reason: str, actor: Actor, now: datetime) -> Explanation:
    """Give the seller more days, once, before its period is over. Raises ``DomainError``, ``Conflict``."""
    what = "기한을 연장하지 않았습니다."
    if not reason.strip():
        raise DomainError(what, "사유가 비어 있습니다.", "왜 시간이 더 필요한지 적어 주세요.")
    explanation.refresh_from_db()
    if explanation.due_at is None or explanation.due_at <= now:
        raise Conflict(
            what, "연장할 수 있는 기간이 아닙니다.", "지금 가지고 계신 자료로 소명해 주세요.", code="too_late"
        )
    due = _later(explanation.due_at, rulesets.current("reports").number("explanation_extension_business_days"))
    extended = Explanation.objects.extendable().filter(pk=explanation.pk, due_at=explanation.due_at)
    if not extended.update(due_at=due.exclusive_bound, extended_at=now, extension_reason=reason[:300]):
        raise Conflict(what, "연장은 한 번만 할 수 있습니다.", "기한까지 소명해 주세요.", code="extended_already")
    details = {"old": explanation.due_at, "new": due.exclusive_bound, "reason": reason[:300]}
    record("reports.explanation.extended", actor=actor, subject=explanation, details=details, at=now)
    explanation.refresh_from_db()
    notices.tell_seller(
        NoticeKind.EXPLANATION_EXTENDED,
        explanation.allegation,
        about=f"explanation:{explanation.pk}",
        extra={"due_at": explanation.due_at},
        now=now,
    )
    return explanation


def _later(due_at: datetime, days: int) -> Deadline:
    """So many business days after the day on which the period would have ended."""
    return period_business_days(due_at - timedelta(microseconds=1), days, calendar())


@transaction.atomic
def submit_explanation(
    explanation: Explanation,
    *,
    claim: Claim,
    text: str,
    summary: str,
    files: Sequence[HandedIn],
    actor: Actor,
    now: datetime,
) -> Explanation:
    """The seller's explanation, once. In time it is put before complainants or staff; late, it is kept and marked.

    Raises ``DomainError`` for what cannot be used and ``Conflict`` where it was given already.
    """
    _require_text("소명을 받지 않았습니다.", text, summary)
    _require_few(files, 0)
    restrictions.locked(explanation.allegation.case.listing_id)
    explanation.refresh_from_db()
    is_late = explanation.status != ExplanationStatus.REQUESTED or (
        explanation.due_at is not None and explanation.due_at <= now
    )
    waits = explanation.status != ExplanationStatus.CANCELLED
    given = Explanation.objects.filter(pk=explanation.pk, submitted_at__isnull=True).update(
        status=ExplanationStatus.SUBMITTED if waits else ExplanationStatus.CANCELLED,
        claim=claim,
        text=text,
        summary=summary,
        submitted_at=now,
        is_late=is_late,
    )
    if not given:
        raise Conflict(
            "소명을 받지 않았습니다.",
            "이미 소명을 내셨습니다.",
            "자료를 더 내시려면 결정이 있기 전까지 ‘자료 추가’를 눌러 주세요.",
            code="given_already",
        )
    explanation.refresh_from_db()
    attach(files, explanation=explanation, is_late=is_late, now=now)
    details = {"claim": claim.value, "files": len(files), "is_late": is_late}
    record("reports.explanation.submitted", actor=actor, subject=explanation, details=details, at=now)
    if waits:
        _hear_complainants(explanation, actor=actor, now=now)
    notices.tell_seller(
        NoticeKind.EXPLANATION_RECEIVED,
        explanation.allegation,
        about=f"explanation:{explanation.pk}",
        extra=reasons.explanation_values(explanation) | {"is_late": is_late},
        now=now,
    )
    return explanation


@transaction.atomic
def add_documents(explanation: Explanation, *, files: Sequence[HandedIn], actor: Actor, now: datetime) -> Explanation:
    """More documents after the explanation, as long as nothing is decided. Kept and marked late after the deadline.

    A file that was handed in with it before is there already: sent twice is once.
    """
    restrictions.locked(explanation.allegation.case.listing_id)
    explanation.refresh_from_db()
    is_open = Allegation.objects.open().filter(pk=explanation.allegation_id).exists()
    if explanation.submitted_at is None or explanation.status == ExplanationStatus.CANCELLED or not is_open:
        raise Conflict(
            "자료를 받지 않았습니다.", "소명을 받고 있는 사건이 아닙니다.", "최종 결정에는 이의를 제기할 수 있습니다."
        )
    there = set(explanation.attachments.values_list("file_id", flat=True))
    fresh = [each for each in files if each.file.pk not in there]
    _require_few(fresh, len(there))
    if not fresh:
        return explanation
    is_late = explanation.due_at is not None and explanation.due_at <= now
    attach(fresh, explanation=explanation, is_late=is_late, now=now)
    details = {"files": len(fresh), "is_late": is_late}
    record("reports.explanation.documents_added", actor=actor, subject=explanation, details=details, at=now)
    return explanation


def _hear_complainants(explanation: Explanation, *, actor: Actor | None, now: datetime) -> None:
    """Under review from now on: those who complained are asked; where nobody can be, staff examine it themselves."""
    allegation = explanation.allegation
    allegation.refresh_from_db()
    if AllegationStatus(allegation.status) not in {
        AllegationStatus.RESTRICTED,
        AllegationStatus.EXPLANATION_REQUESTED,
    }:
        return
    cases.step(allegation, to=AllegationStatus.EXPLANATION_REVIEW, actor=actor, at=now)
    queue.finish(allegation, now=now, kinds=[WorkKind.SILENCE, WorkKind.CONTACT])
    asked = [
        ask_complainant(InquiryKind.ANSWER, allegation, complainant, explanation=explanation, now=now)
        for complainant in Complainant.objects.of(allegation).reachable()
    ]
    if not asked:
        ask_staff(WorkKind.EXPLANATION, allegation, now=now)


def ask_staff(kind: WorkKind, allegation: Allegation, *, now: datetime) -> None:
    """Staff decide within two business days of the explanation, or of the silence."""
    rules = rulesets.current("reports")
    days = rules.number("explanation_decision_business_days")
    due_at = period_business_days(now, days, calendar()).exclusive_bound
    queue.ask(kind, allegation=allegation, due_at=due_at, rules_version=rules.version, now=now)


# -- complainants -----------------------------------------------------------------------------------------------------


def ask_complainant(
    kind: InquiryKind,
    allegation: Allegation,
    complainant: Complainant,
    *,
    now: datetime,
    explanation: Explanation | None = None,
    question: str = "",
    actor: Actor | None = None,
) -> Inquiry:
    """Put the explanation, or a question, to one complainant, with a day until which and a reminder before it."""
    rules, days_off = rulesets.current("reports"), calendar()
    due = period_business_days(now, rules.number("complainant_answer_business_days"), days_off)
    inquiry = Inquiry.objects.create(
        allegation=allegation,
        complainant=complainant,
        kind=kind,
        explanation=explanation,
        question=question,
        asked_at=now,
        due_at=due.exclusive_bound,
        remind_at=_a_business_day_before(now, rules.number("complainant_answer_business_days")),
        rules_version=rules.version,
    )
    details = {"kind": kind.value, "due_at": inquiry.due_at, "rules_version": rules.version}
    record("reports.inquiry.asked", actor=actor, subject=inquiry, details=details, at=now)
    tell_of(NoticeKind.ANSWER_ASKED if kind == InquiryKind.ANSWER else NoticeKind.MORE_INFO, inquiry, now=now)
    return inquiry


@transaction.atomic
def ask_for_more(allegation: Allegation, *, question: str, actor: Actor, now: datetime) -> list[Inquiry]:
    """Ask everybody who complained for what is missing. Raises ``DomainError`` where nobody can be reached."""
    what = "보완을 요청하지 않았습니다."
    if not question.strip():
        raise DomainError(what, "무엇이 필요한지 적지 않았습니다.", "필요한 자료를 구체적으로 적어 주세요.")
    restrictions.locked(allegation.case.listing_id)
    allegation.refresh_from_db()
    complainants = list(Complainant.objects.of(allegation).reachable())
    if not complainants:
        raise DomainError(what, "연락할 수 있는 신고인이 없습니다.", "지금 있는 자료로 결정해 주세요.")
    if allegation.status == AllegationStatus.RECEIVED:
        cases.step(allegation, to=AllegationStatus.UNDER_REVIEW, actor=actor, at=now)
    cases.step(allegation, to=AllegationStatus.MORE_INFO_REQUESTED, actor=actor, at=now)
    queue.finish(allegation, now=now, kinds=[WorkKind.REVIEW])
    return [
        ask_complainant(InquiryKind.MORE_INFO, allegation, each, question=question, actor=actor, now=now)
        for each in complainants
    ]


@transaction.atomic
def answer(
    inquiry: Inquiry,
    *,
    text: str,
    files: Sequence[HandedIn],
    actor: Actor,
    now: datetime,
    stance: Stance = Stance.MAINTAIN,
) -> Inquiry:
    """A complainant's answer, once. Late, it is kept, marked, and shown to staff."""
    if stance == Stance.MAINTAIN:
        _require_text("답변을 받지 않았습니다.", text, "")
    _require_few(files, 0)
    restrictions.locked(inquiry.allegation.case.listing_id)
    inquiry.refresh_from_db()
    is_late = inquiry.status != InquiryStatus.ASKED or inquiry.due_at <= now
    waits = inquiry.status != InquiryStatus.CANCELLED
    answered = Inquiry.objects.filter(pk=inquiry.pk, answered_at__isnull=True).update(
        status=InquiryStatus.ANSWERED if waits else InquiryStatus.CANCELLED,
        stance=stance,
        text=text,
        answered_at=now,
        is_late=is_late,
    )
    if not answered:
        raise Conflict(
            "답변을 받지 않았습니다.", "이미 답변하셨습니다.", "결과가 나오면 알려 드립니다.", code="given_already"
        )
    inquiry.refresh_from_db()
    attach(files, inquiry=inquiry, is_late=is_late, now=now)
    details = {"stance": stance.value, "files": len(files), "is_late": is_late}
    record("reports.inquiry.answered", actor=actor, subject=inquiry, details=details, at=now)
    if waits:
        _go_on(inquiry, actor=actor, now=now)
    return inquiry


def _go_on(inquiry: Inquiry, *, actor: Actor | None, now: datetime) -> None:
    """To staff: with the explanation, or back to the review that had asked."""
    allegation = inquiry.allegation
    allegation.refresh_from_db()
    if allegation.status == AllegationStatus.MORE_INFO_REQUESTED:
        cases.step(allegation, to=AllegationStatus.UNDER_REVIEW, actor=actor, at=now)
        ask_staff(WorkKind.REVIEW, allegation, now=now)
    elif allegation.status == AllegationStatus.EXPLANATION_REVIEW and inquiry.stance != Stance.WITHDRAW:
        ask_staff(WorkKind.EXPLANATION, allegation, now=now)


def tell_of(kind: NoticeKind, inquiry: Inquiry, *, now: datetime) -> None:
    """Owe the complainant the letter about what it is asked."""
    extra = {"due_at": inquiry.due_at, "question": inquiry.question}
    if inquiry.explanation is not None:
        extra |= reasons.explanation_values(inquiry.explanation)
    notices.tell_complainant(
        kind, inquiry.complainant, allegation=inquiry.allegation, about=f"inquiry:{inquiry.pk}", extra=extra, now=now
    )


def _a_business_day_before(now: datetime, days: int) -> datetime:
    """The start of the last day: a reminder one business day before its end."""
    before = rulesets.current("reports").number("complainant_reminder_business_days")
    if days <= before:
        return now
    return end_of_day(add_business_days(now, days - before, calendar()))


# -- when a decision does not wait ------------------------------------------------------------------------------------


def close_open(allegation: Allegation, *, decision: Decision) -> None:
    """A decision is made: what was still awaited falls away, and comes back where it is undone."""
    if decision.kind in _LEAVES_HEARINGS:
        return
    Explanation.objects.unsubmitted().filter(allegation=allegation).update(
        status=ExplanationStatus.CANCELLED, closed_by=decision
    )
    Inquiry.objects.unanswered().filter(allegation=allegation).update(
        status=InquiryStatus.CANCELLED, closed_by=decision
    )


def reopen_closed_by(decision: Decision, *, actor: Actor | None, now: datetime) -> None:
    """The decision was undone: what it had not waited for is awaited again; what the restriction had asked is not.

    What came while the decision stood goes on from there, as if it had not: its giver cannot give it twice, and
    waiting for it would end in silence.
    """
    explanations, inquiries = (
        Explanation.objects.closed_by_decision(decision),
        Inquiry.objects.closed_by_decision(decision),
    )
    given = list(explanations.given().select_related("allegation"))
    answered = list(inquiries.given().select_related("allegation"))
    explanations.update(status=ExplanationStatus.REQUESTED, closed_by=None)
    inquiries.update(status=InquiryStatus.ASKED, closed_by=None)
    Explanation.objects.undelivered().filter(decision=decision).update(status=ExplanationStatus.CANCELLED)
    for explanation in given:
        _take_up_explanation(explanation, actor=actor, now=now)
    for inquiry in answered:
        _take_up_answer(inquiry, actor=actor, now=now)


def _take_up_explanation(explanation: Explanation, *, actor: Actor | None, now: datetime) -> None:
    is_late = explanation.due_at is not None and _came(explanation.submitted_at) >= explanation.due_at
    Explanation.objects.filter(pk=explanation.pk).update(status=ExplanationStatus.SUBMITTED, is_late=is_late)
    explanation.refresh_from_db()
    record("reports.explanation.resumed", actor=actor, subject=explanation, details={"is_late": is_late}, at=now)
    _hear_complainants(explanation, actor=actor, now=now)


def _take_up_answer(inquiry: Inquiry, *, actor: Actor | None, now: datetime) -> None:
    """To staff whatever it says: whether a withdrawal still ends the matter, a person decides."""
    is_late = _came(inquiry.answered_at) >= inquiry.due_at
    Inquiry.objects.filter(pk=inquiry.pk).update(status=InquiryStatus.ANSWERED, is_late=is_late)
    inquiry.refresh_from_db()
    record("reports.inquiry.resumed", actor=actor, subject=inquiry, details={"is_late": is_late}, at=now)
    _go_on(inquiry, actor=actor, now=now)
    if inquiry.stance == Stance.WITHDRAW and inquiry.allegation.status == AllegationStatus.EXPLANATION_REVIEW:
        ask_staff(WorkKind.EXPLANATION, inquiry.allegation, now=now)


def _came(at: datetime | None) -> datetime:
    assert at is not None  # it was given
    return at


#: A restriction asks; it does not end what is being asked.
_LEAVES_HEARINGS: Final = frozenset({"interim_restriction"})


# -- checks -----------------------------------------------------------------------------------------------------------


def _require_text(what: str, text: str, summary: str) -> None:
    if not text.strip():
        raise DomainError(what, "내용이 비어 있습니다.", "설명을 적어 주세요.")
    if len(text) > TEXT_LENGTH or len(summary) > SUMMARY_LENGTH:
        raise DomainError(
            what, f"설명은 {TEXT_LENGTH:,}자, 요약은 {SUMMARY_LENGTH:,}자까지입니다.", "줄여서 적거나 파일로 내 주세요."
        )


def _require_few(files: Sequence[HandedIn], there: int) -> None:
    if len(files) + there > MOST_FILES:
        raise DomainError(
            "파일을 받지 않았습니다.",
            f"파일은 모두 {MOST_FILES}개까지 낼 수 있습니다.",
            "가장 중요한 것만 골라 주세요.",
        )
