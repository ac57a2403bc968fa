"""한국어: the source of the other languages."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from core import korean
from reports.wording.base import (
    COUNTERFEIT_GROUNDS,
    SEOUL_NAME,
    GroundWords,
    Headings,
    Offered,
    Periods,
    PolicyWords,
    StageWords,
    Wording,
    in_zone,
    last_moment,
    other_clock,
)


class Korean(Wording):
    """합니다체 throughout; 위조상품 as official texts say, 가품 stays on the consumer's screens."""

    code = "ko"

    # Grounds and clauses stand here as they are published (reports/grounds.py); a test holds the two together.
    grounds = {
        "counterfeit": GroundWords(
            "위조상품(특징으로 확인)",
            "등록상표를 권한 없이 붙인 상품으로, 정품과 다른 점이 사진이나 설명에서 드러나는 경우입니다.",
        ),
        "nonexistent_model": GroundWords(
            "존재하지 않는 모델",
            "권리자가 만든 적이 없는 모델, 색상 또는 종류를 그 브랜드의 상품으로 파는 경우입니다.",
        ),
        "test_purchase": GroundWords(
            "시험구매로 확인한 위조상품",
            "직접 구매한 상품을 권리자 또는 독립된 기관이 위조상품으로 판정한 경우입니다.",
        ),
        "trademark_use": GroundWords(
            "상표 무단 사용",
            "등록상표와 같거나 비슷한 표지를 지정상품과 같거나 비슷한 상품에 권한 없이 사용한 경우입니다.",
        ),
        "design": GroundWords("디자인권 침해", "등록디자인과 같거나 비슷한 디자인의 상품을 권한 없이 파는 경우입니다."),
        "copyright": GroundWords(
            "저작권 침해",
            "사진, 그림, 글 등 저작물을 허락 없이 사용한 경우입니다. 저작권법 제103조의 절차를 따릅니다.",
        ),
        "dead_copy": GroundWords(
            "형태모방",
            "처음 판매한 때부터 3년이 지나지 않은 상품의 형태를 모방한 경우입니다(부정경쟁방지법 제2조 제1호 자목).",
        ),
        "patent": GroundWords("특허권 침해", "등록된 특허를 권한 없이 실시한 상품인 경우입니다."),
        "utility_model": GroundWords("실용신안권 침해", "등록된 실용신안을 권한 없이 실시한 상품인 경우입니다."),
        "trade_secret": GroundWords("영업비밀 침해", "영업비밀을 부정하게 사용하여 만든 상품인 경우입니다."),
        "publicity_right": GroundWords(
            "초상·성명의 무단 사용", "널리 알려진 사람의 초상, 성명 등을 허락 없이 영업에 사용한 경우입니다."
        ),
    }
    policies = {
        "counterfeit_sale": PolicyWords(
            "위조상품의 판매 금지",
            "판매자는 다른 사람의 등록상표를 권한 없이 붙인 상품을 등록하거나 판매할 수 없습니다. 위조상품으로 의심할 "
            "구체적인 근거가 있으면 판매를 임시로 제한하고 판매자의 소명을 듣습니다.",
        ),
        "nonexistent_model": PolicyWords(
            "존재하지 않는 모델의 판매 금지",
            "권리자가 만든 적이 없는 상품을 그 브랜드의 상품으로 표시하여 판매할 수 없습니다.",
        ),
        "test_purchase": PolicyWords(
            "시험구매로 확인된 위조상품의 판매 금지",
            "시험구매로 위조상품임이 확인된 상품은 판매할 수 없습니다. 최종 결정 전의 제재는 두 사람이 승인합니다.",
        ),
        "trademark_use": PolicyWords(
            "상표의 무단 사용 금지",
            "등록상표와 같거나 비슷한 표지를 권한 없이 상품명, 설명 또는 사진에 사용할 수 없습니다. 정품의 재판매와 "
            "호환 상품임을 알리는 데 필요한 표시는 제외합니다.",
        ),
        "design": PolicyWords(
            "디자인권 침해 금지", "등록디자인과 같거나 비슷한 디자인의 상품을 권한 없이 판매할 수 없습니다."
        ),
        "copyright": PolicyWords(
            "저작물의 무단 사용 금지",
            "다른 사람의 사진, 그림, 글 등 저작물을 허락 없이 상품 등록에 사용할 수 없습니다.",
        ),
        "dead_copy": PolicyWords("형태모방 금지", "다른 사람이 만든 상품의 형태를 모방한 상품을 판매할 수 없습니다."),
        "patent": PolicyWords("특허권 침해 금지", "특허를 권한 없이 실시한 상품을 판매할 수 없습니다."),
        "utility_model": PolicyWords("실용신안권 침해 금지", "실용신안을 권한 없이 실시한 상품을 판매할 수 없습니다."),
        "trade_secret": PolicyWords(
            "영업비밀 침해 금지", "영업비밀을 부정하게 사용하여 만든 상품을 판매할 수 없습니다."
        ),
        "publicity_right": PolicyWords(
            "초상·성명의 무단 사용 금지",
            "다른 사람의 초상, 성명 등을 허락 없이 상품이나 상품 등록에 사용할 수 없습니다.",
        ),
    }
    kinds = {
        "interim_restriction": "임시 판매제한",
        "upheld": "판매중지 확정",
        "reinstated": "판매 재개",
        "dismissed": "기각",
        "returned": "반려",
        "transferred": "이관",
        "duplicate": "중복",
        "withdrawn": "철회",
        "undone": "되돌림",
    }
    findings = {
        "counterfeit_confirmed": "위조상품으로 확인되었습니다.",
        "other_infringement": "위조상품은 아니지만 권리를 침해하는 것으로 확인되었습니다.",
        "not_infringing": "권리를 침해하지 않는 것으로 판단했습니다.",
        "inconclusive": "제출된 자료만으로는 침해인지 아닌지 판단할 수 없었습니다.",
    }
    effects = {
        "listing.restrict": "이 상품의 판매를 임시로 제한합니다.",
        "listing.remove": "이 상품의 판매를 중지합니다.",
        "listing.reinstate": "해당 판매 제한을 해제합니다.",
        "fingerprint.keep": "같은 상품이 다시 등록되는지 확인합니다.",
        "seller.strike": "상점에 벌점을 부과합니다.",
        "seller.suspend": "상점의 판매를 일정 기간 정지합니다.",
        "seller.close": "상점을 폐쇄합니다.",
        "payout.hold": "판매대금의 정산을 보류합니다.",
        "buyers.invite": "이 상품을 산 다른 구매자에게 환불을 안내합니다.",
        "recourse.open": "구매자에게 환불한 금액을 판매자에게 청구할 수 있습니다.",
    }
    repairs = {
        "listing.reinstate": "상품의 판매 제한을 해제했습니다.",
        "listing.restrict": "상품의 판매 제한을 해제했습니다.",
        "listing.remove": "상품의 판매중지를 취소했습니다.",
        "fingerprint.keep": "재등록을 확인하는 데 쓰던 상품 자료를 더 이상 쓰지 않습니다.",
        "seller.strike": "벌점을 취소했습니다.",
        "seller.suspend": "상점의 판매정지를 취소했습니다.",
        "seller.close": "상점의 폐쇄를 취소했습니다.",
        "payout.hold": "정산 보류를 해제했습니다.",
        "buyers.invite": "안내를 받은 구매자에게 결정이 바뀐 사실을 다시 알립니다.",
        "recourse.open": "환불 금액의 청구를 취소했습니다.",
        "record": "신고의 정확도 기록을 고쳤습니다.",
    }
    claims = {
        "genuine": "정품이며 유통 경로를 증명합니다",
        "parallel_import": "병행수입한 정품입니다",
        "authorised": "권리자의 허락을 받았습니다",
        "not_infringing": "침해가 아닙니다",
        "corrected": "잘못을 바로잡았습니다",
        "other": "그 밖의 설명",
    }
    documents = {
        "invoice": "거래명세서·인보이스",
        "import_declaration": "수입신고필증",
        "authorisation": "판매 권한 증빙",
        "photo": "사진",
        "capture": "화면 캡처",
        "other": "그 밖의 자료",
    }
    stages = {
        "received": StageWords("접수", "신고를 접수했습니다. 담당자가 곧 심사합니다."),
        "under_review": StageWords("심사 중", "담당자가 신고 내용을 심사하고 있습니다."),
        "more_info_requested": StageWords("보완 요청", "신고인에게 자료의 보완을 요청하고 답변을 기다립니다."),
        "restricted": StageWords("판매제한", "최종 결정이 있을 때까지 판매를 임시로 제한했습니다."),
        "explanation_requested": StageWords("소명 요청", "판매자에게 소명을 요청하고 답변을 기다립니다."),
        "explanation_review": StageWords("소명 검토", "담당자가 판매자의 소명을 검토하고 있습니다."),
        "upheld": StageWords("판매중지", "신고를 받아들여 판매중지를 확정했습니다."),
        "reinstated": StageWords("판매 재개", "판매 제한을 해제했습니다."),
        "dismissed": StageWords("기각", "내용을 심사한 뒤 신고를 받아들이지 않았습니다."),
        "closed": StageWords("종결", "처리를 마쳤습니다."),
        "returned": StageWords("반려", "요건이 갖추어지지 않아 신고를 돌려보냈습니다."),
        "withdrawn": StageWords("철회", "신고가 철회되었습니다."),
        "transferred": StageWords("이관", "다른 절차에서 처리하도록 넘겼습니다."),
        "duplicate": StageWords("중복", "같은 내용의 다른 신고와 함께 처리합니다."),
    }
    rights = {
        "trademark": "상표권",
        "design": "디자인권",
        "copyright": "저작권",
        "patent": "특허권",
        "utility_model": "실용신안권",
        "unregistered": "미등록 표지(부정경쟁)",
    }
    zones = {"Asia/Shanghai": "중국 시간", "Asia/Seoul": "한국 시간"}
    headings = Headings(
        listing="제한된 상품",
        rights_holder="권리자",
        ground="사유",
        clause="근거 조항",
        facts="확인한 사실",
        reasoning="결정 이유",
        detection="찾은 방법과 결정한 방법",
        restriction="제한 내용과 기간",
        contest="다투는 방법과 기한",
    )
    final_headings = replace(headings, listing="대상 상품", restriction="결정 내용과 기간")
    fields = {"title": "제목", "description": "설명"}

    def day(self, day: date) -> str:
        return korean.korean_date(day)

    def moment(self, moment: datetime, zone: str = SEOUL_NAME) -> str:
        local = in_zone(moment, zone)
        return f"{self.day(local.date())} {local:%H:%M}"

    def deadline(self, bound: datetime, zone: str = SEOUL_NAME) -> str:
        last, other = last_moment(bound), other_clock(bound, zone)
        there = f", {self.zone(zone)}으로는 {self.day(other.day)} {other.time}까지" if other else ""
        return f"{self.day(last.day)} {last.time}까지 (한국 시간{there})"

    def zone(self, zone: str) -> str:
        return self.zones.get(zone, f"{zone} 시간")

    def money(self, minor: int, currency: str) -> str:
        return korean.money(minor, currency)

    def business_days(self, count: int) -> str:
        return f"{count}영업일"

    def days(self, count: int) -> str:
        return f"{count}일"

    def months(self, count: int) -> str:
        return f"{count}개월"

    def counted(self, label: str, count: int) -> str:
        return f"{label} {count}건"

    def pictures_alike(self, places: Sequence[int]) -> str:
        which = ", ".join(f"{place}번" for place in places)
        return f"상품 사진({which})이 권리자가 등록한 브랜드 자료와 같거나 매우 비슷합니다."

    def names_found(self, field: str, found: Sequence[tuple[str, str]], more: int) -> str:
        shown = ", ".join(f"‘{as_written}’(‘{name}’)" for as_written, name in found)
        return f"상품 {self.fields[field]}에 브랜드 이름을 가리키는 표기가 있습니다: {shown}{_more(more)}."

    def code_words_found(self, field: str, found: Sequence[str], more: int) -> str:
        shown = ", ".join(f"‘{word}’" for word in found)
        return f"상품 {self.fields[field]}에 위조상품을 뜻하는 말로 쓰이는 표현이 있습니다: {shown}{_more(more)}."

    def price_is_low(self) -> str:
        return "판매 가격이 이 브랜드 상품의 통상 가격보다 크게 낮습니다."

    def reported(self, count: int, *, by_rights_holder: bool) -> str:
        if by_rights_holder:
            return "권리자가 이 상품이 자신의 권리를 침해한다고 신고했습니다."
        return f"이 상품에 대한 신고가 {count}건 접수되었습니다."

    def detection(self, *, found_by_machine: bool, decided_by_machine: bool) -> str:
        if decided_by_machine:
            found = "자동 검사가 찾았고" if found_by_machine else "신고를 받았고"
            return f"{found}, 미리 정한 기준에 따라 자동으로 조치했습니다. 최종 결정은 담당자가 합니다."
        if found_by_machine:
            return "자동 검사가 상품의 글과 사진을 권리자의 자료와 비교하여 찾았고, 담당자가 확인하여 결정했습니다."
        return "신고를 받아 담당자가 상품과 자료를 확인하여 결정했습니다. 자동으로 내린 결정이 아닙니다."

    def restriction(self, kind: str, since: datetime | None) -> tuple[str, str]:
        by = f"{self.moment(since)}의 결정에 따라 " if since else ""
        if kind == "interim_restriction":
            return (
                f"{by}이 상품의 판매를 임시로 제한합니다. 다른 상품과 상점, 정산에는 영향이 없습니다.",
                "최종 결정이 있을 때까지이며, 언제든지 되돌릴 수 있는 조치입니다. 이 조치만으로 제재나 벌점은 "
                "없습니다.",
            )
        if kind == "upheld":
            return (
                f"{by}이 상품의 판매중지를 확정합니다.",
                "기한이 없는 조치입니다. 이의제기에서 결정이 바뀌면 판매를 재개합니다.",
            )
        if kind in {"reinstated", "withdrawn"}:
            return (
                f"{by}해당 판매 제한을 해제합니다.",
                "새로운 근거가 없는 한 같은 이유로 다시 제한하지 않습니다.",
            )
        return f"{by}심사를 마칩니다.", "이 결정으로 새로 제한되는 것은 없습니다."

    def correction(self, number: str) -> str:
        return f"이 결정은 앞선 결정({number})을 바로잡은 것입니다."

    def listing_line(self, title: str, number: str) -> str:
        return f"{title} (상품 번호 {number})"

    def clause_line(self, title: str, clause: str) -> str:
        return f"{title}: {clause}"

    def contest_restriction(self, periods: Periods) -> list[str]:
        return [
            f"소명: 통지가 도달한 날부터 {periods.explanation}영업일 안에 할 수 있습니다. 도달한 날은 세지 않습니다. "
            f"요청하면 한 번, {periods.extension}영업일 연장합니다.",
            "정품임을 보이는 자료(수입신고필증, 거래명세서, 세금계산서 등), 판매 권한을 보이는 자료 또는 침해가 "
            "아니라는 의견을 낼 수 있습니다.",
            f"소명을 받으면 {periods.decision}영업일 안에 결정합니다. 소명이 없다는 이유만으로 위조상품으로 "
            f"판단하지 않습니다. 최종 결정에는 {periods.appeal_months}개월 안에 한 번 이의를 제기할 수 있으며, 다른 "
            "담당자가 결정합니다.",
            f"문의: {periods.contact}",
        ]

    def contest_decision(self, periods: Periods) -> list[str]:
        return [
            f"이의제기: 결정일부터 {periods.appeal_months}개월 안에 한 번 할 수 있습니다. 다른 담당자가 처음부터 다시 "
            "심사합니다.",
            f"문의: {periods.contact}",
        ]

    def reasoning(self, kind: str, finding: str, offered: Offered) -> str:
        if kind == "interim_restriction":
            return " ".join(_restricts(offered))
        if kind == "upheld":
            return " ".join(_upholds(finding, offered))
        return _ENDINGS[kind, finding]


