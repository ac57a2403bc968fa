"""Whose turn it is: each server that pictures stand on is worked for by one task at a time, and only so many at once.

A server that is slow, or silent, or has ten thousand pictures to give holds one task for the length of one turn, and
then waits for those that have not had theirs. The other workers never fetch, so screening waits for nobody's server.
"""

import secrets
import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from core.errors import DomainError
from core.jobs import enqueue
from core.korean import korean_datetime
from core.rulesets import RuleValues, current
from listings.arrival_rules import AT_ONCE, CLAIM_SECONDS, QUEUED_SECONDS, TURN_SECONDS, pause_after
from listings.arrivals.getting import Got, Wanted, get_pictures
from listings.arrivals.known import fresh_fetches
from listings.arrivals.settling import give_up, keep, settle
from listings.models import Arrival, ExpectedPicture, PictureServer

JOB_KIND: Final = "listings.fetch_pictures"
#: A task that kills its worker is started once more; the tries of the pictures that it had are counted.
_ATTEMPTS: Final = 2
#: Pictures of a server that is given up on, let go between two looks at the clock.
_LET_GO: Final = 50
#: Arrivals let go in one round of the chore.
_OVERDUE: Final = 20


def begin_turns(*, now: datetime) -> int:
    """Give turns to servers with something to fetch, as far as tasks may fetch at once. Returns how many began."""
    free = settings.FETCH_TASKS - PictureServer.objects.taken(now).count()
    if free <= 0:
        return 0
    return sum(_begin(server, now=now) for server in _next(free, now=now))


def let_overdue_go(*, now: datetime) -> int:
    """Bring in what has waited for its pictures for longer than anything should. Returns how many there were."""
    hours = current("listings").number("picture_patience_hours")
    overdue = list(Arrival.objects.waiting().since_before(now - timedelta(hours=hours))[:_OVERDUE])
    for arrival in overdue:
        for picture in arrival.pictures.waiting():
            give_up(picture, _not_in_time(hours), now=now)
    return len(overdue)


def take_turn(server_id: int, token: str) -> dict[str, int]:
    """Work for the server until its turn is over, nothing more is due, or it is not to be had. Says how many pictures
    were worked on. Safe to run twice: whoever comes while another task works for the server does nothing."""
    begun, count = time.monotonic(), 0
    if _take(server_id, token, now=timezone.now()):
        while True:
            moved = _work(PictureServer.objects.get(pk=server_id), rules=current("listings"), now=timezone.now())
            count += moved
            if not moved or time.monotonic() - begun >= TURN_SECONDS:
                break
        PictureServer.objects.leased_as(token).filter(pk=server_id).update(lease_until=None)
    return {"pictures": count}


def _next(most: int, *, now: datetime) -> list[PictureServer]:
    """Whose turn it is. Servers that are well and servers that may not be there take turns with each other: who names a
    thousand made-up hosts takes half of the time, and not all of it."""
    owed = PictureServer.objects.owed_a_turn(now, given_up_since=_given_up_since(current("listings"), now))
    well, doubtful = list(owed.well()[:most]), list(owed.doubtful()[:most])
    if not well or not doubtful:
        return well or doubtful
    last_well, last_doubtful = PictureServer.objects.well().last_turn(), PictureServer.objects.doubtful().last_turn()
    is_well_next = last_well is None or (last_doubtful is not None and last_well <= last_doubtful)
    pairs = zip_longest(*((well, doubtful) if is_well_next else (doubtful, well)))
    return [server for pair in pairs for server in pair if server is not None][:most]


@transaction.atomic
def _begin(server: PictureServer, *, now: datetime) -> bool:
    token = secrets.token_hex(16)
    until = now + timedelta(seconds=QUEUED_SECONDS)
    free = PictureServer.objects.free(now).filter(pk=server.pk)
    if not free.update(lease_token=token, lease_until=until, served_at=now):
        return False
    payload = {"server": server.pk, "token": token}
    enqueue(JOB_KIND, key=f"fetch:{server.pk}:{token}", payload=payload, max_attempts=_ATTEMPTS)
    return True


def _take(server_id: int, token: str, *, now: datetime) -> bool:
    """Hold the server for this task: by the token that it was begun with, or because nobody else does. A task that
    stood in a long queue finds its lease run out and is as good as a new one."""
    servers = PictureServer.objects.filter(pk=server_id)
    until = now + timedelta(seconds=CLAIM_SECONDS)
    mine = servers.leased_as(token) | servers.free(now)
    return mine.update(lease_token=token, lease_until=until, served_at=now) == 1


