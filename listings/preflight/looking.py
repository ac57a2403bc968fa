"""From pictures as they were given to fingerprints; nothing is kept. Hostile bytes are decoded in limited children."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, Self

from accounts.models import Marketplace
from core.errors import DomainError
from core.evidence.services import glance_at, pool
from core.models import EvidenceFile
from listings.fingerprints import fingerprints_of, stored_fingerprints
from listings.models import UploadedPicture
from listings.preflight.answers import PictureState, SeenPicture
from matching import PictureFingerprint, UnreadablePicture, fingerprint_picture

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_Prints = Mapping[str, PictureFingerprint | None]


@dataclass(frozen=True, slots=True)
class GivenPicture:
    """One picture of a listing that is not published yet: its bytes, the SHA-256 of one that this marketplace sent
    before, a file that is kept, or only the address where it will be. ``name`` is for error messages."""

    data: bytes = b""
    sha256: str = ""
    address: str = ""
    file: EvidenceFile | None = None
    name: str = ""

    @classmethod
    def kept(cls, file: EvidenceFile) -> Self:
        return cls(file=file)

    @property
    def digest(self) -> str:
        """Of the original, as evidence is called by; empty where only an address is known."""
        if self.file is not None:
            return self.file.sha256
        return self.sha256 or (hashlib.sha256(self.data).hexdigest() if self.data else "")

    @property
    def is_only_named(self) -> bool:
        """Whether the marketplace gave a digest and nothing that it is the digest of."""
        return bool(self.sha256) and not self.data and self.file is None


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen: each picture in its order, and fingerprints by the digest of the original."""

    pictures: tuple[SeenPicture, ...]
    prints: Mapping[str, PictureFingerprint]


def look_at(given: Sequence[GivenPicture], *, marketplace: Marketplace) -> Look:
    """Every picture with what became of it. What was looked at once, by whomever, is not decoded again.

    A digest names a picture only for the marketplace that sent it, as it does for a listing. Raises ``FileRefused`` for
    bytes that could not be kept either, so that the listing could not be brought in; ``IntakeUnavailable`` where every
    child is at work; ``DomainError`` for a picture that is none.
    """
    for picture in given:
        _require_picture(picture)
    digests = [picture.digest for picture in given]
    sent = _sent({picture.sha256 for picture in given if picture.is_only_named}, marketplace)
    known_by = {picture.digest for picture in given if not picture.is_only_named} - {""} | sent
    known: dict[str, PictureFingerprint | None] = dict(stored_fingerprints(known_by))
    new = {digest: each for each, digest in zip(given, digests, strict=True) if each.data and digest not in known}
    known |= _glances(new)
    known |= _kept(known_by - known.keys())
    seen = [SeenPicture(place, digest, _state(digest, known)) for place, digest in enumerate(digests, start=1)]
    return Look(tuple(seen), {digest: each for digest, each in known.items() if each is not None})


def _sent(digests: set[str], marketplace: Marketplace) -> set[str]:
    """Those of the digests that this marketplace sent the pictures of."""
    if not digests:
        return digests
    sent = UploadedPicture.objects.filter(marketplace=marketplace, file__sha256__in=digests)
    return set(sent.values_list("file__sha256", flat=True))


def _require_picture(picture: GivenPicture) -> None:
    if picture.sha256 and not _DIGEST.fullmatch(picture.sha256):
        raise DomainError(
            "사진을 알아볼 수 없습니다.",
            "사진의 SHA-256은 0-9와 a-f로 된 64자입니다.",
            "원본 파일의 SHA-256을 소문자 16진수로 보내 주세요.",
            code="wrong_digest",
        )
    if picture.sha256 and picture.data and picture.sha256 != hashlib.sha256(picture.data).hexdigest():
        raise DomainError(
            "사진의 SHA-256이 내용과 다릅니다.",
            "함께 보낸 SHA-256이 보낸 파일의 것이 아닙니다.",
            "파일만 보내시거나, 그 파일의 SHA-256을 보내 주세요.",
            code="wrong_digest",
        )
    if not (picture.digest or picture.address):
        raise DomainError(
            "사진이 비어 있습니다.",
            "내용도, SHA-256도, 주소도 없습니다.",
            "셋 가운데 하나를 보내 주세요.",
            code="empty_picture",
        )


def _glances(new: Mapping[str, GivenPicture]) -> _Prints:
    """Fingerprints of bytes that nobody looked at before, side by side where there are several."""
    if len(new) < 2:
        return {digest: _glance(picture) for digest, picture in new.items()}
    with ThreadPoolExecutor(max_workers=pool().size, thread_name_prefix="preflight-glance") as executor:
        return dict(zip(new, executor.map(_glance, new.values()), strict=True))


def _glance(picture: GivenPicture) -> PictureFingerprint | None:
    try:
        return fingerprint_picture(glance_at(picture.data, name=picture.name))
    except UnreadablePicture:
        return None


def _kept(digests: set[str]) -> _Prints:
    """Fingerprints of kept files that screening has not looked at yet."""
    files = list(EvidenceFile.objects.filter(sha256__in=digests)) if digests else []
    found = fingerprints_of(files) if files else {}
    return {file.sha256: found.get(file.sha256) for file in files}


def _state(digest: str, known: _Prints) -> PictureState:
    if not digest:
        return PictureState.PENDING
    if digest not in known:
        return PictureState.UNKNOWN
    return PictureState.UNREADABLE if known[digest] is None else PictureState.COMPARED
