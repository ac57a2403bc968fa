"""The courier: a round takes every step, one that fails stops no other, and a delivery that hangs ends the process."""

import threading
import time
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django_q.models import OrmQ

from core import courier, jobs, journal
from core.choices import EffectStatus, OutboxStatus
from core.courier import CourierStuck, Delivery, Round
from core.heartbeats import COURIER, last_beat
from core.models import Effect, JournalCheckpoint, JournalPending, OutboxMessage
from core.tests import running
from core.tests.running import NOW, Receiver, after, ask_effect, at, post_message


@pytest.fixture(autouse=True)
def receiver(settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Receiver:
    """What is delivered to; the journal's checkpoints go to a folder of the test."""
    settings.OUTBOX_TRANSPORTS = {"test": "core.tests.running.deliver", "other": "core.tests.running.deliver"}
    settings.EFFECT_CARRIERS = {"test": "core.tests.running.carry"}
    settings.COURIER_CHORES = {}
    settings.JOB_HANDLERS = {"core.beat": "core.jobs.beat"}
    settings.CHECKPOINT_FILE = tmp_path / "checkpoints.jsonl"
    monkeypatch.setattr(running, "receiver", Receiver())
    return running.receiver


def round_at(seconds: float = 0) -> Round:
    with at(seconds) as now:
        return courier.run_round(now=now)


@pytest.mark.django_db
def test_round_takes_every_step(receiver: Receiver) -> None:
    with at(0):
        post_message("a")
        ask_effect()
        OrmQ.objects.all().delete()
    first = round_at()
    assert (first.delivered, first.dispatched, first.failed) == (1, 1, ())
    assert first.sealed > 0
    assert JournalPending.objects.count() == 0
    assert JournalCheckpoint.objects.count() == 1
    assert last_beat(COURIER) == NOW
    assert [task.task["func"] for task in OrmQ.objects.all()] == ["core.jobs.beat"]
    second = round_at(1)
    assert (second.delivered, second.dispatched) == (1, 1)
    assert Effect.objects.get().status == EffectStatus.SENT


@pytest.mark.django_db
def test_step_that_fails_keeps_no_other_from_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    def fall_over(**_: Any) -> int:
        raise RuntimeError

    monkeypatch.setattr(journal, "seal_pending", fall_over)
    monkeypatch.setattr(jobs, "sweep", fall_over)
    with at(0):
        post_message("a")
    done = round_at()
    assert (done.failed, done.delivered) == (("swept", "sealed"), 1)
    assert last_beat(COURIER) == NOW


@pytest.mark.django_db
def test_heartbeat_is_not_written_each_second(settings: Any) -> None:
    quarter = settings.SERVE_HEARTBEAT_SECONDS / 4
    beats = []
    for seconds in (0, quarter - 1, quarter, quarter + 1):
        round_at(seconds)
        beats.append(last_beat(COURIER))
    assert beats == [NOW, NOW, after(quarter), after(quarter)]


@pytest.mark.django_db
def test_sealing_catches_up_in_one_round(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courier, "SEALING_LIMIT", 2)
    round_at()
    with at(0):
        for number in range(7):
            ask_effect(target=f"target {number}")
    assert round_at(1).sealed >= 7
    assert JournalPending.objects.count() == 0


def wait_for(condition: Any, seconds: float = 20) -> None:
    """Look until it holds; fail after so long."""
    ends_at = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends_at, "it did not happen in time"
        threading.Event().wait(0.02)


def close_connections() -> None:
    from django.db import connections

    connections.close_all()


@pytest.fixture
def running_courier(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A courier at work in a thread; set the event to stop it."""
    monkeypatch.setattr(courier, "PAUSE_SECONDS", 0.05)
    stop = threading.Event()
    failures: list[BaseException] = []

    def work() -> None:
        try:
            courier.run(stop)
        except BaseException as problem:
            failures.append(problem)
        finally:
            close_connections()

    thread = threading.Thread(target=work)
    thread.start()
    yield stop
    stop.set()
    thread.join(20)
    assert not thread.is_alive()
    assert failures == []


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_channel_that_hangs_holds_up_no_other(receiver: Receiver, running_courier: threading.Event) -> None:
    let_go = threading.Event()

    def answer(message: OutboxMessage) -> None:
        if message.channel == "test":
            let_go.wait(20)

    receiver.answer = answer
    hung, other = post_message("hung"), post_message("other", channel="other")
    effect = ask_effect()

    def status_of(message: OutboxMessage) -> str:
        return OutboxMessage.objects.get(pk=message.pk).status

    wait_for(lambda: status_of(other) == OutboxStatus.DELIVERED)
    wait_for(lambda: Effect.objects.get(pk=effect.pk).status == EffectStatus.QUEUED)
    wait_for(lambda: JournalPending.objects.count() == 0)
    assert status_of(hung) == OutboxStatus.SENDING
    let_go.set()
    wait_for(lambda: Effect.objects.get(pk=effect.pk).status == EffectStatus.SENT)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_stop_lets_the_delivery_under_way_end_and_starts_no_other(
    receiver: Receiver, running_courier: threading.Event
) -> None:
    under_way, let_go = threading.Event(), threading.Event()

    def answer(_message: OutboxMessage) -> None:
        under_way.set()
        let_go.wait(20)

    receiver.answer = answer
    first = post_message("first")
    assert under_way.wait(20)
    post_message("second")
    running_courier.set()
    let_go.set()
    wait_for(lambda: OutboxMessage.objects.get(pk=first.pk).status == OutboxStatus.DELIVERED)
    assert receiver.seen == ["first"]


def test_delivery_that_does_not_come_back_is_found_out() -> None:
    delivery = Delivery("test", threading.Event())
    with pytest.raises(CourierStuck):
        delivery.check()
    delivery.thread = threading.current_thread()
    delivery.check()
    delivery.seen_at -= courier.STUCK_SECONDS + 1
    with pytest.raises(CourierStuck, match="test"):
        delivery.check()


def test_command_ends_with_an_error_where_a_delivery_is_stuck(monkeypatch: pytest.MonkeyPatch) -> None:
    def get_stuck(_stop: threading.Event) -> None:
        raise CourierStuck("mail")

    monkeypatch.setattr(courier, "run", get_stuck)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    with pytest.raises(CommandError, match="mail 경로"):
        call_command("courier", stdout=StringIO())
