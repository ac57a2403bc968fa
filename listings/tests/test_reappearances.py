"""What counts as a counterfeit that is back, and what never does."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image, ImageDraw, ImageOps

from brands.models import Brand
from brands.tests.factories import make_brand, make_rights_holder
from core.models import JournalEntry
from core.tests.together import together
from listings import reappearances
from listings.choices import ContentKind, Restriction
from listings.counterfeits import (
    clear_fingerprints,
    dismiss_reappearance,
    lift_protection,
    protect_content,
    switch_off,
    switch_on,
)
from listings.models import Fingerprint, Reappearance
from listings.screening import screen_versions
from listings.tests.confirmed import (
    OTHER_WORDS,
    WORDS,
    altered,
    confirmed,
    fingerprints_of_listing,
    found_in,
    mirrored,
    picture,
)
from listings.tests.copies import shown
from listings.tests.factories import make_listing, make_version
from sellers.models import Seller
from sellers.tests.factories import make_authorisation, make_seller

pytestmark = pytest.mark.django_db

ALTERATIONS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "mirrored": ImageOps.mirror,
    "bordered": lambda image: ImageOps.expand(image, 50, "white"),
    "resized": lambda image: image.resize((240, 240)),
    "turned": lambda image: image.rotate(90),
    "as it was": lambda image: image,
}


@pytest.fixture
def brand() -> Brand:
    return make_brand("누벨하니")


# -- what is found ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("alteration", ALTERATIONS)
def test_an_altered_copy_of_another_seller_names_the_old_listing(alteration: str, brand: Brand) -> None:
    original = next(row for row in confirmed(images=[picture(1)], brand=brand) if row.kind == ContentKind.IMAGE)
    listing = make_listing("새로 나온 크림", images=[altered(1, ALTERATIONS[alteration], quality=60)])

    [found] = found_in(listing)

    assert (found.version, found.original, found.brand) == (shown(listing), original.version, brand)
    assert (found.fingerprint, found.dismissed_at) == (original, None)
    assert found.score >= 0.85
    [signal] = found.signals
    assert (signal["kind"], signal["fingerprint_id"]) == ("image", original.pk)
    assert signal["image_id"] == shown(listing).images.get().pk
    assert signal["original_sha256"] == original.content_digest
    assert signal["why"].startswith("가품으로 확정된 상품의 사진과")
    assert signal["transform"]["mirrored"] is (alteration == "mirrored")
    entry = JournalEntry.objects.get(verb="listings.listing.reappeared")
    assert entry.subject_ref == str(listing.pk)
    assert entry.detail.body["original_listing"] == original.listing.external_id


def test_the_same_listing_with_new_content_counts() -> None:
    listing = make_listing("누벨하니 크림", images=[picture(1)])
    [image, _] = fingerprints_of_listing(listing)
    make_version(listing, "아무 크림", images=[mirrored(1)])

    [found] = found_in(listing)

    assert (found.original, found.version) == (image.version, shown(listing))


def test_a_text_written_anew_in_small_counts(brand: Brand) -> None:
    confirmed(brand=brand, description=WORDS)
    listing = make_listing("누벨하니 수분 크림 정품급", description=WORDS.replace(" ", "").replace("50ml", "30ml"))

    [found] = found_in(listing)

    [signal] = found.signals
    assert signal["kind"] == "text"
    assert signal["score"] >= 0.85
    assert signal["why"].startswith("가품으로 확정된 상품의 글과")


def overwritten(image: Image.Image) -> Image.Image:
    """The picture with a seller's words over it: like the old one, but not nearly the same."""
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 150, 400, 200), fill="white")
    pen.text((20, 155), "SALE 50%", fill="red", font_size=36)
    return image


def test_a_picture_that_is_less_alike_counts_where_the_brand_is_named(brand: Brand) -> None:
    confirmed(images=[picture(1)], brand=brand)

    assert found_in(make_listing("가을 신상 크림", images=[altered(1, overwritten)])) == []
    [found] = found_in(make_listing("누.벨.하.니 크림", images=[altered(1, overwritten)]))
    assert 0.5 <= found.score < 0.85


def test_two_old_listings_are_named_and_no_more_than_the_house_wants() -> None:
    for _ in range(5):
        confirmed(images=[picture(1)])

    found = found_in(make_listing(images=[mirrored(1)]))

    assert len(found) == 3


def test_the_latest_of_equals_are_named() -> None:
    now = timezone.now()
    old, new = (confirmed(images=[picture(1)], effective_at=now - timedelta(days=days)) for days in (9, 1))

    found = found_in(make_listing(images=[mirrored(1)]))

    assert [row.original for row in found] == [new[0].version, old[0].version]


# -- what is not ------------------------------------------------------------------------------------------------------


