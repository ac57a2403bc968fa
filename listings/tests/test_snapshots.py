"""Index snapshots: published once, downloaded where they are lost, built anew when too much has changed."""

from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection

from brands.models import Brand, BrandName
from brands.tests.factories import make_brand, make_reference_image
from core.tests.together import together
from listings import engine, snapshots
from listings.engine import current_engine
from listings.material import material_keys, material_version
from listings.models import IndexSnapshot
from listings.snapshots import build_snapshot, keys_of, open_snapshot
from listings.tests.copies import make_copied_brand, original, rules_with

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def brand() -> Brand:
    return make_copied_brand()


def folders(settings: Any) -> set[str]:
    return {path.name for path in Path(settings.INDEX_ROOT).iterdir() if path.is_dir()}


def names_found(text: str) -> list[str]:
    return [candidate.spelling for candidate in current_engine().engine.match_text(text)]


def test_a_built_snapshot_is_recorded_and_published(settings: Any) -> None:
    row = build_snapshot(material_version())

    assert (row.material, row.picture_count, row.spelling_count, row.title_count) == (material_version(), 1, 2, 0)
    assert row.storage_name == f"{row.version}.tar"
    assert storages["snapshots"].exists(row.storage_name)
    assert folders(settings) == {row.version}
    assert keys_of(open_snapshot(row)) == material_keys()


def test_two_builders_of_one_state_publish_one_row() -> None:
    first, second = build_snapshot(material_version()), build_snapshot(material_version())

    assert first == second
    assert IndexSnapshot.objects.count() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_builders_at_once_publish_one_row() -> None:
    version = material_version()

    rows = together(*[lambda: build_snapshot(version)] * 3)

    assert [row.pk for row in rows] == [IndexSnapshot.objects.get().pk] * 3
    connection.close()


def test_a_machine_without_the_folder_downloads_it(settings: Any, tmp_path: Path) -> None:
    row = build_snapshot(material_version())
    settings.INDEX_ROOT = tmp_path / "another-machine"

    assert keys_of(open_snapshot(row)) == material_keys()
    assert folders(settings) == {row.version}


@pytest.mark.parametrize("damage", ["emptied", "removed"])
def test_a_folder_that_is_not_whole_is_downloaded_again(settings: Any, damage: str) -> None:
    row = build_snapshot(material_version())
    file = next((Path(settings.INDEX_ROOT) / row.version).glob("*.npy"))
    if damage == "emptied":
        file.write_bytes(b"")
    else:
        file.unlink()

    assert keys_of(open_snapshot(row)) == material_keys()
    assert folders(settings) == {row.version}


def test_an_archive_that_was_cut_off_is_published_anew(settings: Any, tmp_path: Path) -> None:
    row = build_snapshot(material_version())
    whole = storages["snapshots"].size(row.storage_name)
    storages["snapshots"].delete(row.storage_name)
    storages["snapshots"].save(row.storage_name, ContentFile(b"half"))

    again = build_snapshot(material_version())
    settings.INDEX_ROOT = tmp_path / "another-machine"

    assert (again, storages["snapshots"].size(again.storage_name)) == (row, whole)
    assert keys_of(open_snapshot(again)) == material_keys()


def test_a_download_that_fails_leaves_nothing_behind(settings: Any, tmp_path: Path) -> None:
    row = build_snapshot(material_version())
    storages["snapshots"].delete(row.storage_name)
    settings.INDEX_ROOT = tmp_path / "another-machine"

    with pytest.raises(FileNotFoundError):
        open_snapshot(row)

    assert list(Path(settings.INDEX_ROOT).iterdir()) == []


def test_what_nobody_opens_any_more_is_forgotten(brand: Brand, settings: Any, tmp_path: Path) -> None:
    rows = []
    for number in range(snapshots.KEPT + 2):
        BrandName.objects.create(brand=brand, spelling=f"Spelling {number}", script="latin")
        rows.append(build_snapshot(material_version()))

    assert list(IndexSnapshot.objects.order_by("pk")) == rows[2:]
    assert [storages["snapshots"].exists(row.storage_name) for row in rows] == [False] * 2 + [True] * snapshots.KEPT
    settings.INDEX_ROOT = tmp_path / "another-machine"
    (settings.INDEX_ROOT / rows[0].version).mkdir(parents=True)
    open_snapshot(rows[-1])
    assert folders(settings) == {rows[-1].version}


def test_a_few_changes_are_replayed_and_build_nothing(brand: Brand) -> None:
    current_engine()
    BrandName.objects.create(brand=brand, spelling="Damonbit", script="latin")
    brand.names.filter(spelling="Nouvelhani").delete()
    new = make_brand("가람소리", images=[original(8)])
    gone = brand.reference_images.get()
    gone.is_active = False
    gone.save()

    with mock.patch("listings.engine.build_snapshot") as build:
        state = current_engine()

    build.assert_not_called()
    assert state.material == material_version()
    assert names_found("Damonbit Nouvelhani 가람소리") == ["Damonbit", "가람소리"]
    live = state.engine.live.pictures()
    assert list(live.keys) == [str(new.reference_images.get().pk)]
    assert str(gone.pk) in state.engine.live.hidden_pictures()


def test_more_changes_than_the_rule_allows_build_anew(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    few = rules_with({"index_rebuild_least": 2, "index_rebuild_share": 0.0})
    monkeypatch.setattr(engine, "current", lambda _area: few)
    current_engine()
    for number in range(2):
        make_reference_image(brand, file=original(20 + number))
    assert current_engine().snapshot_id == IndexSnapshot.objects.get().pk

    make_reference_image(brand, file=original(30))

    assert current_engine().snapshot_id == IndexSnapshot.objects.latest("pk").pk
    assert IndexSnapshot.objects.count() == 2
    assert IndexSnapshot.objects.latest("pk").picture_count == 4
    assert current_engine().engine.live.hidden_pictures() == frozenset()


def test_a_process_follows_a_snapshot_that_another_published(brand: Brand) -> None:
    before = current_engine()
    assert current_engine() is before
    BrandName.objects.create(brand=brand, spelling="Damonbit", script="latin")
    row = build_snapshot(material_version())

    after = current_engine()

    assert (after.snapshot_id, after.engine.snapshot.version) == (row.pk, row.version)
    assert current_engine() is after
