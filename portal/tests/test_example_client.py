"""The example client against a portal that is served, with its worker and courier: everything that it does, in earnest.

What the client knows of the portal is its address, a key and two secrets; what the test looks at, it reads over the API
and in a browser's place.
"""

import ast
import email
import email.policy
import http.cookiejar
import json
import os
import re
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from core.tests.factories import draw_picture
from examples.client.__main__ import Handler
from examples.client.api import Problem, Session
from examples.client.marketplace import HELD, ON_SALE, Marketplace
from listings.tests.copies import mirrored
from portal.tests.serving import ROOT, SHORTENED, Portal, database_of_its_own, free_port, manage, wait_until

CLIENT = ROOT / "examples" / "client"
SELLER = {"id": "shop-7", "name": "한빛상점", "email": "shop-7@seller.example"}
BRAND = {
    "id": "nouvelhani",
    "name": "누벨하니",
    "names": ["Nouvelhani"],
    "rights_holder": {"id": "nh", "name": "누벨하니 주식회사"},
    "rights": [{"kind": "trademark", "number": "40-1234567"}],
    "images": [{"id": "front", "file": "front.png", "kind": "product"}],
}

#: The demonstration's marketplace with its secrets and key, told at the client's address; a second key to look with;
#: a second in which a decision can be undone instead of twenty. Prints the second key.
PREPARE = """
import sys
from pathlib import Path
from django.utils import timezone
from accounts.api.keys import create_client, make_key
from core import rulesets
from core.actors import THE_SYSTEM
from core.rule_values import today
from portal.demo.marketplace import ensure_marketplace, write_standin_config
folder, portal, port = Path({folder!r}), {portal!r}, {port}
values = dict(rulesets.current("core").values) | {{"undo_seconds": 1}}
rulesets.write_version("core", values=values, starts_on=today(), note="-", actor=THE_SYSTEM)
place, _ = ensure_marketplace(f"http://127.0.0.1:{{port}}/webhooks", actor=THE_SYSTEM)
write_standin_config(folder, place, portal=portal, port=port, today=today(), actor=THE_SYSTEM)
reads = ["listings:read", "orders:read", "effects:read", "cases:read"]
looker = create_client(place, name="looker", scopes=reads, is_test=False, actor=THE_SYSTEM)
print(make_key(looker, now=timezone.now(), actor=THE_SYSTEM)[1])
"""

FOUND = """
from listings.models import Match
print(Match.objects.filter(version__listing__external_id="A-2").count())
"""
#: A moderator confirms what screening found of one listing.
REVIEW = """
from django.utils import timezone
from core.actors import USER, Actor
from listings.models import Match
from reports.models import Policy
from reports.services import match_review
match = Match.objects.get(version__listing__external_id={listing!r})
match_review.confirm_match(match, actor=Actor(USER, "1", "김담당"), now=timezone.now(),
    policy=Policy.objects.get(code="counterfeit_sale"), reasoning="위조상품으로 의심됩니다.", private_note="내부 메모")
"""


#: Somebody reports a listing that the portal does not know.
REPORT = """
from django.utils import timezone
from accounts.models import Marketplace
from core.actors import USER, Actor
from reports.choices import Channel
from reports.models import Ground
from reports.services.filing import Contact, Wanted, file_report
file_report(Wanted(Marketplace.objects.get(), {listing!r}), channel=Channel.STAFF,
    ground=Ground.objects.get(code="counterfeit"), text="정품과 다릅니다.",
    contact=Contact(name="구매자", email="buyer@consumer.example"), actor=Actor(USER, "1", "김담당"),
    now=timezone.now())
"""


