"""The rows of a run on real input: brands with their material, clean listings, altered copies, disguised names."""

import json
import shutil
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Final

from PIL import Image

from benchmarks import alterations, disguised_names
from benchmarks.alterations import Surroundings, alter, flat

CLEAN: Final = "clean"
PLAIN: Final = "plain"
_SELLERS: Final = 60
#: What stands around a disguised name: nothing of it is a brand's.
_AROUND: Final = (
    "여름 신상 {} 세트 무료배송",
    "{} 남녀공용 데일리 기획전",
    "당일발송 {} 2개 묶음 특가",
    "가성비 추천 {} 선물용",
)
#: Names short enough to be other words are left out: no disguise of them can be told from those.
_LEAST_LETTERS: Final = {"hangul": 3, "latin": 6}


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of everything: photos as references, clean listings, copies and names of each kind."""

    references: int
    clean: int
    copies: int
    names: int


@dataclass(frozen=True, slots=True)
class Reference:
    """A picture of a brand's material."""

    path: Path
    brand: str
    group: str


@dataclass(frozen=True, slots=True)
class Row:
    """A listing's line, what was done to it, and the brands that it should be found for."""

    line: Mapping[str, Any]
    group: str
    kind: str
    brands: frozenset[str] = frozenset()

    @property
    def external_id(self) -> str:
        return str(self.line["id"])


def brand_rows(data: Path, pictures: Path, scale: Scale, dice: Random) -> tuple[list[dict[str, Any]], list[Reference]]:
    """The named brands, with all logos and so many photos spread over them."""
    brands = [dict(line) for name in ("brand-names", "korean-brands") for line in _lines(data / f"{name}.jsonl")]
    shuffled = dice.sample(brands, len(brands))
    logos = [("logo", path) for path in sorted((data / "logos").iterdir())]
    photos = [("photo", path) for path in _photos(data, dice)[: scale.references]]
    references = []
    for place, (group, path) in enumerate([*logos, *photos]):
        brand = shuffled[place % len(shuffled)]
        shutil.copy(path, pictures / path.name)
        kind = "logo" if group == "logo" else "product"
        brand.setdefault("images", []).append({"id": path.stem, "file": path.name, "kind": kind})
        references.append(Reference(path, brand["id"], group))
    return brands, references


def listing_rows(
    data: Path,
    pictures: Path,
    scale: Scale,
    dice: Random,
    brands: Sequence[Mapping[str, Any]],
    references: Sequence[Reference],
) -> list[Row]:
    """Clean listings, altered copies, disguised names and plain ones, each with an identifier of its own."""
    used = {reference.path for reference in references}
    others = [path for path in _photos(data, Random(dice.random())) if path not in used]
    titles = (data / "titles.txt").read_text(encoding="utf-8").splitlines()
    rows = [
        *_clean(others, titles, pictures, scale, dice),
        *_copies(references, others, pictures, scale, dice),
        *_names(brands, scale, dice),
    ]
    return [_numbered(row, number) for number, row in enumerate(rows, start=1)]


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def _photos(data: Path, dice: Random) -> list[Path]:
    photos = sorted((data / "photos").iterdir())
    dice.shuffle(photos)
    return photos


def _numbered(row: Row, number: int) -> Row:
    seller = number % _SELLERS
    whole = {
        "id": f"r{number:05}",
        "url": f"https://market.example/item/r{number:05}",
        "description": "",
        "price": "19900",
        "currency": "KRW",
        "category": "",
        "seller": {"id": f"s{seller}", "name": f"상점 {seller}"},
        "images": [],
        "posted_at": "2026-11-20T10:00:00+09:00",
    }
    return Row(whole | dict(row.line), row.group, row.kind, row.brands)


def _clean(photos: Sequence[Path], titles: Sequence[str], pictures: Path, scale: Scale, dice: Random) -> Iterator[Row]:
    """Titles as sellers wrote them, with photos that are nobody's material."""
    shown, said = dice.sample(list(photos), min(scale.clean, len(photos))), dice.sample(list(titles), scale.clean)
    for place, title in enumerate(said):
        path = shown[place % len(shown)]
        shutil.copy(path, pictures / path.name)
        yield Row({"title": title[:300], "images": [path.name]}, CLEAN, CLEAN)


def _copies(
    references: Sequence[Reference], others: Sequence[Path], pictures: Path, scale: Scale, dice: Random
) -> Iterator[Row]:
    """Every kind of alteration on photos and, on half as many, logos."""
    photos = [each for each in references if each.group == "photo"]
    logos = [each for each in references if each.group == "logo"]
    beside = [flat(Image.open(path)) for path in dice.sample(list(others), 40)]
    for kind in alterations.KINDS:
        chosen = dice.sample(photos, scale.copies) + dice.sample(logos, scale.copies // 2)
        for number, reference in enumerate(chosen):
            name = f"{kind.replace(' ', '-')}-{number}.jpg"
            around = Surroundings(Random(dice.random()), beside)
            (pictures / name).write_bytes(alter(kind, flat(Image.open(reference.path)), around))
            line = {"title": f"생활용품 {number}호", "images": [name]}
            yield Row(line, reference.group, kind, frozenset({reference.brand}))


def _names(brands: Sequence[Mapping[str, Any]], scale: Scale, dice: Random) -> Iterator[Row]:
    """Every way of disguise on names that it applies to, and the same names written plainly."""
    owners = _owners(brands)
    for way in disguised_names.WAYS:
        for name, written in _disguised(way, sorted(owners), scale.names, dice):
            title = dice.choice(_AROUND).format(written)
            yield Row({"title": title}, "name", way, frozenset(owners[name]))
    for name in dice.sample(sorted(owners), scale.names * 4):
        yield Row({"title": dice.choice(_AROUND).format(name)}, PLAIN, PLAIN)


def _owners(brands: Sequence[Mapping[str, Any]]) -> dict[str, set[str]]:
    """The brands of each name that is long enough to be told from other words."""
    owners: dict[str, set[str]] = defaultdict(set)
    for brand in brands:
        for name in (brand["name"], *brand.get("names", ())):
            script = "hangul" if disguised_names.is_hangul(name) else "latin"
            if (script == "hangul" or (name.isascii() and name.isalpha())) and len(name) >= _LEAST_LETTERS[script]:
                owners[name].add(brand["id"])
    return owners


def _disguised(way: str, names: Sequence[str], count: int, dice: Random) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name in dice.sample(list(names), len(names)):
        written = disguised_names.disguise(way, name, dice)
        if written != name:
            found.append((name, written))
        if len(found) == count:
            break
    return found
