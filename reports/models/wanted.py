"""Listings that somebody reported and that the portal does not know yet."""

from django.db import models

from accounts.models import Marketplace
from reports.querysets import WantedListingQuerySet


class WantedListing(models.Model):
    """A listing that reports wait for, one row however many: its marketplace is asked for it until it comes.

    ``found_at`` is when it had come and the waiting reports were placed.
    """

    marketplace = models.ForeignKey(
        Marketplace, on_delete=models.PROTECT, related_name="wanted_listings", verbose_name="마켓플레이스"
    )
    external_id = models.CharField("찾는 상품 번호", max_length=100)
    wanted_since = models.DateTimeField("찾기 시작한 시각")
    asks = models.PositiveIntegerField("물은 횟수", default=0)
    asked_at = models.DateTimeField("마지막으로 물은 시각", null=True, blank=True)
    found_at = models.DateTimeField("찾은 시각", null=True, blank=True)

    objects = WantedListingQuerySet.as_manager()

    class Meta:
        verbose_name = "찾는 상품"
        verbose_name_plural = "찾는 상품"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["marketplace", "external_id"],
                name="reports_wantedlisting_once",
                violation_error_message="이미 찾고 있는 상품입니다.",
            ),
            models.CheckConstraint(
                condition=models.Q(asks=0, asked_at__isnull=True) | models.Q(asks__gt=0, asked_at__isnull=False),
                name="reports_wantedlisting_asked_at_a_time",
                violation_error_message="물은 횟수와 물은 시각이 맞지 않습니다.",
            ),
        ]
        indexes = [models.Index(fields=["found_at", "asked_at"], name="reports_wanted_open")]

    def __str__(self) -> str:
        return f"{self.marketplace} {self.external_id}"
