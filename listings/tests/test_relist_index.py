"""The fingerprints that a process holds: whole after every change, and never more than it needs."""

from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from brands.tests.factories import make_brand
from listings.choices import ContentKind
from listings.fingerprints import fingerprints_of
from listings.models import Fingerprint
from listings.reappearances import current_index, index
from listings.tests.confirmed import WORDS, confirmed, mirrored, picture
from sellers.tests.factories import make_seller

pytestmark = pytest.mark.django_db


def near(seed: int) -> list[int]:
    """Ids of the fingerprints that a mirrored copy of the picture is like."""
    file = mirrored(seed)
    [found] = current_index().near_pictures(fingerprints_of([file])).values()
    return sorted(int(candidate.reference) for candidate in found)


def image_of(kept: list[Fingerprint]) -> Fingerprint:
    return next(row for row in kept if row.kind == ContentKind.IMAGE)


def test_without_fingerprints_nothing_is_near() -> None:
    assert near(1) == []
    assert current_index().near_texts(WORDS) == []


def test_what_comes_after_the_base_is_found_without_laying_it_out_again() -> None:
    first = image_of(confirmed(images=[picture(1)]))
    assert near(1) == [first.pk]
    base = current_index().base

    second = image_of(confirmed(images=[picture(2)]))

    assert (near(1), near(2)) == ([first.pk], [second.pk])
    assert current_index().base is base


def test_what_commits_late_is_found() -> None:
    kept = image_of(confirmed(images=[picture(1)]))
    late = {field.attname: getattr(kept, field.attname) for field in Fingerprint._meta.fields}
    Fingerprint.objects.filter(pk=kept.pk).delete()
    newer = image_of(confirmed(images=[picture(2)]))
    assert near(2) == [newer.pk]

    Fingerprint.objects.create(**late)

    assert near(1) == [kept.pk]


def test_a_long_tail_becomes_a_new_base(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "_TAIL_LEAST", 2)
    monkeypatch.setattr(index, "_LATE", 0)
    confirmed(images=[picture(1)])
    base = current_index().base

    confirmed(images=[picture(2), picture(3), picture(4)])

    assert current_index().base is not base
    assert len(current_index().tail.ids) == 0
    assert len(near(4)) == 1


def test_another_database_is_not_taken_for_the_one_that_was_read() -> None:
    kept = image_of(confirmed(images=[picture(1)]))
    assert near(1) == [kept.pk]
    pk = Fingerprint.objects.latest("pk").pk
    Fingerprint.objects.all().delete()

    other = image_of(confirmed(images=[picture(2)]))
    Fingerprint.objects.filter(pk=other.pk).update(id=pk)

    assert near(1) == []
    assert near(2) == [pk]


def test_one_content_is_laid_out_a_few_times_and_the_newest_are() -> None:
    brand = make_brand()
    kept = [image_of(confirmed(images=[picture(1)], brand=brand)).pk for _ in range(8)]

    assert near(1) == kept[-5:]


def test_a_weak_picture_is_kept_for_each_seller() -> None:
    brand, seller = make_brand(images=[picture(1)]), make_seller()
    first = image_of(confirmed(images=[picture(1)], brand=brand, seller=seller))
    for _ in range(6):
        confirmed(images=[picture(1)], brand=brand)

    assert first.pk in near(1)


def test_fingerprints_of_another_engine_are_left_out() -> None:
    confirmed(images=[picture(1)], description=WORDS)
    Fingerprint.objects.update(engine_version="another")

    assert (near(1), current_index().near_texts(WORDS)) == ([], [])


def test_nothing_is_read_again_while_nothing_comes() -> None:
    confirmed(images=[picture(1)])
    current_index()

    with CaptureQueriesContext(connection) as queries, mock.patch.object(index, "_part") as laid_out:
        current_index()

    assert len(queries) == 2
    laid_out.assert_not_called()


def test_remembered_answers_do_not_fill_the_memory(monkeypatch: Any) -> None:
    monkeypatch.setattr(index, "_REMEMBERED", 1)
    kept = [image_of(confirmed(images=[picture(seed)], effective_at=_yesterday())).pk for seed in (1, 2, 3)]

    assert [near(seed) for seed in (1, 2, 3, 1)] == [[pk] for pk in (*kept, kept[0])]
    assert len(current_index().base._remembered) <= 2


def _yesterday() -> Any:
    return timezone.now() - timedelta(days=1)
