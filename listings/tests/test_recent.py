"""What an answer at once compares with: as it stood a few seconds ago at most, without a question to the database."""

import threading
from typing import Any

import pytest

from brands.tests.factories import make_brand
from listings import engine
from listings import warm_up as warming
from listings.engine import current_engine, recent_engine
from listings.models import IndexSnapshot
from listings.reappearances import current_index, index, recent_index
from listings.tests.confirmed import confirmed, picture
from listings.warm_up import warm_up, warm_up_beside

pytestmark = pytest.mark.django_db


def test_the_engine_of_a_moment_ago_costs_no_query(django_assert_num_queries: Any) -> None:
    opened = recent_engine()
    make_brand("누벨하니")

    with django_assert_num_queries(0):
        assert recent_engine() is opened
    assert current_engine() is not opened
    assert recent_engine() is current_engine()


def test_after_a_few_seconds_the_engine_is_brought_up_to_date(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = recent_engine()
    make_brand("누벨하니")
    monkeypatch.setattr(engine, "RECENT_SECONDS", -1.0)

    found = recent_engine()

    assert found is not opened
    assert found.engine.match_text("누벨하니")
    assert recent_engine() is found


def test_while_another_thread_brings_it_up_to_date_the_engine_before_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = recent_engine()
    monkeypatch.setattr(engine, "RECENT_SECONDS", -1.0)
    answered: list[object] = []

    with engine._lock:
        thread = threading.Thread(target=lambda: answered.append(recent_engine()))
        thread.start()
        thread.join(10)

    assert answered == [opened]


def test_confirmed_counterfeits_of_a_moment_ago_cost_no_query(django_assert_num_queries: Any) -> None:
    laid_out = recent_index()
    confirmed(images=[picture(50)])

    with django_assert_num_queries(0):
        assert recent_index() is laid_out
    assert current_index() is not laid_out


def test_after_a_few_seconds_new_ones_are_among_them(monkeypatch: pytest.MonkeyPatch) -> None:
    laid_out = recent_index()
    confirmed(images=[picture(50)])
    monkeypatch.setattr(index, "_RECENT_SECONDS", -1.0)

    assert recent_index() is not laid_out
    with index._lock:
        answered: list[object] = []
        thread = threading.Thread(target=lambda: answered.append(recent_index()))
        thread.start()
        thread.join(10)
    assert answered == [current_index()]


def test_warmed_up_the_first_question_opens_nothing(django_assert_num_queries: Any) -> None:
    current_engine()
    engine.forget_engine()

    warm_up()

    with django_assert_num_queries(0):
        recent_engine()
        recent_index()


def test_warming_up_builds_nothing() -> None:
    warm_up()

    assert not IndexSnapshot.objects.exists()
    assert engine._state is None


def test_what_goes_wrong_while_warming_up_stops_nobody(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise RuntimeError("no disk")

    monkeypatch.setattr(warming, "warm_up", fail)

    warm_up_beside().join(10)

    assert "the engine is not open yet" in caplog.text
