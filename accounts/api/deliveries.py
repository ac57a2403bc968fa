"""Webhooks as their own marketplace reads them: addresses, every delivery with its attempts, sent again, tried out.

A body is shown as it was sent, but for what is one user's own key: not every program of a marketplace may read that.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import deliveries, events
from accounts.api.faults import checked
from accounts.api.fields import Input, Moment, WholeNumber
from accounts.api.paging import page, page_of
from accounts.api.problems import Fault, Problem
from accounts.api.scopes import Scope
from accounts.api.views import ApiView, posted
from accounts.deliveries import Choice
from accounts.models import WebhookEndpoint
from accounts.webhooks import webhook_id_of
from core.choices import AttemptOutcome, OutboxStatus
from core.models import OutboxMessage

TYPES: Final = [each.type for each in events.EVENTS]
STATUSES: Final = OutboxStatus.values
_MOST_ATTEMPTS: Final = 50
_LARGEST: Final = 2**63
_NUMBER: Final = re.compile(r"-?[0-9]{1,40}")


class EndpointShown(serializers.Serializer[Any]):
    """An address at which the marketplace is told. The portal's staff set them up."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    url = serializers.CharField()
    carries_effects = serializers.BooleanField()
    events = serializers.ListField(child=serializers.CharField())
    is_active = serializers.BooleanField()
    failing_since = Moment(allow_null=True)


class EndpointsShown(serializers.Serializer[Any]):
    endpoints = EndpointShown(many=True)


class DeliveryShown(serializers.Serializer[Any]):
    """One webhook to one address. ``next_attempt_at`` only while it waits."""

    id = serializers.IntegerField()
    webhook_id = serializers.CharField()
    type = serializers.CharField(help_text="A type of `GET /events`, or one of an earlier release.")
    endpoint = serializers.IntegerField(allow_null=True)
    status = serializers.ChoiceField(choices=STATUSES)
    attempt_count = serializers.IntegerField()
    created_at = Moment()
    next_attempt_at = Moment(allow_null=True)
    expires_at = Moment(allow_null=True)
    delivered_at = Moment(allow_null=True)


