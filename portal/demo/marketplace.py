"""The demonstration's marketplace, and what its stand-in needs to know to answer."""

import json
from pathlib import Path
from typing import Final

from django.db import transaction

from accounts.endpoints import bring_main_address
from accounts.models import Marketplace
from accounts.services import add_webhook_secret
from accounts.webhooks import active_secrets
from core.actors import Actor
from core.journal import record
from portal.demo.accounts import write_private

SLUG: Final = "demo"
NAME: Final = "시범장터"
STATE_FILE: Final = "standin-state.json"
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
}


def write_standin_config(folder: Path, place: Marketplace, *, portal: str, port: int) -> None:
    """What ``examples.client`` reads. It holds secrets, so only its owner may."""
    config: dict[str, object] = {
        "slug": place.slug,
        "secrets": active_secrets(place),
        "portal": portal,
        "port": port,
        "state_file": str(folder / STATE_FILE),
    }
    write_private(folder / "standin.json", json.dumps(config, indent=2) + "\n")
