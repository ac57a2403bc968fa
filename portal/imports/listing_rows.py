"""A row of a listing file, checked.

``{"id", "url", "title", "description", "price", "currency", "category", "seller": {"id", "name", "email"?, "language"?,
"time_zone"?, "opened_on"?}, "images": [file...], "posted_at", "sold_count"?}``; ``price`` is a decimal in major units.
In a table, ``images`` are separated by ``|`` and the seller is ``seller_id``, ``seller_name`` and so on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from core.korean import josa, parse_price
from listings.models import Listing, ListingVersion
from listings.records import ListingRecord
from portal.imports.brand_rows import split_list
from portal.imports.errors import quoted, unreadable
from portal.imports.fields import Fields
from portal.imports.limits import longest
from portal.imports.rows import TableShape, Values
from sellers.choices import SellerLanguage
from sellers.models import Seller
from sellers.records import SellerRecord

KNOWN: Final = frozenset(
    {
        "id",
        "url",
        "title",
        "description",
        "price",
        "currency",
        "category",
        "seller",
        "images",
        "posted_at",
        "sold_count",
    }
)
# [ours] The longest descriptions of open markets are pictures; in words none comes near this.
_MOST_DESCRIPTION: Final = 50_000
# [ours] Marketplaces allow ten to thirty.
_MOST_IMAGES: Final = 100

#: Ways in which exports write simplified Chinese.
_CHINESE: Final = frozenset({"zh", "zh-cn", "zh-hans", "zh-hans-cn", "zh-sg"})


@dataclass(frozen=True, slots=True)
class ListingRow:
    """One listing as its row says it; pictures by their files, in order."""

    record: ListingRecord
    seller: SellerRecord
    files: tuple[str, ...]

    @property
    def external_id(self) -> str:
        return self.record.external_id


def parse_listing(fields: Fields) -> ListingRow:
    """Raises ``RowRefused``, ``PriceRefused`` or ``UnknownCurrency`` with what is wrong."""
    external_id = fields.required_text("id", most=longest(Listing, "external_id"))
    currency = fields.required_text("currency", most=20).upper()
    record = ListingRecord(
        external_id=external_id,
        url=_url(fields),
        title=fields.required_text("title", most=longest(ListingVersion, "title")),
        description=fields.text("description", most=_MOST_DESCRIPTION, is_single_line=False),
        category=fields.text("category", most=longest(ListingVersion, "category")),
        price_minor=parse_price(fields.number_text("price"), currency),
        currency=currency,
        posted_at=fields.moment("posted_at"),
        sold_count=fields.count("sold_count"),
    )
    return ListingRow(record, seller=_seller(fields.inner("seller")), files=_files(fields))


def _files(fields: Fields) -> tuple[str, ...]:
    """Every name of the list, doubled ones too: the order of the pictures is content."""
    items = fields.items("images", most_items=_MOST_IMAGES)
    return tuple(Fields({"images": item}).path("images") for item in items)


def _url(fields: Fields) -> str:
    url = fields.required_text("url", most=longest(Listing, "url"))
    try:
        parts = urlsplit(url)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_web = False
    if not is_web or any(sign.isspace() for sign in url):
        why = f"{josa(quoted(url), '은/는')} 웹 주소가 아닙니다."
        raise unreadable(fields.label("url"), why, "https://로 시작하는 상품 주소를 적어 주세요.")
    return url


def _seller(fields: Fields) -> SellerRecord:
    return SellerRecord(
        external_id=fields.required_text("id", most=longest(Seller, "external_id")),
        shop_name=fields.required_text("name", most=longest(Seller, "shop_name")),
        email=fields.email("email", most=longest(Seller, "email")),
        language=_language(fields),
        time_zone=_time_zone(fields),
        opened_on=fields.day("opened_on"),
    )


def _language(fields: Fields) -> SellerLanguage | None:
    text = fields.optional_text("language", most=40)
    if text is None:
        return None
    tag = text.lower().replace("_", "-")
    if tag in _CHINESE:
        return SellerLanguage.CHINESE
    for language in (SellerLanguage.KOREAN, SellerLanguage.ENGLISH):
        if tag.partition("-")[0] == language.value:
            return language
    why = f"{josa(quoted(text), '은/는')} 안내문을 보낼 수 없는 언어입니다."
    raise unreadable(fields.label("language"), why, "ko, en, zh-hans 가운데 하나로 적거나 비워 주세요.")


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _time_zone(fields: Fields) -> str | None:
    name = fields.optional_text("time_zone", most=longest(Seller, "time_zone"))
    if name is None or name in _time_zones():
        return name
    why = f"{josa(quoted(name), '은/는')} 모르는 시간대입니다."
    raise unreadable(fields.label("time_zone"), why, "Asia/Shanghai처럼 적거나 비워 주세요.")


# -- tables -------------------------------------------------------------------------------------------------------

_SELLER_PREFIX: Final = "seller_"
_SELLER_COLUMNS: Final = frozenset(
    f"{_SELLER_PREFIX}{key}" for key in ("id", "name", "email", "language", "time_zone", "opened_on")
)


def _from_cells(cells: Mapping[str, str]) -> Values:
    values: Values = {name: cell for name, cell in cells.items() if name not in _SELLER_COLUMNS}
    if "images" in cells:
        values["images"] = split_list(cells["images"])
    seller = {name.removeprefix(_SELLER_PREFIX): cells[name] for name in cells if name in _SELLER_COLUMNS}
    return values | {"seller": seller}


#: The columns of a table of listings.
LISTING_TABLE: Final = TableShape(
    required=("id", "url", "title", "price", "currency", "seller_id", "seller_name"), to_values=_from_cells
)
