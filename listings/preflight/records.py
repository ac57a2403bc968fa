"""What a listing must be to be answered for: what could be stored could be published."""

from typing import Final

from core.canonical import plain
from core.errors import DomainError
from listings.models import PreflightScreening
from listings.records import ListingRecord

# [ours] The most that an import reads of a description (portal.imports.listing_rows).
MOST_DESCRIPTION: Final = 50_000
#: PostgreSQL's own limit of the column.
_MOST_PRICE: Final = 2**63 - 1
_LABELS: Final = {
    "title": "제목",
    "description": "설명",
    "category": "분류",
    "currency": "통화",
    "external_id": "상품 번호",
    "seller": "판매자 식별자",
}
_COLUMNS: Final = {
    "title": "title",
    "category": "category",
    "currency": "currency",
    "external_id": "listing_external_id",
    "seller": "seller_external_id",
}


def require_storable(record: ListingRecord, *, seller_external_id: str) -> None:
    """Raises ``DomainError`` for a title or a seller that is missing, for what no column holds, and for a price below
    zero."""
    values = {
        "title": record.title,
        "description": record.description,
        "category": record.category,
        "currency": record.currency,
        "external_id": record.external_id,
        "seller": seller_external_id,
    }
    for name, value in values.items():
        _require_text(name, value)
    for name in ("title", "seller"):
        if not values[name].strip():
            raise _refused(f"{_LABELS[name]} 값이 비어 있습니다.", "값을 적어 다시 보내 주세요.")
    if not 0 <= record.price_minor <= _MOST_PRICE:
        raise _refused("가격이 0보다 작거나 너무 큽니다.", "가격을 확인해 다시 보내 주세요.")


def _require_text(name: str, value: str) -> None:
    try:
        plain(value)
    except ValueError:
        raise _refused(
            f"{_LABELS[name]}에 저장할 수 없는 문자(NUL이나 짝이 없는 서로게이트)가 있습니다.",
            "그 문자를 빼고 다시 보내 주세요.",
        ) from None
    most = _most(name)
    if len(value) > most:
        raise _refused(f"{_LABELS[name]} 값이 {most:,}자를 넘습니다.", "줄여서 다시 보내 주세요.")


def _most(name: str) -> int:
    if name == "description":
        return MOST_DESCRIPTION
    limit = PreflightScreening._meta.get_field(_COLUMNS[name]).max_length  # type: ignore[union-attr]  # a CharField
    return int(limit or 0)


def _refused(why: str, action: str) -> DomainError:
    return DomainError("게시 전 상품을 심사하지 않았습니다.", why, action, code="unusable_listing")
