"""The statement of reasons that comes with every restriction, as the seller and its marketplace read it. Pure.

It says the facts, the ground and the clause, whether a machine found and whether a machine decided, what is restricted,
how to contest it and until when. It is built from what is named here and nothing else: neither the staff's private
note nor a reporter is an argument, and of the brand's material it says no name, number or measure.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from core.korean import korean_datetime

FORMAT: Final = 1
LANGUAGE: Final = "ko"

#: What a listing says, by the field that a signal names.
FIELD_WORDS: Final = {"title": "제목", "description": "설명"}
#: More than this in one sentence is not read; the rest is counted.
_SHOWN_WORDS: Final = 5
#: Two for the kind, seven for the right, four for its part (korea.md §2).
_REGISTER_DIGITS: Final = 13


@dataclass(frozen=True, slots=True)
class Restricted:
    """The listing that is restricted, as it stood."""

    listing: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Claim:
    """Whose right is at stake, and which clause the decision cites."""

    rights_holder: str
    brand: str
    rights: tuple[str, ...]
    ground_code: str
    ground_title: str
    policy_code: str
    policy_title: str
    policy_clause: str


@dataclass(frozen=True, slots=True)
class Terms:
    """How long the seller has, by the rule set of that version, and where it may turn."""

    explanation_business_days: int
    extension_business_days: int
    decision_business_days: int
    appeal_months: int
    rules_version: int
    contact: str


@dataclass(frozen=True, slots=True)
class Ruling:
    """The decision itself. The numbers are empty in a preview: they are given when it is made."""

    reasoning: str
    decided_at: datetime | None = None
    decision_number: str = ""
    case_number: str = ""


def right_text(kind: str, number: str) -> str:
    """``상표권 40-1234567``: the register's 13 digits as a person writes them."""
    if len(number) == _REGISTER_DIGITS and number.isdigit():
        part = "" if number.endswith("0000") else f"-{number[9:]}"
        number = f"{number[:2]}-{number[2:9]}{part}"
    return f"{kind} {number}".strip()


def facts_of(signals: Sequence[Mapping[str, Any]], positions: Mapping[int, int]) -> tuple[str, ...]:
    """What was found, in sentences. ``positions`` gives each listing picture's place, from 0.

    Scores, distances and the reference's name stay inside: they would teach how to pass next time. A signal that was
    found harmless for this content before is no fact against the seller.
    """
    counted = [signal for signal in signals if not signal.get("is_rejected")]
    sentences = (_pictures(counted, positions), *_words(counted), _price(counted))
    return tuple(sentence for sentence in sentences if sentence)


def _pictures(signals: Sequence[Mapping[str, Any]], positions: Mapping[int, int]) -> str:
    places = {positions[signal["image_id"]] + 1 for signal in _of(signals, "image") if signal["image_id"] in positions}
    if not places:
        return ""
    which = ", ".join(f"{place}번" for place in sorted(places))
    return f"상품 사진({which})이 권리자가 등록한 브랜드 자료와 같거나 매우 비슷합니다."


def _words(signals: Sequence[Mapping[str, Any]]) -> list[str]:
    sentences = []
    for field, label in FIELD_WORDS.items():
        names = _distinct((s["found"], s["name"]) for s in _of(signals, "text") if s["field"] == field)
        codes = _distinct((s["found"], "") for s in _of(signals, "code_word") if s["field"] == field)
        if names:
            shown = ", ".join(f"‘{found}’(‘{name}’)" for found, name in names[:_SHOWN_WORDS])
            sentences.append(f"상품 {label}에 브랜드 이름을 가리키는 표기가 있습니다: {shown}{_rest(names)}.")
        if codes:
            shown = ", ".join(f"‘{found}’" for found, _ in codes[:_SHOWN_WORDS])
            sentences.append(f"상품 {label}에 위조상품을 뜻하는 말로 쓰이는 표현이 있습니다: {shown}{_rest(codes)}.")
    return sentences


def _price(signals: Sequence[Mapping[str, Any]]) -> str:
    return "판매 가격이 이 브랜드 상품의 통상 가격보다 크게 낮습니다." if _of(signals, "price") else ""


def _of(signals: Sequence[Mapping[str, Any]], kind: str) -> list[Mapping[str, Any]]:
    return [signal for signal in signals if signal["kind"] == kind]


