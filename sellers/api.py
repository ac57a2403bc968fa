"""Sellers over the API: brought in many at a time, read back, followed by what changed."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final
from zoneinfo import available_timezones

from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.bulk import BulkAnswer, Items, bring_all, read_items
from accounts.api.fields import Day, Input, Line, Moment, Text
from accounts.api.paging import page, page_of
from accounts.api.problems import said
from accounts.api.scopes import Scope
from accounts.api.views import ApiView, posted
from sellers.choices import SellerLanguage
from sellers.models import Seller
from sellers.records import SellerRecord
from sellers.services import confirm_waiting_authorisations, upsert_seller

_LANGUAGES: Final = [language.value for language in SellerLanguage]


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())


@extend_schema_field({"type": "string", "maxLength": 50, "example": "Asia/Shanghai"})
class TimeZone(Text):
    """A time zone of the IANA database."""

    def to_internal_value(self, data: Any) -> str:
        name = super().to_internal_value(data)
        if name not in _time_zones():
            refusal = said("unknown_time_zone", en="A name such as Asia/Shanghai.", ko="Asia/Shanghai처럼 적어 주세요.")
            raise serializers.ValidationError([refusal])
        return name


class Language(serializers.ChoiceField):
    """The language in which the seller is written to."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=_LANGUAGES, **options)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid_choice", input=str(data)[:20])
        return str(super().to_internal_value(data))


class SellerInput(Input):
    """A shop. What is left out stays as it is."""

    id = Line(max_length=100, help_text="The marketplace's own number of the shop.")
    name = Line(max_length=200)
    email = serializers.EmailField(required=False, max_length=254, help_text="Where notices and codes go.")
    language = Language(required=False)
    time_zone = TimeZone(required=False)
    opened_on = Day(required=False)


class SellersInput(Input):
    items = Items(SellerInput)


class SellerShown(serializers.Serializer[Any]):
    """A shop as the portal knows it. Its contact stays where it is."""

    id = serializers.CharField(source="external_id")
    name = serializers.CharField(source="shop_name")
    language = serializers.CharField()
    time_zone = serializers.CharField()
    opened_on = serializers.DateField(allow_null=True)
    has_email = serializers.SerializerMethodField()
    changed_at = Moment(source="updated_at")

    def get_has_email(self, seller: Seller) -> bool:
        return bool(seller.email)


SellerPage = page_of(SellerShown)


class Sellers(ApiView):
    tag = "Sellers"
    scopes = {"GET": Scope.SELLERS_READ, "POST": Scope.SELLERS_WRITE}
    has_pages = True

    @extend_schema(operation_id="sellers_list", responses=SellerPage)
    def get(self, request: Request) -> Response:
        """Sellers, oldest change first."""
        rows = Seller.objects.filter(marketplace=self.marketplace)
        found = page(rows, request, changed_at="updated_at")
        return Response(found.as_json(lambda seller: dict(SellerShown(seller).data)))

    @extend_schema(operation_id="sellers_upsert", request=SellersInput, responses=BulkAnswer)
    @posted
    def post(self, request: Request) -> Response:  # noqa: ARG002 - DRF's signature
        """Bring in up to 1,000 sellers.

        Each item has a result of its own; the same seller again changes nothing.
        """
        answer = bring_all(read_items(self.document()), SellerInput, self._bring)
        confirm_waiting_authorisations(marketplace=self.marketplace, actor=self.actor)
        return answer

    def _bring(self, said: dict[str, Any]) -> Mapping[str, Any]:
        result = upsert_seller(seller_record(said), marketplace=self.marketplace, actor=self.actor)
        return {"outcome": result.change.value}


class OneSeller(ApiView):
    tag = "Sellers"
    scopes = {"GET": Scope.SELLERS_READ}

    @extend_schema(operation_id="sellers_get", responses=SellerShown)
    def get(self, request: Request, seller_id: str) -> Response:  # noqa: ARG002 - DRF's signature
        """One seller, by the marketplace's own number."""
        seller = Seller.objects.filter(marketplace=self.marketplace, external_id=seller_id).first()
        if seller is None:
            raise Http404
        return Response(SellerShown(seller).data)


def seller_record(said: Mapping[str, Any]) -> SellerRecord:
    """What a checked ``SellerInput`` says."""
    language = said.get("language")
    return SellerRecord(
        external_id=said["id"],
        shop_name=said["name"],
        email=said.get("email"),
        language=SellerLanguage(language) if language is not None else None,
        time_zone=said.get("time_zone"),
        opened_on=said.get("opened_on"),
    )
