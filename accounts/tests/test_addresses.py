"""An address names a listing by its marketplace's patterns, whatever else stands in it."""

import pytest

from accounts.addresses import is_address, listing_of
from accounts.models import Marketplace

SHOP = Marketplace(slug="shop", address_patterns=["https://shop.example/item/{id}", "https://shop.example/v?no={id}"])
HTML = Marketplace(slug="html", address_patterns=["https://html.example/item/{id}.html"])
PLACES = (HTML, SHOP)


@pytest.mark.parametrize(
    ("text", "place", "number"),
    [
        ("https://shop.example/item/SB-1", SHOP, "SB-1"),
        ("  http://www.shop.example/item/SB-1/?from=search#reviews ", SHOP, "SB-1"),
        ("m.shop.example/item/SB-1", SHOP, "SB-1"),
        ("https://shop.example/v?no=77", SHOP, "77"),
        ("https://html.example/item/1005.html?spm=a1", HTML, "1005"),
        ("https://shop.example/item/%EA%B0%80", SHOP, "가"),
    ],
)
def test_address_names_marketplace_and_number(text: str, place: Marketplace, number: str) -> None:
    assert listing_of(text, PLACES) == (place, number)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SB-1",
        "https://other.example/item/SB-1",
        "https://shop.example/item/",
        "https://shop.example/items/SB-1",
        "https://shop.example.evil.example/item/SB-1",
        "https://shop.example@evil.example/item/SB-1",
        f"https://shop.example/item/{'9' * 101}",
        "https://html.example/item/1005",
        "https://[::1/item/5",
    ],
)
def test_what_fits_no_pattern_names_nothing(text: str) -> None:
    assert listing_of(text, PLACES) is None


def test_a_number_is_no_address() -> None:
    assert not is_address("SB-1")
    assert is_address("https://shop.example/item/1") and is_address("www.shop.example")
