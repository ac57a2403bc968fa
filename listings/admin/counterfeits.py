"""Fingerprints of confirmed counterfeits, what came back of them, and what appeals protect."""

from typing import Any, Final, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core.admin.evidence import thumbnail
from core.admin.reasons import ReasonedAction, act_with_reason
from core.admin_base import EMPTY, ReadOnlyAdmin, Section, actor_of, link, row_url, subject_link, when
from core.korean import korean_datetime
from listings import counterfeits
from listings.choices import ContentKind
from listings.models import Fingerprint, Listing, ListingVersion, Protection, Reappearance
from listings.querysets import FingerprintQuerySet, ReappearanceQuerySet

#: So many that came back stand on a listing's page; the rest has a list.
SHOWN_ROWS: Final = 20
#: So much of a text tells which one it is.
_TEXT_SHOWN: Final = 60

_OFF: Final = ReasonedAction(
    name="switch_off",
    title="지문 끄기",
    explanation="끈 지문으로는 다시 나타난 상품을 찾지 않습니다. 이미 찾은 재등록은 그대로 남습니다.",
    button="지문 끄기",
    done="껐습니다.",
)
_ON: Final = ReasonedAction(
    name="switch_on",
    title="지문 켜기",
    explanation="켠 지문으로 앞으로의 상품과 지금 판매 중인 상품을 다시 비교합니다.",
    button="지문 켜기",
    done="켰습니다.",
)


def words(text: str) -> SafeString:
    """A seller's words: kept apart in direction and lines as they came."""
    return format_html('<bdi class="words">{}</bdi>', text)


def content_of(version: ListingVersion, kind: str, digest: str) -> SafeString | str:
    """One content of a version as it is seen: the picture small, or how the text begins."""
    if kind == ContentKind.TEXT:
        return words(f"{version.title} {version.description}"[:_TEXT_SHOWN])
    files = [image.file for image in version.images.all() if image.file.sha256 == digest]
    return thumbnail(files[0], about="가품으로 확정된 상품의 사진") if files else EMPTY


def state_of(fingerprint: Fingerprint) -> str:
    """Whether it counts, in a word."""
    if fingerprint.cleared_at is not None:
        return "결정 취소"
    if not fingerprint.is_on:
        return "꺼짐"
    return "사용 중" if fingerprint.effective_at <= timezone.now() else "효력 대기"


class StateFilter(admin.SimpleListFilter):
    """Fingerprints that count, that somebody switched off, and that lost their decision."""

    title = "상태"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        return [("on", "사용 중"), ("off", "꺼짐"), ("cleared", "결정 취소")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Fingerprint]) -> QuerySet[Fingerprint]:  # noqa: ARG002
        rows = cast(FingerprintQuerySet, queryset)
        chosen = {"on": rows.switched_on, "off": rows.switched_off, "cleared": rows.cleared}.get(self.value() or "")
        return chosen() if chosen else rows


@admin.register(Fingerprint)
class FingerprintAdmin(ReadOnlyAdmin):
    """What is remembered of confirmed counterfeits. Each is switched off and on by itself, with a reason."""

    list_display = (
        "id",
        "content",
        "kind",
        "brand",
        "listing_link",
        "source",
        "weakness_word",
        "state",
        when("effective_at", "효력 시작"),
    )
    list_filter = (StateFilter, "kind", "weakness", ("created_at", admin.DateFieldListFilter))
    list_select_related = ("brand", "listing", "version")
    search_fields = ("brand__name", "=listing__external_id", "content_digest__startswith", "=source_ref")
    search_help_text = "브랜드, 상품 번호, 내용 다이제스트의 앞부분, 결정의 식별자로 찾습니다."
    readonly_fields = (
        "content",
        "kind",
        "content_digest",
        "brand",
        "listing_link",
        "version",
        "source",
        "weakness_word",
        "state",
        when("effective_at", "효력 시작"),
        when("created_at", "만든 시각"),
        "switched_off_reason",
        when("switched_off_at", "끈 시각"),
        when("cleared_at", "결정이 취소된 시각"),
        "engine_version",
    )
    actions = ("switch_off", "switch_on")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Fingerprint]:
        rows: QuerySet[Fingerprint] = super().get_queryset(request)
        return (
            rows.select_related("brand", "listing", "version").prefetch_related("version__images__file").defer("data")
        )

    def has_switch_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("listings.change_fingerprint")

    @admin.action(description="지문 끄기", permissions=["switch"])
    def switch_off(self, request: HttpRequest, queryset: QuerySet[Fingerprint]) -> TemplateResponse | None:
        actor = actor_of(request)
        return act_with_reason(
            self, request, queryset, _OFF, lambda row, reason: counterfeits.switch_off(row, reason=reason, actor=actor)
        )

    @admin.action(description="지문 켜기", permissions=["switch"])
    def switch_on(self, request: HttpRequest, queryset: QuerySet[Fingerprint]) -> TemplateResponse | None:
        actor = actor_of(request)
        return act_with_reason(
            self, request, queryset, _ON, lambda row, reason: counterfeits.switch_on(row, reason=reason, actor=actor)
        )

    @admin.display(description="내용")
    def content(self, fingerprint: Fingerprint) -> SafeString | str:
        return content_of(fingerprint.version, fingerprint.kind, fingerprint.content_digest)

    @admin.display(description="상품", ordering="listing")
    def listing_link(self, fingerprint: Fingerprint) -> SafeString:
        return link(row_url(fingerprint.listing), fingerprint.listing)

    @admin.display(description="근거")
    def source(self, fingerprint: Fingerprint) -> SafeString:
        return subject_link(fingerprint.source_type, fingerprint.source_ref)

    @admin.display(description="약한 까닭", ordering="weakness")
    def weakness_word(self, fingerprint: Fingerprint) -> str:
        return fingerprint.get_weakness_display() if fingerprint.is_weak else EMPTY

    @admin.display(description="상태")
    def state(self, fingerprint: Fingerprint) -> str:
        return state_of(fingerprint)


