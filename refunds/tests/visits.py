"""How a buyer comes in, for tests: by the link on its order's page."""

from typing import Any

from django.test import Client
from django.utils import timezone

from accounts.choices import EntryKind
from accounts.entry_signatures import SignedLink
from accounts.tests.entry import make_entry
from refunds.models import OrderLine


def order_door(line: OrderLine, **more: Any) -> SignedLink:
    """The link that the marketplace makes on the order's page."""
    return make_entry(line.marketplace, line.order_number, kind=EntryKind.ORDER, now=timezone.now(), **more)


def visit_order(line: OrderLine, client: Client) -> OrderLine:
    """The line, once that browser has come in to its order."""
    response = client.post("/refunds/enter/", order_door(line).fields)
    assert response.status_code == 302
    return line
