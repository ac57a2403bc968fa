"""A row of an order file, checked: one line of an order.

``{"order", "line", "listing", "seller", "title", "option"?, "quantity", "currency", "goods", "discounts"?: {"seller"?,
"marketplace"?, "other"?}, "shipping"?, "paid", "ordered_at", "ordered_source"?, "paid_at"?, "paid_source"?,
"shipped_at"?, "shipped_source", "received_at"?, "received_source", "delivery"?, "status"?, "refunded"?,
"returned_quantity"?, "buyer"?: {"email"?, "mobile"?, "notice_address"?, "notify_by_marketplace"?}, "correction"?}``.

``goods``, ``discounts``, ``shipping``, ``paid`` and ``refunded`` are decimals in major units, each of the whole line,
all its pieces together. ``paid`` is goods less discounts plus shipping, points and gift cards included, and is what
"100% back" means. The marketplace allots an order's shipping and coupons to its lines. Discounts and shipping that are
left out are nothing; what else is left out, or blank, stays as it is.

Times are read as those of listings are: without a zone they are Seoul's, a day alone is its beginning. Who says so
(``…_source``) is ``marketplace``, ``carrier``, ``consumer`` or ``estimated``; it must stand beside shipping and
receipt, and goes without saying for the marketplace's own order and payment.

In a table discounts and the buyer are ``discount_seller``, ``buyer_email`` and so on. A buyer's e-mail and mobile
number are hashed as they are read; ``notice_address`` alone is kept, encrypted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from core.contacts import normalise_email, normalise_mobile
from core.korean import PriceRefused, josa, parse_price
from listings.models import Listing
from portal.imports.errors import RowRefused, quoted, unreadable
from portal.imports.fields import Fields
from portal.imports.limits import longest
from portal.imports.rows import TableShape, Values
from refunds.choices import DeliveryKind, OrderStatus, TimeSource
from refunds.models import OrderLine, OrderLineCorrection
from refunds.records import AmountsRecord, BuyerRecord, OrderLineRecord, SaidTime
from sellers.models import Seller

KNOWN: Final = frozenset(
    {
        *("order", "line", "listing", "seller", "title", "option", "quantity", "currency"),
        *("goods", "discounts", "shipping", "paid", "refunded", "returned_quantity"),
        *(f"{time}_{part}" for time in ("ordered", "paid", "shipped", "received") for part in ("at", "source")),
        *("delivery", "status", "buyer", "correction"),
    }
)
# Long enough for any that is one; what is longer is refused without being quoted.
_MOST_CONTACT: Final = 300


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order line as its row says it. It has no pictures."""

    record: OrderLineRecord

    @property
    def external_id(self) -> str:
        """The line's own name in the file. A slash inside an order's number is escaped: no two lines share one."""
        order = self.record.order_number.replace("%", "%25").replace("/", "%2F")
        return f"{order}/{self.record.line_number}"

    @property
    def files(self) -> tuple[str, ...]:
        return ()


def parse_order(fields: Fields) -> OrderRow:
    """Raises ``RowRefused``, ``PriceRefused``, ``UnknownCurrency`` or ``ContactRefused`` with what is wrong."""
    currency = fields.required_text("currency", most=20).upper()
    ordered = _time(fields, "ordered", TimeSource.MARKETPLACE)
    if ordered is None:
        raise fields.missing("ordered_at")
    record = OrderLineRecord(
        order_number=fields.required_text("order", most=longest(OrderLine, "order_number")),
        line_number=fields.required_text("line", most=longest(OrderLine, "line_number")),
        listing_external_id=fields.required_text("listing", most=longest(Listing, "external_id")),
        seller_external_id=fields.required_text("seller", most=longest(Seller, "external_id")),
        title=fields.required_text("title", most=longest(OrderLine, "title")),
        option_text=fields.text("option", most=longest(OrderLine, "option_text")),
        quantity=_quantity(fields),
        currency=currency,
        amounts=_amounts(fields, currency),
        ordered=ordered,
        paid=_time(fields, "paid", TimeSource.MARKETPLACE),
        shipped=_time(fields, "shipped"),
        received=_time(fields, "received"),
        delivery=fields.choice("delivery", DeliveryKind),
        status=fields.choice("status", OrderStatus),
        returned_quantity=fields.count("returned_quantity"),
        refunded_minor=_amount(fields, "refunded", currency),
        buyer=_buyer(fields.inner("buyer")) if fields.says("buyer") else BuyerRecord(),
        correction=fields.text("correction", most=longest(OrderLineCorrection, "reason")),
    )
    return OrderRow(record)


