"""What machines are told at /healthz and /readyz."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core.heartbeats import CLUSTER, COURIER, beat_now


@pytest.mark.django_db
def test_portal_that_can_serve_says_so_whether_or_not_its_queue_lives(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"database: ok\nstatic: ok\n")
    assert "no-store" in answer["cache-control"]


@pytest.mark.django_db
def test_server_without_the_collected_files_cannot_serve(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    class Unread:
        hashed_files: dict[str, str] = {}

    monkeypatch.setattr("portal.health_views.staticfiles_storage", Unread())
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (503, b"database: ok\nstatic: failed\n")


def test_server_whose_database_does_not_answer_cannot_serve(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.health_views.database_answers", lambda: False)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (503, b"database: failed\nstatic: ok\n")


@pytest.mark.django_db
def test_ready_portal_shows_its_facts(client: Client) -> None:
    beat_now(COURIER, at=timezone.now())
    beat_now(CLUSTER, at=timezone.now())
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "ready": True,
            "silent": [],
            "database": True,
            "courier_age": 0,
            "cluster_age": 0,
            "oldest_due_outbox": None,
            "parked_messages": 0,
            "stuck_effects": 0,
            "given_up_jobs": 0,
        },
    )


@pytest.mark.django_db
def test_portal_whose_queue_is_silent_is_not_ready(client: Client) -> None:
    beat_now(COURIER, at=timezone.now())
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["silent"]) == (503, ["cluster"])


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_questions_are_only_asked(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


@pytest.mark.django_db
def test_health_is_answered_in_one_query(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        client.get("/healthz")
