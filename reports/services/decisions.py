"""Deciding an allegation, taking a decision back, and correcting one that has left.

A decision is one transaction: the allegation's step by compare-and-set, the decision row, its effects, what both sides
are told, and what staff were asked and need not be any more. Of two who decide at once one does, and the other learns
who and what. Locks are taken in one order everywhere: match, listing, then the rest.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from accounts.models import User
from core import effects, rulesets
from core.actors import USER, Actor, or_system
from core.choices import EffectStatus
from core.errors import Conflict, DomainError
from core.journal import record
from listings.models import Listing
from reports import notices
from reports.choices import AllegationStatus, DecisionKind, EffectKind, FindingKind
from reports.models import ActionTime, Allegation, Appeal, Decision, Policy, Report
from reports.rules import (
    CORRECTIONS,
    FINAL_KINDS,
    FINDINGS,
    NOTE_LENGTH,
    OPEN_STATUSES,
    REASONING_LENGTH,
    RESTRICTING_STATUSES,
    REVIEWED_FIRST,
    STATUS_OF,
    TRANSITIONS,
    default_effects,
    left_out_penalties,
    possible_effects,
)
from reports.services import cases, fingerprints, hearings, penalties, queue, reasons, repairs, restrictions

_NOT_DECIDED: Final = "결정하지 않았습니다."


@dataclass(frozen=True, slots=True)
class Ruling:
    """What somebody decides. ``effects`` left ``None`` are the usual ones of the kind and finding.

    ``translations`` are the reasoning in other parties' languages, by language code.
    """

    kind: DecisionKind
    policy: Policy
    reasoning: str
    finding: str = ""
    effects: frozenset[EffectKind] | None = None
    left_out: str = ""
    private_note: str = ""
    translations: Mapping[str, str] = field(default_factory=dict)
    #: Whether it leaves a contested decision as it is: then nothing is asked for anew.
    confirms: bool = False

    @property
    def wanted_effects(self) -> frozenset[EffectKind]:
        if self.confirms:
            return frozenset()
        return default_effects(self.kind, self.finding) if self.effects is None else self.effects


@transaction.atomic
def decide(
    allegation: Allegation,
    ruling: Ruling,
    *,
    actor: Actor | None,
    now: datetime,
    report: Report | None = None,
    seen: AllegationStatus | None = None,
    corrects: Decision | None = None,
    appeal: Appeal | None = None,
    approval_ref: str = "",
) -> Decision:
    """Decide an allegation. ``seen`` is the status that the person looked at: where it has moved since, nothing is
    decided. Raises ``Conflict`` with who was first and what they decided, ``DomainError`` for what cannot be used.
    """
    require_usable(ruling)
    listing = restrictions.locked(allegation.case.listing_id)
    allegation = Allegation.objects.select_related("case__listing__seller", "rights_holder", "brand", "ground").get(
        pk=allegation.pk
    )
    came_from = _require_unmoved(allegation, ruling, seen=seen, corrects=corrects)
    _step(allegation, ruling, corrects=corrects, actor=actor, now=now)
    decision = _write(
        allegation,
        ruling,
        came_from=came_from,
        report=report,
        corrects=corrects,
        appeal=appeal,
        approval_ref=approval_ref,
        actor=actor,
        now=now,
    )
    hearings.close_open(allegation, decision=decision)
    queue.finish(allegation, now=now, decision=decision)
    if corrects is not None:
        repairs.repair(decision, listing=listing, actor=actor, now=now)
    repairs.note_record(decision, now=now)
    _carry_out(decision, listing, actor=actor, now=now)
    cases.close_if_settled(allegation.case, actor=actor, at=now)
    return decision


def require_usable(ruling: Ruling) -> None:
    """Raises ``DomainError`` for a ruling that could not stand whatever the case."""
    if not ruling.policy.is_active:
        raise DomainError(_NOT_DECIDED, "지금은 쓰지 않는 정책 조항입니다.", "다른 조항을 골라 주세요.")
    if not ruling.reasoning.strip():
        raise DomainError(_NOT_DECIDED, "당사자가 읽을 이유가 비어 있습니다.", "이유를 적어 주세요.")
    too_long = len(ruling.reasoning) > REASONING_LENGTH or len(ruling.private_note) > NOTE_LENGTH
    if too_long:
        raise DomainError(_NOT_DECIDED, f"이유나 메모가 {REASONING_LENGTH:,}자보다 깁니다.", "줄여서 적어 주세요.")
    findings = FINDINGS.get(ruling.kind, ())
    if bool(findings) != bool(ruling.finding) or (findings and FindingKind(ruling.finding) not in findings):
        raise DomainError(_NOT_DECIDED, "이 결정에 맞지 않는 판단입니다.", "판단을 다시 골라 주세요.")
    if not ruling.wanted_effects <= possible_effects(ruling.kind, ruling.finding):
        raise DomainError(_NOT_DECIDED, "이 결정으로 할 수 없는 조치가 있습니다.", "조치를 다시 골라 주세요.")
    if _leaves_out(ruling) and not ruling.left_out.strip():
        raise DomainError(_NOT_DECIDED, "정해진 제재를 빼는 사유가 없습니다.", "왜 빼는지 적어 주세요.")


def _leaves_out(ruling: Ruling) -> bool:
    return not ruling.confirms and bool(left_out_penalties(ruling.kind, ruling.finding, ruling.wanted_effects))


def _require_unmoved(
    allegation: Allegation, ruling: Ruling, *, seen: AllegationStatus | None, corrects: Decision | None
) -> AllegationStatus:
    """The status in which the allegation is decided; ``Conflict`` where somebody was first."""
    status = AllegationStatus(allegation.status)
    is_after = corrects is not None or ruling.confirms
    has_moved = seen is not None and status != seen
    if has_moved or (status in OPEN_STATUSES) == is_after:
        raise moved(allegation)
    if corrects is not None and not Decision.objects.final().filter(pk=corrects.pk).exists():
        raise moved(allegation)
    return status


def moved(allegation: Allegation) -> Conflict:
    """Who decided the allegation meanwhile, and what."""
    newest = allegation.decisions.order_by("-id").first()
    status = allegation.get_status_display()
    if newest is None:
        why = f"그사이 상태가 ‘{status}’(으)로 바뀌었습니다."
    else:
        what = newest.get_kind_display()
        why = f"{decider(newest)} 님이 먼저 ‘{what}’(으)로 결정했습니다. 지금 상태는 ‘{status}’입니다."
    return Conflict(_NOT_DECIDED, why, "사건 화면에서 지금 상태를 확인해 주세요.")


def decider(decision: Decision) -> str:
    """Who decided, for staff to read."""
    if decision.actor_kind != USER:
        return "시스템"
    user = User.objects.filter(pk=decision.actor_ref).first() if decision.actor_ref.isdigit() else None
    return str(user) if user is not None else decision.actor_ref


def _write(
    allegation: Allegation,
    ruling: Ruling,
    *,
    came_from: AllegationStatus,
    report: Report | None,
    corrects: Decision | None,
    appeal: Appeal | None,
    approval_ref: str,
    actor: Actor | None,
    now: datetime,
) -> Decision:
    by = or_system(actor)
    decision = Decision.objects.create(
        allegation=allegation,
        report=report,
        kind=ruling.kind,
        finding=ruling.finding,
        policy=ruling.policy,
        reasoning=ruling.reasoning,
        translations=_translated(allegation, ruling, report) | dict(ruling.translations),
        private_note=ruling.private_note,
        effects=sorted(ruling.wanted_effects),
        left_out=ruling.left_out if _leaves_out(ruling) else "",
        came_from=came_from,
        rules_version=rulesets.current("reports").version,
        corrects=corrects,
        appeal=appeal,
        approval_ref=approval_ref,
        decided_at=now,
        actor_kind=by.kind,
        actor_ref=by.ref,
    )
    details = {
        "kind": decision.kind,
        "finding": decision.finding,
        "policy": ruling.policy.code,
        "effects": decision.effects,
        "report": report and report.pk,
        "allegation": allegation.pk,
        "corrects": corrects and corrects.pk,
        "approval": approval_ref,
    }
    record("reports.decision.made", actor=actor, subject=decision, details=details)
    return decision


def _translated(allegation: Allegation, ruling: Ruling, report: Report | None) -> dict[str, str]:
    return reasons.translations_of(
        allegation,
        kind=ruling.kind,
        finding=ruling.finding,
        policy=ruling.policy,
        reasoning=ruling.reasoning,
        report=report,
    )


def _step(
    allegation: Allegation, ruling: Ruling, *, corrects: Decision | None, actor: Actor | None, now: datetime
) -> None:
    """To where the decision leads, through review. One that restricts already stays where it is; an appeal that is
    rejected moves nothing."""
    if ruling.confirms:
        return
    to = STATUS_OF[ruling.kind]
    status = AllegationStatus(allegation.status)
    if corrects is not None:
        if status != to:
            cases.step(allegation, to=to, finding=ruling.finding, allowed=CORRECTIONS, actor=actor, at=now)
        return
    if ruling.kind == DecisionKind.INTERIM_RESTRICTION and status in RESTRICTING_STATUSES:
        return
    if status in REVIEWED_FIRST and to not in TRANSITIONS[status]:
        cases.step(allegation, to=AllegationStatus.UNDER_REVIEW, actor=actor, at=now)
    cases.step(allegation, to=to, finding=ruling.finding, actor=actor, at=now)


def _carry_out(decision: Decision, listing: Listing, *, actor: Actor | None, now: datetime) -> None:
    """Effects, the seller's period, and what both sides are told."""
    is_still_held = EffectKind.LISTING_REINSTATE in decision.effects and restrictions.is_held(listing)
    statement, letter = (
        notices.seller_statement(decision, is_still_held=is_still_held, now=now)
        if notices.seller_hears(decision)
        else ({}, None)
    )
    if set(decision.effects) & _OF_LISTING:
        restrictions.settle(listing, decision=decision, statement=statement, actor=actor, now=now)
        _start_clock(decision, now=now)
    penalties.ask(decision, listing, actor=actor, now=now)
    fingerprints.keep(decision, actor=actor, now=now)
    if decision.kind == DecisionKind.INTERIM_RESTRICTION:
        hearings.ask_seller(decision, now=now)
    notices.tell_of_decision(
        decision, statement=statement, letter=letter, is_still_held=is_still_held, now=now, actor=actor
    )


