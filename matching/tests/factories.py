"""Drawn pictures and small engines. No file is needed; the same seed draws the same picture."""

import io
import random
from collections.abc import Iterable
from pathlib import Path

from PIL import Image, ImageDraw

from matching import BrandSpelling, Engine, PictureFingerprint, ReferencePicture, Snapshot, fingerprint_picture

SPELLINGS = (
    BrandSpelling("damwhaon", "담화온"),
    BrandSpelling("damwhaon", "Damwhaon"),
    BrandSpelling("niok", "놀이코"),
    BrandSpelling("niok", "Niok"),
    BrandSpelling("morustay", "모루스테이"),
    BrandSpelling("meongdang", "멍당이"),
    BrandSpelling("lamsong", "Lamsong"),
    BrandSpelling("rova", "Rova-Rela"),
    BrandSpelling("laceloft", "The Lace Loft"),
    BrandSpelling("lq", "LQ"),
    BrandSpelling("peach", "Peach"),
    BrandSpelling("gyeol", "결"),
    BrandSpelling("misho", "미쇼"),
    BrandSpelling("vernome", "Vernôme"),
    BrandSpelling("vintor", "Vintor3T"),
)


def product_picture(seed: int, size: tuple[int, int] = (320, 260)) -> Image.Image:
    """A picture with shapes all over it, different for each seed, without a plain border or a symmetry."""
    dice = random.Random(seed)
    width, height = size
    picture = Image.new("RGB", size, _colour(dice))
    pen = ImageDraw.Draw(picture)
    for _ in range(26):
        left, top = dice.randrange(-40, width), dice.randrange(-40, height)
        box = (left, top, left + dice.randrange(20, width // 2), top + dice.randrange(20, height // 2))
        (pen.ellipse if dice.random() < 0.5 else pen.rectangle)(box, fill=_colour(dice))
    for place in range(0, width, 16):
        pen.rectangle((place, 0, place + 8, 6), fill=_colour(dice))
        pen.rectangle((place, height - 7, place + 8, height), fill=_colour(dice))
    for place in range(0, height, 16):
        pen.rectangle((0, place, 6, place + 8), fill=_colour(dice))
        pen.rectangle((width - 7, place, width, place + 8), fill=_colour(dice))
    return picture


def _colour(dice: random.Random) -> tuple[int, int, int]:
    return (dice.randrange(256), dice.randrange(256), dice.randrange(256))


def jpeg(picture: Image.Image, quality: int = 90) -> bytes:
    """The bytes of a JPEG."""
    stream = io.BytesIO()
    picture.convert("RGB").save(stream, "JPEG", quality=quality)
    return stream.getvalue()


def png(picture: Image.Image) -> bytes:
    """The bytes of a PNG."""
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()


def fingerprint(picture: Image.Image) -> PictureFingerprint:
    """The fingerprint of a drawn picture."""
    return fingerprint_picture(jpeg(picture))


def references(count: int) -> list[ReferencePicture]:
    """`count` references of three brands."""
    return [
        ReferencePicture(f"ref-{seed}", f"brand-{seed % 3}", fingerprint(product_picture(seed)))
        for seed in range(count)
    ]


def engine(
    directory: Path,
    *,
    pictures: Iterable[ReferencePicture] = (),
    spellings: Iterable[BrandSpelling] = SPELLINGS,
    clean_titles: Iterable[str] = (),
) -> Engine:
    """An engine over a snapshot that was just built."""
    return Engine(Snapshot.build(directory, pictures=pictures, spellings=spellings, clean_titles=clean_titles))
