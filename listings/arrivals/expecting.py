"""Taking in a listing whose pictures stand at addresses."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.models import Marketplace
from core.actors import Actor, or_system
from core.errors import DomainError
from core.fetching import FetchProblem, Reach, WebAddress, read_address
from core.rulesets import current
from listings.arrivals.bringing import bring_in
from listings.arrivals.known import digest_of, fresh_fetches, name_of
from listings.arrivals.told import to_json
from listings.choices import ArrivalStatus, PictureStatus
from listings.models import Arrival, ExpectedPicture, PictureFetch, PictureServer
from listings.records import KeptImage, ListingRecord
from listings.services import refuse_other_seller
from sellers.models import Seller
from sellers.records import SellerRecord
from sellers.services import upsert_seller

#: Of two that tell a listing at one moment, one waits for the other and then supersedes it; of three, once more.
_TRIES: Final = 5
_LABEL: Final = 200


class PictureRefused(DomainError):
    """One address of a listing cannot be fetched, whatever stands there; the listing was not taken in. ``code`` is that
    of ``core.fetching``, ``position`` counts from 0."""

    code = "bad_address"

    def __init__(self, position: int, problem: FetchProblem) -> None:
        what = f"사진 {position + 1}번의 {problem.what}"
        super().__init__(what, problem.why, problem.action, code=problem.code)
        self.position = position


class TooManyPictures(DomainError):
    """The listing has more pictures than are taken."""

    code = "too_many_pictures"


@transaction.atomic
def expect_listing(
    record: ListingRecord,
    *,
    seller_record: SellerRecord,
    pictures: Sequence[str | KeptImage],
    marketplace: Marketplace,
    actor: Actor | None,
    now: datetime,
) -> Arrival:
    """Take in a listing that comes with its pictures' addresses, in order; those kept already may stand among them.

    Its seller is brought in at once, the listing when all its pictures are there: now, where each is known from a
    moment ago, and otherwise as the worker gets them (``listings.tasks.fetch_pictures``). An arrival of the same
    listing that still waits is superseded. Raises ``PictureRefused``, ``TooManyPictures`` and ``SellerChanged``, and
    then nothing was written. Whoever calls it for many listings gives each a transaction of its own.
    """
    addresses = read_pictures(pictures)
    seller = upsert_seller(seller_record, marketplace=marketplace, actor=actor).seller
    refuse_other_seller(record, marketplace=marketplace, seller=seller)
    arrival = _supersede_and_insert(record, marketplace=marketplace, seller=seller, actor=actor, now=now)
    expect_pictures(arrival, pictures, addresses, now=now)
    return bring_in(arrival.pk, now=now)


def reach() -> Reach:
    """Where pictures may be fetched from, as the operator says."""
    return Reach(networks=settings.FETCH_ALLOWED_NETWORKS, ports=settings.FETCH_ALLOWED_PORTS)


def expect_pictures(
    arrival: Arrival,
    pictures: Sequence[str | KeptImage],
    addresses: Sequence[WebAddress | None],
    *,
    now: datetime,
) -> None:
    """Write down what the arrival waits for, and what of it is known already."""
    digests = [digest_of(picture) for picture in pictures if isinstance(picture, str)]
    known = fresh_fetches(digests, marketplace=arrival.marketplace, now=now)
    wanted = [
        address
        for picture, address in zip(pictures, addresses, strict=True)
        if isinstance(picture, str) and address is not None and digest_of(picture) not in known
    ]
    servers = _servers({address.server for address in wanted})
    rows = []
    for position, (picture, address) in enumerate(zip(pictures, addresses, strict=True)):
        row = ExpectedPicture(arrival=arrival, position=position, not_before=now)
        if isinstance(picture, KeptImage):
            _fill_kept(row, picture)
        else:
            _fill_address(row, picture, known.get(digest_of(picture)))
            row.server = servers.get(address.server) if address is not None else None
        rows.append(row)
    ExpectedPicture.objects.bulk_create(rows)


def read_pictures(pictures: Sequence[str | KeptImage]) -> list[WebAddress | None]:
    """Every address, read; ``None`` in the place of a picture that is kept already. Raises as ``expect_listing``."""
    most = current("listings").number("picture_most")
    if len(pictures) > most:
        raise TooManyPictures(
            f"사진이 너무 많습니다({len(pictures):,}장).",
            f"상품 하나에 사진을 {most:,}장까지 받습니다.",
            "사진을 줄여 다시 보내 주세요.",
        )
    reached = reach()
    found: list[WebAddress | None] = []
    for position, picture in enumerate(pictures):
        try:
            found.append(read_address(picture, reach=reached) if isinstance(picture, str) else None)
        except FetchProblem as problem:
            raise PictureRefused(position, problem) from problem
    return found


def _supersede_and_insert(
    record: ListingRecord, *, marketplace: Marketplace, seller: Seller, actor: Actor | None, now: datetime
) -> Arrival:
    """The arrival that waits for the listing from now on; the constraint says that there is one."""
    for _ in range(_TRIES):
        older = Arrival.objects.of_listing(marketplace, record.external_id).may_become(ArrivalStatus.SUPERSEDED)
        older_ids = list(older.select_for_update().values_list("pk", flat=True))
        older.filter(pk__in=older_ids).update(status=ArrivalStatus.SUPERSEDED, settled_at=now)
        arrival = insert_arrival(record, seller=seller, actor=actor, now=now)
        if arrival is not None:
            _drop(older_ids, arrival)
            return arrival
    raise RuntimeError(f"listing {record.external_id} is told so often at one moment that none of it could be taken in")


def insert_arrival(
    record: ListingRecord,
    *,
    seller: Seller,
    actor: Actor | None,
    now: datetime,
    retry_of: Arrival | None = None,
) -> Arrival | None:
    """The new row, or ``None`` where another one waits for the listing."""
    acting = or_system(actor)
    try:
        with transaction.atomic():
            return Arrival.objects.create(
                marketplace=seller.marketplace,
                external_id=record.external_id,
                seller=seller,
                record=to_json(record),
                told_at=now if retry_of is None else retry_of.told_at,
                waits_since=now,
                retry_of=retry_of,
                actor_kind=acting.kind,
                actor_ref=acting.ref,
                actor_label=acting.label[:_LABEL],
                on_behalf_of=acting.on_behalf_of[:_LABEL],
            )
    except IntegrityError:
        return None


def _drop(older_ids: Sequence[int], arrival: Arrival) -> None:
    """What was superseded names what came in its place, and nobody fetches for it any more."""
    if not older_ids:
        return
    Arrival.objects.filter(pk__in=older_ids).update(superseded_by=arrival)
    ExpectedPicture.objects.waiting().filter(arrival__in=older_ids).update(status=PictureStatus.DROPPED)


def _servers(names: set[str]) -> dict[str, PictureServer]:
    """The rows of these servers, made where there is none. In one order, so that two who make them wait in a line."""
    found = {server.name: server for server in PictureServer.objects.filter(name__in=names)}
    new = sorted(names - found.keys())
    if not new:
        return found
    PictureServer.objects.bulk_create([PictureServer(name=name) for name in new], ignore_conflicts=True)
    return {server.name: server for server in PictureServer.objects.filter(name__in=names)}


def _fill_kept(row: ExpectedPicture, picture: KeptImage) -> None:
    row.status, row.file, row.name, row.fetch = PictureStatus.KEPT, picture.file, picture.name, picture.fetch


def _fill_address(row: ExpectedPicture, address: str, known: PictureFetch | None) -> None:
    row.address, row.address_digest, row.name = address, digest_of(address), name_of(address)
    if known is not None:
        row.status, row.file, row.fetch = PictureStatus.KEPT, known.file, known
