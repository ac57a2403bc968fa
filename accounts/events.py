"""The catalogue of what a marketplace is told by webhook, and of what it may answer. Pure.

The one place that says of each type what it is, what stands in it, whether it must be confirmed and who may subscribe
to it: the staff's forms, ``docs/webhooks.md`` and the API read it here, and nothing leaves that it does not name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

#: What stands in a real statement of reasons as well; the examples show what an integration reads.
_STATEMENT: Final[Mapping[str, Any]] = {
    "format": 2,
    "language": "ko",
    "decision": "D-2026-000001",
    "case": "C-2026-000001",
    "decided_at": "2026-11-23T05:30:00.000000Z",
    "ground": {"code": "counterfeit", "title": "위조상품(특징으로 확인)"},
    "policy": {"code": "counterfeit_sale", "title": "위조상품의 판매 금지", "clause": "…"},
    "reasoning": "등록상표를 권한 없이 붙인 상품입니다.",
    "subject": "[C-2026-000001] 상품 판매가 임시로 제한되었습니다",
    "sections": [["제한된 상품", ["상품명: 자수 앞치마"]]],
}


def _effect(version: int) -> dict[str, Any]:
    return {
        "effect": 17,
        "target": "listing:demo:A-1005",
        "version": version,
        "listing": "A-1005",
        "statement": _STATEMENT,
    }


@dataclass(frozen=True, slots=True)
class Event:
    """One type of message to a marketplace.

    ``is_confirmed``: it asks for something to be done, goes to the one address that carries effects, and is in force
    only once ``effect.confirmed`` comes back. ``is_chosen``: an address gets it by subscribing. ``is_task``: one
    address does it, because done twice a person would hear of it twice. ``private`` names what in its data is
    somebody's own: neither staff nor another program of the marketplace reads it later.
    """

    type: str
    title: str
    description: str
    example: Mapping[str, Any]
    is_confirmed: bool = False
    is_chosen: bool = True
    is_task: bool = False
    answers: tuple[str, ...] = ()
    private: tuple[str, ...] = ()

    def document(self, *, timestamp: str = "2026-11-23T05:30:20.000000+00:00") -> dict[str, Any]:
        """An example of the whole body."""
        return {"type": self.type, "timestamp": timestamp, "data": dict(self.example)}


@dataclass(frozen=True, slots=True)
class Answer:
    """One type of message that a marketplace sends us. ``fields``: what stands in its data, and what it means."""

    type: str
    title: str
    description: str
    example: Mapping[str, Any]
    fields: Mapping[str, str] = field(default_factory=dict)

    def document(self, *, timestamp: str = "2026-11-23T05:31:00Z") -> dict[str, Any]:
        """An example of the whole body."""
        return {"type": self.type, "timestamp": timestamp, "data": dict(self.example)}


_EFFECT_ANSWERS: Final = ("effect.confirmed", "effect.failed")

EVENTS: Final[tuple[Event, ...]] = (
    Event(
        "listing.restrict",
        "임시 판매제한",
        "상품의 판매를 되돌릴 수 있게 멈춰 주십시오. 멈춘 뒤 effect.confirmed를 보내야 조치가 효력을 가집니다.",
        _effect(1),
        is_confirmed=True,
        is_chosen=False,
        answers=_EFFECT_ANSWERS,
    ),
    Event(
        "listing.remove",
        "판매중지",
        "침해가 확인되었습니다. 상품의 판매를 완전히 멈춰 주십시오. 멈춘 뒤 effect.confirmed를 보냅니다.",
        _effect(2),
        is_confirmed=True,
        is_chosen=False,
        answers=_EFFECT_ANSWERS,
    ),
    Event(
        "listing.reinstate",
        "판매 재개",
        "제한을 풀고 상품을 다시 판매하게 해 주십시오. 푼 뒤 effect.confirmed를 보냅니다.",
        _effect(3),
        is_confirmed=True,
        is_chosen=False,
        answers=_EFFECT_ANSWERS,
    ),
    Event(
        "notice.seller",
        "판매자 통지 소식",
        "판매자에게 나간 통지의 내용입니다. 판매자 센터에 보여 줄 수 있으며, 답은 필요하지 않습니다.",
        {
            "notice": 41,
            "kind": "interim_restriction",
            "seller": "seller-77",
            "listing": "A-1005",
            "statement": _STATEMENT,
        },
    ),
    Event(
        "notice.code",
        "확인 코드 전달",
        "이메일이 등록되지 않은 판매자에게 확인 코드를 전해 주십시오. expires_at이 지나면 전하지 않습니다.",
        {
            "seller": "seller-77",
            "code": "123456",
            "language": "ko",
            "expires_at": "2026-11-23T05:40:00.000000Z",
        },
        is_task=True,
        private=("code",),
    ),
    Event(
        "notify",
        "통지 전달 요청",
        "주소를 마켓플레이스만 아는 이용자에게 이 통지를 전해 주십시오. link는 그 이용자만의 열쇠이므로 그 사람에게만 "
        "보이고 어디에도 남기지 않아야 합니다. 전한 뒤 notify.delivered를, 전하지 못하면 notify.failed를 보냅니다.",
        {
            "notify": 9,
            "recipient": {"kind": "seller", "ref": "seller-77"},
            "notice": "interim_restriction",
            "language": "ko",
            "subject": "[C-2026-000001] 상품 판매가 임시로 제한되었습니다",
            "sections": [["제한된 상품", ["상품명: 자수 앞치마"]]],
            "text": "안녕하세요. …",
            "link": "https://jikimi.example/seller/…/",
            "deliver_by": "2026-11-24T05:30:00.000000Z",
        },
        is_task=True,
        answers=("notify.delivered", "notify.failed"),
        private=("link",),
    ),
    Event(
        "listing.wanted",
        "상품 정보 요청",
        "신고를 받았으나 아직 모르는 상품입니다. 상품 정보를 API로 보내 주시면 기다리던 신고가 접수됩니다. 기다리는 "
        "동안 하루에 한 번까지 다시 알립니다.",
        {
            "listing": "A-2001",
            "address": "https://shop.example/item/A-2001",
            "wanted_since": "2026-11-23T05:30:00.000000Z",
            "reports": 2,
        },
    ),
    Event(
        "text",
        "문자 발송 요청",
        "이용자에게 문자(SMS, LMS)나 알림톡을 보내 주십시오. 문자를 마켓플레이스가 보내도록 설정한 경우에만 나갑니다.",
        {
            "to": "+821012345678",
            "kind": "sms",
            "body": "[지킴이] 확인 코드는 123456입니다. 10분 안에 입력해 주세요.",
            "sender": "0212345678",
            "template": "",
            "variables": {},
        },
        is_task=True,
        private=("to", "body", "variables"),
    ),
    Event(
        "test",
        "시험 이벤트",
        "주소와 서명을 확인하려고 관리 화면이나 API에서 보낸 시험입니다. 2xx로 답하기만 하면 됩니다.",
        {"endpoint": 3, "note": "시험 이벤트입니다. 아무 일도 하지 않아도 됩니다."},
        is_chosen=False,
    ),
)

ANSWERS: Final[tuple[Answer, ...]] = (
    Answer(
        "effect.confirmed",
        "조치 확인",
        "요청받은 조치를 실행했습니다. 몇 번을 보내도 한 번만 반영됩니다.",
        {"effect": 17, "version": 1},
        {"effect": "받은 조치의 effect", "version": "받은 조치의 version"},
    ),
    Answer(
        "effect.failed",
        "조치 실패",
        "요청받은 조치를 실행하지 못했습니다. 담당자가 확인합니다.",
        {"effect": 17, "version": 1, "reason": "판매자가 이미 지운 상품입니다."},
        {"effect": "받은 조치의 effect", "version": "받은 조치의 version", "reason": "까닭(선택, 500자)"},
    ),
    Answer(
        "notify.delivered",
        "통지 전달 완료",
        "이용자에게 통지를 전했습니다. delivered_at의 날부터 이용자의 기간이 흐릅니다.",
        {"notify": 9, "delivered_at": "2026-11-23T06:02:00Z"},
        {
            "notify": "받은 요청의 notify",
            "delivered_at": "이용자에게 도달한 시각(선택, 시간대 있는 ISO 8601). 없으면 이 웹훅을 받은 시각입니다.",
        },
    ),
    Answer(
        "notify.failed",
        "통지 전달 실패",
        "이용자에게 통지를 전하지 못했습니다. 담당자가 다른 길을 찾습니다.",
        {"notify": 9, "reason": "탈퇴한 판매자입니다."},
        {"notify": "받은 요청의 notify", "reason": "까닭(선택, 300자)"},
    ),
)

_BY_TYPE: Final[Mapping[str, Event]] = {each.type: each for each in EVENTS}
#: What an address may subscribe to, in the order of the catalogue.
CHOSEN: Final[tuple[Event, ...]] = tuple(each for each in EVENTS if each.is_chosen)
CHOSEN_TYPES: Final[tuple[str, ...]] = tuple(each.type for each in CHOSEN)


def event(message_type: str) -> Event:
    """The type as the catalogue has it. Raises ``LookupError`` for one that it does not name."""
    try:
        return _BY_TYPE[message_type]
    except KeyError:
        raise LookupError(f"the catalogue (accounts/events.py) names no event {message_type!r}") from None


def title_of(message_type: str) -> str:
    """Its title, or the type itself where it is of an earlier release."""
    found = _BY_TYPE.get(message_type)
    return found.title if found is not None else message_type
