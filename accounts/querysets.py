"""Reads of access links and their codes, of signed links, and of the API's keys, in words of the domain."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models

from accounts.choices import LinkPurpose

if TYPE_CHECKING:
    from accounts.models import AccessLink, ApiKey, ContactCode, EntryLink, IdempotencyKey

#: A person mistypes; a guesser of six digits has one chance in 200,000 [ours].
MOST_TRIES = 5


class AccessLinkQuerySet(models.QuerySet["AccessLink"]):
    def opening(self, purpose: LinkPurpose, *, at: datetime) -> "AccessLinkQuerySet":
        """Links that still open something of that purpose."""
        return self.filter(purpose=purpose, revoked_at__isnull=True, expires_at__gt=at)


class ContactCodeQuerySet(models.QuerySet["ContactCode"]):
    def usable(self, *, at: datetime) -> "ContactCodeQuerySet":
        """Codes that may still be tried."""
        return self.filter(used_at__isnull=True, tries__lt=MOST_TRIES, expires_at__gt=at)

    def unused(self) -> "ContactCodeQuerySet":
        """Codes that opened nothing yet."""
        return self.filter(used_at__isnull=True)

    def sent_since(self, moment: datetime) -> "ContactCodeQuerySet":
        return self.filter(sent_at__gt=moment)


class EntryLinkQuerySet(models.QuerySet["EntryLink"]):
    def expired(self, *, at: datetime) -> "EntryLinkQuerySet":
        """Links that nobody can use any more, whether they are remembered or not."""
        return self.filter(expires_at__lte=at)


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def opening(self, *, at: datetime) -> "ApiKeyQuerySet":
        """Keys that still let their client in."""
        valid = models.Q(expires_at__isnull=True) | models.Q(expires_at__gt=at)
        return self.filter(valid, revoked_at__isnull=True, client__is_active=True, client__marketplace__is_active=True)

    def unrevoked(self) -> "ApiKeyQuerySet":
        return self.filter(revoked_at__isnull=True)


class IdempotencyKeyQuerySet(models.QuerySet["IdempotencyKey"]):
    def running(self) -> "IdempotencyKeyQuerySet":
        """Calls that have no answer yet."""
        return self.filter(status_code__isnull=True)

    def expired(self, *, at: datetime) -> "IdempotencyKeyQuerySet":
        return self.filter(expires_at__lte=at)
