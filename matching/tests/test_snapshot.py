"""Snapshots: the same content is the same version, a new one replaces the old at once, a broken one is refused."""

import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from matching import (
    ENGINE_VERSION,
    BrandSpelling,
    BrokenSnapshot,
    Engine,
    LiveIndex,
    ReferencePicture,
    Snapshot,
)
from matching.tests.factories import SPELLINGS, engine, fingerprint, product_picture, references


def test_the_same_content_is_the_same_version_in_any_order(tmp_path: Path) -> None:
    pictures = references(4)
    one = Snapshot.build(tmp_path / "one", pictures=pictures, spellings=SPELLINGS)
    other = Snapshot.build(tmp_path / "other", pictures=pictures[::-1], spellings=SPELLINGS[::-1] + SPELLINGS[:1])
    assert one.version == other.version


def test_other_content_is_another_version(tmp_path: Path) -> None:
    versions = {
        Snapshot.build(tmp_path, pictures=references(2), spellings=SPELLINGS).version,
        Snapshot.build(tmp_path, pictures=references(3), spellings=SPELLINGS).version,
        Snapshot.build(tmp_path, pictures=references(2), spellings=SPELLINGS[:3]).version,
        Snapshot.build(tmp_path, pictures=references(2), spellings=SPELLINGS, clean_titles=["새 원피스"]).version,
    }
    assert len(versions) == 4


def test_an_opened_snapshot_answers_as_the_built_one(tmp_path: Path) -> None:
    built = engine(tmp_path, pictures=references(4))
    opened = Engine(Snapshot.open(tmp_path))
    print_ = fingerprint(product_picture(3))
    assert opened.snapshot.version == built.snapshot.version
    assert opened.match_picture(print_) == built.match_picture(print_)
    assert opened.match_text("담.화.온 peach") == built.match_text("담.화.온 peach")


def test_a_new_build_replaces_the_old_while_it_is_still_in_use(tmp_path: Path) -> None:
    old = engine(tmp_path, pictures=references(2))
    engine(tmp_path, pictures=references(3))
    engine(tmp_path, pictures=references(5))
    assert len(Snapshot.open(tmp_path).pictures.keys) == 5
    assert old.match_picture(fingerprint(product_picture(1)))[0].reference == "ref-1"
    assert len([entry for entry in tmp_path.iterdir() if entry.is_dir()]) == 2


def test_building_the_same_twice_leaves_one_version(tmp_path: Path) -> None:
    engine(tmp_path, pictures=references(2))
    engine(tmp_path, pictures=references(2))
    assert len([entry for entry in tmp_path.iterdir() if entry.is_dir()]) == 1


def test_a_failed_build_leaves_the_current_one_alone(tmp_path: Path) -> None:
    before = engine(tmp_path, pictures=references(2)).snapshot.version
    with pytest.raises(ValueError, match="ref-0"):
        engine(tmp_path, pictures=[*references(2), references(1)[0]])
    assert Snapshot.open(tmp_path).version == before
    assert [entry.name for entry in tmp_path.iterdir() if entry.name.startswith(".")] == []


def test_no_snapshot_a_cut_one_and_one_of_another_engine_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BrokenSnapshot):
        Snapshot.open(tmp_path)
    version = engine(tmp_path, pictures=references(2)).snapshot.version
    manifest = tmp_path / version / "manifest.json"
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(text.replace(f'"engine": "{ENGINE_VERSION}"', '"engine": "0"'), encoding="utf-8")
    with pytest.raises(BrokenSnapshot, match="another version"):
        Snapshot.open(tmp_path)
    manifest.write_text(text, encoding="utf-8")
    columns = tmp_path / version / "picture.columns.npy"
    columns.write_bytes(columns.read_bytes()[:40])
    with pytest.raises(BrokenSnapshot, match="columns"):
        Snapshot.open(tmp_path)


def test_an_engine_travels_to_another_process_by_its_path(tmp_path: Path) -> None:
    live = LiveIndex()
    live.add_spelling(BrandSpelling("new", "로네브"))
    copy = pickle.loads(pickle.dumps(Engine(engine(tmp_path, pictures=references(2)).snapshot, live)))
    assert copy.match_picture(fingerprint(product_picture(1)))[0].reference == "ref-1"
    assert [each.brand for each in copy.match_text("로네브 크림")] == ["new"]


def test_what_is_live_is_found_from_the_next_look_up_on(tmp_path: Path) -> None:
    live = LiveIndex()
    matcher = Engine(engine(tmp_path, pictures=references(2)).snapshot, live)
    print_ = fingerprint(product_picture(80))
    assert (matcher.match_picture(print_), matcher.match_text("로네브")) == ((), ())
    live.add_picture(ReferencePicture("late", "new", print_))
    live.add_spelling(BrandSpelling("new", "로네브"))
    assert [each.reference for each in matcher.match_picture(print_)] == ["late"]
    assert [each.brand for each in matcher.match_text("로.네.브")] == ["new"]
    assert len(live) == 2


def test_what_went_is_not_found_any_more_and_may_come_back(tmp_path: Path) -> None:
    live = LiveIndex()
    matcher = Engine(engine(tmp_path, pictures=references(2)).snapshot, live)
    print_ = fingerprint(product_picture(1))
    live.remove_picture("ref-1")
    live.remove_spelling("damwhaon", "Damwhaon")
    assert matcher.match_picture(print_) == ()
    assert matcher.match_text("Damwhaon Damwaon D.a.m.w.h.a.o.n") == ()
    copy = pickle.loads(pickle.dumps(matcher))
    assert (copy.match_picture(print_), copy.match_text("Damwhaon")) == ((), ())
    live.add_picture(references(2)[1])
    live.add_spelling(BrandSpelling("damwhaon", "Damwhaon"))
    assert [each.reference for each in matcher.match_picture(print_)] == ["ref-1"]
    assert [each.spelling for each in matcher.match_text("Damwhaon")] == ["Damwhaon"]


def test_an_addition_replaces_what_the_snapshot_holds_under_its_key(tmp_path: Path) -> None:
    live = LiveIndex()
    matcher = Engine(engine(tmp_path, pictures=references(2)).snapshot, live)
    live.add_picture(ReferencePicture("ref-1", "brand-1", fingerprint(product_picture(70))))
    assert matcher.match_picture(fingerprint(product_picture(1))) == ()
    assert [each.reference for each in matcher.match_picture(fingerprint(product_picture(70)))] == ["ref-1"]


def test_a_spelling_without_letters_is_left_out(tmp_path: Path) -> None:
    matcher = engine(tmp_path, spellings=[BrandSpelling("signs", "!!!"), BrandSpelling("empty", "")])
    assert matcher.match_text("!!! 정말") == ()


def test_the_engine_needs_no_web_framework() -> None:
    code = "import sys, matching; sys.exit(any(name.split('.')[0] in ('django', 'core') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], check=False).returncode == 0
