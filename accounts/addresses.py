"""Which marketplace's listing an address names, by the patterns that each marketplace gives.

A pattern such as ``https://shop.example/item/{id}`` fits an address however it is called: with or without ``www.``, by
either scheme, with a query or a fragment behind. The number is taken as it stands; nothing is looked up outside.
"""

import re
from collections.abc import Iterable
from urllib.parse import quote, unquote, urlsplit

from accounts.models import Marketplace

_ID = "{id}"
#: As long as a listing's number may be.
_LONGEST = 100


def listing_of(text: str, marketplaces: Iterable[Marketplace]) -> tuple[Marketplace, str] | None:
    """The marketplace and number that an address names; ``None`` where no pattern fits."""
    for marketplace in marketplaces:
        for pattern in marketplace.address_patterns:
            number = _number(text.strip(), str(pattern))
            if number:
                return marketplace, number
    return None


def address_of(marketplace: Marketplace, number: str) -> str:
    """The address of a listing by the marketplace's first pattern; nothing where it has given none."""
    pattern = next((str(each) for each in marketplace.address_patterns if _ID in str(each)), "")
    return pattern.replace(_ID, quote(number, safe=""))


def is_address(text: str) -> bool:
    """Whether the text is meant to be an address rather than a number."""
    return "://" in text or text.strip().lower().startswith("www.") or "/" in text


def _number(text: str, pattern: str) -> str:
    if _ID not in pattern:
        return ""
    try:
        wanted, given = urlsplit(_with_scheme(pattern)), urlsplit(_with_scheme(text))
    except ValueError:
        return ""  # such as a bracket that is never closed
    if _host(wanted.netloc) != _host(given.netloc):
        return ""
    before, _, after = _tail(wanted.path, wanted.query).partition(_ID)
    # What stands behind the number in the address, such as a tracking query, belongs to the visit.
    shape = re.escape(before) + r"([^/?#&]+)" + (re.escape(after) if after else r"(?:[/?&].*)?")
    found = re.fullmatch(shape, _tail(given.path, given.query if wanted.query else ""))
    number = unquote(found[1]) if found else ""
    return number if len(number) <= _LONGEST else ""


def _with_scheme(text: str) -> str:
    return text if "://" in text else f"https://{text}"


def _host(netloc: str) -> str:
    return netloc.rpartition("@")[2].lower().removeprefix("www.").removeprefix("m.")


def _tail(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path
