"""Asking before publishing, over the API."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from accounts.tests.api import Api, make_client
from accounts.tests.factories import make_marketplace
from brands.models import Brand
from core.models import EvidenceFile, JournalEntry
from core.tests import hostile
from core.tests.factories import draw_picture
from listings import engine, reappearances
from listings.models import Listing, PreflightScreening, UploadedPicture
from listings.tests.copies import copy_of, make_copied_brand, mirrored
from sellers.models import Seller
from sellers.tests.factories import make_authorisation, make_seller

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_index(tmp_path: Path, settings: Any) -> Iterator[None]:
    settings.INDEX_ROOT = tmp_path / "index"
    engine.forget_engine()
    reappearances.forget_index()
    yield
    engine.forget_engine()
    reappearances.forget_index()


@pytest.fixture
def brand() -> Brand:
    return make_copied_brand()


def asked(title: str = "가을 크림", **more: Any) -> dict[str, Any]:
    return {"title": title, "price_minor": 12900, "currency": "KRW", "seller": {"id": "shop-1"}} | more


def copied() -> str:
    return base64.b64encode(mirrored(draw_picture(7, size=(400, 400)))).decode()


def test_an_ordinary_listing_passes(brand: Brand) -> None:
    answer = Api(make_client("listings:screen")).post("listings/screen", asked())

    assert (answer.status, answer.json["verdict"], answer.json["findings"]) == (200, "pass", [])
    assert answer.json["id"] == PreflightScreening.objects.get().number
    assert (answer.json["help"], answer.json["send_to"], answer.json["complete"]) == ([], None, True)


def test_a_copy_is_held_with_reasons_and_help_in_both_languages(brand: Brand) -> None:
    body = asked("누.벨.하.니 크림", images=[{"content": copied()}])

    answer = Api(make_client(name="가게 서버")).post("listings/screen", body).json

    assert answer["verdict"] == "stop"
    finding = answer["findings"][0]
    assert (finding["brand"]["id"], finding["verdict"]) == (brand.external_id, "stop")
    assert [reason["code"] for reason in finding["reasons"]] == ["picture_of_brand", "hidden_name"]
    assert finding["reasons"][1]["where"] == {"field": "title", "start": 0, "end": 7, "found": "누.벨.하.니"}
    assert all(each["ko"] and each["en"] for each in [*finding["reasons"], *answer["help"], answer["message"]])
    assert answer["send_to"]["email"]
    assert answer["pictures"][0]["state"] == "compared"
    assert PreflightScreening.objects.get().client == "가게 서버"
    assert JournalEntry.objects.get(verb="listings.preflight.held").actor_kind == "api_client"


def test_nothing_of_the_listing_and_its_seller_comes_in(brand: Brand) -> None:
    before = EvidenceFile.objects.count()

    Api(make_client()).post("listings/screen", asked(images=[{"content": copied()}]))

    assert (Listing.objects.count(), Seller.objects.count(), EvidenceFile.objects.count()) == (0, 0, before)


def test_the_very_object_that_will_be_sent_to_publish_may_be_asked_about(brand: Brand) -> None:
    whole = asked(
        id="item-1",
        url="https://market.example/item-1",
        posted_at="2026-11-25T09:00:00+09:00",
        sold_count=3,
        seller={"id": "shop-1", "name": "한빛상점"},
        images=[{"url": "https://market.example/1.jpg"}],
    )

    answer = Api(make_client()).post("listings/screen", whole).json

    assert (answer["verdict"], answer["complete"]) == ("pass", False)
    assert answer["pictures"] == [{"position": 1, "sha256": None, "state": "pending"}]
    assert PreflightScreening.objects.get().listing_external_id == "item-1"


def test_a_picture_that_was_sent_before_is_named_by_its_digest(brand: Brand) -> None:
    marketplace, file = make_marketplace(), copy_of()
    UploadedPicture.objects.create(marketplace=marketplace, file=file)
    api = Api(make_client(marketplace=marketplace))

    answer = api.post("listings/screen", asked(images=[{"sha256": file.sha256}, {"sha256": "0" * 64}])).json

    assert (answer["verdict"], [each["state"] for each in answer["pictures"]]) == ("stop", ["compared", "unknown"])


def test_an_authorised_seller_of_this_marketplace_passes_and_its_namesake_elsewhere_does_not(brand: Brand) -> None:
    ours, theirs = make_marketplace("ours"), make_marketplace("theirs")
    make_authorisation(make_seller(marketplace=ours, external_id="shop-1"), brand)
    body = asked(images=[{"content": copied()}])

    verdicts = [
        Api(make_client(marketplace=each)).post("listings/screen", body).json["verdict"] for each in (ours, theirs)
    ]

    assert verdicts == ["pass", "stop"]


def test_sent_again_under_its_key_it_is_the_same_answer_and_one_row(brand: Brand) -> None:
    api = Api(make_client())

    first, second = (api.post("listings/screen", asked(), idempotency_key="k-1") for _ in range(2))

    assert first.body == second.body
    assert (second.headers["Idempotent-Replayed"], PreflightScreening.objects.count()) == ("true", 1)


def test_a_client_in_test_mode_is_answered_and_leaves_nothing(brand: Brand) -> None:
    answer = Api(make_client(is_test=True)).post("listings/screen", asked(images=[{"content": copied()}]))

    assert (answer.json["verdict"], answer.headers["Jikimi-Mode"]) == ("stop", "test")
    assert not PreflightScreening.objects.exists()


def test_a_key_without_the_scope_is_refused() -> None:
    answer = Api(make_client("listings:read", "listings:write")).post("listings/screen", asked())

    assert (answer.status, answer.code) == (403, "missing_scope")
    assert not PreflightScreening.objects.exists()


BAD = [
    ({"title": 1}, "/title", "invalid"),
    ({"title": " "}, "/title", "blank"),
    ({"title": "a\0b"}, "/title", "null_characters_not_allowed"),
    ({"title": "x" * 501}, "/title", "max_length"),
    ({"description": "x" * 50_001}, "/description", "max_length"),
    ({"price_minor": "12900"}, "/price_minor", "invalid"),
    ({"price_minor": -1}, "/price_minor", "min_value"),
    ({"price_minor": 10**400}, "/price_minor", "max_value"),
    ({"currency": "ZZZ"}, "/currency", "invalid_choice"),
    ({"seller": {}}, "/seller/id", "required"),
    ({"seller": None}, "/seller", "null"),
    ({"seller": {"id": "x" * 101}}, "/seller/id", "max_length"),
    ({"images": [{}]}, "/images/0", "one_of"),
    ({"images": [{"sha256": "0" * 64, "url": "https://a.example/"}]}, "/images/0", "one_of"),
    ({"images": [{"content": "not base64!"}]}, "/images/0/content", "invalid_base64"),
    ({"images": [{"content": "QQ"}]}, "/images/0/content", "invalid_base64"),
    ({"images": [{"content": 5}]}, "/images/0/content", "invalid_base64"),
    ({"images": [{"content": ""}]}, "/images/0/content", "invalid_base64"),
    ({"images": [{"content": "가"}]}, "/images/0/content", "invalid_base64"),
    ({"images": [{"content": None}]}, "/images/0/content", "null"),
    ({"images": [{"url": 1}]}, "/images/0/url", "invalid"),
    ({"seller": {"id": "s", "shop": 1}}, "/seller/shop", "unknown_field"),
    ({"images": [{"sha256": "0"}]}, "/images/0/sha256", "invalid_digest"),
    ({"images": [1]}, "/images/0", "invalid"),
    ({"images": [{"content": "QUJD"}] * 101}, "/images", "max_length"),
    ({"verdict": "pass"}, "/verdict", "unknown_field"),
]


@pytest.mark.parametrize(("change", "pointer", "code"), BAD)
def test_what_cannot_be_asked_about_is_refused_where_it_stands(change: dict[str, Any], pointer: str, code: str) -> None:
    answer = Api(make_client()).post("listings/screen", asked(**change))

    assert (answer.status, answer.code) == (422, "validation_failed")
    assert (pointer, code) in answer.faults
    assert not PreflightScreening.objects.exists()


def test_a_lone_surrogate_is_refused_where_it_stands() -> None:
    body = json.dumps(asked(description="?")).replace('"?"', '"\\ud800"')

    answer = Api(make_client()).post("listings/screen", body)

    assert (answer.status, answer.faults) == (422, [("/description", "surrogate_characters_not_allowed")])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (hostile.HTML, "wrong_kind"),
        (hostile.pdf(), "wrong_kind"),
        (hostile.phone_jpeg()[:-40], "damaged"),
        (hostile.png_that_claims(60_000, 60_000), "too_many_pixels"),
        (hostile.png_bomb(7_000, 7_000), "ok"),
    ],
)
def test_hostile_pictures_are_refused_in_words_or_looked_at_safely(content: bytes, code: str) -> None:
    body = asked(images=[{"content": base64.b64encode(content).decode()}])

    answer = Api(make_client()).post("listings/screen", body)

    if code == "ok":
        assert (answer.status, answer.json["verdict"]) == (200, "pass")
        return
    assert (answer.status, answer.code) == (422, "refused")
    assert code in answer.json["detail"]
    assert "사진 1" in answer.json["ko"]["detail"]
    assert not PreflightScreening.objects.exists()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"x" * (8 * 1024 * 1024 + 1), 413),
        (b"[]", 400),
        (b"{", 400),
        (b'{"title": NaN}', 400),
        (b"", 422),
        (b"{}", 422),
    ],
)
def test_a_body_that_is_none_is_refused(body: bytes, status: int) -> None:
    assert Api(make_client()).post("listings/screen", body).status == status
    assert not PreflightScreening.objects.exists()


def test_one_listing_is_asked_about_and_not_many() -> None:
    answer = Api(make_client()).post("listings/screen", {"items": [asked()]})

    assert (answer.status, answer.code) == (422, "validation_failed")
    assert ("/items", "unknown_field") in answer.faults


def test_the_answer_is_what_the_description_says(brand: Brand) -> None:
    api = Api(make_client())
    schema = json.loads(api.http.get("/api/schema/").content)
    shapes = schema["components"]["schemas"]

    answer = api.post("listings/screen", asked("누.벨.하.니 크림", images=[{"content": copied()}])).json

    assert set(answer) == set(shapes["ScreenAnswer"]["properties"])
    assert set(answer["findings"][0]) == set(shapes["ScreenFinding"]["properties"])
    assert set(answer["findings"][0]["reasons"][0]) == set(shapes["ScreenReason"]["properties"])
    assert set(answer["help"][0]) == set(shapes["ScreenHelp"]["properties"])
    assert set(answer["send_to"]) == set(shapes["ScreenSendTo"]["properties"])
    assert set(answer["pictures"][0]) == set(shapes["ScreenPicture"]["properties"])
