"""What becomes of one picture that is waited for; with the last of them its listing comes in.

Each step holds the arrival's row first: who supersedes the arrival holds it too, and of two that settle the last two
pictures at one moment, the second sees what the first did.
"""

from datetime import datetime, timedelta

from django.db import transaction

from core.errors import DomainError
from core.rulesets import RuleValues
from listings.arrival_rules import next_wait
from listings.arrivals.bringing import bring_in
from listings.arrivals.getting import Got
from listings.choices import PictureStatus
from listings.models import Arrival, ExpectedPicture, PictureFetch

_LONGEST_REASON = 500


def settle(picture: ExpectedPicture, got: Got, *, rules: RuleValues, now: datetime) -> None:
    """Keep what came, or try again later, or do without."""
    if got.is_kept:
        keep(picture, got.fetch, now=now)
        return
    wait = next_wait(
        again=got.again,
        is_not_found=got.is_not_found,
        tries=picture.tries,
        asked_wait=got.retry_after,
        waits=rules.numbers("picture_retry_seconds"),
        not_found_tries=rules.number("picture_not_found_tries"),
    )
    if wait is None:
        _settle(picture, PictureStatus.MISSING, now=now, fetch=got.fetch, code=got.fetch.code, reason=got.fetch.reason)
        return
    told = {"fetch": got.fetch, "code": got.fetch.code, "reason": got.fetch.reason}
    waiting = ExpectedPicture.objects.waiting().filter(pk=picture.pk)
    waiting.update(not_before=now + timedelta(seconds=wait), **told)


def keep(picture: ExpectedPicture, fetch: PictureFetch, *, now: datetime) -> None:
    """The picture is there."""
    _settle(picture, PictureStatus.KEPT, now=now, fetch=fetch, file_id=fetch.file_id, code="", reason="")


def give_up(picture: ExpectedPicture, problem: DomainError, *, now: datetime) -> None:
    """The picture is done without, for a reason that is not its own address's; an earlier try stays with it."""
    _settle(picture, PictureStatus.MISSING, now=now, code=problem.code, reason=problem.why[:_LONGEST_REASON])


@transaction.atomic
def _settle(picture: ExpectedPicture, status: PictureStatus, *, now: datetime, **facts: object) -> None:
    Arrival.objects.select_for_update().get(pk=picture.arrival_id)
    if ExpectedPicture.objects.waiting().filter(pk=picture.pk).update(status=status, **facts):
        bring_in(picture.arrival_id, now=now)
