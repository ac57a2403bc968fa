"""Bringing order lines in, and in again: what is added, what is corrected, what is refused, what is never kept."""

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Marketplace
from accounts.tests.factories import make_marketplace
from core.actors import Actor
from core.changes import Change
from core.contacts import ContactRefused
from core.errors import DomainError
from core.keys import parse_ring
from core.models import JournalEntry
from core.tests.together import together
from listings.tests.factories import make_listing
from refunds.buyers import notice_address
from refunds.checks import OrderLineChanged
from refunds.choices import DeliveryKind, OrderStatus, TimeSource
from refunds.models import OrderLine, OrderLineCorrection
from refunds.records import AmountsRecord, BuyerRecord, OrderLineRecord
from refunds.services import OrderLineUpsert, join_late_comers, upsert_order_line
from refunds.tasks import join_listings_and_sellers
from refunds.tests.factories import amounts, make_order_line, order_record, said
from sellers.tests.factories import make_seller

pytestmark = pytest.mark.django_db

ACTOR = Actor(kind="command", ref="import_orders", label="import_orders 명령")
NOW = datetime(2026, 11, 23, 5, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
DAY = timedelta(days=1)
EMAIL, MOBILE = "Canary.Buyer@consumer.example", "010-9876-5432"
RECORD = OrderLineRecord(
    order_number="2026-0001",
    line_number="1",
    listing_external_id="i1",
    seller_external_id="s1",
    title="가죽 가방",
    option_text="검정",
    quantity=2,
    currency="KRW",
    amounts=amounts(20_000, shipping=3_000, seller=1_000, marketplace=500),
    ordered=said(NOW - 10 * DAY),
    paid=said(NOW - 10 * DAY),
    shipped=said(NOW - 8 * DAY, TimeSource.CARRIER),
    buyer=BuyerRecord(email=EMAIL, mobile=MOBILE),
)


@pytest.fixture
def market() -> Marketplace:
    return make_marketplace()


def bring(
    record: OrderLineRecord = RECORD, *, now: datetime = NOW, place: str = "market", **changes: Any
) -> OrderLineUpsert:
    return upsert_order_line(replace(record, **changes), marketplace=make_marketplace(place), actor=ACTOR, now=now)


def verbs() -> list[str]:
    return list(JournalEntry.objects.filter(verb__startswith="refunds.").order_by("id").values_list("verb", flat=True))


def last_details() -> dict[str, Any]:
    return dict(JournalEntry.objects.filter(verb__startswith="refunds.").latest("id").detail.body)


def refusal(**changes: Any) -> DomainError:
    """What the service says, having written nothing."""
    before = (list(OrderLine.objects.order_by("pk").values()), verbs(), OrderLineCorrection.objects.count())
    with pytest.raises(DomainError) as error:
        bring(**changes)
    assert (list(OrderLine.objects.order_by("pk").values()), verbs(), OrderLineCorrection.objects.count()) == before
    return error.value


# -- a new line -----------------------------------------------------------------------------------------------------


def test_a_new_line_comes_in_with_amounts_times_and_their_sources() -> None:
    result = bring()
    line = OrderLine.objects.get()
    assert (result.change, result.line) == (Change.CREATED, line)
    assert (line.order_number, line.line_number, line.order_key, str(line)) == (
        "2026-0001",
        "1",
        "20260001",
        "2026-0001 / 1",
    )
    assert (line.goods_minor, line.discount_seller_minor, line.discount_marketplace_minor) == (20_000, 1_000, 500)
    assert (line.shipping_minor, line.paid_minor, line.currency, line.quantity) == (3_000, 21_500, "KRW", 2)
    assert (line.ordered_at, line.ordered_source) == (NOW - 10 * DAY, "marketplace")
    assert (line.shipped_at, line.shipped_source) == (NOW - 8 * DAY, "carrier")
    assert (line.received_at, line.received_source) == (None, "")
    assert (line.delivery, line.status) == (DeliveryKind.PARCEL, OrderStatus.PLACED)
    assert (line.refunded_minor, line.returned_quantity) == (0, 0)
    assert (line.imported_at, line.changed_at) == (NOW, NOW)
    assert verbs() == ["refunds.order_line.imported"]
    assert last_details() == {
        "marketplace": "market",
        "order": "2026-0001",
        "line": "1",
        "listing": "i1",
        "seller": "s1",
        "quantity": 2,
        "currency": "KRW",
        "paid_minor": 21_500,
    }


def test_the_same_record_again_writes_nothing() -> None:
    bring()
    before = list(OrderLine.objects.values())
    assert bring(now=LATER).change is Change.UNCHANGED
    assert list(OrderLine.objects.values()) == before
    assert verbs() == ["refunds.order_line.imported"]


def test_lines_differ_by_order_line_and_marketplace() -> None:
    changes: list[dict[str, Any]] = [{}, {"line_number": "2"}, {"order_number": "2026-0002"}]
    assert [bring(**change).change for change in changes] == [Change.CREATED] * 3
    assert bring(place="other").change is Change.CREATED
    assert OrderLine.objects.count() == 4


def test_a_line_costs_few_queries(django_assert_num_queries: Any, market: Marketplace) -> None:
    with django_assert_num_queries(11):
        upsert_order_line(RECORD, marketplace=market, actor=ACTOR, now=NOW)
    with django_assert_num_queries(5):
        upsert_order_line(RECORD, marketplace=market, actor=ACTOR, now=NOW)


@pytest.mark.parametrize(
    ("currency", "minor"), [("KRW", 21_500), ("JPY", 21_500), ("USD", 2_150_000), ("KWD", 21_500_000)]
)
def test_amounts_are_integers_of_the_minor_unit_of_any_currency(currency: str, minor: int) -> None:
    line = bring(currency=currency, amounts=AmountsRecord(goods_minor=minor, paid_minor=minor)).line
    assert OrderLine.objects.get(pk=line.pk).paid_minor == minor


def test_a_line_that_a_coupon_paid_whole_has_nothing_to_give_back() -> None:
    free = AmountsRecord(goods_minor=5_000, discount_other_minor=5_000, paid_minor=0)
    assert bring(amounts=free).line.paid_minor == 0


# -- what contradicts itself ----------------------------------------------------------------------------------------


def test_amounts_that_do_not_add_up_are_refused_with_the_sum() -> None:
    wrong = replace(RECORD.amounts, paid_minor=21_400)
    assert str(refusal(amounts=wrong)) == (
        "결제 금액 21,400원이 다른 금액과 맞지 않습니다. 상품 금액 20,000원에서 할인 1,500원을 빼고 "
        "배송비 3,000원을 더하면 21,500원입니다. 이 품목에 나눈 할인과 배송비를 확인해 주세요."
    )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"currency": "XXX"}, "unknown_currency"),
        ({"currency": "krw"}, "unknown_currency"),
        ({"currency": "K\0W"}, "unknown_currency"),
        ({"quantity": 0}, "quantity_refused"),
        ({"quantity": -1}, "quantity_refused"),
        ({"quantity": 1_000_001}, "quantity_refused"),
        ({"quantity": 10**5_000}, "quantity_refused"),
        ({"amounts": AmountsRecord(goods_minor=-1, paid_minor=-1)}, "amount_refused"),
        ({"amounts": AmountsRecord(goods_minor=0, discount_seller_minor=-5, paid_minor=5)}, "amount_refused"),
        ({"amounts": AmountsRecord(goods_minor=2**53, paid_minor=2**53)}, "amount_refused"),
        ({"amounts": AmountsRecord(goods_minor=10, discount_seller_minor=11, paid_minor=0)}, "amounts_do_not_add_up"),
        ({"refunded_minor": 21_501}, "refunded_beyond_paid"),
        ({"refunded_minor": -1}, "refunded_beyond_paid"),
        ({"returned_quantity": 3}, "refunded_beyond_paid"),
        ({"returned_quantity": -1}, "refunded_beyond_paid"),
        ({"received": said(NOW - 11 * DAY)}, "times_out_of_order"),
        ({"received": said(NOW - 9 * DAY)}, "times_out_of_order"),
        ({"received": said(NOW + DAY, TimeSource.ESTIMATED)}, "time_to_come"),
        ({"buyer": BuyerRecord(email="nobody")}, "contact_refused"),
        ({"buyer": BuyerRecord(mobile="nobody")}, "contact_refused"),
        ({"buyer": BuyerRecord(notice_address="nobody")}, "contact_refused"),
        ({"buyer": BuyerRecord(notice_address="a@b.kr", notify_by_marketplace=True)}, "two_ways_to_notify"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(changes: dict[str, Any], code: str) -> None:
    told = refusal(**changes)
    assert (told.code, all((told.what, told.why, told.action))) == (code, True)


def test_a_receipt_before_the_order_is_refused_in_words() -> None:
    assert str(refusal(shipped=None, received=said(NOW - 11 * DAY))) == (
        "수령 시각을 받지 않았습니다. "
        "수령(2026년 11월 12일(목) 14:30)이 주문(2026년 11월 13일(금) 14:30)보다 빠릅니다. "
        "두 시각과 시간대를 확인해 다시 보내 주세요."
    )


def test_a_plan_is_no_receipt() -> None:
    assert str(refusal(received=said(NOW + DAY))) == (
        "수령 시각을 받지 않았습니다. 2026년 11월 24일(화) 14:30은 아직 오지 않은 시각입니다. "
        "예정이 아니라 실제로 일어난 시각을 보내 주세요."
    )


# -- times ----------------------------------------------------------------------------------------------------------


def test_a_receipt_is_added_when_it_is_known() -> None:
    bring()
    result = bring(received=said(NOW - 6 * DAY, TimeSource.CARRIER), now=LATER)
    line = OrderLine.objects.get()
    assert result.change is Change.CHANGED
    assert (line.received_at, line.received_source, line.changed_at) == (NOW - 6 * DAY, "carrier", LATER)
    assert verbs() == ["refunds.order_line.imported", "refunds.order_line.changed"]
    assert last_details() == {
        "received_at": {"old": None, "new": "2026-11-17T05:30:00.000000Z"},
        "received_source": {"old": "", "new": "carrier"},
    }


def test_a_record_that_says_nothing_of_a_time_leaves_it() -> None:
    bring(received=said(NOW - 6 * DAY))
    assert bring(paid=None, shipped=None, received=None).change is Change.UNCHANGED
    line = OrderLine.objects.get()
    assert (line.paid_at, line.shipped_at, line.received_at) == (NOW - 10 * DAY, NOW - 8 * DAY, NOW - 6 * DAY)


def test_an_estimate_yields_and_does_not_come_back() -> None:
    bring(received=said(NOW - 4 * DAY, TimeSource.ESTIMATED))
    assert bring(received=said(NOW - 5 * DAY, TimeSource.CONSUMER)).change is Change.CHANGED
    assert bring(received=said(NOW - 6 * DAY, TimeSource.CARRIER)).change is Change.CHANGED
    assert bring(received=said(NOW - 4 * DAY, TimeSource.ESTIMATED)).change is Change.UNCHANGED
    assert bring(received=said(NOW - 5 * DAY, TimeSource.CONSUMER)).change is Change.UNCHANGED
    line = OrderLine.objects.get()
    assert (line.received_at, line.received_source) == (NOW - 6 * DAY, "carrier")


def test_a_later_word_of_the_same_weight_corrects() -> None:
    bring(received=said(NOW - 6 * DAY, TimeSource.CARRIER))
    assert bring(received=said(NOW - 5 * DAY, TimeSource.MARKETPLACE)).change is Change.CHANGED
    assert OrderLine.objects.get().received_at == NOW - 5 * DAY


def test_news_that_contradicts_what_is_known_is_refused() -> None:
    bring()
    assert refusal(shipped=None, received=said(NOW - 9 * DAY)).code == "times_out_of_order"


def test_a_day_alone_may_be_the_day_of_the_order() -> None:
    midnight = datetime(2026, 11, 12, 15, tzinfo=UTC)  # 2026-11-13 00:00 in Seoul, fourteen hours before the order
    assert bring(shipped=None, received=said(midnight)).change is Change.CREATED


# -- state ----------------------------------------------------------------------------------------------------------


def test_what_the_marketplace_did_by_itself_is_brought() -> None:
    bring()
    told: dict[str, Any] = {"status": OrderStatus.RETURNED, "returned_quantity": 1, "refunded_minor": 10_750}
    assert bring(**told, delivery=DeliveryKind.OVERSEAS).change is Change.CHANGED
    line = OrderLine.objects.get()
    assert (line.status, line.returned_quantity, line.refunded_minor) == ("returned", 1, 10_750)
    assert last_details() == {
        "delivery": {"old": "parcel", "new": "overseas"},
        "status": {"old": "placed", "new": "returned"},
        "returned_quantity": {"old": 0, "new": 1},
        "refunded_minor": {"old": 0, "new": 10_750},
    }
    assert bring().change is Change.UNCHANGED
    assert OrderLine.objects.get().status == OrderStatus.RETURNED


# -- what was bought ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "label"),
    [
        ({"quantity": 3}, "수량"),
        ({"currency": "JPY"}, "통화"),
        ({"amounts": amounts(30_000, shipping=3_000, seller=1_000, marketplace=500)}, "상품 금액, 결제 금액"),
        (
            {"amounts": amounts(20_000, shipping=3_000, seller=500, marketplace=1_000)},
            "판매자 부담 할인, 마켓플레이스 부담 할인",
        ),
        ({"listing_external_id": "i2"}, "상품 번호"),
        ({"seller_external_id": "s2"}, "판매자"),
    ],
)
def test_another_purchase_under_the_same_number_is_refused(change: dict[str, Any], label: str) -> None:
    bring()
    told = refusal(**change, received=said(NOW - 6 * DAY))
    assert isinstance(told, OrderLineChanged)
    assert str(told) == (
        f"주문 품목 “2026-0001 / 1”을 바꾸지 않았습니다. 이미 등록된 내용과 다릅니다({label}). "
        "처음 자료가 잘못되었다면 정정 사유(correction)를 적어 다시 보내 주세요."
    )
    assert told.code == "order_line_changed"


