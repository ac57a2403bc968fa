"""What of a counterfeit's listing others show and write for good reasons, so that it says little alone.

A reseller of genuine goods shows the brand's own pictures; a shop shows its banner and its terms of delivery with
everything it sells. Found out when a fingerprint is made, from the listings of that day.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from django.db.models import F

from brands.models import Brand
from core.rule_values import current, today
from listings.choices import Weakness
from listings.models import ListingImage, ListingVersion
from listings.querysets import ListingVersionQuerySet
from listings.reappearances.finding import are_titles_alike, brands_own, text_of
from matching import Grams, PictureFingerprint, grams_of, shared_by, without
from sellers.models import Authorisation

#: The newest so many listings that are compared with, of the same seller and of others; and so many that show one
#: picture.
_SELLERS_OWN: Final = 50
_OF_OTHERS: Final = 100
_SHOWING: Final = 50
#: So many other sellers make a phrase usual: a single one may be the first who copied it [ours].
_USUAL_SELLERS: Final = 2


# -- pictures ---------------------------------------------------------------------------------------------------------


def weak_pictures(
    version: ListingVersion, prints: Mapping[str, PictureFingerprint], brand: Brand | None
) -> dict[str, Weakness]:
    """Which of a version's pictures are weak, and why, by the SHA-256 of the file."""
    found = dict.fromkeys(_beside_other_goods(version, prints), Weakness.COMMON)
    if brand is not None:
        own = {name for name, _ in brands_own(prints, [brand.pk])} | _shown_by_authorised(version, prints, brand)
        found |= dict.fromkeys(own, Weakness.BRANDS_OWN)
    return found


def _shown_by_authorised(version: ListingVersion, digests: Iterable[str], brand: Brand) -> set[str]:
    """Files that sellers of the brand's genuine goods show."""
    images = ListingImage.objects.filter(
        file__sha256__in=list(digests), version__listing__seller__in=_authorised_sellers(brand)
    )
    return set(images.exclude(version__listing=version.listing_id).values_list("file__sha256", flat=True).distinct())


def _authorised_sellers(brand: Brand) -> list[int | None]:
    return list(Authorisation.objects.in_force(on=today()).filter(brand=brand).values_list("seller_id", flat=True))


def _beside_other_goods(version: ListingVersion, digests: Iterable[str]) -> set[str]:
    """Files that stand in several other listings beside pictures of which this one has none: a shop's banner.

    The only picture of a listing shows its goods, whatever others show beside it.
    """
    own = {image.file.sha256 for image in version.images.all()}
    if len(own) < 2:
        return set()
    showing = {digest: _others_showing(version, digest) for digest in digests}
    shown = _shown_in({pk for found in showing.values() for pk in found})
    counts = Counter(
        digest
        for digest, found in showing.items()
        for pk in found
        if len(shown[pk]) > 1 and shown[pk] & own == {digest}
    )
    least = current("listings").number("relist_common_listings")
    return {digest for digest, count in counts.items() if count >= least}


def _others_showing(version: ListingVersion, digest: str) -> list[int]:
    images = ListingImage.objects.filter(file__sha256=digest, version__listing__current_version=F("version")).exclude(
        version__listing=version.listing_id
    )
    return list(images.order_by("-pk").values_list("version_id", flat=True)[:_SHOWING])


def _shown_in(versions: Iterable[int]) -> dict[int, set[str]]:
    shown: dict[int, set[str]] = defaultdict(set)
    images = ListingImage.objects.filter(version__in=list(versions))
    for pk, digest in images.values_list("version_id", "file__sha256"):
        shown[pk].add(digest)
    return shown


# -- text -------------------------------------------------------------------------------------------------------------


def own_grams(version: ListingVersion, brand: Brand | None) -> Grams:
    """What of the version's words is its own: without what the shop writes everywhere, nor what others write."""
    theirs = [shared_by(_other_goods_of_seller(version)), shared_by(_of_others(version, brand), least=_USUAL_SELLERS)]
    if brand is not None:
        theirs.append(shared_by(_of_authorised(brand)))
    return without(grams_of(text_of(version)), shared_by(theirs))


def _other_goods_of_seller(version: ListingVersion) -> list[Grams]:
    """The texts of the seller's other listings, without those whose title is much the same: they may be copies."""
    rules, rows = (
        current("listings"),
        ListingVersion.objects.current().filter(listing__seller=version.listing.seller_id),
    )
    others = rows.exclude(listing=version.listing_id).order_by("-pk")[:_SELLERS_OWN]
    return [grams_of(text_of(each)) for each in others if not are_titles_alike(version.title, each.title, rules)]


def _of_authorised(brand: Brand) -> list[Grams]:
    """The texts of sellers of the brand's genuine goods: the brand's own words."""
    rows = ListingVersion.objects.current().filter(listing__seller__in=_authorised_sellers(brand))
    return [grams_of(text_of(each)) for each in rows.order_by("-pk")[:_OF_OTHERS]]


def _of_others(version: ListingVersion, brand: Brand | None) -> list[Grams]:
    """What each other seller writes, in the newest listings and in those that name the brand and are no known copy."""
    rows = [*_newest(version)[:_OF_OTHERS], *(_undisputed(version, brand)[:_OF_OTHERS] if brand is not None else ())]
    by_seller: dict[int, list[Grams]] = defaultdict(list)
    for each in {row.pk: row for row in rows}.values():
        by_seller[each.listing.seller_id].append(grams_of(text_of(each)))
    return [shared_by(texts) for texts in by_seller.values()]


def _newest(version: ListingVersion) -> ListingVersionQuerySet:
    others = ListingVersion.objects.current().exclude(listing__seller=version.listing.seller_id)
    return others.select_related("listing").order_by("-pk")


def _undisputed(version: ListingVersion, brand: Brand) -> ListingVersionQuerySet:
    return _newest(version).undisputed().filter(matches__brand=brand)
