"""Word marks in Latin letters, each brand's in a manner of its own, from the font that Pillow brings with it."""

from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from portal.demo.pictures.palettes import Colour


@dataclass(frozen=True, slots=True)
class MarkStyle:
    """How a brand writes its name: space between letters, weight, slant, and what stands around it."""

    spacing: float = 0.08
    weight: int = 0
    slant: float = 0.0
    frame: str = ""
    lower: bool = False


_SIZE = 72


@lru_cache(maxsize=128)
def word_mark(text: str, style: MarkStyle, colour: Colour) -> Image.Image:
    """The mark on a transparent ground."""
    shown = text.lower() if style.lower else text
    font = ImageFont.load_default(_SIZE)
    gap = style.spacing * _SIZE
    width = sum(font.getlength(letter) + gap for letter in shown) - gap
    image = Image.new("RGBA", (round(width) + _SIZE, round(_SIZE * 1.7)), (*colour, 0))
    pen = ImageDraw.Draw(image)
    left = _SIZE / 2
    for letter in shown:
        pen.text((left, _SIZE * 0.36), letter, font=font, fill=(*colour, 255), stroke_width=style.weight)
        left += font.getlength(letter) + gap
    _frame(pen, image.size, style.frame, colour)
    return _slanted(image, style.slant) if style.slant else image


def _frame(pen: ImageDraw.ImageDraw, size: tuple[int, int], frame: str, colour: Colour) -> None:
    width, height = size
    ink = (*colour, 255)
    if frame == "box":
        pen.rectangle((4, 6, width - 5, height - 7), outline=ink, width=6)
    elif frame == "pill":
        pen.rounded_rectangle((4, 6, width - 5, height - 7), radius=height // 2, outline=ink, width=6)
    elif frame == "line":
        pen.rectangle((_SIZE // 2, height - 14, width - _SIZE // 2, height - 8), fill=ink)
    elif frame == "lines":
        for top in (8, height - 14):
            pen.rectangle((_SIZE // 2, top, width - _SIZE // 2, top + 5), fill=ink)


def _slanted(image: Image.Image, slant: float) -> Image.Image:
    shift = abs(slant) * image.height
    wide = Image.new("RGBA", (image.width + round(shift), image.height), (*image.getpixel((0, 0))[:3], 0))  # type: ignore[index]
    wide.paste(image, (round(shift), 0))
    matrix = (1, slant, (shift - slant * image.height) / 2 if slant < 0 else 0, 0, 1, 0)
    return wide.transform(wide.size, Image.Transform.AFFINE, matrix, Image.Resampling.BICUBIC)
