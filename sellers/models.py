"""Rows of sellers and their authorisations."""

from django.db import models
from django.db.models import F, Q

from accounts.models import Marketplace
from brands.models import Brand
from sellers.choices import AuthorisationKind, AuthorisationStatus, SellerLanguage
from sellers.querysets import AuthorisationQuerySet


class Seller(models.Model):
    """A shop on a marketplace. It has no account here: it comes in by access links."""

    marketplace = models.ForeignKey(
        Marketplace, on_delete=models.PROTECT, related_name="sellers", verbose_name="마켓플레이스"
    )
    external_id = models.CharField("외부 식별자", max_length=100)
    shop_name = models.CharField("상점 이름", max_length=200)
    email = models.EmailField("이메일", blank=True)
    language = models.CharField("언어", max_length=10, choices=SellerLanguage, default=SellerLanguage.KOREAN)
    time_zone = models.CharField("시간대", max_length=50, default="Asia/Seoul")
    opened_on = models.DateField("개점일", null=True, blank=True)
    created_at = models.DateTimeField("만든 시각", auto_now_add=True)
    updated_at = models.DateTimeField("수정", auto_now=True)

    class Meta:
        verbose_name = "판매자"
        verbose_name_plural = "판매자"
        ordering = ("shop_name",)
        constraints = [
            models.UniqueConstraint(
                fields=["marketplace", "external_id"],
                name="sellers_seller_once_a_marketplace",
                violation_error_message="이 마켓플레이스에는 같은 식별자의 판매자가 이미 있습니다.",
            )
        ]

    def __str__(self) -> str:
        return self.shop_name


class Authorisation(models.Model):
    """That a seller may sell a brand's goods: where, what, and from when to when. Named by the brand itself."""

    marketplace = models.ForeignKey(
        Marketplace, on_delete=models.PROTECT, related_name="authorisations", verbose_name="마켓플레이스"
    )
    seller_external_id = models.CharField("판매자 외부 식별자", max_length=100)
    seller = models.ForeignKey(
        Seller, null=True, blank=True, on_delete=models.PROTECT, related_name="authorisations", verbose_name="판매자"
    )
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="authorisations", verbose_name="브랜드")
    kind = models.CharField("종류", max_length=20, choices=AuthorisationKind, default=AuthorisationKind.SALES)
    territory = models.CharField("지역", max_length=2, default="KR")
    goods = models.CharField("상품 범위", max_length=200, blank=True, help_text="비우면 브랜드의 모든 상품입니다.")
    starts_on = models.DateField("시작일")
    ends_on = models.DateField("종료일", null=True, blank=True)
    status = models.CharField("상태", max_length=16, choices=AuthorisationStatus)
    created_at = models.DateTimeField("만든 시각", auto_now_add=True)
    updated_at = models.DateTimeField("수정", auto_now=True)

    objects = AuthorisationQuerySet.as_manager()

    class Meta:
        verbose_name = "판매 권한"
        verbose_name_plural = "판매 권한"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["marketplace", "seller_external_id", "brand", "kind", "goods", "starts_on"],
                name="sellers_authorisation_once",
                violation_error_message="같은 판매 권한이 이미 등록되어 있습니다.",
            ),
            models.CheckConstraint(
                condition=~Q(status="confirmed") | Q(seller__isnull=False),
                name="sellers_authorisation_confirmed_has_seller",
                violation_error_message="아직 알려지지 않은 판매자의 권한은 확인할 수 없습니다.",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="sellers_authorisation_ends_after_start",
                violation_error_message="종료일이 시작일보다 빠릅니다. 두 날짜를 확인해 주세요.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seller_external_id} · {self.brand_id}"
