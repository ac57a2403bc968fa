"""API clients and their keys: made, replaced, revoked, and looked up when a request comes.

A key reads ``jk_live_<prefix>_<secret>`` (``jk_test_…`` of a client in test mode): the words say what leaked, the
prefix finds the row, the secret has 256 random bits, so a plain hash keeps it.
"""

import hmac
import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction

from accounts.api.scopes import Scope
from accounts.models import ApiClient, ApiKey, Marketplace
from core import rulesets
from core.actors import Actor
from core.errors import Conflict, DomainError
from core.journal import record
from core.keys import secret_hash

#: Two keys are enough to change one without a gap; a third would be forgotten somewhere.
MOST_KEYS: Final = 2
_PREFIX_BYTES: Final = 6
_SECRET_BYTES: Final = 32
_SHAPE: Final = re.compile(r"jk_(live|test)_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
#: The last use is written down at most so often: a row that each request writes would be a hot one.
_USE_NOTED_EACH: Final = timedelta(minutes=1)


@transaction.atomic
def create_client(
    marketplace: Marketplace, *, name: str, scopes: Iterable[str], is_test: bool, actor: Actor | None
) -> ApiClient:
    """A client without keys. Raises ``Conflict`` where the marketplace has one of that name, ``DomainError`` for a
    scope that does not exist."""
    granted = _known(scopes)
    try:
        with transaction.atomic():
            client = ApiClient.objects.create(marketplace=marketplace, name=name, scopes=granted, is_test=is_test)
    except IntegrityError as taken:
        raise Conflict(
            "API 클라이언트를 만들지 못했습니다.",
            "이 마켓플레이스에는 같은 이름의 API 클라이언트가 이미 있습니다.",
            "다른 이름을 적어 주세요.",
        ) from taken
    details = {"marketplace": marketplace.slug, "name": name, "scopes": granted, "is_test": is_test}
    record("accounts.api_client.created", actor=actor, subject=client, details=details)
    return client


@transaction.atomic
def change_client(
    client: ApiClient, *, name: str, scopes: Iterable[str], is_active: bool, actor: Actor | None
) -> ApiClient:
    """Another name, other scopes, switched on or off. Test mode never changes: a test key would become a live one."""
    wanted: dict[str, object] = {"name": name, "scopes": _known(scopes), "is_active": is_active}
    changes = {
        field: {"old": getattr(client, field), "new": value}
        for field, value in wanted.items()
        if getattr(client, field) != value
    }
    if not changes:
        return client
    for field, value in wanted.items():
        setattr(client, field, value)
    client.save(update_fields=list(wanted))
    record("accounts.api_client.changed", actor=actor, subject=client, details=changes)
    return client


def make_key(client: ApiClient, *, now: datetime, actor: Actor | None) -> tuple[ApiKey, str]:
    """A new key, in plain this once. The one before it goes on for as long as the rules say, then it ends.

    Raises ``Conflict`` where two are in use already.
    """
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    with transaction.atomic():
        # The client's row is the lock under which two do not make a third key, where the database knows row locks.
        ApiClient.objects.select_for_update().get(pk=client.pk)
        in_use = list(client.keys.opening(at=now))
        if len(in_use) >= MOST_KEYS:
            raise Conflict(
                "새 키를 만들지 않았습니다.",
                f"클라이언트마다 쓸 수 있는 키는 {MOST_KEYS}개까지입니다.",
                "쓰지 않는 키를 먼저 폐기해 주세요.",
            )
        key = ApiKey.objects.create(
            client=client, prefix=secrets.token_hex(_PREFIX_BYTES), secret_hash=secret_hash(secret)
        )
        ends_at = now + timedelta(days=rulesets.current("api").number("key_overlap_days"))
        for older in in_use:
            _end(older, ends_at)
        details = {"client": client.name, "prefix": key.prefix, "replaces": [older.prefix for older in in_use]}
        record("accounts.api_key.created", actor=actor, subject=key, details=details)
    mode = "test" if client.is_test else "live"
    return key, f"jk_{mode}_{key.prefix}_{secret}"


def revoke_key(key: ApiKey, *, now: datetime, actor: Actor | None) -> None:
    """End a key at once. Twice is once."""
    with transaction.atomic():
        if ApiKey.objects.unrevoked().filter(pk=key.pk).update(revoked_at=now):
            record("accounts.api_key.revoked", actor=actor, subject=key, details={"prefix": key.prefix})


def find_key(given: str, *, now: datetime) -> ApiKey | None:
    """The key that was presented, with its client and marketplace; ``None`` for anything that lets nobody in."""
    found = _SHAPE.fullmatch(given)
    if found is None:
        return None
    mode, prefix, secret = found.groups()
    rows = ApiKey.objects.opening(at=now).select_related("client__marketplace")
    key = rows.filter(prefix=prefix).first()
    if key is None or not hmac.compare_digest(key.secret_hash, secret_hash(secret)):
        return None
    return key if key.client.is_test == (mode == "test") else None


def note_use(key: ApiKey, *, now: datetime) -> None:
    """Write down that the key was used, to the minute."""
    if key.last_used_at is None or key.last_used_at <= now - _USE_NOTED_EACH:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)


def _end(key: ApiKey, at: datetime) -> None:
    if key.expires_at is None or key.expires_at > at:
        ApiKey.objects.filter(pk=key.pk).update(expires_at=at)


def _known(scopes: Iterable[str]) -> list[str]:
    wanted = set(scopes)
    unknown = sorted(wanted - set(Scope.values))
    if unknown:
        raise DomainError("권한 범위를 저장하지 않았습니다.", f"모르는 범위입니다: {', '.join(unknown)}")
    return [scope.value for scope in Scope if scope.value in wanted]
