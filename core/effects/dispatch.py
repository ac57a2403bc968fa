"""Moving effects along, round by round: the courier's part. Touches the database alone; the outbox does the sending."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from core import outbox, rulesets
from core.choices import EffectStatus, OutboxStatus
from core.effects.steps import park, record, supersede, supersede_queued, take
from core.models import Effect, OutboxMessage
from core.outbox import OutboxDraft

Carrier = Callable[[Effect], OutboxDraft]

logger = logging.getLogger(__name__)

#: Effects looked at in one round, for each of its parts.
ROUND: Final = 200
#: Effects of one destination that may be under way. While a destination is down the rest stay in the house, where a
#: newer one replaces them at no cost.
UNDER_WAY: Final = 500
UNCONFIRMED: Final = "상대 시스템이 정해진 시간 안에 확인하지 않았습니다."
CANCELLED: Final = "발신이 취소되었습니다."


def dispatch_due(*, now: datetime) -> int:
    """Take every step that is due. Returns how many effects moved. Safe to run beside another courier."""
    return _settle_delivered() + _settle_undeliverable() + _make_way(now) + _chase(now) + _queue(now)


def _settle_delivered() -> int:
    wait = timedelta(seconds=rulesets.current("core").number("effect_confirm_seconds"))
    rows = Effect.objects.queued().with_message(OutboxStatus.DELIVERED).select_related("message")
    return sum(_settle(effect, wait) for effect in rows[:ROUND])


def _settle(effect: Effect, wait: timedelta) -> bool:
    """Delivered: from now on it waits to be confirmed."""
    sent_at = (effect.message and effect.message.delivered_at) or timezone.now()
    with transaction.atomic():
        moved = take(effect, EffectStatus.SENT, seen=EffectStatus.QUEUED, sent_at=sent_at, not_before=sent_at + wait)
        if moved:
            record("sent", effect, actor=None, sends=effect.sends)
    return moved


def _settle_undeliverable() -> int:
    moved = 0
    for status in (OutboxStatus.PARKED, OutboxStatus.CANCELLED):
        for effect in Effect.objects.queued().with_message(status).select_related("message")[:ROUND]:
            reason = effect.message.last_error if effect.message and status == OutboxStatus.PARKED else CANCELLED
            with transaction.atomic():
                moved += park(effect, reason, seen=EffectStatus.QUEUED)
    return moved


def _make_way(now: datetime) -> int:
    """What is due may be held up by an older effect that gets nowhere: superseded, it is never sent again.

    That is an older one whose delivery has failed and waits for its next attempt, or that was delivered and is
    unconfirmed past its time. Whether it arrived or not, the receiver goes by the higher version.
    """
    moved = 0
    for newer in Effect.objects.held_up(now)[:ROUND]:
        for older in Effect.objects.before(newer).in_flight().select_related("message"):
            with transaction.atomic():
                if older.status == EffectStatus.QUEUED:
                    waiting = OutboxMessage.objects.waiting()
                    moved += supersede_queued(older, while_in=waiting, by=newer, actor=None)
                elif older.not_before <= now:
                    moved += supersede(older, seen=EffectStatus.SENT, by=newer, actor=None)
    return moved


def _chase(now: datetime) -> int:
    """Send again what nobody has confirmed in time, under the same key; after the last time a person is asked."""
    limit = rulesets.current("core").number("effect_resend_limit")
    moved = 0
    for effect in Effect.objects.sent().due(now).select_related("message")[:ROUND]:
        with transaction.atomic():
            if effect.sends > limit:
                moved += park(effect, UNCONFIRMED, seen=EffectStatus.SENT)
            else:
                moved += _resend(effect, now)
    return moved


def _resend(effect: Effect, now: datetime) -> bool:
    if not take(effect, EffectStatus.QUEUED, seen=EffectStatus.SENT, sends=effect.sends + 1):
        return False
    if effect.message is None or not outbox.send_again(effect.message, now=now):
        transaction.set_rollback(True)
        return False
    return True


def _queue(now: datetime) -> int:
    """Hand asked effects to the outbox, one a target. An effect whose carrier is not here waits until it is."""
    full = [place for place, count in Effect.objects.queued_by_destination().items() if count >= UNDER_WAY]
    rows = Effect.objects.free_to_go(now, carriers=settings.EFFECT_CARRIERS).exclude(destination__in=full)
    return sum(_queue_one(effect, now) for effect in rows[:ROUND])


def _queue_one(effect: Effect, now: datetime) -> bool:
    try:
        carry: Carrier = import_string(settings.EFFECT_CARRIERS[effect.carrier])
        draft = carry(effect)
    except DatabaseError:
        raise
    except Exception as problem:
        # A carrier's own mistake about one effect must not hold up the others.
        logger.exception("effect %s cannot be carried", effect.pk)
        with transaction.atomic():
            return park(effect, f"{type(problem).__name__}: {problem}", seen=EffectStatus.ASKED)
    try:
        with transaction.atomic():
            return _hand_over(effect, draft, now)
    except IntegrityError:
        # Another courier has put one of the target's effects in flight meanwhile.
        return False


def _hand_over(effect: Effect, draft: OutboxDraft, now: datetime) -> bool:
    if not take(effect, EffectStatus.QUEUED, seen=EffectStatus.ASKED, sends=1):
        return False
    message = outbox.post(
        channel=draft.channel,
        destination=draft.destination,
        message_type=draft.message_type,
        payload=draft.payload,
        key=f"effect-{effect.pk}-v{effect.version}",
        subject=effect,
        not_before=now,
    )
    Effect.objects.filter(pk=effect.pk).update(message=message)
    return True
