"""Asking before publishing, for tests."""

from collections.abc import Sequence
from typing import Any

from accounts.models import Marketplace
from accounts.tests.factories import make_marketplace
from core.models import EvidenceFile
from listings.preflight import GivenPicture, PreflightAnswer, screen_unpublished
from listings.records import ListingRecord
from sellers.models import Seller


def unpublished(title: str = "가을 신상 크림", **fields: Any) -> ListingRecord:
    """A listing that is nowhere yet."""
    facts: dict[str, Any] = {
        "external_id": "",
        "url": "",
        "description": "",
        "category": "의류",
        "price_minor": 12_900,
        "currency": "KRW",
    }
    return ListingRecord(title=title, **(facts | fields))


def answer_to(
    title: str = "가을 신상 크림",
    *,
    seller: Seller | None = None,
    images: Sequence[EvidenceFile] = (),
    marketplace: Marketplace | None = None,
    seller_external_id: str = "",
    **fields: Any,
) -> PreflightAnswer:
    """What a marketplace is told of a listing of this seller (one that is not known, where none is named) that shows
    these pictures, which are kept already."""
    return screen_unpublished(
        unpublished(title, **fields),
        marketplace=seller.marketplace if seller else marketplace or make_marketplace(),
        seller_external_id=seller.external_id if seller else seller_external_id or "unknown",
        pictures=[GivenPicture.kept(image) for image in images],
    )


def codes(answer: PreflightAnswer) -> list[str]:
    """The codes of all reasons, in their order."""
    return [reason.code for finding in answer.findings for reason in finding.reasons]


def helps(answer: PreflightAnswer) -> list[str]:
    return [each.code for each in answer.help]
