"""Who clicks: a random number that the browser keeps for us, never anything about the device.

On our own pages it stands in a cookie; on a product page in that page's own storage, and comes in the body. Beside it
the codes of the last reports are kept on the device, so that whoever closes the receipt finds it again.
"""

import ipaddress
import re
import secrets
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.codes import normalise
from reports.services.floods import Visit

VISITOR: Final = "jikimi_visitor"
KEPT: Final = "jikimi_reports"
#: 128 bits, as ``secrets.token_urlsafe`` and the button's script spell them.
_ID: Final = re.compile(r"[A-Za-z0-9_-]{22,43}")
_CODE: Final = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){4}")
_MOST_KEPT: Final = 20
_YEAR: Final = 365 * 24 * 60 * 60
_PATH: Final = "/report/"


def visit_of(request: HttpRequest, visitor: str = "") -> Visit:
    """Who clicks, by the given number or the cookie; somebody new where neither can be read."""
    given = visitor or request.COOKIES.get(VISITOR, "")
    return Visit(address_of(request), given if _ID.fullmatch(given) else secrets.token_urlsafe(16))


def is_visitor(given: object) -> bool:
    return isinstance(given, str) and _ID.fullmatch(given) is not None


def address_of(request: HttpRequest) -> str:
    """Where the click came from. What a proxy says is believed only of proxies that the settings name; of several
    addresses the last that no such proxy wrote."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    told = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    while told and _is_trusted(address):
        address = told.pop()
    return _network(address)


def _is_trusted(address: str) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(found.version == network.version and found in network for network in settings.TRUSTED_PROXIES)


def _network(address: str) -> str:
    """The address itself; of IPv6 the part that one connection is given, else one line would have 2^64 of them."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else str(found)


def remember(response: HttpResponse, visit: Visit, *, is_secure: bool) -> None:
    """Let the browser keep who it is."""
    _keep(response, VISITOR, visit.visitor, is_secure=is_secure)


def keep_code(request: HttpRequest, response: HttpResponse, code: str) -> None:
    """Let the browser keep the code of a report, the newest first."""
    codes = [code, *(known for known in kept_codes(request) if known != code)][:_MOST_KEPT]
    _keep(response, KEPT, ".".join(codes), is_secure=request.is_secure())


def kept_codes(request: HttpRequest) -> list[str]:
    """The codes that this browser keeps."""
    found = request.COOKIES.get(KEPT, "").split(".")[:_MOST_KEPT]
    return [code for code in found if _CODE.fullmatch(code) and normalise(code) == code]


def _keep(response: HttpResponse, name: str, value: str, *, is_secure: bool) -> None:
    response.set_cookie(name, value, max_age=_YEAR, path=_PATH, httponly=True, samesite="Lax", secure=is_secure)
