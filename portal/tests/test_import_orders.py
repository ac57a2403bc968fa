"""``import_orders``: what a row says, each refusal in words, and files good and bad."""

import csv
import io
import json
import logging
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Marketplace
from accounts.tests.factories import make_marketplace
from core.errors import DomainError
from core.models import JournalEntry
from core.numbers import SEOUL
from listings.tests.factories import make_listing
from portal.imports import run
from portal.imports.fields import Fields
from portal.imports.order_rows import ORDER_TABLE, OrderRow, parse_order
from refunds.choices import DeliveryKind, OrderStatus, TimeSource
from refunds.models import OrderLine, OrderLineCorrection
from refunds.records import AmountsRecord, BuyerRecord, SaidTime
from sellers.tests.factories import make_seller

ORDER: dict[str, Any] = {
    "order": "2026-0001",
    "line": "1",
    "listing": "i1",
    "seller": "s1",
    "title": "가죽 가방",
    "option": "검정",
    "quantity": 2,
    "currency": "KRW",
    "goods": "20,000",
    "discounts": {"seller": "1000", "marketplace": "500"},
    "shipping": "3000",
    "paid": "21500",
    "ordered_at": "2026-11-01T10:00:00+09:00",
}
EMAIL, MOBILE = "Canary.Buyer@consumer.example", "010-9876-5432"


def order(number: str = "2026-0001", **changes: Any) -> dict[str, Any]:
    return ORDER | {"order": number} | changes


def row(**changes: Any) -> OrderRow:
    return parse_order(Fields(ORDER | changes))


def refusal(**changes: Any) -> str:
    with pytest.raises(DomainError) as error:
        row(**changes)
    assert all((error.value.what, error.value.why, error.value.action))
    return str(error.value)


# -- one row --------------------------------------------------------------------------------------------------------


def test_an_order_line_is_read_whole() -> None:
    record = row(
        paid_at="2026-11-01 10:01",
        shipped_at="2026-11-02T00:00Z",
        shipped_source="carrier",
        received_at="2026. 11. 4.",
        received_source="택배사",
        delivery="overseas",
        status="반품",
        refunded=10750,
        returned_quantity="1",
        buyer={"email": EMAIL, "mobile": MOBILE, "notice_address": "relay@market.example"},
        correction=" 수량  오기 ",
    ).record
    assert (record.order_number, record.line_number) == ("2026-0001", "1")
    assert (record.listing_external_id, record.seller_external_id) == ("i1", "s1")
    assert (record.title, record.option_text, record.quantity, record.currency) == ("가죽 가방", "검정", 2, "KRW")
    assert record.amounts == AmountsRecord(20_000, 21_500, 3_000, 1_000, 500, 0)
    assert record.ordered == SaidTime(datetime(2026, 11, 1, 10, tzinfo=SEOUL), TimeSource.MARKETPLACE)
    assert record.paid == SaidTime(datetime(2026, 11, 1, 10, 1, tzinfo=SEOUL), TimeSource.MARKETPLACE)
    assert record.shipped == SaidTime(datetime(2026, 11, 2, 9, tzinfo=SEOUL), TimeSource.CARRIER)
    assert record.received == SaidTime(datetime(2026, 11, 4, tzinfo=SEOUL), TimeSource.CARRIER)
    assert (record.delivery, record.status) == (DeliveryKind.OVERSEAS, OrderStatus.RETURNED)
    assert (record.refunded_minor, record.returned_quantity, record.correction) == (10_750, 1, "수량 오기")
    assert record.buyer == BuyerRecord("canary.buyer@consumer.example", "821098765432", "relay@market.example")


def test_what_a_row_leaves_out_is_not_said() -> None:
    short = {key: value for key, value in ORDER.items() if key not in ("option", "discounts", "shipping")}
    record = parse_order(Fields(short | {"paid": 20_000})).record
    assert record.amounts == AmountsRecord(20_000, 20_000, 0, 0, 0, 0)
    assert (record.option_text, record.paid, record.shipped, record.received) == ("", None, None, None)
    assert (record.delivery, record.status, record.refunded_minor, record.returned_quantity) == (None, None, None, None)
    assert (record.buyer, record.correction) == (BuyerRecord(), "")


