"""What a title says that keeps the machine from stopping a listing: used goods, parts for the brand's goods, and names
that only describe. Pure.

Genuine goods change hands used, a part names the article that it fits, and whoever compares or denies has to name what
it is compared with. Such listings are looked at by a person and never stopped. They are never passed for it either:
what speaks for a copy keeps its score.

Words that say it outright count wherever they stand; words with an everyday meaning (for, 전용, 케이스) only where they
are about the brand's name, or about no name at all. What the seller denies ("중고 아님") does not count, and neither do
words of taste ("빈티지 스타일"): they tell of new goods.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from matching.text_reasons import visible

Span = tuple[int, int]
Kind = Literal["used", "part", "descriptive"]

WHY: Final[dict[Kind, str]] = {
    "used": "중고 상품으로 보여 자동으로 멈추지 않고 담당자가 확인합니다.",
    "part": "호환 부품이나 액세서리로 보여 자동으로 멈추지 않고 담당자가 확인합니다.",
    "descriptive": "이름을 비교하거나 설명하는 데 쓴 것으로 보여 자동으로 멈추지 않고 담당자가 확인합니다.",
}
# A description is read up to here: further down stand the terms of the shop.
_DESCRIPTION: Final = 300
# So far from a name a word may stand that is about it, with a model's number between them.
_NEAR: Final = 14
_LOOK_AROUND: Final = 40


@dataclass(frozen=True, slots=True)
class Softening:
    """Why a person decides. `found`: the words that say it; `why` in Korean."""

    kind: Kind
    found: str

    @property
    def why(self) -> str:
        return WHY[self.kind]


def softening_of(
    title: str, *, description: str = "", category: str = "", names: Sequence[Span] = ()
) -> Softening | None:
    """Why this listing is not stopped by the machine for one brand; None where it may be.

    `names`: where the brand's name stands in the title, plainly or hidden; none where only a picture points to it.
    """
    ways: tuple[tuple[Kind, str], ...] = (
        ("used", _used(title) or _used(category) or _told_used(description[:_DESCRIPTION])),
        ("part", _part(title, names) or _part_of_category(category)),
        ("descriptive", _descriptive(title, names)),
    )
    return next((Softening(kind, visible(found)) for kind, found in ways if found), None)


# -- used goods -------------------------------------------------------------------------------------------------------

_USED: Final = re.compile(
    # 중고등학생, 중고차용품, 중고신입; 슬리퍼, 드리퍼, 클리퍼; 구제역.
    r"중고(?![등차생신])|(?<![가-힣])(?:새상품급\s*)?리퍼(?:비시|브|폰|품)?(?![가-힣])"
    r"|(?:폰|북|패드|급)리퍼|(?<![가-힣])리퍼(?:상품|제품)"
    r"|세컨드?\s*핸드|유즈드|프리\s*러브드|(?<![가-힣])구제(?!역|불능|금융|신청|책|방)"
    r"|개인\s*소장|소장하던|소장품|(?:사용|착용)하던|(?:쓰|입|신|매|들)던\s*(?:것|거|제품|가방|신발|옷)"
    r"|사용감\s*(?:이|은)?\s*(?:거의\s*없|조금|약간|다소|많|적|있)|실착\s*\d"
    r"|(?:\d+|한두|두세|몇)\s*(?:회|번|차례)\s*(?:착용|착화|사용|신은|입은|쓴)(?!\s*(?:량|분|가능|권|법|할))"
    r"|\b(?:second|2nd)[\s-]?hand\b|\bpre[\s-]?(?:owned|loved|used)\b|\brefurb(?:ished)?\b|\b(?:re)?certified refurb"
    r"|\bworn (?:once|twice)\b|\b(?:gently|lightly|barely) (?:used|worn)\b"
    r"|二手|中古|[闲閒]置|[八九]成新|(?<!\d)[89]\d?\s?成?新(?![款品年版色机機])",
    re.I,
)
# "used for painting", "can be used", "never used" tell of new goods; "used in good condition" does not.
_USED_ENGLISH: Final = re.compile(
    r"\bused\b(?!\s+(?:for|with|by|to|as|on|at|when|only|oil|car)\b)"
    r"(?!\s+in\s+(?!(?:very\s+)?(?:good|great|excellent|fair|mint|nice)\b))",
    re.I,
)
_NOT_USED: Final = re.compile(r"(?:\b(?:can|may|be|is|are|not|never|un|been|widely|commonly)\s+(?:be\s+)?)$", re.I)
# As a style it is printed on new goods.
_VINTAGE: Final = re.compile(
    r"빈티지(?!\s*(?:한|풍|스타일|룩|감성|무드|느낌|워싱|디자인|패턴|프린|레터링|그래픽|캐주얼|로고|포스터|소품|인테리어"
    r"|컬러|색|브라운|블루|그린|핑크|레드|블랙|카키|데님|청|체크|플라워|자수|라벨|조명|액자|st))"
    r"|\bvintage\b(?!\s*[-]?\s*(?:style|look|looking|inspired|wash|washed|print|printed|graphic|design|effect|feel"
    r"|decor|poster|logo|tee|t-shirt|oversized|heirloom|rose|blue|black|brown|white)\b)",
    re.I,
)
_USED_DENIED_BEHIND: Final = re.compile(
    r"^\s*(?:제품|상품|품|폰)?\s*(?:이|가|은|는|도|로)?\s*"
    r"(?:아님|아닙|아니|아닌|[xX](?![A-Za-z])|절대|없|말고|보다|보상|매입|시세|취급\s*(?:안|하지))"
)
_USED_DENIED_BEFORE: Final = re.compile(r"(?:\b(?:not|no|non|never)[\s-]*|노\s*|非|不是|无|無)$", re.I)
#: In a description only what is said of this very article.
_TOLD_USED: Final = re.compile(
    r"중고\s*(?:상품|제품|품|물품)?\s*(?:입니다|임|이에요|예요|로\s*(?:판매|내놓|팝니다))|사용하던|착용하던|쓰던\s|입던\s"
    r"|\bpre[\s-]?(?:owned|loved)\b|\bsecond[\s-]?hand\b|二手|[闲閒]置",
    re.I,
)


def _used(text: str) -> str:
    for found in _USED.finditer(text):
        if not _is_denied(text, found.span(), _USED_DENIED_BEFORE, _USED_DENIED_BEHIND):
            return found.group()
    for found in _USED_ENGLISH.finditer(text):
        if not _NOT_USED.search(text[max(0, found.start() - _LOOK_AROUND) : found.start()]):
            return found.group()
    vintage = _VINTAGE.search(text)
    return vintage.group() if vintage else ""


def _told_used(description: str) -> str:
    for found in _TOLD_USED.finditer(description):
        if not _is_denied(description, found.span(), _USED_DENIED_BEFORE, _USED_DENIED_BEHIND):
            return found.group()
    return ""


def _is_denied(text: str, span: Span, before: re.Pattern[str], behind: re.Pattern[str]) -> bool:
    start, end = span
    return bool(
        before.search(text[max(0, start - _LOOK_AROUND) : start]) or behind.match(text[end : end + _LOOK_AROUND])
    )


# -- parts and accessories --------------------------------------------------------------------------------------------

_FITS: Final = re.compile(
    r"호환|대체용|교체용|\bcompatible\b|\bcompat\b|\breplacement\b|\baftermarket\b|\bspare parts?\b"
    r"|适用|適用|适配|兼容|替换|替換|通用|非原装|非原裝",
    re.I,
)
_FITS_DENIED: Final = re.compile(
    r"^\s*(?:이|은|는|품|용)?\s*(?:이|은|는)?\s*(?:아님|아닙|아니|아닌|불가|안\s*됨|안됨|[xX](?![A-Za-z]))"
)
_NO_FIT_BEFORE: Final = re.compile(r"(?:\b(?:not|non|no)[\s-]*|不|非)$", re.I)
#: Goods that are made for other goods. Not those that are goods of their own as well (반지 커버력, 토너, 백팩 스트랩).
_ACCESSORY: Final = re.compile(
    r"케이스|커버(?!력|쿠션|업|올|낫|댄스)|(?:보호|강화|액정|지문|사생활|방탄)\s*필름|보호\s*유리|거치대|충전기|충전\s*케이블"
    r"|(?:교체|시계|워치|손목|가죽|메탈|나토)\s*(?:스트랩|줄|밴드)|(?:스트랩|밴드)\s*(?:교체|단품)|(?:가방|숄더|백)\s*끈"
    r"|필터|배터리|어댑터|아답터|카트리지|잉크|리필|부품|소모품|악세사리|액세서리(?!\s*(?:귀걸이|목걸이|반지|팔찌|브로치))"
    r"|칫솔모|면도날|먼지\s*봉투|먼지통|패킹|리모컨|이어\s*(?:팁|패드|캡)|키캡|이너백|백인백|쉐이퍼|뚜껑|노즐|보호캡|스킨\s*스티커"
    r"|\bcases?\b|\bcovers?\b|\bprotectors?\b|\bchargers?\b|\bcables?\b|\bada?pt[eo]rs?\b|\bfilters?\b"
    r"|\bbatter(?:y|ies)\b|\bcartridges?\b|\bink\b|\btoner\b|\brefills?\b|\bparts\b|\baccessor(?:y|ies)\b|\bskin\b"
    r"|\bsleeves?\b|\bholders?\b|\bmounts?\b|\bdock\b|\bear\s?(?:tips|pads)\b"
    r"|\b(?:watch|replacement) ?(?:bands?|straps?)\b"
    r"|保护[壳套]|保護[殼套]|手机壳|手機殼|贴膜|钢化膜|充电器|充電器|数据线|表带|錶帶|滤芯|滤网|濾芯|电池|電池|配件|墨盒|硒鼓|替换装",
    re.I,
)
#: What comes with the goods is not the goods: 시계 케이스 포함, 본품 + 리필, with case.
_INCLUDED_BEHIND: Final = re.compile(
    r"^\s*(?:도|까지|및|,)?\s*(?:포함|증정|동봉|제공|드림|드려|드립|세트|풀\s*(?:박스|구성|세트)|구성|있|없|무료|included\b|incl\b"
    r"|附|送)",
    re.I,
)
_INCLUDED_BEFORE: Final = re.compile(
    r"(?:[+＋&]|본품\s*(?:과|와|및)?|더스트백|보증서|박스|\bwith(?:\s+\w+)?|\bw/|\bincl(?:uding|\.)?|\bin|\+\s*free|含|带|送)\s*$",
    re.I,
)
# People, places and occasions that goods are for; "갤럭시용" is for an article.
_FOR_WHOM: Final = (
    r"남성|여성|남자|여자|남녀|공|아동|유아|아기|어린이|성인|학생|커플|가정|업소|휴대|여행|차량|캠핑|등산|골프|선물|실내|야외|외출|겨울"
    r"|여름|가을|봄|사계절|데일리|출근|운동|수영|겸|내|사|이|미|적|비|활|식|약|욕|상업|산업|주방|욕실|얼굴|바디|손|발|회원|온라인|매장"
    r"|면세|수출|내수|국내|앱|반려견|강아지|고양이|애견"
)
#: 누벨하니용, 누벨하니 A10 전용; and, where accessories are sold, 누벨하니 텀블러용.
_FOR_IT: Final = re.compile(r"^[\sA-Za-z0-9+\-]{0,14}(?:전용|용(?![기품량돈도사의이]))")
_FOR_ITS_GOODS: Final = re.compile(
    r"^(?:\s*[가-힣A-Za-z0-9+\-]{1,10}\s){0,2}?\s*([가-힣A-Za-z0-9+\-]{1,10}?)\s?(?:전용|용)(?![가-힣])"
)
_WHOM: Final = re.compile(_FOR_WHOM)
#: Where no name of the brand stands: for another article, by its English name or its model (for playbook, S24 전용).
_FOR_AN_ARTICLE: Final = re.compile(
    r"\b(?:for|fits)\s+(?:the\s+|your\s+)?(?!(?:(?:wo)?m[ae]n|lad(?:y|ies)|gentlem[ae]n|kids?|child(?:ren)?|boys?|girls?|bab(?:y|ies)"
    r"|toddlers?|infants?|adults?|teens?|seniors?|pets?|dogs?|cats?|him|her|them|you|us|unisex|couples?|everyone|sale|home|house"
    r"|office|kitchen|bathroom|bedroom|summer|winter|spring|autumn|fall|travel|gifts?|party|wedding|daily|everyday|outdoors?"
    r"|indoors?|sports?|running|hiking|camping|yoga|gym|work|school|beach|free|life|sensitive|dry|oily|skin|hair|face|body|all"
    r"|every|any|an?|\d+)\b)[a-z][\w-]+"
    r"|(?<![A-Za-z0-9])[A-Za-z]*\d*[A-Za-z0-9]\s?(?:전용|용(?![기품량돈도사의이가-힣]))",
    re.I,
)
_FOR_BEFORE: Final = re.compile(
    r"(?:\bfor|\bfits?|\bsuits?|\bworks? with|\bcompatible with|用于|适用于?|適用於?|适配|兼容|替换)"
    r"\s*(?:the\s+|your\s+|most\s+)?[\"'‘“(\[]?\s*$",
    re.I,
)


def _part(title: str, names: Sequence[Span]) -> str:
    goods, fits = _accessory(title), _fits(title)
    if fits is not None and (goods is not None or not names or _is_near(fits.span(), names)):
        return fits.group()
    if goods is not None and (not names or _is_near(goods.span(), names)):
        return goods.group()
    if not names and (other := _FOR_AN_ARTICLE.search(title)):
        return other.group()
    return next((found for name in names if (found := _made_for(title, name, goods))), "")


def _made_for(title: str, name: Span, goods: re.Match[str] | None) -> str:
    """The words that say that the article is for the brand's."""
    start, end = name
    before = _FOR_BEFORE.search(title[max(0, start - _LOOK_AROUND) : start])
    if before:
        return f"{before.group()}{title[start:end]}".strip()
    behind = title[end : end + _LOOK_AROUND]
    found = _FOR_IT.match(behind) or (_FOR_ITS_GOODS.match(behind) if goods is not None else None)
    if found is None or (found.lastindex and _WHOM.fullmatch(found.group(1))):
        return ""
    return f"{title[start:end]}{found.group()}"


