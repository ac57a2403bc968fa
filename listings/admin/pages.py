"""Listings and what screening found in them, in the staff's admin. Matches are decided on the review screen."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core.admin.evidence import thumbnail
from core.admin_base import (
    EMPTY,
    ReadOnlyAdmin,
    Section,
    actor_of,
    each_by_itself,
    link,
    list_url,
    readable,
    row_url,
    when,
)
from core.korean import korean_datetime, money
from listings.admin.arrivals import arrivals_of, sources_of
from listings.admin.counterfeits import reappearances_of
from listings.admin.preflight import held_before_publishing
from listings.choices import Restriction
from listings.models import IndexSnapshot, Listing, ListingVersion, Match, Rejection, ScreeningRun
from listings.rejections import withdraw_rejection
from sellers.models import Seller

#: So many versions, matches or listings stand on a page; the rest has a list.
SHOWN_ROWS = 20


def _price(version: ListingVersion) -> str:
    return money(version.price_minor, version.currency)


def _pictures(version: ListingVersion) -> SafeString | str:
    images = version.images.select_related("file").order_by("position")
    shown = [(thumbnail(image.file, about=f"상품 사진 {image.position + 1}번"),) for image in images]
    missing = version.missing_images.count()
    if missing:
        # What is not here belongs to what was shown: nobody should take the rest for the whole.
        shown.append((format_html("<p>받지 못한 사진 {}장</p>", missing),))
    return format_html('<div class="thumbnails">{}</div>', format_html_join("", "{}", shown)) if shown else EMPTY


def _text(text: str) -> SafeString:
    """A seller's words: kept apart in direction and lines as they came."""
    return format_html('<bdi class="words">{}</bdi>', text)


def review_url(match: Match) -> str:
    return reverse("admin:review_match", args=[match.pk])


# -- what stands under a listing, a seller --------------------------------------------------------------------------


def versions_of(request: HttpRequest, listing: Listing) -> Section:  # noqa: ARG001 - sections are asked alike
    found = listing.versions.annotate(image_count=Count("images")).order_by("-number")[:SHOWN_ROWS]
    rows = [
        (
            link(row_url(row), f"{row.number}판{' (현재)' if row.pk == listing.current_version_id else ''}"),
            _text(row.title),
            _price(row),
            getattr(row, "image_count", 0),
            korean_datetime(row.captured_at),
        )
        for row in found
    ]
    more = list_url(ListingVersion, listing__id__exact=listing.pk)
    return Section(
        "내용의 판", ("판", "제목", "가격", "사진", "저장"), rows, empty="저장된 내용이 없습니다.", more_url=more
    )


def matches_of(request: HttpRequest, listing: Listing) -> Section:  # noqa: ARG001 - the signature is the caller's
    found = Match.objects.filter(version__listing=listing).select_related("brand", "version")
    rows = [
        (
            link(row_url(row), row.brand),
            f"{row.version.number}판",
            f"{row.score:.2f}",
            row.get_verdict_display(),
            row.get_status_display(),
            link(review_url(row), "검토 화면"),
        )
        for row in found.order_by("-id")[:SHOWN_ROWS]
    ]
    columns = ("브랜드", "판", "점수", "판정", "상태", "")
    return Section("일치", columns, rows, empty="브랜드 자료와 일치하는 것을 찾지 못했습니다.")


def listings_of_seller(request: HttpRequest, seller: Seller) -> Section:  # noqa: ARG001 - the signature is the caller's
    """For the seller's page, a floor below: the composition root hands it in."""
    found = seller.listings.select_related("current_version").order_by("-id")[:SHOWN_ROWS]
    rows = [
        (
            link(row_url(row), row.external_id),
            _text(row.current_version.title) if row.current_version else EMPTY,
            row.get_restriction_display(),
            korean_datetime(row.last_seen_at),
        )
        for row in found
    ]
    more = list_url(Listing, seller__id__exact=seller.pk) if rows else ""
    return Section(
        "상품", ("번호", "제목", "판매 제한", "마지막으로 봄"), rows, empty="등록된 상품이 없습니다.", more_url=more
    )


# -- pages ----------------------------------------------------------------------------------------------------------


