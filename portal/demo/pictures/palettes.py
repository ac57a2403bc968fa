"""Colours and how they are mixed. Pure."""

from dataclasses import dataclass
from typing import Final

Colour = tuple[int, int, int]

WHITE: Final[Colour] = (255, 255, 255)
BLACK: Final[Colour] = (18, 18, 20)


@dataclass(frozen=True, slots=True)
class Palette:
    """What a thing is coloured in: its body, its trim, a spot of colour, and the mark on it."""

    body: Colour
    trim: Colour
    spot: Colour
    mark: Colour = WHITE


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """``share`` of the other colour in the first, 0..1."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def lighter(colour: Colour, share: float = 0.25) -> Colour:
    return mix(colour, WHITE, share)


def darker(colour: Colour, share: float = 0.25) -> Colour:
    return mix(colour, BLACK, share)
