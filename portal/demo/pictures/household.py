"""Things for the house: tumbler, cream jar, perfume, lamp, knives, doll, headphones, and some that no brand makes."""

import math
from random import Random

from PIL import Image

from portal.demo.pictures.canvas import Canvas, box, curve, cylinder, ellipse, round_box
from portal.demo.pictures.palettes import BLACK, WHITE, Palette, darker, lighter, mix

Mark = Image.Image | None


def tumbler(canvas: Canvas, palette: Palette, mark: Mark, chance: Random) -> None:
    """A steel tumbler with a lid."""
    canvas.shadow((0.12, 0.92), (0.62, 0.1))
    handled = chance.random() < 0.45
    if handled:
        canvas.line(
            curve([(0.38, -0.34), (0.8, -0.28), (0.84, 0.2), (0.36, 0.36)], closed=False),
            darker(palette.trim, 0.15),
            0.12,
        )
    cylinder(canvas, -0.42, -0.56, 0.42, 0.62, palette.body)
    cylinder(canvas, -0.36, 0.62, 0.36, 0.86, darker(palette.body, 0.12))
    for _ in range(chance.choice((0, 1, 2, 3))):
        top = chance.uniform(-0.4, 0.5)
        cylinder(canvas, -0.42, top, 0.42, top + 0.05, palette.spot)
    cylinder(canvas, -0.45, -0.72, 0.45, -0.54, palette.trim)
    canvas.round((0.0, -0.72), (0.45, 0.1), lighter(palette.trim, 0.35), end=palette.trim)
    if chance.random() < 0.5:
        canvas.line([(0.12, -0.74), (0.22, -1.04)], palette.spot, 0.08)
    else:
        canvas.shape(round_box(-0.16, -0.86, 0.16, -0.72, 0.05), palette.trim)
    if mark is not None:
        canvas.stamp(mark, (0.0, 0.1), 0.68)


def jar(canvas: Canvas, palette: Palette, mark: Mark, chance: Random) -> None:
    """A jar of cream, closed or with its lid beside it."""
    canvas.shadow((0.05, 0.6), (0.85, 0.12))
    cylinder(canvas, -0.66, -0.06, 0.66, 0.56, palette.body)
    canvas.glow(box(-0.56, 0.0, 0.56, 0.1), WHITE, 0.22, blur=0.015)
    if chance.random() < 0.6:
        cylinder(canvas, -0.7, -0.5, 0.7, -0.06, palette.trim)
        canvas.round((0.0, -0.5), (0.7, 0.15), lighter(palette.trim, 0.4), end=palette.trim)
        canvas.line(ellipse((0.0, -0.12), (0.7, 0.13), 0, 180), palette.spot, 0.025)
    else:
        canvas.round((0.0, -0.08), (0.66, 0.15), WHITE, end=(226, 216, 206))
        canvas.shape(
            curve([(-0.4, -0.08), (-0.1, -0.24), (0.1, -0.12), (0.34, -0.2), (0.42, -0.04), (0.0, 0.02)]),
            WHITE,
            end=mix(palette.spot, WHITE, 0.72),
        )
        canvas.round((0.62, 0.52), (0.42, 0.16), lighter(palette.trim, 0.3), end=palette.trim)
    if mark is not None:
        canvas.stamp(mark, (0.0, 0.26), 0.88)
    canvas.line([(-0.26, 0.46), (0.26, 0.46)], palette.mark, 0.014)


