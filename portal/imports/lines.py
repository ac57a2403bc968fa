"""Lines of a file, numbered, in the encoding that fits: UTF-8 with or without BOM, or CP949 as Korean Excel writes it.

A file is read as a stream; no line longer than ``MAX_LINE_BYTES`` is held.
"""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from portal.imports.errors import FileUnusable

# [ours] A description of 50,000 characters and fifty picture names fit many times over.
MAX_LINE_BYTES: Final = 4 * 1024 * 1024
_CHUNK_BYTES: Final = 1024 * 1024

#: First bytes of what is often handed over instead of CSV.
_OTHER_FILES: Final = (
    (b"PK\x03\x04", "엑셀(.xlsx)이나 압축 파일입니다."),
    (b"\xd0\xcf\x11\xe0", "옛 형식의 엑셀 파일(.xls)입니다."),
    (b"\x1f\x8b", "GZIP 압축 파일입니다."),
    (codecs.BOM_UTF16_LE, "UTF-16으로 저장된 파일입니다."),
    (codecs.BOM_UTF16_BE, "UTF-16으로 저장된 파일입니다."),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One physical line with its end. ``text`` is ``None`` where it is too long to be held, and has lone surrogates
    (``surrogateescape``) where its bytes are no text."""

    number: int
    text: str | None

    @property
    def is_text(self) -> bool:
        return self.text is not None and not any("\udc80" <= sign <= "\udcff" for sign in self.text)


def open_file(path: Path) -> BinaryIO:
    """The file, opened. Raises ``FileUnusable`` where it is not there, is no file, is empty or is of another kind."""
    if not path.is_file():
        raise FileUnusable("파일을 찾을 수 없습니다.", f"{path}에 파일이 없습니다.", "경로를 확인해 주세요.")
    try:
        stream = path.open("rb")
    except OSError as problem:
        why = f"{path} 파일을 여는 중에 오류가 났습니다({problem.strerror})."
        raise FileUnusable("파일을 열 수 없습니다.", why, "파일의 읽기 권한을 확인해 주세요.") from problem
    try:
        _refuse_other_kinds(stream.read(4), path)
    except FileUnusable:
        stream.close()
        raise
    stream.seek(0)
    return stream


def _refuse_other_kinds(head: bytes, path: Path) -> None:
    if not head.removeprefix(codecs.BOM_UTF8):
        raise FileUnusable("빈 파일입니다.", f"{path}에 내용이 없습니다.", "파일이 끝까지 저장되었는지 확인해 주세요.")
    for signature, why in _OTHER_FILES:
        if head.startswith(signature):
            raise FileUnusable(
                "읽을 수 없는 형식입니다.",
                f"{path}: {why}",
                "CSV(UTF-8) 또는 JSON Lines로 저장해 다시 가져와 주세요.",
            )


def encoding_of(stream: BinaryIO) -> str:
    """``utf-8-sig`` (which reads files without BOM too) or ``cp949``, whichever more of the file's lines are text in.

    A file that is UTF-8 but for a few torn lines stays UTF-8. Leaves the stream at its start.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    stream.seek(0)
    try:
        while chunk := stream.read(_CHUNK_BYTES):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp949" if _torn_lines(stream, "cp949") < _torn_lines(stream, "utf-8") else "utf-8-sig"
    finally:
        stream.seek(0)
    return "utf-8-sig"


def _torn_lines(stream: BinaryIO, encoding: str) -> int:
    stream.seek(0)
    return sum(1 for line in _raw_lines(stream) if line is None or not _decodes(line, encoding))


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def read_lines(stream: BinaryIO, encoding: str) -> Iterator[Line]:
    """Every line from the stream's start, numbered from 1."""
    stream.seek(0)
    for number, raw in enumerate(_raw_lines(stream), start=1):
        if raw is None:
            yield Line(number, None)
            continue
        clean = raw.removeprefix(codecs.BOM_UTF8) if number == 1 else raw
        yield Line(number, clean.decode("utf-8" if encoding == "utf-8-sig" else encoding, "surrogateescape"))


def _raw_lines(stream: BinaryIO) -> Iterator[bytes | None]:
    """Lines with their ends (a lone carriage return is one), ``None`` for one that is too long.

    Neither encoding has an end of line inside a letter, so lines can be cut before they are decoded.
    """
    while piece := stream.readline(MAX_LINE_BYTES):
        if len(piece) == MAX_LINE_BYTES and not piece.endswith(b"\n"):
            while piece and not piece.endswith(b"\n"):
                piece = stream.readline(MAX_LINE_BYTES)
            yield None
            continue
        yield from piece.splitlines(keepends=True)
