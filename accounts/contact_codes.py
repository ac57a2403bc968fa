"""Six digits to a registered contact: sent, tried, used up. Every sending and every outcome stands in the journal.

The law asks it of sellers since October 2026 (design.md, "People and how they come in"): who was forwarded a link has
no mailbox of the seller's, gets no code and learns nothing.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string

from accounts import webhooks
from accounts.codes import digits
from accounts.models import AccessLink, ContactCode, Marketplace
from accounts.querysets import MOST_TRIES
from core import outbox, texts
from core.actors import Actor
from core.errors import Conflict, DomainError
from core.journal import record
from core.keys import contact_hash

#: How long a code holds, how soon another may be asked for, and how many an hour [ours].
VALID_FOR: Final = timedelta(minutes=10)
AGAIN_AFTER: Final = timedelta(seconds=60)
MOST_AN_HOUR: Final = 5
_CODES: Final = 1_000_000

_NOT_SENT: Final = "확인 코드를 보내지 않았습니다."
_NOT_OPENED: Final = "확인 코드로 열지 못했습니다."


@dataclass(frozen=True, slots=True)
class Contact:
    """Where a code goes: the registered mailbox, or else the registered mobile, or else the marketplace, which passes
    it on to ``ref``."""

    email: str
    marketplace: Marketplace
    ref: str
    language: str
    mobile: str = ""


@transaction.atomic
def send_code(link: AccessLink, contact: Contact, *, now: datetime, actor: Actor | None) -> ContactCode:
    """A new code to the registered contact; it alone holds from now on.

    Raises ``Conflict`` where one was sent just now or too many were, ``DomainError`` where there is no contact.
    """
    link = AccessLink.objects.select_for_update(of=("self",)).get(pk=link.pk)
    _require_not_too_many(link, now)
    number = f"{secrets.randbelow(_CODES):06d}"
    code = ContactCode.objects.create(link=link, code_hash=_hash(link, number), sent_at=now, expires_at=now + VALID_FOR)
    way = _send(code, number, contact)
    record("accounts.contact_code.sent", actor=actor, subject=code, details={"link": link.pk, "by": way}, at=now)
    return code


def confirm_code(link: AccessLink, typed: str, *, now: datetime, actor: Actor | None) -> ContactCode:
    """The code that was typed is the last one sent, in time, and used for the first time. Each try counts.

    Raises ``DomainError``: ``code_wrong`` where it may be tried again, ``code_over`` where a new one is needed.
    """
    code = ContactCode.objects.filter(link=link).order_by("-id").first()
    if code is None or not _count_try(code, now):
        raise _over()
    if not _is_right(code, link, digits(typed)):
        with transaction.atomic():
            code.refresh_from_db()
            record("accounts.contact_code.refused", actor=actor, subject=code, details={"tries": code.tries}, at=now)
        raise _wrong(MOST_TRIES - code.tries)
    with transaction.atomic():
        if not ContactCode.objects.filter(pk=code.pk, used_at__isnull=True).update(used_at=now):
            raise _over()
        record("accounts.contact_code.confirmed", actor=actor, subject=code, details={"link": link.pk}, at=now)
    code.refresh_from_db()
    return code


def _require_not_too_many(link: AccessLink, now: datetime) -> None:
    sent = ContactCode.objects.filter(link=link)
    # A code that was used shows that its reader has the mailbox: another browser may have its own at once.
    if sent.unused().sent_since(now - AGAIN_AFTER).exists():
        seconds = int(AGAIN_AFTER.total_seconds())
        raise Conflict(
            _NOT_SENT,
            f"코드를 보낸 지 {seconds}초가 지나지 않았습니다.",
            "받은 코드를 입력해 주세요.",
            code="code_too_soon",
        )
    if sent.sent_since(now - timedelta(hours=1)).count() >= MOST_AN_HOUR:
        raise Conflict(
            _NOT_SENT,
            f"한 시간에 {MOST_AN_HOUR}번까지만 보냅니다.",
            "마지막으로 받은 코드를 입력하거나 한 시간 뒤 다시 요청해 주세요.",
            code="code_too_often",
        )


def _send(code: ContactCode, number: str, contact: Contact) -> str:
    """Post the code. Returns the channel; raises ``DomainError`` where nobody can be reached."""
    if contact.email:
        subject, text = _letter(number, contact.language)
        outbox.post(
            channel="mail",
            destination=contact.email,
            message_type="contact.code",
            payload={"to": [contact.email], "subject": subject, "text": text},
            key=f"contactcode:{code.pk}:mail",
            subject=code,
            not_before=code.sent_at,
            expires_at=code.expires_at,
        )
        return "mail"
    if contact.mobile and texts.is_available():
        texts.post_text(
            contact.mobile,
            _short_letter(number, contact.language),
            message_type="contact.code",
            key=f"contactcode:{code.pk}:text",
            by=contact.marketplace.slug,
            subject=code,
            not_before=code.sent_at,
            expires_at=code.expires_at,
        )
        return "text"
    passed_on = webhooks.tell(
        contact.marketplace,
        "notice.code",
        {
            "seller": contact.ref,
            "code": number,
            "language": contact.language,
            "expires_at": code.expires_at,
        },
        key=f"contactcode:{code.pk}:webhook",
        subject=code,
        not_before=code.sent_at,
        expires_at=code.expires_at,
    )
    if not passed_on:
        raise DomainError(
            _NOT_SENT,
            "마켓플레이스에 등록된 이메일이 없습니다.",
            "마켓플레이스에 판매자 이메일을 등록한 뒤 다시 시도해 주세요.",
            code="no_contact",
        )
    return "webhook"


def _letter(number: str, language: str) -> tuple[str, str]:
    values = {"code": number, "minutes": int(VALID_FOR.total_seconds() // 60), "contact": settings.OPERATOR["email"]}
    text = render_to_string(f"accounts/contact_code.{language}.txt", values)
    subject, _, body = text.strip().partition("\n")
    return subject.strip(), body.strip() + "\n"


def _short_letter(number: str, language: str) -> str:
    """A text of at most 90 bytes. Carriers cannot write simplified Chinese: who reads it gets English."""
    values = {"code": number, "minutes": int(VALID_FOR.total_seconds() // 60)}
    return render_to_string(f"accounts/contact_code.text.{'ko' if language == 'ko' else 'en'}.txt", values).strip()


def _count_try(code: ContactCode, now: datetime) -> bool:
    """Count before comparing: of many who try at once no more than five are compared."""
    return ContactCode.objects.usable(at=now).filter(pk=code.pk).update(tries=F("tries") + 1) == 1


def _is_right(code: ContactCode, link: AccessLink, number: str) -> bool:
    key_id = code.code_hash.partition(":")[0]
    return hmac.compare_digest(code.code_hash, _hash(link, number, key_id))


def _hash(link: AccessLink, number: str, key_id: str | None = None) -> str:
    return contact_hash(f"contactcode:{link.pk}:{number}", key_id)


def _wrong(left: int) -> DomainError:
    if left <= 0:
        return _over()
    return DomainError(
        _NOT_OPENED,
        f"입력한 코드가 다릅니다. {left}번 더 입력할 수 있습니다.",
        "가장 최근에 받은 코드를 확인해 주세요.",
        code="code_wrong",
    )


def _over() -> DomainError:
    return DomainError(
        _NOT_OPENED,
        "코드의 유효 시간이 지났거나 입력할 수 있는 횟수를 넘었습니다.",
        "새 코드를 받아 주세요.",
        code="code_over",
    )
