"""What keeps a listing from being stopped by the machine, and what only looks so. Titles as sellers write them.

The brand's name stands in square brackets, which are taken out before the title is read.
"""

import re

import pytest

from matching import Softening, softening_of
from matching.soft_contexts import WHY

_MARKED = re.compile(r"\[([^\]]+)\]")


def read(marked: str, **elsewhere: str) -> Softening | None:
    """The softening of a title whose names are marked."""
    names, title, place = [], "", 0
    for found in _MARKED.finditer(marked):
        title += marked[place : found.start()]
        names.append((len(title), len(title) + len(found[1])))
        title += found[1]
        place = found.end()
    return softening_of(title + marked[place:], names=names, **elsewhere)


def kind(marked: str, **elsewhere: str) -> str:
    softening = read(marked, **elsewhere)
    return softening.kind if softening else ""


USED = [
    "[담화온] 크림 중고 판매합니다",
    "중고 [N!ok] 러닝화 270",
    "[담.화.온] 향수 S급 중고",
    "[Niok] 이어폰 중고A급 정상작동",
    "[담화온] 노트북 리퍼 제품",
    "[Niok] 맥북리퍼 15인치",
    "[담화온] 태블릿 리퍼비시",
    "[Niok] 핸드백 세컨핸드 명품",
    "90년대 구제 [Niok] 자켓",
    "빈티지 [담화온] 숄더백",
    "[담화온] 백팩 3회 착용",
    "[Niok] 운동화 실착 1회 265",
    "[담화온] 지갑 사용감 거의 없음",
    "[담화온] 코트 한두번 입은 옷 정리",
    "제가 들던 가방 [Niok] 팔아요",
    "[Niok] 시계 개인소장",
    "Pre-owned [Niok] shoulder bag",
    "[Niok] Second Hand Leather Jacket",
    "Used [Niok] 6D DSLR body only D - Good",
    "[Niok] camera used in very good condition",
    "Used like new [Niok] headphones",
    "[Niok] Refurbished tablet 64GB",
    "Vintage [Niok] 1980s watch",
    "gently used [Niok] sneakers",
    "二手 [Niok] 手提包",
    "[Niok] 相机 9成新",
    "中古 [Niok] 腕時計",
    "[Niok] 手表 95新 自用",
]

PART = [
    "[담화온] 정수기 호환 필터 3개",
    "[담화온] 호환 리필 200매",
    "[담화온]용 실리콘 손잡이",
    "[담화온] 전용 파우치",
    "[Niok] A10용 투명 커버",
    "[Niok] S24 전용 범퍼",
    "[모루강] 텀블러용 뚜껑",
    "[담화온] 공기청정기 필터",
    "[Niok] 청소기 배터리 교체용",
    "[Niok] 무선청소기 먼지통",
    "[Niok] 프린터 호환 잉크 카트리지",
    "가죽 케이스 [Niok] 프로",
    "[Niok] 숄더백 이너백 백인백",
    "[Niok] 워치 교체 스트랩 20mm",
    "전동칫솔모 [담화온] 호환 8개입",
    "[Niok] 면도기 면도날 대체용",
    "Leather case for [Niok] 15 Pro",
    "charger compatible with [Niok] X200",
    "[Niok]-compatible ink cartridge black",
    "replacement filter for [Niok] air purifier",
    "Silicone band fits [Niok] Watch 42mm",
    "ear pads designed for [Niok] headphones",
    "cable for the [Niok] camera",
    "[Niok] aftermarket battery 4000mAh",
    "适用于[Niok]手机壳 防摔",
    "[Niok]适用滤芯 通用",
    "兼容[Niok]充电器 65W",
    "[Niok] 表带 替换 22mm",
    # No name at all: the brand's picture with words of a part.
    "무선청소기 호환 필터",
    "휴대폰 케이스 투명",
    "compatible toner cartridge",
    "invisible shield for playbook clear",
    "software module for emulator x",
    "S24 전용 강화유리",
    "iPhone용 그립",
]

DESCRIPTIVE = [
    "[담화온] 매장에서 산 크림 나눔",
    "[Niok] 공식매장에서 구입한 선물",
    "백화점 말고 [담화온] 홈페이지에서 직접 구매",
    "[담화온] 아님 수제 크림",
    "[담화온] 제품이 아닙니다 자체제작",
    "[담화온] 정품 아님 참고하세요",
    "[Niok]보다 가벼운 운동화",
    "[Niok] 대비 반값 러닝화",
    "[담화온]과 비교해 보세요 수분 크림",
    "[Niok] 대신 신는 국산 운동화",
    "not [Niok], handmade tote",
    "not a genuine [Niok] product",
    "lighter than [Niok] running shoes",
    "an alternative to [Niok] shoes",
    "unlike [Niok], made of wool",
    "bought at the [Niok] store in Seoul",
    "[Niok] 专柜购入 全新",
    "非[Niok] 自制 手工包",
]

