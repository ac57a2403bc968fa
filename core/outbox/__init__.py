"""How anything leaves the house: messages written with the change that owes them, delivered at least once.

A message carries one key for all its deliveries, so that a receiver recognises a repeat. Attempts are counted and
committed before the delivery starts, and no transaction is open while it lasts. A courier that dies in the middle
leaves a lease that runs out; the message is then sent again. What keeps failing is parked for a person; what is worth
nothing after a time is given up then. How each delivery went stands in a row of its own (``core.attempts``).
"""

from core.outbox.delivery import LEASE, VANISHED, deliver_due
from core.outbox.messages import (
    cancel,
    cancel_where,
    note_arrived,
    post,
    require_transaction,
    resend,
    retry,
    send_again,
)
from core.outbox.transports import DeliveryFailed, OutboxDraft, Receipt, Transport

__all__ = [
    "LEASE",
    "VANISHED",
    "DeliveryFailed",
    "OutboxDraft",
    "Receipt",
    "Transport",
    "cancel",
    "cancel_where",
    "deliver_due",
    "note_arrived",
    "post",
    "require_transaction",
    "resend",
    "retry",
    "send_again",
]
