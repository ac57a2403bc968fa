"""A listing told with addresses becomes a version with its pictures: fetched, kept, tried again, done without."""

import socket
from collections.abc import Callable
from typing import Any

import pytest

from core.evidence.services import open_original
from core.models import EvidenceFile, Job, JournalEntry
from core.tests.hostile import pdf, png_bomb
from core.tests.running import NOW, after
from core.tests.servers import Server, answer, serving, sinking, stub_names
from listings import tasks
from listings.arrivals import arrival_state
from listings.choices import ArrivalStatus, FetchOutcome
from listings.models import (
    Arrival,
    ExpectedPicture,
    Listing,
    ListingVersion,
    MissingImage,
    PictureFetch,
    PictureServer,
)
from listings.tests.arrival_rows import CLIENT, a_record, tell
from listings.tests.fetched import BACK, FRONT, by_path, picture, run_round, sha256

Opened = Callable[..., None]

# -- the way in -------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_listing_comes_in_with_its_pictures_in_their_order(opened: Opened) -> None:
    with serving(by_path({"/1.png": picture(FRONT, etag='"f"'), "/2.png": picture(BACK)})) as server:
        opened(server)
        arrival = tell([server.url("/2.png"), server.url("/1.png"), server.url("/2.png")])
        run_round(5)

    arrival.refresh_from_db()
    version = arrival.version
    assert arrival.status == ArrivalStatus.ARRIVED and version is not None
    images = list(version.images.select_related("file", "fetch").order_by("position"))
    assert [(image.position, image.name, image.file.sha256) for image in images] == [
        (0, "2.png", sha256(BACK)),
        (1, "1.png", sha256(FRONT)),
        (2, "2.png", sha256(BACK)),
    ]
    assert version.listing.current_version == version
    assert (version.captured_at, version.listing.last_seen_at) == (after(5), NOW)
    with open_original(images[1].file) as original:
        assert original.read() == FRONT
    assert Job.objects.get(kind="listings.screen").payload == {"versions": [version.pk]}
    assert sorted(head.split()[1] for head in server.heads) == ["/1.png", "/2.png"]


