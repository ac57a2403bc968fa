"""The index as flat files. Promises: built in one rename, mapped by every process, the same content gives the same
version.

A directory holds one folder for each version and a file `current` that names the one to open. Builders write a folder
beside, then replace `current`; whoever has an older one mapped keeps it until it opens again.
"""

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, Self

import numpy as np

from matching.common_words import common_spellings
from matching.errors import BrokenSnapshot
from matching.flat_files import StringTable, map_array, write_array
from matching.name_index import NameIndex
from matching.names import BrandSpelling, Name, name_of
from matching.picture_rows import PictureRows, ReferencePicture
from matching.version import ENGINE_VERSION
from matching.vocabulary import Vocabulary, vocabulary_of

_CURRENT: Final = "current"
_MANIFEST: Final = "manifest.json"
_FORMAT: Final = 1
_CATEGORY_SEPARATOR: Final = "\x1f"
_VERSION_LETTERS: Final = 32


class Snapshot:
    """A versioned index of references and names, read-only. Cheap to open, and picklable by its path."""

    def __init__(self, directory: Path, version: str) -> None:
        """Maps one version. Use `Snapshot.open` or `Snapshot.build`."""
        folder = directory / version
        manifest = _read_manifest(folder)
        if manifest.get("format") != _FORMAT or manifest.get("engine") != ENGINE_VERSION:
            raise BrokenSnapshot(f"{folder} was written by another version of the engine")
        self.directory = directory
        self.version = version
        self.pictures = PictureRows.map(folder)
        self.vocabulary: Vocabulary = frozenset(StringTable.map(folder, "vocabulary"))
        self.names = NameIndex(_read_names(folder))

    @classmethod
    def open(cls, directory: Path) -> Self:
        """Maps the current version. Raises `BrokenSnapshot` where there is none, or one of another engine version."""
        try:
            version = (directory / _CURRENT).read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise BrokenSnapshot(f"{directory} holds no snapshot: {error}") from error
        return cls(directory, version)

    @classmethod
    def build(
        cls,
        directory: Path,
        *,
        pictures: Iterable[ReferencePicture],
        spellings: Iterable[BrandSpelling],
        clean_titles: Iterable[str] = (),
    ) -> Self:
        """Writes the flat files and makes them current.

        `clean_titles`: ordinary titles, the marketplace's own. A spelling that fires on them as an everyday word does
        is marked common, and the words they use are never taken for a disguise. Raises ValueError for two references of
        one key.
        """
        directory.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=".building-", dir=directory))
        try:
            _write(staging, _sorted_pictures(pictures), _unique(spellings), list(clean_titles))
            version = _digest(staging)
            _publish(directory, staging, version)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
        return cls(directory, version)

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.directory, self.version))


def _sorted_pictures(pictures: Iterable[ReferencePicture]) -> list[ReferencePicture]:
    ordered = sorted(pictures, key=lambda picture: picture.key)
    for one, next_one in pairwise(ordered):
        if one.key == next_one.key:
            raise ValueError(f"two references have the key {one.key!r}")
    return ordered


def _unique(spellings: Iterable[BrandSpelling]) -> list[BrandSpelling]:
    by_name = {(spelling.brand, spelling.spelling): spelling for spelling in spellings}
    return [by_name[key] for key in sorted(by_name)]


def _write(
    folder: Path, pictures: Sequence[ReferencePicture], spellings: Sequence[BrandSpelling], clean_titles: Sequence[str]
) -> None:
    PictureRows.of(pictures).write(folder)
    vocabulary = vocabulary_of(clean_titles)
    names = [name for spelling in spellings if (name := name_of(spelling)) is not None]
    common = common_spellings(names, clean_titles)
    StringTable.of(vocabulary).write(folder, "vocabulary")
    StringTable.of(name.brand for name in names).write(folder, "name.brand")
    StringTable.of(name.spelling for name in names).write(folder, "name.spelling")
    StringTable.of(_CATEGORY_SEPARATOR.join(name.categories) for name in names).write(folder, "name.categories")
    write_array(folder, "name.common", np.array([name.spelling in common for name in names], dtype=np.bool_))
    manifest = {"format": _FORMAT, "engine": ENGINE_VERSION, "pictures": len(pictures), "names": len(names)}
    (folder / _MANIFEST).write_text(json.dumps(manifest, sort_keys=True), encoding="utf-8")


def _read_names(folder: Path) -> list[Name]:
    tables = (StringTable.map(folder, f"name.{part}") for part in ("brand", "spelling", "categories"))
    rows = zip(*tables, map_array(folder, "name.common").tolist(), strict=True)
    names = (
        name_of(
            BrandSpelling(brand, spelling, tuple(filter(None, categories.split(_CATEGORY_SEPARATOR)))), is_common=common
        )
        for brand, spelling, categories, common in rows
    )
    return [name for name in names if name is not None]


def _read_manifest(folder: Path) -> dict[str, object]:
    try:
        manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BrokenSnapshot(f"{folder} is no complete snapshot: {error}") from error
    return manifest if isinstance(manifest, dict) else {}


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        digest.update(path.name.encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:_VERSION_LETTERS]


def _publish(directory: Path, staging: Path, version: str) -> None:
    """Puts the folder in its place and makes it current; keeps the one before for whoever is just opening it."""
    with contextlib.suppress(OSError):
        # It is there already where the same content was built before.
        os.rename(staging, directory / version)
    previous = _read_current(directory)
    pointer = directory / f".{_CURRENT}-{os.getpid()}"
    pointer.write_text(version, encoding="ascii")
    os.replace(pointer, directory / _CURRENT)
    for folder in directory.iterdir():
        if folder.is_dir() and not folder.name.startswith(".") and folder.name not in (version, previous):
            shutil.rmtree(folder, ignore_errors=True)


def _read_current(directory: Path) -> str:
    try:
        return (directory / _CURRENT).read_text(encoding="ascii").strip()
    except OSError:
        return ""
