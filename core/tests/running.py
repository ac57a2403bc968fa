"""Transports, carriers and rows for tests of what runs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import time_machine
from django.db import transaction

from core import effects, outbox
from core.models import Effect, OutboxMessage
from core.outbox import DeliveryFailed, OutboxDraft

NOW = datetime(2026, 11, 23, 5, 30, tzinfo=UTC)
SOURCE = ("reports.decision", "1")
TARGET = "listing:market:1"

Answer = Callable[[OutboxMessage], None]


def after(seconds: float) -> datetime:
    """So many seconds after ``NOW``."""
    return NOW + timedelta(seconds=seconds)


@contextmanager
def at(seconds: float) -> Iterator[datetime]:
    """The clock stands still so many seconds after ``NOW``."""
    with time_machine.travel(after(seconds), tick=False):
        yield after(seconds)


class Receiver:
    """What the test's transport delivers to: keeps the keys that arrived and answers as it is told."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.answer: Answer = accept

    def __call__(self, message: OutboxMessage) -> None:
        self.seen.append(message.key)
        self.answer(message)


def accept(message: OutboxMessage) -> None:
    """An answer that takes every delivery."""


def refuse(reason: str = "HTTP 503", *, permanent: bool = False) -> Answer:
    """An answer that fails every delivery."""

    def answer(_message: OutboxMessage) -> None:
        raise DeliveryFailed(reason, permanent=permanent)

    return answer


receiver = Receiver()


def deliver(message: OutboxMessage) -> None:
    """The transport that settings name in tests."""
    receiver(message)


def carry(effect: Effect) -> OutboxDraft:
    """The carrier that settings name in tests."""
    payload = {"target": effect.target, "version": effect.version}
    return OutboxDraft(channel="test", destination=effect.destination, message_type=effect.kind, payload=payload)


def carry_badly(effect: Effect) -> OutboxDraft:
    """A carrier with a mistake of its own."""
    raise ValueError(f"no statement for effect {effect.version}")


def post_message(key: str, *, destination: str = "market", channel: str = "test", **fields: Any) -> OutboxMessage:
    """A message that is due at ``NOW``."""
    facts: dict[str, Any] = {"message_type": "test.said", "payload": {"key": key}, "not_before": NOW} | fields
    with transaction.atomic():
        return outbox.post(channel=channel, destination=destination, key=key, **facts)


def ask_effect(kind: str = "listing.restrict", *, target: str = TARGET, **fields: Any) -> Effect:
    """An effect that is due at ``NOW``."""
    facts: dict[str, Any] = {"carrier": "test", "destination": "market", "source": SOURCE, "not_before": NOW}
    with transaction.atomic():
        return effects.ask(target=target, kind=kind, payload={"kind": kind}, **(facts | fields))