def test_title_and_option_stay_as_bought() -> None:
    bring()
    assert bring(title="다른 제목", option_text="").change is Change.UNCHANGED
    assert OrderLine.objects.filter(title="가죽 가방", option_text="검정").exists()


def test_a_correction_says_why_and_keeps_what_stood_there() -> None:
    bring()
    right = amounts(10_000, shipping=3_000, seller=1_000, marketplace=500)
    result = bring(quantity=1, amounts=right, title="가방", correction="수량 오기", now=LATER)
    line = OrderLine.objects.get()
    assert result.change is Change.CHANGED
    assert (line.quantity, line.goods_minor, line.paid_minor, line.title, line.changed_at) == (
        1,
        10_000,
        11_500,
        "가방",
        LATER,
    )
    correction = line.corrections.get()
    assert (correction.number, correction.reason, correction.corrected_at) == (1, "수량 오기", LATER)
    assert (correction.actor_kind, correction.actor_ref) == ("command", "import_orders")
    assert correction.before == {
        "currency": "KRW",
        "quantity": 2,
        "goods_minor": 20_000,
        "paid_minor": 21_500,
        "title": "가죽 가방",
    }
    assert correction.after == {
        "currency": "KRW",
        "quantity": 1,
        "goods_minor": 10_000,
        "paid_minor": 11_500,
        "title": "가방",
    }
    assert verbs() == ["refunds.order_line.imported", "refunds.order_line.corrected"]
    assert last_details()["paid_minor"] == {"old": 21_500, "new": 11_500}
    assert last_details()["reason"] == "수량 오기"