def perfume(canvas: Canvas, palette: Palette, mark: Mark, chance: Random) -> None:
    """A bottle of scent."""
    canvas.shadow((0.04, 0.84), (0.66, 0.1))
    kind = chance.choice(("square", "round", "tall"))
    outline = {
        "square": round_box(-0.56, -0.24, 0.56, 0.82, 0.12),
        "round": curve(
            [(-0.2, -0.3), (-0.6, 0.0), (-0.66, 0.4), (-0.4, 0.8), (0.4, 0.8), (0.66, 0.4), (0.6, 0.0), (0.2, -0.3)]
        ),
        "tall": curve([(-0.26, -0.34), (-0.4, 0.1), (-0.36, 0.78), (0.36, 0.78), (0.4, 0.1), (0.26, -0.34)]),
    }[kind]
    canvas.shape(outline, lighter(palette.body, 0.62), end=lighter(palette.body, 0.25))
    inside = [(x * 0.86, 0.3 + (y - 0.3) * 0.86) for x, y in outline]
    canvas.shape([(x, max(y, 0.02)) for x, y in inside], lighter(palette.body, 0.1), end=darker(palette.body, 0.2))
    canvas.glow(box(-0.36, -0.1, -0.26, 0.66), WHITE, 0.6, blur=0.012)
    canvas.shape(box(-0.16, -0.42, 0.16, -0.26), (222, 196, 130), end=(150, 116, 56))
    if kind == "round":
        canvas.round((0.0, -0.64), (0.26, 0.24), palette.trim)
    else:
        canvas.shape(
            round_box(-0.26, -0.88, 0.26, -0.42, 0.06), lighter(palette.trim, 0.18), end=darker(palette.trim, 0.3)
        )
    if mark is not None:
        is_light = sum(palette.mark) > 380
        paper = darker(palette.body, 0.55) if is_light else lighter(palette.body, 0.85)
        canvas.shape(round_box(-0.34, 0.26, 0.34, 0.54, 0.03), paper)
        canvas.stamp(mark, (0.0, 0.4), 0.58)


def lamp(canvas: Canvas, palette: Palette, mark: Mark, chance: Random) -> None:
    """A table lamp, lit."""
    canvas.shadow((0.0, 0.86), (0.6, 0.1))
    canvas.glow(ellipse((0.0, -0.2), (0.9, 0.8)), (255, 232, 170), 0.5, blur=0.1)
    if chance.random() < 0.5:
        canvas.line([(0.0, -0.1), (0.0, 0.8)], darker(palette.trim, 0.1), 0.07)
        shade = [(-0.34, -0.86), (0.34, -0.86), (0.64, -0.06), (-0.64, -0.06)]
    else:
        canvas.line(
            curve([(0.0, 0.8), (-0.22, 0.3), (0.12, -0.2), (0.0, -0.5)], closed=False), darker(palette.trim, 0.1), 0.07
        )
        shade = curve([(-0.6, -0.14), (-0.54, -0.56), (0.0, -0.86), (0.54, -0.56), (0.6, -0.14), (0.0, -0.06)])
    canvas.shape(shade, lighter(palette.body, 0.1), end=lighter(palette.body, 0.6))
    for line in range(-3, 4):
        canvas.line(
            [(line * 0.1, -0.8 if abs(line) < 3 else -0.6), (line * 0.17, -0.1)], mix(palette.body, WHITE, 0.45), 0.012
        )
    canvas.round((0.0, 0.84), (0.44, 0.12), lighter(palette.trim, 0.25), end=darker(palette.trim, 0.25))
    canvas.shape(ellipse((0.0, 0.8), (0.44, 0.11)), lighter(palette.trim, 0.3), end=palette.trim)
    if mark is not None:
        canvas.stamp(mark, (0.0, -0.4), 0.66)