def test_other_pictures_and_other_words_are_nothing(brand: Brand) -> None:
    confirmed(images=[picture(1)], brand=brand, description=WORDS)

    assert found_in(make_listing("누벨하니 수분 크림", images=[picture(2)], description=OTHER_WORDS)) == []


def test_the_counterfeit_itself_is_no_reappearance() -> None:
    listing = make_listing(images=[picture(1)])
    fingerprints_of_listing(listing)

    assert found_in(listing) == []


def test_a_listing_off_sale_is_no_reappearance_of_itself() -> None:
    listing = make_listing(images=[picture(1)], restriction=Restriction.FINAL, restricted_at=timezone.now())
    fingerprints_of_listing(listing)
    make_version(listing, images=[mirrored(1)])

    assert found_in(listing) == []


def test_what_a_listing_no_longer_shows_is_not_reported() -> None:
    confirmed(images=[picture(1)])
    listing = make_listing(images=[mirrored(1)])
    copy = shown(listing)
    make_version(listing, images=[picture(2)])

    screen_versions([copy.pk])

    assert Reappearance.objects.count() == 0


def test_content_that_was_screened_before_is_known_when_it_is_shown_again() -> None:
    listing = make_listing(images=[mirrored(1)])
    earlier = shown(listing)
    screen_versions([earlier.pk])
    make_version(listing, images=[picture(2)])
    confirmed(images=[picture(1)])
    listing.current_version = earlier
    listing.save()

    assert len(found_in(listing)) == 1


def test_a_generic_title_never_counts(brand: Brand) -> None:
    seller = make_seller()
    confirmed(title="여름 원피스 무료배송", brand=brand, seller=seller)

    assert found_in(make_listing("여름 원피스 무료배송")) == []
    assert found_in(make_listing("여름 원피스 무료배송", seller=seller)) == []


def test_the_boilerplate_of_a_shop_never_counts(brand: Brand) -> None:
    seller = make_seller()
    terms = OTHER_WORDS * 2
    for title in ("겨울 장갑", "면 양말 세트", "손뜨개 목도리"):
        make_listing(title, seller=seller, description=terms)
    confirmed(title="누벨하니 수분 크림", seller=seller, brand=brand, description=terms)

    assert found_in(make_listing("가죽 허리띠", seller=seller, description=terms)) == []
    assert found_in(make_listing("누벨하니 립밤", seller=seller, description=terms)) == []


def test_what_a_shop_writes_later_under_other_goods_never_counts(brand: Brand) -> None:
    seller = make_seller()
    confirmed(title="누벨하니 수분 크림", seller=seller, brand=brand, description=OTHER_WORDS)

    assert found_in(make_listing("가죽 허리띠", seller=seller, description=OTHER_WORDS)) == []
    assert found_in(make_listing("누벨하니 립밤 세 개", seller=seller, description=OTHER_WORDS)) == []
    assert found_in(make_listing("가죽 허리띠", description=OTHER_WORDS)) == []
    assert len(found_in(make_listing("누벨하니 수분크림", seller=seller, description=OTHER_WORDS))) == 1
    assert len(found_in(make_listing("누.벨.하.니 크림", description=OTHER_WORDS))) == 1


def test_what_several_shops_write_never_counts(brand: Brand) -> None:
    for _ in range(2):
        make_listing("면 양말 세트", description=WORDS)
    confirmed(brand=brand, description=WORDS)

    assert found_in(make_listing("누벨하니 수분 크림", description=WORDS)) == []


def test_what_authorised_sellers_write_never_counts(brand: Brand) -> None:
    make_listing("누벨하니 크림 50ml", seller=_authorised(brand), description=WORDS)
    confirmed(brand=brand, description=WORDS)

    assert found_in(make_listing("누벨하니 크림", description=WORDS)) == []


def test_a_shops_banner_never_counts() -> None:
    seller, banner = make_seller(), picture(50)
    for seed in (60, 61, 62):
        make_listing(seller=seller, images=[picture(seed), banner])
    kept = confirmed(seller=seller, images=[picture(1), banner])

    assert {row.content_digest: row.weakness for row in kept if row.kind == ContentKind.IMAGE} == {
        picture(1).sha256: "",
        banner.sha256: "common",
    }
    assert found_in(make_listing(seller=seller, images=[picture(63), banner])) == []
    assert len(found_in(make_listing(seller=seller, images=[mirrored(1), banner]))) == 1


def test_the_brands_own_picture_alone_never_counts() -> None:
    brand = make_brand(images=[picture(1)])
    kept = confirmed(images=[picture(1)], brand=brand)

    assert [row.is_weak for row in kept if row.kind == ContentKind.IMAGE] == [True]
    assert found_in(make_listing("중고 크림", images=[mirrored(1)])) == []


