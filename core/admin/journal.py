"""The journal, to be read and searched. Nobody writes here: entries come with the changes they tell of."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core.actors import API_CLIENT, COMMAND, CONSUMER, MARKETPLACE, REPORTER, SELLER, SYSTEM, USER
from core.admin_base import EMPTY, ReadOnlyAdmin, detail_lines, subject_link, when
from core.korean import korean_datetime
from core.models import JournalCheckpoint, JournalEntry
from core.verbs import verb_text

_ACTOR_KINDS = {
    USER: "직원·사용자",
    SYSTEM: "시스템",
    COMMAND: "명령",
    MARKETPLACE: "마켓플레이스",
    API_CLIENT: "API 클라이언트",
    SELLER: "판매자",
    CONSUMER: "소비자",
    REPORTER: "신고인",
}
_AREAS = {
    "accounts": "계정",
    "brands": "브랜드",
    "core": "기반",
    "listings": "상품",
    "reports": "사건",
    "sellers": "판매자",
}


class AreaFilter(admin.SimpleListFilter):
    """By the first part of the verb: a prefix, which the index on verbs answers."""

    title = "영역"
    parameter_name = "area"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002 - Django's signature
        return list(_AREAS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002 - Django's signature
        area = self.value()
        # A range instead of LIKE: both databases then use the plain index.
        return queryset.filter(verb__gte=f"{area}.", verb__lt=f"{area}/") if area in _AREAS else queryset


class ActorKindFilter(admin.SimpleListFilter):
    title = "행위자 종류"
    parameter_name = "actor_kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002 - Django's signature
        return list(_ACTOR_KINDS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002 - Django's signature
        return queryset.filter(actor_kind=self.value()) if self.value() else queryset


@admin.register(JournalEntry)
class JournalEntryAdmin(ReadOnlyAdmin):
    """Who did what, when, to what. The details need a permission of their own, because they are personal."""

    list_display = ("id", when("at", "시각"), "words", "subject", "who", "position")
    list_filter = (AreaFilter, ActorKindFilter, ("at", admin.DateFieldListFilter))
    list_select_related = ("detail", "seal")
    search_fields = (
        "verb__startswith",
        "=subject_ref",
        "subject_type__startswith",
        "=actor_ref",
        "detail__actor_label",
    )
    search_help_text = "행위(listings.match), 대상 식별자, 행위자 이름으로 찾습니다."
    readonly_fields = (
        when("at", "시각"),
        "words",
        "verb",
        "subject",
        "who",
        "on_behalf_of",
        "actor",
        "details",
        "position",
        "seal_digest",
        "digest",
        "details_digest",
        "format_version",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[JournalEntry]:
        return super().get_queryset(request).select_related("detail", "seal")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        shown = list(super().get_fields(request, obj))
        if not request.user.has_perm("core.view_journaldetail"):
            shown.remove("details")
        return shown

    @admin.display(description="행위", ordering="verb")
    def words(self, entry: JournalEntry) -> str:
        return verb_text(entry.verb)

    @admin.display(description="대상", ordering="subject_type")
    def subject(self, entry: JournalEntry) -> SafeString:
        return subject_link(entry.subject_type, entry.subject_ref)

    @admin.display(description="누가")
    def who(self, entry: JournalEntry) -> str:
        return entry.detail.actor_label or f"파기됨({entry.actor_kind} {entry.actor_ref})"

    @admin.display(description="대신한 사람")
    def on_behalf_of(self, entry: JournalEntry) -> str:
        return entry.detail.on_behalf_of or EMPTY

    @admin.display(description="행위자 식별자")
    def actor(self, entry: JournalEntry) -> str:
        return f"{_ACTOR_KINDS.get(entry.actor_kind, entry.actor_kind)} {entry.actor_ref}"

    @admin.display(description="상세")
    def details(self, entry: JournalEntry) -> SafeString | str:
        detail = entry.detail
        if detail.erased_at is not None:
            return f"{korean_datetime(detail.erased_at)}에 파기했습니다. 다이제스트만 남아 있습니다."
        rows = format_html_join("", "<dt>{}</dt><dd>{}</dd>", detail_lines(detail.body))
        return format_html('<dl class="details">{}</dl>', rows) if rows else EMPTY

    @admin.display(description="봉인 순번", ordering="seal__position")
    def position(self, entry: JournalEntry) -> str:
        return f"{entry.seal.position:,}" if hasattr(entry, "seal") else "봉인 대기"

    @admin.display(description="봉인")
    def seal_digest(self, entry: JournalEntry) -> str:
        return entry.seal.seal if hasattr(entry, "seal") else EMPTY


@admin.register(JournalCheckpoint)
class JournalCheckpointAdmin(ReadOnlyAdmin):
    """Signed statements of how the chain stood. The same stand outside the database."""

    list_display = ("position", when("signed_at", "서명 시각"), "key_id", "seal")
    list_filter = (("signed_at", admin.DateFieldListFilter),)
    ordering = ("-position",)
    readonly_fields = ("position", when("signed_at", "서명 시각"), "key_id", "seal", "signature")
