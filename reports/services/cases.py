"""Cases and what is alleged in them: opened or joined under races, stepped by compare-and-set, closed when settled.

Every function runs in its caller's transaction and writes its journal entry there.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final, TypeVar

from django.db import IntegrityError, models, transaction

from brands.models import Brand
from core.actors import Actor
from core.errors import Conflict
from core.journal import record
from listings.models import Listing, Match
from reports.choices import AllegationStatus, Channel
from reports.models import Allegation, Case, Ground, Report
from reports.rules import may_step

#: The journal's verbs for steps; the others are named like the status itself, which reads as a past tense.
_STEP_VERBS: Final = {
    AllegationStatus.UNDER_REVIEW: "review_started",
    AllegationStatus.EXPLANATION_REVIEW: "explanation_received",
    AllegationStatus.DUPLICATE: "marked_duplicate",
}

_Row = TypeVar("_Row", bound=models.Model)


def open_or_join_case(listing: Listing, *, actor: Actor | None, at: datetime) -> Case:
    """The one live case of the listing, opened if there is none; the constraint decides between two who open it."""
    with transaction.atomic():
        case, is_new = _first_or_create(
            lambda: Case.objects.live().filter(listing=listing).first(),
            lambda: Case.objects.create(listing=listing, opened_at=at),
        )
        if is_new:
            record("reports.case.opened", actor=actor, subject=case, details={"listing": listing.pk})
    return case


def open_or_join_allegation(
    case: Case, *, brand: Brand, ground: Ground, actor: Actor | None, at: datetime
) -> Allegation:
    """What the brand's rights holder alleges on that ground in this case. Two brands of one holder share it."""
    holder = brand.rights_holder
    with transaction.atomic():
        allegation, is_new = _first_or_create(
            lambda: Allegation.objects.filter(case=case, rights_holder=holder, ground=ground).first(),
            lambda: Allegation.objects.create(
                case=case, rights_holder=holder, brand=brand, ground=ground, opened_at=at, status_changed_at=at
            ),
        )
        if is_new:
            details = {"case": case.pk, "rights_holder": holder.pk, "brand": brand.pk, "ground": ground.code}
            record("reports.allegation.opened", actor=actor, subject=allegation, details=details)
    return allegation


def file_match(match: Match, *, allegation: Allegation, actor: Actor | None, at: datetime) -> Report:
    """The report that a confirmed match is, through the screening channel, bound to the version it was found in.

    A match that was confirmed, undone and confirmed again in the same case is still one report.
    """
    with transaction.atomic():
        report, is_new = _first_or_create(
            lambda: Report.objects.filter(case=allegation.case_id, match=match).first(),
            lambda: Report.objects.create(
                case_id=allegation.case_id,
                allegation=allegation,
                channel=Channel.SCREENING,
                version_id=match.version_id,
                match=match,
                received_at=at,
            ),
        )
        if is_new:
            details = {"case": allegation.case_id, "channel": report.channel, "match": match.pk}
            record("reports.report.filed", actor=actor, subject=report, details=details)
    return report


def step(allegation: Allegation, *, to: AllegationStatus, actor: Actor | None, at: datetime) -> Allegation:
    """Take one step. Raises ``Conflict`` where the rules do not allow it, or where somebody else was first."""
    was = AllegationStatus(allegation.status)
    won = may_step(was, to) and Allegation.objects.filter(pk=allegation.pk, status=was).update(
        status=to, status_changed_at=at
    )
    allegation.refresh_from_db()
    if not won:
        raise _cannot_step(allegation, to)
    verb = f"reports.allegation.{_STEP_VERBS.get(to, to.value)}"
    record(verb, actor=actor, subject=allegation, details={"status": [was.value, to.value], "case": allegation.case_id})
    return allegation


def _cannot_step(allegation: Allegation, to: AllegationStatus) -> Conflict:
    return Conflict(
        f"‘{to.label}’ 단계로 옮길 수 없습니다.",
        f"이 주장은 지금 ‘{allegation.get_status_display()}’ 상태입니다.",
        f"사건 {allegation.case}의 현재 상태를 확인해 주세요.",
    )


def withdraw_suspicion(match: Match, *, actor: Actor | None, at: datetime) -> None:
    """Take back what a match had alleged before its confirmation was undone, now that it is rejected.

    Only where the allegation is back under review and rests on this match alone: another report keeps it going.
    """
    for report in Report.objects.under_review().filter(match=match).select_related("allegation__case"):
        allegation = report.allegation
        if allegation is None or allegation.reports.exclude(pk=report.pk).exists():
            continue
        step(allegation, to=AllegationStatus.WITHDRAWN, actor=actor, at=at)
        close_if_settled(allegation.case, actor=actor, at=at)


def close_if_settled(case: Case, *, actor: Actor | None, at: datetime) -> bool:
    """Close the case where none of its allegations waits for a decision. Returns whether it was closed now."""
    with transaction.atomic():
        settled = ~models.Exists(Allegation.objects.open().filter(case=models.OuterRef("pk")))
        closed = Case.objects.live().filter(settled, pk=case.pk).update(closed_at=at)
        case.refresh_from_db()
        if closed:
            record("reports.case.closed", actor=actor, subject=case)
    return bool(closed)


def _first_or_create(find: Callable[[], _Row | None], create: Callable[[], _Row]) -> tuple[_Row, bool]:
    """The row that is there, or a new one; ``True`` where it is new.

    ``get_or_create`` looks up by equality, which a partial constraint is not. The loser of a race waits at the
    constraint until the winner has committed, then finds its row; where that one is gone again it tries once more.
    """
    for _ in range(3):
        row = find()
        if row is not None:
            return row, False
        try:
            with transaction.atomic():
                return create(), True
        except IntegrityError:
            continue
    raise Conflict(
        "지금은 처리할 수 없습니다.", "같은 상품을 여러 사람이 동시에 처리하고 있습니다.", "잠시 뒤 다시 시도해 주세요."
    )
