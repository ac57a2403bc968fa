"""Fingerprints: bytes come back, variants are exact, odd bytes are refused."""

import io
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from matching import BrokenFingerprint, PictureFingerprint, UnreadablePicture, fingerprint_picture
from matching.fingerprint import HASH_BYTES, VARIANTS
from matching.tests.factories import fingerprint, jpeg, png, product_picture

some_seeds = settings(max_examples=15, deadline=None)


def distance(one: bytes, other: bytes) -> int:
    return int(np.bitwise_count(np.frombuffer(one, np.uint8) ^ np.frombuffer(other, np.uint8)).sum())


def variant(print_: PictureFingerprint, place: int) -> bytes:
    return print_.whole[place * HASH_BYTES : (place + 1) * HASH_BYTES]


def transformed(picture: Image.Image, rotation: int, *, mirrored: bool) -> Image.Image:
    """First mirrored, then turned clockwise: what a `Transform` says."""
    first = ImageOps.mirror(picture) if mirrored else picture
    return first.rotate(-rotation, expand=True)


@some_seeds
@given(st.integers(0, 10_000), st.integers(0, 40), st.sampled_from(["white", "black", "#c03060"]))
def test_bytes_give_the_same_fingerprint_back(seed: int, border: int, colour: str) -> None:
    one = fingerprint(ImageOps.expand(product_picture(seed), border, colour))
    assert PictureFingerprint.from_bytes(one.to_bytes()) == one


@some_seeds
@given(st.integers(0, 10_000))
def test_each_variant_is_the_hash_of_the_picture_so_transformed(seed: int) -> None:
    picture = product_picture(seed)
    of_picture = fingerprint_picture(png(picture))
    for place, (rotation, mirrored) in enumerate(VARIANTS):
        turned = fingerprint_picture(png(transformed(picture, rotation, mirrored=mirrored)))
        assert distance(variant(of_picture, place), variant(turned, 0)) <= 4


@some_seeds
@given(st.integers(0, 10_000))
def test_a_picture_mirrored_twice_has_the_fingerprint_it_had(seed: int) -> None:
    picture = product_picture(seed)
    assert fingerprint_picture(png(ImageOps.mirror(ImageOps.mirror(picture)))) == fingerprint_picture(png(picture))


def test_the_same_bytes_give_the_same_fingerprint() -> None:
    data = jpeg(product_picture(3))
    assert fingerprint_picture(data) == fingerprint_picture(data)


def test_size_and_quality_are_those_of_the_picture() -> None:
    one = fingerprint(product_picture(1, size=(640, 400)))
    assert (one.width, one.height) == (640, 400)
    assert one.quality == 100
    assert fingerprint(Image.new("RGB", (300, 300), "white")).quality == 0


def test_stored_bytes_have_the_length_that_is_said() -> None:
    assert len(fingerprint(product_picture(5)).to_bytes()) == 298
    assert len(fingerprint(ImageOps.expand(product_picture(5), 40, "white")).to_bytes()) == 554


def test_transparent_parts_count_as_white() -> None:
    glass = product_picture(7).convert("RGBA")
    glass.paste((0, 0, 0, 0), (40, 40, 200, 160))
    white = Image.new("RGBA", glass.size, "white")
    white.alpha_composite(glass)
    assert distance(fingerprint_picture(png(glass)).whole, fingerprint_picture(png(white)).whole) == 0


@pytest.mark.parametrize("mode", ["L", "P", "1", "LA", "RGBA", "CMYK", "I;16"])
def test_every_mode_that_a_working_copy_may_have_is_read(mode: str) -> None:
    grey = product_picture(9).convert("L")
    if mode == "I;16":
        picture = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    else:
        picture = product_picture(9).convert(mode)
    data = jpeg_of(picture) if mode == "CMYK" else png(picture)
    assert fingerprint_picture(data).width == 320


def jpeg_of(picture: Image.Image) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "JPEG")
    return stream.getvalue()


def test_orientation_of_the_camera_is_followed() -> None:
    picture = product_picture(11)
    stream = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    picture.rotate(90, expand=True).save(stream, "JPEG", exif=exif, quality=90)
    one = fingerprint_picture(stream.getvalue())
    assert (one.width, one.height) == picture.size
    assert distance(variant(one, 0), variant(fingerprint(picture), 0)) <= 6


@pytest.mark.parametrize(
    "data",
    [b"", b"no picture", jpeg(product_picture(1))[:900], png(product_picture(1))[:2_000], b"GIF89a" + bytes(30)],
    ids=["empty", "text", "cut jpeg", "cut png", "broken gif"],
)
def test_odd_bytes_are_unreadable(data: bytes) -> None:
    with pytest.raises(UnreadablePicture):
        fingerprint_picture(data)


def test_more_pixels_than_a_working_copy_has_are_refused_before_decoding() -> None:
    with pytest.raises(UnreadablePicture, match="pixels"):
        fingerprint_picture(png(Image.new("1", (9_000, 9_000))))


def test_one_pixel_is_a_picture_without_quality() -> None:
    assert fingerprint_picture(png(Image.new("RGB", (1, 1), "red"))).quality == 0


@pytest.mark.parametrize("change", [lambda _: b"", lambda b: b[:-1], lambda b: b + b"x", lambda b: b"XXXX" + b[4:]])
def test_foreign_bytes_are_no_fingerprint(change: Callable[[bytes], bytes]) -> None:
    with pytest.raises(BrokenFingerprint):
        PictureFingerprint.from_bytes(change(fingerprint(product_picture(2)).to_bytes()))
