"""The moderator's three verbs on a match: confirm, reject, undo.

Each is one transaction that begins with a compare-and-set of the match, so that of several people one decides and
the others learn who and what. Where a case may change, the listing's row is held after that, in this order
everywhere: match, listing.
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from core.actors import Actor, or_system
from core.errors import Conflict, DomainError
from core.journal import record
from listings import matches
from listings.choices import MatchStatus
from listings.models import Match
from listings.rules import DECIDED
from reports.choices import AllegationStatus, DecisionKind, NoticeStatus, Party
from reports.grounds import COUNTERFEIT
from reports.models import Allegation, Decision, Ground, Notice, Policy, Report
from reports.rules import RESTRICTING_STATUSES, may_step
from reports.services import cases, reasons, restrictions
from reports.statements import LANGUAGE, Ruling


@transaction.atomic
def confirm_match(
    match: Match, *, actor: Actor | None, policy: Policy, reasoning: str, private_note: str = "", now: datetime
) -> Decision:
    """A suspected counterfeit: an interim restriction in the listing's one live case, and a notice owed to the seller.

    The marketplace is asked once the undo period has passed. Raises ``Conflict`` where somebody decided first or the
    listing has changed, ``DomainError`` where the clause or the reasoning cannot be used; then nothing is written.
    """
    _require_usable(policy, reasoning)
    matches.decide(match, to=MatchStatus.CONFIRMED, actor=actor, now=now)
    listing = restrictions.locked(match.version.listing_id)
    if listing.current_version_id != match.version_id:
        raise matches.content_changed()
    ground = Ground.objects.get(code=COUNTERFEIT)
    case = cases.open_or_join_case(listing, actor=actor, at=now)
    allegation = cases.open_or_join_allegation(case, brand=match.brand, ground=ground, actor=actor, at=now)
    report = cases.file_match(match, allegation=allegation, actor=actor, at=now)
    _bring_to_restricted(allegation, actor=actor, now=now)
    draft = reasons.draft(match, ground=ground, policy=policy)
    version = draft.terms.rules_version
    decision = _decide(allegation, report, policy, reasoning, private_note, version=version, actor=actor, now=now)
    statement = draft.with_ruling(_ruling(decision))
    restrictions.restrict(listing, decision=decision, statement=statement, actor=actor, now=now)
    _owe_notice(decision, statement, actor=actor)
    return decision


def _require_usable(policy: Policy, reasoning: str) -> None:
    if not policy.is_active:
        raise DomainError("확인하지 못했습니다.", "지금은 쓰지 않는 정책 조항입니다.", "다른 조항을 골라 주세요.")
    if not reasoning.strip():
        raise DomainError("확인하지 못했습니다.", "판매자가 읽을 이유가 비어 있습니다.", "이유를 적어 주세요.")


def _bring_to_restricted(allegation: Allegation, *, actor: Actor | None, now: datetime) -> None:
    """To ``restricted``, through review. One that restricts already (another brand of the holder) stays where it is.

    ``cases.step`` refuses where a final decision has been made: that needs new content or an appeal, not a match.
    """
    if allegation.status in RESTRICTING_STATUSES:
        return
    if not may_step(AllegationStatus(allegation.status), AllegationStatus.RESTRICTED):
        cases.step(allegation, to=AllegationStatus.UNDER_REVIEW, actor=actor, at=now)
    cases.step(allegation, to=AllegationStatus.RESTRICTED, actor=actor, at=now)


def _decide(
    allegation: Allegation,
    report: Report,
    policy: Policy,
    reasoning: str,
    private_note: str,
    *,
    version: int,
    actor: Actor | None,
    now: datetime,
) -> Decision:
    by = or_system(actor)
    decision = Decision.objects.create(
        allegation=allegation,
        report=report,
        kind=DecisionKind.INTERIM_RESTRICTION,
        policy=policy,
        reasoning=reasoning,
        private_note=private_note,
        rules_version=version,
        decided_at=now,
        actor_kind=by.kind,
        actor_ref=by.ref,
    )
    details = {"kind": decision.kind, "policy": policy.code, "report": report.pk, "allegation": allegation.pk}
    record("reports.decision.made", actor=actor, subject=decision, details=details)
    return decision


def _ruling(decision: Decision) -> Ruling:
    return Ruling(
        reasoning=decision.reasoning,
        decided_at=decision.decided_at,
        decision_number=decision.number,
        case_number=decision.allegation.case.number,
    )


def _owe_notice(decision: Decision, statement: dict[str, Any], *, actor: Actor | None) -> None:
    notice = Notice.objects.create(decision=decision, party=Party.SELLER, language=LANGUAGE, statement=statement)
    record("reports.notice.owed", actor=actor, subject=notice, details={"decision": decision.pk, "party": notice.party})


@transaction.atomic
def reject_match(match: Match, *, actor: Actor | None, private_note: str = "", now: datetime) -> Match:
    """No suspicion: remembered for this seller, this content and these references. Raises ``Conflict`` if decided.

    What the match had alleged before its confirmation was undone is withdrawn with it.
    """
    matches.decide(match, to=MatchStatus.REJECTED, actor=actor, now=now, private_note=private_note)
    matches.remember_rejection(match, actor=actor)
    if Report.objects.under_review().filter(match=match).exists():
        restrictions.locked(match.version.listing_id)
        cases.withdraw_suspicion(match, actor=actor, at=now)
    return match


@transaction.atomic
def undo(match: Match, *, actor: Actor | None, now: datetime, may_undo_others: bool = False) -> Match:
    """Take back the decision on a match within the undo period; the match is open again.

    The door says by ``may_undo_others`` whether this person may undo what somebody else decided. Raises ``Conflict``
    where it is too late, or where there is nothing to undo, and ``DomainError`` where it is not theirs to undo.
    """
    match.refresh_from_db()
    was = MatchStatus(match.status)
    if was not in DECIDED:
        raise matches.already_decided(match)
    _require_theirs(match, or_system(actor), may_undo_others=may_undo_others)
    if not is_undoable(match, now=now):
        raise _too_late(match)
    matches.reopen(match, actor=actor)
    if was is MatchStatus.CONFIRMED:
        _undo_confirmation(match, actor=actor, now=now)
    else:
        matches.forget_rejection(match, actor=actor, now=now)
    return match


def is_undoable(match: Match, *, now: datetime) -> bool:
    """Whether the decision on the match may still be undone, as far as time goes."""
    deadline = undo_deadline(match)
    return deadline is not None and now < deadline


def undo_deadline(match: Match) -> datetime | None:
    """When the decision's effects may leave the house; ``None`` where nobody has decided."""
    return match.reviewed_at + restrictions.undo_period() if match.reviewed_at else None


