"""What sellers do to a picture that is not theirs, each kind by its name. The same dice give the same pictures."""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageOps

Picture = Image.Image
_WHITE: Final = (255, 255, 255)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an alteration may draw on: chance, and unrelated pictures to stand beside."""

    dice: Random
    others: Sequence[Picture]


Alteration = Callable[[Picture, Surroundings], Picture]


def alter(kind: str, picture: Picture, around: Surroundings) -> bytes:
    """The altered picture as a JPEG file, as it would be uploaded."""
    altered = KINDS[kind](picture, around)
    return as_jpeg(altered, quality=35 if kind == "recompress" else 85)


def as_jpeg(picture: Picture, *, quality: int = 85) -> bytes:
    """The picture as a JPEG file."""
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=quality)
    return out.getvalue()


def flat(picture: Picture) -> Picture:
    """The picture without transparency, on white, as a product page shows it."""
    if picture.mode in ("RGBA", "LA", "P"):
        picture = picture.convert("RGBA")
        ground = Image.new("RGBA", picture.size, (*_WHITE, 255))
        return Image.alpha_composite(ground, picture).convert("RGB")
    return picture.convert("RGB")


def _same(picture: Picture, _: Surroundings) -> Picture:
    return picture


def _resize(picture: Picture, _: Surroundings) -> Picture:
    return picture.resize((picture.width * 6 // 10, picture.height * 6 // 10), Image.Resampling.LANCZOS)


def _mirror(picture: Picture, _: Surroundings) -> Picture:
    return ImageOps.mirror(picture)


def _quarter_turn(picture: Picture, around: Surroundings) -> Picture:
    turn = around.dice.choice((Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_270))
    return picture.transpose(turn)


def _turned(degrees: float) -> Alteration:
    def turn(picture: Picture, around: Surroundings) -> Picture:
        angle = degrees * around.dice.choice((-1, 1))
        return picture.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=_WHITE)

    return turn


def _border(picture: Picture, around: Surroundings) -> Picture:
    width = max(picture.size) // 8
    return ImageOps.expand(picture, width, around.dice.choice(("white", "black", "#d8345f")))


def _cropped(share: float) -> Alteration:
    """A window of that share of each side, somewhere in the picture."""

    def crop(picture: Picture, around: Surroundings) -> Picture:
        width, height = int(picture.width * share), int(picture.height * share)
        left = around.dice.randint(0, picture.width - width)
        top = around.dice.randint(0, picture.height - height)
        return picture.crop((left, top, left + width, top + height))

    return crop


def _brightness(picture: Picture, around: Surroundings) -> Picture:
    return ImageEnhance.Brightness(picture).enhance(around.dice.choice((0.65, 1.4)))


def _contrast(picture: Picture, around: Surroundings) -> Picture:
    return ImageEnhance.Contrast(picture).enhance(around.dice.choice((0.6, 1.6)))


def _colour(picture: Picture, around: Surroundings) -> Picture:
    hue, saturation, value = picture.convert("HSV").split()
    shift = around.dice.randint(40, 120)
    turned = hue.point([(level + shift) % 256 for level in range(256)])
    return Image.merge("HSV", (turned, saturation, value)).convert("RGB")


def _blur(picture: Picture, _: Surroundings) -> Picture:
    return picture.filter(ImageFilter.GaussianBlur(2))


def _noise(picture: Picture, around: Surroundings) -> Picture:
    grain = np.random.default_rng(around.dice.randrange(2**32)).normal(0, 18, (picture.height, picture.width, 3))
    return Image.fromarray(np.clip(np.asarray(picture, dtype=np.float64) + grain, 0, 255).astype(np.uint8))


def _grey(picture: Picture, _: Surroundings) -> Picture:
    return ImageOps.grayscale(picture)


def _watermark(picture: Picture, _: Surroundings) -> Picture:
    """A shop's name, half transparent, all over."""
    sheet = Image.new("RGBA", picture.size, (0, 0, 0, 0))
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(max(14, picture.height // 12))
    for row, top in enumerate(range(0, picture.height, max(1, picture.height // 5))):
        for left in range(-60 * (row % 2), picture.width, max(1, picture.width // 2)):
            pen.text((left, top), "BEST SHOP", font=font, fill=(255, 255, 255, 120))
    return Image.alpha_composite(picture.convert("RGBA"), sheet).convert("RGB")


def _text_over(picture: Picture, _: Surroundings) -> Picture:
    """A banner of a sale across the lower part."""
    out = picture.copy()
    pen, height = ImageDraw.Draw(out), picture.height // 5
    top = picture.height - height - picture.height // 20
    pen.rectangle((0, top, picture.width, top + height), fill="#e02020")
    font = ImageFont.load_default(max(12, height // 2))
    pen.text((picture.width // 20, top + height // 5), "SALE 70% FREE SHIPPING", font=font, fill="white")
    return out


def _emoji(picture: Picture, around: Surroundings) -> Picture:
    """Two round faces stuck on."""
    out = picture.copy()
    pen, size = ImageDraw.Draw(out), min(picture.size) // 5
    for _ in range(2):
        left, top = around.dice.randint(0, picture.width - size), around.dice.randint(0, picture.height - size)
        pen.ellipse((left, top, left + size, top + size), fill="#ffd83d", outline="#c08a00")
        for eye in (0.3, 0.62):
            x, y = left + size * eye, top + size * 0.35
            pen.ellipse((x, y, x + size * 0.1, y + size * 0.14), fill="black")
        pen.arc((left + size * 0.25, top + size * 0.3, left + size * 0.75, top + size * 0.8), 20, 160, fill="black")
    return out


def _collage(picture: Picture, around: Surroundings) -> Picture:
    """One of four pictures of a sheet."""
    sheet = Image.new("RGB", (640, 640), _WHITE)
    four = [*around.dice.sample(list(around.others), 3), picture]
    around.dice.shuffle(four)
    for place, each in enumerate(four):
        sheet.paste(ImageOps.fit(each, (316, 316)), (place % 2 * 324, place // 2 * 324))
    return sheet


def _screenshot(picture: Picture, _: Surroundings) -> Picture:
    """The picture on the page of a shop, on a telephone."""
    screen = Image.new("RGB", (360, 720), "#f4f4f6")
    pen, font = ImageDraw.Draw(screen), ImageFont.load_default(14)
    pen.rectangle((0, 0, 360, 56), fill="#263238")
    pen.text((12, 20), "9:41   my shop", font=font, fill="white")
    shown = ImageOps.contain(picture, (328, 420))
    screen.paste(shown, ((360 - shown.width) // 2, 72))
    for row in range(4):
        pen.text((16, 72 + shown.height + 16 + row * 24), "Free shipping, 1,204 sold", font=font, fill="black")
    pen.rectangle((16, 664, 344, 706), fill="#e53935")
    return screen


def _perspective(picture: Picture, around: Surroundings) -> Picture:
    """Photographed from the side."""
    width, height = picture.size
    lean = 0.12 * around.dice.choice((-1, 1))
    left, right = (lean, 0.0) if lean > 0 else (0.0, -lean)
    seen = [(0, left), (1, right), (1, 1 - right), (0, 1 - left)]
    rows, wanted = [], []
    corners = [(0, 0), (width, 0), (width, height), (0, height)]
    for (left_share, top_share), (u, v) in zip(seen, corners, strict=True):
        x, y = left_share * width, top_share * height
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        wanted += [u, v]
    steps = np.linalg.solve(np.array(rows, dtype=np.float64), np.array(wanted, dtype=np.float64))
    return picture.transform(
        picture.size, Image.Transform.PERSPECTIVE, steps.tolist(), Image.Resampling.BICUBIC, fillcolor=_WHITE
    )


def _stretch(picture: Picture, around: Surroundings) -> Picture:
    wide, high = around.dice.choice(((1.3, 1.0), (1.0, 1.3)))
    return picture.resize((int(picture.width * wide), int(picture.height * high)), Image.Resampling.BICUBIC)


KINDS: Final[Mapping[str, Alteration]] = {
    "same file": _same,
    "recompress": _same,
    "resize": _resize,
    "mirror": _mirror,
    "rotate 90": _quarter_turn,
    "rotate 5": _turned(5),
    "rotate 15": _turned(15),
    "border": _border,
    "crop 80": _cropped(0.8),
    "crop 60": _cropped(0.6),
    "brightness": _brightness,
    "contrast": _contrast,
    "colour": _colour,
    "blur": _blur,
    "noise": _noise,
    "grey": _grey,
    "watermark": _watermark,
    "text over": _text_over,
    "emoji": _emoji,
    "collage": _collage,
    "screenshot": _screenshot,
    "perspective": _perspective,
    "stretch": _stretch,
}
