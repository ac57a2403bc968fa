"""The stand-in marketplace against a portal that serves: each way in which it may answer, and what comes of it."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from accounts.models import ReceivedWebhook
from accounts.tests.factories import make_marketplace
from core import effects
from core.choices import EffectStatus, OutboxStatus
from core.models import Effect, JournalEntry, OutboxMessage
from core.tests.factories import draw_picture
from examples.client.signatures import headers_for
from listings.models import Listing, ListingVersion, Match
from portal.demo.shelf import shelf
from portal.demo.standin import modes
from portal.demo.standin.modes import DELAY_SECONDS, REFUSAL, Standin, stock
from portal.demo.standin.page import front
from portal.tests.standin import HeldMarketplace, carry_out, standing_in
from refunds.models import OrderLine
from reports.tests.factories import MINA, confirm, make_match

pytestmark = pytest.mark.django_db(transaction=True)
SECRETS = ["whsec_" + "QUFB" * 8, "whsec_" + "QkJC" * 8]


class Loop:
    """A decision, and the way it takes to the stand-in and back."""

    def __init__(self, place: HeldMarketplace, match: Match) -> None:
        self.place, self.match = place, match
        self.now = timezone.now()

    def decide(self) -> Effect:
        confirm(self.match, now=self.now, private_note="내부전용-메모")
        return Effect.objects.latest("pk")

    def carry(self, *, at: datetime | None = None) -> None:
        carry_out(at=at or self.now + timedelta(seconds=21))

    def listing(self, effect: Effect) -> dict[str, Any]:
        found: dict[str, Any] = self.place.known["listings"][effect.payload["listing"]]
        return found

    def log(self, effect: Effect) -> list[str]:
        return list(self.place.known["log"][effect.payload["listing"]])

    @property
    def page(self) -> str:
        return front(self.place, {})


@pytest.fixture
def loop(live_server: LiveServer, tmp_path: Path) -> Iterator[Loop]:
    match = make_match()
    row = match.version.listing.marketplace
    with standing_in(row, portal=live_server.url, folder=tmp_path) as place:
        yield Loop(place, match)


def status_of(effect: Effect) -> str:
    effect.refresh_from_db()
    return effect.status


def confirmed_entries() -> int:
    return JournalEntry.objects.filter(verb="core.effect.confirmed").count()


# -- the loop, in each mode ---------------------------------------------------------------------------------------


def test_a_decision_reaches_the_marketplace_and_its_confirmation_comes_back(loop: Loop) -> None:
    effect = loop.decide()
    loop.carry(at=loop.now + timedelta(seconds=19))
    assert (status_of(effect), loop.place.known["listings"]) == (EffectStatus.ASKED, {})
    loop.carry()
    assert status_of(effect) == EffectStatus.SENT
    assert loop.listing(effect)["sale_state"] == "판매 제한"
    loop.place.let_answers_go()
    assert status_of(effect) == EffectStatus.CONFIRMED
    assert (loop.place.known["confirmations"], confirmed_entries()) == ({effect.payload["listing"]: 1}, 1)


def test_news_for_a_seller_is_taken_shown_and_confirmed_by_nobody(loop: Loop) -> None:
    loop.decide()
    loop.carry()
    [news] = loop.place.known["notices"]
    assert news["statement"]["subject"].startswith("[C-")
    assert news["statement"]["subject"] in loop.page
    assert ReceivedWebhook.objects.count() == 0


def test_a_message_of_a_type_that_is_not_known_yet_is_taken_and_changes_nothing(loop: Loop) -> None:
    loop.place.receive("msg_new", {"type": "listing.praise", "data": {}})
    loop.place.let_answers_go()
    assert (loop.place.known["listings"], loop.place.known["notices"]) == ({}, [])


def test_the_staffs_note_is_not_in_what_the_marketplace_keeps(loop: Loop) -> None:
    loop.decide()
    loop.carry()
    assert "위조상품" in loop.page
    assert "내부전용-메모" not in loop.page + loop.place._file.read_text("utf-8")


def test_two_confirmations_are_one(loop: Loop) -> None:
    loop.place.set_mode("twice")
    effect = loop.decide()
    loop.carry()
    loop.place.let_answers_go()
    assert status_of(effect) == EffectStatus.CONFIRMED
    assert (ReceivedWebhook.objects.count(), confirmed_entries()) == (2, 1)


def test_a_late_confirmation_still_counts(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(modes, "time", SimpleNamespace(sleep=slept.append))
    loop.place.set_mode("delay")
    effect = loop.decide()
    loop.carry()
    assert status_of(effect) == EffectStatus.SENT
    loop.place.let_answers_go()
    assert status_of(effect) == EffectStatus.CONFIRMED
    assert slept == [DELAY_SECONDS]


def test_a_refused_action_is_shown_as_failed_and_carried_out_when_staff_send_it_again(loop: Loop) -> None:
    loop.place.set_mode("refuse")
    effect = loop.decide()
    loop.carry()
    loop.place.let_answers_go()
    assert (status_of(effect), effect.failure) == (EffectStatus.FAILED, REFUSAL)
    assert loop.place.known["listings"] == {}

    loop.place.set_mode("normal")
    again = effects.retry(effect, actor=MINA)
    loop.carry(at=timezone.now() + timedelta(minutes=5))
    loop.place.let_answers_go()
    assert (status_of(again), again.version) == (EffectStatus.CONFIRMED, 2)
    assert loop.log(again) == ["v2 판매 제한"]


def test_a_marketplace_that_fails_is_tried_again_and_then_told(loop: Loop) -> None:
    loop.place.set_mode("fail")
    effect = loop.decide()
    loop.carry()
    assert status_of(effect) == EffectStatus.QUEUED
    # The destination is left alone for the rest of the round after its first failure, whichever message met it.
    to_market = OutboxMessage.objects.filter(channel="webhook")
    assert {message.status for message in to_market} == {OutboxStatus.PENDING}
    assert "HTTP 500 told to fail" in {message.last_error for message in to_market}
    assert loop.place.known["listings"] == {}

    loop.place.set_mode("normal")
    loop.carry(at=timezone.now() + timedelta(hours=1))
    loop.place.let_answers_go()
    assert status_of(effect) == EffectStatus.CONFIRMED


def test_a_marketplace_that_says_nothing_is_asked_again_and_carries_it_out_once(loop: Loop) -> None:
    loop.place.set_mode("never")
    effect = loop.decide()
    loop.carry()
    loop.place.let_answers_go()
    assert (status_of(effect), ReceivedWebhook.objects.count()) == (EffectStatus.SENT, 0)

    loop.place.set_mode("normal")
    later = effect.not_before + timedelta(seconds=1)
    loop.carry(at=later)
    loop.place.let_answers_go()
    assert (status_of(effect), effect.sends) == (EffectStatus.CONFIRMED, 2)
    assert loop.log(effect) == ["v1 판매 제한"]


# -- its pages --------------------------------------------------------------------------------------------------------


@pytest.fixture
def market(live_server: LiveServer, tmp_path: Path) -> Iterator[HeldMarketplace]:
    """A marketplace with the demonstration's own goods, whose files are drawn."""
    row, goods = make_marketplace(), shelf(date(2026, 11, 24))
    for name in {name for each in goods["listings"] for name in each["pictures"]}:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(draw_picture(3))
    with standing_in(row, portal=live_server.url, folder=tmp_path, shelf=goods) as place:
        yield place


