"""Cases and what is alleged in them: opened or joined under races, stepped by compare-and-set, closed when settled.

Every function runs in its caller's transaction and writes its journal entry there.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, TypeVar

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from brands.models import Brand
from core.actors import Actor
from core.errors import Conflict
from core.journal import record
from listings.models import Listing, Match
from reports.choices import AllegationStatus
from reports.models import Allegation, Case, Ground, Report
from reports.rules import TRANSITIONS
from reports.services import restrictions

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
            lambda: Case.objects.create(listing=listing, opened_at=at, changed_at=at),
        )
        if is_new:
            record("reports.case.opened", actor=actor, subject=case, details={"listing": listing.pk})
    return case


def open_or_join(
    listing: Listing, *, brand: Brand | None, ground: Ground, actor: Actor | None, at: datetime
) -> Allegation:
    """The open allegation of this ground in the listing's live case, both opened where there is none.

    Where it is open already, nobody waits: a flood of reports joins it side by side. Where it must be opened the
    listing's row is held, as every decision holds it, so that no case is closed over an allegation that is coming.
    """
    holder = brand.rights_holder if brand is not None else None
    known = Allegation.objects.open().filter(
        case__listing=listing, case__closed_at__isnull=True, rights_holder=holder, ground=ground
    )
    found = known.select_related("case").first()
    if found is not None:
        return found
    with transaction.atomic():
        held = restrictions.locked(listing.pk)
        case = open_or_join_case(held, actor=actor, at=at)
        return open_or_join_allegation(case, brand=brand, ground=ground, actor=actor, at=at)


def open_or_join_allegation(
    case: Case, *, brand: Brand | None, ground: Ground, actor: Actor | None, at: datetime
) -> Allegation:
    """What the brand's rights holder, or nobody in particular, alleges on that ground in this case.

    Two brands of one holder share it.
    """
    holder = brand.rights_holder if brand is not None else None
    with transaction.atomic():
        allegation, is_new = _first_or_create(
            lambda: Allegation.objects.filter(case=case, rights_holder=holder, ground=ground).first(),
            lambda: Allegation.objects.create(
                case=case, rights_holder=holder, brand=brand, ground=ground, opened_at=at, status_changed_at=at
            ),
        )
        if is_new:
            alleged_by = {"rights_holder": holder and holder.pk, "brand": brand and brand.pk}
            details = {"case": case.pk, **alleged_by, "ground": ground.code}
            _touch(case.pk, at)
            record("reports.allegation.opened", actor=actor, subject=allegation, details=details)
    return allegation


def step(
    allegation: Allegation,
    *,
    to: AllegationStatus,
    actor: Actor | None,
    at: datetime,
    finding: str = "",
    allowed: Mapping[AllegationStatus, frozenset[AllegationStatus]] = TRANSITIONS,
) -> Allegation:
    """Take one step by compare-and-set. Raises ``Conflict`` where the rules do not allow it, or somebody was first.

    ``allowed`` is another table where a decision is undone or corrected.
    """
    was = AllegationStatus(allegation.status)
    won = to in allowed.get(was, frozenset()) and Allegation.objects.standing_as(was).filter(pk=allegation.pk).update(
        status=to, finding=allegation.finding if to == AllegationStatus.CLOSED else finding, status_changed_at=at
    )
    allegation.refresh_from_db()
    if not won:
        raise _cannot_step(allegation, to)
    _touch(allegation.case_id, at)
    verb = f"reports.allegation.{_STEP_VERBS.get(to, to.value)}"
    record(verb, actor=actor, subject=allegation, details={"status": [was.value, to.value], "case": allegation.case_id})
    return allegation


def _touch(case_id: int, at: datetime) -> None:
    """What the marketplace may read of the case has changed."""
    Case.objects.filter(pk=case_id).update(changed_at=at)


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


def reopen(case: Case, *, actor: Actor | None) -> None:
    """Open a case again because the decision that closed it is taken back within its seconds.

    Raises ``Conflict`` where the listing has got another live case meanwhile: the constraint decides.
    """
    if case.closed_at is None:
        return
    try:
        with transaction.atomic():
            Case.objects.settled().filter(pk=case.pk).update(closed_at=None, changed_at=timezone.now())
    except IntegrityError as problem:
        raise Conflict(
            "되돌리지 못했습니다.", "그사이 같은 상품에 새 사건이 열렸습니다.", "새 사건에서 이어서 처리해 주세요."
        ) from problem
    case.refresh_from_db()
    record("reports.case.reopened", actor=actor, subject=case)


def close_if_settled(case: Case, *, actor: Actor | None, at: datetime) -> bool:
    """Close the case where none of its allegations waits for a decision. Returns whether it was closed now."""
    with transaction.atomic():
        settled = ~models.Exists(Allegation.objects.open().filter(case=models.OuterRef("pk")))
        closed = Case.objects.live().filter(settled, pk=case.pk).update(closed_at=at, changed_at=at)
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
