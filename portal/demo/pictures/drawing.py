"""A picture from its description: scene, thing, mark, light. The same description gives the same pixels."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Final

from PIL import Image

from portal.demo.pictures import household, wearables
from portal.demo.pictures.canvas import WHOLE, Canvas, Pose, box
from portal.demo.pictures.marks import MarkStyle, word_mark
from portal.demo.pictures.palettes import BLACK, WHITE, Colour, Palette, darker
from portal.demo.pictures.scenes import paint

Thing = Callable[[Canvas, Palette, Image.Image | None, Random], None]

KINDS: Final[Mapping[str, Thing]] = {
    each.__name__: each
    for each in (
        *(wearables.sneaker, wearables.cap, wearables.shirt, wearables.bag, wearables.watch),
        *(household.tumbler, household.jar, household.perfume, household.lamp, household.knives),
        *(household.doll, household.headphones, household.mug, household.parcel, household.plant),
        *(household.blanket, household.ring, household.strap),
    )
}
_PLAIN_MARK: Final = MarkStyle()
#: Things that lie flat, so that the shop may turn them any way.
_FLAT: Final = frozenset({"shirt", "watch", "knives", "strap", "ring"})


@dataclass(frozen=True, slots=True)
class PictureSpec:
    """What to draw. ``seed`` decides pose, light and details; ``mark`` is the word on the thing, if any."""

    kind: str
    seed: str
    palette: Palette
    scene: str
    walls: tuple[Colour, Colour]
    mark: str = ""
    style: MarkStyle = _PLAIN_MARK
    prop: str = ""


def draw(spec: PictureSpec) -> Image.Image:
    """A picture of the thing, 480 pixels a side."""
    chance = Random(spec.seed)  # noqa: S311 - pictures, not secrets
    canvas = Canvas(spec.walls[0])
    paint(canvas, spec.scene, *spec.walls, chance)
    if spec.prop:
        _draw_prop(canvas, spec, chance)
    canvas.pose = _pose(spec.kind, chance)
    mark = word_mark(spec.mark, spec.style, spec.palette.mark) if spec.mark else None
    KINDS[spec.kind](canvas, spec.palette, mark, chance)
    _light(canvas, chance)
    return canvas.finish()


def draw_logo(mark: str, style: MarkStyle, ground: Colour, ink: Colour) -> Image.Image:
    """The word mark alone on its colour."""
    canvas = Canvas(ground)
    canvas.pose = WHOLE
    canvas.stamp(word_mark(mark, style, ink), (0.0, 0.0), 1.64)
    return canvas.finish()


def _pose(kind: str, chance: Random) -> Pose:
    turn = chance.uniform(-28, 28) if kind in _FLAT else chance.uniform(-7, 7)
    return Pose(
        x=chance.uniform(0.42, 0.58),
        y=chance.uniform(0.48, 0.6),
        scale=chance.uniform(0.29, 0.4),
        turn=turn,
        mirrored=chance.random() < 0.5,
    )


def _draw_prop(canvas: Canvas, spec: PictureSpec, chance: Random) -> None:
    """Something that stands behind the thing, half out of the picture."""
    canvas.pose = Pose(chance.choice((0.12, 0.2, 0.8, 0.9)), chance.uniform(0.3, 0.46), chance.uniform(0.16, 0.26))
    palette = Palette(darker(spec.walls[1], 0.1), spec.palette.trim, spec.walls[0])
    KINDS[spec.prop](canvas, palette, None, chance)


def _light(canvas: Canvas, chance: Random) -> None:
    """The room's light: one side brighter, one corner darker."""
    canvas.pose = WHOLE
    side = chance.choice((-1, 1))
    canvas.glow(box(min(side, side * 0.3), -1, max(side, side * 0.3), 1), WHITE, chance.uniform(0.05, 0.3), blur=0.12)
    canvas.glow(
        box(min(-side, -side * 0.5), 0.2, max(-side, -side * 0.5), 1), BLACK, chance.uniform(0.05, 0.3), blur=0.12
    )
