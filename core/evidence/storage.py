"""A folder in which a file's name is decided by its content.

Saving is atomic and may be repeated: a name that exists with the same size *is* the file, whoever wrote it. Django's
own folder storage renames on collision, and shows a half-written file under its final name while it writes.
An S3 store needs nothing of this: its puts are atomic, and overwriting with the same content changes nothing.
"""

import os
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp
from typing import IO, Any, Final

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

# Readable by the portal alone, writable by nobody: what is kept is never rewritten.
_KEPT_MODE: Final = 0o440


class ContentAddressedStorage(FileSystemStorage):
    """Folder storage for names that are digests. Private: it has no addresses."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:  # noqa: ARG002 - Django's signature
        return name

    def url(self, name: str | None) -> str:
        raise ValueError(f"{name!r} is private and has no address")

    def _save(self, name: str, content: "File[Any]") -> str:
        path = Path(self.path(name))
        if path.exists() and path.stat().st_size == content.size:
            return name
        _make_folder(path.parent)
        self._replace(path, content)
        return name

    def _replace(self, path: Path, content: "File[Any]") -> None:
        handle, temporary = mkstemp(prefix=".incoming-", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                self._write(stream, content)
            os.replace(temporary, path)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(temporary)
            raise
        _sync_folder(path.parent)

    def _write(self, stream: IO[bytes], content: "File[Any]") -> None:
        content.seek(0)
        for chunk in content.chunks():
            stream.write(chunk)
        stream.flush()
        os.fchmod(stream.fileno(), _KEPT_MODE)
        # The row that names the file is committed next; after a power cut it must not name an empty one.
        os.fsync(stream.fileno())


def _make_folder(folder: Path) -> None:
    """The folder, so that it is still there after a power cut."""
    missing = [part for part in (folder, *folder.parents) if not part.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for part in missing:
        _sync_folder(part.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
