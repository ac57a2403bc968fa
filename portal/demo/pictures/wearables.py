"""Things to wear and carry: sneaker, cap, T-shirt, bag, watch."""

import math
from random import Random

from PIL import Image

from portal.demo.pictures.canvas import Canvas, box, curve, ellipse, round_box
from portal.demo.pictures.palettes import BLACK, WHITE, Palette, darker, lighter, mix

Mark = Image.Image | None


def sneaker(canvas: Canvas, palette: Palette, mark: Mark, chance: Random) -> None:
    """A running shoe from the side, its toe to the left."""
    canvas.shadow((0.0, 0.62), (1.0, 0.1))
    sole = curve(
        [
            (-1.0, 0.42),
            (-0.96, 0.55),
            (-0.5, 0.6),
            (0.3, 0.58),
            (0.92, 0.58),
            (1.0, 0.4),
            (0.9, 0.3),
            (0.0, 0.3),
            (-0.8, 0.32),
        ]
    )
    body = curve(
        [
            (-0.96, 0.38),
            (-0.9, 0.16),
            (-0.62, 0.05),
            (-0.3, -0.18),
            (-0.02, -0.48),
            (0.22, -0.52),
            (0.3, -0.4),
            (0.52, -0.32),
            (0.8, -0.5),
            (0.92, -0.38),
            (0.9, 0.36),
            (0.0, 0.42),
        ]
    )
    canvas.shape(body, lighter(palette.body, 0.12), end=darker(palette.body, 0.2))
    canvas.shape(curve([(-0.97, 0.38), (-0.9, 0.15), (-0.68, 0.08), (-0.52, 0.22), (-0.5, 0.4)]), palette.trim)
    canvas.shape(
        curve([(0.62, -0.36), (0.82, -0.5), (0.93, -0.36), (0.92, 0.36), (0.66, 0.36), (0.56, 0.0)]), palette.trim
    )
    canvas.shape(sole, WHITE, end=(196, 196, 200))
    canvas.shape(
        curve(
            [(-0.98, 0.5), (-0.5, 0.55), (0.3, 0.53), (0.96, 0.5), (0.9, 0.6), (0.3, 0.63), (-0.5, 0.64), (-0.92, 0.6)]
        ),
        palette.spot,
    )
    for step in range(5):
        left = -0.5 + step * 0.13
        top = -0.02 - step * 0.105
        canvas.line([(left, top + 0.06), (left + 0.2, top - 0.02 + 0.14)], WHITE, 0.05)
    stripes = chance.choice((1, 2, 3))
    for step in range(stripes):
        start = 0.02 + step * 0.15
        canvas.line(
            curve([(start - 0.18, 0.3), (start, 0.1), (start + 0.24, -0.24)], closed=False), palette.spot, 0.065
        )
    canvas.dashes(
        curve([(-0.5, 0.24), (-0.2, 0.16), (0.2, 0.2), (0.55, 0.16)], closed=False), lighter(palette.body, 0.4), 0.014
    )
    if mark is not None:
        canvas.stamp(mark, (0.62, 0.14), 0.5)


def cap(canvas: Canvas, palette: Palette, mark: Mark, chance: Random) -> None:
    """A baseball cap, its visor to the right."""
    canvas.shadow((0.1, 0.46), (0.95, 0.1))
    crown = curve(
        [
            (-0.82, 0.36),
            (-0.86, -0.05),
            (-0.62, -0.5),
            (-0.1, -0.68),
            (0.4, -0.52),
            (0.64, -0.08),
            (0.62, 0.3),
            (0.0, 0.42),
        ]
    )
    canvas.shape(crown, lighter(palette.body, 0.16), end=darker(palette.body, 0.3))
    canvas.glow(ellipse((-0.22, -0.34), (0.3, 0.18)), WHITE, 0.25)
    for lean in (-0.5, -0.12, 0.3):
        seam = curve([(-0.1, -0.68), (lean * 0.7 - 0.06, -0.3), (lean, 0.36)], closed=False)
        canvas.line(seam, darker(palette.body, 0.35), 0.014)
        canvas.dashes([(x + 0.03, y) for x, y in seam], lighter(palette.body, 0.4), 0.012)
    visor = curve([(-0.1, 0.34), (0.3, 0.2), (0.64, 0.16), (1.0, 0.3), (1.1, 0.44), (0.8, 0.48), (0.3, 0.46)])
    canvas.shape(visor, palette.trim, end=darker(palette.trim, 0.35))
    canvas.dashes(
        curve([(0.0, 0.36), (0.4, 0.28), (0.74, 0.28), (1.0, 0.39)], closed=False), lighter(palette.trim, 0.4), 0.014
    )
    canvas.round((-0.1, -0.68), (0.07, 0.05), palette.spot)
    if mark is not None:
        if chance.random() < 0.5:
            canvas.shape(round_box(-0.32, -0.24, 0.5, 0.1, 0.08), palette.spot)
        canvas.stamp(mark, (0.09, -0.07), 0.74)