NOT_SOFT = [
    # Words of a copy are no description.
    "[담화온] 스타일 A급 미러급",
    "[담화온] 레플리카 최상급",
    "[Niok] SA급 가방 정품급",
    "[Niok]st 크로스백",
    "[Niok] 느낌 나는 운동화",
    "inspired by [Niok] tote",
    "[Niok] dupe 1:1",
    "[담화온] 로스 납품공장 직출고",
    "[Niok] 平替 高仿",
    # Used goods are denied, or the word means something else.
    "[Niok] 가방 중고 아님 새상품",
    "[담화온] 크림 중고X 미개봉",
    "[Niok] 노트북 중고 말고 새것",
    "중고폰 매입 중고 보상 [Niok] 신품",
    "[Niok] 슬리퍼 남녀공용",
    "[담화온] 커피 드리퍼",
    "[Niok] 중고등학생 백팩",
    "[Niok] 구제역 방역복",
    "[담화온] 사용감 좋은 수분 크림",
    "[담화온] 1회 사용량 앰플",
    "[담화온] 30회 사용 가능 마스크팩",
    "빈티지 스타일 [Niok] 데님",
    "[Niok] 빈티지 워싱 자켓",
    "[Niok] vintage style sunglasses",
    "[Niok] towel used for camping",
    "never used [Niok] jacket",
    "[Niok] soap can be used daily",
    "[Niok] 全新 非二手",
    # Parts: what comes with the goods, or whom the goods are for.
    "[Niok] 시계 케이스 포함 풀박스",
    "[담화온] 크림 본품 + 리필 세트",
    "[Niok] 반지 케이스 증정",
    "[Niok] watch with case",
    "[Niok] 가방 더스트백 케이스 풀구성",
    "[Niok] 여성용 지갑",
    "[Niok] 남성 전용 향수",
    "[담화온] 가정용 마사지기",
    "[Niok] 남녀공용 후드티",
    "bag for women [Niok] new season",
    "[Niok] running shoes for men",
    "[담화온] 커버력 좋은 쿠션",
    "[Niok] 스트랩 샌들",
    "[Niok] 크로스백 숄더 스트랩",
    "[Niok] 필름카메라",
    "[담화온] 토너 200ml",
    "[Niok] suitcase 24 inch",
    "[담화온] 피부 보호 크림",
    "[Niok] 화장품 용기",
    "[담화온] 전기면도기 아이폰 호환불가",
    "[N!ok] 무선 이어폰 블루투스 5.3 갤럭시 아이폰 호환",
    # A name in its ordinary place.
    "[담화온] 정품 크림 50ml",
    "[담화온] 짝퉁 아님 정품 보장",
    "[Niok] 매장 정품 백화점 AS",
    "[Niok] 병행수입 새상품",
    "고급 크림",
    "여름 원피스",
    "cream for women 50ml",
    "Cheap sneakers For Sale",
    "dress for summer beach",
    "gloves for 2 persons",
    "여행용 가방",
    "남녀공용 티셔츠 3XL 남성용",
    "세탁용 세제 2L",
]


@pytest.mark.parametrize("title", USED)
def test_used_goods_are_not_stopped(title: str) -> None:
    assert kind(title) == "used"


@pytest.mark.parametrize("title", PART)
def test_parts_for_the_brands_goods_are_not_stopped(title: str) -> None:
    assert kind(title) == "part"


@pytest.mark.parametrize("title", DESCRIPTIVE)
def test_a_name_that_only_describes_is_not_stopped(title: str) -> None:
    assert kind(title) == "descriptive"


@pytest.mark.parametrize("title", NOT_SOFT)
def test_what_only_looks_so_is_not_softened(title: str) -> None:
    assert kind(title) == ""


def test_the_category_tells_of_used_goods_and_of_parts() -> None:
    assert kind("[담화온] 크림", category="중고/리퍼") == "used"
    assert kind("[담화온] 크림", category="휴대폰 > 케이스") == "part"
    assert kind("[담화온] 크림", category="화장품 > 크림") == ""


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("중고 제품입니다. 직거래 가능합니다.", "used"),
        ("사용하던 크림이라 저렴하게 드려요.", "used"),
        ("중고 제품이 아닙니다.", ""),
        ("중고 거래 사이트가 아니라 새상품 매장입니다.", ""),
        ("." * 400 + "중고 제품입니다.", ""),
        ("아이폰과 호환됩니다.", ""),
    ],
)
def test_the_description_counts_where_it_says_it_of_this_article(description: str, expected: str) -> None:
    assert kind("[담화온] 크림", description=description) == expected


def test_the_words_that_say_it_are_shown_and_explained() -> None:
    softening = read("[담화온] 정수기 호환 필터")
    assert softening == Softening("part", "호환")
    assert softening.why == WHY["part"]
    assert {sentence[-5:] for sentence in WHY.values()} == {"인합니다."}


@pytest.mark.parametrize(
    "sign", ["중고 아님 ", "케이스 포함 ", "for ", "used ", "가용 ", "A1 ", "빈티지 한 ", "호환 아님 "]
)
def test_a_title_that_is_nothing_but_such_words_is_read_too(sign: str) -> None:
    title = (sign * 500)[:500]
    names = [(place, place + 2) for place in range(0, 480, 4)]
    read_once = softening_of(title, description=title * 100, category=title[:200], names=names)
    assert read_once == softening_of(title, description=title * 100, category=title[:200], names=names)
