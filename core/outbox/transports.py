"""What a carrier hands to the outbox, and what a transport tells it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from core.models import OutboxMessage


@dataclass(frozen=True, slots=True)
class OutboxDraft:
    """A message as a carrier composes it, before it has a key."""

    channel: str
    destination: str
    message_type: str
    payload: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a transport knows of a delivery that went well."""

    status_code: int | None = None


class DeliveryFailed(Exception):
    """A transport could not deliver. ``permanent``: trying again would not help, so a person is asked at once.

    ``retry_after``: for so many seconds the receiver wants to be left alone, by all that is meant for it.
    """

    def __init__(
        self,
        reason: str,
        *,
        permanent: bool = False,
        status_code: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        self.reason = reason
        self.permanent = permanent
        self.status_code = status_code
        self.retry_after = retry_after
        super().__init__(reason)


#: Delivers one message, or raises ``DeliveryFailed``. What it returns, if anything, is kept with the attempt.
Transport = Callable[[OutboxMessage], Receipt | None]
