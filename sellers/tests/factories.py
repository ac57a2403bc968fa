"""Sellers and their authorisations for tests."""

from datetime import date
from itertools import count
from typing import Any

from accounts.models import Marketplace
from accounts.tests.factories import make_marketplace
from brands.models import Brand
from sellers.choices import AuthorisationStatus
from sellers.models import Authorisation, Seller

_numbers = count(1)


def make_seller(shop_name: str = "", *, marketplace: Marketplace | None = None, **fields: Any) -> Seller:
    number = next(_numbers)
    defaults = {"external_id": f"seller-{number}", "shop_name": shop_name or f"상점 {number}"} | fields
    return Seller.objects.create(marketplace=marketplace or make_marketplace(), **defaults)


def make_authorisation(seller: Seller, brand: Brand, **fields: Any) -> Authorisation:
    """A confirmed authorisation of the seller for all goods of the brand, in force since long ago."""
    defaults = {"starts_on": date(2020, 1, 1), "status": AuthorisationStatus.CONFIRMED} | fields
    return Authorisation.objects.create(
        marketplace=seller.marketplace, seller=seller, seller_external_id=seller.external_id, brand=brand, **defaults
    )
