"""What ``/policy/`` publishes: reason codes, deadlines, penalties and how periods are counted.

Every number comes from the rule set "reports" in force; every reason and clause from its row. Nothing here repeats one.
Whether a procedure has its door in this portal yet is said beside it: a rule is no promise that its page exists.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from core.rulesets import RuleValues, current
from reports.models import Ground, Policy

Opening = Literal["open", "by_contact", "coming"]


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason for a report, with the evidence it needs."""

    code: str
    title: str
    description: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause that decisions cite."""

    code: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Term:
    """What is due, until when, and what one should know about it."""

    what: str
    when: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class TermGroup:
    """The deadlines of one procedure, and how one reaches that procedure today."""

    slug: str
    title: str
    opening: Opening
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Penalty:
    """A rung of the ladder."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class PolicyContent:
    """The whole page."""

    version: int
    reasons: tuple[Reason, ...]
    clauses: tuple[Clause, ...]
    groups: tuple[TermGroup, ...]
    penalties: tuple[Penalty, ...]
    penalty_rules: tuple[str, ...]
    progress_days: int
    result_days: int


#: Counted as 민법 제155조 to 제161조 say; business hours are our own.
COUNTING: Final = (
    "첫날은 세지 않습니다. 3영업일이면 다음 영업일이 첫째 날입니다.",
    "기간은 마지막 날 24:00(한국 시각)에 끝납니다. 마지막 날이 토요일이나 공휴일이면 그다음 날에 끝납니다.",
    "영업일은 토요일, 일요일, 공휴일이 아닌 날입니다.",
    "영업시간은 영업일의 00:00부터 24:00까지 흐르고 그 밖에는 멈춥니다.",
    "‘3개월’은 90일이 아니라 달력의 달로 셉니다.",
)


def current_policy() -> PolicyContent:
    """The page as it stands today. Raises ``LookupError`` where no rule set is in force."""
    return policy_content(
        current("reports"),
        Ground.objects.in_use(),
        Policy.objects.in_use(),
    )


def policy_content(numbers: RuleValues, grounds: Iterable[Ground], policies: Iterable[Policy]) -> PolicyContent:
    """The page from numbers and rows that are handed in."""
    return PolicyContent(
        version=numbers.version,
        reasons=tuple(Reason(row.code, row.title, row.description, tuple(row.evidence)) for row in grounds),
        clauses=tuple(Clause(row.code, row.title, row.clause) for row in policies),
        groups=(
            _consumers(numbers),
            _rights_holders(numbers),
            _explanations(numbers),
            _appeals(numbers),
            _refunds(numbers),
        ),
        penalties=_penalties(numbers),
        penalty_rules=_penalty_rules(numbers),
        progress_days=numbers.number("consumer_progress_business_days"),
        result_days=numbers.number("consumer_result_business_days"),
    )


def _business_days(numbers: RuleValues, key: str) -> str:
    return f"{numbers.number(key)}영업일"


def _consumers(numbers: RuleValues) -> TermGroup:
    law = "전자상거래법 제20조 제3항과 같은 법 시행령 제25조의2에 따릅니다."
    return TermGroup(
        "consumers",
        "소비자의 신고와 문의",
        "by_contact",
        (
            Term("진행 상황 안내", _business_days(numbers, "consumer_progress_business_days"), law),
            Term("결과 또는 처리 방안 안내", _business_days(numbers, "consumer_result_business_days"), law),
        ),
    )


def _rights_holders(numbers: RuleValues) -> TermGroup:
    many, few = numbers.number("complaint_listings"), numbers.number("complaint_listings_without_account")
    return TermGroup(
        "rights-holders",
        "권리자의 신고",
        "coming",
        (
            Term("권리자와 권리의 확인", _business_days(numbers, "enrolment_review_business_days")),
            Term(
                "확인된 권리자의 위조상품 신고",
                f"{numbers.number('verified_complaint_business_hours')}영업시간",
                f"한 번에 상품 {many}개, 권리 하나까지 신고합니다. 계정이 없으면 상품 {few}개까지입니다.",
            ),
            Term("그 밖의 신고", _business_days(numbers, "other_complaint_business_days")),
            Term(
                "판매 권한에 대한 브랜드의 답변",
                _business_days(numbers, "authorisation_answer_business_days"),
                "답변이 없으면 담당자가 결정합니다.",
            ),
        ),
    )


