"""What the review screen shows of a match, gathered in a bounded number of queries. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from brands.models import ReferenceImage
from core.numbers import SEOUL
from listings.choices import MatchStatus
from listings.models import Listing, ListingImage, Match
from reports.grounds import COUNTERFEIT
from reports.marking import Span, marked, visible
from reports.models import Case, Decision, Policy
from reports.services import reasons, restrictions
from reports.services.reasons import Draft
from reports.statements import FIELD_WORDS, Ruling, sections
from sellers.models import Authorisation, Seller

#: Thumbnails to a side: enough for any listing seen, and a bound for one that has hundreds.
_MOST_THUMBNAILS: Final = 12
_MOST_OTHERS: Final = 5
_KINDS: Final = {"image": "사진", "text": "이름", "code_word": "은어", "price": "가격"}


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A picture to choose, and the address of this page with it chosen."""

    label: str
    picture: str
    page: str
    score: float | None
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """The two pictures in the frame and how one is laid over the other; ``None`` where nothing is known of that."""

    reference: str
    reference_label: str
    suspect: str
    suspect_label: str
    transform: dict[str, Any] | None
    references: tuple[Thumbnail, ...]
    suspects: tuple[Thumbnail, ...]


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
    images = {image.pk: image for image in match.version.images.select_related("file") if image.file.has_working_copy}
    references = _references(match)
    if not images or not references:
        return None
    signal = _signal(match, references, images, reference_id=reference_id, image_id=image_id)
    named = (signal["reference_id"], signal["image_id"]) if signal else (None, None)
    reference = references[_first_known(references, reference_id, named[0])]
    image = images[_first_known(images, image_id, named[1])]
    return Comparison(
        reference=evidence_url(reference.file.sha256),
        reference_label=f"브랜드 기준 사진({reference.get_kind_display()})",
        suspect=evidence_url(image.file.sha256),
        suspect_label=f"상품 사진 {image.position + 1}번",
        transform=signal["transform"] if signal else None,
        references=_reference_thumbnails(match, references, reference, image),
        suspects=_image_thumbnails(match, images, reference, image),
    )


def _references(match: Match) -> dict[int, ReferenceImage]:
    """The brand's pictures, those that a signal names first, the strongest foremost."""
    named = list(dict.fromkeys(signal["reference_id"] for signal in _image_signals(match)))
    rows = ReferenceImage.objects.with_picture().filter(brand=match.brand_id).select_related("file")
    found = {row.pk: row for row in rows.filter(pk__in=named)}
    ordered = {key: found[key] for key in named if key in found}
    others = rows.switched_on().exclude(pk__in=named)[:_MOST_THUMBNAILS]
    return ordered | {row.pk: row for row in others}


def _image_signals(match: Match) -> list[dict[str, Any]]:
    """The strongest first; those that were found harmless before come after all that count."""
    signals = [signal for signal in match.signals if signal["kind"] == "image"]
    return sorted(signals, key=lambda signal: (bool(signal.get("is_rejected")), -signal["score"]))


def _signal(
    match: Match,
    references: dict[int, ReferenceImage],
    images: dict[int, ListingImage],
    *,
    reference_id: int | None,
    image_id: int | None,
) -> dict[str, Any] | None:
    """The strongest signal between the chosen pictures; a side that was not chosen may be any."""
    for signal in _image_signals(match):
        fits = reference_id in (None, signal["reference_id"]) and image_id in (None, signal["image_id"])
        if fits and signal["reference_id"] in references and signal["image_id"] in images:
            return signal
    return None


def _first_known(rows: dict[int, Any], *keys: int | None) -> int:
    return next((key for key in keys if key is not None and key in rows), next(iter(rows)))


def _reference_thumbnails(
    match: Match, references: dict[int, ReferenceImage], reference: ReferenceImage, image: ListingImage
) -> tuple[Thumbnail, ...]:
    return tuple(
        Thumbnail(
            label=f"브랜드 기준 사진 {number}({row.get_kind_display()})",
            picture=evidence_url(row.file.sha256),
            page=_pair_url(match, row.pk, image.pk),
            score=_best(match, "reference_id", row.pk),
            is_chosen=row.pk == reference.pk,
        )
        for number, row in enumerate(list(references.values())[:_MOST_THUMBNAILS], start=1)
    )


def _image_thumbnails(
    match: Match, images: dict[int, ListingImage], reference: ReferenceImage, image: ListingImage
) -> tuple[Thumbnail, ...]:
    return tuple(
        Thumbnail(
            label=f"상품 사진 {row.position + 1}번",
            picture=evidence_url(row.file.sha256),
            page=_pair_url(match, reference.pk, row.pk),
            score=_best(match, "image_id", row.pk),
            is_chosen=row.pk == image.pk,
        )
        for row in list(images.values())[:_MOST_THUMBNAILS]
    )


def _best(match: Match, side: str, key: int) -> float | None:
    return max((signal["score"] for signal in _image_signals(match) if signal[side] == key), default=None)


def _pair_url(match: Match, reference_id: int, image_id: int) -> str:
    return f"{review_url(match.pk)}?{urlencode({'reference': reference_id, 'image': image_id})}"


def review_url(match_id: int) -> str:
    return reverse("admin:review_match", args=[match_id])


def evidence_url(sha256: str) -> str:
    """Where staff see the working copy of a file."""
    return reverse("admin:review_evidence", args=[sha256])


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
