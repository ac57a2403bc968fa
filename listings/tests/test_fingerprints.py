"""Fingerprints of files: once a file, and a file that cannot be read harms nothing."""

from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages

import matching
from core.models import EvidenceFile
from core.tests.factories import draw_picture, make_evidence_file
from listings import fingerprints
from listings.fingerprints import fingerprint_of_bytes, fingerprints_of
from listings.models import PictureFingerprint
from matching import FINGERPRINT_VERSION, UnreadablePicture

pytestmark = pytest.mark.django_db


@pytest.fixture
def computed() -> Iterator[mock.Mock]:
    """Counts what is computed."""
    with mock.patch("listings.fingerprints.fingerprint_picture", wraps=matching.fingerprint_picture) as counted:
        yield counted


@pytest.fixture
def files() -> list[EvidenceFile]:
    return [make_evidence_file(seed=seed) for seed in range(3)]


def test_a_file_is_fingerprinted_once(files: list[EvidenceFile], computed: mock.Mock) -> None:
    first = fingerprints_of(files[:2])
    second = fingerprints_of(files)

    assert computed.call_count == 3
    assert set(second) == {file.sha256 for file in files}
    assert {digest: second[digest] for digest in first} == first
    assert set(PictureFingerprint.objects.values_list("sha256", "engine_version", "problem")) == {
        (file.sha256, FINGERPRINT_VERSION, "") for file in files
    }


def test_what_is_read_back_is_what_was_computed(files: list[EvidenceFile]) -> None:
    computed = fingerprints_of(files)

    assert fingerprints_of(files) == computed
    assert computed[files[0].sha256] == fingerprint_of_bytes(draw_picture(0))[1]
    assert fingerprint_of_bytes(draw_picture(0))[0] == files[0].sha256


def test_the_same_file_twice_is_one_row(files: list[EvidenceFile], computed: mock.Mock) -> None:
    assert list(fingerprints_of([files[0], files[0]])) == [files[0].sha256]
    assert computed.call_count == 1


def test_many_files_are_looked_up_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fingerprints, "_BATCH", 2)
    files = [make_evidence_file(seed=seed) for seed in range(5)]
    fingerprints_of(files[:3])

    assert set(fingerprints_of(files)) == {file.sha256 for file in files}
    assert PictureFingerprint.objects.count() == 5


def test_nothing_is_stored_where_the_caller_only_tries(files: list[EvidenceFile]) -> None:
    assert len(fingerprints_of(files, store=False)) == 3
    assert PictureFingerprint.objects.count() == 0


def test_an_unreadable_picture_is_left_out_and_not_tried_again(files: list[EvidenceFile], computed: mock.Mock) -> None:
    computed.side_effect = UnreadablePicture("cut off")

    assert fingerprints_of(files[:1]) == {}
    assert fingerprints_of(files[:1]) == {}
    assert computed.call_count == 1
    row = PictureFingerprint.objects.get()
    assert (row.sha256, row.data, row.problem) == (files[0].sha256, None, "UnreadablePicture")


def test_one_bad_file_spoils_no_other(files: list[EvidenceFile]) -> None:
    damaged = make_evidence_file(seed=90_001)
    storages["evidence"].delete(damaged.working_name)
    storages["evidence"].save(damaged.working_name, ContentFile(b"something else"))

    assert set(fingerprints_of([damaged, *files])) == {file.sha256 for file in files}
    assert PictureFingerprint.objects.get(sha256=damaged.sha256).problem == "EvidenceDamaged"


def test_a_document_has_no_fingerprint() -> None:
    facts = {"size": 9, "media_type": "application/pdf", "storage_name": "document"}
    document = EvidenceFile.objects.create(sha256="d" * 64, **facts)

    assert fingerprints_of([document]) == {}
    assert PictureFingerprint.objects.get().problem == "NoWorkingCopy"


def test_a_store_that_does_not_answer_is_no_problem_of_the_file(files: list[EvidenceFile]) -> None:
    with mock.patch("listings.fingerprints.read_working", side_effect=TimeoutError), pytest.raises(TimeoutError):
        fingerprints_of(files)

    assert PictureFingerprint.objects.count() == 0
    assert len(fingerprints_of(files)) == 3


def test_another_version_of_the_engine_computes_anew(
    files: list[EvidenceFile], computed: mock.Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    fingerprints_of(files[:1])
    monkeypatch.setattr(fingerprints, "FINGERPRINT_VERSION", "next")
    fingerprints_of(files[:1])

    assert computed.call_count == 2
    assert sorted(PictureFingerprint.objects.values_list("engine_version", flat=True)) == [FINGERPRINT_VERSION, "next"]


def test_two_processes_at_once_keep_one_row(files: list[EvidenceFile], monkeypatch: pytest.MonkeyPatch) -> None:
    compute: Any = fingerprints._compute

    def while_another_stores(file: EvidenceFile) -> PictureFingerprint:
        compute(file).save()
        return compute(file)

    monkeypatch.setattr(fingerprints, "_compute", while_another_stores)

    assert len(fingerprints_of(files)) == 3
    assert PictureFingerprint.objects.count() == 3
