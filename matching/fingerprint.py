"""Fingerprints of pictures. Promises one decode a picture, fixed bytes, and variants that are exact under mirror and
turn.

Source of the method: PDQ (Meta, "The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm", 2019). One
thing differs from Meta's own resizing: PDQ takes every fourth pixel of a
filtered picture from an offset that is not the middle, so that the hash of a mirrored picture is 27 to 40 of 256 bits
away from the mirrored hash. Here the picture comes down to 64 x 64 by a symmetric filter first, which brings that to
under 1 bit, cuts the noise of a recompression from 16 to 5 bits, and takes a quarter of the time. The hashes are
therefore not those of other PDQ lists.
"""

import io
import struct
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt
import pdqhash
from PIL import Image

from matching.borders import content_box
from matching.errors import BrokenFingerprint, UnreadablePicture
from matching.transform import WHOLE, Box

HASH_BYTES: Final = 32
VARIANT_COUNT: Final = 8
# (rotation clockwise after mirroring, mirrored) of each variant, in the order in which they are stored.
VARIANTS: Final = ((0, False), (90, False), (180, False), (270, False), (0, True), (90, True), (180, True), (270, True))
# Where pdqhash.compute_dihedral puts each of them.
_DIHEDRAL_ORDER: Final = (0, 3, 2, 1, 5, 7, 4, 6)

# The decoder halves until it would fall under this: 800 pixels are decoded at 200, in half the time of the whole.
_DECODE_SIDE: Final = 192
_HASH_SIDE: Final = 64
# A safe working copy is far smaller; more is no working copy, and the decoder's memory stays bounded.
_MOST_PIXELS: Final = 64_000_000
_ORIENTATION_TAG: Final = 0x0112
_UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIDEWAYS: Final = {
    Image.Transpose.TRANSPOSE,
    Image.Transpose.ROTATE_270,
    Image.Transpose.TRANSVERSE,
    Image.Transpose.ROTATE_90,
}
_HEADER: Final = struct.Struct(">4sHHBB4d")
_MAGIC: Final = b"JPF2"
_HASHES_BYTES: Final = VARIANT_COUNT * HASH_BYTES

Luma = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class PictureFingerprint:
    """What is kept of a picture to find it again.

    `width`, `height`: pixels of the picture, upright. `quality`: 0..100, how much there is to hash (PDQ's measure;
    under about 30 the picture is nearly plain). `trim_box`: what is left inside a plain border, as fractions 0..1, the
    whole picture where there is none. `whole` and `trimmed`: eight PDQ hashes of 32 bytes each, of the whole picture
    and of the part in `trim_box`, one for each of `VARIANTS`.
    """

    width: int
    height: int
    quality: int
    trimmed_quality: int
    trim_box: Box
    whole: bytes
    trimmed: bytes

    @property
    def is_trimmed(self) -> bool:
        """True where a plain border was found."""
        return self.trim_box != WHOLE

    def to_bytes(self) -> bytes:
        """Fixed bytes: 298 without a border, 554 with one."""
        header = _HEADER.pack(
            _MAGIC,
            min(self.width, 0xFFFF),
            min(self.height, 0xFFFF),
            self.quality,
            self.trimmed_quality,
            *self.trim_box,
        )
        return header + self.whole + (self.trimmed if self.is_trimmed else b"")

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Reads what `to_bytes` wrote. Raises `BrokenFingerprint` (a ValueError) for anything else."""
        if len(data) < _HEADER.size or data[:4] != _MAGIC:
            raise BrokenFingerprint("not a picture fingerprint of this engine")
        _, width, height, quality, trimmed_quality, left, top, right, bottom = _HEADER.unpack_from(data)
        trim_box: Box = (left, top, right, bottom)
        hashes = data[_HEADER.size :]
        if len(hashes) != _HASHES_BYTES * (1 if trim_box == WHOLE else 2):
            raise BrokenFingerprint("the fingerprint is cut short or too long")
        whole, trimmed = hashes[:_HASHES_BYTES], hashes[-_HASHES_BYTES:]
        return cls(width, height, quality, trimmed_quality, trim_box, whole, trimmed)


def fingerprint_picture(data: bytes) -> PictureFingerprint:
    """Fingerprints a safe working copy (JPEG or PNG as the intake wrote it).

    Decodes once, as small as the format allows and the hashes need. Transparent parts count as white. Raises
    `UnreadablePicture` for anything that cannot be decoded whole.
    """
    luma, (width, height) = _read_luma(data)
    trim_box = content_box(np.asarray(luma))
    whole, quality = _hashes(luma, WHOLE)
    trimmed, trimmed_quality = (whole, quality) if trim_box == WHOLE else _hashes(luma, trim_box)
    return PictureFingerprint(
        min(width, 0xFFFF), min(height, 0xFFFF), quality, trimmed_quality, trim_box, whole, trimmed
    )


def _read_luma(data: bytes) -> tuple[Image.Image, tuple[int, int]]:
    """The picture in grey, upright, its shorter side near 192 pixels or up to twice that; and the size that it is shown
    at.
    """
    try:
        with Image.open(io.BytesIO(data)) as picture:
            width, height = picture.size
            if width * height > _MOST_PIXELS:
                raise UnreadablePicture(f"{width} x {height} pixels are more than a working copy has")
            picture.draft("L", (_DECODE_SIDE, _DECODE_SIDE))
            turn = _UPRIGHT.get(picture.getexif().get(_ORIENTATION_TAG, 1)) if picture.format == "JPEG" else None
            luma = _to_luma(picture)
    except UnreadablePicture:
        raise
    # Pillow's decoders raise nearly anything for odd bytes; the caller has one question only: can it be read?
    except Exception as error:
        raise UnreadablePicture(f"the picture cannot be decoded: {error}") from error
    if turn is None:
        return luma, (width, height)
    size = (height, width) if turn in _SIDEWAYS else (width, height)
    return luma.transpose(turn), size


def _to_luma(picture: Image.Image) -> Image.Image:
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        coloured = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", coloured.size, "white"), coloured)
    if picture.mode.startswith("I;16"):
        picture = Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8))
    luma = picture.convert("L")
    scale = _DECODE_SIDE / min(luma.size)
    if scale > 0.5:
        return luma
    size = (max(1, round(luma.width * scale)), max(1, round(luma.height * scale)))
    return luma.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)


def _hashes(luma: Image.Image, box: Box) -> tuple[bytes, int]:
    """The eight PDQ hashes and the quality of the part of the picture in the box."""
    width, height = luma.size
    pixels = (box[0] * width, box[1] * height, box[2] * width, box[3] * height)
    small = luma.resize((_HASH_SIDE, _HASH_SIDE), Image.Resampling.BILINEAR, box=pixels)
    hashes, quality = pdqhash.compute_dihedral(np.repeat(np.asarray(small)[:, :, None], 3, axis=2))
    ordered = np.stack([hashes[place] for place in _DIHEDRAL_ORDER]).astype(np.uint8)
    return np.packbits(ordered, axis=1).tobytes(), int(quality)
