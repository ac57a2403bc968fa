"""Reads of brands and their material, in words of the domain."""

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from brands.models import Brand, ReferenceImage


class BrandQuerySet(models.QuerySet["Brand"]):
    def protected(self) -> "BrandQuerySet":
        """Brands that screening protects today."""
        return self.filter(is_protected=True)


class ReferenceImageQuerySet(models.QuerySet["ReferenceImage"]):
    def named(self) -> "ReferenceImageQuerySet":
        """Pictures that the brand's material names today, switched on or not."""
        return self.filter(withdrawn_at__isnull=True)

    def withdrawn(self) -> "ReferenceImageQuerySet":
        """Pictures that the brand's material named once, the latest first."""
        return self.filter(withdrawn_at__isnull=False).order_by("-id")

    def in_use(self) -> "ReferenceImageQuerySet":
        """Pictures that screening compares with: switched on, of a protected brand, with a readable working copy."""
        return self.filter(is_active=True, brand__is_protected=True).exclude(file__working_name="")
