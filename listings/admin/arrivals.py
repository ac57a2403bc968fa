"""Listings that wait for their pictures, what was fetched from where, and how the servers are, in the staff's admin."""

from typing import Any, Final

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
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
from core.korean import korean_datetime
from listings.arrivals import retry_arrival
from listings.arrivals.known import digest_of
from listings.models import (
    Arrival,
    ExpectedPicture,
    ListingImage,
    ListingVersion,
    MissingImage,
    PictureFetch,
    PictureServer,
)

#: So much of an address stands in a list; the whole of it on its own page.
_SHOWN_CHARACTERS: Final = 80
_SHOWN_ROWS: Final = 20


def address_text(address: str) -> SafeString | str:
    """An address as text, never as a link: a click from here would tell its server that staff look at the listing."""
    if not address:
        return EMPTY
    shown = address if len(address) <= _SHOWN_CHARACTERS else f"{address[:_SHOWN_CHARACTERS]}…"
    return format_html('<bdi class="words">{}</bdi>', shown)


def _fetch_link(fetch: PictureFetch | None) -> SafeString | str:
    return link(row_url(fetch), korean_datetime(fetch.fetched_at)) if fetch is not None else EMPTY


def _problem(code: str, reason: str) -> str:
    return f"{reason} ({code})" if code else EMPTY


# -- what stands under an arrival, a version ------------------------------------------------------------------------


def pictures_of(request: HttpRequest, arrival: Arrival) -> Section:  # noqa: ARG001 - sections are asked alike
    found = arrival.pictures.select_related("fetch", "file").order_by("position")
    return Section(
        "사진",
        ("순서", "사진", "주소", "상태", "시도", "다음 시도", "마지막으로 받음", "문제"),
        [_picture_row(picture) for picture in found],
        empty="사진 없이 접수된 상품입니다.",
    )


def _picture_row(picture: ExpectedPicture) -> tuple[object, ...]:
    about = f"상품 사진 {picture.position + 1}번"
    return (
        picture.position + 1,
        thumbnail(picture.file, about=about) if picture.file is not None else EMPTY,
        address_text(picture.address) if picture.address else "파일로 받음",
        picture.get_status_display(),
        picture.tries,
        korean_datetime(picture.not_before) if picture.status == "waiting" else EMPTY,
        _fetch_link(picture.fetch),
        _problem(picture.code, picture.reason),
    )


def sources_of(request: HttpRequest, version: ListingVersion) -> Section:  # noqa: ARG001 - sections are asked alike
    """From where each picture of a version came, and which could not be had."""
    images = version.images.select_related("fetch")
    missing = version.missing_images.select_related("fetch")
    rows = [(image.position, _image_row(image)) for image in images if image.fetch_id is not None]
    rows += [(picture.position, _missing_row(picture)) for picture in missing]
    return Section(
        "주소로 받은 사진",
        ("순서", "주소", "마지막 주소", "접속한 IP", "받은 시각", "문제"),
        [row for _, row in sorted(rows, key=lambda each: each[0])],
        empty="주소로 받은 사진이 없습니다. 파일로 받았거나 사진이 없는 내용입니다.",
    )


def _image_row(image: ListingImage) -> tuple[object, ...]:
    fetch = image.fetch
    address = fetch.address if fetch is not None else ""
    return (image.position + 1, address_text(address), *_way(fetch), EMPTY)


def _missing_row(picture: MissingImage) -> tuple[object, ...]:
    return (
        picture.position + 1,
        address_text(picture.address),
        *_way(picture.fetch),
        _problem(picture.code, picture.reason),
    )


def _way(fetch: PictureFetch | None) -> tuple[object, object, object]:
    if fetch is None:
        return EMPTY, EMPTY, EMPTY
    used = fetch.hops[-1]["used"] if fetch.hops else ""
    return address_text(fetch.final_address), used or EMPTY, _fetch_link(fetch)


def arrivals_of(request: HttpRequest, version: ListingVersion) -> Section:  # noqa: ARG001 - sections are asked alike
    rows = [
        (link(row_url(arrival), f"접수 {arrival.pk}"), korean_datetime(arrival.told_at), arrival.actor_label or EMPTY)
        for arrival in version.arrivals.order_by("id")[:_SHOWN_ROWS]
    ]
    more = list_url(Arrival, version__id__exact=version.pk) if rows else ""
    columns = ("접수", "접수 시각", "행위자")
    return Section(
        "이 내용으로 들어온 접수",
        columns,
        rows,
        empty="접수 없이 가져온 내용입니다.",
        more_url=more,
    )


# -- pages ----------------------------------------------------------------------------------------------------------


class MissingFilter(admin.SimpleListFilter):
    """Arrivals with pictures that could not be had."""

    title = "받지 못한 사진"
    parameter_name = "missing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002 - the signature is the caller's
        return [("yes", "있음")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Arrival]) -> QuerySet[Arrival]:  # noqa: ARG002 - the signature is the caller's
        if self.value() != "yes":
            return queryset
        return queryset.filter(pk__in=Arrival.objects.with_missing_pictures().values("pk"))


def _count_of(pictures: QuerySet[ExpectedPicture]) -> Subquery:
    """Counted for each row that is shown: a join would count for all arrivals to show fifty."""
    own = pictures.filter(arrival=OuterRef("pk")).order_by().values("arrival")
    return Subquery(own.annotate(number=Count("pk")).values("number"))


