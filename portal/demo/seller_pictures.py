"""Pictures that shops take themselves: any room, any light, any colour. Pure."""

from random import Random
from typing import Final

from portal.demo.brands import DemoBrand
from portal.demo.pictures import Palette, PictureSpec
from portal.demo.pictures.palettes import WHITE, Colour, darker, lighter
from portal.demo.pictures.scenes import SCENES

_TINTS: Final[tuple[Colour, ...]] = (
    (198, 66, 58),
    (226, 132, 64),
    (232, 190, 90),
    (150, 168, 82),
    (72, 126, 92),
    (66, 142, 150),
    (60, 110, 168),
    (84, 84, 150),
    (136, 92, 150),
    (196, 104, 140),
    (132, 88, 62),
    (90, 92, 100),
    (208, 200, 188),
    (44, 48, 58),
)
_PROPS: Final = ("", "", "plant", "mug", "parcel", "blanket")


def own_picture(kind: str, number: int, chance: Random, *, mark: DemoBrand | None = None) -> PictureSpec:
    """A picture of the shop's own. Goods that bear a brand's mark have the brand's colours, as genuine ones do."""
    one, other, body, trim, spot = chance.sample(_TINTS, 5)
    palette = chance.choice(mark.palettes) if mark else Palette(body, trim, lighter(spot, 0.2), WHITE)
    walls = (
        lighter(one, chance.uniform(0.25, 0.7)),
        chance.choice((lighter, darker))(other, chance.uniform(0.05, 0.3)),
    )
    return PictureSpec(
        kind=kind,
        seed=f"shop:{number}",
        palette=palette,
        scene=chance.choice(sorted(SCENES)),
        walls=walls,
        mark=mark.latin if mark else "",
        prop=chance.choice(_PROPS),
        **({"style": mark.style} if mark else {}),
    )