def _require_theirs(match: Match, by: Actor, *, may_undo_others: bool) -> None:
    if may_undo_others or (match.reviewed_by_kind, match.reviewed_by_ref) == (by.kind, by.ref):
        return
    raise DomainError(
        "되돌리지 못했습니다.",
        f"{match.reviewed_by} 담당자가 내린 결정입니다.",
        "결정한 담당자나 심사 책임자에게 되돌리기를 요청해 주세요.",
        code="not_yours",
    )


def _too_late(match: Match) -> Conflict:
    seconds = int(restrictions.undo_period().total_seconds())
    if match.status == MatchStatus.REJECTED:
        action = "이 판매자의 같은 내용을 다시 보아야 하면 심사 책임자에게 기억한 거절을 거두도록 요청해 주세요."
    else:
        action = "사건 화면에서 현재 상태를 확인하고, 심사 책임자에게 판매 재개 검토를 요청해 주세요."
    return Conflict("되돌리지 못했습니다.", f"결정한 뒤 {seconds}초가 지났습니다.", action, code="too_late")


def _undo_confirmation(match: Match, *, actor: Actor | None, now: datetime) -> None:
    """A new decision that corrects the old one, and everything that hung on the old one put back."""
    listing = restrictions.locked(match.version.listing_id)
    decision = Decision.objects.standing().select_related("allegation", "policy").get(report__match=match)
    _correct(decision, actor=actor, now=now)
    allegation = decision.allegation
    if not Decision.objects.standing().filter(allegation=allegation).exists():
        cases.step(allegation, to=AllegationStatus.UNDER_REVIEW, actor=actor, at=now)
    try:
        restrictions.release(listing, undone=decision, actor=actor, now=now)
    except Conflict as left:
        raise _has_left(decision) from left
    _void_notices(decision, actor=actor)


def _correct(decision: Decision, *, actor: Actor | None, now: datetime) -> Decision:
    by = or_system(actor)
    undone = Decision.objects.create(
        allegation=decision.allegation,
        report=decision.report,
        kind=DecisionKind.UNDONE,
        corrects=decision,
        policy=decision.policy,
        reasoning="조치가 전달되기 전에 담당자가 결정을 되돌렸습니다.",
        rules_version=reasons.terms().rules_version,
        decided_at=now,
        actor_kind=by.kind,
        actor_ref=by.ref,
    )
    record("reports.decision.undone", actor=actor, subject=decision, details={"by_decision": undone.pk})
    return undone


def _has_left(decision: Decision) -> Conflict:
    number = decision.allegation.case.number
    return Conflict(
        "되돌리지 못했습니다.",
        "판매 제한 요청이 이미 마켓플레이스로 전달되고 있습니다.",
        f"사건 {number}의 상태를 확인하고, 심사 책임자에게 판매 재개 검토를 요청해 주세요.",
        code="too_late",
    )


def _void_notices(decision: Decision, *, actor: Actor | None) -> None:
    for notice in decision.notices.all():
        if Notice.objects.owed().filter(pk=notice.pk).update(status=NoticeStatus.VOID):
            record("reports.notice.voided", actor=actor, subject=notice, details={"decision": decision.pk})
