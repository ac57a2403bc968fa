"""Content that was held before publishing and comes up for sale: found and told, but not where it was released."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from brands.models import Brand
from core.models import EvidenceFile, JournalEntry
from listings.choices import MatchStatus, Verdict
from listings.matches import decide, remember_rejection
from listings.models import HeldPublication, Listing, Match, PreflightScreening, Reappearance
from listings.screening import screen_versions
from listings.tests.confirmed import confirmed, picture
from listings.tests.copies import copy_of, make_copied_brand, original, shown
from listings.tests.factories import make_listing, make_preflight
from listings.tests.unpublished import answer_to
from sellers.models import Seller
from sellers.tests.factories import make_authorisation, make_seller

pytestmark = pytest.mark.django_db

TITLE = "누.벨.하.니 크림 레플리카"


@pytest.fixture
def brand() -> Brand:
    return make_copied_brand()


@pytest.fixture
def seller(brand: Brand) -> Seller:
    return make_seller()


def published(seller: Seller, title: str = TITLE, **fields: Any) -> Listing:
    """The listing came in and was screened, as an import does it."""
    listing = make_listing(title, seller=seller, **fields)
    screen_versions([shown(listing).pk])
    return listing


def held(seller: Seller, title: str = TITLE, images: tuple[EvidenceFile, ...] = ()) -> PreflightScreening:
    answer = answer_to(title, seller=seller, images=images)
    assert answer.verdict == "stop"
    return PreflightScreening.objects.latest("pk")


def test_what_was_held_and_published_all_the_same_is_told_on_the_matchs_page(seller: Seller) -> None:
    row = held(seller)

    listing = published(seller)

    publication = HeldPublication.objects.get()
    assert (publication.preflight, publication.version) == (row, shown(listing))
    assert Match.objects.get().note == f"사전 심사에서 보류된 내용이 게시되었습니다({row.number})."
    entry = JournalEntry.objects.get(verb="listings.preflight.published")
    assert entry.subject_ref == str(listing.pk)
    assert list(PreflightScreening.objects.published_anyway()) == [row]


def test_a_change_of_price_or_a_further_picture_makes_no_difference(seller: Seller) -> None:
    held(seller, images=(copy_of(),))

    published(seller, price_minor=1, images=[original(99), copy_of()])

    assert HeldPublication.objects.count() == 1


def test_content_from_which_the_picture_was_taken_out_is_another(seller: Seller) -> None:
    held(seller, "가을 크림", images=(copy_of(),))

    published(seller, "가을 크림")

    assert not HeldPublication.objects.exists()


def test_another_sellers_same_content_is_not_this_one(seller: Seller) -> None:
    held(seller)

    published(make_seller(marketplace=seller.marketplace))

    assert not HeldPublication.objects.exists()
    assert Match.objects.get().note == ""


def test_a_seller_that_was_not_known_when_it_was_asked_about_is_found(brand: Brand) -> None:
    later = make_seller()
    answer_to(TITLE, marketplace=later.marketplace, seller_external_id="new-shop")
    later.external_id = "new-shop"
    later.save()

    published(later)

    assert HeldPublication.objects.count() == 1


def test_what_was_released_meanwhile_is_no_publication_of_held_content(brand: Brand, seller: Seller) -> None:
    held(seller)
    make_authorisation(seller, brand)

    published(seller)

    assert not HeldPublication.objects.exists()


def test_what_was_found_harmless_meanwhile_is_none_either(seller: Seller) -> None:
    held(seller, "가을 크림", images=(copy_of(),))
    earlier = published(seller, "다른 크림", images=[copy_of()])
    match = Match.objects.get(version=shown(earlier))
    decide(match, to=MatchStatus.REJECTED, actor=None, now=timezone.now())
    remember_rejection(match, actor=None)

    published(seller, "가을 크림", images=[copy_of()])

    assert not HeldPublication.objects.exists()


def test_what_was_only_reviewed_or_passed_is_not_held(seller: Seller) -> None:
    listing = make_listing(TITLE, seller=seller)
    make_preflight(listing, verdict=Verdict.REVIEW)
    make_preflight(listing, verdict=Verdict.PASS)

    screen_versions([shown(listing).pk])

    assert not HeldPublication.objects.exists()


def test_an_answer_that_came_after_the_listing_held_something_else(seller: Seller) -> None:
    listing = make_listing(TITLE, seller=seller)
    make_preflight(listing, screened_at=listing.last_seen_at + timedelta(seconds=1))

    screen_versions([shown(listing).pk])

    assert not HeldPublication.objects.exists()


def test_a_returning_counterfeit_that_was_held_is_found_too(brand: Brand, seller: Seller) -> None:
    confirmed(images=[picture(50)], brand=brand)
    held(seller, "새 크림", images=(picture(50),))

    published(seller, "새 크림", images=[picture(50)])

    assert (Reappearance.objects.count(), Match.objects.count(), HeldPublication.objects.count()) == (1, 0, 1)


def test_screened_again_it_is_told_once(seller: Seller) -> None:
    held(seller)
    listing = published(seller)

    screen_versions([shown(listing).pk], again=True)

    assert HeldPublication.objects.count() == 1
    assert JournalEntry.objects.filter(verb="listings.preflight.published").count() == 1


def test_a_dry_run_writes_nothing_of_it(seller: Seller) -> None:
    held(seller)
    listing = make_listing(TITLE, seller=seller)

    screen_versions([shown(listing).pk], dry_run=True)

    assert not HeldPublication.objects.exists()
