"""The outbox: at least once, one key, attempts counted at the start, parked in the end, never two couriers at once."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from core import outbox, rulesets
from core.actors import Actor
from core.choices import OutboxStatus
from core.errors import Conflict
from core.models import JournalEntry, OutboxMessage
from core.outbox import LEASE, VANISHED
from core.tests import running
from core.tests.running import NOW, Receiver, after, at, post_message, refuse
from core.tests.together import together

STAFF = Actor(kind="user", ref="7", label="김담당")


@pytest.fixture(autouse=True)
def receiver(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """What the channels ``test`` and ``other`` deliver to; the clock stands still at ``NOW``."""
    settings.OUTBOX_TRANSPORTS = {"test": "core.tests.running.deliver", "other": "core.tests.running.deliver"}
    monkeypatch.setattr(running, "receiver", Receiver())
    with at(0):
        yield running.receiver


def waits() -> tuple[int, ...]:
    return rulesets.current("core").numbers("outbox_retry_seconds")


def verbs(message: OutboxMessage) -> list[str]:
    rows = JournalEntry.objects.filter(subject_type="core.outboxmessage", subject_ref=str(message.pk))
    return list(rows.order_by("pk").values_list("verb", flat=True))


@pytest.mark.django_db
def test_message_due_is_delivered_once(receiver: Receiver) -> None:
    message = post_message("a")
    assert outbox.deliver_due(now=NOW) == 1
    assert outbox.deliver_due(now=after(3600)) == 0
    message.refresh_from_db()
    assert receiver.seen == ["a"]
    assert (message.status, message.attempts, message.delivered_at) == (OutboxStatus.DELIVERED, 1, NOW)
    assert message.lease_until is None


@pytest.mark.django_db
def test_same_key_twice_is_one_message_as_first_written() -> None:
    first = post_message("a", payload={"text": "처음"})
    second = post_message("a", payload={"text": "다음"})
    assert second.pk == first.pk
    assert second.payload == {"text": "처음"}


@pytest.mark.django_db
def test_message_rolled_back_with_its_change_is_never_sent(receiver: Receiver) -> None:
    with transaction.atomic():
        post_message("a")
        transaction.set_rollback(True)
    assert outbox.deliver_due(now=NOW) == 0
    assert receiver.seen == []


@pytest.mark.django_db
def test_channel_without_a_transport_is_refused() -> None:
    with pytest.raises(LookupError, match="pigeon"):
        post_message("a", channel="pigeon")
    assert OutboxMessage.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_message_needs_the_transaction_of_its_change() -> None:
    with pytest.raises(TransactionManagementError):
        outbox.post(channel="test", destination="market", message_type="x", payload={}, key="a")


@pytest.mark.django_db
def test_message_waits_for_its_time(receiver: Receiver) -> None:
    post_message("a", not_before=after(20))
    assert outbox.deliver_due(now=after(19)) == 0
    assert receiver.seen == []
    assert outbox.deliver_due(now=after(20)) == 1


@pytest.mark.django_db
def test_failure_is_tried_again_after_each_wait_and_parked_after_the_last(receiver: Receiver) -> None:
    receiver.answer = refuse("HTTP 503")
    message = post_message("a")
    moment, park_after = NOW, rulesets.current("core").number("outbox_park_after")
    for attempt in range(1, park_after):
        outbox.deliver_due(now=moment)
        message.refresh_from_db()
        assert (message.status, message.attempts) == (OutboxStatus.PENDING, attempt)
        assert (message.not_before - moment).total_seconds() == waits()[attempt - 1]
        moment = message.not_before
    outbox.deliver_due(now=moment)
    message.refresh_from_db()
    assert (message.status, message.attempts, message.last_error) == (OutboxStatus.PARKED, park_after, "HTTP 503")
    assert len(receiver.seen) == park_after
    assert verbs(message) == ["core.outbox.parked"]


@pytest.mark.django_db
def test_permanent_failure_is_parked_at_once(receiver: Receiver) -> None:
    receiver.answer = refuse("없는 주소", permanent=True)
    message = post_message("a")
    assert outbox.deliver_due(now=NOW) == 0
    message.refresh_from_db()
    assert (message.status, message.attempts) == (OutboxStatus.PARKED, 1)


@pytest.mark.django_db
def test_mistake_of_a_transport_counts_as_a_failure_and_stops_nobody_else(receiver: Receiver) -> None:
    def stumble(message: OutboxMessage) -> None:
        if message.key == "a":
            raise ZeroDivisionError("세 줄\0짜리")

    receiver.answer = stumble
    first, second = post_message("a", destination="one"), post_message("b", destination="two")
    assert outbox.deliver_due(now=NOW) == 1
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, first.last_error) == (OutboxStatus.PENDING, "ZeroDivisionError: 세 줄�짜리")
    assert second.status == OutboxStatus.DELIVERED


@pytest.mark.django_db
def test_destination_that_fails_is_left_alone_for_the_round(receiver: Receiver) -> None:
    receiver.answer = refuse()
    for number in range(5):
        post_message(f"a{number}")
    other = post_message("b", destination="elsewhere")
    outbox.deliver_due(now=NOW)
    assert receiver.seen == ["a0", "b"]
    assert OutboxMessage.objects.untried().count() == 4
    other.refresh_from_db()
    assert other.attempts == 1


@pytest.mark.django_db
def test_channels_are_delivered_apart(receiver: Receiver) -> None:
    post_message("a")
    post_message("b", channel="other")
    assert outbox.deliver_due(now=NOW, channels=["other"]) == 1
    assert receiver.seen == ["b"]


@pytest.mark.django_db
def test_round_ends_where_it_is_told_to(receiver: Receiver) -> None:
    for number in range(3):
        post_message(f"a{number}")
    assert outbox.deliver_due(now=NOW, after_each=lambda: False) == 1
    assert outbox.deliver_due(now=NOW, limit=1) == 1
    assert receiver.seen == ["a0", "a1"]


@pytest.mark.django_db(transaction=True)
def test_attempt_is_committed_and_no_transaction_is_open_while_delivering(receiver: Receiver) -> None:
    found: list[tuple[bool, str, int]] = []

    def look(message: OutboxMessage) -> None:
        row = OutboxMessage.objects.get(pk=message.pk)
        found.append((connection.in_atomic_block, row.status, row.attempts))

    receiver.answer = look
    post_message("a")
    outbox.deliver_due(now=NOW)
    assert found == [(False, OutboxStatus.SENDING, 1)]


class PowerCut(BaseException):
    """The process is gone in the middle of a delivery."""


def cut_off(message: OutboxMessage) -> None:
    raise PowerCut


@pytest.mark.django_db
def test_delivery_cut_off_in_the_middle_is_sent_again_with_the_same_key(receiver: Receiver) -> None:
    receiver.answer = cut_off
    message = post_message("a")
    with pytest.raises(PowerCut):
        outbox.deliver_due(now=NOW)
    receiver.answer = running.accept
    assert outbox.deliver_due(now=NOW + LEASE / 2) == 0
    assert outbox.deliver_due(now=NOW + LEASE) == 1
    message.refresh_from_db()
    assert receiver.seen == ["a", "a"]
    assert (message.status, message.attempts) == (OutboxStatus.DELIVERED, 2)


@pytest.mark.django_db
def test_message_that_kills_its_courier_each_time_is_parked(receiver: Receiver) -> None:
    receiver.answer = cut_off
    message = post_message("a")
    park_after = rulesets.current("core").number("outbox_park_after")
    for number in range(park_after):
        with pytest.raises(PowerCut):
            outbox.deliver_due(now=NOW + number * LEASE)
    assert outbox.deliver_due(now=NOW + park_after * LEASE) == 0
    message.refresh_from_db()
    assert (message.status, message.last_error) == (OutboxStatus.PARKED, VANISHED)
    assert len(receiver.seen) == park_after


@pytest.mark.django_db
def test_late_success_counts_though_another_courier_took_the_message_and_failed(receiver: Receiver) -> None:
    message = post_message("a")

    def slow(_message: OutboxMessage) -> None:
        receiver.answer = refuse()
        outbox.deliver_due(now=NOW + LEASE)

    receiver.answer = slow
    assert outbox.deliver_due(now=NOW) == 1
    message.refresh_from_db()
    assert receiver.seen == ["a", "a"]
    assert message.status == OutboxStatus.DELIVERED
    assert outbox.deliver_due(now=after(86_400)) == 0


@pytest.mark.django_db
def test_late_failure_changes_nothing_where_another_courier_delivered(receiver: Receiver) -> None:
    message = post_message("a")

    def slow(_message: OutboxMessage) -> None:
        receiver.answer = running.accept
        outbox.deliver_due(now=NOW + LEASE)
        raise outbox.DeliveryFailed("시간 초과", permanent=True)

    receiver.answer = slow
    outbox.deliver_due(now=NOW)
    message.refresh_from_db()
    assert (message.status, message.last_error) == (OutboxStatus.DELIVERED, "")
    assert verbs(message) == []


@pytest.mark.django_db
def test_parked_message_is_sent_again_by_a_person(receiver: Receiver) -> None:
    receiver.answer = refuse(permanent=True)
    message = post_message("a")
    outbox.deliver_due(now=NOW)
    receiver.answer = running.accept
    outbox.retry(message, actor=STAFF)
    assert (message.status, message.attempts) == (OutboxStatus.PENDING, 0)
    assert outbox.deliver_due(now=NOW) == 1
    assert verbs(message) == ["core.outbox.parked", "core.outbox.retried"]


@pytest.mark.django_db
def test_only_a_parked_message_is_retried(receiver: Receiver) -> None:
    message = post_message("a")
    outbox.deliver_due(now=NOW)
    with pytest.raises(Conflict, match="전달됨"):
        outbox.retry(message, actor=STAFF)
    assert outbox.deliver_due(now=after(86_400)) == 0
    assert receiver.seen == ["a"]
    assert verbs(message) == []


@pytest.mark.django_db
def test_cancelled_message_is_not_sent(receiver: Receiver) -> None:
    message = outbox.cancel(post_message("a"), actor=STAFF)
    assert message.status == OutboxStatus.CANCELLED
    assert outbox.deliver_due(now=NOW) == 0
    assert receiver.seen == []
    assert verbs(message) == ["core.outbox.cancelled"]


@pytest.mark.django_db
def test_message_that_has_left_cannot_be_cancelled() -> None:
    message = post_message("a")
    outbox.deliver_due(now=NOW)
    with pytest.raises(Conflict):
        outbox.cancel(message, actor=STAFF)
    assert verbs(message) == []


@pytest.mark.django_db
def test_round_with_nothing_due_opens_no_transaction(django_assert_num_queries: Any) -> None:
    post_message("a", not_before=after(60))
    with django_assert_num_queries(2) as queries:
        outbox.deliver_due(now=NOW)
    assert not [query for query in queries if "SAVEPOINT" in query["sql"] or "BEGIN" in query["sql"]]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_couriers_side_by_side_never_send_one_message_twice(receiver: Receiver) -> None:
    lock = threading.Lock()
    under_way: set[str] = set()
    overlaps: list[str] = []

    def watch(message: OutboxMessage) -> None:
        with lock:
            overlaps.extend({message.key} & under_way)
            under_way.add(message.key)

    receiver.answer = watch
    for number in range(60):
        post_message(f"a{number}", destination=f"market {number}")
    counts = together(*[lambda: outbox.deliver_due(now=NOW)] * 4)
    assert sum(counts) == 60
    assert overlaps == []
    assert sorted(receiver.seen) == sorted(f"a{number}" for number in range(60))
    assert set(OutboxMessage.objects.values_list("attempts", flat=True)) == {1}


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_same_key_posted_at_once_is_one_message() -> None:
    rows = together(*[lambda: post_message("a").pk] * 6)
    assert set(rows) == {OutboxMessage.objects.get().pk}
