"""Listings and their versions for tests."""

from collections.abc import Sequence
from datetime import datetime
from itertools import count
from typing import Any

from django.utils import timezone

from core.models import EvidenceFile
from listings.choices import Verdict
from listings.digests import content_digest, text_digest
from listings.models import Listing, ListingImage, ListingVersion, PreflightScreening
from sellers.models import Seller
from sellers.tests.factories import make_seller

_numbers = count(1)


def make_listing(
    title: str = "",
    *,
    seller: Seller | None = None,
    images: Sequence[EvidenceFile] = (),
    external_id: str = "",
    description: str = "",
    category: str = "의류",
    price_minor: int = 12_900,
    currency: str = "KRW",
    seen_at: datetime | None = None,
    **fields: Any,
) -> Listing:
    """A listing of the seller (a new one where none is named) whose first version shows these words and pictures.

    ``fields`` go to the listing's row: ``restriction``, ``sold_count`` and the like.
    """
    number = next(_numbers)
    seller = seller or make_seller()
    at = seen_at or timezone.now()
    external_id = external_id or f"item-{number}"
    address = f"https://market.example/item/{external_id}"
    defaults: dict[str, Any] = {"url": address, "posted_at": at, "last_seen_at": at} | fields
    listing = Listing.objects.create(marketplace=seller.marketplace, seller=seller, external_id=external_id, **defaults)
    make_version(
        listing,
        title or f"상품 {number}",
        images=images,
        description=description,
        category=category,
        price_minor=price_minor,
        currency=currency,
        captured_at=at,
    )
    return listing


def make_version(
    listing: Listing,
    title: str = "",
    *,
    images: Sequence[EvidenceFile] = (),
    description: str = "",
    category: str = "의류",
    price_minor: int = 12_900,
    currency: str = "KRW",
    captured_at: datetime | None = None,
) -> ListingVersion:
    """The next version of a listing, made its current one, with its digests as intake computes them."""
    title = title or f"상품 {next(_numbers)}"
    words: dict[str, Any] = {"title": title, "description": description, "category": category}
    pictures = [file.sha256 for file in images]
    version = ListingVersion.objects.create(
        listing=listing,
        number=listing.versions.count() + 1,
        content_digest=content_digest(**words, price_minor=price_minor, currency=currency, pictures=pictures),
        text_digest=text_digest(**words),
        **words,
        price_minor=price_minor,
        currency=currency,
        captured_at=captured_at or timezone.now(),
    )
    for position, file in enumerate(images):
        ListingImage.objects.create(version=version, position=position, file=file, name=f"{position + 1}.png")
    listing.current_version = version
    listing.save(update_fields=["current_version"])
    return version


def make_preflight(listing: Listing, **fields: Any) -> PreflightScreening:
    """An answer of before, that held what the listing shows now."""
    version, seller = listing.current_version, listing.seller
    assert version is not None
    reason = {
        "code": "hidden_name",
        "ko": "이름을 감춘 표기입니다.",
        "en": "The name was hidden.",
        "score": 0.9,
        "where": None,
    }
    finding = {"brand": {"id": "b1", "name": "누벨하니"}, "verdict": "stop", "score": 0.9, "reasons": [reason]}
    finding |= {"references": [], "originals": []}
    defaults: dict[str, Any] = {
        "seller_external_id": seller.external_id,
        "seller": seller,
        "title": version.title,
        "description": version.description,
        "price_minor": version.price_minor,
        "currency": version.currency,
        "text_digest": version.text_digest,
        "pictures": [
            {"position": image.position + 1, "sha256": image.file.sha256, "state": "compared"}
            for image in version.images.order_by("position")
        ],
        "verdict": Verdict.STOP,
        "score": 0.9,
        "findings": [finding],
        "asked_for": ["sales_authorisation", "plain_name"],
        "engine_version": "3",
        "material": "0" * 64,
        "client": "시범 마켓플레이스",
        "screened_at": listing.last_seen_at,
    }
    return PreflightScreening.objects.create(marketplace=seller.marketplace, **(defaults | fields))