@dataclass
class World:
    """A portal that serves, and a marketplace made of the example client in this process."""

    portal: Portal
    place: Marketplace
    address: str
    look_key: str
    folder: Path
    environment: dict[str, str]
    cookies: http.cookiejar.CookieJar = field(default_factory=http.cookiejar.CookieJar)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.portal.port}"

    def get(self, path: str) -> Any:
        headers = {"authorization": f"Bearer {self.look_key}"}
        request = urllib.request.Request(f"{self.origin}/api/v1/{path}", headers=headers)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def items(self, path: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get(path)["items"]
        return found

    def shell(self, script: str) -> str:
        return shell(self.environment, script)

    def browse(self, address: str, form: dict[str, str] | None = None) -> tuple[str, str]:
        """Open an address, or send a form, and follow where it leads: the last address and its page."""
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        data = urlencode(form).encode() if form is not None else None
        with opener.open(urllib.request.Request(address, data), timeout=20) as answer:
            return answer.url, answer.read().decode()

    def press(self, address: str, page: str, **typed: str) -> tuple[str, str]:
        """Send the first form of a page."""
        form = page[page.index("<main") :]
        action = re.search(r'<form method="post"[^>]*?(?: action="([^"]*)")?[ >]', form)
        assert action is not None
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
        target = f"{self.origin}{action.group(1)}" if action.group(1) else address
        return self.browse(target, {name: unescape(value) for name, value in hidden.items()} | typed)

    def mailed_code(self) -> str:
        """The code in the newest mail to the shop."""
        codes = [
            found.group(0)
            for path in sorted((self.folder / "mail").glob("*"), key=lambda path: path.stat().st_mtime)
            for mail in path.read_bytes().split(b"-" * 79 + b"\n")
            if (found := _code_in(mail))
        ]
        return codes[-1] if codes else ""


def _code_in(mail: bytes) -> re.Match[str] | None:
    message = email.message_from_bytes(mail.strip(), policy=email.policy.default)
    if SELLER["email"] not in str(message["to"]):
        return None
    return re.search(r"(?<=확인 코드 )\d{6}\b", str(message["subject"]))


def shell(environment: dict[str, str], script: str) -> str:
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", script]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with database_of_its_own(tmp_path) as url:
        environment = dict(os.environ) | SHORTENED | {"DATABASE_URL": url, "VAR_DIR": str(tmp_path)}
        environment |= {"DJANGO_SETTINGS_MODULE": "portal.settings", "JIKIMI_MODE": "demonstration"}
        manage(environment, "prepare")
        (tmp_path / "front.png").write_bytes(draw_picture(7, size=(400, 400)))
        (tmp_path / "brands.jsonl").write_text(json.dumps(BRAND), "utf-8")
        manage(environment, "import_brands", str(tmp_path / "brands.jsonl"), "--images", str(tmp_path))
        one = Portal(environment, tmp_path)
        try:
            wait_until(lambda: one.status_of("/healthz") == 200, "the portal serves")
            with _a_client_of(one, environment, tmp_path) as found:
                yield found
        finally:
            one.end()


class _a_client_of:
    """The client's web server in a thread, its listing and orders in a file."""

    def __init__(self, portal: Portal, environment: dict[str, str], folder: Path) -> None:
        self.portal, self.environment, self.folder, self.port = portal, environment, folder, free_port()

    def __enter__(self) -> World:
        origin = f"http://127.0.0.1:{self.portal.port}"
        script = PREPARE.format(folder=str(self.folder), portal=origin, port=self.port)
        look_key = shell(self.environment, script).splitlines()[-1]
        config = json.loads((self.folder / "standin.json").read_text("utf-8"))
        place = Marketplace(config)
        handler = type("BoundHandler", (Handler,), {"place": place, "site": origin, "log_message": lambda *_: None})
        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        address = f"http://127.0.0.1:{self.port}"
        return World(self.portal, place, address, look_key, self.folder, self.environment)

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(10)


def item(number: str, title: str) -> dict[str, Any]:
    return {
        "id": number,
        "url": f"https://sibang.example/item/{number}",
        "title": title,
        "price_minor": 39_000,
        "currency": "KRW",
        "seller": SELLER,
    }


def order_line() -> dict[str, Any]:
    return {
        "order": "2026-11/가-1",
        "line": "1",
        "listing": "A-2",
        "seller": SELLER["id"],
        "title": "가을 크림",
        "quantity": 1,
        "currency": "KRW",
        "goods_minor": 39_000,
        "shipping_minor": 3_000,
        "paid_minor": 42_000,
        "ordered_at": "2026-11-20T10:00:00+09:00",
        "buyer": {"email": "buyer@consumer.example", "notify_by_marketplace": True},
    }


@pytest.mark.faults
def test_everything_that_the_client_does_against_a_portal_that_serves(world: World) -> None:
    _listings_are_screened_before_they_go_on_sale(world)
    _what_a_moderator_confirms_is_taken_down_and_confirmed(world)
    _a_listing_that_a_report_waits_for_is_sent(world)
    _orders_follow_what_happened(world)
    _a_buyer_comes_in_by_the_orders_link(world)
    _a_seller_comes_in_by_the_centres_link_and_a_code(world)
    _what_opens_nothing_is_a_problem_and_no_retry(world)


def _listings_are_screened_before_they_go_on_sale(world: World) -> None:
    place, copy = world.place, mirrored(draw_picture(7, size=(400, 400)))
    assert place.publish(item("A-1", "무선 청소기"), [draw_picture(3)])["verdict"] == "pass"
    # Used goods are looked at and never held, whatever they show.
    assert place.publish(item("A-2", "중고 가을 크림"), [copy])["verdict"] == "review"
    held = place.publish(item("A-3", "가을 크림"), [copy])
    assert (held["verdict"], place.known["listings"]["A-3"]["sale_state"]) == ("stop", HELD)
    assert place.known["listings"]["A-2"]["sale_state"] == ON_SALE
    assert [each["outcome"] for each in place.sync_listings()] == ["unchanged", "unchanged"]
    wait_until(lambda: len(world.items("listings")) == 2, "the portal shows both listings")
    assert {each["id"] for each in world.items("listings")} == {"A-1", "A-2"}


def _what_a_moderator_confirms_is_taken_down_and_confirmed(world: World) -> None:
    wait_until(lambda: world.shell(FOUND).splitlines()[-1] == "1", "the worker has screened the listing")
    world.shell(REVIEW.format(listing="A-2"))
    wait_until(lambda: world.place.known["listings"]["A-2"]["sale_state"] == "판매 제한", "it is taken down")
    row = world.place.known["listings"]["A-2"]
    assert (row["version"], row["reason"]) == (1, "위조상품(특징으로 확인)")
    wait_until(lambda: len(world.items("effects?status=confirmed")) == 1, "the confirmation has arrived")
    assert world.get("listings/A-2")["restriction"] == "interim"
    assert "내부 메모" not in json.dumps(world.place.known, ensure_ascii=False)
    # What is restricted stays so, whatever the seller makes of it.
    world.place.publish(item("A-2", "가을 크림 새 이름"), [draw_picture(5)])
    assert world.place.known["listings"]["A-2"]["sale_state"] == "판매 제한"


def _a_listing_that_a_report_waits_for_is_sent(world: World) -> None:
    """It went on sale while the portal was out of reach."""
    with world.place.lock:
        row = {"item": item("A-4", "양모 담요"), "version": 0, "sale_state": ON_SALE, "reason": ""}
        world.place.known["listings"]["A-4"] = row
    assert "A-4" not in {each["id"] for each in world.items("listings")}
    world.shell(REPORT.format(listing="A-4"))
    wait_until(lambda: "A-4" in {each["id"] for each in world.items("listings")}, "the wanted listing has come")


def _orders_follow_what_happened(world: World) -> None:
    world.place.note_order(order_line())
    assert [each["outcome"] for each in world.place.sync_orders()] == ["created"]
    assert world.place.sync_orders() == []
    received = {"received_at": datetime.now(UTC).isoformat(timespec="seconds"), "received_source": "carrier"}
    world.place.note_order(order_line() | received)
    world.place.note_order(order_line() | {"line": "2", "paid_minor": 1})
    outcomes = {each["outcome"] for each in world.place.sync_orders()}
    assert outcomes == {"changed", "refused"}
    # What was refused waits until it is put right.
    world.place.note_order(order_line() | {"line": "2"})
    assert [each["outcome"] for each in world.place.sync_orders()] == ["created"]
    wait_until(lambda: len(world.items("orders")) == 2, "the portal shows both lines")
    lines = {each["line"]: each for each in world.items("orders")}
    assert (lines["1"]["received_source"], lines["2"]["received_at"]) == ("carrier", None)


def _a_buyer_comes_in_by_the_orders_link(world: World) -> None:
    address, page = world.browse(f"{world.address}/go/order/2026-11%2F%EA%B0%80-1")
    assert address.startswith(f"{world.origin}/refunds/enter/?")
    address, page = world.press(address, page)
    assert re.fullmatch(rf"{world.origin}/refunds/orders/\d+/", address)
    assert "2026-11/가-1" in page and "42,000원" in page and "택배사 기준" in page


def _a_seller_comes_in_by_the_centres_link_and_a_code(world: World) -> None:
    address, page = world.browse(f"{world.address}/go/seller/{SELLER['id']}")
    address, page = world.press(address, page)
    assert address == f"{world.origin}/seller/confirm/"
    wait_until(lambda: world.mailed_code() != "", "the code has come by mail")
    address, page = world.press(address, page, code=world.mailed_code())
    assert re.fullmatch(rf"{world.origin}/seller/shops/\d+/", address)
    assert "소명을 기다리는 안건이 1건 있습니다." in page


def _what_opens_nothing_is_a_problem_and_no_retry(world: World) -> None:
    with pytest.raises(Problem, match="401 invalid_key") as refusal:
        Session(world.origin, "jk_live_made_up").post("listings", {"items": []})
    assert not refusal.value.may_pass


# -- what the folder is ---------------------------------------------------------------------------------------------


def test_the_client_has_under_300_lines() -> None:
    assert sum(len(path.read_text("utf-8").splitlines()) for path in CLIENT.rglob("*") if path.suffix == ".py") < 300
    assert {path.suffix for path in CLIENT.rglob("*") if path.is_file() and "__pycache__" not in path.parts} == {".py"}


def test_the_client_needs_nothing_but_python() -> None:
    imported = {
        name.split(".")[0]
        for path in CLIENT.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        for name in _imported(node)
    }
    assert imported - {"examples"} <= set(sys.stdlib_module_names)


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
