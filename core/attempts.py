"""How each delivery went, as a row of its own: mails, text messages and webhooks alike.

A row says when, for how long, and what the receiver answered; whom the message was for it does not say. Receivers and
mail servers like to repeat addresses, numbers and links in what they answer, so those are taken out.
"""

import re
from datetime import datetime, timedelta
from typing import Final

from core import rulesets
from core.choices import AttemptOutcome
from core.models import OutboxAttempt, OutboxMessage

#: What is kept of an answer: its beginning says what went wrong.
SAID_LENGTH: Final = 300
#: Rows deleted in one statement, and in one turn of the chore.
_BATCH: Final = 1_000
_BATCHES: Final = 20

_MAIL: Final = re.compile(r"[^\s@<>\"'(),;:=]+@[^\s@<>\"'(),;:=]+")
_LINK: Final = re.compile(r"(https?://[^\s/?#\"'<>]+)[/?#][^\s\"'<>]+", re.IGNORECASE)
#: Six digits and more are a code, a telephone number or somebody's reference; a status has three.
_NUMBER: Final = re.compile(r"\+?\d{1,4}[ .-]\d{3,4}[ .-]\d{4}|\+?\d(?:-?\d){5,}")


def impersonal(text: str) -> str:
    """The beginning of an answer or an error without addresses, links and long numbers, as one storable line."""
    line = " ".join(text.encode("utf-8", "replace").decode().replace("\0", " ").split())
    line = _MAIL.sub("(이메일)", _LINK.sub(r"\1/…", line))
    return _NUMBER.sub("######", line)[:SAID_LENGTH]


def note(
    message: OutboxMessage,
    outcome: AttemptOutcome,
    *,
    started_at: datetime,
    seconds: float | None,
    status_code: int | None = None,
    said: str = "",
) -> OutboxAttempt:
    """Write down one delivery, in the transaction that writes down what becomes of the message."""
    return OutboxAttempt.objects.create(
        message=message,
        number=max(message.tries, 1),
        started_at=started_at,
        duration_ms=None if seconds is None else max(round(seconds * 1_000), 0),
        outcome=outcome,
        status_code=status_code,
        said=impersonal(said),
    )


def prune(*, now: datetime) -> int:
    """Delete what is older than the rule says. A chore: a bounded piece each turn. Returns how many rows went."""
    kept_from = now - timedelta(days=rulesets.current("core").number("attempt_days"))
    deleted = 0
    for _ in range(_BATCHES):
        old = OutboxAttempt.objects.filter(started_at__lt=kept_from).order_by("started_at")
        batch = list(old.values_list("pk", flat=True)[:_BATCH])
        deleted += OutboxAttempt.objects.filter(pk__in=batch).delete()[0] if batch else 0
        if len(batch) < _BATCH:
            break
    return deleted
