"""Reads of sellers' authorisations, in words of the domain."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from sellers.choices import AuthorisationKind, AuthorisationStatus

if TYPE_CHECKING:
    from accounts.models import Marketplace
    from brands.models import Brand
    from sellers.models import Authorisation, Seller


class AuthorisationQuerySet(models.QuerySet["Authorisation"]):
    def in_force(self, *, on: date) -> "AuthorisationQuerySet":
        """Confirmed ones whose period covers the day (Asia/Seoul)."""
        not_over = Q(ends_on__isnull=True) | Q(ends_on__gte=on)
        return self.filter(not_over, status=AuthorisationStatus.CONFIRMED, starts_on__lte=on)

    def holding_for(self, marketplace: "Marketplace", external_id: str, *, on: date) -> "AuthorisationQuerySet":
        """Ones of this seller whose period covers the day, also where the brand named it before it appeared."""
        not_over = Q(ends_on__isnull=True) | Q(ends_on__gte=on)
        named = self.not_revoked().filter(marketplace=marketplace, seller_external_id=external_id)
        return named.filter(not_over, starts_on__lte=on)

    def awaiting_seller(self) -> "AuthorisationQuerySet":
        """Ones whose seller has not appeared yet."""
        return self.filter(status=AuthorisationStatus.AWAITING_SELLER)

    def of_seller(self, seller: "Seller") -> "AuthorisationQuerySet":
        """Ones that name this seller, whether it was known then or not."""
        return self.filter(marketplace=seller.marketplace_id, seller_external_id=seller.external_id)

    def not_revoked(self) -> "AuthorisationQuerySet":
        """Ones that hold, held until their end, or wait for their seller."""
        return self.exclude(status=AuthorisationStatus.REVOKED)

    def open_ended(self) -> "AuthorisationQuerySet":
        """Ones that nobody took back and that have no last day."""
        return self.not_revoked().filter(ends_on__isnull=True)

    def from_list(self, brand: "Brand", marketplace: "Marketplace") -> "AuthorisationQuerySet":
        """Ones of the kind that a brand's plain list of sellers gives: for sale, of all its goods."""
        return self.filter(brand=brand, marketplace=marketplace, kind=AuthorisationKind.SALES, goods="")
