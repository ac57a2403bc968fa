"""A canvas with soft light: shapes in a thing's own coordinates, filled with gradients, drawn at twice the size.

A thing is drawn in a square from -1 to 1, x to the right and y down; ``Pose`` says where that square lies.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageDraw, ImageFilter

from portal.demo.pictures.palettes import BLACK, Colour, darker, lighter

Point = tuple[float, float]

#: Pixels of the finished picture, and how much larger it is drawn: Pillow's own edges are jagged.
SIDE: Final = 480
_OVER: Final = 2
_PIXELS: Final = SIDE * _OVER
_STEPS: Final = 9
_RAMP: Final = Image.linear_gradient("L").crop((0, 0, 1, 256))


@dataclass(frozen=True, slots=True)
class Pose:
    """Where a thing lies: its middle and half its side as shares of the canvas, its turn in degrees."""

    x: float = 0.5
    y: float = 0.54
    scale: float = 0.34
    turn: float = 0.0
    mirrored: bool = False

    def place(self, point: Point) -> Point:
        """A point of the thing in pixels of the canvas."""
        x, y = (-point[0] if self.mirrored else point[0]), point[1]
        angle = math.radians(self.turn)
        turned_x = x * math.cos(angle) - y * math.sin(angle)
        turned_y = x * math.sin(angle) + y * math.cos(angle)
        return (self.x + turned_x * self.scale) * _PIXELS, (self.y + turned_y * self.scale) * _PIXELS


#: The whole canvas from -1 to 1.
WHOLE: Final = Pose(0.5, 0.5, 0.5)


class Canvas:
    """The picture under way. ``pose`` is where the next shape goes."""

    def __init__(self, ground: Colour) -> None:
        self.image = Image.new("RGB", (_PIXELS, _PIXELS), ground)
        self.pose = WHOLE

    def finish(self) -> Image.Image:
        """The picture at its own size."""
        return self.image.reduce(_OVER)

    # -- shapes ---------------------------------------------------------------------------------------------------

    def shape(
        self, points: Sequence[Point], colour: Colour, *, end: Colour | None = None, across: bool = False
    ) -> None:
        """A polygon, from one colour at its top (or left, ``across``) to another at its bottom."""
        placed = [self.pose.place(point) for point in points]
        self._fill(placed, colour, darker(colour, 0.28) if end is None else end, across=across)

    def flat(self, points: Sequence[Point], colour: Colour) -> None:
        """A polygon of one colour."""
        ImageDraw.Draw(self.image).polygon([self.pose.place(point) for point in points], fill=colour)

    def round(self, middle: Point, radius: Point, colour: Colour, *, end: Colour | None = None) -> None:
        """An ellipse with light from above."""
        self.shape(ellipse(middle, radius), colour, end=end)

    def line(self, points: Sequence[Point], colour: Colour, width: float) -> None:
        """A line of that width, with round joints."""
        placed = [self.pose.place(point) for point in points]
        pixels = max(1, round(width * self.pose.scale * _PIXELS))
        pen = ImageDraw.Draw(self.image)
        pen.line(placed, fill=colour, width=pixels, joint="curve")
        if pixels > 3:
            for x, y in (placed[0], placed[-1]):
                pen.ellipse((x - pixels / 2, y - pixels / 2, x + pixels / 2, y + pixels / 2), fill=colour)

    def dashes(self, points: Sequence[Point], colour: Colour, width: float) -> None:
        """A seam: every other piece of a curve."""
        for place in range(0, len(points) - 1, 2):
            self.line(points[place : place + 2], colour, width)

    def shadow(self, middle: Point, radius: Point, strength: float = 0.42) -> None:
        """A soft shadow on what lies beneath."""
        self._soft(ellipse(middle, radius), BLACK, strength, blur=0.05)

    def glow(self, points: Sequence[Point], colour: Colour, strength: float, blur: float = 0.06) -> None:
        """A soft patch of light or colour."""
        self._soft(points, colour, strength, blur=blur)

    def stamp(self, mark: Image.Image, middle: Point, width: float, *, tilt: float = 0.0) -> None:
        """A picture with transparency laid on the thing, turned with it. A mirrored thing keeps its mark readable."""
        pixels = max(8, round(width * self.pose.scale * _PIXELS))
        sized = mark.resize((pixels, max(1, round(mark.height * pixels / mark.width))), Image.Resampling.LANCZOS)
        lean = -tilt if self.pose.mirrored else tilt
        turned = sized.rotate(-self.pose.turn - lean, Image.Resampling.BICUBIC, expand=True)
        x, y = self.pose.place(middle)
        self.image.paste(turned, (round(x - turned.width / 2), round(y - turned.height / 2)), turned)

    # -- pixels ---------------------------------------------------------------------------------------------------

    def _fill(self, points: Sequence[Point], start: Colour, end: Colour, *, across: bool) -> None:
        box = _box(points, margin=1)
        if box is None:
            return
        size = (box[2] - box[0], box[3] - box[1])
        mask = Image.new("L", size, 0)
        ImageDraw.Draw(mask).polygon([(x - box[0], y - box[1]) for x, y in points], fill=255)
        self.image.paste(gradient(size, start, end, across=across), box[:2], mask)

    def _soft(self, points: Sequence[Point], colour: Colour, strength: float, *, blur: float) -> None:
        """Blurred at a quarter of the size: nobody can tell, and it costs a sixteenth."""
        small = 4
        radius = blur * _PIXELS / small
        placed = [self.pose.place(point) for point in points]
        box = _box(placed, margin=round(radius * small * 2.5))
        if box is None:
            return
        size = (max(1, (box[2] - box[0]) // small), max(1, (box[3] - box[1]) // small))
        mask = Image.new("L", size, 0)
        inner = [((x - box[0]) / small, (y - box[1]) / small) for x, y in placed]
        ImageDraw.Draw(mask).polygon(inner, fill=round(255 * strength))
        mask = mask.filter(ImageFilter.GaussianBlur(radius))
        mask = mask.resize((box[2] - box[0], box[3] - box[1]), Image.Resampling.BILINEAR)
        self.image.paste(colour, box, mask)


def gradient(size: tuple[int, int], start: Colour, end: Colour, *, across: bool = False) -> Image.Image:
    """A field that goes from one colour to the other, downwards or to the right."""
    strip = (size[0], 1) if across else (1, size[1])
    ramp = _RAMP.transpose(Image.Transpose.ROTATE_90) if across else _RAMP
    blend = Image.composite(Image.new("RGB", strip, end), Image.new("RGB", strip, start), ramp.resize(strip))
    return blend.resize(size, Image.Resampling.NEAREST)


def _box(points: Sequence[Point], *, margin: int) -> tuple[int, int, int, int] | None:
    """What of the canvas the points touch; ``None`` where they lie beside it."""
    left = max(0, math.floor(min(x for x, _ in points)) - margin)
    top = max(0, math.floor(min(y for _, y in points)) - margin)
    right = min(_PIXELS, math.ceil(max(x for x, _ in points)) + margin)
    bottom = min(_PIXELS, math.ceil(max(y for _, y in points)) + margin)
    return (left, top, right, bottom) if right > left and bottom > top else None


# -- outlines -----------------------------------------------------------------------------------------------------


def ellipse(middle: Point, radius: Point, start: float = 0.0, end: float = 360.0) -> list[Point]:
    """Points of an ellipse or of an arc of it, in degrees clockwise from the right."""
    count = 48
    angles = (math.radians(start + (end - start) * step / count) for step in range(count + 1))
    return [(middle[0] + radius[0] * math.cos(each), middle[1] + radius[1] * math.sin(each)) for each in angles]


def box(left: float, top: float, right: float, bottom: float) -> list[Point]:
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def round_box(left: float, top: float, right: float, bottom: float, corner: float) -> list[Point]:
    """A rectangle with round corners."""
    corners = (
        ((right - corner, bottom - corner), 0),
        ((left + corner, bottom - corner), 90),
        ((left + corner, top + corner), 180),
        ((right - corner, top + corner), 270),
    )
    points: list[Point] = []
    for middle, start in corners:
        points += ellipse(middle, (corner, corner), start, start + 90)[::6]
    return points


def curve(points: Sequence[Point], *, closed: bool = True) -> list[Point]:
    """A smooth line through the points (Catmull-Rom)."""
    count = len(points)
    pieces = count if closed else count - 1

    def at(place: int) -> Point:
        return points[place % count] if closed else points[min(max(place, 0), count - 1)]

    smooth: list[Point] = []
    for piece in range(pieces):
        four = [at(piece + shift) for shift in (-1, 0, 1, 2)]
        smooth += [_between(four, step / _STEPS) for step in range(_STEPS)]
    return smooth if closed else [*smooth, points[-1]]


def _between(four: Sequence[Point], share: float) -> Point:
    weights = (
        -0.5 * share**3 + share**2 - 0.5 * share,
        1.5 * share**3 - 2.5 * share**2 + 1,
        -1.5 * share**3 + 2 * share**2 + 0.5 * share,
        0.5 * share**3 - 0.5 * share**2,
    )
    x = sum(weight * point[0] for weight, point in zip(weights, four, strict=True))
    y = sum(weight * point[1] for weight, point in zip(weights, four, strict=True))
    return x, y


def cylinder(canvas: Canvas, left: float, top: float, right: float, bottom: float, colour: Colour) -> None:
    """An upright round body: lit from the left, its foot curved."""
    middle, half = (left + right) / 2, (right - left) / 2
    foot = ellipse((middle, bottom), (half, half * 0.18), 0, 180)
    canvas.shape([(left, top), (right, top), *foot], lighter(colour, 0.22), end=darker(colour, 0.34), across=True)
    gleam = left + half * 0.42
    canvas.glow(box(gleam - half * 0.09, top, gleam + half * 0.09, bottom), lighter(colour, 0.75), 0.5, blur=0.012)
