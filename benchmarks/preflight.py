"""What an answer before publishing costs beyond the engine's own time for the same listing, measured in one run.

    python -m benchmarks.preflight           QUICK=1 for a short run, OUT=file.json for the figures
                                             BENCH_DATABASE_URL=postgres://… for another database than an SQLite file

The bar: the answer takes at most the engine's own time for that listing and 15 ms more, in the median; the p90 stands
beside it. Times are the clock's. For each listing both are timed three times in turn under titles of their own, and
the fastest of each counts: what else a shared machine does is no cost of ours. The listings are the demonstration's,
with 3,000 more brands to look for. The engine's own time is from bytes to verdict: ``fingerprint_picture`` of the
picture as it came and ``screen``. The request goes through the whole of Django: key, limits, Idempotency-Key, reading,
decoding in a child, authorisations, rejections, confirmed counterfeits, and the row that is kept.
"""

import base64
import json
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from benchmarks.portal import SYLLABLES, prepare_portal, run_command

QUICK = bool(os.environ.get("QUICK"))
LISTINGS = 200 if QUICK else 400
BRANDS = 3_000
TURNS: Final = 3
BAR_MS: Final = 15.0
DAY: Final = date(2026, 11, 25)


@dataclass(frozen=True, slots=True)
class Cost:
    """One way of asking: medians over all listings in milliseconds, and the difference of each pair."""

    measure: str
    listings: int
    engine: float
    request: float
    more: float
    more_p90: float

    @property
    def is_within(self) -> bool:
        return self.more <= BAR_MS

    @property
    def is_p90_within(self) -> bool:
        return self.more_p90 <= BAR_MS


@dataclass(frozen=True, slots=True)
class Asked:
    """A listing, as text, with its first picture as it lies on disk."""

    title: str
    description: str
    category: str
    price: int
    seller: str
    picture: bytes

    def body(self, title: str, images: Sequence[dict[str, str]]) -> bytes:
        said = {
            "title": title,
            "description": self.description,
            "category": self.category,
            "price_minor": self.price,
            "currency": "KRW",
            "seller": {"id": self.seller},
            "images": list(images),
        }
        return json.dumps(said, ensure_ascii=False).encode()


def main() -> None:
    """Runs everything, prints a table, and writes the figures where OUT says."""
    with tempfile.TemporaryDirectory(prefix="jikimi-bench-") as folder:
        prepare_portal(Path(folder))
        listings = _demonstration(Path(folder))
        rows = list(_costs(listings))
    print(f"{'measure':52} {'engine':>8} {'request':>8} {'more':>8} {'p90':>8}  bar: +{BAR_MS:g} ms")
    for row in rows:
        verdict = f"{_word(row.is_within)}, p90 {_word(row.is_p90_within)}"
        print(f"{row.measure:52} {row.engine:8.2f} {row.request:8.2f} {row.more:8.2f} {row.more_p90:8.2f}  {verdict}")
    if out := os.environ.get("OUT"):
        settings = {"quick": QUICK, "listings": len(listings), "brands": BRANDS, "bar_ms": BAR_MS}
        found = [asdict(row) | {"is_within": row.is_within, "is_p90_within": row.is_p90_within} for row in rows]
        figures = {"benchmark": "preflight", "settings": settings, "rows": found}
        Path(out).write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def _word(is_within: bool) -> str:
    return "within" if is_within else "NOT within"


def _demonstration(folder: Path) -> list[Asked]:
    """The demonstration's brands, brought in with many more, and its listings, brought in by nobody."""
    from portal.demo.files import write_files

    files = write_files(folder / "demo", DAY)
    run_command("import_brands", files.brands, images=files.folder)
    dice = random.Random(20_261_125)
    names = sorted({"".join(dice.choices(SYLLABLES, k=4)) for _ in range(BRANDS)})
    more = folder / "brands.jsonl"
    lines = (json.dumps({"id": f"b{place}", "name": name}, ensure_ascii=False) for place, name in enumerate(names))
    more.write_text("\n".join(lines) + "\n", encoding="utf-8")
    run_command("import_brands", more)
    rows = [json.loads(line) for line in files.listings.read_text("utf-8").splitlines()]
    return [_asked(row, files.folder) for row in rows if row["images"]][:LISTINGS]


def _asked(row: dict[str, Any], folder: Path) -> Asked:
    return Asked(
        title=row["title"],
        description=row["description"],
        category=row["category"],
        price=int(row["price"]),
        seller=row["seller"]["id"],
        picture=(folder / row["images"][0]).read_bytes(),
    )


