"""How parties come in, for tests: a seller by the link and the code of its mails, a complainant by its code."""

import re
from typing import Any

from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.entry_signatures import SignedLink
from accounts.tests.entry import make_entry
from core.models import OutboxMessage
from reports.models import Allegation, Complainant, Report
from reports.services import links
from sellers.models import Seller


def door_of(allegation: Allegation) -> str:
    """The address of the seller's link, as its mail carries it."""
    return links.seller_link(allegation, now=timezone.now()).removeprefix(settings.SITE_ORIGIN)


def sent_code() -> str:
    """The newest code that left the house."""
    found = re.search(r"\d{6}", OutboxMessage.objects.filter(message_type="contact.code").latest("id").payload["text"])
    assert found is not None
    return found.group(0)


def wrong_code() -> str:
    return f"{(int(sent_code()) + 1) % 1_000_000:06d}"


def visit(allegation: Allegation, client: Client | None = None) -> Client:
    """A browser in which the seller has come all the way in."""
    client = client or Client()
    client.post(door_of(allegation))
    response = client.post("/seller/confirm/", {"code": sent_code()})
    assert response.headers["Location"] == f"/seller/cases/{allegation.pk}/"
    return client


def shop_door(seller: Seller, **more: Any) -> SignedLink:
    """The link that the shop's marketplace makes on its own pages."""
    return make_entry(seller.marketplace, seller.external_id, now=timezone.now(), **more)


def visit_shop(seller: Seller, client: Client | None = None) -> Client:
    """A browser in which the shop has come all the way in from its marketplace."""
    client = client or Client()
    client.post("/seller/enter/", shop_door(seller).fields)
    response = client.post("/seller/confirm/", {"code": sent_code()})
    assert response.headers["Location"] == f"/seller/shops/{seller.pk}/"
    return client


def seller_page(client: Client, allegation: Allegation, path: str = "") -> str:
    response = client.get(f"/seller/cases/{allegation.pk}/{path}")
    assert response.status_code == 200
    return response.content.decode()


def track_of(subject: Complainant | Report) -> str:
    """The address that a complainant's mail carries."""
    return links.tracking_link(subject, now=timezone.now()).removeprefix(settings.SITE_ORIGIN)


def track_page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def told(response: Any) -> str:
    """What the page says at its top after a form was sent."""
    return " ".join(str(message) for message in response.context["messages"])
