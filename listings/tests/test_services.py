"""Bringing listings in, and in again; taking them off sale and back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.tests.factories import make_marketplace
from core.actors import Actor
from core.changes import Change
from core.errors import Conflict
from core.models import EvidenceFile, JournalDetail, JournalEntry
from core.tests.factories import make_evidence_file
from core.tests.together import together
from listings.choices import Restriction
from listings.models import Listing, ListingImage, ListingVersion
from listings.records import KeptImage, ListingRecord
from listings.services import SellerChanged, UpsertResult, lift_restriction, restrict, upsert_listing
from listings.tests.factories import make_listing
from sellers.models import Seller
from sellers.tests.factories import make_seller

pytestmark = pytest.mark.django_db

ACTOR = Actor(kind="command", ref="import_listings", label="import_listings 명령")
NOW = datetime(2026, 11, 23, 5, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
RECORD = ListingRecord(
    external_id="i1",
    url="https://market.example/item/i1",
    title="가방",
    description="새 상품",
    category="잡화",
    price_minor=12_900,
    currency="KRW",
    posted_at=NOW - timedelta(days=3),
    sold_count=5,
)


@pytest.fixture
def seller() -> Seller:
    return make_seller(external_id="s1")


def bring(seller: Seller, *files: EvidenceFile, now: datetime = NOW, **changes: Any) -> UpsertResult:
    return upsert_listing(
        replace(RECORD, **changes),
        marketplace=seller.marketplace,
        seller=seller,
        images=[KeptImage(file, name=f"{position}.png") for position, file in enumerate(files)],
        actor=ACTOR,
        now=now,
    )


def verbs() -> list[str]:
    entries = JournalEntry.objects.exclude(verb__startswith="core.").order_by("id")
    return list(entries.values_list("verb", flat=True))


def test_a_new_listing_comes_in_with_its_first_version_and_its_pictures_in_order(seller: Seller) -> None:
    one, two = make_evidence_file(seed=1), make_evidence_file(seed=2)
    result = bring(seller, two, one)
    assert (result.change, result.shows_other_content, result.is_new_version) == (Change.CREATED, True, True)
    listing = Listing.objects.get()
    assert (listing.seller, listing.url, listing.posted_at, listing.sold_count) == (
        seller,
        RECORD.url,
        RECORD.posted_at,
        5,
    )
    assert (listing.restriction, listing.last_seen_at) == (Restriction.NONE, NOW)
    version = ListingVersion.objects.get()
    assert listing.current_version == version
    assert (version.number, version.title, version.price_minor, version.captured_at) == (1, "가방", 12_900, NOW)
    assert list(version.images.values_list("position", "file", "name")) == [(0, two.pk, "0.png"), (1, one.pk, "1.png")]
    assert verbs() == ["listings.listing.imported", "listings.version.captured"]
    captured = JournalDetail.objects.get(entry__verb="listings.version.captured")
    assert captured.body == {"listing": "i1", "number": 1, "content_digest": version.content_digest}


def test_the_same_content_again_only_counts_as_seen(seller: Seller) -> None:
    file = make_evidence_file(seed=1)
    bring(seller, file)
    before = verbs()
    result = bring(seller, file, now=LATER, sold_count=9)
    assert (result.change, result.shows_other_content, result.is_new_version) == (Change.UNCHANGED, False, False)
    listing = Listing.objects.get()
    assert (listing.last_seen_at, listing.sold_count) == (LATER, 9)
    assert (ListingVersion.objects.count(), ListingImage.objects.count(), verbs()) == (1, 1, before)


@pytest.mark.parametrize(
    "change",
    [{"title": "손가방"}, {"description": ""}, {"category": "의류"}, {"price_minor": 1}, {"currency": "JPY"}],
)
def test_changed_content_makes_a_new_version(seller: Seller, change: dict[str, Any]) -> None:
    bring(seller)
    result = bring(seller, now=LATER, **change)
    assert (result.change, result.is_new_version, result.version.number) == (Change.CHANGED, True, 2)
    assert Listing.objects.get().current_version == result.version
    assert list(ListingVersion.objects.order_by("number").values_list("title", "captured_at")) == [
        ("가방", NOW),
        (change.get("title", "가방"), LATER),
    ]


def test_other_pictures_and_another_order_of_them_make_a_new_version(seller: Seller) -> None:
    one, two = make_evidence_file(seed=1), make_evidence_file(seed=2)
    bring(seller, one, two)
    assert bring(seller, two, one).version.number == 2
    assert bring(seller, one).version.number == 3
    assert bring(seller).version.number == 4


def test_a_change_of_price_keeps_the_digest_of_the_text(seller: Seller) -> None:
    first = bring(seller).version
    second = bring(seller, price_minor=1).version
    assert first.text_digest == second.text_digest
    assert first.content_digest != second.content_digest


def test_content_that_returns_is_the_earlier_version_again(seller: Seller) -> None:
    first = bring(seller).version
    second = bring(seller, title="손가방").version
    result = bring(seller, now=LATER)
    assert (result.change, result.shows_other_content, result.is_new_version) == (Change.CHANGED, True, False)
    assert result.version == first
    assert Listing.objects.get().current_version == first
    assert ListingVersion.objects.count() == 2
    assert verbs()[-1] == "listings.version.returned"
    assert bring(seller, title="돈가방").version.number == second.number + 1


def test_a_new_address_is_told_and_is_no_new_version(seller: Seller) -> None:
    bring(seller)
    result = bring(seller, url="https://market.example/new/i1")
    assert (result.change, result.shows_other_content) == (Change.CHANGED, False)
    assert Listing.objects.get().url == "https://market.example/new/i1"
    assert ListingVersion.objects.count() == 1
    assert JournalDetail.objects.get(entry__verb="listings.listing.changed").body == {
        "url": {"old": RECORD.url, "new": "https://market.example/new/i1"}
    }


def test_what_is_not_said_of_a_listing_stays(seller: Seller) -> None:
    bring(seller)
    assert bring(seller, posted_at=None, sold_count=None).change is Change.UNCHANGED
    listing = Listing.objects.get()
    assert (listing.posted_at, listing.sold_count) == (RECORD.posted_at, 5)


def test_an_older_look_does_not_turn_back_when_it_was_last_seen(seller: Seller) -> None:
    bring(seller, now=LATER)
    bring(seller, now=NOW)
    assert Listing.objects.get().last_seen_at == LATER


def test_a_listing_does_not_move_to_another_seller(seller: Seller) -> None:
    bring(seller)
    before = verbs()
    with pytest.raises(SellerChanged) as refusal:
        bring(make_seller(external_id="s2"), title="손가방")
    assert str(refusal.value) == (
        "상품 “i1”의 판매자가 바뀌어 가져오지 않았습니다. 등록된 판매자는 “s1”인데, 새 자료의 판매자는 “s2”입니다. "
        "판매자 식별자를 확인해 주세요. 판매자가 정말 바뀌었다면 새 상품 번호로 등록해 주세요."
    )
    assert (Listing.objects.get().seller, ListingVersion.objects.count(), verbs()) == (seller, 1, before)


def test_two_marketplaces_may_have_listings_of_one_number(seller: Seller) -> None:
    bring(seller)
    other = make_seller(external_id="s1", marketplace=make_marketplace("other"))
    assert bring(other).change is Change.CREATED
    assert Listing.objects.count() == 2


def test_new_content_does_not_lift_a_restriction(seller: Seller) -> None:
    listing = bring(seller).listing
    restrict(listing, at=NOW, actor=ACTOR)
    bring(seller, title="손가방")
    assert Listing.objects.get().restriction == Restriction.INTERIM


def test_a_listing_takes_as_many_queries_with_many_pictures_as_with_one(
    seller: Seller, django_assert_num_queries: Any
) -> None:
    files = [make_evidence_file(seed=seed) for seed in range(8)]
    with django_assert_num_queries(15):
        bring(seller, files[0])
    with django_assert_num_queries(15):
        bring(seller, *files, external_id="i2")
    with django_assert_num_queries(5):
        bring(seller, *files, external_id="i2")
    with django_assert_num_queries(12):
        bring(seller, *files, external_id="i2", title="손가방")


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_one_content_brought_in_eight_times_at_once_is_one_version() -> None:
    seller = make_seller(external_id="s1")
    results = together(*[lambda: bring(seller) for _ in range(8)])
    assert sorted(result.change for result in results) == ["created"] + ["unchanged"] * 7
    assert (Listing.objects.count(), ListingVersion.objects.count()) == (1, 1)
    assert verbs() == ["listings.listing.imported", "listings.version.captured"]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_eight_contents_brought_in_at_once_are_numbered_without_a_gap() -> None:
    seller = make_seller(external_id="s1")
    results = together(*[lambda title=f"가방 {number}": bring(seller, title=title) for number in range(8)])
    assert sorted(result.version.number for result in results) == [1, 2, 3, 4, 5, 6, 7, 8]


# -- off sale and back ----------------------------------------------------------------------------------------------


def test_a_restricted_listing_says_since_when_and_the_journal_who() -> None:
    listing = make_listing()
    restrict(listing, at=NOW, actor=ACTOR)
    stored = Listing.objects.get()
    assert (stored.restriction, stored.restricted_at) == (Restriction.INTERIM, NOW)
    assert (listing.restriction, listing.restricted_at) == (Restriction.INTERIM, NOW)
    assert verbs() == ["listings.listing.restricted"]


def test_a_restricted_listing_is_not_restricted_a_second_time() -> None:
    listing = make_listing()
    stale = Listing.objects.get()
    restrict(listing, at=NOW, actor=ACTOR)
    with pytest.raises(Conflict):
        restrict(stale, at=LATER, actor=ACTOR)
    assert Listing.objects.get().restricted_at == NOW
    assert verbs() == ["listings.listing.restricted"]


def test_a_lifted_restriction_leaves_nothing_but_the_journal() -> None:
    listing = make_listing(restriction=Restriction.INTERIM, restricted_at=NOW)
    lift_restriction(listing, actor=ACTOR)
    stored = Listing.objects.get()
    assert (stored.restriction, stored.restricted_at) == (Restriction.NONE, None)
    assert JournalDetail.objects.get(entry__verb="listings.listing.restriction_lifted").body == {
        "old": "interim",
        "new": "none",
        "since": "2026-11-23T05:30:00.000000Z",
    }


def test_a_restriction_that_became_final_meanwhile_is_not_lifted() -> None:
    listing = make_listing(restriction=Restriction.INTERIM, restricted_at=NOW)
    Listing.objects.update(restriction=Restriction.FINAL)
    with pytest.raises(Conflict):
        lift_restriction(listing, actor=ACTOR)
    assert Listing.objects.get().restriction == Restriction.FINAL
    assert verbs() == []


def test_a_listing_that_is_on_sale_has_nothing_to_lift() -> None:
    with pytest.raises(Conflict):
        lift_restriction(make_listing(), actor=ACTOR)
    assert verbs() == []


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_eight_who_restrict_at_once_one_does() -> None:
    listing = make_listing()
    results = together(*[lambda: restrict(Listing.objects.get(pk=listing.pk), at=NOW, actor=ACTOR) for _ in range(8)])
    assert sum(isinstance(result, Listing) for result in results) == 1
    assert sum(isinstance(result, Conflict) for result in results) == 7
    assert verbs() == ["listings.listing.restricted"]
