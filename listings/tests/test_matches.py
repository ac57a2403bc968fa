"""Deciding matches by compare-and-set, and what is remembered of a rejection."""

import pytest
from django.db import connection

from core.errors import Conflict
from core.models import JournalDetail, JournalEntry
from core.tests.together import together
from listings import matches
from listings.choices import MatchStatus
from listings.models import Match, Rejection
from listings.tests.factories import make_version
from listings.tests.match_rows import JUNHO, MINA, NOW, make_match, make_match_brand, make_suspect_listing


def verbs() -> list[str]:
    return list(JournalEntry.objects.exclude(verb="core.ruleset.written").order_by("id").values_list("verb", flat=True))


@pytest.mark.django_db
@pytest.mark.parametrize("to", [MatchStatus.CONFIRMED, MatchStatus.REJECTED])
def test_decision_says_who_decided_what_and_when(to: MatchStatus) -> None:
    match = matches.decide(make_match(), to=to, actor=MINA, now=NOW)
    match.refresh_from_db()
    assert (match.status, match.reviewed_at, match.reviewed_by) == (to, NOW, "김미나")
    assert (match.reviewed_by_kind, match.reviewed_by_ref) == ("user", "1")
    assert verbs() == [f"listings.match.{to.value}"]


@pytest.mark.django_db
def test_second_decision_is_refused_and_names_the_first() -> None:
    match = make_match()
    stale = Match.objects.get(pk=match.pk)
    matches.decide(match, to=MatchStatus.CONFIRMED, actor=MINA, now=NOW)
    with pytest.raises(Conflict) as refused:
        matches.decide(stale, to=MatchStatus.REJECTED, actor=JUNHO, now=NOW)
    assert str(refused.value) == (
        "이미 처리된 항목입니다. 김미나 담당자가 11월 23일(월) 14:30에 가품 의심으로 확인했습니다. "
        "다음 항목을 검토해 주세요."
    )
    match.refresh_from_db()
    assert (match.status, match.reviewed_by) == (MatchStatus.CONFIRMED, "김미나")
    assert verbs() == ["listings.match.confirmed"]


@pytest.mark.django_db
def test_outdated_match_cannot_be_decided() -> None:
    match = make_match(status=MatchStatus.OUTDATED)
    with pytest.raises(Conflict, match="보고 계신 사이에 상품 내용이나 브랜드 자료가 바뀌었습니다"):
        matches.decide(match, to=MatchStatus.CONFIRMED, actor=MINA, now=NOW)
    assert verbs() == []


@pytest.mark.django_db
@pytest.mark.parametrize("to", [MatchStatus.OPEN, MatchStatus.OUTDATED])
def test_only_a_verdict_is_a_decision(to: MatchStatus) -> None:
    with pytest.raises(ValueError, match="confirmed or rejected"):
        matches.decide(make_match(), to=to, actor=MINA, now=NOW)


@pytest.mark.django_db
def test_private_note_of_a_rejection_stands_in_the_erasable_detail_alone() -> None:
    matches.decide(make_match(), to=MatchStatus.REJECTED, actor=MINA, now=NOW, private_note="정품 확인서를 봤습니다.")
    assert JournalDetail.objects.latest("pk").body["private_note"] == "정품 확인서를 봤습니다."


@pytest.mark.django_db
def test_reopened_match_carries_nothing_of_the_decision() -> None:
    match = matches.decide(make_match(), to=MatchStatus.CONFIRMED, actor=MINA, now=NOW)
    matches.reopen(match, actor=MINA)
    match.refresh_from_db()
    assert (match.status, match.reviewed_at, match.reviewed_by) == (MatchStatus.OPEN, None, "")
    assert (match.reviewed_by_kind, match.reviewed_by_ref) == ("", "")
    assert verbs() == ["listings.match.confirmed", "listings.match.reopened"]


@pytest.mark.django_db
def test_open_match_cannot_be_reopened() -> None:
    with pytest.raises(Conflict, match="되돌릴 결정이 없습니다"):
        matches.reopen(make_match(), actor=MINA)


