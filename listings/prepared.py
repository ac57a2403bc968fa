"""Reading a chunk of versions as the engine wants them: a bounded number of queries, however many versions."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from core.rule_values import today
from listings.choices import ContentKind
from listings.fingerprints import fingerprints_of
from listings.models import ListingImage, ListingVersion, Rejection
from matching import ItemPicture, RejectedPair, ScreeningItem, text_digest
from matching import PictureFingerprint as Fingerprint
from sellers.models import Authorisation


@dataclass(frozen=True, slots=True)
class PreparedVersion:
    """A version, its pictures by the key that the engine knows them by, and the item to screen."""

    version: ListingVersion
    images: Mapping[str, ListingImage]
    item: ScreeningItem


@dataclass(frozen=True, slots=True)
class _Context:
    """What a chunk's versions are read against."""

    fingerprints: Mapping[str, Fingerprint]
    authorised: Mapping[int, Sequence[Authorisation]]
    rejections: Mapping[int, Sequence[Rejection]]


def prepare(versions: Sequence[ListingVersion], *, store_fingerprints: bool) -> list[PreparedVersion]:
    """The versions with pictures, authorisations of today and remembered rejections."""
    context = _Context(
        fingerprints=fingerprints_of(
            (image.file for version in versions for image in version.images.all()), store=store_fingerprints
        ),
        authorised=_authorisations({version.listing.seller_id for version in versions}, on=today()),
        rejections=_rejections(versions),
    )
    return [_prepare(version, context) for version in versions]


def _prepare(version: ListingVersion, context: _Context) -> PreparedVersion:
    seller = version.listing.seller_id
    return prepare_one(
        version,
        images={image.file.sha256: image for image in version.images.all()},
        fingerprints=context.fingerprints,
        authorised=context.authorised.get(seller, ()),
        rejections=context.rejections.get(seller, ()),
    )


def prepare_one(
    version: ListingVersion,
    *,
    images: Mapping[str, ListingImage],
    fingerprints: Mapping[str, Fingerprint],
    authorised: Iterable[Authorisation],
    rejections: Iterable[Rejection],
) -> PreparedVersion:
    """A version, stored or only made up, from what is known of its seller. Asks the database for nothing."""
    item = ScreeningItem(
        title=version.title,
        description=version.description,
        category=version.category,
        price_minor=version.price_minor,
        currency=version.currency,
        pictures=tuple(ItemPicture(digest, fingerprints[digest]) for digest in images if digest in fingerprints),
        authorised_brands=frozenset(str(row.brand_id) for row in authorised if _covers(row, version)),
        rejected=frozenset(_pairs(version, rejections)),
    )
    return PreparedVersion(version, images, item)


def _covers(authorisation: Authorisation, version: ListingVersion) -> bool:
    """Whether the authorisation is for these goods: for all of the brand's, or named by the category or the title."""
    goods = authorisation.goods.strip()
    return not goods or goods in version.category or goods in version.title


def _authorisations(sellers: set[int], *, on: date) -> dict[int, list[Authorisation]]:
    found: dict[int, list[Authorisation]] = defaultdict(list)
    for row in Authorisation.objects.in_force(on=on).filter(seller__in=sellers):
        if row.seller_id is not None:
            found[row.seller_id].append(row)
    return found


def _rejections(versions: Sequence[ListingVersion]) -> dict[int, list[Rejection]]:
    """What these sellers' content was found harmless against, by seller."""
    found: dict[int, list[Rejection]] = defaultdict(list)
    rows = Rejection.objects.remembered().filter(
        seller__in={version.listing.seller_id for version in versions}, content_digest__in=content_digests(versions)
    )
    for row in rows:
        found[row.seller_id].append(row)
    return found


def content_digests(versions: Iterable[ListingVersion]) -> set[str]:
    """The digests of all texts and pictures of the versions."""
    return {
        digest
        for version in versions
        for digest in (version.text_digest, *(image.file.sha256 for image in version.images.all()))
    }


def _pairs(version: ListingVersion, rejections: Iterable[Rejection]) -> Iterable[RejectedPair]:
    """Remembered rejections in the engine's words. The engine has a text digest of its own, which does not know the
    category; ours is compared first."""
    for row in rejections:
        if row.content_kind == ContentKind.IMAGE:
            yield RejectedPair("image", row.content_digest, row.reference)
        elif row.content_digest == version.text_digest:
            yield RejectedPair("text", text_digest(version.title, version.description), row.reference)