class AttemptShown(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    started_at = Moment()
    duration_ms = serializers.IntegerField(allow_null=True)
    outcome = serializers.ChoiceField(choices=AttemptOutcome.values)
    status_code = serializers.IntegerField(allow_null=True)
    answer = serializers.CharField(
        source="said", allow_blank=True, help_text="The beginning, without names and numbers."
    )


class WholeDeliveryShown(DeliveryShown):
    """The same with what was sent, and how each delivery of the last 90 days went, newest first."""

    headers = serializers.DictField(child=serializers.CharField(), help_text="Signatures are left out.")
    body = serializers.CharField(help_text="As it was sent, but for what is one user's own.")
    attempts = AttemptShown(many=True)


DeliveryPage = page_of(DeliveryShown)


class EventShown(serializers.Serializer[Any]):
    type = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    is_confirmed = serializers.BooleanField(help_text="Whether it is in force only once you confirm it.")
    is_chosen = serializers.BooleanField(help_text="Whether an address gets it by subscribing.")
    is_task = serializers.BooleanField(help_text="Whether only one address gets it.")
    answers = serializers.ListField(child=serializers.CharField())
    example = serializers.DictField()


class AnswerShown(serializers.Serializer[Any]):
    type = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    fields_of_data = serializers.DictField(child=serializers.CharField())
    example = serializers.DictField()


class CatalogueShown(serializers.Serializer[Any]):
    events = EventShown(many=True)
    answers = AnswerShown(many=True)


class TestInput(Input):
    endpoint = WholeNumber(
        required=False, min_value=1, max_value=_LARGEST - 1, help_text="An address; without it the one for effects."
    )


class NothingInput(Input):
    """An empty object."""


class Endpoints(ApiView):
    tag = "Webhooks"
    scopes = {"GET": Scope.WEBHOOKS_READ}

    @extend_schema(operation_id="webhooks_endpoints", responses=EndpointsShown)
    def get(self, request: Request) -> Response:  # noqa: ARG002 - DRF's signature
        """The addresses at which this marketplace is told, and how they are doing."""
        rows = self.marketplace.endpoints.order_by("-carries_effects", "id")
        return Response({"endpoints": EndpointShown(rows, many=True).data})


class Deliveries(ApiView):
    tag = "Webhooks"
    scopes = {"GET": Scope.WEBHOOKS_READ}
    has_pages = True

    @extend_schema(
        operation_id="webhooks_deliveries",
        parameters=[
            OpenApiParameter("type", str, enum=TYPES, description="Only of that type."),
            OpenApiParameter("status", str, enum=STATUSES, description="Only those that stand so."),
            OpenApiParameter("endpoint", int, description="Only to that address."),
        ],
        responses=DeliveryPage,
    )
    def get(self, request: Request) -> Response:
        """Webhooks to this marketplace, oldest first.

        With ``status=parked`` it is what was given up after three days and waits to be sent again.
        """
        endpoints = list(self.marketplace.endpoints.all())
        rows = deliveries.deliveries_of(self.marketplace, _choice(request, endpoints))
        found = page(rows, request, changed_at="created_at")
        return Response(found.as_json(lambda message: dict(DeliveryShown(_facts(message, endpoints)).data)))


class OneDelivery(ApiView):
    tag = "Webhooks"
    scopes = {"GET": Scope.WEBHOOKS_READ}

    @extend_schema(operation_id="webhooks_delivery", responses=WholeDeliveryShown)
    def get(self, request: Request, delivery_id: int) -> Response:  # noqa: ARG002 - DRF's signature
        """One delivery: what was sent, and how each attempt went."""
        return Response(_whole(self, _one(self, delivery_id)))


class Resend(ApiView):
    tag = "Webhooks"
    scopes = {"POST": Scope.WEBHOOKS_WRITE}

    @extend_schema(operation_id="webhooks_resend", request=NothingInput, responses=WholeDeliveryShown)
    @posted
    def post(self, request: Request, delivery_id: int) -> Response:  # noqa: ARG002 - DRF's signature
        """Send a delivered or parked webhook once more, under the same webhook-id.

        The message of an effect is not sent so: the portal asks again by itself until you confirm it.
        """
        checked(NothingInput(data=self.clean_document()))
        message = deliveries.resend(_one(self, delivery_id), actor=self.actor)
        return Response(_whole(self, message))


class SendTest(ApiView):
    tag = "Webhooks"
    scopes = {"POST": Scope.WEBHOOKS_WRITE}

    @extend_schema(operation_id="webhooks_test", request=TestInput, responses=WholeDeliveryShown)
    @posted
    def post(self, request: Request) -> Response:  # noqa: ARG002 - DRF's signature
        """Send a ``test`` event to one of your addresses.

        It leaves within seconds; ``GET /webhooks/deliveries/{id}`` tells how it went. It is given up after two minutes.
        """
        said = checked(TestInput(data=self.clean_document()))
        message = deliveries.send_test(_endpoint(self, said.get("endpoint")), now=timezone.now(), actor=self.actor)
        return Response(_whole(self, message))


class Catalogue(ApiView):
    tag = "Webhooks"
    scopes = {"GET": ""}

    @extend_schema(operation_id="events", responses=CatalogueShown)
    def get(self, request: Request) -> Response:  # noqa: ARG002 - DRF's signature
        """What a marketplace may be told by webhook, and what it may answer, each with an example."""
        answers = [
            {
                "type": each.type,
                "title": each.title,
                "description": each.description,
                "fields_of_data": dict(each.fields),
                "example": each.document(),
            }
            for each in events.ANSWERS
        ]
        told = [
            {
                "type": each.type,
                "title": each.title,
                "description": each.description,
                "is_confirmed": each.is_confirmed,
                "is_chosen": each.is_chosen,
                "is_task": each.is_task,
                "answers": list(each.answers),
                "example": each.document(),
            }
            for each in events.EVENTS
        ]
        return Response({"events": told, "answers": answers})


# -- what the views share ---------------------------------------------------------------------------------------------


def _choice(request: Request, endpoints: list[WebhookEndpoint]) -> Choice:
    """What the address asks for. Raises ``Problem`` for a word that is none, ``Http404`` for an unknown endpoint."""
    asked: Mapping[str, str] = request.query_params
    number = asked.get("endpoint")
    known: Mapping[str, Sequence[str | None]] = {
        "type": TYPES,
        "status": STATUSES,
        "endpoint": [number] if _NUMBER.fullmatch(number or "") else [],
    }
    faults = [
        Fault(name, "invalid_choice", f"There is no such {name}.", "고를 수 있는 값이 아닙니다.")
        for name, words in known.items()
        if name in asked and asked[name] not in words
    ]
    if faults:
        raise Problem("validation_failed", faults=faults)
    endpoint = next((each for each in endpoints if str(each.pk) == number), None)
    if number is not None and endpoint is None:
        raise Http404
    return Choice(message_type=asked.get("type", ""), status=asked.get("status", ""), endpoint=endpoint)


def _endpoint(view: ApiView, number: int | None) -> WebhookEndpoint:
    rows = view.marketplace.endpoints
    found = rows.carrying_effects().first() if number is None else rows.filter(pk=number).first()
    if found is None:
        raise Http404
    return found


def _one(view: ApiView, delivery_id: int) -> OutboxMessage:
    rows = deliveries.deliveries_of(view.marketplace)
    message = rows.filter(pk=delivery_id).first() if delivery_id < _LARGEST else None
    if message is None:
        raise Http404
    return message


def _facts(message: OutboxMessage, endpoints: list[WebhookEndpoint]) -> dict[str, Any]:
    endpoint = deliveries.endpoint_of(message, endpoints)
    return {
        "id": message.pk,
        "webhook_id": webhook_id_of(message),
        "type": message.message_type,
        "endpoint": endpoint.pk if endpoint is not None else None,
        "status": message.status,
        "attempt_count": message.tries,
        "created_at": message.created_at,
        "next_attempt_at": message.not_before if message.status == OutboxStatus.PENDING else None,
        "expires_at": message.expires_at,
        "delivered_at": message.delivered_at,
    }


def _whole(view: ApiView, message: OutboxMessage) -> dict[str, Any]:
    attempts = list(message.attempt_rows.order_by("-id")[:_MOST_ATTEMPTS])
    place = view.marketplace
    headers = deliveries.shown_headers(message, attempts[0] if attempts else None, secret_count=place.secrets.count())
    del headers["webhook-signature"]
    facts = _facts(message, list(place.endpoints.all()))
    facts |= {"headers": headers, "body": deliveries.shown_body(message), "attempts": attempts}
    return dict(WholeDeliveryShown(facts).data)
