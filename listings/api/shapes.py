"""What a listing looks like on its way in and out."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.bulk import Items
from accounts.api.fields import Currency, Input, Line, MinorAmount, Moment, Text, WebAddress, WholeNumber
from accounts.api.paging import page_of
from accounts.api.problems import said
from listings.choices import ArrivalStatus, Restriction
from listings.models import Listing, ListingVersion
from listings.records import ListingRecord
from sellers.api import SellerInput

ARRIVALS = ArrivalStatus.values
#: [ours] Marketplaces allow ten to thirty.
MOST_IMAGES = 100
#: [ours] The longest descriptions of open markets are pictures; in words none comes near this.
MOST_DESCRIPTION = 50_000
MOST_SOLD = 10**12


@extend_schema_field({"type": "string", "pattern": "^[0-9a-f]{64}$"})
class Sha256(Text):
    """The digest that ``POST /pictures`` answered with."""

    def to_internal_value(self, data: Any) -> str:
        digest = super().to_internal_value(data)
        if len(digest) != 64 or set(digest) - set("0123456789abcdef"):
            refusal = said("invalid_digest", en="64 hexadecimal digits in lower case.", ko="소문자 16진수 64자입니다.")
            raise serializers.ValidationError([refusal])
        return digest


class ImageInput(Input):
    """A picture: by the digest of one that was sent, or by its address, from which the portal fetches it."""

    sha256 = Sha256(required=False)
    url = WebAddress(required=False, max_length=2000)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) != 1:
            refusal = said(
                "one_of", en="Give sha256 or url, one of them.", ko="sha256과 url 가운데 하나만 적어 주세요."
            )
            raise serializers.ValidationError([refusal])
        return attrs


class ListingInput(Input):
    """A listing as the marketplace shows it. ``price_minor`` counts the currency's minor unit."""

    id = Line(max_length=100, help_text="The marketplace's own number of the listing.")
    url = WebAddress(max_length=1000, help_text="Where a buyer sees it.")
    title = Line(max_length=500)
    description = Text(required=False, allow_blank=True, max_length=MOST_DESCRIPTION, default="")
    category = Text(required=False, allow_blank=True, max_length=200, default="")
    price_minor = MinorAmount(help_text="12900 for 12,900 won, 1290 for 12.90 dollars.")
    currency = Currency()
    posted_at = Moment(required=False)
    sold_count = WholeNumber(required=False, min_value=0, max_value=MOST_SOLD)
    seller = SellerInput()
    images = serializers.ListField(child=ImageInput(), required=False, max_length=MOST_IMAGES, default=list)


class ListingsInput(Input):
    items = Items(ListingInput)


class ListingShown(serializers.Serializer[Any]):
    """A listing as the portal holds it now."""

    id = serializers.CharField(source="external_id")
    url = serializers.CharField(allow_blank=True)
    seller = serializers.CharField(source="seller.external_id")
    title = serializers.CharField(source="current_version.title", default="", allow_blank=True)
    category = serializers.CharField(source="current_version.category", default="", allow_blank=True)
    price_minor = serializers.IntegerField(source="current_version.price_minor", default=None, allow_null=True)
    currency = serializers.CharField(source="current_version.currency", default=None, allow_null=True)
    version = serializers.IntegerField(source="current_version.number", default=None, allow_null=True)
    images = serializers.SerializerMethodField()
    restriction = serializers.ChoiceField(choices=Restriction.values)
    restricted_at = Moment(allow_null=True)
    changed_at = Moment()

    @extend_schema_field({"type": "array", "items": {"type": "string"}, "description": "Their SHA-256, in order."})
    def get_images(self, listing: Listing) -> list[str]:
        version: ListingVersion | None = listing.current_version
        return [] if version is None else [image.file.sha256 for image in version.images.all()]


ListingPage = page_of(ListingShown)


class PictureShown(serializers.Serializer[Any]):
    """A picture that is kept."""

    sha256 = serializers.CharField()
    media_type = serializers.CharField()
    size = serializers.IntegerField()
    width = serializers.IntegerField(allow_null=True)
    height = serializers.IntegerField(allow_null=True)


class MissingShown(serializers.Serializer[Any]):
    """A picture that could not be had."""

    position = serializers.IntegerField(help_text="Its place among the listing's pictures, from 0.")
    address = serializers.CharField()
    code = serializers.CharField()
    reason = serializers.CharField(help_text="In Korean.")


class WhyGivenUp(serializers.Serializer[Any]):
    code = serializers.CharField()
    reason = serializers.CharField(help_text="In Korean.")


class ArrivalShown(serializers.Serializer[Any]):
    """A listing on its way in (``listings.arrivals.arrival_state``)."""

    id = serializers.IntegerField()
    listing = serializers.CharField()
    status = serializers.ChoiceField(choices=ARRIVALS)
    told_at = Moment()
    settled_at = Moment(allow_null=True)
    version = serializers.IntegerField(allow_null=True)
    superseded_by = serializers.IntegerField(allow_null=True, help_text="The arrival that came in its place.")
    problem = WhyGivenUp(allow_null=True)
    pictures = serializers.DictField(child=serializers.IntegerField(), help_text="How many, and how many stand how.")
    missing = MissingShown(many=True)


def listing_record(given: dict[str, Any]) -> ListingRecord:
    """What a checked ``ListingInput`` says of the listing itself."""
    return ListingRecord(
        external_id=given["id"],
        url=given["url"],
        title=given["title"],
        description=given["description"],
        category=given["category"],
        price_minor=given["price_minor"],
        currency=given["currency"],
        posted_at=given.get("posted_at"),
        sold_count=given.get("sold_count"),
    )
