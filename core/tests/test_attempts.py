"""Every delivery is a row that tells how it went and not about whom; what expires; what is sent once more."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from core import attempts, effects, outbox, rulesets
from core.actors import Actor
from core.choices import AttemptOutcome, OutboxStatus
from core.errors import Conflict
from core.models import JournalEntry, OutboxAttempt, OutboxMessage
from core.outbox import LEASE, VANISHED, DeliveryFailed, Receipt
from core.rules import FIRST_VALUES
from core.tests import running
from core.tests.running import NOW, Receiver, after, ask_effect, at, post_message, refuse

pytestmark = pytest.mark.django_db

STAFF = Actor(kind="user", ref="7", label="김담당")
CHANNELS = ("test", "other", "webhook")


@pytest.fixture(autouse=True)
def receiver(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    settings.OUTBOX_TRANSPORTS = dict.fromkeys(CHANNELS, "core.tests.running.deliver")
    settings.EFFECT_CARRIERS = {"test": "core.tests.running.carry"}
    monkeypatch.setattr(running, "receiver", Receiver())
    with at(0):
        yield running.receiver


def busy(seconds: float, status: int = 429) -> running.Answer:
    """An answer that asks to be left alone."""

    def answer(_message: OutboxMessage) -> None:
        raise DeliveryFailed(f"HTTP {status}", status_code=status, retry_after=seconds)

    return answer


def rows(message: OutboxMessage) -> list[tuple[int, str, int | None, str]]:
    found = OutboxAttempt.objects.filter(message=message).order_by("pk")
    return list(found.values_list("number", "outcome", "status_code", "said"))


def verbs(message: OutboxMessage) -> list[str]:
    entries = JournalEntry.objects.filter(subject_type="core.outboxmessage", subject_ref=str(message.pk))
    return list(entries.order_by("pk").values_list("verb", flat=True))


# -- rows -------------------------------------------------------------------------------------------------------------


def test_each_delivery_leaves_a_row_with_how_it_ended(receiver: Receiver) -> None:
    receiver.answer = busy(0, 503)
    message = post_message("a")
    outbox.deliver_due(now=NOW)
    receiver.answer = running.accept
    outbox.deliver_due(now=after(3600))
    assert rows(message) == [
        (1, AttemptOutcome.FAILED, 503, "HTTP 503"),
        (2, AttemptOutcome.DELIVERED, None, ""),
    ]
    first = OutboxAttempt.objects.earliest("pk")
    assert (first.started_at, first.duration_ms is not None) == (NOW, True)


def test_the_status_of_an_answer_that_took_the_message_is_kept(receiver: Receiver, monkeypatch: Any) -> None:
    monkeypatch.setattr(running, "deliver", lambda _message: Receipt(status_code=204))
    message = post_message("a")
    outbox.deliver_due(now=NOW)
    assert rows(message) == [(1, AttemptOutcome.DELIVERED, 204, "")]


def test_a_transports_own_mistake_is_a_failed_attempt(receiver: Receiver) -> None:
    def stumble(_message: OutboxMessage) -> None:
        raise ZeroDivisionError("so")

    receiver.answer = stumble
    message = post_message("a")
    outbox.deliver_due(now=NOW)
    assert rows(message) == [(1, AttemptOutcome.FAILED, None, "ZeroDivisionError: so")]


class PowerCut(BaseException):
    """The process is gone in the middle of a delivery."""


def test_a_delivery_that_nobody_saw_the_end_of_is_said_to_have_vanished(receiver: Receiver) -> None:
    def cut(_message: OutboxMessage) -> None:
        raise PowerCut

    receiver.answer = cut
    message = post_message("a")
    with pytest.raises(PowerCut):
        outbox.deliver_due(now=NOW)
    assert rows(message) == []
    receiver.answer = running.accept
    outbox.deliver_due(now=NOW + LEASE)
    assert rows(message) == [(1, AttemptOutcome.VANISHED, None, VANISHED), (2, AttemptOutcome.DELIVERED, None, "")]
    assert OutboxAttempt.objects.earliest("pk").started_at == NOW


def test_numbers_go_on_when_a_person_sends_a_message_again(receiver: Receiver) -> None:
    receiver.answer = refuse(permanent=True)
    message = post_message("a")
    outbox.deliver_due(now=NOW)
    outbox.retry(message, actor=STAFF)
    outbox.deliver_due(now=NOW)
    message.refresh_from_db()
    assert [number for number, *_ in rows(message)] == [1, 2]
    assert (message.attempts, message.tries) == (1, 2)


def test_a_row_is_never_changed(receiver: Receiver) -> None:
    post_message("a")
    outbox.deliver_due(now=NOW)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        OutboxAttempt.objects.update(said="anders")
    assert OutboxAttempt.objects.get().said == ""


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("HTTP 500 told to fail", "HTTP 500 told to fail"),
        ("{'kim@shop.example': (550, b'no such user')}", "{'(이메일)': (550, b'no such user')}"),
        ("<한글@상점.example> 5.1.1", "<(이메일)> 5.1.1"),
        ("HTTP 500 code 123456 is unknown", "HTTP 500 code ###### is unknown"),
        ("010-1234-5678 / 010 1234 5678 / +82 10-1234-5678", "###### / ###### / +82 ######"),
        ("HTTP 404 no https://x.example/seller/abc-DEF_1/?a=1", "HTTP 404 no https://x.example/…"),
        ("두\n줄\0과 \ud800", "두 줄 과 ?"),
        ("가" * 400, "가" * 300),
    ],
)
def test_what_is_kept_of_an_answer_is_about_nobody(said: str, kept: str) -> None:
    assert attempts.impersonal(said) == kept


def test_rows_older_than_the_rule_are_deleted_and_younger_ones_stay(receiver: Receiver) -> None:
    days = rulesets.current("core").number("attempt_days")
    for key in ("a", "b"):
        post_message(key)
    outbox.deliver_due(now=NOW)
    with at(86_400):
        post_message("c", not_before=after(86_400))
        outbox.deliver_due(now=after(86_400))
    assert attempts.prune(now=NOW + timedelta(days=days)) == 0
    assert attempts.prune(now=NOW + timedelta(days=days, seconds=1)) == 2
    assert OutboxAttempt.objects.get().message.key == "c"
    assert OutboxMessage.objects.count() == 3


def test_many_old_rows_are_deleted_in_bounded_pieces(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "_BATCH", 2)
    monkeypatch.setattr(attempts, "_BATCHES", 2)
    for number in range(7):
        post_message(f"a{number}")
    outbox.deliver_due(now=NOW)
    later = NOW + timedelta(days=400)
    assert [attempts.prune(now=later) for _ in range(3)] == [4, 3, 0]


# -- waits ------------------------------------------------------------------------------------------------------------


def test_the_last_delivery_of_a_webhook_is_tried_three_days_after_the_first() -> None:
    waits = FIRST_VALUES["webhook_retry_seconds"]
    assert isinstance(waits, list)
    assert waits == sorted(waits)
    assert 71 * 3_600 <= sum(waits) <= 72 * 3_600


def test_a_channel_goes_by_its_own_waits_and_is_parked_after_the_last(receiver: Receiver) -> None:
    receiver.answer = refuse()
    message, moment = post_message("a", channel="webhook"), NOW
    waits = rulesets.current("core").numbers("webhook_retry_seconds")
    for wait in waits:
        outbox.deliver_due(now=moment)
        message.refresh_from_db()
        assert (message.status, (message.not_before - moment).total_seconds()) == (OutboxStatus.PENDING, wait)
        moment = message.not_before
    outbox.deliver_due(now=moment)
    message.refresh_from_db()
    assert (message.status, message.attempts) == (OutboxStatus.PARKED, len(waits) + 1)
    assert verbs(message) == ["core.outbox.parked"]


@pytest.mark.parametrize(("asked", "waits"), [(2, 30), (100, 100), (10**9, 21_600)])
def test_a_receiver_is_left_alone_for_as_long_as_it_asks_within_bounds(
    receiver: Receiver, asked: float, waits: int
) -> None:
    receiver.answer = busy(asked)
    message = post_message("a")
    outbox.deliver_due(now=NOW)
    message.refresh_from_db()
    assert message.not_before == after(waits)


def test_all_that_waits_for_a_receiver_leaves_it_alone(receiver: Receiver) -> None:
    receiver.answer = busy(600)
    for number in range(3):
        post_message(f"a{number}")
    other = post_message("b", destination="elsewhere", not_before=after(5))
    later = post_message("c", not_before=after(900))
    outbox.deliver_due(now=NOW)
    receiver.answer = running.accept
    assert outbox.deliver_due(now=after(599)) == 1
    assert receiver.seen == ["a0", "b"]
    assert outbox.deliver_due(now=after(600)) == 3
    assert OutboxMessage.objects.untried().get() == later
    assert other.key == "b"


# -- what expires -----------------------------------------------------------------------------------------------------


def test_what_has_expired_is_not_sent_and_nobody_is_asked(receiver: Receiver) -> None:
    message = post_message("a", expires_at=after(60))
    assert outbox.deliver_due(now=after(60)) == 0
    message.refresh_from_db()
    assert (message.status, receiver.seen) == (OutboxStatus.CANCELLED, [])
    assert verbs(message) == ["core.outbox.expired"]


def test_what_would_be_tried_too_late_is_given_up_at_once_with_the_last_error(receiver: Receiver) -> None:
    receiver.answer = refuse("HTTP 503")
    message = post_message("a", expires_at=after(20))
    outbox.deliver_due(now=NOW)
    message.refresh_from_db()
    assert (message.status, message.last_error) == (OutboxStatus.CANCELLED, "HTTP 503")
    assert outbox.deliver_due(now=after(40)) == 0
    assert receiver.seen == ["a"]


def test_what_fails_for_good_and_expires_is_not_parked(receiver: Receiver) -> None:
    receiver.answer = refuse(permanent=True)
    message = post_message("a", expires_at=after(3600))
    outbox.deliver_due(now=NOW)
    message.refresh_from_db()
    assert message.status == OutboxStatus.CANCELLED


def test_what_has_time_is_tried_again(receiver: Receiver) -> None:
    receiver.answer = refuse()
    message = post_message("a", expires_at=after(600))
    outbox.deliver_due(now=NOW)
    message.refresh_from_db()
    assert (message.status, message.not_before) == (OutboxStatus.PENDING, after(30))


# -- once more --------------------------------------------------------------------------------------------------------


def test_a_delivered_message_is_sent_once_more_under_its_key(receiver: Receiver) -> None:
    message = post_message("a")
    outbox.deliver_due(now=NOW)
    outbox.resend(message, actor=STAFF)
    assert outbox.deliver_due(now=after(1)) == 1
    assert receiver.seen == ["a", "a"]
    entry = JournalEntry.objects.get(verb="core.outbox.resent")
    assert (entry.detail.body, entry.actor_ref) == ({"was": "delivered"}, "7")


def test_a_parked_message_is_sent_once_more(receiver: Receiver) -> None:
    receiver.answer = refuse(permanent=True)
    message = post_message("a")
    outbox.deliver_due(now=NOW)
    assert outbox.resend(message, actor=STAFF).status == OutboxStatus.PENDING
    assert JournalEntry.objects.get(verb="core.outbox.resent").detail.body == {"was": "parked"}


@pytest.mark.parametrize("state", ["pending", "sending", "cancelled", "expired"])
def test_nothing_else_is_sent_once_more(receiver: Receiver, state: str) -> None:
    message = post_message("a", expires_at=after(10))
    if state == "expired":
        outbox.deliver_due(now=NOW)
    elif state == "cancelled":
        outbox.cancel(message)
    elif state == "sending":
        OutboxMessage.objects.update(status=OutboxStatus.SENDING, lease_until=after(180))
    with at(10 if state == "expired" else 0), pytest.raises(Conflict, match="다시 보내지 않았습니다"):
        outbox.resend(message, actor=STAFF)
    assert not JournalEntry.objects.filter(verb="core.outbox.resent").exists()


def test_the_message_of_an_effect_is_sent_again_by_its_effect_alone(receiver: Receiver) -> None:
    effect = ask_effect()
    effects.dispatch_due(now=NOW)
    outbox.deliver_due(now=NOW)
    effect.refresh_from_db()
    assert effect.message is not None
    with pytest.raises(Conflict, match="조치 효과 화면"):
        outbox.resend(effect.message, actor=STAFF)
    assert outbox.deliver_due(now=after(5)) == 0