#: Effects on the listing itself.
_OF_LISTING: Final = frozenset({EffectKind.LISTING_RESTRICT, EffectKind.LISTING_REMOVE, EffectKind.LISTING_REINSTATE})


def _start_clock(decision: Decision, *, now: datetime) -> None:
    """From the first report to the effect, step by step: what the programme is measured by."""
    effect = restrictions.effects_of(decision).order_by("-version").first()
    if effect is None:
        return
    first = decision.allegation.reports.order_by("received_at").values_list("received_at", flat=True).first()
    ActionTime.objects.get_or_create(
        decision=decision,
        defaults={
            "effect": effect,
            "reported_at": min(first or now, now),
            "decided_at": decision.decided_at,
            "asked_at": effect.asked_at,
        },
    )


# -- taking back ------------------------------------------------------------------------------------------------------


@transaction.atomic
def undo(
    decision: Decision, *, actor: Actor | None, now: datetime, may_undo_others: bool = False, reason: str = ""
) -> Decision:
    """Take back a decision while its effects are still in the house: a new decision that points to the old one.

    The door says by ``may_undo_others`` whether this person may undo what somebody else decided. Raises ``Conflict``
    where it is too late or done already, ``DomainError`` where it is not theirs.
    """
    require_undoable(decision, actor=actor, now=now, may_undo_others=may_undo_others)
    listing = restrictions.locked(decision.allegation.case.listing_id)
    undone = _write_undoing(decision, reason=reason, actor=actor, now=now)
    allegation = decision.allegation
    allegation.refresh_from_db()
    cases.reopen(allegation.case, actor=actor)
    _step_back(decision, allegation, actor=actor, now=now)
    try:
        restrictions.release(listing, undone=decision, by=undone, actor=actor, now=now)
        for effect in restrictions.effects_of(decision).exclude(status=EffectStatus.SUPERSEDED):
            effects.withdraw_unsent(effect, actor=actor)
    except Conflict as left:
        raise too_late(decision) from left
    repairs.take_back(decision, actor=actor)
    notices.void(decision, actor=actor)
    hearings.reopen_closed_by(decision, actor=actor, now=now)
    queue.take_back(decision)
    return undone


