"""Reading rows out of files: encodings, JSON Lines, CSV, and everything torn."""

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.imports import lines
from portal.imports.errors import FileUnusable
from portal.imports.rows import Row, TableShape, UnreadableRow
from portal.imports.source import Source

SHAPE = TableShape(required=("id",), to_values=dict)


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read(path: Path) -> list[tuple[int, object]]:
    """Each row with its line: its values, or why it could not be read."""
    with Source(path, SHAPE) as source:
        return [(row.line, row.values if isinstance(row, Row) else str(row.error)) for row in source]


def good(path: Path) -> list[object]:
    return [values for _, values in read(path) if isinstance(values, dict)]


def refusal(path: Path) -> str:
    with pytest.raises(FileUnusable) as error:
        read(path)
    return str(error.value)


# -- files that cannot be read at all -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "에 내용이 없습니다."),
        (b"\xef\xbb\xbf", "에 내용이 없습니다."),
        (b"PK\x03\x04rest", "엑셀(.xlsx)이나 압축 파일입니다."),
        (b"\xd0\xcf\x11\xe0rest", "옛 형식의 엑셀 파일(.xls)입니다."),
        (b"\x1f\x8brest", "GZIP 압축 파일입니다."),
        ("id,name\n".encode("utf-16"), "UTF-16으로 저장된 파일입니다."),
    ],
)
def test_a_file_of_another_kind_is_refused_by_name_and_with_what_to_do(
    tmp_path: Path, content: bytes, why: str
) -> None:
    path = write(tmp_path, "brands.csv", content)
    message = refusal(path)
    assert str(path) in message
    assert why in message


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "없음.csv").startswith(
        f"파일을 찾을 수 없습니다. {tmp_path / '없음.csv'}에 파일이 없습니다."
    )


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert refusal(tmp_path).startswith("파일을 찾을 수 없습니다")


# -- encodings ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_a_table_reads_the_same_in_every_encoding_and_with_every_end_of_line(
    tmp_path: Path, encoding: str, newline: str
) -> None:
    text = newline.join(["id,name", "b1,솔하루 똠방각하", "b2,라온비", ""])
    assert read(write(tmp_path, "brands.csv", text.encode(encoding))) == [
        (2, {"id": "b1", "name": "솔하루 똠방각하"}),
        (3, {"id": "b2", "name": "라온비"}),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_json_lines_read_the_same_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    text = '{"id": "b1", "name": "솔하루"}\n\n{"id": "b2"}\n'
    assert read(write(tmp_path, "brands.jsonl", text.encode(encoding))) == [
        (1, {"id": "b1", "name": "솔하루"}),
        (3, {"id": "b2"}),
    ]


def test_a_torn_letter_spoils_its_own_row_and_not_the_encoding_of_the_rest(tmp_path: Path) -> None:
    rows = [b"id,name", "b1,솔하루".encode()[:-1], "b2,라온비".encode(), "b3,헤루".encode()]
    assert read(write(tmp_path, "brands.csv", b"\n".join(rows))) == [
        (2, "행을 읽을 수 없습니다. 글자가 깨져 있어 읽을 수 없습니다. 이 행을 고쳐 다시 가져와 주세요."),
        (3, {"id": "b2", "name": "라온비"}),
        (4, {"id": "b3", "name": "헤루"}),
    ]


def test_a_line_beyond_the_limit_is_skipped_and_the_next_one_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "MAX_LINE_BYTES", 64)
    rows = ['{"id": "b1"}', json.dumps({"id": "x" * 500}), '{"id": "b3"}']
    assert good(write(tmp_path, "brands.jsonl", "\n".join(rows))) == [{"id": "b1"}, {"id": "b3"}]


# -- JSON Lines -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('{"id": "x", ', "12번째 글자에서 JSON 문법이 깨져 있습니다."),
        ("솔하루", "1번째 글자에서 JSON 문법이 깨져 있습니다."),
        ('["x"]', "한 줄에 JSON 객체({…}) 하나가 있어야 합니다."),
        ('"x"', "한 줄에 JSON 객체({…}) 하나가 있어야 합니다."),
        ("null", "한 줄에 JSON 객체({…}) 하나가 있어야 합니다."),
        ('{"id": "x", "price": NaN}', "JSON에 없는 값(NaN)이 있습니다."),
        ('{"id": "x", "price": -Infinity}', "JSON에 없는 값(-Infinity)이 있습니다."),
        ('{"id": "x", "id": "y"}', "한 객체에 같은 이름의 항목이 두 번 있습니다."),
        ('{"price": ' + "9" * 5000 + "}", "너무 긴 숫자가 있습니다."),
        ('{"a":' * 100_000, "괄호가 너무 깊게 겹쳐 있습니다."),
        ('{"price": 1e99999999999999999999}', "다룰 수 없는 숫자가 있습니다."),
    ],
)
def test_a_broken_line_is_told_and_its_neighbours_are_read(tmp_path: Path, line: str, why: str) -> None:
    path = write(tmp_path, "brands.jsonl", f'{{"id": "b1"}}\n{line}\n{{"id": "b3"}}\n')
    rows = read(path)
    assert [rows[0], rows[2]] == [(1, {"id": "b1"}), (3, {"id": "b3"})]
    assert rows[1][0] == 2
    assert why in str(rows[1][1])


@pytest.mark.parametrize("content", ['[\n{"id": "b1"},\n{"id": "b2"}\n]\n', '[{"id": "b1"}]', '\n  [\n{"id": "b1"}]'])
def test_one_big_array_is_refused_with_what_to_write_instead(tmp_path: Path, content: str) -> None:
    assert refusal(write(tmp_path, "brands.json", content)).startswith("JSON Lines 형식이 아닙니다.")


