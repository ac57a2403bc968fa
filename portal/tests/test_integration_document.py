"""``docs/integration.md`` is true: every JSON in it is sent to the real API or compared with what really leaves.

The document is read from the top, as an engineer would: each request is made in turn against one portal, and the answer
that stands after it is compared with the answer that came. Only what cannot be known beforehand may differ.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from accounts.api.problems import CATALOGUE
from accounts.api.scopes import Scope
from accounts.api.throttles import LIMITS
from accounts.choices import EntryKind
from accounts.endpoints import bring_main_address
from accounts.entry_signatures import LONGEST, read, sign, signed_text
from accounts.events import ANSWERS, EVENTS
from accounts.models import Marketplace
from accounts.rules import FIRST_VALUES
from accounts.services import add_webhook_secret
from accounts.tests.api import Api, make_client
from accounts.tests.factories import make_marketplace
from accounts.webhooks import body_of
from core.choices import EffectStatus
from core.models import Effect, OutboxMessage
from core.tests.factories import draw_picture
from examples.client.signatures import entry_link, headers_for
from listings import engine, reappearances
from listings.models import Listing
from portal.environment import ROOT
from portal.tests.standin import carry_out
from reports.tests.factories import NOW
from reports.tests.world import alleged, complaint, restrict

pytestmark = pytest.mark.django_db

DOCUMENT: Final = ROOT / "docs" / "integration.md"
_FENCE: Final = re.compile(r"^```(?P<language>\w+) (?P<label>[^\n]+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
#: What no document can know: names of files and rows, times, this portal's address, versions of the engine.
UNKNOWABLE: Final = frozenset(
    {
        *("sha256", "images", "size", "cursor", "changed_at", "screened_at", "type"),
        *("effect", "timestamp", "target", "version", "material"),
    }
)
_NUMBERED: Final = re.compile(r"^[A-Z]+-\d{4}-\d{6}|^\[C-\d{4}-\d{6}\]|^\d+$")
DIGEST: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


@dataclass(frozen=True)
class Block:
    """One fenced example: ``json POST /api/v1/listings``, ``json 200``, ``json webhook test``, ``text link``."""

    language: str
    label: str
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


def blocks() -> list[Block]:
    found = _FENCE.finditer(DOCUMENT.read_text("utf-8"))
    return [Block(each["language"], each["label"], each["text"]) for each in found]


def one(language: str, label: str) -> str:
    [found] = [each.text.rstrip("\n") for each in blocks() if (each.language, each.label) == (language, label)]
    return found


def differences(example: Any, real: Any, at: str = "", *, is_part: bool = False) -> list[str]:
    """Where the example is not what came. ``is_part``: it shows a part of a long message."""
    name = at.rsplit("/", 1)[-1]
    if isinstance(example, dict) and isinstance(real, dict):
        missing = sorted(set(example) - set(real)) if is_part else sorted(set(example) ^ set(real))
        found = [f"{at}/{each} stands on one side alone" for each in missing]
        return found + [
            each
            for key in sorted(set(example) & set(real))
            for each in differences(example[key], real[key], f"{at}/{key}", is_part=is_part)
        ]
    if isinstance(example, list) and isinstance(real, list) and len(example) == len(real):
        return [
            each
            for place, (one, other) in enumerate(zip(example, real, strict=True))
            for each in differences(one, other, f"{at}/{place}", is_part=is_part)
        ]
    is_like = type(example) is type(real) and (name in UNKNOWABLE or _is_number_of_something(example))
    return [] if example == real or is_like else [f"{at}: {example!r} in the document, {real!r} in truth"]


def _is_number_of_something(example: Any) -> bool:
    return isinstance(example, str) and _NUMBERED.match(example) is not None


@pytest.fixture(autouse=True)
def _own_index_and_counters(tmp_path: Path, settings: Any) -> Iterator[None]:
    settings.INDEX_ROOT = tmp_path / "index"
    for forget in (engine.forget_engine, reappearances.forget_index, cache.clear):
        forget()
    yield
    for forget in (engine.forget_engine, reappearances.forget_index, cache.clear):
        forget()


@pytest.fixture
def place() -> Marketplace:
    return make_marketplace("demo")


# -- requests and their answers ---------------------------------------------------------------------------------------


def test_every_request_of_the_document_gets_the_answer_of_the_document(
    place: Marketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.api.paging._SETTLING", timedelta(seconds=-10))
    api = Api(make_client(marketplace=place))
    picture = draw_picture(3)
    given = api.post("pictures", picture, content_type="image/png")
    known = given.json["sha256"]
    answer, wrong, asked = None, [], 0
    for block in (each for each in blocks() if each.language == "json"):
        text = block.text.replace(DIGEST, known)
        if block.label.startswith(("POST ", "GET ")):
            method, path = block.label.split(" ", 1)
            sent = path.removeprefix("/api/v1/")
            answer = api.post(sent, text) if method == "POST" else api.get(sent)
            asked += 1
        elif block.label == "200 of POST /api/v1/pictures":
            wrong += differences(json.loads(text), given.json, block.label)
        elif block.label.isdigit() and answer is not None:
            assert answer.status == int(block.label), (block, answer.body)
            wrong += differences(json.loads(text), answer.json, block.label)
            answer = None
    assert wrong == []
    assert asked == 5


def test_every_block_is_one_that_is_checked() -> None:
    known = re.compile(
        r"json (POST|GET) /api/v1/\S+|json \d{3}( of POST /api/v1/pictures)?|json webhook [a-z.]+|text (signed|link)"
    )
    assert [each.label for each in blocks() if not known.fullmatch(f"{each.language} {each.label}")] == []
    fences = DOCUMENT.read_text("utf-8").count("\n```") / 2
    assert len(blocks()) == fences


# -- webhooks ----------------------------------------------------------------------------------------------------------


def test_the_webhook_of_the_document_is_what_leaves_and_its_answer_is_taken(place: Marketplace) -> None:
    bring_main_address(place, "http://127.0.0.1:9/webhooks", actor=None)
    secret = add_webhook_secret(place, actor=None)
    listing = _listing(place)
    with time_machine.travel(NOW, tick=False):
        restrict(alleged(complaint(listing)))
        carry_out(at=NOW + timedelta(seconds=21))
    message = OutboxMessage.objects.get(message_type="listing.restrict")
    example = json.loads(one("json", "webhook listing.restrict"))
    real = json.loads(body_of(message))
    assert differences(example, real, is_part=True) == []

    effect = Effect.objects.get()
    assert effect.status == EffectStatus.QUEUED
    said = json.loads(one("json", "webhook effect.confirmed"))
    said["data"]["effect"] = effect.pk
    body = json.dumps(said).encode()
    headers = headers_for([secret], "msg_1", body)
    answer = Client().post("/api/v1/webhooks/demo/", body, content_type="application/json", headers=headers)
    assert (answer.status_code, answer.json()) == (200, {"handled": True})
    effect.refresh_from_db()
    assert effect.status == EffectStatus.CONFIRMED


def _listing(place: Marketplace) -> Listing:
    """The document's own, brought in by the document's own request."""
    request = next(each for each in blocks() if each.label == "POST /api/v1/listings" and "A-1005" in each.text).json
    item = request["items"][0] | {"images": []}
    assert Api(make_client(marketplace=place)).post("listings", {"items": [item]}).json["counts"] == {"created": 1}
    return Listing.objects.get(external_id=item["id"])


# -- links -------------------------------------------------------------------------------------------------------------


def test_the_link_of_the_document_is_signed_as_it_says() -> None:
    text = DOCUMENT.read_text("utf-8")
    secret = re.findall(r"`(whsec_[A-Za-z0-9+/=]+)`", text)[0]
    address = urlsplit(one("text", "link"))
    link = read(EntryKind.SELLER, parse_qs(address.query))
    assert link is not None
    assert signed_text(link).decode() == one("text", "signed")
    assert sign(secret, link) == link.signature
    assert address.path == "/seller/enter/"


def test_the_example_client_makes_the_link_of_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = re.findall(r"`(whsec_[A-Za-z0-9+/=]+)`", DOCUMENT.read_text("utf-8"))[0]
    monkeypatch.setattr("examples.client.signatures.random.token_urlsafe", lambda _: "b0Zr2Qk1x9Wc7Tn4aa")
    with time_machine.travel(1_795_599_756 - 300, tick=False):
        made = entry_link("https://portal.example", "demo", secret, "seller", "shop-77")
    assert made == one("text", "link")


@pytest.mark.parametrize(("kind", "words"), [(EntryKind.SELLER, "15 minutes ahead"), (EntryKind.ORDER, "24 hours for")])
def test_how_long_a_link_lives_stands_in_the_document(kind: EntryKind, words: str) -> None:
    number, unit, _ = words.split()
    assert LONGEST[kind] == timedelta(**{unit: int(number)})
    assert words in DOCUMENT.read_text("utf-8")


# -- numbers and names -------------------------------------------------------------------------------------------------


def test_the_limits_of_the_document_are_the_rules() -> None:
    rows = re.findall(r"^\| (?:GET|POST)(?: `[\w/]+`)? \| ([\d,]+) \|$", DOCUMENT.read_text("utf-8"), re.MULTILINE)
    said = [int(number.replace(",", "")) for number in rows]
    assert said == [FIRST_VALUES[LIMITS[kind]] for kind in ("read", "write", "screen", "upload")]


def test_every_code_and_scope_that_the_document_names_is_there() -> None:
    text = DOCUMENT.read_text("utf-8")
    codes = {"in_flight", "key_reused", "validation_failed"}
    assert all(f"{code}" in text for code in codes) and codes <= set(CATALOGUE)
    scopes = set(re.findall(r"`([a-z]+:[a-z]+)`", text))
    assert scopes <= set(Scope.values) and len(scopes) == 5


def test_the_messages_of_the_document_are_those_of_the_catalogue() -> None:
    rows = re.findall(r"^\| (`[a-z]+(?:\.[a-z]+)?`(?:, `[a-z.]+`)*) \|", DOCUMENT.read_text("utf-8"), re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`([a-z.]+)`", row)}
    types = {each.type for each in EVENTS}
    assert types - named == {"text", "test"}  # sent where an address subscribes; both may be answered 2xx and left
    answers = set(re.findall(r"`((?:effect|notify)\.[a-z]+)`", DOCUMENT.read_text("utf-8")))
    assert answers | {"effect.confirmed"} == {each.type for each in ANSWERS}


def test_every_function_that_the_document_names_is_in_the_client() -> None:
    source = "".join(path.read_text("utf-8") for path in sorted((ROOT / "examples" / "client").glob("*.py")))
    named = re.findall(r"`(?:Marketplace|Handler|Session|signatures)\.(?!py)(\w+)`", DOCUMENT.read_text("utf-8"))
    assert len(named) == 9
    assert [name for name in named if f"def {name}(" not in source] == []
