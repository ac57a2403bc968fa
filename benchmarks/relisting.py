"""How many counterfeits are known when they come back altered, and how many clean listings are taken for one.

    python -m benchmarks.relisting           QUICK=1 for a short run, OUT=file.json for the figures
                                             PHOTOS=folder for real photographs instead of drawn pictures

Through the whole of it: listings with pictures and text are confirmed as counterfeits in a database of its own, copies
of them are altered in every way of ``alterations`` and come back with other words, at other sellers and at the same
ones, and screening looks at all of them. The same seed gives the same pictures; counts, not times, are compared.
"""

import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, Final

import django
from PIL import Image, ImageDraw

from benchmarks.alterations import KINDS, Surroundings, alter, as_jpeg, flat
from matching.tests.factories import product_picture

QUICK: Final = bool(os.environ.get("QUICK"))
ORIGINALS: Final = 10 if QUICK else 40
CLEAN: Final = 100 if QUICK else 600
SHOPS: Final = 10 if QUICK else 30
SEED: Final = 20_261_123
_SYLLABLES: Final = "가나다라마바사아자차카타파하설화수이니스프리네즈미샤클로오휘토담온빛결"


@dataclass(frozen=True, slots=True)
class Figure:
    """Of so many listings of a kind so many were found to be a counterfeit that is back."""

    kind: str
    of: int
    found: int


def main() -> None:
    """Runs everything, prints a table, and writes the figures where OUT says."""
    with tempfile.TemporaryDirectory(prefix="jikimi-relisting-") as folder:
        _prepare(Path(folder))
        figures = list(_Market(Random(SEED)).figures())
    for each in figures:
        print(f"{each.kind:58} {each.found:5} of {each.of:5}  {each.found / each.of:6.1%}")
    if out := os.environ.get("OUT"):
        result = {"benchmark": "relisting", "quick": QUICK, "rows": [asdict(each) for each in figures]}
        Path(out).write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _prepare(folder: Path) -> None:
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "DATABASE_URL": os.environ.get("BENCH_DATABASE_URL") or f"sqlite:///{folder / 'db.sqlite3'}",
        "VAR_DIR": str(folder),
        "INDEX_ROOT": str(folder / "index"),
        "CHECKPOINT_FILE": str(folder / "checkpoints.jsonl"),
        "LOG_LEVEL": "ERROR",
    }
    django.setup()
    from django.core.management import call_command  # there only after django.setup(), here and below

    call_command("migrate", verbosity=0)


