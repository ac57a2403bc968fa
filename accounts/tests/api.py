"""A program that speaks to the API, for tests."""

import json
from typing import Any

from django.test import Client
from django.utils import timezone

from accounts.api.keys import create_client, make_key
from accounts.api.scopes import Scope
from accounts.models import ApiClient, Marketplace
from accounts.tests.factories import make_marketplace


def make_client(
    *scopes: str, marketplace: Marketplace | None = None, name: str = "시험 프로그램", is_test: bool = False
) -> ApiClient:
    """A client with those scopes, or all of them."""
    place = marketplace or make_marketplace()
    return create_client(place, name=name, scopes=scopes or Scope.values, is_test=is_test, actor=None)


class Api:
    """Requests with a key, and what they answered: status, headers and JSON."""

    def __init__(self, client: ApiClient | None = None, *, key: str = "") -> None:
        self.http = Client(raise_request_exception=False)
        self.key = key or (make_key(client, now=timezone.now(), actor=None)[1] if client is not None else "")

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        return ({"authorization": f"Bearer {self.key}"} if self.key else {}) | more

    def get(self, path: str, **query: Any) -> "Answered":
        return Answered(self.http.get(f"/api/v1/{path}", query, headers=self._headers({})))

    def post(self, path: str, body: Any = None, *, idempotency_key: str = "", **headers: str) -> "Answered":
        data = body if isinstance(body, bytes | str) else json.dumps(body)
        more = headers | ({"idempotency-key": idempotency_key} if idempotency_key else {})
        content_type = more.pop("content_type", "application/json")
        answer = self.http.post(f"/api/v1/{path}", data, content_type=content_type, headers=self._headers(more))
        return Answered(answer)


class Answered:
    def __init__(self, response: Any) -> None:
        self.status: int = response.status_code
        self.headers = response.headers
        self.body: bytes = response.content

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The code of a refusal."""
        assert self.headers["content-type"] == "application/problem+json", self.body[:300]
        return str(self.json["code"])

    @property
    def faults(self) -> list[tuple[str, str]]:
        """Where and why, of a refusal."""
        return [(fault["pointer"], fault["code"]) for fault in self.json["errors"]]