def _explanations(numbers: RuleValues) -> TermGroup:
    extension = _business_days(numbers, "explanation_extension_business_days")
    reminder = _business_days(numbers, "complainant_reminder_business_days")
    return TermGroup(
        "explanations",
        "판매자의 소명",
        "by_contact",
        (
            Term(
                "소명자료 제출",
                f"통지가 도달한 날부터 {_business_days(numbers, 'explanation_business_days')}",
                f"요청하면 한 번, {extension} 연장합니다. 판매자 나라의 공휴일도 연장 사유입니다. "
                "소명이 없어도 그것만으로 위조상품이라고 판단하지 않습니다.",
            ),
            Term("소명을 받은 뒤의 결정", _business_days(numbers, "explanation_decision_business_days")),
            Term(
                "소명에 대한 신고인의 의견",
                _business_days(numbers, "complainant_answer_business_days"),
                f"마감 {reminder} 전에 다시 알립니다. 그 신고만을 근거로 판매를 제한했는데 의견이 없으면 판매를 "
                "재개합니다.",
            ),
        ),
    )


def _appeals(numbers: RuleValues) -> TermGroup:
    return TermGroup(
        "appeals",
        "최종 결정에 대한 이의제기",
        "coming",
        (
            Term(
                "이의제기",
                f"결정을 통지받은 날부터 {numbers.number('appeal_months')}개월",
                "판매자와 신고인이 각각 한 번 할 수 있습니다.",
            ),
            Term(
                "이의제기에 대한 결정",
                _business_days(numbers, "appeal_decision_business_days"),
                "처음 결정한 사람이 아닌 담당자가 결정합니다.",
            ),
        ),
    )


def _refunds(numbers: RuleValues) -> TermGroup:
    least, days = numbers.number("refund_least_days"), numbers.number("refund_days")
    return TermGroup(
        "refunds",
        "가품 의심 상품의 환불",
        "coming",
        (
            Term(
                "서류 없는 환불 신청",
                f"상품을 받은 날부터 {days}일",
                f"상품과 배송의 종류에 따라 {least}일 이상 {days}일 이하입니다. 정가품 판정을 기다리지 않고 "
                "결제한 금액을 배송비까지 전부 환불하며, 반품 배송비는 소비자가 부담하지 않습니다.",
            ),
            Term(
                "그 뒤의 환불 신청",
                f"상품을 받은 날부터 {numbers.number('refund_manual_months')}개월",
                "고객센터가 서류 없이 접수하며 환불 금액은 같습니다.",
            ),
            Term("승인된 환불의 지급 지시", f"{numbers.number('refund_payout_hours')}시간"),
            Term(
                "악용이 의심되는 신청의 확인",
                _business_days(numbers, "refund_abuse_review_business_days"),
                "확인 중이라는 사실을 신청한 사람에게 알립니다.",
            ),
        ),
    )


def _penalties(numbers: RuleValues) -> tuple[Penalty, ...]:
    hold = f"정산 보류(최대 {numbers.number('payout_hold_days')}일)"
    return (
        Penalty("1회", f"경고와 {numbers.number('first_strike_suspension_days')}일 판매정지"),
        Penalty("2회", f"{numbers.number('second_strike_suspension_days')}일 판매정지와 {hold}"),
        Penalty(
            f"{numbers.number('closing_strike')}회",
            f"상점 폐쇄와 {hold}. {numbers.number('reapply_after_years')}년 뒤에 다시 입점을 신청할 수 있습니다.",
        ),
    )


def _penalty_rules(numbers: RuleValues) -> tuple[str, ...]:
    return (
        "제재는 최종 결정으로 침해가 확인된 때에 하며, 예외는 아래의 위조 서류와 시험구매뿐입니다.",
        "임시 판매제한은 제재가 아니며 횟수에 넣지 않습니다.",
        f"{numbers.number('strike_merge_days')}일 안에 확인된 침해는 한 번으로 세고, "
        f"{numbers.number('strike_valid_days')}일이 지나면 횟수에서 뺍니다.",
        "정산 보류 금액은 접수된 환불 신청에 필요한 금액을 넘지 않습니다.",
        "위조한 서류를 냈거나 시험구매로 위조상품임이 확인되면 바로 상점을 폐쇄할 수 있습니다. "
        "두 사람이 승인하고 이유를 글로 남깁니다.",
        "해야 할 제재를 하지 않으려면 다른 담당자의 승인과 사유가 필요하며, 그 기록이 남습니다.",
        "잘못된 조치로 밝혀지면 상품과 노출 순서를 되돌리고, 횟수와 정산 보류를 취소합니다.",
    )
