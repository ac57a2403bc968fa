"""Reads of brands and their material, in words of the domain."""

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from brands.models import Brand, ReferenceImage


class BrandQuerySet(models.QuerySet["Brand"]):
    def protected(self) -> "BrandQuerySet":
        """Brands that screening protects today."""
        return self.filter(is_protected=True)

    def with_picture_count(self) -> "BrandQuerySet":
        """Each brand with ``picture_count``: how many of its pictures are switched on."""
        in_use = models.Q(reference_images__is_active=True)
        return self.annotate(picture_count=models.Count("reference_images", filter=in_use))


class ReferenceImageQuerySet(models.QuerySet["ReferenceImage"]):
    def named(self) -> "ReferenceImageQuerySet":
        """Pictures that the brand's material names today, switched on or not."""
        return self.filter(withdrawn_at__isnull=True)

    def withdrawn(self) -> "ReferenceImageQuerySet":
        """Pictures that the brand's material named once, the latest first."""
        return self.filter(withdrawn_at__isnull=False).order_by("-id")

    def switched_on(self) -> "ReferenceImageQuerySet":
        """Pictures that neither staff nor the brand's material took out."""
        return self.filter(is_active=True)

    def with_picture(self) -> "ReferenceImageQuerySet":
        """Pictures whose safe working copy can be shown and compared."""
        return self.exclude(file__working_name="")

    def in_use(self) -> "ReferenceImageQuerySet":
        """Pictures that screening compares with: switched on, of a protected brand, with a readable working copy."""
        return self.switched_on().with_picture().filter(brand__is_protected=True)
