"""What was asked before publishing and what was answered, and what was published although it was held."""

from django.db import models
from django.db.models import Q

from accounts.models import Marketplace
from core.numbers import public_number
from listings.choices import Verdict
from listings.models.listing import ListingVersion
from listings.querysets import PreflightScreeningQuerySet
from sellers.models import Seller


class PreflightScreening(models.Model):
    """One answer to a marketplace that asked before publishing. No listing and no picture is kept with it.

    ``seller`` is null where the portal does not know it yet; ``seller_external_id`` is what the marketplace calls it.
    ``description`` is kept only where staff may have to look at it. ``findings`` are the reasons as staff read them;
    ``asked_for`` the documents and changes that were named. ``pictures``: position, SHA-256 and state of each. A hold
    that was released (``released_at``) holds the same content of the seller no more.
    """

    marketplace = models.ForeignKey(
        Marketplace, on_delete=models.PROTECT, related_name="preflight_screenings", verbose_name="마켓플레이스"
    )
    seller = models.ForeignKey(
        Seller,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="preflight_screenings",
        verbose_name="판매자",
    )
    seller_external_id = models.CharField("판매자 외부 식별자", max_length=100)
    listing_external_id = models.CharField("상품 번호", max_length=100, blank=True)
    title = models.CharField("제목", max_length=500)
    description = models.TextField("설명", blank=True)
    category = models.CharField("분류", max_length=200, blank=True)
    price_minor = models.BigIntegerField("가격(최소 단위)")
    currency = models.CharField("통화", max_length=3)
    text_digest = models.CharField("글 다이제스트", max_length=64)
    pictures = models.JSONField("사진", default=list)
    verdict = models.CharField("판정", max_length=6, choices=Verdict)
    score = models.FloatField("점수")
    findings = models.JSONField("근거", default=list)
    asked_for = models.JSONField("안내한 것", default=list)
    engine_version = models.CharField("엔진 판", max_length=20)
    material = models.CharField("자료 판", max_length=64)
    client = models.CharField("보낸 곳", max_length=100, blank=True)
    screened_at = models.DateTimeField("심사 시각")
    released_at = models.DateTimeField("보류를 푼 시각", null=True, blank=True)
    released_reason = models.CharField("보류를 푼 사유", max_length=500, blank=True)
    released_by_kind = models.CharField("보류를 푼 사람 종류", max_length=20, blank=True)
    released_by_ref = models.CharField("보류를 푼 사람 식별자", max_length=64, blank=True)

    objects = PreflightScreeningQuerySet.as_manager()

    class Meta:
        verbose_name = "사전 심사"
        verbose_name_plural = "사전 심사"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(score__gte=0, score__lte=1), name="listings_preflightscreening_score_range"
            ),
            models.CheckConstraint(
                condition=Q(price_minor__gte=0),
                name="listings_preflightscreening_price_not_negative",
                violation_error_message="가격이 0보다 작습니다. 가격을 확인해 주세요.",
            ),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True, released_reason="")
                | (Q(released_at__isnull=False, verdict="stop") & ~Q(released_reason="")),
                name="listings_preflightscreening_released_with_a_reason",
                violation_error_message="보류만, 사유를 적어서 풀 수 있습니다. 사유를 적어 주세요.",
            ),
        ]
        indexes = [
            models.Index(fields=["-screened_at", "-id"], name="listings_preflight_newest"),
            # What was held is looked for with every version that is screened.
            models.Index(fields=["text_digest"], name="listings_preflight_held", condition=Q(verdict="stop")),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """``P-2026-000123``: what the marketplace names when it asks about the answer."""
        return public_number("P", self.screened_at, self.pk)

    @property
    def is_of_a_counterfeit(self) -> bool:
        """Whether it is held because a confirmed counterfeit is back: then a decision stands behind it."""
        return any(finding["originals"] and finding["verdict"] == Verdict.STOP for finding in self.findings)

    @property
    def compared_digests(self) -> frozenset[str]:
        """SHA-256 of the pictures that the verdict rests on."""
        return frozenset(picture["sha256"] for picture in self.pictures if picture["state"] == "compared")


class HeldPublication(models.Model):
    """That content which was held came up for sale all the same, under the same seller, and was held again."""

    preflight = models.ForeignKey(
        PreflightScreening, on_delete=models.PROTECT, related_name="publications", verbose_name="사전 심사"
    )
    version = models.ForeignKey(
        ListingVersion, on_delete=models.PROTECT, related_name="held_publications", verbose_name="게시된 내용"
    )
    found_at = models.DateTimeField("찾은 시각")

    class Meta:
        verbose_name = "보류된 뒤 게시"
        verbose_name_plural = "보류된 뒤 게시"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["preflight", "version"], name="listings_heldpublication_once"),
        ]

    def __str__(self) -> str:
        return f"{self.preflight_id} → {self.version_id}"
