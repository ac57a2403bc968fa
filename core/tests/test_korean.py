"""Korean dates, deadlines, money, particles and typed input."""

import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.template import Context, Engine
from hypothesis import given, settings
from hypothesis import strategies as st

from core.calendar import HolidayCalendar, period_days
from core.errors import DomainError
from core.korean import (
    DATE_INPUT_FORMATS,
    EXPONENTS,
    ClockState,
    DateRefused,
    PriceRefused,
    UnknownCurrency,
    clock_state,
    currency_exponent,
    deadline_text,
    josa,
    korean_date,
    korean_datetime,
    korean_short,
    money,
    normalise_date,
    normalise_text,
    parse_date,
    parse_price,
    remaining_text,
)
from core.numbers import SEOUL
from core.templatetags import korean as filters

# 14:30 on 23 November in Seoul.
NOW = datetime(2026, 11, 23, 5, 30, tzinfo=UTC)
DEADLINE = period_days(NOW, 15, HolidayCalendar())


def seoul(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=SEOUL)  # type: ignore[arg-type,misc]  # parts of any number


def is_three_sentences(error: DomainError) -> bool:
    return all(part.endswith(("다.", "요.")) for part in (error.what, error.why, error.action))


# -- dates --------------------------------------------------------------------------------------------------------


def test_date_has_no_space_before_the_bracket() -> None:
    assert korean_date(date(2026, 11, 23)) == "2026년 11월 23일(월)"


def test_every_day_of_the_week_has_its_letter() -> None:
    week = [korean_date(date(2026, 11, 23) + timedelta(days=step))[-2] for step in range(7)]
    assert "".join(week) == "월화수목금토일"


def test_date_of_a_timestamp_is_its_day_in_seoul() -> None:
    assert korean_date(datetime(2026, 11, 22, 15, tzinfo=UTC)) == "2026년 11월 23일(월)"


def test_times_are_shown_in_seoul_with_24_hours() -> None:
    assert korean_datetime(NOW) == "2026년 11월 23일(월) 14:30"
    assert korean_short(NOW) == "11월 23일(월) 14:30"
    assert korean_datetime(seoul(2027, 1, 5, 0, 5)) == "2027년 1월 5일(화) 00:05"


@pytest.mark.parametrize("show", [korean_date, korean_datetime, korean_short, deadline_text])
def test_time_without_a_zone_is_refused(show: Callable[[datetime], str]) -> None:
    with pytest.raises(ValueError, match="without a time zone"):
        show(datetime(2026, 11, 23, 14, 30))  # noqa: DTZ001 - the point of the test


# -- deadlines ----------------------------------------------------------------------------------------------------


def test_deadline_reads_24_hours_of_its_last_day() -> None:
    assert deadline_text(DEADLINE) == "2026년 12월 8일(화) 24:00까지"
    assert deadline_text(DEADLINE.exclusive_bound) == "2026년 12월 8일(화) 24:00까지"


def test_bound_inside_a_day_reads_its_minute_and_promises_no_more() -> None:
    assert deadline_text(seoul(2026, 11, 24, 14, 30, 59)) == "2026년 11월 24일(화) 14:30까지"
    assert deadline_text(seoul(2026, 11, 24, 0, 0, 30)) == "2026년 11월 24일(화) 00:00까지"


@pytest.mark.parametrize(
    ("now", "text", "state"),
    [
        (NOW, "남은 기간 15일", ClockState.RUNNING),
        (seoul(2026, 12, 5, 23, 59, 59), "남은 기간 3일", ClockState.RUNNING),
        (seoul(2026, 12, 6, 0, 0, 0), "남은 기간 2일", ClockState.RUNNING),
        (seoul(2026, 12, 6, 0, 0, 1), "마감 임박", ClockState.CLOSING),
        (seoul(2026, 12, 8, 23, 59, 59), "마감 임박", ClockState.CLOSING),
        (seoul(2026, 12, 9, 0, 0, 0), "기한이 지났습니다", ClockState.OVER),
        (seoul(2027, 12, 9, 0, 0, 0), "기한이 지났습니다", ClockState.OVER),
    ],
)
def test_clock_says_days_then_closing_then_over(now: datetime, text: str, state: ClockState) -> None:
    assert remaining_text(DEADLINE, now) == text
    assert remaining_text(DEADLINE.exclusive_bound, now) == text
    assert clock_state(DEADLINE, now) is state


