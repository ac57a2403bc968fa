"""Writes of this app: marketplaces' webhook secrets, and access links."""

import base64
import secrets as random
from datetime import datetime, timedelta

from django.db import IntegrityError, models, transaction

from accounts.choices import LinkPurpose
from accounts.codes import normalise, spell
from accounts.models import AccessLink, Marketplace, ReceivedWebhook, WebhookSecret
from accounts.secrets import encrypt
from accounts.signatures import SECRET_PREFIX
from core.actors import Actor
from core.errors import Conflict, DomainError
from core.journal import record
from core.keys import ring, row_secret, secret_hash

SECRET_BYTES = 32


def add_webhook_secret(marketplace: Marketplace, *, actor: Actor | None) -> str:
    """A new secret in a free slot, returned in plain this once. Raises ``Conflict`` where both slots are taken."""
    secret = SECRET_PREFIX + base64.b64encode(random.token_bytes(SECRET_BYTES)).decode()
    taken = set(marketplace.secrets.values_list("slot", flat=True))
    slot = next((slot for slot in (1, 2) if slot not in taken), None)
    if slot is None:
        raise _both_slots_taken()
    try:
        with transaction.atomic():
            row = WebhookSecret.objects.create(marketplace=marketplace, slot=slot, encrypted=encrypt(secret))
            record("accounts.webhook_secret.added", actor=actor, subject=marketplace, details={"slot": row.slot})
    except IntegrityError as race:
        raise _both_slots_taken() from race
    return secret


def _both_slots_taken() -> Conflict:
    return Conflict(
        "새 비밀값을 만들지 못했습니다.",
        "마켓플레이스마다 비밀값은 두 개까지입니다.",
        "쓰지 않는 비밀값을 먼저 폐기해 주세요.",
    )


def revoke_webhook_secret(secret: WebhookSecret, *, actor: Actor | None) -> None:
    """Forget one secret. Messages signed with it alone are refused from now on. Twice is once."""
    place, slot = secret.marketplace, secret.slot
    with transaction.atomic():
        count, _ = WebhookSecret.objects.filter(pk=secret.pk).delete()
        if count:
            record("accounts.webhook_secret.revoked", actor=actor, subject=place, details={"slot": slot})


def note_webhook(
    marketplace: Marketplace, webhook_id: str, message_type: str, *, handled: bool, note: str = ""
) -> bool:
    """Remember that a webhook came, inside the transaction that carries it out. ``False``: it had come before."""
    try:
        with transaction.atomic():
            ReceivedWebhook.objects.create(
                marketplace=marketplace,
                webhook_id=webhook_id,
                message_type=message_type[:80],
                handled=handled,
                note=note[:300],
            )
    except IntegrityError:
        return False
    return True


def create_link(
    purpose: LinkPurpose,
    *,
    subject: models.Model,
    valid_for: timedelta,
    now: datetime,
    actor: Actor | None,
    is_single_use: bool = False,
) -> tuple[AccessLink, str]:
    """A link and its secret. The secret can be had again by ``link_secret``; only its hash is stored."""
    with transaction.atomic():
        link = AccessLink.objects.create(
            purpose=purpose,
            subject_type=subject._meta.label_lower,
            subject_ref=str(subject.pk),
            key_id=ring("links").active.id,
            is_single_use=is_single_use,
            expires_at=now + valid_for,
        )
        secret = link_secret(link)
        link.secret_hash = secret_hash(secret)
        link.save(update_fields=["secret_hash"])
        record("accounts.link.created", actor=actor, subject=link, details={"purpose": purpose.value})
    return link, secret


def link_secret(link: AccessLink) -> str:
    """The secret of a link, computed from its id and key, so that a later mail can carry it again.

    One for tracking is spelled so that it can be read out and typed: ``XXXX-XXXX-XXXX-XXXX-XXXX``.
    """
    secret = row_secret("links", f"accesslink:{link.pk}", link.key_id)
    if link.purpose != LinkPurpose.TRACK:
        return secret
    return spell(base64.urlsafe_b64decode(f"{secret}="))


def find_link(secret: str, *, purpose: LinkPurpose, now: datetime) -> AccessLink:
    """The link that a secret opens, without a trace. A tracking code may be typed in any way that can be read.

    Raises ``DomainError`` where it opens nothing (any more).
    Unknown, wrong purpose, expired and revoked say the same: who guesses learns nothing.
    """
    given = normalise(secret) if purpose == LinkPurpose.TRACK else secret
    link = AccessLink.objects.opening(purpose, at=now).filter(secret_hash=secret_hash(given)).first()
    if link is None:
        raise link_opens_nothing()
    return link


def redeem_link(secret: str, *, purpose: LinkPurpose, now: datetime) -> AccessLink:
    """The link that a secret opens; its first use is written down. Raises ``DomainError`` like ``find_link``."""
    link = find_link(secret, purpose=purpose, now=now)
    with transaction.atomic():
        is_first = AccessLink.objects.filter(pk=link.pk, redeemed_at__isnull=True).update(redeemed_at=now) == 1
        if is_first:
            record("accounts.link.redeemed", actor=None, subject=link)
    if link.is_single_use and not is_first:
        raise link_opens_nothing()
    link.refresh_from_db()
    return link


def link_opens_nothing() -> DomainError:
    return DomainError(
        "링크를 열 수 없습니다.",
        "기한이 지났거나 이미 사용한 링크입니다.",
        "가장 최근에 받은 메일의 링크를 눌러 주세요. 그래도 열리지 않으면 새 링크를 요청해 주세요.",
        code="link_invalid",
    )


def revoke_link(link: AccessLink, *, now: datetime, actor: Actor | None) -> None:
    """Close a link for good. Twice is once."""
    with transaction.atomic():
        if AccessLink.objects.filter(pk=link.pk, revoked_at__isnull=True).update(revoked_at=now):
            record("accounts.link.revoked", actor=actor, subject=link)
