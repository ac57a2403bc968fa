"""Twelve brands that do not exist: names, rights, a look of their own, and who may sell them. Pure.

Every name was made up for this demonstration; looked up among real brands, none was found. Some of them have also
registered an everyday word for a line of goods, as real brands do, and such a word never speaks alone.
"""

from dataclasses import dataclass
from typing import Final

from portal.demo.pictures import Palette, PictureSpec
from portal.demo.pictures.marks import MarkStyle
from portal.demo.pictures.palettes import BLACK, WHITE, Colour

#: Product pictures that a brand hands in; beside them its logo and its packaging.
PRODUCT_PICTURES: Final = 4


@dataclass(frozen=True, slots=True)
class DemoBrand:
    """One invented brand. ``goods`` is what its article is called; ``price`` what it costs, in won."""

    slug: str
    hangul: str
    latin: str
    kind: str
    goods: str
    category: str
    price: int
    palettes: tuple[Palette, ...]
    walls: tuple[Colour, Colour]
    scene: str
    style: MarkStyle
    line: str = ""

    @property
    def names(self) -> list[str]:
        """Every registered spelling but the name itself."""
        return [self.latin, *([self.line] if self.line else [])]

    def reference(self, place: int) -> PictureSpec:
        """The brand's own product picture number ``place``."""
        return PictureSpec(
            kind=self.kind,
            seed=f"brand:{self.slug}:{place}",
            palette=self.palettes[place % len(self.palettes)],
            scene=self.scene if place % 2 == 0 else self._second_scene(place // 2),
            walls=self.walls if place % 2 == 0 else (self.walls[1], self.walls[0]),
            mark=self.latin,
            style=self.style,
            prop=_PROPS[place % len(_PROPS)],
        )

    def packaging(self) -> PictureSpec:
        """The brand's carton, shown where its goods are shown."""
        walls, seed = (self.walls[1], self.walls[0]), f"box:{self.slug}"
        return PictureSpec(
            "parcel", seed, self.palettes[0], self._second_scene(2), walls, self.latin, self.style, prop=self.kind
        )

    def _second_scene(self, place: int) -> str:
        """Away from the studio: each brand begins somewhere else."""
        return _SECOND_SCENES[(place + sum(map(ord, self.slug))) % len(_SECOND_SCENES)]

    def reference_file(self, place: int) -> str:
        return f"brands/{self.slug}/product-{place + 1}.jpg"


_SECOND_SCENES: Final = ("blocks", "window", "terrazzo", "outdoors", "cloth", "floorboards", "table")
_PROPS: Final = ("", "plant", "mug", "")

_INK: Final = Palette(body=(38, 42, 54), trim=(92, 98, 112), spot=(226, 178, 88), mark=(240, 226, 196))
_CREAM: Final = Palette(body=(238, 228, 210), trim=(150, 106, 74), spot=(196, 84, 66), mark=(74, 48, 34))
_SEA: Final = Palette(body=(34, 96, 150), trim=(226, 232, 238), spot=(246, 146, 84), mark=WHITE)
_MOSS: Final = Palette(body=(66, 104, 76), trim=(44, 52, 44), spot=(224, 208, 150), mark=(244, 240, 220))
_BRICK: Final = Palette(body=(176, 70, 56), trim=(56, 36, 40), spot=(246, 214, 170), mark=(255, 244, 230))
_LILAC: Final = Palette(body=(150, 128, 186), trim=(244, 238, 250), spot=(90, 62, 130), mark=WHITE)
_MINT: Final = Palette(body=(140, 200, 184), trim=(250, 250, 244), spot=(244, 128, 128), mark=(24, 80, 74))
_ROSE: Final = Palette(body=(228, 160, 166), trim=(250, 240, 236), spot=(150, 52, 78), mark=(110, 30, 56))
_NIGHT: Final = Palette(body=(24, 30, 66), trim=(190, 194, 206), spot=(98, 168, 232), mark=(216, 228, 250))
_SAND: Final = Palette(body=(206, 168, 120), trim=(92, 62, 40), spot=(250, 238, 214), mark=(70, 42, 22))
_GOLD: Final = Palette(body=(216, 172, 78), trim=(60, 48, 34), spot=(250, 244, 226), mark=BLACK)
_SNOW: Final = Palette(body=(238, 240, 244), trim=(70, 78, 92), spot=(222, 66, 70), mark=(36, 42, 54))

BRANDS: Final[tuple[DemoBrand, ...]] = (
    DemoBrand(
        "trenuri",
        "트레누리",
        "TRENURI",
        "sneaker",
        "러닝화",
        "패션 > 신발 > 운동화",
        129_000,
        (_SEA, _SNOW, _BRICK, _INK),
        ((226, 236, 244), (92, 132, 176)),
        "blocks",
        MarkStyle(0.04, 3, -0.3),
    ),
    DemoBrand(
        "morugang",
        "모루강",
        "MORUGANG",
        "tumbler",
        "텀블러",
        "주방 > 컵 > 텀블러",
        42_000,
        (_MOSS, _CREAM, _NIGHT, _MINT),
        ((228, 222, 206), (140, 108, 74)),
        "table",
        MarkStyle(0.22, 1, 0, "line"),
    ),
    DemoBrand(
        "seolarin",
        "설아린",
        "SEOLARIN",
        "jar",
        "수분크림",
        "뷰티 > 스킨케어 > 크림",
        58_000,
        (_ROSE, _SNOW, _LILAC, _MINT),
        ((250, 234, 232), (206, 142, 150)),
        "studio",
        MarkStyle(0.3, 0, 0),
        "고운",
    ),
    DemoBrand(
        "vellodan",
        "벨로단",
        "VELLODAN",
        "bag",
        "토트백",
        "패션 > 가방 > 토트백",
        348_000,
        (_SAND, _INK, _BRICK, _MOSS),
        ((240, 228, 212), (164, 116, 78)),
        "window",
        MarkStyle(0.16, 2, 0, "lines"),
    ),
    DemoBrand(
        "corviol",
        "코르비올",
        "CORVIOL",
        "cap",
        "볼캡",
        "패션 > 잡화 > 모자",
        39_000,
        (_NIGHT, _BRICK, _CREAM, _MOSS),
        ((222, 226, 216), (88, 110, 92)),
        "outdoors",
        MarkStyle(0.02, 4, 0),
    ),
    DemoBrand(
        "sonuvi",
        "소누비",
        "SONUVI",
        "headphones",
        "무선 헤드폰",
        "디지털 > 음향 > 헤드폰",
        219_000,
        (_INK, _SNOW, _SEA, _SAND),
        ((214, 220, 232), (70, 82, 112)),
        "blocks",
        MarkStyle(0.12, 1, 0, "pill", lower=True),
    ),
    DemoBrand(
        "kroneldo",
        "크로넬도",
        "KRONELDO",
        "watch",
        "손목시계",
        "패션 > 시계 > 손목시계",
        412_000,
        (_NIGHT, _SNOW, _MOSS, _GOLD),
        ((206, 200, 194), (72, 60, 56)),
        "terrazzo",
        MarkStyle(0.1, 1, 0),
    ),
    DemoBrand(
        "nurichen",
        "누리첸",
        "NURICHEN",
        "shirt",
        "반팔 티셔츠",
        "패션 > 의류 > 티셔츠",
        34_000,
        (_MINT, _SEA, _BRICK, _SNOW),
        ((236, 226, 208), (176, 140, 100)),
        "floorboards",
        MarkStyle(0.06, 3, 0, "box"),
        "하늘",
    ),
    DemoBrand(
        "lumidan",
        "루미단",
        "LUMIDAN",
        "lamp",
        "무드등",
        "가구 > 조명 > 스탠드",
        76_000,
        (_GOLD, _LILAC, _SNOW, _MINT),
        ((96, 84, 110), (60, 52, 74)),
        "shelf",
        MarkStyle(0.34, 0, 0, "", lower=True),
    ),
    DemoBrand(
        "arsenyu",
        "아르세뉴",
        "ARSENYU",
        "perfume",
        "오 드 퍼퓸",
        "뷰티 > 향수",
        118_000,
        (_ROSE, _SEA, _GOLD, _LILAC),
        ((244, 222, 226), (180, 120, 150)),
        "cloth",
        MarkStyle(0.2, 1, -0.15, "line"),
        "바다",
    ),
    DemoBrand(
        "ttorimong",
        "또리몽",
        "TTORIMONG",
        "doll",
        "봉제 인형",
        "완구 > 인형",
        27_000,
        (_CREAM, _LILAC, _MINT, _SAND),
        ((252, 236, 196), (236, 160, 96)),
        "tiles",
        MarkStyle(0.02, 3, 0, "pill", lower=True),
        "구름",
    ),
    DemoBrand(
        "danjorin",
        "단조린",
        "DANJORIN",
        "knives",
        "식도 세트",
        "주방 > 칼 > 식도",
        164_000,
        (_SAND, _INK, _MOSS, _CREAM),
        ((208, 206, 198), (96, 92, 84)),
        "tiles",
        MarkStyle(0.14, 2, 0, "box"),
        "나무",
    ),
)


def brand_row(place: int, brand: DemoBrand, sellers: list[str]) -> dict[str, object]:
    """The brand as a line of an import file."""
    number = 9_900_001 + place * 10  # Numbers that the register has not come to.
    images = [
        {"id": f"{brand.slug}-p{each + 1}", "file": brand.reference_file(each), "kind": "product"}
        for each in range(PRODUCT_PICTURES)
    ]
    images.append({"id": f"{brand.slug}-logo", "file": f"brands/{brand.slug}/logo.jpg", "kind": "logo"})
    images.append({"id": f"{brand.slug}-box", "file": f"brands/{brand.slug}/packaging.jpg", "kind": "packaging"})
    return {
        "id": brand.slug,
        "name": brand.hangul,
        "names": brand.names,
        "rights_holder": {
            "id": f"holder-{brand.slug}",
            "name": f"주식회사 {brand.hangul}",
            "email": f"ip@{brand.slug}.example",
        },
        "rights": [
            {"kind": "trademark", "number": f"40-{number}"},
            {"kind": "trademark", "number": f"40-{number + 1}"},
            {"kind": "design", "number": f"30-{number}"},
        ],
        "images": images,
        "authorised_sellers": sellers,
    }
