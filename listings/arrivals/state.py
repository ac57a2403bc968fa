"""What a marketplace is told of a listing that it told."""

from datetime import datetime
from typing import Any

from core.canonical import moment
from listings.choices import PictureStatus
from listings.models import Arrival, ExpectedPicture


def arrival_state(arrival: Arrival) -> dict[str, Any]:
    """Where it stands, as plain JSON. Positions count from 0, as the pictures were given."""
    pictures = list(arrival.pictures.order_by("position"))
    version = arrival.version
    return {
        "id": arrival.pk,
        "listing": arrival.external_id,
        "status": arrival.status,
        "told_at": moment(arrival.told_at),
        "settled_at": _moment(arrival.settled_at),
        "version": version.number if version is not None else None,
        "superseded_by": arrival.superseded_by_id,
        "problem": {"code": arrival.code, "reason": arrival.reason} if arrival.code else None,
        "pictures": {
            "total": len(pictures),
            **{status.value: sum(picture.status == status for picture in pictures) for status in PictureStatus},
        },
        "missing": [_missing(picture) for picture in pictures if picture.status == PictureStatus.MISSING],
    }


def _missing(picture: ExpectedPicture) -> dict[str, Any]:
    return {
        "position": picture.position,
        "address": picture.address,
        "code": picture.code,
        "reason": picture.reason,
    }


def _moment(at: datetime | None) -> str | None:
    return moment(at) if at is not None else None
