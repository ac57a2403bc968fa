"""One row an answer, so that staff see what was held and why. Cheap: an insert, and for a hold its journal entry."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import Marketplace
from core.actors import Actor
from core.connections import waiting
from core.journal import record as journal
from listings.choices import Verdict
from listings.models import ListingVersion, PreflightScreening
from listings.preflight.answers import Help, SeenPicture
from listings.preflight.judging import Judged
from matching import PictureSignal
from sellers.models import Seller


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asked about what."""

    marketplace: Marketplace
    seller_external_id: str
    seller: Seller | None
    listing_external_id: str
    version: ListingVersion
    pictures: tuple[SeenPicture, ...]
    client: str


def store_answer(
    asked: Asked,
    *,
    verdict: str,
    judged: tuple[Judged, ...],
    helps: tuple[Help, ...],
    engine_version: str,
    material: str,
    actor: Actor | None,
    at: datetime,
) -> PreflightScreening:
    """The row of the answer. Journals ``listings.preflight.held`` with it where the verdict is ``stop``."""
    version = asked.version
    row = PreflightScreening(
        marketplace=asked.marketplace,
        seller=asked.seller,
        seller_external_id=asked.seller_external_id,
        listing_external_id=asked.listing_external_id,
        title=version.title,
        # What passes is the marketplace's own business: its title is enough to tell which one it was.
        description="" if verdict == Verdict.PASS else version.description,
        category=version.category,
        price_minor=version.price_minor,
        currency=version.currency,
        text_digest=version.text_digest,
        pictures=[picture.as_json() for picture in asked.pictures],
        verdict=verdict,
        score=max((each.finding.score for each in judged), default=0.0),
        findings=[_finding(each) for each in judged],
        asked_for=[each.code for each in helps],
        engine_version=engine_version,
        material=material,
        client=asked.client[:100],
        screened_at=at,
    )
    if verdict != Verdict.STOP:
        row.save(force_insert=True)
        return row
    # A hold is kept for sure, however hurried its caller.
    with waiting(), transaction.atomic():
        row.save(force_insert=True)
        journal("listings.preflight.held", actor=actor, subject=row, details=_details(row), at=at)
    return row


def _finding(judged: Judged) -> dict[str, Any]:
    """The finding as it was told, and for staff the references, fingerprints and old listings behind it."""
    signals = judged.match.signals if judged.match else ()
    return judged.finding.as_json() | {
        "references": [
            {"reference_id": int(each.reference), "sha256": each.image, "transform": each.transform.to_json()}
            for each in signals
            if isinstance(each, PictureSignal)
        ],
        "originals": [
            {"version": each.original, "fingerprints": [sign["fingerprint_id"] for sign in each.signs]}
            for each in judged.returned
        ],
    }


def _details(row: PreflightScreening) -> dict[str, Any]:
    return {
        "seller": row.seller_external_id,
        "listing": row.listing_external_id,
        "text_digest": row.text_digest,
        "pictures": [picture["sha256"] for picture in row.pictures],
        "brands": [finding["brand"] and finding["brand"]["id"] for finding in row.findings],
        "client": row.client,
    }
