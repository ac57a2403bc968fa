"""Files that a party hands in by a form: kept as evidence one by one, so that one bad file harms no other.

What was kept is carried in the form by a signed mark: where something else in the form must be put right, nobody
uploads twice. The mark holds for its own party alone and for a day.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from django.core import signing
from django.core.files.uploadedfile import UploadedFile

from core.errors import DomainError
from core.evidence import errors, rules
from core.evidence.services import IncomingFile, keep_files
from core.models import EvidenceFile
from reports.choices import DocumentKind
from reports.services.filing import HandedIn

if TYPE_CHECKING:
    Upload = UploadedFile[Any]


class Given(Protocol):
    """The files of a request: so many for each field."""

    def getlist(self, key: str) -> "Sequence[Upload]": ...


#: Of one form; issue 5: "up to 10 files of 20 MB".
MOST_FILES: Final = 10
_SALT: Final = "reports.uploads"
_HOLDS_SECONDS: Final = 24 * 60 * 60
KEPT: Final = "kept"


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is kept already, as the form shows and carries it."""

    handed_in: HandedIn
    mark: str

    @property
    def size(self) -> int:
        return self.handed_in.file.size


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that was not kept, by the name that its owner gave it."""

    name: str
    error: DomainError


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What came of the files of one form."""

    kept: tuple[Kept, ...] = ()
    refused: tuple[Refused, ...] = ()

    @property
    def handed_in(self) -> list[HandedIn]:
        return [each.handed_in for each in self.kept]


def field_of(kind: DocumentKind) -> str:
    """The name of the form's field for files of that kind."""
    return f"files_{kind.value}"


def take_in(
    files: Given,
    marks: Sequence[str],
    *,
    scope: str,
    kinds: Iterable[DocumentKind],
) -> TakenIn:
    """Keep what was uploaded, beside what was kept before. ``scope`` is the party and what it hands in to.

    Call it outside a transaction: hostile files are decoded here.
    """
    kept = _kept_before(marks, scope)
    refused: list[Refused] = []
    incoming = [(kind, file) for kind in kinds for file in files.getlist(field_of(kind))]
    room = max(MOST_FILES - len(kept), 0)
    refused += [Refused(_name(file), _too_many()) for _, file in incoming[room:]]
    taken = incoming[:room]
    refused += [
        Refused(_name(file), errors.refuse_size(file.size or 0, _name(file))) for _, file in taken if _is_big(file)
    ]
    taken = [(kind, file) for kind, file in taken if not _is_big(file)]
    for (kind, file), outcome in zip(taken, keep_files(_read(file for _, file in taken)), strict=True):
        if outcome.error is not None:
            refused.append(Refused(_name(file), outcome.error))
        elif outcome.evidence is not None:
            kept.append(_kept(HandedIn(outcome.evidence, kind, rules.clean_name(_name(file))), scope))
    return TakenIn(tuple(_once(kept)), tuple(refused))


def _kept_before(marks: Sequence[str], scope: str) -> list[Kept]:
    """What the marks of the form stand for. One that is forged, old or another's is nothing."""
    read = [found for mark in marks[:MOST_FILES] if (found := _read_mark(mark, scope)) is not None]
    rows = EvidenceFile.objects.in_bulk([found["file"] for found in read])
    return [
        _kept(HandedIn(rows[found["file"]], DocumentKind(found["kind"]), found["name"]), scope)
        for found in read
        if found["file"] in rows
    ]


def _read_mark(mark: str, scope: str) -> Mapping[str, str] | None:
    try:
        found: Mapping[str, str] = signing.loads(mark, salt=f"{_SALT}:{scope}", max_age=_HOLDS_SECONDS)
    except signing.BadSignature:
        return None
    return found


def _kept(handed_in: HandedIn, scope: str) -> Kept:
    facts = {"file": handed_in.file.pk, "kind": handed_in.kind.value, "name": handed_in.name}
    return Kept(handed_in, signing.dumps(facts, salt=f"{_SALT}:{scope}", compress=True))


def _once(kept: Iterable[Kept]) -> Iterator[Kept]:
    """The same bytes twice are one file."""
    seen = set()
    for each in kept:
        if each.handed_in.file.pk not in seen:
            seen.add(each.handed_in.file.pk)
            yield each


def _read(files: Iterable["Upload"]) -> Iterator[IncomingFile]:
    for file in files:
        yield IncomingFile(_name(file), file.read())


def _is_big(file: "Upload") -> bool:
    return (file.size or 0) > rules.MAX_FILE_BYTES


def _name(file: "Upload") -> str:
    return file.name or ""


def _too_many() -> DomainError:
    return DomainError(
        "파일을 받지 않았습니다.",
        f"한 번에 {MOST_FILES}개까지 받습니다.",
        "가장 중요한 자료부터 내고, 나머지는 제출한 뒤에 추가해 주세요.",
        code="too_many",
    )
