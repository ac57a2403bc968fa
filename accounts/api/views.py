"""The class that every endpoint extends, and what wraps each POST."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import bodies, errors, idempotency
from accounts.api.authentication import Caller, HasScope, KeyAuthentication
from accounts.api.bodies import StrictJSONParser
from accounts.api.idempotency import Answer
from accounts.api.problems import Problem
from accounts.api.throttles import ClientThrottle
from accounts.models import Marketplace
from core.actors import Actor

Handler = Callable[..., Response]


class ApiView(APIView):
    """One endpoint. ``scopes`` names for each method what a key needs: a scope, or ``""`` for any key."""

    authentication_classes = (KeyAuthentication,)
    permission_classes = (HasScope,)
    throttle_classes = (ClientThrottle,)
    renderer_classes = (JSONRenderer,)
    parser_classes: tuple[type[BaseParser], ...] = (StrictJSONParser,)
    http_method_names = ("get", "head", "post")
    scopes: ClassVar[Mapping[str, str]] = {}
    #: Which limit its writes count against.
    throttle_kind: ClassVar[str] = "write"
    most_bytes: ClassVar[int] = bodies.MAX_JSON_BYTES
    _body_problem: Problem | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self._body_problem = bodies.take_body(request, most=self.most_bytes)
        return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        # After the key and the limits: a stranger learns nothing, not even how much is taken.
        if self._body_problem is not None:
            raise self._body_problem

    def get_exception_handler(self) -> Callable[..., Response | None]:
        return errors.handle

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        final = super().finalize_response(request, response, *args, **kwargs)
        limits: ClientThrottle | None = getattr(request, "limits", None)
        for name, value in (limits.headers() if limits is not None else {}).items():
            final.headers[name] = value
        final.headers.setdefault("Cache-Control", "no-store")
        caller = getattr(request, "user", None)
        if isinstance(caller, Caller) and caller.client.is_test:
            final.headers["Jikimi-Mode"] = "test"
        return final

    @property
    def caller(self) -> Caller:
        caller = self.request.user
        assert isinstance(caller, Caller)  # HasScope lets nobody else in
        return caller

    @property
    def marketplace(self) -> Marketplace:
        return self.caller.marketplace

    @property
    def actor(self) -> Actor:
        return self.caller.actor

    def document(self) -> dict[str, Any]:
        """The body, which must be an object without texts that no database can hold. Raises ``Problem``."""
        found = self.request.data
        if not isinstance(found, dict):
            raise Problem("malformed", detail="The body must be a JSON object.", ko="본문은 JSON 객체여야 합니다.")
        return found

    def clean_document(self) -> dict[str, Any]:
        """The same, with every text in it looked at."""
        found = self.document()
        faults = bodies.unusable_texts(found)
        if faults:
            raise Problem("validation_failed", faults=faults)
        return found


def posted(handler: Handler) -> Callable[..., HttpResponseBase]:
    """Wraps every ``post``: carried out once under its Idempotency-Key, and by a client in test mode not at all.

    In test mode the work is done as ever in a transaction that is rolled back in the end.
    """

    @wraps(handler)
    def post(view: ApiView, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        def work() -> Response:
            if not view.caller.client.is_test:
                return handler(view, request, *args, **kwargs)
            with transaction.atomic():
                response = handler(view, request, *args, **kwargs)
                transaction.set_rollback(True)
            return response

        key = idempotency.key_of(request)
        if key is None:
            return work()
        return idempotency.once(view.caller.client, key, request, lambda: _answer(view, work))

    return post


def _answer(view: ApiView, work: Callable[[], Response]) -> Answer:
    """The answer as bytes, refusals too: sent again under its key, a request is refused in the same words."""
    try:
        response = work()
    except Exception as refusal:
        # Raises what is no refusal but a mistake of ours.
        response = view.handle_exception(refusal)
    content_type = response.content_type or "application/json"
    return Answer(response.status_code, content_type, JSONRenderer().render(response.data))
