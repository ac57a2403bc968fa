"""What jobs and chores of this app run."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from listings import arrivals, reappearances, screening


def screen_chunk(payload: dict[str, Any]) -> dict[str, Any]:
    """Screen the versions that the job names. Run twice, the second finds them screened and does nothing, unless the
    job asks for a new look ("again")."""
    outcomes = screening.screen_versions(payload["versions"], again=payload.get("again", False))
    return {
        "screened": len(outcomes),
        "review": sum(outcome.verdict == "review" for outcome in outcomes),
        "stop": sum(outcome.verdict == "stop" for outcome in outcomes),
    }


def learn_ordinary_words(payload: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG001 - a handler like any other
    """Learn the marketplace's everyday words. Run twice, the second finds nothing new to learn."""
    return {"jobs": screening.learn_ordinary_words(now=timezone.now())}


def find_copies(payload: dict[str, Any]) -> dict[str, Any]:
    """Look for new fingerprints of counterfeits among the listings of now, and ask for the next part of the search."""
    return reappearances.sweep(payload)


def fetch_pictures(payload: dict[str, Any]) -> dict[str, Any]:
    """Fetch pictures from the server that the job names, for one turn. Run twice, the second finds them fetched."""
    return dict(arrivals.take_turn(payload["server"], payload["token"]))


def give_servers_turns(*, now: datetime) -> int:
    """A chore: servers that have pictures to give are given their turns."""
    return arrivals.begin_turns(now=now)


def let_overdue_go(*, now: datetime) -> int:
    """A chore: a listing that has waited too long comes in without the pictures that it waits for."""
    return arrivals.let_overdue_go(now=now)


def follow_material(*, now: datetime) -> int:
    """A chore: what was screened against material that has changed since is owed a new look."""
    return screening.follow_material(now=now)


def ask_for_learning(*, now: datetime) -> int:
    """A chore: once there are enough new titles, a job learns from them."""
    return screening.enqueue_learning(now=now)
