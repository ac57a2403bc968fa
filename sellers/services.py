"""Bringing sellers in, and what brands say of who may sell their goods."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import transaction
from django.utils import timezone

from accounts.models import Marketplace
from brands.models import Brand
from core.actors import Actor
from core.changes import Change
from core.journal import record as journal
from sellers.authorisations import end_now
from sellers.choices import AuthorisationStatus
from sellers.models import Authorisation, Seller
from sellers.querysets import AuthorisationQuerySet
from sellers.records import SellerRecord

#: What a record may say; an identifier never changes.
_FIELDS: Final = ("shop_name", "email", "language", "time_zone", "opened_on")
#: Contacts are personal: the journal says that they changed, not what they are.
_PRIVATE_FIELDS: Final = frozenset({"email"})


@dataclass(frozen=True, slots=True)
class SellerUpsert:
    """The seller, and whether anything of it is new."""

    seller: Seller
    change: Change


@transaction.atomic
def upsert_seller(record: SellerRecord, *, marketplace: Marketplace, actor: Actor | None) -> SellerUpsert:
    """Make the seller, or bring it to what the record says; the same record again changes nothing.

    Authorisations that waited for this seller hold from now on. Journals ``sellers.seller.created`` or, where anything
    changed, ``sellers.seller.changed``, and ``sellers.authorisation.confirmed`` for each that held.
    """
    said = {name: value for name in _FIELDS if (value := getattr(record, name)) is not None}
    seller, is_new = Seller.objects.get_or_create(
        marketplace=marketplace, external_id=record.external_id, defaults=said
    )
    changes = {} if is_new else _bring_fields(seller, said)
    if is_new:
        details = {"external_id": seller.external_id, "shop_name": seller.shop_name, "marketplace": marketplace.slug}
        journal("sellers.seller.created", actor=actor, subject=seller, details=details)
    elif changes:
        journal("sellers.seller.changed", actor=actor, subject=seller, details=changes)
    _confirm(Authorisation.objects.awaiting_seller().of_seller(seller), {seller.external_id: seller}, actor)
    if is_new:
        return SellerUpsert(seller, Change.CREATED)
    return SellerUpsert(seller, Change.CHANGED if changes else Change.UNCHANGED)


def _bring_fields(seller: Seller, said: dict[str, object]) -> dict[str, object]:
    changes: dict[str, object] = {}
    for name, value in said.items():
        old = getattr(seller, name)
        if old != value:
            changes[name] = "changed" if name in _PRIVATE_FIELDS else {"old": old, "new": value}
            setattr(seller, name, value)
    if changes:
        seller.save(update_fields=[*changes, "updated_at"])
    return changes


@transaction.atomic
def name_authorised_sellers(
    brand: Brand,
    external_ids: Iterable[str],
    *,
    marketplace: Marketplace,
    actor: Actor | None,
    on: date | None = None,
) -> Change:
    """Take over the brand's own list of who may sell its goods on the marketplace, from today on.

    The list is the whole of it: a seller that it names no longer loses the authorisation that the list gave (for sale,
    of all goods, without an end); licences, parallel imports and whatever staff set up with a scope or an end are not
    touched. A seller that is not known yet waits (``AWAITING_SELLER``) and is authorised as soon as it appears. One
    journal entry of the brand, ``sellers.authorisations.listed``, says who came and who went.
    """
    today = on or timezone.localdate()
    # The brand's row is the lock under which two lists do not mix, where the database knows row locks.
    Brand.objects.select_for_update().get(pk=brand.pk)
    wanted = list(dict.fromkeys(external_ids))
    listed = Authorisation.objects.from_list(brand, marketplace)
    held = set(listed.open_ended().values_list("seller_external_id", flat=True))
    gone = sorted(held.difference(wanted))
    new = [external_id for external_id in wanted if external_id not in held]
    if not gone and not new:
        return Change.UNCHANGED
    end_now(listed.open_ended().filter(seller_external_id__in=gone), on=today)
    _name(brand, new, marketplace=marketplace, on=today)
    details = {"marketplace": marketplace.slug, "named": new, "revoked": gone}
    journal("sellers.authorisations.listed", actor=actor, subject=brand, details=details)
    return Change.CHANGED


def _name(brand: Brand, external_ids: Sequence[str], *, marketplace: Marketplace, on: date) -> None:
    known = Seller.objects.filter(marketplace=marketplace, external_id__in=external_ids)
    sellers = {seller.external_id: seller for seller in known}
    # Named, dropped and named again in one day is one row: a row says the one day at which it started.
    rows = Authorisation.objects.from_list(brand, marketplace).filter(starts_on=on, seller_external_id__in=external_ids)
    again = {row.seller_external_id: row for row in rows}
    new = [
        Authorisation(marketplace=marketplace, brand=brand, seller_external_id=external_id, starts_on=on)
        for external_id in external_ids
        if external_id not in again
    ]
    now = timezone.now()
    for row in (*again.values(), *new):
        row.updated_at = now
        row.seller, row.ends_on = sellers.get(row.seller_external_id), None
        row.status = AuthorisationStatus.CONFIRMED if row.seller else AuthorisationStatus.AWAITING_SELLER
    Authorisation.objects.bulk_create(new)
    Authorisation.objects.bulk_update(again.values(), ["seller", "status", "ends_on", "updated_at"])


@transaction.atomic
def confirm_waiting_authorisations(*, marketplace: Marketplace, actor: Actor | None) -> int:
    """Confirm what waits for a seller that is there by now; how many there were.

    A list and a seller that came in two transactions side by side did not see each other. Whoever brought either in
    calls this afterwards.
    """
    known = Seller.objects.filter(marketplace=marketplace)
    waiting = Authorisation.objects.awaiting_seller().filter(
        marketplace=marketplace, seller_external_id__in=known.values("external_id")
    )
    names = list(waiting.values_list("seller_external_id", flat=True).distinct())
    sellers = {seller.external_id: seller for seller in known.filter(external_id__in=names)}
    return _confirm(waiting, sellers, actor)


def _confirm(waiting: AuthorisationQuerySet, sellers: dict[str, Seller], actor: Actor | None) -> int:
    """By compare-and-set, so that an authorisation revoked in the same moment is not confirmed after all."""
    confirmed = 0
    for row in waiting:
        seller = sellers[row.seller_external_id]
        still_waits = Authorisation.objects.awaiting_seller().filter(pk=row.pk)
        if still_waits.update(seller=seller, status=AuthorisationStatus.CONFIRMED, updated_at=timezone.now()):
            details = {"seller": seller.external_id}
            journal("sellers.authorisation.confirmed", actor=actor, subject=row, details=details)
            confirmed += 1
    return confirmed