def _work(server: PictureServer, *, rules: RuleValues, now: datetime) -> int:
    """One round of the turn; how many pictures were moved, 0 where the turn is over."""
    if server.paused_until is not None and server.paused_until > now:
        return _let_go(server, rules=rules, now=now)
    claimed = _claim(server, rules=rules, now=now)
    wanted: dict[tuple[int, str], list[ExpectedPicture]] = defaultdict(list)
    for picture in _without_known(claimed, now=now):
        wanted[picture.arrival.marketplace_id, picture.address_digest].append(picture)
    groups = list(wanted.values())
    got = []
    for group, each in zip(groups, get_pictures([_wanted(group[0]) for group in groups]), strict=True):
        got.append(each)
        for picture in group:
            settle(picture, each, rules=rules, now=timezone.now())
    _note_health(server, got, rules=rules, now=timezone.now())
    return len(claimed)


def _claim(server: PictureServer, *, rules: RuleValues, now: datetime) -> list[ExpectedPicture]:
    """Pictures that are due, each with its try counted and committed: one that kills its worker stops at its limit."""
    until = now + timedelta(seconds=CLAIM_SECONDS)
    claimed = []
    for picture in _due(server, now=now):
        if picture.tries > len(rules.numbers("picture_retry_seconds")):
            give_up(picture, _unprocessable(), now=now)
        seen = ExpectedPicture.objects.due(now).filter(pk=picture.pk, tries=picture.tries)
        if seen.update(tries=F("tries") + 1, not_before=until):
            picture.tries += 1
            claimed.append(picture)
    return claimed


def _due(server: PictureServer, *, now: datetime) -> list[ExpectedPicture]:
    """Some that are due. A server that failed is asked for one; a picture whose last task vanished is taken alone, so
    that it can harm no other."""
    due = server.pictures.due(now).longest_waiting_first().select_related("arrival__marketplace")
    several = list(due[: 1 if server.failures else AT_ONCE])
    vanished = [picture for picture in several if picture.tries and not picture.code]
    return vanished[:1] or several


def _without_known(claimed: Sequence[ExpectedPicture], *, now: datetime) -> list[ExpectedPicture]:
    """What must be fetched; what another listing's picture brought a moment ago is kept at once."""
    left = []
    for picture in claimed:
        digest = picture.address_digest
        known = fresh_fetches([digest], marketplace=picture.arrival.marketplace, now=now).get(digest)
        if known is None:
            left.append(picture)
        else:
            keep(picture, known, now=now)
    return left


def _wanted(picture: ExpectedPicture) -> Wanted:
    return Wanted(picture.arrival.marketplace, picture.address)


def _note_health(server: PictureServer, got: Sequence[Got], *, rules: RuleValues, now: datetime) -> None:
    """Leave a server alone for a while that gave nothing at all; one that gave anything is well."""
    if not got:
        return
    if all(each.blames_server for each in got):
        asked_wait = max(each.retry_after or 0 for each in got)
        server.failures, server.failing_since = server.failures + 1, server.failing_since or now
        pause = pause_after(server.failures, asked_wait=asked_wait, waits=rules.numbers("picture_retry_seconds"))
        server.paused_until, server.last_problem = now + timedelta(seconds=pause), got[-1].fetch.reason
    else:
        server.failures, server.failing_since, server.paused_until, server.last_problem = 0, None, None, ""
        server.answered_at = now
    server.save(update_fields=["answered_at", "failures", "failing_since", "paused_until", "last_problem"])


def _let_go(server: PictureServer, *, rules: RuleValues, now: datetime) -> int:
    """Do without some pictures of a server that is given up on. One that is only paused is waited for."""
    if server.failing_since is None or server.failing_since >= _given_up_since(rules, now):
        return 0
    due = list(server.pictures.due(now).longest_waiting_first()[:_LET_GO])
    for picture in due:
        give_up(picture, _server_is_gone(server), now=now)
    return len(due)


def _given_up_since(rules: RuleValues, now: datetime) -> datetime:
    """Servers that have been failing since before then are given up on."""
    return now - timedelta(minutes=rules.number("picture_server_patience_minutes"))


def _server_is_gone(server: PictureServer) -> DomainError:
    since = korean_datetime(server.failing_since) if server.failing_since is not None else ""
    return DomainError(
        "사진을 받지 않았습니다.",
        f"사진 서버가 {since}부터 답하지 않아 이 주소를 묻지 않았습니다. 마지막 문제: {server.last_problem}",
        "서버를 고친 뒤 상품을 다시 보내 주세요.",
        code="server_gone",
    )


def _not_in_time(hours: int) -> DomainError:
    return DomainError(
        "사진을 받지 못했습니다.",
        f"{hours:,}시간 안에 차례가 오지 않았습니다.",
        "상품을 다시 보내 주세요.",
        code="not_in_time",
    )


def _unprocessable() -> DomainError:
    return DomainError(
        "사진을 받지 못했습니다.",
        "사진을 받던 처리기가 거듭 멈추었습니다.",
        "다른 프로그램으로 다시 저장한 사진의 주소를 보내 주세요.",
        code="unprocessable",
    )
