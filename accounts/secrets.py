"""Secrets at rest: encrypted with the ``secrets`` ring, because a signature needs the plain value again."""

import hashlib
from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, MultiFernet

from core.keys import ring


def _box() -> MultiFernet:
    """All keys of the ring, the active one first: new secrets use it, old ones still open."""
    keys = ring("secrets").keys
    return MultiFernet([Fernet(urlsafe_b64encode(hashlib.sha256(key.secret).digest())) for key in keys])


def encrypt(secret: str) -> str:
    """The secret as text that may stand in the database."""
    return _box().encrypt(secret.encode()).decode()


def decrypt(token: str) -> str:
    """The secret again. Raises ``cryptography.fernet.InvalidToken`` where the ring has lost its key."""
    return _box().decrypt(token.encode()).decode()