def test_a_correction_brought_again_is_no_second_one() -> None:
    bring()
    bring(quantity=1, correction="수량 오기")
    assert bring(quantity=1, correction="수량 오기").change is Change.UNCHANGED
    assert bring(quantity=3, correction="다시 확인").change is Change.CHANGED
    assert list(OrderLineCorrection.objects.order_by("number").values_list("number", flat=True)) == [1, 2]


def test_a_correction_to_less_than_was_given_back_is_refused() -> None:
    bring(refunded_minor=21_500)
    told = refusal(amounts=amounts(10_000, shipping=0), correction="금액 오기")
    assert told.code == "refunded_beyond_paid"


def test_a_corrected_listing_is_joined_anew() -> None:
    listing = make_listing(external_id="i1", seller=make_seller(external_id="s1"))
    assert bring().line.listing == listing
    line = bring(listing_external_id="i2", correction="상품 번호 오기").line
    assert (line.listing, line.seller) == (None, listing.seller)


@pytest.mark.parametrize(
    "write",
    [
        lambda row: OrderLineCorrection.objects.filter(pk=row.pk).update(reason="다른 사유"),
        lambda row: row.delete(),
    ],
)
def test_corrections_are_never_changed_and_never_deleted(write: Any) -> None:
    bring()
    bring(quantity=1, correction="수량 오기")
    row = OrderLineCorrection.objects.get()
    with pytest.raises(IntegrityError, match="evidence"), transaction.atomic():
        write(row)
    assert OrderLineCorrection.objects.get().reason == "수량 오기"


