"""Listings and sellers over the API."""

import json
from datetime import timedelta
from typing import Any

import pytest

from accounts.tests.api import Api, make_client
from accounts.tests.factories import make_marketplace
from core.models import Job, JournalEntry
from listings.models import Listing
from listings.tests.factories import make_listing
from sellers.models import Seller
from sellers.tests.factories import make_seller

pytestmark = pytest.mark.django_db


def listing(number: str = "item-1", **more: Any) -> dict[str, Any]:
    said = {
        "id": number,
        "url": f"https://market.example/item/{number}",
        "title": "가죽 지갑",
        "price_minor": 12900,
        "currency": "KRW",
        "seller": {"id": "shop-1", "name": "한빛상점"},
    }
    return said | more


def test_a_listing_comes_in_with_its_seller_and_is_owed_a_look() -> None:
    api = Api(make_client())
    answer = api.post("listings", {"items": [listing(seller={"id": "s", "name": "상점", "email": "a@b.example"})]})
    assert (answer.status, answer.json["counts"]) == (200, {"created": 1})
    assert answer.json["results"] == [{"index": 0, "id": "item-1", "outcome": "created", "version": 1}]
    row = Listing.objects.get()
    assert (row.external_id, row.seller.email) == ("item-1", "a@b.example")
    assert row.current_version is not None and row.current_version.price_minor == 12900
    assert [job.payload for job in Job.objects.filter(kind="listings.screen")] == [
        {"versions": [row.current_version_id]}
    ]
    entry = JournalEntry.objects.get(verb="listings.listing.imported")
    assert entry.actor_kind == "api_client"


def test_the_same_again_is_unchanged_and_another_price_a_new_version() -> None:
    api = Api(make_client())
    outcomes = [api.post("listings", {"items": [listing(price_minor=price)]}).json["results"][0] for price in (1, 1, 2)]
    assert [(each["outcome"], each["version"]) for each in outcomes] == [
        ("created", 1),
        ("unchanged", 1),
        ("changed", 2),
    ]


BAD = [
    ({"title": 1}, "/title", "invalid"),
    ({"title": " "}, "/title", "blank"),
    ({"title": "a\0b"}, "/title", "null_characters_not_allowed"),
    ({"title": "x" * 501}, "/title", "max_length"),
    ({"price_minor": "12900"}, "/price_minor", "invalid"),
    ({"price_minor": -1}, "/price_minor", "min_value"),
    ({"price_minor": 10**400}, "/price_minor", "max_value"),
    ({"price_minor": 1.5}, "/price_minor", "invalid"),
    ({"price_minor": True}, "/price_minor", "invalid"),
    ({"currency": "ZZZ"}, "/currency", "invalid_choice"),
    ({"currency": ["KRW"]}, "/currency", "invalid_choice"),
    ({"posted_at": "2026-11-25T09:00:00"}, "/posted_at", "invalid_time"),
    ({"posted_at": "0001-01-01T00:00:00+14:00"}, "/posted_at", "invalid_time"),
    ({"url": "javascript:alert(1)"}, "/url", "invalid_address"),
    ({"seller": {"id": "s"}}, "/seller/name", "required"),
    ({"seller": {"id": "s", "name": "n", "time_zone": "Asia/Nowhere"}}, "/seller/time_zone", "unknown_time_zone"),
    ({"images": [{}]}, "/images/0", "one_of"),
    ({"images": [{"sha256": "0" * 63}]}, "/images/0/sha256", "invalid_digest"),
    ({"preis": 1}, "/preis", "unknown_field"),
]


@pytest.mark.parametrize(("change", "pointer", "code"), BAD)
def test_a_bad_item_is_refused_by_itself(change: dict[str, Any], pointer: str, code: str) -> None:
    answer = Api(make_client()).post("listings", {"items": [listing(**change), listing("item-2")]})
    first, second = answer.json["results"]
    assert (first["outcome"], second["outcome"]) == ("refused", "created")
    fault = first["problem"]["errors"][0]
    assert (fault["pointer"], fault["code"]) == (f"/items/0{pointer}", code)
    assert fault["ko"] and fault["detail"].isascii()
    assert list(Listing.objects.values_list("external_id", flat=True)) == ["item-2"]


def test_a_lone_surrogate_is_refused_where_it_stands() -> None:
    body = json.dumps({"items": [listing(description="?")]}).replace('"?"', '"\\ud800"')
    first = Api(make_client()).post("listings", body).json["results"][0]
    assert first["problem"]["errors"][0]["pointer"] == "/items/0/description"


def test_an_item_that_is_none_is_refused_by_itself() -> None:
    answer = Api(make_client()).post("listings", {"items": [1, None, "x", [], listing()]})
    assert [each["outcome"] for each in answer.json["results"]] == ["refused"] * 4 + ["created"]


