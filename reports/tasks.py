"""What the jobs and the courier's chores of this app run: each a small round, safe to run twice."""

from datetime import datetime
from typing import Any

from reports.services import batches, placing, queue, silence, staydown, wanting


def decide_batch_rows(payload: dict[str, Any]) -> dict[str, int]:
    """Some rows of a batch that two people have agreed on. Run twice, the second finds them decided."""
    return batches.decide_rows(payload)


def settle_notices(*, now: datetime) -> int:
    """Notices that have arrived are sent, and start what they start."""
    return silence.settle_notices(now=now)


def hear_of_late_arrivals(*, now: datetime) -> int:
    """Notices that had reached nobody and have arrived after all."""
    return silence.hear_of_late_arrivals(now=now)


def follow_effects(*, now: datetime) -> int:
    """From report to effect: copy what has happened since."""
    return silence.follow_effects(now=now)


def let_periods_end(*, now: datetime) -> int:
    """Explanations and answers that did not come in time."""
    return silence.lapse_explanations(now=now) + silence.lapse_inquiries(now=now)


def remind_complainants(*, now: datetime) -> int:
    """A reminder one business day before an answer is due."""
    return silence.remind_complainants(now=now)


def recount_reports(*, now: datetime) -> int:  # noqa: ARG001 - a chore like any other
    """How many reports each open item of the queue rests on."""
    return queue.recount()


def tell_late_joiners(*, now: datetime) -> int:
    """Who reported what had been decided is told of the decision."""
    return silence.tell_late_joiners(now=now)


def open_cases_of_reappearances(*, now: datetime) -> int:
    """Confirmed counterfeits that came back: a case each."""
    return staydown.open_cases(now=now)


def ask_for_wanted_listings(*, now: datetime) -> int:
    """Marketplaces are asked again for listings that reports wait for."""
    return wanting.ask_again(now=now)


def place_waiting_reports(*, now: datetime) -> int:
    """Reports whose listing has come: their cases open."""
    return placing.place_waiting(now=now)
