"""``Idempotency-Key``: a POST that is sent again under its key gets the answer of the first, and happens once.

The row is written and committed before the work begins, so that of many at once one works and the others wait. A
process that dies leaves a lease that runs out; whoever comes then works again, which every service behind a POST bears.
Answers of 5xx are not kept: the client may try again.
"""

import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request

from accounts.api.problems import Problem
from accounts.models import ApiClient, IdempotencyKey
from core.keys import ring
from core.rule_values import RuleValues, recent

HEADER: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotent-Replayed"
#: Printable ASCII, as header values are.
_SHAPE: Final = re.compile(r"[\x21-\x7e]{1,255}")
_FIRST_LOOK_SECONDS: Final = 0.02
_LONGEST_LOOK_SECONDS: Final = 0.25


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it is sent, byte for byte."""

    status: int
    content_type: str
    body: bytes

    def response(self, *, is_replay: bool) -> HttpResponse:
        response = HttpResponse(self.body, status=self.status, content_type=self.content_type)
        response[REPLAYED] = "true" if is_replay else "false"
        return response


def key_of(request: Request) -> str | None:
    """The request's key, or ``None`` where it has none. Raises ``Problem`` for one that cannot be used."""
    given = request.headers.get(HEADER)
    if given is None:
        return None
    if not _SHAPE.fullmatch(given):
        raise Problem(
            "bad_idempotency_key",
            detail="An Idempotency-Key has 1 to 255 printable ASCII characters without spaces.",
            ko="멱등 키는 공백 없는 ASCII 문자 1자에서 255자까지입니다.",
        )
    return given


def digest_of(key: str) -> str:
    """The key in 64 hexadecimal digits, for rows of the domain that are written only once under it."""
    return hashlib.sha256(key.encode()).hexdigest()


def once(client: ApiClient, key: str, request: Request, work: Callable[[], Answer]) -> HttpResponse:
    """Work and keep the answer, or give the answer that is kept. Raises ``Problem`` ``key_reused`` or ``in_flight``."""
    rules = recent("api")
    row = _begin(client, key, _hashes(request), rules)
    if isinstance(row, Answer):
        return row.response(is_replay=True)
    try:
        answer = work()
    except BaseException:
        _forget(row)
        raise
    if answer.status >= 500:
        _forget(row)
    else:
        _keep(row, answer)
    return answer.response(is_replay=False)


def purge_expired(*, now: datetime, limit: int = 1_000) -> int:
    """Forget answers whose time is over. Returns how many."""
    ids = list(IdempotencyKey.objects.expired(at=now).values_list("pk", flat=True)[:limit])
    return IdempotencyKey.objects.filter(pk__in=ids).delete()[0] if ids else 0


def _begin(client: ApiClient, key: str, hashes: tuple[str, ...], rules: RuleValues) -> IdempotencyKey | Answer:
    """The row of a call that is ours to do, or the answer of the one that did it; waited for while it is being done."""
    ends_at = time.monotonic() + rules.number("idempotency_wait_seconds")
    look = _FIRST_LOOK_SECONDS
    while True:
        row = _claim(client, key, hashes, rules)
        if row is not None:
            return row
        found = _answer_of(client, key, hashes)
        if found is not None:
            return found
        if time.monotonic() > ends_at:
            raise Problem("in_flight", headers={"Retry-After": "1"})
        time.sleep(look)
        look = min(2 * look, _LONGEST_LOOK_SECONDS)


def _claim(client: ApiClient, key: str, hashes: tuple[str, ...], rules: RuleValues) -> IdempotencyKey | None:
    """A row of our own: a new one, or one that its holder has left behind."""
    now = timezone.now()
    held = IdempotencyKey.objects.filter(client=client, key=key).first()
    facts = {
        "request_hash": hashes[0],
        "lease_token": secrets.token_hex(16),
        "lease_until": now + timedelta(seconds=rules.number("idempotency_lease_seconds")),
        "created_at": now,
        "expires_at": now + timedelta(days=rules.number("idempotency_days")),
    }
    if held is None:
        try:
            with transaction.atomic():
                return IdempotencyKey.objects.create(client=client, key=key, **facts)
        except IntegrityError:
            return None
    if not _is_left_behind(held, hashes, now):
        return None
    seen = IdempotencyKey.objects.filter(pk=held.pk, lease_token=held.lease_token)
    if not seen.update(**facts, status_code=None, content_type="", body=b""):
        return None
    held.refresh_from_db()
    return held


def _is_left_behind(row: IdempotencyKey, hashes: tuple[str, ...], now: datetime) -> bool:
    if row.expires_at <= now:
        return True
    if row.request_hash not in hashes:
        raise Problem(
            "key_reused",
            detail="This Idempotency-Key came with another method, address or body before.",
            ko="이 멱등 키는 다른 메서드, 주소 또는 본문으로 이미 쓰였습니다.",
        )
    return row.status_code is None and row.lease_until <= now


def _answer_of(client: ApiClient, key: str, hashes: tuple[str, ...]) -> Answer | None:
    row = IdempotencyKey.objects.filter(client=client, key=key, request_hash__in=hashes).first()
    if row is None or row.status_code is None:
        return None
    return Answer(row.status_code, row.content_type, bytes(row.body))


def _keep(row: IdempotencyKey, answer: Answer) -> None:
    ours = IdempotencyKey.objects.running().filter(pk=row.pk, lease_token=row.lease_token)
    ours.update(status_code=answer.status, content_type=answer.content_type, body=answer.body)


def _forget(row: IdempotencyKey) -> None:
    IdempotencyKey.objects.running().filter(pk=row.pk, lease_token=row.lease_token).delete()


def _hashes(request: Request) -> tuple[str, ...]:
    """What makes two calls the same (method, address with its query, the body's bytes), under each key of the ring.

    Keyed, because a body may hold contacts, which a plain hash would let be guessed. The active key first.
    """
    said = f"{request.method} {request.get_full_path()}\n".encode() + request._request.body
    return tuple(hmac.new(key.secret, said, hashlib.sha256).hexdigest() for key in ring("contacts").keys)
