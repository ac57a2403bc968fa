"""What an order line looks like on its way in and out. A buyer's contact comes in and never goes out."""

from typing import Any, Final

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.bulk import Items
from accounts.api.fields import Currency, Input, Line, MinorAmount, Moment, Text, WholeNumber, YesNo
from accounts.api.paging import page_of
from accounts.api.problems import said
from core.contacts import ContactRefused, normalise_email, normalise_mobile
from core.korean import normalise_text
from refunds.choices import DeliveryKind, OrderStatus, TimeSource
from refunds.models import OrderLine
from refunds.records import AmountsRecord, BuyerRecord, OrderLineRecord, SaidTime
from refunds.rules import MOST_PIECES

STATUSES: Final = OrderStatus.values
SOURCES: Final = TimeSource.values
#: Whose word goes without saying: the marketplace's own order and payment.
_USUAL: Final = {"ordered": TimeSource.MARKETPLACE, "paid": TimeSource.MARKETPLACE}
_TIMES: Final = ("ordered", "paid", "shipped", "received")
_LONGEST_CONTACT: Final = 254


def one_spelling(text: str) -> str:
    """A text of one line as files are read: the same number is the same line, however it came in."""
    return " ".join(normalise_text(text).split())


class Name(Line):
    """Text of one line in one spelling."""

    def to_internal_value(self, data: Any) -> str:
        text = one_spelling(super().to_internal_value(data))
        if not text and not self.allow_blank:
            self.fail("blank")
        return text


class Contact(Text):
    """A contact in one spelling. What is none is refused without being quoted: answers are kept, and logged."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=_LONGEST_CONTACT, required=False, **options)

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        try:
            return self.read(text)
        except ContactRefused as refusal:
            raise serializers.ValidationError([said("invalid_contact", en=self.wanted, ko=refusal.action)]) from None

    wanted = ""

    def read(self, text: str) -> str:
        raise NotImplementedError


@extend_schema_field({"type": "string", "format": "email", "maxLength": _LONGEST_CONTACT})
class EmailContact(Contact):
    wanted = "An e-mail address reads name@example.com."

    def read(self, text: str) -> str:
        return normalise_email(text)


@extend_schema_field({"type": "string", "maxLength": _LONGEST_CONTACT, "example": "010-1234-5678"})
class MobileContact(Contact):
    wanted = "A number reads 010-1234-5678, or +86 138 0013 8000 with its country."

    def read(self, text: str) -> str:
        return normalise_mobile(text)


@extend_schema_field({"type": "string", "maxLength": _LONGEST_CONTACT, "example": "relay-17@market.example"})
class NoticeAddress(Contact):
    wanted = "An e-mail address or a mobile number."

    def read(self, text: str) -> str:
        return normalise_email(text) if "@" in text else normalise_mobile(text)


class BuyerInput(Input):
    """Who bought it. E-mail and mobile are hashed at once with a key of the portal's own and kept in no other form.

    ``notice_address`` alone is kept, encrypted, so that notices can go out; without it they go by the webhook
    ``notify``, and the marketplace passes them on.
    """

    email = EmailContact()
    mobile = MobileContact()
    notice_address = NoticeAddress(help_text="Where notices go; may be a relay of the marketplace's.")
    notify_by_marketplace = YesNo(
        required=False, default=False, help_text="Takes away a notice address that was told earlier."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["notify_by_marketplace"] and "notice_address" in attrs:
            refusal = said(
                "one_of",
                en="Give notice_address or notify_by_marketplace, one of them.",
                ko="notice_address와 notify_by_marketplace 가운데 하나만 적어 주세요.",
            )
            raise serializers.ValidationError({"notice_address": [refusal]})
        return attrs


class DiscountsInput(Input):
    """Coupons and discounts by who carried them; ``other`` where that is not known, or was a card company."""

    seller_minor = MinorAmount(required=False, default=0)
    marketplace_minor = MinorAmount(required=False, default=0)
    other_minor = MinorAmount(required=False, default=0)


def _source() -> serializers.ChoiceField:
    return serializers.ChoiceField(choices=SOURCES, required=False)


class OrderLineInput(Input):
    """One line of an order. Amounts are of the whole line, all its pieces together, in the currency's minor unit.

    ``paid_minor`` is goods less discounts plus shipping, points and gift cards included: what "100% back" means. The
    marketplace allots an order's shipping and coupons to its lines. What is left out stays as it is.
    """

    order = Name(max_length=100, help_text="The marketplace's own number of the order.")
    line = Name(max_length=100, help_text="The marketplace's own number of the line in the order.")
    listing = Name(max_length=100, help_text="The listing's number; it may come in later than the order.")
    seller = Name(max_length=100, help_text="The seller's number; it may come in later too.")
    title = Name(max_length=500, help_text="What the item was called when it was bought.")
    option = Name(required=False, allow_blank=True, max_length=500, default="", help_text="Nothing that a buyer typed.")
    quantity = WholeNumber(min_value=1, max_value=MOST_PIECES)
    currency = Currency()
    goods_minor = MinorAmount(help_text="All pieces, before any discount.")
    discounts = DiscountsInput(required=False)
    shipping_minor = MinorAmount(required=False, default=0, help_text="What was really paid beside the goods.")
    paid_minor = MinorAmount()
    refunded_minor = MinorAmount(required=False, help_text="What the marketplace has given back by itself, in all.")
    returned_quantity = WholeNumber(required=False, min_value=0, max_value=MOST_PIECES)
    ordered_at = Moment()
    ordered_source = _source()
    paid_at = Moment(required=False)
    paid_source = _source()
    shipped_at = Moment(required=False)
    shipped_source = _source()
    received_at = Moment(required=False, help_text="Never a plan: refund windows are counted from it.")
    received_source = _source()
    delivery = serializers.ChoiceField(choices=DeliveryKind.values, required=False)
    status = serializers.ChoiceField(choices=STATUSES, required=False)
    buyer = BuyerInput(required=False)
    correction = Name(
        required=False, max_length=300, help_text="Why facts of the purchase differ from what was told before."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        faults = {
            f"{name}_source": [_no_source(name)]
            for name in _TIMES
            if f"{name}_at" in attrs and f"{name}_source" not in attrs and name not in _USUAL
        }
        if faults:
            raise serializers.ValidationError(faults)
        return attrs


def _no_source(name: str) -> Any:
    return said(
        "required",
        en=f"A time needs its source: who says {name}_at?",
        ko=f"누가 알려 준 시각인지 {name}_source에 적어 주세요.",
    )


class OrderLinesInput(Input):
    items = Items(OrderLineInput)


class DiscountsShown(serializers.Serializer[Any]):
    seller_minor = serializers.IntegerField(source="discount_seller_minor")
    marketplace_minor = serializers.IntegerField(source="discount_marketplace_minor")
    other_minor = serializers.IntegerField(source="discount_other_minor")


class BuyerShown(serializers.Serializer[Any]):
    """Whether there is a contact; never which."""

    has_email = serializers.BooleanField(source="email_hash")
    has_mobile = serializers.BooleanField(source="mobile_hash")
    notify_by_marketplace = serializers.BooleanField(source="is_notified_by_marketplace")


def _source_shown() -> serializers.ChoiceField:
    return serializers.ChoiceField(choices=SOURCES, allow_blank=True)


class OrderLineShown(serializers.Serializer[Any]):
    """An order line as the portal holds it now. ``id`` is the portal's own number of it."""

    id = serializers.CharField(source="pk")
    order = serializers.CharField(source="order_number")
    line = serializers.CharField(source="line_number")
    listing = serializers.CharField(source="listing_external_id")
    seller = serializers.CharField(source="seller_external_id")
    title = serializers.CharField()
    option = serializers.CharField(source="option_text", allow_blank=True)
    quantity = serializers.IntegerField()
    currency = serializers.CharField()
    goods_minor = serializers.IntegerField()
    discounts = DiscountsShown(source="*")
    shipping_minor = serializers.IntegerField()
    paid_minor = serializers.IntegerField()
    refunded_minor = serializers.IntegerField()
    returned_quantity = serializers.IntegerField()
    ordered_at = Moment()
    ordered_source = _source_shown()
    paid_at = Moment(allow_null=True)
    paid_source = _source_shown()
    shipped_at = Moment(allow_null=True)
    shipped_source = _source_shown()
    received_at = Moment(allow_null=True)
    received_source = _source_shown()
    delivery = serializers.ChoiceField(choices=DeliveryKind.values)
    status = serializers.ChoiceField(choices=STATUSES)
    buyer = BuyerShown(source="*")
    changed_at = Moment()


