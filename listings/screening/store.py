"""Runs, matches and what came back into rows, without touching what a person has decided."""

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from listings.choices import MatchStatus, Verdict
from listings.held import held_before, note_on, store_publications
from listings.models import ListingVersion, Match, PreflightScreening, Rejection, ScreeningRun
from listings.prepared import content_digests
from listings.reappearances import FoundAgain, store_again
from listings.screening.outcomes import FoundMatch, ScreeningOutcome
from matching import ENGINE_VERSION

logger = logging.getLogger(__name__)

REJECTED_ELSEWHERE = "같은 사진이나 글이 다른 판매자에게서 문제없음으로 판단된 적이 있습니다."


def store_outcomes(
    versions: Sequence[ListingVersion],
    outcomes: Sequence[ScreeningOutcome],
    again: Sequence[FoundAgain],
    material: str,
    *,
    keep_score: float,
) -> None:
    """Write what came out of a chunk in one transaction; where that fails, each version in one of its own.

    A commit is a sync of the disk, and most versions of a chunk have nothing but a run to write.
    """
    by_id = {version.pk: version for version in versions}
    chunk = _Chunk(by_id, _rejected_elsewhere(versions), held_before(versions), again, material, keep_score)
    try:
        with transaction.atomic():
            _store(outcomes, chunk)
    except DatabaseError:
        logger.warning("a chunk of %s outcomes cannot be stored as one", len(outcomes), exc_info=True)
        _store_one_by_one(outcomes, chunk)


def _store_one_by_one(outcomes: Sequence[ScreeningOutcome], chunk: "_Chunk") -> None:
    """Every outcome that can be stored; then the last problem goes up, so that the job is tried again."""
    failed: DatabaseError | None = None
    for outcome in outcomes:
        try:
            with transaction.atomic():
                _store([outcome], chunk)
        except DatabaseError as problem:
            failed = problem
    if failed is not None:
        raise failed


@dataclass(frozen=True, slots=True)
class _Chunk:
    """What the outcomes of a chunk are stored with."""

    versions: Mapping[int, ListingVersion]
    elsewhere: Mapping[int, frozenset[int]]
    held: Mapping[int, Sequence[PreflightScreening]]
    again: Sequence[FoundAgain]
    material: str
    keep_score: float

    def kept(self, outcome: ScreeningOutcome) -> list[FoundMatch]:
        return [each for each in outcome.matches if each.verdict != Verdict.PASS or each.score >= self.keep_score]


def _store(outcomes: Sequence[ScreeningOutcome], chunk: _Chunk) -> None:
    """In one transaction with the runs: a version that counts as screened has what came back in it written down."""
    screened = {outcome.version_id for outcome in outcomes}
    store_again([each for each in chunk.again if each.version.pk in screened], at=timezone.now())
    _store_held(outcomes, chunk)
    runs = _runs(outcomes, chunk.material)
    listings = {chunk.versions[outcome.version_id].listing_id for outcome in outcomes}
    with_open = set(Match.objects.still_open().filter(version__listing__in=listings).values_list("version__listing"))
    for outcome in outcomes:
        version, kept = chunk.versions[outcome.version_id], chunk.kept(outcome)
        if kept or (version.listing_id,) in with_open:
            _write_matches(version, kept, runs[version.pk], chunk)


def _runs(outcomes: Sequence[ScreeningOutcome], material: str) -> dict[int, ScreeningRun]:
    """The run of each version, this engine and this material; run again, it says the newest result."""
    facts = {"engine_version": ENGINE_VERSION, "material": material}
    runs = [
        ScreeningRun(version_id=outcome.version_id, verdict=outcome.verdict, score=outcome.score, **facts)
        for outcome in outcomes
    ]
    ScreeningRun.objects.bulk_create(
        runs,
        update_conflicts=True,
        unique_fields=["version", "engine_version", "material"],
        update_fields=["verdict", "score"],
    )
    return {run.version_id: run for run in runs}


def _store_held(outcomes: Sequence[ScreeningOutcome], chunk: _Chunk) -> None:
    """What was held before publishing and is not found harmless by now. What passes was released meanwhile."""
    back = {each.version.pk for each in chunk.again}
    for outcome in outcomes:
        rows = chunk.held.get(outcome.version_id)
        if rows and (outcome.verdict != Verdict.PASS or outcome.version_id in back):
            store_publications(chunk.versions[outcome.version_id], rows, at=timezone.now())


def _write_matches(version: ListingVersion, kept: Sequence[FoundMatch], run: ScreeningRun, chunk: _Chunk) -> None:
    held = note_on(chunk.held.get(version.pk, ()))
    for found in kept:
        elsewhere = REJECTED_ELSEWHERE if found.brand_id in chunk.elsewhere.get(version.pk, ()) else ""
        is_suspected = found.verdict != Verdict.PASS
        _write_match(version, found, run, " ".join(each for each in (held if is_suspected else "", elsewhere) if each))
    # What is no longer found, and what was found in content that the listing does not show any more.
    gone = Match.objects.still_open().filter(version__listing=version.listing_id)
    if version.listing.current_version_id == version.pk:
        gone = gone.exclude(version=version, brand__in=[found.brand_id for found in kept])
    else:
        gone = gone.filter(version=version)
    gone.update(status=MatchStatus.OUTDATED)


def _write_match(version: ListingVersion, found: FoundMatch, run: ScreeningRun, note: str) -> None:
    """One match, made or brought up to date. A decided one stays as it was decided: its content is the same."""
    facts = {
        "run": run,
        "score": found.score,
        "verdict": found.verdict,
        "signals": [dict(signal) for signal in found.signals],
        "note": note,
        "status": MatchStatus.OPEN,
    }
    matches = Match.objects.filter(version=version, brand=found.brand_id)
    if matches.undecided().update(**facts) or matches.exists():
        return
    try:
        with transaction.atomic():
            Match.objects.create(version=version, brand_id=found.brand_id, **facts)
    except IntegrityError:  # another process was first, with the same result
        matches.undecided().update(**facts)


def _rejected_elsewhere(versions: Sequence[ListingVersion]) -> Mapping[int, frozenset[int]]:
    """For each version the brands against which another seller's same content was found harmless."""
    rows = Rejection.objects.remembered().filter(content_digest__in=content_digests(versions))
    by_digest: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for seller, brand, digest in rows.values_list("seller_id", "brand_id", "content_digest"):
        by_digest[digest].add((seller, brand))
    return {
        version.pk: frozenset(
            brand
            for digest in content_digests([version])
            for seller, brand in by_digest.get(digest, ())
            if seller != version.listing.seller_id
        )
        for version in versions
    }
