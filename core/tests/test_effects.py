"""Effects: versions rise, one is in flight a target, in order; superseded, confirmed, failed, parked, asked again."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.transaction import TransactionManagementError

from core import effects, outbox, rulesets
from core.actors import Actor
from core.choices import EffectStatus, OutboxStatus
from core.effects import dispatch
from core.errors import Conflict, DomainError
from core.models import Effect, JournalDetail, JournalEntry, OutboxMessage
from core.tests import running
from core.tests.running import NOW, SOURCE, TARGET, Receiver, after, ask_effect, at, refuse
from core.tests.together import together

STAFF = Actor(kind="user", ref="7", label="김담당")
MARKET = Actor(kind="marketplace", ref="market", label="시험 마켓")


@pytest.fixture(autouse=True)
def receiver(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """The marketplace that effects go to; the clock stands still at ``NOW``."""
    settings.OUTBOX_TRANSPORTS = {"test": "core.tests.running.deliver"}
    settings.EFFECT_CARRIERS = {"test": "core.tests.running.carry", "bad": "core.tests.running.carry_badly"}
    monkeypatch.setattr(running, "receiver", Receiver())
    with at(0):
        yield running.receiver


def round_at(seconds: float = 0) -> None:
    """One round of the courier: dispatch, deliver, and note what was delivered."""
    with at(seconds) as now:
        effects.dispatch_due(now=now)
        outbox.deliver_due(now=now)
        effects.dispatch_due(now=now)


def confirm(effect: Effect, *, seconds: float = 0) -> Effect:
    return effects.confirm(effect.pk, version=effect.version, at=after(seconds), actor=MARKET)


def fail(effect: Effect, reason: str = "상품이 없습니다.") -> Effect:
    return effects.fail(effect.pk, version=effect.version, reason=reason, at=NOW, actor=MARKET)


def statuses(target: str = TARGET) -> list[str]:
    """From the first version to the last."""
    return list(Effect.objects.on(target).reverse().values_list("status", flat=True))


def verbs(effect: Effect) -> list[str]:
    rows = JournalEntry.objects.filter(subject_type="core.effect", subject_ref=str(effect.pk))
    return [verb.removeprefix("core.effect.") for verb in rows.order_by("pk").values_list("verb", flat=True)]


def confirm_seconds() -> int:
    return rulesets.current("core").number("effect_confirm_seconds")


@pytest.mark.django_db
def test_effect_goes_from_asked_to_confirmed(receiver: Receiver) -> None:
    effect = ask_effect()
    assert (effect.version, effect.status) == (1, EffectStatus.ASKED)
    round_at()
    effect.refresh_from_db()
    assert (effect.status, effect.sends, effect.sent_at) == (EffectStatus.SENT, 1, NOW)
    assert receiver.seen == [f"effect-{effect.pk}-v1"]
    effect = confirm(effect, seconds=3)
    assert (effect.status, effect.confirmed_at) == (EffectStatus.CONFIRMED, after(3))
    assert verbs(effect) == ["asked", "sent", "confirmed"]


@pytest.mark.django_db
def test_entry_names_what_was_asked_of_whom() -> None:
    effect = ask_effect(actor=STAFF)
    detail = JournalDetail.objects.get(entry__subject_type="core.effect", entry__subject_ref=str(effect.pk))
    named = {"target": TARGET, "kind": "listing.restrict", "version": 1}
    assert detail.body == named | {"source": " ".join(SOURCE)}
    assert detail.actor_label == "김담당"


@pytest.mark.django_db(transaction=True)
def test_effect_needs_the_transaction_of_its_decision() -> None:
    with pytest.raises(TransactionManagementError):
        effects.ask(
            carrier="test", destination="market", target=TARGET, kind="x", payload={}, source=SOURCE, not_before=NOW
        )


@pytest.mark.django_db
def test_effect_stays_in_the_house_until_its_time(receiver: Receiver) -> None:
    ask_effect(not_before=after(20))
    round_at(19)
    assert receiver.seen == []
    round_at(20)
    assert len(receiver.seen) == 1


@pytest.mark.django_db
def test_versions_rise_for_each_target_apart() -> None:
    versions = [ask_effect(target=target).version for target in ("one", "one", "two", "one", "two")]
    assert versions == [1, 2, 1, 3, 2]


@pytest.mark.django_db
def test_newer_effect_takes_the_place_of_one_that_has_not_left(receiver: Receiver) -> None:
    older = ask_effect("listing.restrict", not_before=after(20))
    newer = ask_effect("listing.reinstate")
    older.refresh_from_db()
    assert (older.status, older.superseded_by) == (EffectStatus.SUPERSEDED, newer)
    round_at(30)
    assert receiver.seen == [f"effect-{newer.pk}-v2"]
    assert verbs(older) == ["asked", "superseded"]


@pytest.mark.django_db
def test_newer_effect_waits_for_the_one_in_flight(receiver: Receiver) -> None:
    older = ask_effect("listing.restrict")
    round_at()
    newer = ask_effect("listing.reinstate")
    round_at(1)
    assert statuses() == [EffectStatus.SENT, EffectStatus.ASKED]
    confirm(older)
    round_at(2)
    assert statuses() == [EffectStatus.CONFIRMED, EffectStatus.SENT]
    assert receiver.seen == [f"effect-{older.pk}-v1", f"effect-{newer.pk}-v2"]


@pytest.mark.django_db
def test_effects_of_different_targets_do_not_wait_for_each_other(receiver: Receiver) -> None:
    for target in ("one", "two", "three"):
        ask_effect(target=target)
    round_at()
    assert len(receiver.seen) == 3


@pytest.mark.django_db
def test_two_in_flight_are_impossible() -> None:
    first = ask_effect()
    round_at()
    second = ask_effect()
    with pytest.raises(IntegrityError), transaction.atomic():
        Effect.objects.filter(pk=second.pk).update(status=EffectStatus.QUEUED)
    assert Effect.objects.in_flight().get() == first


@pytest.mark.django_db
def test_newer_effect_cancels_an_older_one_whose_delivery_keeps_failing(receiver: Receiver) -> None:
    receiver.answer = refuse()
    older = ask_effect("listing.restrict")
    round_at()
    newer = ask_effect("listing.reinstate")
    older.refresh_from_db()
    assert older.message is not None
    assert (older.status, older.message.status) == (EffectStatus.SUPERSEDED, OutboxStatus.CANCELLED)
    receiver.answer = running.accept
    round_at(1)
    confirm(newer)
    round_at(86_400)
    assert receiver.seen == [f"effect-{older.pk}-v1", f"effect-{newer.pk}-v2"]


@pytest.mark.django_db
def test_confirmation_may_come_before_the_delivery_is_recorded(receiver: Receiver) -> None:
    effect = ask_effect()

    def confirm_at_once(_message: OutboxMessage) -> None:
        confirm(effect)

    receiver.answer = confirm_at_once
    round_at()
    effect.refresh_from_db()
    assert effect.status == EffectStatus.CONFIRMED
    assert OutboxMessage.objects.get().status == OutboxStatus.DELIVERED
    assert verbs(effect) == ["asked", "confirmed"]


@pytest.mark.django_db
def test_confirmation_of_a_delivery_that_seemed_to_fail_ends_its_retries(receiver: Receiver) -> None:
    receiver.answer = refuse("시간 초과")
    effect = ask_effect()
    round_at()
    confirm(effect)
    round_at(86_400)
    assert len(receiver.seen) == 1
    assert OutboxMessage.objects.get().status == OutboxStatus.DELIVERED


@pytest.mark.django_db
def test_doubled_confirmation_changes_nothing() -> None:
    effect = ask_effect()
    round_at()
    confirm(effect, seconds=1)
    again = confirm(effect, seconds=9)
    assert again.confirmed_at == after(1)
    assert verbs(effect) == ["asked", "sent", "confirmed"]


@pytest.mark.django_db
def test_failure_after_the_confirmation_changes_nothing() -> None:
    effect = ask_effect()
    round_at()
    confirm(effect)
    effect = fail(effect)
    assert (effect.status, effect.failure, effect.failed_at) == (EffectStatus.CONFIRMED, "", None)


@pytest.mark.django_db
def test_failure_is_kept_for_staff_and_a_newer_effect_may_go(receiver: Receiver) -> None:
    effect = ask_effect()
    round_at()
    effect = fail(effect, "상품이 없습니다.")
    assert (effect.status, effect.failure) == (EffectStatus.FAILED, "상품이 없습니다.")
    assert list(Effect.objects.stuck()) == [effect]
    newer = ask_effect("listing.reinstate")
    round_at(1)
    assert statuses() == [EffectStatus.FAILED, EffectStatus.SENT]
    assert list(Effect.objects.stuck()) == []
    assert receiver.seen[-1] == f"effect-{newer.pk}-v2"
    assert verbs(effect) == ["asked", "sent", "failed"]


@pytest.mark.django_db
def test_confirmation_outweighs_an_earlier_failure() -> None:
    effect = ask_effect()
    round_at()
    fail(effect)
    effect = confirm(effect)
    assert (effect.status, effect.failure) == (EffectStatus.CONFIRMED, "")
    assert list(Effect.objects.stuck()) == []


@pytest.mark.django_db
def test_late_confirmation_of_a_superseded_effect_changes_nothing() -> None:
    older = ask_effect("listing.restrict")
    round_at()
    newer = ask_effect("listing.reinstate")
    round_at(confirm_seconds())
    assert statuses() == [EffectStatus.SUPERSEDED, EffectStatus.SENT]
    older = confirm(older)
    assert (older.status, older.superseded_by) == (EffectStatus.SUPERSEDED, newer)
    assert statuses() == [EffectStatus.SUPERSEDED, EffectStatus.SENT]


@pytest.mark.django_db
@pytest.mark.parametrize("version", [0, 2])
def test_confirmation_of_another_version_is_refused(version: int) -> None:
    effect = ask_effect()
    round_at()
    with pytest.raises(DomainError) as refused:
        effects.confirm(effect.pk, version=version, at=NOW, actor=MARKET)
    assert refused.value.code == "unknown_effect"
    assert statuses() == [EffectStatus.SENT]


@pytest.mark.django_db
def test_effect_that_never_left_cannot_be_confirmed() -> None:
    effect = ask_effect()
    with pytest.raises(DomainError):
        confirm(effect)
    assert statuses() == [EffectStatus.ASKED]


@pytest.mark.django_db
def test_unconfirmed_effect_is_sent_again_under_the_same_key_and_parked_in_the_end(receiver: Receiver) -> None:
    effect = ask_effect()
    resends = rulesets.current("core").number("effect_resend_limit")
    for number in range(resends + 1):
        round_at(number * confirm_seconds())
        effect.refresh_from_db()
        assert (effect.status, effect.sends) == (EffectStatus.SENT, number + 1)
    round_at((resends + 1) * confirm_seconds() - 1)
    assert statuses() == [EffectStatus.SENT]
    round_at((resends + 1) * confirm_seconds())
    effect.refresh_from_db()
    assert (effect.status, effect.failure) == (EffectStatus.PARKED, dispatch.UNCONFIRMED)
    assert receiver.seen == [f"effect-{effect.pk}-v1"] * (resends + 1)
    assert verbs(effect) == ["asked", *["sent"] * (resends + 1), "parked"]


@pytest.mark.django_db
def test_unconfirmed_effect_makes_way_for_a_newer_one_instead_of_being_sent_again(receiver: Receiver) -> None:
    older = ask_effect("listing.restrict")
    round_at()
    newer = ask_effect("listing.reinstate")
    round_at(confirm_seconds() - 1)
    assert statuses() == [EffectStatus.SENT, EffectStatus.ASKED]
    round_at(confirm_seconds())
    assert statuses() == [EffectStatus.SUPERSEDED, EffectStatus.SENT]
    assert receiver.seen == [f"effect-{older.pk}-v1", f"effect-{newer.pk}-v2"]


@pytest.mark.django_db
def test_effect_whose_message_is_parked_is_parked_with_the_reason(receiver: Receiver) -> None:
    receiver.answer = refuse("없는 주소", permanent=True)
    effect = ask_effect()
    round_at()
    effect.refresh_from_db()
    assert (effect.status, effect.failure) == (EffectStatus.PARKED, "없는 주소")
    assert verbs(effect) == ["asked", "parked"]


@pytest.mark.django_db
def test_late_confirmation_of_a_parked_effect_counts(receiver: Receiver) -> None:
    receiver.answer = refuse("시간 초과", permanent=True)
    effect = ask_effect()
    round_at()
    assert confirm(effect).status == EffectStatus.CONFIRMED


@pytest.mark.django_db
def test_parked_effect_gives_way_to_a_newer_one_and_its_message_is_not_sent_again(receiver: Receiver) -> None:
    receiver.answer = refuse(permanent=True)
    older = ask_effect()
    round_at()
    ask_effect()
    older.refresh_from_db()
    assert older.message is not None
    assert (older.status, older.message.status) == (EffectStatus.SUPERSEDED, OutboxStatus.CANCELLED)


@pytest.mark.django_db
def test_stuck_effect_is_asked_again_as_a_new_version(receiver: Receiver) -> None:
    effect = ask_effect()
    round_at()
    fail(effect)
    again = effects.retry(effect, actor=STAFF)
    assert (again.version, again.kind, again.payload) == (2, effect.kind, effect.payload)
    assert (again.source_type, again.source_ref) == SOURCE
    round_at(1)
    assert receiver.seen == [f"effect-{effect.pk}-v1", f"effect-{again.pk}-v2"]
    with pytest.raises(Conflict):
        effects.retry(effect, actor=STAFF)
    assert Effect.objects.count() == 2


@pytest.mark.django_db
def test_effect_that_goes_its_way_is_not_asked_again() -> None:
    effect = ask_effect()
    round_at()
    with pytest.raises(Conflict, match="전달됨"):
        effects.retry(effect, actor=STAFF)
    assert Effect.objects.count() == 1


@pytest.mark.django_db
def test_message_of_an_effect_is_not_retried_by_itself(receiver: Receiver) -> None:
    receiver.answer = refuse(permanent=True)
    ask_effect()
    round_at()
    with pytest.raises(Conflict, match="조치 효과"):
        outbox.retry(OutboxMessage.objects.get(), actor=STAFF)
    assert OutboxMessage.objects.get().status == OutboxStatus.PARKED


@pytest.mark.django_db
def test_unsent_effect_is_withdrawn(receiver: Receiver) -> None:
    effect = ask_effect(not_before=after(20))
    effects.withdraw_unsent(effect, actor=STAFF)
    assert (effect.status, effect.superseded_by) == (EffectStatus.SUPERSEDED, None)
    round_at(60)
    assert receiver.seen == []
    assert verbs(effect) == ["asked", "superseded"]


@pytest.mark.django_db
def test_queued_effect_that_nobody_has_tried_to_send_is_withdrawn_with_its_message(receiver: Receiver) -> None:
    effect = ask_effect()
    effects.dispatch_due(now=NOW)
    effects.withdraw_unsent(effect, actor=STAFF)
    assert OutboxMessage.objects.get().status == OutboxStatus.CANCELLED
    round_at(60)
    assert receiver.seen == []


@pytest.mark.django_db
@pytest.mark.parametrize("answer", [running.accept, refuse()])
def test_effect_that_has_left_or_may_have_cannot_be_withdrawn(receiver: Receiver, answer: running.Answer) -> None:
    receiver.answer = answer
    effect = ask_effect()
    round_at()
    before = (statuses(), verbs(effect), OutboxMessage.objects.get().status)
    with pytest.raises(Conflict):
        effects.withdraw_unsent(effect, actor=STAFF)
    assert (statuses(), verbs(effect), OutboxMessage.objects.get().status) == before


@pytest.mark.django_db
def test_withdrawing_brings_back_what_had_given_way(receiver: Receiver) -> None:
    ask_effect("listing.restrict", not_before=after(20))
    hasty = ask_effect("listing.reinstate", not_before=after(20))
    effects.withdraw_unsent(hasty, actor=STAFF)
    round_at(30)
    assert statuses() == [EffectStatus.SUPERSEDED, EffectStatus.SUPERSEDED, EffectStatus.SENT]
    assert Effect.objects.on(TARGET)[0].kind == "listing.restrict"
    assert len(receiver.seen) == 1


@pytest.mark.django_db
def test_withdrawing_lets_a_failure_wait_for_a_person_again() -> None:
    failed = ask_effect()
    round_at()
    fail(failed)
    effects.withdraw_unsent(ask_effect(not_before=after(20)), actor=STAFF)
    assert list(Effect.objects.stuck()) == [failed]


@pytest.mark.django_db
def test_effect_waits_for_a_carrier_that_is_not_here(receiver: Receiver, settings: Any) -> None:
    ask_effect(carrier="elsewhere")
    round_at()
    assert statuses() == [EffectStatus.ASKED]
    settings.EFFECT_CARRIERS = {"elsewhere": "core.tests.running.carry"}
    round_at(1)
    assert statuses() == [EffectStatus.SENT]


@pytest.mark.django_db
def test_mistake_of_a_carrier_parks_its_effect_and_holds_up_no_other(receiver: Receiver) -> None:
    ask_effect(carrier="bad")
    other = ask_effect(target="other")
    round_at()
    parked = Effect.objects.on(TARGET)[0]
    assert (parked.status, parked.failure) == (EffectStatus.PARKED, "ValueError: no statement for effect 1")
    assert receiver.seen == [f"effect-{other.pk}-v1"]


@pytest.mark.django_db
def test_destination_that_is_down_holds_a_bounded_number(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "UNDER_WAY", 3)
    monkeypatch.setattr(dispatch, "ROUND", 3)
    receiver.answer = refuse()
    for number in range(8):
        ask_effect(target=f"down {number}")
    for seconds in range(3):
        round_at(seconds)
    assert Effect.objects.queued().count() == 3
    ask_effect(target="up", destination="elsewhere")
    round_at(4)
    assert statuses("up") == [EffectStatus.QUEUED]


@pytest.mark.django_db
def test_rolled_back_decision_asks_for_nothing(receiver: Receiver) -> None:
    with transaction.atomic():
        ask_effect()
        transaction.set_rollback(True)
    round_at()
    assert (Effect.objects.count(), receiver.seen) == (0, [])


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_versions_asked_for_at_once_are_all_different_and_only_the_last_stands() -> None:
    found = together(*[lambda: ask_effect().version] * 8)
    assert sorted(found) == list(range(1, 9))
    assert statuses() == [EffectStatus.SUPERSEDED] * 7 + [EffectStatus.ASKED]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_couriers_side_by_side_put_one_effect_of_a_target_in_flight(receiver: Receiver) -> None:
    for number in range(20):
        ask_effect(target=f"target {number}")

    def work() -> None:
        for _ in range(3):
            effects.dispatch_due(now=NOW)
            outbox.deliver_due(now=NOW)

    assert together(*[work] * 4) == [None] * 4
    assert len(receiver.seen) == len(set(receiver.seen)) == 20
    assert set(Effect.objects.values_list("status", "sends")) == {(EffectStatus.SENT, 1)}
    assert JournalEntry.objects.filter(verb="core.effect.sent").count() == 20


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_effect_is_either_withdrawn_or_handed_over_never_both(receiver: Receiver) -> None:
    asked = [ask_effect(target=f"target {number}") for number in range(30)]

    def withdraw_all() -> int:
        done = 0
        for effect in reversed(asked):
            try:
                effects.withdraw_unsent(effect, actor=STAFF)
                done += 1
            except Conflict:
                pass
        return done

    def work() -> int:
        for _ in range(4):
            effects.dispatch_due(now=NOW)
            outbox.deliver_due(now=NOW, limit=10)
        return 0

    withdrawn = sum(together(withdraw_all, work))
    effects.dispatch_due(now=NOW)
    outbox.deliver_due(now=NOW)
    assert Effect.objects.superseded().count() == withdrawn
    assert len(receiver.seen) == 30 - withdrawn
