"""Runs and matches into rows, without touching what a person has decided."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.db import IntegrityError, transaction

from listings.choices import MatchStatus, Verdict
from listings.models import ListingVersion, Match, Rejection, ScreeningRun
from listings.screening.items import content_digests
from listings.screening.outcomes import FoundMatch, ScreeningOutcome
from matching import ENGINE_VERSION

REJECTED_ELSEWHERE = "같은 사진이나 글이 다른 판매자에게서 문제없음으로 판단된 적이 있습니다."


def store_outcomes(
    versions: Sequence[ListingVersion], outcomes: Sequence[ScreeningOutcome], material: str, *, keep_score: float
) -> None:
    """Write what came out of a chunk, a transaction a version: one that fails loses no other."""
    by_id = {version.pk: version for version in versions}
    elsewhere = _rejected_elsewhere(versions)
    for outcome in outcomes:
        version = by_id[outcome.version_id]
        kept = [match for match in outcome.matches if match.verdict != Verdict.PASS or match.score >= keep_score]
        with transaction.atomic():
            run = _run(version, outcome, material)
            _write_matches(version, kept, run, elsewhere.get(version.pk, frozenset()))


def _run(version: ListingVersion, outcome: ScreeningOutcome, material: str) -> ScreeningRun:
    """The run of this version, engine and material; run again, it says the newest result."""
    run, _ = ScreeningRun.objects.update_or_create(
        version=version,
        engine_version=ENGINE_VERSION,
        material=material,
        defaults={"verdict": outcome.verdict, "score": outcome.score},
    )
    return run


def _write_matches(
    version: ListingVersion, kept: Sequence[FoundMatch], run: ScreeningRun, brands_elsewhere: frozenset[int]
) -> None:
    for found in kept:
        note = REJECTED_ELSEWHERE if found.brand_id in brands_elsewhere else ""
        _write_match(version, found, run, note)
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