class WaitingFilter(admin.SimpleListFilter):
    """Listings with a match that waits for a moderator."""

    title = "검토 대기"
    parameter_name = "waiting"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002 - the signature is the caller's
        return [("yes", "검토할 일치 있음")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Listing]) -> QuerySet[Listing]:  # noqa: ARG002 - the signature is the caller's
        if self.value() != "yes":
            return queryset
        return queryset.filter(current_version__in=Match.objects.awaiting_review().values("version"))


@admin.register(Listing)
class ListingAdmin(ReadOnlyAdmin):
    """A listing as it stands: what it says and shows, whether it is off sale, and what was found in it."""

    narrowed_by = ("seller__id__exact",)
    list_display = (
        "external_id",
        "title",
        "seller",
        "restriction_word",
        "open_matches",
        when("last_seen_at", "마지막으로 봄"),
    )
    list_filter = ("restriction", WaitingFilter, "marketplace", ("first_seen_at", admin.DateFieldListFilter))
    list_select_related = ("current_version", "seller", "marketplace")
    search_fields = ("=external_id", "current_version__title", "seller__shop_name", "=seller__external_id")
    search_help_text = "상품 번호, 제목, 판매자로 찾습니다."
    readonly_fields = (
        "external_id",
        "marketplace",
        "seller",
        "title",
        "description",
        "price",
        "category",
        "pictures",
        "restriction_word",
        when("restricted_at", "제한 시각"),
        "url",
        "sold_count",
        when("posted_at", "등록 시각"),
        when("first_seen_at", "처음 본 시각"),
        when("last_seen_at", "마지막으로 본 시각"),
    )
    sections = (matches_of, reappearances_of, held_before_publishing, versions_of)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Listing]:
        # Counted for each row that is shown: a join would count for all listings to show fifty.
        waiting = Match.objects.still_open().filter(version=OuterRef("current_version")).order_by()
        count = Subquery(waiting.values("version").annotate(number=Count("pk")).values("number"))
        listings: QuerySet[Listing] = super().get_queryset(request)
        return listings.select_related("current_version", "seller", "marketplace").annotate(
            open_match_count=Coalesce(count, 0)
        )

    @admin.display(description="제목")
    def title(self, listing: Listing) -> SafeString | str:
        return _text(listing.current_version.title) if listing.current_version else EMPTY

    @admin.display(description="설명")
    def description(self, listing: Listing) -> SafeString | str:
        return _text(listing.current_version.description) if listing.current_version else EMPTY

    @admin.display(description="가격")
    def price(self, listing: Listing) -> str:
        return _price(listing.current_version) if listing.current_version else EMPTY

    @admin.display(description="분류")
    def category(self, listing: Listing) -> str:
        return (listing.current_version.category if listing.current_version else "") or EMPTY

    @admin.display(description="사진")
    def pictures(self, listing: Listing) -> SafeString | str:
        return _pictures(listing.current_version) if listing.current_version else EMPTY

    @admin.display(description="판매 제한", ordering="restriction")
    def restriction_word(self, listing: Listing) -> SafeString | str:
        if listing.restriction == Restriction.NONE:
            return EMPTY
        return format_html('<strong class="restricted">{}</strong>', listing.get_restriction_display())

    @admin.display(description="열린 일치")
    def open_matches(self, listing: Listing) -> int:
        return int(getattr(listing, "open_match_count", 0))


@admin.register(ListingVersion)
class ListingVersionAdmin(ReadOnlyAdmin):
    """What a listing said and showed at one time. Evidence: never changed."""

    narrowed_by = ("listing__id__exact",)
    list_display = ("id", "listing", "number", "title_text", "price", when("captured_at", "저장"))
    list_filter = (("captured_at", admin.DateFieldListFilter),)
    list_select_related = ("listing",)
    search_fields = ("=listing__external_id", "title")
    search_help_text = "상품 번호, 제목으로 찾습니다."
    readonly_fields = (
        "listing",
        "number",
        "title_text",
        "description_text",
        "price",
        "category",
        "pictures",
        when("captured_at", "저장 시각"),
        "content_digest",
        "text_digest",
    )
    sections = (sources_of, arrivals_of)

    @admin.display(description="제목")
    def title_text(self, version: ListingVersion) -> SafeString:
        return _text(version.title)

    @admin.display(description="설명")
    def description_text(self, version: ListingVersion) -> SafeString:
        return _text(version.description)

    @admin.display(description="가격")
    def price(self, version: ListingVersion) -> str:
        return _price(version)

    @admin.display(description="사진")
    def pictures(self, version: ListingVersion) -> SafeString | str:
        return _pictures(version)