@pytest.mark.django_db
def test_a_fetch_is_kept_as_evidence_with_its_way_and_its_head(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    stub_names(monkeypatch, {"cdn.example": [["127.0.0.1"]]})
    lead = answer(status="302 Found", headers={"location": "/there.png"})
    with serving(lead, picture(FRONT, etag='"f"')) as server:
        opened(server)
        address = server.url("/here.png", host="cdn.example")
        arrival = tell([address])
        run_round(5)

    fetch = PictureFetch.objects.get()
    there = server.url("/there.png", host="cdn.example")
    assert (fetch.address, fetch.final_address, fetch.outcome, fetch.http_status) == (address, there, "fetched", 200)
    assert fetch.hops == [
        {"address": address, "resolved": ["127.0.0.1"], "used": "127.0.0.1", "status": 302},
        {"address": there, "resolved": ["127.0.0.1"], "used": "127.0.0.1", "status": 200},
    ]
    assert (fetch.headers["etag"], fetch.headers["content-type"]) == ('"f"', "image/png")
    assert (fetch.body_sha256, fetch.body_size, fetch.fetched_at) == (sha256(FRONT), len(FRONT), after(5))
    assert fetch.file == EvidenceFile.objects.get(sha256=sha256(FRONT))
    arrival.refresh_from_db()
    assert arrival.version is not None and arrival.version.images.get().fetch == fetch
    entry = JournalEntry.objects.get(verb="listings.arrival.arrived")
    assert (entry.actor_kind, entry.actor_ref) == (CLIENT.kind, CLIENT.ref)
    assert entry.detail.body["pictures"][0]["sha256"] == sha256(FRONT)


@pytest.mark.django_db
def test_two_listings_that_name_one_address_share_one_fetch(opened: Opened) -> None:
    with serving(picture()) as server:
        opened(server)
        one = tell([server.url("/1.png")])
        other = tell([server.url("/1.png")], record=a_record("B-1"))
        run_round()
        third = tell([server.url("/1.png")], record=a_record("C-1"), now=after(60))

    assert len(server.heads) == PictureFetch.objects.count() == 1
    for arrival in (one, other, third):
        arrival.refresh_from_db()
        assert arrival.status == ArrivalStatus.ARRIVED


@pytest.mark.django_db
def test_what_is_no_longer_fresh_is_asked_for_by_what_it_was_known_by(opened: Opened) -> None:
    unchanged = answer(status="304 Not Modified", length=False)
    with serving(picture(FRONT, etag='"f"'), unchanged, picture(BACK)) as server:
        opened(server)
        tell([server.url("/1.png")])
        run_round()
        again = tell([server.url("/1.png")], record=a_record(title="새 제목"), now=after(7_200))
        run_round(7_200)
        later = 8 * 86_400
        anew = tell([server.url("/1.png")], record=a_record(title="더 새 제목"), now=after(later))
        run_round(later)

    first, second, third = PictureFetch.objects.order_by("id")
    assert [fetch.outcome for fetch in (first, second, third)] == [
        FetchOutcome.FETCHED,
        FetchOutcome.UNCHANGED,
        FetchOutcome.FETCHED,
    ]
    assert (second.earlier, second.file, second.http_status) == (first, first.file, 304)
    # What was brought longer than a week ago is fetched whole, whatever the server would say of it.
    assert [server.header("if-none-match", request=number) for number in range(3)] == ["", '"f"', ""]
    for arrival, fetch, digest in ((again, second, sha256(FRONT)), (anew, third, sha256(BACK))):
        arrival.refresh_from_db()
        assert arrival.version is not None
        image = arrival.version.images.get()
        assert (image.fetch, image.file.sha256) == (fetch, digest)


@pytest.mark.django_db
def test_a_listing_told_again_with_its_known_pictures_is_no_new_version(opened: Opened) -> None:
    with serving(picture()) as server:
        opened(server)
        tell([server.url("/1.png")])
        run_round()
        again = tell([server.url("/1.png")], now=after(60))

    assert again.status == ArrivalStatus.ARRIVED
    assert ListingVersion.objects.count() == 1
    assert JournalEntry.objects.filter(verb="listings.arrival.arrived").count() == 1
    assert Job.objects.filter(kind="listings.screen").count() == 1
    assert Listing.objects.get().last_seen_at == after(60)


# -- what is no picture -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "code", "why"),
    [
        (b"<!doctype html><p>login", "disguised", "웹 문서(HTML)"),
        (FRONT[: len(FRONT) // 2], "damaged", "잘렸거나 깨져"),
        (png_bomb(20_000, 20_000), "too_many_pixels", "화소"),
        (pdf(), "not_a_picture", "문서(PDF)"),
    ],
)
def test_a_listing_comes_in_without_what_is_no_picture_and_says_so(
    body: bytes, code: str, why: str, opened: Opened
) -> None:
    with serving(by_path({"/1.png": picture(FRONT), "/2.png": picture(body)})) as server:
        opened(server)
        arrival = tell([server.url("/1.png"), server.url("/2.png")])
        run_round()

    arrival.refresh_from_db()
    version = arrival.version
    assert version is not None
    assert [image.position for image in version.images.all()] == [0]
    missing = MissingImage.objects.get(version=version)
    assert (missing.position, missing.address, missing.code) == (1, server.url("/2.png"), code)
    assert why in missing.reason
    fetch = missing.fetch
    assert fetch is not None
    assert (fetch.outcome, fetch.file, fetch.http_status) == (FetchOutcome.REFUSED, None, 200)
    assert (fetch.body_sha256, fetch.body_size) == (sha256(body), len(body))
    assert EvidenceFile.objects.count() == 1
    assert arrival_state(arrival)["missing"] == [
        {"position": 1, "address": server.url("/2.png"), "code": code, "reason": missing.reason}
    ]
    assert Job.objects.filter(kind="listings.screen").count() == 1


@pytest.mark.django_db
def test_content_with_a_gap_is_other_content_than_without_the_picture(opened: Opened) -> None:
    with serving(by_path({"/1.png": picture(FRONT), "/2.png": answer(status="410 Gone"), "/3.png": picture(BACK)})) as (
        server
    ):
        opened(server)
        seen = []
        for number, names in enumerate((["1"], ["1", "2"], ["2", "1"], ["1", "2"], ["1", "3"])):
            arrival = tell([server.url(f"/{name}.png") for name in names], now=after(number))
            run_round(number)
            arrival.refresh_from_db()
            assert arrival.version is not None
            seen.append(arrival.version.number)

    assert seen == [1, 2, 3, 2, 4]


@pytest.mark.django_db
@pytest.mark.parametrize("answers", [["127.0.0.1"], ["10.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::ffff:127.0.0.1"]])
def test_a_name_that_stands_for_the_house_is_done_without_and_nobody_is_connected_to(
    answers: list[str], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub_names(monkeypatch, {"cdn.example": [answers]})
    with sinking() as sink:
        settings.FETCH_ALLOWED_PORTS = frozenset({sink.port})
        arrival = tell([f"http://cdn.example:{sink.port}/1.png"])
        run_round()

    arrival.refresh_from_db()
    assert (arrival.status, MissingImage.objects.get().code) == (ArrivalStatus.ARRIVED, "private_address")
    assert not set(answers) & set(MissingImage.objects.get().reason.split())
    fetch = PictureFetch.objects.get()
    assert (fetch.outcome, fetch.hops[0]["used"]) == (FetchOutcome.REFUSED, "")
    assert sink.connections == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("location", "code"),
    [("http://10.0.0.1/1.png", "private_address"), ("file:///etc/passwd", "bad_address")],
)
def test_a_redirect_into_the_house_is_done_without_at_once(location: str, code: str, opened: Opened) -> None:
    with serving(answer(status="302 Found", headers={"location": location})) as server:
        opened(server)
        arrival = tell([server.url("/1.png")])
        run_round()

    arrival.refresh_from_db()
    assert (arrival.status, MissingImage.objects.get().code) == (ArrivalStatus.ARRIVED, code)
    assert PictureFetch.objects.get().outcome == FetchOutcome.REFUSED


# -- trying again -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_picture_is_tried_again_by_the_ladder_and_then_done_without(opened: Opened) -> None:
    with serving(by_path({"/1.png": picture(), "/2.png": answer(status="500 Oh")})) as server:
        opened(server)
        arrival = tell([server.url("/1.png"), server.url("/2.png")])
        tried = []
        for second in (0, 9, 10, 69, 70, 369, 370, 1_269, 1_270):
            run_round(second)
            tried.append(PictureFetch.objects.filter(http_status=500).count())

    assert tried == [1, 1, 2, 2, 3, 3, 4, 4, 5]
    arrival.refresh_from_db()
    assert (arrival.status, arrival.settled_at) == (ArrivalStatus.ARRIVED, after(1_270))
    missing = MissingImage.objects.get()
    assert (missing.code, missing.fetch) == ("http_status", PictureFetch.objects.latest("pk"))
    assert "500번" in missing.reason


@pytest.mark.django_db
@pytest.mark.parametrize(("status", "tries"), [("404 Not Found", 2), ("410 Gone", 1), ("403 Forbidden", 1)])
def test_what_is_not_there_is_not_waited_for_long(status: str, tries: int, opened: Opened) -> None:
    with serving(answer(status=status)) as server:
        opened(server)
        arrival = tell([server.url("/1.png")])
        run_round(0)
        run_round(10)

    arrival.refresh_from_db()
    assert (arrival.status, PictureFetch.objects.count()) == (ArrivalStatus.ARRIVED, tries)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "asked", "waits"),
    [("429 Slow down", "120", 120), ("503 Later", "5", 10), ("503 Later", "86400", 900), ("500 Oh", "120", 120)],
)
def test_a_server_that_asks_for_time_is_given_it(status: str, asked: str, waits: int, opened: Opened) -> None:
    with serving(answer(status=status, headers={"retry-after": asked}), picture()) as server:
        opened(server)
        arrival = tell([server.url("/1.png")])
        run_round(0)
        run_round(waits - 1)
        arrival.refresh_from_db()
        assert (arrival.status, len(server.heads)) == (ArrivalStatus.WAITING, 1)
        run_round(waits)

    arrival.refresh_from_db()
    assert (arrival.status, MissingImage.objects.count()) == (ArrivalStatus.ARRIVED, 0)


