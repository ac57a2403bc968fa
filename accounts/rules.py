"""Numbers of the API and of what goes to and from marketplaces, and which steps its rows may take. Pure."""

from collections.abc import Mapping
from typing import Final

from accounts.choices import RelayStatus

#: First values of the area "api". Each is our own choice; the comment says what it is weighed against.
FIRST_VALUES: Final[Mapping[str, object]] = {
    # A key that was replaced still opens for so many days: a release of the marketplace's software takes a week.
    "key_overlap_days": 14,
    # Requests a minute and client. Reading costs a few milliseconds; nobody reads a market one by one.
    "read_per_minute": 1_200,
    # Writes carry up to a thousand items each: 300 a minute are five thousand listings a second.
    "write_per_minute": 300,
    # A seller waits for the answer, so this is the widest: fifty a second.
    "screen_per_minute": 3_000,
    # One picture each; a listing has ten to thirty.
    "upload_per_minute": 1_200,
    # An answer is replayed for so many days (the issue of the API: 7): longer than the longest retry of a webhook.
    "idempotency_days": 7,
    # A call of the same key waits so long for the answer of the first, then is told to come again (the same: 10).
    "idempotency_wait_seconds": 10,
    # After so long without an answer the first call's process is taken for dead: the longest bulk takes a fraction.
    "idempotency_lease_seconds": 120,
}

#: First values of the area "webhooks", the same way.
WEBHOOK_VALUES: Final[Mapping[str, object]] = {
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