def shirt(canvas: Canvas, palette: Palette, mark: Mark, chance: Random) -> None:
    """A T-shirt laid flat."""
    right = [(0.2, -0.82), (0.5, -0.74), (0.98, -0.3), (0.74, -0.06), (0.52, -0.26), (0.54, 0.86)]
    outline = [*right, *[(-x, y) for x, y in reversed(right)]]
    canvas.glow([(x * 1.02 + 0.03, y + 0.05) for x, y in outline], BLACK, 0.45, blur=0.025)
    collar = ellipse((0.0, -0.84), (0.2, 0.16), 180, 0)
    canvas.shape([*outline, *collar], lighter(palette.body, 0.1), end=darker(palette.body, 0.14))
    canvas.line(ellipse((0.0, -0.83), (0.22, 0.17), 180, 0), palette.trim, 0.05)
    for side in (-1, 1):
        canvas.line([(side * 0.95, -0.32), (side * 0.73, -0.1)], palette.trim, 0.045)
        canvas.line(
            curve([(side * 0.5, -0.3), (side * 0.4, -0.05), (side * 0.44, 0.2)], closed=False),
            darker(palette.body, 0.25),
            0.016,
        )
    _print(canvas, palette, chance.choice(("sun", "stripes", "hills", "dots", "none")))
    canvas.line([(-0.52, 0.8), (0.52, 0.8)], darker(palette.body, 0.22), 0.012)
    if mark is not None:
        canvas.stamp(mark, (0.0, -0.26), 0.74)


