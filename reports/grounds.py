"""The published reason codes and the clauses that decisions cite, as data; ``sync_grounds`` brings the rows up to it.

Which evidence a reason needs follows what marketplaces ask for (programmes.md §2, korea.md §3.2): the rights that
only a court or an agency can judge from outside need its decision. They change with a release and stand in its
history, so the rows are read-only in the admin and their upsert is not journalled; what a decision cited stands in
its own statement.
"""

from dataclasses import asdict, dataclass
from typing import Final

from django.db import models, transaction

from reports.models import Ground, Policy

#: The ground that screening alleges.
COUNTERFEIT: Final = "counterfeit"


@dataclass(frozen=True, slots=True)
class GroundText:
    """One published reason: what it means and which evidence it needs."""

    code: str
    title: str
    description: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PolicyText:
    """One clause, and the reason that it is the default clause of."""

    code: str
    title: str
    clause: str
    default_for: str


_COURT: Final = ("법원의 판결문 또는 행정기관의 결정문",)

GROUNDS: Final[tuple[GroundText, ...]] = (
    GroundText(
        COUNTERFEIT,
        "위조상품(특징으로 확인)",
        "등록상표를 권한 없이 붙인 상품으로, 정품과 다른 점이 사진이나 설명에서 드러나는 경우입니다.",
        ("정품과 같은 각도로 비교한 사진", "다른 부분의 표시와 설명"),
    ),
    GroundText(
        "nonexistent_model",
        "존재하지 않는 모델",
        "권리자가 만든 적이 없는 모델, 색상 또는 종류를 그 브랜드의 상품으로 파는 경우입니다.",
        ("해당 모델을 만든 적이 없다는 권리자의 확인",),
    ),
    GroundText(
        "test_purchase",
        "시험구매로 확인한 위조상품",
        "직접 구매한 상품을 권리자 또는 독립된 기관이 위조상품으로 판정한 경우입니다.",
        ("주문번호", "받은 상품의 사진", "확인 방법과 이유를 적고 서명한 보고서"),
    ),
    GroundText(
        "trademark_use",
        "상표 무단 사용",
        "등록상표와 같거나 비슷한 표지를 지정상품과 같거나 비슷한 상품에 권한 없이 사용한 경우입니다.",
        ("등록상표와 지정상품", "상표가 사용된 화면"),
    ),
    GroundText(
        "design",
        "디자인권 침해",
        "등록디자인과 같거나 비슷한 디자인의 상품을 권한 없이 파는 경우입니다.",
        ("디자인 등록번호", "등록도면과 상품을 비교한 사진"),
    ),
    GroundText(
        "copyright",
        "저작권 침해",
        "사진, 그림, 글 등 저작물을 허락 없이 사용한 경우입니다. 저작권법 제103조의 절차를 따릅니다.",
        ("원본을 확인할 수 있는 자료", "사용된 화면"),
    ),
    GroundText(
        "dead_copy",
        "형태모방",
        "처음 판매한 때부터 3년이 지나지 않은 상품의 형태를 모방한 경우입니다(부정경쟁방지법 제2조 제1호 자목).",
        ("상품을 처음 판매한 날의 자료", "두 상품의 형태를 비교한 사진"),
    ),
    GroundText("patent", "특허권 침해", "등록된 특허를 권한 없이 실시한 상품인 경우입니다.", ("등록번호", *_COURT)),
    GroundText(
        "utility_model",
        "실용신안권 침해",
        "등록된 실용신안을 권한 없이 실시한 상품인 경우입니다.",
        ("등록번호", *_COURT),
    ),
    GroundText("trade_secret", "영업비밀 침해", "영업비밀을 부정하게 사용하여 만든 상품인 경우입니다.", _COURT),
    GroundText(
        "publicity_right",
        "초상·성명의 무단 사용",
        "널리 알려진 사람의 초상, 성명 등을 허락 없이 영업에 사용한 경우입니다.",
        _COURT,
    ),
)

