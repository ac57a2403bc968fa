"""Order lines, what refunds are counted from, and the corrections of what they say."""

from django.db import models
from django.db.models import F, Q

from accounts.models import Marketplace
from core.models import ActedOn, AppendOnly
from listings.models import Listing
from refunds.choices import DeliveryKind, OrderStatus, TimeSource
from refunds.querysets import OrderLineQuerySet
from refunds.rules import KEY_LENGTH
from sellers.models import Seller

_AMOUNTS = (
    "goods_minor",
    "discount_seller_minor",
    "discount_marketplace_minor",
    "discount_other_minor",
    "shipping_minor",
    "paid_minor",
    "refunded_minor",
)


def _with_its_source(time: str) -> Q:
    """Either both are there or neither is."""
    said = Q(**{f"{time}_at__isnull": False, f"{time}_source__in": TimeSource.values})
    return said | Q(**{f"{time}_at__isnull": True, f"{time}_source": ""})


def _source(label: str) -> "models.CharField[str, str]":
    return models.CharField(f"{label} 시각의 출처", max_length=12, choices=TimeSource, blank=True)


def _amount(label: str) -> "models.BigIntegerField[int, int]":
    return models.BigIntegerField(f"{label}(최소 단위)", default=0)


class OrderLine(models.Model):
    """One item of an order: what was bought, for how much, when it came, and by whom, as a keyed hash.

    All amounts are of the whole line, all its pieces together, in integers of the currency's minor unit. ``paid_minor``
    is what the consumer paid for it, with the shipping allotted to it: what "100% back" means. ``refunded_minor`` and
    ``returned_quantity`` are what the marketplace has given and taken back by itself. What was bought and paid is
    changed by ``OrderLineCorrection`` alone. The buyer's contacts are never here, nor anywhere else, in plain.
    """

    marketplace = models.ForeignKey(
        Marketplace, on_delete=models.PROTECT, related_name="order_lines", verbose_name="마켓플레이스"
    )
    order_number = models.CharField("주문번호", max_length=100)
    order_key = models.CharField("찾는 주문번호", max_length=KEY_LENGTH)
    line_number = models.CharField("품목 번호", max_length=100)
    listing_external_id = models.CharField("상품 번호", max_length=100)
    listing = models.ForeignKey(
        Listing, null=True, blank=True, on_delete=models.PROTECT, related_name="order_lines", verbose_name="상품"
    )
    seller_external_id = models.CharField("판매자 외부 식별자", max_length=100)
    seller = models.ForeignKey(
        Seller, null=True, blank=True, on_delete=models.PROTECT, related_name="order_lines", verbose_name="판매자"
    )
    title = models.CharField("산 상품의 제목", max_length=500)
    option_text = models.CharField("옵션", max_length=500, blank=True)
    delivery = models.CharField("배송 구분", max_length=12, choices=DeliveryKind, default=DeliveryKind.PARCEL)
    status = models.CharField("상태", max_length=12, choices=OrderStatus, default=OrderStatus.PLACED)

    quantity = models.PositiveIntegerField("수량")
    returned_quantity = models.PositiveIntegerField("이미 돌려받은 수량", default=0)
    currency = models.CharField("통화", max_length=3)
    goods_minor = _amount("상품 금액")
    discount_seller_minor = _amount("판매자 부담 할인")
    discount_marketplace_minor = _amount("마켓플레이스 부담 할인")
    discount_other_minor = _amount("그 밖의 할인")
    shipping_minor = _amount("배송비")
    paid_minor = _amount("결제 금액")
    refunded_minor = _amount("이미 환급한 금액")

    ordered_at = models.DateTimeField("주문 시각")
    ordered_source = models.CharField("주문 시각의 출처", max_length=12, choices=TimeSource)
    paid_at = models.DateTimeField("결제 시각", null=True, blank=True)
    paid_source = _source("결제")
    shipped_at = models.DateTimeField("발송 시각", null=True, blank=True)
    shipped_source = _source("발송")
    received_at = models.DateTimeField("수령 시각", null=True, blank=True)
    received_source = _source("수령")

    email_hash = models.CharField("이메일 해시", max_length=120, blank=True)
    mobile_hash = models.CharField("휴대전화 해시", max_length=120, blank=True)
    notice_encrypted = models.TextField("암호화된 알림 주소", blank=True)

    imported_at = models.DateTimeField("들어온 시각")
    changed_at = models.DateTimeField("바뀐 시각")

    objects = OrderLineQuerySet.as_manager()

    class Meta:
        verbose_name = "주문 품목"
        verbose_name_plural = "주문 품목"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["marketplace", "order_number", "line_number"],
                name="refunds_orderline_once_a_marketplace",
                violation_error_message="이 마켓플레이스에는 같은 주문의 같은 품목이 이미 있습니다.",
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=1),
                name="refunds_orderline_has_pieces",
                violation_error_message="수량은 1 이상이어야 합니다.",
            ),
            models.CheckConstraint(
                condition=Q(**{f"{name}__gte": 0 for name in _AMOUNTS}),
                name="refunds_orderline_amounts_not_negative",
                violation_error_message="금액은 0보다 작을 수 없습니다.",
            ),
            models.CheckConstraint(
                condition=Q(
                    paid_minor=F("goods_minor")
                    - F("discount_seller_minor")
                    - F("discount_marketplace_minor")
                    - F("discount_other_minor")
                    + F("shipping_minor")
                ),
                name="refunds_orderline_paid_adds_up",
                violation_error_message="결제 금액은 상품 금액에서 할인을 빼고 배송비를 더한 것과 같아야 합니다.",
            ),
            models.CheckConstraint(
                condition=Q(refunded_minor__lte=F("paid_minor")),
                name="refunds_orderline_refunded_within_paid",
                violation_error_message="환급한 금액은 결제 금액보다 클 수 없습니다.",
            ),
            models.CheckConstraint(
                condition=Q(returned_quantity__lte=F("quantity")),
                name="refunds_orderline_returned_within_bought",
                violation_error_message="돌려받은 수량은 산 수량보다 클 수 없습니다.",
            ),
            models.CheckConstraint(
                condition=Q(ordered_source__in=TimeSource.values),
                name="refunds_orderline_ordered_has_source",
                violation_error_message="주문 시각에는 출처가 있어야 합니다.",
            ),
            models.CheckConstraint(
                condition=_with_its_source("paid"),
                name="refunds_orderline_paid_has_source",
                violation_error_message="결제 시각에는 출처가 있어야 합니다.",
            ),
            models.CheckConstraint(
                condition=_with_its_source("shipped"),
                name="refunds_orderline_shipped_has_source",
                violation_error_message="발송 시각에는 출처가 있어야 합니다.",
            ),
            models.CheckConstraint(
                condition=_with_its_source("received"),
                name="refunds_orderline_received_has_source",
                violation_error_message="수령 시각에는 출처가 있어야 합니다.",
            ),
            models.CheckConstraint(
                # A hash reads "key:hex", an encrypted text begins with its version; no contact does either.
                condition=(Q(email_hash="") | Q(email_hash__contains=":") & ~Q(email_hash__contains="@"))
                & (Q(mobile_hash="") | Q(mobile_hash__contains=":"))
                & (Q(notice_encrypted="") | Q(notice_encrypted__startswith="gAAAA")),
                name="refunds_orderline_contacts_not_in_plain",
                violation_error_message="연락처는 해시나 암호문으로만 저장합니다.",
            ),
        ]
        indexes = [
            models.Index(fields=["marketplace", "order_key"], name="refunds_orderline_order"),
            models.Index(fields=["marketplace", "changed_at", "id"], name="refunds_orderline_changed"),
            models.Index(fields=["email_hash"], name="refunds_orderline_email", condition=~Q(email_hash="")),
            models.Index(fields=["mobile_hash"], name="refunds_orderline_mobile", condition=~Q(mobile_hash="")),
            models.Index(
                fields=["marketplace", "listing_external_id"],
                name="refunds_orderline_no_listing",
                condition=Q(listing__isnull=True),
            ),
            models.Index(
                fields=["marketplace", "seller_external_id"],
                name="refunds_orderline_no_seller",
                condition=Q(seller__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_number} / {self.line_number}"

    @property
    def is_notified_by_marketplace(self) -> bool:
        """Nobody gave an address for notices: they go by the marketplace's webhook, which tells its user."""
        return not self.notice_encrypted


class OrderLineCorrection(AppendOnly, ActedOn):
    """That facts of a purchase were told wrongly at first: what stood there, what stands there now, and why."""

    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="corrections", verbose_name="주문 품목")
    number = models.PositiveIntegerField("순번")
    reason = models.CharField("정정 사유", max_length=300)
    before = models.JSONField("이전")
    after = models.JSONField("이후")
    corrected_at = models.DateTimeField("정정 시각")

    class Meta:
        verbose_name = "주문 정정"
        verbose_name_plural = "주문 정정"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["line", "number"],
                name="refunds_orderlinecorrection_one_a_number",
                violation_error_message="이 품목에는 같은 순번의 정정이 이미 있습니다.",
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="refunds_orderlinecorrection_has_reason",
                violation_error_message="정정에는 사유가 있어야 합니다.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line} 정정 {self.number}"
