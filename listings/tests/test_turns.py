"""Arrivals that overtake each other, tasks that die, wait and meet, and servers that take turns."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from core import jobs
from core.choices import JobStatus
from core.models import Job, JournalEntry
from core.rulesets import current
from core.tests.running import NOW, after, at
from core.tests.servers import serving
from core.tests.together import together
from listings import tasks
from listings.arrivals import arrival_state, settling, turns
from listings.choices import ArrivalStatus
from listings.models import (
    Arrival,
    ExpectedPicture,
    Listing,
    ListingVersion,
    PictureFetch,
    PictureServer,
)
from listings.services import upsert_listing
from listings.tests.arrival_rows import a_record, tell, the_marketplace
from listings.tests.fetched import BACK, FRONT, by_path, fetch_now, picture, run_round
from sellers.models import Seller

Opened = Callable[..., None]

# -- newer and older --------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_superseded_arrival_that_finishes_late_writes_nothing(opened: Opened) -> None:
    with serving(picture()) as server:
        opened(server)
        old = tell([server.url("/1.png")], record=a_record(title="옛 제목"))
        waiting = old.pictures.get()
        new = tell([server.url("/2.png")], record=a_record(title="새 제목"), now=after(1))
        run_round(2)
        fetch = PictureFetch.objects.get()
        settling.keep(waiting, fetch, now=after(3))

    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.status, new.status) == (ArrivalStatus.SUPERSEDED, ArrivalStatus.ARRIVED)
    assert [version.title for version in ListingVersion.objects.all()] == ["새 제목"]


@pytest.mark.django_db
def test_an_arrival_that_an_import_has_overtaken_writes_nothing(opened: Opened) -> None:
    with serving(picture()) as server:
        opened(server)
        arrival = tell([server.url("/1.png")], record=a_record(title="옛 제목"))
        _import("새 제목", seconds=1)
        run_round(2)

    arrival.refresh_from_db()
    assert (arrival.status, arrival.superseded_by) == (ArrivalStatus.SUPERSEDED, None)
    assert [version.title for version in ListingVersion.objects.all()] == ["새 제목"]


@pytest.mark.django_db
def test_a_listing_that_another_seller_brought_in_meanwhile_is_given_up(opened: Opened) -> None:
    with serving(picture()) as server:
        opened(server)
        arrival = tell([server.url("/1.png")])
        _import("남의 상품", seconds=0, seller="S-2")
        run_round(2)

    arrival.refresh_from_db()
    assert (arrival.status, arrival.code) == (ArrivalStatus.GIVEN_UP, "seller_changed")
    assert arrival_state(arrival)["problem"]["code"] == "seller_changed"
    assert JournalEntry.objects.filter(verb="listings.arrival.given_up").count() == 1


# -- tasks that die, wait and meet ------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_task_that_dies_half_way_is_run_again_and_doubles_nothing(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(picture(FRONT), picture(BACK)) as server:
        opened(server)
        arrival = tell([server.url("/1.png"), server.url("/2.png")])
        with at(0) as now:
            tasks.give_servers_turns(now=now)
            job = Job.objects.get(kind=turns.JOB_KIND)
            monkeypatch.setattr(turns, "settle", _die_at_second(settling.settle))
            jobs.run_job(job.pk)
            job.refresh_from_db()
            assert (job.status, job.attempts) == (JobStatus.WAITING, 1)
            monkeypatch.setattr(turns, "settle", settling.settle)
        # The picture that was in hand is claimed for three minutes; what it had brought is known by then.
        with at(200):
            jobs.run_job(job.pk)
            jobs.run_job(job.pk)

    arrival.refresh_from_db()
    assert arrival.status == ArrivalStatus.ARRIVED
    assert ListingVersion.objects.count() == 1
    assert PictureFetch.objects.count() == len(server.heads) == 2
    assert Job.objects.filter(kind="listings.screen").count() == 1


@pytest.mark.django_db
def test_a_picture_whose_task_vanished_is_taken_alone(opened: Opened) -> None:
    with serving(picture()) as server:
        opened(server)
        tell([server.url(f"/{number}.png") for number in range(4)])
        ExpectedPicture.objects.filter(position__in=[1, 2]).update(tries=1)
        row = PictureServer.objects.get()
        rounds = []
        for _ in range(3):
            turns._work(row, rules=current("listings"), now=after(1))
            rounds.append(ExpectedPicture.objects.filter(status="kept").count())

    assert rounds == [1, 2, 4]


@pytest.mark.django_db
def test_a_task_that_stood_in_a_long_queue_still_works_and_its_double_does_nothing(opened: Opened) -> None:
    with serving(picture()) as server:
        opened(server)
        arrival = tell([server.url("/1.png")])
        tasks.give_servers_turns(now=NOW)
        assert tasks.give_servers_turns(now=after(599)) == 0
        assert tasks.give_servers_turns(now=after(600)) == 1
        first, second = Job.objects.filter(kind=turns.JOB_KIND).order_by("pk")
        with at(601):
            # The second is the one with the lease; the first finds it held.
            assert tasks.fetch_pictures(first.payload) == {"pictures": 0}
            assert tasks.fetch_pictures(second.payload) == {"pictures": 1}
            assert tasks.fetch_pictures(first.payload) == {"pictures": 0}

    arrival.refresh_from_db()
    assert arrival.status == ArrivalStatus.ARRIVED


@pytest.mark.django_db
def test_servers_take_turns_and_only_so_many_are_worked_for_at_once(settings: Any) -> None:
    settings.FETCH_TASKS = 2
    for name in "abcd":
        tell([f"http://{name}.example/{number}.png" for number in range(9)], record=a_record(name))

    assert tasks.give_servers_turns(now=NOW) == 2
    assert tasks.give_servers_turns(now=after(1)) == 0
    PictureServer.objects.filter(name="a.example:80").update(lease_until=None)
    assert tasks.give_servers_turns(now=after(2)) == 1

    held = PictureServer.objects.taken(after(2)).values_list("name", flat=True)
    assert sorted(held) == ["b.example:80", "c.example:80"]


@pytest.mark.django_db
def test_made_up_hosts_take_no_more_than_half_of_the_turns(settings: Any) -> None:
    settings.FETCH_TASKS = 1
    for number in range(6):
        tell([f"http://made-up-{number}.example/1.png"], record=a_record(f"A-{number}"))
    for name in ("b", "c"):
        tell([f"http://{name}.example/{number}.png" for number in range(9)], record=a_record(name))
    PictureServer.objects.filter(name__in=["b.example:80", "c.example:80"]).update(answered_at=NOW)

    turns_of = []
    for second in range(6):
        assert tasks.give_servers_turns(now=after(second)) == 1
        turns_of.append(PictureServer.objects.taken(after(second)).get().name.removesuffix(".example:80"))
        PictureServer.objects.update(lease_until=None)

    assert turns_of == ["b", "made-up-0", "c", "made-up-1", "b", "made-up-2"]


@pytest.mark.django_db
def test_a_turn_ends_when_its_time_is_up_and_leaves_the_rest(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "TURN_SECONDS", 0)
    with serving(picture()) as server:
        opened(server)
        tell([server.url(f"/{number}.png") for number in range(9)])
        for second in range(3):
            run_round(second)
            assert PictureFetch.objects.count() == min(9, 4 * (second + 1))

    assert Arrival.objects.get().status == ArrivalStatus.ARRIVED


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_that_settle_the_last_pictures_at_one_moment_one_brings_the_listing_in(opened: Opened) -> None:
    with serving(by_path({"/1.png": picture(FRONT), "/2.png": picture(BACK)})) as server:
        opened(server)
        for number in range(8):
            tell([server.url("/1.png"), server.url("/2.png")], record=a_record(f"A-{number}"))
        fetches = [fetch_now(server.url(path)) for path in ("/1.png", "/2.png")]

    def settle_all(position: int) -> None:
        for waiting in ExpectedPicture.objects.filter(position=position).order_by("pk"):
            settling.keep(waiting, fetches[position], now=NOW)

    assert together(lambda: settle_all(0), lambda: settle_all(1)) == [None, None]

    assert Arrival.objects.filter(status=ArrivalStatus.ARRIVED).count() == ListingVersion.objects.count() == 8
    assert Job.objects.filter(kind="listings.screen").count() == 8


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_listing_told_anew_while_it_comes_in_ends_as_the_newest_says(opened: Opened) -> None:
    """Ten times over: the last picture of the old arrival is settled in the moment in which the new one is told."""
    with serving(picture()) as server:
        opened(server)
        fetch = fetch_now(server.url("/1.png"))
        for number in range(10):
            old = tell([server.url(f"/{number}/old.png")], record=a_record(f"A-{number}", title="옛 제목"))
            waiting = old.pictures.get()
            record = a_record(f"A-{number}", title="새 제목")
            results = together(
                partial(settling.keep, waiting, fetch, now=after(2)),
                partial(tell, [server.url("/1.png")], record=record, now=after(1)),
            )
            assert [result for result in results if isinstance(result, Exception)] == []

    assert Arrival.objects.waiting().count() == 0
    titles = Listing.objects.values_list("current_version__title", flat=True)
    assert list(titles) == ["새 제목"] * 10


def _import(title: str, *, seconds: float, seller: str = "S-1") -> None:
    marketplace = the_marketplace()
    row, _ = Seller.objects.get_or_create(
        marketplace=marketplace, external_id=seller, defaults={"shop_name": "다른 가게"}
    )
    upsert_listing(
        a_record(title=title), marketplace=marketplace, seller=row, images=[], actor=None, now=after(seconds)
    )


def _die_at_second(settle: Any) -> Any:
    calls = []

    def settle_or_die(*args: Any, **named: Any) -> None:
        calls.append(args)
        if len(calls) == 2:
            raise MemoryError("killed")
        settle(*args, **named)

    return settle_or_die
