"""What a file or an interface says of an order line, checked in form and ready to be brought in."""

from dataclasses import dataclass, field
from datetime import datetime

from refunds.choices import DeliveryKind, OrderStatus, TimeSource


@dataclass(frozen=True, slots=True)
class SaidTime:
    """When something happened, and who says so."""

    at: datetime
    source: TimeSource


@dataclass(frozen=True, slots=True)
class AmountsRecord:
    """Money of one line, all pieces of it together, as integers of the currency's minor unit.

    ``goods_minor`` is what the goods cost before any discount. Discounts stand by who carried them; ``other`` where
    that is not said, or was somebody else such as a card company. ``shipping_minor`` is what was really paid beside the
    goods and allotted to this line: shipping, and duties paid in advance. ``paid_minor`` is what the consumer gave in
    whatever means of payment, points and gift cards included: goods less discounts plus shipping. It is what "100%
    back" means.
    """

    goods_minor: int
    paid_minor: int
    shipping_minor: int = 0
    discount_seller_minor: int = 0
    discount_marketplace_minor: int = 0
    discount_other_minor: int = 0


@dataclass(frozen=True, slots=True)
class BuyerRecord:
    """How the buyer can be known again and be told, in plain; nothing of it is kept or printed as it is.

    E-mail and mobile are kept as keyed hashes alone. ``notice_address`` (an e-mail or a mobile, which may be the
    marketplace's relay) is kept encrypted, because notices go to it; ``notify_by_marketplace`` says that there is none
    and the marketplace passes notices on itself. ``None`` where nothing was said, which leaves what is there.
    """

    email: str | None = field(default=None, repr=False)
    mobile: str | None = field(default=None, repr=False)
    notice_address: str | None = field(default=None, repr=False)
    notify_by_marketplace: bool = False


@dataclass(frozen=True, slots=True)
class OrderLineRecord:
    """One line of an order as its marketplace tells it.

    What is ``None`` was not said and leaves what is there. ``correction`` is the reason for which facts of the purchase
    itself differ from what was told before; without one they are refused.
    """

    order_number: str
    line_number: str
    listing_external_id: str
    seller_external_id: str
    title: str
    quantity: int
    currency: str
    amounts: AmountsRecord
    ordered: SaidTime
    option_text: str = ""
    paid: SaidTime | None = None
    shipped: SaidTime | None = None
    received: SaidTime | None = None
    delivery: DeliveryKind | None = None
    status: OrderStatus | None = None
    returned_quantity: int | None = None
    refunded_minor: int | None = None
    buyer: BuyerRecord = BuyerRecord()
    correction: str = ""
