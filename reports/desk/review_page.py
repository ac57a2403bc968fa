"""What the review screen shows of a match, gathered in a bounded number of queries. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from core.numbers import SEOUL
from listings.choices import MatchStatus
from listings.models import Listing, Match
from reports.desk.comparing import Comparison, compare
from reports.desk.marking import Span, marked, visible
from reports.grounds import COUNTERFEIT
from reports.models import Case, Decision, Policy
from reports.services import reasons, restrictions
from reports.services.reasons import Draft
from reports.statements import FIELD_WORDS, Ruling, sections
from sellers.models import Authorisation, Seller

_MOST_OTHERS: Final = 5
_KINDS: Final = {"image": "사진", "text": "이름", "code_word": "은어", "price": "가격"}


@dataclass(frozen=True, slots=True)
class Reason:
    """One signal as a person reads it."""

    kind: str
    label: str
    found: str
    sentence: str
    score: float | None
    is_rejected: bool


@dataclass(frozen=True, slots=True)
class SellerHistory:
    """What is known of the seller beside this match."""

    seller: Seller
    others: tuple[Match, ...]
    other_count: int
    confirmed_count: int
    rejected_count: int
    authorised_brands: tuple[str, ...]
    is_authorised: bool


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is already under way with this listing."""

    case: Case | None
    holding: tuple[Decision, ...]


def load(match_id: int) -> Match | None:
    """The match with everything that the page reads of it."""
    related = ("version__listing__seller__marketplace", "version__listing__marketplace", "brand__rights_holder")
    return Match.objects.select_related(*related).filter(pk=match_id).first()


def comparison(match: Match, *, reference_id: int | None, image_id: int | None) -> Comparison | None:
    """The chosen pair, else the strongest signal's, else the first of each; ``None`` where a side has no picture."""

    def page(reference: int, image: int) -> str:
        return f"{review_url(match.pk)}?{urlencode({'reference': reference, 'image': image})}"

    return compare(
        match.version,
        match.brand_id,
        match.signals,
        reference_id=reference_id,
        image_id=image_id,
        page=page,
        needs_both=True,
    )


def review_url(match_id: int) -> str:
    return reverse("admin:review_match", args=[match_id])


def marked_text(match: Match, field: str) -> SafeString:
    """Title or description with what matched in it marked."""
    spans = [
        Span(signal["start"], signal["end"], signal["kind"]) for signal in match.signals if signal.get("field") == field
    ]
    return marked(getattr(match.version, field), spans)


def reasons_of(match: Match) -> tuple[Reason, ...]:
    """Every signal, the strongest first; those without a figure, and those found harmless before, last."""
    rows = [_reason(signal) for signal in match.signals]
    return tuple(sorted(rows, key=lambda row: (row.is_rejected, -(row.score if row.score is not None else -1))))


def _reason(signal: dict[str, Any]) -> Reason:
    kind = _KINDS[signal["kind"]]
    return Reason(
        kind=signal["kind"],
        label=f"{FIELD_WORDS[signal['field']]}의 {kind}" if "field" in signal else kind,
        found=visible(signal.get("found", "")),
        sentence=visible(signal["why"]),
        score=signal.get("score"),
        is_rejected=bool(signal.get("is_rejected")),
    )


def history(match: Match, *, now: datetime) -> SellerHistory:
    """The seller's other matches, and whose goods it may sell today."""
    seller = match.version.listing.seller
    of_seller = Match.objects.of_seller(seller).exclude(pk=match.pk)
    waiting = of_seller.awaiting_review()
    held = Authorisation.objects.in_force(on=now.astimezone(SEOUL).date()).filter(seller=seller)
    brands = dict(held.order_by("brand__name").values_list("brand_id", "brand__name"))
    decided = of_seller.decided_counts()
    return SellerHistory(
        seller=seller,
        others=tuple(waiting.most_urgent_first().select_related("brand", "version")[:_MOST_OTHERS]),
        other_count=waiting.count(),
        confirmed_count=decided[MatchStatus.CONFIRMED],
        rejected_count=decided[MatchStatus.REJECTED],
        authorised_brands=tuple(brands.values()),
        is_authorised=match.brand_id in brands,
    )


def circumstances(listing: Listing) -> Circumstances:
    """The live case of the listing, if any, and what holds it off sale already."""
    holding = Decision.objects.holding(listing).select_related("allegation__brand", "allegation__ground")
    return Circumstances(case=Case.objects.live().filter(listing=listing).first(), holding=tuple(holding))


def draft(match: Match) -> Draft | None:
    """The statement on the ground that screening alleges, with its default clause; ``None`` where it has none."""
    policy = Policy.objects.select_related("default_for").in_use().filter(default_for__code=COUNTERFEIT).first()
    if policy is None or policy.default_for is None:
        return None
    return reasons.draft(match, ground=policy.default_for, policy=policy)


def preview(draft: Draft, reasoning: str) -> Sequence[tuple[str, list[str]]]:
    """The statement as the seller would read it, without the numbers that a real decision gets."""
    return sections(draft.with_ruling(Ruling(reasoning=reasoning)))


def undo_seconds() -> int:
    return int(restrictions.undo_period().total_seconds())
