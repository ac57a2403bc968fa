"""Rows of people, marketplaces, links and API clients, one file a subject."""

from accounts.models.api import ApiClient, ApiKey, IdempotencyKey
from accounts.models.links import AccessLink, ContactCode, EntryLink
from accounts.models.marketplaces import Marketplace, ReceivedWebhook, RelayedNotice, WebhookEndpoint, WebhookSecret
from accounts.models.people import User, UserManager

__all__ = [
    "AccessLink",
    "ApiClient",
    "ApiKey",
    "ContactCode",
    "EntryLink",
    "IdempotencyKey",
    "Marketplace",
    "ReceivedWebhook",
    "RelayedNotice",
    "User",
    "UserManager",
    "WebhookEndpoint",
    "WebhookSecret",
]
