"""Learning the marketplace's everyday words anew, so that they are no alarm: ``printer`` is no slip of Prinster.

The words are part of an index snapshot. What was found with fewer of them and waits for a moderator is looked at again.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from core.canonical import moment
from core.jobs import enqueue
from core.rule_values import current
from listings.material import material_version
from listings.models import IndexSnapshot
from listings.ordinary_words import title_count
from listings.screening.queue import enqueue_waiting
from listings.snapshots import build_snapshot
from matching import ENGINE_VERSION

JOB_KIND: Final = "listings.learn_words"


def enqueue_learning(*, now: datetime) -> int:
    """Ask for the job where there is enough to learn. Returns how many there are: one or none.

    Building an index takes a processor for seconds, which is a worker's business.
    """
    row = IndexSnapshot.objects.latest_for(ENGINE_VERSION)
    if row is None or not _is_worth_it(row, now):
        return 0
    with transaction.atomic():
        enqueue(JOB_KIND, key=f"{JOB_KIND}:{row.pk}:{moment(row.built_at)}")
    return 1


def learn_ordinary_words(*, now: datetime) -> int:
    """Build the index anew where there is enough to learn. Returns the jobs that look again at what waits."""
    row = IndexSnapshot.objects.latest_for(ENGINE_VERSION)
    if row is None or not _is_worth_it(row, now):
        return 0
    built = build_snapshot(material_version())
    return enqueue_waiting(built.version) if built.version != row.version else 0


def _is_worth_it(row: IndexSnapshot, now: datetime) -> bool:
    """Whether titles have doubled since, or are as old as the house lets them grow."""
    rules = current("listings")
    most, least = rules.number("ordinary_titles_most"), rules.number("ordinary_titles_least")
    wanted = max(least, 2 * row.title_count)
    if row.title_count and row.built_at <= now - timedelta(days=rules.number("ordinary_words_days")):
        return True
    return wanted <= most and title_count(most=wanted) == wanted
