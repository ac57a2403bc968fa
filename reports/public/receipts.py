"""What a reporter holds after the click: the report by its tracking code, and what is shown of it. Plain values."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from accounts.models import AccessLink
from core import korean
from core.errors import DomainError
from listings.models import Listing
from reports.models import NewsRequest, Report
from reports.parties.holders import open_code
from reports.rules import OPEN_STATUSES
from reports.services import clicks
from reports.services.additions import MOST_FILES
from reports.services.filing import Wanted


@dataclass(frozen=True, slots=True)
class ListingShown:
    """A listing as anyone may see it on its product page."""

    marketplace: str
    external_id: str
    title: str
    shop: str
    is_known: bool


def listing_shown(about: Listing | Wanted) -> ListingShown:
    if isinstance(about, Wanted):
        return ListingShown(about.marketplace.name, about.external_id, "", "", is_known=False)
    title = about.current_version.title if about.current_version is not None else ""
    return ListingShown(about.marketplace.name, about.external_id, title, about.seller.shop_name, is_known=True)


def reported(report: Report) -> ListingShown:
    """What a report is about, with the title as it stood."""
    if report.allegation is None or report.version is None:
        place = report.marketplace.name if report.marketplace is not None else ""
        return ListingShown(place, report.wanted, "", "", is_known=False)
    listing = report.allegation.case.listing
    return ListingShown(
        listing.marketplace.name, listing.external_id, report.version.title, listing.seller.shop_name, is_known=True
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """What may still be done with a report, and what has been."""

    number: str
    is_taken_back: bool
    seconds_left: int
    due: str
    is_open: bool
    reason: str
    has_note: bool
    file_count: int
    most_files: int
    has_contact: bool
    waits_for_code: bool


def of_receipt(receipt: clicks.Receipt, *, now: datetime) -> Standing:
    """The same right after the click. A report that is new has nothing yet that must be looked up."""
    return standing(receipt.report, now=now, seconds_left=receipt.undo_seconds)


def standing(report: Report, *, now: datetime, seconds_left: int | None = None) -> Standing:
    """How the report stands at that moment; with ``seconds_left`` one that is new."""
    is_new = seconds_left is not None
    is_taken_back = report.withdrawn_at is not None
    waits = not is_new and NewsRequest.objects.unconfirmed().filter(report=report).exists()
    return Standing(
        number=report.number,
        is_taken_back=is_taken_back,
        seconds_left=clicks.seconds_left(report, now=now) if seconds_left is None else seconds_left,
        due=korean.deadline_text(report.result_due_at) if report.result_due_at is not None else "",
        is_open=not is_taken_back and (report.allegation is None or report.allegation.status in OPEN_STATUSES),
        reason=report.ground.code if report.ground is not None else "",
        has_note=bool(report.text),
        file_count=0 if is_new else report.attachments.count(),
        most_files=MOST_FILES,
        has_contact=report.complainant_id is not None,
        waits_for_code=waits and report.complainant_id is None,
    )


def open_receipt(request: HttpRequest, code: str, *, now: datetime) -> tuple[AccessLink, Report]:
    """The report of a tracking code. Raises ``DomainError``, like the tracking page, for a code that opens nothing."""
    link, holder = open_code(request, code, now=now)
    if link.subject_type != Report._meta.label_lower:
        raise DomainError(
            "이 코드로는 신고에 덧붙일 수 없습니다.",
            "메일로 받은 조회 코드입니다.",
            "처리 현황에서 이어서 진행해 주세요.",
            code="not_a_receipt",
        )
    return link, holder.reports[0]


def as_json(receipt: clicks.Receipt, stands: Standing, *, origin: str) -> dict[str, Any]:
    """What the button on a product page is told."""
    return {
        "number": stands.number,
        "code": receipt.code,
        "track": origin + reverse("track", args=[receipt.code]),
        "undo_seconds": stands.seconds_left,
        "due": stands.due,
        "waits": receipt.report.version_id is None,
    }
