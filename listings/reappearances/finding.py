"""From what listings show to the counterfeits that they show again. Reads only, with a bounded number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.db.models import Q

from brands.models import ReferenceImage
from core.rule_values import RuleValues, current
from listings.choices import ContentKind, Restriction, Weakness
from listings.engine import current_engine
from listings.fingerprints import fingerprints_of
from listings.models import Fingerprint, ListingImage, ListingVersion, Protection
from listings.prepared import PreparedVersion, content_digests
from listings.reappearances.index import CounterfeitIndex, current_index
from listings.rules import Likeness, RelistLimits, Sign, counted_signs, days_to_relist
from matching import (
    SAME_BITS,
    Engine,
    PictureCandidate,
    PictureFingerprint,
    PictureRows,
    ReferencePicture,
    grams_of,
    likeness,
    match_pictures,
    share_in,
)

#: Rows read in one query: SQLite binds at most 32,766 values.
_BATCH: Final = 500
#: Letters of a title's grams: a title is too short for longer ones.
_TITLE_GRAM: Final = 3


@dataclass(frozen=True, slots=True)
class FoundAgain:
    """A version that shows a counterfeit again: what a ``Reappearance`` row keeps."""

    version: ListingVersion
    original: ListingVersion
    fingerprint: Fingerprint
    score: float
    signals: tuple[Mapping[str, Any], ...]
    days: int


@dataclass(frozen=True, slots=True)
class _Hit:
    """One content of a version that is like one fingerprint."""

    fingerprint: Fingerprint
    sign: Sign
    image: ListingImage | None = None
    candidate: PictureCandidate | None = None


@dataclass(frozen=True, slots=True)
class _Near:
    """What the index says of one version: candidates of its pictures, and texts that may stand in its own."""

    pictures: Mapping[str, tuple[PictureCandidate, ...]]
    texts: Sequence[int]

    def ids(self) -> Iterator[int]:
        yield from self.texts
        yield from (int(each.reference) for found in self.pictures.values() for each in found)


def limits_of(rules: RuleValues) -> RelistLimits:
    """The house's numbers of stay-down."""
    return RelistLimits(
        picture=rules.ratio("relist_picture_score"),
        backed_picture=rules.ratio("relist_backed_picture_score"),
        text=rules.ratio("relist_text_share"),
    )


def find_again(
    prepared: Sequence[PreparedVersion], *, at: datetime, index: CounterfeitIndex | None = None
) -> list[FoundAgain]:
    """What of these versions shows a confirmed counterfeit again, the strongest first for each.

    Only what a listing shows now is looked at. Nothing is found of a seller whom the brand authorised for these goods,
    of content that an appeal protects, nor of a listing in itself while it is off sale. ``index``: the one of now where
    none is given.
    """
    index = index or current_index()
    shown = [each for each in prepared if each.version.listing.current_version_id == each.version.pk]
    near = [(each, _near(each, index)) for each in shown]
    rows = _in_force({pk for _, found in near for pk in found.ids()}, at)
    if not rows:
        return []
    hits = [(each, list(_hits(each, found, rows))) for each, found in near]
    hits = _without_protected([(each, found) for each, found in hits if found])
    return _judged(_with_weak_ones_marked(hits))


def _near(prepared: PreparedVersion, index: CounterfeitIndex) -> _Near:
    prints = {picture.key: picture.fingerprint for picture in prepared.item.pictures}
    return _Near(index.near_pictures(prints), index.near_texts(text_of(prepared.version)))


def text_of(version: ListingVersion) -> str:
    """All words of a version, as they are compared."""
    return f"{version.title}\n{version.description}"


def _in_force(ids: Iterable[int], at: datetime) -> dict[int, Fingerprint]:
    wanted = sorted(ids)
    rows: dict[int, Fingerprint] = {}
    for start in range(0, len(wanted), _BATCH):
        found = Fingerprint.objects.in_force(at=at).filter(pk__in=wanted[start : start + _BATCH])
        rows |= {row.pk: row for row in found.select_related("version__listing")}
    return rows


def _hits(prepared: PreparedVersion, near: _Near, rows: Mapping[int, Fingerprint]) -> Iterator[_Hit]:
    """The likenesses that may count: of an old listing of somebody who may not sell these goods."""
    for shown, candidates in near.pictures.items():
        for each in candidates:
            row = rows.get(int(each.reference))
            if row is not None and _may_count(row, prepared):
                weakness = Weakness(row.weakness)
                sign = Sign(ContentKind.IMAGE, row.content_digest, shown, each.score, weakness)
                yield _Hit(row, sign, prepared.images[shown], each)
    texts = [rows[pk] for pk in near.texts if pk in rows and _may_count(rows[pk], prepared)]
    grams = grams_of(text_of(prepared.version)) if texts else None
    for row in texts:
        assert grams is not None
        score = round(share_in(bytes(row.data), grams), 4)
        shown, weakness = prepared.version.text_digest, Weakness(row.weakness)
        yield _Hit(row, Sign(ContentKind.TEXT, row.content_digest, shown, score, weakness))


