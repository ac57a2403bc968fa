"""Fingerprints of confirmed counterfeits, kept and cleared with the decisions that they rest on."""

from datetime import datetime
from typing import Final

from core.actors import Actor
from listings import counterfeits
from listings.models import ListingVersion
from reports.choices import EffectKind
from reports.models import Decision
from reports.services.restrictions import undo_period

_CORRECTED: Final = "결정을 바로잡았습니다."
_UNDONE: Final = "결정을 되돌렸습니다."


def keep(decision: Decision, *, actor: Actor | None, now: datetime) -> None:
    """Know the listing again by its pictures and text, from when the decision cannot be undone any more."""
    if EffectKind.FINGERPRINT not in decision.effects:
        return
    for version in _reported(decision):
        counterfeits.keep_fingerprints(
            version,
            brand=decision.allegation.brand,
            source=decision,
            effective_at=now + undo_period(),
            actor=actor,
        )


def clear(wrong: Decision, *, by: Decision, actor: Actor | None) -> bool:
    """The decision was found wrong: its fingerprints are off, and the seller's content is protected from others'."""
    cleared = counterfeits.clear_fingerprints(source=wrong, actor=actor, reason=_CORRECTED)
    brand = wrong.allegation.brand
    if brand is not None:
        for version in _reported(wrong):
            counterfeits.protect_content(version, brand=brand, source=by, actor=actor)
    return bool(cleared)


def forget(decision: Decision, *, actor: Actor | None) -> None:
    """The decision was undone: what it had kept never counts, and what it had protected or cleared is as it was."""
    counterfeits.clear_fingerprints(source=decision, actor=actor, reason=_UNDONE)
    counterfeits.lift_protection(source=decision, actor=actor, reason=_UNDONE)
    if decision.corrects is not None:
        counterfeits.restore_fingerprints(source=decision.corrects, actor=actor, reason=_UNDONE)


def _reported(decision: Decision) -> list[ListingVersion]:
    """The content that was found counterfeit: every version that was reported in the allegation."""
    reported = decision.allegation.reports.filter(version__isnull=False).values("version")
    return list(ListingVersion.objects.filter(pk__in=reported).select_related("listing").order_by("pk"))