def _print(canvas: Canvas, palette: Palette, kind: str) -> None:
    if kind == "sun":
        canvas.round((0.0, 0.22), (0.27, 0.27), palette.spot)
        for line in range(4):
            canvas.line([(-0.28, 0.26 + line * 0.07), (0.28, 0.26 + line * 0.07)], palette.body, 0.022)
    elif kind == "stripes":
        for line in range(6):
            canvas.flat(box(-0.53, -0.05 + line * 0.14, 0.53, 0.01 + line * 0.14), mix(palette.body, palette.spot, 0.8))
    elif kind == "hills":
        canvas.shape(curve([(-0.36, 0.42), (-0.18, 0.02), (0.0, 0.3), (0.18, -0.02), (0.38, 0.42)]), palette.spot)
    elif kind == "dots":
        for place in range(15):
            canvas.round((-0.32 + place % 5 * 0.16, 0.04 + place // 5 * 0.16), (0.05, 0.05), palette.spot)


def bag(canvas: Canvas, palette: Palette, mark: Mark, chance: Random) -> None:
    """A leather bag with a handle."""
    canvas.shadow((0.0, 0.82), (0.95, 0.1))
    handle = curve([(-0.44, -0.22), (-0.4, -0.72), (0.0, -0.92), (0.4, -0.72), (0.44, -0.22)], closed=False)
    canvas.line(handle, darker(palette.trim, 0.2), 0.12)
    canvas.line([(x, y - 0.02) for x, y in handle], lighter(palette.trim, 0.15), 0.06)
    body = curve(
        [
            (-0.78, -0.26),
            (-0.86, 0.1),
            (-0.94, 0.74),
            (-0.5, 0.82),
            (0.5, 0.82),
            (0.94, 0.74),
            (0.86, 0.1),
            (0.78, -0.26),
            (0.0, -0.3),
        ]
    )
    canvas.shape(body, lighter(palette.body, 0.14), end=darker(palette.body, 0.3))
    _leather(canvas, palette, chance.choice(("flap", "quilt", "bands", "pocket")))
    canvas.dashes(
        curve([(-0.84, 0.2), (-0.88, 0.68), (-0.5, 0.76), (0.5, 0.76), (0.88, 0.68), (0.84, 0.2)], closed=False),
        lighter(palette.body, 0.45),
        0.014,
    )
    for side in (-0.44, 0.44):
        canvas.round((side, -0.22), (0.07, 0.07), (232, 200, 120), end=(150, 112, 48))
    if mark is not None:
        canvas.stamp(mark, (0.0, 0.52), 0.66)


def _leather(canvas: Canvas, palette: Palette, kind: str) -> None:
    if kind == "flap":
        canvas.shape(
            curve([(-0.8, -0.28), (0.0, -0.32), (0.8, -0.28), (0.78, 0.12), (0.3, 0.28), (-0.3, 0.28), (-0.78, 0.12)]),
            lighter(palette.body, 0.2),
            end=palette.body,
        )
        canvas.shape(round_box(-0.12, 0.18, 0.12, 0.36, 0.05), (236, 206, 128), end=(160, 122, 56))
    elif kind == "quilt":
        for step in range(-7, 8):
            for lean in (-1, 1):
                start = step * 0.2
                canvas.line(
                    [(max(-0.8, min(0.8, start)), -0.2), (max(-0.8, min(0.8, start + lean * 0.5)), 0.3)],
                    darker(palette.body, 0.3),
                    0.016,
                )
    elif kind == "bands":
        for left in (-0.5, 0.38):
            canvas.shape(box(left, -0.28, left + 0.12, 0.8), palette.trim)
    else:
        canvas.shape(round_box(-0.6, 0.02, 0.6, 0.7, 0.12), lighter(palette.body, 0.1), end=darker(palette.body, 0.22))
        canvas.line([(-0.52, 0.14), (0.52, 0.14)], (220, 190, 120), 0.026)


def watch(canvas: Canvas, palette: Palette, mark: Mark, chance: Random) -> None:
    """A wristwatch from the front."""
    canvas.glow(box(-0.3, -0.98, 0.38, 1.04), BLACK, 0.5, blur=0.03)
    for side in (-1, 1):
        strap = [(-0.3, side * 0.44), (0.3, side * 0.44), (0.24, side * 1.02), (-0.24, side * 1.02)]
        canvas.shape(strap, lighter(palette.trim, 0.1), end=darker(palette.trim, 0.3))
        for link in range(4):
            top = side * (0.58 + link * 0.12)
            canvas.line([(-0.26, top), (0.26, top)], darker(palette.trim, 0.4), 0.018)
    canvas.shape(round_box(0.5, -0.1, 0.64, 0.1, 0.03), (210, 210, 216), end=(112, 112, 120))
    canvas.round((0.0, 0.0), (0.56, 0.56), (232, 232, 238), end=(104, 104, 114))
    canvas.round((0.0, 0.0), (0.49, 0.49), darker(palette.body, 0.3), end=lighter(palette.body, 0.1))
    canvas.round((0.0, 0.0), (0.45, 0.45), lighter(palette.body, 0.06), end=darker(palette.body, 0.12))
    _dial(canvas, palette, chance)
    if mark is not None:
        canvas.stamp(mark, (0.0, -0.2), 0.42)
    canvas.glow([(-0.4, -0.1), (-0.1, -0.42), (0.05, -0.42), (-0.36, 0.1)], WHITE, 0.22, blur=0.01)


def _dial(canvas: Canvas, palette: Palette, chance: Random) -> None:
    for hour in range(12):
        angle = math.radians(hour * 30)
        inner = 0.34 if hour % 3 else 0.3
        ends = [(math.cos(angle) * reach, math.sin(angle) * reach) for reach in (inner, 0.4)]
        canvas.line(ends, palette.mark, 0.02 if hour % 3 else 0.036)
    if chance.random() < 0.5:
        for x, y in ((-0.17, 0.06), (0.17, 0.06), (0.0, 0.22)):
            canvas.round((x, y), (0.1, 0.1), darker(palette.body, 0.25), end=palette.body)
            canvas.line([(x, y), (x + 0.05, y - 0.05)], palette.mark, 0.014)
    for reach, width, turn in ((0.2, 0.038, chance.uniform(0, 360)), (0.32, 0.026, chance.uniform(0, 360))):
        angle = math.radians(turn)
        canvas.line([(0.0, 0.0), (math.cos(angle) * reach, math.sin(angle) * reach)], palette.mark, width)
    canvas.line([(0.0, 0.08), (0.0, -0.36)], palette.spot, 0.012)
    canvas.round((0.0, 0.0), (0.035, 0.035), palette.spot)
