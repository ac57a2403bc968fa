"""What a decision leaves of a counterfeit, and how it is taken back."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from brands.models import Brand
from brands.tests.factories import make_brand, make_rights_holder
from core.actors import USER, Actor
from core.errors import Conflict, DomainError
from core.models import Job, JournalEntry
from core.tests.together import together
from listings.choices import ContentKind
from listings.counterfeits import (
    clear_fingerprints,
    dismiss_reappearance,
    keep_fingerprints,
    lift_protection,
    protect_content,
    switch_off,
    switch_on,
)
from listings.models import Fingerprint, Protection
from listings.tests.confirmed import WORDS, confirmed, found_in, mirrored, picture
from listings.tests.copies import shown
from listings.tests.factories import make_listing
from matching import FINGERPRINT_VERSION

pytestmark = pytest.mark.django_db

LEAD = Actor(kind=USER, ref="7", label="이책임")


@pytest.fixture
def brand() -> Brand:
    return make_brand()


def entries(verb: str) -> list[JournalEntry]:
    return list(JournalEntry.objects.filter(verb=verb).order_by("pk"))


def test_a_decision_leaves_a_row_for_each_picture_and_one_for_the_text(brand: Brand) -> None:
    decision, at = make_rights_holder(), timezone.now() + timedelta(seconds=20)
    version = shown(make_listing(images=[picture(1), picture(2), picture(1)], description=WORDS))

    kept = keep_fingerprints(version, brand=brand, source=decision, effective_at=at, actor=LEAD)

    assert sorted((row.kind, row.content_digest, row.weakness) for row in kept) == sorted(
        [("image", picture(1).sha256, ""), ("image", picture(2).sha256, ""), ("text", version.text_digest, "")]
    )
    for row in kept:
        assert (row.version, row.listing, row.brand) == (version, version.listing, brand)
        assert (row.source_type, row.source_ref) == ("brands.rightsholder", str(decision.pk))
        assert (row.effective_at, row.engine_version) == (at, FINGERPRINT_VERSION)
        assert (row.actor_kind, row.actor_ref, row.is_on) == (USER, "7", True)
    [entry] = entries("listings.fingerprint.kept")
    assert (entry.subject_ref, len(entry.detail.body["contents"])) == (str(version.pk), 3)
    job = Job.objects.get(kind="listings.find_copies")
    assert (job.not_before, job.payload["fingerprints"]) == (at, [row.pk for row in kept])


def test_a_text_that_says_little_is_kept_and_counts_for_nothing() -> None:
    [row] = confirmed(title="여름 원피스")

    assert (row.kind, row.weakness, row.is_weak) == (ContentKind.TEXT, "common", True)
    assert not Fingerprint.objects.telling(engine_version=FINGERPRINT_VERSION).exists()


def test_asked_again_for_one_decision_it_is_the_same(brand: Brand) -> None:
    decision, version = make_rights_holder(), shown(make_listing(images=[picture(1)]))
    first, second = (
        keep_fingerprints(version, brand=brand, source=decision, effective_at=timezone.now(), actor=None)
        for _ in range(2)
    )

    assert first == second
    assert (Job.objects.count(), len(entries("listings.fingerprint.kept"))) == (1, 1)


def test_another_decision_on_the_same_content_leaves_its_own(brand: Brand) -> None:
    version = shown(make_listing(images=[picture(1)]))
    for each in (brand, make_brand()):
        keep_fingerprints(version, brand=each, source=each, effective_at=timezone.now(), actor=None)

    assert Fingerprint.objects.count() == 4


def test_a_decision_that_is_rolled_back_leaves_nothing() -> None:
    with transaction.atomic():
        confirmed(images=[picture(1)])
        transaction.set_rollback(True)

    assert (Fingerprint.objects.count(), Job.objects.count()) == (0, 0)


# -- off and on -------------------------------------------------------------------------------------------------------


def test_a_fingerprint_is_switched_off_by_itself_with_a_reason() -> None:
    image, text = sorted(confirmed(images=[picture(1)]), key=lambda row: row.kind)

    switch_off(image, reason=" 도매처의 사진입니다. ", actor=LEAD)

    assert (image.is_on, image.switched_off_reason, image.switched_off_by_ref) == (False, "도매처의 사진입니다.", "7")
    text.refresh_from_db()
    assert text.is_on
    [entry] = entries("listings.fingerprint.switched_off")
    assert (entry.subject_ref, entry.detail.body) == (str(image.pk), {"reason": "도매처의 사진입니다."})


def test_without_a_reason_nothing_is_switched() -> None:
    [text] = confirmed()

    with pytest.raises(DomainError, match="사유가 비어 있습니다"):
        switch_off(text, reason="  ", actor=LEAD)

    text.refresh_from_db()
    assert text.is_on
    assert entries("listings.fingerprint.switched_off") == []


def test_what_is_off_is_not_switched_off_again_and_what_is_on_is_not_switched_on() -> None:
    [text] = confirmed()
    with pytest.raises(Conflict, match="켜져 있는 지문"):
        switch_on(text, reason="확인", actor=LEAD)
    switch_off(text, reason="첫 사유", actor=LEAD)
    with pytest.raises(Conflict, match="이미 꺼진 지문"):
        switch_off(text, reason="둘째 사유", actor=LEAD)

    text.refresh_from_db()
    assert text.switched_off_reason == "첫 사유"
    assert len(entries("listings.fingerprint.switched_off")) == 1


def test_switched_on_again_it_is_looked_for_among_the_listings_of_now() -> None:
    [text] = confirmed()
    for reason in ("첫 번째", "두 번째"):
        switch_off(text, reason=reason, actor=LEAD)
        switch_on(text, reason=reason, actor=LEAD)

    assert (text.is_on, text.switched_off_reason, text.switched_off_by_ref) == (True, "", "")
    assert Job.objects.filter(kind="listings.find_copies").count() == 3
    assert len(entries("listings.fingerprint.switched_on")) == 2


# -- taken back -------------------------------------------------------------------------------------------------------


def test_a_decision_taken_back_takes_all_that_it_left_and_nothing_else() -> None:
    decision = make_rights_holder()
    mine, others = confirmed(images=[picture(1)], source=decision), confirmed(images=[picture(1)])
    switch_off(mine[0], reason="먼저 끔", actor=LEAD)

    assert clear_fingerprints(source=decision, actor=LEAD, reason="되돌림") == 2
    assert clear_fingerprints(source=decision, actor=LEAD, reason="되돌림") == 0

    rows = Fingerprint.objects.cleared().order_by("pk")
    assert [row.switched_off_reason for row in rows] == ["먼저 끔", "되돌림"]
    assert set(Fingerprint.objects.switched_on()) == set(others)
    [entry] = entries("listings.fingerprint.cleared")
    assert (entry.subject_type, entry.detail.body) == ("brands.rightsholder", {"count": 2, "reason": "되돌림"})


def test_what_lost_its_decision_is_not_switched_on_again() -> None:
    decision = make_rights_holder()
    [text] = confirmed(source=decision)
    clear_fingerprints(source=decision, actor=None, reason="되돌림")

    with pytest.raises(Conflict, match="결정이 취소되었습니다"):
        switch_on(text, reason="다시", actor=LEAD)

    assert Fingerprint.objects.switched_on().count() == 0


def test_what_was_found_by_a_decision_taken_back_is_dismissed() -> None:
    decision = make_rights_holder()
    confirmed(images=[picture(1)], source=decision)
    [found] = found_in(make_listing(images=[mirrored(1)]))
    clear_fingerprints(source=decision, actor=LEAD, reason="이의제기 인용")

    found.refresh_from_db()
    assert found.dismissed_reason == "이의제기 인용"
    assert found.dismissed_at is not None
    assert len(entries("listings.reappearance.dismissed")) == 1


def test_a_reappearance_is_dismissed_once() -> None:
    confirmed(images=[picture(1)])
    [found] = found_in(make_listing(images=[mirrored(1)]))
    dismiss_reappearance(found, reason="다른 상품", actor=LEAD)

    with pytest.raises(Conflict, match="이미 기각된 재등록"):
        dismiss_reappearance(found, reason="다시", actor=LEAD)

    assert found.dismissed_reason == "다른 상품"
    assert len(entries("listings.reappearance.dismissed")) == 1


# -- protected --------------------------------------------------------------------------------------------------------


def test_an_appeal_protects_each_picture_and_the_text(brand: Brand) -> None:
    appeal, version = make_rights_holder(), shown(make_listing(images=[picture(1), picture(2)]))

    first = protect_content(version, brand=brand, source=appeal, actor=LEAD)
    second = protect_content(version, brand=brand, source=appeal, actor=LEAD)

    assert first == second
    assert {(row.content_kind, row.content_digest) for row in first} == {
        ("image", picture(1).sha256),
        ("image", picture(2).sha256),
        ("text", version.text_digest),
    }
    assert {(row.seller, row.brand, row.source_ref) for row in first} == {
        (version.listing.seller, brand, str(appeal.pk))
    }
    assert len(entries("listings.content.protected")) == 1


def test_a_protection_is_lifted_with_its_decision(brand: Brand) -> None:
    appeal = make_rights_holder()
    protect_content(shown(make_listing()), brand=brand, source=appeal, actor=LEAD)

    assert lift_protection(source=appeal, actor=LEAD, reason="되돌림") == 1
    assert lift_protection(source=appeal, actor=LEAD, reason="되돌림") == 0
    assert not Protection.objects.in_force().exists()
    assert len(entries("listings.content.protection_lifted")) == 1


# -- two at once ------------------------------------------------------------------------------------------------------


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_who_carry_out_one_decision_leave_one_row_of_each_content() -> None:
    decision, version = make_rights_holder(), shown(make_listing(images=[picture(1)]))

    def keep() -> list[int]:
        kept = keep_fingerprints(version, brand=None, source=decision, effective_at=timezone.now(), actor=None)
        return [row.pk for row in kept]

    together(*([keep] * 4))

    assert Fingerprint.objects.count() == 2
    assert Job.objects.count() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_who_switch_one_off_one_is_told() -> None:
    [text] = confirmed()
    results = together(*([lambda: switch_off(Fingerprint.objects.get(pk=text.pk), reason="끔", actor=LEAD)] * 4))

    assert sum(isinstance(result, Conflict) for result in results) == 3
    assert len(entries("listings.fingerprint.switched_off")) == 1
