"""What a file or an interface says of a seller, checked and ready to be brought in."""

from dataclasses import dataclass
from datetime import date

from sellers.choices import SellerLanguage


@dataclass(frozen=True, slots=True)
class SellerRecord:
    """One shop. ``None`` stands for "not said", which leaves what is there."""

    external_id: str
    shop_name: str
    email: str | None = None
    language: SellerLanguage | None = None
    time_zone: str | None = None
    opened_on: date | None = None
