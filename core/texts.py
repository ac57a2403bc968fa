"""The outbox's channel ``text``: one message, one text message, through the adapter that ``TEXT_BACKEND`` names.

An adapter is a class without arguments whose ``send`` takes a ``Text`` and the key of the message. It is called with no
transaction open, may be called again with the same key (a carrier's own idempotency goes by it), raises
``DeliveryFailed`` where the text did not go, and lasts seconds. ``ConsoleTexts`` writes a line to the log;
``accounts.text_backend.WebhookTexts`` asks the marketplace to send it. ``docs/webhooks.md`` says how to write one.
"""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from core import outbox
from core.choices import TextKind
from core.contacts import ContactRefused, normalise_mobile
from core.errors import DomainError
from core.journal.entries import Subject
from core.korean import josa
from core.models import OutboxMessage
from core.outbox import DeliveryFailed, Receipt

logger = logging.getLogger(__name__)

#: What Korean carriers take, in bytes of their character set: 90 as a short message, 2,000 as a long one.
CHARACTER_SET: Final = "cp949"
MOST_BYTES: Final[Mapping[TextKind, int]] = {TextKind.SMS: 90, TextKind.LMS: 2_000}
#: 알림톡: letters of a template that Kakao has approved, variables filled in.
MOST_LETTERS: Final = 1_000
_MOBILE: Final = re.compile(r"8210[0-9]{8}")
_NOT_SENT: Final = "문자를 보내지 않았습니다."


@dataclass(frozen=True, slots=True)
class Text:
    """One text message. ``to`` is a Korean mobile number as ``+8210…``. 알림톡 goes by a carrier's ``template`` and
    ``variables``; ``body`` is what it reads like, and goes as a message where it cannot be delivered.

    ``by`` names the marketplace whose user it is for, if any; ``expires_at`` is when it is worth nothing any more.
    """

    to: str
    body: str
    kind: TextKind
    sender: str = ""
    template: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    by: str = ""
    expires_at: datetime | None = None


class TextBackend(Protocol):
    """Sends text messages."""

    def send(self, text: Text, *, key: str) -> Receipt | None:
        """Send one. Raises ``DeliveryFailed``; ``permanent`` where sending it again would not help."""


class ConsoleTexts:
    """Nothing leaves: a line in the log says that something would have. The words stand in the outbox alone."""

    def send(self, text: Text, *, key: str) -> None:
        size = len(text.body.encode(CHARACTER_SET, "replace"))
        logger.info("text %s (%s, %d bytes) to 010-****-%s", key, text.kind, size, text.to[-4:])


def is_available() -> bool:
    """Whether text messages can be sent at all."""
    return bool(settings.TEXT_BACKEND)


def post_text(
    to: str,
    body: str,
    *,
    message_type: str,
    key: str,
    kind: TextKind | None = None,
    template: str = "",
    variables: Mapping[str, str] | None = None,
    by: str = "",
    subject: Subject | None = None,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
) -> OutboxMessage:
    """Write one text message in the caller's transaction; without ``kind`` it is as short as its words allow.

    Raises ``DomainError`` for a number that is no mobile's, and for words that a carrier would not take.
    """
    if not is_available():
        raise DomainError(_NOT_SENT, "문자를 보내는 길이 설정되지 않았습니다.", "TEXT_BACKEND를 설정해 주세요.")
    mobile = _mobile(to)
    chosen = kind or (TextKind.SMS if size_of(body) <= MOST_BYTES[TextKind.SMS] else TextKind.LMS)
    _require_fitting(body, chosen, template)
    return outbox.post(
        channel="text",
        destination=mobile,
        message_type=message_type,
        payload={
            "to": mobile,
            "body": body,
            "kind": chosen,
            "template": template,
            "variables": dict(variables or {}),
            "by": by,
        },
        key=key,
        subject=subject,
        not_before=not_before,
        expires_at=expires_at,
    )


def size_of(body: str) -> int:
    """Bytes of the body as carriers count them. Raises ``DomainError`` where it holds what they cannot write."""
    try:
        return len(body.encode(CHARACTER_SET))
    except UnicodeEncodeError as problem:
        raise DomainError(
            _NOT_SENT,
            f"문자로 보낼 수 없는 글자가 있습니다: {problem.object[problem.start]!a}.",
            "그림 문자와 간체자를 빼고 적어 주세요.",
            code="unwritable",
        ) from problem


def deliver(message: OutboxMessage) -> Receipt | None:
    """Hand one text to the adapter. Raises ``DeliveryFailed``."""
    if not is_available():
        raise DeliveryFailed("TEXT_BACKEND가 비어 있습니다. 문자를 보내는 길을 설정해 주세요.")
    backend: TextBackend = import_string(settings.TEXT_BACKEND)()
    return backend.send(_text_of(message), key=message.key)


def _text_of(message: OutboxMessage) -> Text:
    said: dict[str, Any] = message.payload
    try:
        return Text(
            to=said["to"],
            body=said["body"],
            kind=TextKind(said["kind"]),
            sender=settings.TEXT_SENDER,
            template=said["template"],
            variables=said["variables"],
            by=said["by"],
            expires_at=message.expires_at,
        )
    except (KeyError, TypeError, ValueError) as problem:
        raise DeliveryFailed(f"{type(problem).__name__}: {problem}", permanent=True) from problem


def _mobile(to: str) -> str:
    """``+821012345678``. Only Korean mobiles: 011 and 016 to 019 ended in 2021, and abroad a text goes unread."""
    try:
        number = normalise_mobile(to)
    except ContactRefused:
        number = ""
    if not _MOBILE.fullmatch(number):
        raise DomainError(
            _NOT_SENT, "국내 휴대전화 번호가 아닙니다.", "010으로 시작하는 번호를 적어 주세요.", code="not_mobile"
        )
    return f"+{number}"


def _require_fitting(body: str, kind: TextKind, template: str) -> None:
    if not body.strip():
        raise DomainError(_NOT_SENT, "내용이 비어 있습니다.", "보낼 말을 적어 주세요.", code="empty")
    if kind == TextKind.ALIMTALK:
        if not template:
            raise DomainError(
                _NOT_SENT, "알림톡 템플릿이 없습니다.", "승인받은 템플릿을 골라 주세요.", code="no_template"
            )
        size, most, unit = len(body), MOST_LETTERS, "자"
    else:
        size, most, unit = size_of(body), MOST_BYTES[kind], "바이트"
    if size > most:
        raise DomainError(
            _NOT_SENT,
            f"{josa(kind.label, '은/는')} {most:,}{unit}까지인데 {size:,}{unit}입니다.",
            "줄여서 적어 주세요.",
            code="too_long",
        )
