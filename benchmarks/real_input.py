"""Runs the main job on real pictures and titles, and counts what it finds and what it flags for nothing. By hand:

    python -m benchmarks.real_input DATA_DIR [--out FILE] [--quick] [--seed N] [--work DIR] [--database URL]

DATA_DIR holds ``logos``, ``photos``, ``titles.txt``, ``brand-names.jsonl`` and ``korean-brands.jsonl``. All logos and
800 photos become the named brands' material; other photos and titles become clean listings; copies altered in every way
of ``alterations`` and names written in every way of ``disguised_names`` become suspects. All of it goes through
``import_brands``, ``import_listings`` and ``screen_listings --json``, as an operator would do it, into a database and
folders of its own. The same seed gives the same files; times are the machine's.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Final

from benchmarks.real_listings import CLEAN, PLAIN, Row, Scale, brand_rows, listing_rows

ROOT: Final = Path(__file__).resolve().parent.parent
SEED: Final = 20_261_123
MARKETPLACE: Final = "real"
FULL: Final = Scale(references=800, clean=2_000, copies=30, names=30)
QUICK: Final = Scale(references=200, clean=300, copies=6, names=8)
_RATE: Final = re.compile(r"초당 ([0-9.,]+)건")


@dataclass(slots=True)
class Found:
    """Of so many, so many were found, and so many of them held."""

    of: int = 0
    found: int = 0
    stopped: int = 0


@dataclass(slots=True)
class Figures:
    """What a run says."""

    seed: int
    scale: Scale
    rates: dict[str, float] = field(default_factory=dict)
    altered_photos: dict[str, Found] = field(default_factory=dict)
    altered_logos: dict[str, Found] = field(default_factory=dict)
    disguises: dict[str, Found] = field(default_factory=dict)
    clean: Found = field(default_factory=Found)
    plain_names: Found = field(default_factory=Found)
    flagged: list[dict[str, Any]] = field(default_factory=list)


def main() -> None:
    """Makes the files, runs the commands, prints the figures, and writes them where ``--out`` says."""
    arguments = _arguments()
    figures = Figures(arguments.seed, QUICK if arguments.quick else FULL)
    with tempfile.TemporaryDirectory(prefix="jikimi-real-") as scratch:
        work = Path(arguments.work or scratch)
        work.mkdir(parents=True, exist_ok=True)
        rows = write_files(arguments.data, work, figures.scale, seed=arguments.seed)
        portal = Portal(work, arguments.database or f"sqlite:///{work / 'db.sqlite3'}")
        _run_commands(portal, work, rows, figures)
        _count(rows, _results(work / "results.jsonl"), figures)
    _print(figures)
    if arguments.out:
        arguments.out.write_text(json.dumps(asdict(figures), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path, metavar="DATA_DIR")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the figures as JSON")
    parser.add_argument("--quick", action="store_true", help="a fifth of everything")
    parser.add_argument("--seed", type=int, default=SEED, help="another choice of everything")
    parser.add_argument("--work", type=Path, metavar="DIR", help="keep files and database here")
    parser.add_argument("--database", metavar="URL", help="an empty database to use instead of an SQLite file")
    return parser.parse_args()


# -- files ----------------------------------------------------------------------------------------------------------


def write_files(data: Path, work: Path, scale: Scale, *, seed: int = SEED) -> list[Row]:
    """The files that the commands read, and what is to be found in them."""
    pictures = work / "pictures"
    pictures.mkdir(exist_ok=True)
    dice = Random(seed)
    brands, references = brand_rows(data, pictures, scale, dice)
    rows = listing_rows(data, pictures, scale, dice, brands, references)
    _write_lines(work / "brands.jsonl", brands)
    _write_lines(work / "listings.jsonl", (row.line for row in rows))
    return rows


def _write_lines(path: Path, lines: Iterable[Mapping[str, Any]]) -> None:
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")


# -- the commands, as an operator would run them ----------------------------------------------------------------------


class Portal:
    """An installation of its own, driven by ``manage.py``."""

    def __init__(self, work: Path, database: str) -> None:
        var = work / "var"
        self._environment = os.environ | {
            "DATABASE_URL": database,
            "VAR_DIR": str(var),
            "INDEX_ROOT": str(var / "index"),
            "CHECKPOINT_FILE": str(var / "journal" / "checkpoints.jsonl"),
            "LOG_LEVEL": "WARNING",
        }

    def run(self, *arguments: str | Path) -> tuple[str, float]:
        """What the command said, and how many seconds it took. Ends the run where the command fails."""
        started = time.monotonic()
        done = subprocess.run(
            [sys.executable, "manage.py", *map(str, arguments)],
            cwd=ROOT,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{arguments[0]} failed:\n{done.stdout}{done.stderr}")
        sys.stderr.write(done.stderr)
        print(f"  {' '.join(map(str, arguments[:1]))}: {done.stdout.strip()}", file=sys.stderr)
        return done.stdout, time.monotonic() - started


def _run_commands(portal: Portal, work: Path, rows: Sequence[Row], figures: Figures) -> None:
    rates, pictures = figures.rates, work / "pictures"
    portal.run("migrate", "--verbosity=0")
    portal.run("shell", "--verbosity=0", "-c", _MAKE_MARKETPLACE)
    brands = len((work / "brands.jsonl").read_text(encoding="utf-8").splitlines())
    _, seconds = portal.run("import_brands", work / "brands.jsonl", "--images", pictures)
    rates["brand rows imported/s"] = brands / seconds
    _, seconds = portal.run("import_listings", work / "listings.jsonl", "--images", pictures)
    rates["listing rows imported/s"] = len(rows) / seconds
    # A dry run keeps no fingerprint, so the second one starts as cold as the first. The index is built before both.
    portal.run("shell", "--verbosity=0", "-c", "from listings.engine import current_engine; current_engine()")
    for jobs in ("1", "2"):
        rates |= _screen(portal, f"cold, --jobs {jobs}", "--all", "--dry-run", "--jobs", jobs)
    rates |= _screen(portal, "and stored", "--pending", "--json", work / "results.jsonl")
    rates |= _screen(portal, "again, warm", "--all", "--json", work / "candidates.jsonl", "--min-score", "0")


_MAKE_MARKETPLACE: Final = (
    "from accounts.models import Marketplace; "
    f"Marketplace.objects.get_or_create(slug={MARKETPLACE!r}, defaults={{'name': 'Real'}})"
)


def _screen(portal: Portal, label: str, *arguments: str | Path) -> dict[str, float]:
    told, _ = portal.run("screen_listings", *arguments)
    rate = _RATE.search(told)
    return {f"listings screened/s ({label})": float(rate.group(1).replace(",", "")) if rate else 0.0}


def _results(path: Path) -> dict[str, dict[str, Any]]:
    lines = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return {line["listing"]: line for line in lines}


# -- counting ---------------------------------------------------------------------------------------------------------


def _count(rows: Iterable[Row], results: Mapping[str, dict[str, Any]], figures: Figures) -> None:
    tables = {
        "photo": figures.altered_photos,
        "logo": figures.altered_logos,
        "name": figures.disguises,
        CLEAN: {CLEAN: figures.clean},
        PLAIN: {PLAIN: figures.plain_names},
    }
    for row in rows:
        result = results[row.external_id]
        flags = [match for match in result["matches"] if not row.brands or match["brand"] in row.brands]
        is_flagged = result["verdict"] != "pass" and bool(flags)
        count = tables[row.group].setdefault(row.kind, Found())
        count.of += 1
        count.found += is_flagged
        count.stopped += is_flagged and result["verdict"] == "stop"
        if is_flagged and row.group in (CLEAN, PLAIN):
            figures.flagged.append({"title": row.line["title"], **result})


def _print(figures: Figures) -> None:
    print(f"seed {figures.seed}, {figures.scale}")
    for name, rate in figures.rates.items():
        print(f"  {name:44} {rate:8.1f}")
    for title, one in (("clean listings flagged", figures.clean), ("plain names flagged", figures.plain_names)):
        print(f"  {title:44} {one.found:5} of {one.of:5} ({one.found / one.of:.2%}), held {one.stopped}")
    for title, table in (
        ("altered photos found", figures.altered_photos),
        ("altered logos found", figures.altered_logos),
        ("disguised names found", figures.disguises),
    ):
        total = Counter(of=sum(one.of for one in table.values()), found=sum(one.found for one in table.values()))
        print(f"{title}: {total['found']} of {total['of']} ({total['found'] / total['of']:.1%})")
        for kind, one in table.items():
            print(f"  {kind:44} {one.found:5} of {one.of:5} ({one.found / one.of:6.1%}), held {one.stopped}")


if __name__ == "__main__":
    main()
