"""What marketplaces were answered before publishing: looked at, never edited. What a hold asks for releases it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core.admin.evidence import thumbnail
from core.admin.reasons import ReasonedAction, act_with_reason
from core.admin_base import EMPTY, ReadOnlyAdmin, Section, actor_of, link, row_url, when
from core.korean import korean_datetime, money
from core.models import EvidenceFile
from core.numbers import row_id_of
from listings import held
from listings.admin.counterfeits import words
from listings.choices import Verdict
from listings.models import HeldPublication, Listing, PreflightScreening
from listings.preflight.answers import PictureState
from listings.preflight.helping import HELPS
from listings.querysets import PreflightScreeningQuerySet

_RELEASE: Final = ReasonedAction(
    name="release",
    title="보류 풀기",
    explanation="이 판매자의 같은 글과 사진은 앞으로 사전 심사를 통과합니다. 서류를 확인한 뒤에 풀어 주세요.",
    button="보류 풀기",
    done="풀었습니다.",
)
#: So many publications stand on a page.
SHOWN_ROWS: Final = 20
_STATES: Final = {
    "compared": "비교함",
    "pending": "주소만 받음",
    "unknown": "보관된 사진 없음",
    "unreadable": "읽을 수 없음",
}


def _picture(picture: Mapping[str, Any], kept: Mapping[str, EvidenceFile]) -> SafeString | str:
    """Small, where it is kept; else how its digest begins."""
    file = kept.get(picture["sha256"] or "")
    return thumbnail(file, about=f"상품 사진 {picture['position']}번") if file else (picture["sha256"] or "")[:12]


class PublishedFilter(admin.SimpleListFilter):
    """What became of what was held."""

    title = "보류된 뒤"
    parameter_name = "published"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002 - Django's signature
        return [("yes", "그대로 게시됨"), ("released", "풀었음"), ("held", "아직 보류")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[PreflightScreening]) -> QuerySet[PreflightScreening]:  # noqa: ARG002 - Django's signature
        rows = cast(PreflightScreeningQuerySet, queryset)
        chosen = {"yes": rows.published_anyway, "released": rows.released, "held": rows.still_held}.get(
            self.value() or ""
        )
        return chosen() if chosen else rows


def publications_of(request: HttpRequest, row: PreflightScreening) -> Section:  # noqa: ARG001 - sections are asked alike
    """Where the content was published although it was held."""
    found = row.publications.select_related("version__listing").order_by("-id")[:SHOWN_ROWS]
    rows = [
        (link(row_url(each.version.listing), each.version.listing), korean_datetime(each.found_at)) for each in found
    ]
    return Section("보류된 뒤 게시", ("상품", "찾은 시각"), rows, empty="보류된 내용이 게시된 것을 찾지 못했습니다.")


@admin.register(PreflightScreening)
class PreflightScreeningAdmin(ReadOnlyAdmin):
    """Answers before publishing, with their reasons and what the marketplace was told would help."""

    list_display = (
        "number",
        "verdict_word",
        "title_text",
        "seller_link",
        "brands",
        "client",
        when("screened_at", "심사"),
    )
    list_filter = ("verdict", PublishedFilter, "marketplace", ("screened_at", admin.DateFieldListFilter))
    list_select_related = ("seller", "marketplace")
    search_fields = ("title", "=seller_external_id", "=listing_external_id")
    search_help_text = "답변 번호(P-2026-000123), 제목, 판매자나 상품의 번호로 찾습니다."
    readonly_fields = (
        "number",
        "verdict_word",
        "marketplace",
        "seller_link",
        "listing_external_id",
        "title_text",
        "description_text",
        "category",
        "price",
        "pictures_shown",
        "reasons",
        "asked",
        "client",
        when("screened_at", "심사 시각"),
        when("released_at", "보류를 푼 시각"),
        "released_reason",
        "engine_version",
        "material",
    )
    sections = (publications_of,)
    actions = ("release",)

    def has_release_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("listings.change_preflightscreening")

    @admin.action(description="보류 풀기", permissions=["release"])
    def release(self, request: HttpRequest, queryset: QuerySet[PreflightScreening]) -> TemplateResponse | None:
        actor = actor_of(request)
        return act_with_reason(
            self, request, queryset, _RELEASE, lambda row, reason: held.release(row, reason=reason, actor=actor)
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[PreflightScreening], search_term: str
    ) -> tuple[QuerySet[PreflightScreening], bool]:
        number = row_id_of(search_term, "P")
        if number is not None:
            return queryset.filter(pk=number), False
        return super().get_search_results(request, queryset, search_term)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list under how many answers of the last day passed, are reviewed and were held."""
        counts = PreflightScreening.objects.since(timezone.now() - timedelta(days=1)).verdict_counts()
        told = " · ".join(f"{verdict.label} {counts[verdict.value]:,}건" for verdict in Verdict)
        return super().changelist_view(request, {"subtitle": f"지난 24시간: {told}", **(extra_context or {})})

    @admin.display(description="답변 번호", ordering="id")
    def number(self, row: PreflightScreening) -> str:
        return row.number

    @admin.display(description="판정", ordering="verdict")
    def verdict_word(self, row: PreflightScreening) -> SafeString | str:
        if row.verdict != Verdict.STOP:
            return row.get_verdict_display()
        if row.released_at is not None:
            return "보류 후 풀음"
        return format_html('<strong class="restricted">{}</strong>', row.get_verdict_display())

    @admin.display(description="제목")
    def title_text(self, row: PreflightScreening) -> SafeString:
        return words(row.title)

    @admin.display(description="설명")
    def description_text(self, row: PreflightScreening) -> SafeString | str:
        return words(row.description) if row.description else EMPTY

    @admin.display(description="판매자")
    def seller_link(self, row: PreflightScreening) -> SafeString:
        return link(row_url(row.seller), row.seller) if row.seller else format_html("{}", row.seller_external_id)

    @admin.display(description="브랜드")
    def brands(self, row: PreflightScreening) -> str:
        names = [finding["brand"]["name"] for finding in row.findings if finding["brand"]]
        return ", ".join(dict.fromkeys(names)) or EMPTY

    @admin.display(description="가격")
    def price(self, row: PreflightScreening) -> str:
        return money(row.price_minor, row.currency)

    @admin.display(description="사진")
    def pictures_shown(self, row: PreflightScreening) -> SafeString | str:
        """Those that are kept by now, because the listing was published or another one shows them."""
        digests = [picture["sha256"] for picture in row.pictures if picture["sha256"]]
        kept = {file.sha256: file for file in EvidenceFile.objects.filter(sha256__in=digests)}
        lines = [
            (picture["position"], _picture(picture, kept), _STATES[PictureState(picture["state"])])
            for picture in row.pictures
        ]
        return format_html_join("", "<p>{}번 {} {}</p>", lines) if lines else EMPTY

    @admin.display(description="근거")
    def reasons(self, row: PreflightScreening) -> SafeString | str:
        lines = [
            (finding["brand"]["name"] if finding["brand"] else "브랜드 없음", reason["ko"])
            for finding in row.findings
            for reason in finding["reasons"]
        ]
        return format_html_join("", "<p><strong>{}</strong> {}</p>", lines) if lines else EMPTY

    @admin.display(description="안내한 것")
    def asked(self, row: PreflightScreening) -> SafeString | str:
        lines = [(HELPS[code].text.ko,) for code in row.asked_for if code in HELPS]
        return format_html_join("", "<p>{}</p>", lines) if lines else EMPTY


def held_before_publishing(request: HttpRequest, listing: Listing) -> Section:  # noqa: ARG001 - sections are asked alike
    """Answers that held what the listing shows or showed."""
    found = HeldPublication.objects.filter(version__listing=listing).select_related("preflight", "version")
    rows = [
        (
            link(row_url(each.preflight), each.preflight.number),
            f"{each.version.number}판",
            korean_datetime(each.found_at),
        )
        for each in found.order_by("-id")[:SHOWN_ROWS]
    ]
    return Section("사전 심사에서 보류된 내용", ("답변", "판", "찾은 시각"), rows, empty="보류된 내용이 없습니다.")
