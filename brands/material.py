"""A brand's spellings, rights and reference pictures, brought to what a record says of them.

Each function answers what changed, by name, for the journal, and nothing where nothing did. Callers hold the brand's
row and the transaction.
"""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from brands.models import Brand, BrandName, IPRight, ReferenceImage
from brands.records import ReferenceRecord, RightRecord
from brands.rules import script_of


def bring_spellings(brand: Brand, names: Sequence[str] | None) -> dict[str, object]:
    """The brand's own name is always a spelling. ``None`` keeps those that are there; a list is the whole of them."""
    present = {name.spelling: name.pk for name in brand.names.all()}
    wanted = dict.fromkeys((brand.name, *(present if names is None else names)))
    added = [spelling for spelling in wanted if spelling not in present]
    removed = [spelling for spelling in present if spelling not in wanted]
    BrandName.objects.bulk_create(
        [BrandName(brand=brand, spelling=spelling, script=script_of(spelling)) for spelling in added]
    )
    if removed:
        brand.names.filter(pk__in=[present[spelling] for spelling in removed]).delete()
    return _named("spellings_added", added) | _named("spellings_removed", removed)


def bring_rights(brand: Brand, records: Sequence[RightRecord]) -> dict[str, object]:
    """Rights are added, never taken away: complaints rest on them."""
    if not records:
        return {}
    present = set(brand.rights.values_list("kind", "number"))
    new = [right for right in dict.fromkeys(records) if (right.kind.value, right.number) not in present]
    IPRight.objects.bulk_create([IPRight(brand=brand, kind=right.kind, number=right.number) for right in new])
    return _named("rights_added", [f"{right.kind.value}:{right.number}" for right in new])


def bring_images(brand: Brand, records: Sequence[ReferenceRecord], *, now: datetime) -> dict[str, object]:
    """The records are the whole of the brand's pictures; one without a file leaves what is kept under its name."""
    present = {image.external_id: image for image in brand.reference_images.named()}
    kept = {record.external_id: record for record in records if record.file is not None}
    named = {record.external_id for record in records}
    removed = [name for name in present if name not in named]
    replaced = [name for name in present if name in kept and present[name].file_id != _file_id(kept[name])]
    _withdraw([present[name] for name in (*removed, *replaced)], now)
    missing = [record for name, record in kept.items() if name not in present or name in replaced]
    _bring_in(brand, missing)
    relabelled = [
        name for name in kept if name in present and name not in replaced and _relabel(present[name], kept[name])
    ]
    return (
        _named("images_added", [record.external_id for record in missing if record.external_id not in replaced])
        | _named("images_replaced", replaced)
        | _named("images_relabelled", relabelled)
        | _named("images_withdrawn", removed)
    )


def _named(key: str, values: Sequence[str]) -> dict[str, object]:
    return {key: list(values)} if values else {}


def _file_id(record: ReferenceRecord) -> int:
    assert record.file is not None
    return record.file.pk


def _withdraw(images: Sequence[ReferenceImage], now: datetime) -> None:
    # Screening knows the state of the material by its latest change: the time of writing, whatever ``now`` is.
    written_at = timezone.now()
    for image in images:
        # A picture that staff had switched off keeps no memory of it: naming it again is a new decision of the brand.
        image.is_active, image.withdrawn_at, image.updated_at = False, now, written_at
    ReferenceImage.objects.bulk_update(images, ["is_active", "withdrawn_at", "updated_at"])


def _bring_in(brand: Brand, records: Sequence[ReferenceRecord]) -> None:
    """New rows, or the rows of the same identifier and bytes that were withdrawn before."""
    if not records:
        return
    earlier = {
        (image.external_id, image.file_id): image
        for image in brand.reference_images.withdrawn().filter(
            external_id__in=[record.external_id for record in records]
        )
    }
    new = []
    for record in records:
        image = earlier.get((record.external_id, _file_id(record)))
        if image is None:
            new.append(_row(brand, record))
        else:
            _bring_back(image, record)
    ReferenceImage.objects.bulk_create(new)


def _row(brand: Brand, record: ReferenceRecord) -> ReferenceImage:
    return ReferenceImage(
        brand=brand, external_id=record.external_id, kind=record.kind, file=record.file, name=record.name
    )


def _bring_back(image: ReferenceImage, record: ReferenceRecord) -> None:
    image.is_active, image.withdrawn_at, image.kind, image.name = True, None, record.kind, record.name
    image.save(update_fields=["is_active", "withdrawn_at", "kind", "name", "updated_at"])


def _relabel(image: ReferenceImage, record: ReferenceRecord) -> bool:
    """Whether the same picture is now called something else, which is then written."""
    if (image.kind, image.name) == (record.kind.value, record.name):
        return False
    image.kind, image.name = record.kind, record.name
    image.save(update_fields=["kind", "name", "updated_at"])
    return True
