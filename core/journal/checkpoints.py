"""Signed statements of how the chain stands, kept in the database and outside it.

A chain finds edits but not truncation, and who may write to the database may chain anew. Neither can be done unseen
past a checkpoint: it is signed with a key that the database does not hold, and a copy stands elsewhere.
"""

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import IntegrityError, transaction

from core.canonical import encode_plain, moment
from core.keys import Key, ring
from core.models import JournalCheckpoint, JournalSeal
from core.rule_values import current

_PURPOSE: Final = "jikimi journal checkpoint 1"


@dataclass(frozen=True, slots=True)
class Statement:
    """That the seal at this position was this one at that time, by the key of that id."""

    position: int
    seal: str
    key_id: str
    signed_at: str
    signature: str

    def message(self) -> bytes:
        """The bytes that the signature covers."""
        return encode_plain(
            {
                "key_id": self.key_id,
                "position": self.position,
                "purpose": _PURPOSE,
                "seal": self.seal,
                "signed_at": self.signed_at,
            }
        )


def sign_checkpoint(*, now: datetime) -> JournalCheckpoint | None:
    """Sign how the chain stands if a checkpoint is due; ``None`` where it is not, or another signer was first.

    The file is written and synced before the row, so that what the database knows as signed stands outside it too;
    a crash between them leaves a line that is true and a checkpoint that is signed again.
    """
    last = JournalSeal.objects.order_by("-position").first()
    if last is None or not _is_due(last.position, now):
        return None
    statement = _sign(last.position, last.seal, now)
    append_outside(Path(settings.CHECKPOINT_FILE), statement)
    try:
        with transaction.atomic():
            return JournalCheckpoint.objects.create(
                position=statement.position,
                seal=statement.seal,
                key_id=statement.key_id,
                signature=statement.signature,
                signed_at=now,
            )
    except IntegrityError:
        return None


def statement_of(row: JournalCheckpoint) -> Statement:
    """What a stored checkpoint states."""
    return Statement(
        position=row.position,
        seal=row.seal,
        key_id=row.key_id,
        signed_at=moment(row.signed_at),
        signature=row.signature,
    )


def is_genuine(statement: Statement) -> bool:
    """Whether the signature is that of the named key. Raises ``LookupError`` where the ring has lost the key."""
    try:
        signature = b64decode(statement.signature, validate=True)
        _public_key(ring("journal").get(statement.key_id)).verify(signature, statement.message())
    except (InvalidSignature, ValueError):
        return False
    return True


def public_keys() -> dict[str, str]:
    """Key id → raw Ed25519 public key in base64, for whoever verifies checkpoints elsewhere."""
    return {key.id: b64encode(_public_key(key).public_bytes_raw()).decode() for key in ring("journal").keys}


def append_outside(path: Path, statement: Statement) -> None:
    """Append the statement as one JSON line and force it to the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps(
        {
            "position": statement.position,
            "seal": statement.seal,
            "key_id": statement.key_id,
            "signed_at": statement.signed_at,
            "signature": statement.signature,
        }
    )
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        # A crash may have left half a line; the new one must not be glued to it.
        start = "" if _ends_with_newline(descriptor) else "\n"
        os.write(descriptor, f"{start}{line}\n".encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_outside(path: Path) -> Iterator[tuple[int, Statement | None]]:
    """Each line's number with its statement, or with ``None`` where the line cannot be read."""
    with path.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield number, _parse(line)


def _is_due(position: int, now: datetime) -> bool:
    before = JournalCheckpoint.objects.order_by("-position").first()
    if before is None:
        return True
    rules = current("core")
    new = position - before.position
    is_old = now - before.signed_at >= timedelta(seconds=rules.number("checkpoint_seconds"))
    return new >= rules.number("checkpoint_entries") or (new > 0 and is_old)


def _sign(position: int, seal: str, now: datetime) -> Statement:
    key = ring("journal").active
    unsigned = Statement(position=position, seal=seal, key_id=key.id, signed_at=moment(now), signature="")
    signature = b64encode(_private_key(key).sign(unsigned.message())).decode()
    return Statement(position=position, seal=seal, key_id=key.id, signed_at=unsigned.signed_at, signature=signature)


def _private_key(key: Key) -> Ed25519PrivateKey:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"{_PURPOSE}:{key.id}".encode())
    return Ed25519PrivateKey.from_private_bytes(derived.derive(key.secret))


def _public_key(key: Key) -> Ed25519PublicKey:
    return _private_key(key).public_key()


def _ends_with_newline(descriptor: int) -> bool:
    size = os.fstat(descriptor).st_size
    return size == 0 or os.pread(descriptor, 1, size - 1) == b"\n"


def _parse(line: str) -> Statement | None:
    try:
        data = json.loads(line)
        statement = Statement(**data)
    except (ValueError, TypeError):
        return None
    kinds = (int, str, str, str, str)
    values = (statement.position, statement.seal, statement.key_id, statement.signed_at, statement.signature)
    return statement if all(type(value) is kind for value, kind in zip(values, kinds, strict=True)) else None
