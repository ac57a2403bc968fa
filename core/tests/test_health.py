"""The facts, and what makes the portal not ready."""

from typing import Any

import pytest
from django.db import DatabaseError

from core import effects, outbox
from core.health import Facts, database_answers, facts
from core.heartbeats import CLUSTER, COURIER, beat_now
from core.models import Job
from core.tests import running
from core.tests.running import NOW, Receiver, after, ask_effect, at, post_message, refuse


@pytest.mark.django_db
def test_portal_whose_parts_were_never_seen_is_not_ready() -> None:
    found = facts(now=NOW)
    assert found == Facts(database=True)
    assert (found.is_ready, found.silent_parts()) == (False, [COURIER, CLUSTER])


@pytest.mark.django_db
def test_portal_is_ready_while_its_parts_beat(settings: Any) -> None:
    beat_now(COURIER, at=NOW)
    beat_now(CLUSTER, at=after(-7))
    found = facts(now=after(3))
    assert (found.courier_age, found.cluster_age, found.is_ready) == (3, 10, True)
    late = facts(now=after(settings.SERVE_HUNG_SECONDS))
    assert (late.is_ready, late.silent_parts()) == (False, [CLUSTER])


@pytest.mark.django_db
def test_what_waits_for_a_person_is_counted(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.OUTBOX_TRANSPORTS = {"test": "core.tests.running.deliver"}
    settings.EFFECT_CARRIERS = {"test": "core.tests.running.carry"}
    monkeypatch.setattr(running, "receiver", Receiver())
    running.receiver.answer = refuse(permanent=True)
    with at(0):
        ask_effect()
        effects.dispatch_due(now=NOW)
        outbox.deliver_due(now=NOW)
        effects.dispatch_due(now=NOW)
        post_message("a", not_before=after(10))
    Job.objects.create(kind="core.beat", key="a", status="given_up", not_before=NOW)
    found = facts(now=after(40))
    assert (found.parked_messages, found.stuck_effects, found.given_up_jobs) == (1, 1, 1)
    assert found.oldest_due_outbox == 30


def test_database_that_does_not_answer_is_a_fact_and_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    class Silent:
        def cursor(self) -> None:
            raise DatabaseError

    monkeypatch.setattr("core.health.connection", Silent())
    monkeypatch.setattr("core.health.drop_broken_connections", lambda: None)
    assert not database_answers()
    assert facts(now=NOW) == Facts(database=False)
    assert not facts(now=NOW).is_ready