@pytest.mark.django_db
def test_a_server_that_is_not_there_is_paused_for_all_its_pictures(opened: Opened) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        server = Server(closed.getsockname()[1])
    opened(server)
    for number in range(9):
        tell([server.url(f"/{number}.png")], record=a_record(f"A-{number}"))
    run_round(0)

    assert _health() == (1, NOW, after(10))
    assert PictureFetch.objects.count() == 4
    run_round(9)
    assert PictureFetch.objects.count() == 4
    run_round(10)
    assert PictureFetch.objects.count() == 5
    assert _health() == (2, NOW, after(70))


@pytest.mark.django_db
def test_a_server_that_stays_away_is_not_waited_for_and_is_known_when_it_is_back(opened: Opened) -> None:
    with serving(picture()) as server:
        opened(server)
        late = [tell([server.url(f"/{number}.png")], record=a_record(f"A-{number}")) for number in range(3)]
        gone = PictureServer.objects.get()
        gone.failures, gone.failing_since, gone.paused_until = 9, NOW, after(3_600)
        gone.last_problem = "서버에 연결하지 못했습니다."
        gone.save()
        run_round(1_800)
        assert Arrival.objects.waiting().count() == 3
        run_round(1_801)
        assert (Arrival.objects.waiting().count(), len(server.heads)) == (0, 0)
        back = tell([server.url("/9.png")], record=a_record("B-1"), now=after(3_600))
        run_round(3_600)

    missing = MissingImage.objects.filter(version__arrivals__in=late)
    assert set(missing.values_list("code", flat=True)) == {"server_gone"}
    assert "2026년 11월 23일(월) 14:30부터 답하지 않아" in missing[0].reason
    back.refresh_from_db()
    assert (back.status, _health()) == (ArrivalStatus.ARRIVED, (0, None, None))


