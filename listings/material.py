"""The brands' material that screening compares with, and a name for its state."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Max

from brands.models import Brand, BrandName, ReferenceImage
from core.canonical import digest
from listings.fingerprints import fingerprints_of
from matching import ENGINE_VERSION, BrandSpelling, ReferencePicture

#: References whose fingerprints are loaded at once.
_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class MaterialKeys:
    """What the material consists of, by name: keys of reference pictures, and (brand, spelling) pairs."""

    pictures: frozenset[str]
    spellings: frozenset[tuple[str, str]]


def material_version() -> str:
    """A name of the state of the material: another one as soon as a picture, a spelling or a protection changes.

    Small queries rather than a digest over all rows: a screening asks this for every chunk. Rows are never
    changed without their ``updated_at``, and names are only made and deleted.
    """
    states = [
        ReferenceImage.objects.aggregate(last=Max("pk"), changed=Max("updated_at")),
        # Counted as well, because a transaction that commits late may leave the latest change where it was.
        ReferenceImage.objects.in_use().aggregate(used=Count("pk")),
        BrandName.objects.aggregate(rows=Count("pk"), last=Max("pk")),
        Brand.objects.aggregate(last=Max("pk"), changed=Max("updated_at")),
        Brand.objects.protected().aggregate(used=Count("pk")),
    ]
    plain = [{key: str(value) for key, value in state.items()} for state in states]
    return digest({"engine": ENGINE_VERSION, "states": plain})


def material_keys() -> MaterialKeys:
    """The names of all that screening compares with now."""
    pictures = ReferenceImage.objects.in_use().values_list("pk", flat=True)
    return MaterialKeys(
        pictures=frozenset(str(key) for key in pictures.iterator()),
        spellings=frozenset((spelling.brand, spelling.spelling) for spelling in spellings()),
    )


def spellings() -> Iterator[BrandSpelling]:
    """Every spelling of every protected brand. The engine's word for a brand is its primary key as text."""
    rows = BrandName.objects.filter(brand__in=Brand.objects.protected()).order_by("pk")
    for brand, spelling in rows.values_list("brand_id", "spelling").iterator():
        yield BrandSpelling(str(brand), spelling)


def pictures(only: frozenset[str] | None = None) -> Iterator[ReferencePicture]:
    """Reference pictures in use with their fingerprints; those that the engine cannot read are left out."""
    rows = ReferenceImage.objects.in_use().select_related("file").order_by("pk")
    if only is not None:
        rows = rows.filter(pk__in=[int(key) for key in only])
    batch: list[ReferenceImage] = []
    for row in rows.iterator(chunk_size=_BATCH):
        batch.append(row)
        if len(batch) == _BATCH:
            yield from _with_fingerprints(batch)
            batch = []
    yield from _with_fingerprints(batch)


def _with_fingerprints(rows: list[ReferenceImage]) -> Iterator[ReferencePicture]:
    prints = fingerprints_of(row.file for row in rows)
    for row in rows:
        if row.file.sha256 in prints:
            yield ReferencePicture(str(row.pk), str(row.brand_id), prints[row.file.sha256])
