"""Rights holders, brands and their material in the staff's admin.

What a brand is called, its rights and its pictures come from its own material (``import_brands``), which would write
over an edit made here; staff switch a brand or a single picture off and on.
"""

from typing import cast

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from brands.models import Brand, IPRight, ReferenceImage, RightsHolder
from brands.querysets import BrandQuerySet
from core.admin.evidence import thumbnail
from core.admin_base import EMPTY, ReadOnlyAdmin, Section, StaffAdmin, link, list_url, on_day, row_url, when
from core.korean import korean_date

#: So many of a brand's pictures or rights stand on its own page; the rest has a list.
SHOWN_ROWS = 24


class _MaterialAdmin(StaffAdmin):
    """Rows that come from the brands' own material: never made here."""

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - nobody may
        return False


@admin.register(RightsHolder)
class RightsHolderAdmin(_MaterialAdmin):
    """Whoever owns the rights."""

    list_display = ("name", "external_id", "country", "brand_count", when("created_at", "만든 시각"))
    list_filter = ("country",)
    search_fields = ("name", "external_id", "contact_email")
    fields = ("name", "external_id", "country", "contact_email", "language")
    readonly_fields = ("external_id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[RightsHolder]:
        holders: QuerySet[RightsHolder] = super().get_queryset(request)
        return holders.annotate(brand_count=Count("brands"))

    @admin.display(description="브랜드 수", ordering="brand_count")
    def brand_count(self, holder: RightsHolder) -> int:
        return int(getattr(holder, "brand_count", 0))


def _names(request: HttpRequest, brand: Brand) -> Section:  # noqa: ARG001 - sections are asked alike
    rows = [(name.spelling, name.get_script_display()) for name in brand.names.all()]
    return Section("표기", ("표기", "문자"), rows, empty="등록한 표기가 없습니다. 브랜드 이름만 찾습니다.")


def _rights(request: HttpRequest, brand: Brand) -> Section:  # noqa: ARG001 - the signature is the caller's
    rights = brand.rights.order_by("-id")[:SHOWN_ROWS]
    rows = [
        (
            link(row_url(right), right.get_kind_display()),
            right.number,
            korean_date(right.expires_on) if right.expires_on else EMPTY,
        )
        for right in rights
    ]
    return Section(
        "지식재산권",
        ("종류", "번호", "만료일"),
        rows,
        empty="등록한 권리가 없습니다.",
        more_url=list_url(IPRight, brand__id__exact=brand.pk) if rows else "",
    )


def _pictures(request: HttpRequest, brand: Brand) -> Section:  # noqa: ARG001 - the signature is the caller's
    images = brand.reference_images.select_related("file").order_by("withdrawn_at", "-id")[:SHOWN_ROWS]
    rows = [
        (
            thumbnail(image.file, about=f"기준 사진 {image.external_id}"),
            link(row_url(image), image.external_id),
            image.get_kind_display(),
            _state_of(image),
        )
        for image in images
    ]
    return Section(
        "기준 사진",
        ("사진", "식별자", "종류", "상태"),
        rows,
        empty="등록한 기준 사진이 없습니다. 사진은 견주지 못하고 글만 찾습니다.",
        more_url=list_url(ReferenceImage, brand__id__exact=brand.pk) if rows else "",
    )


def _state_of(image: ReferenceImage) -> str:
    if image.withdrawn_at is not None:
        return "자료에서 빠짐"
    return "사용 중" if image.is_active else "꺼짐"


@admin.register(Brand)
class BrandAdmin(_MaterialAdmin):
    """A protected brand with its spellings, rights and pictures."""

    list_display = ("name", "external_id", "rights_holder", "is_protected", "picture_count", when("updated_at", "수정"))
    list_filter = ("is_protected",)
    list_select_related = ("rights_holder",)
    search_fields = ("name", "external_id", "names__spelling", "rights_holder__name")
    search_help_text = "이름, 표기, 외부 식별자, 권리자로 찾습니다."
    fields = (
        "name",
        "external_id",
        "rights_holder",
        "is_protected",
        when("created_at", "만든 시각"),
        when("updated_at", "수정"),
    )
    readonly_fields = ("name", "external_id", "rights_holder", *fields[-2:])
    sections = (_names, _rights, _pictures)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Brand]:
        brands = cast(BrandQuerySet, super().get_queryset(request))
        return brands.select_related("rights_holder").with_picture_count()

    @admin.display(description="쓰는 사진", ordering="picture_count")
    def picture_count(self, brand: Brand) -> int:
        return int(getattr(brand, "picture_count", 0))


@admin.register(IPRight)
class IPRightAdmin(ReadOnlyAdmin):
    """Rights that brands stand on. Two brands with one number are a signal to look at."""

    narrowed_by = ("brand__id__exact",)
    list_display = ("number", "kind", "brand", on_day("expires_on", "만료일"))
    list_filter = ("kind",)
    list_select_related = ("brand",)
    search_fields = ("number__startswith", "brand__name")
    readonly_fields = ("brand", "kind", "number", "nice_classes", on_day("expires_on", "만료일"))


@admin.register(ReferenceImage)
class ReferenceImageAdmin(_MaterialAdmin):
    """Pictures of the brands' own material. One that misleads is switched off; one no longer named stays off."""

    narrowed_by = ("brand__id__exact",)
    list_display = ("preview", "external_id", "brand", "kind", "is_active", when("withdrawn_at", "자료에서 빠진 시각"))
    list_display_links = ("external_id",)
    list_filter = ("kind", "is_active")
    list_select_related = ("brand", "file")
    search_fields = ("=external_id", "brand__name", "=file__sha256")
    fields = (
        "preview",
        "brand",
        "external_id",
        "kind",
        "file",
        "name",
        "is_active",
        when("withdrawn_at", "자료에서 빠진 시각"),
        when("created_at", "만든 시각"),
    )
    readonly_fields = tuple(name for name in fields if name != "is_active")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReferenceImage]:
        return super().get_queryset(request).select_related("brand", "file")

    @admin.display(description="사진")
    def preview(self, image: ReferenceImage) -> SafeString:
        return thumbnail(image.file, about=f"기준 사진 {image.external_id}")
