"""The outbox's channel ``mail``: one message, one mail, through Django's mail backend.

The payload is ``{"to": [...], "subject", "text", "html"?, "headers"?}``. The Message-ID comes from the outbox key, so
that a repeat of the same message is recognisable as one; ``Auto-Submitted`` keeps answering machines quiet.
"""

import hashlib
import smtplib
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import BadHeaderError, EmailMultiAlternatives

from core.models import OutboxMessage
from core.outbox import DeliveryFailed


def deliver(message: OutboxMessage) -> None:
    """Send one mail. Raises ``DeliveryFailed``, for good where the mail itself or its receiver is refused."""
    try:
        compose(message.key, message.payload).send()
    except (BadHeaderError, KeyError, TypeError, ValueError, smtplib.SMTPNotSupportedError) as problem:
        raise DeliveryFailed(_named(problem), permanent=True) from problem
    except smtplib.SMTPRecipientsRefused as problem:
        codes = [code for code, _ in problem.recipients.values()]
        raise DeliveryFailed(_named(problem), permanent=all(_is_final(code) for code in codes)) from problem
    except smtplib.SMTPAuthenticationError as problem:
        # The operator's password, not this mail: repaired, the mail goes out.
        raise DeliveryFailed(_named(problem)) from problem
    except smtplib.SMTPResponseException as problem:
        raise DeliveryFailed(_named(problem), permanent=_is_final(problem.smtp_code)) from problem
    except (OSError, smtplib.SMTPException) as problem:
        raise DeliveryFailed(_named(problem)) from problem


def compose(key: str, payload: dict[str, Any]) -> EmailMultiAlternatives:
    """The mail of a payload. Our own headers stand above what the payload brings."""
    to = payload["to"]
    mail = EmailMultiAlternatives(
        subject=payload["subject"],
        body=payload["text"],
        to=[to] if isinstance(to, str) else list(to),
        headers={
            **payload.get("headers", {}),
            "Message-ID": message_id(key),
            "Auto-Submitted": "auto-generated",
        },
    )
    if payload.get("html"):
        mail.attach_alternative(payload["html"], "text/html")
    return mail


def message_id(key: str) -> str:
    """The same for the same key. The key itself is not shown: it may name a case or a person."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{domain}>"


def _is_final(code: int) -> bool:
    return 500 <= code < 600


def _named(problem: Exception) -> str:
    return f"{type(problem).__name__}: {problem}"