def test_its_own_goods_and_orders_go_to_the_portal_once(market: HeldMarketplace, tmp_path: Path) -> None:
    goods = shelf(date(2026, 11, 24))
    for _ in range(2):
        stock(market, goods, tmp_path)
    assert set(Listing.objects.values_list("external_id", flat=True)) == {"SJ-1001", "SJ-1002", "SJ-1003"}
    assert OrderLine.objects.count() == len(goods["orders"]) == 3
    assert all(row["is_sent"] for row in market.known["orders"].values())


def test_a_person_puts_a_new_listing_on_sale(market: HeldMarketplace) -> None:
    form = ask(f"{market.address}new")[1]
    assert "새 상품 올리기" in form
    seller = shelf(date(2026, 11, 24))["sellers"][0]["id"]
    typed = urlencode({"title": "<수제> 앞치마", "price": "12000", "seller": seller, "picture": ""}).encode()
    status, shown = ask(f"{market.address}publish", typed)
    assert (status, "바로 판매합니다" in shown, "<수제>" in shown) == (200, True, False)
    assert ListingVersion.objects.get().title == "<수제> 앞치마"


@pytest.mark.parametrize("typed", [b"", b"title=x&price=x&seller=shop-101&picture=", b"title=x&price=1&seller=nobody"])
def test_a_form_that_lacks_something_says_so(market: HeldMarketplace, typed: bytes) -> None:
    status, shown = ask(f"{market.address}publish", typed)
    assert (status, "폼에 빠진 값이 있습니다" in shown) == (400, True)
    assert not Listing.objects.exists()


def test_what_the_portal_refuses_is_shown(market: HeldMarketplace) -> None:
    seller = shelf(date(2026, 11, 24))["sellers"][0]["id"]
    typed = urlencode({"title": "앞치마", "price": "-1", "seller": seller}).encode()
    status, shown = ask(f"{market.address}publish", typed)
    assert (status, "validation_failed" in shown) == (502, True)


def test_a_delivery_is_told_and_the_orders_link_leads_to_the_portal(market: HeldMarketplace, tmp_path: Path) -> None:
    stock(market, shelf(date(2026, 11, 24)), tmp_path)
    number = next(iter(market.known["orders"]))
    status, shown = ask(f"{market.address}received", urlencode({"line": number}).encode())
    assert (status, "시범장터" in shown) == (200, True)
    line = OrderLine.objects.get(order_number=number.split("/")[0])
    assert line.received_source == "carrier"
    links = re.findall(r'href="(/go/[^"]+)"', shown)
    assert len(links) == 6  # three orders, three sellers
    pages = [ask(f"{market.address.rstrip('/')}{link}")[1] for link in links]
    assert ['name="signature"' in page for page in pages] == [True] * 6


