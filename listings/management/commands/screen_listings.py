"""Compares listings with the brands' material from the command line."""

import json
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

import django
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from tqdm import tqdm

from core.rule_values import current
from listings.material import material_version
from listings.models import ListingVersion
from listings.screening import ScreeningOutcome, screen_versions
from matching import ENGINE_VERSION

CHUNK = 50
VERDICTS = {"pass": "통과", "review": "검토", "stop": "보류"}


class Command(BaseCommand):
    help = "Compare listings' text and pictures with the brands' material and store the matches."

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--all", action="store_true", help="every current version, also those already compared")
        which.add_argument("--pending", action="store_true", help="only what was not compared yet (the default)")
        parser.add_argument("--dry-run", action="store_true", help="write nothing to the database")
        parser.add_argument("--jobs", type=int, default=1, metavar="N", help="processes side by side")
        parser.add_argument("--json", type=Path, metavar="FILE", help="write a result line for each listing")
        parser.add_argument(
            "--min-score", type=float, metavar="S", help="matches from this score on (0: every candidate)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["jobs"] <= 64:
            raise CommandError("--jobs must be from 1 to 64.")
        least = options["min_score"]
        least = current("listings").ratio("match_review_score") if least is None else least
        ids = _version_ids(everything=options["all"])
        work = partial(screen_versions, dry_run=options["dry_run"], again=options["all"] or options["dry_run"])
        started, verdicts = time.monotonic(), Counter[str]()
        with _result_file(options["json"]) as file, tqdm(total=len(ids), unit="건", disable=not _shows_bar()) as bar:
            for outcomes in _screened(list(_chunks(ids)), work, jobs=options["jobs"]):
                _write_lines(file, outcomes, least)
                verdicts.update(outcome.verdict for outcome in outcomes)
                bar.update(min(CHUNK, len(ids) - bar.n))
        self._say(verdicts, time.monotonic() - started, dry_run=options["dry_run"])

    def _say(self, verdicts: Counter[str], seconds: float, *, dry_run: bool) -> None:
        total = verdicts.total()
        told = ", ".join(f"{label} {verdicts[verdict]:,}건" for verdict, label in VERDICTS.items())
        rate = f" (초당 {total / seconds:.1f}건)" if total else ""
        self.stdout.write(f"{total:,}건을 검사했습니다{rate}. {told}.")
        if dry_run:
            self.stdout.write("시험 실행이라 아무것도 저장하지 않았습니다.")


def _version_ids(*, everything: bool) -> list[int]:
    versions = ListingVersion.objects.current()
    if not everything:
        versions = versions.unscreened(engine_version=ENGINE_VERSION, material=material_version())
    return list(versions.order_by("pk").values_list("pk", flat=True))


def _chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    source = iter(ids)
    while chunk := list(islice(source, CHUNK)):
        yield chunk


def _screened(
    chunks: Sequence[list[int]], work: Callable[[list[int]], list[ScreeningOutcome]], *, jobs: int
) -> Iterator[list[ScreeningOutcome]]:
    """The outcomes of each chunk in order, in this process or in several."""
    if jobs == 1:
        yield from map(work, chunks)
        return
    # Children share no connection with us, and open the same memory-mapped index.
    connections.close_all()
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=django.setup) as pool:
        yield from pool.map(work, chunks)


def _result_file(path: Path | None) -> AbstractContextManager[TextIO | None]:
    if path is None:
        return nullcontext()
    try:
        return path.open("w", encoding="utf-8")
    except OSError as problem:
        raise CommandError(f"결과 파일을 열 수 없습니다: {problem}. 쓸 수 있는 경로를 적어 주세요.") from problem


def _write_lines(file: TextIO | None, outcomes: Iterable[ScreeningOutcome], min_score: float) -> None:
    if file is not None:
        file.writelines(
            json.dumps(outcome.line(min_score=min_score), ensure_ascii=False) + "\n" for outcome in outcomes
        )


def _shows_bar() -> bool:
    return sys.stderr.isatty()
