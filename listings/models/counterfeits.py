"""What is remembered of confirmed counterfeits, and what came back of them."""

from django.db import models
from django.db.models import F, Q

from brands.models import Brand
from core.models import ActedOn
from listings.choices import ContentKind, Weakness
from listings.models.listing import Listing, ListingVersion
from listings.querysets import FingerprintQuerySet, ProtectionQuerySet, ReappearanceQuerySet
from sellers.models import Seller


class Fingerprint(ActedOn):
    """One picture, or the text, of a listing as it stood when a decision found it a counterfeit.

    ``data``: the engine's fingerprint of a picture, or the sketch of a text. It counts from ``effective_at`` on, until
    somebody switches it off; one whose decision was taken back (``cleared_at``) never counts again. ``source`` is the
    decision, opaque here. ``weakness`` says why it counts only together with other signs, where it does.
    """

    kind = models.CharField("종류", max_length=5, choices=ContentKind)
    content_digest = models.CharField("내용 다이제스트", max_length=64)
    engine_version = models.CharField("엔진 판", max_length=20)
    data = models.BinaryField("지문")
    weakness = models.CharField("약한 까닭", max_length=10, choices=Weakness, blank=True, default=Weakness.NONE)
    version = models.ForeignKey(
        ListingVersion, on_delete=models.PROTECT, related_name="fingerprints", verbose_name="가품의 내용"
    )
    listing = models.ForeignKey(
        Listing, on_delete=models.PROTECT, related_name="fingerprints", verbose_name="가품으로 확정된 상품"
    )
    brand = models.ForeignKey(
        Brand, null=True, blank=True, on_delete=models.PROTECT, related_name="fingerprints", verbose_name="브랜드"
    )
    source_type = models.CharField("근거 종류", max_length=60)
    source_ref = models.CharField("근거 식별자", max_length=64)
    effective_at = models.DateTimeField("효력 시작")
    created_at = models.DateTimeField("만든 시각", auto_now_add=True)
    switched_off_at = models.DateTimeField("끈 시각", null=True, blank=True)
    switched_off_reason = models.CharField("끈 사유", max_length=500, blank=True)
    switched_off_by_kind = models.CharField("끈 사람 종류", max_length=20, blank=True)
    switched_off_by_ref = models.CharField("끈 사람 식별자", max_length=64, blank=True)
    cleared_at = models.DateTimeField("결정이 취소된 시각", null=True, blank=True)

    objects = FingerprintQuerySet.as_manager()

    class Meta:
        verbose_name = "가품 지문"
        verbose_name_plural = "가품 지문"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["source_type", "source_ref", "kind", "content_digest"],
                name="listings_fingerprint_once_a_decision",
                violation_error_message="이 결정은 같은 내용의 지문을 이미 남겼습니다.",
            ),
            models.CheckConstraint(
                condition=Q(switched_off_at__isnull=True, switched_off_reason="")
                | (Q(switched_off_at__isnull=False) & ~Q(switched_off_reason="")),
                name="listings_fingerprint_off_with_a_reason",
                violation_error_message="지문을 끄려면 사유가 필요합니다. 사유를 적어 주세요.",
            ),
            models.CheckConstraint(
                condition=Q(cleared_at__isnull=True) | Q(switched_off_at__isnull=False),
                name="listings_fingerprint_cleared_is_off",
                violation_error_message="결정이 취소된 지문은 다시 켤 수 없습니다.",
            ),
        ]
        indexes = [models.Index(fields=["content_digest"], name="listings_fingerprint_content")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.content_digest[:12]}"

    @property
    def is_weak(self) -> bool:
        """Whether it counts only together with other signs."""
        return self.weakness != Weakness.NONE

    @property
    def is_on(self) -> bool:
        """Whether nobody switched it off and its decision stands. It may still wait for ``effective_at``."""
        return self.switched_off_at is None


class Reappearance(models.Model):
    """A listing that shows a confirmed counterfeit again, and the old listing that it shows.

    ``signals``: for each sign its kind (image or text), score, reason, the fingerprint, and for pictures both pictures
    and how the one is laid over the other. ``days_to_relist``: whole days in Seoul from the day on which the old one
    was taken down to the day on which the new one first showed it; 0 where it was there already.
    """

    version = models.ForeignKey(
        ListingVersion, on_delete=models.PROTECT, related_name="reappearances", verbose_name="다시 나타난 내용"
    )
    original = models.ForeignKey(
        ListingVersion, on_delete=models.PROTECT, related_name="reappeared_as", verbose_name="가품의 내용"
    )
    fingerprint = models.ForeignKey(
        Fingerprint, on_delete=models.PROTECT, related_name="reappearances", verbose_name="가장 강한 지문"
    )
    brand = models.ForeignKey(
        Brand, null=True, blank=True, on_delete=models.PROTECT, related_name="reappearances", verbose_name="브랜드"
    )
    score = models.FloatField("점수")
    signals = models.JSONField("신호")
    days_to_relist = models.PositiveIntegerField("재등록까지 걸린 날")
    found_at = models.DateTimeField("찾은 시각")
    dismissed_at = models.DateTimeField("기각한 시각", null=True, blank=True)
    dismissed_reason = models.CharField("기각 사유", max_length=500, blank=True)

    objects = ReappearanceQuerySet.as_manager()

    class Meta:
        verbose_name = "재등록"
        verbose_name_plural = "재등록(다시 나타난 가품)"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["version", "original"], name="listings_reappearance_once"),
            models.CheckConstraint(
                condition=~Q(version=F("original")),
                name="listings_reappearance_not_of_itself",
                violation_error_message="한 내용이 스스로의 재등록일 수는 없습니다.",
            ),
            models.CheckConstraint(condition=Q(score__gte=0, score__lte=1), name="listings_reappearance_score_range"),
        ]
        indexes = [models.Index(fields=["-found_at", "-id"], name="listings_reappearance_newest")]

    def __str__(self) -> str:
        return f"{self.version_id} ← {self.original_id}"


class Protection(ActedOn):
    """Content that an appeal found rightful: this seller's picture or text, against this brand's counterfeits.

    Binds to the content, never to a listing. Neither is this content of the seller's reported as reappearing, nor does
    a fingerprint of this content count against the seller. Without a brand it holds against every brand's.
    """

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="protections", verbose_name="판매자")
    brand = models.ForeignKey(
        Brand, null=True, blank=True, on_delete=models.PROTECT, related_name="protections", verbose_name="브랜드"
    )
    content_kind = models.CharField("내용 종류", max_length=5, choices=ContentKind)
    content_digest = models.CharField("내용 다이제스트", max_length=64)
    version = models.ForeignKey(
        ListingVersion, on_delete=models.PROTECT, related_name="protections", verbose_name="상품 내용"
    )
    source_type = models.CharField("근거 종류", max_length=60)
    source_ref = models.CharField("근거 식별자", max_length=64)
    created_at = models.DateTimeField("기억한 시각", auto_now_add=True)
    lifted_at = models.DateTimeField("거둔 시각", null=True, blank=True)

    objects = ProtectionQuerySet.as_manager()

    class Meta:
        verbose_name = "보호된 내용"
        verbose_name_plural = "보호된 내용"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["source_type", "source_ref", "content_kind", "content_digest"],
                name="listings_protection_once_a_decision",
                violation_error_message="이 결정은 같은 내용을 이미 보호했습니다.",
            )
        ]
        indexes = [models.Index(fields=["seller", "content_digest"], name="listings_protection_content")]

    def __str__(self) -> str:
        return f"{self.get_content_kind_display()} {self.content_digest[:12]}"