@pytest.mark.django_db
def test_one_bad_address_does_not_pause_a_server_that_is_well(opened: Opened) -> None:
    def hang_up(connection: socket.socket, _: bytes) -> None:
        connection.sendall(b"\0\1\2")

    with serving(by_path({"/1.png": picture(), "/2.png": hang_up})) as server:
        opened(server)
        tell([server.url("/1.png"), server.url("/2.png")])
        run_round()

    assert _health() == (0, None, None)


@pytest.mark.django_db
def test_what_has_waited_too_long_comes_in_as_it_is(opened: Opened) -> None:
    arrival = tell(["http://cdn.market.example/1.png"])
    day = 24 * 3_600

    assert tasks.let_overdue_go(now=after(day)) == 0
    assert tasks.let_overdue_go(now=after(day + 1)) == 1

    arrival.refresh_from_db()
    assert (arrival.status, MissingImage.objects.get().code) == (ArrivalStatus.ARRIVED, "not_in_time")


@pytest.mark.django_db
def test_a_picture_that_kills_its_worker_stops_at_its_limit(opened: Opened) -> None:
    arrival = tell(["http://cdn.market.example/1.png"])
    ExpectedPicture.objects.update(tries=5)

    run_round()

    arrival.refresh_from_db()
    assert (arrival.status, MissingImage.objects.get().code) == (ArrivalStatus.ARRIVED, "unprocessable")


def _health() -> tuple[object, ...]:
    """How the only server is: failures one after the other, since when, and until when it is left alone."""
    return PictureServer.objects.values_list("failures", "failing_since", "paused_until").get()
