"""Webhooks that marketplaces send us: confirmations and failures of effects, and of notices that they deliver for us.

The sender retries every answer but 2xx, for days. So a signed message that cannot be used is answered 200 with
``handled: false`` and a reason; only an unsigned or unreadable one is refused. The catalogue (``accounts.events``) says
what each type holds.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.http import HttpRequest, JsonResponse, UnreadablePostError
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts import relays
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
#: As long as a time in ISO 8601 may be written.
_TIME_LENGTH: Final = 40
_LENGTH_SHAPE: Final = re.compile(r"[0-9]{1,12}")


class Refused(Exception):
    """A request that is not even read: too long, of no stated length, or broken off."""

    def __init__(self, status: int, reason: str) -> None:
        self.status = status
        self.reason = reason
        super().__init__(reason)


@csrf_exempt  # signed by the marketplace; there is no browser and no cookie here
@require_POST
def marketplace_webhook(request: HttpRequest, marketplace: str) -> JsonResponse:
    """``/api/v1/webhooks/<marketplace>/``: signature first, then the message, carried out once by its id."""
    place = Marketplace.objects.filter(slug=marketplace, is_active=True).first()
    if place is None:
        return _refused(404, "there is no such marketplace")
    try:
        body = _body(request)
        webhook_id = verify(place, request.headers, body, now=timezone.now())
        message_type, data = _read(body)
    except Refused as problem:
        return _refused(problem.status, problem.reason)
    except BadSignature as problem:
        return _refused(401, str(problem))
    except ValueError as problem:
        return _refused(400, str(problem))
    return _carry_out(place, webhook_id, message_type, data)


def _refused(status: int, reason: str) -> JsonResponse:
    return JsonResponse({"handled": False, "reason": reason}, status=status)


def _body(request: HttpRequest) -> bytes:
    """The whole body, of the length that was stated for it. Raises ``Refused``."""
    stated = request.META.get("CONTENT_LENGTH") or ""
    if not stated:
        # Sent in chunks, it would be read as empty.
        raise Refused(411, "content-length is required; a body in chunks is not read")
    if not _LENGTH_SHAPE.fullmatch(stated):
        raise Refused(400, "content-length must be a number")
    if int(stated) > MAX_BODY:
        raise Refused(413, "the body is larger than 64 KiB")
    try:
        return request.body
    except UnreadablePostError as problem:
        raise Refused(400, "the body broke off") from problem


def _read(body: bytes) -> tuple[str, dict[str, Any]]:
    """Type and data of a message. Raises ``ValueError`` where it is not one."""
    try:
        document = json.loads(body.decode("utf-8"), object_pairs_hook=_each_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as problem:
        raise ValueError("the body is not JSON in UTF-8, with each key once and finite numbers") from problem
    message_type = document.get("type") if isinstance(document, dict) else None
    if not isinstance(message_type, str) or not TYPE_SHAPE.fullmatch(message_type):
        raise ValueError("the body must be an object with a type such as effect.confirmed")
    data = document.get("data")
    if not isinstance(data, dict):
        raise ValueError("the body must have an object named data")
    return message_type, data


def _each_once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Of two values of one key nobody knows which was meant, and two readers may take different ones."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number")


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
    actor = Actor(kind=MARKETPLACE, ref=place.slug, label=place.name)
    try:
        with transaction.atomic():
            HANDLERS[message_type].carry_out(place, data, actor)
    except DomainError as problem:
        return str(problem)
    return ""


def _unusable(place: Marketplace, message_type: str, data: dict[str, Any]) -> str:
    """Why a signed message cannot be carried out, or nothing."""
    if message_type not in HANDLERS:
        return f"type must be one of {', '.join(HANDLERS)}"
    return HANDLERS[message_type].flaw(place, data)


def _is_number(value: object, *, below: int) -> bool:
    return type(value) is int and 0 < value < below


def _reason(data: dict[str, Any], length: int) -> str:
    given = data.get("reason")
    return normalise_text(given[:length]) if isinstance(given, str) else ""


# -- effects ----------------------------------------------------------------------------------------------------------


def _effect_flaw(place: Marketplace, data: dict[str, Any]) -> str:
    if not _is_number(data.get("effect"), below=2**63) or not _is_number(data.get("version"), below=2**31):
        return "data.effect and data.version must be the numbers that were sent"
    if not Effect.objects.filter(pk=data["effect"], destination=place.slug).exists():
        return "there is no such effect for this marketplace"
    return ""


def _confirm(place: Marketplace, data: dict[str, Any], actor: Actor) -> None:  # noqa: ARG001 - a handler like any other
    effects.confirm(data["effect"], version=data["version"], at=timezone.now(), actor=actor)


def _fail(place: Marketplace, data: dict[str, Any], actor: Actor) -> None:  # noqa: ARG001 - a handler like any other
    reason = _reason(data, 500)
    effects.fail(data["effect"], version=data["version"], reason=reason, at=timezone.now(), actor=actor)


# -- notices that the marketplace delivers ----------------------------------------------------------------------------


def _notify_flaw(place: Marketplace, data: dict[str, Any]) -> str:  # noqa: ARG001 - the service knows whose it is
    if not _is_number(data.get("notify"), below=2**63):
        return "data.notify must be the number that was sent"
    if data.get("delivered_at") is not None and _moment(data["delivered_at"]) is None:
        return "data.delivered_at must be a time in ISO 8601 with its zone, such as 2026-11-23T06:02:00Z"
    return ""


def _moment(given: object) -> datetime | None:
    """A time with its zone, or nothing."""
    if not isinstance(given, str) or len(given) > _TIME_LENGTH:
        return None
    try:
        at = datetime.fromisoformat(given)
        # In our own zone: one at the edge of time would break what compares and stores it.
        return at.astimezone(timezone.get_current_timezone()) if at.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def _delivered(place: Marketplace, data: dict[str, Any], actor: Actor) -> None:
    at = _moment(data.get("delivered_at"))
    relays.confirm(data["notify"], marketplace=place, delivered_at=at, now=timezone.now(), actor=actor)


def _undelivered(place: Marketplace, data: dict[str, Any], actor: Actor) -> None:
    reason = _reason(data, relays.REASON_LENGTH)
    relays.fail(data["notify"], marketplace=place, reason=reason, now=timezone.now(), actor=actor)


@dataclass(frozen=True, slots=True)
class Handler:
    """What is done with one type: ``flaw`` says why its data cannot be used, or nothing."""

    flaw: Callable[[Marketplace, dict[str, Any]], str]
    carry_out: Callable[[Marketplace, dict[str, Any], Actor], None]


HANDLERS: Final[dict[str, Handler]] = {
    "effect.confirmed": Handler(_effect_flaw, _confirm),
    "effect.failed": Handler(_effect_flaw, _fail),
    "notify.delivered": Handler(_notify_flaw, _delivered),
    "notify.failed": Handler(_notify_flaw, _undelivered),
}
