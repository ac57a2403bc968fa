"""Other listings with the same picture: the very file anywhere, an altered one among the pictures that are named."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from core.models import EvidenceFile
from listings import lookalikes
from listings.fingerprints import fingerprints_of
from listings.lookalikes import nearly_same_pictures, same_pictures
from listings.models import Listing, ListingImage, PictureFingerprint
from listings.tests.confirmed import altered, mirrored, picture
from listings.tests.factories import make_listing, make_version
from sellers.tests.factories import make_seller

pytestmark = pytest.mark.django_db


def showing(*files: EvidenceFile, listing: Listing | None = None) -> Listing:
    """A listing with these pictures, as screening leaves it."""
    fingerprints_of(files)
    return listing or make_listing(images=files, seller=make_seller())


def smaller(seed: int) -> EvidenceFile:
    return altered(seed, lambda image: image.resize((220, 220)), quality=60)


def near(listing: Listing, *, but: tuple[int, ...] = (), most: int = 6) -> list[lookalikes.Lookalike]:
    return nearly_same_pictures(listing, [ListingImage.objects.current()], but=but, most=most)


def test_the_very_file_is_found_at_any_seller_once_a_listing() -> None:
    one, other = picture(1), picture(2)
    mine = showing(one, other)
    first, second = showing(one), showing(other, one)
    showing(picture(3))
    found = same_pictures(mine, most=6)
    assert [each.listing for each in found] == [second, first]
    assert all(each.is_same for each in found)
    assert len(same_pictures(mine, most=1)) == 1


def test_a_resized_recompressed_or_mirrored_copy_is_nearly_the_same() -> None:
    mine = showing(picture(1))
    resized, flipped, flipped_too = showing(smaller(1)), showing(mirrored(1)), showing(mirrored(1))
    showing(picture(2))
    found = near(mine)
    assert {each.listing for each in found} == {resized, flipped, flipped_too} and len(found) == 3
    assert len(near(mine, most=2)) == 2
    assert not any(each.is_same for each in found)
    why = {each.listing: each.why for each in found}
    assert "좌우를 뒤집으면" in why[flipped] and why[resized].startswith("이 상품의 사진과 거의 같습니다")


def test_what_is_known_already_and_the_same_file_are_not_named_again() -> None:
    mine = showing(picture(1))
    known, new = showing(smaller(1)), showing(mirrored(1), picture(1))
    assert [each.listing for each in near(mine, but=(known.pk,))] == [new]


def test_only_the_pictures_that_are_named_are_compared() -> None:
    mine = showing(picture(1))
    of_seller = showing(smaller(1))
    showing(mirrored(1))
    among = [ListingImage.objects.current().of_seller(of_seller.seller)]
    assert [each.listing for each in nearly_same_pictures(mine, among, but=(), most=6)] == [of_seller]


def test_a_picture_that_a_listing_no_longer_shows_is_not_compared() -> None:
    mine, other = showing(picture(1)), showing(smaller(1))
    make_version(other, "다른 사진", images=[picture(5)])
    assert near(mine) == []


def test_a_plain_picture_is_nearly_nothing() -> None:
    plain = altered(1, lambda image: Image.new("RGB", image.size, "white"))
    almost = altered(1, lambda image: Image.new("RGB", (200, image.height), "#fdfdfd"))
    mine = showing(plain)
    showing(almost)
    assert near(mine) == []


def test_without_stored_fingerprints_nothing_is_computed() -> None:
    mine = make_listing(images=[picture(1)])
    showing(smaller(1))
    before = PictureFingerprint.objects.count()
    assert near(mine) == []
    assert PictureFingerprint.objects.count() == before


def test_of_many_the_newest_are_compared_in_a_fixed_number_of_queries(monkeypatch: pytest.MonkeyPatch) -> None:
    mine, old = showing(picture(1)), showing(smaller(1))
    for seed in range(10, 16):
        showing(picture(seed))
    with CaptureQueriesContext(connection) as captured:
        assert [each.listing for each in near(mine)] == [old]
    assert len(captured) == 5
    monkeypatch.setattr(lookalikes, "MOST_COMPARED", 5)
    assert near(mine) == []
