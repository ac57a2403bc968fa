"""Reads of webhook addresses, of links and their codes, and of the API's keys, in words of the domain."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from accounts.choices import LinkPurpose, RelayStatus
from accounts.rules import RELAY_STEPS
from core.choices import OutboxStatus

if TYPE_CHECKING:
    from accounts.models import (
        AccessLink,
        ApiKey,
        ContactCode,
        EntryLink,
        IdempotencyKey,
        RelayedNotice,
        WebhookEndpoint,
    )

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


class WebhookEndpointQuerySet(models.QuerySet["WebhookEndpoint"]):
    def in_use(self) -> "WebhookEndpointQuerySet":
        """Addresses to which something may be sent, the one that carries effects first."""
        return self.filter(is_active=True).order_by("-carries_effects", "id")

    def carrying_effects(self) -> "WebhookEndpointQuerySet":
        """The one address of each marketplace that is asked to do something."""
        return self.filter(carries_effects=True)

    def in_trouble(self, *, failing_since: datetime) -> "WebhookEndpointQuerySet":
        """Addresses that staff should look at: gone, or failing for as long."""
        return self.filter(Q(gone_at__isnull=False) | Q(is_active=True, failing_since__lte=failing_since))


class RelayedNoticeQuerySet(models.QuerySet["RelayedNotice"]):
    def may_become(self, status: RelayStatus) -> "RelayedNoticeQuerySet":
        """Notices that may take the step to that status."""
        return self.filter(status__in=[current for current, steps in RELAY_STEPS.items() if status in steps])

    def asked(self) -> "RelayedNoticeQuerySet":
        """Notices of which the marketplace has said nothing yet."""
        return self.filter(status=RelayStatus.ASKED)

    def unanswered_in_time(self, *, at: datetime) -> "RelayedNoticeQuerySet":
        """Notices that should have been delivered by then, or whose request will not leave any more."""
        over = Q(message__status__in=[OutboxStatus.PARKED, OutboxStatus.CANCELLED])
        return self.asked().filter(Q(deliver_by__lte=at) | over)


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
