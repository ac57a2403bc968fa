"""What a carrier hands to the outbox, and what a transport tells it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from core.models import OutboxMessage

Transport = Callable[[OutboxMessage], None]


@dataclass(frozen=True, slots=True)
class OutboxDraft:
    """A message as a carrier composes it, before it has a key."""

    channel: str
    destination: str
    message_type: str
    payload: Mapping[str, object]


class DeliveryFailed(Exception):
    """A transport could not deliver. ``permanent``: trying again would not help, so a person is asked at once."""

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        self.reason = reason
        self.permanent = permanent
        super().__init__(reason)
