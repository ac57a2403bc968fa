"""What the case page shows beside its form: what is asked next, the listing as it was reported, and each side's words.

Reads only, of rows that ``case_rows`` has gathered. What a person may not know of complainants is left out here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Model
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from listings.models import ListingVersion, Match
from reports.choices import AllegationStatus, EffectKind, InquiryStatus, WorkKind
from reports.desk.case_rows import AllegationRows, CaseRows
from reports.desk.comparing import Comparison, compare, evidence_url
from reports.desk.review_page import marked_text, review_url
from reports.models import Attachment, Case, Complainant, WorkItem
from reports.rules import OPEN_STATUSES

#: What is asked of the moderator, by the work that waits.
_ASKED: Final = {
    WorkKind.REVIEW: "신고가 맞는지 심사해 주세요",
    WorkKind.EXPLANATION: "판매자의 소명을 검토하고 결정해 주세요",
    WorkKind.SILENCE: "소명이 오지 않았습니다. 있는 자료로 결정해 주세요",
    WorkKind.HELD: "두 번째 사람의 승인을 기다립니다",
    WorkKind.APPEAL: "이의제기를 다시 심사해 주세요",
    WorkKind.CONTACT: "판매자에게 통지가 닿지 않았습니다. 연락할 길을 확인해 주세요",
}
#: Whom the matter waits for where nothing is asked of staff.
_AWAITED: Final = {
    AllegationStatus.RECEIVED: "심사할 사람을 기다립니다",
    AllegationStatus.UNDER_REVIEW: "심사하고 있습니다",
    AllegationStatus.MORE_INFO_REQUESTED: "신고인의 보완을 기다립니다",
    AllegationStatus.RESTRICTED: "판매자에게 통지가 도달하기를 기다립니다",
    AllegationStatus.EXPLANATION_REQUESTED: "판매자의 소명을 기다립니다",
    AllegationStatus.EXPLANATION_REVIEW: "신고인의 답변을 기다립니다",
}
_DECIDED: Final = "결정이 끝났습니다"


@dataclass(frozen=True, slots=True)
class NextStep:
    """What is asked next, and until when. ``is_mine``: it is asked of staff."""

    question: str
    due_at: datetime | None
    is_mine: bool


@dataclass(frozen=True, slots=True)
class FileView:
    """A file as staff see it: its safe copy, or the way to a document that has none."""

    attachment: Attachment
    name: str
    url: str
    picture: str


@dataclass(frozen=True, slots=True)
class Said:
    """Something that a party has said, with the files that came with it."""

    row: Any
    who: str
    files: Sequence[FileView]


@dataclass(frozen=True, slots=True)
class Card:
    """One allegation as the page shows it."""

    rows: AllegationRows
    url: str
    step: NextStep
    is_chosen: bool
    reports: Sequence[Said]
    explanations: Sequence[Said]
    inquiries: Sequence[Said]
    appeals: Sequence[Said]
    decisions: Sequence[Any]
    approval_url: str


@dataclass(frozen=True, slots=True)
class ListingView:
    """The listing as it stood when it was reported, and what has changed since."""

    version: ListingVersion | None
    title: SafeString
    description: SafeString
    comparison: Comparison | None
    match_url: str
    changed: Sequence[str]


def case_url(case: Case | int, *, allegation: int | None = None, **query: str | int) -> str:
    """The page of a case, with that allegation chosen."""
    address = reverse("admin:case_page", args=[case if isinstance(case, int) else case.pk])
    asked = {"allegation": str(allegation), **query} if allegation else query
    return f"{address}?{urlencode(asked)}" if asked else address


def chosen_rows(gathered: CaseRows, allegation_id: int | None) -> AllegationRows | None:
    """The allegation that the address names, else the one whose work is due first, else the first."""
    named = gathered.of(allegation_id)
    if named is not None:
        return named
    waiting = [rows for rows in gathered.allegations if rows.work]
    first = min(waiting, key=lambda rows: min(item.due_at for item in rows.work), default=None)
    still_open = (rows for rows in gathered.allegations if rows.allegation.status in OPEN_STATUSES)
    return first or next(still_open, next(iter(gathered.allegations), None))


# -- what is asked next -----------------------------------------------------------------------------------------------


def next_step(rows: AllegationRows) -> NextStep:
    """The work that is due first; where there is none, whom the matter waits for."""
    work = _most_pressing(rows.work)
    if work is not None:
        return NextStep(_ASKED[WorkKind(work.kind)], work.due_at, is_mine=True)
    status = AllegationStatus(rows.allegation.status)
    return NextStep(_AWAITED.get(status, _DECIDED), _awaited_until(rows, status), is_mine=False)


def _most_pressing(work: Sequence[WorkItem]) -> WorkItem | None:
    """A request for a second person stands before what it holds."""
    held = next((item for item in work if item.kind == WorkKind.HELD), None)
    return held or next(iter(work), None)


def _awaited_until(rows: AllegationRows, status: AllegationStatus) -> datetime | None:
    if status == AllegationStatus.EXPLANATION_REQUESTED:
        return next((each.due_at for each in rows.explanations if each.submitted_at is None), None)
    asked = [inquiry.due_at for inquiry in rows.inquiries if inquiry.status == InquiryStatus.ASKED]
    return min(asked, default=None)


# -- the listing ------------------------------------------------------------------------------------------------------


def listing_view(
    gathered: CaseRows, rows: AllegationRows, *, reference_id: int | None, image_id: int | None, answer: str
) -> ListingView:
    """What was reported, as it stood, beside the brand's own."""
    case = gathered.case
    report = rows.matched or next(iter(rows.reports), None)
    version = report.version if report is not None else case.listing.current_version
    match = report.match if report is not None and report.match is not None else _found_by_screening(version, rows)

    def page(reference: int, image: int) -> str:
        chosen = {"reference": reference} if reference else {}
        kept = {"answer": answer} if answer else {}
        return case_url(case, allegation=rows.allegation.pk, **kept, **chosen, image=image)

    comparison = None
    if version is not None:
        brand = match.brand_id if match is not None else rows.allegation.brand_id
        signals = match.signals if match is not None else []
        comparison = compare(version, brand, signals, reference_id=reference_id, image_id=image_id, page=page)
    if match is not None and version is not None:
        match.version = version
    return ListingView(
        version=version,
        title=marked_text(match, "title") if match is not None else _plain(version, "title"),
        description=marked_text(match, "description") if match is not None else _plain(version, "description"),
        comparison=comparison,
        match_url=review_url(match.pk) if match is not None else "",
        changed=_changed(version, case.listing.current_version),
    )


