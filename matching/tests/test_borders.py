"""Plain borders are found, and nothing that is drawn is cut."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageOps

from matching.borders import content_box
from matching.tests.factories import product_picture
from matching.transform import WHOLE


def box_of(picture: Image.Image) -> tuple[float, float, float, float]:
    return content_box(np.asarray(picture.convert("L")))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 500), st.integers(0, 60), st.integers(0, 60), st.sampled_from(["white", "black", "#888888"]))
def test_the_box_is_what_was_padded(seed: int, across: int, along: int, colour: str) -> None:
    picture = product_picture(seed)
    padded = ImageOps.expand(picture, (across, along), colour)
    left, top, right, bottom = box_of(padded)
    pixels = (left * padded.width, top * padded.height, right * padded.width, bottom * padded.height)
    expected = (across, along, across + picture.width, along + picture.height)
    assert pixels == pytest.approx(expected, abs=9)


def test_a_picture_without_a_border_stays_whole() -> None:
    assert box_of(product_picture(1)) == WHOLE


def test_a_line_in_a_margin_in_a_frame_comes_off() -> None:
    picture = product_picture(2)
    framed = ImageOps.expand(ImageOps.expand(ImageOps.expand(picture, 12, "white"), 4, "red"), 6, "white")
    assert box_of(framed) == pytest.approx((22 / 364, 22 / 304, 342 / 364, 282 / 304), abs=0.02)


def test_sides_of_different_colours_come_off() -> None:
    picture = product_picture(3)
    page = Image.new("RGB", (picture.width, picture.height + 60), "black")
    ImageDraw.Draw(page).rectangle((0, 0, picture.width, 30), fill="white")
    page.paste(picture, (0, 30))
    assert box_of(page) == pytest.approx((0, 30 / 320, 1, 290 / 320), abs=0.02)


def test_a_plain_picture_and_a_dot_on_a_page_stay_whole() -> None:
    assert box_of(Image.new("RGB", (300, 300), "white")) == WHOLE
    page = Image.new("RGB", (300, 300), "white")
    ImageDraw.Draw(page).rectangle((150, 150, 160, 160), fill="black")
    assert box_of(page) == WHOLE