def _may_count(row: Fingerprint, prepared: PreparedVersion) -> bool:
    version = prepared.version
    is_itself = row.version_id == version.pk
    is_off_sale_already = row.listing_id == version.listing_id and version.listing.restriction != Restriction.NONE
    is_authorised = row.brand_id is not None and str(row.brand_id) in prepared.item.authorised_brands
    return not (is_itself or is_off_sale_already or is_authorised)


# -- what an appeal protects ------------------------------------------------------------------------------------------

_Hits = list[tuple[PreparedVersion, list[_Hit]]]


def _without_protected(hits: _Hits) -> _Hits:
    """The hits without content that an appeal protects: as the seller shows it, or as the fingerprint has it."""
    sellers = {each.version.listing.seller_id for each, _ in hits}
    digests = {digest for _, found in hits for hit in found for digest in (hit.sign.shown, hit.sign.content)}
    protected: dict[tuple[int, str], set[int | None]] = defaultdict(set)
    for seller, digest, brand in Protection.objects.covering(sellers=sellers, digests=digests).values_list(
        "seller_id", "content_digest", "brand_id"
    ):
        protected[seller, digest].add(brand)

    def is_protected(seller: int, hit: _Hit) -> bool:
        brands = protected.get((seller, hit.sign.shown), set()) | protected.get((seller, hit.sign.content), set())
        return bool(brands) and (None in brands or hit.fingerprint.brand_id in {None, *brands})

    return [
        (each, [hit for hit in found if not is_protected(each.version.listing.seller_id, hit)]) for each, found in hits
    ]


# -- what the brand itself shows --------------------------------------------------------------------------------------


def _with_weak_ones_marked(hits: _Hits) -> _Hits:
    """The hits with those pictures marked as the brand's own that are its own by now, or as the listing shows them."""
    pictures = {hit.sign.shown: hit for _, found in hits for hit in found if hit.image is not None}
    brands = {hit.fingerprint.brand_id for hit in pictures.values() if hit.fingerprint.brand_id is not None}
    prints = {
        picture.key: picture.fingerprint
        for each, _ in hits
        for picture in each.item.pictures
        if picture.key in pictures
    }
    own = brands_own(prints, brands)
    return [(each, [_marked(hit, own) for hit in found]) for each, found in hits]


def _marked(hit: _Hit, own: frozenset[tuple[str, int]]) -> _Hit:
    if hit.sign.weakness == Weakness.NONE and (hit.sign.shown, hit.fingerprint.brand_id) in own:
        return replace(hit, sign=replace(hit.sign, weakness=Weakness.BRANDS_OWN))
    return hit


def brands_own(prints: Mapping[str, PictureFingerprint], brands: Iterable[int]) -> frozenset[tuple[str, int]]:
    """Pairs of a picture and a brand whose own picture it is, whether the brand still names that picture or not."""
    references = list(ReferenceImage.objects.with_picture().filter(brand__in=brands).select_related("file"))
    if not references or not prints:
        return frozenset()
    known = fingerprints_of(reference.file for reference in references)
    rows = PictureRows.of(
        [
            ReferencePicture(str(row.pk), str(row.brand_id), known[row.file.sha256])
            for row in references
            if row.file.sha256 in known
        ]
    )
    found = match_pictures([rows], list(prints.values()), limit=len(references))
    return frozenset(
        (name, int(candidate.brand))
        for name, candidates in zip(prints, found, strict=True)
        for candidate in candidates
        if candidate.distance <= SAME_BITS
    )


# -- what counts ------------------------------------------------------------------------------------------------------


def _judged(hits: _Hits) -> list[FoundAgain]:
    hits = [(each, found) for each, found in hits if found]
    if not hits:
        return []
    rules, engine = current("listings"), current_engine().engine
    most = rules.number("relist_originals_named")
    judged = [
        (each, _counterfeits(each, found, _named_brands(each.version, engine), rules)[:most]) for each, found in hits
    ]
    first_shown = _first_shown([(each.version, counted) for each, several in judged for counted in several])
    return [
        _found(each.version, counted, first_shown[each.version.pk, counted[0].fingerprint.version_id])
        for each, several in judged
        for counted in several
    ]


def _named_brands(version: ListingVersion, engine: Engine) -> frozenset[int]:
    """The brands whose name stands in the words, plainly or in disguise; an everyday word is no name."""
    found = engine.match_text(version.title, version.description, category=version.category)
    return frozenset(int(candidate.brand) for candidate in found if not candidate.is_common)