def knives(canvas: Canvas, palette: Palette, mark: Mark, chance: Random) -> None:
    """Kitchen knives side by side on their board or in their block."""
    count = chance.choice((2, 3, 4))
    canvas.shape(round_box(-1.0, -0.82, 1.0, 0.86, 0.08), palette.body, end=darker(palette.body, 0.22))
    for grain in range(7):
        top = -0.7 + grain * 0.24
        canvas.line(
            curve([(-0.96, top), (-0.3, top + 0.04), (0.4, top - 0.03), (0.96, top + 0.02)], closed=False),
            darker(palette.body, 0.16),
            0.012,
        )
    for place in range(count):
        top = -0.62 + place * (1.2 / count)
        reach = 0.9 - place * 0.16
        blade = curve(
            [(-0.12, top), (0.4 * reach, top - 0.02), (reach, top + 0.13), (0.5 * reach, top + 0.2), (-0.12, top + 0.2)]
        )
        canvas.glow([(x + 0.02, y + 0.05) for x, y in blade], BLACK, 0.5, blur=0.012)
        canvas.shape(blade, (246, 248, 250), end=(142, 150, 160))
        canvas.line([(-0.1, top + 0.15), (reach * 0.86, top + 0.15)], (226, 230, 236), 0.012)
        canvas.shape(
            round_box(-0.84, top, -0.1, top + 0.17, 0.06), lighter(palette.trim, 0.14), end=darker(palette.trim, 0.3)
        )
        for rivet in (-0.7, -0.47, -0.24):
            canvas.round((rivet, top + 0.085), (0.03, 0.03), (232, 226, 210), end=(142, 132, 110))
        if mark is not None and place == 0:
            canvas.stamp(mark, (0.28, top + 0.09), 0.52)
    canvas.line([(-0.8, 0.74), (0.8, 0.74)], palette.spot, 0.03)


def doll(canvas: Canvas, palette: Palette, mark: Mark, chance: Random) -> None:
    """A stuffed animal that sits and looks at you."""
    canvas.shadow((0.0, 0.9), (0.72, 0.1))
    ears = chance.choice(("round", "long", "pointed"))
    for side in (-1, 1):
        if ears == "round":
            canvas.round((side * 0.36, -0.72), (0.2, 0.2), palette.body)
            canvas.round((side * 0.36, -0.71), (0.11, 0.11), palette.spot)
        elif ears == "long":
            canvas.shape(
                curve([(side * 0.14, -0.62), (side * 0.16, -1.08), (side * 0.4, -1.12), (side * 0.42, -0.6)]),
                palette.body,
            )
            canvas.shape(
                curve([(side * 0.22, -0.68), (side * 0.24, -0.98), (side * 0.34, -1.0), (side * 0.34, -0.66)]),
                palette.spot,
            )
        else:
            canvas.shape([(side * 0.1, -0.66), (side * 0.46, -1.04), (side * 0.54, -0.5)], palette.body)
        canvas.round((side * 0.56, 0.3), (0.17, 0.3), palette.body)
        canvas.round((side * 0.34, 0.8), (0.26, 0.2), lighter(palette.body, 0.08))
        canvas.round((side * 0.34, 0.82), (0.13, 0.11), palette.spot)
    canvas.round((0.0, 0.38), (0.52, 0.52), lighter(palette.body, 0.08))
    canvas.round((0.0, 0.44), (0.34, 0.36), lighter(palette.body, 0.5), end=lighter(palette.body, 0.25))
    canvas.round((0.0, -0.34), (0.56, 0.46), lighter(palette.body, 0.14), end=darker(palette.body, 0.1))
    _face(canvas, palette, chance)
    canvas.shape(round_box(-0.42, 0.02, 0.42, 0.15, 0.06), palette.trim)
    if mark is not None:
        canvas.stamp(mark, (0.0, 0.46), 0.56)


def _face(canvas: Canvas, palette: Palette, chance: Random) -> None:
    gap = chance.uniform(0.19, 0.26)
    for side in (-1, 1):
        canvas.round((side * gap, -0.38), (0.065, 0.08), BLACK, end=BLACK)
        canvas.round((side * gap - 0.02, -0.41), (0.022, 0.024), WHITE, end=WHITE)
        canvas.glow(ellipse((side * 0.36, -0.22), (0.1, 0.06)), (255, 120, 130), 0.5, blur=0.012)
    canvas.round((0.0, -0.22), (0.17, 0.13), lighter(palette.body, 0.55), end=lighter(palette.body, 0.35))
    canvas.round((0.0, -0.28), (0.06, 0.045), palette.trim)
    canvas.line(ellipse((0.0, -0.21), (0.07, 0.05), 10, 170), darker(palette.trim, 0.3), 0.02)


