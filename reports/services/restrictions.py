"""A listing taken off sale and put back: the row, the effect that asks its marketplace, and which decision carries it.

Several decisions may hold one listing (two brands, two grounds), but the marketplace is asked once: for the state of
the listing, not for each reason. So a further decision asks only where the newest effect of that listing is not a
restriction that is under way or in force, and when the decision whose effect has not left is undone, the oldest of
those that still hold the listing takes the asking over, with its own statement. Every decision still owes its own
notice to the seller.

Callers hold the listing's row (``locked``), so that two decisions about it cannot both see "not asked yet".
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from core import effects, rulesets
from core.actors import Actor
from core.choices import EffectStatus
from core.models import Effect
from listings import services as listings
from listings.choices import Restriction
from listings.models import Listing
from reports.choices import Party
from reports.models import Decision

CARRIER: Final = "marketplace"
RESTRICT: Final = "listing.restrict"
#: Effects in these bring the listing off sale, or have.
_ASKED: Final = frozenset({EffectStatus.ASKED, EffectStatus.QUEUED, EffectStatus.SENT, EffectStatus.CONFIRMED})


def undo_period() -> timedelta:
    """How long a decision's effects stay in the house (design.md, ``core.Effect``)."""
    return timedelta(seconds=rulesets.current("core").number("undo_seconds"))


def locked(listing_id: int) -> Listing:
    """The listing under a row lock where the database has one; SQLite's immediate transactions need none."""
    return Listing.objects.select_for_update(of=("self",)).select_related("marketplace", "seller").get(pk=listing_id)


def restrict(
    listing: Listing, *, decision: Decision, statement: Mapping[str, Any], actor: Actor | None, now: datetime
) -> None:
    """Take the listing off sale for this decision: the row at once, the marketplace after the undo period."""
    if listing.restriction == Restriction.NONE:
        listings.restrict(listing, at=now, actor=actor)
    if not _is_asked(listing):
        _ask(listing, decision=decision, statement=statement, actor=actor, now=now)


def release(listing: Listing, *, undone: Decision, actor: Actor | None, now: datetime) -> None:
    """Put back what the undone decision had taken. Raises ``Conflict`` where its effect has left or is leaving.

    The undoing must be recorded already: what still holds the listing is read from the decisions that stand.
    """
    for effect in Effect.objects.filter(source_type=undone._meta.label_lower, source_ref=str(undone.pk)):
        if effect.status != EffectStatus.SUPERSEDED:
            # What it had replaced is asked for anew by this, so the heir below finds it and asks for nothing.
            effects.withdraw_unsent(effect, actor=actor)
    heir = Decision.objects.holding(listing).first()
    if heir is None:
        # A final one was not put on by an interim decision, and does not come off with it.
        if listing.restriction == Restriction.INTERIM:
            listings.lift_restriction(listing, actor=actor)
    elif not _is_asked(listing):
        # The heir's own period for undoing may have passed; waiting anew costs seconds and keeps one rule.
        notice = heir.notices.get(party=Party.SELLER)
        _ask(listing, decision=heir, statement=notice.statement, actor=actor, now=now)


def target_of(listing: Listing) -> str:
    """The name under which effects know a listing."""
    return f"listing:{listing.marketplace.slug}:{listing.external_id}"


def _is_asked(listing: Listing) -> bool:
    newest = Effect.objects.filter(target=target_of(listing)).order_by("-version").first()
    return newest is not None and newest.kind == RESTRICT and newest.status in _ASKED


def _ask(
    listing: Listing, *, decision: Decision, statement: Mapping[str, Any], actor: Actor | None, now: datetime
) -> None:
    effects.ask(
        carrier=CARRIER,
        destination=listing.marketplace.slug,
        target=target_of(listing),
        kind=RESTRICT,
        payload={"listing": listing.external_id, "statement": dict(statement)},
        source=decision,
        not_before=now + undo_period(),
        actor=actor,
    )