POLICIES: Final[tuple[PolicyText, ...]] = (
    PolicyText(
        "counterfeit_sale",
        "위조상품의 판매 금지",
        "판매자는 다른 사람의 등록상표를 권한 없이 붙인 상품을 등록하거나 판매할 수 없습니다. 위조상품으로 의심할 "
        "구체적인 근거가 있으면 판매를 임시로 제한하고 판매자의 소명을 듣습니다.",
        COUNTERFEIT,
    ),
    PolicyText(
        "nonexistent_model",
        "존재하지 않는 모델의 판매 금지",
        "권리자가 만든 적이 없는 상품을 그 브랜드의 상품으로 표시하여 판매할 수 없습니다.",
        "nonexistent_model",
    ),
    PolicyText(
        "test_purchase",
        "시험구매로 확인된 위조상품의 판매 금지",
        "시험구매로 위조상품임이 확인된 상품은 판매할 수 없습니다. 최종 결정 전의 제재는 두 사람이 승인합니다.",
        "test_purchase",
    ),
    PolicyText(
        "trademark_use",
        "상표의 무단 사용 금지",
        "등록상표와 같거나 비슷한 표지를 권한 없이 상품명, 설명 또는 사진에 사용할 수 없습니다. 정품의 재판매와 호환 "
        "상품임을 알리는 데 필요한 표시는 제외합니다.",
        "trademark_use",
    ),
    PolicyText(
        "design",
        "디자인권 침해 금지",
        "등록디자인과 같거나 비슷한 디자인의 상품을 권한 없이 판매할 수 없습니다.",
        "design",
    ),
    PolicyText(
        "copyright",
        "저작물의 무단 사용 금지",
        "다른 사람의 사진, 그림, 글 등 저작물을 허락 없이 상품 등록에 사용할 수 없습니다.",
        "copyright",
    ),
    PolicyText(
        "dead_copy", "형태모방 금지", "다른 사람이 만든 상품의 형태를 모방한 상품을 판매할 수 없습니다.", "dead_copy"
    ),
    PolicyText("patent", "특허권 침해 금지", "특허를 권한 없이 실시한 상품을 판매할 수 없습니다.", "patent"),
    PolicyText(
        "utility_model",
        "실용신안권 침해 금지",
        "실용신안을 권한 없이 실시한 상품을 판매할 수 없습니다.",
        "utility_model",
    ),
    PolicyText(
        "trade_secret",
        "영업비밀 침해 금지",
        "영업비밀을 부정하게 사용하여 만든 상품을 판매할 수 없습니다.",
        "trade_secret",
    ),
    PolicyText(
        "publicity_right",
        "초상·성명의 무단 사용 금지",
        "다른 사람의 초상, 성명 등을 허락 없이 상품이나 상품 등록에 사용할 수 없습니다.",
        "publicity_right",
    ),
)


def sync_grounds() -> None:
    """Upsert every ground and clause by its code. Run again, it writes nothing; a row that the code dropped stays,
    because decisions cite it, but is switched off."""
    with transaction.atomic():
        for position, ground in enumerate(GROUNDS, start=1):
            values = {**asdict(ground), "evidence": list(ground.evidence), "position": position, "is_active": True}
            _upsert(Ground, values)
        Policy.objects.in_use().exclude(code__in=[policy.code for policy in POLICIES]).update(is_active=False)
        Ground.objects.in_use().exclude(code__in=[ground.code for ground in GROUNDS]).update(is_active=False)
        by_code = {ground.code: ground for ground in Ground.objects.all()}
        for position, policy in enumerate(POLICIES, start=1):
            default_for = by_code[policy.default_for]
            _upsert(Policy, {**asdict(policy), "default_for": default_for, "position": position, "is_active": True})


def _upsert(model: type[models.Model], values: dict[str, object]) -> None:
    """Write the row only where it is new or differs: ``migrate`` runs at every start."""
    code = values["code"]
    row = model._default_manager.filter(code=code).first()
    if row is None:
        model._default_manager.get_or_create(code=code, defaults=values)
    elif any(getattr(row, name) != value for name, value in values.items()):
        model._default_manager.filter(code=code).update(**values)
