"""What a file or an interface says of a listing, checked and ready to be brought in."""

from dataclasses import dataclass
from datetime import datetime

from core.models import EvidenceFile
from listings.models import PictureFetch


@dataclass(frozen=True, slots=True)
class ListingRecord:
    """One listing as its marketplace shows it. ``price_minor`` is an integer of the currency's minor unit.

    ``posted_at`` and ``sold_count`` are ``None`` where nothing was said of them, which leaves what is there.
    """

    external_id: str
    url: str
    title: str
    description: str
    category: str
    price_minor: int
    currency: str
    posted_at: datetime | None = None
    sold_count: int | None = None


@dataclass(frozen=True, slots=True)
class KeptImage:
    """A picture of the listing that is kept as evidence already, what its file was called, and from where it came."""

    file: EvidenceFile
    name: str = ""
    fetch: PictureFetch | None = None


@dataclass(frozen=True, slots=True)
class LostImage:
    """A picture that the listing was told with and that could not be had, and why."""

    address: str
    code: str
    reason: str
    fetch: PictureFetch | None = None