def _quantity(fields: Fields) -> int:
    quantity = fields.count("quantity")
    if quantity is None:
        raise fields.missing("quantity")
    return quantity


def _amounts(fields: Fields, currency: str) -> AmountsRecord:
    discounts = fields.inner("discounts") if fields.says("discounts") else Fields({}, "discounts")
    return AmountsRecord(
        goods_minor=_required_amount(fields, "goods", currency),
        paid_minor=_required_amount(fields, "paid", currency),
        shipping_minor=_amount(fields, "shipping", currency) or 0,
        discount_seller_minor=_amount(discounts, "seller", currency) or 0,
        discount_marketplace_minor=_amount(discounts, "marketplace", currency) or 0,
        discount_other_minor=_amount(discounts, "other", currency) or 0,
    )


def _amount(fields: Fields, key: str, currency: str) -> int | None:
    """An amount that may be left out, or blank."""
    if not fields.says(key):
        return None
    text = fields.number_text(key)
    if not text.strip():
        return None
    try:
        return parse_price(text, currency)
    except PriceRefused as error:
        # Of the row's many amounts the person must know which.
        raise unreadable(fields.label(key), f"{quoted(text)}: {error.why}", error.action) from None


def _required_amount(fields: Fields, key: str, currency: str) -> int:
    amount = _amount(fields, key, currency)
    if amount is None:
        raise fields.missing(key)
    return amount


def _time(fields: Fields, name: str, usual: TimeSource | None = None) -> SaidTime | None:
    """A time with who says so; ``None`` where the row says nothing of it."""
    at = fields.moment(f"{name}_at")
    source = fields.choice(f"{name}_source", TimeSource) or usual
    if at is None:
        return None
    if source is None:
        raise RowRefused(
            f"{josa(fields.label(f'{name}_at'), '을/를')} 받을 수 없습니다.",
            "누가 알려 준 시각인지(출처) 적혀 있지 않습니다.",
            f"{name}_source에 {', '.join(TimeSource.values)} 가운데 하나를 적어 주세요.",
        )
    return SaidTime(at, source)


def _buyer(fields: Fields) -> BuyerRecord:
    """Contacts in one spelling. What is none is refused without being quoted: reasons go to terminals and tables."""
    email = fields.optional_text("email", most=_MOST_CONTACT)
    mobile = fields.optional_text("mobile", most=_MOST_CONTACT)
    address = fields.optional_text("notice_address", most=_MOST_CONTACT)
    by_marketplace = fields.flag("notify_by_marketplace") or False
    if address and by_marketplace:
        why = "마켓플레이스가 알린다고(notify_by_marketplace) 되어 있는데 주소도 있습니다."
        raise unreadable(fields.label("notice_address"), why, "둘 가운데 하나만 적어 주세요.")
    return BuyerRecord(
        email=normalise_email(email) if email else None,
        mobile=normalise_mobile(mobile) if mobile else None,
        notice_address=address,
        notify_by_marketplace=by_marketplace,
    )


# -- tables -------------------------------------------------------------------------------------------------------

_NESTED: Final = {"discount_": "discounts", "buyer_": "buyer"}


def _from_cells(cells: Mapping[str, str]) -> Values:
    """Flat columns as nested values; a blank cell says nothing."""
    values: Values = {name: cell for name, cell in cells.items() if not name.startswith(tuple(_NESTED))}
    for prefix, name in _NESTED.items():
        inner = {
            key.removeprefix(prefix): cell for key, cell in cells.items() if key.startswith(prefix) and cell.strip()
        }
        if inner:
            values[name] = inner
    return values


#: The columns of a table of orders.
ORDER_TABLE: Final = TableShape(
    required=("order", "line", "listing", "seller", "title", "quantity", "currency", "goods", "paid", "ordered_at"),
    to_values=_from_cells,
)
