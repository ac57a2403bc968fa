"""A new fingerprint is looked for among the listings that are on sale already, a job at a time."""

from typing import Any

import pytest
from django.utils import timezone

from brands.models import Brand
from brands.tests.factories import make_brand, make_rights_holder
from core.models import Job
from listings.counterfeits import clear_fingerprints
from listings.models import Match, Reappearance
from listings.reappearances import sweeping
from listings.screening import screen_versions
from listings.tasks import find_copies
from listings.tests.confirmed import WORDS, confirmed, mirrored, picture
from listings.tests.copies import shown
from listings.tests.factories import make_listing, make_version
from listings.tests.match_rows import make_match

pytestmark = pytest.mark.django_db


@pytest.fixture
def brand() -> Brand:
    return make_brand()


def swept() -> list[dict[str, Any]]:
    """Every job there is and every one that comes of it, carried out once."""
    results, done = [], set[int]()
    while job := Job.objects.filter(kind=sweeping.JOB_KIND).exclude(pk__in=done).order_by("pk").first():
        done.add(job.pk)
        results.append(find_copies(job.payload))
    return results


def found() -> set[int]:
    return set(Reappearance.objects.values_list("version__listing_id", flat=True))


def test_copies_that_are_on_sale_already_are_found(brand: Brand) -> None:
    altered, same = make_listing(images=[mirrored(1)]), make_listing(images=[picture(1)])
    make_listing(images=[picture(2)])
    screen_versions([shown(altered).pk, shown(same).pk])
    kept = confirmed(images=[picture(1)], brand=brand)

    results = swept()

    assert found() == {altered.pk, same.pk}
    assert sum(result["found"] for result in results) == 2
    assert {row.days_to_relist for row in Reappearance.objects.all()} == {0}
    assert set(Reappearance.objects.values_list("original", flat=True)) == {kept[0].version_id}


def test_carried_out_again_it_writes_nothing(brand: Brand) -> None:
    make_listing(images=[picture(1)])
    confirmed(images=[picture(1)], brand=brand)
    swept()
    jobs = Job.objects.count()

    assert sum(result["found"] for result in swept()) == 0
    assert (Reappearance.objects.count(), Job.objects.count()) == (1, jobs)


def test_a_copied_text_is_found_where_the_brand_was_found(brand: Brand) -> None:
    listing = make_listing("누벨하니 크림", description=WORDS.replace(" ", ""))
    make_match(brand=brand, version=shown(listing), signals=[])
    confirmed(description=WORDS, brand=brand)

    swept()

    assert found() == {listing.pk}


def test_many_listings_are_cut_into_jobs(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "_LISTINGS", 2)
    monkeypatch.setattr(sweeping, "_BATCH", 1)
    monkeypatch.setattr(sweeping, "_STORED", 2)
    same = [make_listing(images=[picture(1)]) for _ in range(5)]
    altered = [make_listing(images=[mirrored(1)]) for _ in range(5)]
    screen_versions([shown(listing).pk for listing in altered])
    confirmed(images=[picture(1)], brand=brand)

    results = swept()

    assert found() == {listing.pk for listing in (*same, *altered)}
    assert max(result["looked_at"] for result in results) == 2
    stages = {job.payload["stage"] for job in Job.objects.filter(kind=sweeping.JOB_KIND)}
    assert stages == {"likely", "pictures", "named"}


def test_what_was_taken_back_meanwhile_is_not_looked_for(brand: Brand) -> None:
    decision = make_rights_holder()
    make_listing(images=[picture(1)])
    confirmed(images=[picture(1)], brand=brand, source=decision)
    clear_fingerprints(source=decision, actor=None, reason="되돌림")

    assert swept() == [{"looked_at": 0, "found": 0}]
    assert found() == set()


def test_listings_are_looked_at_as_they_are_now(brand: Brand) -> None:
    listing = make_listing(images=[picture(1)])
    make_version(listing, images=[picture(2)], captured_at=timezone.now())
    confirmed(images=[picture(1)], brand=brand)

    swept()

    assert found() == set()
    assert Match.objects.count() == 0
