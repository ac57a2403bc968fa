"""Screening: what becomes a match, what stays decided, and what costs nothing."""

from datetime import timedelta
from threading import Thread
from typing import Any
from unittest import mock

import pytest
from django.db import connection, connections
from django.utils import timezone

import matching
from brands.models import Brand
from brands.tests.factories import make_reference_image
from core.models import Job
from core.rule_values import today
from listings import engine
from listings.choices import MatchStatus
from listings.matches import decide, remember_rejection
from listings.models import Listing, Match, PictureFingerprint, ScreeningRun
from listings.screening import enqueue_pending, screen_versions
from listings.screening.store import REJECTED_ELSEWHERE
from listings.tasks import screen_chunk
from listings.tests.copies import copy_of, make_copied_brand, original, shown
from listings.tests.factories import make_listing, make_version
from sellers.choices import AuthorisationStatus
from sellers.models import Authorisation
from sellers.tests.factories import make_seller

pytestmark = pytest.mark.django_db


@pytest.fixture
def brand() -> Brand:
    return make_copied_brand()


def screened(listing: Listing, **options: Any) -> Match | None:
    screen_versions([shown(listing).pk], **options)
    return Match.objects.filter(version=shown(listing)).first()


def test_an_altered_copy_of_a_reference_waits_for_a_moderator(brand: Brand) -> None:
    listing = make_listing("가을 신상 크림", images=[copy_of()])

    match = screened(listing)

    assert match is not None
    assert (match.brand, match.status) == (brand, MatchStatus.OPEN)
    assert list(Match.objects.awaiting_review()) == [match]
    signal = next(each for each in match.signals if each["kind"] == "image")
    assert signal["reference"] == brand.reference_images.get().external_id
    assert signal["reference_id"] == brand.reference_images.get().pk
    assert signal["image_id"] == shown(listing).images.get().pk
    assert signal["transform"]["mirrored"] is True
    assert signal["why"]


def test_a_picture_of_something_else_and_a_plain_name_pass(brand: Brand) -> None:
    listing = make_listing("누벨하니 정품 크림", images=[original(99)])

    screen_versions([shown(listing).pk])

    assert ScreeningRun.objects.get().verdict == "pass"
    assert not Match.objects.awaiting_review().exists()


def test_a_disguised_name_is_found_where_it_stands(brand: Brand) -> None:
    title = "명품 누.벨.하.니 수분 크림"

    match = screened(make_listing(title))

    assert match is not None
    signal = next(each for each in match.signals if each["kind"] == "text")
    assert signal["name"] == "누벨하니"
    assert title[signal["start"] : signal["end"]] == signal["found"] == "누.벨.하.니"
    assert signal["disguises"]


def test_an_authorised_seller_is_no_suspicion(brand: Brand) -> None:
    seller = make_seller()
    row = Authorisation.objects.create(
        marketplace=seller.marketplace,
        seller_external_id=seller.external_id,
        seller=seller,
        brand=brand,
        starts_on=today() - timedelta(days=1),
        status=AuthorisationStatus.CONFIRMED,
    )
    listing = make_listing("누벨하니 크림", seller=seller, images=[copy_of()])

    assert screened(listing) is None

    Authorisation.objects.filter(pk=row.pk).update(ends_on=today() - timedelta(days=1))
    assert screened(listing, again=True) is not None


def test_an_authorisation_for_some_goods_covers_no_others(brand: Brand) -> None:
    seller = make_seller()
    Authorisation.objects.create(
        marketplace=seller.marketplace,
        seller_external_id=seller.external_id,
        seller=seller,
        brand=brand,
        goods="향수",
        starts_on=today(),
        status=AuthorisationStatus.CONFIRMED,
    )

    assert screened(make_listing("누벨하니 크림", seller=seller, images=[copy_of()])) is not None
    assert screened(make_listing("누벨하니 향수", seller=seller, images=[copy_of()])) is None


def test_the_second_screening_of_one_content_is_no_work(brand: Brand) -> None:
    listing = make_listing(images=[copy_of()])
    screen_versions([shown(listing).pk])

    assert screen_versions([shown(listing).pk]) == []
    assert screen_chunk({"versions": [shown(listing).pk]}) == {"screened": 0, "review": 0, "stop": 0}
    assert (ScreeningRun.objects.count(), Match.objects.count()) == (1, 1)


def test_a_dry_run_writes_nothing(brand: Brand) -> None:
    listing = make_listing(images=[copy_of()])
    engine.current_engine()
    before = PictureFingerprint.objects.count()

    outcomes = screen_versions([shown(listing).pk], dry_run=True)

    assert outcomes[0].matches[0].brand == brand.external_id
    assert (ScreeningRun.objects.count(), Match.objects.count()) == (0, 0)
    assert PictureFingerprint.objects.count() == before


def reject(match: Match) -> None:
    decide(match, to=MatchStatus.REJECTED, actor=None, now=timezone.now())
    remember_rejection(match, actor=None)


