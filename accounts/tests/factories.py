"""Users and marketplaces for tests."""

from itertools import count
from typing import Any

from accounts.models import Marketplace, User

_numbers = count(1)


def make_user(email: str = "", *, password: str | None = None, is_staff: bool = True, **fields: Any) -> User:
    """A new person, staff unless told otherwise. Without a password nobody can sign in by one."""
    address = email or f"person-{next(_numbers)}@jikimi.example"
    return User.objects.create_user(address, password, is_staff=is_staff, **{"name": "김담당"} | fields)


def make_marketplace(slug: str = "market", **fields: Any) -> Marketplace:
    """The marketplace of that slug, made where it is not there yet: tests share one unless they name another."""
    defaults = {"name": "시험 마켓", "address_patterns": ["https://market.example/item/{id}"]} | fields
    return Marketplace.objects.get_or_create(slug=slug, defaults=defaults)[0]