@pytest.mark.parametrize(
    ("currency", "written", "minor"),
    [
        ("KRW", "21500", 21_500),
        ("JPY", "21,500.0", 21_500),
        ("usd", Decimal("215.05"), 21_505),
        ("CNY", "215.5", 21_550),
        ("KWD", "21.505", 21_505),
        ("VND", "２１５００", 21_500),
    ],
)
def test_amounts_are_decimals_of_the_major_unit(currency: str, written: Any, minor: int) -> None:
    record = row(currency=currency, goods=written, paid=written, shipping=0, discounts={}, refunded=written).record
    assert (record.amounts, record.refunded_minor) == (AmountsRecord(minor, minor), minor)


def test_lines_of_two_orders_never_share_a_name() -> None:
    names = {row(order="a/b", line="c").external_id, row(order="a", line="b/c").external_id}
    names |= {row(order="a%2Fb", line="c").external_id, row(order="a%", line="c").external_id}
    assert len(names) == 4
    assert row().external_id == "2026-0001/1"


@pytest.mark.parametrize("written", [True, "true", "1", "예", "Y"])
def test_the_marketplace_may_pass_notices_on_itself(written: Any) -> None:
    assert row(buyer={"notify_by_marketplace": written}).record.buyer.notify_by_marketplace is True
    assert row(buyer={"notify_by_marketplace": False}).record.buyer.notify_by_marketplace is False


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"order": ""}, "주문번호(order)가 없습니다. 꼭 필요한 항목인데 비어 있습니다. 값을 적어 다시 가져와 주세요."),
        ({"line": None}, "품목 번호(line)가 없습니다. 꼭 필요한 항목인데 비어 있습니다. 값을 적어 다시 가져와 주세요."),
        (
            {"quantity": ""},
            "수량(quantity)이 없습니다. 꼭 필요한 항목인데 비어 있습니다. 값을 적어 다시 가져와 주세요.",
        ),
        (
            {"ordered_at": ""},
            "주문 시각(ordered_at)이 없습니다. 꼭 필요한 항목인데 비어 있습니다. 값을 적어 다시 가져와 주세요.",
        ),
        (
            {"quantity": "1.5"},
            "수량(quantity)을 읽을 수 없습니다. “1.5”는 0 이상의 정수가 아닙니다. 12처럼 숫자로 적어 주세요.",
        ),
        (
            {"currency": "XYZ"},
            "통화 “XYZ”의 금액을 다룰 수 없습니다. 지원하는 통화 목록(ISO 4217)에 없는 코드입니다. "
            "KRW, USD, CNY처럼 대문자 세 글자의 통화 코드를 사용해 주세요.",
        ),
        (
            {"paid": "무료"},
            "결제 금액(paid)을 읽을 수 없습니다. “무료”: 숫자로 된 금액이 아닙니다. "
            "12900 또는 12.90처럼 숫자와 소수점만 입력해 주세요.",
        ),
        (
            {"paid": "215.5"},
            "결제 금액(paid)을 읽을 수 없습니다. “215.5”: KRW 금액에는 소수점 아래 자리가 없습니다. "
            "금액과 통화를 확인해 주세요.",
        ),
        (
            {"discounts": "1000"},
            "할인(discounts)을 읽을 수 없습니다. 객체여야 하는데 글입니다. 값을 고쳐 다시 가져와 주세요.",
        ),
        (
            {"discounts": {"seller": -1}},
            "할인 판매자(discounts.seller)를 읽을 수 없습니다. “-1”: 가격은 0보다 작을 수 없습니다. "
            "0 이상의 금액을 입력해 주세요.",
        ),
        (
            {"received_at": "2026-11-04"},
            "수령 시각(received_at)을 받을 수 없습니다. 누가 알려 준 시각인지(출처) 적혀 있지 않습니다. "
            "received_source에 marketplace, carrier, consumer, estimated 가운데 하나를 적어 주세요.",
        ),
        (
            {"received_at": "2026-11-04", "received_source": "이웃"},
            "수령 시각의 출처(received_source)를 읽을 수 없습니다. “이웃”은 모르는 값입니다. "
            "marketplace, carrier, consumer, estimated 가운데 하나로 적어 주세요.",
        ),
        (
            {"delivery": "drone"},
            "배송 구분(delivery)을 읽을 수 없습니다. “drone”은(는) 모르는 값입니다. "
            "parcel, overseas, installed, pickup, digital 가운데 하나로 적어 주세요.",
        ),
        (
            {"buyer": {"notice_address": "a@b.kr", "notify_by_marketplace": True}},
            "구매자 알림 주소(buyer.notice_address)를 읽을 수 없습니다. "
            "마켓플레이스가 알린다고(notify_by_marketplace) 되어 있는데 주소도 있습니다. 둘 가운데 하나만 적어 주세요.",
        ),
        (
            {"buyer": {"notify_by_marketplace": "maybe"}},
            "구매자 마켓플레이스가 알림(buyer.notify_by_marketplace)을 읽을 수 없습니다. "
            "“maybe”은(는) true, false가 아닙니다. true 또는 false로 적어 주세요.",
        ),
        (
            {"title": "가\0방"},
            "제목(title)을 읽을 수 없습니다. 저장할 수 없는 NUL 문자(U+0000)가 있습니다. 값을 고쳐 다시 가져와 주세요.",
        ),
        (
            {"correction": "\ud800"},
            "정정 사유(correction)를 읽을 수 없습니다. 짝이 없는 서로게이트 문자(U+D800~U+DFFF)가 있습니다. "
            "값을 고쳐 다시 가져와 주세요.",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(changes: dict[str, Any], message: str) -> None:
    assert refusal(**changes) == message


@pytest.mark.parametrize(
    "buyer",
    [
        {"email": "canary@@consumer.example"},
        {"email": "canary" * 60 + "@consumer.example"},
        {"mobile": "010-98canary-5432"},
        {"mobile": ["canary"]},
        {"email": {"canary": "consumer.example"}},
        {"mobile": "canary\0"},
    ],
)
def test_a_refused_contact_is_not_quoted(buyer: dict[str, Any]) -> None:
    told = refusal(buyer=buyer)
    assert "canary" not in told
    assert "consumer" not in told
    assert "98" not in told


def test_a_table_stands_for_the_same_row() -> None:
    cells = {
        **{key: str(value) for key, value in ORDER.items() if key != "discounts"},
        **{"discount_seller": "1000", "discount_marketplace": "500", "discount_other": " "},
        **{"buyer_email": EMAIL, "buyer_mobile": "", "buyer_notify_by_marketplace": "true", "received_at": ""},
    }
    told = parse_order(Fields(ORDER_TABLE.to_values(cells))).record
    assert told == row(buyer={"email": EMAIL, "notify_by_marketplace": True}).record


# -- files ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def market(db: None) -> Marketplace:
    return make_marketplace()


@pytest.fixture
def start(market: Marketplace, tmp_path: Path) -> Callable[..., tuple[str, list[str]]]:
    """Run the command on rows; what it wrote to the terminal and what it complained of."""

    def start_command(rows: Any, *, file: str = "orders.jsonl", **options: Any) -> tuple[str, list[str]]:
        path = tmp_path / file
        if not isinstance(rows, bytes):
            rows = "\n".join(each if isinstance(each, str) else json.dumps(each, ensure_ascii=False) for each in rows)
            rows = rows.encode()
        path.write_bytes(rows)
        output, errors = io.StringIO(), io.StringIO()
        try:
            call_command("import_orders", path, stdout=output, stderr=errors, no_color=True, **options)
        finally:
            start_command.complaints = errors.getvalue().splitlines()  # type: ignore[attr-defined]
        return output.getvalue(), errors.getvalue().splitlines()

    return start_command


def brought_in() -> list[tuple[str, str]]:
    return sorted(OrderLine.objects.values_list("order_number", "line_number"))


def verbs() -> list[str]:
    return list(JournalEntry.objects.filter(verb__startswith="refunds.").order_by("id").values_list("verb", flat=True))


def test_orders_come_in_and_meet_their_listings(start: Any, market: Marketplace) -> None:
    listing = make_listing(external_id="i1", seller=make_seller(external_id="s1", marketplace=market))
    output, complaints = start([order(), order(line="2", listing="unknown"), order("2026-0002")])
    assert output == "주문 품목 3건을 읽었습니다. 새로 3 · 바뀜 0 · 그대로 0 · 실패 0\n"
    assert complaints == []
    assert brought_in() == [("2026-0001", "1"), ("2026-0001", "2"), ("2026-0002", "1")]
    assert OrderLine.objects.filter(listing=listing, seller=listing.seller).count() == 2
    entry = JournalEntry.objects.filter(verb="refunds.order_line.imported").latest("id")
    assert (entry.actor_kind, entry.actor_ref) == ("command", "import_orders")


def test_the_same_file_again_doubles_nothing(start: Any) -> None:
    rows = [order(), order("2026-0002", buyer={"email": EMAIL, "notice_address": EMAIL})]
    start(rows)
    before = (list(OrderLine.objects.order_by("pk").values()), verbs())
    output, _ = start(rows)
    assert output == "주문 품목 2건을 읽었습니다. 새로 0 · 바뀜 0 · 그대로 2 · 실패 0\n"
    assert (list(OrderLine.objects.order_by("pk").values()), verbs()) == before


def test_later_news_is_added_and_another_purchase_needs_a_reason(start: Any) -> None:
    start([order()])
    received = {"received_at": "2026-11-04T15:00:00+09:00", "received_source": "carrier"}
    output, _ = start([order(**received)])
    assert output == "주문 품목 1건을 읽었습니다. 새로 0 · 바뀜 1 · 그대로 0 · 실패 0\n"
    with pytest.raises(CommandError):
        start([order(quantity=3)])
    assert start.complaints == [
        "1행: 주문 품목 “2026-0001 / 1”을 바꾸지 않았습니다. 이미 등록된 내용과 다릅니다(수량). "
        "처음 자료가 잘못되었다면 정정 사유(correction)를 적어 다시 보내 주세요."
    ]
    start([order(quantity=3, correction="수량 오기")])
    start([order(quantity=3, correction="수량 오기")])
    assert OrderLine.objects.get().quantity == 3
    assert OrderLineCorrection.objects.get().before == {"currency": "KRW", "quantity": 2}


def test_every_bad_row_is_told_by_its_line_and_the_rest_comes_in(start: Any) -> None:
    rows = [
        order("good1"),
        '{"order": "broken", ',
        order("sum", paid="21400"),
        order("early", received_at="2026-10-30", received_source="carrier"),
        order("good1"),
        order("good1", line="2"),
        order("nobody", buyer={"email": "canary"}),
        order("none", quantity=0),
        order("plan", shipped_at="2100-01-01", shipped_source="estimated"),
        order("good2", currency="USD", goods="20.00", discounts={}, shipping="3.99", paid="23.99"),
    ]
    output, complaints = start(rows)
    assert brought_in() == [("good1", "1"), ("good1", "2"), ("good2", "1")]
    assert output == "주문 품목 10건을 읽었습니다. 새로 3 · 바뀜 0 · 그대로 0 · 실패 7\n"
    expected = {
        2: "JSON을 읽을 수 없습니다.",
        3: "결제 금액 21,400원이 다른 금액과 맞지 않습니다.",
        4: "수령 시각을 받지 않았습니다. 수령(2026년 10월 30일(금) 00:00)이 주문",
        5: "식별자(order, line) “good1/1”이 한 파일에 두 번 있습니다. 1행에서 이미 가져왔습니다.",
        7: "이메일 주소를 읽을 수 없습니다.",
        8: "수량을 받지 않았습니다.",
        9: "발송 시각을 받지 않았습니다.",
    }
    told = dict(complaint.split("행: ", 1) for complaint in complaints)
    assert [int(line) for line in told] == list(expected)
    assert [line for line, text in expected.items() if not told[str(line)].startswith(text)] == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp949"])
def test_a_table_of_orders_comes_in_in_every_encoding(start: Any, encoding: str) -> None:
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    heading = "order,line,listing,seller,title,option,quantity,currency,goods,discount_seller,shipping,paid"
    writer.writerow([*heading.split(","), "ordered_at", "received_at", "received_source", "buyer_mobile"])
    rest = ["2026.11.01", "2026.11.04", "carrier", "1098765432"]
    writer.writerow(["1", "1", "i1", "s1", "가방, 새것", "똠방", "1", "KRW", "20,000", "1,000", "", "19,000", *rest])
    writer.writerow(["1", "2", "i1", "s1", "신발", "", "하나", "KRW", "20,000", "", "", "20,000", *rest])
    output, complaints = start(table.getvalue().encode(encoding), file="orders.csv")
    assert output.startswith("주문 품목 2건을 읽었습니다. 새로 1 · 바뀜 0 · 그대로 0 · 실패 1\n")
    assert [complaint.partition("행:")[0] for complaint in complaints] == ["3"]
    line = OrderLine.objects.get()
    assert (line.title, line.option_text, line.paid_minor) == ("가방, 새것", "똠방", 19_000)
    assert list(OrderLine.objects.of_mobile(MOBILE)) == [line]


def test_a_bad_row_is_named_by_order_and_line_in_the_table_of_errors(start: Any, tmp_path: Path) -> None:
    path = tmp_path / "errors.csv"
    start([order(), order("2026-0002", paid="무료")], errors=path)
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
    assert rows[1][:2] == ["2", "2026-0002/1"]


def test_orders_have_no_pictures(start: Any) -> None:
    with pytest.raises(TypeError, match="images"):
        start([order()], images=Path("/tmp"))


def test_items_that_nobody_reads_are_counted(start: Any) -> None:
    output, _ = start([order(gift=True)])
    assert output.splitlines()[1] == "모르는 항목은 건너뛰었습니다. “gift” 1건"


def test_every_new_row_costs_eleven_queries_and_every_known_one_five(start: Any) -> None:
    def queries(rows: list[dict[str, Any]]) -> int:
        with CaptureQueriesContext(connection) as captured:
            start(rows)
        return len(captured)

    few, many = [order(f"a{number}") for number in range(10)], [order(f"b{number}") for number in range(run.BATCH_ROWS)]
    start([order()])
    assert queries(many) - queries(few) == (run.BATCH_ROWS - 10) * 11
    assert queries(many) - queries(few) == (run.BATCH_ROWS - 10) * 5


def test_a_plain_contact_of_a_file_is_nowhere_afterwards(
    start: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    buyer = {"email": EMAIL, "mobile": MOBILE, "notice_address": EMAIL}
    errors = tmp_path / "errors.csv"
    rows = [order(buyer=buyer), order("2", buyer=buyer, paid="1"), order("3", buyer=buyer | {"mobile": "010-9876-54"})]
    output, complaints = start(rows, errors=errors)
    assert len(complaints) == 2
    rows_of_all = [str(each) for model in apps.get_models() for each in model._base_manager.values_list()]
    kept = "\n".join([*rows_of_all, output, *complaints, errors.read_text("utf-8-sig"), caplog.text]).lower()
    assert "2026-0001" in kept
    for canary in ("canary", "consumer.example", "98765432", "9876-54"):
        assert canary not in kept
