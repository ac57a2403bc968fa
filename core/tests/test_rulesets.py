"""Rule sets: which version is in force when, how new ones come, and that none is ever edited."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction

from core import rule_values, rules, rulesets
from core.errors import Conflict, DomainError
from core.models import JournalEntry, RuleSet
from core.rule_values import RuleValues, forget_recent, recent
from core.tests.journal_rows import ACTOR
from core.tests.together import together

FIRSTS = {"toys": {"limit": 3, "share": 0.5, "waits": [1, 2], "name": "가"}}
TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _monday() -> Any:
    with time_machine.travel(datetime(2026, 11, 23, 5, 30, tzinfo=UTC), tick=False):
        yield


def change(values: dict[str, object], *, starts_on: date = TODAY, note: str = "시험") -> RuleSet:
    whole = {**rulesets.current("toys", on=starts_on).values, **values}
    return rulesets.write_version("toys", values=whole, starts_on=starts_on, note=note, actor=ACTOR)


@pytest.mark.django_db
def test_first_values_hold_from_the_start_and_are_recorded() -> None:
    rulesets.sync(FIRSTS)
    row = RuleSet.objects.get(area="toys")
    assert (row.version, row.starts_on) == (1, date(2020, 1, 1))
    assert rulesets.current("toys") == RuleValues(area="toys", version=1, values=FIRSTS["toys"])
    entry = JournalEntry.objects.get(subject_type="core.ruleset", subject_ref=str(row.pk))
    assert (entry.verb, entry.actor_kind) == ("core.ruleset.written", "system")


@pytest.mark.django_db
def test_syncing_twice_writes_once() -> None:
    rulesets.sync(FIRSTS)
    rulesets.sync(FIRSTS)
    assert RuleSet.objects.filter(area="toys").count() == 1


@pytest.mark.django_db
def test_syncing_never_undoes_what_staff_set() -> None:
    rulesets.sync(FIRSTS)
    change({"limit": 5})
    rulesets.sync(FIRSTS)
    assert rulesets.current("toys").number("limit") == 5


@pytest.mark.django_db
def test_a_start_before_the_first_version_is_refused_in_words() -> None:
    rulesets.sync(FIRSTS)
    before_all = date(2019, 12, 31)
    with pytest.raises(DomainError, match="시행일이 이미 지났습니다"):
        rulesets.check_version("toys", values=FIRSTS["toys"], starts_on=before_all, note="시험")
    with pytest.raises(DomainError, match="시행일이 이미 지났습니다"):
        rulesets.write_version("toys", values=FIRSTS["toys"], starts_on=before_all, note="시험", actor=ACTOR)
    assert RuleSet.objects.filter(area="toys").count() == 1


@pytest.mark.django_db
def test_area_without_rules_says_what_to_do() -> None:
    with pytest.raises(LookupError, match=r"manage\.py migrate"):
        rulesets.current("toys")
    rulesets.sync(FIRSTS)
    with pytest.raises(LookupError):
        rulesets.current("toys", on=date(2019, 12, 31))


@pytest.mark.django_db
def test_version_holds_from_its_start_and_not_before() -> None:
    rulesets.sync(FIRSTS)
    change({"limit": 5}, starts_on=date(2026, 12, 1))
    assert rulesets.current("toys", on=date(2026, 11, 30)).number("limit") == 3
    assert rulesets.current("toys", on=date(2026, 12, 1)).number("limit") == 5
    assert rulesets.current("toys").version == 1


@pytest.mark.django_db
def test_the_day_changes_at_midnight_in_korea() -> None:
    rulesets.sync(FIRSTS)
    change({"limit": 5}, starts_on=date(2026, 11, 24))
    with time_machine.travel(datetime(2026, 11, 23, 14, 59, 59, tzinfo=UTC), tick=False):
        assert rulesets.current("toys").number("limit") == 3
    with time_machine.travel(datetime(2026, 11, 23, 15, 0, tzinfo=UTC), tick=False):
        assert rulesets.current("toys").number("limit") == 5


@pytest.mark.django_db
def test_mistake_is_put_right_by_a_further_version_of_the_same_start() -> None:
    rulesets.sync(FIRSTS)
    change({"limit": 50})
    change({"limit": 5})
    assert (rulesets.current("toys").version, rulesets.current("toys").number("limit")) == (3, 5)
    assert list(RuleSet.objects.filter(area="toys").order_by("version").values_list("values__limit", flat=True)) == [
        3,
        50,
        5,
    ]


@pytest.mark.django_db
def test_later_start_beats_a_higher_version() -> None:
    rulesets.sync(FIRSTS)
    change({"limit": 7}, starts_on=date(2027, 1, 1))
    change({"limit": 5}, starts_on=date(2026, 12, 1))
    assert rulesets.current("toys", on=date(2026, 12, 31)).number("limit") == 5
    assert rulesets.current("toys", on=date(2027, 1, 1)).number("limit") == 7


@pytest.mark.django_db
def test_number_of_a_newer_release_is_added_without_touching_what_stands() -> None:
    rulesets.sync(FIRSTS)
    change({"limit": 5})
    change({"limit": 7}, starts_on=date(2027, 1, 1))
    newer = {"toys": {**FIRSTS["toys"], "colour": 12}}
    rulesets.sync(newer)
    assert rulesets.current("toys").values == {**FIRSTS["toys"], "limit": 5, "colour": 12}
    assert rulesets.current("toys", on=date(2027, 1, 1)).values == {**FIRSTS["toys"], "limit": 7, "colour": 12}
    assert RuleSet.objects.get(area="toys", version=2).values == {**FIRSTS["toys"], "limit": 5}
    count = RuleSet.objects.filter(area="toys").count()
    rulesets.sync(newer)
    assert RuleSet.objects.filter(area="toys").count() == count == 5


@pytest.mark.django_db
def test_change_is_recorded_with_old_and_new() -> None:
    rulesets.sync(FIRSTS)
    row = change({"limit": 5}, note="사고가 있었습니다")
    entry = JournalEntry.objects.get(subject_type="core.ruleset", subject_ref=str(row.pk))
    assert entry.detail.body["changes"] == {"limit": {"old": 3, "new": 5}}
    assert (entry.actor_ref, entry.detail.body["note"]) == (ACTOR.ref, "사고가 있었습니다")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "keywords", "why"),
    [
        ({"limit": 5}, {"note": " "}, "사유"),
        ({"limit": 5}, {"starts_on": date(2026, 11, 22)}, "지났습니다"),
        ({"colour": 5}, {}, "colour"),
        ({"limit": "5"}, {}, "형식"),
        ({"limit": 5.5}, {}, "형식"),
        ({"limit": True}, {}, "형식"),
        ({"waits": 5}, {}, "형식"),
        ({"waits": [1, "2"]}, {}, "형식"),
        ({"limit": -1}, {}, "범위"),
        ({"limit": 10**12}, {}, "범위"),
        ({"limit": 2**60}, {}, "범위"),
        ({"waits": []}, {}, "범위"),
        ({"waits": [30, -30]}, {}, "범위"),
        ({"share": 1.5}, {}, "범위"),
        ({"share": float("nan")}, {}, "범위"),
        ({"share": float("inf")}, {}, "범위"),
    ],
)
def test_version_that_would_not_fit_is_refused(values: dict[str, object], keywords: Any, why: str) -> None:
    rulesets.sync(FIRSTS)
    entries = JournalEntry.objects.count()
    with pytest.raises(DomainError, match=why):
        change(values, **keywords)
    assert RuleSet.objects.filter(area="toys").count() == 1
    assert JournalEntry.objects.count() == entries


@pytest.mark.django_db
def test_version_that_leaves_a_number_out_is_refused() -> None:
    rulesets.sync(FIRSTS)
    with pytest.raises(DomainError, match="waits"):
        rulesets.write_version(
            "toys", values={"limit": 3, "share": 0.5, "name": "가"}, starts_on=TODAY, note="시험", actor=ACTOR
        )


@pytest.mark.django_db
def test_share_may_become_exactly_one() -> None:
    rulesets.sync(FIRSTS)
    change({"share": 1})
    assert rulesets.current("toys").ratio("share") == 1.0


@pytest.mark.django_db
def test_versions_cannot_be_edited() -> None:
    rulesets.sync(FIRSTS)
    with pytest.raises(IntegrityError), transaction.atomic():
        RuleSet.objects.filter(area="toys").update(values={"limit": 99})
    assert rulesets.current("toys").number("limit") == 3


@pytest.mark.django_db
def test_reading_by_kind() -> None:
    rulesets.sync(FIRSTS)
    toys = rulesets.current("toys")
    assert (toys.number("limit"), toys.ratio("share"), toys.numbers("waits"), toys["name"]) == (3, 0.5, (1, 2), "가")
    for read, key in ((toys.number, "share"), (toys.number, "name"), (toys.ratio, "waits"), (toys.numbers, "limit")):
        with pytest.raises(TypeError, match=key):
            read(key)
    with pytest.raises(LookupError, match="colour"):
        toys.number("colour")


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_many_writers_of_the_next_version_the_others_are_told() -> None:
    rulesets.sync(FIRSTS)
    results = together(*[lambda: change({"limit": 5})] * 4)
    written = [row for row in results if isinstance(row, RuleSet)]
    told = [problem for problem in results if isinstance(problem, Conflict)]
    assert len(written) + len(told) == 4
    assert sorted(RuleSet.objects.filter(area="toys").values_list("version", flat=True)) == list(
        range(1, len(written) + 2)
    )


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_machines_may_migrate_at_once() -> None:
    assert together(*[lambda: rulesets.sync(FIRSTS)] * 4) == [None] * 4
    assert RuleSet.objects.filter(area="toys").count() == 1


def test_first_values_of_the_ground_floor_fit_together() -> None:
    waits = rules.FIRST_VALUES["outbox_retry_seconds"]
    assert isinstance(waits, list)
    assert waits == sorted(waits)
    # The first delivery waits for nothing, each further one for its place in the ladder.
    assert rules.FIRST_VALUES["outbox_park_after"] == len(waits) + 1
    assert timedelta(seconds=sum(waits)) > timedelta(hours=20)


@pytest.mark.django_db
def test_the_numbers_of_a_moment_ago_are_asked_for_once_in_a_few_seconds(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    rulesets.sync(FIRSTS)
    forget_recent()
    with django_assert_num_queries(1):
        assert [recent("toys").number("limit") for _ in range(3)] == [3, 3, 3]
    change({"limit": 4})
    assert recent("toys").number("limit") == 3
    monkeypatch.setattr(rule_values, "_RECENT_SECONDS", -1.0)
    assert recent("toys").number("limit") == 4
    forget_recent()
