"""Steps that asking and dispatching share: each by compare-and-set, each with its journal entry."""

from django.db import transaction

from core import journal, outbox
from core.actors import Actor
from core.choices import EffectStatus
from core.models import Effect, OutboxMessage
from core.querysets import OutboxQuerySet


def take(effect: Effect, to: EffectStatus, *, seen: EffectStatus, **fields: object) -> bool:
    """Move the effect from the status that the caller saw. Says whether it was still there."""
    rows = Effect.objects.may_become(to).filter(pk=effect.pk, status=seen)
    return rows.update(status=to, **fields) == 1


def park(effect: Effect, reason: str, *, seen: EffectStatus) -> bool:
    """Leave the effect to a person. In the caller's transaction."""
    if not take(effect, EffectStatus.PARKED, seen=seen, failure=reason):
        return False
    record("parked", effect, actor=None, reason=reason, sends=effect.sends)
    return True


def supersede(effect: Effect, *, seen: EffectStatus, by: Effect | None, actor: Actor | None) -> bool:
    """Replace an effect that is not on its way, or has been unconfirmed too long. Its message, if any, stays behind."""
    if not take(effect, EffectStatus.SUPERSEDED, seen=seen, superseded_by=by):
        return False
    if effect.message is not None:
        outbox.cancel_where(effect.message, OutboxMessage.objects.idle(), actor=actor)
    record("superseded", effect, actor=actor, by=by.version if by else None, was=seen.value)
    return True


def supersede_queued(effect: Effect, *, while_in: OutboxQuerySet, by: Effect | None, actor: Actor | None) -> bool:
    """Replace a queued effect whose message is among those rows, and cancel the message with it; both or neither."""
    if effect.message is None:
        return False
    with transaction.atomic():
        taken = take(effect, EffectStatus.SUPERSEDED, seen=EffectStatus.QUEUED, superseded_by=by)
        if not (taken and outbox.cancel_where(effect.message, while_in, actor=actor)):
            transaction.set_rollback(True)
            return False
        record("superseded", effect, actor=actor, by=by.version if by else None, was=EffectStatus.QUEUED.value)
    return True


def record(verb: str, effect: Effect, *, actor: Actor | None, **details: object) -> None:
    """One entry about the effect, with what names it outside the house."""
    named = {"target": effect.target, "kind": effect.kind, "version": effect.version}
    journal.record(f"core.effect.{verb}", actor=actor, subject=effect, details=named | details)
