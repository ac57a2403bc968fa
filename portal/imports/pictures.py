"""Pictures that rows name: found in one folder and nowhere else, and taken in as evidence before any transaction opens.

A name may lead into the folder's own subfolders. What is absolute, climbs out (``..``), or leaves by a symbolic link is
refused, as is everything that is no plain file: opening a pipe would wait for ever.
"""

import errno
import hashlib
import os
import stat
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Final

from core.errors import DomainError
from core.evidence.errors import refuse_size
from core.evidence.rules import MAX_FILE_BYTES
from core.evidence.services import IncomingFile, keep_files
from core.korean import josa
from core.models import EvidenceFile
from portal.imports.errors import FileUnusable, RowRefused, quoted

#: A picture that is kept, or why it is not.
Picture = EvidenceFile | DomainError

# [ours] Held in memory while known pictures are looked up in one query: a handful of the largest, dozens of usual ones.
_GROUP_BYTES: Final = 64 * 1024 * 1024
_GROUP_FILES: Final = 64


class ImageFolder:
    """The folder that ``--images`` names. Raises ``FileUnusable`` where it is none."""

    def __init__(self, path: Path) -> None:
        if not path.is_dir():
            raise FileUnusable("사진 폴더를 찾을 수 없습니다.", f"{path}에 폴더가 없습니다.", "경로를 확인해 주세요.")
        self._root = path.resolve()

    def read(self, name: str) -> bytes:
        """The bytes of the file of that name. Raises ``DomainError`` with the name where it cannot be read."""
        self._refuse_odd(name)
        path = self._find(name)
        if not path.is_relative_to(self._root):
            raise _refused(name, "사진 폴더 밖을 가리키는 바로 가기(심볼릭 링크)입니다.")
        return _read(path, name)

    def _refuse_odd(self, name: str) -> None:
        if PurePosixPath(name).is_absolute() or PureWindowsPath(name).drive or "\\" in name:
            raise _refused(name, "사진 폴더에서 시작하는 상대 경로(예: 2026/가방.jpg)가 아닙니다.")
        if ".." in PurePosixPath(name).parts:
            raise _refused(name, "이름에 상위 폴더(..)가 들어 있습니다.")

    def _find(self, name: str) -> Path:
        """The real path. File systems and exports write Hangul composed (NFC) or in pieces (NFD)."""
        for form in dict.fromkeys((name, unicodedata.normalize("NFC", name), unicodedata.normalize("NFD", name))):
            try:
                return (self._root / form).resolve(strict=True)
            except (OSError, RuntimeError, ValueError):
                continue  # Not there, a loop of links, or a name that no file can have.
        raise RowRefused(
            f"사진 파일 {josa(quoted(name), '을/를')} 찾을 수 없습니다.",
            "사진 폴더(--images)에 이 이름의 파일이 없습니다.",
            "파일을 폴더에 넣거나 이름을 고쳐 다시 가져와 주세요.",
        )


def _refused(name: str, why: str) -> RowRefused:
    action = "사진 폴더(--images) 안의 파일 이름으로 고쳐 다시 가져와 주세요."
    return RowRefused(f"사진 파일 {josa(quoted(name), '을/를')} 읽지 않았습니다.", why, action)


def _read(path: Path, name: str) -> bytes:
    """The bytes of a plain file that nobody swapped for a link meanwhile."""
    try:
        with open(path, "rb", opener=_open_plain_file) as stream:
            size = os.fstat(stream.fileno()).st_size
            if size > MAX_FILE_BYTES:
                raise refuse_size(size, name)
            return stream.read(MAX_FILE_BYTES + 1)
    except _NotAPlainFile as problem:
        raise _refused(name, "보통 파일이 아닙니다(폴더나 장치입니다).") from problem
    except OSError as problem:
        why = "사진 폴더 밖을 가리킵니다." if problem.errno == errno.ELOOP else f"열 수 없습니다({problem.strerror})."
        raise _refused(name, why) from problem


class _NotAPlainFile(Exception):
    """A folder, a pipe or a device."""


def _open_plain_file(path: str, flags: int) -> int:
    descriptor = os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise _NotAPlainFile
    return descriptor


def take_in(folder: ImageFolder | None, names: Iterable[str]) -> dict[str, Picture]:
    """Every named picture, kept or refused, each file read once and decoded in the pool where its bytes are new.

    Bounded memory: a group of files at a time. Must be called outside a transaction, because decoding takes time that
    no lock should be held for.
    """
    found: dict[str, Picture] = {}
    for group in _groups(_read_all(folder, dict.fromkeys(names), found)):
        found |= _keep(group)
    return found


def _read_all(folder: ImageFolder | None, names: Iterable[str], refused: dict[str, Picture]) -> Iterator[IncomingFile]:
    for name in names:
        try:
            if folder is None:
                raise _no_folder(name)
            yield IncomingFile(name=name, data=folder.read(name))
        except DomainError as error:
            refused[name] = error


def _no_folder(name: str) -> RowRefused:
    return RowRefused(
        f"사진 파일 {josa(quoted(name), '을/를')} 찾을 수 없습니다.",
        "사진 폴더를 지정하지 않았습니다.",
        "--images 폴더를 지정해 다시 가져와 주세요.",
    )


def _groups(files: Iterable[IncomingFile]) -> Iterator[list[IncomingFile]]:
    group: list[IncomingFile] = []
    size = 0
    for file in files:
        group.append(file)
        size += len(file.data)
        if size >= _GROUP_BYTES or len(group) >= _GROUP_FILES:
            yield group
            group, size = [], 0
    if group:
        yield group


def _keep(group: list[IncomingFile]) -> Mapping[str, Picture]:
    """One query finds what is kept already; only what is new goes through the pool, the same bytes once."""
    digests = {file.name: hashlib.sha256(file.data).hexdigest() for file in group}
    kept: dict[str, Picture] = {
        row.sha256: row for row in EvidenceFile.objects.filter(sha256__in=set(digests.values()))
    }
    new = {digests[file.name]: file for file in group if digests[file.name] not in kept}
    for digest, outcome in zip(new, keep_files(new.values()), strict=True):
        picture = outcome.evidence or outcome.error
        if picture is None:
            raise RuntimeError("an outcome of intake has neither a file nor an error")
        kept[digest] = picture
    return {name: _require_picture(kept[digest], name) for name, digest in digests.items()}


def _require_picture(picture: Picture, name: str) -> Picture:
    """Documents are evidence too, but no pictures."""
    if isinstance(picture, EvidenceFile) and not picture.has_working_copy:
        return RowRefused(
            f"{josa(quoted(name), '은/는')} 사진이 아닙니다.",
            "문서(PDF)는 사진으로 비교할 수 없습니다.",
            "JPEG, PNG, WebP, GIF, HEIC 사진으로 저장해 다시 가져와 주세요.",
        )
    return picture
