"""Sellers and what they are authorised to sell, in the staff's admin. Both come from the marketplace and the brands."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from brands.models import Brand
from core.admin_base import (
    EMPTY,
    ReadOnlyAdmin,
    Section,
    actor_of,
    each_by_itself,
    link,
    list_url,
    on_day,
    row_url,
    when,
)
from core.korean import korean_date
from sellers.authorisations import revoke_authorisation
from sellers.models import Authorisation, Seller

#: So many authorisations stand on a seller's or a brand's own page; the rest has a list.
SHOWN_ROWS = 20


def authorisations_of_seller(request: HttpRequest, seller: Seller) -> Section:  # noqa: ARG001 - sections are asked alike
    found = seller.authorisations.select_related("brand").order_by("-id")[:SHOWN_ROWS]
    rows = [(link(row_url(row), row.brand), *_told(row)) for row in found]
    more = list_url(Authorisation, seller__id__exact=seller.pk) if rows else ""
    return Section("판매 권한", ("브랜드", *_TOLD), rows, empty="확인된 판매 권한이 없습니다.", more_url=more)


def authorisations_of_brand(request: HttpRequest, brand: Brand) -> Section:  # noqa: ARG001 - the signature is the caller's
    """For the brand's page, which stands a floor below: the composition root hands it in."""
    found = brand.authorisations.select_related("seller").order_by("-id")[:SHOWN_ROWS]
    rows = [(link(row_url(row), row.seller or row.seller_external_id), *_told(row)) for row in found]
    more = list_url(Authorisation, brand__id__exact=brand.pk) if rows else ""
    return Section("판매 권한", ("판매자", *_TOLD), rows, empty="브랜드가 알린 판매자가 없습니다.", more_url=more)


_TOLD = ("종류", "상태", "시작일", "종료일")


def _told(row: Authorisation) -> tuple[str, ...]:
    ends_on = korean_date(row.ends_on) if row.ends_on else EMPTY
    return (row.get_kind_display(), row.get_status_display(), korean_date(row.starts_on), ends_on)


@admin.register(Seller)
class SellerAdmin(ReadOnlyAdmin):
    """A shop. Its contact is for staff alone."""

    list_display = ("shop_name", "external_id", "marketplace", "language", on_day("opened_on", "개점일"))
    list_filter = ("marketplace", "language")
    list_select_related = ("marketplace",)
    search_fields = ("shop_name", "=external_id", "=email")
    search_help_text = "상점 이름, 외부 식별자, 이메일로 찾습니다."
    readonly_fields = (
        "shop_name",
        "external_id",
        "marketplace",
        "email",
        "language",
        "time_zone",
        on_day("opened_on", "개점일"),
        when("created_at", "처음 알게 된 시각"),
        when("updated_at", "수정"),
    )
    sections = (authorisations_of_seller,)


@admin.register(Authorisation)
class AuthorisationAdmin(ReadOnlyAdmin):
    """That a seller may sell a brand's goods, as the brand said. Taken back here, never edited."""

    narrowed_by = ("seller__id__exact", "brand__id__exact")
    list_display = (
        "seller_external_id",
        "seller",
        "brand",
        "kind",
        "status",
        on_day("starts_on", "시작일"),
        on_day("ends_on", "종료일"),
    )
    list_filter = ("status", "kind", "marketplace")
    list_select_related = ("seller", "brand", "marketplace")
    search_fields = ("=seller_external_id", "seller__shop_name", "brand__name")
    readonly_fields = (
        "marketplace",
        "seller_external_id",
        "seller",
        "brand",
        "kind",
        "status",
        "territory",
        "goods",
        on_day("starts_on", "시작일"),
        on_day("ends_on", "종료일"),
        when("created_at", "등록"),
        when("updated_at", "수정"),
    )
    actions = ("revoke",)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("sellers.change_authorisation")

    @admin.action(description="판매 권한 철회하기", permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Authorisation]) -> None:
        actor = actor_of(request)
        each_by_itself(request, queryset, lambda row: revoke_authorisation(row, actor=actor), done="철회했습니다.")
