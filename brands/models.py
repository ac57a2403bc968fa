"""Rows of rights holders and their brands."""

from django.db import models
from django.db.models import Q

from brands.choices import HolderLanguage, ReferenceKind, RightKind, Script
from brands.querysets import BrandQuerySet, ReferenceImageQuerySet
from core.models import EvidenceFile


class RightsHolder(models.Model):
    """Whoever owns the rights: a company or a person. Its people are users with a membership (a later issue)."""

    external_id = models.CharField("외부 식별자", max_length=100, unique=True)
    name = models.CharField("이름", max_length=200)
    country = models.CharField("국가", max_length=2, default="KR", help_text="두 글자 국가 코드. 예: KR")
    contact_email = models.EmailField("연락 이메일", blank=True, help_text="사건의 통지를 받습니다.")
    language = models.CharField("언어", max_length=10, choices=HolderLanguage, default=HolderLanguage.KOREAN)
    created_at = models.DateTimeField("만든 시각", auto_now_add=True)

    class Meta:
        verbose_name = "권리자"
        verbose_name_plural = "권리자"
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Brand(models.Model):
    """A protected brand. ``external_id`` is its name in the files it came from."""

    rights_holder = models.ForeignKey(
        RightsHolder, on_delete=models.PROTECT, related_name="brands", verbose_name="권리자"
    )
    external_id = models.CharField("외부 식별자", max_length=100, unique=True)
    name = models.CharField("이름", max_length=200)
    is_protected = models.BooleanField("보호 중", default=True, help_text="끄면 상품 검사에서 빠집니다.")
    created_at = models.DateTimeField("만든 시각", auto_now_add=True)
    updated_at = models.DateTimeField("수정", auto_now=True)

    objects = BrandQuerySet.as_manager()

    class Meta:
        verbose_name = "브랜드"
        verbose_name_plural = "브랜드"
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class BrandName(models.Model):
    """One spelling of a brand, in one script. Screening looks for these in listings' text."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="names", verbose_name="브랜드")
    spelling = models.CharField("표기", max_length=200)
    script = models.CharField("문자", max_length=10, choices=Script)

    class Meta:
        verbose_name = "브랜드 표기"
        verbose_name_plural = "브랜드 표기"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "spelling"],
                name="brands_brandname_once",
                violation_error_message="이 브랜드에는 같은 표기가 이미 있습니다.",
            ),
            models.CheckConstraint(
                condition=~Q(spelling=""),
                name="brands_brandname_not_empty",
                violation_error_message="표기가 비어 있습니다. 브랜드 이름을 입력해 주세요.",
            ),
        ]

    def __str__(self) -> str:
        return self.spelling


class IPRight(models.Model):
    """A right that a brand stands on. The same number may stand with two brands: a second claimant is a signal, not
    an error of the database."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="rights", verbose_name="브랜드")
    kind = models.CharField("종류", max_length=14, choices=RightKind)
    number = models.CharField("번호", max_length=60, blank=True)
    nice_classes = models.JSONField("상품류", default=list, blank=True)
    expires_on = models.DateField("존속기간 만료일", null=True, blank=True)
    created_at = models.DateTimeField("만든 시각", auto_now_add=True)

    class Meta:
        verbose_name = "지식재산권"
        verbose_name_plural = "지식재산권"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "kind", "number"],
                name="brands_ipright_once_a_brand",
                violation_error_message="이 브랜드에는 같은 권리가 이미 등록되어 있습니다.",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["copyright", "unregistered"]) | ~Q(number=""),
                name="brands_ipright_registered_has_number",
                violation_error_message="등록으로 생기는 권리에는 번호가 필요합니다. 등록번호를 입력해 주세요.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}".strip()


class ReferenceImage(models.Model):
    """A picture of the brand's own material, that listings' pictures are compared with.

    ``withdrawn_at``: when the brand's material stopped naming it, or named other bytes under its identifier. The row
    stays, because earlier matches show it.
    """

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="reference_images", verbose_name="브랜드")
    external_id = models.CharField("외부 식별자", max_length=100)
    kind = models.CharField("종류", max_length=10, choices=ReferenceKind)
    file = models.ForeignKey(EvidenceFile, on_delete=models.PROTECT, related_name="+", verbose_name="파일")
    name = models.CharField("파일 이름", max_length=200, blank=True)
    is_active = models.BooleanField("사용 중", default=True, help_text="끄면 이 사진만 검사에서 빠집니다.")
    withdrawn_at = models.DateTimeField("자료에서 빠진 시각", null=True, blank=True)
    created_at = models.DateTimeField("만든 시각", auto_now_add=True)
    updated_at = models.DateTimeField("수정", auto_now=True)

    objects = ReferenceImageQuerySet.as_manager()

    class Meta:
        verbose_name = "기준 사진"
        verbose_name_plural = "기준 사진"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "external_id"],
                condition=Q(withdrawn_at__isnull=True),
                name="brands_referenceimage_once",
                violation_error_message="이 브랜드에는 같은 식별자의 기준 사진이 이미 있습니다.",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(is_active=False),
                name="brands_referenceimage_withdrawn_is_off",
                violation_error_message="브랜드 자료에서 빠진 사진입니다. 자료에 다시 넣으면 켜집니다.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.brand_id} {self.external_id}"
