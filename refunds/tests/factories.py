"""Order lines for tests, made by the service that makes them in earnest."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from accounts.models import Marketplace
from accounts.tests.factories import make_marketplace
from refunds.choices import TimeSource
from refunds.models import OrderLine
from refunds.records import AmountsRecord, BuyerRecord, OrderLineRecord, SaidTime
from refunds.services import upsert_order_line

_numbers = count(1)


def said(at: datetime, source: TimeSource = TimeSource.MARKETPLACE) -> SaidTime:
    return SaidTime(at, source)


def amounts(goods: int = 20_000, *, shipping: int = 3_000, seller: int = 0, marketplace: int = 0) -> AmountsRecord:
    """Amounts that add up."""
    return AmountsRecord(
        goods_minor=goods,
        discount_seller_minor=seller,
        discount_marketplace_minor=marketplace,
        shipping_minor=shipping,
        paid_minor=goods - seller - marketplace + shipping,
    )


def order_record(**changes: Any) -> OrderLineRecord:
    """A line of an order of its own, placed ten days ago and not received yet."""
    number = next(_numbers)
    record = OrderLineRecord(
        order_number=f"2026-{number:06d}",
        line_number="1",
        listing_external_id=f"ordered-item-{number}",
        seller_external_id=f"ordered-seller-{number}",
        title="가죽 가방",
        option_text="검정",
        quantity=2,
        currency="KRW",
        amounts=amounts(),
        ordered=said(timezone.now() - timedelta(days=10)),
        buyer=BuyerRecord(email=f"buyer-{number}@consumer.example", mobile="010-1234-5678"),
    )
    return replace(record, **changes)


def make_order_line(
    *, marketplace: Marketplace | None = None, received_days_ago: int | None = None, **changes: Any
) -> OrderLine:
    """A line as the service brings it in; received so many days ago, by the carrier's word, where that is said."""
    now = timezone.now()
    if received_days_ago is not None:
        received = now - timedelta(days=received_days_ago)
        changes = {
            "ordered": said(received - timedelta(days=3)),
            "received": said(received, TimeSource.CARRIER),
        } | changes
    place = marketplace or make_marketplace()
    return upsert_order_line(order_record(**changes), marketplace=place, actor=None, now=now).line


def correct_order_line(line: OrderLine, *, quantity: int = 1) -> OrderLine:
    """The line told anew with another number of pieces, and why."""
    record = OrderLineRecord(
        order_number=line.order_number,
        line_number=line.line_number,
        listing_external_id=line.listing_external_id,
        seller_external_id=line.seller_external_id,
        title=line.title,
        option_text=line.option_text,
        quantity=quantity,
        currency=line.currency,
        amounts=amounts(line.goods_minor, shipping=line.shipping_minor),
        ordered=said(line.ordered_at),
        correction="수량 오기",
    )
    return upsert_order_line(record, marketplace=line.marketplace, actor=None, now=timezone.now()).line