# -- what the database holds by itself ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"quantity": 0}, "has_pieces"),
        ({"paid_minor": 21_499}, "paid_adds_up"),
        ({"discount_seller_minor": -1_000, "paid_minor": 23_500}, "amounts_not_negative"),
        ({"refunded_minor": 21_501}, "refunded_within_paid"),
        ({"returned_quantity": 3}, "returned_within_bought"),
        ({"ordered_source": ""}, "ordered_has_source"),
        ({"paid_source": ""}, "paid_has_source"),
        ({"shipped_source": "somebody"}, "shipped_has_source"),
        ({"received_at": NOW}, "received_has_source"),
        ({"received_source": "carrier"}, "received_has_source"),
        ({"email_hash": EMAIL}, "contacts_not_in_plain"),
        ({"email_hash": f"key:{EMAIL}"}, "contacts_not_in_plain"),
        ({"mobile_hash": MOBILE}, "contacts_not_in_plain"),
        ({"notice_encrypted": EMAIL}, "contacts_not_in_plain"),
    ],
)
def test_what_must_never_be_false_is_a_constraint(values: dict[str, Any], constraint: str) -> None:
    line = bring().line
    with pytest.raises(IntegrityError, match=f"refunds_orderline_{constraint}"), transaction.atomic():
        OrderLine.objects.filter(pk=line.pk).update(**values)


