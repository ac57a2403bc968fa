"""When a silent part is taken for hung, and when silence is not its fault."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError

from core.heartbeats import CLUSTER, COURIER, beat_now
from core.tests.running import NOW
from core.watch import Watch

LIMIT = 100


class Time:
    """The monotonic clock and the wall clock, moved together."""

    def __init__(self, traveller: Any) -> None:
        self.seconds = 0.0
        self.traveller = traveller

    def __call__(self) -> float:
        return self.seconds

    def go_to(self, seconds: float) -> None:
        self.seconds = seconds
        self.traveller.move_to(NOW + timedelta(seconds=seconds))

    def beat(self, *names: str) -> None:
        for name in names:
            beat_now(name, at=NOW + timedelta(seconds=self.seconds))


@pytest.fixture
def clock(db: None) -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield Time(traveller)


def beat_until(clock: Time, watch: Watch, last: int, *names: str) -> None:
    """Both parts alive, looked at as the supervisor does."""
    while clock.seconds < last:
        clock.go_to(clock.seconds + 10)
        clock.beat(*names)
        assert not watch.is_hung(CLUSTER, 0)
        assert not watch.is_hung(COURIER, 0)


def test_part_that_beats_is_not_hung(clock: Time) -> None:
    watch = Watch(limit=LIMIT, clock=clock)
    beat_until(clock, watch, 3 * LIMIT, CLUSTER, COURIER)


def test_queue_that_falls_silent_is_hung_after_the_limit(clock: Time) -> None:
    watch = Watch(limit=LIMIT, clock=clock)
    beat_until(clock, watch, 200, CLUSTER, COURIER)
    beat_until(clock, watch, 200 + LIMIT, COURIER)
    clock.go_to(201 + LIMIT)
    clock.beat(COURIER)
    assert watch.is_hung(CLUSTER, 0)
    assert not watch.is_hung(COURIER, 0)


def test_start_counts_as_life(clock: Time) -> None:
    watch = Watch(limit=LIMIT, clock=clock)
    clock.beat(CLUSTER)
    beat_until(clock, watch, LIMIT, COURIER)
    clock.go_to(LIMIT + 5)
    clock.beat(COURIER)
    assert not watch.is_hung(CLUSTER, 50)
    assert watch.is_hung(CLUSTER, 4)


def test_part_that_was_never_seen_is_hung_after_the_limit(clock: Time) -> None:
    watch = Watch(limit=LIMIT, clock=clock)
    clock.go_to(LIMIT)
    assert not watch.is_hung(COURIER, 0)
    clock.go_to(LIMIT + 2)
    assert watch.is_hung(COURIER, 0)


def test_silent_courier_is_hung_and_its_silence_is_not_held_against_the_queue(clock: Time) -> None:
    watch = Watch(limit=LIMIT, clock=clock)
    beat_until(clock, watch, 200, CLUSTER, COURIER)
    for seconds in range(210, 2 * LIMIT + 300, 10):
        clock.go_to(seconds)
        assert not watch.is_hung(CLUSTER, 0)
    assert watch.is_hung(COURIER, 0)
    clock.beat(COURIER)
    clock.go_to(clock.seconds + 2)
    assert not watch.is_hung(CLUSTER, 0)


def test_silence_of_the_database_is_held_against_nobody(clock: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_name: str) -> None:
        raise DatabaseError

    watch = Watch(limit=LIMIT, clock=clock)
    beat_until(clock, watch, 100, CLUSTER, COURIER)
    with monkeypatch.context() as patch:
        patch.setattr("core.watch.last_beat", fail)
        for seconds in range(110, 500, 10):
            clock.go_to(seconds)
            assert not watch.is_hung(CLUSTER, 0)
            assert not watch.is_hung(COURIER, 0)
    clock.go_to(500)
    assert not watch.is_hung(COURIER, 0)
    clock.go_to(492 + LIMIT)
    assert watch.is_hung(COURIER, 0)


def test_other_children_are_not_judged(clock: Time) -> None:
    watch = Watch(limit=LIMIT, clock=clock)
    clock.go_to(10 * LIMIT)
    assert not watch.is_hung("web", 0)


def test_heartbeats_are_read_once_a_second(clock: Time, django_assert_num_queries: Any) -> None:
    watch = Watch(limit=LIMIT, clock=clock)
    with django_assert_num_queries(4):
        for seconds in (0.0, 0.2, 0.4, 0.9, 1.0, 1.2):
            clock.go_to(seconds)
            watch.is_hung(CLUSTER, 0)
