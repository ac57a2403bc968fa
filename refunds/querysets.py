"""Reads of order lines, in words of the domain."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.models import Marketplace
from core.contacts import email_name, mobile_name
from core.keys import contact_hashes
from refunds.rules import order_key

if TYPE_CHECKING:
    from listings.models import Listing
    from refunds.models import OrderLine


class OrderLineQuerySet(models.QuerySet["OrderLine"]):
    def of_order(self, number: str, *, marketplace: Marketplace) -> "OrderLineQuerySet":
        """Lines of the orders that are found by this number, however it is typed. Not proof of whose they are."""
        return self.filter(marketplace=marketplace, order_key=order_key(number))

    def of_exact_order(self, number: str, *, marketplace: Marketplace) -> "OrderLineQuerySet":
        """Lines of the order of exactly this number, as its marketplace writes it."""
        return self.filter(marketplace=marketplace, order_number=number)

    def of_listing(self, listing: "Listing") -> "OrderLineQuerySet":
        """What was sold under the listing, also where it came in after the orders and nobody has joined them yet."""
        waiting = Q(listing__isnull=True, listing_external_id=listing.external_id)
        return self.filter(Q(listing=listing) | waiting, marketplace=listing.marketplace_id)

    def of_email(self, email: str) -> "OrderLineQuerySet":
        """What was bought with this address, under whichever key of the ring it was hashed.

        Raises ``ContactRefused`` on what is no address.
        """
        return self.filter(email_hash__in=contact_hashes(email_name(email)))

    def of_mobile(self, mobile: str) -> "OrderLineQuerySet":
        """What was bought with this mobile number, under whichever key. Raises ``ContactRefused``."""
        return self.filter(mobile_hash__in=contact_hashes(mobile_name(mobile)))

    def received(self) -> "OrderLineQuerySet":
        """What has arrived."""
        return self.filter(received_at__isnull=False)

    def changed_since(self, moment: datetime) -> "OrderLineQuerySet":
        """What came in or changed from that moment on."""
        return self.filter(changed_at__gte=moment)

    def with_listing_at_last(self) -> "OrderLineQuerySet":
        """Lines whose listing was not known when they came in, and is by now."""
        return self.filter(_is_there("listings.Listing", "listing_external_id"), listing__isnull=True)

    def with_seller_at_last(self) -> "OrderLineQuerySet":
        """The same for sellers."""
        return self.filter(_is_there("sellers.Seller", "seller_external_id"), seller__isnull=True)


def _is_there(model: str, named_by: str) -> Exists:
    named = apps.get_model(model)._default_manager.filter(
        marketplace=OuterRef("marketplace"), external_id=OuterRef(named_by)
    )
    return Exists(named)