def _found_by_screening(version: ListingVersion | None, rows: AllegationRows) -> Match | None:
    """What screening found in the reported content for that brand, where people have reported it by themselves."""
    if version is None or rows.allegation.brand_id is None:
        return None
    return Match.objects.filter(version=version, brand=rows.allegation.brand_id).order_by("-score").first()


def _plain(version: ListingVersion | None, name: str) -> SafeString:
    return format_html("{}", getattr(version, name) if version is not None else "")


_WATCHED: Final = {"title": "제목", "description": "설명", "category": "분류", "price_minor": "가격"}


def _changed(then: ListingVersion | None, now: ListingVersion | None) -> Sequence[str]:
    """What of the listing is other than it was reported; pictures where nothing of its words is."""
    if then is None or now is None or then.pk == now.pk:
        return ()
    words = [label for name, label in _WATCHED.items() if getattr(then, name) != getattr(now, name)]
    return words or ["사진"]


# -- each allegation --------------------------------------------------------------------------------------------------


def cards(gathered: CaseRows, chosen: AllegationRows | None, *, sees_people: bool) -> list[Card]:
    """All allegations of the case, the chosen one first."""
    ordered = sorted(gathered.allegations, key=lambda rows: rows is not chosen)
    return [_card(gathered, rows, is_chosen=rows is chosen, sees_people=sees_people) for rows in ordered]


def _card(gathered: CaseRows, rows: AllegationRows, *, is_chosen: bool, sees_people: bool) -> Card:
    case = gathered.case
    names = _people(rows) if sees_people else {}

    def said(row: Model, complainant: Complainant | None = None, *, who: str = "") -> Said:
        name = row._meta.model_name or ""
        label = who or (names.get(complainant.pk, "신고인") if complainant is not None else "")
        return Said(row, label, [_file(case, each) for each in gathered.files.get((name, row.pk), ())])

    approval = rows.approval
    return Card(
        rows=rows,
        url=case_url(case, allegation=rows.allegation.pk),
        step=next_step(rows),
        is_chosen=is_chosen,
        reports=[said(report, report.complainant) for report in rows.reports],
        explanations=[said(each, who="판매자") for each in rows.explanations],
        inquiries=[said(each, each.complainant) for each in rows.inquiries],
        appeals=[said(each, each.complainant, who="" if each.complainant else "판매자") for each in rows.appeals],
        decisions=rows.decisions,
        approval_url=reverse("admin:core_approval_change", args=[approval.pk]) if approval is not None else "",
    )


def _people(rows: AllegationRows) -> dict[int, str]:
    """What complainants are called, with the rights holder whose own complaint it is."""
    people = [row.complainant for row in (*rows.reports, *rows.inquiries, *rows.appeals) if row.complainant]
    return {person.pk: str(person) for person in people}


def _file(case: Case, attachment: Attachment) -> FileView:
    file = attachment.file
    has_picture = file.has_working_copy
    url = evidence_url(file.sha256) if has_picture else reverse("admin:case_file", args=[case.pk, attachment.pk])
    return FileView(attachment, attachment.name or attachment.get_kind_display(), url, url if has_picture else "")


def effect_labels(names: Sequence[str]) -> list[str]:
    """What a decision has set off, in words."""
    return [EffectKind(name).label for name in names]
