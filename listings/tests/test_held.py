"""Content that was held before publishing and comes up for sale: found and told, but not where it was released."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from brands.models import Brand
from core.actors import USER, Actor
from core.errors import Conflict, DomainError
from core.models import EvidenceFile, JournalEntry
from core.tests.together import together
from listings.choices import MatchStatus, Verdict
from listings.held import release
from listings.matches import decide, remember_rejection
from listings.models import HeldPublication, Listing, Match, PreflightScreening, Reappearance
from listings.screening import screen_versions
from listings.tests.confirmed import confirmed, picture
from listings.tests.copies import copy_of, make_copied_brand, original, shown
from listings.tests.factories import make_listing, make_preflight
from listings.tests.unpublished import answer_to, codes
from sellers.models import Seller
from sellers.tests.factories import make_authorisation, make_seller

pytestmark = pytest.mark.django_db

STAFF = Actor(USER, "7", "심사 담당자")
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


# -- releasing --------------------------------------------------------------------------------------------------------


def test_released_content_of_the_seller_passes_from_then_on(seller: Seller) -> None:
    row = release(held(seller, images=(copy_of(),)), reason="정품 인보이스를 확인했습니다.", actor=STAFF)

    again = answer_to(TITLE, seller=seller, images=[copy_of()])

    assert (again.verdict, codes(again)) == ("pass", ["released_by_staff"])
    assert (row.released_reason, row.released_by_ref) == ("정품 인보이스를 확인했습니다.", STAFF.ref)
    entry = JournalEntry.objects.get(verb="listings.preflight.released")
    assert (entry.actor_ref, entry.subject_ref) == (STAFF.ref, str(row.pk))
    assert not PreflightScreening.objects.still_held().exists()


def test_other_content_and_other_sellers_stay_held(seller: Seller) -> None:
    release(held(seller, images=(copy_of(),)), reason="확인했습니다.", actor=STAFF)

    assert answer_to(TITLE, seller=seller).verdict == "stop"
    assert answer_to(f"{TITLE} 2", seller=seller, images=[copy_of()]).verdict == "stop"
    assert answer_to(TITLE, seller=seller, images=[copy_of(), original(99)]).verdict == "stop"
    assert answer_to(TITLE, seller=make_seller(marketplace=seller.marketplace), images=[copy_of()]).verdict == "stop"


def test_what_was_released_may_be_published(seller: Seller) -> None:
    release(held(seller), reason="확인했습니다.", actor=STAFF)

    published(seller)

    assert not HeldPublication.objects.exists()
    assert Match.objects.get().note == ""


def test_a_confirmed_counterfeit_that_is_back_is_not_released_here(brand: Brand, seller: Seller) -> None:
    confirmed(images=[picture(50)], brand=brand)
    row = held(seller, "새 크림", images=(picture(50),))

    with pytest.raises(DomainError, match="가품으로 확정된 상품이 다시 나타나"):
        release(row, reason="확인했습니다.", actor=STAFF)
    assert PreflightScreening.objects.still_held().get() == row


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_release_has_a_reason(seller: Seller, reason: str) -> None:
    row = held(seller)

    with pytest.raises(DomainError, match="사유가 비어 있습니다"):
        release(row, reason=reason, actor=STAFF)
    assert PreflightScreening.objects.still_held().exists()


def test_what_is_not_held_is_not_released(seller: Seller) -> None:
    released = release(held(seller), reason="확인했습니다.", actor=STAFF)
    answer_to("가을 크림", seller=seller)

    for row in (released, PreflightScreening.objects.latest("pk")):
        with pytest.raises(Conflict):
            release(row, reason="확인했습니다.", actor=STAFF)
    assert JournalEntry.objects.filter(verb="listings.preflight.released").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql
def test_of_two_who_release_at_once_one_does(brand: Brand) -> None:
    row = held(make_seller())

    outcomes = together(*[lambda: release(row, reason="확인했습니다.", actor=STAFF)] * 2)

    assert sorted(type(each).__name__ for each in outcomes) == ["Conflict", "PreflightScreening"]


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
