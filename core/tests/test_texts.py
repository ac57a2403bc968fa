"""Text messages: what a carrier takes, and the adapter that is handed them."""

import logging
from typing import Any

import pytest
from django.db import transaction

from core import outbox, texts
from core.choices import OutboxStatus, TextKind
from core.errors import DomainError
from core.models import OutboxAttempt, OutboxMessage
from core.outbox import DeliveryFailed, Receipt
from core.tests.running import NOW, after
from core.texts import MOST_BYTES, Text

pytestmark = pytest.mark.django_db

MOBILE = "010-1234-5678"
SENT: list[tuple[str, Text]] = []


class Kept:
    """An adapter that keeps what it is handed."""

    def send(self, text: Text, *, key: str) -> Receipt:
        SENT.append((key, text))
        return Receipt(status_code=202)


class Refusing:
    """One whose carrier does not know the number."""

    def send(self, text: Text, *, key: str) -> None:  # noqa: ARG002 - an adapter like any other
        raise DeliveryFailed(f"수신 거부: {text.to}", permanent=True)


@pytest.fixture(autouse=True)
def _adapter(settings: Any) -> None:
    SENT.clear()
    settings.OUTBOX_TRANSPORTS = {"text": "core.texts.deliver"}
    settings.TEXT_BACKEND = "core.tests.test_texts.Kept"
    settings.TEXT_SENDER = "0212345678"


def post(body: str = "확인 코드 123456", to: str = MOBILE, **more: Any) -> OutboxMessage:
    with transaction.atomic():
        return texts.post_text(to, body, message_type="contact.code", key="a", not_before=NOW, **more)


def test_a_text_is_handed_to_the_adapter_once_with_its_key() -> None:
    message = post(by="market", expires_at=after(600))
    assert outbox.deliver_due(now=NOW) == 1
    [(key, text)] = SENT
    assert key == "a"
    assert text == Text(
        "+821012345678", "확인 코드 123456", TextKind.SMS, sender="0212345678", by="market", expires_at=after(600)
    )
    assert message.destination == "+821012345678"
    assert OutboxAttempt.objects.get().status_code == 202


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("가" * 45, TextKind.SMS),
        ("가" * 45 + "a", TextKind.LMS),
        ("a" * 90, TextKind.SMS),
        ("가" * 1_000, TextKind.LMS),
    ],
)
def test_a_text_is_as_short_as_its_words_allow(body: str, kind: TextKind) -> None:
    assert post(body).payload["kind"] == kind


@pytest.mark.parametrize(
    ("body", "more", "code"),
    [
        ("", {}, "empty"),
        ("  ", {}, "empty"),
        ("가" * 1_001, {}, "too_long"),
        ("가" * 46, {"kind": TextKind.SMS}, "too_long"),
        ("안녕 🙂", {}, "unwritable"),
        ("验证码 123456", {}, "unwritable"),
        ("\ud800", {}, "unwritable"),
        ("안녕", {"kind": TextKind.ALIMTALK}, "no_template"),
        ("가" * 1_001, {"kind": TextKind.ALIMTALK, "template": "code_1"}, "too_long"),
        ("안녕", {"to": "02-1234-5678"}, "not_mobile"),
        ("안녕", {"to": ""}, "not_mobile"),
    ],
)
def test_what_a_carrier_would_not_take_is_refused_and_not_written(body: str, more: dict[str, Any], code: str) -> None:
    with pytest.raises(DomainError, match="문자를 보내지 않았습니다") as refused:
        post(body, **more)
    assert refused.value.code == code
    assert not OutboxMessage.objects.exists()


def test_an_alimtalk_carries_its_template_and_variables() -> None:
    post("코드는 🙂 123456", kind=TextKind.ALIMTALK, template="code_1", variables={"code": "123456"})
    outbox.deliver_due(now=NOW)
    text = SENT[0][1]
    assert (text.kind, text.template, text.variables) == (TextKind.ALIMTALK, "code_1", {"code": "123456"})


def test_a_refusal_of_the_carrier_is_kept_without_the_number(settings: Any) -> None:
    settings.TEXT_BACKEND = "core.tests.test_texts.Refusing"
    message = post()
    outbox.deliver_due(now=NOW)
    message.refresh_from_db()
    assert message.status == OutboxStatus.PARKED
    assert OutboxAttempt.objects.get().said == "수신 거부: ######"


def test_without_an_adapter_nothing_is_written_and_what_was_waits(settings: Any) -> None:
    message = post()
    settings.TEXT_BACKEND = ""
    with pytest.raises(DomainError, match="설정되지 않았습니다"), transaction.atomic():
        texts.post_text(MOBILE, "안녕", message_type="x", key="b")
    outbox.deliver_due(now=NOW)
    message.refresh_from_db()
    assert message.status == OutboxStatus.PENDING
    assert "TEXT_BACKEND" in message.last_error


def test_a_payload_that_is_none_is_parked_for_a_person() -> None:
    message = post()
    OutboxMessage.objects.update(payload={"to": "+821012345678"})
    outbox.deliver_due(now=NOW)
    message.refresh_from_db()
    assert (message.status, SENT) == (OutboxStatus.PARKED, [])


def test_the_console_says_that_something_would_have_left_but_neither_words_nor_number(
    settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.TEXT_BACKEND = "core.texts.ConsoleTexts"
    post()
    with caplog.at_level(logging.INFO, logger="core.texts"):
        assert outbox.deliver_due(now=NOW) == 1
    assert caplog.messages == ["text a (sms, 16 bytes) to 010-****-5678"]


def test_limits_are_those_of_korean_carriers() -> None:
    assert MOST_BYTES == {TextKind.SMS: 90, TextKind.LMS: 2_000}