def _more(count: int) -> str:
    return f" 외 {count}개" if count else ""


def _goods(offered: Offered) -> str:
    return f"{offered.brand} 브랜드의 위조상품" if offered.brand else "위조상품"


def _without_authority(offered: Offered) -> list[str]:
    if offered.is_authorised or not offered.brand:
        return []
    return [f"판매자가 {offered.brand} 상품의 판매 권한을 확인받은 기록이 없습니다."]


def _restricts(offered: Offered) -> list[str]:
    is_counterfeit = offered.ground_code in COUNTERFEIT_GROUNDS
    suspected = f"{_goods(offered)}으로" if is_counterfeit else f"‘{offered.ground_title}’ 사유에 해당하는 것으로"
    return [
        f"이 상품은 {suspected} 의심됩니다.",
        *offered.facts,
        *_without_authority(offered),
        "이에 사실을 확인할 때까지 판매를 임시로 제한합니다.",
    ]


def _upholds(finding: str, offered: Offered) -> list[str]:
    is_counterfeit = finding == "counterfeit_confirmed"
    found = f"{_goods(offered)}으로" if is_counterfeit else f"‘{offered.ground_title}’ 사유에 해당하는 침해로"
    return [
        f"이 상품은 {found} 확인되었습니다.",
        *offered.facts,
        *_without_authority(offered),
        f"이는 ‘{offered.policy_title}’ 조항에 어긋나므로 판매중지를 확정합니다.",
    ]


