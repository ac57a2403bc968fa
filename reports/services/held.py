"""Decisions of high impact wait for a second person: asked through ``core.Approval``, made when somebody else agrees.

Nothing of a held decision is in force before: no restriction, no notice, no decision row. What was going to be
decided stands in the request, so that the second person agrees to exactly that.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet

from core import approvals, rulesets
from core.actors import Actor
from core.calendar import add_business_hours, calendar
from core.choices import ApprovalStatus
from core.models import Approval
from listings.models import Listing
from reports.choices import AllegationStatus, DecisionKind, EffectKind, WorkKind
from reports.models import Allegation, Appeal, Decision, Policy, Report, WorkItem
from reports.rules import Impact, ImpactLimits, reasons_to_hold
from reports.services import appeals, decisions, queue
from reports.services.decisions import Ruling

ACTION: Final = "reports.decide"
#: Until when a second person should have looked: a day of business hours [ours].
_HELD_HOURS: Final = 24
_WON: Final = "KRW"


def hold_reasons(allegation: Allegation, ruling: Ruling) -> tuple[str, ...]:
    """Why a second person must agree to this ruling; empty where nobody need: one that leaves a contested decision as
    it is moves nothing."""
    if ruling.confirms:
        return ()
    # As it stands now: the caller's row may be as old as its page.
    listing = Listing.objects.select_related("current_version").get(pk=allegation.case.listing_id)
    return impact_reasons(listing, ruling)


def impact_reasons(listing: Listing, ruling: Ruling) -> tuple[str, ...]:
    """The same for a listing that was just read, with its current version."""
    rules = rulesets.current("reports")
    version = listing.current_version
    in_won = version is not None and version.currency == _WON
    impact = Impact(
        effects=ruling.wanted_effects,
        kind=ruling.kind,
        finding=ruling.finding,
        sold_count=listing.sold_count,
        price_krw=version.price_minor if version is not None and in_won else None,
    )
    limits = ImpactLimits(
        sold_count=rules.number("high_impact_sold_count"),
        turnover_krw=rules.number("high_impact_turnover_krw"),
    )
    return reasons_to_hold(impact, limits)


@transaction.atomic
def submit(
    allegation: Allegation,
    ruling: Ruling,
    *,
    actor: Actor,
    now: datetime,
    seen: AllegationStatus | None = None,
    report: Report | None = None,
    corrects: Decision | None = None,
    appeal: Appeal | None = None,
) -> Decision | Approval:
    """Decide, or where the impact is high ask for the second person who must agree. What every door calls."""
    decisions.require_usable(ruling)
    why = hold_reasons(allegation, ruling)
    if not why:
        return _decide(
            allegation, ruling, actor=actor, now=now, seen=seen, report=report, corrects=corrects, appeal=appeal
        )
    allegation.refresh_from_db()
    if seen is not None and allegation.status != seen:
        raise decisions.moved(allegation)
    if appeal is not None:
        appeals.require_other_person(appeal, actor=actor)
    payload = _payload(ruling, report=report, corrects=corrects, appeal=appeal, seen=allegation.status)
    approval = approvals.request(ACTION, subject=allegation, reason=" ".join(why), actor=actor, payload=payload)
    rules = rulesets.current("reports")
    queue.ask(
        WorkKind.HELD,
        allegation=allegation,
        approval=approval,
        due_at=due_at(now),
        rules_version=rules.version,
        barred_ref=actor.ref,
        now=now,
    )
    return approval


def due_at(now: datetime) -> datetime:
    """Until when a second person should have looked."""
    return add_business_hours(now, _HELD_HOURS, calendar())


def _decide(
    allegation: Allegation,
    ruling: Ruling,
    *,
    actor: Actor,
    now: datetime,
    seen: AllegationStatus | None,
    report: Report | None,
    corrects: Decision | None,
    appeal: Appeal | None,
    approval_ref: str = "",
) -> Decision:
    if appeal is not None:
        return appeals.decide_appeal(appeal, ruling, actor=actor, now=now, approval_ref=approval_ref)
    if corrects is not None:
        return decisions.correct(corrects, ruling, actor=actor, now=now, approval_ref=approval_ref)
    return decisions.decide(
        allegation, ruling, actor=actor, now=now, seen=seen, report=report, approval_ref=approval_ref
    )


def _payload(
    ruling: Ruling, *, report: Report | None, corrects: Decision | None, appeal: Appeal | None, seen: str
) -> dict[str, Any]:
    return payload_of(ruling) | {
        "seen": seen,
        "report": report and report.pk,
        "corrects": corrects and corrects.pk,
        "appeal": appeal and appeal.pk,
    }


def payload_of(ruling: Ruling) -> dict[str, Any]:
    """The ruling as a request holds it: what ``ruling_of`` reads."""
    return {
        "kind": ruling.kind.value,
        "finding": str(ruling.finding),
        "policy": ruling.policy.code,
        "reasoning": ruling.reasoning,
        "translations": dict(ruling.translations),
        "private_note": ruling.private_note,
        "effects": sorted(effect.value for effect in ruling.wanted_effects),
        "left_out": ruling.left_out,
    }


def ruling_of(payload: Mapping[str, Any]) -> Ruling:
    """The ruling that a request holds, exactly as it was asked."""
    return Ruling(
        kind=DecisionKind(payload["kind"]),
        policy=Policy.objects.get(code=payload["policy"]),
        reasoning=payload["reasoning"],
        finding=payload["finding"],
        effects=frozenset(EffectKind(name) for name in payload["effects"]),
        left_out=payload["left_out"],
        private_note=payload["private_note"],
        translations=payload["translations"],
    )


def carry_out(approval: Approval, *, actor: Actor, now: datetime) -> None:
    """What ``core.approvals`` calls once a request is decided, in the same transaction.

    Approved, the decision is made as who asked for it wanted, or the approval fails with the reason: the case has
    moved meanwhile. Refused or withdrawn, the work that it had come from goes on.
    """
    allegation = Allegation.objects.get(pk=approval.subject_ref)
    queue.finish(allegation, now=now, kinds=[WorkKind.HELD])
    if approval.status != ApprovalStatus.APPROVED:
        return
    payload = approval.payload
    appeal = Appeal.objects.filter(pk=payload["appeal"]).first()
    if appeal is not None:
        appeals.require_other_person(appeal, actor=actor)
    decision = _decide(
        allegation,
        ruling_of(payload),
        actor=Actor(kind=approval.requested_by_kind, ref=approval.requested_by_ref, label=approval.requested_by_label),
        now=now,
        seen=AllegationStatus(payload["seen"]),
        report=Report.objects.filter(pk=payload["report"]).first(),
        corrects=Decision.objects.filter(pk=payload["corrects"]).first(),
        appeal=appeal,
        approval_ref=str(approval.pk),
    )
    WorkItem.objects.filter(approval=approval, done_by__isnull=True).update(done_by=decision)


def waiting(allegation: Allegation) -> Approval | None:
    """The request about this allegation that waits for a second person."""
    found: Approval | None = _waiting([allegation]).first()
    return found


def waiting_ids(allegations: Iterable[Allegation]) -> frozenset[int]:
    """Those of the allegations, by key, about each of which a request of its own waits."""
    return frozenset(int(ref) for ref in _waiting(allegations).values_list("subject_ref", flat=True))


def _waiting(allegations: Iterable[Allegation]) -> QuerySet[Approval]:
    rows: QuerySet[Approval] = Approval.objects.waiting()
    return rows.filter(
        action=ACTION,
        subject_type=Allegation._meta.label_lower,
        subject_ref__in=[str(allegation.pk) for allegation in allegations],
    )
