"""Checking rows of brands and listings: what is taken, and each refusal in words."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brands.choices import ReferenceKind, RightKind
from brands.records import RightRecord, RightsHolderRecord
from core.errors import DomainError
from core.numbers import SEOUL
from portal.imports.brand_rows import BRAND_TABLE, BrandImageRow, BrandRow, parse_brand
from portal.imports.fields import Fields
from portal.imports.listing_rows import LISTING_TABLE, ListingRow, parse_listing
from sellers.choices import SellerLanguage

BRAND: dict[str, Any] = {"id": "b1", "name": "솔하루"}
LISTING: dict[str, Any] = {
    "id": "i1",
    "url": "https://market.example/item/i1",
    "title": "가방",
    "description": "새 상품",
    "price": "12900",
    "currency": "KRW",
    "category": "잡화",
    "seller": {"id": "s1", "name": "상점"},
    "images": ["1.jpg"],
    "posted_at": "2026-11-23T14:30:00+09:00",
}


def brand(**changes: Any) -> BrandRow:
    return parse_brand(Fields(BRAND | changes))


def listing(**changes: Any) -> ListingRow:
    return parse_listing(Fields(LISTING | changes))


def seller(**changes: Any) -> Any:
    return listing(seller={"id": "s1", "name": "상점"} | changes).seller


def refusal(call: Any, **changes: Any) -> str:
    with pytest.raises(DomainError) as error:
        call(**changes)
    assert all((error.value.what, error.value.why, error.value.action))
    return str(error.value)


# -- brands ---------------------------------------------------------------------------------------------------------


def test_a_brand_is_read_whole() -> None:
    row = brand(
        names=["Solharu", " 솔하루 ", "", "Solharu"],
        rights_holder={"id": "h1", "name": "주식회사 가온"},
        rights=[{"kind": "trademark", "number": "40-0123456"}, {"kind": "저작권"}],
        images=[{"id": "p1", "file": "로고.png", "kind": "logo"}, {"file": "가방 1.jpg"}],
        authorised_sellers=["s1", 2, "s1"],
    )
    assert row.record.names == ("Solharu", "솔하루")
    assert row.record.rights_holder == RightsHolderRecord("h1", "주식회사 가온")
    assert row.record.rights == (
        RightRecord(RightKind.TRADEMARK, "4001234560000"),
        RightRecord(RightKind.COPYRIGHT, ""),
    )
    assert row.images == (
        BrandImageRow("p1", "로고.png", ReferenceKind.LOGO),
        BrandImageRow("가방 1.jpg", "가방 1.jpg", ReferenceKind.PRODUCT),
    )
    assert row.authorised_sellers == ("s1", "2")


def test_what_a_brand_leaves_out_is_not_said_and_an_empty_list_is() -> None:
    row = brand()
    assert (row.record.names, row.record.rights, row.images, row.authorised_sellers) == (None, None, None, None)
    row = brand(names=[], rights=[], images=[], authorised_sellers=[])
    assert (row.record.names, row.record.rights, row.images, row.authorised_sellers) == ((), (), (), ())


def test_hangul_in_pieces_is_composed_and_controls_are_dropped() -> None:
    assert brand(name="\u1109\u1169\u11af하루\x07").record.name == "솔하루"


def test_a_disguising_sign_in_a_spelling_is_kept() -> None:
    assert brand(names=["솔\u200b하루"]).record.names == ("솔\u200b하루",)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"id": None}, "식별자(id)가 없습니다. 꼭 필요한 항목인데 비어 있습니다. 값을 적어 다시 가져와 주세요."),
        ({"id": "  "}, "식별자(id)가 없습니다. 꼭 필요한 항목인데 비어 있습니다. 값을 적어 다시 가져와 주세요."),
        (
            {"id": ["b1"]},
            "식별자(id)를 읽을 수 없습니다. 글이어야 하는데 목록입니다. 값을 고쳐 다시 가져와 주세요.",
        ),
        (
            {"id": True},
            "식별자(id)를 읽을 수 없습니다. 글이어야 하는데 참/거짓입니다. 값을 고쳐 다시 가져와 주세요.",
        ),
        (
            {"id": "가" * 95},
            "식별자(id)가 너무 깁니다. 94자까지 저장할 수 있는데 95자입니다. 줄여서 다시 가져와 주세요.",
        ),
        (
            {"name": "솔\0하루"},
            "이름(name)을 읽을 수 없습니다. 저장할 수 없는 NUL 문자(U+0000)가 있습니다. 값을 고쳐 다시 가져와 주세요.",
        ),
        (
            {"name": "\ud800"},
            "이름(name)을 읽을 수 없습니다. 짝이 없는 서로게이트 문자(U+D800~U+DFFF)가 있습니다. "
            "값을 고쳐 다시 가져와 주세요.",
        ),
        (
            {"names": "솔하루"},
            "표기(names)를 읽을 수 없습니다. 목록이어야 하는데 글입니다. 값을 고쳐 다시 가져와 주세요.",
        ),
        (
            {"names": ["★"]},
            "표기(names)를 읽을 수 없습니다. “★”에는 글자나 숫자가 하나도 없습니다. "
            "상품 글에서 찾을 수 있는 표기를 적어 주세요.",
        ),
        (
            {"rights_holder": {"name": "회사"}},
            "권리자 식별자(rights_holder.id)가 없습니다. 꼭 필요한 항목인데 비어 있습니다. "
            "값을 적어 다시 가져와 주세요.",
        ),
        (
            {"rights": [{"kind": "상표", "number": "1"}]},
            "권리 종류(rights.1.kind)를 읽을 수 없습니다. “상표”는 모르는 종류입니다. "
            "trademark, design, copyright, patent, utility_model, unregistered 가운데 하나로 적어 주세요.",
        ),
        (
            {"rights": [{"kind": "trademark", "number": "30-0123456"}]},
            "권리 번호(rights.1.number)를 읽을 수 없습니다. 상표권 “30-0123456”: 상표권의 번호는 40으로 시작합니다. "
            "등록원부의 번호를 확인해 주세요.",
        ),
        (
            {"images": [{"file": "1.jpg", "kind": "사진"}]},
            "사진 종류(images.1.kind)를 읽을 수 없습니다. “사진”은 모르는 종류입니다. "
            "product, logo, packaging 가운데 하나로 적어 주세요.",
        ),
        (
            {"images": [{"id": "p1", "file": "1.jpg"}, {"id": "p1", "file": "2.jpg"}]},
            "사진(images)을 읽을 수 없습니다. 한 브랜드 안에 식별자가 같은 사진이 두 장 있습니다. "
            "사진마다 다른 식별자를 적어 주세요.",
        ),
        (
            {"images": ["1.jpg"]},
            "사진(images)을 읽을 수 없습니다. 객체여야 하는데 글입니다. 값을 고쳐 다시 가져와 주세요.",
        ),
    ],
)
def test_a_bad_brand_is_refused_in_words(changes: dict[str, Any], message: str) -> None:
    assert refusal(brand, **changes) == message


def test_a_table_of_brands_says_the_same_as_json() -> None:
    cells = {
        "id": "b1",
        "name": "솔하루",
        "names": "Solharu| 松霞樓 |",
        "rights_holder_id": "h1",
        "rights_holder_name": "주식회사 가온",
        "rights": "trademark:40-0123456|copyright",
        "images": "로고.png#logo|가방 #2.jpg|폴더/정면.jpg#product",
        "authorised_sellers": "s1|s2",
    }
    values = {
        "id": "b1",
        "name": "솔하루",
        "names": ["Solharu", "松霞樓"],
        "rights_holder": {"id": "h1", "name": "주식회사 가온"},
        "rights": [{"kind": "trademark", "number": "40-0123456"}, {"kind": "copyright"}],
        "images": [{"file": "로고.png", "kind": "logo"}, {"file": "가방 #2.jpg"}, {"file": "폴더/정면.jpg"}],
        "authorised_sellers": ["s1", "s2"],
    }
    assert parse_brand(Fields(BRAND_TABLE.to_values(cells))) == parse_brand(Fields(values))


def test_a_column_that_is_not_there_says_nothing_and_an_empty_cell_says_none() -> None:
    assert parse_brand(Fields(BRAND_TABLE.to_values({"id": "b1", "name": ""}))).record.names is None
    row = parse_brand(Fields(BRAND_TABLE.to_values({"id": "b1", "name": "", "names": "", "images": " "})))
    assert (row.record.name, row.record.names, row.images) == (None, (), ())


# -- listings -------------------------------------------------------------------------------------------------------


def test_a_listing_is_read_whole() -> None:
    row = listing(
        sold_count=7,
        images=["1.jpg", "2.jpg", "1.jpg"],
        seller={
            "id": "s1",
            "name": "상점",
            "email": "a@b.example",
            "language": "zh-CN",
            "time_zone": "Asia/Shanghai",
            "opened_on": "2020.1.2",
        },
    )
    assert (row.record.price_minor, row.record.currency, row.record.sold_count) == (12_900, "KRW", 7)
    assert row.record.posted_at == datetime(2026, 11, 23, 14, 30, tzinfo=SEOUL)
    assert row.files == ("1.jpg", "2.jpg", "1.jpg")
    assert (row.seller.email, row.seller.language, row.seller.time_zone, row.seller.opened_on) == (
        "a@b.example",
        SellerLanguage.CHINESE,
        "Asia/Shanghai",
        date(2020, 1, 2),
    )


@pytest.mark.parametrize(
    ("price", "currency", "minor"),
    [
        ("12,900", "KRW", 12_900),
        (12_900, "krw", 12_900),
        (Decimal("12900.0"), "KRW", 12_900),
        (Decimal("12.9"), "USD", 1_290),
        ("１２.90", "USD", 1_290),
        (0, "KRW", 0),
    ],
)
def test_a_price_is_an_integer_of_minor_units(price: Any, currency: str, minor: int) -> None:
    assert listing(price=price, currency=currency).record.price_minor == minor


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-11-23T05:30:00Z", datetime(2026, 11, 23, 14, 30, tzinfo=SEOUL)),
        ("2026-11-23 14:30", datetime(2026, 11, 23, 14, 30, tzinfo=SEOUL)),
        ("2026-11-23", datetime(2026, 11, 23, tzinfo=SEOUL)),
        ("2026. 11. 23.", datetime(2026, 11, 23, tzinfo=SEOUL)),
        ("20261123", datetime(2026, 11, 23, tzinfo=SEOUL)),
        ("", None),
        (None, None),
    ],
)
def test_a_time_without_a_zone_is_seouls(written: str | None, moment: datetime | None) -> None:
    assert listing(posted_at=written).record.posted_at == moment


@pytest.mark.parametrize(
    ("written", "count"), [(0, 0), ("1,234", 1_234), (Decimal("5.0"), 5), ("", None), (None, None)]
)
def test_a_count_is_a_whole_number(written: Any, count: int | None) -> None:
    assert listing(sold_count=written).record.sold_count == count


def test_a_description_keeps_its_lines_and_a_title_is_one() -> None:
    row = listing(title=" 가방\n새 것 ", description=" 첫 줄\r\n둘째 줄 \n").record
    assert (row.title, row.description) == ("가방 새 것", "첫 줄\n둘째 줄")


def test_what_a_listing_may_leave_out_is_empty() -> None:
    row = parse_listing(Fields({name: LISTING[name] for name in ("id", "url", "title", "price", "currency", "seller")}))
    assert (row.record.description, row.record.category, row.record.posted_at, row.files) == ("", "", None, ())


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"price": "무료"}, "가격 “무료”를 읽을 수 없습니다. 숫자로 된 금액이 아닙니다."),
        ({"price": "-1"}, "가격은 0보다 작을 수 없습니다."),
        ({"price": 12.5, "currency": "KRW"}, "가격(price)을 읽을 수 없습니다. 숫자여야 하는데"),
        ({"price": Decimal("0.5")}, "KRW 금액에는 소수점 아래 자리가 없습니다."),
        ({"price": Decimal("1e999999")}, "숫자로 된 금액이 아닙니다."),
        ({"price": 10**12}, "금액이 1조 이상입니다."),
        ({"price": None}, "가격(price)이 없습니다."),
        ({"price": True}, "가격(price)을 읽을 수 없습니다. 숫자여야 하는데 참/거짓입니다."),
        ({"price": "1\0"}, "가격(price)을 읽을 수 없습니다. 저장할 수 없는 NUL 문자"),
        ({"currency": ""}, "통화(currency)가 없습니다."),
        ({"currency": "원"}, "통화 “원”의 금액을 다룰 수 없습니다."),
        ({"title": ""}, "제목(title)이 없습니다."),
        ({"title": "가" * 501}, "제목(title)이 너무 깁니다. 500자까지 저장할 수 있는데 501자입니다."),
        ({"description": "가" * 50_001}, "설명(description)이 너무 깁니다."),
        (
            {"url": "javascript:alert(1)"},
            "주소(url)를 읽을 수 없습니다. “javascript:alert(1)”은 웹 주소가 아닙니다.",
        ),
        ({"url": "https://"}, "웹 주소가 아닙니다"),
        ({"url": "https://[::1/"}, "웹 주소가 아닙니다"),
        ({"url": "https://a.example/가 방"}, "웹 주소가 아닙니다"),
        ({"seller": None}, "판매자(seller)가 없습니다."),
        ({"seller": "상점"}, "판매자(seller)를 읽을 수 없습니다. 객체여야 하는데 글입니다."),
        ({"seller": {"id": "s1"}}, "판매자 이름(seller.name)이 없습니다."),
        ({"images": "1.jpg"}, "사진(images)을 읽을 수 없습니다. 목록이어야 하는데 글입니다."),
        ({"images": [{"file": "1.jpg"}]}, "사진(images)을 읽을 수 없습니다. 글이어야 하는데 객체입니다."),
        ({"images": [""]}, "사진(images)이 없습니다."),
        ({"images": ["1.jpg"] * 101}, "사진(images)이 너무 많습니다. 100개까지 받는데 101개입니다."),
        ({"posted_at": "어제"}, "등록 시각(posted_at)을 읽을 수 없습니다. “어제”는 날짜나 시각이 아닙니다."),
        ({"posted_at": "0001-01-01T00:00:00Z"}, "1990년에서 2100년까지의 시각이 아닙니다"),
        ({"posted_at": "9999-12-31T23:59:59-12:00"}, "1990년에서 2100년까지의 시각이 아닙니다"),
        ({"posted_at": "2026-02-30"}, "날짜나 시각이 아닙니다"),
        ({"sold_count": -1}, "판매 수(sold_count)를 읽을 수 없습니다. “-1”은 0 이상의 정수가 아닙니다."),
        ({"sold_count": "1.5"}, "0 이상의 정수가 아닙니다"),
        ({"sold_count": "²"}, "0 이상의 정수가 아닙니다"),
        ({"sold_count": 10**30}, "0 이상의 정수가 아닙니다"),
    ],
)
def test_a_bad_listing_is_refused_in_words(changes: dict[str, Any], part: str) -> None:
    assert part in refusal(listing, **changes)


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"email": "nobody"}, "판매자 이메일(seller.email)을 읽을 수 없습니다. “nobody”은(는) 이메일 주소가 아닙니다."),
        (
            {"language": "ru"},
            "판매자 언어(seller.language)를 읽을 수 없습니다. “ru”은(는) 안내문을 보낼 수 없는 언어입니다.",
        ),
        (
            {"time_zone": "Seoul"},
            "판매자 시간대(seller.time_zone)를 읽을 수 없습니다. “Seoul”은(는) 모르는 시간대입니다.",
        ),
        ({"time_zone": "../etc/passwd"}, "모르는 시간대입니다"),
        (
            {"opened_on": "2026.13.1"},
            "판매자 개점일(seller.opened_on)을 읽을 수 없습니다. “2026.13.1”은 날짜나 시각이 아닙니다.",
        ),
    ],
)
def test_a_bad_seller_is_refused_in_words(changes: dict[str, Any], part: str) -> None:
    assert part in refusal(seller, **changes)


def test_a_refusal_shows_a_bad_value_short_and_harmless() -> None:
    message = refusal(listing, url="\x1b[31m" + "x" * 200)
    assert "\x1b" not in message
    assert "…”" in message


def test_a_table_of_listings_says_the_same_as_json() -> None:
    cells = {
        name: str(LISTING[name]) for name in ("id", "url", "title", "description", "price", "currency", "category")
    }
    cells |= {"posted_at": LISTING["posted_at"], "images": "1.jpg", "sold_count": ""}
    cells |= {"seller_id": "s1", "seller_name": "상점", "seller_email": "", "seller_language": "ko"}
    expected = parse_listing(Fields(LISTING | {"seller": LISTING["seller"] | {"language": "ko"}}))
    assert parse_listing(Fields(LISTING_TABLE.to_values(cells))) == expected


def test_items_that_nobody_reads_are_named() -> None:
    assert Fields({"id": 1, "brand": "x", "색상": None}).unknown(frozenset({"id"})) == ["brand", "색상"]


SCALARS = st.none() | st.booleans() | st.integers() | st.decimals() | st.text(max_size=20)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["id", "name", "kind", "number", "file", "email"]), inner, max_size=4)
    ),
    max_leaves=8,
)


def outcome(call: Any, **changes: Any) -> Any:
    try:
        return call(**changes)
    except DomainError as error:
        return error


@settings(max_examples=120, deadline=None)
@given(changes=st.dictionaries(st.sampled_from([*LISTING, "sold_count"]), ANYTHING))
def test_no_listing_makes_the_reader_fail_otherwise_than_in_words(changes: dict[str, Any]) -> None:
    row = outcome(listing, **changes)
    if isinstance(row, DomainError):
        assert all((row.what, row.why, row.action))
        return
    json.dumps([row.record.title, row.record.description, row.external_id]).encode()
    assert 0 <= row.record.price_minor < 10**16


@settings(max_examples=120, deadline=None)
@given(
    changes=st.dictionaries(
        st.sampled_from(["id", "name", "names", "rights_holder", "rights", "images", "authorised_sellers"]), ANYTHING
    )
)
def test_no_brand_makes_the_reader_fail_otherwise_than_in_words(changes: dict[str, Any]) -> None:
    row = outcome(brand, **changes)
    if isinstance(row, DomainError):
        assert all((row.what, row.why, row.action))
    else:
        assert row.external_id