@pytest.mark.django_db
def test_reopening_with_an_old_look_at_the_match_is_refused() -> None:
    match = matches.decide(make_match(), to=MatchStatus.CONFIRMED, actor=MINA, now=NOW)
    stale = Match.objects.get(pk=match.pk)
    matches.reopen(match, actor=MINA)
    later = NOW.replace(minute=31)
    matches.decide(match, to=MatchStatus.CONFIRMED, actor=JUNHO, now=later)
    with pytest.raises(Conflict, match="박준호 담당자가"):
        matches.reopen(stale, actor=MINA)


@pytest.mark.django_db
def test_rejection_remembers_each_picture_and_name_but_no_code_word() -> None:
    match = make_match()
    image, reference = match.version.images.get(), match.brand.reference_images.get()
    assert matches.remember_rejection(match, actor=MINA) == 2
    remembered = set(Rejection.objects.values_list("content_kind", "content_digest", "reference"))
    assert remembered == {
        ("image", image.file.sha256, str(reference.pk)),
        ("text", match.version.text_digest, match.brand.name),
    }
    assert set(Rejection.objects.values_list("seller", "brand", "match", "actor_ref")) == {
        (match.version.listing.seller_id, match.brand_id, match.pk, "1")
    }


@pytest.mark.django_db
def test_what_is_remembered_already_is_not_remembered_twice() -> None:
    brand = make_match_brand()
    listing = make_suspect_listing(brand)
    first = make_match(listing=listing, brand=brand)
    matches.remember_rejection(first, actor=MINA)
    picture = first.version.images.get().file
    dearer = make_version(
        listing, first.version.title, description=first.version.description, images=[picture], price_minor=99_000
    )
    second = make_match(version=dearer, brand=brand)
    assert matches.remember_rejection(second, actor=MINA) == 0
    assert Rejection.objects.remembered().count() == 2


@pytest.mark.django_db
def test_forgetting_withdraws_its_own_and_leaves_what_an_earlier_rejection_remembers() -> None:
    brand = make_match_brand()
    listing = make_suspect_listing(brand)
    first = make_match(listing=listing, brand=brand)
    matches.remember_rejection(first, actor=MINA)
    picture = first.version.images.get().file
    other_text = make_version(listing, f"{'.'.join(brand.name)} 새 제목", images=[picture])
    second = make_match(version=other_text, brand=brand)
    assert matches.remember_rejection(second, actor=MINA) == 1
    assert matches.forget_rejection(second, actor=MINA, now=NOW) == 1
    assert set(Rejection.objects.remembered().values_list("match", "content_kind")) == {
        (first.pk, "image"),
        (first.pk, "text"),
    }
    assert Rejection.objects.get(match=second).withdrawn_at == NOW


@pytest.mark.django_db
def test_forgotten_rejection_can_be_remembered_anew() -> None:
    match = make_match()
    matches.remember_rejection(match, actor=MINA)
    matches.forget_rejection(match, actor=MINA, now=NOW)
    assert matches.remember_rejection(match, actor=JUNHO) == 2
    assert Rejection.objects.count() == 4


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_eight_who_decide_at_once_one_does() -> None:
    match = make_match()
    answers = [MatchStatus.CONFIRMED, MatchStatus.REJECTED] * 4

    def decide(to: MatchStatus) -> Match:
        return matches.decide(Match.objects.get(pk=match.pk), to=to, actor=MINA, now=NOW)

    results = together(*[lambda to=to: decide(to) for to in answers])
    winners = [result for result in results if isinstance(result, Match)]
    assert len(winners) == 1
    assert sum(isinstance(result, Conflict) for result in results) == 7
    match.refresh_from_db()
    assert verbs() == [f"listings.match.{match.status}"]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_rejections_of_one_content_at_once_remember_it_once() -> None:
    brand = make_match_brand()
    listing = make_suspect_listing(brand)
    first = make_match(listing=listing, brand=brand)
    same = make_version(
        listing,
        first.version.title,
        description=first.version.description,
        images=[first.version.images.get().file],
        price_minor=1,
    )
    second = make_match(version=same, brand=brand)
    results = together(
        lambda: matches.remember_rejection(first, actor=MINA), lambda: matches.remember_rejection(second, actor=JUNHO)
    )
    assert all(isinstance(result, int) for result in results)
    assert Rejection.objects.remembered().count() == 2
    assert connection.vendor == "postgresql"