def _fits(title: str) -> re.Match[str] | None:
    for found in _FITS.finditer(title):
        if not _is_denied(title, found.span(), _NO_FIT_BEFORE, _FITS_DENIED):
            return found
    return None


def _accessory(title: str) -> re.Match[str] | None:
    """What is sold, where it is made for other goods; not what comes with them."""
    for found in _ACCESSORY.finditer(title):
        if not _is_denied(title, found.span(), _INCLUDED_BEFORE, _INCLUDED_BEHIND):
            return found
    return None


def _is_near(span: Span, names: Sequence[Span]) -> bool:
    return any(0 <= span[0] - end <= _NEAR or 0 <= start - span[1] <= _NEAR for start, end in names)


def _part_of_category(category: str) -> str:
    found = re.search(r"호환|액세서리|악세사리|케이스|부품|소모품|\baccessories\b|\bparts\b|配件", category, re.I)
    return found.group() if found else ""


# -- names that describe ----------------------------------------------------------------------------------------------

_DESCRIBED_BEHIND: Final = re.compile(
    # 담화온 아님, 담화온 제품이 아닙니다, 담화온 정품 아님
    r"^['\"’”)\]]?\s*(?:제품|상품|정품|브랜드|공식|진품)?\s*(?:이|가|은|는)?\s*(?:아님|아닙니다|아닌|아니에요|아니예요|[xX](?![A-Za-z0-9]))"
    # 담화온 매장에서 산
    r"|^\s*(?:공식\s*)?(?:매장|백화점|공홈|공식몰|직영점|아울렛|면세점|홈페이지)?\s*에서\s*(?:직접\s*)?(?:산|샀|구매|구입|사온|데려)"
    # 담화온보다 가벼운, 담화온 대비, 담화온과 비교
    r"|^\s*(?:제품|크림|가방)?(?:보다|에\s?비해|[와과]\s?비교|하고\s?비교|\s?대비|\s?대신|\s?대체)"
    r"|^\s*(?:alternative|vs\.?)\b|^\s*(?:专柜|專櫃|官网|正品店)\s*(?:购|購|买|買)",
    re.I,
)
_DESCRIBED_BEFORE: Final = re.compile(
    r"(?:\b(?:not|isn'?t|non)[\s-]+(?:an?\s+|the\s+)?(?:(?:genuine|original|authentic|made by|affiliated with)\s+)?"
    r"|\bthan\s+|\balternatives?\s+(?:to|for)\s+|\binstead of\s+|\bunlike\s+"
    r"|\bcompared? (?:to|with)\s+|\bvs\.?\s+|\bbought (?:at|from|in)\s+(?:the\s+|a\s+)?|非|不是|比)\s*[\"'‘“(\[]?\s*$",
    re.I,
)


def _descriptive(title: str, names: Sequence[Span]) -> str:
    return next(_described(title, names), "")


def _described(title: str, names: Sequence[Span]) -> Iterator[str]:
    for start, end in names:
        before = _DESCRIBED_BEFORE.search(title[max(0, start - _LOOK_AROUND) : start])
        behind = _DESCRIBED_BEHIND.match(title[end : end + _LOOK_AROUND])
        if before:
            yield f"{before.group()}{title[start:end]}".strip()
        if behind:
            yield f"{title[start:end]}{behind.group()}".strip()
