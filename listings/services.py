"""Bringing listings in, and taking them off sale and back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import Marketplace
from core.actors import Actor
from core.changes import Change
from core.errors import Conflict, DomainError
from core.journal import record as journal
from listings.choices import Restriction
from listings.digests import content_digest, text_digest
from listings.models import Listing, ListingImage, ListingVersion, MissingImage
from listings.records import KeptImage, ListingRecord, LostImage
from sellers.models import Seller


class SellerChanged(DomainError):
    """A listing came in under another seller than it is known by."""

    code = "seller_changed"


class NewerKnown(DomainError):
    """What had to wait has been overtaken: the listing was told anew meanwhile."""

    code = "newer_known"


@dataclass(frozen=True, slots=True)
class UpsertResult:
    """``version`` is what the listing shows now. ``shows_other_content``: it is not what it showed at the last look, so
    screening owes it a look; ``is_new_version``: it never showed it before."""

    listing: Listing
    version: ListingVersion
    change: Change
    shows_other_content: bool
    is_new_version: bool


@transaction.atomic
def upsert_listing(
    record: ListingRecord,
    *,
    marketplace: Marketplace,
    seller: Seller,
    images: Sequence[KeptImage | LostImage],
    actor: Actor | None,
    now: datetime,
    seen_at: datetime | None = None,
) -> UpsertResult:
    """Make the listing, or bring it to what the record shows; the same content again only counts as seen.

    Content that was never shown becomes a new, immutable version; content that was shown before becomes the current
    version again. A restriction stays whatever the content: lifting it is a decision. Counters change silently.
    ``seen_at`` is when the listing was told, where it had to wait before it is written; ``NewerKnown`` is raised where
    it was told anew since.

    Journals ``listings.listing.imported`` for a new listing, ``listings.listing.changed`` for a new address or date,
    ``listings.version.captured`` for a new version, ``listings.version.returned`` where an earlier one is shown again.
    Raises ``SellerChanged`` where the listing is another seller's: cases and strikes hang on the seller, and no file
    may move them.
    """
    seen = seen_at or now
    listing, is_new = _find_or_create(
        record, marketplace=marketplace, seller=seller, actor=actor, now=now, seen_at=seen
    )
    if listing.seller_id != seller.pk:
        raise _seller_changed(listing, seller)
    if seen_at is not None and not is_new and listing.last_seen_at > seen_at:
        raise _newer_known(listing)
    changes = {} if is_new else _bring_fields(listing, record, actor=actor)
    before = listing.current_version
    version, is_new_version = _bring_content(listing, record, images, actor=actor, now=now)
    listing.current_version = version
    listing.last_seen_at = max(listing.last_seen_at, seen)
    shows_other = before is None or before.pk != version.pk
    if shows_other or changes:
        listing.changed_at = now
    listing.save(update_fields=["url", "posted_at", "sold_count", "current_version", "last_seen_at", "changed_at"])
    change = Change.CREATED if is_new else Change.CHANGED if shows_other or changes else Change.UNCHANGED
    return UpsertResult(listing, version, change, shows_other, is_new_version)


def _find_or_create(
    record: ListingRecord,
    *,
    marketplace: Marketplace,
    seller: Seller,
    actor: Actor | None,
    now: datetime,
    seen_at: datetime,
) -> tuple[Listing, bool]:
    """The listing, locked where the database knows row locks: two imports number its versions one after the other."""
    found = _find(record, marketplace)
    if found is not None:
        return found, False
    facts = {"url": record.url, "posted_at": record.posted_at, "sold_count": record.sold_count, "last_seen_at": seen_at}
    try:
        with transaction.atomic():
            listing = Listing.objects.create(
                marketplace=marketplace, external_id=record.external_id, seller=seller, **facts
            )
    except IntegrityError:
        # Somebody else was first; the constraint is the guard, and theirs is the row.
        return _require(_find(record, marketplace)), False
    details = {"external_id": listing.external_id, "marketplace": marketplace.slug, "seller": seller.external_id}
    journal("listings.listing.imported", actor=actor, subject=listing, details=details, at=now)
    return listing, True


def _find(record: ListingRecord, marketplace: Marketplace) -> Listing | None:
    # Without the version joined to it: PostgreSQL, having waited for the lock, reads the row anew but what is joined to
    # it as it was before, so that a version committed meanwhile would seem to be none.
    listings = Listing.objects.select_for_update()
    return listings.filter(marketplace=marketplace, external_id=record.external_id).first()


def _require(listing: Listing | None) -> Listing:
    if listing is None:
        raise RuntimeError("a listing that could not be inserted twice is not there; is a constraint missing?")
    return listing


def _seller_changed(listing: Listing, seller: Seller) -> SellerChanged:
    return SellerChanged(
        f"상품 “{listing.external_id}”의 판매자가 바뀌어 가져오지 않았습니다.",
        f"등록된 판매자는 “{listing.seller.external_id}”인데, 새 자료의 판매자는 “{seller.external_id}”입니다.",
        "판매자 식별자를 확인해 주세요. 판매자가 정말 바뀌었다면 새 상품 번호로 등록해 주세요.",
    )


def _newer_known(listing: Listing) -> NewerKnown:
    return NewerKnown(
        f"상품 “{listing.external_id}”의 자료를 쓰지 않았습니다.",
        "사진을 기다리는 동안 더 새로운 자료가 들어왔습니다.",
        "하실 일은 없습니다. 새 자료가 쓰입니다.",
    )


def refuse_other_seller(record: ListingRecord, *, marketplace: Marketplace, seller: Seller) -> None:
    """Raise ``SellerChanged`` where ``upsert_listing`` would, before anybody waits for it."""
    known = Listing.objects.filter(marketplace=marketplace, external_id=record.external_id).select_related("seller")
    listing = known.first()
    if listing is not None and listing.seller_id != seller.pk:
        raise _seller_changed(listing, seller)


def _bring_fields(listing: Listing, record: ListingRecord, *, actor: Actor | None) -> dict[str, object]:
    """Address and date, old and new, where they changed; the counter without a word."""
    changes: dict[str, object] = {}
    if listing.url != record.url:
        changes["url"] = {"old": listing.url, "new": record.url}
        listing.url = record.url
    if record.posted_at is not None and listing.posted_at != record.posted_at:
        changes["posted_at"] = {"old": listing.posted_at, "new": record.posted_at}
        listing.posted_at = record.posted_at
    if record.sold_count is not None:
        listing.sold_count = record.sold_count
    if changes:
        journal("listings.listing.changed", actor=actor, subject=listing, details=changes)
    return changes


def _bring_content(
    listing: Listing,
    record: ListingRecord,
    images: Sequence[KeptImage | LostImage],
    *,
    actor: Actor | None,
    now: datetime,
) -> tuple[ListingVersion, bool]:
    """The version that holds this content, and whether it was made just now."""
    digest = content_digest(
        title=record.title,
        description=record.description,
        category=record.category,
        price_minor=record.price_minor,
        currency=record.currency,
        pictures=[image.file.sha256 for image in images if isinstance(image, KeptImage)],
        missing=[(place, image.address) for place, image in enumerate(images) if isinstance(image, LostImage)],
    )
    current = listing.current_version
    if current is not None and current.content_digest == digest:
        return current, False
    earlier = listing.versions.filter(content_digest=digest).first() if current is not None else None
    if earlier is not None:
        details = {"listing": listing.external_id, "number": earlier.number}
        journal("listings.version.returned", actor=actor, subject=earlier, details=details, at=now)
        return earlier, False
    return _capture(listing, record, images, digest=digest, actor=actor, now=now), True


def _capture(
    listing: Listing,
    record: ListingRecord,
    images: Sequence[KeptImage | LostImage],
    *,
    digest: str,
    actor: Actor | None,
    now: datetime,
) -> ListingVersion:
    """The content as a new version. Its digest stands in the journal, so that the seal proves what was shown when."""
    version = ListingVersion.objects.create(
        listing=listing,
        number=_next_number(listing),
        content_digest=digest,
        text_digest=text_digest(title=record.title, description=record.description, category=record.category),
        title=record.title,
        description=record.description,
        category=record.category,
        price_minor=record.price_minor,
        currency=record.currency,
        captured_at=now,
    )
    _capture_images(version, images)
    details: dict[str, object] = {"listing": listing.external_id, "number": version.number, "content_digest": digest}
    missing = sum(isinstance(image, LostImage) for image in images)
    if missing:
        details["missing_pictures"] = missing
    journal("listings.version.captured", actor=actor, subject=version, details=details, at=now)
    return version


def _capture_images(version: ListingVersion, images: Sequence[KeptImage | LostImage]) -> None:
    """Every picture in its place, and in the place of one that could not be had what is known of it."""
    ListingImage.objects.bulk_create(
        [
            ListingImage(version=version, position=position, file=image.file, name=image.name, fetch=image.fetch)
            for position, image in enumerate(images)
            if isinstance(image, KeptImage)
        ]
    )
    MissingImage.objects.bulk_create(
        [
            MissingImage(
                version=version,
                position=position,
                address=image.address,
                code=image.code,
                reason=image.reason,
                fetch=image.fetch,
            )
            for position, image in enumerate(images)
            if isinstance(image, LostImage)
        ]
    )


def _next_number(listing: Listing) -> int:
    if listing.current_version is None:
        return 1
    highest: int = listing.versions.aggregate(highest=Max("number"))["highest"]
    return highest + 1


@transaction.atomic
def restrict(listing: Listing, *, at: datetime, actor: Actor | None, to: Restriction = Restriction.INTERIM) -> Listing:
    """Take the listing off sale, for now or for good, or from one to the other. Journals
    ``listings.listing.restricted`` with old and new.

    By compare-and-set from the restriction that the caller saw: of two who restrict it at once, one does, and the
    other gets ``Conflict``.
    """
    seen = Listing.objects.filter(pk=listing.pk, restriction=listing.restriction).exclude(restriction=to)
    if not seen.update(restriction=to, restricted_at=at, changed_at=timezone.now()):
        raise Conflict(
            f"상품 “{listing.external_id}”의 판매를 제한하지 않았습니다.",
            "다른 결정으로 이미 판매가 제한된 상품입니다.",
            "화면을 새로 고쳐 지금의 제한과 그 근거를 확인해 주세요.",
        )
    details = {"old": str(listing.restriction), "new": to.value}
    journal("listings.listing.restricted", actor=actor, subject=listing, details=details)
    listing.restriction, listing.restricted_at = to, at
    return listing


@transaction.atomic
def lift_restriction(listing: Listing, *, actor: Actor | None) -> Listing:
    """Put the listing back on sale. Journals ``listings.listing.restriction_lifted`` with what was lifted.

    By compare-and-set from the restriction that the caller saw; ``Conflict`` where it is another one by now. Whether
    something else still restricts the listing is for the caller to know.
    """
    seen = Listing.objects.filter(pk=listing.pk, restriction=listing.restriction).restricted()
    if not seen.update(restriction=Restriction.NONE, restricted_at=None, changed_at=timezone.now()):
        raise Conflict(
            f"상품 “{listing.external_id}”의 판매 제한을 풀지 않았습니다.",
            "그사이 제한이 이미 풀렸거나 다른 제한으로 바뀌었습니다.",
            "화면을 새로 고쳐 지금의 상태를 확인해 주세요.",
        )
    details = {"old": str(listing.restriction), "new": Restriction.NONE.value, "since": listing.restricted_at}
    journal("listings.listing.restriction_lifted", actor=actor, subject=listing, details=details)
    listing.restriction, listing.restricted_at = Restriction.NONE, None
    return listing
