"""Effects beyond the listing: strikes, sanctions, invitations of other buyers, recourse.

Those whose app is built later are asked for under a carrier that is not here yet: they stand recorded with the
decision, in order, and leave when it is. Each has a target of its own, so that none replaces another's.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from core import effects
from core.actors import Actor
from core.models import Effect
from listings.models import Listing
from reports.choices import EffectKind
from reports.models import Decision
from reports.services.restrictions import undo_period

#: Who will carry each of them out, once it is there.
CARRIERS: Final[Mapping[EffectKind, str]] = {
    EffectKind.SELLER_STRIKE: "sanctions",
    EffectKind.SELLER_SUSPEND: "sanctions",
    EffectKind.SELLER_CLOSE: "sanctions",
    EffectKind.PAYOUT_HOLD: "sanctions",
    EffectKind.BUYERS_INVITE: "refunds",
    EffectKind.RECOURSE: "refunds",
}
#: What is asked of the same target where a decision that had left is found wrong.
WITHDRAWN: Final = ".withdrawn"


def ask(decision: Decision, listing: Listing, *, actor: Actor | None, now: datetime) -> None:
    """Ask for what the decision sets off beside the listing itself."""
    for kind in sorted(CARRIERS.keys() & {EffectKind(name) for name in decision.effects}):
        _ask(kind, kind.value, decision, listing, actor=actor, now=now)


def withdraw(wrong: Decision, *, by: Decision, listing: Listing, actor: Actor | None, now: datetime) -> list[str]:
    """Take back what a decision had set off, because another one corrects it. Says what."""
    taken = []
    for kind in sorted(CARRIERS.keys() & {EffectKind(name) for name in wrong.effects}):
        _ask(kind, f"{kind.value}{WITHDRAWN}", by, listing, actor=actor, now=now)
        taken.append(kind.value)
    return taken


def target_of(kind: EffectKind, decision: Decision) -> str:
    """One target a kind and allegation: the newest of it holds."""
    return f"{kind.value}:{decision.allegation_id}"


def _ask(
    kind: EffectKind, asked: str, decision: Decision, listing: Listing, *, actor: Actor | None, now: datetime
) -> Effect:
    seller = listing.seller
    return effects.ask(
        carrier=CARRIERS[kind],
        destination=listing.marketplace.slug,
        target=target_of(kind, decision),
        kind=asked,
        payload={
            "seller": seller.external_id,
            "listing": listing.external_id,
            "decision": decision.number,
            "finding": decision.finding,
            "rules_version": decision.rules_version,
        },
        source=decision,
        not_before=now + undo_period(),
        actor=actor,
    )
