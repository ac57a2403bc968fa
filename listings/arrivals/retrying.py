"""Having an arrival tried again, by a person who knows that it may work now."""

from datetime import datetime

from django.db import transaction

from core.actors import Actor
from core.errors import Conflict
from core.journal import record as journal
from listings.arrivals.bringing import bring_in
from listings.arrivals.expecting import expect_pictures, insert_arrival, read_pictures
from listings.arrivals.told import from_json
from listings.choices import ArrivalStatus
from listings.models import Arrival, ExpectedPicture, PictureServer
from listings.records import KeptImage


@transaction.atomic
def retry_arrival(arrival: Arrival, *, actor: Actor | None, now: datetime) -> Arrival:
    """Try again what waits, what came in without a picture, and what could not come in. Returns the arrival that waits
    now. Journals ``listings.arrival.retried``.

    What has settled stays as it is, because versions rest on it: a new arrival of the same record tries anew. Raises
    ``Conflict`` where the listing was told anew since, and where nothing is missing.
    """
    arrival.refresh_from_db()
    journal("listings.arrival.retried", actor=actor, subject=arrival, details={"listing": arrival.external_id})
    if arrival.status == ArrivalStatus.WAITING:
        return _hurry(arrival, now=now)
    _refuse_what_is_done(arrival)
    again = insert_arrival(
        from_json(arrival.record), seller=arrival.seller, actor=actor, now=now, retry_of=arrival.retry_of or arrival
    )
    if again is None:
        raise _told_anew(arrival)
    pictures = [_wanted(picture) for picture in arrival.pictures.select_related("file", "fetch").order_by("position")]
    expect_pictures(again, pictures, read_pictures(pictures), now=now)
    return bring_in(again.pk, now=now)


def _hurry(arrival: Arrival, *, now: datetime) -> Arrival:
    waiting = arrival.pictures.waiting()
    PictureServer.objects.filter(pk__in=waiting.values("server")).update(paused_until=None)
    waiting.update(not_before=now)
    return arrival


def _wanted(picture: ExpectedPicture) -> str | KeptImage:
    """An address anew; a file that was handed in as the file that it is."""
    if picture.file is not None and not picture.address:
        return KeptImage(picture.file, name=picture.name, fetch=picture.fetch)
    return picture.address


def _refuse_what_is_done(arrival: Arrival) -> None:
    newer = Arrival.objects.of_listing(arrival.marketplace, arrival.external_id).filter(pk__gt=arrival.pk)
    if arrival.status == ArrivalStatus.SUPERSEDED or newer.exists():
        raise _told_anew(arrival)
    if arrival.status == ArrivalStatus.ARRIVED and not arrival.pictures.missing().exists():
        raise Conflict(
            f"상품 “{arrival.external_id}”의 사진을 다시 받지 않았습니다.",
            "사진이 모두 들어온 접수입니다.",
            "하실 일은 없습니다.",
        )


def _told_anew(arrival: Arrival) -> Conflict:
    return Conflict(
        f"상품 “{arrival.external_id}”의 접수를 다시 시도하지 않았습니다.",
        "같은 상품의 더 새로운 자료가 있습니다.",
        "목록에서 가장 새로운 접수를 골라 주세요.",
    )
