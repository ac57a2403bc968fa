"""Bringing order lines in, and in again; joining them to listings and sellers that came later."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Subquery

from accounts.models import Marketplace
from core.actors import Actor, or_system
from core.changes import Change
from core.journal import record as journal
from listings.models import Listing
from refunds import buyers, checks
from refunds.models import OrderLine, OrderLineCorrection
from refunds.records import OrderLineRecord, SaidTime
from refunds.rules import order_key, takes_over
from sellers.models import Seller

#: Times of a line, by the name of their columns without the ending.
TIMES: Final = ("ordered", "paid", "shipped", "received")
#: What marketplaces may say anew as often as it changes.
_STATE: Final = ("delivery", "status", "returned_quantity", "refunded_minor")
#: Lines joined in one turn of the chore.
_JOINED_AT_ONCE: Final = 1_000


@dataclass(frozen=True, slots=True)
class OrderLineUpsert:
    """The line, and whether anything of it is new."""

    line: OrderLine
    change: Change


@transaction.atomic
def upsert_order_line(
    record: OrderLineRecord, *, marketplace: Marketplace, actor: Actor | None, now: datetime
) -> OrderLineUpsert:
    """Make the line, or bring it to what the record says; the same record again changes nothing.

    Later news may add times and correct them, unless they come from a weaker source than what is known
    (``rules.takes_over``); state and the buyer's contacts are as told last. What was bought, of whom and for how much
    stays: a record that differs is refused (``order_line_changed``), unless it gives a reason in ``correction``, and is
    then kept beside what stood there before. Title and option stay as bought: a marketplace's export often tells what
    the listing is called today.

    Journals ``refunds.order_line.imported``, ``refunds.order_line.corrected`` and ``refunds.order_line.changed``, never
    with a contact. Raises ``DomainError`` where the record contradicts itself or what is known; nothing is written.
    """
    checks.require_sound(record, now=now)
    contacts = buyers.read(record.buyer)
    line, is_new = _find_or_create(record, contacts, marketplace=marketplace, actor=actor, now=now)
    if is_new:
        return OrderLineUpsert(line, Change.CREATED)
    before = _columns(line)
    is_corrected = _bring_facts(line, record, actor=actor, now=now)
    changes = _bring_times(line, record) | _bring_state(line, record) | buyers.bring(line, contacts)
    checks.require_consistent(line)
    _join(line)
    if changes:
        journal("refunds.order_line.changed", actor=actor, subject=line, details=changes, at=now)
    if changes or is_corrected:
        line.changed_at = now
    _save(line, before)
    return OrderLineUpsert(line, Change.CHANGED if changes or is_corrected else Change.UNCHANGED)


# -- a new line -----------------------------------------------------------------------------------------------------


def _find_or_create(
    record: OrderLineRecord,
    contacts: buyers.Contacts,
    *,
    marketplace: Marketplace,
    actor: Actor | None,
    now: datetime,
) -> tuple[OrderLine, bool]:
    """The line, locked where the database knows row locks."""
    found = _find(record, marketplace)
    if found is not None:
        return found, False
    line = _new(record, contacts, marketplace=marketplace, now=now)
    checks.require_consistent(line)
    try:
        with transaction.atomic():
            line.save(force_insert=True)
    except IntegrityError:
        # Somebody else was first; the constraint is the guard, and theirs is the row.
        found = _find(record, marketplace)
        if found is None:
            raise
        return found, False
    journal("refunds.order_line.imported", actor=actor, subject=line, details=_told(line), at=now)
    return line, True


def _find(record: OrderLineRecord, marketplace: Marketplace) -> OrderLine | None:
    # Nothing joined to it: PostgreSQL, having waited for the lock, reads the row alone anew (listings.services._find).
    lines = OrderLine.objects.select_for_update()
    return lines.filter(
        marketplace=marketplace, order_number=record.order_number, line_number=record.line_number
    ).first()


def _new(record: OrderLineRecord, contacts: buyers.Contacts, *, marketplace: Marketplace, now: datetime) -> OrderLine:
    line = OrderLine(
        marketplace=marketplace,
        order_number=record.order_number,
        order_key=order_key(record.order_number),
        line_number=record.line_number,
        imported_at=now,
        changed_at=now,
        **checks.facts_of(record),
    )
    _bring_times(line, record)
    _bring_state(line, record)
    buyers.bring(line, contacts)
    _join(line)
    return line


def _told(line: OrderLine) -> dict[str, object]:
    """What the journal says of a new line; the buyer is not in it."""
    return {
        "marketplace": line.marketplace.slug,
        "order": line.order_number,
        "line": line.line_number,
        "listing": line.listing_external_id,
        "seller": line.seller_external_id,
        "quantity": line.quantity,
        "currency": line.currency,
        "paid_minor": line.paid_minor,
    }


# -- news of a line -------------------------------------------------------------------------------------------------


def _bring_facts(line: OrderLine, record: OrderLineRecord, *, actor: Actor | None, now: datetime) -> bool:
    """What was bought and paid, corrected where the record says why. Whether it was."""
    told = checks.facts_of(record)
    if not record.correction:
        checks.require_unchanged(line, told)
        return False
    differing = {name: value for name, value in told.items() if getattr(line, name) != value}
    if not differing:
        return False
    before = {name: getattr(line, name) for name in differing}
    acting = or_system(actor)
    number = line.corrections.count() + 1
    OrderLineCorrection.objects.create(
        line=line,
        number=number,
        reason=record.correction,
        # With the currency of the amounts, so that the row can be read alone.
        before={"currency": line.currency} | before,
        after={"currency": record.currency} | differing,
        corrected_at=now,
        actor_kind=acting.kind,
        actor_ref=acting.ref,
    )
    details = {name: {"old": before[name], "new": value} for name, value in differing.items()}
    journal(
        "refunds.order_line.corrected",
        actor=actor,
        subject=line,
        details={"number": number, "reason": record.correction, **details},
        at=now,
    )
    _set(line, differing)
    return True


def _set(line: OrderLine, facts: Mapping[str, object]) -> None:
    for name, value in facts.items():
        setattr(line, name, value)
    if "listing_external_id" in facts:
        line.listing = None
    if "seller_external_id" in facts:
        line.seller = None


def _bring_times(line: OrderLine, record: OrderLineRecord) -> dict[str, object]:
    """Times with their sources, where the record adds or corrects one; old and new."""
    changes: dict[str, object] = {}
    for name in TIMES:
        told: SaidTime | None = getattr(record, name)
        known_at, known_source = getattr(line, f"{name}_at"), getattr(line, f"{name}_source")
        if told is None or (known_at, known_source) == (told.at, told.source):
            continue
        if known_at is not None and not takes_over(known_source, told.source):
            continue
        changes[f"{name}_at"] = {"old": known_at, "new": told.at}
        changes[f"{name}_source"] = {"old": known_source, "new": told.source.value}
        setattr(line, f"{name}_at", told.at)
        setattr(line, f"{name}_source", told.source.value)
    return changes


def _bring_state(line: OrderLine, record: OrderLineRecord) -> dict[str, object]:
    changes: dict[str, object] = {}
    for name in _STATE:
        told, known = getattr(record, name), getattr(line, name)
        if told is not None and told != known:
            changes[name] = {"old": known, "new": told}
            setattr(line, name, told)
    return changes


def _columns(line: OrderLine) -> dict[str, object]:
    return {field.attname: getattr(line, field.attname) for field in line._meta.concrete_fields}


def _save(line: OrderLine, before: Mapping[str, object]) -> None:
    """Only what differs: the same record again writes nothing."""
    differing = [name for name, value in _columns(line).items() if value != before[name]]
    if differing:
        line.save(update_fields=differing)


# -- listings and sellers -------------------------------------------------------------------------------------------


def _join(line: OrderLine) -> None:
    """To its listing and seller, as far as they are known."""
    of_marketplace = {"marketplace": line.marketplace_id}
    if line.listing_id is None:
        line.listing = Listing.objects.filter(**of_marketplace, external_id=line.listing_external_id).first()
    if line.seller_id is None:
        line.seller = Seller.objects.filter(**of_marketplace, external_id=line.seller_external_id).first()


def join_late_comers() -> int:
    """Join lines to listings and sellers that came in after them; how many.

    Nothing is journalled: a line says by itself which listing and seller it names. Reads do not wait for it
    (``OrderLineQuerySet.of_listing``), so a round may be late.
    """
    listings = Listing.objects.filter(marketplace=OuterRef("marketplace"), external_id=OuterRef("listing_external_id"))
    sellers = Seller.objects.filter(marketplace=OuterRef("marketplace"), external_id=OuterRef("seller_external_id"))
    without_listing = OrderLine.objects.with_listing_at_last().order_by().values("pk")[:_JOINED_AT_ONCE]
    without_seller = OrderLine.objects.with_seller_at_last().order_by().values("pk")[:_JOINED_AT_ONCE]
    joined = OrderLine.objects.filter(pk__in=list(without_listing.values_list("pk", flat=True)), listing=None)
    found = OrderLine.objects.filter(pk__in=list(without_seller.values_list("pk", flat=True)), seller=None)
    return joined.update(listing=Subquery(listings.values("pk")[:1])) + found.update(
        seller=Subquery(sellers.values("pk")[:1])
    )
