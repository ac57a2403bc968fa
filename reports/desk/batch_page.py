"""What the second person sees of a batch: how much it is, what will happen, each row, and later what became of it.

Reads only, in a fixed number of queries however many rows there are.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.urls import reverse

from accounts.models import User
from core.choices import ApprovalStatus
from core.models import Approval, Job
from reports import notices
from reports.choices import AllegationStatus, BatchOutcome
from reports.desk.case_desk import APPROVE, UNDO_ANY, is_asked_by, is_by
from reports.desk.case_offers import Answer
from reports.desk.case_page import case_url
from reports.desk.case_preview import consequences
from reports.models import Allegation, Batch, BatchRow, Complainant, Decision
from reports.services import batches, held, restrictions
from reports.services.decisions import Ruling

#: Shops and brands that are named; of the others there is the number.
_MOST_NAMED: Final = 12
_RELATED: Final = (
    "allegation__case__listing__current_version",
    "allegation__case__listing__seller",
    "allegation__case__listing__marketplace",
    "allegation__brand",
    "allegation__ground",
    "allegation__rights_holder",
    "decision",
)


@dataclass(frozen=True, slots=True)
class RowView:
    """One allegation of the batch. ``has_moved`` and ``is_changed``: since it was asked."""

    row: BatchRow
    url: str
    title: str
    seen: str
    has_moved: bool = False
    is_changed: bool = False
    is_undone: bool = False
    undo_url: str = ""

    @property
    def allegation(self) -> Allegation:
        return self.row.allegation


@dataclass(frozen=True, slots=True)
class Share:
    """How many of the rows are of one shop or brand."""

    name: str
    count: int


def page_context(batch: Batch, user: User, *, example: int | None, now: datetime) -> dict[str, Any]:
    """Everything that the page shows to this person."""
    approval = batch.approval
    assert approval is not None  # null only while the request is being written
    rows = _rows(batch, approval, user, now=now)
    ruling = held.ruling_of(approval.payload)
    is_waiting = approval.status == ApprovalStatus.REQUESTED
    is_mine = is_asked_by(approval, user)
    counts = Counter(view.row.outcome for view in rows)
    context: dict[str, Any] = {
        "batch": batch,
        "approval": approval,
        "ruling": ruling,
        "rows": rows,
        "is_waiting": is_waiting,
        "may_approve": is_waiting and user.has_perm(APPROVE) and not is_mine,
        "may_withdraw": is_waiting and is_mine,
        "due_at": batch.work.due_at if is_waiting else None,
        "listing_count": len({view.allegation.case.listing_id for view in rows}),
        "seller_count": len({view.allegation.case.listing.seller_id for view in rows}),
        "brand_count": len({view.allegation.brand_id for view in rows} - {None}),
        "sellers": _shares(view.allegation.case.listing.seller.shop_name for view in rows),
        "brands": _shares(str(view.allegation.brand or "브랜드 미정") for view in rows),
        "moved_count": sum(view.has_moved for view in rows),
        "changed_count": sum(view.is_changed and not view.has_moved for view in rows),
        "decided_count": counts[BatchOutcome.DECIDED],
        "left_count": counts[BatchOutcome.LEFT],
        "waiting_count": counts[BatchOutcome.WAITING],
        "has_stuck_job": _has_stuck_job(batch) if approval.status == ApprovalStatus.APPROVED else False,
    }
    if is_waiting:
        context |= _what_happens(rows, ruling, approval, example=example, now=now)
    return context


def _rows(batch: Batch, approval: Approval, user: User, *, now: datetime) -> list[RowView]:
    rows = batch.rows.select_related(*_RELATED)
    if approval.status == ApprovalStatus.REQUESTED:
        return [_waiting(row, approval) for row in rows]
    undone = set(Decision.objects.undone().filter(batch_row__batch=batch).values_list("pk", flat=True))
    may_undo_others, since = user.has_perm(UNDO_ANY), now - restrictions.undo_period()
    return [
        _ended(
            row,
            is_undone=row.decision_id in undone,
            may_undo=row.decision is not None
            and row.decision.decided_at > since
            and (may_undo_others or is_by(row.decision, user)),
        )
        for row in rows
    ]


def _waiting(row: BatchRow, approval: Approval) -> RowView:
    """As it stands now beside how it stood when it was asked."""
    version = row.allegation.case.listing.current_version
    return RowView(
        row=row,
        url=_url(row),
        title=_title(row),
        seen=AllegationStatus(row.seen).label,
        has_moved=row.allegation.status != row.seen,
        is_changed=version is not None and version.captured_at > approval.requested_at,
    )


def _ended(row: BatchRow, *, is_undone: bool, may_undo: bool) -> RowView:
    """What became of it, and the way to take it back while there is time."""
    undo_url = reverse("admin:case_undo", args=[row.allegation.case_id, row.decision_id]) if may_undo else ""
    return RowView(
        row=row,
        url=_url(row),
        title=_title(row),
        seen=AllegationStatus(row.seen).label,
        is_undone=is_undone,
        undo_url="" if is_undone else undo_url,
    )


def _url(row: BatchRow) -> str:
    return case_url(row.allegation.case, allegation=row.allegation_id)


def _title(row: BatchRow) -> str:
    listing = row.allegation.case.listing
    return listing.current_version.title if listing.current_version is not None else f"상품 {listing.external_id}"


def _shares(names: Iterable[str]) -> list[Share]:
    """The most frequent first; what is not named any more is one line with its number."""
    counted = Counter(names).most_common()
    shares = [Share(name, count) for name, count in counted[:_MOST_NAMED]]
    rest = counted[_MOST_NAMED:]
    return [*shares, Share(f"그 밖 {len(rest):,}", sum(count for _, count in rest))] if rest else shares


def _has_stuck_job(batch: Batch) -> bool:
    return Job.objects.given_up().filter(key__startswith=batches.job_keys(batch)).exists()


def _what_happens(
    rows: Sequence[RowView], ruling: Ruling, approval: Approval, *, example: int | None, now: datetime
) -> dict[str, Any]:
    """The effects that all have in common, who is told in all, and one of them with its letters as they will read."""
    standing = [view for view in rows if not view.has_moved]
    chosen = next((view for view in standing if view.row.pk == example), next(iter(standing), None))
    if chosen is None:
        return {"told": [], "happens": None, "example": None}
    answer = Answer(ruling.kind, ruling.finding)
    return {
        "told": _told(standing, ruling),
        "happens": consequences(chosen.allegation, answer, ruling, now=now, holds=(approval.reason,)),
        "example": chosen,
    }


def _told(standing: Sequence[RowView], ruling: Ruling) -> list[str]:
    """How many notices go to whom, and how many have no address."""
    hearing = [
        view.allegation.case.listing
        for view in standing
        if notices.seller_hears(Decision(kind=ruling.kind, came_from=view.row.seen))
    ]
    telling = {place.pk for place in {listing.marketplace for listing in hearing} if notices.tells_sellers(place)}
    reached = sum(bool(listing.seller.email or listing.marketplace_id in telling) for listing in hearing)
    people = _complainant_counts(standing)
    return [
        f"판매자에게 {reached:,}건 알립니다." if hearing else "판매자에게는 알리지 않습니다.",
        *([f"판매자 연락처가 없는 {len(hearing) - reached:,}건은 알리지 못합니다."] if len(hearing) > reached else []),
        f"신고인에게 {people[True]:,}건 알립니다.",
        *([f"이메일이 없는 신고인 {people[False]:,}명은 알리지 못합니다."] if people[False] else []),
    ]


def _complainant_counts(standing: Sequence[RowView]) -> Counter[bool]:
    """Complainants of all allegations, each once an allegation, by whether they left an address."""
    keys = [view.allegation.pk for view in standing]
    pairs = Complainant.objects.filter(reports__allegation__in=keys).values_list("pk", "reports__allegation", "email")
    return Counter(bool(email) for _, _, email in pairs.distinct())
