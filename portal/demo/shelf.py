"""What the demonstration's marketplace has of its own: goods that it sends over the API, and who has bought of them.

Pure and the same each time for the same day, as the imported listings are; the goods are theirs in another colour.
"""

from datetime import date, timedelta
from random import Random
from typing import Any, Final

from portal.demo.brands import BRANDS
from portal.demo.listings import SEED, DemoListing, Truth, demo_listings
from portal.demo.sellers import demo_sellers

#: Not among those that the import brings in and counts (``listings.ID_PREFIX``).
ID_PREFIX: Final = "SJ-"
GOODS: Final = 3
_COLOURS: Final = ("먹색", "쪽빛", "살구색")
_SHIPPING: Final = 3_000


def shelf(today: date) -> dict[str, Any]:
    """Goods and order lines as the API takes them, and what the page offers for a new listing."""
    ordinary = [each for each in demo_listings(today) if each.truth is Truth.ORDINARY][:GOODS]
    goods = [_goods(place, listing, today) for place, listing in enumerate(ordinary)]
    return {
        "listings": goods,
        "orders": [_order(place, each["item"], today) for place, each in enumerate(goods)],
        "sellers": list({each["item"]["seller"]["id"]: each["item"]["seller"] for each in goods}.values()),
        "names": {each.external_id: each.name for each in demo_sellers(Random(SEED))},  # noqa: S311 - no secrets
        "pictures": [
            {"file": "", "title": "사진 없이"},
            {"file": goods[0]["pictures"][0], "title": "직접 찍은 사진"},
            {"file": BRANDS[0].reference_file(0), "title": f"{BRANDS[0].hangul}의 제품 사진과 같은 사진"},
        ],
    }


def _goods(place: int, listing: DemoListing, today: date) -> dict[str, Any]:
    number = f"{ID_PREFIX}{1001 + place}"
    images = listing.facts["images"]
    assert isinstance(images, list)
    item = {
        "id": number,
        "url": f"https://sibang.example/item/{number}",
        "title": f"{listing.title} {_COLOURS[place]}",
        "category": listing.category,
        "price_minor": listing.price,
        "currency": "KRW",
        "seller": listing.seller.row(today),
    }
    return {"item": item, "pictures": [str(name) for name in images[:1]]}


def _order(place: int, item: dict[str, Any], today: date) -> dict[str, Any]:
    """One piece, ordered a few days ago; it is still on its way."""
    ordered_on = today - timedelta(days=2 + place)
    return {
        "order": f"{ordered_on:%Y%m%d}-{900_001 + place}",
        "line": "1",
        "listing": item["id"],
        "seller": item["seller"]["id"],
        "title": item["title"],
        "quantity": 1,
        "currency": "KRW",
        "goods_minor": item["price_minor"],
        "shipping_minor": _SHIPPING,
        "paid_minor": item["price_minor"] + _SHIPPING,
        "ordered_at": f"{ordered_on.isoformat()}T10:20:00+09:00",
        "buyer": {"email": f"buyer-{place:03}@consumer.example", "notify_by_marketplace": True},
    }