def _costs(listings: Sequence[Asked]) -> Iterator[Cost]:
    from django.test import Client
    from django.utils import timezone

    from accounts.api.keys import create_client, make_key
    from accounts.models import Marketplace
    from core.rule_values import current
    from listings.engine import current_engine
    from listings.screening.run import thresholds_of
    from listings.uploads import upload_picture
    from matching import ItemPicture, PictureFingerprint, ScreeningItem, fingerprint_picture, screen

    marketplace = Marketplace.objects.get()
    program = create_client(marketplace, name="bench", scopes=["listings:screen"], is_test=False, actor=None)
    key = make_key(program, now=timezone.now(), actor=None)[1]
    client, numbers = Client(HTTP_HOST="127.0.0.1"), iter(range(10**9))
    engine, rules = current_engine().engine, thresholds_of(current("listings"))

    def ask(body: bytes, *, is_named: bool = True) -> None:
        headers = {"authorization": f"Bearer {key}"}
        if is_named:
            headers["idempotency-key"] = f"bench-{next(numbers)}"
        answer = client.post("/api/v1/listings/screen", body, content_type="application/json", headers=headers)
        if answer.status_code != 200:
            raise SystemExit(f"answered {answer.status_code}: {answer.content[:300]!r}")

    def alone(listing: Asked, title: str, pictures: Sequence[PictureFingerprint]) -> None:
        seen = tuple(ItemPicture(str(place), each) for place, each in enumerate(pictures))
        screen(engine, ScreeningItem(title, listing.description, listing.category, pictures=seen), rules)

    def with_bytes(listing: Asked) -> list[dict[str, str]]:
        return [{"content": base64.b64encode(listing.picture).decode()}]

    ask(listings[0].body("warm", with_bytes(listings[0])))
    yield _compared(
        listings,
        "text, without an Idempotency-Key",
        lambda listing, title: ask(listing.body(title, []), is_named=False),
        lambda listing, title: alone(listing, title, []),
    )
    yield _compared(
        listings,
        "text",
        lambda listing, title: ask(listing.body(title, [])),
        lambda listing, title: alone(listing, title, []),
    )
    bodies = {id(listing): with_bytes(listing) for listing in listings}
    yield _compared(
        listings,
        "one picture, its bytes in the request",
        lambda listing, title: ask(listing.body(title, bodies[id(listing)])),
        lambda listing, title: alone(listing, title, [fingerprint_picture(listing.picture)]),
    )
    sent = {id(each): upload_picture(each.picture, marketplace=marketplace).sha256 for each in listings}
    prints = {id(each): fingerprint_picture(each.picture) for each in listings}
    for each in listings:
        # What screening of any listing that shows it leaves behind.
        ask(each.body(f"{each.title} sent", [{"sha256": sent[id(each)]}]))
    yield _compared(
        listings,
        "one picture that was sent before, by its digest",
        lambda listing, title: ask(listing.body(title, [{"sha256": sent[id(listing)]}])),
        lambda listing, title: alone(listing, title, [prints[id(listing)]]),
    )


_Run = Callable[[Asked, str], None]


def _compared(listings: Sequence[Asked], measure: str, request: _Run, own: _Run) -> Cost:
    """Both ways in turn for each listing, a few times; of each the fastest."""
    pairs = []
    for place, listing in enumerate(listings):
        taken: dict[_Run, list[float]] = {own: [], request: []}
        for turn in range(TURNS):
            # A title of its own, so that no answer of before is remembered.
            title = f"{listing.title} {measure[:8]}{place}-{turn}"
            for run in (own, request) if (place + turn) % 2 else (request, own):
                taken[run].append(_milliseconds(run, listing, title))
        pairs.append((min(taken[own]), min(taken[request])))
    return _cost(measure, pairs)


def _milliseconds(run: _Run, listing: Asked, title: str) -> float:
    started = time.perf_counter()
    run(listing, title)
    return (time.perf_counter() - started) * 1_000


def _cost(measure: str, pairs: Sequence[tuple[float, float]]) -> Cost:
    more = [request - engine for engine, request in pairs]
    return Cost(
        measure=measure,
        listings=len(pairs),
        engine=round(statistics.median(engine for engine, _ in pairs), 3),
        request=round(statistics.median(request for _, request in pairs), 3),
        more=round(statistics.median(more), 3),
        more_p90=round(statistics.quantiles(more, n=10)[-1], 3),
    )


if __name__ == "__main__":
    main()