# -- listings and sellers -------------------------------------------------------------------------------------------


def test_a_known_listing_is_joined_at_once() -> None:
    listing = make_listing(external_id="i1", seller=make_seller(external_id="s1"))
    line = bring().line
    assert (line.listing, line.seller) == (listing, listing.seller)


def test_a_listing_of_another_marketplace_is_not_this_one() -> None:
    other = make_seller(external_id="s1", marketplace=make_marketplace("other"))
    make_listing(external_id="i1", seller=other)
    line = bring().line
    assert (line.listing, line.seller) == (None, None)
    assert join_late_comers() == 0


def test_what_came_later_is_found_before_it_is_joined_and_joined_by_the_chore() -> None:
    line, other = bring().line, bring(order_number="2", listing_external_id="i2").line
    listing = make_listing(external_id="i1", seller=make_seller(external_id="s1"))
    assert list(OrderLine.objects.of_listing(listing)) == [line]
    assert join_listings_and_sellers(now=LATER) == 3  # a listing and two sellers
    line.refresh_from_db()
    other.refresh_from_db()
    assert (line.listing, line.seller, other.listing, other.seller) == (listing, listing.seller, None, listing.seller)
    assert list(OrderLine.objects.of_listing(listing)) == [line]
    assert join_listings_and_sellers(now=LATER) == 0
    assert verbs() == ["refunds.order_line.imported"] * 2
    assert line.changed_at == NOW


