"""Marketplaces' signed links, for tests."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from urllib.parse import urlencode

from accounts.choices import EntryKind
from accounts.entry_signatures import SignedLink, sign
from accounts.models import Marketplace
from accounts.services import add_webhook_secret
from accounts.webhooks import active_secrets

_numbers = count(1)


def make_entry(
    marketplace: Marketplace,
    subject: str,
    *,
    kind: EntryKind = EntryKind.SELLER,
    now: datetime,
    valid_for: timedelta = timedelta(minutes=5),
    secret: str = "",
    **changes: Any,
) -> SignedLink:
    """A link as that marketplace makes it, with its first secret or another; ``changes`` come before signing."""
    if not secret:
        secret = (active_secrets(marketplace) or [add_webhook_secret(marketplace, actor=None)])[0]
    ends = int((now + valid_for).timestamp())
    link = SignedLink(kind, marketplace.slug, subject, ends, f"test-nonce-{next(_numbers):08d}")
    link = replace(link, **changes)
    return replace(link, signature=sign(secret, link))


def given(link: SignedLink, **changes: str) -> Mapping[str, Sequence[str]]:
    """As a query's parameters; ``changes`` after signing."""
    return {name: [value] for name, value in (link.fields | changes).items()}


def query(link: SignedLink, **changes: str) -> str:
    return urlencode(link.fields | changes)
