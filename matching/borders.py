"""Finds the plain border around a picture. Promises a box that never cuts into what is drawn.

A seller pads a brand's picture, puts a frame around it, or frames the same cut-out on white differently; without its
plain border it is the same picture again.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from matching.transform import Box

# Grey levels by which a border may differ from its own edge: the ringing of a strong JPEG next to a sharp edge.
_TOLERANCE: Final = 14
# Share of a line's pixels that must be border for the line to be.
_PLAIN_SHARE: Final = 0.985
# What is left must be a picture still, not a dot on a page.
_LEAST_SHARE: Final = 0.12
_LEAST_PIXELS: Final = 24

# A line in a margin in a frame: more than this nobody draws around a product.
_MOST_FRAMES: Final = 8

Luma = npt.NDArray[np.uint8]
Pixels = tuple[int, int, int, int]


def content_box(luma: Luma) -> Box:
    """The part inside the plain border, as fractions 0..1; the whole picture where there is no border.

    `luma`: grey levels, shape (height, width), 0..255.
    """
    height, width = luma.shape
    least = (max(_LEAST_PIXELS, width * _LEAST_SHARE), max(_LEAST_PIXELS, height * _LEAST_SHARE))
    box = (0, 0, width, height)
    for _ in range(_MOST_FRAMES):
        left, top, right, bottom = inner = _without_border(luma, box)
        if inner == box or right - left < least[0] or bottom - top < least[1]:
            break
        box = inner
    left, top, right, bottom = box
    return (left / width, top / height, right / width, bottom / height)


def _without_border(luma: Luma, box: Pixels) -> Pixels:
    """The box without one plain border."""
    left, top, right, bottom = box
    first, last = _inner_lines(luma[top:bottom, left:right])
    top, bottom = top + first, top + last
    first, last = _inner_lines(luma[top:bottom, left:right].T)
    return left + first, top, left + last, bottom


def _inner_lines(luma: Luma) -> tuple[int, int]:
    """First line that is not border, and one past the last; each end has a border colour of its own."""
    first = _plain_lines(luma)
    if first == len(luma):
        return 0, len(luma)
    return first, len(luma) - _plain_lines(luma[::-1])


def _plain_lines(luma: Luma) -> int:
    """How many lines from the first on are all of the first line's colour."""
    level = float(np.median(luma[0]))
    if (np.abs(luma[0].astype(np.float32) - level) <= _TOLERANCE).mean() < _PLAIN_SHARE:
        return 0
    is_plain = (np.abs(luma.astype(np.float32) - level) <= _TOLERANCE).mean(axis=1) >= _PLAIN_SHARE
    return len(luma) if is_plain.all() else int(is_plain.argmin())
