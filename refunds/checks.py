"""What a record of an order line must be before anything is written, each refusal in words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from core.errors import DomainError
from core.korean import currency_exponent, josa, korean_datetime, money
from refunds import rules
from refunds.models import OrderLine
from refunds.records import AmountsRecord, OrderLineRecord

#: What a person calls a fact of the purchase.
LABELS: Final = {
    "listing_external_id": "상품 번호",
    "seller_external_id": "판매자",
    "title": "제목",
    "option_text": "옵션",
    "quantity": "수량",
    "currency": "통화",
    "goods_minor": "상품 금액",
    "discount_seller_minor": "판매자 부담 할인",
    "discount_marketplace_minor": "마켓플레이스 부담 할인",
    "discount_other_minor": "그 밖의 할인",
    "shipping_minor": "배송비",
    "paid_minor": "결제 금액",
}
#: Facts that stay as first told without a word: exports tell what the listing is called today.
_KEPT_SILENTLY: Final = frozenset({"title", "option_text"})
_TIMES: Final = {"ordered": "주문", "paid": "결제", "shipped": "발송", "received": "수령"}
_ONCE_MORE: Final = "값을 확인해 다시 보내 주세요."


class OrderLineChanged(DomainError):
    """A record says something else of what was bought and paid than was told before, and not why."""

    code = "order_line_changed"


def facts_of(record: OrderLineRecord) -> dict[str, object]:
    """What was bought, of whom and for how much, by the names of the columns."""
    amounts = record.amounts
    return {
        "listing_external_id": record.listing_external_id,
        "seller_external_id": record.seller_external_id,
        "title": record.title,
        "option_text": record.option_text,
        "quantity": record.quantity,
        "currency": record.currency,
        "goods_minor": amounts.goods_minor,
        "discount_seller_minor": amounts.discount_seller_minor,
        "discount_marketplace_minor": amounts.discount_marketplace_minor,
        "discount_other_minor": amounts.discount_other_minor,
        "shipping_minor": amounts.shipping_minor,
        "paid_minor": amounts.paid_minor,
    }


def require_sound(record: OrderLineRecord, *, now: datetime) -> None:
    """The record taken by itself: known currency, at least one piece, amounts that add up, times that have happened."""
    currency_exponent(record.currency)
    if not 1 <= record.quantity <= rules.MOST_PIECES:
        why = f"{record.quantity:,}개는 받을 수 없습니다." if abs(record.quantity) < 10**15 else "너무 큰 수입니다."
        raise DomainError(
            "수량을 받지 않았습니다.",
            why,
            f"1에서 {rules.MOST_PIECES:,}까지의 수를 보내 주세요.",
            code="quantity_refused",
        )
    _require_amounts(record.amounts, record.currency)
    for name, label in _TIMES.items():
        told = getattr(record, name)
        if told is not None and rules.is_to_come(told.at, now):
            raise DomainError(
                f"{label} 시각을 받지 않았습니다.",
                f"{josa(korean_datetime(told.at), '은/는')} 아직 오지 않은 시각입니다.",
                "예정이 아니라 실제로 일어난 시각을 보내 주세요.",
                code="time_to_come",
            )


def _require_amounts(amounts: AmountsRecord, currency: str) -> None:
    parts = [getattr(amounts, name) for name in amounts.__slots__]
    if any(not 0 <= part <= rules.MOST_MINOR for part in parts):
        raise DomainError(
            "금액을 받지 않았습니다.", "0보다 작거나 너무 큰 금액이 있습니다.", _ONCE_MORE, code="amount_refused"
        )
    discounts = amounts.discount_seller_minor + amounts.discount_marketplace_minor + amounts.discount_other_minor
    wanted = amounts.goods_minor - discounts + amounts.shipping_minor
    if wanted != amounts.paid_minor:
        goods, less, more, sum_of_all, paid = (
            money(minor, currency)
            for minor in (amounts.goods_minor, discounts, amounts.shipping_minor, wanted, amounts.paid_minor)
        )
        raise DomainError(
            f"결제 금액 {josa(paid, '이/가')} 다른 금액과 맞지 않습니다.",
            f"상품 금액 {goods}에서 할인 {josa(less, '을/를')} 빼고 배송비 {josa(more, '을/를')} 더하면 "
            f"{sum_of_all}입니다.",
            "이 품목에 나눈 할인과 배송비를 확인해 주세요.",
            code="amounts_do_not_add_up",
        )


def require_unchanged(line: OrderLine, told: Mapping[str, object]) -> None:
    """What was told of the purchase is what is known of it. Raises ``OrderLineChanged`` with what differs."""
    differing = [name for name, value in told.items() if name not in _KEPT_SILENTLY and getattr(line, name) != value]
    if differing:
        raise OrderLineChanged(
            f"{josa(f'주문 품목 “{line}”', '을/를')} 바꾸지 않았습니다.",
            f"이미 등록된 내용과 다릅니다({', '.join(LABELS[name] for name in differing)}).",
            "처음 자료가 잘못되었다면 정정 사유(correction)를 적어 다시 보내 주세요.",
        )


def require_consistent(line: OrderLine) -> None:
    """The line with the news in it: times in their order, nothing given back beyond what was bought."""
    wrong = rules.out_of_order({name: getattr(line, f"{name}_at") for name in _TIMES})
    if wrong is not None:
        first, second = (f"{_TIMES[name]}({korean_datetime(getattr(line, f'{name}_at'))})" for name in wrong)
        raise DomainError(
            f"{_TIMES[wrong[1]]} 시각을 받지 않았습니다.",
            f"{josa(second, '이/가')} {first}보다 빠릅니다.",
            "두 시각과 시간대를 확인해 다시 보내 주세요.",
            code="times_out_of_order",
        )
    if not 0 <= line.returned_quantity <= line.quantity or not 0 <= line.refunded_minor <= line.paid_minor:
        raise DomainError(
            "이미 환급했다는 내용을 받지 않았습니다.",
            "돌려받은 수량이나 환급한 금액이 산 것보다 많습니다.",
            _ONCE_MORE,
            code="refunded_beyond_paid",
        )