class DismissedFilter(admin.SimpleListFilter):
    """What still stands, and what was taken back."""

    title = "상태"
    parameter_name = "dismissed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        return [("no", "유효"), ("yes", "기각")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Reappearance]) -> QuerySet[Reappearance]:  # noqa: ARG002
        rows = cast(ReappearanceQuerySet, queryset)
        chosen = {"no": rows.undismissed, "yes": rows.dismissed}.get(self.value() or "")
        return chosen() if chosen else rows


@admin.register(Reappearance)
class ReappearanceAdmin(ReadOnlyAdmin):
    """A listing that shows a confirmed counterfeit again, beside the old one."""

    list_display = (
        "id",
        "brand",
        "new_listing",
        "old_listing",
        "score_text",
        "days",
        "state",
        when("found_at", "찾은 시각"),
    )
    list_filter = (DismissedFilter, ("found_at", admin.DateFieldListFilter))
    list_select_related = ("brand", "version__listing", "original__listing")
    search_fields = ("brand__name", "=version__listing__external_id", "=original__listing__external_id")
    search_help_text = "브랜드, 새 상품이나 옛 상품의 번호로 찾습니다."
    readonly_fields = (
        "brand",
        "new_listing",
        "old_listing",
        "is_same_seller",
        "score_text",
        "days",
        "signs",
        "fingerprint",
        when("found_at", "찾은 시각"),
        "state",
        "dismissed_reason",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Reappearance]:
        rows: QuerySet[Reappearance] = super().get_queryset(request)
        return rows.select_related("brand", "version__listing", "original__listing", "fingerprint")

    @admin.display(description="다시 나타난 상품")
    def new_listing(self, row: Reappearance) -> SafeString:
        return link(row_url(row.version.listing), row.version.listing)

    @admin.display(description="가품으로 확정된 상품")
    def old_listing(self, row: Reappearance) -> SafeString:
        return link(row_url(row.original.listing), row.original.listing)

    @admin.display(description="같은 판매자", boolean=True)
    def is_same_seller(self, row: Reappearance) -> bool:
        return row.version.listing.seller_id == row.original.listing.seller_id

    @admin.display(description="점수", ordering="score")
    def score_text(self, row: Reappearance) -> str:
        return f"{row.score:.2f}"

    @admin.display(description="재등록까지", ordering="days_to_relist")
    def days(self, row: Reappearance) -> str:
        return f"{row.days_to_relist:,}일"

    @admin.display(description="상태")
    def state(self, row: Reappearance) -> str:
        return f"기각 · {korean_datetime(row.dismissed_at)}" if row.dismissed_at else "유효"

    @admin.display(description="신호")
    def signs(self, row: Reappearance) -> SafeString:
        """Each sign with both contents, the old one first."""
        shown = {image.pk: image.file for image in row.version.images.select_related("file")}
        old = {image.file.sha256: image.file for image in row.original.images.select_related("file")}
        lines = []
        for sign in row.signals:
            pair = [old.get(sign.get("original_sha256", "")), shown.get(sign.get("image_id"))]
            pictures = [(thumbnail(file, about=sign["why"]),) for file in pair if file is not None]
            lines.append((format_html_join("", "{}", pictures), sign["why"], f"{sign['score']:.2f}"))
        return format_html_join("", '<div class="thumbnails">{}</div><p>{} ({})</p>', lines)


@admin.register(Protection)
class ProtectionAdmin(ReadOnlyAdmin):
    """Content that appeals found rightful."""

    list_display = (
        "id",
        "seller",
        "brand",
        "content_kind",
        "content",
        "source",
        when("created_at", "기억"),
        when("lifted_at", "거둠"),
    )
    list_filter = ("content_kind", ("lifted_at", admin.EmptyFieldListFilter))
    list_select_related = ("seller", "brand", "version")
    search_fields = ("seller__shop_name", "brand__name", "content_digest__startswith")
    readonly_fields = (
        "seller",
        "brand",
        "content_kind",
        "content",
        "content_digest",
        "version",
        "source",
        when("created_at", "기억한 시각"),
        when("lifted_at", "거둔 시각"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Protection]:
        rows: QuerySet[Protection] = super().get_queryset(request)
        return rows.select_related("seller", "brand", "version").prefetch_related("version__images__file")

    @admin.display(description="내용")
    def content(self, row: Protection) -> SafeString | str:
        return content_of(row.version, row.content_kind, row.content_digest)

    @admin.display(description="근거")
    def source(self, row: Protection) -> SafeString:
        return subject_link(row.source_type, row.source_ref)


def reappearances_of(request: HttpRequest, listing: Listing) -> Section:  # noqa: ARG001 - sections are asked alike
    """What a listing shows again, and where it is shown again."""
    shown = Reappearance.objects.of_listing(listing) | Reappearance.objects.of_original(listing)
    found = shown.select_related("brand", "version__listing", "original__listing").newest_first()[:SHOWN_ROWS]
    rows = [
        (
            link(row_url(row), f"{row.pk}번"),
            row.brand or EMPTY,
            link(row_url(row.original.listing), row.original.listing),
            link(row_url(row.version.listing), row.version.listing),
            f"{row.days_to_relist:,}일",
            "기각" if row.dismissed_at else "유효",
        )
        for row in found
    ]
    columns = ("재등록", "브랜드", "가품으로 확정된 상품", "다시 나타난 상품", "재등록까지", "상태")
    return Section("재등록", columns, rows, empty="다시 나타난 가품이 없습니다.")
