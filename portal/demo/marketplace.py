"""The demonstration's marketplace, and what its stand-in needs to know to answer."""

import json
from datetime import date
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.api.keys import create_client, find_key, make_key, revoke_key
from accounts.api.scopes import Scope
from accounts.choices import Relays
from accounts.endpoints import bring_main_address
from accounts.models import ApiClient, Marketplace
from accounts.services import add_webhook_secret
from accounts.webhooks import active_secrets
from core.actors import Actor
from core.journal import record
from portal.demo.accounts import write_private
from portal.demo.shelf import shelf

SLUG: Final = "demo"
NAME: Final = "시범장터"
STATE_FILE: Final = "standin-known.json"
CLIENT: Final = "시범장터 연동"
#: No more than the example client uses.
SCOPES: Final = (Scope.LISTINGS_WRITE, Scope.LISTINGS_SCREEN, Scope.ORDERS_WRITE)
_SECRETS: Final = 2


def ensure_marketplace(webhook_url: str, *, actor: Actor) -> tuple[Marketplace, bool]:
    """The marketplace with both secrets, told at that address, and whether it is new. Another address than before is
    written down."""
    with transaction.atomic():
        place, is_new = Marketplace.objects.get_or_create(slug=SLUG, defaults=_FACTS)
        if is_new:
            record("accounts.marketplace.created", actor=actor, subject=place, details={"slug": SLUG, "name": NAME})
        bring_main_address(place, webhook_url, actor=actor)
        for _ in range(_SECRETS - place.secrets.count()):
            add_webhook_secret(place, actor=actor)
    return place, is_new


_FACTS: Final = {
    "name": NAME,
    "address_patterns": ["https://sibang.example/item/{id}"],
    "contact_email": "trust@sibang.example",
    "relays_to_sellers": Relays.WITHOUT_ADDRESS,  # its stand-in delivers notices and says so
}


def write_standin_config(
    folder: Path, place: Marketplace, *, portal: str, port: int, today: date, actor: Actor
) -> None:
    """What ``portal.demo.standin`` reads, and ``examples.client`` too. It holds secrets, so only its owner may."""
    path = folder / "standin.json"
    config: dict[str, object] = {
        "slug": place.slug,
        "secrets": active_secrets(place),
        "api_key": _api_key(place, path, actor=actor),
        "portal": portal,
        "site": settings.SITE_ORIGIN,
        "port": port,
        "state_file": str(folder / STATE_FILE),
        "shelf": shelf(today),
    }
    write_private(path, json.dumps(config, ensure_ascii=False, indent=2) + "\n")


def _api_key(place: Marketplace, path: Path, *, actor: Actor) -> str:
    """The key that stands in the file while it still opens, else a new one: of a key only the hash is kept."""
    now = timezone.now()
    known = json.loads(path.read_text("utf-8")).get("api_key", "") if path.exists() else ""
    found = find_key(known, now=now)
    if found is not None and found.client.marketplace == place:
        return str(known)
    client = ApiClient.objects.filter(marketplace=place, name=CLIENT).first()
    if client is None:
        client = create_client(place, name=CLIENT, scopes=SCOPES, is_test=False, actor=actor)
    for key in client.keys.unrevoked():
        revoke_key(key, now=now, actor=actor)
    return make_key(client, now=now, actor=actor)[1]
