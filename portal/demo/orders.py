"""What made-up consumers bought of the demonstration's listings: in every refund window, in several currencies.

Pure and the same each time for the same day; only dates depend on it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final

from portal.demo.listings import SEOUL, DemoListing, demo_listings

SEED: Final = "jikimi-demo-orders-1"
ORDERS: Final = 240
BUYERS: Final = 150
#: Days since receipt, in turn: inside 15 days, at their end and after it, inside three months and after them. ``None``
#: has not arrived.
AGES: Final = (3, 14, 16, 80, 100, 7, None, 1, 30, None, 60, 15)
#: Won for one unit, roughly; what is not named is paid in won.
_RATES: Final = {"USD": 1_400, "CNY": 195, "JPY": 9}
_DECIMALS: Final = {"KRW": 0, "JPY": 0, "USD": 2, "CNY": 2}
#: Of so many orders one is paid in another currency, cancelled, or returned in part.
_FOREIGN_EVERY: Final = 8
_CANCELLED_EVERY: Final = 31
_RETURNED_EVERY: Final = 29
_SOURCES: Final = ("carrier", "carrier", "carrier", "marketplace", "consumer", "estimated")


@dataclass(frozen=True, slots=True)
class _Journey:
    """When an order was placed and shipped and came, in days before today."""

    ordered: int
    shipped: int | None
    received: int | None


def demo_orders(today: date) -> list[dict[str, object]]:
    """All lines as rows of an import file, order by order."""
    chance = Random(SEED)  # noqa: S311 - made-up data, not secrets
    listings = demo_listings(today)
    return [line for place in range(ORDERS) for line in _order(place, listings, chance, today)]


def _order(place: int, listings: Sequence[DemoListing], chance: Random, today: date) -> Iterator[dict[str, object]]:
    age = AGES[place % len(AGES)]
    is_cancelled = place % _CANCELLED_EVERY == 1
    first = _bought(listings, chance, today, before=(age or 0) + 16)
    journey = _journey(age, first, chance, is_cancelled=is_cancelled)
    bought = [
        first,
        *(_bought(listings, chance, today, before=journey.ordered) for _ in range(chance.choice((0, 0, 1, 2)))),
    ]
    currency = chance.choice(list(_RATES)) if place % _FOREIGN_EVERY == 5 else "KRW"
    facts: dict[str, object] = {
        "order": f"{today - timedelta(days=journey.ordered):%Y%m%d}-{100_001 + place * 13}",
        "currency": currency,
        **_times(journey, chance, today),
        "delivery": "overseas" if first.seller.is_chinese else "parcel",
        "status": "cancelled" if is_cancelled else "placed",
        "buyer": _buyer(chance.randrange(BUYERS)),
    }
    for number, listing in enumerate(bought, start=1):
        # The marketplace allots the order's shipping to its first line.
        line = facts | _line(number, listing, chance, currency, carries_shipping=number == 1)
        if place % _RETURNED_EVERY == 3 and number == 1 and journey.received is not None:
            line |= {"status": "returned", "refunded": line["paid"], "returned_quantity": line["quantity"]}
        yield line


def _bought(listings: Sequence[DemoListing], chance: Random, today: date, *, before: int) -> DemoListing:
    """A listing that was on sale so many days ago; of young orders every other is one of the suspects."""
    on_sale = [listing for listing in listings if _age(listing, today) >= before]
    suspects = [listing for listing in on_sale if listing.is_suspect]
    return chance.choice(suspects if suspects and chance.random() < 0.5 else on_sale)


def _age(listing: DemoListing, today: date) -> int:
    return (today - date.fromisoformat(str(listing.facts["posted_at"])[:10])).days


def _journey(age: int | None, listing: DemoListing, chance: Random, *, is_cancelled: bool) -> _Journey:
    under_way = chance.randint(8, 14) if listing.seller.is_chinese else chance.randint(2, 4)
    packed = 1
    if is_cancelled:
        return _Journey((age or 0) + under_way, None, None)
    if age is None:
        # Half of them are on their way, half are being packed.
        ordered = chance.randint(1, 6)
        return _Journey(ordered, ordered - packed if ordered > 3 else None, None)
    return _Journey(age + under_way, age + under_way - packed, age)


def _times(journey: _Journey, chance: Random, today: date) -> dict[str, object]:
    ordered = _at(today, journey.ordered, chance.randint(7, 22), chance.randint(0, 58))
    said: dict[str, object] = {
        "ordered_at": ordered.isoformat(),
        "paid_at": (ordered + timedelta(minutes=1)).isoformat(),
    }
    if journey.shipped is not None:
        shipped = _at(today, journey.shipped, 17, 30)
        said |= {"shipped_at": shipped.isoformat(), "shipped_source": "carrier"}
    if journey.received is not None:
        received = _at(today, journey.received, chance.randint(9, 21), chance.randint(0, 59))
        said |= {"received_at": received.isoformat(), "received_source": chance.choice(_SOURCES)}
    return said


def _at(today: date, days_ago: int, hour: int, minute: int) -> datetime:
    return datetime.combine(today - timedelta(days=days_ago), time(hour, minute), SEOUL)


def _buyer(number: int) -> dict[str, object]:
    """Half of them are told by the marketplace, which keeps their addresses to itself."""
    email = f"buyer-{number:03}@consumer.example"
    contact: dict[str, object] = {"email": email, "mobile": f"010-5550-{1_000 + number}"}
    return contact | ({"notice_address": email} if number % 2 else {"notify_by_marketplace": True})


def _line(
    number: int, listing: DemoListing, chance: Random, currency: str, *, carries_shipping: bool
) -> dict[str, object]:
    """What was bought, and its amounts, which add up: goods less discounts plus shipping."""
    quantity = chance.choice((1, 1, 1, 2, 3))
    goods = _minor(listing.price, currency) * quantity
    by_seller = goods // 10 if chance.random() < 0.2 else 0
    by_marketplace = min(goods // 5, _minor(3_000, currency)) if chance.random() < 0.3 else 0
    usual = 5_000 if listing.seller.is_chinese else 3_000
    shipping = _minor(usual, currency) if carries_shipping and chance.random() < 0.6 else 0
    return {
        "line": str(number),
        "listing": listing.external_id,
        "seller": listing.seller.external_id,
        "title": listing.title,
        "option": chance.choice(("", "검정", "아이보리", "L", "2개 묶음")),
        "quantity": quantity,
        "goods": _major(goods, currency),
        "discounts": {"seller": _major(by_seller, currency), "marketplace": _major(by_marketplace, currency)},
        "shipping": _major(shipping, currency),
        "paid": _major(goods - by_seller - by_marketplace + shipping, currency),
    }


def _minor(won: int, currency: str) -> int:
    """A price in won as units of the currency's smallest coin."""
    return int(won * 10 ** _DECIMALS[currency] // _RATES.get(currency, 1))


def _major(minor: int, currency: str) -> str:
    whole, part = divmod(minor, 10 ** _DECIMALS[currency])
    return f"{whole}.{part:02}" if _DECIMALS[currency] else str(whole)