def _distinct(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return list(dict.fromkeys(pairs))


def _rest(found: Sequence[object]) -> str:
    return f" 외 {len(found) - _SHOWN_WORDS}개" if len(found) > _SHOWN_WORDS else ""


def default_reasoning(claim: Claim, facts: Sequence[str], *, is_authorised: bool) -> str:
    """What the moderator may send as it stands, or edit: the values are filled in."""
    sentences = [f"이 상품은 {claim.brand} 브랜드의 위조상품으로 의심됩니다.", *facts]
    if not is_authorised:
        sentences.append(f"판매자가 {claim.brand} 상품의 판매 권한을 확인받은 기록이 없습니다.")
    sentences.append("이에 사실을 확인할 때까지 판매를 임시로 제한합니다.")
    return " ".join(sentences)


def build(
    restricted: Restricted, claim: Claim, ruling: Ruling, terms: Terms, *, facts: Sequence[str]
) -> dict[str, Any]:
    """The statement as JSON: codes and numbers for programs, sentences for people."""
    return {
        "format": FORMAT,
        "language": LANGUAGE,
        "decision": ruling.decision_number,
        "case": ruling.case_number,
        "decided_at": ruling.decided_at.isoformat() if ruling.decided_at else None,
        "listing": {"id": restricted.listing, "title": restricted.title, "url": restricted.url},
        "rights_holder": claim.rights_holder,
        "brand": claim.brand,
        "rights": list(claim.rights),
        "ground": {"code": claim.ground_code, "title": claim.ground_title},
        "policy": {"code": claim.policy_code, "title": claim.policy_title, "clause": claim.policy_clause},
        "facts": list(facts),
        "reasoning": ruling.reasoning,
        "detection": _detection(),
        "restriction": _restriction(ruling),
        "contest": _contest(terms),
    }


def _detection() -> dict[str, Any]:
    return {
        "found_by_machine": True,
        "decided_by_machine": False,
        "text": "자동 검사가 상품의 글과 사진을 권리자의 자료와 비교하여 찾았고, 담당자가 확인하여 결정했습니다.",
    }


def _restriction(ruling: Ruling) -> dict[str, Any]:
    since = f"{korean_datetime(ruling.decided_at)}의 결정에 따라 " if ruling.decided_at else ""
    return {
        "kind": "interim_restriction",
        "scope": "listing",
        "ends_at": None,
        "text": f"{since}이 상품의 판매를 임시로 제한합니다. 다른 상품과 상점, 정산에는 영향이 없습니다.",
        "until": (
            "최종 결정이 있을 때까지이며, 언제든지 되돌릴 수 있는 조치입니다. 이 조치만으로 제재나 벌점은 없습니다."
        ),
    }


def _contest(terms: Terms) -> dict[str, Any]:
    days = terms.explanation_business_days
    explain = (
        f"소명: 통지가 도달한 날부터 {days}영업일 안에 할 수 있습니다. 도달한 날은 세지 않습니다. "
        f"요청하면 한 번, {terms.extension_business_days}영업일 연장합니다."
    )
    evidence = (
        "정품임을 보이는 자료(수입신고필증, 거래명세서, 세금계산서 등), 판매 권한을 보이는 자료 또는 침해가 아니라는 "
        "의견을 낼 수 있습니다."
    )
    after = (
        f"소명을 받으면 {terms.decision_business_days}영업일 안에 결정합니다. 소명이 없다는 이유만으로 위조상품으로 "
        f"판단하지 않습니다. 최종 결정에는 {terms.appeal_months}개월 안에 한 번 이의를 제기할 수 있으며, 다른 담당자가 "
        "결정합니다."
    )
    return {
        "explanation_business_days": days,
        "extension_business_days": terms.extension_business_days,
        "decision_business_days": terms.decision_business_days,
        "appeal_months": terms.appeal_months,
        "rules_version": terms.rules_version,
        "contact": terms.contact,
        "texts": [explain, evidence, after, f"문의: {terms.contact}"],
    }


def sections(statement: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """The statement as headings with paragraphs, in the order in which it is read: on a page now, in a mail later."""
    listing, policy = statement["listing"], statement["policy"]
    rights = f" ({', '.join(statement['rights'])})" if statement["rights"] else ""
    return [
        ("제한된 상품", [f"{listing['title']} (상품 번호 {listing['id']})"]),
        ("권리자", [f"{statement['rights_holder']} · {statement['brand']}{rights}"]),
        ("사유", [statement["ground"]["title"]]),
        ("근거 조항", [f"{policy['title']}: {policy['clause']}"]),
        ("확인한 사실", list(statement["facts"])),
        ("결정 이유", [statement["reasoning"]]),
        ("찾은 방법과 결정한 방법", [statement["detection"]["text"]]),
        ("제한 내용과 기간", [statement["restriction"]["text"], statement["restriction"]["until"]]),
        ("다투는 방법과 기한", list(statement["contest"]["texts"])),
    ]