OrderLinePage = page_of(OrderLineShown)


def shown(line: OrderLine) -> dict[str, Any]:
    return dict(OrderLineShown(line).data)


def order_line_record(given: dict[str, Any]) -> OrderLineRecord:
    """What a checked ``OrderLineInput`` says."""
    return OrderLineRecord(
        order_number=given["order"],
        line_number=given["line"],
        listing_external_id=given["listing"],
        seller_external_id=given["seller"],
        title=given["title"],
        option_text=given["option"],
        quantity=given["quantity"],
        currency=given["currency"],
        amounts=_amounts(given),
        ordered=_time(given, "ordered"),
        paid=_time(given, "paid") if "paid_at" in given else None,
        shipped=_time(given, "shipped") if "shipped_at" in given else None,
        received=_time(given, "received") if "received_at" in given else None,
        delivery=DeliveryKind(given["delivery"]) if "delivery" in given else None,
        status=OrderStatus(given["status"]) if "status" in given else None,
        returned_quantity=given.get("returned_quantity"),
        refunded_minor=given.get("refunded_minor"),
        buyer=BuyerRecord(**given.get("buyer", {})),
        correction=given.get("correction", ""),
    )


def _amounts(given: dict[str, Any]) -> AmountsRecord:
    discounts = given.get("discounts", {})
    return AmountsRecord(
        goods_minor=given["goods_minor"],
        paid_minor=given["paid_minor"],
        shipping_minor=given["shipping_minor"],
        discount_seller_minor=discounts.get("seller_minor", 0),
        discount_marketplace_minor=discounts.get("marketplace_minor", 0),
        discount_other_minor=discounts.get("other_minor", 0),
    )


def _time(given: dict[str, Any], name: str) -> SaidTime:
    source = given[f"{name}_source"] if f"{name}_source" in given else _USUAL[name]
    return SaidTime(given[f"{name}_at"], TimeSource(source))
