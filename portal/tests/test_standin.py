"""The stand-in marketplace against a portal that serves: each way in which it may answer, and what comes of it."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from accounts.models import ReceivedWebhook
from core import effects
from core.choices import EffectStatus, OutboxStatus
from core.models import Effect, JournalEntry, OutboxMessage
from examples.client import marketplace as client
from examples.client.__main__ import page
from examples.client.marketplace import DELAY_SECONDS, REFUSAL, Marketplace
from examples.client.signatures import headers_for
from listings.models import Match
from portal.tests.standin import HeldMarketplace, carry_out, standing_in
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

    def state(self, effect: Effect) -> client.Listing:
        return self.place.listings[effect.target]


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
    assert (status_of(effect), loop.place.listings) == (EffectStatus.ASKED, {})
    loop.carry()
    assert status_of(effect) == EffectStatus.SENT
    assert loop.state(effect).sale_state == "판매 제한"
    loop.place.let_answers_go()
    assert status_of(effect) == EffectStatus.CONFIRMED
    assert (loop.state(effect).confirmations, confirmed_entries()) == (1, 1)


def test_news_for_a_seller_is_taken_shown_and_confirmed_by_nobody(loop: Loop) -> None:
    loop.decide()
    loop.carry()
    [news] = loop.place.notices
    assert news["subject"].startswith("[C-")
    assert news["subject"] in page(loop.place)
    assert ReceivedWebhook.objects.count() == 0


def test_a_message_of_a_type_that_is_not_known_yet_is_taken_and_changes_nothing(loop: Loop) -> None:
    assert loop.place.receive("msg_new", {"type": "listing.praise", "data": {}})
    assert (loop.place.listings, loop.place.notices) == ({}, [])


def test_the_staffs_note_is_not_in_what_the_marketplace_keeps(loop: Loop) -> None:
    loop.decide()
    loop.carry()
    assert "위조상품" in page(loop.place)
    assert "내부전용-메모" not in page(loop.place) + loop.place._file.read_text("utf-8")


def test_two_confirmations_are_one(loop: Loop) -> None:
    loop.place.set_mode("twice")
    effect = loop.decide()
    loop.carry()
    loop.place.let_answers_go()
    assert status_of(effect) == EffectStatus.CONFIRMED
    assert (ReceivedWebhook.objects.count(), confirmed_entries()) == (2, 1)


def test_a_late_confirmation_still_counts(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(client, "time", SimpleNamespace(sleep=slept.append, strftime=time.strftime, gmtime=time.gmtime))
    loop.place.set_mode("delay")
    effect = loop.decide()
    loop.carry()
    assert status_of(effect) == EffectStatus.SENT
    loop.place.let_answers_go()
    assert status_of(effect) == EffectStatus.CONFIRMED
    assert slept == [DELAY_SECONDS, 0]


def test_a_refused_action_is_shown_as_failed_and_carried_out_when_staff_send_it_again(loop: Loop) -> None:
    loop.place.set_mode("refuse")
    effect = loop.decide()
    loop.carry()
    loop.place.let_answers_go()
    assert (status_of(effect), effect.failure) == (EffectStatus.FAILED, REFUSAL)
    assert loop.state(effect).sale_state == "판매 중"

    loop.place.set_mode("normal")
    again = effects.retry(effect, actor=MINA)
    loop.carry(at=timezone.now() + timedelta(minutes=5))
    loop.place.let_answers_go()
    assert (status_of(again), again.version) == (EffectStatus.CONFIRMED, 2)
    assert loop.state(again).log == ["v2 판매 제한"]


def test_a_marketplace_that_fails_is_tried_again_and_then_told(loop: Loop) -> None:
    loop.place.set_mode("fail")
    effect = loop.decide()
    loop.carry()
    assert status_of(effect) == EffectStatus.QUEUED
    # The destination is left alone for the rest of the round after its first failure, whichever message met it.
    to_market = OutboxMessage.objects.filter(channel="webhook")
    assert {message.status for message in to_market} == {OutboxStatus.PENDING}
    assert "HTTP 500 told to fail" in {message.last_error for message in to_market}
    assert loop.place.listings == {}

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
    assert loop.state(effect).log == ["v1 판매 제한"]


# -- the stand-in alone -------------------------------------------------------------------------------------------


def message(version: int, kind: str = "listing.restrict") -> dict[str, Any]:
    data = {"effect": version, "target": "listing:demo:1", "version": version, "listing": "1"}
    return {"type": kind, "data": data}


def alone(tmp_path: Path) -> Marketplace:
    place = Marketplace(portal="http://127.0.0.1:9", slug="demo", secrets=SECRETS, state_file=tmp_path / "state.json")
    place.mode = "never"
    return place


def test_a_lower_version_undoes_nothing(tmp_path: Path) -> None:
    place = alone(tmp_path)
    place.receive("b", message(2, "listing.reinstate"))
    place.receive("a", message(1))
    listing = place.listings["listing:demo:1"]
    assert (listing.sale_state, listing.version) == ("판매 중", 2)
    assert listing.log == ["v2 판매 중", "v1 무시: 이미 v2입니다"]


def test_the_same_message_twice_is_carried_out_once(tmp_path: Path) -> None:
    place = alone(tmp_path)
    assert place.receive("a", message(1)) is place.receive("a", message(1)) is True
    assert place.listings["listing:demo:1"].log == ["v1 판매 제한"]


def test_a_restart_forgets_nothing(tmp_path: Path) -> None:
    place = alone(tmp_path)
    place.set_mode("never")
    place.receive("a", message(1))
    again = Marketplace(portal="http://127.0.0.1:9", slug="demo", secrets=SECRETS, state_file=tmp_path / "state.json")
    assert (again.mode, again.seen, again.listings) == ("never", {"a"}, place.listings)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """The stand-in as a process of its own, its port and portal given past its config."""
    config = {"slug": "demo", "secrets": SECRETS, "portal": "http://127.0.0.1:1", "port": 1}
    path = tmp_path / "standin.json"
    path.write_text(json.dumps({**config, "state_file": str(tmp_path / "state.json")}), "utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    arguments = ("--config", str(path), "--port", str(port), "--portal", "http://127.0.0.1:9")
    command = [sys.executable, "-m", "examples.client", *arguments]
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
    assert ask(f"{served}/state") == (200, "{}")
    assert ask(f"{served}/webhooks", body, signed) == (204, "")
    assert json.loads(ask(f"{served}/state")[1])["listing:demo:1"]["sale_state"] == "판매 제한"


@pytest.mark.parametrize("body", [b"not json", b"[]", b'{"type": "listing.restrict"}', b'{"type": 1, "data": {}}'])
def test_a_signed_message_that_is_none_is_refused_and_harms_nothing(served: str, body: bytes) -> None:
    assert ask(f"{served}/webhooks", body, headers_for(SECRETS, "msg_1", body))[0] == 400
    assert ask(f"{served}/state") == (200, "{}")


def test_what_is_shown_is_escaped_and_says_what_to_do_while_it_is_empty(tmp_path: Path) -> None:
    place = alone(tmp_path)
    assert "아직 받은 조치가 없습니다" in page(place)
    place.listings["<script>"] = client.Listing(reason="<b>")
    assert "<script>" not in page(place)
    assert "&lt;b&gt;" in page(place)