def test_a_listing_that_came_later_is_joined_by_the_next_news_too() -> None:
    bring()
    listing = make_listing(external_id="i1", seller=make_seller(external_id="s1"))
    assert bring().change is Change.UNCHANGED
    assert OrderLine.objects.get().listing == listing


# -- finding --------------------------------------------------------------------------------------------------------


def test_an_order_is_found_by_its_number_however_it_is_typed(market: Marketplace) -> None:
    line = bring().line
    bring(place="other")
    for typed in ("2026-0001", "２０２６０００１", " 2026 0001"):
        assert list(OrderLine.objects.of_order(typed, marketplace=market)) == [line]
    assert not OrderLine.objects.of_order("2026-0002", marketplace=market).exists()


def test_lines_are_found_by_what_is_asked_of_them() -> None:
    line = bring().line
    assert not OrderLine.objects.received().exists()
    bring(received=said(NOW - 6 * DAY), now=LATER)
    assert list(OrderLine.objects.received()) == [line]
    assert list(OrderLine.objects.changed_since(LATER)) == [line]
    assert not OrderLine.objects.changed_since(LATER + DAY).exists()


# -- the buyer ------------------------------------------------------------------------------------------------------


def test_a_buyer_is_found_by_a_contact_in_any_spelling() -> None:
    line = bring().line
    bring(order_record())
    assert list(OrderLine.objects.of_email(" CANARY.buyer@Consumer.example")) == [line]
    assert list(OrderLine.objects.of_mobile("+82 10 9876 5432")) == [line]
    assert not OrderLine.objects.of_email("other@consumer.example").exists()


def test_what_is_no_contact_finds_nobody() -> None:
    with pytest.raises(ContactRefused):
        OrderLine.objects.of_email("")
    with pytest.raises(ContactRefused):
        OrderLine.objects.of_mobile("")


def test_a_buyer_is_found_after_the_key_was_rotated_and_hashed_anew_when_told_again(settings: Any) -> None:
    old, new = f"old:{'o' * 40}", f"new:{'n' * 40}"
    settings.KEY_RINGS = settings.KEY_RINGS | {"contacts": parse_ring("contacts", old)}
    line = bring().line
    settings.KEY_RINGS = settings.KEY_RINGS | {"contacts": parse_ring("contacts", f"{new},{old}")}
    assert list(OrderLine.objects.of_email(EMAIL)) == [line]
    assert list(OrderLine.objects.of_mobile(MOBILE)) == [line]
    assert bring().change is Change.UNCHANGED
    settings.KEY_RINGS = settings.KEY_RINGS | {"contacts": parse_ring("contacts", new)}
    assert list(OrderLine.objects.of_email(EMAIL)) == [line]
    assert list(OrderLine.objects.of_mobile(MOBILE)) == [line]
    assert verbs() == ["refunds.order_line.imported"]


def test_another_contact_is_told_as_changed_and_no_more() -> None:
    bring()
    assert bring(buyer=BuyerRecord(email="new@consumer.example")).change is Change.CHANGED
    assert last_details() == {"email": "changed"}
    assert OrderLine.objects.of_mobile(MOBILE).count() == 1
    assert not OrderLine.objects.of_email(EMAIL).exists()


def test_a_notice_address_is_kept_encrypted_and_may_be_taken_away() -> None:
    line = bring(buyer=BuyerRecord(notice_address="Relay@market.example")).line
    assert (notice_address(line), line.is_notified_by_marketplace) == ("relay@market.example", False)
    assert "relay" not in line.notice_encrypted
    assert bring(buyer=BuyerRecord(notice_address="relay@MARKET.example")).change is Change.UNCHANGED
    assert bring(buyer=BuyerRecord()).change is Change.UNCHANGED
    assert bring(buyer=BuyerRecord(notice_address="010-9876-5432")).change is Change.CHANGED
    assert notice_address(OrderLine.objects.get()) == "821098765432"
    assert bring(buyer=BuyerRecord(notify_by_marketplace=True)).change is Change.CHANGED
    line = OrderLine.objects.get()
    assert (line.notice_encrypted, notice_address(line), line.is_notified_by_marketplace) == ("", None, True)
    assert last_details() == {"notice_address": "removed"}
    assert bring(buyer=BuyerRecord(notify_by_marketplace=True)).change is Change.UNCHANGED