def headphones(canvas: Canvas, palette: Palette, mark: Mark, chance: Random) -> None:
    """Headphones, standing or laid down."""
    canvas.shadow((0.0, 0.74), (0.9, 0.1))
    band = ellipse((0.0, 0.06), (0.68, 0.82), 180, 360)
    canvas.line(band, darker(palette.body, 0.3), 0.17)
    canvas.line(ellipse((0.0, 0.06), (0.69, 0.84), 190, 350), lighter(palette.body, 0.12), 0.1)
    canvas.line(ellipse((0.0, 0.08), (0.6, 0.74), 215, 325), darker(palette.trim, 0.1), 0.09)
    style = chance.choice(("round", "oval", "square"))
    for side in (-1, 1):
        canvas.line([(side * 0.68, 0.0), (side * 0.7, 0.3)], (206, 206, 214), 0.06)
        canvas.round((side * 0.52, 0.36), (0.16, 0.34), darker(palette.trim, 0.3))
        if style == "square":
            canvas.shape(round_box(side * 0.72 - 0.2, 0.06, side * 0.72 + 0.2, 0.68, 0.12), lighter(palette.body, 0.1))
        else:
            radius = (0.23, 0.33) if style == "oval" else (0.27, 0.3)
            canvas.round((side * 0.72, 0.37), radius, lighter(palette.body, 0.14), end=darker(palette.body, 0.25))
            canvas.round((side * 0.74, 0.37), (radius[0] * 0.6, radius[1] * 0.62), palette.spot)
    if mark is not None:
        canvas.stamp(mark, (0.0, -0.7), 0.52)


# -- nobody's brand -----------------------------------------------------------------------------------------------


def mug(canvas: Canvas, palette: Palette, mark: Mark, chance: Random) -> None:
    """A mug; a name, if any, is printed on it."""
    canvas.shadow((0.1, 0.64), (0.8, 0.1))
    canvas.line(ellipse((0.5, 0.08), (0.34, 0.32), 270, 450), darker(palette.body, 0.12), 0.12)
    cylinder(canvas, -0.52, -0.48, 0.52, 0.56, palette.body)
    for line in range(chance.randint(0, 4)):
        cylinder(canvas, -0.52, -0.3 + line * 0.2, 0.52, -0.22 + line * 0.2, palette.spot)
    canvas.round((0.0, -0.48), (0.52, 0.13), lighter(palette.body, 0.3), end=palette.body)
    canvas.round((0.0, -0.46), (0.46, 0.1), (92, 58, 38), end=(60, 36, 24))
    if mark is not None:
        canvas.stamp(mark, (0.0, 0.1), 0.7)


def parcel(canvas: Canvas, palette: Palette, mark: Mark, chance: Random) -> None:
    """A carton, also a brand's packaging where it bears a mark."""
    canvas.shadow((0.1, 0.78), (1.0, 0.12))
    lift = chance.uniform(0.2, 0.36)
    top = [(-0.86, -0.3), (-0.2, -0.3 - lift), (0.92, -0.24 - lift * 0.5), (0.3, -0.12)]
    canvas.shape(top, lighter(palette.body, 0.4), end=lighter(palette.body, 0.2))
    canvas.shape(
        [(-0.86, -0.3), (0.3, -0.12), (0.3, 0.84), (-0.82, 0.6)],
        lighter(palette.body, 0.08),
        end=darker(palette.body, 0.12),
    )
    canvas.shape(
        [(0.3, -0.12), (0.92, -0.24 - lift * 0.5), (0.86, 0.52), (0.3, 0.84)],
        darker(palette.body, 0.24),
        end=darker(palette.body, 0.42),
    )
    canvas.flat(
        [
            (-0.5, -0.3 - lift * 0.55),
            (-0.4, -0.3 - lift * 0.7),
            (0.7, -0.19 - lift * 0.28),
            (0.58, -0.17 - lift * 0.14),
        ],
        palette.spot,
    )
    canvas.flat([(-0.86, 0.24), (0.3, 0.46), (0.3, 0.56), (-0.85, 0.33)], palette.spot)
    if mark is not None:
        canvas.stamp(mark, (-0.28, 0.12), 0.92, tilt=9)


