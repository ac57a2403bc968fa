"""Taking files in: hash, kind, decoding in a limited child, both copies into the store, and the row at last.

The store is written before the row. Its names are digests, so a file whose row never came is harmless, and the
next try finds it in its place. Call these before a transaction is opened rather than inside one: decoding takes
time that no lock should be held for.
"""

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage, storages
from django.db import IntegrityError, transaction

from core.errors import DomainError
from core.evidence import decoding, errors, rules
from core.models import EvidenceFile

# Files that wait decoded, or are being decoded, for each child while the caller reads the next one. 20 MB each at most.
_LOOK_AHEAD: Final = 2
_Decoder = Callable[[bytes, str], decoding.Decoded]


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """One file as it came."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file of many: exactly one of ``evidence`` and ``error`` is set."""

    name: str
    evidence: EvidenceFile | None = None
    error: DomainError | None = None


def keep_file(data: bytes, *, name: str = "") -> EvidenceFile:
    """The one row of these bytes, made now or long ago, by whomever. ``name`` is for the error message alone.

    Raises ``FileRefused`` where the file cannot be kept (nothing is stored), ``IntakeUnavailable`` where it could not
    be looked at just now.
    """
    digest = _digest(data)
    return _find(digest) or _record(_prepare(data, digest, name))


def keep_files(files: Iterable[IncomingFile]) -> Iterator[Outcome]:
    """Many files, decoded side by side, their outcomes in the order of the files. One bad file harms no other.

    ``files`` may be a generator: no more of it is read ahead than the pool can use. The database is used by the
    calling thread alone, so this works inside its transaction.
    """
    width = pool().size
    waiting: deque[tuple[str, EvidenceFile | Future[EvidenceFile]]] = deque()
    with ThreadPoolExecutor(max_workers=width, thread_name_prefix="evidence-intake") as executor:
        for file in files:
            waiting.append((file.name, _begin(executor, file)))
            if len(waiting) > width * _LOOK_AHEAD:
                yield _finish(*waiting.popleft())
        while waiting:
            yield _finish(*waiting.popleft())


def _begin(executor: ThreadPoolExecutor, file: IncomingFile) -> EvidenceFile | Future[EvidenceFile]:
    digest = _digest(file.data)
    return _find(digest) or executor.submit(_prepare, file.data, digest, file.name)


def _finish(name: str, work: EvidenceFile | Future[EvidenceFile]) -> Outcome:
    if isinstance(work, EvidenceFile):
        return Outcome(name, evidence=work)
    try:
        return Outcome(name, evidence=_record(work.result()))
    except (errors.FileRefused, errors.IntakeUnavailable) as error:
        return Outcome(name, error=error)


def open_original(evidence: EvidenceFile) -> "File[Any]":
    """The original as it came, metadata included. For experts, courts and exports; never for a page."""
    return _store().open(evidence.storage_name, "rb")


def read_working(evidence: EvidenceFile) -> bytes:
    """The safe copy, checked against its digest. Raises ``NoWorkingCopy`` for documents, ``EvidenceDamaged``."""
    if not evidence.has_working_copy:
        raise errors.NoWorkingCopy(
            "화면에 보여 드릴 열람본이 없는 파일입니다.",
            "문서 파일은 원본만 보관합니다.",
            "원본이 필요하시면 담당자에게 요청해 주세요.",
        )
    with _store().open(evidence.working_name, "rb") as stream:
        data: bytes = stream.read()
    if _digest(data) != evidence.working_sha256:
        raise errors.EvidenceDamaged(
            f"보관된 열람본이 처음과 다릅니다: {evidence.sha256}",
            "저장소의 파일이 바뀌었거나 손상되었습니다.",
            "운영 담당자에게 바로 알려 주세요.",
        )
    return data


