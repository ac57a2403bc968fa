"""``/api/v1/orders``."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.bulk import BulkAnswer, bring_all, read_items
from accounts.api.paging import page
from accounts.api.problems import Fault, Problem
from accounts.api.scopes import Scope
from accounts.api.views import ApiView, posted
from refunds.api.shapes import (
    OrderLineInput,
    OrderLinePage,
    OrderLineShown,
    OrderLinesInput,
    one_spelling,
    order_line_record,
    shown,
)
from refunds.models import OrderLine
from refunds.querysets import OrderLineQuerySet
from refunds.services import upsert_order_line

_LONGEST_NUMBER = 100


class Orders(ApiView):
    tag = "Orders"
    scopes = {"GET": Scope.ORDERS_READ, "POST": Scope.ORDERS_WRITE}
    has_pages = True

    @extend_schema(
        operation_id="orders_list",
        parameters=[
            OpenApiParameter(
                "order",
                {"type": "string", "minLength": 1, "maxLength": _LONGEST_NUMBER},
                description="Only the lines of the order of this number.",
            )
        ],
        responses=OrderLinePage,
    )
    def get(self, request: Request) -> Response:
        """Order lines, oldest change first.

        A change is another time, status or amount given back, a correction, or another contact; never which contact.
        """
        found = page(_wanted(self, request), request, changed_at="changed_at")
        return Response(found.as_json(shown))

    @extend_schema(operation_id="orders_upsert", request=OrderLinesInput, responses=BulkAnswer)
    @posted
    def post(self, request: Request) -> Response:  # noqa: ARG002 - DRF's signature
        """Bring in up to 1,000 order lines.

        Each item has a result of its own; the same line again changes nothing. Later news adds and corrects times and
        status. What was bought and paid is refused (``order_line_changed``) where it differs from what was told before,
        unless ``correction`` says why.
        """
        return bring_all(read_items(self.document()), OrderLineInput, self._bring, id_names=("order", "line"))

    def _bring(self, said: dict[str, Any]) -> Mapping[str, Any]:
        result = upsert_order_line(
            order_line_record(said), marketplace=self.marketplace, actor=self.actor, now=timezone.now()
        )
        return {"outcome": result.change.value, "id": str(result.line.pk)}


class OneOrderLine(ApiView):
    tag = "Orders"
    scopes = {"GET": Scope.ORDERS_READ}

    @extend_schema(operation_id="orders_get", responses=OrderLineShown)
    def get(self, request: Request, line_id: int) -> Response:  # noqa: ARG002 - DRF's signature
        """One order line, by the portal's own number of it."""
        line = OrderLine.objects.filter(marketplace=self.marketplace, pk=line_id).first()
        if line is None:
            raise Http404
        return Response(shown(line))


def _wanted(view: ApiView, request: Request) -> OrderLineQuerySet:
    lines = OrderLine.objects.filter(marketplace=view.marketplace)
    number = request.query_params.get("order")
    if number is None:
        return lines
    if not 0 < len(number) <= _LONGEST_NUMBER:
        english = f"order is an order's number, of at most {_LONGEST_NUMBER} characters."
        korean = f"order는 {_LONGEST_NUMBER}자까지의 주문번호입니다."
        raise Problem("validation_failed", faults=[Fault("order", "invalid", english, korean)])
    return lines.filter(order_number=one_spelling(number))
