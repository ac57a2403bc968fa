"""Key rings: separate keys for links, contact hashes, secrets at rest and the journal, each with rotation.

A ring is a list of ``id:secret`` pairs from the environment. The first is used for new things, the rest still
open old ones. None of them is ``SECRET_KEY``, which may then be rotated alone.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a ring: a short public id and its secret bytes."""

    id: str
    secret: bytes


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Keys of one purpose, the active one first."""

    purpose: str
    keys: tuple[Key, ...]

    @property
    def active(self) -> Key:
        return self.keys[0]

    def get(self, key_id: str) -> Key:
        """The key of that id. Raises ``LookupError`` where the ring has lost it."""
        for key in self.keys:
            if key.id == key_id:
                return key
        raise LookupError(f"key ring {self.purpose!r} has no key {key_id!r}")


def parse_ring(purpose: str, text: str) -> KeyRing:
    """Read ``id:secret,id:secret``. Raises ``ValueError`` on an empty ring, a repeated id or a short secret."""
    pairs = [part.strip().partition(":") for part in text.split(",") if part.strip()]
    keys = tuple(Key(id=key_id, secret=secret.encode()) for key_id, _, secret in pairs)
    if not keys:
        raise ValueError(f"{purpose}: at least one key of the form id:secret is needed")
    if len({key.id for key in keys}) != len(keys):
        raise ValueError(f"{purpose}: two keys have the same id")
    if any(not key.id or len(key.secret) < 32 for key in keys):
        raise ValueError(f"{purpose}: every key needs an id and a secret of at least 32 characters")
    return KeyRing(purpose=purpose, keys=keys)


def ring(purpose: str) -> KeyRing:
    """The ring of ``links``, ``contacts``, ``secrets`` or ``journal`` as settings hold it."""
    rings: dict[str, KeyRing] = settings.KEY_RINGS
    return rings[purpose]


def row_secret(purpose: str, row: str, key_id: str) -> str:
    """The secret of a row: an HMAC of its name, so that a later mail can carry it again though only its hash is stored.

    256 bits, URL-safe, without padding.
    """
    digest = hmac.new(ring(purpose).get(key_id).secret, f"{purpose}:{row}".encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def secret_hash(secret: str) -> str:
    """What is stored of a secret: SHA-256 in hex. Enough for 256 random bits; passwords are not kept so."""
    return hashlib.sha256(secret.encode()).hexdigest()


def contact_hash(contact: str, key_id: str | None = None) -> str:
    """A keyed hash of a normalised contact, prefixed with its key id: equal ones can be found, none can be read."""
    contacts = ring("contacts")
    key = contacts.get(key_id) if key_id else contacts.active
    return f"{key.id}:{hmac.new(key.secret, contact.encode(), hashlib.sha256).hexdigest()}"


def contact_hashes(contact: str) -> tuple[str, ...]:
    """The hashes of a contact under every key of the ring, the active one first: what a row may be found by."""
    return tuple(contact_hash(contact, key.id) for key in ring("contacts").keys)


def is_hash_of(hashed: str, contact: str) -> bool:
    """Whether the hash is this contact's, whichever key it was made with; not where the ring has lost that key."""
    return any(hmac.compare_digest(hashed, known) for known in contact_hashes(contact))
