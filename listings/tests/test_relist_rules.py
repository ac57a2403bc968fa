"""Which signs together say that a counterfeit is back."""

from datetime import UTC, datetime

import pytest

from listings.choices import ContentKind, Weakness
from listings.rules import FIRST_VALUES, Likeness, RelistLimits, Sign, counted_signs, days_to_relist

LIMITS = RelistLimits(picture=0.85, backed_picture=0.5, text=0.7)


def image(score: float, weakness: Weakness = Weakness.NONE, *, content: str = "a", shown: str = "b") -> Sign:
    return Sign(ContentKind.IMAGE, content, shown, score, weakness)


def text(score: float) -> Sign:
    return Sign(ContentKind.TEXT, "t", "u", score, Weakness.NONE)


OWN, COMMON = Weakness.BRANDS_OWN, Weakness.COMMON


@pytest.mark.parametrize(
    ("signs", "same_seller", "counted"),
    [
        ([image(0.85)], False, [0]),
        ([image(0.84)], False, []),
        ([image(0.84)], True, [0]),
        ([image(0.49)], True, []),
        ([image(0.6), text(0.9)], False, [1, 0]),
        ([image(0.6), text(0.69)], False, []),
        ([text(0.7)], False, [0]),
        ([text(0.69)], True, []),
        ([image(0.6, content="a", shown="c"), image(0.6, content="b", shown="d")], False, [0, 1]),
        ([image(0.6, content="a", shown="c"), image(0.6, content="b", shown="c")], False, []),
        ([image(0.6, content="a", shown="c"), image(0.6, content="a", shown="d")], False, []),
        ([image(1.0, OWN)], False, []),
        ([image(1.0, OWN)], True, [0]),
        ([image(0.8, OWN)], True, []),
        ([image(1.0, OWN), text(0.9)], False, [1, 0]),
        ([image(1.0, OWN, content="a", shown="c"), image(1.0, OWN, content="b", shown="d")], False, []),
        ([image(1.0, COMMON)], True, []),
        ([image(1.0, COMMON), text(0.9)], False, [1, 0]),
        ([image(1.0, COMMON), image(0.9, content="b", shown="d")], False, [1]),
        ([], True, []),
    ],
)
def test_which_signs_count(signs: list[Sign], same_seller: bool, counted: list[int]) -> None:
    found = counted_signs(
        signs, likeness=Likeness(is_same_seller=same_seller, of_titles=True, names_brand=False), limits=LIMITS
    )

    assert found == [signs[place] for place in counted]


@pytest.mark.parametrize(
    ("sign", "counts"),
    [
        (image(0.5), True),
        (image(0.49), False),
        (image(1.0, OWN), False),
        (image(1.0, COMMON), False),
        (text(0.69), False),
    ],
)
def test_the_name_of_the_brand_backs_a_sellers_own_picture_alone(sign: Sign, counts: bool) -> None:
    found = counted_signs(
        [sign], likeness=Likeness(is_same_seller=False, of_titles=False, names_brand=True), limits=LIMITS
    )

    assert found == ([sign] if counts else [])


@pytest.mark.parametrize(
    ("likeness", "counts"),
    [
        (Likeness(is_same_seller=True, of_titles=True, names_brand=False), True),
        (Likeness(is_same_seller=True, of_titles=False, names_brand=True), False),
        (Likeness(is_same_seller=False, of_titles=False, names_brand=True), True),
        (Likeness(is_same_seller=False, of_titles=False, names_brand=False), False),
    ],
)
def test_a_text_under_other_goods_is_the_shops_own(likeness: Likeness, counts: bool) -> None:
    assert bool(counted_signs([text(1.0)], likeness=likeness, limits=LIMITS)) is counts


def test_days_are_never_negative() -> None:
    early, late = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)

    assert days_to_relist(taken_down_at=early, shown_at=late) == 59
    assert days_to_relist(taken_down_at=late, shown_at=early) == 0


def test_the_house_has_first_values_for_all_of_it() -> None:
    names = {name for name in FIRST_VALUES if name.startswith("relist_")}

    assert names == {
        "relist_picture_score",
        "relist_backed_picture_score",
        "relist_text_share",
        "relist_text_letters",
        "relist_title_likeness",
        "relist_common_listings",
        "relist_originals_named",
    }