def test_the_same_number_twice_in_one_request_is_refused_the_second_time() -> None:
    results = Api(make_client()).post("listings", {"items": [listing(), listing(price_minor=5)]}).json["results"]
    assert [each["outcome"] for each in results] == ["created", "refused"]
    assert results[1]["problem"]["errors"][0]["code"] == "doubled"


def test_another_sellers_listing_is_refused_with_its_code() -> None:
    api = Api(make_client())
    api.post("listings", {"items": [listing()]})
    answer = api.post("listings", {"items": [listing(seller={"id": "other", "name": "다른 상점"})]})
    assert answer.json["results"][0]["problem"]["code"] == "seller_changed"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("{", 400, "malformed"),
        ("[]", 400, "malformed"),
        ('{"items": [NaN]}', 400, "malformed"),
        ('{"items": [], "items": []}', 400, "malformed"),
        (b'{"items": ["\xff"]}', 400, "malformed"),
        ("[" * 100_000, 400, "malformed"),
        ("1" * 5_000, 400, "malformed"),
        ("{}", 422, "validation_failed"),
        ('{"items": []}', 422, "validation_failed"),
        ('{"items": {}}', 422, "validation_failed"),
        ('{"items": [{}], "more": 1}', 422, "validation_failed"),
        (json.dumps({"items": [1] * 1_001}), 422, "validation_failed"),
        (b"x" * (8 * 1024 * 1024 + 1), 413, "too_large"),
    ],
)
def test_a_request_that_cannot_be_used_is_refused_as_a_whole(body: str | bytes, status: int, code: str) -> None:
    answer = Api(make_client()).post("listings", body)
    assert (answer.status, answer.code) == (status, code)
    assert answer.json["ko"]["detail"]
    assert not Listing.objects.exists()


def test_listings_are_read_back_page_by_page_without_a_gap(django_assert_max_num_queries: Any, settle: Any) -> None:
    api = Api(make_client())
    api.post("listings", {"items": [listing(f"item-{number}") for number in range(7)]})
    settle()
    seen, cursor = [], ""
    while True:
        with django_assert_max_num_queries(16):
            answer = api.get("listings", limit=3, **({"cursor": cursor} if cursor else {}))
        seen += [row["id"] for row in answer.json["items"]]
        cursor = answer.json["cursor"]
        if not answer.json["has_more"]:
            break
    assert seen == [f"item-{number}" for number in range(7)]
    # From the last cursor on: nothing, and the cursor stays good.
    later = api.get("listings", cursor=cursor)
    assert (later.json["items"], later.json["cursor"]) == ([], cursor)


@pytest.fixture
def settle(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The seconds that the youngest changes are kept back have passed."""

    def passed() -> None:
        monkeypatch.setattr("accounts.api.paging._SETTLING", timedelta(seconds=-10))

    return passed


def test_what_another_marketplace_has_is_not_there() -> None:
    stranger = make_seller(marketplace=make_marketplace("other"))
    make_listing(seller=stranger, external_id="secret-1")
    api = Api(make_client())
    assert api.get("listings/secret-1").status == 404
    assert api.get("listings").json["items"] == []
    assert Seller.objects.exists() and api.get("sellers").json["items"] == []


# -- pictures by address ----------------------------------------------------------------------------------------------


def test_a_listing_with_a_picture_by_address_is_expected_and_can_be_followed() -> None:
    api = Api(make_client())
    said = listing(images=[{"url": "https://pictures.example/1.jpg"}])
    result = api.post("listings", {"items": [said]}).json["results"][0]
    assert (result["outcome"], "id" in result) == ("expected", False)
    state = api.get(f"arrivals/{result['arrival']}").json
    assert (state["listing"], state["status"], state["pictures"]["waiting"]) == ("item-1", "waiting", 1)
    assert api.get("listings/item-1").status == 404
    stranger = Api(make_client(marketplace=make_marketplace("other")))
    assert stranger.get(f"arrivals/{result['arrival']}").status == 404


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://127.0.0.1/1.jpg", "private_address"),
        ("http://169.254.169.254/latest/meta-data/", "private_address"),
        ("http://[::1]/1.jpg", "private_address"),
        ("http://pictures.example:22/1.jpg", "port"),
        ("http://user:pass@pictures.example/1.jpg", "bad_address"),
        ("ftp://pictures.example/1.jpg", "invalid_address"),
        ("file:///etc/passwd", "invalid_address"),
    ],
)
def test_an_address_that_leads_inside_is_refused_at_once(url: str, code: str) -> None:
    api = Api(make_client())
    result = api.post("listings", {"items": [listing(images=[{"url": url}])]}).json["results"][0]
    assert [fault["code"] for fault in result["problem"]["errors"]] == [code]
    assert not Listing.objects.exists() and not Seller.objects.exists()
