"""Visitors who click, for tests."""

import re
from datetime import datetime
from typing import Any

from django.test import Client

from core.models import OutboxMessage
from listings.models import Listing
from listings.tests.factories import make_listing
from reports.models import Report
from reports.services import clicks
from reports.services.filing import Wanted
from reports.services.floods import Visit
from reports.tests.factories import NOW
from reports.tests.world import make_shop


def visitor(number: int) -> str:
    return f"visitor-{number:016d}"


def visit(number: int = 1) -> Visit:
    return Visit(address=f"203.0.113.{number % 250}", visitor=visitor(number))


def a_listing(title: str = "크로넬도 캔버스 숄더백") -> Listing:
    return make_listing(title, seller=make_shop())


def clicked(about: Listing | Wanted, number: int = 1, *, now: datetime = NOW) -> Report:
    return clicks.click(about, visit=visit(number), now=now).report


def address_of(listing: Listing) -> str:
    return f"/report/{listing.marketplace.slug}/{listing.external_id}/"


def press(client: Client, listing: Listing, **given: Any) -> str:
    """Press the button of the page; gives the receipt's address."""
    response = client.post(address_of(listing), given)
    assert response.status_code == 302
    return str(response.headers["Location"])


def sent_code() -> str:
    """The newest code that left by mail."""
    found = re.search(r"\d{6}", OutboxMessage.objects.filter(message_type="contact.code").latest("id").payload["text"])
    assert found is not None
    return found.group(0)
