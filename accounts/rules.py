"""Numbers of what goes to and from marketplaces, and which steps its rows may take. Pure."""

from collections.abc import Mapping
from typing import Final

from accounts.choices import RelayStatus

#: First values of the area "accounts". Each is our own choice; where something is said elsewhere, the comment names it.
FIRST_VALUES: Final[Mapping[str, object]] = {
    # An address that has taken nothing for so long is shown to staff: five deliveries have failed by then
    # (core: webhook_retry_seconds).
    "endpoint_failing_hours": 6,
    # A test is looked at while it is made: later it is worth nothing.
    "test_event_seconds": 120,
    # How long a marketplace has to deliver a notice for us before staff look for another way: a seller's period runs
    # from delivery, so a day is lost to nobody.
    "notify_deliver_hours": 24,
}

#: Every step of a notice that a marketplace delivers. It may have been delivered after all, but is never undelivered.
RELAY_STEPS: Final[Mapping[RelayStatus, frozenset[RelayStatus]]] = {
    RelayStatus.ASKED: frozenset({RelayStatus.DELIVERED, RelayStatus.FAILED}),
    RelayStatus.FAILED: frozenset({RelayStatus.DELIVERED}),
    RelayStatus.DELIVERED: frozenset(),
}