def plant(canvas: Canvas, palette: Palette, mark: Mark, chance: Random) -> None:
    """A plant in a pot."""
    canvas.shadow((0.0, 0.86), (0.6, 0.1))
    for leaf in range(chance.randint(5, 9)):
        angle = math.radians(-160 + leaf * 17 + chance.uniform(-6, 6))
        reach = chance.uniform(0.7, 1.1)
        tip = (math.cos(angle) * reach, 0.14 + math.sin(angle) * reach)
        side = (-math.sin(angle) * 0.15, math.cos(angle) * 0.15)
        middle = (tip[0] * 0.55, 0.14 + (tip[1] - 0.14) * 0.55)
        green = mix((46, 108, 60), (128, 172, 84), chance.random())
        canvas.shape(
            curve(
                [
                    (0.0, 0.2),
                    (middle[0] + side[0], middle[1] + side[1]),
                    tip,
                    (middle[0] - side[0], middle[1] - side[1]),
                ]
            ),
            green,
        )
    canvas.shape(
        [(-0.42, 0.2), (0.42, 0.2), (0.32, 0.88), (-0.32, 0.88)],
        lighter(palette.body, 0.15),
        end=darker(palette.body, 0.25),
        across=True,
    )
    canvas.shape(box(-0.46, 0.14, 0.46, 0.3), palette.body)
    if mark is not None:
        canvas.stamp(mark, (0.0, 0.56), 0.5)


def blanket(canvas: Canvas, palette: Palette, mark: Mark, chance: Random) -> None:
    """Folded cloth with a pattern."""
    canvas.shadow((0.0, 0.66), (1.0, 0.12))
    folds = chance.randint(2, 4)
    for fold in range(folds):
        top = 0.56 - (fold + 1) * (0.95 / folds)
        colour = (palette.body, palette.trim, palette.spot)[fold % 3]
        canvas.shape(
            round_box(-0.9, top, 0.9, top + 0.95 / folds, 0.12), lighter(colour, 0.16), end=darker(colour, 0.24)
        )
        for place in range(chance.randint(4, 9)):
            left = -0.8 + place * 0.2
            canvas.line([(left, top + 0.05), (left + 0.06, top + 0.9 / folds)], lighter(colour, 0.4), 0.02)
    if mark is not None:
        canvas.stamp(mark, (0.3, 0.36), 0.4)


def ring(canvas: Canvas, palette: Palette, mark: Mark, chance: Random) -> None:
    """A pair of round spare parts: seals, pads, lids."""
    for x, y, radius in ((-0.38, -0.1, 0.5), (0.42, 0.26, 0.44)):
        canvas.shadow((x + 0.04, y + 0.12), (radius, radius * 0.95), 0.35)
        canvas.round((x, y), (radius, radius * 0.94), lighter(palette.body, 0.2), end=darker(palette.body, 0.25))
        hole = radius * chance.uniform(0.45, 0.72)
        canvas.round((x, y), (hole, hole * 0.94), palette.trim, end=lighter(palette.trim, 0.3))
    if mark is not None:
        canvas.stamp(mark, (-0.38, -0.1), 0.5)


def strap(canvas: Canvas, palette: Palette, mark: Mark, chance: Random) -> None:
    """Bands laid side by side."""
    for place in range(chance.randint(2, 4)):
        left = -0.8 + place * 0.46
        colour = (palette.body, palette.trim, palette.spot, lighter(palette.body, 0.4))[place]
        canvas.glow(box(left + 0.03, -0.9, left + 0.35, 0.94), BLACK, 0.4, blur=0.015)
        canvas.shape(
            round_box(left, -0.92, left + 0.32, 0.9, 0.12), lighter(colour, 0.15), end=darker(colour, 0.2), across=True
        )
        for hole in range(5):
            canvas.round((left + 0.16, 0.24 + hole * 0.13), (0.03, 0.03), BLACK, end=BLACK)
        canvas.line([(left + 0.04, -0.72), (left + 0.28, -0.72)], (214, 214, 220), 0.06)
    if mark is not None:
        canvas.stamp(mark, (0.0, -0.2), 0.5)
