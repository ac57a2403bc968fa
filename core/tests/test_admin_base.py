"""What the pages of the staff's admin share, where it can be tried by itself."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from core.admin_base import (
    COUNTED_ROWS,
    CappedPaginator,
    _snake,
    detail_lines,
    list_url,
    on_day,
    subject_link,
    until,
    when,
)
from core.models import JournalEntry


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Brand", "brand"),
        ("ReferenceImage", "reference_image"),
        ("IPRight", "ip_right"),
        ("RightsHolder", "rights_holder"),
        ("RuleSet", "rule_set"),
    ],
)
def test_a_verb_names_its_model_in_words(name: str, words: str) -> None:
    assert _snake(name) == words


def test_times_and_days_are_korean_and_follow_relations() -> None:
    row = SimpleNamespace(version=SimpleNamespace(at=datetime(2026, 11, 23, 5, 30, tzinfo=UTC)), day=date(2026, 11, 23))
    assert when("version__at", "시각")(row) == "2026년 11월 23일(월) 14:30"
    assert on_day("day", "날짜")(row) == "2026년 11월 23일(월)"
    assert on_day("day", "날짜")(SimpleNamespace(day=None)) == "-"


def test_a_period_ends_at_24_and_never_at_0_of_the_day_after() -> None:
    row = SimpleNamespace(due_at=datetime(2026, 12, 8, 15, tzinfo=UTC), other=None)
    assert until("due_at", "기한")(row) == "2026년 12월 8일(화) 24:00까지"
    assert until("other", "기한")(row) == "-"


def test_details_say_what_was_and_what_is() -> None:
    body = {"name": {"old": "가", "new": "나"}, "note": "", "count": 3, "pair": ["open", "confirmed"]}
    assert detail_lines(body) == [("name", "가 → 나"), ("note", "-"), ("count", "3"), ("pair", '["open", "confirmed"]')]


def test_what_has_no_page_is_named_without_a_link() -> None:
    assert subject_link("moon.cheese", "<7>") == "moon.cheese &lt;7&gt;"
    assert subject_link("core.job", "7") == '<a href="/admin/core/job/7/change/">작업 7</a>'


def test_an_address_of_a_list_says_what_it_is_narrowed_to() -> None:
    assert list_url(JournalEntry) == "/admin/core/journalentry/"
    assert list_url(JournalEntry, area="core") == "/admin/core/journalentry/?area=core"


class _Rows:
    """A query that answers how many rows it was asked to count."""

    ordered = True

    def __init__(self, number: int) -> None:
        self.number = number

    def __getitem__(self, part: slice) -> "_Rows":
        return _Rows(min(self.number, part.stop))

    def count(self) -> int:
        return self.number


@pytest.mark.parametrize(("rows", "counted"), [(3_000_000, COUNTED_ROWS), (7, 7)])
def test_a_long_list_is_counted_no_further_than_people_page_through(rows: int, counted: int) -> None:
    query: Any = _Rows(rows)
    assert CappedPaginator(query, 50).count == counted
