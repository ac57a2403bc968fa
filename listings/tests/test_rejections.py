"""Taking back a remembered rejection."""

from datetime import UTC, datetime

import pytest

from core.errors import Conflict
from listings.choices import MatchStatus
from listings.matches import decide, remember_rejection
from listings.models import Match
from listings.rejections import withdraw_rejection
from listings.tests.match_rows import make_match

NOW = datetime(2026, 11, 23, 5, 30, tzinfo=UTC)


@pytest.mark.django_db
def test_a_withdrawn_rejection_puts_its_match_before_a_moderator_again() -> None:
    match = make_match()
    decide(match, to=MatchStatus.REJECTED, actor=None, now=NOW)
    remember_rejection(match, actor=None)
    first, second = match.rejections.order_by("pk")

    withdraw_rejection(first, actor=None, now=NOW)
    assert Match.objects.get().status == MatchStatus.OPEN

    withdraw_rejection(second, actor=None, now=NOW)
    assert Match.objects.get().status == MatchStatus.OPEN
    with pytest.raises(Conflict):
        withdraw_rejection(first, actor=None, now=NOW)
