"""What a shop reads of all its matters: those in which it is awaited first, each with what is asked and until when.

Plain values, as on the page of one allegation, and the same rule: a matter is in the list from the moment that the
shop was told of it. What staff still look at, and what ended before anything was restricted, is in no list.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.core.paginator import Paginator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports.choices import Party
from reports.models import Allegation, Explanation
from reports.parties import dates
from reports.parties.seller_page import Standing, standing_of
from reports.parties.visits import known_to_sellers
from reports.rules import OPEN_STATUSES
from reports.services import appeals, reasons
from reports.wording import Wording, wording
from sellers.models import Seller

#: On one page: each costs a handful of queries.
A_PAGE: Final = 20
TO_DO, UNDER_WAY, OVER = "to_do", "under_way", "over"


@dataclass(frozen=True, slots=True)
class ShopMatter:
    """One allegation in the list."""

    allegation: int
    case_number: str
    title: str
    listing_id: str
    ground: str
    brand: str
    status: str
    next_actor: str
    asked: str
    due_at: datetime | None
    due_label: str
    own_due: str
    group: str


@dataclass(frozen=True, slots=True)
class MatterGroup:
    """Matters under one heading."""

    name: str
    title: str
    matters: tuple[ShopMatter, ...]


@dataclass(frozen=True, slots=True)
class ShopPage:
    """The list, one page of it."""

    seller: int
    shop_name: str
    marketplace: str
    groups: tuple[MatterGroup, ...]
    total: int
    summary: str
    number: int
    earlier: int | None
    later: int | None


def shop_page(seller: Seller, *, page: str | None, language: str, now: datetime) -> ShopPage:
    """The page of that number (the first or last where it is none); call it with that language active."""
    rows = known_to_sellers(now=now).of_shop(seller)
    waiting = rows.awaiting_the_seller(Explanation.objects.all()).count()
    shown = Paginator(rows.most_urgent_first(Explanation.objects.all()), A_PAGE).get_page(page)
    words = wording(language)
    matters = [_matter(each, words=words, language=language, now=now) for each in shown.object_list]
    return ShopPage(
        seller=seller.pk,
        shop_name=seller.shop_name,
        marketplace=seller.marketplace.name,
        groups=_grouped(matters),
        total=shown.paginator.count,
        summary=_summary(waiting),
        number=shown.number,
        earlier=shown.previous_page_number() if shown.has_previous() else None,
        later=shown.next_page_number() if shown.has_next() else None,
    )


def _summary(waiting: int) -> str:
    if not waiting:
        return _("지금 하실 일은 없습니다.")
    text = ngettext(
        "소명을 기다리는 안건이 %(number)s건 있습니다.", "소명을 기다리는 안건이 %(number)s건 있습니다.", waiting
    )
    return text % {"number": waiting}


def _grouped(matters: Sequence[ShopMatter]) -> tuple[MatterGroup, ...]:
    titles = {TO_DO: _("지금 하실 일"), UNDER_WAY: _("진행 중인 안건"), OVER: _("끝난 안건")}
    groups = (MatterGroup(name, title, tuple(m for m in matters if m.group == name)) for name, title in titles.items())
    return tuple(group for group in groups if group.matters)


def _matter(allegation: Allegation, *, words: Wording, language: str, now: datetime) -> ShopMatter:
    standing = standing_of(allegation, words=words, now=now)
    listing, brand = allegation.case.listing, allegation.brand
    version, ground = listing.current_version, words.grounds.get(allegation.ground.code)
    asked, due_at, due_label = _asked(allegation, standing, now)
    return ShopMatter(
        allegation=allegation.pk,
        case_number=allegation.case.number,
        title=version.title if version is not None else "",
        listing_id=listing.external_id,
        ground=ground.title if ground is not None else allegation.ground.title,
        brand=brand.name if brand is not None else "",
        status=standing.status.value,
        next_actor=standing.next_actor,
        asked=asked,
        due_at=due_at,
        due_label=due_label,
        own_due=dates.own_clock(due_at, language, listing.seller.time_zone) if due_at is not None else "",
        group=_group(standing),
    )


def _group(standing: Standing) -> str:
    if standing.may.explain and not standing.may.explains_late:
        return TO_DO
    return UNDER_WAY if standing.status in OPEN_STATUSES else OVER


def _asked(allegation: Allegation, standing: Standing, now: datetime) -> tuple[str, datetime | None, str]:
    """What the seller is asked or may do, until when, and what ends then."""
    if standing.may.explain:
        late = standing.may.explains_late
        text = _("기한이 지났지만 소명을 받습니다.") if late else _("소명을 제출해 주세요.")
        return text, standing.due_at, standing.due_label
    if standing.may.appeal:
        contestable = appeals.contestable(allegation, Party.SELLER, now=now)
        until = reasons.appeal_until(contestable) if contestable is not None else None
        return _("결정이 사실과 다르다면 이의를 제기할 수 있습니다."), until, _("이의제기 기한")
    return standing.stage, standing.due_at, standing.due_label
