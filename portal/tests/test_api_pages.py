"""The pages around the API: its description, its refusals, and the staff's page of keys."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from accounts.api.problems import CATALOGUE
from accounts.models import ApiClient
from accounts.tests.api import Api, make_client
from accounts.tests.factories import make_marketplace
from core.models import JournalEntry
from portal.run_tests import CHROMIUM
from portal.tests.rows import make_person

pytestmark = pytest.mark.django_db


def test_the_description_is_openapi_3_1_and_closes_what_is_sent() -> None:
    described = Client().get("/api/schema/").json()
    assert described["openapi"] == "3.1.1"
    inputs = {name: each for name, each in described["components"]["schemas"].items() if name.endswith("Input")}
    assert {"ListingInput", "SellerInput", "ReportInput", "ConfirmInput"} <= set(inputs)
    assert {name for name, each in inputs.items() if each.get("additionalProperties") is not False} == set()
    posts = [methods["post"] for methods in described["paths"].values() if "post" in methods]
    assert posts
    for operation in posts:
        assert [each["name"] for each in operation["parameters"] if each["in"] == "header"] == ["Idempotency-Key"]
        assert "409" in operation["responses"] and "413" in operation["responses"]


def test_every_code_of_a_refusal_is_on_its_page_under_its_own_name() -> None:
    page = Client().get("/api/docs/problems/").content.decode()
    for code, kind in CATALOGUE.items():
        assert f'id="{code}"' in page and kind.ko in page


@pytest.mark.browser
@pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=f"{CHROMIUM} is not installed")
@pytest.mark.django_db(transaction=True)
def test_the_docs_open_in_a_browser_with_nothing_from_anywhere_else(browser: Browser, live_server: LiveServer) -> None:
    page = browser.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{live_server.url}/api/docs/")
    page.locator("#operations-Listings-listings_upsert").wait_for()
    assert [url for url in asked if not url.startswith((live_server.url, "data:"))] == []
    assert said == []
    page.close()


# -- keys -------------------------------------------------------------------------------------------------------------


def test_an_operator_makes_a_client_and_a_key_that_is_shown_once(client: Client) -> None:
    place = make_marketplace()
    client.force_login(make_person("operator"))
    said: dict[str, Any] = {"marketplace": place.pk, "name": "연동 서버", "scopes": ["listings:write", "listings:read"]}
    client.post(reverse("admin:accounts_apiclient_add"), said)
    made = ApiClient.objects.get()
    assert (made.name, made.scopes, made.is_test) == ("연동 서버", ["listings:read", "listings:write"], False)
    page = reverse("admin:accounts_apiclient_keys", args=[made.pk])
    answer = client.post(page, {"deed": "make"})
    plain = answer.content.decode().partition("jk_live_")[2].partition("<")[0]
    assert "no-store" in answer.headers["Cache-Control"]
    assert "jk_live_" not in client.get(page).content.decode()
    assert Api(key=f"jk_live_{plain}").get("listings").status == 200
    client.post(page, {"deed": "revoke", "prefix": made.keys.get().prefix})
    assert Api(key=f"jk_live_{plain}").get("listings").status == 401
    verbs = list(JournalEntry.objects.order_by("id").values_list("verb", flat=True))
    assert [verb for verb in verbs if verb.startswith("accounts.api_")] == [
        "accounts.api_client.created",
        "accounts.api_key.created",
        "accounts.api_key.revoked",
    ]


def test_a_third_key_is_refused_in_words(client: Client) -> None:
    made = make_client()
    client.force_login(make_person("operator"))
    page = reverse("admin:accounts_apiclient_keys", args=[made.pk])
    for _ in range(2):
        client.post(page, {"deed": "make"})
    assert "2개까지" in client.post(page, {"deed": "make"}, follow=True).content.decode()
    assert made.keys.count() == 2


def test_neither_mode_nor_marketplace_of_a_client_changes(client: Client) -> None:
    made = make_client("listings:read")
    client.force_login(make_person("operator"))
    other = make_marketplace("other")
    said = {"marketplace": other.pk, "name": "새 이름", "scopes": ["orders:read"], "is_test": "on", "is_active": "on"}
    client.post(reverse("admin:accounts_apiclient_change", args=[made.pk]), said)
    made.refresh_from_db()
    assert (made.name, made.scopes, made.is_test) == ("새 이름", ["orders:read"], False)
    assert made.marketplace.slug == "market"


def test_a_name_that_is_taken_is_said_beside_the_form(client: Client) -> None:
    made = make_client()
    client.force_login(make_person("operator"))
    said = {"marketplace": made.marketplace_id, "name": made.name, "scopes": ["orders:read"]}
    answer = client.post(reverse("admin:accounts_apiclient_add"), said)
    assert "같은 이름의 API 클라이언트가 이미 있습니다" in answer.content.decode()
    assert ApiClient.objects.count() == 1
