"""The run of an import: rows in, pictures taken in a batch ahead, each row written in a transaction of its own.

A bad row is reported and stops nothing. What is in is in: a run that breaks off is started again and doubles nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, Generic, Protocol, TypeVar

from django.db import DataError, IntegrityError, InterfaceError, OperationalError

from core.changes import Change
from core.errors import DomainError
from core.korean import josa
from portal.imports.errors import RowRefused, quoted
from portal.imports.fields import Fields
from portal.imports.pictures import ImageFolder, Picture, take_in
from portal.imports.report import Report
from portal.imports.rows import Row, TableShape, UnreadableRow
from portal.imports.seen import SeenIdentifiers

# [ours] Enough pictures to keep the pool of decoders busy, and as many versions as one job of screening looks at.
BATCH_ROWS: Final = 50
_SHOWN_IDENTIFIER: Final = 100


class Item(Protocol):
    """A row that was read and found good."""

    @property
    def external_id(self) -> str: ...

    @property
    def files(self) -> tuple[str, ...]:
        """Pictures that the row names, as it names them."""
        ...


ItemT = TypeVar("ItemT", bound=Item)


@dataclass(frozen=True, slots=True)
class Written:
    """The row is in; ``problems`` are pictures of it that are not."""

    change: Change
    problems: Sequence[DomainError] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """The row is not in, and nothing of it was written."""

    errors: Sequence[DomainError]


class Importer(Protocol[ItemT]):
    """What differs between brands, listings and orders."""

    @property
    def shape(self) -> TableShape: ...

    @property
    def known(self) -> frozenset[str]:
        """Items of a row that are read."""
        ...

    @property
    def identified_by(self) -> tuple[str, ...]:
        """Items of a row that together are its identifier."""
        ...

    def parse(self, fields: Fields) -> ItemT:
        """Raises ``DomainError`` on a bad row."""
        ...

    def write(self, item: ItemT, pictures: Mapping[str, Picture]) -> Written | Refused:
        """In one transaction. May raise ``DomainError``, which refuses the row."""
        ...

    def finish_batch(self) -> None:
        """What is owed for the rows written since the last call."""
        ...


@dataclass(frozen=True, slots=True)
class _Good(Generic[ItemT]):
    line: int
    item: ItemT


@dataclass(frozen=True, slots=True)
class _Bad:
    line: int
    identifier: str
    error: DomainError


class ImportStopped(DomainError):
    """The database or the disk failed, which is no row's fault. What was reported as in, is in."""

    code = "import_stopped"


def run(
    rows: Iterable[Row | UnreadableRow],
    importer: Importer[ItemT],
    *,
    folder: ImageFolder | None,
    report: Report,
    after_batch: Callable[[], None] = lambda: None,
) -> None:
    """Bring every good row in and report every bad one. Raises ``FileUnusable`` and ``ImportStopped``.

    Of two rows with one identifier the second is refused, unless the first was not brought in. Memory is bounded by one
    batch, however long the file is.
    """
    line = 0
    with SeenIdentifiers() as seen:
        try:
            for batch in _batches(_read(rows, importer, report)):
                line = batch[0].line
                pictures = take_in(
                    folder, [name for entry in batch if isinstance(entry, _Good) for name in entry.item.files]
                )
                for entry in batch:
                    line = entry.line
                    _bring_in(entry, importer, pictures, seen=seen, report=report)
                importer.finish_batch()
                after_batch()
        except (OperationalError, InterfaceError, OSError) as problem:
            raise _stopped(line, problem) from problem


def _batches(entries: Iterator[_Good[ItemT] | _Bad]) -> Iterator[list[_Good[ItemT] | _Bad]]:
    while batch := list(islice(entries, BATCH_ROWS)):
        yield batch


def _read(
    rows: Iterable[Row | UnreadableRow], importer: Importer[ItemT], report: Report
) -> Iterator[_Good[ItemT] | _Bad]:
    for row in rows:
        if isinstance(row, UnreadableRow):
            yield _Bad(row.line, "", row.error)
            continue
        fields = Fields(row.values)
        report.ignore(fields.unknown(importer.known))
        try:
            yield _Good(row.line, importer.parse(fields))
        except DomainError as error:
            yield _Bad(row.line, _identifier_of(row, importer.identified_by), error)


def _identifier_of(row: Row, identified_by: tuple[str, ...]) -> str:
    """What a bad row calls itself, for the table of errors."""
    values = (row.values.get(name) for name in identified_by)
    texts = [quoted(value).strip("“”") for value in values if isinstance(value, str | int)]
    return "/".join(texts)[:_SHOWN_IDENTIFIER]


def _bring_in(
    entry: _Good[ItemT] | _Bad,
    importer: Importer[ItemT],
    pictures: Mapping[str, Picture],
    *,
    seen: SeenIdentifiers,
    report: Report,
) -> None:
    if isinstance(entry, _Bad):
        report.row_failed(entry.line, entry.identifier, [entry.error])
        return
    identifier = entry.item.external_id
    first = seen.line_of(identifier)
    outcome = (
        _write(entry.item, importer, pictures) if first is None else Refused([_doubled(identifier, importer, first)])
    )
    if isinstance(outcome, Refused):
        report.row_failed(entry.line, identifier, outcome.errors)
        return
    seen.remember(identifier, entry.line)
    report.row_came_in(entry.line, identifier, outcome.change, outcome.problems)


def _write(item: ItemT, importer: Importer[ItemT], pictures: Mapping[str, Picture]) -> Written | Refused:
    try:
        return importer.write(item, pictures)
    except DomainError as error:
        return Refused([error])
    except (DataError, IntegrityError) as problem:
        # The reader checks what the database checks, so this is a case that it does not know: one row's, not the run's.
        why = f"데이터베이스가 받지 않는 값이 있습니다({quoted(problem)})."
        return Refused([RowRefused("행을 저장하지 못했습니다.", why, "값을 확인하고 운영 담당자에게 알려 주세요.")])


def _doubled(identifier: str, importer: Importer[ItemT], first: int) -> RowRefused:
    return RowRefused(
        f"식별자({', '.join(importer.identified_by)}) {josa(quoted(identifier), '이/가')} 한 파일에 두 번 있습니다.",
        f"{first}행에서 이미 가져왔습니다.",
        "맞는 행 하나만 남겨 다시 가져와 주세요.",
    )


def _stopped(line: int, problem: Exception) -> ImportStopped:
    return ImportStopped(
        f"{line}행 근처에서 가져오기를 멈추었습니다.",
        f"데이터베이스나 저장소에 오류가 났습니다({quoted(problem)}).",
        "그 앞의 행은 저장되어 있습니다. 문제를 해결한 뒤 같은 파일을 다시 가져오면 이어집니다.",
    )
