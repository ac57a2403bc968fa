"""Fingerprints of files: computed once a file and engine version, from the safe working copy."""

import hashlib
import logging
from collections.abc import Iterable, Sequence
from typing import Final

from core.evidence.errors import EvidenceDamaged, NoWorkingCopy
from core.evidence.services import read_working
from core.models import EvidenceFile
from listings.models import PictureFingerprint
from matching import FINGERPRINT_VERSION, UnreadablePicture, fingerprint_picture
from matching import PictureFingerprint as Fingerprint

logger = logging.getLogger(__name__)

#: Rows read or written in one query: SQLite binds at most 32,766 values.
_BATCH: Final = 500


def fingerprints_of(files: Iterable[EvidenceFile], *, store: bool = True) -> dict[str, Fingerprint]:
    """The fingerprint of each file by its SHA-256. A file that the engine cannot read is missing from the answer.

    What is new is stored for everybody, unless ``store`` is off (a dry run writes nothing). Two processes may compute
    one at the same time; both get the same, and one row stays.
    """
    by_digest = {file.sha256: file for file in files}
    known = _stored(list(by_digest))
    rows = [_compute(file) for digest, file in by_digest.items() if digest not in known]
    if store:
        PictureFingerprint.objects.bulk_create(rows, ignore_conflicts=True, batch_size=_BATCH)
    found = {digest: data for digest, data in known.items() if data is not None}
    return {
        digest: Fingerprint.from_bytes(bytes(data))
        for digest, data in [*found.items(), *((row.sha256, row.data) for row in rows)]
        if data is not None
    }


def stored_fingerprints(digests: Iterable[str]) -> dict[str, Fingerprint | None]:
    """The fingerprints of these files that are stored already; ``None`` of a file that the engine cannot read."""
    stored = _stored(list(dict.fromkeys(digests)))
    return {digest: None if data is None else Fingerprint.from_bytes(data) for digest, data in stored.items()}


def _stored(digests: Sequence[str]) -> dict[str, bytes | None]:
    stored: dict[str, bytes | None] = {}
    for start in range(0, len(digests), _BATCH):
        rows = PictureFingerprint.objects.filter(
            engine_version=FINGERPRINT_VERSION, sha256__in=digests[start : start + _BATCH]
        )
        stored |= {digest: None if data is None else bytes(data) for digest, data in rows.values_list("sha256", "data")}
    return stored


def _compute(file: EvidenceFile) -> PictureFingerprint:
    """The row of one file, with its problem where the engine cannot read it: it is not tried again at each screening.

    A store that does not answer is no such problem: its ``OSError`` goes up, and the screening is tried again later.
    """
    row = PictureFingerprint(sha256=file.sha256, engine_version=FINGERPRINT_VERSION)
    try:
        row.data = fingerprint_picture(read_working(file)).to_bytes()
    except (UnreadablePicture, NoWorkingCopy, EvidenceDamaged) as problem:
        logger.warning("no fingerprint of %s: %s", file.sha256, problem)
        row.problem = type(problem).__name__
    return row


def fingerprint_of_bytes(data: bytes) -> tuple[str, Fingerprint]:
    """Digest and fingerprint of a picture that is not kept. Raises ``UnreadablePicture``."""
    return hashlib.sha256(data).hexdigest(), fingerprint_picture(data)