def test_an_address_whose_key_is_lost_is_told_anew(settings: Any) -> None:
    bring(buyer=BuyerRecord(notice_address="relay@market.example"))
    settings.KEY_RINGS = settings.KEY_RINGS | {"secrets": parse_ring("secrets", f"new:{'n' * 40}")}
    assert notice_address(OrderLine.objects.get()) is None
    assert bring(buyer=BuyerRecord(notice_address="relay@market.example")).change is Change.CHANGED
    assert notice_address(OrderLine.objects.get()) == "relay@market.example"


def every_text() -> str:
    """All that every table of ours holds, journal included."""
    ours = [model for model in apps.get_models() if model.__module__.split(".")[0] in ("core", "refunds", "accounts")]
    return "\n".join(str(row) for model in ours for row in model._base_manager.values_list())


def test_a_plain_contact_is_in_no_table_no_journal_no_log_and_no_message(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    buyer = BuyerRecord(email=EMAIL, mobile=MOBILE, notice_address="canary.relay@market.example")
    bring(buyer=buyer)
    bring(buyer=replace(buyer, email="canary.other@consumer.example"), quantity=1, correction="수량 오기")
    told = [refusal(buyer=buyer, quantity=9), refusal(buyer=replace(buyer, mobile="010-9876-543x"))]
    kept = "\n".join(
        [every_text(), caplog.text, *(f"{error} {error.args}" for error in told), repr(RECORD), repr(buyer)]
    )
    assert "2026-0001" in kept
    for canary in ("canary", "consumer.example", "98765432", "9876-543", "9876"):
        assert canary not in kept.lower()


# -- at once --------------------------------------------------------------------------------------------------------


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_one_line_brought_in_eight_times_at_once_is_one_row() -> None:
    make_marketplace()
    results = together(*[bring for _ in range(8)])
    assert sorted(result.change for result in results) == ["created"] + ["unchanged"] * 7
    assert (OrderLine.objects.count(), verbs()) == (1, ["refunds.order_line.imported"])


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_eight_corrections_at_once_are_numbered_without_a_gap() -> None:
    bring()
    results = together(
        *[lambda pieces=pieces: bring(quantity=pieces, correction="수량 오기") for pieces in range(11, 19)]
    )
    assert [result.change for result in results] == [Change.CHANGED] * 8
    corrections = list(OrderLineCorrection.objects.order_by("number"))
    assert [row.number for row in corrections] == list(range(1, 9))
    # Each says what the one before it left.
    assert [row.before["quantity"] for row in corrections] == [2, *(row.after["quantity"] for row in corrections[:-1])]
    assert OrderLine.objects.get().quantity == corrections[-1].after["quantity"]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_news_of_different_times_at_once_are_all_kept() -> None:
    bring(paid=None, shipped=None)
    results = together(
        lambda: bring(paid=said(NOW - 10 * DAY), shipped=None),
        lambda: bring(paid=None, shipped=said(NOW - 8 * DAY)),
        lambda: bring(paid=None, shipped=None, received=said(NOW - 6 * DAY)),
        join_late_comers,
    )
    assert [result.change for result in results[:3]] == [Change.CHANGED] * 3
    line = OrderLine.objects.get()
    assert (line.paid_at, line.shipped_at, line.received_at) == (NOW - 10 * DAY, NOW - 8 * DAY, NOW - 6 * DAY)


def test_the_factory_makes_what_its_name_says() -> None:
    line = make_order_line(received_days_ago=14)
    assert line.received_at is not None
    assert (timezone.now() - line.received_at).days == 14
    assert line.received_source == "carrier"
