"""Each language has all that Korean has, and writes dates, deadlines and sums as its readers do."""

from dataclasses import fields
from datetime import UTC, datetime

import pytest

from brands.choices import RightKind
from reports import grounds, wording
from reports.choices import AllegationStatus, Claim, DecisionKind, DocumentKind, EffectKind, FindingKind
from reports.wording import LANGUAGES, language_or_default
from reports.wording.base import Headings

#: Midnight in Seoul after 26 November 2026: the exclusive bound of a period that ends on that day.
BOUND = datetime(2026, 11, 26, 15, tzinfo=UTC)
every_language = pytest.mark.parametrize("language", LANGUAGES)


# -- nothing is missing -----------------------------------------------------------------------------------------------


@every_language
def test_every_code_has_its_words(language: str) -> None:
    words = wording.wording(language)
    for labels, codes in (
        (words.grounds, {ground.code for ground in grounds.GROUNDS}),
        (words.policies, {policy.code for policy in grounds.POLICIES}),
        (words.kinds, set(DecisionKind)),
        (words.findings, set(FindingKind)),
        (words.effects, set(EffectKind)),
        (words.claims, set(Claim)),
        (words.documents, set(DocumentKind)),
        (words.stages, set(AllegationStatus)),
        (words.rights, set(RightKind)),
    ):
        assert set(labels) == codes


@every_language
def test_everything_that_can_be_taken_back_can_be_said(language: str) -> None:
    assert set(wording.wording(language).repairs) == set(EffectKind) | {"record"}


@every_language
def test_no_words_are_empty(language: str) -> None:
    words = wording.wording(language)
    texts = [*words.kinds.values(), *words.findings.values(), *words.effects.values(), *words.repairs.values()]
    texts += [*words.claims.values(), *words.documents.values(), *words.rights.values(), *words.zones.values()]
    for ground in words.grounds.values():
        texts += [ground.title, ground.description]
    for policy in words.policies.values():
        texts += [policy.title, policy.clause]
    for stage in words.stages.values():
        texts += [stage.title, stage.meaning]
    for headings in (words.headings, words.final_headings):
        texts += [getattr(headings, field.name) for field in fields(Headings)]
    assert all(text == text.strip() and text for text in texts)


def test_korean_grounds_and_clauses_are_the_published_ones() -> None:
    korean = wording.wording("ko")
    assert {g.code: (g.title, g.description) for g in grounds.GROUNDS} == {
        code: (words.title, words.description) for code, words in korean.grounds.items()
    }
    assert {p.code: (p.title, p.clause) for p in grounds.POLICIES} == {
        code: (words.title, words.clause) for code, words in korean.policies.items()
    }


def test_korean_labels_are_those_of_the_screens() -> None:
    korean = wording.wording("ko")
    for labels, choices in ((korean.claims, Claim), (korean.documents, DocumentKind), (korean.rights, RightKind)):
        assert labels == dict(choices.choices)
    assert korean.kinds == dict(DecisionKind.choices)


# -- which language ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("ko", "ko"),
        ("ko-KR", "ko"),
        ("KO_kr", "ko"),
        ("en", "en"),
        ("en-GB", "en"),
        ("zh-hans", "zh-hans"),
        ("zh-CN", "zh-hans"),
        ("zh", "zh-hans"),
        ("zh-TW", "zh-hans"),
        ("fr", "en"),
        ("kok", "en"),
        ("", "en"),
        ("  ", "en"),
    ],
)
def test_unknown_language_is_written_to_in_english(asked: str, given: str) -> None:
    assert language_or_default(asked) == given


def test_korea_is_written_to_in_korean_only_where_no_language_is_known() -> None:
    assert language_or_default("", country="KR") == language_or_default("", country="kr") == "ko"
    assert language_or_default("fr", country="KR") == "en"
    assert language_or_default("", country="CN") == "en"


