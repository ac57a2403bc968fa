"""Webhooks that marketplaces send us: confirmations and failures of effects.

The sender retries every answer but 2xx, for days. So a signed message that cannot be used is answered 200 with
``handled: false`` and a reason; only an unsigned or unreadable one is refused.
"""

import json
import re
from collections.abc import Callable
from typing import Any, Final

from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.models import Marketplace, ReceivedWebhook
from accounts.services import note_webhook
from accounts.signatures import BadSignature
from accounts.webhooks import verify
from core import effects
from core.actors import MARKETPLACE, Actor
from core.errors import DomainError
from core.korean import normalise_text
from core.models import Effect

#: A confirmation is a few hundred bytes.
MAX_BODY: Final = 64 * 1024
TYPE_SHAPE: Final = re.compile(r"[a-z0-9_.]{1,80}")


@csrf_exempt  # signed by the marketplace; there is no browser and no cookie here
@require_POST
def marketplace_webhook(request: HttpRequest, marketplace: str) -> JsonResponse:
    """``/api/v1/webhooks/<marketplace>/``: signature first, then the message, carried out once by its id."""
    place = get_object_or_404(Marketplace, slug=marketplace, is_active=True)
    if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BODY:
        return JsonResponse({"handled": False, "reason": "the body is larger than 64 KiB"}, status=413)
    try:
        webhook_id = verify(place, request.headers, request.body, now=timezone.now())
    except BadSignature as problem:
        return JsonResponse({"handled": False, "reason": str(problem)}, status=401)
    try:
        message_type, data = _read(request.body)
    except ValueError as problem:
        return JsonResponse({"handled": False, "reason": str(problem)}, status=400)
    return _carry_out(place, webhook_id, message_type, data)


def _read(body: bytes) -> tuple[str, dict[str, Any]]:
    """Type and data of a message. Raises ``ValueError`` where it is not one."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as problem:
        raise ValueError("the body is not JSON in UTF-8") from problem
    message_type = document.get("type") if isinstance(document, dict) else None
    if not isinstance(message_type, str) or not TYPE_SHAPE.fullmatch(message_type):
        raise ValueError("the body must be an object with a type such as effect.confirmed")
    data = document.get("data")
    if not isinstance(data, dict):
        raise ValueError("the body must have an object named data")
    return message_type, data


def _carry_out(place: Marketplace, webhook_id: str, message_type: str, data: dict[str, Any]) -> JsonResponse:
    """Carried out and noted with how that ended, both or neither; what was noted before is answered as it was then."""
    with transaction.atomic():
        if _earlier(place, webhook_id) is None:
            reason = _unusable(place, message_type, data) or _refusal(place, message_type, data)
            if note_webhook(place, webhook_id, message_type, handled=not reason, note=reason):
                return _answer(reason)
            # The same webhook came twice at one moment, and the other one was first.
            transaction.set_rollback(True)
    earlier = _earlier(place, webhook_id)
    return _answer(earlier.note if earlier else "", repeated=True)


def _earlier(place: Marketplace, webhook_id: str) -> ReceivedWebhook | None:
    return ReceivedWebhook.objects.filter(marketplace=place, webhook_id=webhook_id).first()


def _answer(reason: str, **more: bool) -> JsonResponse:
    return JsonResponse({"handled": not reason} | ({"reason": reason} if reason else {}) | more)


def _refusal(place: Marketplace, message_type: str, data: dict[str, Any]) -> str:
    """Carry the message out. Why that was refused, or nothing."""
    try:
        with transaction.atomic():
            HANDLERS[message_type](data, Actor(kind=MARKETPLACE, ref=place.slug, label=place.name))
    except DomainError as problem:
        return str(problem)
    return ""


def _unusable(place: Marketplace, message_type: str, data: dict[str, Any]) -> str:
    """Why a signed message cannot be carried out, or nothing."""
    if message_type not in HANDLERS:
        return f"type must be one of {', '.join(HANDLERS)}"
    effect, version = data.get("effect"), data.get("version")
    if type(effect) is not int or type(version) is not int or not 0 < effect < 2**63 or not 0 < version < 2**31:
        return "data.effect and data.version must be the numbers that were sent"
    if not Effect.objects.filter(pk=effect, destination=place.slug).exists():
        return "there is no such effect for this marketplace"
    return ""


def _confirmed(data: dict[str, Any], actor: Actor) -> None:
    effects.confirm(data["effect"], version=data["version"], at=timezone.now(), actor=actor)


def _failed(data: dict[str, Any], actor: Actor) -> None:
    given = data.get("reason")
    reason = normalise_text(given[:500]) if isinstance(given, str) else ""
    effects.fail(data["effect"], version=data["version"], reason=reason, at=timezone.now(), actor=actor)


HANDLERS: Final[dict[str, Callable[[dict[str, Any], Actor], None]]] = {
    "effect.confirmed": _confirmed,
    "effect.failed": _failed,
}