# -- typed dates --------------------------------------------------------------------------------------------------

TYPED = [
    "2026-11-23", "2026.11.23", "2026.11.23.", "2026. 11. 23.", "2026. 11. 23", "20261123", "2026/11/23",
    "2026년 11월 23일", "2026년11월23일",
]  # fmt: skip


@pytest.mark.parametrize(
    "text", [*TYPED, " 2026.11.23 ", "2026년 11월 23일(월)", "２０２６．１１．２３", "2026 . 11 . 23 ."]
)
def test_typed_date_is_read(text: str) -> None:
    assert parse_date(text) == date(2026, 11, 23)
    assert normalise_date(text) == "2026-11-23"


def test_single_digits_are_read() -> None:
    assert parse_date("2026. 1. 5.") == date(2026, 1, 5)


@pytest.mark.parametrize("text", TYPED)
def test_plain_form_field_takes_the_formats(text: str) -> None:
    assert forms.DateField(input_formats=DATE_INPUT_FORMATS).clean(text) == date(2026, 11, 23)


@pytest.mark.parametrize(
    "text", ["", "어제", "26.11.23", "11/23/2026", "2026111", "2026-11.23", "2026.11", "2026.11.23 14:30", "２０２６"]
)
def test_what_is_no_date_is_refused_in_three_parts(text: str) -> None:
    with pytest.raises(DateRefused) as refused:
        parse_date(text)
    assert is_three_sentences(refused.value)
    assert normalise_date(text) == text


@pytest.mark.parametrize("text", ["2026.02.29", "2026.13.01", "20260431", "0000.01.01"])
def test_day_that_no_calendar_has_is_refused(text: str) -> None:
    with pytest.raises(DateRefused, match="달력에 없는 날짜입니다"):
        parse_date(text)


# -- money --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (12900, "KRW", "12,900원"),
        (0, "KRW", "0원"),
        (-12900, "KRW", "-12,900원"),
        (1290, "USD", "US$12.90"),
        (5, "USD", "US$0.05"),
        (-5, "USD", "-US$0.05"),
        (123456789, "CNY", "CN¥1,234,567.89"),
        (1290, "JPY", "JP¥1,290"),
        (1290, "EUR", "€12.90"),
        (1290, "KWD", "KWD\u00a01.290"),
        (500, "CHF", "CHF\u00a05.00"),
    ],
)
def test_money_is_written_with_its_currency(minor: int, currency: str, text: str) -> None:
    assert money(minor, currency) == text


@pytest.mark.parametrize(("currency", "exponent"), [("KRW", 0), ("VND", 0), ("USD", 2), ("IDR", 2), ("KWD", 3)])
def test_currency_has_the_decimals_of_iso_4217(currency: str, exponent: int) -> None:
    assert currency_exponent(currency) == exponent


@pytest.mark.parametrize("currency", ["", "krw", "BTC", "원", "K" * 5000])
def test_unknown_currency_is_refused_in_three_parts(currency: str) -> None:
    for use in (lambda: money(1, currency), lambda: parse_price("1", currency)):
        with pytest.raises(UnknownCurrency) as refused:
            use()
        assert is_three_sentences(refused.value)
        assert len(refused.value.what) < 80


@pytest.mark.parametrize("amount", [12.9, Decimal("12.9"), "1290"])
def test_amount_that_is_no_integer_is_refused(amount: Any) -> None:
    with pytest.raises(TypeError, match="integer of minor units"):
        money(amount, "USD")


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("12900", "KRW", 12900),
        ("12,900", "KRW", 12900),
        ("1,212,900", "KRW", 1212900),
        (" 12900 ", "KRW", 12900),
        ("１２，９００", "KRW", 12900),
        ("12900.0", "KRW", 12900),
        ("0", "KRW", 0),
        ("007", "KRW", 7),
        ("999999999999", "KRW", 999999999999),
        ("12.9", "USD", 1290),
        ("12.90", "USD", 1290),
        ("１２．９", "USD", 1290),
        ("0.05", "USD", 5),
        ("1,234.500", "USD", 123450),
        ("12", "USD", 1200),
        ("1.234", "KWD", 1234),
        ("999,999,999,999.999", "KWD", 999999999999999),
    ],
)
def test_price_becomes_minor_units(text: str, currency: str, minor: int) -> None:
    assert parse_price(text, currency) == minor


