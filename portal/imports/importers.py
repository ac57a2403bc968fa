"""Brands, listings and orders, each row written in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from accounts.models import Marketplace
from brands.records import ReferenceRecord
from brands.services import upsert_brand
from core import jobs
from core.actors import Actor
from core.changes import Change
from core.errors import DomainError
from core.evidence.rules import clean_name
from core.models import EvidenceFile
from listings.records import KeptImage
from listings.screening.queue import JOB_KIND
from listings.services import upsert_listing
from portal.imports import brand_rows, listing_rows, order_rows
from portal.imports.brand_rows import BrandImageRow, BrandRow
from portal.imports.errors import RowRefused
from portal.imports.fields import Fields
from portal.imports.listing_rows import ListingRow
from portal.imports.order_rows import OrderRow
from portal.imports.pictures import Picture
from portal.imports.rows import TableShape
from portal.imports.run import Refused, Written
from refunds.services import upsert_order_line
from sellers.models import Seller
from sellers.records import SellerRecord
from sellers.services import confirm_waiting_authorisations, name_authorised_sellers, upsert_seller

# [ours] Sellers whose last record is remembered, so that a shop with a thousand listings is looked up once.
_REMEMBERED_SELLERS: Final = 10_000


@dataclass(slots=True)
class BrandImporter:
    """Brands with their material and their lists of sellers. ``marketplace`` is where those sellers sell; a file that
    names none needs none.

    A picture that cannot be kept is reported and the brand comes in without it: its names protect it meanwhile, and
    what an earlier import kept under the picture's identifier stays.
    """

    actor: Actor
    marketplace: Marketplace | None
    shape: TableShape = brand_rows.BRAND_TABLE
    known: frozenset[str] = brand_rows.KNOWN
    identified_by: tuple[str, ...] = ("id",)

    def parse(self, fields: Fields) -> BrandRow:
        return brand_rows.parse_brand(fields)

    def write(self, item: BrandRow, pictures: Mapping[str, Picture]) -> Written | Refused:
        images = None if item.images is None else tuple(_reference(image, pictures) for image in item.images)
        with transaction.atomic():
            result = upsert_brand(replace(item.record, images=images), actor=self.actor)
            change = result.change
            # An empty list of no marketplace takes nothing from anybody.
            if item.authorised_sellers or (item.authorised_sellers is not None and self.marketplace):
                listed = name_authorised_sellers(
                    result.brand, item.authorised_sellers, marketplace=self._require_marketplace(), actor=self.actor
                )
                change = listed if change is Change.UNCHANGED else change
        problems = [picture for name in dict.fromkeys(item.files) if isinstance(picture := pictures[name], DomainError)]
        return Written(change, problems)

    def finish_batch(self) -> None:
        """Sellers that another import brought in side by side are met here."""
        if self.marketplace is not None:
            confirm_waiting_authorisations(marketplace=self.marketplace, actor=self.actor)

    def _require_marketplace(self) -> Marketplace:
        if self.marketplace is None:
            raise RowRefused(
                "판매 허가 판매자(authorised_sellers)를 등록할 수 없습니다.",
                "어느 마켓플레이스의 판매자인지 알 수 없습니다.",
                "--marketplace로 마켓플레이스를 지정해 다시 가져와 주세요.",
            )
        return self.marketplace


def _reference(image: BrandImageRow, pictures: Mapping[str, Picture]) -> ReferenceRecord:
    picture = pictures[image.file]
    file = picture if isinstance(picture, EvidenceFile) else None
    return ReferenceRecord(image.external_id, image.kind, file, name=clean_name(image.file))


@dataclass(slots=True)
class ListingImporter:
    """Listings of one marketplace with their sellers. A listing of which one picture cannot be kept is refused: a
    version without it would be evidence of something that was never shown."""

    actor: Actor
    marketplace: Marketplace
    shape: TableShape = listing_rows.LISTING_TABLE
    known: frozenset[str] = listing_rows.KNOWN
    identified_by: tuple[str, ...] = ("id",)
    _sellers: dict[str, tuple[SellerRecord, Seller]] = field(default_factory=dict)
    _to_screen: list[int] = field(default_factory=list)

    def parse(self, fields: Fields) -> ListingRow:
        return listing_rows.parse_listing(fields)

    def write(self, item: ListingRow, pictures: Mapping[str, Picture]) -> Written | Refused:
        found = [pictures[name] for name in dict.fromkeys(item.files)]
        refused = [picture for picture in found if isinstance(picture, DomainError)]
        if refused:
            return Refused(refused)
        with transaction.atomic():
            seller = self._seller(item.seller)
            result = upsert_listing(
                item.record,
                marketplace=self.marketplace,
                seller=seller,
                images=_kept(item.files, pictures),
                actor=self.actor,
                now=timezone.now(),
            )
        self._remember(item.seller, seller)
        if result.shows_other_content:
            self._to_screen.append(result.version.pk)
        return Written(result.change)

    def finish_batch(self) -> None:
        """Ask for the batch's screening, and meet lists of sellers that another import brought in side by side.

        A run that is killed before this leaves versions that nobody asked to look at; ``screen_listings --pending``
        finds them by what they lack.
        """
        confirm_waiting_authorisations(marketplace=self.marketplace, actor=self.actor)
        if self._to_screen:
            with transaction.atomic():
                # A key of its own each time: content that is shown again is owed a look under the same material too.
                jobs.enqueue(JOB_KIND, key=f"import:{uuid4().hex}", payload={"versions": self._to_screen})
            self._to_screen = []

    def _seller(self, record: SellerRecord) -> Seller:
        """The seller as its last row left it, without a question to the database where the row says the same again."""
        remembered = self._sellers.get(record.external_id)
        if remembered is not None and remembered[0] == record:
            return remembered[1]
        return upsert_seller(record, marketplace=self.marketplace, actor=self.actor).seller

    def _remember(self, record: SellerRecord, seller: Seller) -> None:
        """After the row is committed, never before."""
        if len(self._sellers) >= _REMEMBERED_SELLERS and record.external_id not in self._sellers:
            self._sellers.pop(next(iter(self._sellers)))
        self._sellers[record.external_id] = (record, seller)


def _kept(files: tuple[str, ...], pictures: Mapping[str, Picture]) -> list[KeptImage]:
    kept = ((name, pictures[name]) for name in files)
    return [KeptImage(file, name=clean_name(name)) for name, file in kept if isinstance(file, EvidenceFile)]


@dataclass(slots=True)
class OrderImporter:
    """Order lines of one marketplace. Listings and sellers need not be there yet."""

    actor: Actor
    marketplace: Marketplace
    shape: TableShape = order_rows.ORDER_TABLE
    known: frozenset[str] = order_rows.KNOWN
    identified_by: tuple[str, ...] = ("order", "line")

    def parse(self, fields: Fields) -> OrderRow:
        return order_rows.parse_order(fields)

    def write(self, item: OrderRow, pictures: Mapping[str, Picture]) -> Written | Refused:  # noqa: ARG002 - the signature is the caller's
        result = upsert_order_line(item.record, marketplace=self.marketplace, actor=self.actor, now=timezone.now())
        return Written(result.change)

    def finish_batch(self) -> None:
        """Nothing is owed: listings that come in side by side are joined by the chore."""
