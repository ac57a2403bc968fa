"""The catalogue names everything that leaves, and says of it what is true."""

import ast
from pathlib import Path

import pytest

from accounts.events import ANSWERS, CHOSEN_TYPES, EVENTS, Event, event, title_of
from accounts.webhooks import CHANNEL
from core.canonical import plain

ROOT = Path(__file__).resolve().parents[2]
APPS = ("core", "accounts", "brands", "sellers", "listings", "reports", "refunds", "portal")


def calls() -> list[tuple[str, ast.Call]]:
    """Every call in our own code, with its module."""
    sources = [path for app in APPS for path in (ROOT / app).rglob("*.py") if "tests" not in path.parts]
    return [
        (str(path.relative_to(ROOT)), node)
        for path in sources
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
    ]


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((each.value for each in call.keywords if each.arg == name), None)


def named(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def test_nothing_is_posted_on_the_channel_but_by_the_module_that_asks_the_catalogue() -> None:
    posting = set()
    for module, call in calls():
        channel = keyword(call, "channel")
        is_named = isinstance(channel, ast.Name) and channel.id == "CHANNEL"
        if is_named or (isinstance(channel, ast.Constant) and channel.value == CHANNEL):
            posting.add(module)
    assert posting == {"accounts/webhooks.py"}


def test_every_type_that_the_code_tells_is_in_the_catalogue() -> None:
    told = [
        (module, argument.value)
        for module, call in calls()
        if named(call) in {"tell", "write", "hears", "hearing"}
        for argument in call.args[1:2]
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]
    assert ("reports/notices.py", "notice.seller") in told
    assert [(module, kind) for module, kind in told if kind not in {each.type for each in EVENTS}] == []


def test_types_are_named_once_and_in_the_shape_of_the_standard() -> None:
    types = [each.type for each in EVENTS] + [each.type for each in ANSWERS]
    assert len(types) == len(set(types))
    assert all(kind.isascii() and kind.replace(".", "_").isidentifier() for kind in types)


@pytest.mark.parametrize("each", EVENTS, ids=lambda each: each.type)
def test_an_event_says_in_korean_what_it_is_and_shows_an_example(each: Event) -> None:
    found = event(each.type)
    assert found is each
    assert "가" <= found.title[0] <= "힣"
    assert found.description.endswith("다.") or found.description.endswith("오.")
    assert plain(found.document()) == found.document()
    assert set(found.answers) <= {answer.type for answer in ANSWERS}


def test_what_must_be_confirmed_is_not_chosen_and_has_its_answers() -> None:
    confirmed = [each for each in EVENTS if each.is_confirmed]
    assert {each.type for each in confirmed} == {"listing.restrict", "listing.remove", "listing.reinstate"}
    assert {each.is_chosen for each in confirmed} == {False}
    assert {each.answers for each in confirmed} == {("effect.confirmed", "effect.failed")}
    assert CHOSEN_TYPES == ("notice.seller", "notice.code", "notify", "listing.wanted", "text")


def test_an_unknown_type_is_refused_and_shown_as_it_is() -> None:
    with pytest.raises(LookupError, match=r"moon\.eaten"):
        event("moon.eaten")
    assert (title_of("moon.eaten"), title_of("test")) == ("moon.eaten", "시험 이벤트")
