"""What the button on a product page asks: JSON from any origin, without cookies, robust against anything."""

import ipaddress
import json
from typing import Any

import altcha
import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse

from core.tests.factories import draw_picture
from reports.models import Attachment, Report
from reports.public.visits import address_of as address_of_request
from reports.tests.visitors import a_listing, visitor

pytestmark = pytest.mark.django_db
FILE = "/embed/v1/reports"


@pytest.fixture(autouse=True)
def _fresh_counters() -> None:
    cache.clear()


def ask(client: Client, path: str, status: int, **given: Any) -> dict[str, Any]:
    response = client.post(path, json.dumps(given), content_type="application/json", HTTP_ORIGIN="https://shop.example")
    assert response.status_code == status, response.content.decode()
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert not response.cookies
    answer: dict[str, Any] = response.json()
    return answer


def click(client: Client, number: int = 1, listing: Any = None, status: int = 201, **more: Any) -> dict[str, Any]:
    about = listing or a_listing()
    given = {"marketplace": about.marketplace.slug, "listing": about.external_id, "visitor": visitor(number)}
    return ask(client, FILE, status, **given, **more)


def test_a_click_files_and_answers_with_number_code_and_forms() -> None:
    client, listing = Client(), a_listing()
    answer = click(client, listing=listing)
    assert answer["number"] == Report.objects.get().number
    assert answer["track"].endswith(reverse("track", args=[answer["code"]]))
    assert (answer["undo_seconds"], answer["open"], len(answer["reasons"])) == (10, True, 5)
    assert [part[0] for part in answer["consent"]["parts"]] == ["목적", "항목", "보유 기간", "거부할 권리"]
    assert click(Client(), listing=listing)["code"] == answer["code"]
    assert Report.objects.count() == 1


def test_the_report_is_taken_back_and_added_to_by_its_code() -> None:
    client = Client()
    code = click(client)["code"]
    assert ask(client, f"{FILE}/reason", 200, receipt=code, ground="trademark_use")["reason"] == "trademark_use"
    assert ask(client, f"{FILE}/note", 200, receipt=code, text="로고가 다릅니다.")["has_note"] is True
    given = {"receipt": code, "files_photo": SimpleUploadedFile("라벨.png", draw_picture(1))}
    assert client.post(f"{FILE}/photos", given).json()["files"] == 1
    assert Attachment.objects.get().report == Report.objects.get()
    news = {"email": "a@b.example", "agrees": "on", "is_old_enough": "on"}
    assert ask(client, f"{FILE}/news", 200, receipt=code, **news)["waits_for_code"] is True
    assert ask(client, f"{FILE}/undo", 200, receipt=code)["undone"] is True
    assert ask(client, f"{FILE}/state", 200, receipt=code)["undone"] is True


def test_the_browser_is_told_beforehand_what_it_may() -> None:
    response = Client().options(FILE, HTTP_ORIGIN="https://shop.example")
    assert response.status_code == 204
    assert response.headers["Access-Control-Allow-Headers"] == "Content-Type"
    assert "Access-Control-Allow-Credentials" not in response.headers
    assert Client().get(FILE).status_code == 405


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'"text"', b"\xff\xfe", b'{"visitor":"\\ud800"}', b"[" * 50_000, b'{"visitor":1e999}'],
)
@pytest.mark.parametrize("path", [FILE, f"{FILE}/note", f"{FILE}/confirm", f"{FILE}/photos", f"{FILE}/nothing"])
def test_hostile_bodies_get_a_clear_error(body: bytes, path: str) -> None:
    response = Client().post(path, body, content_type="application/json")
    assert response.status_code == 400
    assert response.json()["error"]["message"]


@pytest.mark.parametrize("odd", [None, 1, True, [], {}, "", "\0", "x" * 101, "a\nb"])
def test_odd_values_get_a_clear_error(odd: object) -> None:
    listing = a_listing()
    good: dict[str, object] = {"marketplace": listing.marketplace.slug, "listing": "1", "visitor": visitor(1)}
    for name in ("listing", "visitor"):
        ask(Client(), FILE, 400, **(good | {name: odd}))
    assert ask(Client(), FILE, 404, **(good | {"marketplace": odd}))["error"]["code"] == "unknown_place"
    assert Report.objects.count() == 0


@pytest.mark.parametrize("odd", [None, 1, True, [], {}, "", "\0", "x" * 6_000])
def test_odd_additions_get_a_clear_error(odd: object) -> None:
    client = Client()
    code = click(client)["code"]
    for act, name in (("reason", "ground"), ("note", "text"), ("news", "email"), ("confirm", "code")):
        answer = client.post(f"{FILE}/{act}", json.dumps({"receipt": code, name: odd}), content_type="application/json")
        assert answer.status_code in ({200, 400} if act == "note" else {400}), (act, odd)
    assert ask(client, f"{FILE}/note", 400, receipt="", text="x")["error"]["code"] == "invalid"


def test_a_code_that_opens_nothing_is_not_found_and_slowed_down() -> None:
    client, code = Client(), "0000-0000-0000-0000-0000"
    assert ask(client, f"{FILE}/undo", 404, receipt=code)["error"]["code"] == "track_unknown"
    for _ in range(10):
        client.post(f"{FILE}/undo", json.dumps({"receipt": code}), content_type="application/json")
    ask(client, f"{FILE}/undo", 429, receipt=code)


def test_a_flood_is_asked_for_a_proof_and_whoever_brings_it_is_heard() -> None:
    client = Client()
    listings = [a_listing(f"가방 {number}") for number in range(7)]
    for listing in listings[:6]:
        click(client, listing=listing)
    answer = click(client, listing=listings[6], status=428)
    assert answer["page"].endswith(f"/{listings[6].external_id}/")
    challenge = altcha.Challenge.from_dict(answer["challenge"])
    solution = altcha.solve_challenge(challenge)
    assert solution is not None
    proof = altcha.Payload(challenge, solution).to_base64()
    click(client, listing=listings[6], proof=proof)
    assert Report.objects.count() == 7
    for wrong in ("x", "e30=", proof[:-8], proof):
        click(client, listing=a_listing("하나 더"), status=428, proof=wrong)
    assert Report.objects.count() == 7


@pytest.mark.parametrize(
    ("told", "proxies", "address"),
    [
        ("198.51.100.7", "", "127.0.0.1"),
        ("198.51.100.7", "127.0.0.1/32", "198.51.100.7"),
        ("6.6.6.6, 198.51.100.7", "127.0.0.1/32", "198.51.100.7"),
        ("198.51.100.7, 10.0.0.1", "127.0.0.1/32,10.0.0.0/8", "198.51.100.7"),
        ("nonsense", "127.0.0.1/32", "unknown"),
        ("2001:db8:1:2:3::4", "127.0.0.1/32", "2001:db8:1:2::/64"),
    ],
)
def test_a_proxys_word_counts_only_where_the_settings_name_it(rf: Any, told: str, proxies: str, address: str) -> None:
    networks = tuple(ipaddress.ip_network(each) for each in proxies.split(",") if each)
    with override_settings(TRUSTED_PROXIES=networks):
        assert address_of_request(rf.get("/", HTTP_X_FORWARDED_FOR=told)) == address


def test_the_script_is_small_cached_for_minutes_and_open_to_all_origins() -> None:
    response = Client().get("/embed/report.js")
    assert len(response.content) < 10_000
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    again = Client().get("/embed/report.js", HTTP_IF_NONE_MATCH=response.headers["ETag"])
    assert again.status_code == 304
    for word in (b"eval(", b"Function(", b"innerHTML", b".style", b"document.write"):
        assert word not in response.content