def glance_at(data: bytes, *, name: str = "") -> bytes:
    """A small safe copy in grey (PGM) of a picture that is to be compared and not kept: nothing is stored.

    Decoded in a child like everything hostile, but only as large as comparing needs. ``name`` is for the error message
    alone. Raises ``FileRefused`` for what is no picture that could be kept, ``IntakeUnavailable``.
    """
    kind = _check(data, name)
    if kind is rules.PDF:
        raise errors.no_picture(kind, name)
    return _decode(data, kind, name, by=pool().glance).copy


def pool() -> decoding.Pool:
    """This process's pool of limited children, as the settings limit them."""
    seconds: int = settings.EVIDENCE_CHILD_SECONDS
    limits = decoding.Limits(
        memory_mb=settings.EVIDENCE_CHILD_MEMORY_MB,
        processor_seconds=seconds,
        wall_seconds=2 * seconds,
    )
    return decoding.shared_pool(limits, settings.EVIDENCE_CHILDREN)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _find(digest: str) -> EvidenceFile | None:
    return EvidenceFile.objects.filter(sha256=digest).first()


def _prepare(data: bytes, digest: str, name: str) -> EvidenceFile:
    """Check, decode and store; the row that is still to be written. Does not use the database."""
    kind = _check(data, name)
    decoded = _decode(data, kind, name, by=pool().decode)
    evidence = EvidenceFile(
        sha256=digest,
        size=len(data),
        media_type=kind.media_type,
        storage_name=rules.original_key(digest),
        width=decoded.width,
        height=decoded.height,
        page_count=decoded.page_count,
        problem=rules.FIRST_FRAME_ONLY if decoded.has_more_frames else "",
    )
    if decoded.copy:
        evidence.working_sha256 = _digest(decoded.copy)
        evidence.working_name = rules.working_key(evidence.working_sha256)
        evidence.working_media_type = decoded.media_type
        _put(evidence.working_name, decoded.copy)
    _put(evidence.storage_name, data)
    return evidence


def _check(data: bytes, name: str) -> rules.Kind:
    """The file's kind, if its size and first bytes are acceptable."""
    if not data:
        raise errors.refusal(errors.EMPTY, name)
    if len(data) > rules.MAX_FILE_BYTES:
        raise errors.refuse_size(len(data), name)
    kind = rules.kind_of(data)
    if kind is None:
        raise errors.refuse_content(data, name)
    return kind


def _decode(data: bytes, kind: rules.Kind, name: str, *, by: _Decoder) -> decoding.Decoded:
    """Decode, twice where the child died the first time: that may have been the machine's fault."""
    try:
        return by(data, kind.decoder)
    except decoding.DecodingFailed as failure:
        if failure.code != decoding.CRASHED:
            raise _explain(failure, kind, name) from failure
    try:
        return by(data, kind.decoder)
    except decoding.DecodingFailed as failure:
        raise _explain(failure, kind, name) from failure


def _explain(failure: decoding.DecodingFailed, kind: rules.Kind, name: str) -> DomainError:
    if failure.code in (decoding.BUSY, decoding.UNAVAILABLE):
        return errors.unavailable(name)
    code = errors.UNPROCESSABLE if failure.code == decoding.CRASHED else failure.code
    return errors.refusal(code, name, kind=kind.label)


def _record(evidence: EvidenceFile) -> EvidenceFile:
    """Write the row, or find the one that somebody else wrote in the meantime."""
    try:
        with transaction.atomic():
            evidence.save(force_insert=True)
    except IntegrityError:
        return EvidenceFile.objects.get(sha256=evidence.sha256)
    return evidence


def _store() -> Storage:
    return storages["evidence"]


def _put(name: str, data: bytes) -> None:
    """Store under exactly that name. A file that is there in full already is left alone."""
    store = _store()
    if store.exists(name) and store.size(name) == len(data):
        return
    stored = store.save(name, ContentFile(data))
    if stored != name:
        store.delete(stored)
        raise ImproperlyConfigured(
            "STORAGES['evidence'] renames files. Use core.evidence.storage.ContentAddressedStorage, "
            "or an S3 store with file_overwrite."
        )
