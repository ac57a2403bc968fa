"""Having arrivals tried again by a person."""

from collections.abc import Callable

import pytest

from core.errors import Conflict, DomainError
from core.models import JournalEntry
from core.tests.factories import make_evidence_file
from core.tests.running import NOW, after
from core.tests.servers import answer, serving
from listings.arrivals import retry_arrival
from listings.arrivals.settling import give_up
from listings.choices import ArrivalStatus
from listings.models import Arrival, ListingVersion, PictureServer
from listings.records import KeptImage
from listings.services import upsert_listing
from listings.tests.arrival_rows import CDN, CLIENT, a_record, make_fetch, tell, the_marketplace
from listings.tests.fetched import BACK, FRONT, by_path, picture, run_round
from sellers.models import Seller

Opened = Callable[..., None]


def with_a_gap() -> Arrival:
    arrival = tell([f"{CDN}/1.png"])
    give_up(arrival.pictures.get(), DomainError("없음", "없습니다.", code="http_status"), now=NOW)
    arrival.refresh_from_db()
    assert arrival.status == ArrivalStatus.ARRIVED
    return arrival


@pytest.mark.django_db
def test_a_picture_that_is_there_by_now_makes_a_new_version(opened: Opened) -> None:
    pages = {"/1.png": picture(FRONT), "/2.png": answer(status="410 Gone")}
    with serving(by_path(pages)) as server:
        opened(server)
        arrival = tell([server.url("/1.png"), KeptImage(make_evidence_file(seed=7)), server.url("/2.png")])
        run_round(0)
        arrival.refresh_from_db()
        pages["/2.png"] = picture(BACK)
        again = retry_arrival(arrival, actor=CLIENT, now=after(60))
        run_round(60)

    again.refresh_from_db()
    assert (again.status, again.retry_of, again.told_at, again.waits_since) == (
        ArrivalStatus.ARRIVED,
        arrival,
        NOW,
        after(60),
    )
    assert arrival.version is not None and again.version is not None
    assert [image.position for image in arrival.version.images.all()] == [0, 1]
    assert [image.position for image in again.version.images.all()] == [0, 1, 2]
    assert again.version.listing.current_version == again.version
    assert len([head for head in server.heads if "/1.png" in head]) == 1


@pytest.mark.django_db
def test_what_waits_is_tried_at_once() -> None:
    arrival = tell([f"{CDN}/1.png"])
    arrival.pictures.update(not_before=after(900))
    PictureServer.objects.update(paused_until=after(900))

    assert retry_arrival(arrival, actor=CLIENT, now=after(1)) == arrival

    assert arrival.pictures.get().not_before == after(1)
    assert PictureServer.objects.get().paused_until is None
    assert JournalEntry.objects.filter(verb="listings.arrival.retried").count() == 1


@pytest.mark.django_db
def test_what_was_given_up_is_told_again_as_it_was() -> None:
    make_fetch(f"{CDN}/1.png")
    arrival = tell([f"{CDN}/2.png"])
    stranger = Seller.objects.create(marketplace=the_marketplace(), external_id="S-2", shop_name="남의 가게")
    upsert_listing(a_record(), marketplace=the_marketplace(), seller=stranger, images=[], actor=None, now=NOW)
    give_up(arrival.pictures.get(), DomainError("없음", "없습니다.", code="http_status"), now=NOW)
    arrival.refresh_from_db()
    assert (arrival.status, arrival.code) == (ArrivalStatus.GIVEN_UP, "seller_changed")

    again = retry_arrival(arrival, actor=CLIENT, now=after(1))

    assert (again.status, again.record) == (ArrivalStatus.WAITING, arrival.record)


@pytest.mark.django_db
def test_what_lacks_nothing_and_what_was_told_anew_is_not_tried_again() -> None:
    make_fetch(f"{CDN}/2.png")
    whole = tell([f"{CDN}/2.png"], record=a_record("B-1"))
    old = with_a_gap()
    newer = tell([f"{CDN}/3.png"], now=after(1))
    newest = tell([f"{CDN}/4.png"], now=after(2))
    newer.refresh_from_db()

    for arrival, why in ((whole, "모두 들어온"), (old, "더 새로운"), (newer, "더 새로운")):
        with pytest.raises(Conflict, match=why):
            retry_arrival(arrival, actor=CLIENT, now=after(3))

    assert Arrival.objects.waiting().get() == newest
    assert JournalEntry.objects.filter(verb="listings.arrival.retried").count() == 0


@pytest.mark.django_db
def test_a_retry_never_puts_old_content_over_what_an_import_brought() -> None:
    arrival = with_a_gap()
    upsert_listing(
        a_record(title="새 제목"),
        marketplace=the_marketplace(),
        seller=arrival.seller,
        images=[],
        actor=None,
        now=after(60),
    )
    make_fetch(f"{CDN}/1.png", at=after(120))

    again = retry_arrival(arrival, actor=CLIENT, now=after(120))

    assert again.status == ArrivalStatus.SUPERSEDED
    assert ListingVersion.objects.current().get().title == "새 제목"