@admin.register(Arrival)
class ArrivalAdmin(ReadOnlyAdmin):
    """Listings as they were told, with pictures by address. What waits or lacks pictures can be tried again."""

    narrowed_by = ("version__id__exact",)
    list_display = (
        "external_id",
        "seller",
        "status",
        "waiting_pictures",
        "missing_pictures",
        when("told_at", "접수"),
        when("settled_at", "끝남"),
        "problem",
    )
    list_filter = ("status", MissingFilter, "marketplace", ("told_at", admin.DateFieldListFilter))
    list_select_related = ("seller",)
    search_fields = ("=external_id", "=seller__external_id")
    search_help_text = "상품 번호, 판매자 번호로 찾습니다."
    readonly_fields = (
        "external_id",
        "marketplace",
        "seller",
        "status",
        "problem",
        "version",
        "superseded_by",
        "retry_of",
        "actor_label",
        when("told_at", "접수 시각"),
        when("waits_since", "기다리기 시작"),
        when("settled_at", "끝난 시각"),
        readable("record", "상품 자료"),
    )
    sections = (pictures_of,)
    actions = ("retry",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Arrival]:
        arrivals: QuerySet[Arrival] = super().get_queryset(request).select_related("seller", "marketplace", "version")
        pictures = ExpectedPicture.objects.all()
        return arrivals.annotate(
            waiting_count=_count_of(pictures.waiting()), missing_count=_count_of(pictures.missing())
        )

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("listings.retry_arrival")

    @admin.action(description="사진 다시 받기", permissions=["retry"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Arrival]) -> None:
        actor, now = actor_of(request), timezone.now()
        each_by_itself(request, queryset, lambda row: retry_arrival(row, actor=actor, now=now), done="다시 시도합니다.")

    @admin.display(description="기다리는 사진")
    def waiting_pictures(self, arrival: Arrival) -> object:
        return getattr(arrival, "waiting_count", None) or EMPTY

    @admin.display(description="받지 못한 사진")
    def missing_pictures(self, arrival: Arrival) -> object:
        return getattr(arrival, "missing_count", None) or EMPTY

    @admin.display(description="문제")
    def problem(self, arrival: Arrival) -> str:
        return arrival.reason or EMPTY


@admin.register(PictureFetch)
class PictureFetchAdmin(ReadOnlyAdmin):
    """What was fetched from where, when, and what came of it. Evidence: never changed."""

    list_display = ("id", "address_column", "outcome", "http_status", "code", when("fetched_at", "받은 시각"))
    list_filter = ("outcome", "marketplace", ("fetched_at", admin.DateFieldListFilter))
    search_fields = ("=address_digest", "=body_sha256", "=file__sha256")
    search_help_text = "주소 전체, 주소 다이제스트, 내용의 SHA-256으로 찾습니다."
    readonly_fields = (
        "marketplace",
        "address_whole",
        "outcome",
        "problem",
        "picture",
        "file",
        "earlier",
        "final_address_whole",
        "http_status",
        "body_sha256",
        "body_size",
        when("fetched_at", "받은 시각"),
        readable("hops", "거친 곳"),
        readable("headers", "응답 머리"),
        "address_digest",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[PictureFetch]:
        return super().get_queryset(request).select_related("marketplace", "file", "earlier")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[PictureFetch], search_term: str
    ) -> tuple[QuerySet[PictureFetch], bool]:
        """An address is looked up by its digest, which has an index."""
        term = search_term.strip()
        return super().get_search_results(request, queryset, digest_of(term) if "://" in term else term)

    @admin.display(description="주소")
    def address_column(self, fetch: PictureFetch) -> SafeString | str:
        return address_text(fetch.address)

    @admin.display(description="주소")
    def address_whole(self, fetch: PictureFetch) -> SafeString:
        return format_html('<bdi class="words">{}</bdi>', fetch.address)

    @admin.display(description="마지막 주소")
    def final_address_whole(self, fetch: PictureFetch) -> SafeString:
        return format_html('<bdi class="words">{}</bdi>', fetch.final_address or EMPTY)

    @admin.display(description="문제")
    def problem(self, fetch: PictureFetch) -> str:
        return _problem(fetch.code, fetch.reason)

    @admin.display(description="사진")
    def picture(self, fetch: PictureFetch) -> SafeString | str:
        return thumbnail(fetch.file, about="받은 사진") if fetch.file is not None else EMPTY


@admin.register(PictureServer)
class PictureServerAdmin(ReadOnlyAdmin):
    """Servers that pictures are fetched from: which are left alone for a while, and why."""

    list_display = (
        "name",
        "failures",
        when("failing_since", "답이 없기 시작"),
        when("paused_until", "쉬는 시한"),
        "last_problem",
        when("served_at", "마지막 차례"),
    )
    list_filter = (("failing_since", admin.EmptyFieldListFilter),)
    search_fields = ("name__startswith",)
    readonly_fields = (
        "name",
        "failures",
        when("failing_since", "답이 없기 시작"),
        when("paused_until", "쉬는 시한"),
        "last_problem",
        when("served_at", "마지막 차례"),
        when("lease_until", "처리 시한"),
        "waiting",
    )

    @admin.display(description="기다리는 사진")
    def waiting(self, server: PictureServer) -> int:
        return server.pictures.waiting().count()
