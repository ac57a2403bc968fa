"""The marketplace's everyday words: several sellers make one, one seller makes none."""

from collections.abc import Sequence

import pytest

from listings import ordinary_words
from listings.choices import MatchStatus, Verdict
from listings.ordinary_words import ordinary_titles, title_count, without_other_words, words_of_several
from listings.tests.copies import rules_with
from listings.tests.factories import make_listing, make_version
from listings.tests.match_rows import NOW, make_match
from sellers.tests.factories import make_seller

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _few_titles_teach(monkeypatch: pytest.MonkeyPatch) -> None:
    learn_from(monkeypatch, least=1)


def learn_from(monkeypatch: pytest.MonkeyPatch, *, least: int, most: int = 100) -> None:
    rules = rules_with({"ordinary_titles_least": least, "ordinary_titles_most": most, "ordinary_word_sellers": 2})
    monkeypatch.setattr(ordinary_words, "current", lambda _area: rules)


def list_by_sellers(*titles: str) -> None:
    """Each title by a seller of its own."""
    for title in titles:
        make_listing(title, seller=make_seller())


def learned() -> set[str]:
    return {word for title in ordinary_titles() for word in title.split()}


def test_a_word_of_two_sellers_is_ordinary_and_another_is_not() -> None:
    list_by_sellers("laser printer", "color printer")

    assert ordinary_titles() == ["      printer", "      printer"]


def test_one_seller_cannot_make_a_word_ordinary() -> None:
    seller = make_seller()
    for number in range(5):
        make_listing(f"Chanell bag {number}", seller=seller)
    list_by_sellers("leather bag")

    assert learned() == {"bag"}


def test_too_few_titles_teach_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    list_by_sellers("laser printer", "color printer")
    learn_from(monkeypatch, least=3)

    assert ordinary_titles() == []


def test_no_more_than_the_newest_titles_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    list_by_sellers("laser printer", "color printer", "green tea", "black tea")
    learn_from(monkeypatch, least=1, most=2)

    assert learned() == {"tea"}
    assert (title_count(most=3), title_count(most=10)) == (3, 4)


def test_only_what_a_listing_shows_now_is_read() -> None:
    list_by_sellers("laser printer")
    changed = make_listing("color printer", seller=make_seller())
    make_version(changed, "green tea")

    assert learned() == set()
    assert title_count(most=10) == 2


@pytest.mark.parametrize(
    ("status", "verdict", "words"),
    [
        (MatchStatus.CONFIRMED, Verdict.REVIEW, set()),
        (MatchStatus.OPEN, Verdict.STOP, set()),
        (MatchStatus.OPEN, Verdict.REVIEW, {"printer"}),
        (MatchStatus.REJECTED, Verdict.STOP, {"printer"}),
        (MatchStatus.OUTDATED, Verdict.STOP, {"printer"}),
    ],
)
def test_copies_and_what_is_held_teach_nothing(status: MatchStatus, verdict: Verdict, words: set[str]) -> None:
    list_by_sellers("laser printer")
    suspect = make_listing("color printer", seller=make_seller())
    make_match(listing=suspect, signals=[], status=status, verdict=verdict, reviewed_at=NOW)

    assert learned() == words


def test_a_disguise_that_a_moderator_confirmed_is_no_ordinary_word() -> None:
    list_by_sellers("Channel bag", "Channel bag red", "blue Channel bag")
    signal = {"kind": "text", "found": "Channel", "disguises": ["typo"]}
    plain = {"kind": "text", "found": "bag", "disguises": []}
    make_match(
        listing=make_listing("Channel bag"), signals=[signal, plain], status=MatchStatus.CONFIRMED, reviewed_at=NOW
    )

    assert learned() == {"bag"}


@pytest.mark.parametrize(
    ("titles", "words"),
    [
        ([(1, "Laser PRINTER"), (2, "printer")], {"printer"}),
        ([(1, "printer printer")], set()),
        ([(1, "Black/Pink"), (2, "black pink")], {"black", "pink"}),
        ([(1, "x-large"), (2, "X-Large")], {"x", "large", "x-large"}),
        ([], set()),
    ],
)
def test_words_are_counted_by_their_sellers(titles: Sequence[tuple[int, str]], words: set[str]) -> None:
    assert words_of_several(titles, sellers=2) == words


@pytest.mark.parametrize(
    ("title", "rest"),
    [
        ("Nike Black/Pink shoe", "     Black Pink     "),
        ("black pink", "black pink"),
        ("  (Pink)  ", "  (Pink)  "),
        ("Pinkish", "       "),
        ("", ""),
    ],
)
def test_other_words_leave_blanks_in_their_places(title: str, rest: str) -> None:
    assert without_other_words(title, frozenset({"black", "pink"})) == rest
