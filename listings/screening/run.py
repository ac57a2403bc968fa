"""One chunk through the engine, and what it found into rows."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.utils import timezone

from brands.models import Brand, ReferenceImage
from core.rule_values import RuleValues, current
from listings.engine import EngineState, current_engine
from listings.models import ListingVersion
from listings.prepared import PreparedVersion, prepare
from listings.reappearances import find_again, look_again
from listings.rules import screening_rules
from listings.screening.outcomes import FoundMatch, ScreeningOutcome
from listings.screening.store import store_outcomes
from matching import (
    ENGINE_VERSION,
    BrandMatch,
    CodeWordSignal,
    PictureSignal,
    Screening,
    ScreeningItem,
    ScreeningRules,
    Signal,
    TextSignal,
)


def screen_versions(
    version_ids: Sequence[int], *, dry_run: bool = False, again: bool = False
) -> list[ScreeningOutcome]:
    """Compare versions with the brands' material and with confirmed counterfeits, write runs, matches and what came
    back, and say what came out of the first.

    Versions that this engine has compared with this state of the material already are left out, unless ``again``. A dry
    run writes nothing at all. Safe to run twice and in two processes at once: constraints keep runs and matches single.
    """
    state, rules = current_engine(), current("listings")
    rows = ListingVersion.objects.filter(pk__in=version_ids)
    if not again:
        rows = rows.unscreened(engine_version=ENGINE_VERSION, material=state.material)
    versions = list(rows.select_related("listing__seller").prefetch_related("images__file").order_by("pk"))
    prepared = prepare(versions, store_fingerprints=not dry_run)
    outcomes = _outcomes(prepared, state, rules)
    if not dry_run:
        returned = find_again(prepared, at=timezone.now())
        store_outcomes(versions, outcomes, returned, state.material, keep_score=rules.ratio("match_keep_score"))
        # What was screened before may be shown again since, and counterfeits may have been confirmed in between.
        look_again(sorted(set(version_ids) - {version.pk for version in versions}))
    return outcomes


def _outcomes(prepared: Sequence[PreparedVersion], state: EngineState, rules: RuleValues) -> list[ScreeningOutcome]:
    thresholds = thresholds_of(rules)
    found = [(each, screen_item(state, each.item, thresholds)) for each in prepared]
    names = Names.of([screening for _, screening in found])
    return [_outcome(each, screening, names) for each, screening in found]


def thresholds_of(rules: RuleValues) -> ScreeningRules:
    """The engine's thresholds as the house's numbers set them."""
    return screening_rules(
        review=rules.ratio("match_review_score"),
        stop=rules.ratio("match_stop_score"),
        strong_picture=rules.ratio("match_strong_picture"),
        weak_picture=rules.ratio("match_weak_picture"),
    )


def screen_item(state: EngineState, item: ScreeningItem, thresholds: ScreeningRules) -> Screening:
    """The engine's answer. Where no rule looks at prices the item goes without one, so that a change of price alone is
    answered from memory."""
    if not thresholds.usual_prices:
        item = replace(item, price_minor=None, currency="")
    return state.screen(item, thresholds)


class Names:
    """External ids of the brands and references that a chunk's matches name, in two queries."""

    def __init__(self, brands: dict[str, str], references: dict[str, str]) -> None:
        self.brands, self.references = brands, references

    @classmethod
    def of(cls, screenings: Sequence[Screening]) -> "Names":
        matches = [match for screening in screenings for match in screening.matches]
        keys = {signal.reference for match in matches for signal in match.signals if isinstance(signal, PictureSignal)}
        brands = Brand.objects.filter(pk__in={int(match.brand) for match in matches})
        references = ReferenceImage.objects.filter(pk__in={int(key) for key in keys})
        return cls(
            {str(pk): external for pk, external in brands.values_list("pk", "external_id")},
            {str(pk): external for pk, external in references.values_list("pk", "external_id")},
        )


def _outcome(prepared: PreparedVersion, screening: Screening, names: Names) -> ScreeningOutcome:
    return ScreeningOutcome(
        version_id=prepared.version.pk,
        listing=prepared.version.listing.external_id,
        verdict=screening.verdict,
        score=screening.score,
        matches=tuple(_found(match, prepared, names) for match in screening.matches if match.brand in names.brands),
    )


def _found(match: BrandMatch, prepared: PreparedVersion, names: Names) -> FoundMatch:
    return FoundMatch(
        brand_id=int(match.brand),
        brand=names.brands[match.brand],
        score=match.score,
        verdict=match.verdict,
        signals=tuple(signal_json(signal, prepared, names) for signal in match.signals),
    )


def signal_json(signal: Signal, prepared: PreparedVersion, names: Names) -> dict[str, Any]:
    """A signal as the match's row keeps it and the review page shows it."""
    told: dict[str, Any] = {"kind": signal.kind, "score": signal.score, "why": signal.why}
    if isinstance(signal, PictureSignal):
        image = prepared.images[signal.image]
        return told | {
            "reference": names.references.get(signal.reference, ""),
            "reference_id": int(signal.reference),
            "image": image.name or f"{image.position}",
            "image_id": image.pk,
            "distance": signal.distance,
            "transform": signal.transform.to_json(),
            "is_rejected": signal.is_rejected,
        }
    if isinstance(signal, TextSignal):
        told |= {"name": signal.name, "disguises": list(signal.disguises), "is_rejected": signal.is_rejected}
    if isinstance(signal, TextSignal | CodeWordSignal):
        told |= {"found": signal.found, "field": signal.field, "start": signal.start, "end": signal.end}
    return told
