"""One click: a visitor without an account reports a listing, and may take it back for ten seconds.

A visitor is a random number that their own browser keeps. Here it is only a mark, made of that number and the listing:
the same visitor is found again on the same listing, and cannot be followed from one listing to another.
"""

import threading
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction

from core import rulesets
from core.actors import REPORTER, Actor
from core.errors import Conflict, DomainError
from core.journal import record
from core.keys import secret_hash
from listings.models import Listing
from reports.choices import AllegationStatus, Channel
from reports.grounds import COUNTERFEIT
from reports.models import Allegation, Ground, Report
from reports.services import cases, floods, links, queue, restrictions
from reports.services.filing import Wanted, file_report
from reports.services.floods import ProofNeeded, Visit

#: What a click that was made in time may take on its way here [ours].
_ON_THE_WAY: Final = timedelta(seconds=5)
#: Somebody else took back the last report of the same listing in the same moment: so often it is tried anew.
_TRIES: Final = 3


#: Of one process, on SQLite alone.
_TURN: Final = threading.Lock()


def _in_turn() -> AbstractContextManager[object]:
    """SQLite lets one write at a time and has the others sleep and look again: in a flood they sleep most of it away.
    So the threads of a process wait for each other here, awake at once. Outside a transaction, or two would lock up."""
    is_alone = connection.vendor == "sqlite" and not connection.in_atomic_block
    return _TURN if is_alone else nullcontext()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a reporter takes along: the report, and the code that opens its tracking page."""

    report: Report
    code: str
    is_new: bool
    #: Known without looking it up where the report is new.
    undo_seconds: int | None = None


def click(about: Listing | Wanted, *, visit: Visit, now: datetime, proof: str = "", is_known: bool = False) -> Receipt:
    """Report a listing as a suspected counterfeit. The same visitor twice is one report.

    After a report was taken back, or decided and its listing changed, the same visitor may report anew. ``is_known``: a
    code by mail has shown that a person clicks. Raises ``ProofNeeded`` in a flood, else like ``file_report``.
    """
    solved = proof if floods.is_solved(proof) else ""
    for left in reversed(range(_TRIES)):
        try:
            with _in_turn():
                outcome = _click(about, visit, solved, is_known, now)
        except Conflict as race:
            if race.code != "fell_away" or not left:
                raise
            continue
        if isinstance(outcome, Receipt):
            return outcome
        raise ProofNeeded(floods.challenge(outcome, now=now))
    raise AssertionError("the last try returns or raises")


@transaction.atomic
def _click(about: Listing | Wanted, visit: Visit, solved: str, is_known: bool, now: datetime) -> Receipt | int:
    """The receipt, or the price of the proof that is still needed; what was counted stays counted."""
    rules = rulesets.current("reports")
    price = floods.count_click(visit, rules, now=now)
    if price and not is_known and not floods.spend(solved, now=now):
        return price
    mark = _mark(about, visit.visitor)
    report = _file(about, mark, 0, now)
    # Nearly always this visitor's first report of the listing: what came before is looked up only where there is any.
    if not report.is_new:
        report = _file(about, mark, Report.objects.by_visitor(mark).spent().count(), now)
    if not report.is_new:
        return Receipt(report, links.tracking_code(report, now=now), is_new=False)
    code = links.first_tracking_code(report, days=rules.number("link_valid_days"), now=now)
    return Receipt(report, code, is_new=True, undo_seconds=rules.number("take_back_seconds"))


def _file(about: Listing | Wanted, mark: str, turn: int, now: datetime) -> Report:
    """The visitor's report of that turn: the one that is there, or a new one."""
    return file_report(
        about,
        channel=Channel.ONE_CLICK,
        ground=Ground.objects.get(code=COUNTERFEIT),
        actor=visiting(mark),
        now=now,
        once=f"click:{mark}:{turn}",
        visitor=mark,
    )


def visiting(mark: str) -> Actor:
    """The visitor as the journal names it."""
    return Actor(kind=REPORTER, ref=f"visitor:{mark[:20]}", label="방문자")


def seconds_left(report: Report, *, now: datetime) -> int:
    """For how long the report may still be taken back."""
    if report.withdrawn_at is not None:
        return 0
    period = rulesets.current("reports").number("take_back_seconds")
    return max(0, round(period - (now - report.received_at).total_seconds()))


@transaction.atomic
def take_back(report: Report, *, now: datetime) -> Report:
    """Within ten seconds: it counts no more, and where nobody else has reported, nothing is left to look at.

    Twice is once. Raises ``DomainError`` (``too_late``) afterwards.
    """
    period = timedelta(seconds=rulesets.current("reports").number("take_back_seconds")) + _ON_THE_WAY
    if report.withdrawn_at is None and now - report.received_at > period:
        raise DomainError(
            "신고를 되돌리지 않았습니다.",
            "신고한 지 10초가 지났습니다.",
            "잘못 누르셨다면 메모에 그렇게 적어 주세요. 담당자가 읽습니다.",
            code="too_late",
        )
    allegation = held_allegation(report)
    if Report.objects.standing().filter(pk=report.pk).update(withdrawn_at=now):
        record("reports.report.withdrawn", actor=visiting(report.visitor), subject=report, at=now)
        if allegation is not None:
            end_if_nobody_stands(allegation, actor=visiting(report.visitor), now=now)
    report.refresh_from_db()
    return report


def held_allegation(report: Report) -> Allegation | None:
    """What the report rests in, its listing held as every decision holds it; ``None`` while it waits for a listing."""
    if report.case is None:
        return None
    restrictions.locked(report.case.listing_id)
    report.refresh_from_db()
    allegation = Allegation.objects.select_related("case__listing").filter(reports=report.pk)
    return allegation.first()


def end_if_nobody_stands(allegation: Allegation, *, actor: Actor | None, now: datetime) -> None:
    """Where the last report was taken back or moved, the allegation ends and nobody is asked to look any more."""
    if allegation.status in {AllegationStatus.RECEIVED, AllegationStatus.UNDER_REVIEW} and cases.end_if_nobody_stands(
        allegation, actor=actor, at=now
    ):
        queue.finish(allegation, now=now)


def _mark(about: Listing | Wanted, visitor: str) -> str:
    place = about.marketplace.pk if isinstance(about, Wanted) else about.marketplace_id
    return secret_hash(f"{visitor}:{place}:{about.external_id}")
