"""``/api/v1/listings/screen``: a listing before it is published."""

import base64
import binascii
from typing import Any, Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.bodies import unusable_texts
from accounts.api.faults import checked
from accounts.api.fields import Currency, Input, Line, MinorAmount, Text
from accounts.api.problems import Problem, said
from accounts.api.scopes import Scope
from accounts.api.views import ApiView, posted
from core.connections import without_waiting
from listings.api.shapes import MOST_DESCRIPTION, MOST_IMAGES, Sha256
from listings.choices import Verdict
from listings.preflight import GivenPicture, PictureState, screen_unpublished
from listings.records import ListingRecord

VERDICTS: Final = Verdict.values
STATES: Final = [state.value for state in PictureState]
HELP_KINDS: Final = ["document", "change", "contact"]


@extend_schema_field({"type": "string", "format": "byte", "contentEncoding": "base64", "minLength": 4})
class Base64(serializers.Field[bytes, Any, str, bytes]):
    """Bytes, as JSON can carry them: base64 with its padding, without line breaks.

    No field of text: those look at each sign of it in turn, which takes longer than the engine.
    """

    def to_internal_value(self, data: Any) -> bytes:
        try:
            found = base64.b64decode(data, validate=True) if isinstance(data, str) else b""
        except (binascii.Error, ValueError):
            found = b""
        if not found:
            refusal = said("invalid_base64", en="Base64 of the picture's file.", ko="사진 파일을 base64로 적어 주세요.")
            raise serializers.ValidationError([refusal])
        return found


@extend_schema_field({"description": "Not looked at here."})
class Ignored(serializers.Field[None, Any, None, Any]):
    """What publishing needs and screening does not, whatever it is: the same object may be sent to both."""

    def __init__(self) -> None:
        super().__init__(required=False)


class ScreenImageInput(Input):
    """A picture: by the digest of one that was sent, by its bytes, or by its address, which is not fetched here."""

    sha256 = Sha256(required=False)
    content = Base64(required=False)
    url = Line(required=False, max_length=2000)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) != 1:
            english, korean = "Give one of sha256, content, url.", "sha256, content, url 가운데 하나만 적어 주세요."
            raise serializers.ValidationError([said("one_of", en=english, ko=korean)])
        return attrs


class OneOfThem(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]  # the package's own way to register
    """That exactly one is given, in the description."""

    target_class = "listings.api.screen.ScreenImageInput"

    def map_serializer(self, auto_schema: AutoSchema, direction: Any) -> dict[str, Any]:
        found: dict[str, Any] = auto_schema._map_serializer(  # type: ignore[no-untyped-call]  # the same
            self.target, direction, bypass_extensions=True
        )
        return found | {"minProperties": 1, "maxProperties": 1}


class ScreenSellerInput(Input):
    """The shop. Only its number is looked at."""

    id = Line(max_length=100, help_text="The marketplace's own number of the shop.")
    name = Ignored()
    email = Ignored()
    language = Ignored()
    time_zone = Ignored()
    opened_on = Ignored()


class ScreenInput(Input):
    """A listing as it would be published: the object of ``POST /listings``, of which less is needed."""

    id = Line(required=False, max_length=100, help_text="The marketplace's own number, where it has one already.")
    title = Line(max_length=500)
    description = Text(required=False, allow_blank=True, max_length=MOST_DESCRIPTION, default="")
    category = Text(required=False, allow_blank=True, max_length=200, default="")
    price_minor = MinorAmount(help_text="12900 for 12,900 won, 1290 for 12.90 dollars.")
    currency = Currency()
    seller = ScreenSellerInput()
    images = serializers.ListField(child=ScreenImageInput(), required=False, max_length=MOST_IMAGES, default=list)
    url = Ignored()
    posted_at = Ignored()
    sold_count = Ignored()


# -- what is answered, for the description ----------------------------------------------------------------------------


class Said(serializers.Serializer[Any]):
    """The same in both languages."""

    ko = serializers.CharField()
    en = serializers.CharField()


class ScreenReason(Said):
    """Why. ``code`` is stable; ``where``: the picture's position, or field, start, end and the words found."""

    code = serializers.CharField()
    score = serializers.FloatField(allow_null=True)
    where = serializers.DictField(allow_null=True)


