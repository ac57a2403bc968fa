"""What receivers say about effects. They may say it late, twice, or in another order than it happened."""

from datetime import datetime

from django.db import transaction

from core import outbox
from core.actors import Actor
from core.choices import EffectStatus
from core.effects.steps import record
from core.errors import DomainError
from core.models import Effect


def confirm(effect_id: int, *, version: int, at: datetime, actor: Actor | None) -> Effect:
    """The receiver has carried it out. Harmless where it is confirmed or superseded already.

    It outweighs an earlier failure: what was carried out was carried out. Raises ``DomainError`` for an effect that
    is unknown, is of another version, or has never left.
    """
    with transaction.atomic():
        effect = _answered(effect_id, version)
        if _take(effect, EffectStatus.CONFIRMED, confirmed_at=at, failure=""):
            _arrived(effect, at)
            record("confirmed", effect, actor=actor, was=effect.status)
    effect.refresh_from_db()
    return effect


def fail(effect_id: int, *, version: int, reason: str, at: datetime, actor: Actor | None) -> Effect:
    """The receiver could not carry it out; staff see it, and a newer one may go.

    Harmless where it has been confirmed, failed or superseded. Raises ``DomainError`` as ``confirm`` does.
    """
    with transaction.atomic():
        effect = _answered(effect_id, version)
        if _take(effect, EffectStatus.FAILED, failed_at=at, failure=reason):
            _arrived(effect, at)
            record("failed", effect, actor=actor, was=effect.status, reason=reason)
    effect.refresh_from_db()
    return effect


def _answered(effect_id: int, version: int) -> Effect:
    effect = Effect.objects.select_related("message").filter(pk=effect_id, version=version).first()
    if effect is None or effect.message is None:
        raise DomainError(
            "답을 반영하지 않았습니다.",
            f"번호가 {effect_id}이고 판이 {version}인 조치를 보낸 적이 없습니다.",
            "웹훅에 적힌 effect와 version을 그대로 돌려보내 주세요.",
            code="unknown_effect",
        )
    return effect


def _take(effect: Effect, to: EffectStatus, **fields: object) -> bool:
    return Effect.objects.may_become(to).filter(pk=effect.pk).update(status=to, **fields) == 1


def _arrived(effect: Effect, at: datetime) -> None:
    """Who answers has the message: it need not be sent again."""
    if effect.message is not None:
        outbox.note_arrived(effect.message, at=at)
