"""What a buyer reads of one order: what was bought, for how much, when it came, as the marketplace told us.

Plain values: no row reaches the template, and nothing of the buyer does.
"""

from dataclasses import dataclass
from datetime import datetime

from core.korean import korean_date, money
from core.numbers import SEOUL
from refunds.choices import OrderStatus
from refunds.models import OrderLine

#: More lines than one page shows [ours]; an order of more is a business's.
MOST_LINES = 100


@dataclass(frozen=True, slots=True)
class LineShown:
    """One thing that was bought."""

    title: str
    option: str
    quantity: str
    paid: str
    shipping: str
    refunded: str
    returned: str
    state: str
    ordered: str
    received: str
    seller: str
    listing_id: str
    listing_url: str


@dataclass(frozen=True, slots=True)
class OrderPage:
    """The whole page."""

    marketplace: str
    number: str
    lines: tuple[LineShown, ...]
    left_out: int


def order_page(line: OrderLine) -> OrderPage:
    """The order that the line belongs to."""
    rows = OrderLine.objects.of_exact_order(line.order_number, marketplace=line.marketplace)
    shown = rows.select_related("listing", "seller").order_by("id")[:MOST_LINES]
    lines = tuple(_line(each) for each in shown)
    return OrderPage(line.marketplace.name, line.order_number, lines, left_out=rows.count() - len(lines))


def _line(row: OrderLine) -> LineShown:
    return LineShown(
        title=row.title,
        option=row.option_text,
        quantity=f"{row.quantity:,}개",
        paid=money(row.paid_minor, row.currency),
        shipping=money(row.shipping_minor, row.currency) if row.shipping_minor else "",
        refunded=money(row.refunded_minor, row.currency) if row.refunded_minor else "",
        returned=f"{row.returned_quantity:,}개" if row.returned_quantity else "",
        state="" if row.status == OrderStatus.PLACED else row.get_status_display(),
        ordered=_when(row.ordered_at, row.get_ordered_source_display()),
        received=_when(row.received_at, row.get_received_source_display()),
        seller=row.seller.shop_name if row.seller is not None else "",
        listing_id=row.listing_external_id,
        listing_url=row.listing.url if row.listing is not None else "",
    )


def _when(at: datetime | None, source: str) -> str:
    """The day in Korea, and who says so."""
    return f"{korean_date(at.astimezone(SEOUL).date())} · {source} 기준" if at is not None else ""