class ScreenBrand(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()


class ScreenFinding(serializers.Serializer[Any]):
    """What speaks for one brand; ``brand`` is null where a confirmed counterfeit is of none that is known."""

    brand = ScreenBrand(allow_null=True)
    verdict = serializers.ChoiceField(choices=VERDICTS)
    score = serializers.FloatField()
    reasons = ScreenReason(many=True)


class ScreenHelp(Said):
    """What would help: a document (one of them is enough), a change of the listing, or an objection."""

    code = serializers.CharField()
    kind = serializers.ChoiceField(choices=HELP_KINDS)


class ScreenSendTo(Said):
    """Where to send it."""

    email = serializers.CharField()
    phone = serializers.CharField()


class ScreenPicture(serializers.Serializer[Any]):
    """What became of a picture; only ``compared`` ones are part of the verdict."""

    position = serializers.IntegerField()
    sha256 = serializers.CharField(allow_null=True)
    state = serializers.ChoiceField(choices=STATES)


class ScreenEngine(serializers.Serializer[Any]):
    version = serializers.CharField()
    material = serializers.CharField()


class ScreenAnswer(serializers.Serializer[Any]):
    """``stop`` means held: do not publish yet. ``id`` is what to name when asking about the answer."""

    id = serializers.CharField()
    verdict = serializers.ChoiceField(choices=VERDICTS)
    message = Said()
    complete = serializers.BooleanField(help_text="Whether every picture was compared.")
    findings = ScreenFinding(many=True)
    help = ScreenHelp(many=True)
    send_to = ScreenSendTo(allow_null=True)
    pictures = ScreenPicture(many=True)
    engine = ScreenEngine()
    screened_at = serializers.DateTimeField()


class ScreenListing(ApiView):
    tag = "Listings"
    scopes = {"POST": Scope.LISTINGS_SCREEN}
    throttle_kind = "screen"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Without waiting for the disk at the count, the key, the answer: it can be asked again. A hold waits."""
        with without_waiting():
            return super().dispatch(request, *args, **kwargs)

    @extend_schema(operation_id="listings_screen", request=ScreenInput, responses=ScreenAnswer)
    @posted
    def post(self, request: Request) -> Response:  # noqa: ARG002 - DRF's signature
        """Ask before a listing is published: ``pass``, ``review`` or ``stop``, with reasons and what would help.

        Nothing of the listing is brought in. Used goods, compatible parts and names that only describe are reviewed and
        never stopped.
        """
        document = _looked_at(self.document())
        faults = unusable_texts(document)
        if faults:
            raise Problem("validation_failed", faults=faults)
        said_of = checked(ScreenInput(data=document))
        answer = screen_unpublished(
            _record(said_of),
            marketplace=self.marketplace,
            seller_external_id=said_of["seller"]["id"],
            pictures=[_picture(each, place) for place, each in enumerate(said_of["images"], start=1)],
            client=self.caller.client.name,
            actor=self.actor,
        )
        return Response(answer.as_json())


def _looked_at(document: dict[str, Any]) -> dict[str, Any]:
    """The document without what screening does not look at."""
    kept = {name: value for name, value in document.items() if name not in _IGNORED}
    if isinstance(seller := kept.get("seller"), dict):
        kept["seller"] = {name: value for name, value in seller.items() if name not in _IGNORED_OF_SELLER}
    return kept


def _ignored(shape: type[Input]) -> frozenset[str]:
    return frozenset(name for name, field in shape().fields.items() if isinstance(field, Ignored))


_IGNORED: Final = _ignored(ScreenInput)
_IGNORED_OF_SELLER: Final = _ignored(ScreenSellerInput)


def _record(given: dict[str, Any]) -> ListingRecord:
    return ListingRecord(
        external_id=given.get("id", ""),
        url="",
        title=given["title"],
        description=given["description"],
        category=given["category"],
        price_minor=given["price_minor"],
        currency=given["currency"],
    )


def _picture(given: dict[str, Any], place: int) -> GivenPicture:
    return GivenPicture(
        data=given.get("content", b""),
        sha256=given.get("sha256", ""),
        address=given.get("url", ""),
        name=f"사진 {place}",
    )
