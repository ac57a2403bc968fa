"""Bringing a listing in once its pictures are there, or cannot be had."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import DataError, IntegrityError, transaction

from core.actors import Actor
from core.changes import Change
from core.errors import DomainError
from core.jobs import enqueue
from core.journal import record as journal
from listings.arrivals.told import from_json
from listings.choices import ArrivalStatus, PictureStatus
from listings.models import Arrival, ExpectedPicture, ListingVersion
from listings.records import KeptImage, LostImage
from listings.screening.queue import JOB_KIND
from listings.services import NewerKnown, UpsertResult, upsert_listing

logger = logging.getLogger(__name__)

#: One listing's fault, not the machine's: it is given up, or it would hold up every other of its server for ever.
_ITS_OWN_FAULTS: Final = (DataError, IntegrityError, TypeError, ValueError, LookupError)


@transaction.atomic
def bring_in(arrival_id: int, *, now: datetime) -> Arrival:
    """Bring the listing in if nothing of it is waited for any more; otherwise leave it as it is. Safe to call twice.

    It comes in with the pictures that could be had, and its version names those that could not. Screening is asked for
    in the same transaction. Where the listing was told anew meanwhile this arrival is superseded; where it cannot come
    in at all it is given up with the reason. Journals ``listings.arrival.arrived``, where it changed anything, or
    ``listings.arrival.given_up``.
    """
    # The row is the lock: who supersedes the arrival waits until it has come in, or has it first.
    arrival = Arrival.objects.select_for_update().get(pk=arrival_id)
    if arrival.status != ArrivalStatus.WAITING or arrival.pictures.waiting().exists():
        return arrival
    pictures = list(arrival.pictures.select_related("file", "fetch").order_by("position"))
    try:
        with transaction.atomic():
            result = _upsert(arrival, pictures, now=now)
    except NewerKnown:
        _settle(arrival, ArrivalStatus.SUPERSEDED, now=now)
    except DomainError as refusal:
        _give_up(arrival, refusal.code, str(refusal), now=now)
    except _ITS_OWN_FAULTS:
        logger.exception("arrival %s cannot be brought in", arrival.pk)
        _give_up(arrival, "unstorable", "저장할 수 없는 값이 있습니다. 운영 담당자에게 알려 주세요.", now=now)
    else:
        _arrive(arrival, result, pictures, now=now)
    return arrival


def actor_of(arrival: Arrival) -> Actor:
    """Whoever told the listing is who brings it in."""
    return Actor(arrival.actor_kind, arrival.actor_ref, arrival.actor_label, arrival.on_behalf_of)


def _upsert(arrival: Arrival, pictures: Sequence[ExpectedPicture], *, now: datetime) -> UpsertResult:
    return upsert_listing(
        from_json(arrival.record),
        marketplace=arrival.marketplace,
        seller=arrival.seller,
        images=[_image(picture) for picture in pictures],
        actor=actor_of(arrival),
        now=now,
        seen_at=arrival.told_at,
    )


def _image(picture: ExpectedPicture) -> KeptImage | LostImage:
    if picture.file is not None:
        return KeptImage(picture.file, name=picture.name, fetch=picture.fetch)
    return LostImage(picture.address, code=picture.code, reason=picture.reason, fetch=picture.fetch)


def _arrive(arrival: Arrival, result: UpsertResult, pictures: Sequence[ExpectedPicture], *, now: datetime) -> None:
    _settle(arrival, ArrivalStatus.ARRIVED, now=now, version=result.version)
    if result.change is not Change.UNCHANGED:
        details = {
            "listing": arrival.external_id,
            "number": result.version.number,
            "pictures": [_provenance(picture) for picture in pictures],
        }
        journal("listings.arrival.arrived", actor=actor_of(arrival), subject=arrival, details=details)
    if result.shows_other_content:
        enqueue(JOB_KIND, key=f"arrival:{arrival.pk}", payload={"versions": [result.version.pk]})


def _provenance(picture: ExpectedPicture) -> dict[str, object]:
    """From where a picture came, for the seal over the journal: the rows of fetches are not sealed themselves."""
    fetch = picture.fetch
    return {
        "sha256": picture.file.sha256 if picture.file is not None else "",
        "address_digest": picture.address_digest,
        "fetched_at": None if fetch is None else fetch.fetched_at,
        "problem": picture.code if picture.status == PictureStatus.MISSING else "",
    }


def _give_up(arrival: Arrival, code: str, reason: str, *, now: datetime) -> None:
    arrival.code, arrival.reason = code, reason
    _settle(arrival, ArrivalStatus.GIVEN_UP, now=now)
    details = {"listing": arrival.external_id, "code": code}
    journal("listings.arrival.given_up", actor=actor_of(arrival), subject=arrival, details=details)


def _settle(arrival: Arrival, status: ArrivalStatus, *, now: datetime, version: ListingVersion | None = None) -> None:
    arrival.status, arrival.settled_at, arrival.version = status, now, version
    facts = {"settled_at": now, "version": version, "code": arrival.code, "reason": arrival.reason}
    if Arrival.objects.may_become(status).filter(pk=arrival.pk).update(status=status, **facts) != 1:
        raise RuntimeError(f"arrival {arrival.pk} was settled by somebody else while its row was held")
