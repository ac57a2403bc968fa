"""Contesting a final decision: once a side, within six months, decided by somebody else.

An appeal never revives the case. Its result is a new decision: one that corrects the contested one, or one that
confirms it. Who decides sees everything that the first one saw, and is nobody who decided in that allegation before.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from core import rulesets
from core.actors import USER, Actor
from core.calendar import calendar, period_business_days
from core.errors import Conflict, DomainError
from core.journal import record
from reports import notices
from reports.choices import AppealStatus, NoticeKind, Party, WorkKind
from reports.models import Allegation, Appeal, Complainant, Decision
from reports.services import decisions, queue, reasons, restrictions
from reports.services.decisions import Ruling
from reports.services.filing import TEXT_LENGTH, HandedIn, attach

_NOT_TAKEN: Final = "이의제기를 받지 않았습니다."


def contestable(allegation: Allegation, party: Party, *, now: datetime) -> Decision | None:
    """The standing decision that this side may contest today; ``None`` where there is none, or it has had its turn."""
    decision = Decision.objects.final().filter(allegation=allegation).order_by("-id").first()
    if decision is None or not reasons.has_a_turn(decision, party):
        return None
    until = reasons.appeal_until(decision)
    if until is None or now >= until or now < decisions.undo_deadline(decision):
        return None
    return decision


@transaction.atomic
def file_appeal(
    allegation: Allegation,
    *,
    party: Party,
    text: str,
    files: Sequence[HandedIn],
    actor: Actor,
    now: datetime,
    complainant: Complainant | None = None,
) -> Appeal:
    """Contest the decision that stands. Raises ``DomainError`` with the reason where it cannot be contested."""
    if not text.strip() or len(text) > TEXT_LENGTH:
        raise DomainError(_NOT_TAKEN, "이유가 비어 있거나 너무 깁니다.", f"{TEXT_LENGTH:,}자 안에서 적어 주세요.")
    restrictions.locked(allegation.case.listing_id)
    decision = contestable(allegation, party, now=now)
    if decision is None:
        raise _cannot_contest(allegation, party)
    rules = rulesets.current("reports")
    days = rules.number("appeal_decision_business_days")
    due_at = period_business_days(now, days, calendar()).exclusive_bound
    try:
        with transaction.atomic():
            appeal = Appeal.objects.create(
                contested=decision,
                party=party,
                complainant=complainant,
                text=text,
                filed_at=now,
                due_at=due_at,
                rules_version=rules.version,
            )
    except IntegrityError as problem:
        raise _cannot_contest(allegation, party) from problem
    attach(files, appeal=appeal, now=now)
    details = {"party": party.value, "contested": decision.pk, "files": len(files), "due_at": due_at}
    record("reports.appeal.filed", actor=actor, subject=appeal, details=details, at=now)
    queue.ask(
        WorkKind.APPEAL,
        allegation=decision.allegation,
        appeal=appeal,
        due_at=due_at,
        rules_version=rules.version,
        barred_ref=decision.actor_ref if decision.actor_kind == USER else "",
        now=now,
    )
    _tell_both(appeal, now=now)
    return appeal


def _cannot_contest(allegation: Allegation, party: Party) -> Conflict:
    if Appeal.objects.filter(contested__allegation=allegation, party=party).exists():
        why, action = "이의제기는 한 번만 할 수 있습니다.", "이미 낸 이의제기의 결과를 처리 현황에서 확인해 주세요."
    elif not Decision.objects.final().filter(allegation=allegation).exists():
        why, action = "아직 최종 결정이 없습니다.", "최종 결정이 나면 이의를 제기할 수 있습니다."
    else:
        why, action = "이의를 제기할 수 있는 기간이 아니거나 결정입니다.", "궁금하신 점은 고객센터로 문의해 주세요."
    return Conflict(_NOT_TAKEN, why, action, code="not_contestable")


def _tell_both(appeal: Appeal, *, now: datetime) -> None:
    """Who appealed that it has come; the other side that the decision is contested."""
    allegation = appeal.contested.allegation
    mine = {"appeal_number": appeal.number, "due_at": appeal.due_at, "decision_number": appeal.contested.number}
    mine |= {"kind": appeal.contested.kind}
    about = f"appeal:{appeal.pk}"
    if appeal.party == Party.SELLER:
        notices.tell_seller(NoticeKind.APPEAL_RECEIVED, allegation, about=about, extra=mine, now=now)
    elif notices.seller_was_told(allegation):
        notices.tell_seller(NoticeKind.APPEAL_OPENED, allegation, about=about, extra=mine, now=now)
    for each in Complainant.objects.of(allegation).reachable():
        kind = NoticeKind.APPEAL_OPENED if appeal.party == Party.SELLER else NoticeKind.APPEAL_RECEIVED
        notices.tell_complainant(kind, each, allegation=allegation, about=about, extra=mine, now=now)


def deciders(allegation: Allegation) -> set[str]:
    """Everybody who decided, or agreed to a decision, in the allegation: nobody of them decides its appeal."""
    users = allegation.decisions.filter(actor_kind=USER).values_list("actor_ref", flat=True)
    return set(users)


def require_other_person(appeal: Appeal, *, actor: Actor) -> None:
    """Raises ``DomainError`` where this person had a part in what is contested."""
    if actor.kind != USER or actor.ref in deciders(appeal.contested.allegation):
        raise DomainError(
            "이의제기를 결정하지 않았습니다.",
            "이 사건을 결정한 적이 있는 담당자입니다.",
            "다른 담당자가 재심사하도록 사건을 놓아주세요.",
            code="same_person",
        )


@transaction.atomic
def decide_appeal(appeal: Appeal, ruling: Ruling, *, actor: Actor, now: datetime, approval_ref: str = "") -> Decision:
    """Grant or reject: a ruling that differs from the contested decision grants, one that equals it rejects.

    Raises ``DomainError`` for somebody who decided before, ``Conflict`` where it is decided already.
    """
    contested = appeal.contested
    restrictions.locked(contested.allegation.case.listing_id)
    require_other_person(appeal, actor=actor)
    grants = ruling.kind != contested.kind
    status = AppealStatus.GRANTED if grants else AppealStatus.REJECTED
    if not Appeal.objects.open().filter(pk=appeal.pk).update(status=status, decided_at=now):
        raise decisions.moved(contested.allegation)
    appeal.refresh_from_db()
    record("reports.appeal.decided", actor=actor, subject=appeal, details={"status": status.value}, at=now)
    return decisions.decide(
        contested.allegation,
        ruling if grants else replace(ruling, confirms=True),
        actor=actor,
        now=now,
        corrects=contested if grants else None,
        appeal=appeal,
        approval_ref=approval_ref,
    )
