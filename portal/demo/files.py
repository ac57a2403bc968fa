"""Writes the demonstration as what a marketplace would hand in: two files of rows and a folder of pictures."""

import json
import multiprocessing
import os
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from random import Random
from typing import Final

from PIL import Image

from portal.demo.brands import BRANDS, PRODUCT_PICTURES, DemoBrand, brand_row
from portal.demo.listings import SEED, Copied, DemoListing, Picture, demo_listings, listing_row
from portal.demo.pictures import alter, draw, draw_logo
from portal.demo.sellers import UNKNOWN_SELLER, demo_sellers, sellers_of

_QUALITY: Final = 88
#: Pictures that a process draws at a time.
_CHUNK: Final = 24


@dataclass(frozen=True, slots=True)
class DemoFiles:
    """What was written."""

    folder: Path

    @property
    def brands(self) -> Path:
        return self.folder / "brands.jsonl"

    @property
    def listings(self) -> Path:
        return self.folder / "listings.jsonl"

    @property
    def orders(self) -> Path:
        return self.folder / "orders.jsonl"


def write_files(folder: Path, today: date) -> DemoFiles:
    """Write rows and pictures under the folder. Pictures that are there already are left as they are."""
    files, listings = DemoFiles(folder), demo_listings(today)
    sellers = demo_sellers(Random(SEED))  # noqa: S311 - made-up data, not secrets
    brands = [
        brand_row(place, brand, [*[each.external_id for each in sellers_of(sellers, brand.slug)], *_waiting(place)])
        for place, brand in enumerate(BRANDS)
    ]
    _write_pictures(folder, listings)
    _write_rows(files.brands, brands)
    _write_rows(files.listings, [listing_row(listing, today) for listing in listings])
    return files


def write_orders(folder: Path, rows: Iterable[dict[str, object]]) -> Path:
    """Write what consumers bought, beside the listings."""
    folder.mkdir(parents=True, exist_ok=True)
    path = DemoFiles(folder).orders
    _write_rows(path, rows)
    return path


def _waiting(place: int) -> list[str]:
    """The first brand names a shop that the marketplace has not told of."""
    return [UNKNOWN_SELLER] if place == 0 else []


def _write_rows(path: Path, rows: Iterable[dict[str, object]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")


def _write_pictures(folder: Path, listings: Iterable[DemoListing]) -> None:
    """The brands' pictures first: listings copy them."""
    wanted = [
        (str(name), picture)
        for listing in listings
        for name, picture in zip(_names(listing), listing.pictures, strict=True)
    ]
    for name in ("listings", *(f"brands/{brand.slug}" for brand in BRANDS)):
        (folder / name).mkdir(parents=True, exist_ok=True)
    # Children start anew rather than as copies of a process that has a database open.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(os.cpu_count() or 1, 8), mp_context=context) as pool:
        list(pool.map(partial(_write_brand, folder), BRANDS))
        list(pool.map(partial(_write_picture, folder), wanted, chunksize=_CHUNK))


def _names(listing: DemoListing) -> list[str]:
    names = listing.facts["images"]
    return [str(name) for name in names] if isinstance(names, list) else []


def _write_brand(folder: Path, brand: DemoBrand) -> None:
    palette = brand.palettes[0]
    for place in range(PRODUCT_PICTURES):
        if not (folder / brand.reference_file(place)).exists():
            _save(draw(brand.reference(place)), folder / brand.reference_file(place))
    _save(draw_logo(brand.latin, brand.style, palette.body, palette.mark), folder / f"brands/{brand.slug}/logo.jpg")
    _save(draw(brand.packaging()), folder / f"brands/{brand.slug}/packaging.jpg")


def _write_picture(folder: Path, wanted: tuple[str, Picture]) -> None:
    name, picture = wanted
    path = folder / name
    if path.exists():
        return
    if not isinstance(picture, Copied):
        _save(draw(picture), path)
        return
    source = folder / picture.file
    if picture.alteration:
        with Image.open(source) as original:
            _save(alter(original.convert("RGB"), picture.alteration), path)
    else:
        _write_whole(path, source.read_bytes())


def _save(picture: Image.Image, path: Path) -> None:
    unfinished = path.with_suffix(".part")
    picture.save(unfinished, "JPEG", quality=_QUALITY)
    unfinished.replace(path)


def _write_whole(path: Path, data: bytes) -> None:
    """Beside its place and moved there: a run that is stopped leaves no half picture to be taken for a whole one."""
    unfinished = path.with_suffix(".part")
    unfinished.write_bytes(data)
    unfinished.replace(path)
