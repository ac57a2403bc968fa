"""What the portal's main steps cost beside the bare thing, measured side by side in one run on a database of its own.

    python -m benchmarks.portal              QUICK=1 for a short run, OUT=file.json for the figures
                                             BENCH_DATABASE_URL=postgres://… for another database than an SQLite file

Times are the clock's, because most of them are a database's and a disk's. Ours and the bare thing take turns and the
median of the rounds counts, so that the ratios hold on a shared machine. Names and titles are made here.
"""

import io
import json
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr
from dataclasses import asdict
from pathlib import Path
from typing import Any

import django

from benchmarks.matching import Row

QUICK = bool(os.environ.get("QUICK"))
ROUNDS = 5 if QUICK else 11
BRANDS = 300 if QUICK else 3_000
LISTINGS = 300 if QUICK else 2_000
ROWS = 40 if QUICK else 100
SCREENED = 50
SYLLABLES = "가나다라마바사아자차카타파하설화수이니스프리네즈미샤클로오휘토담온빛결"
ORDINARY = ("여름", "원피스", "크림", "세트", "운동화", "가방", "남성", "여성", "무료배송", "수분", "선물", "특가")


def main() -> None:
    """Runs everything, prints a table, and writes the figures where OUT says."""
    with tempfile.TemporaryDirectory(prefix="jikimi-bench-") as folder:
        _prepare(Path(folder))
        rows = list(_comparisons(Path(folder)))
    print(f"{'measure':66} {'ours':>10} {'bare':>10}  {'unit':10} {'ratio':>8}")
    for row in rows:
        print(f"{row.measure:66} {row.ours:10.3f} {row.bare:10.3f}  {row.unit:10} {row.ratio:8.2f}")
    if out := os.environ.get("OUT"):
        scale = {"quick": QUICK, "brands": BRANDS, "listings": LISTINGS, "rows": ROWS}
        figures = {"benchmark": "portal", "settings": scale, "rows": [asdict(row) for row in rows]}
        Path(out).write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def prepare_portal(folder: Path) -> None:
    """An installation of its own, with one marketplace and nothing else."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "DATABASE_URL": os.environ.get("BENCH_DATABASE_URL") or f"sqlite:///{folder / 'db.sqlite3'}",
        "VAR_DIR": str(folder),
        "INDEX_ROOT": str(folder / "index"),
        "CHECKPOINT_FILE": str(folder / "checkpoints.jsonl"),
        "LOG_LEVEL": "ERROR",
        # The pages are opened without a browser that could hold a session's cookie of https or a second factor.
        "JIKIMI_MODE": "demonstration",
        "REQUIRE_SECOND_FACTOR": "0",
    }
    django.setup()
    from accounts.models import Marketplace  # models are there only after django.setup(), here and below

    run_command("migrate", verbosity=0)
    # The pages name their files by what collectstatic wrote down.
    run_command("collectstatic", interactive=False, verbosity=0)
    Marketplace.objects.create(slug="bench", name="Bench")


def _prepare(folder: Path) -> None:
    """The same with brands and listings, every tenth of which hides a name."""
    prepare_portal(folder)
    dice = random.Random(20_261_123)
    names = sorted({"".join(dice.choices(SYLLABLES, k=4)) for _ in range(BRANDS)})
    _bring_in(folder, "import_brands", [{"id": f"b{place}", "name": name} for place, name in enumerate(names)])
    titles = (_title(dice, "*".join(dice.choice(names)) if place % 10 == 0 else "") for place in range(LISTINGS))
    _bring_in(folder, "import_listings", [_listing(f"l{place}", title) for place, title in enumerate(titles)])
    run_command("screen_listings")


def _title(dice: random.Random, name: str) -> str:
    words = dice.sample(ORDINARY, 6)
    return " ".join([*words[:3], name, *words[3:]])


def _listing(external_id: str, title: str) -> dict[str, Any]:
    return {
        "id": external_id,
        "url": f"https://market.example/item/{external_id}",
        "title": f"{title} {external_id}",
        "description": "당일 발송합니다.",
        "price": "12900",
        "currency": "KRW",
        "category": "잡화",
        "seller": {"id": f"s{len(external_id)}", "name": "상점"},
        "images": [],
        "posted_at": "2026-11-20T10:00:00+09:00",
    }


def _bring_in(folder: Path, name: str, rows: list[dict[str, Any]]) -> None:
    path = folder / "rows.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    run_command(name, path)


def run_command(name: str, *arguments: Any, **options: Any) -> None:
    from django.core.management import call_command

    with redirect_stderr(io.StringIO()):
        call_command(name, *arguments, stdout=io.StringIO(), **options)


def _compared(measure: str, ours: Callable[[], object], bare: Callable[[], object], *, each: int = 1) -> Row:
    """Medians of alternating rounds, in milliseconds for each of so many things."""
    ours()
    bare()
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for place, run in enumerate((ours, bare)):
            start = time.perf_counter()
            run()
            taken[place].append((time.perf_counter() - start) * 1_000 / each)
    first, second = (statistics.median(times) for times in taken)
    return Row(measure, round(first, 4), round(second, 4), "ms each", round(first / second, 4))


def _comparisons(folder: Path) -> Iterator[Row]:
    yield from _screening()
    yield _importing(folder)
    yield _changing()
    yield from _pages()


def _screening() -> Iterator[Row]:
    """A chunk from rows to rows, beside the engine over the same items."""
    from listings.engine import current_engine
    from listings.models import ListingVersion
    from listings.prepared import prepare
    from listings.screening import screen_versions
    from matching import screen

    versions = list(ListingVersion.objects.select_related("listing").prefetch_related("images__file")[:SCREENED])
    ids = [version.pk for version in versions]
    items = [each.item for each in prepare(versions, store_fingerprints=False)]
    state = current_engine()

    def forgetful(**options: bool) -> Callable[[], object]:
        def run() -> object:
            state.screen.cache_clear()  # type: ignore[attr-defined]  # an lru_cache, typed as what it wraps
            return screen_versions(ids, again=True, **options)

        return run

    def bare() -> object:
        return [screen(state.engine, item) for item in items]

    yield _compared("screening a listing, stored : engine alone", forgetful(), bare, each=SCREENED)
    yield _compared("screening a listing, dry : engine alone", forgetful(dry_run=True), bare, each=SCREENED)
    yield _compared(
        "screening the same again, stored : engine alone",
        lambda: screen_versions(ids, again=True),
        bare,
        each=SCREENED,
    )


def _importing(folder: Path) -> Row:
    """A new listing with its version, journal entries and job, beside one row inserted."""
    from listings.models import Listing

    known = Listing.objects.select_related("marketplace", "seller")[0]
    numbers = iter(range(10**9))

    def ours() -> None:
        _bring_in(folder, "import_listings", [_listing(f"n{next(numbers)}", "새 상품") for _ in range(ROWS)])

    def bare() -> None:
        for _ in range(ROWS):
            Listing.objects.create(
                marketplace=known.marketplace,
                seller=known.seller,
                external_id=f"bare{next(numbers)}",
                url=known.url,
                posted_at=known.posted_at,
                last_seen_at=known.last_seen_at,
            )

    return _compared("importing a listing row : bare insert of one row", ours, bare, each=ROWS)


def _changing() -> Row:
    """A seller's new name by the service, with its journal entry, beside the bare update."""
    from accounts.models import Marketplace
    from sellers.models import Seller
    from sellers.records import SellerRecord
    from sellers.services import upsert_seller

    marketplace, seller = Marketplace.objects.get(), Seller.objects.all()[0]
    numbers = iter(range(10**9))

    def ours() -> None:
        for _ in range(ROWS):
            record = SellerRecord(seller.external_id, f"상점 {next(numbers)}")
            upsert_seller(record, marketplace=marketplace, actor=None)

    def bare() -> None:
        for _ in range(ROWS):
            Seller.objects.filter(pk=seller.pk).update(shop_name=f"상점 {next(numbers)}")

    return _compared("a journalled change : bare update", ours, bare, each=ROWS)


def _pages() -> Iterator[Row]:
    """Pages that a moderator opens, beside the indexed query under them."""
    from django.test import Client

    from accounts.models import User
    from listings.models import Match

    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(User.objects.create_superuser("bench@jikimi.example"))
    first = Match.objects.awaiting_review().most_urgent_first()[0]

    def opened(address: str) -> Callable[[], object]:
        def open_page() -> None:
            answer = client.get(address)
            if answer.status_code != 200:
                raise SystemExit(f"{address} answered {answer.status_code} {answer.headers.get('Location', '')}")

        return open_page

    def bare() -> object:
        return list(Match.objects.awaiting_review().most_urgent_first()[:100])

    yield _compared("the list of matches : indexed query of 100", opened("/admin/listings/match/"), bare)
    yield _compared("the review page of a match : indexed query of 100", opened(f"/admin/review/{first.pk}/"), bare)


if __name__ == "__main__":
    main()
