"""Order lines over the API."""

import json
import logging
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache

from accounts.tests.api import Api, make_client
from accounts.tests.factories import make_marketplace
from core.models import JournalEntry
from core.tests.together import together
from listings.tests.factories import make_listing
from refunds.buyers import notice_address
from refunds.models import OrderLine, OrderLineCorrection
from refunds.tests.factories import make_order_line
from sellers.tests.factories import make_seller

pytestmark = pytest.mark.django_db

EMAIL, MOBILE = "Canary.Buyer@consumer.example", "010-9876-5432"


@pytest.fixture(autouse=True)
def _counters_are_fresh() -> None:
    cache.clear()


@pytest.fixture
def settle(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seconds that the youngest changes are kept back have passed."""
    monkeypatch.setattr("accounts.api.paging._SETTLING", timedelta(seconds=-10))


def line(number: str = "2026-0001", **more: Any) -> dict[str, Any]:
    said = {
        "order": number,
        "line": "1",
        "listing": "i1",
        "seller": "s1",
        "title": "가죽 가방",
        "quantity": 2,
        "currency": "KRW",
        "goods_minor": 20000,
        "discounts": {"seller_minor": 1000, "marketplace_minor": 500},
        "shipping_minor": 3000,
        "paid_minor": 21500,
        "ordered_at": "2026-11-01T10:00:00+09:00",
    }
    return said | more


def post(*items: Any, api: Api | None = None) -> list[dict[str, Any]]:
    answer = (api or Api(make_client())).post("orders", {"items": list(items)})
    assert answer.status == 200
    results: list[dict[str, Any]] = answer.json["results"]
    return results


# -- in -------------------------------------------------------------------------------------------------------------


def test_an_order_line_comes_in_and_is_read_back(settle: None) -> None:
    api = Api(make_client())
    buyer = {"email": EMAIL, "mobile": MOBILE, "notice_address": "relay@market.example"}
    received = {"received_at": "2026-11-04T15:12:00+09:00", "received_source": "carrier"}
    result = post(line(buyer=buyer, option="검정", **received), api=api)[0]
    row = OrderLine.objects.get()
    assert result == {"index": 0, "id": str(row.pk), "outcome": "created"}
    assert (row.paid_minor, row.discount_seller_minor, row.ordered_source) == (21_500, 1_000, "marketplace")
    assert list(OrderLine.objects.of_email(EMAIL)) == list(OrderLine.objects.of_mobile(MOBILE)) == [row]
    assert notice_address(row) == "relay@market.example"
    entry = JournalEntry.objects.get(verb="refunds.order_line.imported")
    assert entry.actor_kind == "api_client"
    told = api.get(f"orders/{row.pk}").json
    assert told.pop("changed_at").endswith("+09:00")
    assert told == {
        "id": str(row.pk),
        "order": "2026-0001",
        "line": "1",
        "listing": "i1",
        "seller": "s1",
        "title": "가죽 가방",
        "option": "검정",
        "quantity": 2,
        "currency": "KRW",
        "goods_minor": 20_000,
        "discounts": {"seller_minor": 1_000, "marketplace_minor": 500, "other_minor": 0},
        "shipping_minor": 3_000,
        "paid_minor": 21_500,
        "refunded_minor": 0,
        "returned_quantity": 0,
        "ordered_at": "2026-11-01T10:00:00.000+09:00",
        "ordered_source": "marketplace",
        "paid_at": None,
        "paid_source": "",
        "shipped_at": None,
        "shipped_source": "",
        "received_at": "2026-11-04T15:12:00.000+09:00",
        "received_source": "carrier",
        "delivery": "parcel",
        "status": "placed",
        "buyer": {"has_email": True, "has_mobile": True, "notify_by_marketplace": False},
    }
    assert api.get("orders").json["items"][0] | {"changed_at": ""} == told | {"changed_at": ""}


def test_a_line_meets_its_listing_and_seller() -> None:
    seller = make_seller(external_id="s1", marketplace=make_marketplace())
    listing = make_listing(external_id="i1", seller=seller)
    post(line())
    row = OrderLine.objects.get()
    assert (row.listing, row.seller) == (listing, seller)


def test_the_same_again_is_unchanged_and_news_is_a_change() -> None:
    api = Api(make_client())
    news: dict[str, Any] = {
        "status": "returned",
        "refunded_minor": 21500,
        "returned_quantity": 2,
        "delivery": "overseas",
    }
    outcomes = [post(each, api=api)[0]["outcome"] for each in (line(), line(), line(**news), line())]
    assert outcomes == ["created", "unchanged", "changed", "unchanged"]
    row = OrderLine.objects.get()
    assert (row.status, row.refunded_minor, row.delivery) == ("returned", 21_500, "overseas")


def test_another_purchase_needs_a_reason() -> None:
    api = Api(make_client())
    post(line(), api=api)
    refused = post(line(quantity=1), api=api)[0]
    assert (refused["outcome"], refused["problem"]["code"], refused["problem"]["status"]) == (
        "refused",
        "order_line_changed",
        409,
    )
    assert refused["problem"]["ko"]["detail"].startswith("주문 품목 “2026-0001 / 1”을 바꾸지 않았습니다.")
    assert OrderLine.objects.get().quantity == 2
    assert post(line(quantity=1, correction="수량 오기"), api=api)[0]["outcome"] == "changed"
    assert (OrderLine.objects.get().quantity, OrderLineCorrection.objects.get().reason) == (1, "수량 오기")


def test_one_number_in_two_spellings_is_one_line() -> None:
    api = Api(make_client())
    spelled = [line("주문 1"), line("\u110c\u116e\u1106\u116e\u11ab  1 ")]
    assert [each["outcome"] for each in post(*spelled, api=api)] == ["created", "unchanged"]


def test_currencies_of_none_two_and_three_decimals_are_counted_in_their_minor_unit() -> None:
    api = Api(make_client())
    amounts: dict[str, Any] = {"goods_minor": 12_345, "discounts": {}, "shipping_minor": 0, "paid_minor": 12_345}
    for place, currency in enumerate(("KRW", "USD", "KWD")):
        post(line(f"o{place}", currency=currency, **amounts), api=api)
    assert set(OrderLine.objects.values_list("currency", "paid_minor")) == {
        ("KRW", 12_345),
        ("USD", 12_345),
        ("KWD", 12_345),
    }


def test_a_notice_address_that_was_told_is_taken_away() -> None:
    api = Api(make_client())
    post(line(buyer={"notice_address": "010-1234-5678"}), api=api)
    assert notice_address(OrderLine.objects.get()) == "821012345678"
    assert post(line(buyer={"notify_by_marketplace": True}), api=api)[0]["outcome"] == "changed"
    assert OrderLine.objects.get().is_notified_by_marketplace


# -- what is refused ------------------------------------------------------------------------------------------------

BAD = [
    ({"order": ""}, "/order", "blank"),
    ({"order": 20260001}, "/order", "invalid"),
    ({"order": "\x01"}, "/order", "blank"),
    ({"line": None}, "/line", "null"),
    ({"title": "가\0방"}, "/title", "null_characters_not_allowed"),
    ({"title": "x" * 501}, "/title", "max_length"),
    ({"quantity": 0}, "/quantity", "min_value"),
    ({"quantity": "2"}, "/quantity", "invalid"),
    ({"quantity": 1.5}, "/quantity", "invalid"),
    ({"quantity": 10**400}, "/quantity", "max_value"),
    ({"currency": "ZZZ"}, "/currency", "invalid_choice"),
    ({"currency": ["KRW"]}, "/currency", "invalid_choice"),
    ({"goods_minor": "20000"}, "/goods_minor", "invalid"),
    ({"goods_minor": "스무 개"}, "/goods_minor", "invalid"),
    ({"paid_minor": -1}, "/paid_minor", "min_value"),
    ({"paid_minor": True}, "/paid_minor", "invalid"),
    ({"paid_minor": 10**15}, "/paid_minor", "max_value"),
    ({"discounts": 1500}, "/discounts", "invalid"),
    ({"discounts": {"seller_minor": 1.5}}, "/discounts/seller_minor", "invalid"),
    ({"discounts": {"bank_minor": 1}}, "/discounts/bank_minor", "unknown_field"),
    ({"ordered_at": "2026-11-01T10:00:00"}, "/ordered_at", "invalid_time"),
    ({"ordered_at": "2026-11-01"}, "/ordered_at", "invalid_time"),
    ({"received_at": "0001-01-01T00:00:00Z", "received_source": "carrier"}, "/received_at", "invalid_time"),
    ({"received_at": "2026-11-04T15:12:00+09:00"}, "/received_source", "required"),
    ({"shipped_at": "2026-11-04T15:12:00+09:00"}, "/shipped_source", "required"),
    ({"ordered_source": "neighbour"}, "/ordered_source", "invalid_choice"),
    ({"ordered_source": {"a": 1}}, "/ordered_source", "invalid_choice"),
    ({"delivery": "drone"}, "/delivery", "invalid_choice"),
    ({"status": "lost"}, "/status", "invalid_choice"),
    ({"returned_quantity": -1}, "/returned_quantity", "min_value"),
    ({"correction": ""}, "/correction", "blank"),
    ({"buyer": EMAIL}, "/buyer", "invalid"),
    ({"buyer": {"email": "canary"}}, "/buyer/email", "invalid_contact"),
    ({"buyer": {"email": 1}}, "/buyer/email", "invalid"),
    ({"buyer": {"mobile": "010-canary"}}, "/buyer/mobile", "invalid_contact"),
    ({"buyer": {"mobile": 1098765432}}, "/buyer/mobile", "invalid"),
    ({"buyer": {"notice_address": "canary"}}, "/buyer/notice_address", "invalid_contact"),
    ({"buyer": {"email": "a" * 260}}, "/buyer/email", "invalid_contact"),
    ({"buyer": {"email_hash": "k1:00"}}, "/buyer/email_hash", "unknown_field"),
    ({"buyer": {"notify_by_marketplace": "true"}}, "/buyer/notify_by_marketplace", "invalid"),
    (
        {"buyer": {"notify_by_marketplace": True, "notice_address": "a@b.kr"}},
        "/buyer/notice_address",
        "one_of",
    ),
    ({"betrag": 1}, "/betrag", "unknown_field"),
]


@pytest.mark.parametrize(("change", "pointer", "code"), BAD)
def test_a_bad_item_is_refused_by_itself(change: dict[str, Any], pointer: str, code: str) -> None:
    first, second = post(line(**change), line("2026-0002"))
    assert (first["outcome"], second["outcome"]) == ("refused", "created")
    fault = first["problem"]["errors"][0]
    assert (fault["pointer"], fault["code"]) == (f"/items/0{pointer}", code)
    assert fault["ko"] and fault["detail"].isascii()
    assert "canary" not in json.dumps(first)
    assert list(OrderLine.objects.values_list("order_number", flat=True)) == ["2026-0002"]


@pytest.mark.parametrize(
    ("change", "code", "korean"),
    [
        ({"paid_minor": 21400}, "amounts_do_not_add_up", "결제 금액 21,400원이 다른 금액과 맞지 않습니다."),
        (
            {"received_at": "2026-10-31T00:00:00+09:00", "received_source": "carrier"},
            "times_out_of_order",
            "수령 시각을 받지 않았습니다.",
        ),
        (
            {"received_at": "2100-01-01T00:00:00+09:00", "received_source": "estimated"},
            "time_to_come",
            "수령 시각을 받지 않았습니다.",
        ),
        ({"refunded_minor": 21501}, "refunded_beyond_paid", "이미 환급했다는 내용을 받지 않았습니다."),
        ({"returned_quantity": 3}, "refunded_beyond_paid", "이미 환급했다는 내용을 받지 않았습니다."),
    ],
)
def test_what_a_rule_refuses_says_which(change: dict[str, Any], code: str, korean: str) -> None:
    first, second = post(line(**change), line("2026-0002"))
    assert (first["outcome"], second["outcome"]) == ("refused", "created")
    assert (first["problem"]["code"], first["problem"]["status"]) == ("refused", 422)
    assert first["problem"]["detail"].endswith(f"({code})")
    assert first["problem"]["ko"]["detail"].startswith(korean)


def test_a_lone_surrogate_is_refused_where_it_stands() -> None:
    body = json.dumps({"items": [line(title="?")]}).replace('"?"', '"\\ud800"')
    first = Api(make_client()).post("orders", body).json["results"][0]
    assert first["problem"]["errors"][0]["pointer"] == "/items/0/title"


def test_items_that_are_none_are_refused_each_by_itself() -> None:
    results = post(1, None, "x", [], {}, {}, line())
    assert [each["outcome"] for each in results] == ["refused"] * 6 + ["created"]
    assert ["id" in each for each in results] == [False] * 6 + [True]


def test_the_same_line_twice_in_one_request_is_refused_the_second_time_and_another_line_is_not() -> None:
    results = post(line(), line(line="2"), line())
    assert [each["outcome"] for each in results] == ["created", "created", "refused"]
    fault = results[2]["problem"]["errors"][0]
    assert (fault["pointer"], fault["code"]) == ("/items/2/line", "doubled")


def test_names_that_read_alike_are_two_lines() -> None:
    assert [each["outcome"] for each in post(line("a/b", line="c"), line("a", line="b/c"))] == ["created"] * 2


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("{", 400, "malformed"),
        ("[]", 400, "malformed"),
        ("{}", 422, "validation_failed"),
        ('{"items": []}', 422, "validation_failed"),
        (json.dumps({"items": [1] * 1_001}), 422, "validation_failed"),
        (b"x" * (8 * 1024 * 1024 + 1), 413, "too_large"),
    ],
)
def test_a_request_that_cannot_be_used_is_refused_as_a_whole(body: str | bytes, status: int, code: str) -> None:
    answer = Api(make_client()).post("orders", body)
    assert (answer.status, answer.code) == (status, code)
    assert not OrderLine.objects.exists()


def test_a_thousand_lines_come_in_at_once() -> None:
    answer = Api(make_client()).post("orders", {"items": [line(f"o{number}") for number in range(1_000)]})
    assert (answer.status, answer.json["counts"]) == (200, {"created": 1_000})
    assert OrderLine.objects.count() == 1_000


# -- out ------------------------------------------------------------------------------------------------------------


def test_lines_are_read_page_by_page_and_by_order(settle: None, django_assert_max_num_queries: Any) -> None:
    api = Api(make_client())
    post(*[line(f"o{number // 2}", line=str(number)) for number in range(7)], api=api)
    seen, cursor = [], ""
    while True:
        with django_assert_max_num_queries(14):
            answer = api.get("orders", limit=3, **({"cursor": cursor} if cursor else {}))
        seen += [row["line"] for row in answer.json["items"]]
        cursor = answer.json["cursor"]
        if not answer.json["has_more"]:
            break
    assert seen == [str(number) for number in range(7)]
    assert [row["line"] for row in api.get("orders", order="o1").json["items"]] == ["2", "3"]
    assert [row["line"] for row in api.get("orders", order=" o1\0 ").json["items"]] == ["2", "3"]
    for nowhere in ("nowhere", "\0", " "):
        assert api.get("orders", order=nowhere).json["items"] == []
    assert api.get("orders", cursor=cursor).json["items"] == []


def test_only_what_changed_since_is_told(settle: None) -> None:
    api = Api(make_client())
    post(line("o1"), line("o2"), api=api)
    since = OrderLine.objects.get(order_number="o2").changed_at + timedelta(microseconds=1)
    post(line("o1", status="cancelled"), api=api)
    assert [row["order"] for row in api.get("orders", changed_since=since.isoformat()).json["items"]] == ["o1"]
    assert api.get("orders", changed_since="yesterday").faults == [("changed_since", "invalid")]


@pytest.mark.parametrize("number", ["", "x" * 101])
def test_a_number_that_is_none_is_named(number: str) -> None:
    answer = Api(make_client()).get("orders", order=number)
    assert (answer.status, answer.faults) == (422, [("order", "invalid")])


def test_what_another_marketplace_has_is_not_there(settle: None) -> None:
    theirs = make_order_line(marketplace=make_marketplace("other"), order_number="2026-0001")
    api = Api(make_client())
    assert (api.get(f"orders/{theirs.pk}").status, api.get("orders").json["items"]) == (404, [])
    assert api.get("orders", order="2026-0001").json["items"] == []
    assert post(line(), api=api)[0]["outcome"] == "created"
    assert OrderLine.objects.count() == 2


@pytest.mark.parametrize("line_id", ["0", "9" * 30, "x", "-1"])
def test_a_line_that_is_none_is_not_found(line_id: str) -> None:
    answer = Api(make_client()).get(f"orders/{line_id}")
    assert (answer.status, answer.code) == (404, "not_found")


# -- the ground -----------------------------------------------------------------------------------------------------


def test_reading_and_writing_are_scopes_of_their_own() -> None:
    reads, writes = Api(make_client("orders:read", name="읽기")), Api(make_client("orders:write", name="쓰기"))
    assert (reads.post("orders", {"items": [line()]}).code, OrderLine.objects.exists()) == ("missing_scope", False)
    assert writes.post("orders", {"items": [line()]}).status == 200
    assert (writes.get("orders").code, writes.get("orders/1").code) == ("missing_scope", "missing_scope")
    assert reads.get("orders").status == 200
    assert (Api().get("orders").code, Api().post("orders", {}).code) == ("missing_key", "missing_key")


def test_in_test_mode_nothing_is_kept() -> None:
    answer = Api(make_client(is_test=True)).post("orders", {"items": [line(buyer={"email": EMAIL}), 1]})
    assert answer.json["counts"] == {"created": 1, "refused": 1}
    assert not OrderLine.objects.exists()
    assert not JournalEntry.objects.filter(verb__startswith="refunds.").exists()


def test_the_same_request_again_gets_the_same_answer() -> None:
    api, body = Api(make_client()), {"items": [line()]}
    answers = [api.post("orders", body, idempotency_key="o-1") for _ in range(2)]
    assert answers[0].body == answers[1].body
    assert answers[1].json["counts"] == {"created": 1}


def test_a_plain_contact_is_in_no_table_no_answer_and_no_log(caplog: pytest.LogCaptureFixture, settle: None) -> None:
    caplog.set_level(logging.DEBUG)
    api = Api(make_client())
    buyer = {"email": EMAIL, "mobile": MOBILE, "notice_address": EMAIL}
    items = [
        line(buyer=buyer),
        line("o2", buyer=buyer, paid_minor=1),
        line("o3", buyer=buyer | {"mobile": "010-9876-54"}),
        line("o4", buyer=buyer | {"email": "canary@@consumer.example"}),
        line("o5", buyer=buyer | {"notify_by_marketplace": True}),
    ]
    answer = api.post("orders", {"items": items}, idempotency_key="o-1")
    assert answer.json["counts"] == {"created": 1, "refused": 4}
    told = [answer.body.decode(), api.get("orders").body.decode()]
    rows = [
        str(tuple(bytes(value) if isinstance(value, memoryview) else value for value in row))
        for model in apps.get_models()
        for row in model._base_manager.values_list()
    ]
    kept = "\n".join([*rows, *told, caplog.text]).lower()
    assert "2026-0001" in kept
    for canary in ("canary", "consumer.example", "98765432", "9876-54"):
        assert canary not in kept


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_one_line_sent_six_times_at_once_is_one_row() -> None:
    api = Api(make_client())
    answers = together(*[lambda: api.post("orders", {"items": [line()]}) for _ in range(6)])
    assert [answer.status for answer in answers] == [200] * 6
    outcomes = sorted(answer.json["results"][0]["outcome"] for answer in answers)
    assert outcomes == ["created"] + ["unchanged"] * 5
    assert OrderLine.objects.count() == 1
    assert JournalEntry.objects.filter(verb="refunds.order_line.imported").count() == 1
