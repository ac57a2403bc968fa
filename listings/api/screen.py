"""``/api/v1/listings/screen``: a listing before it is published."""

import base64
import binascii
from typing import Any, Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.faults import checked
from accounts.api.fields import Line, Text, WebAddress
from accounts.api.problems import said
from accounts.api.scopes import Scope
from accounts.api.views import ApiView, posted
from core.connections import without_waiting
from listings.api.shapes import MOST_IMAGES, ImageInput, ListingInput
from listings.choices import Verdict
from listings.preflight import GivenPicture, PictureState, screen_unpublished
from listings.records import ListingRecord
from sellers.api import SellerInput

VERDICTS: Final = Verdict.values
STATES: Final = [state.value for state in PictureState]
HELP_KINDS: Final = ["document", "change", "contact"]


@extend_schema_field({"type": "string", "contentEncoding": "base64", "minLength": 4})
class Base64(Text):
    """Bytes, as JSON can carry them: base64 with its padding, without line breaks."""

    def to_internal_value(self, data: Any) -> bytes:  # type: ignore[override]  # text in, bytes out
        text = super().to_internal_value(data)
        try:
            return base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            refusal = said("invalid_base64", en="Base64 of the picture's file.", ko="사진 파일을 base64로 적어 주세요.")
            raise serializers.ValidationError([refusal]) from None


class ScreenImageInput(ImageInput):
    """A picture: by the digest of one that was sent, by its bytes, or by its address, which is not fetched here."""

    content = Base64(required=False, trim_whitespace=False)


class ScreenSellerInput(SellerInput):
    """The shop. Only its number is looked at."""

    name = Line(required=False, max_length=200)


class ScreenInput(ListingInput):
    """A listing as it would be published: the object of ``POST /listings``, of which less is needed."""

    id = Line(required=False, max_length=100, help_text="The marketplace's own number, where it has one already.")
    url = WebAddress(required=False, max_length=1000)
    seller = ScreenSellerInput()
    images = serializers.ListField(child=ScreenImageInput(), required=False, max_length=MOST_IMAGES, default=list)


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
        said_of = checked(ScreenInput(data=self.clean_document()))
        answer = screen_unpublished(
            _record(said_of),
            marketplace=self.marketplace,
            seller_external_id=said_of["seller"]["id"],
            pictures=[_picture(each, place) for place, each in enumerate(said_of["images"], start=1)],
            client=self.caller.client.name,
            actor=self.actor,
        )
        return Response(answer.as_json())


def _record(given: dict[str, Any]) -> ListingRecord:
    return ListingRecord(
        external_id=given.get("id", ""),
        url=given.get("url", ""),
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
