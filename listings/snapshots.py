"""Index snapshots: built from the database, published to the store, unpacked on each machine.

A snapshot is named by its content. A machine that loses its folder downloads it again; the database is the truth.
"""

import contextlib
import io
import shutil
import tarfile
import tempfile
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils import timezone

from listings import material
from listings.models import IndexSnapshot
from listings.ordinary_words import ordinary_titles
from matching import ENGINE_VERSION, BrokenSnapshot, Snapshot

#: Published snapshots that are kept: the newest, and those that a machine may just be opening.
KEPT: Final = 3


def build_snapshot(material_version: str) -> IndexSnapshot:
    """Build, publish and record an index of the material as it stands. Two builders of one state publish one row."""
    titles = ordinary_titles()
    snapshot = Snapshot.build(
        _index_root(), pictures=material.pictures(), spellings=material.spellings(), clean_titles=titles
    )
    name = _publish(f"{snapshot.version}.tar", _archive(_index_root() / snapshot.version))
    facts = {
        "storage_name": name,
        "picture_count": len(snapshot.pictures.keys),
        "spelling_count": len(snapshot.names.names),
        "title_count": len(titles),
        "built_at": timezone.now(),
    }
    row, _ = IndexSnapshot.objects.update_or_create(
        material=material_version, engine_version=ENGINE_VERSION, version=snapshot.version, defaults=facts
    )
    _forget_old_ones()
    return row


def open_snapshot(row: IndexSnapshot) -> Snapshot:
    """Map a published snapshot, downloading it where this machine does not hold it whole."""
    root = _index_root()
    try:
        return Snapshot(root, row.version)
    except BrokenSnapshot:
        _download(row, root)
        return Snapshot(root, row.version)


def keys_of(snapshot: Snapshot) -> material.MaterialKeys:
    """What a snapshot was built from, by name."""
    return material.MaterialKeys(
        pictures=frozenset(snapshot.pictures.keys),
        spellings=frozenset((name.brand, name.spelling) for name in snapshot.names.names),
    )


def _index_root() -> Path:
    return Path(settings.INDEX_ROOT)


def _archive(folder: Path) -> bytes:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for path in sorted(folder.iterdir()):
            tar.add(path, arcname=path.name)
    return archive.getvalue()


def _publish(name: str, archive: bytes) -> str:
    """Put the archive into the store; its name there. One that is there in full already is left alone."""
    store = storages["snapshots"]
    if store.exists(name):
        if store.size(name) == len(archive):
            return name
        store.delete(name)  # cut off by a crash while it was written
    return store.save(name, ContentFile(archive))


def _forget_old_ones() -> None:
    """What nobody opens any more, in the store and on record. The files of what stays may have names in common."""
    rows = list(IndexSnapshot.objects.order_by("-id"))
    names = {row.storage_name for row in rows[:KEPT]}
    for row in rows[KEPT:]:
        if row.storage_name not in names:
            storages["snapshots"].delete(row.storage_name)
        row.delete()


def _download(row: IndexSnapshot, root: Path) -> None:
    """Unpack beside and rename: a process that opens the folder sees all of it or none."""
    root.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=".unpacking-", dir=root))
    try:
        with storages["snapshots"].open(row.storage_name, "rb") as stream, tarfile.open(fileobj=stream) as tar:
            tar.extractall(staging, filter="data")
        _put_in_place(staging, root / row.version)
        _forget_old_folders(root)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _put_in_place(staging: Path, folder: Path) -> None:
    try:
        staging.rename(folder)
    except OSError:
        # Another process was first, or what lies there is broken: either way ours is whole.
        shutil.rmtree(folder, ignore_errors=True)
        with contextlib.suppress(OSError):
            staging.rename(folder)


def _forget_old_folders(root: Path) -> None:
    """Folders of snapshots that are published no more. Whoever has one mapped keeps it until it is opened anew."""
    published = set(IndexSnapshot.objects.values_list("version", flat=True))
    for folder in root.iterdir():
        if folder.is_dir() and not folder.name.startswith(".") and folder.name not in published:
            shutil.rmtree(folder, ignore_errors=True)
