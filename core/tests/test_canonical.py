"""Canonical JSON: the standard's own examples, what is refused, and the fast path against the reference encoder."""

import json
import math
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from core.canonical import digest, encode, encode_plain, moment, plain
from core.choices import OutboxStatus

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-(2.0**53) + 1, 2.0**53 - 1, allow_nan=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_every_value_has_the_bytes_of_the_reference_encoder(value: Any) -> None:
    assert encode(value) == rfc8785.dumps(value)


@given(VALUES)
def test_bytes_are_the_same_after_a_round_through_a_json_column(value: Any) -> None:
    assert encode_plain(json.loads(json.dumps(plain(value)))) == encode(value)


def test_example_of_the_standard() -> None:
    # RFC 8785, section 3.2.2 and 3.2.3, without the parts that PostgreSQL cannot store.
    value = {
        "numbers": [333333333.33333329, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": '\u20ac$\u000f\nA\'B"\\\\"/',
        "literals": [None, True, False],
    }
    assert encode(value) == (
        b'{"literals":[null,true,false],"numbers":[333333333.3333333,4.5,0.002,1e-27],'
        b'"string":"\xe2\x82\xac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )


def test_keys_are_ordered_by_utf16_as_the_standard_asks() -> None:
    assert encode({"\ufb33": 1, "\U0001f600": 2, "a": 3}) == '{"a":3,"\U0001f600":2,"\ufb33":1}'.encode()


def test_times_are_utc_with_microseconds_whatever_the_zone() -> None:
    seoul = datetime(2026, 11, 23, 14, 30, tzinfo=timezone(timedelta(hours=9)))
    assert moment(seoul) == moment(seoul.astimezone(UTC)) == "2026-11-23T05:30:00.000000Z"
    assert moment(datetime(987, 1, 2, 3, 4, 5, 6, tzinfo=UTC)) == "0987-01-02T03:04:05.000006Z"


def test_dates_tuples_and_choices_become_plain_json() -> None:
    value = plain({"on": date(2026, 11, 23), "pair": (1, 2), "status": OutboxStatus.PARKED})
    assert value == {"on": "2026-11-23", "pair": [1, 2], "status": "parked"}
    assert type(value["status"]) is str


def test_text_is_not_normalised() -> None:
    assert digest("\uac00") != digest("\u1100\u1161")


@pytest.mark.parametrize(
    "value",
    [
        math.nan,
        math.inf,
        -math.inf,
        2**53,
        -(2**53),
        1e16,
        "a\0b",
        "\ud800",
        {1: "number"},
        {"a\0": 1},
        {"\udfff": 1},
        datetime(2026, 11, 23),  # noqa: DTZ001 - a naive time is what is refused
        {"deep": [object()]},
        b"bytes",
        {1, 2},
    ],
)
def test_what_cannot_keep_the_promise_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        encode(value)