_UNCLEAR = "제출된 자료만으로는 이 상품이 권리를 침해하는지 판단할 수 없습니다."
_NOT_GENUINE = "다만 이 결정은 이 상품이 정품임을 확인한 것이 아닙니다."
_ENDINGS = {
    ("reinstated", "not_infringing"): (
        "제출된 자료를 검토한 결과 이 상품이 권리를 침해한다고 볼 수 없습니다. 이에 판매 제한을 해제합니다."
    ),
    ("reinstated", "inconclusive"): (f"{_UNCLEAR} 침해가 확인되지 않았으므로 판매 제한을 해제합니다. {_NOT_GENUINE}"),
    ("dismissed", "not_infringing"): (
        "신고 내용과 상품을 검토한 결과 이 상품이 권리를 침해한다고 볼 수 없습니다. 이에 신고를 받아들이지 않습니다."
    ),
    ("dismissed", "inconclusive"): (
        f"{_UNCLEAR} 침해가 확인되지 않았으므로 신고를 받아들이지 않습니다. {_NOT_GENUINE} 새로운 자료가 있으면 다시 "
        "신고할 수 있습니다."
    ),
    ("returned", ""): (
        "신고를 심사하는 데 필요한 요건이 갖추어지지 않았습니다. 내용을 판단한 것은 아니며, 필요한 자료를 갖추어 다시 "
        "신고할 수 있습니다."
    ),
    ("transferred", ""): (
        "이 신고는 이 창구에서 판단하기 어려운 내용이어서 법원이나 분쟁조정 등 알맞은 절차에서 다루도록 넘깁니다."
    ),
    ("duplicate", ""): "같은 상품에 대한 같은 내용의 신고가 이미 있어 그 신고와 함께 처리합니다.",
    ("withdrawn", ""): "신고인이 신고를 철회하여 더 심사하지 않고 마칩니다.",
    ("undone", ""): "조치가 나가기 전에 앞선 결정을 되돌립니다.",
}