def test_a_rejected_match_does_not_come_back_for_the_same_content(brand: Brand) -> None:
    listing = make_listing("누.벨.하.니 크림", images=[copy_of()])
    match = screened(listing)
    assert match is not None
    reject(match)

    screen_versions([shown(listing).pk], again=True)

    match.refresh_from_db()
    assert match.status == MatchStatus.REJECTED
    assert not Match.objects.awaiting_review().exists()


def test_the_same_content_at_another_price_stays_rejected(brand: Brand) -> None:
    listing = make_listing("누.벨.하.니 크림", images=[copy_of()])
    match = screened(listing)
    assert match is not None
    reject(match)
    make_version(listing, "누.벨.하.니 크림", images=[copy_of()], price_minor=1)

    screen_versions([shown(listing).pk])

    assert not Match.objects.awaiting_review().exists()


def test_changed_content_is_looked_at_anew(brand: Brand) -> None:
    listing = make_listing("누.벨.하.니 크림", images=[copy_of()])
    match = screened(listing)
    assert match is not None
    reject(match)
    make_version(listing, "누*벨*하*니 크림", images=[copy_of()])

    screen_versions([shown(listing).pk])

    again = Match.objects.awaiting_review().get()
    assert again.version == shown(listing)
    kinds = {signal["kind"] for signal in again.signals if not signal.get("is_rejected")}
    assert kinds == {"text"}


def test_another_sellers_copy_is_shown_anew_with_a_note(brand: Brand) -> None:
    match = screened(make_listing(images=[copy_of()]))
    assert match is not None
    reject(match)

    other = screened(make_listing(images=[copy_of()]))

    assert other is not None
    assert (other.status, other.note) == (MatchStatus.OPEN, REJECTED_ELSEWHERE)


def test_the_match_of_a_listing_that_changed_is_outdated(brand: Brand) -> None:
    listing = make_listing(images=[copy_of()])
    match = screened(listing)
    assert match is not None
    make_version(listing, "다른 상품", images=[])

    screen_versions([shown(listing).pk])

    match.refresh_from_db()
    assert match.status == MatchStatus.OUTDATED


def test_what_the_brand_took_away_is_not_found_any_more(brand: Brand) -> None:
    listing = make_listing(images=[copy_of()])
    match = screened(listing)
    assert match is not None
    image = brand.reference_images.get()
    image.is_active = False
    image.save()

    screen_versions([shown(listing).pk])

    match.refresh_from_db()
    assert match.status == MatchStatus.OUTDATED


def test_a_reference_that_came_after_the_index_is_found_without_a_new_one(brand: Brand) -> None:
    engine.current_engine()
    late = make_reference_image(brand, file=original(55))
    listing = make_listing(images=[copy_of(55)])

    with mock.patch("listings.engine.build_snapshot") as build:
        match = screened(listing)

    build.assert_not_called()
    assert match is not None
    assert match.signals[0]["reference_id"] == late.pk


def test_a_change_of_price_alone_does_not_run_the_engine_again(brand: Brand) -> None:
    listing = make_listing("누.벨.하.니 크림", images=[copy_of()])
    with mock.patch("listings.engine.screen", wraps=matching.screen) as runs:
        engine.forget_engine()
        screen_versions([shown(listing).pk])
        make_version(listing, "누.벨.하.니 크림", images=[copy_of()], price_minor=999)
        screen_versions([shown(listing).pk])

    assert runs.call_count == 1
    assert ScreeningRun.objects.count() == 2


def test_a_lost_index_is_downloaded_again(brand: Brand, settings: Any, tmp_path: Any) -> None:
    engine.current_engine()
    settings.INDEX_ROOT = tmp_path / "another-machine"
    engine.forget_engine()

    with mock.patch("listings.engine.build_snapshot") as build:
        match = screened(make_listing(images=[copy_of()]))

    build.assert_not_called()
    assert match is not None


def test_a_chunk_is_read_with_a_bounded_number_of_queries(brand: Brand) -> None:
    engine.current_engine()
    few = [shown(make_listing()).pk for _ in range(3)]
    many = [shown(make_listing()).pk for _ in range(30)]

    def reading(ids: list[int]) -> int:
        connection.queries_log.clear()
        screen_versions(ids, dry_run=True)
        return len(connection.queries)

    connection.force_debug_cursor = True
    try:
        assert reading(few) == reading(many)
    finally:
        connection.force_debug_cursor = False


def test_what_is_owed_a_look_becomes_jobs_once(brand: Brand) -> None:
    for _ in range(51):
        make_listing()

    assert enqueue_pending() == 2
    assert enqueue_pending() == 2
    assert sorted(len(job.payload["versions"]) for job in Job.objects.all()) == [1, 50]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_workers_on_one_chunk_write_one_match(brand: Brand) -> None:
    ids = [shown(make_listing(images=[copy_of()])).pk for _ in range(5)]
    engine.current_engine()
    failures: list[BaseException] = []

    def work() -> None:
        try:
            screen_versions(ids, again=True)
        except BaseException as problem:  # a thread's failure must reach the test
            failures.append(problem)
        finally:
            connections.close_all()

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert (ScreeningRun.objects.count(), Match.objects.count()) == (5, 5)