@admin.register(Match)
class MatchAdmin(ReadOnlyAdmin):
    """What screening found. Decided on the review screen, where the pictures stand side by side."""

    list_display = (
        "id",
        "brand",
        "title",
        "score_text",
        "verdict",
        "status",
        "reviewed_by",
        when("created_at", "찾은 시각"),
        "review",
    )
    list_filter = ("status", "verdict", ("created_at", admin.DateFieldListFilter))
    list_select_related = ("brand", "version")
    search_fields = ("brand__name", "=version__listing__external_id", "version__title")
    search_help_text = "브랜드, 상품 번호, 제목으로 찾습니다."
    readonly_fields = (
        "review",
        "brand",
        "version",
        "score_text",
        "verdict",
        "status",
        "note",
        "reviewed_by",
        when("reviewed_at", "검토 시각"),
        when("created_at", "찾은 시각"),
        "run",
        readable("signals", "신호"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Match]:
        return super().get_queryset(request).select_related("brand", "version", "run")

    @admin.display(description="상품")
    def title(self, match: Match) -> SafeString:
        return _text(match.version.title)

    @admin.display(description="점수", ordering="score")
    def score_text(self, match: Match) -> str:
        return f"{match.score:.2f}"

    @admin.display(description="검토")
    def review(self, match: Match) -> SafeString:
        return link(review_url(match), "검토 화면")


@admin.register(Rejection)
class RejectionAdmin(ReadOnlyAdmin):
    """What was found harmless and is not shown again. Taken back, it comes up at the next screening."""

    list_display = (
        "id",
        "seller",
        "brand",
        "content_kind",
        "reference",
        when("created_at", "기억"),
        when("withdrawn_at", "거둠"),
    )
    list_filter = ("content_kind", ("withdrawn_at", admin.EmptyFieldListFilter))
    list_select_related = ("seller", "brand")
    search_fields = ("seller__shop_name", "brand__name", "content_digest__startswith", "=reference")
    readonly_fields = (
        "seller",
        "brand",
        "content_kind",
        "content_digest",
        "reference",
        "match",
        "who",
        when("created_at", "기억한 시각"),
        when("withdrawn_at", "거둔 시각"),
    )
    actions = ("withdraw",)

    def has_withdraw_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("listings.change_rejection")

    @admin.action(description="기억한 거절 거두기", permissions=["withdraw"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Rejection]) -> None:
        actor, now = actor_of(request), timezone.now()
        each_by_itself(
            request, queryset, lambda row: withdraw_rejection(row, actor=actor, now=now), done="거두었습니다."
        )

    @admin.display(description="누가")
    def who(self, rejection: Rejection) -> str:
        return rejection.match.reviewed_by or f"{rejection.actor_kind} {rejection.actor_ref}"


@admin.register(ScreeningRun)
class ScreeningRunAdmin(ReadOnlyAdmin):
    """That a version was compared, with what, and what came out."""

    list_display = ("id", "version", "verdict", "score", "engine_version", when("created_at", "검사"))
    list_filter = ("verdict", ("created_at", admin.DateFieldListFilter))
    list_select_related = ("version",)
    search_fields = ("=version__listing__external_id",)
    readonly_fields = ("version", "verdict", "score", "engine_version", "material", when("created_at", "검사 시각"))


@admin.register(IndexSnapshot)
class IndexSnapshotAdmin(ReadOnlyAdmin):
    """Built indexes of the brands' material."""

    list_display = (
        "id",
        "version",
        "picture_count",
        "spelling_count",
        "title_count",
        "engine_version",
        when("built_at", "만든 시각"),
    )
    readonly_fields = (
        "version",
        "material",
        "engine_version",
        "picture_count",
        "spelling_count",
        "title_count",
        when("built_at", "만든 시각"),
    )
