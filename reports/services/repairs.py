"""What a corrected decision puts right, and the record of the rights holder who had alleged it.

A wrong removal is repaired whole: the listing back, penalties taken back, fingerprints cleared for that content, the
days lost written down, the rights holder's record corrected. Who was told is told again by the new decision's notices.
"""

from datetime import datetime
from typing import Final

from core.actors import Actor
from core.journal import record
from core.numbers import SEOUL
from listings.models import Listing
from reports.choices import AppealStatus, DecisionKind, EffectKind, FindingKind, Party, RecordOutcome
from reports.models import Appeal, Decision, Repair, ReporterRecord
from reports.services import fingerprints, penalties

_OUTCOMES: Final = {
    (DecisionKind.UPHELD, FindingKind.COUNTERFEIT_CONFIRMED): RecordOutcome.UPHELD,
    (DecisionKind.UPHELD, FindingKind.OTHER_INFRINGEMENT): RecordOutcome.UPHELD,
    # What could not be decided on its merits counts for nobody (design.md, "Reporter tiers").
    (DecisionKind.REINSTATED, FindingKind.NOT_INFRINGING): RecordOutcome.NOT_UPHELD,
    (DecisionKind.DISMISSED, FindingKind.NOT_INFRINGING): RecordOutcome.NOT_UPHELD,
}


def repair(decision: Decision, *, listing: Listing, actor: Actor | None, now: datetime) -> Repair | None:
    """Put right what the corrected decision had done, where it had taken the listing off sale.

    In the transaction of the correcting decision, before its effects are asked for: the days lost are read from the
    restriction that still stands.
    """
    wrong = decision.corrects
    if wrong is None or decision.kind != DecisionKind.REINSTATED or wrong.kind != DecisionKind.UPHELD:
        return None
    since = listing.restricted_at or wrong.decided_at
    days = max((now.astimezone(SEOUL).date() - since.astimezone(SEOUL).date()).days, 0)
    repaired = [EffectKind.LISTING_REINSTATE.value]
    repaired += penalties.withdraw(wrong, by=decision, listing=listing, actor=actor, now=now)
    if fingerprints.clear(wrong, by=decision, actor=actor):
        repaired.append(EffectKind.FINGERPRINT.value)
    row = Repair.objects.create(
        decision=decision,
        listing=listing,
        restricted_at=since,
        repaired_at=now,
        days_lost=days,
        repaired=repaired,
    )
    record("reports.repair.made", actor=actor, subject=row, details={"days_lost": days, "repaired": repaired})
    return row


def note_record(decision: Decision, *, now: datetime) -> ReporterRecord | None:
    """Write down how the rights holder's allegation ended on its merits; a correction points to what it corrects."""
    holder = decision.allegation.rights_holder
    if holder is None or not decision.finding or _confirms(decision):
        return None
    outcome = _OUTCOMES.get((DecisionKind(decision.kind), FindingKind(decision.finding)))
    earlier = ReporterRecord.objects.standing().filter(allegation=decision.allegation_id).order_by("-id").first()
    if outcome is None and earlier is None:
        return None
    if earlier is not None and decision.kind == DecisionKind.REINSTATED and _is_countered(decision):
        outcome = RecordOutcome.COUNTERED
    return ReporterRecord.objects.create(
        rights_holder=holder,
        allegation=decision.allegation,
        decision=decision,
        outcome=outcome or RecordOutcome.NOT_UPHELD,
        corrects=earlier,
        recorded_at=now,
    )


def take_back(decision: Decision, *, actor: Actor | None) -> None:
    """The decision was undone within its seconds: its appeal waits again, and its fingerprints never counted."""
    fingerprints.forget(decision, actor=actor)
    if decision.appeal_id is not None:
        waiting = Appeal.objects.filter(pk=decision.appeal_id)
        waiting.update(status=AppealStatus.FILED, decided_at=None)


def _is_countered(decision: Decision) -> bool:
    return decision.appeal is not None and decision.appeal.party == Party.SELLER


def _confirms(decision: Decision) -> bool:
    """An appeal that was rejected leaves everything as it was."""
    return decision.appeal is not None and decision.corrects_id is None
