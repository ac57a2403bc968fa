"""Users and marketplaces for tests."""

from itertools import count
from typing import Any

from accounts.endpoints import Address, add_endpoint, bring_main_address
from accounts.events import CHOSEN
from accounts.models import Marketplace, User, WebhookEndpoint

_numbers = count(1)


def make_user(email: str = "", *, password: str | None = None, is_staff: bool = True, **fields: Any) -> User:
    """A new person, staff unless told otherwise. Without a password nobody can sign in by one."""
    address = email or f"person-{next(_numbers)}@jikimi.example"
    return User.objects.create_user(address, password, is_staff=is_staff, **{"name": "김담당"} | fields)


def make_marketplace(slug: str = "market", *, webhook_url: str = "", **fields: Any) -> Marketplace:
    """The marketplace of that slug, made where it is not there yet: tests share one unless they name another.

    With ``webhook_url`` it is told of everything there, effects and news.
    """
    defaults = {"name": "시험 마켓", "address_patterns": ["https://market.example/item/{id}"]} | fields
    marketplace = Marketplace.objects.get_or_create(slug=slug, defaults=defaults)[0]
    if webhook_url:
        bring_main_address(marketplace, webhook_url, actor=None)
    return marketplace


def make_endpoint(marketplace: Marketplace | None = None, **fields: Any) -> WebhookEndpoint:
    """An address that carries no effects and gets what any number may get, unless told otherwise."""
    number = next(_numbers)
    news = tuple(each.type for each in CHOSEN if not each.is_task)
    facts: dict[str, Any] = {"name": f"주소 {number}", "url": f"https://hooks.example/{number}", "events": news}
    return add_endpoint(marketplace or make_marketplace(), Address(**(facts | fields)), actor=None)
