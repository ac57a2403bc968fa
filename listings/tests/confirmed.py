"""Confirmed counterfeits, and what comes back of them, for tests."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any, Final

from django.db import models
from django.utils import timezone
from PIL import Image, ImageOps

from brands.models import Brand
from brands.tests.factories import make_rights_holder
from core.models import EvidenceFile
from core.tests.factories import draw_picture, make_evidence_file
from listings.counterfeits import keep_fingerprints
from listings.models import Fingerprint, Listing, Reappearance
from listings.screening import screen_versions
from listings.tests.copies import shown
from listings.tests.factories import make_listing
from matching.tests.texts import COUNTERFEIT, OTHER_GOODS
from sellers.models import Seller

#: A text that only the counterfeit's seller writes, and one of other goods.
WORDS: Final = COUNTERFEIT
OTHER_WORDS: Final = OTHER_GOODS
SIZE: Final = (400, 400)


def picture(seed: int) -> EvidenceFile:
    """A seller's own photograph of the goods."""
    return make_evidence_file(draw_picture(seed, size=SIZE))


def altered(seed: int, alter: Callable[[Image.Image], Image.Image], *, quality: int = 80) -> EvidenceFile:
    """The same photograph, changed and saved again."""
    out = BytesIO()
    alter(Image.open(BytesIO(draw_picture(seed, size=SIZE))).convert("RGB")).save(out, "JPEG", quality=quality)
    return make_evidence_file(out.getvalue())


def mirrored(seed: int) -> EvidenceFile:
    return altered(seed, ImageOps.mirror)


def confirmed(
    *,
    images: Sequence[EvidenceFile] = (),
    brand: Brand | None = None,
    seller: Seller | None = None,
    source: models.Model | None = None,
    effective_at: datetime | None = None,
    title: str = "누벨하니 수분 크림",
    description: str = "",
) -> list[Fingerprint]:
    """A listing that a decision of an hour ago found a counterfeit, by its fingerprints."""
    listing = make_listing(title, images=images, seller=seller, description=description)
    return fingerprints_of_listing(listing, brand=brand, source=source, effective_at=effective_at)


def fingerprints_of_listing(
    listing: Listing,
    *,
    brand: Brand | None = None,
    source: models.Model | None = None,
    effective_at: datetime | None = None,
) -> list[Fingerprint]:
    """Any row can stand for the decision: it is opaque to this floor."""
    return keep_fingerprints(
        shown(listing),
        brand=brand,
        source=source or make_rights_holder(),
        effective_at=effective_at or timezone.now() - timedelta(hours=1),
        actor=None,
    )


def found_in(listing: Listing, **options: Any) -> list[Reappearance]:
    """What screening finds of confirmed counterfeits in what the listing shows now."""
    screen_versions([shown(listing).pk], **options)
    return list(Reappearance.objects.of_listing(listing).order_by("pk"))
