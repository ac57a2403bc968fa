"""Who does something. Services take an ``Actor``; rows keep it as opaque text, without a key upwards."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Actor:
    """One acting party.

    ``kind`` is one of the words below, ``ref`` its opaque identifier inside that kind, ``label`` what staff read
    (personal, so it stands in erasable detail only), ``on_behalf_of`` the label of whoever it acts for, if anyone.
    """

    kind: str
    ref: str
    label: str
    on_behalf_of: str = ""


USER: Final = "user"
COMMAND: Final = "command"
SYSTEM: Final = "system"
MARKETPLACE: Final = "marketplace"
SELLER: Final = "seller"
CONSUMER: Final = "consumer"
REPORTER: Final = "reporter"
API_CLIENT: Final = "api_client"

#: What a service records where its caller passes ``None``.
THE_SYSTEM: Final = Actor(kind=SYSTEM, ref="system", label="시스템")


def or_system(actor: Actor | None) -> Actor:
    """The actor itself, or the system where there is none."""
    return actor if actor is not None else THE_SYSTEM