def undo_deadline(decision: Decision) -> datetime:
    """When the decision's effects leave the house."""
    return decision.decided_at + restrictions.undo_period()


def require_undoable(decision: Decision, *, actor: Actor | None, now: datetime, may_undo_others: bool) -> None:
    """Raises where the decision cannot be taken back by this person now."""
    if decision.kind == DecisionKind.UNDONE or Decision.objects.undone().filter(pk=decision.pk).exists():
        raise Conflict("되돌리지 못했습니다.", "이미 되돌린 결정입니다.", "사건 화면에서 지금 상태를 확인해 주세요.")
    if not may_undo_others and (decision.actor_kind, decision.actor_ref) != (
        or_system(actor).kind,
        or_system(actor).ref,
    ):
        raise DomainError(
            "되돌리지 못했습니다.",
            f"{decider(decision)} 담당자가 내린 결정입니다.",
            "결정한 담당자나 심사 책임자에게 되돌리기를 요청해 주세요.",
            code="not_yours",
        )
    if now >= undo_deadline(decision):
        raise too_late(decision)


def too_late(decision: Decision) -> Conflict:
    """The effects are leaving: what is wrong is corrected by a new decision."""
    seconds = int(restrictions.undo_period().total_seconds())
    return Conflict(
        "되돌리지 못했습니다.",
        f"결정한 뒤 {seconds}초가 지났습니다.",
        f"사건 {decision.allegation.case.number}의 상태를 확인하고, 심사 책임자에게 판매 재개 검토를 요청해 주세요.",
        code="too_late",
    )


