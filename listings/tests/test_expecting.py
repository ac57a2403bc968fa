"""Telling listings with pictures by address: what waits, what comes in at once, what is refused."""

from datetime import timedelta

import pytest
from django.db import transaction

from core.models import Job, JournalEntry
from core.tests.factories import make_evidence_file
from core.tests.together import together
from listings.arrivals import PictureRefused, TooManyPictures, arrival_state
from listings.choices import ArrivalStatus, PictureStatus
from listings.models import Arrival, ExpectedPicture, Listing, ListingVersion, PictureServer
from listings.records import KeptImage
from listings.services import SellerChanged
from listings.tests.arrival_rows import CDN, NOW, a_record, make_fetch, tell, the_marketplace
from sellers.models import Seller


@pytest.mark.django_db
def test_a_listing_waits_for_its_pictures_and_its_seller_does_not() -> None:
    arrival = tell([f"{CDN}/1.png", f"{CDN}/%EA%B0%80.png"])

    assert arrival.status == ArrivalStatus.WAITING
    assert list(arrival.pictures.values_list("position", "status", "name", "server__name")) == [
        (0, PictureStatus.WAITING, "1.png", "cdn.market.example:443"),
        (1, PictureStatus.WAITING, "가.png", "cdn.market.example:443"),
    ]
    assert Seller.objects.get().external_id == "S-1"
    assert Listing.objects.count() == 0


@pytest.mark.django_db
def test_a_listing_whose_pictures_are_known_from_a_moment_ago_comes_in_at_once() -> None:
    fetch = make_fetch(f"{CDN}/1.png", at=NOW - timedelta(minutes=59))
    upload = make_evidence_file(seed=2)

    arrival = tell([f"{CDN}/1.png", KeptImage(upload, name="뒤.png")])

    assert arrival.status == ArrivalStatus.ARRIVED
    version = arrival.version
    assert version is not None and version.listing.current_version == version
    assert [(image.position, image.file, image.name, image.fetch) for image in version.images.all()] == [
        (0, fetch.file, "1.png", fetch),
        (1, upload, "뒤.png", None),
    ]
    assert Job.objects.get(kind="listings.screen").payload == {"versions": [version.pk]}
    assert JournalEntry.objects.filter(verb="listings.arrival.arrived", actor_ref="market").count() == 1


@pytest.mark.django_db
def test_what_was_fetched_longer_ago_or_for_another_marketplace_is_fetched_anew() -> None:
    make_fetch(f"{CDN}/1.png", at=NOW - timedelta(minutes=61))
    make_fetch(f"{CDN}/2.png", marketplace=type(the_marketplace()).objects.create(slug="other", name="다른 마켓"))

    arrival = tell([f"{CDN}/1.png", f"{CDN}/2.png"])

    assert list(arrival.pictures.values_list("status", flat=True)) == [PictureStatus.WAITING, PictureStatus.WAITING]


@pytest.mark.django_db
def test_a_listing_without_pictures_comes_in_at_once() -> None:
    assert tell([]).status == ArrivalStatus.ARRIVED


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "code", "why"),
    [
        ("file:///etc/passwd", "bad_address", "file 주소는 받지 않습니다"),
        ("https://", "bad_address", "서버 이름을 알아볼 수 없습니다"),
        ("//cdn.market.example/1.png", "bad_address", "웹 주소(http, https)가 아닙니다"),
        (f"{CDN}/" + "a" * 2_000, "bad_address", "2,000자보다 깁니다"),
        (f"{CDN}/\x00.png", "bad_address", "보이지 않는 글자"),
        (f"{CDN}/\ud800.png", "bad_address", "보이지 않는 글자"),
        ("", "bad_address", "비어 있습니다"),
        ("http://127.0.0.1/1.png", "private_address", "127.0.0.1"),
        ("http://[::1]/1.png", "private_address", "::1"),
        ("https://cdn.market.example:8443/1.png", "port", "8443번 포트"),
    ],
)
def test_an_address_that_cannot_be_fetched_is_refused_at_once(address: str, code: str, why: str) -> None:
    with pytest.raises(PictureRefused) as refusal:
        tell([f"{CDN}/1.png", address])

    assert (refusal.value.code, refusal.value.position) == (code, 1)
    assert why in refusal.value.why
    assert str(refusal.value).startswith("사진 2번의 주소에서 가져오지 않았습니다")
    assert (Arrival.objects.count(), Seller.objects.count(), PictureServer.objects.count()) == (0, 0, 0)


@pytest.mark.django_db
def test_more_pictures_than_are_taken_are_refused() -> None:
    with pytest.raises(TooManyPictures):
        tell([f"{CDN}/{number}.png" for number in range(101)])

    assert Arrival.objects.count() == 0


@pytest.mark.django_db
def test_a_listing_of_another_seller_is_refused_before_anybody_waits() -> None:
    tell([], seller="S-1")

    with pytest.raises(SellerChanged):
        tell([f"{CDN}/1.png"], seller="S-2")

    assert Arrival.objects.waiting().count() == 0


@pytest.mark.django_db
def test_a_newer_arrival_supersedes_the_one_that_waits() -> None:
    old = tell([f"{CDN}/1.png"])
    new = tell([f"{CDN}/2.png"], record=a_record(title="새 제목"), now=NOW + timedelta(minutes=1))

    old.refresh_from_db()
    assert (old.status, old.superseded_by, new.status) == (ArrivalStatus.SUPERSEDED, new, ArrivalStatus.WAITING)
    assert old.pictures.get().status == PictureStatus.DROPPED
    assert ExpectedPicture.objects.waiting().get().arrival == new


@pytest.mark.django_db
def test_the_state_of_an_arrival_is_plain_and_whole() -> None:
    make_fetch(f"{CDN}/1.png")
    arrival = tell([f"{CDN}/1.png", f"{CDN}/2.png"])

    assert arrival_state(arrival) == {
        "id": arrival.pk,
        "listing": "A-1",
        "status": "waiting",
        "told_at": "2026-11-23T05:30:00.000000Z",
        "settled_at": None,
        "version": None,
        "superseded_by": None,
        "problem": None,
        "pictures": {"total": 2, "waiting": 1, "kept": 1, "missing": 0, "dropped": 0},
        "missing": [],
    }


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_a_listing_told_five_times_at_one_moment_one_waits() -> None:
    the_marketplace()

    results = together(*[lambda number=number: tell([f"{CDN}/{number}.png"]) for number in range(5)])

    assert [result for result in results if isinstance(result, Exception)] == []
    newest = Arrival.objects.latest("pk")
    assert list(Arrival.objects.waiting()) == [newest]
    assert ExpectedPicture.objects.waiting().get().arrival == newest
    assert Arrival.objects.filter(status=ArrivalStatus.SUPERSEDED).count() == 4


@pytest.mark.django_db
def test_an_arrival_in_a_transaction_that_fails_leaves_nothing() -> None:
    with transaction.atomic():
        tell()
        transaction.set_rollback(True)

    assert (Arrival.objects.count(), ListingVersion.objects.count()) == (0, 0)
