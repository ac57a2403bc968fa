"""Coming in by a marketplace's signed link: looked at without a trace, redeemed, kept from being used elsewhere.

Who follows the link stands before a button (mail scanners and browsers open addresses by themselves); only the button
redeems. A seller's link opens in one browser, the first that redeems it: pressed twice or loaded again it still does,
copied out of a log it does not. An order's may be used until it ends. Every refusal says the same words.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.db import IntegrityError, transaction

from accounts.choices import EntryKind
from accounts.entry_signatures import TOLERANCE, SignedLink, is_genuine, is_in_time, read
from accounts.models import EntryLink, Marketplace
from accounts.webhooks import active_secrets
from core.actors import MARKETPLACE, Actor
from core.errors import DomainError
from core.journal import record
from core.keys import contact_hash

#: Kinds whose link opens in one browser alone.
SINGLE_USE: Final = frozenset({EntryKind.SELLER})

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """A genuine link: whose it is, and whom or what it names. ``subject`` as identifiers are stored."""

    marketplace: Marketplace
    link: SignedLink

    @property
    def subject(self) -> str:
        return self.link.subject_id

    @property
    def actor(self) -> Actor:
        """The marketplace, which vouches; who follows the link has proven nothing yet."""
        return Actor(kind=MARKETPLACE, ref=self.marketplace.slug, label=self.marketplace.name)


def open_entry(kind: EntryKind, given: Mapping[str, Sequence[str]], *, now: datetime) -> Entry:
    """The link in an address's parameters, checked; nothing is written. Raises ``DomainError`` where it opens nothing.

    Unknown, unsigned, wrongly signed, ended and too long lived say the same; the log says which to the operator.
    """
    link = read(kind, given)
    if link is None:
        raise _refused(kind, "", "a parameter is missing, doubled or malformed")
    place = Marketplace.objects.filter(slug=link.marketplace, is_active=True).first()
    if place is None:
        raise _refused(kind, link.marketplace, "there is no such marketplace")
    if not is_genuine(link, active_secrets(place)):
        raise _refused(kind, link.marketplace, "the signature is of none of its secrets")
    if not is_in_time(link, now=now.timestamp()):
        raise _refused(kind, link.marketplace, f"it ends {link.expires - now.timestamp():.0f} s from now")
    return Entry(place, link)


def redeem_entry(entry: Entry, *, browser: str, now: datetime) -> None:
    """Write down that the link was used. Raises ``DomainError`` where it may be used once and another browser was
    first. ``browser`` is a secret that only this browser knows; without one every use is another's."""
    link = entry.link
    mark = contact_hash(f"browser:{browser}") if browser else ""
    try:
        with transaction.atomic():
            EntryLink.objects.create(
                marketplace=entry.marketplace,
                kind=link.kind,
                nonce=link.nonce,
                browser_hash=mark,
                redeemed_at=now,
                expires_at=datetime.fromtimestamp(link.expires, UTC) + TOLERANCE,
            )
            what = {"kind": link.kind.value, "subject": entry.subject}
            record("accounts.entry_link.redeemed", actor=entry.actor, subject=entry.marketplace, details=what, at=now)
    except IntegrityError as used:
        if link.kind in SINGLE_USE and not _was_used_by(entry, mark):
            raise _refused(link.kind, link.marketplace, "it was used before") from used


def _was_used_by(entry: Entry, mark: str) -> bool:
    mine = EntryLink.objects.filter(marketplace=entry.marketplace, nonce=entry.link.nonce, kind=entry.link.kind)
    return bool(mark) and mine.filter(browser_hash=mark).exists()


def forget_expired(*, now: datetime) -> int:
    """Drop what was remembered of links that nobody can use any more. A chore."""
    count, _ = EntryLink.objects.expired(at=now).delete()
    return count


def _refused(kind: EntryKind, marketplace: str, why: str) -> DomainError:
    # Without the subject, which names a person's shop or order, and without anything that opens.
    logger.info("an entry link (%s) of %r was refused: %s", kind.value, marketplace[:40], why)
    return DomainError(
        "링크를 열 수 없습니다.",
        "기한이 지났거나 이미 사용한 링크입니다.",
        "마켓플레이스 화면에서 다시 눌러 들어와 주세요.",
        code="entry_invalid",
    )