def _write_undoing(decision: Decision, *, reason: str, actor: Actor | None, now: datetime) -> Decision:
    by = or_system(actor)
    try:
        with transaction.atomic():
            undone = Decision.objects.create(
                allegation=decision.allegation,
                report=decision.report,
                kind=DecisionKind.UNDONE,
                policy=decision.policy,
                reasoning=reason or "결정을 되돌렸습니다.",
                rules_version=decision.rules_version,
                corrects=decision,
                decided_at=now,
                actor_kind=by.kind,
                actor_ref=by.ref,
            )
    except IntegrityError as problem:
        raise Conflict(
            "되돌리지 못했습니다.", "이미 되돌린 결정입니다.", "사건 화면에서 지금 상태를 확인해 주세요."
        ) from problem
    record("reports.decision.undone", actor=actor, subject=undone, details={"corrects": decision.pk})
    return undone


def _step_back(decision: Decision, allegation: Allegation, *, actor: Actor | None, now: datetime) -> None:
    """Back to where the decision had found the allegation; a restriction that another decision shares stays."""
    if decision.kind == DecisionKind.INTERIM_RESTRICTION:
        if Decision.objects.standing().filter(allegation=allegation).exists():
            return
        back = AllegationStatus.UNDER_REVIEW
    else:
        back = AllegationStatus(decision.came_from or AllegationStatus.UNDER_REVIEW)
        if back == AllegationStatus.RECEIVED:
            back = AllegationStatus.UNDER_REVIEW
    status = AllegationStatus(allegation.status)
    if status == back or (decision.appeal_id is not None and decision.corrects_id is None):
        return
    finding = decision.corrects.finding if decision.corrects is not None else ""
    allowed = {status: frozenset({back})}
    cases.step(allegation, to=back, finding=finding, allowed=allowed, actor=actor, at=now)


# -- correcting -------------------------------------------------------------------------------------------------------


def correct(decision: Decision, ruling: Ruling, *, actor: Actor, now: datetime, approval_ref: str = "") -> Decision:
    """Put right a final decision that has left, without an appeal: a new decision that points to it."""
    if decision.kind not in FINAL_KINDS:
        raise DomainError(
            "바로잡지 않았습니다.", "최종 결정이 아닙니다.", "아직 진행 중인 사건은 사건 화면에서 결정해 주세요."
        )
    if STATUS_OF[ruling.kind] not in CORRECTIONS[AllegationStatus(STATUS_OF[DecisionKind(decision.kind)])]:
        raise DomainError("바로잡지 않았습니다.", "지금의 결정과 같은 결정입니다.", "다른 결정을 골라 주세요.")
    return decide(decision.allegation, ruling, actor=actor, now=now, corrects=decision, approval_ref=approval_ref)
