"""What is reported: a listing by its marketplace and number, or by a pasted address."""

from accounts.addresses import is_address, listing_of
from accounts.models import Marketplace
from core.errors import DomainError
from listings.models import Listing
from reports.services.filing import Wanted

#: As long as a marketplace's own number of a listing may be.
LONGEST = 100
_WHAT = "신고할 상품을 찾지 못했습니다."


def marketplaces() -> list[Marketplace]:
    return list(Marketplace.objects.filter(is_active=True).order_by("slug"))


def target(slug: str, external_id: str) -> Listing | Wanted:
    """The listing, or what waits for one that is not known yet. Raises ``DomainError`` (unknown_place, odd_id)."""
    number = external_id.strip()
    is_number = 0 < len(number) <= LONGEST and number.isprintable()
    if slug.isascii() and slug.isprintable() and is_number:
        found = Listing.objects.select_related("seller", "marketplace", "current_version")
        # One that was announced but whose content has not arrived is waited for like an unknown one.
        whole = found.filter(current_version__isnull=False, marketplace__is_active=True)
        listing = whole.filter(marketplace__slug=slug, external_id=number).first()
        if listing is not None:
            return listing
    place = Marketplace.objects.filter(slug=slug, is_active=True).first() if slug.isprintable() else None
    if place is None:
        raise DomainError(
            _WHAT,
            "지킴이가 보호하는 마켓플레이스가 아닙니다.",
            "상품 화면의 주소를 그대로 붙여 넣어 주세요.",
            code="unknown_place",
        )
    if not is_number:
        raise DomainError(
            _WHAT, "상품 번호를 읽을 수 없습니다.", "상품 화면의 주소를 그대로 붙여 넣어 주세요.", code="odd_id"
        )
    return Wanted(place, number)


def pasted(text: str, place: Marketplace | None) -> tuple[str, str]:
    """The marketplace's name and the listing's number of a pasted address or number. Raises ``DomainError``."""
    known = marketplaces()
    found = listing_of(text, [place] if place is not None else known)
    if found is not None:
        return found[0].slug, found[1]
    if is_address(text):
        names = ", ".join(each.name for each in known)
        raise DomainError(
            _WHAT,
            f"붙여 넣은 주소 ‘{_short(text)}’에서 상품을 읽을 수 없습니다. 지킴이가 보호하는 곳은 {names}입니다.",
            "목록이나 검색 화면이 아니라 상품 화면의 주소인지 확인해 주세요.",
            code="unreadable",
        )
    only = place or (known[0] if len(known) == 1 else None)
    if only is None:
        raise DomainError(
            _WHAT,
            f"번호 ‘{_short(text)}’만으로는 어느 마켓플레이스인지 알 수 없습니다.",
            "마켓플레이스를 고르거나 상품 화면의 주소를 붙여 넣어 주세요.",
            code="which_place",
        )
    if len(text) > LONGEST or any(letter.isspace() for letter in text) or not text.isprintable():
        raise DomainError(
            _WHAT,
            f"‘{_short(text)}’은 주소도 상품 번호도 아닙니다.",
            "상품 화면의 주소를 붙여 넣어 주세요.",
            code="unreadable",
        )
    return only.slug, text


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"