@pytest.mark.parametrize(
    ("text", "currency", "why"),
    [
        ("무료", "KRW", "숫자로 된 금액이 아닙니다."),
        ("NaN", "KRW", "숫자로 된 금액이 아닙니다."),
        ("Infinity", "KRW", "숫자로 된 금액이 아닙니다."),
        ("1e12", "KRW", "숫자로 된 금액이 아닙니다."),
        ("12,90", "USD", "숫자로 된 금액이 아닙니다."),
        ("1290,", "KRW", "숫자로 된 금액이 아닙니다."),
        ("12 900", "KRW", "숫자로 된 금액이 아닙니다."),
        ("12.", "USD", "숫자로 된 금액이 아닙니다."),
        (".5", "USD", "숫자로 된 금액이 아닙니다."),
        ("12²", "KRW", "숫자로 된 금액이 아닙니다."),
        ("१२", "KRW", "숫자로 된 금액이 아닙니다."),
        ("1_000", "KRW", "숫자로 된 금액이 아닙니다."),
        ("12900\n1", "KRW", "숫자로 된 금액이 아닙니다."),
        ("", "KRW", "값이 비어 있습니다."),
        ("  ", "KRW", "값이 비어 있습니다."),
        ("-1", "KRW", "가격은 0보다 작을 수 없습니다."),
        ("－１", "KRW", "가격은 0보다 작을 수 없습니다."),
        ("\u22121", "KRW", "가격은 0보다 작을 수 없습니다."),
        ("12900.5", "KRW", "KRW 금액에는 소수점 아래 자리가 없습니다."),
        ("12.345", "USD", "USD 금액은 소수점 아래 2자리까지만 있습니다."),
        ("1000000000000", "KRW", "금액이 1조 이상입니다."),
        ("9" * 100_000, "KRW", "금액이 1조 이상입니다."),
    ],
)
def test_what_is_no_price_is_refused_with_the_reason(text: str, currency: str, why: str) -> None:
    with pytest.raises(PriceRefused) as refused:
        parse_price(text, currency)
    assert refused.value.why == why
    assert is_three_sentences(refused.value)
    assert isinstance(refused.value, ValueError)


def test_refused_price_is_quoted_short_and_without_controls() -> None:
    with pytest.raises(PriceRefused) as refused:
        parse_price("무료\x1b[2J\x00", "KRW")
    assert refused.value.what == "가격 “무료�[2J�”을(를) 읽을 수 없습니다."
    with pytest.raises(PriceRefused) as refused:
        parse_price("무료" * 1000, "KRW")
    assert refused.value.what == f"가격 “{'무료' * 15}…”를 읽을 수 없습니다."


@settings(max_examples=200, deadline=None, derandomize=True)
@given(minor=st.integers(0, 10**12 - 1), currency=st.sampled_from(sorted(EXPONENTS)))
def test_price_written_with_its_decimals_is_read_back(minor: int, currency: str) -> None:
    written = str(Decimal(minor).scaleb(-EXPONENTS[currency]))
    assert parse_price(f"{Decimal(written):f}", currency) == minor