# -- dates and deadlines ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "day", "moment"),
    [
        ("ko", "2026년 11월 23일(월)", "2026년 11월 23일(월) 14:30"),
        ("en", "Monday 23 November 2026", "14:30 on Monday 23 November 2026"),
        ("zh-hans", "2026年11月23日（星期一）", "2026年11月23日（星期一）14:30"),
    ],
)
def test_dates_are_written_as_readers_write_them(language: str, day: str, moment: str) -> None:
    when = datetime(2026, 11, 23, 5, 30, 59, tzinfo=UTC)
    assert (wording.date(when, language), wording.moment(when, language)) == (day, moment)


def test_a_day_is_the_one_of_the_zone() -> None:
    late = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
    assert wording.date(late, "en") == "Tuesday 24 November 2026"
    assert wording.date(late, "en", "Asia/Shanghai") == "Monday 23 November 2026"
    assert wording.moment(late, "ko", "Asia/Shanghai") == "2026년 11월 23일(월) 23:30"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("ko", "2026년 11월 26일(목) 24:00까지 (한국 시간)"),
        ("en", "by 24:00 on Thursday 26 November 2026 (Korea time)"),
        ("zh-hans", "2026年11月26日（星期四）24:00前（韩国时间）"),
    ],
)
# The same clock under another name needs no second time; a zone that nobody knows cannot have one.
@pytest.mark.parametrize("zone", ["Asia/Seoul", "Asia/Tokyo", "Mars/Olympus", "", "../etc/passwd", "Asia"])
def test_deadline_is_the_end_of_the_day_in_korea(language: str, said: str, zone: str) -> None:
    assert wording.deadline(BOUND, language, zone) == said


@pytest.mark.parametrize(
    ("zone", "there"),
    [
        ("Asia/Shanghai", "중국 시간으로는 2026년 11월 26일(목) 23:00까지"),
        ("America/New_York", "America/New_York 시간으로는 2026년 11월 26일(목) 10:00까지"),
        ("Pacific/Auckland", "Pacific/Auckland 시간으로는 2026년 11월 27일(금) 04:00까지"),
    ],
)
def test_deadline_is_told_in_the_readers_zone_too(zone: str, there: str) -> None:
    assert wording.deadline(BOUND, "ko", zone) == f"2026년 11월 26일(목) 24:00까지 (한국 시간, {there})"


def test_midnight_in_the_readers_zone_is_24_too() -> None:
    bound = datetime(2026, 11, 26, 16, tzinfo=UTC)
    assert wording.deadline(bound, "en", "Asia/Shanghai") == (
        "by 01:00 on Friday 27 November 2026 (Korea time), which is 24:00 on Thursday 26 November 2026 in Asia/Shanghai"
    )


def test_deadline_inside_a_day_promises_no_second_more() -> None:
    assert (
        wording.deadline(datetime(2026, 11, 26, 5, 30, 59, tzinfo=UTC), "ko")
        == "2026년 11월 26일(목) 14:30까지 (한국 시간)"
    )


def test_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a zone"):
        wording.deadline(datetime(2026, 11, 26), "ko")  # noqa: DTZ001 - what is refused


# -- sums and counts --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "won", "dollars"),
    [("ko", "12,900원", "US$12.90"), ("en", "KRW 12,900", "US$12.90"), ("zh-hans", "12,900韩元", "US$12.90")],
)
def test_money(language: str, won: str, dollars: str) -> None:
    words = wording.wording(language)
    assert (words.money(12_900, "KRW"), words.money(1_290, "USD")) == (won, dollars)


@pytest.mark.parametrize(
    ("language", "one", "three"),
    [
        ("ko", ("1영업일", "1일", "1개월"), ("3영업일", "3일", "3개월")),
        ("en", ("1 business day", "1 day", "1 month"), ("3 business days", "3 days", "3 months")),
        ("zh-hans", ("1个工作日", "1天", "1个月"), ("3个工作日", "3天", "3个月")),
    ],
)
def test_periods(language: str, one: tuple[str, ...], three: tuple[str, ...]) -> None:
    words = wording.wording(language)
    for count, said in ((1, one), (3, three)):
        assert (words.business_days(count), words.days(count), words.months(count)) == said