def test_a_file_without_a_telling_name_is_known_by_its_first_sign(tmp_path: Path) -> None:
    assert good(write(tmp_path, "brands", '\n {"id": "b1"}')) == [{"id": "b1"}]
    assert good(write(tmp_path, "brands.txt", "id\nb1\n")) == [{"id": "b1"}]


# -- CSV ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "why"),
    [
        ("name,names", "첫 줄에 id 열이 없습니다. 있는 열은 “name, names”입니다."),
        ("id,name,Name ", "첫 줄에 “name”이(가) 두 번 있습니다."),
        ('"id,name', "첫 줄의 따옴표가 맞지 않습니다."),
    ],
)
def test_a_heading_that_does_not_fit_is_refused(tmp_path: Path, heading: str, why: str) -> None:
    assert why in refusal(write(tmp_path, "brands.csv", f"{heading}\nb1,x\n"))


def test_columns_are_known_whatever_their_case_and_order(tmp_path: Path) -> None:
    assert good(write(tmp_path, "brands.csv", "\n NAME , Id ,,\n솔하루,b1,,\n")) == [{"id": "b1", "name": "솔하루"}]


def test_quoted_cells_hold_commas_quotation_marks_and_lines(tmp_path: Path) -> None:
    content = 'id,name\nb1,"솔,하""루"\nb2,"두\n줄"\nb3,6" 신발\n\nb4,끝\n'
    assert read(write(tmp_path, "brands.csv", content)) == [
        (2, {"id": "b1", "name": '솔,하"루'}),
        (3, {"id": "b2", "name": "두\n줄"}),
        (5, {"id": "b3", "name": '6" 신발'}),
        (7, {"id": "b4", "name": "끝"}),
    ]


def test_empty_cells_behind_the_last_column_are_nothing(tmp_path: Path) -> None:
    assert good(write(tmp_path, "brands.csv", "id,name\nb1,솔하루,,,\n,,\n")) == [{"id": "b1", "name": "솔하루"}]


@pytest.mark.parametrize(("row", "count"), [("b1", 1), ("b1,솔하루,남음", 3)])
def test_a_row_with_too_few_or_too_many_cells_is_told(tmp_path: Path, row: str, count: int) -> None:
    rows = read(write(tmp_path, "brands.csv", f"id,name\n{row}\nb2,라온비\n"))
    why = f"행을 읽을 수 없습니다. 머리글은 2칸인데 이 행은 {count}칸입니다. 쉼표와 따옴표를 확인해 다시 가져와 주세요."
    assert rows == [(2, why), (3, {"id": "b2", "name": "라온비"})]


def test_a_quotation_mark_that_is_never_closed_swallows_no_other_row(tmp_path: Path) -> None:
    content = 'id,name\nb1,솔하루\nb2,"라온비\nb3,"헤루"\nb4,"이,니"\n' + "".join(f"c{n},이름\n" for n in range(600))
    rows = read(write(tmp_path, "brands.csv", content))
    assert rows[1] == (3, "행을 읽을 수 없습니다. 따옴표가 맞지 않습니다. 이 행을 고쳐 다시 가져와 주세요.")
    assert [values for _, values in rows if isinstance(values, str)] == [rows[1][1]]
    assert [row[1]["id"] for row in rows if isinstance(row[1], dict)] == ["b1", "b3", "b4"] + [
        f"c{n}" for n in range(600)
    ]


def test_a_quotation_mark_that_is_open_to_the_end_spoils_its_own_row_alone(tmp_path: Path) -> None:
    rows = read(write(tmp_path, "brands.csv", 'id,name\nb1,"솔하루\nb2,라온비\nb3,헤루'))
    assert rows == [
        (2, "행을 읽을 수 없습니다. 열린 따옴표가 닫히지 않았습니다. 이 행을 고쳐 다시 가져와 주세요."),
        (3, {"id": "b2", "name": "라온비"}),
        (4, {"id": "b3", "name": "헤루"}),
    ]


def test_a_cell_beyond_the_limit_is_told(tmp_path: Path) -> None:
    rows = read(write(tmp_path, "brands.csv", f"id,name\nb1,{'가' * 140_000}\nb2,라온비\n"))
    assert rows == [
        (2, "행을 읽을 수 없습니다. 한 칸의 글이 너무 깁니다. 이 행을 고쳐 다시 가져와 주세요."),
        (3, {"id": "b2", "name": "라온비"}),
    ]


CELLS = st.text(st.characters(exclude_categories=["Cs"]))


@settings(max_examples=100, deadline=None)
@given(rows=st.lists(st.tuples(st.integers(1), CELLS, CELLS), max_size=8))
def test_what_a_writer_of_csv_wrote_is_read_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int, str, str]]
) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([("id", "name", "names"), *rows])
    path = write(tmp_path_factory.mktemp("csv"), "brands.csv", text.getvalue())
    assert good(path) == [{"id": str(number), "name": name, "names": names} for number, name, names in rows]


@settings(max_examples=150, deadline=None)
@given(content=st.binary(max_size=300), name=st.sampled_from(["f.csv", "f.jsonl", "f"]))
def test_no_bytes_make_the_reader_fail_otherwise_than_in_words(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, name: str
) -> None:
    path = write(tmp_path_factory.mktemp("any"), name, b"id,name\n" + content if name == "f.csv" else content)
    try:
        with Source(path, SHAPE) as source:
            assert all(isinstance(row, Row | UnreadableRow) for row in source)
    except FileUnusable:
        pass
