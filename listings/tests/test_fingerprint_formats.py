"""Fingerprints that are stored already are read after the format has lost a part, and come back as they were."""

import importlib
from typing import Any

import pytest
from django.apps import apps

from core.tests.factories import make_evidence_file
from listings.fingerprints import fingerprints_of
from listings.models import Fingerprint, PictureFingerprint
from listings.tests.confirmed import confirmed, picture
from matching import FINGERPRINT_VERSION, BrokenFingerprint
from matching import PictureFingerprint as Picture

migration: Any = importlib.import_module("listings.migrations.0006_fingerprints_without_phash")
pytestmark = pytest.mark.django_db


def test_stored_fingerprints_lose_what_nothing_decides_by_and_nothing_else() -> None:
    file = make_evidence_file(seed=3)
    kept = fingerprints_of([file])[file.sha256]
    unreadable = PictureFingerprint.objects.create(
        sha256="0" * 64, engine_version=FINGERPRINT_VERSION, problem="Unreadable"
    )
    row = PictureFingerprint.objects.get(sha256=file.sha256)
    migration.put_back(apps, None)
    row.refresh_from_db()
    assert len(bytes(row.data or b"")) == len(kept.to_bytes()) + 16
    with pytest.raises(BrokenFingerprint):
        Picture.from_bytes(bytes(row.data or b""))
    for _ in range(2):
        migration.drop(apps, None)
        row.refresh_from_db()
        assert Picture.from_bytes(bytes(row.data or b"")) == kept
    unreadable.refresh_from_db()
    assert unreadable.data is None


def test_confirmed_counterfeits_keep_what_they_are_known_by() -> None:
    before = confirmed(images=[picture(4)])
    kept = {row.pk: bytes(row.data) for row in before}
    migration.put_back(apps, None)
    migration.drop(apps, None)
    assert {row.pk: bytes(row.data) for row in Fingerprint.objects.all()} == kept
