"""What is known of addresses already: pictures fetched lately, for whichever listing."""

import hashlib
from collections.abc import Collection
from datetime import datetime, timedelta
from urllib.parse import unquote, urlsplit

from accounts.models import Marketplace
from core.evidence.rules import clean_name
from core.rulesets import current
from listings.models import PictureFetch


def digest_of(address: str) -> str:
    """What an address is looked up by: it may be longer than an index takes."""
    return hashlib.sha256(address.encode()).hexdigest()


def name_of(address: str) -> str:
    """What the file at an address is called, for people: the last part of its path."""
    return clean_name(unquote(urlsplit(address).path).rpartition("/")[2])


def fresh_fetches(digests: Collection[str], *, marketplace: Marketplace, now: datetime) -> dict[str, PictureFetch]:
    """The latest fetch of each of these addresses that brought its picture, or found it unchanged, not long ago."""
    since = now - timedelta(hours=current("listings").number("picture_fresh_hours"))
    found = PictureFetch.objects.with_bytes().filter(marketplace=marketplace, address_digest__in=digests).since(since)
    return {fetch.address_digest: fetch for fetch in found.select_related("file").order_by("id")}
