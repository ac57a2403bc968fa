"""What holds for an order line, whoever tells of it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refunds.choices import TimeSource
from refunds.rules import CLOCK_TOLERANCE, KEY_LENGTH, is_to_come, order_key, out_of_order, takes_over

NOW = datetime(2026, 11, 23, 5, 30, tzinfo=UTC)
WEAKER_FIRST = ("estimated", "consumer", "marketplace")


def test_every_source_has_its_weight() -> None:
    assert all(takes_over(source, source) for source in TimeSource.values)


@pytest.mark.parametrize("known", WEAKER_FIRST)
@pytest.mark.parametrize("told", WEAKER_FIRST)
def test_news_takes_over_from_what_is_no_stronger(known: str, told: str) -> None:
    assert takes_over(known, told) == (WEAKER_FIRST.index(told) >= WEAKER_FIRST.index(known))


def test_carrier_and_marketplace_are_believed_alike() -> None:
    assert takes_over("carrier", "marketplace")
    assert takes_over("marketplace", "carrier")
    assert not takes_over("carrier", "consumer")


def test_times_in_their_order_are_in_order() -> None:
    day = timedelta(days=1)
    assert out_of_order({"ordered": NOW, "paid": NOW, "shipped": NOW + day, "received": NOW + 2 * day}) is None
    assert out_of_order({"ordered": NOW, "paid": None, "shipped": None, "received": NOW}) is None


def test_cash_on_delivery_is_paid_last() -> None:
    assert out_of_order({"ordered": NOW, "paid": NOW + timedelta(days=5), "received": NOW + timedelta(days=3)}) is None


@pytest.mark.parametrize(
    ("before", "after"), [("ordered", "paid"), ("ordered", "shipped"), ("ordered", "received"), ("shipped", "received")]
)
def test_what_happened_a_day_too_early_is_named(before: str, after: str) -> None:
    times: dict[str, datetime | None] = {"ordered": None, before: NOW, after: NOW - timedelta(days=1)}
    assert out_of_order(times) == (before, after)


def test_days_are_those_of_seoul() -> None:
    # 14:59:59Z is 23:59:59 in Seoul, 15:00:00Z the next day's midnight.
    evening, midnight = datetime(2026, 11, 22, 14, 59, 59, tzinfo=UTC), datetime(2026, 11, 22, 15, tzinfo=UTC)
    assert out_of_order({"ordered": midnight, "received": evening}) == ("ordered", "received")
    assert out_of_order({"ordered": midnight + timedelta(hours=9), "received": midnight}) is None


def test_a_time_is_to_come_only_beyond_what_clocks_differ() -> None:
    assert not is_to_come(NOW + CLOCK_TOLERANCE, NOW)
    assert is_to_come(NOW + CLOCK_TOLERANCE + timedelta(microseconds=1), NOW)


@pytest.mark.parametrize(
    "typed",
    ["2026-ab-0001", "2026AB0001", " 2026 AB 0001 ", "２０２６ａｂ０００１", "2026–AB–0001", "2026/ab/0001"],
)
def test_an_order_is_found_however_its_number_is_typed(typed: str) -> None:
    assert order_key(typed) == "2026AB0001"


def test_hangul_in_pieces_is_one_number_with_hangul_composed() -> None:
    assert order_key("주문-1") == order_key("\u110c\u116e\u1106\u116e\u11ab-1") == "주문1"


def test_a_number_of_signs_alone_is_its_own_key() -> None:
    assert order_key(" --- ") == "---"


@given(st.text(max_size=150))
def test_a_key_fits_its_column_and_is_its_own_key(number: str) -> None:
    key = order_key(number)
    assert len(key) <= KEY_LENGTH
    assert len(order_key(key)) <= KEY_LENGTH
