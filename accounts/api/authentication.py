"""Who calls: the key in ``Authorization: Bearer``, and the client that holds it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.api import keys
from accounts.api.problems import Problem
from accounts.models import ApiClient, ApiKey, Marketplace
from core.actors import API_CLIENT, Actor

if TYPE_CHECKING:
    from rest_framework.views import APIView  # which itself imports what the settings name: this module

_SCHEME = "bearer"


@dataclass(frozen=True, slots=True)
class Caller:
    """The program behind a request. It is no user: it has no password, no session and no permissions, only scopes."""

    client: ApiClient
    is_authenticated: bool = True
    is_active: bool = True

    @property
    def pk(self) -> int:
        return self.client.pk

    @property
    def marketplace(self) -> Marketplace:
        return self.client.marketplace

    @property
    def actor(self) -> Actor:
        return Actor(API_CLIENT, str(self.client.pk), self.client.name, on_behalf_of=self.client.marketplace.name)


class KeyAuthentication(BaseAuthentication):
    """A request without a key is nobody's; one with a key that opens nothing is refused, whatever is wrong with it."""

    def authenticate(self, request: Request) -> tuple[Caller, ApiKey] | None:
        header = request.headers.get("authorization", "")
        if not header:
            return None
        scheme, _, given = header.partition(" ")
        now = timezone.now()
        key = keys.find_key(given.strip(), now=now) if scheme.lower() == _SCHEME else None
        if key is None:
            raise AuthenticationFailed(code="invalid_key")
        keys.note_use(key, now=now)
        return Caller(key.client), key

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 - DRF's signature
        return 'Bearer realm="jikimi"'


class HasScope(BasePermission):
    """The scope that the view names for the method; ``""`` is for any key, and a method without one for nobody."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not isinstance(request.user, Caller):
            return False
        if request.method not in view.allowed_methods:
            return True  # refused as a method, with those that there are
        wanted: str | None = getattr(view, "scopes", {}).get(_method(request))
        if wanted is None:
            return False
        if wanted and wanted not in request.user.client.scopes:
            lacks = (f"This key lacks the scope {wanted}.", f"이 키에는 {wanted} 범위가 없습니다.")
            raise Problem("missing_scope", detail=lacks[0], ko=lacks[1])
        return True


def _method(request: Request) -> str:
    return "GET" if request.method == "HEAD" else str(request.method)