class _Market:
    """A marketplace with confirmed counterfeits, their copies, and what is no copy of them."""

    def __init__(self, dice: Random) -> None:
        from brands.tests.factories import make_brand

        self._dice = dice
        self._numbers = count(1)
        self._pictures = self._drawn()
        self._around = Surroundings(dice, [next(self._pictures) for _ in range(6)])
        self._originals = [next(self._pictures) for _ in range(ORIGINALS)]
        self._brand = make_brand("누벨하니")

    def figures(self) -> Iterator[Figure]:
        self._confirm()
        for kind in KINDS:
            yield self._returned(f"{kind}, other seller, no name", self._copies(kind))
        for kind in KINDS:
            yield self._returned(f"{kind}, other seller, brand named", self._copies(kind, title="누벨하니 "))
        for kind in KINDS:
            yield self._returned(f"{kind}, same seller", self._copies(kind, sellers=self.sellers))
        yield self._returned("words, 1 in 10 changed, other seller, brand named", self._reworded(0.1))
        yield self._returned("words, 3 in 10 changed, other seller, brand named", self._reworded(0.3))
        yield self._returned("no copy: other goods, other seller", self._clean())
        yield self._returned("no copy: other goods that name the brand", self._clean(title="누벨하니 "))
        yield self._returned("no copy: other goods of the same sellers", self._others_of_the_sellers())
        yield self._returned("no copy: other goods in the seller's own frame", self._framed())
        yield self._returned("no copy: what a shop writes later under other goods", self._written_later())
        yield self._returned("no copy: the same generic title", self._titled())
        yield self._returned("no copy: resellers with the brand's own pictures", self._resold())

    def _drawn(self) -> Iterator[Image.Image]:
        """Pictures without end: photographs of the folder, then drawn ones."""
        if folder := os.environ.get("PHOTOS"):
            paths = sorted(path for path in Path(folder).iterdir() if path.suffix in {".jpg", ".jpeg", ".png"})
            self._dice.shuffle(paths)
            for path in paths:
                with Image.open(path) as photo:
                    yield flat(photo)
        for seed in count(SEED):
            yield product_picture(seed, (400, 400))

    def _confirm(self) -> None:
        """Each original at a seller of its own, with a text of its own, found a counterfeit thirty days ago."""
        self.sellers, self.titles, self.texts = [], [], []
        for picture in self._originals:
            listing = self._listing([as_jpeg(picture)], text=self._words(60), title=f"{self._words(3)} 정품급")
            self.sellers.append(listing.seller)
            self.titles.append(listing.current_version.title)
            self.texts.append(listing.current_version.description)
            self._keep(listing)

    def _keep(self, listing: Any) -> None:
        from django.utils import timezone

        from listings.counterfeits import keep_fingerprints

        keep_fingerprints(
            listing.current_version,
            brand=self._brand,
            source=listing,
            effective_at=timezone.now() - timedelta(days=30),
            actor=None,
        )

    def _listing(self, pictures: Sequence[bytes], *, text: str = "", title: str = "", seller: Any = None) -> Any:
        from core.tests.factories import make_evidence_file
        from listings.tests.factories import make_listing

        files = [make_evidence_file(data) for data in pictures]
        title = title or f"{self._words(4)} {next(self._numbers)}"
        return make_listing(title, images=files, description=text or self._words(40), seller=seller)

    def _words(self, number: int) -> str:
        return " ".join("".join(self._dice.choices(_SYLLABLES, k=self._dice.randint(2, 4))) for _ in range(number))

    def _returned(self, kind: str, listings: Sequence[Any]) -> Figure:
        from listings.models import Reappearance
        from listings.screening import screen_versions

        versions = [listing.current_version_id for listing in listings]
        for start in range(0, len(versions), 50):
            screen_versions(versions[start : start + 50])
        found = Reappearance.objects.filter(version__in=versions).values("version").distinct().count()
        return Figure(kind, len(versions), found)

    # -- copies -------------------------------------------------------------------------------------------------------

    def _copies(self, kind: str, *, title: str = "", sellers: Sequence[Any] = ()) -> list[Any]:
        return [
            self._listing([alter(kind, picture, self._around)], title=f"{title}{self._words(4)}", seller=seller)
            for picture, seller in zip(self._originals, sellers or [None] * ORIGINALS, strict=True)
        ]

    def _reworded(self, share: float) -> list[Any]:
        """The old text with some of its words replaced, under a title of its own, with another picture."""
        return [
            self._listing([as_jpeg(next(self._pictures))], text=words, title=f"누벨하니 {self._words(3)}")
            for words in (" ".join(self._changed(text.split(), share)) for text in self.texts)
        ]

    def _changed(self, words: Sequence[str], share: float) -> list[str]:
        replaced = set(self._dice.sample(range(len(words)), int(share * len(words))))
        return [self._words(1) if place in replaced else word for place, word in enumerate(words)]

    # -- no copies ----------------------------------------------------------------------------------------------------

    def _clean(self, title: str = "") -> list[Any]:
        titles = [f"{title}{self._words(4)}" for _ in range(CLEAN)]
        return [self._listing([as_jpeg(next(self._pictures))], title=each) for each in titles]

    def _others_of_the_sellers(self) -> list[Any]:
        """Other goods, with the terms that the seller writes under everything."""
        found = []
        for seller in self.sellers:
            found += [self._listing([as_jpeg(next(self._pictures))], seller=seller) for _ in range(3)]
        return found

    def _framed(self) -> list[Any]:
        """A shop that shows all its goods in one frame and writes one text under all, one of them a counterfeit."""
        found = []
        for _ in range(SHOPS):
            colour, terms = "#" + "".join(self._dice.choices("0123456789abcdef", k=6)), self._words(60)
            first = self._listing([self._in_frame(colour)], text=terms)
            seller = first.seller
            others = [self._listing([self._in_frame(colour)], text=terms, seller=seller) for _ in range(4)]
            self._keep(first)
            found += others
        return found

    def _written_later(self) -> list[Any]:
        """Other goods of the same sellers under the very words of the counterfeit."""
        said = zip(self.sellers, self.texts, strict=True)
        return [self._listing([as_jpeg(next(self._pictures))], seller=seller, text=text) for seller, text in said]

    def _in_frame(self, colour: str) -> bytes:
        frame = Image.new("RGB", (480, 480), colour)
        pen = ImageDraw.Draw(frame)
        pen.rectangle((0, 400, 480, 480), fill="white")
        pen.text((20, 430), "FREE SHIPPING  100% QUALITY", fill="black")
        goods = next(self._pictures).resize((360, 360))
        frame.paste(goods, (60, 25))
        return as_jpeg(frame)

    def _titled(self) -> list[Any]:
        return [
            self._listing([as_jpeg(next(self._pictures))], title=title, text="당일 발송합니다.")
            for title in self.titles
        ]

    def _resold(self) -> list[Any]:
        """Genuine goods under the brand's own picture, which a counterfeit's listing showed as well."""
        from brands.tests.factories import make_reference_image
        from core.tests.factories import make_evidence_file

        found = []
        for _ in range(SHOPS):
            own = next(self._pictures)
            make_reference_image(self._brand, file=make_evidence_file(as_jpeg(own, quality=95)))
            self._keep(self._listing([as_jpeg(own, quality=70)]))
            found += [self._listing([alter(kind, own, self._around)]) for kind in ("recompress", "resize", "mirror")]
        return found


if __name__ == "__main__":
    main()