# -- particles ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "pair", "expected"),
    [
        ("크로넬도", "은/는", "크로넬도는"),
        ("모루강", "은/는", "모루강은"),
        ("판매자", "이/가", "판매자가"),
        ("브랜드명", "이/가", "브랜드명이"),
        ("사진", "을/를", "사진을"),
        ("신고", "을/를", "신고를"),
        ("상표권", "과/와", "상표권과"),
        ("서울", "으로/로", "서울로"),
        ("부산", "으로/로", "부산으로"),
        ("제주", "으로/로", "제주로"),
        ("7", "으로/로", "7로"),
        ("10", "으로/로", "10으로"),
        ("크로넬도(KRONELDO)", "을/를", "크로넬도(KRONELDO)를"),
        ("한국 (주)", "은/는", "한국 (주)은"),
        ("(주)한길", "이/가", "(주)한길이"),
        ("‘정품’", "이/가", "‘정품’이"),
        ("50%", "이/가", "50%가"),
        ("KRONELDO", "은/는", "KRONELDO은(는)"),
        ("KRONELDO", "이/가", "KRONELDO이(가)"),
        ("KRONELDO", "을/를", "KRONELDO을(를)"),
        ("KRONELDO", "과/와", "KRONELDO과(와)"),
        ("KRONELDO", "으로/로", "KRONELDO(으)로"),
        ("", "은/는", "은(는)"),
        ("!!", "은/는", "!!은(는)"),
    ],
)
def test_particle_fits_the_word(word: str, pair: str, expected: str) -> None:
    assert josa(word, pair) == expected


def test_particle_fits_every_digit_as_it_is_read() -> None:
    # 영은, 일은, 이는, 삼은, 사는, 오는, 육은, 칠은, 팔은, 구는
    assert [josa(digit, "은/는")[1:] for digit in "0123456789"] == list("은은는은는는은은은는")
    assert josa("５", "은/는") == "５는"


def test_particle_sees_through_decomposed_hangul() -> None:
    word = unicodedata.normalize("NFD", "모루강")
    assert josa(word, "은/는") == f"{word}은"


def test_unknown_pair_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown pair"):
        josa("크로넬도", "는/은")


# -- text ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        (unicodedata.normalize("NFD", "정품 가방"), "정품 가방"),
        ("가\x00방\x1b[0m\x7f\x9b", "가방[0m"),
        ("한 줄\r\n두 줄\r세 줄\x0b네 줄\x85다섯", "한 줄\n두 줄\n세 줄\n네 줄\n다섯"),
        ("표\t칸", "표\t칸"),
        ("반쪽\ud83d", "반쪽"),
        ("👜 나\u200b이\u200b키", "👜 나\u200b이\u200b키"),
        (" 앞뒤 ", " 앞뒤 "),
    ],
)
def test_text_is_made_storable_and_keeps_its_disguise(raw: str, stored: str) -> None:
    assert normalise_text(raw) == stored


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.text(st.characters(exclude_categories=[])))
def test_normalised_text_can_be_stored_and_stays_as_it_is(raw: str) -> None:
    stored = normalise_text(raw)
    stored.encode()
    assert "\x00" not in stored
    assert normalise_text(stored) == stored


# -- templates ----------------------------------------------------------------------------------------------------


def test_filters_write_dates_money_and_particles() -> None:
    engine = Engine(libraries={"korean": "core.templatetags.korean"})
    page = engine.from_string(
        "{% load korean %}{{ day|kdate }}|{{ at|kdatetime }}|{{ at|kshort }}|"
        "{{ price|kmoney:currency }}|{{ name|josa:'은/는' }}"
    )
    values = {"day": date(2026, 11, 23), "at": NOW, "price": 1290, "currency": "USD", "name": "<크로넬도>"}
    assert page.render(Context(values)) == (
        "2026년 11월 23일(월)|2026년 11월 23일(월) 14:30|11월 23일(월) 14:30|US$12.90|&lt;크로넬도&gt;는"
    )


def test_filters_show_nothing_for_an_empty_value() -> None:
    empty = SimpleNamespace(value=None)
    assert filters.kdate(empty.value) == filters.kdatetime(empty.value) == filters.kshort(empty.value) == ""
    assert filters.kmoney(empty.value, "KRW") == filters.kmoney("", "KRW") == ""  # type: ignore[arg-type]  # what templates hand over
    assert filters.kmoney(0, "KRW") == "0원"


def test_filter_does_not_guess_at_a_wrong_value() -> None:
    with pytest.raises(UnknownCurrency):
        filters.kmoney(1290, "")
    with pytest.raises(TypeError):
        filters.kmoney(12.9, "USD")  # type: ignore[arg-type]  # what is refused
