"""Chores: each at its turn, none harmed by another."""

import logging
import threading
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.conf import settings as portal_settings
from django.utils.module_loading import import_string

from core import courier
from core.chores import Chores
from core.tests.running import NOW, after

done: list[tuple[str, datetime]] = []


def sweep(*, now: datetime) -> int:
    """The chore that settings name in tests."""
    done.append(("sweep", now))
    return 2


def dust(*, now: datetime) -> int:
    """Another one."""
    done.append(("dust", now))
    return 3


def fall_over(*, now: datetime) -> int:
    """One with a mistake of its own."""
    done.append(("fall_over", now))
    raise RuntimeError("broom")


@pytest.fixture(autouse=True)
def _nothing_done() -> Iterator[None]:
    done.clear()
    yield
    done.clear()


def chores(settings: Any, **seconds: float) -> Chores:
    settings.COURIER_CHORES = {f"core.tests.test_chores.{name}": every for name, every in seconds.items()}
    return Chores()


def names() -> list[str]:
    return [name for name, _ in done]


@pytest.mark.django_db
def test_each_chore_has_its_turn_after_its_own_seconds(settings: Any) -> None:
    own = chores(settings, sweep=10, dust=60)

    assert own.run_due(now=NOW) == 5
    assert own.run_due(now=after(9)) == 0
    assert own.run_due(now=after(10)) == 2
    assert own.run_due(now=after(60)) == 5
    assert done == [
        ("sweep", NOW),
        ("dust", NOW),
        ("sweep", after(10)),
        ("sweep", after(60)),
        ("dust", after(60)),
    ]


@pytest.mark.django_db
def test_a_chore_that_fails_is_logged_and_waits_for_its_next_turn(
    settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    own = chores(settings, fall_over=10, dust=10)

    with caplog.at_level(logging.ERROR):
        assert own.run_due(now=NOW) == 3
    assert [record.message for record in caplog.records] == [
        "the courier's chore core.tests.test_chores.fall_over failed"
    ]
    own.run_due(now=after(1))
    assert names() == ["fall_over", "dust"]
    own.run_due(now=after(10))
    assert names() == ["fall_over", "dust", "fall_over", "dust"]


@pytest.mark.django_db
def test_a_chore_that_is_not_there_stops_no_other(settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    own = chores(settings, nobody=10, dust=10)

    with caplog.at_level(logging.ERROR):
        assert own.run_due(now=NOW) == 3
    assert [record.message for record in caplog.records] == ["the courier's chore core.tests.test_chores.nobody failed"]


@pytest.mark.django_db
def test_the_round_of_the_courier_takes_the_chores(settings: Any) -> None:
    chores(settings, sweep=10, fall_over=10)
    settings.OUTBOX_TRANSPORTS = {}

    assert courier.run_round(now=NOW).failed == ()
    assert names() == ["sweep", "fall_over"]


def test_the_chores_of_a_courier_end_when_it_does(settings: Any) -> None:
    stop = threading.Event()
    stop.set()

    chores(settings, sweep=10).run(stop)

    assert done == []


def test_every_chore_of_the_portal_is_there() -> None:
    assert all(callable(import_string(name)) for name in portal_settings.COURIER_CHORES)
    assert len(portal_settings.COURIER_CHORES) == 19
