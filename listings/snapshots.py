"""Index snapshots: built from the database, published to the store, unpacked on each machine.

A snapshot is named by its content. A machine that loses its folder downloads it again; the database is the truth.
"""

import io
import tarfile
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from core.rule_values import current
from listings import material
from listings.models import IndexSnapshot, ListingVersion
from matching import ENGINE_VERSION, BrokenSnapshot, Snapshot


def build_snapshot(material_version: str) -> IndexSnapshot:
    """Build, publish and record an index of the material as it stands. Two builders of one state publish one row."""
    snapshot = Snapshot.build(
        _index_root(),
        pictures=material.pictures(),
        spellings=material.spellings(),
        clean_titles=ordinary_titles(),
    )
    name = f"{snapshot.version}.tar"
    _publish(name, _index_root() / snapshot.version)
    row, _ = IndexSnapshot.objects.get_or_create(
        material=material_version,
        engine_version=ENGINE_VERSION,
        defaults={
            "version": snapshot.version,
            "storage_name": name,
            "picture_count": len(snapshot.pictures.keys),
            "spelling_count": len(snapshot.names.names),
        },
    )
    return row


def open_snapshot(row: IndexSnapshot) -> Snapshot:
    """Map a published snapshot, downloading it where this machine does not hold it."""
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


def ordinary_titles() -> Sequence[str]:
    """Titles of listings that screening passed: from them the engine learns which words are everyday words.

    Only passed ones, or a seller could teach it a disguise by writing it twice. Too few titles teach nothing true.
    """
    rules = current("listings")
    titles = list(
        ListingVersion.objects.found_clean()
        .order_by("-pk")
        .values_list("title", flat=True)[: rules.number("ordinary_titles_most")]
    )
    return titles if len(titles) >= rules.number("ordinary_titles_least") else []


def _index_root() -> Path:
    return Path(settings.INDEX_ROOT)


def _publish(name: str, folder: Path) -> None:
    store = storages["snapshots"]
    if store.exists(name):
        return
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for path in sorted(folder.iterdir()):
            tar.add(path, arcname=path.name)
    store.save(name, ContentFile(archive.getvalue()))


def _download(row: IndexSnapshot, root: Path) -> None:
    """Unpack beside and rename: a process that opens the folder sees all of it or none."""
    staging = root / f".unpacking-{row.version}-{id(row)}"
    staging.mkdir(parents=True, exist_ok=True)
    with storages["snapshots"].open(row.storage_name, "rb") as stream, tarfile.open(fileobj=stream) as tar:
        tar.extractall(staging, filter="data")
    try:
        staging.rename(root / row.version)
    except OSError:  # another process was first
        for path in staging.iterdir():
            path.unlink()
        staging.rmdir()
