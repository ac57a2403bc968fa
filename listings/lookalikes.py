"""Other listings that show the same picture, or nearly the same: resized, saved again, mirrored.

The very same file is found anywhere by its digest. A nearly equal one has no index over all listings' pictures; it is
looked for among pictures that the caller names, by the fingerprints that screening has stored. Reads only; nothing is
fingerprinted here.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet

from listings.models import Listing, ListingImage, PictureFingerprint
from matching import FINGERPRINT_VERSION, SAME_BITS, PictureRows, ReferencePicture, match_pictures
from matching import PictureFingerprint as Picture

#: Pictures of the listing that are looked for, those of its newest content first.
_MOST_MINE: Final = 40
#: Files that are compared of each group: a tenth of a second, and two megabytes to read [ours].
MOST_COMPARED: Final = 1_500
#: What a picture that is so nearly the same scores; a plain one scores less, because its hash says little.
_NEARLY_SAME: Final = 0.85
_COMPARED_WITH: Final = "이 상품의 사진과"


@dataclass(frozen=True, slots=True)
class Lookalike:
    """Another listing's picture. ``is_same``: the very file; ``why`` says how it differs, where it does."""

    image: ListingImage
    is_same: bool
    why: str = ""

    @property
    def listing(self) -> Listing:
        return self.image.version.listing


def same_pictures(listing: Listing, *, most: int) -> list[Lookalike]:
    """Other listings that show one of the listing's very files, by any seller: one row a listing, the newest first."""
    mine = ListingImage.objects.filter(version__listing=listing).values("file")
    rows = _others(listing).filter(file__in=mine).order_by("-version__listing_id", "-id")[: most * 4]
    return [Lookalike(image, is_same=True) for image in _one_each(rows)][:most]


def nearly_same_pictures(
    listing: Listing, among: Iterable[QuerySet[ListingImage]], *, but: Iterable[int], most: int
) -> list[Lookalike]:
    """Listings among those pictures that show one of the listing's nearly the same: the nearest first.

    ``among``: groups of pictures, of each the newest ``MOST_COMPARED``; ``but``: listings that are known already.
    Three queries and one for each group.
    """
    mine = _prints(_newest(ListingImage.objects.filter(version__listing=listing), _MOST_MINE))
    if not mine:
        return []
    known = {listing.pk, *but}
    shown: dict[str, dict[int, int]] = defaultdict(dict)
    for group in among:
        for image, digest, shower in _newest_of(group, listing):
            if shower not in known and digest not in mine:
                shown[digest].setdefault(shower, image)
    near = _near(mine, _prints(shown))
    images: dict[int, tuple[int, str]] = {}
    for digest, why in near.items():
        for shower, image in shown[digest].items():
            images.setdefault(shower, (image, why))
    nearest = dict(list(images.values())[:most])
    rows = _others(listing).in_bulk(nearest)
    return [Lookalike(rows[pk], is_same=False, why=why) for pk, why in nearest.items() if pk in rows]


def _others(listing: Listing) -> QuerySet[ListingImage]:
    return ListingImage.objects.exclude(version__listing=listing).select_related("version__listing__seller", "file")


def _one_each(images: Iterable[ListingImage]) -> list[ListingImage]:
    """The first of each listing."""
    found: dict[int, ListingImage] = {}
    for image in images:
        found.setdefault(image.version.listing_id, image)
    return list(found.values())


def _newest(images: QuerySet[ListingImage], most: int) -> list[str]:
    return list(images.order_by("-id").values_list("file__sha256", flat=True)[:most])


def _newest_of(images: QuerySet[ListingImage], listing: Listing) -> list[tuple[int, str, int]]:
    rows = images.exclude(version__listing=listing).order_by("-id")
    return list(rows.values_list("pk", "file__sha256", "version__listing")[:MOST_COMPARED])


def _prints(digests: Iterable[str]) -> dict[str, Picture]:
    """The stored fingerprints; a picture that was not screened yet has none."""
    rows = PictureFingerprint.objects.readable(engine_version=FINGERPRINT_VERSION).filter(sha256__in=list(digests))
    return {digest: Picture.from_bytes(bytes(data or b"")) for digest, data in rows.values_list("sha256", "data")}


def _near(mine: Mapping[str, Picture], others: Mapping[str, Picture]) -> dict[str, str]:
    """The digests of those that are nearly one of mine, the nearest first, each with how it differs."""
    rows = PictureRows.of([ReferencePicture(digest, "", each) for digest, each in others.items()])
    found = match_pictures([rows], list(mine.values()), limit=len(others), compared_with=_COMPARED_WITH)
    near = [
        each for candidates in found for each in candidates if each.distance <= SAME_BITS and each.score >= _NEARLY_SAME
    ]
    nearest: dict[str, str] = {}
    for each in sorted(near, key=lambda each: (each.distance, each.reference)):
        nearest.setdefault(each.reference, each.why)
    return nearest
