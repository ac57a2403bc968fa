"""A listing and the immutable versions of its content."""

from django.db import models
from django.db.models import Q

from accounts.models import Marketplace
from core.models import AppendOnly, EvidenceFile
from listings.choices import Restriction
from listings.querysets import ListingImageQuerySet, ListingQuerySet, ListingVersionQuerySet
from sellers.models import Seller


class Listing(models.Model):
    """Something offered for sale. What it says stands in its versions; counters and the restriction stand here."""

    marketplace = models.ForeignKey(
        Marketplace, on_delete=models.PROTECT, related_name="listings", verbose_name="마켓플레이스"
    )
    external_id = models.CharField("상품 번호", max_length=100)
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="listings", verbose_name="판매자")
    url = models.URLField("주소", max_length=1000, blank=True)
    current_version = models.ForeignKey(
        "ListingVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="현재 내용"
    )
    posted_at = models.DateTimeField("등록 시각", null=True, blank=True)
    sold_count = models.PositiveBigIntegerField("판매 수", null=True, blank=True)
    restriction = models.CharField("판매 제한", max_length=8, choices=Restriction, default=Restriction.NONE)
    restricted_at = models.DateTimeField("제한 시각", null=True, blank=True)
    first_seen_at = models.DateTimeField("처음 본 시각", auto_now_add=True)
    last_seen_at = models.DateTimeField("마지막으로 본 시각")
    #: When what the marketplace may read of it changed: content, address, restriction. Not a sighting, not a counter.
    changed_at = models.DateTimeField("변경 시각", auto_now_add=True)

    objects = ListingQuerySet.as_manager()

    class Meta:
        verbose_name = "상품"
        verbose_name_plural = "상품"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["marketplace", "external_id"],
                name="listings_listing_once_a_marketplace",
                violation_error_message="이 마켓플레이스에는 같은 번호의 상품이 이미 있습니다.",
            ),
            models.CheckConstraint(
                condition=Q(restriction="none", restricted_at__isnull=True)
                | (~Q(restriction="none") & Q(restricted_at__isnull=False)),
                name="listings_listing_restricted_since",
                violation_error_message="판매 제한에는 시작 시각이 있어야 합니다.",
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "-id"], name="listings_listing_seller"),
            models.Index(fields=["marketplace", "changed_at", "id"], name="listings_listing_changes"),
            models.Index(
                fields=["restriction", "-id"], name="listings_listing_restricted", condition=~Q(restriction="none")
            ),
        ]

    def __str__(self) -> str:
        return self.external_id


class ListingVersion(AppendOnly):
    """What a listing said and showed at one time. Every report and decision points to one, never to the listing alone.

    ``content_digest`` covers title, description, category, price, currency and the ordered SHA-256 of the original
    pictures; no counters. ``text_digest`` covers title, description and category: a change of price costs screening
    nothing.
    """

    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="versions", verbose_name="상품")
    number = models.PositiveIntegerField("판")
    content_digest = models.CharField("내용 다이제스트", max_length=64)
    text_digest = models.CharField("글 다이제스트", max_length=64, db_index=True)
    title = models.CharField("제목", max_length=500)
    description = models.TextField("설명", blank=True)
    category = models.CharField("분류", max_length=200, blank=True)
    price_minor = models.BigIntegerField("가격(최소 단위)")
    currency = models.CharField("통화", max_length=3)
    captured_at = models.DateTimeField("저장 시각")

    objects = ListingVersionQuerySet.as_manager()

    class Meta:
        verbose_name = "상품 내용"
        verbose_name_plural = "상품 내용"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["listing", "content_digest"], name="listings_listingversion_once"),
            models.UniqueConstraint(fields=["listing", "number"], name="listings_listingversion_numbered"),
            models.CheckConstraint(
                condition=Q(price_minor__gte=0),
                name="listings_listingversion_price_not_negative",
                violation_error_message="가격이 0보다 작습니다. 가격을 확인해 주세요.",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ListingImage(AppendOnly):
    """One picture of a version, in its order. ``fetch`` says from where it came, where it came by address."""

    version = models.ForeignKey(
        ListingVersion, on_delete=models.PROTECT, related_name="images", verbose_name="상품 내용"
    )
    position = models.PositiveSmallIntegerField("순서")
    file = models.ForeignKey(EvidenceFile, on_delete=models.PROTECT, related_name="listing_images", verbose_name="파일")
    name = models.CharField("파일 이름", max_length=200, blank=True)
    fetch = models.ForeignKey(
        "listings.PictureFetch",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="images",
        verbose_name="사진 받기",
    )

    objects = ListingImageQuerySet.as_manager()

    class Meta:
        verbose_name = "상품 사진"
        verbose_name_plural = "상품 사진"
        ordering = ("version", "position")
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="listings_listingimage_one_a_position")
        ]

    def __str__(self) -> str:
        return f"{self.version_id}/{self.position}"


class UploadedPicture(models.Model):
    """That a marketplace has sent these bytes itself, so that its listings may name them by their digest.

    Whoever only knows a digest must not learn whether the house holds such a file, nor show it as its own.
    """

    marketplace = models.ForeignKey(
        Marketplace, on_delete=models.PROTECT, related_name="uploaded_pictures", verbose_name="마켓플레이스"
    )
    file = models.ForeignKey(EvidenceFile, on_delete=models.PROTECT, related_name="uploads", verbose_name="파일")
    uploaded_at = models.DateTimeField("받은 시각", auto_now_add=True)

    class Meta:
        verbose_name = "올린 사진"
        verbose_name_plural = "올린 사진"
        constraints = [
            models.UniqueConstraint(fields=["marketplace", "file"], name="listings_uploadedpicture_once"),
        ]

    def __str__(self) -> str:
        return f"{self.marketplace_id}/{self.file_id}"