def test_a_picture_that_became_the_brands_own_later_does_not_count_alone(brand: Brand) -> None:
    confirmed(images=[picture(1)], brand=brand)
    late = make_brand("다른 브랜드", images=[picture(1)])
    assert len(found_in(make_listing(images=[mirrored(1)]))) == 1
    late.reference_images.update(brand=brand)

    assert found_in(make_listing(images=[mirrored(1)])) == []


def test_the_brands_own_picture_counts_beside_the_text_or_with_the_same_seller() -> None:
    brand, seller = make_brand("누벨하니", images=[picture(1)]), make_seller()
    confirmed(images=[picture(1)], brand=brand, seller=seller, description=WORDS)

    with_text = found_in(make_listing(images=[mirrored(1)], description=WORDS))
    of_seller = found_in(make_listing("크림", images=[mirrored(1)], seller=seller))

    assert [[signal["kind"] for signal in row.signals] for row in with_text] == [["text", "image"]]
    assert [[signal["weakness"] for signal in row.signals] for row in of_seller] == [["brands_own"]]


def test_an_authorised_seller_never_reappears_and_only_with_that_brand(brand: Brand) -> None:
    confirmed(images=[picture(1)], brand=brand, description=WORDS)
    confirmed(images=[picture(2)], brand=make_brand())
    seller = _authorised(brand)

    assert found_in(make_listing(images=[mirrored(1)], description=WORDS, seller=seller)) == []
    assert len(found_in(make_listing(images=[mirrored(2)], seller=seller))) == 1


def _authorised(brand: Brand) -> Seller:
    seller = make_seller()
    make_authorisation(seller, brand)
    return seller


def test_a_brand_that_is_protected_no_longer_is_not_looked_for(brand: Brand) -> None:
    confirmed(images=[picture(1)], brand=brand)
    brand.is_protected = False
    brand.save()

    assert found_in(make_listing(images=[mirrored(1)])) == []


# -- from when on, and until when -------------------------------------------------------------------------------------


def test_nothing_counts_before_the_decision_is_in_force() -> None:
    confirmed(images=[picture(1)], effective_at=timezone.now() + timedelta(seconds=20))
    listing = make_listing(images=[mirrored(1)])

    assert found_in(listing) == []

    Fingerprint.objects.update(effective_at=timezone.now())
    assert len(found_in(listing, again=True)) == 1


def test_a_fingerprint_that_is_off_does_not_count_until_it_is_on_again() -> None:
    image = next(row for row in confirmed(images=[picture(1)]) if row.kind == ContentKind.IMAGE)
    listing = make_listing(images=[mirrored(1)])
    switch_off(image, reason="다른 상품의 사진입니다.", actor=None)

    assert found_in(listing) == []

    switch_on(image, reason="다시 확인했습니다.", actor=None)
    assert len(found_in(listing, again=True)) == 1


def test_what_a_decision_left_does_not_count_once_it_is_taken_back() -> None:
    decision = make_rights_holder()
    confirmed(images=[picture(1)], source=decision)
    listing = make_listing(images=[mirrored(1)])
    clear_fingerprints(source=decision, actor=None, reason="되돌림")

    assert found_in(listing) == []


def test_what_an_appeal_protects_is_never_reported_of_that_seller(brand: Brand) -> None:
    confirmed(images=[picture(1)], brand=brand, description=WORDS)
    seller = make_seller()
    rightful = make_listing(seller=seller, images=[mirrored(1)], description=WORDS)
    [row] = found_in(rightful)
    appeal = make_rights_holder()
    protect_content(shown(rightful), brand=brand, source=appeal, actor=None)

    row.refresh_from_db()
    assert row.dismissed_reason == "이의제기가 받아들여져 보호된 내용입니다."
    again = make_listing(seller=seller, images=[mirrored(1), picture(3)], description=WORDS, title="상품 1")
    assert [signal["kind"] for found in found_in(again) for signal in found.signals] == ["text"]
    assert found_in(make_listing(seller=seller, images=[mirrored(1)])) == []
    assert len(found_in(make_listing(images=[mirrored(1)]))) == 1

    lift_protection(source=appeal, actor=None, reason="되돌림")
    assert len(found_in(make_listing(seller=seller, images=[mirrored(1)]))) == 1


def test_a_fingerprint_of_protected_content_never_counts_against_that_seller(brand: Brand) -> None:
    seller = make_seller()
    wronged = make_listing(seller=seller, images=[picture(1)])
    fingerprints_of_listing(wronged, brand=brand)
    protect_content(shown(wronged), brand=brand, source=make_rights_holder(), actor=None)

    assert found_in(make_listing(seller=seller, images=[mirrored(1)])) == []
    assert len(found_in(make_listing(images=[mirrored(1)]))) == 1


