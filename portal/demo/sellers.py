"""Sixty shops in Korea and China, twenty of them named by brands as their sellers. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from portal.demo.brands import BRANDS

#: A shop that a brand names and the marketplace has not told of yet: its authorisation waits.
UNKNOWN_SELLER: Final = "shop-900"

_RETAILERS: Final = (
    "온누빛몰",
    "다온상점가",
    "바른잡화점",
    "한길스토어",
    "새벽편집숍",
    "둥지마켓",
    "이음셀렉트",
    "모아담은집",
)
_KOREAN: Final = (
    "골목상점",
    "오늘의서랍",
    "푸른지붕",
    "작은다락",
    "동네잡화",
    "손끝공방",
    "별난창고",
    "햇살마루",
    "느린오후",
    "도토리상회",
    "나루터상점",
    "초록문",
    "살림곳간",
    "두손가득",
    "고래상회",
    "은행나무집",
    "하루한켠",
    "봄내음",
    "무지개상점",
    "솔바람",
    "아침마당",
    "큰나무상회",
)
_CHINESE: Final = (
    "杭州晨光百货",
    "义乌小山商行",
    "广州南风优选",
    "深圳亮点数码",
    "宁波海星家居",
    "青岛蓝湾贸易",
    "苏州织梦坊",
    "东莞星野制造",
    "厦门白鹭好物",
    "泉州飞步鞋业",
    "温州巧匠皮具",
    "佛山明灯照明",
    "成都云朵玩具",
    "上海小满生活",
    "北京四合优品",
    "武汉江城百货",
    "中山暖光灯饰",
    "阳江利刃厨具",
)


@dataclass(frozen=True, slots=True)
class DemoSeller:
    """One shop. ``brands`` are those whose goods it may sell."""

    external_id: str
    name: str
    is_chinese: bool
    age_days: int
    brands: frozenset[str] = frozenset()

    def row(self, today: date) -> dict[str, str]:
        """The seller as a listing's row carries it."""
        return {
            "id": self.external_id,
            "name": self.name,
            "email": f"{self.external_id}@seller.example",
            "language": "zh-hans" if self.is_chinese else "ko",
            "time_zone": "Asia/Shanghai" if self.is_chinese else "Asia/Seoul",
            "opened_on": (today - timedelta(days=self.age_days)).isoformat(),
        }


def demo_sellers(chance: Random) -> tuple[DemoSeller, ...]:
    """All sixty: a shop of each brand's own, eight retailers of three brands each, and forty that nobody named."""
    slugs = [brand.slug for brand in BRANDS]
    named = [(f"{brand.hangul} 공식스토어", frozenset({brand.slug})) for brand in BRANDS]
    named += [
        (name, frozenset(slugs[(place * 3 + step) % 12] for step in range(3))) for place, name in enumerate(_RETAILERS)
    ]
    shops = [(name, False, brands) for name, brands in named]
    shops += [(name, False, frozenset[str]()) for name in _KOREAN]
    shops += [(name, True, frozenset[str]()) for name in _CHINESE]
    return tuple(
        DemoSeller(f"shop-{101 + place}", name, is_chinese, chance.randint(40, 1_900), brands)
        for place, (name, is_chinese, brands) in enumerate(shops)
    )


def sellers_of(sellers: Sequence[DemoSeller], slug: str) -> list[DemoSeller]:
    """The shops that may sell the brand, its own first."""
    return [seller for seller in sellers if slug in seller.brands]
