"""What sellers of copies do to a brand's picture so that it is not found. Each takes a picture and gives another."""

import io
from collections.abc import Callable, Mapping
from typing import Final

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageOps

from portal.demo.pictures.palettes import WHITE


def mirrored(picture: Image.Image) -> Image.Image:
    return ImageOps.mirror(picture)


def bordered(picture: Image.Image) -> Image.Image:
    """A wide white frame, as export tools put around a picture."""
    return ImageOps.expand(picture, border=picture.width // 7, fill=WHITE)


def mirrored_and_bordered(picture: Image.Image) -> Image.Image:
    return ImageOps.expand(ImageOps.mirror(picture), border=picture.width // 10, fill=(20, 20, 22))


def recompressed(picture: Image.Image) -> Image.Image:
    """Saved again and again at the lowest quality."""
    for quality in (30, 18, 12):
        stream = io.BytesIO()
        picture.save(stream, "JPEG", quality=quality)
        picture = Image.open(io.BytesIO(stream.getvalue())).convert("RGB")
    return picture


def shrunk(picture: Image.Image) -> Image.Image:
    return picture.resize((picture.width // 3, picture.height // 3), Image.Resampling.BILINEAR)


def stretched(picture: Image.Image) -> Image.Image:
    return picture.resize((picture.width, round(picture.height * 0.78)), Image.Resampling.BICUBIC)


def brightened(picture: Image.Image) -> Image.Image:
    return ImageEnhance.Contrast(ImageEnhance.Brightness(picture).enhance(1.35)).enhance(0.85)


def blurred(picture: Image.Image) -> Image.Image:
    return picture.filter(ImageFilter.GaussianBlur(3))


def greyed(picture: Image.Image) -> Image.Image:
    return ImageOps.grayscale(picture).convert("RGB")


def watermarked(picture: Image.Image) -> Image.Image:
    """The shop's own words over the picture."""
    layer = Image.new("RGBA", picture.size, (255, 255, 255, 0))
    pen = ImageDraw.Draw(layer)
    pen.rectangle((0, picture.height * 0.8, picture.width, picture.height * 0.93), fill=(190, 20, 40, 225))
    pen.text(
        (picture.width * 0.08, picture.height * 0.825), "BEST PRICE  SHOP", font=ImageFont.load_default(36), fill=WHITE
    )
    pen.text(
        (picture.width * 0.06, picture.height * 0.05),
        "FREE SHIPPING",
        font=ImageFont.load_default(30),
        fill=(255, 255, 255, 230),
    )
    return Image.alpha_composite(picture.convert("RGBA"), layer).convert("RGB")


def turned(picture: Image.Image) -> Image.Image:
    return picture.transpose(Image.Transpose.ROTATE_90)


def cropped(picture: Image.Image) -> Image.Image:
    """Cut close on two sides."""
    width, height = picture.size
    return picture.crop((round(width * 0.09), round(height * 0.05), width, round(height * 0.93)))


#: By name, with what it is called in Korean.
ALTERATIONS: Final[Mapping[str, tuple[str, Callable[[Image.Image], Image.Image]]]] = {
    "mirrored": ("좌우 반전", mirrored),
    "bordered": ("흰 테두리", bordered),
    "mirrored_and_bordered": ("좌우 반전과 검은 테두리", mirrored_and_bordered),
    "recompressed": ("거친 재압축", recompressed),
    "shrunk": ("3분의 1로 축소", shrunk),
    "stretched": ("가로로 늘림", stretched),
    "brightened": ("밝기와 대비 변경", brightened),
    "blurred": ("흐리게", blurred),
    "greyed": ("흑백", greyed),
    "watermarked": ("판매자 문구 덧씌움", watermarked),
    "turned": ("90도 회전", turned),
    "cropped": ("두 변을 잘라 냄", cropped),
}


def alter(picture: Image.Image, name: str) -> Image.Image:
    """The picture after the alteration of that name."""
    return ALTERATIONS[name][1](picture)
