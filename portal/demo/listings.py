"""Six hundred made-up listings with what is true of each: sixty suspect, in ways that sellers of copies really use.

Pure and the same each time for the same day. What is true of a listing never goes into the import file: the engine is
to find it out.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from portal.demo import goods
from portal.demo.brands import BRANDS, PRODUCT_PICTURES, DemoBrand
from portal.demo.hidden_names import HIDDEN_NAMES
from portal.demo.pictures import ALTERATIONS, PictureSpec
from portal.demo.seller_pictures import own_picture
from portal.demo.sellers import DemoSeller, demo_sellers, sellers_of

SEOUL: Final = ZoneInfo("Asia/Seoul")
SEED: Final = "jikimi-demo-1"
ID_PREFIX: Final = "SB-"


class Truth(StrEnum):
    """What is true of a listing. The first four are suspect."""

    PICTURE = "altered picture"
    NAME = "hidden name"
    CODE_WORD = "code word"
    BOTH = "altered picture and hidden name"
    AUTHORISED = "authorised seller"
    TRAP = "everyday word"
    USED = "used goods"
    PART = "compatible part"
    NAMED = "names the brand plainly"
    ORDINARY = "ordinary goods"


SUSPECT: Final = frozenset({Truth.PICTURE, Truth.NAME, Truth.CODE_WORD, Truth.BOTH})
#: How many of each; 600 in all, 60 of them suspect.
COUNTS: Final = {
    Truth.PICTURE: 3 * len(ALTERATIONS),
    Truth.NAME: len(HIDDEN_NAMES),
    Truth.CODE_WORD: 6,
    Truth.BOTH: 4,
    Truth.AUTHORISED: 5 * len(BRANDS),
    Truth.TRAP: 4 * len(goods.TRAPS),
    Truth.USED: 36,
    Truth.PART: 3 * len(goods.PARTS),
    Truth.NAMED: 24,
    Truth.ORDINARY: 336,
}


#: Of so many sellers of used goods one shows the brand's own picture instead of a photograph. A machine cannot tell
#: that from a copy's listing; a moderator can, and finds something to reject.
BORROWING_SHARE: Final = 7
BORROWED: Final = "brand's picture"


@dataclass(frozen=True, slots=True)
class Copied:
    """A brand's own picture, as it is or altered."""

    file: str
    alteration: str = ""


Picture = PictureSpec | Copied


@dataclass(frozen=True, slots=True)
class DemoListing:
    """One listing, its pictures, and what is true of it. ``how`` names the alteration or the disguise."""

    truth: Truth
    title: str
    category: str
    price: int
    seller: DemoSeller
    pictures: tuple[Picture, ...]
    brand: str = ""
    how: str = ""
    description: str = ""
    facts: dict[str, object] = field(default_factory=dict)

    @property
    def is_suspect(self) -> bool:
        return self.truth in SUSPECT

    @property
    def external_id(self) -> str:
        return str(self.facts["id"])