# -- the stand-in alone -------------------------------------------------------------------------------------------


def message(version: int, kind: str = "listing.restrict") -> dict[str, Any]:
    data = {"effect": version, "target": "listing:demo:1", "version": version, "listing": "1"}
    return {"type": kind, "data": data}


def config_of(tmp_path: Path) -> dict[str, Any]:
    found = {"portal": "http://127.0.0.1:9", "api_key": "", "slug": "demo", "secrets": SECRETS, "port": 1}
    return found | {"state_file": str(tmp_path / "known.json")}


def alone(tmp_path: Path) -> Standin:
    place = Standin(config_of(tmp_path))
    place.set_mode("never")
    return place


def test_a_lower_version_undoes_nothing(tmp_path: Path) -> None:
    place = alone(tmp_path)
    place.receive("b", message(2, "listing.reinstate"))
    place.receive("a", message(1))
    listing = place.known["listings"]["1"]
    assert (listing["sale_state"], listing["version"]) == ("판매 중", 2)
    assert place.known["log"]["1"] == ["v2 판매 중", "v1 무시: 이미 v2입니다"]


def test_the_same_message_twice_is_carried_out_once(tmp_path: Path) -> None:
    place = alone(tmp_path)
    place.receive("a", message(1))
    place.receive("a", message(1))
    assert place.known["log"]["1"] == ["v1 판매 제한"]


def test_a_restart_forgets_nothing(tmp_path: Path) -> None:
    place = alone(tmp_path)
    place.receive("a", message(1))
    again = Standin(config_of(tmp_path))
    assert (again.mode, again.known["seen"], again.known) == ("never", ["a"], place.known)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """The stand-in as a process of its own, its port and portal given past its config."""
    path = tmp_path / "standin.json"
    path.write_text(json.dumps(config_of(tmp_path) | {"portal": "http://127.0.0.1:1"}), "utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    arguments = ("--config", str(path), "--port", str(port), "--portal", "http://127.0.0.1:9")
    command = [sys.executable, "-m", "portal.demo.standin", *arguments]
    with subprocess.Popen(command, cwd=settings.ROOT, env={"PATH": os.environ["PATH"]}) as process:
        try:
            _until_open(port, process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0


def _until_open(port: int, process: subprocess.Popen) -> None:
    deadline, pause = time.monotonic() + 20, threading.Event()
    while time.monotonic() < deadline:
        assert process.poll() is None, "the stand-in ended"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            pause.wait(0.05)
        else:
            return
    pytest.fail("the stand-in did not open its port")


def ask(address: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> tuple[int, str]:
    request = urllib.request.Request(address, data=body, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.read().decode()


def test_the_process_takes_signed_messages_and_refuses_all_others(served: str) -> None:
    ask(f"{served}/mode", b"mode=never")
    body = json.dumps(message(1)).encode()
    signed = headers_for(SECRETS[1:], "msg_1", body)
    assert ask(f"{served}/webhooks", body, {}) == (401, "bad signature")
    assert ask(f"{served}/webhooks", body + b" ", signed) == (401, "bad signature")
    assert json.loads(ask(f"{served}/state")[1])["listings"] == {}
    assert ask(f"{served}/webhooks", body, signed) == (204, "")
    assert json.loads(ask(f"{served}/state")[1])["listings"]["1"]["sale_state"] == "판매 제한"


@pytest.mark.parametrize(
    "body",
    [
        b"not json",
        b"[]",
        b'{"type": "listing.restrict"}',
        b'{"type": "listing.restrict", "data": []}',
        b'{"type": "listing.restrict", "data": {"listing": "1", "version": "2"}}',
        b'{"type": "listing.restrict", "data": {"listing": {}, "version": 2}}',
        b'{"type": {}, "data": {}}',
    ],
)
def test_a_signed_message_that_is_none_is_refused_and_harms_nothing(served: str, body: bytes) -> None:
    assert ask(f"{served}/webhooks", body, headers_for(SECRETS, "msg_1", body))[0] == 400
    known = json.loads(ask(f"{served}/state")[1])
    assert (known["listings"], known["seen"]) == ({}, [])


@pytest.mark.parametrize("timestamp", ["", "x", "1", "9" * 5000, "١٢٣"])
def test_a_timestamp_that_is_none_is_refused(served: str, timestamp: str) -> None:
    headers = headers_for(SECRETS, "msg_1", b"{}") | {"webhook-timestamp": timestamp.encode().decode("latin-1")}
    assert ask(f"{served}/webhooks", b"{}", headers)[0] == 401


def test_what_is_shown_is_escaped_and_says_what_to_do_while_it_is_empty(tmp_path: Path) -> None:
    place = alone(tmp_path)
    assert "아직 상품도, 받은 조치도 없습니다" in front(place, {})
    place.known["listings"]["<script>"] = {"item": {}, "sale_state": "판매 중", "version": 1, "reason": "<b>"}
    shown = front(place, {"<i>": "<u>"})
    assert not any(found in shown for found in ("<script>", "<i>", "<u>"))
    assert "&lt;b&gt;" in shown
