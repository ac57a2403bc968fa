"""Order lines in the staff's admin: looked at, never edited; of the buyer it is shown only what is there."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.admin_base import EMPTY, Column, ReadOnlyAdmin, Section, link, row_url, when
from core.korean import korean_datetime, money
from refunds.checks import LABELS
from refunds.models import OrderLine
from refunds.rules import order_key

#: So many lines or corrections stand on a page.
SHOWN_ROWS = 20
_KEPT = "등록됨"
_AMOUNTS = frozenset(name for name in LABELS if name.endswith("_minor"))


def _text(text: str) -> SafeString:
    """A seller's words: kept apart in direction and lines as they came."""
    return format_html('<bdi class="words">{}</bdi>', text)


def _amount(field: str, label: str) -> Column:
    """A column or field that shows an amount of the line in its currency."""

    @admin.display(description=label, ordering=field)
    def shown(line: OrderLine) -> str:
        return money(getattr(line, field), line.currency)

    return shown


def _time(name: str, label: str) -> Column:
    """When, and who says so: ``2026년 11월 23일(월) 14:30 · 택배사``."""

    @admin.display(description=label, ordering=f"{name}_at")
    def shown(line: OrderLine) -> str:
        at, source = getattr(line, f"{name}_at"), getattr(line, f"get_{name}_source_display")()
        return f"{korean_datetime(at)} · {source}" if at else EMPTY

    return shown


def same_order(request: HttpRequest, line: OrderLine) -> Section:  # noqa: ARG001 - sections are asked alike
    """The other lines of the order."""
    found = OrderLine.objects.filter(marketplace=line.marketplace_id, order_number=line.order_number)
    rows = [
        (
            link(row_url(row), row.line_number),
            _text(row.title),
            f"{row.quantity:,}",
            money(row.paid_minor, row.currency),
            row.get_status_display(),
        )
        for row in found.exclude(pk=line.pk).order_by("id")[:SHOWN_ROWS]
    ]
    columns = ("품목", "상품", "수량", "결제 금액", "상태")
    return Section("같은 주문의 다른 품목", columns, rows, empty="이 주문에는 다른 품목이 없습니다.")


def corrections_of(request: HttpRequest, line: OrderLine) -> Section:  # noqa: ARG001 - the signature is the caller's
    """What was told wrongly at first, newest first."""
    rows = [
        (
            row.number,
            row.reason,
            _corrected(row.before),
            _corrected(row.after),
            korean_datetime(row.corrected_at),
        )
        for row in line.corrections.order_by("-number")[:SHOWN_ROWS]
    ]
    return Section("정정", ("순번", "사유", "이전", "이후", "정정 시각"), rows, empty="정정한 내용이 없습니다.")


def _corrected(facts: dict[str, Any]) -> SafeString:
    texts = [
        f"{LABELS[name]}: {money(value, facts['currency']) if name in _AMOUNTS else value or EMPTY}"
        for name, value in facts.items()
        if name in LABELS
    ]
    return _text("\n".join(texts))


@admin.register(OrderLine)
class OrderLineAdmin(ReadOnlyAdmin):
    """What was bought and paid, when it came, and whether the buyer can be told. Contacts are never shown."""

    list_display = (
        "order_number",
        "line_number",
        "title_text",
        "seller_name",
        "quantity",
        _amount("paid_minor", "결제 금액"),
        "status",
        when("received_at", "수령"),
    )
    list_filter = (
        "status",
        "delivery",
        ("received_at", admin.EmptyFieldListFilter),
        "received_source",
        "marketplace",
        ("ordered_at", admin.DateFieldListFilter),
    )
    list_select_related = ("seller",)
    # Looked up by what it is found by, however it is typed: `get_search_results` does it.
    search_fields = ("=order_number",)
    search_help_text = "주문번호(띄어쓰기·붙임표는 달라도 됩니다)나 상품 번호로 찾습니다."
    readonly_fields = (
        "order_number",
        "line_number",
        "marketplace",
        "listing_link",
        "seller_link",
        "title_text",
        "option_words",
        "status",
        "delivery",
        "quantity",
        "returned_quantity",
        _amount("goods_minor", "상품 금액"),
        _amount("discount_seller_minor", "판매자 부담 할인"),
        _amount("discount_marketplace_minor", "마켓플레이스 부담 할인"),
        _amount("discount_other_minor", "그 밖의 할인"),
        _amount("shipping_minor", "배송비"),
        _amount("paid_minor", "결제 금액"),
        _amount("refunded_minor", "이미 환급한 금액"),
        _time("ordered", "주문 시각"),
        _time("paid", "결제 시각"),
        _time("shipped", "발송 시각"),
        _time("received", "수령 시각"),
        "has_email",
        "has_mobile",
        "notices_go",
        when("imported_at", "들어온 시각"),
        when("changed_at", "바뀐 시각"),
    )
    sections = (same_order, corrections_of)

    def get_queryset(self, request: HttpRequest) -> QuerySet[OrderLine]:
        return super().get_queryset(request).select_related("marketplace", "listing", "seller")

    def get_search_results(
        self,
        request: HttpRequest,  # noqa: ARG002 - Django's signature
        queryset: QuerySet[OrderLine],
        search_term: str,
    ) -> tuple[QuerySet[OrderLine], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        return queryset.filter(Q(order_key=order_key(term)) | Q(listing_external_id=term)), False

    @admin.display(description="상품")
    def title_text(self, line: OrderLine) -> SafeString:
        return _text(line.title)

    @admin.display(description="옵션")
    def option_words(self, line: OrderLine) -> SafeString | str:
        return _text(line.option_text) if line.option_text else EMPTY

    @admin.display(description="판매자")
    def seller_name(self, line: OrderLine) -> str:
        return line.seller.shop_name if line.seller else line.seller_external_id

    @admin.display(description="판매자")
    def seller_link(self, line: OrderLine) -> SafeString:
        return _known(line.seller, line.seller_external_id)

    @admin.display(description="상품 번호")
    def listing_link(self, line: OrderLine) -> SafeString:
        return _known(line.listing, line.listing_external_id)

    @admin.display(description="구매자 이메일")
    def has_email(self, line: OrderLine) -> str:
        return _KEPT if line.email_hash else EMPTY

    @admin.display(description="구매자 휴대전화")
    def has_mobile(self, line: OrderLine) -> str:
        return _KEPT if line.mobile_hash else EMPTY

    @admin.display(description="알림")
    def notices_go(self, line: OrderLine) -> str:
        return "마켓플레이스가 전달" if line.is_notified_by_marketplace else f"알림 주소 {_KEPT}"


def _known(row: Any, external_id: str) -> SafeString:
    if row is None:
        return format_html("{} (아직 들어오지 않음)", external_id)
    return link(row_url(row), f"{row} ({external_id})" if str(row) != external_id else external_id)
