"""Compares listings with the brands' material from the command line."""

import json
import multiprocessing
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from tqdm import tqdm

from core.children import start_child
from core.rule_values import current
from listings.engine import current_engine
from listings.material import material_version
from listings.models import ListingVersion
from listings.querysets import ListingVersionQuerySet
from listings.screening import ScreeningOutcome, screen_versions
from listings.screening.queue import chunks_of
from matching import ENGINE_VERSION

Work = Callable[[list[int]], list[ScreeningOutcome]]

#: What a shell expects of a command that Ctrl-C ended.
INTERRUPTED = 130
VERDICTS = {"pass": "통과", "review": "검토", "stop": "보류"}


class Command(BaseCommand):
    help = "Compare listings' text and pictures with the brands' material and store the matches."

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--all", action="store_true", help="every current version, also those already compared")
        which.add_argument("--pending", action="store_true", help="only what was not compared yet (the default)")
        parser.add_argument(
            "--dry-run", action="store_true", help="store no result (an index that is missing is built all the same)"
        )
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
        versions = _versions(everything=options["all"])
        work = partial(screen_versions, dry_run=options["dry_run"], again=options["all"] or options["dry_run"])
        started, verdicts = time.monotonic(), Counter[str]()
        try:
            with _result_file(options["json"]) as file, _bar(versions) as bar:
                for outcomes in _screened(chunks_of(versions), work, jobs=options["jobs"]):
                    _write_lines(file, outcomes, least)
                    verdicts.update(outcome.verdict for outcome in outcomes)
                    bar.update(len(outcomes))
        except KeyboardInterrupt:
            raise CommandError(_stopped(verdicts, dry_run=options["dry_run"]), returncode=INTERRUPTED) from None
        except BrokenProcessPool as problem:
            why = "검사하던 프로세스가 사라졌습니다. 메모리가 모자라면 --jobs를 줄여 주세요."
            raise CommandError(f"{why} {_stopped(verdicts, dry_run=options['dry_run'])}") from problem
        self._say(verdicts, time.monotonic() - started, dry_run=options["dry_run"])

    def _say(self, verdicts: Counter[str], seconds: float, *, dry_run: bool) -> None:
        total = verdicts.total()
        told = ", ".join(f"{label} {verdicts[verdict]:,}건" for verdict, label in VERDICTS.items())
        rate = f" (초당 {total / seconds:.1f}건)" if total else ""
        self.stdout.write(f"{total:,}건을 검사했습니다{rate}. {told}.")
        if dry_run:
            self.stdout.write("시험 실행이라 아무것도 저장하지 않았습니다.")


def _versions(*, everything: bool) -> ListingVersionQuerySet:
    versions = ListingVersion.objects.current()
    if everything:
        return versions
    return versions.unscreened(engine_version=ENGINE_VERSION, material=material_version())


def _bar(versions: ListingVersionQuerySet) -> "tqdm[Any]":
    """For a person who looks at it; counting is left out where nobody does."""
    shows = sys.stderr.isatty()
    return tqdm(total=versions.count() if shows else None, unit="건", disable=not shows)


def _screened(chunks: Iterable[list[int]], work: Work, *, jobs: int) -> Iterator[list[ScreeningOutcome]]:
    """The outcomes of each chunk in order, compared in this process or in several."""
    if jobs == 1:
        yield from map(work, chunks)
        return
    current_engine()  # Built once, or each child would build it.
    # Children share no connection with us, and open the same memory-mapped index.
    connections.close_all()
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=start_child) as pool:
        yield from _in_order(pool, chunks, work, ahead=2 * jobs)


def _in_order(
    pool: ProcessPoolExecutor, chunks: Iterable[list[int]], work: Work, *, ahead: int
) -> Iterator[list[ScreeningOutcome]]:
    """No more than so many chunks are under way, so that neither they nor their outcomes pile up. Stopped, what has not
    begun is dropped and what has begun ends."""
    under_way: deque[Future[list[ScreeningOutcome]]] = deque()
    try:
        for chunk in chunks:
            under_way.append(pool.submit(work, chunk))
            if len(under_way) >= ahead:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    finally:
        for future in under_way:
            future.cancel()


def _stopped(verdicts: Counter[str], *, dry_run: bool) -> str:
    done = f"{verdicts.total():,}건을 검사한 뒤 멈추었습니다."
    if dry_run:
        return f"{done} 시험 실행이라 아무것도 저장하지 않았습니다."
    return f"{done} 검사한 것은 저장되어 있습니다. 나머지는 screen_listings --pending 으로 이어서 검사해 주세요."


def _result_file(path: Path | None) -> AbstractContextManager[TextIO | None]:
    if path is None:
        return nullcontext()
    try:
        # Line by line: a reader follows along, and Ctrl-C leaves whole lines even in a pipe that nobody empties.
        return path.open("w", encoding="utf-8", buffering=1)
    except OSError as problem:
        raise CommandError(f"결과 파일을 열 수 없습니다: {problem}. 쓸 수 있는 경로를 적어 주세요.") from problem


def _write_lines(file: TextIO | None, outcomes: Iterable[ScreeningOutcome], min_score: float) -> None:
    if file is not None:
        file.writelines(
            json.dumps(outcome.line(min_score=min_score), ensure_ascii=False) + "\n" for outcome in outcomes
        )
