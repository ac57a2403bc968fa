"""A listing taken off sale and put back: the row, the effect that asks its marketplace, and which decision carries it.

Several decisions may hold one listing (two brands, two grounds), but the marketplace is asked once: for the state of
the listing, not for each reason. So there is one function, ``settle``: it reads from the decisions that stand what the
listing's state should be, brings the row to it, and asks the marketplace only where the newest thing asked of it is
something else. Undoing a decision is taking back its own unsent effects and settling again; whoever still holds the
listing takes the asking over, with its own statement.

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
from reports.choices import EffectKind, Party
from reports.models import Decision

CARRIER: Final = "marketplace"
#: What is asked of the marketplace for each state of a listing.
_ASKING: Final[Mapping[Restriction, EffectKind]] = {
    Restriction.NONE: EffectKind.LISTING_REINSTATE,
    Restriction.INTERIM: EffectKind.LISTING_RESTRICT,
    Restriction.FINAL: EffectKind.LISTING_REMOVE,
}
#: Effects in these bring the listing to its state, or have.
_ASKED: Final = frozenset({EffectStatus.ASKED, EffectStatus.QUEUED, EffectStatus.SENT, EffectStatus.CONFIRMED})


def undo_period() -> timedelta:
    """How long a decision's effects stay in the house (design.md, ``core.Effect``)."""
    return timedelta(seconds=rulesets.current("core").number("undo_seconds"))


def locked(listing_id: int) -> Listing:
    """The listing under a row lock where the database has one; SQLite's immediate transactions need none."""
    return Listing.objects.select_for_update(of=("self",)).select_related("marketplace", "seller").get(pk=listing_id)


def settle(
    listing: Listing, *, decision: Decision, statement: Mapping[str, Any], actor: Actor | None, now: datetime
) -> None:
    """Bring the listing to what the decisions that stand say, and ask its marketplace after the undo period."""
    holder = _holder(listing)
    wanted = _wanted(holder)
    if not _may_become(listing, wanted, lowers=EffectKind.LISTING_REINSTATE in decision.effects):
        return
    _bring_row(listing, wanted, holder=holder, actor=actor, now=now)
    if not _is_asked(listing, wanted):
        _ask(listing, wanted, decision=decision, statement=statement, actor=actor, now=now)


def release(listing: Listing, *, undone: Decision, by: Decision, actor: Actor | None, now: datetime) -> None:
    """Put back what the undone decision had made of the listing. Raises ``Conflict`` where its effect has left or is
    leaving.

    ``by`` is the undoing, which must be recorded already: what still holds the listing is read from the decisions that
    stand.
    """
    mine = effects_of(undone).filter(target=target_of(listing))
    for effect in mine:
        if effect.status != EffectStatus.SUPERSEDED:
            # What it had replaced is asked for anew by this, so that nothing more need be asked below.
            effects.withdraw_unsent(effect, actor=actor)
    holder = _holder(listing)
    wanted = _wanted(holder)
    if not _may_become(listing, wanted, lowers=EffectKind.LISTING_REMOVE in undone.effects):
        return
    _bring_row(listing, wanted, holder=holder, actor=actor, now=now)
    if not _is_asked(listing, wanted):
        # The holder's own period for undoing may have passed; waiting anew costs seconds and keeps one rule.
        notice = holder.notices.filter(party=Party.SELLER).first() if holder is not None else None
        statement = notice.statement if notice is not None else {}
        _ask(listing, wanted, decision=holder or by, statement=statement, actor=actor, now=now)


def effects_of(decision: Decision) -> Any:
    """The effect rows of a decision, newest first."""
    return Effect.objects.filter(source_type=decision._meta.label_lower, source_ref=str(decision.pk))


def target_of(listing: Listing) -> str:
    """The name under which effects know a listing."""
    return f"listing:{listing.marketplace.slug}:{listing.external_id}"


def _holder(listing: Listing) -> Decision | None:
    """The decision that holds the listing off sale: a final one before an interim one, the oldest of each."""
    return Decision.objects.removing(listing).first() or Decision.objects.holding(listing).first()


def is_held(listing: Listing) -> bool:
    """Whether a decision that stands keeps the listing off sale."""
    return _holder(listing) is not None


def _wanted(holder: Decision | None) -> Restriction:
    if holder is None:
        return Restriction.NONE
    return Restriction.FINAL if EffectKind.LISTING_REMOVE in holder.effects else Restriction.INTERIM


def _may_become(listing: Listing, wanted: Restriction, *, lowers: bool) -> bool:
    """A final stop comes off, or down to an interim one, only with a decision that says so."""
    return lowers or listing.restriction != Restriction.FINAL or wanted == Restriction.FINAL


def _bring_row(
    listing: Listing, wanted: Restriction, *, holder: Decision | None, actor: Actor | None, now: datetime
) -> None:
    if listing.restriction == wanted:
        return
    if wanted == Restriction.NONE:
        listings.lift_restriction(listing, actor=actor)
    else:
        since = listing.restricted_at or (holder.decided_at if holder is not None else now)
        listings.restrict(listing, to=wanted, at=since, actor=actor)


def _is_asked(listing: Listing, wanted: Restriction) -> bool:
    """Whether the newest thing asked of the marketplace is that state. Nobody has to be told of a listing on sale that
    was never taken off.

    What was superseded after it had left may have been carried out, whatever its courier heard of it: the marketplace
    is then asked again rather than trusted to stand where it stood before.
    """
    newest = Effect.objects.on(target_of(listing)).that_may_count().first()
    if newest is None:
        return wanted == Restriction.NONE
    return newest.kind == _ASKING[wanted] and newest.status in _ASKED


def _ask(
    listing: Listing,
    wanted: Restriction,
    *,
    decision: Decision,
    statement: Mapping[str, Any],
    actor: Actor | None,
    now: datetime,
) -> None:
    effects.ask(
        carrier=CARRIER,
        destination=listing.marketplace.slug,
        target=target_of(listing),
        kind=_ASKING[wanted],
        payload={"listing": listing.external_id, "statement": dict(statement)},
        source=decision,
        not_before=now + undo_period(),
        actor=actor,
    )
