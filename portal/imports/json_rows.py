"""JSON Lines: one object a line. A line that is none is an unreadable row, and the next one is read."""

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Final, NoReturn

from portal.imports.errors import FileUnusable, RowRefused
from portal.imports.lines import Line
from portal.imports.rows import Row, UnreadableRow, Values

_AGAIN: Final = "이 줄을 고쳐 다시 가져와 주세요."


def json_rows(lines: Iterable[Line]) -> Iterator[Row | UnreadableRow]:
    """A row for every line that is not blank. Raises ``FileUnusable`` on one big array, of which no line is a row."""
    is_first = True
    for line in lines:
        if line.text is not None and not line.text.strip():
            continue
        if is_first and line.text is not None:
            _refuse_array(line.text.strip())
        is_first = False
        yield _row(line)


def _refuse_array(text: str) -> None:
    if text == "[" or text.startswith("[{"):
        raise FileUnusable(
            "JSON Lines 형식이 아닙니다.",
            "파일 전체가 하나의 JSON 배열입니다.",
            "한 줄에 한 건씩, 대괄호와 줄 끝의 쉼표 없이 저장해 다시 가져와 주세요.",
        )


def _row(line: Line) -> Row | UnreadableRow:
    try:
        return Row(line.number, _values(line))
    except RowRefused as error:
        return UnreadableRow(line.number, error)


def _values(line: Line) -> Values:
    if line.text is None:
        raise RowRefused("줄을 읽을 수 없습니다.", "한 줄이 4MB를 넘습니다.", _AGAIN)
    if not line.is_text:
        raise RowRefused("줄을 읽을 수 없습니다.", "UTF-8로 읽을 수 없는 글자가 있습니다.", _AGAIN)
    try:
        values = json.loads(
            line.text.rstrip(),
            parse_float=_decimal,
            parse_constant=_refuse_constant,
            object_pairs_hook=_without_doubles,
        )
    except json.JSONDecodeError as problem:
        why = f"{problem.pos + 1}번째 글자에서 JSON 문법이 깨져 있습니다."
        raise RowRefused("JSON을 읽을 수 없습니다.", why, _AGAIN) from None
    except RecursionError:
        raise RowRefused("JSON을 읽을 수 없습니다.", "괄호가 너무 깊게 겹쳐 있습니다.", _AGAIN) from None
    except ValueError:
        # Python reads no integer of more than 4,300 digits.
        raise RowRefused("JSON을 읽을 수 없습니다.", "너무 긴 숫자가 있습니다.", _AGAIN) from None
    if not isinstance(values, dict):
        raise RowRefused("행을 읽을 수 없습니다.", "한 줄에 JSON 객체({…}) 하나가 있어야 합니다.", _AGAIN)
    return values


def _decimal(text: str) -> Decimal:
    """Prices are decimals: a float would make 12.90 something else."""
    try:
        return Decimal(text)
    except InvalidOperation:
        raise RowRefused("JSON을 읽을 수 없습니다.", "다룰 수 없는 숫자가 있습니다.", _AGAIN) from None


def _refuse_constant(name: str) -> NoReturn:
    raise RowRefused("JSON을 읽을 수 없습니다.", f"JSON에 없는 값({name})이 있습니다.", _AGAIN)


def _without_doubles(pairs: list[tuple[str, object]]) -> Values:
    """An object that says one thing twice says nothing: which of the two is meant?"""
    values = dict(pairs)
    if len(values) != len(pairs):
        raise RowRefused("JSON을 읽을 수 없습니다.", "한 객체에 같은 이름의 항목이 두 번 있습니다.", _AGAIN)
    return values
