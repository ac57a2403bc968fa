"""The addresses at which marketplaces are told: set up, changed, switched off, and how they are doing."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction

from accounts.events import CHOSEN, CHOSEN_TYPES, event
from accounts.models import Marketplace, WebhookEndpoint
from accounts.querysets import WebhookEndpointQuerySet
from core import rulesets
from core.actors import Actor
from core.errors import Conflict, DomainError
from core.journal import record
from core.korean import josa

_NOT_SAVED: Final = "웹훅 주소를 저장하지 않았습니다."
MAIN_NAME: Final = "기본 주소"


@dataclass(frozen=True, slots=True)
class Address:
    """What an endpoint is to be. ``events`` are types of the catalogue that may be chosen."""

    name: str
    url: str
    events: tuple[str, ...] = ()
    carries_effects: bool = False
    is_active: bool = True


@transaction.atomic
def add_endpoint(marketplace: Marketplace, address: Address, *, actor: Actor | None) -> WebhookEndpoint:
    """A new address. Where it carries effects, the one that did so before no longer does.

    Raises ``DomainError`` for an address or a type that cannot be used, ``Conflict`` where it is there already.
    """
    require_usable(marketplace, address, but=None)
    _give_up_effects(marketplace, address, actor=actor, but=None)
    try:
        with transaction.atomic():
            endpoint = WebhookEndpoint.objects.create(marketplace=marketplace, **_facts(address))
    except IntegrityError as problem:
        raise _there_already() from problem
    details = {"marketplace": marketplace.slug, **_facts(address)}
    record("accounts.webhook_endpoint.created", actor=actor, subject=endpoint, details=details)
    return endpoint


@transaction.atomic
def change_endpoint(endpoint: WebhookEndpoint, address: Address, *, actor: Actor | None) -> WebhookEndpoint:
    """Bring an address to what it is to be. Switched on again, or moved, it starts without its old troubles.

    Raises as ``add_endpoint`` does. The same again writes nothing.
    """
    require_usable(endpoint.marketplace, address, but=endpoint)
    old = {name: getattr(endpoint, name) for name in _facts(address)}
    changes = {name: value for name, value in _facts(address).items() if old[name] != value}
    if not changes:
        return endpoint
    _give_up_effects(endpoint.marketplace, address, actor=actor, but=endpoint)
    if changes.keys() & {"url", "is_active"}:
        changes |= {"failing_since": None, "gone_at": None}
    try:
        with transaction.atomic():
            WebhookEndpoint.objects.filter(pk=endpoint.pk).update(**changes)
    except IntegrityError as problem:
        raise _there_already() from problem
    details = {name: {"old": old[name], "new": changes[name]} for name in changes.keys() & old.keys()}
    record("accounts.webhook_endpoint.changed", actor=actor, subject=endpoint, details=details)
    endpoint.refresh_from_db()
    return endpoint


def bring_main_address(marketplace: Marketplace, url: str, *, actor: Actor | None) -> WebhookEndpoint:
    """The address that carries effects, at that place; a new one gets all news as well. The same again is nothing."""
    main = marketplace.endpoints.carrying_effects().first()
    if main is None:
        address = Address(name=MAIN_NAME, url=url, events=CHOSEN_TYPES, carries_effects=True)
        return add_endpoint(marketplace, address, actor=actor)
    address = Address(
        name=main.name, url=url, events=tuple(main.events), carries_effects=True, is_active=main.is_active
    )
    return change_endpoint(main, address, actor=actor)


# -- who hears what ---------------------------------------------------------------------------------------------------


def hearing(marketplace: Marketplace, message_type: str) -> list[WebhookEndpoint]:
    """Where a type is sent: the address that carries effects first; one alone for what is done once."""
    wanted = event(message_type)
    rows = marketplace.endpoints.in_use()
    if wanted.is_confirmed:
        return list(rows.carrying_effects())
    found = [endpoint for endpoint in rows if message_type in endpoint.events]
    return found[:1] if wanted.is_task else found


def hears(marketplace: Marketplace, message_type: str) -> bool:
    """Whether anybody there would be told."""
    return bool(hearing(marketplace, message_type))


# -- how they are doing -----------------------------------------------------------------------------------------------


def note_delivered(endpoint: WebhookEndpoint) -> None:
    """It takes messages: what troubled it is over."""
    if endpoint.failing_since is not None:
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(failing_since=None)


def note_failed(endpoint: WebhookEndpoint, *, at: datetime) -> None:
    """It did not take a message; since when is kept from the first failure on."""
    if endpoint.failing_since is None:
        WebhookEndpoint.objects.filter(pk=endpoint.pk, failing_since__isnull=True).update(failing_since=at)


@transaction.atomic
def switch_off_gone(endpoint: WebhookEndpoint, *, at: datetime) -> bool:
    """The receiver says that the address is gone for good: nothing more is sent there until staff switch it on.

    Never one that carries effects: a decision must not be silenced by a wrong turn of somebody's proxy.
    """
    rows = WebhookEndpoint.objects.filter(pk=endpoint.pk, is_active=True, carries_effects=False)
    if not rows.update(is_active=False, gone_at=at):
        return False
    record("accounts.webhook_endpoint.switched_off", actor=None, subject=endpoint, details={"why": "HTTP 410"}, at=at)
    return True


def in_trouble(*, now: datetime) -> WebhookEndpointQuerySet:
    """Addresses that staff should look at: gone, or failing for longer than the rule allows."""
    hours = rulesets.current("webhooks").number("endpoint_failing_hours")
    return WebhookEndpoint.objects.in_trouble(failing_since=now - timedelta(hours=hours))


# -- checks -----------------------------------------------------------------------------------------------------------


def _facts(address: Address) -> dict[str, Any]:
    return asdict(address) | {"events": list(address.events)}


def require_usable(marketplace: Marketplace, address: Address, *, but: WebhookEndpoint | None) -> None:
    """Raises ``DomainError`` where it cannot be an address of that marketplace. ``but``: the one that it changes."""
    if not address.name.strip():
        raise DomainError(_NOT_SAVED, "이름이 비어 있습니다.", "무엇을 받는 주소인지 적어 주세요.")
    if not _is_address(address.url):
        raise DomainError(
            _NOT_SAVED,
            "웹훅을 보낼 수 있는 주소가 아닙니다.",
            "https://로 시작하는 주소를 사용자 이름과 # 없이, 500자 안으로 적어 주세요.",
            code="bad_address",
        )
    unknown = sorted(set(address.events) - set(CHOSEN_TYPES))
    if unknown:
        raise DomainError(
            _NOT_SAVED,
            f"고를 수 없는 종류입니다: {', '.join(unknown)}.",
            f"{', '.join(CHOSEN_TYPES)} 가운데에서 골라 주세요.",
            code="unknown_event",
        )
    if address.is_active:
        _require_one_receiver(marketplace, address.events, but=but)


def _require_one_receiver(marketplace: Marketplace, events: Collection[str], *, but: WebhookEndpoint | None) -> None:
    """What is done once is done at one address, or a person would hear of it twice."""
    tasks = {each.type for each in CHOSEN if each.is_task} & set(events)
    for other in _others(marketplace.endpoints.in_use(), but):
        twice = sorted(tasks & set(other.events))
        if twice:
            raise Conflict(
                _NOT_SAVED,
                f"{', '.join(twice)}은(는) 주소 하나만 받는데 {josa(f'‘{other.name}’', '이/가')} 이미 받고 있습니다.",
                f"‘{other.name}’에서 먼저 빼 주세요.",
                code="one_receiver",
            )


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    is_plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= 500
    has_place = parts.scheme in {"http", "https"} and bool(parts.hostname) and port != 0
    return is_plain and has_place and parts.username is None and not parts.fragment


def _give_up_effects(
    marketplace: Marketplace, address: Address, *, actor: Actor | None, but: WebhookEndpoint | None
) -> None:
    """Who carried effects so far hands that over."""
    if not address.carries_effects:
        return
    for other in _others(marketplace.endpoints.carrying_effects(), but):
        WebhookEndpoint.objects.filter(pk=other.pk).update(carries_effects=False)
        details = {"carries_effects": {"old": True, "new": False}}
        record("accounts.webhook_endpoint.changed", actor=actor, subject=other, details=details)


def _others(rows: WebhookEndpointQuerySet, but: WebhookEndpoint | None) -> WebhookEndpointQuerySet:
    return rows if but is None else rows.exclude(pk=but.pk)


def _there_already() -> Conflict:
    return Conflict(
        _NOT_SAVED,
        "같은 주소가 이미 있거나, 조치를 받는 주소를 다른 사람이 동시에 바꾸었습니다.",
        "목록을 새로 고쳐 확인해 주세요.",
    )
