"""The channel mail: what stands in a mail, and which failures are worth another try."""

import smtplib
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives

from core import outbox
from core.choices import OutboxStatus
from core.mail import compose, message_id
from core.models import OutboxMessage
from core.tests.running import NOW, at, post_message

PAYLOAD = {"to": ["seller@shop.example"], "subject": "판매 제한 안내", "text": "안녕하세요."}


@pytest.fixture(autouse=True)
def _clock(settings: Any) -> Iterator[None]:
    settings.OUTBOX_TRANSPORTS = {"mail": "core.mail.deliver"}
    settings.DEFAULT_FROM_EMAIL = "지킴이 <no-reply@jikimi.example>"
    with at(0):
        yield


def send(payload: dict[str, Any]) -> OutboxMessage:
    message = post_message("notice-1", channel="mail", destination="seller@shop.example", payload=payload)
    outbox.deliver_due(now=NOW)
    message.refresh_from_db()
    return message


@pytest.mark.django_db
def test_mail_says_what_the_payload_says() -> None:
    message = send(PAYLOAD | {"html": "<p>안녕하세요.</p>", "headers": {"Reply-To": "help@jikimi.example"}})
    assert message.status == OutboxStatus.DELIVERED
    (sent,) = mail.outbox
    assert isinstance(sent, EmailMultiAlternatives)
    assert (sent.subject, sent.body, sent.to) == ("판매 제한 안내", "안녕하세요.", ["seller@shop.example"])
    assert [tuple(part) for part in sent.alternatives] == [("<p>안녕하세요.</p>", "text/html")]
    assert sent.extra_headers["Reply-To"] == "help@jikimi.example"
    assert sent.extra_headers["Auto-Submitted"] == "auto-generated"


def test_repeat_of_a_message_has_the_same_id_and_another_message_another() -> None:
    first, again, other = (compose(key, PAYLOAD).message()["Message-ID"] for key in ("a", "a", "b"))
    assert first == again != other
    assert first.endswith("@jikimi.example>")


def test_message_id_does_not_show_the_key() -> None:
    assert "hong" not in message_id("notice-hong@example.com")


@pytest.mark.django_db
@pytest.mark.parametrize("payload", [PAYLOAD | {"subject": "두\n줄"}, {"to": ["a@shop.example"]}, PAYLOAD | {"to": 7}])
def test_mail_that_cannot_be_written_is_parked_at_once(payload: dict[str, Any]) -> None:
    assert send(payload).status == OutboxStatus.PARKED
    assert mail.outbox == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("problem", "status"),
    [
        (ConnectionRefusedError(111, "refused"), OutboxStatus.PENDING),
        (TimeoutError("timed out"), OutboxStatus.PENDING),
        (smtplib.SMTPServerDisconnected("gone"), OutboxStatus.PENDING),
        (smtplib.SMTPAuthenticationError(535, b"no"), OutboxStatus.PENDING),
        (smtplib.SMTPDataError(451, b"later"), OutboxStatus.PENDING),
        (smtplib.SMTPDataError(554, b"spam"), OutboxStatus.PARKED),
        (smtplib.SMTPRecipientsRefused({"a@shop.example": (450, b"busy")}), OutboxStatus.PENDING),
        (smtplib.SMTPRecipientsRefused({"a@shop.example": (550, b"unknown")}), OutboxStatus.PARKED),
    ],
)
def test_failure_of_the_server_is_tried_again_unless_it_is_final(
    monkeypatch: pytest.MonkeyPatch, problem: Exception, status: str
) -> None:
    def fail(_mail: EmailMultiAlternatives) -> int:
        raise problem

    monkeypatch.setattr(EmailMultiAlternatives, "send", fail)
    message = send(PAYLOAD)
    assert message.status == status
    assert type(problem).__name__ in message.last_error
