"""What would help, by the reasons that fired: which document, what to change, and where to send it. Pure but for where.

A document proves a right to sell; none makes a confirmed counterfeit genuine, so that one is contested instead.
"""

from collections.abc import Collection, Mapping
from typing import Final

from django.conf import settings

from listings.preflight.answers import Help, SendTo, Text

# -- codes of reasons, stable: clients build on them ------------------------------------------------------------------

RETURNING: Final = "returning_counterfeit"
PICTURE: Final = "picture_of_brand"
HIDDEN_NAME: Final = "hidden_name"
NAME: Final = "brand_name"
CODE_WORD: Final = "code_word"
LOW_PRICE: Final = "low_price"
USED: Final = "used_goods"
COMPATIBLE: Final = "compatible_part"
DESCRIPTIVE: Final = "descriptive_use"
AUTHORISED: Final = "authorised_seller"
DECIDED_BEFORE: Final = "found_harmless_before"
PROTECTED: Final = "protected_by_appeal"
RELEASED: Final = "released_by_staff"

_DOCUMENT: Final = "document"
_CHANGE: Final = "change"
_CONTACT: Final = "contact"

#: Everything that an answer may ask for, in the order in which it is told.
HELPS: Final[Mapping[str, Help]] = {
    each.code: each
    for each in (
        Help(
            "sales_authorisation",
            _DOCUMENT,
            Text(
                "상표 사용권 계약서 또는 브랜드의 판매 위임장",
                "Trademark licence, or the brand's letter of authorisation to sell",
            ),
        ),
        Help(
            "import_declaration",
            _DOCUMENT,
            Text(
                "수입신고필증과 해외 정품 매입을 보이는 병행수입 증빙",
                "Import declaration certificate, with proof of the parallel import of genuine goods",
            ),
        ),
        Help(
            "genuine_invoice",
            _DOCUMENT,
            Text(
                "브랜드 또는 공식 판매처가 발행한 정품 매입 인보이스(거래명세서)",
                "Purchase invoice issued by the brand or an official distributor",
            ),
        ),
        Help(
            "proof_of_purchase",
            _DOCUMENT,
            Text("처음 산 곳의 영수증 또는 보증서", "Receipt or warranty card of the original purchase"),
        ),
        Help(
            "own_pictures",
            _CHANGE,
            Text(
                "브랜드의 사진 대신 판매할 실물을 직접 찍은 사진",
                "Pictures of your own of the very article, instead of the brand's",
            ),
        ),
        Help(
            "plain_name",
            _CHANGE,
            Text("감추지 않고 그대로 적은 상표 이름", "The brand's name written plainly, not disguised"),
        ),
        Help(
            "part_maker",
            _CHANGE,
            Text(
                "호환 상품의 실제 제조사와, 그 브랜드의 정품이 아니라는 표시",
                "The part's actual maker, and a note that it is not made by the brand",
            ),
        ),
        Help(
            "contest",
            _CONTACT,
            Text(
                "이 답변의 번호와, 가품으로 확정된 상품과 어떻게 다른지 적은 이의",
                "An objection that names this answer and says how the article differs from the confirmed counterfeit",
            ),
        ),
    )
}

_RIGHT_TO_SELL: Final = ("sales_authorisation", "import_declaration", "genuine_invoice")
#: What helps against each reason.
_BY_REASON: Final[Mapping[str, tuple[str, ...]]] = {
    RETURNING: ("contest",),
    PICTURE: (*_RIGHT_TO_SELL, "own_pictures"),
    HIDDEN_NAME: (*_RIGHT_TO_SELL, "plain_name"),
    CODE_WORD: ("genuine_invoice",),
    LOW_PRICE: ("genuine_invoice",),
    USED: ("proof_of_purchase", "own_pictures"),
    COMPATIBLE: ("part_maker", "own_pictures"),
}
#: Why a person decides instead of the machine, by the engine's word for it.
SOFTENINGS: Final[Mapping[str, str]] = {"used": USED, "part": COMPATIBLE, "descriptive": DESCRIPTIVE}
#: A seller of used goods or of parts has no contract with the brand, and needs none.
_WITHOUT_CONTRACT: Final = frozenset({USED, COMPATIBLE, DESCRIPTIVE})


def help_for(reasons: Collection[str]) -> tuple[Help, ...]:
    """What would help against all of these reasons together, each thing once."""
    wanted = {code for reason in reasons for code in _BY_REASON.get(reason, ())}
    if _WITHOUT_CONTRACT & set(reasons):
        wanted -= {"sales_authorisation", "import_declaration"}
    return tuple(each for code, each in HELPS.items() if code in wanted)


def send_to(reference: str) -> SendTo:
    """Where documents and objections go today: the operator's desk. Sellers have no page of their own for them yet."""
    email, phone = settings.OPERATOR["email"], settings.OPERATOR["phone"]
    return SendTo(
        email,
        phone,
        Text(
            f"보내실 곳: {email}, 전화 {phone}. 답변 번호({reference})를 함께 적어 주세요.",
            f"Send it to {email} and name the answer {reference}. Telephone {phone}.",
        ),
    )