def _counterfeits(
    prepared: PreparedVersion, hits: Sequence[_Hit], named: frozenset[int], rules: RuleValues
) -> list[list[_Hit]]:
    """The hits that count, for each old listing's content that came back; the strongest and latest first."""
    by_original: dict[int, list[_Hit]] = defaultdict(list)
    for hit in hits:
        by_original[hit.fingerprint.version_id].append(hit)
    counted = [_counted(prepared, several, named, rules) for several in by_original.values()]
    return sorted(
        (each for each in counted if each),
        key=lambda each: (-each[0].sign.score, -each[0].fingerprint.effective_at.timestamp(), -each[0].fingerprint.pk),
    )


def _counted(prepared: PreparedVersion, hits: Sequence[_Hit], named: frozenset[int], rules: RuleValues) -> list[_Hit]:
    """What counts of the likenesses to one old listing, strongest first; each pair of contents once."""
    pairs = {(hit.sign.content, hit.sign.shown): hit for hit in sorted(hits, key=_strength)}
    beside = _likeness(prepared.version, hits[0].fingerprint.version, hits, named, rules)
    signs = counted_signs([hit.sign for hit in pairs.values()], likeness=beside, limits=limits_of(rules))
    return sorted((pairs[sign.content, sign.shown] for sign in signs), key=_strength, reverse=True)


def _likeness(
    version: ListingVersion, original: ListingVersion, hits: Sequence[_Hit], named: frozenset[int], rules: RuleValues
) -> Likeness:
    return Likeness(
        is_same_seller=version.listing.seller_id == original.listing.seller_id,
        of_titles=are_titles_alike(version.title, original.title, rules),
        names_brand=any(hit.fingerprint.brand_id in named for hit in hits),
    )


def are_titles_alike(one: str, other: str, rules: RuleValues) -> bool:
    """Whether two titles are of the same goods."""
    grams = (grams_of(title, letters=_TITLE_GRAM) for title in (one, other))
    return likeness(*grams) >= rules.ratio("relist_title_likeness")


def _strength(hit: _Hit) -> tuple[bool, float, int]:
    return (hit.sign.weakness == Weakness.NONE, hit.sign.score, -hit.fingerprint.pk)


def _found(version: ListingVersion, hits: Sequence[_Hit], shown_at: datetime) -> FoundAgain:
    strongest = hits[0].fingerprint
    return FoundAgain(
        version=version,
        original=strongest.version,
        fingerprint=strongest,
        score=hits[0].sign.score,
        signals=tuple(_signal(hit) for hit in hits),
        days=days_to_relist(taken_down_at=strongest.effective_at, shown_at=shown_at),
    )


def _signal(hit: _Hit) -> dict[str, Any]:
    """A sign as the row keeps it and the case's page shows it."""
    told = {
        "kind": hit.sign.kind.value,
        "fingerprint_id": hit.fingerprint.pk,
        "score": hit.sign.score,
        "weakness": hit.sign.weakness.value,
    }
    if hit.candidate is None or hit.image is None:
        return told | {"why": f"가품으로 확정된 상품의 글과 {hit.sign.score:.0%} 같습니다."}
    return told | {
        "why": hit.candidate.why,
        "image_id": hit.image.pk,
        "image": hit.image.name or f"{hit.image.position}",
        "original_sha256": hit.sign.content,
        "distance": hit.candidate.distance,
        "transform": hit.candidate.transform.to_json(),
    }


def _first_shown(found: Sequence[tuple[ListingVersion, Sequence[_Hit]]]) -> dict[tuple[int, int], datetime]:
    """When each listing first showed what was found in it, by its version and the old one.

    A listing that was changed counts from the change on: what it showed up to the old content was the old content.
    """
    listings = {version.listing_id for version, _ in found}
    digests = {hit.sign.shown for _, hits in found for hit in hits}
    has_it = Q(images__file__sha256__in=digests) | Q(text_digest__in=digests)
    versions = ListingVersion.objects.filter(has_it, listing__in=listings).distinct().prefetch_related("images__file")
    by_listing: dict[int, list[ListingVersion]] = defaultdict(list)
    for version in versions if found else ():
        by_listing[version.listing_id].append(version)
    return {
        (version.pk, hits[0].fingerprint.version_id): _first(version, hits, by_listing[version.listing_id])
        for version, hits in found
    }


def _first(version: ListingVersion, hits: Sequence[_Hit], versions: Iterable[ListingVersion]) -> datetime:
    original = hits[0].fingerprint.version
    after = original.number if original.listing_id == version.listing_id else 0
    wanted = {hit.sign.shown for hit in hits}
    times = [each.captured_at for each in versions if each.number > after and wanted & content_digests([each])]
    return min([version.captured_at, *times])
