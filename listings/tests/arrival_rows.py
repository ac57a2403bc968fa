"""Arrivals, and fetches that are known already, for tests."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from accounts.models import Marketplace
from accounts.tests.factories import make_marketplace
from core.actors import MARKETPLACE, Actor
from core.tests.factories import make_evidence_file
from listings.arrivals import expect_listing
from listings.arrivals.known import digest_of
from listings.choices import FetchOutcome
from listings.models import Arrival, PictureFetch
from listings.records import KeptImage, ListingRecord
from sellers.records import SellerRecord

NOW = datetime(2026, 11, 23, 5, 30, tzinfo=UTC)
CLIENT = Actor(kind=MARKETPLACE, ref="market", label="시험 마켓의 연동")
CDN = "https://cdn.market.example"


def a_record(external_id: str = "A-1", **fields: Any) -> ListingRecord:
    """What a marketplace tells of a listing."""
    facts: dict[str, Any] = {
        "url": f"https://market.example/item/{external_id}",
        "title": "크로넬도 가방",
        "description": "정품입니다.",
        "category": "가방",
        "price_minor": 129_000,
        "currency": "KRW",
    }
    return ListingRecord(external_id=external_id, **(facts | fields))


def the_marketplace() -> Marketplace:
    return Marketplace.objects.filter(slug="market").first() or make_marketplace("market")


def tell(
    pictures: Sequence[str | KeptImage] = (f"{CDN}/1.png",),
    *,
    record: ListingRecord | None = None,
    seller: str = "S-1",
    marketplace: Marketplace | None = None,
    now: datetime = NOW,
) -> Arrival:
    """The listing told with these pictures, as the API tells it."""
    return expect_listing(
        record or a_record(),
        seller_record=SellerRecord(external_id=seller, shop_name="가방 가게"),
        pictures=pictures,
        marketplace=marketplace or the_marketplace(),
        actor=CLIENT,
        now=now,
    )


def make_fetch(
    address: str,
    *,
    seed: int = 1,
    at: datetime = NOW,
    marketplace: Marketplace | None = None,
    headers: dict[str, str] | None = None,
) -> PictureFetch:
    """A picture that was fetched already."""
    file = make_evidence_file(seed=seed)
    return PictureFetch.objects.create(
        marketplace=marketplace or the_marketplace(),
        address=address,
        address_digest=digest_of(address),
        outcome=FetchOutcome.FETCHED,
        file=file,
        final_address=address,
        headers=headers or {},
        http_status=200,
        body_sha256=file.sha256,
        body_size=file.size,
        fetched_at=at,
    )
