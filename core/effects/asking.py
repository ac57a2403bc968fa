"""Asking for effects, and taking back what has not left."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from core import outbox
from core.actors import Actor
from core.canonical import plain
from core.choices import EffectStatus
from core.effects.steps import record, supersede, supersede_queued
from core.errors import Conflict
from core.journal.entries import Subject, name_of
from core.models import Effect, OutboxMessage

#: A version is lost only to somebody who asks for the same target in the same moment.
VERSION_ATTEMPTS: Final = 20


def ask(
    *,
    carrier: str,
    destination: str,
    target: str,
    kind: str,
    payload: Mapping[str, object],
    source: Subject,
    not_before: datetime,
    actor: Actor | None = None,
) -> Effect:
    """Ask for something of a target, in the caller's transaction. It leaves at ``not_before`` at the earliest.

    Supersedes what was asked of the target before and is not on its way. Raises ``Conflict`` where too many ask for
    the target at once.
    """
    outbox.require_transaction()
    source_type, source_ref = name_of(source)
    draft = Effect(
        carrier=carrier,
        destination=destination,
        target=target,
        kind=kind,
        payload=plain(dict(payload)),
        source_type=source_type,
        source_ref=source_ref,
        not_before=not_before,
    )
    for _ in range(VERSION_ATTEMPTS):
        effect = _insert(draft, _last_version(target) + 1)
        if effect is not None:
            return _asked(effect, actor=actor)
    raise Conflict(
        "조치를 요청하지 않았습니다.",
        f"{target}에 대한 요청이 동시에 너무 많이 들어왔습니다.",
        "잠시 뒤에 다시 시도해 주세요.",
    )


def retry(effect: Effect, *, actor: Actor | None) -> Effect:
    """Ask for a parked or failed effect again, as a new version.

    Raises ``Conflict`` where it is neither, or something newer has been asked of its target. A new version is a new
    message: a receiver that has answered the old one, or forgotten to, takes it up again.
    """
    with transaction.atomic():
        effect.refresh_from_db()
        again = None
        if Effect.objects.stuck().filter(pk=effect.pk).exists():
            again = _insert(_copy(effect), effect.version + 1)
        if again is None:
            raise _conflict(
                effect,
                "다시 요청하지 않았습니다.",
                "멈추거나 실패한 마지막 조치만 다시 요청할 수 있습니다.",
            )
        return _asked(again, actor=actor, instead_of=effect.version)


def withdraw_unsent(effect: Effect, *, actor: Actor | None) -> None:
    """Take back an effect that has certainly not left. Raises ``Conflict`` where it has left or is leaving.

    What it had replaced is wanted again: that which had not left is asked for anew, and a failure waits again for a
    person.
    """
    with transaction.atomic():
        effect.refresh_from_db()
        untried = OutboxMessage.objects.untried()
        if not (
            supersede(effect, seen=EffectStatus.ASKED, by=None, actor=actor)
            or supersede_queued(effect, while_in=untried, by=None, actor=actor)
        ):
            raise _conflict(effect, "조치를 거두지 않았습니다.", "이미 밖으로 나갔거나 나가는 중입니다.")
        _restore_replaced(effect, actor=actor)
    effect.refresh_from_db()


def _restore_replaced(withdrawn: Effect, *, actor: Actor | None) -> None:
    replaced = Effect.objects.replaced_by(withdrawn)
    replaced.failed().update(superseded_by=None)
    wanted = replaced.superseded().first()
    if wanted is None:
        return
    again = _insert(_copy(wanted), withdrawn.version + 1)
    # Where somebody has asked for something newer meanwhile, that is what is wanted.
    if again is not None:
        _asked(again, actor=actor, instead_of=wanted.version)


def _last_version(target: str) -> int:
    found: int | None = Effect.objects.filter(target=target).aggregate(last=Max("version"))["last"]
    return found or 0


def _insert(draft: Effect, version: int) -> Effect | None:
    """The effect with that version, or ``None`` where somebody else has taken it: the constraint decides."""
    try:
        with transaction.atomic():
            draft.pk, draft.version = None, version
            draft.save(force_insert=True)
    except IntegrityError:
        return None
    return draft


def _copy(effect: Effect) -> Effect:
    return Effect(
        carrier=effect.carrier,
        destination=effect.destination,
        target=effect.target,
        kind=effect.kind,
        payload=effect.payload,
        source_type=effect.source_type,
        source_ref=effect.source_ref,
        not_before=timezone.now(),
    )


def _asked(effect: Effect, *, actor: Actor | None, **details: object) -> Effect:
    """The newest effect takes the place of older ones that are not on their way. Inserted first, so none is missed."""
    record("asked", effect, actor=actor, source=f"{effect.source_type} {effect.source_ref}", **details)
    for older in Effect.objects.before(effect).replaceable().select_related("message"):
        supersede(older, seen=EffectStatus(older.status), by=effect, actor=actor)
    for older in Effect.objects.before(effect).queued().select_related("message"):
        supersede_queued(older, while_in=OutboxMessage.objects.waiting(), by=effect, actor=actor)
    Effect.objects.before(effect).failed().filter(superseded_by__isnull=True).update(superseded_by=effect)
    return effect


def _conflict(effect: Effect, what: str, why: str) -> Conflict:
    effect.refresh_from_db()
    status = EffectStatus(effect.status).label
    action = "되돌리려면 반대되는 새 결정을 내려 주세요." if effect.message_id else "지금 상태를 확인해 주세요."
    return Conflict(what, f"{why} 지금 상태는 {status}입니다.", action)
