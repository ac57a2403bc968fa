"""Writing entries, and what their digests cover."""

import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

from django.db import models, transaction
from django.utils import timezone

from core.actors import Actor, or_system
from core.canonical import Json, digest_plain, moment, plain
from core.models import JournalDetail, JournalEntry, JournalPending

#: The form below. A new form gets the next number; old entries are verified by the form they were written in.
FORMAT_VERSION: Final = 1
#: Labels are for reading; who it was stands in the reference.
LABEL_LENGTH: Final = 200
_LIMITS: Final = {field.name: field.max_length or 0 for field in JournalEntry._meta.fields}
_VERB: Final = re.compile(r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$")

Subject = models.Model | tuple[str, str]


class EntryFields(NamedTuple):
    """What the chain covers of an entry: every field but its id, which stands in the seal."""

    at: datetime
    verb: str
    actor_kind: str
    actor_ref: str
    subject_type: str
    subject_ref: str
    format_version: int
    details_digest: str


class DetailFields(NamedTuple):
    """The personal part of an entry. The salt keeps short details from being guessed out of their digest."""

    salt: str
    actor_label: str
    on_behalf_of: str
    body: Json


def record(
    verb: str,
    *,
    actor: Actor | None,
    subject: Subject,
    details: Mapping[str, object] | None = None,
    at: datetime | None = None,
) -> JournalEntry:
    """Write one entry in the caller's transaction; both are committed or neither.

    ``verb`` is past tense and namespaced (``reports.case.claimed``), ``details`` a small mapping of old and new.
    Raises ``TransactionManagementError`` outside a transaction and ``ValueError`` for what canonical JSON or a column
    cannot hold.
    """
    _require_transaction()
    if not _VERB.match(verb):
        raise ValueError(f"{verb!r} is no verb such as 'reports.case.claimed'")
    acting = or_system(actor)
    subject_type, subject_ref = name_of(subject)
    detail = _detail(acting, details or {})
    fields = EntryFields(
        at=at or timezone.now(),
        verb=_fitting("verb", verb),
        actor_kind=_fitting("actor_kind", acting.kind),
        actor_ref=_fitting("actor_ref", acting.ref),
        subject_type=_fitting("subject_type", subject_type),
        subject_ref=_fitting("subject_ref", subject_ref),
        format_version=FORMAT_VERSION,
        details_digest=details_digest(detail),
    )
    return _insert(fields, detail)


def entry_digest(fields: EntryFields) -> str:
    """SHA-256 over the canonical form of an entry's fields."""
    return digest_plain({**fields._asdict(), "at": moment(fields.at)})


def details_digest(fields: DetailFields) -> str:
    """SHA-256 over the canonical form of the personal part."""
    return digest_plain(fields._asdict())


def _require_transaction() -> None:
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(
            "a journal entry is written in the transaction of its change; wrap both in transaction.atomic()"
        )


def _fitting(field: str, value: str) -> str:
    """The text itself, where the column holds it as it is.

    SQLite would take what is too long or no text; the one cannot move to PostgreSQL, the other comes back as another
    type than the digest covered.
    """
    limit = _LIMITS[field]
    if not isinstance(value, str) or len(value) > limit:
        raise ValueError(f"{field} is text of at most {limit} characters, not {value!r}")
    return str(plain(value))


def _detail(actor: Actor, body: Mapping[str, object]) -> DetailFields:
    return DetailFields(
        salt=secrets.token_hex(32),
        actor_label=str(plain(actor.label))[:LABEL_LENGTH],
        on_behalf_of=str(plain(actor.on_behalf_of))[:LABEL_LENGTH],
        body=plain(dict(body)),
    )


def _insert(fields: EntryFields, detail: DetailFields) -> JournalEntry:
    entry = JournalEntry(**fields._asdict(), digest=entry_digest(fields))
    entry.save(force_insert=True)
    JournalDetail(entry=entry, **detail._asdict()).save(force_insert=True)
    JournalPending(entry=entry).save(force_insert=True)
    return entry


def name_of(subject: Subject) -> tuple[str, str]:
    """A row as opaque text: its model's label and its key. What is a pair already stays as it is."""
    if isinstance(subject, tuple):
        return subject
    if subject.pk is None:
        raise ValueError(f"an unsaved {subject._meta.label} cannot be the subject of an entry")
    return subject._meta.label_lower, str(subject.pk)
