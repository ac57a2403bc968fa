"""What a thing stands in front of. Shops photograph at a window, on a table, on the floor; brands in their studio."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Final

from portal.demo.pictures.canvas import WHOLE, Canvas, box, curve, ellipse, gradient
from portal.demo.pictures.palettes import BLACK, WHITE, Colour, darker, lighter, mix

Scene = Callable[[Canvas, Colour, Colour, Random], None]


def _wash(canvas: Canvas, start: Colour, end: Colour, *, across: bool = False) -> None:
    canvas.image.paste(gradient(canvas.image.size, start, end, across=across))


def studio(canvas: Canvas, one: Colour, other: Colour, chance: Random) -> None:
    """A seamless backdrop with one soft light."""
    _wash(canvas, lighter(one, 0.35), darker(one, 0.1))
    canvas.glow(ellipse((chance.uniform(-0.6, 0.6), -0.3), (0.6, 0.55)), WHITE, 0.6, blur=0.14)
    canvas.glow(ellipse((0.0, 0.95), (1.2, 0.4)), darker(other, 0.1), 0.5, blur=0.1)


def table(canvas: Canvas, one: Colour, other: Colour, chance: Random) -> None:
    """A wall and a table of planks."""
    edge = chance.uniform(0.05, 0.35)
    _wash(canvas, lighter(one, 0.2), one, across=chance.random() < 0.5)
    canvas.shape(box(-1, edge, 1, 1), lighter(other, 0.1), end=darker(other, 0.3))
    lean = chance.uniform(-0.5, 0.5)
    for plank in range(-5, 6):
        canvas.line([(plank * 0.2, edge), (plank * 0.38 + lean, 1.0)], darker(other, 0.35), 0.008)
    if chance.random() < 0.6:
        left = chance.choice((-0.85, 0.45))
        canvas.shape(box(left, -0.85, left + 0.42, -0.25), darker(one, 0.4), end=darker(one, 0.3))
        canvas.shape(box(left + 0.04, -0.81, left + 0.38, -0.29), lighter(other, 0.5), end=mix(one, other, 0.5))


def tiles(canvas: Canvas, one: Colour, other: Colour, chance: Random) -> None:
    """Square tiles, some of them coloured."""
    _wash(canvas, one, darker(one, 0.1))
    count = chance.choice((4, 5, 6, 8))
    side = 2 / count
    for place in range(count * count):
        left, top = -1 + place % count * side, -1 + place // count * side
        share = chance.choice((0.0, 0.0, 0.35, 0.8))
        canvas.shape(
            box(left + 0.012, top + 0.012, left + side - 0.012, top + side - 0.012),
            lighter(mix(one, other, share), 0.15),
            end=mix(one, other, share),
        )


def window(canvas: Canvas, one: Colour, other: Colour, chance: Random) -> None:
    """Light that falls through a window onto a wall."""
    _wash(canvas, darker(one, 0.15), darker(one, 0.35))
    lean, left = chance.uniform(-0.7, 0.7), chance.uniform(-0.9, 0.0)
    for pane in range(3):
        start = left + pane * 0.46
        pane_shape = [(start, -1.0), (start + 0.34, -1.0), (start + 0.34 + lean, 1.0), (start + lean, 1.0)]
        canvas.glow(pane_shape, lighter(other, 0.65), 0.75, blur=0.008)
    bar = chance.uniform(-0.4, 0.3)
    canvas.glow(box(-1, bar, 1, bar + 0.08), darker(one, 0.3), 0.8, blur=0.008)
    canvas.shape(box(-1, 0.72, 1, 1), other)


def shelf(canvas: Canvas, one: Colour, other: Colour, chance: Random) -> None:
    """Shelves with the backs of books."""
    _wash(canvas, darker(one, 0.2), darker(one, 0.45))
    for foot in (-0.36, 0.98):
        left = -1.0
        while left < 1.0:
            width, height = chance.uniform(0.06, 0.16), chance.uniform(0.3, 0.66)
            colour = mix(chance.choice((one, other, lighter(other, 0.5))), BLACK, chance.uniform(0.0, 0.3))
            if chance.random() < 0.85:
                canvas.shape(
                    box(left, foot - height, left + width - 0.008, foot),
                    lighter(colour, 0.15),
                    end=darker(colour, 0.2),
                    across=True,
                )
            left += width
        canvas.shape(box(-1, foot, 1, foot + 0.09), lighter(other, 0.3), end=darker(other, 0.3))


def cloth(canvas: Canvas, one: Colour, other: Colour, chance: Random) -> None:
    """Wavy cloth under the thing."""
    _wash(canvas, lighter(one, 0.2), one)
    height, phase = chance.uniform(0.08, 0.2), chance.choice((-1, 1))
    count = chance.choice((5, 7, 9))
    for band in range(count):
        top = -1 + band * 2 / count
        wave = [(x / 4, top + height * phase * (1 if x % 2 else -1)) for x in range(-5, 6)]
        lower = [(x, y + 1 / count) for x, y in reversed(wave)]
        canvas.shape([*curve(wave, closed=False), *curve(lower, closed=False)], mix(one, other, 0.7), end=other)


def outdoors(canvas: Canvas, one: Colour, other: Colour, chance: Random) -> None:
    """Sky, sun and hills."""
    _wash(canvas, mix(one, (120, 170, 220), 0.5), lighter(one, 0.5))
    canvas.glow(ellipse((chance.uniform(-0.8, 0.8), -0.65), (0.2, 0.2)), (255, 244, 200), 0.9, blur=0.03)
    for layer in range(3):
        tops = [(x / 2, -0.15 + layer * 0.3 + chance.uniform(-0.22, 0.16)) for x in range(-3, 4)]
        canvas.shape(
            [*curve(tops, closed=False), (1.5, 1), (-1.5, 1)], mix(lighter(other, 0.3), darker(other, 0.35), layer / 2)
        )


def terrazzo(canvas: Canvas, one: Colour, other: Colour, chance: Random) -> None:
    """Stone with chips in it, seen from above."""
    _wash(canvas, lighter(one, 0.4), lighter(one, 0.2))
    for _ in range(chance.randint(24, 46)):
        x, y, size = chance.uniform(-1, 1), chance.uniform(-1, 1), chance.uniform(0.05, 0.17)
        chip = [
            (x + size * chance.uniform(0.4, 1) * a, y + size * chance.uniform(0.4, 1) * b)
            for a, b in ((-1, -0.3), (-0.2, -1), (0.9, -0.6), (0.8, 0.7), (-0.5, 0.9))
        ]
        canvas.flat(chip, mix(chance.choice((one, other, darker(other, 0.4))), WHITE, chance.uniform(0.0, 0.5)))


def blocks(canvas: Canvas, one: Colour, other: Colour, chance: Random) -> None:
    """Fields of colour and a disc."""
    _wash(canvas, lighter(one, 0.1), one)
    cut, lean = chance.uniform(-0.6, 0.5), chance.uniform(-0.6, 0.6)
    canvas.shape([(cut, -1), (1, -1), (1, 1), (cut + lean, 1)], lighter(other, 0.12), end=other)
    canvas.round(
        (chance.uniform(-0.6, 0.6), chance.uniform(-0.7, 0.3)),
        (0.42, 0.42),
        lighter(mix(one, other, 0.5), 0.45),
        end=mix(one, other, 0.3),
    )
    canvas.shape(box(-1, chance.uniform(0.55, 0.8), 1, 1), darker(mix(one, other, 0.4), 0.3))


def floorboards(canvas: Canvas, one: Colour, other: Colour, chance: Random) -> None:
    """A wooden floor from above, laid askew."""
    _wash(canvas, one, darker(one, 0.15))
    lean, count = chance.uniform(-0.9, 0.9), chance.choice((5, 6, 8))
    for board in range(-count, count * 2):
        left = -1 + board * 2 / count
        colour = mix(lighter(one, 0.15), darker(other, 0.1), chance.random())
        canvas.shape(
            [(left, -1), (left + 2 / count - 0.012, -1), (left + 2 / count - 0.012 + lean, 1), (left + lean, 1)],
            colour,
            end=darker(colour, 0.12),
        )


SCENES: Final[Mapping[str, Scene]] = {
    each.__name__: each
    for each in (studio, table, tiles, window, shelf, cloth, outdoors, terrazzo, blocks, floorboards)
}


def paint(canvas: Canvas, name: str, one: Colour, other: Colour, chance: Random) -> None:
    """Paint the scene over the whole canvas."""
    canvas.pose = WHOLE
    SCENES[name](canvas, one, other, chance)
