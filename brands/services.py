"""Bringing brands and their material in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from brands import material
from brands.errors import unknown_brand
from brands.models import Brand, RightsHolder
from brands.records import BrandRecord, RightsHolderRecord
from core.actors import Actor
from core.changes import Change
from core.journal import record as journal


@dataclass(frozen=True, slots=True)
class BrandUpsert:
    """The brand, and whether anything of it or of its material is new."""

    brand: Brand
    change: Change


@transaction.atomic
def upsert_brand(record: BrandRecord, *, actor: Actor | None, now: datetime | None = None) -> BrandUpsert:
    """Make the brand, or bring it to what the record says; the same record again changes nothing.

    A new brand without a rights holder gets one of its own (``brand:<id>``). What the record leaves out stays. Of what
    it does say it is the whole truth: spellings that it names no longer are removed, and reference pictures that it
    names no longer are switched off (``is_active``, with the time in ``withdrawn_at``) until it names them again. A
    picture that staff switched off stays off. A picture whose bytes changed becomes a new row, because earlier matches
    point to the old one and must go on showing what was compared. Rights are added and never taken away: complaints
    rest on them.

    Journals ``brands.brand.created`` or, where anything changed, ``brands.brand.changed`` with what did. Raises
    ``UnknownBrand`` where a brand that is not known comes without a name.
    """
    brand, is_new = _find_or_create(record, actor)
    details = {} if is_new else _bring_fields(brand, record, actor)
    details |= material.bring_spellings(brand, record.names)
    details |= material.bring_rights(brand, record.rights or ())
    if record.images is not None:
        details |= material.bring_images(brand, record.images, now=now or timezone.now())
    if is_new:
        journal("brands.brand.created", actor=actor, subject=brand, details={"name": brand.name} | details)
        return BrandUpsert(brand, Change.CREATED)
    if not details:
        return BrandUpsert(brand, Change.UNCHANGED)
    journal("brands.brand.changed", actor=actor, subject=brand, details=details)
    return BrandUpsert(brand, Change.CHANGED)


def _find(external_id: str) -> Brand | None:
    """The row, locked where the database knows row locks, so that two imports do not mix the brand's material."""
    return Brand.objects.select_for_update().filter(external_id=external_id).first()


def _find_or_create(record: BrandRecord, actor: Actor | None) -> tuple[Brand, bool]:
    found = _find(record.external_id)
    if found is not None:
        return found, False
    if record.name is None:
        raise unknown_brand(record.external_id)
    own = RightsHolderRecord(_own_holder_id(record.external_id), record.name)
    holder = _bring_rights_holder(record.rights_holder or own, actor)
    brand, is_new = Brand.objects.get_or_create(
        external_id=record.external_id, defaults={"name": record.name, "rights_holder": holder}
    )
    # Somebody else may have been first; then theirs is the row, and it is theirs until they let go of it.
    return (brand if is_new else Brand.objects.select_for_update().get(pk=brand.pk)), is_new


def _bring_fields(brand: Brand, record: BrandRecord, actor: Actor | None) -> dict[str, object]:
    """The brand's own name and its rights holder: old and new of what changed."""
    changes: dict[str, object] = {}
    holder = _wanted_rights_holder(brand, record, actor)
    if holder.pk != brand.rights_holder_id:
        changes["rights_holder"] = {"old": brand.rights_holder.external_id, "new": holder.external_id}
        brand.rights_holder = holder
    if record.name is not None and record.name != brand.name:
        changes["name"] = {"old": brand.name, "new": record.name}
        brand.name = record.name
    if changes:
        brand.save(update_fields=["name", "rights_holder", "updated_at"])
    return changes


def _wanted_rights_holder(brand: Brand, record: BrandRecord, actor: Actor | None) -> RightsHolder:
    """The one that the record names; else the one that is there, which goes by the brand's name if it is its own."""
    if record.rights_holder is not None:
        return _bring_rights_holder(record.rights_holder, actor)
    holder = brand.rights_holder
    if record.name is not None and holder.external_id == _own_holder_id(brand.external_id):
        _rename_rights_holder(holder, record.name, actor)
    return holder


def _own_holder_id(brand_id: str) -> str:
    return f"brand:{brand_id}"


def _bring_rights_holder(record: RightsHolderRecord, actor: Actor | None) -> RightsHolder:
    said = {"contact_email": record.email, "country": record.country, "language": record.language}
    facts = {"name": record.name} | said
    holder, is_new = RightsHolder.objects.get_or_create(
        external_id=record.external_id,
        defaults={"name": record.external_id} | {name: value for name, value in facts.items() if value},
    )
    if is_new:
        journal("brands.rights_holder.created", actor=actor, subject=holder, details={"name": holder.name})
    else:
        _change_rights_holder(holder, {name: value for name, value in facts.items() if value}, actor)
    return holder


def _rename_rights_holder(holder: RightsHolder, name: str, actor: Actor | None) -> None:
    _change_rights_holder(holder, {"name": name}, actor)


def _change_rights_holder(holder: RightsHolder, facts: Mapping[str, str], actor: Actor | None) -> None:
    """Write down what is said anew, with old and new in the journal."""
    changes = {
        name: {"old": getattr(holder, name), "new": value}
        for name, value in facts.items()
        if getattr(holder, name) != value
    }
    if not changes:
        return
    for name in changes:
        setattr(holder, name, facts[name])
    holder.save(update_fields=list(changes))
    journal("brands.rights_holder.changed", actor=actor, subject=holder, details=changes)