class _Maker:
    """Makes listings one after the other from one stream of chance."""

    def __init__(self) -> None:
        self.chance = Random(SEED)  # noqa: S311 - made-up data, not secrets
        self.sellers = demo_sellers(self.chance)
        nobody = [seller for seller in self.sellers if not seller.brands]
        self.nobody = nobody
        # Those who sell copies sell ordinary goods as well, and most of them ship from abroad.
        self.bold = nobody[:6] + [seller for seller in nobody if seller.is_chinese][:14]
        self.drawn = 0

    def brand(self, place: int) -> DemoBrand:
        return BRANDS[place % len(BRANDS)]

    def own(self, kind: str, *, mark: DemoBrand | None = None) -> PictureSpec:
        """A picture that the shop took itself, of goods with or without a brand's mark."""
        self.drawn += 1
        return own_picture(kind, self.drawn, self.chance, mark=mark)

    def copied(self, brand: DemoBrand, place: int, alteration: str = "") -> Copied:
        return Copied(brand.reference_file(place % PRODUCT_PICTURES), alteration)

    def words(self, noun: str) -> str:
        """A title around the noun."""
        chance = self.chance
        title = f"{chance.choice(goods.ADJECTIVES)} {noun} {chance.choice(goods.COLOURS)}"
        return f"{title} {chance.choice(goods.EXTRAS)}" if chance.random() < 0.7 else title

    def price_near(self, usual: int, low: float, high: float) -> int:
        return max(1, round(usual * self.chance.uniform(low, high) / 100)) * 100

    # -- suspect --------------------------------------------------------------------------------------------------

    def picture(self, place: int) -> DemoListing:
        """The brand's picture altered, under a title that names nobody."""
        how = list(ALTERATIONS)[place % len(ALTERATIONS)]
        brand = self.brand(place * 5 + place // 12)
        copied = self.copied(brand, place // 12 + place, how)
        beside = (self.own("parcel"), copied) if place % 4 == 0 else (copied,)
        return self._suspect(Truth.PICTURE, brand, self.words(brand.goods), beside, how)

    def name(self, place: int) -> DemoListing:
        """The name in disguise, over a picture of the shop's own."""
        how, hide = list(HIDDEN_NAMES.items())[place]
        brand = self.brand(place * 7 + 1)
        title = f"{hide(brand.hangul, brand.latin)} {brand.goods} {self.chance.choice(goods.COLOURS)}"
        return self._suspect(Truth.NAME, brand, title, (self.own(brand.kind),), how)

    def code_word(self, place: int) -> DemoListing:
        """The name plainly, with a word that tells buyers what it really is."""
        word = ("미러급", "레플리카", "정품급", "1:1 제작", "SA급", "커스텀급")[place]
        brand = self.brand(place * 2 + 3)
        title = f"{brand.hangul} {word} {brand.goods} {self.chance.choice(goods.COLOURS)}"
        return self._suspect(Truth.CODE_WORD, brand, title, (self.own(brand.kind),), word)

    def both(self, place: int) -> DemoListing:
        """Picture and name at once: what the machine would hold before it is published."""
        how = ("mirrored", "bordered", "recompressed", "greyed")[place]
        brand = self.brand(place * 3)
        hidden = list(HIDDEN_NAMES.values())[place](brand.hangul, brand.latin)
        title = f"{hidden} {brand.goods} {self.chance.choice(goods.COLOURS)} {self.chance.choice(goods.EXTRAS)}"
        return self._suspect(Truth.BOTH, brand, title, (self.copied(brand, place, how),), how)

    def _suspect(
        self, truth: Truth, brand: DemoBrand, title: str, pictures: tuple[Picture, ...], how: str
    ) -> DemoListing:
        price = self.price_near(brand.price, 0.16, 0.42)
        seller = self.chance.choice(self.bold)
        return DemoListing(truth, title, brand.category, price, seller, pictures, brand.slug, how)

    # -- not suspect ----------------------------------------------------------------------------------------------

    def authorised(self, place: int) -> DemoListing:
        """The genuine article with the brand's own pictures, from a shop that the brand has named."""
        brand = self.brand(place)
        theirs = sellers_of(self.sellers, brand.slug)
        seller = theirs[place // len(BRANDS) % len(theirs)]
        title = f"[정품] {brand.hangul} {brand.latin.title()} {brand.goods} {self.chance.choice(goods.COLOURS)}"
        pictures = (self.copied(brand, place // 12), self.copied(brand, place // 12 + 1))
        price = self.price_near(brand.price, 0.9, 1.05)
        return DemoListing(Truth.AUTHORISED, title, brand.category, price, seller, pictures, brand.slug)

    def trap(self, place: int) -> DemoListing:
        """An everyday word that is some brand's line of goods, or that looks like its name."""
        word, nouns, slug = goods.TRAPS[place % len(goods.TRAPS)]
        title = f"{nouns[place // len(goods.TRAPS)]} {self.chance.choice(goods.EXTRAS)}"
        return self._plain(Truth.TRAP, title, "생활 > 잡화", (4_900, 39_000), self._any_kind(), slug, how=word)

    def used(self, place: int) -> DemoListing:
        """The genuine article, used: it changes hands lawfully."""
        brand = self.brand(place)
        state = self.chance.choice(("사용감 적음", "상자 없음", "두 번 사용", "생활 흠집 있음"))
        title = f"중고 {brand.hangul} {brand.goods} {state}"
        price = (round(brand.price * 0.35), round(brand.price * 0.7))
        borrows = place % BORROWING_SHARE == 0
        picture = (
            self.copied(brand, place // BORROWING_SHARE, "brightened") if borrows else self.own(brand.kind, mark=brand)
        )
        how = BORROWED if borrows else ""
        made = self._plain(Truth.USED, title, f"중고 > {brand.category}", price, picture, brand.slug, how=how)
        return replace(made, seller=self.chance.choice([each for each in self.nobody if not each.is_chinese]))

    def part(self, place: int) -> DemoListing:
        """A part that names the brand that it fits."""
        slug, noun, kind = goods.PARTS[place % len(goods.PARTS)]
        brand = next(each for each in BRANDS if each.slug == slug)
        title = f"{brand.hangul} {noun} {self.chance.choice(goods.COLOURS)}"
        return self._plain(Truth.PART, title, brand.category, (2_900, 19_000), self.own(kind), slug)

    def named(self, place: int) -> DemoListing:
        """A reseller who names the brand plainly and shows a picture of its own."""
        brand = self.brand(place)
        word = self.chance.choice(("병행수입", "국내 미출시", "선물 포장", "이월 상품"))
        title = f"{brand.hangul} {brand.goods} {self.chance.choice(goods.COLOURS)} {word}"
        price = (round(brand.price * 0.8), brand.price)
        picture = self.own(brand.kind, mark=brand)
        return self._plain(Truth.NAMED, title, brand.category, price, picture, brand.slug)

    def ordinary(self, place: int) -> DemoListing:
        """Somebody's own goods."""
        sort = goods.GOODS[place % len(goods.GOODS)]
        title = self.words(self.chance.choice(sort.nouns))
        return self._plain(Truth.ORDINARY, title, sort.category, (sort.least, sort.most), self.own(sort.kind))

    def _any_kind(self) -> PictureSpec:
        return self.own(self.chance.choice(("blanket", "parcel", "plant", "mug", "ring", "strap")))

    def _plain(
        self,
        truth: Truth,
        title: str,
        category: str,
        price: tuple[int, int],
        picture: Picture,
        brand: str = "",
        *,
        how: str = "",
    ) -> DemoListing:
        cost = self.chance.randrange(price[0] // 100, price[1] // 100) * 100
        return DemoListing(truth, title, category, cost, self.chance.choice(self.nobody), (picture,), brand, how)


def demo_listings(today: date) -> list[DemoListing]:
    """All six hundred, in the order of an export: mixed. Only dates depend on ``today``."""
    maker = _Maker()
    made = [_maker_of(maker, truth)(place) for truth, count in COUNTS.items() for place in range(count)]
    maker.chance.shuffle(made)
    return list(_finished(made, maker.chance, today))


def _maker_of(maker: _Maker, truth: Truth) -> Callable[[int], DemoListing]:
    makers: dict[Truth, Callable[[int], DemoListing]] = {
        Truth.PICTURE: maker.picture,
        Truth.NAME: maker.name,
        Truth.CODE_WORD: maker.code_word,
        Truth.BOTH: maker.both,
        Truth.AUTHORISED: maker.authorised,
        Truth.TRAP: maker.trap,
        Truth.USED: maker.used,
        Truth.PART: maker.part,
        Truth.NAMED: maker.named,
        Truth.ORDINARY: maker.ordinary,
    }
    return makers[truth]


def _finished(made: list[DemoListing], chance: Random, today: date) -> Iterator[DemoListing]:
    for place, listing in enumerate(made):
        name = f"{ID_PREFIX}{100_001 + place * 7}"
        days = chance.randint(0, 20) if listing.is_suspect else chance.randint(0, 180)
        at = datetime.combine(
            today - timedelta(days=days + 1), time(chance.randint(7, 23), chance.randint(0, 59)), SEOUL
        )
        listing.facts.update(
            id=name,
            url=f"https://sibang.example/item/{name}",
            posted_at=at.isoformat(),
            sold_count=chance.randint(0, 400) if listing.is_suspect else chance.randint(0, 2_500),
            description=listing.description or " ".join(chance.sample(goods.DESCRIPTIONS, 2)),
            images=[f"listings/{name}-{each + 1}.jpg" for each in range(len(listing.pictures))],
        )
        yield listing


def listing_row(listing: DemoListing, today: date) -> dict[str, object]:
    """The listing as a line of an import file."""
    return {
        **listing.facts,
        "title": listing.title,
        "price": listing.price,
        "currency": "KRW",
        "category": listing.category,
        "seller": listing.seller.row(today),
    }