def test_a_protection_against_one_brand_holds_against_no_other(brand: Brand) -> None:
    confirmed(images=[picture(1)], brand=make_brand())
    listing = make_listing(images=[mirrored(1)])
    protect_content(shown(listing), brand=brand, source=make_rights_holder(), actor=None)

    assert len(found_in(listing)) == 1


# -- days -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("taken_down", "captured", "days"),
    [
        # Midnight in Seoul is 15:00 UTC.
        (datetime(2026, 11, 23, 14, 59, tzinfo=UTC), datetime(2026, 11, 23, 15, 0, tzinfo=UTC), 1),
        (datetime(2026, 11, 23, 15, 0, tzinfo=UTC), datetime(2026, 11, 24, 14, 59, tzinfo=UTC), 0),
        (datetime(2026, 11, 23, 3, 0, tzinfo=UTC), datetime(2026, 12, 1, 16, 0, tzinfo=UTC), 9),
        (datetime(2026, 11, 23, 3, 0, tzinfo=UTC), datetime(2026, 1, 1, 0, 0, tzinfo=UTC), 0),
    ],
)
def test_days_are_counted_as_days_in_seoul(taken_down: datetime, captured: datetime, days: int) -> None:
    with time_machine.travel(datetime(2027, 1, 1, tzinfo=UTC), tick=False):
        confirmed(images=[picture(1)], effective_at=taken_down)
        [found] = found_in(make_listing(images=[mirrored(1)], seen_at=captured))

    assert found.days_to_relist == days


def test_days_end_with_the_first_version_that_showed_it() -> None:
    now = timezone.now()
    confirmed(images=[picture(1)], effective_at=now - timedelta(days=30))
    listing = make_listing(images=[picture(2)], seen_at=now - timedelta(days=20))
    make_version(listing, images=[mirrored(1)], captured_at=now - timedelta(days=9))
    make_version(listing, "다른 제목", images=[mirrored(1)], captured_at=now)

    [found] = found_in(listing)

    assert found.days_to_relist == 21


def test_a_listing_that_was_changed_counts_from_the_change_on() -> None:
    now = timezone.now()
    listing = make_listing(images=[picture(1)], seen_at=now - timedelta(days=40))
    fingerprints_of_listing(listing, effective_at=now - timedelta(days=30))
    make_version(listing, "새 제목", images=[picture(1)], captured_at=now - timedelta(days=23))

    [found] = found_in(listing)

    assert found.days_to_relist == 7


# -- once, and at what cost -------------------------------------------------------------------------------------------


def test_found_twice_it_is_one_row_and_one_entry() -> None:
    confirmed(images=[picture(1)])
    listing = make_listing(images=[mirrored(1)])

    first = found_in(listing)
    second = found_in(listing, again=True)

    assert first == second
    assert reappearances.look_again([shown(listing).pk]) == 0
    assert JournalEntry.objects.filter(verb="listings.listing.reappeared").count() == 1


def test_what_was_dismissed_does_not_come_up_again() -> None:
    confirmed(images=[picture(1)])
    listing = make_listing(images=[mirrored(1)])
    dismiss_reappearance(found_in(listing)[0], reason="같은 도매처의 사진입니다.", actor=None)

    found_in(listing, again=True)

    assert not Reappearance.objects.undismissed().exists()


def test_a_dry_run_writes_nothing() -> None:
    confirmed(images=[picture(1)])

    assert found_in(make_listing(images=[mirrored(1)]), dry_run=True) == []


def test_a_chunk_is_compared_with_a_bounded_number_of_queries(brand: Brand) -> None:
    confirmed(images=[picture(1)], brand=brand, description=WORDS)
    few = [shown(make_listing(images=[mirrored(1)], description=WORDS)).pk for _ in range(2)]
    many = [shown(make_listing(images=[mirrored(1)], description=WORDS)).pk for _ in range(20)]
    screen_versions(few + many)

    def reading(ids: list[int]) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert reappearances.look_again(ids) == 0
        return len(queries)

    assert reading(few) == reading(many)


def test_a_change_of_price_costs_no_look_up(monkeypatch: pytest.MonkeyPatch) -> None:
    confirmed(images=[picture(1)])
    listing = make_listing(images=[mirrored(1)])
    found_in(listing)
    make_version(listing, images=[mirrored(1)], price_minor=1)
    monkeypatch.setattr("listings.reappearances.index.match_pictures", None)

    assert len(found_in(listing)) == 2


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_write_one_row() -> None:
    confirmed(images=[picture(1)])
    ids = [shown(make_listing(images=[mirrored(1)])).pk for _ in range(5)]
    screen_versions([])

    results = together(*([lambda: reappearances.look_again(ids)] * 4))

    assert sum(results) == 5
    assert Reappearance.objects.count() == 5
    assert JournalEntry.objects.filter(verb="listings.listing.reappeared").count() == 5
