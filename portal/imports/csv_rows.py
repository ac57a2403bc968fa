"""CSV with a heading line. A row that is torn is unreadable and swallows none of those after it.

A quotation mark that is opened and never closed would, read plainly, take the rest of the file into one cell. So a row
of several lines that does not come out right counts as one bad line, and the lines after it are read again as rows.
"""

import csv
import unicodedata
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from core.korean import josa
from portal.imports.errors import FileUnusable, RowRefused, quoted
from portal.imports.lines import Line
from portal.imports.rows import Row, TableShape, UnreadableRow

# [ours] A cell holds a description of 50,000 characters in far fewer lines than this.
_MAX_LINES_OF_A_ROW: Final = 500
_AGAIN: Final = "이 행을 고쳐 다시 가져와 주세요."


class _Feed:
    """Lines, of which some can be given back to be read again."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._lines = iter(lines)
        self._again: deque[Line] = deque()

    def take(self) -> Line | None:
        return self._again.popleft() if self._again else next(self._lines, None)

    def give_back(self, lines: Iterable[Line]) -> None:
        self._again.extendleft(reversed(list(lines)))


class _Unfinished(Exception):
    """A quoted cell goes on in the next line."""


def csv_rows(lines: Iterable[Line], shape: TableShape) -> Iterator[Row | UnreadableRow]:
    """A row for every record under the heading. Raises ``FileUnusable`` where the heading does not fit."""
    feed = _Feed(lines)
    heading = _read_heading(feed, shape)
    while (first := feed.take()) is not None:
        try:
            cells = _record(first, feed, heading)
            if cells is not None:
                yield Row(first.number, shape.to_values(cells))
        except RowRefused as error:
            yield UnreadableRow(first.number, error)


def _read_heading(feed: _Feed, shape: TableShape) -> list[str]:
    """The names of the columns, in lower case; blank lines above them are read over."""
    first = feed.take()
    while first is not None and first.text is not None and not first.text.strip():
        first = feed.take()
    if first is None or not first.is_text or first.text is None:
        raise _wrong_heading("첫 줄을 글로 읽을 수 없습니다.")
    try:
        names = [unicodedata.normalize("NFC", cell).strip().lower() for cell in _cells([first.text])]
    except (RowRefused, _Unfinished):
        raise _wrong_heading("첫 줄의 따옴표가 맞지 않습니다.") from None
    _check_heading([name for name in names if name], shape)
    return names


def _check_heading(names: list[str], shape: TableShape) -> None:
    missing = [name for name in shape.required if name not in names]
    if missing:
        raise _wrong_heading(f"첫 줄에 {', '.join(missing)} 열이 없습니다. 있는 열은 {quoted(', '.join(names))}입니다.")
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise _wrong_heading(f"첫 줄에 {josa(quoted(', '.join(doubled)), '이/가')} 두 번 있습니다.")


def _wrong_heading(why: str) -> FileUnusable:
    return FileUnusable(
        "CSV의 머리글을 읽을 수 없습니다.", why, "첫 줄에 열 이름을 쉼표로 구분해 적어 다시 가져와 주세요."
    )


def _record(first: Line, feed: _Feed, heading: list[str]) -> Mapping[str, str] | None:
    """The cells of the record that begins here, by column; nothing for a blank line. Leaves the feed after it."""
    taken = [first]
    try:
        cells = _gather(taken, feed)
        if not any(cell.strip() for cell in cells):
            return None
        return _by_column(cells, heading)
    except RowRefused:
        feed.give_back(taken[1:])
        raise


def _gather(taken: list[Line], feed: _Feed) -> list[str]:
    """Read on until the record is whole, keeping account of the lines in ``taken``."""
    texts = [_text(taken[0])]
    while True:
        try:
            return _cells(texts)
        except _Unfinished:
            _take_up_to_a_quotation_mark(taken, texts, feed)


def _take_up_to_a_quotation_mark(taken: list[Line], texts: list[str], feed: _Feed) -> None:
    while True:
        line = feed.take()
        if line is None:
            raise RowRefused("행을 읽을 수 없습니다.", "열린 따옴표가 닫히지 않았습니다.", _AGAIN)
        taken.append(line)
        if len(taken) > _MAX_LINES_OF_A_ROW:
            raise RowRefused("행을 읽을 수 없습니다.", "따옴표 안의 글이 너무 깁니다.", _AGAIN)
        texts.append(_text(line))
        if '"' in texts[-1]:
            return


def _text(line: Line) -> str:
    if line.text is None:
        raise RowRefused("행을 읽을 수 없습니다.", "한 줄이 4MB를 넘습니다.", _AGAIN)
    if not line.is_text:
        raise RowRefused("행을 읽을 수 없습니다.", "글자가 깨져 있어 읽을 수 없습니다.", _AGAIN)
    return line.text


def _cells(texts: list[str]) -> list[str]:
    """The cells of one record. Raises ``_Unfinished`` where a quoted cell is still open."""
    try:
        return next(csv.reader(texts, strict=True), [])
    except csv.Error as problem:
        if "unexpected end of data" in str(problem):
            raise _Unfinished from None
        if "field limit" in str(problem):
            raise RowRefused("행을 읽을 수 없습니다.", "한 칸의 글이 너무 깁니다.", _AGAIN) from None
        raise RowRefused("행을 읽을 수 없습니다.", "따옴표가 맞지 않습니다.", _AGAIN) from None


def _by_column(cells: list[str], heading: list[str]) -> Mapping[str, str]:
    # Spreadsheets leave empty cells behind the last column.
    extra = [cell for cell in cells[len(heading) :] if cell.strip()]
    if extra or len(cells) < len(heading):
        why = f"머리글은 {len(heading)}칸인데 이 행은 {len(cells)}칸입니다."
        raise RowRefused("행을 읽을 수 없습니다.", why, "쉼표와 따옴표를 확인해 다시 가져와 주세요.")
    return {name: cell for name, cell in zip(heading, cells, strict=False) if name}
