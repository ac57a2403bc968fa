"""The brand's picture beside the listing's: which pair stands in the frame, and how one is laid over the other.

The match's own signals say which pictures resemble each other and by which transform; where nobody found a match, the
first of each side stand there, and nothing is known of how they lie over one another.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Case, Q, Value, When
from django.urls import reverse

from brands.models import ReferenceImage
from listings.models import ListingImage, ListingVersion

#: Thumbnails to a side: enough for any listing seen, and a bound for one that has hundreds.
_MOST_THUMBNAILS: Final = 12

Signal = Mapping[str, Any]
#: The address of the page with that reference and that picture chosen.
PageOf = Callable[[int, int], str]


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
    """The two pictures in the frame and how one is laid over the other; ``None`` where nothing is known of that.

    ``reference`` is empty where the brand has no picture.
    """

    reference: str
    reference_label: str
    suspect: str
    suspect_label: str
    transform: dict[str, Any] | None
    references: tuple[Thumbnail, ...]
    suspects: tuple[Thumbnail, ...]


def compare(
    version: ListingVersion,
    brand_id: int | None,
    signals: Sequence[Signal],
    *,
    reference_id: int | None,
    image_id: int | None,
    page: PageOf,
    needs_both: bool = False,
) -> Comparison | None:
    """The chosen pair, else the strongest signal's, else the first of each; ``None`` where the listing has no picture,
    or the brand has none and both are needed."""
    images = {image.pk: image for image in version.images.select_related("file") if image.file.has_working_copy}
    ranked = _image_signals(signals)
    references = _references(brand_id, ranked)
    if not images or (needs_both and not references):
        return None
    signal = _signal(ranked, references, images, reference_id=reference_id, image_id=image_id)
    named = (signal["reference_id"], signal["image_id"]) if signal else (None, None)
    image = images[_first_known(images, image_id, named[1])]
    reference = references[_first_known(references, reference_id, named[0])] if references else None
    return Comparison(
        reference=evidence_url(reference.file.sha256) if reference else "",
        reference_label=f"브랜드 기준 사진({reference.get_kind_display()})" if reference else "브랜드 기준 사진",
        suspect=evidence_url(image.file.sha256),
        suspect_label=f"상품 사진 {image.position + 1}번",
        transform=signal["transform"] if signal else None,
        references=_reference_thumbnails(ranked, references, reference, image, page) if reference else (),
        suspects=_image_thumbnails(ranked, images, reference, image, page),
    )


def _image_signals(signals: Sequence[Signal]) -> list[Signal]:
    """The strongest first; those that were found harmless before come after all that count."""
    found = [signal for signal in signals if signal["kind"] == "image"]
    return sorted(found, key=lambda signal: (bool(signal.get("is_rejected")), -signal["score"]))


def _references(brand_id: int | None, ranked: Sequence[Signal]) -> dict[int, ReferenceImage]:
    """The brand's pictures, those that a signal names first, the strongest foremost."""
    if brand_id is None:
        return {}
    named = list(dict.fromkeys(signal["reference_id"] for signal in ranked))
    is_named = Case(When(pk__in=named, then=Value(0)), default=Value(1))
    rows = ReferenceImage.objects.with_picture().filter(Q(pk__in=named) | Q(is_active=True), brand=brand_id)
    first = rows.select_related("file").order_by(is_named, "pk")[: len(named) + _MOST_THUMBNAILS]
    found = {row.pk: row for row in first}
    ordered = {key: found[key] for key in named if key in found}
    return ordered | {key: row for key, row in found.items() if key not in ordered}


def _signal(
    ranked: Sequence[Signal],
    references: dict[int, ReferenceImage],
    images: dict[int, ListingImage],
    *,
    reference_id: int | None,
    image_id: int | None,
) -> Signal | None:
    """The strongest signal between the chosen pictures; a side that was not chosen may be any."""
    for signal in ranked:
        fits = reference_id in (None, signal["reference_id"]) and image_id in (None, signal["image_id"])
        if fits and signal["reference_id"] in references and signal["image_id"] in images:
            return signal
    return None


def _first_known(rows: dict[int, Any], *keys: int | None) -> int:
    return next((key for key in keys if key is not None and key in rows), next(iter(rows)))


def _reference_thumbnails(
    ranked: Sequence[Signal],
    references: dict[int, ReferenceImage],
    reference: ReferenceImage,
    image: ListingImage,
    page: PageOf,
) -> tuple[Thumbnail, ...]:
    return tuple(
        Thumbnail(
            label=f"브랜드 기준 사진 {number}({row.get_kind_display()})",
            picture=evidence_url(row.file.sha256),
            page=page(row.pk, image.pk),
            score=_best(ranked, "reference_id", row.pk),
            is_chosen=row.pk == reference.pk,
        )
        for number, row in enumerate(list(references.values())[:_MOST_THUMBNAILS], start=1)
    )


def _image_thumbnails(
    ranked: Sequence[Signal],
    images: dict[int, ListingImage],
    reference: ReferenceImage | None,
    image: ListingImage,
    page: PageOf,
) -> tuple[Thumbnail, ...]:
    return tuple(
        Thumbnail(
            label=f"상품 사진 {row.position + 1}번",
            picture=evidence_url(row.file.sha256),
            page=page(reference.pk if reference else 0, row.pk),
            score=_best(ranked, "image_id", row.pk),
            is_chosen=row.pk == image.pk,
        )
        for row in list(images.values())[:_MOST_THUMBNAILS]
    )


def _best(ranked: Sequence[Signal], side: str, key: int) -> float | None:
    return max((signal["score"] for signal in ranked if signal[side] == key), default=None)


def evidence_url(sha256: str) -> str:
    """Where staff see the working copy of a file."""
    return reverse("admin:review_evidence", args=[sha256])
