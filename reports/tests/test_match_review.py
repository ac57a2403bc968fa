"""Confirm, reject and undo: what each writes, what it leaves alone, and who wins when several act at once."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from core import effects
from core.choices import EffectStatus
from core.errors import Conflict, DomainError
from core.models import Effect, JournalEntry
from core.tests.together import together
from listings.choices import MatchStatus, Restriction
from listings.models import Listing, Match, Rejection
from listings.tests.factories import make_version
from reports.choices import AllegationStatus, DecisionKind
from reports.models import Allegation, Case, Decision, Notice, Policy, Report
from reports.services import match_review
from reports.tests.factories import (
    JUNHO,
    MINA,
    NOW,
    confirm,
    counterfeit_policy,
    make_match,
    make_match_brand,
    make_suspect_listing,
    seconds,
)

SOON = NOW + seconds(5)
ROWS = (Case, Allegation, Report, Decision, Notice, Effect, Rejection, JournalEntry)


def counts() -> list[int]:
    return [model._default_manager.count() for model in ROWS]


def verbs() -> list[str]:
    return list(JournalEntry.objects.exclude(verb="core.ruleset.written").order_by("id").values_list("verb", flat=True))


def fresh(match: Match) -> Match:
    return Match.objects.get(pk=match.pk)


def listing_of(match: Match) -> Listing:
    return Listing.objects.get(pk=match.version.listing_id)


def two_brands_of_one_listing() -> tuple[Match, Match]:
    brand, other = make_match_brand("솔하루"), make_match_brand("미르나")
    listing = make_suspect_listing(brand)
    return make_match(listing=listing, brand=brand), make_match(listing=listing, brand=other)


# -- confirm ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_confirming_opens_a_case_that_restricts_the_listing() -> None:
    match = make_match()
    decision = confirm(match, private_note="로고가 다릅니다.")
    case, allegation, report = Case.objects.get(), Allegation.objects.get(), Report.objects.get()
    assert (case.listing_id, case.opened_at, case.is_live) == (match.version.listing_id, NOW, True)
    assert (allegation.rights_holder, allegation.ground.code) == (match.brand.rights_holder, "counterfeit")
    assert (allegation.status, allegation.finding) == (AllegationStatus.RESTRICTED, "")
    assert (report.channel, report.version_id, report.match_id) == ("screening", match.version_id, match.pk)
    assert (decision.kind, decision.policy.code) == (DecisionKind.INTERIM_RESTRICTION, "counterfeit_sale")
    assert (decision.reasoning, decision.private_note) == ("위조상품으로 의심됩니다.", "로고가 다릅니다.")
    assert (decision.actor_kind, decision.actor_ref, decision.decided_at) == ("user", "1", NOW)
    assert (decision.report, decision.allegation, decision.rules_version) == (report, allegation, 1)
    assert (listing_of(match).restriction, listing_of(match).restricted_at) == (Restriction.INTERIM, NOW)
    assert (fresh(match).status, fresh(match).reviewed_by) == (MatchStatus.CONFIRMED, "김미나")


@pytest.mark.django_db
def test_confirming_asks_the_marketplace_after_the_undo_period_with_the_statement() -> None:
    match = make_match()
    decision = confirm(match)
    effect, listing = Effect.objects.get(), listing_of(match)
    assert (effect.carrier, effect.destination, effect.kind) == ("marketplace", "market", "listing.restrict")
    assert effect.target == f"listing:market:{listing.external_id}"
    assert (effect.status, effect.version, effect.not_before) == (EffectStatus.ASKED, 1, NOW + seconds(20))
    assert (effect.source_type, effect.source_ref) == ("reports.decision", str(decision.pk))
    notice = Notice.objects.get()
    assert effect.payload == {"listing": listing.external_id, "statement": notice.statement}
    assert (notice.decision, notice.party, notice.status, notice.language) == (decision, "seller", "owed", "ko")
    assert notice.statement["decision"] == decision.number
    assert notice.statement["case"] == decision.allegation.case.number


@pytest.mark.django_db
def test_confirming_journals_every_step_in_its_order() -> None:
    confirm(make_match())
    assert verbs() == [
        "listings.match.confirmed",
        "reports.case.opened",
        "reports.allegation.opened",
        "reports.report.filed",
        "reports.allegation.review_started",
        "reports.allegation.restricted",
        "reports.decision.made",
        "accounts.link.created",
        "listings.listing.restricted",
        "core.effect.asked",
        "reports.notice.owed",
    ]


@pytest.mark.django_db
def test_second_to_confirm_is_told_who_was_first_and_writes_nothing() -> None:
    match = make_match()
    stale = fresh(match)
    confirm(match)
    before = counts()
    with pytest.raises(Conflict, match="김미나 담당자가 11월 23일\\(월\\) 14:30에 가품 의심으로 확인했습니다"):
        confirm(stale, actor=JUNHO)
    assert counts() == before


@pytest.mark.django_db
def test_listing_that_changed_while_it_was_looked_at_cannot_be_confirmed() -> None:
    match = make_match()
    make_version(match.version.listing, "이제는 다른 상품")
    before = counts()
    with pytest.raises(Conflict, match="새 내용의 검사 결과를 검토해 주세요"):
        confirm(match)
    assert counts() == before
    assert (fresh(match).status, listing_of(match).restriction) == (MatchStatus.OPEN, Restriction.NONE)


@pytest.mark.django_db
@pytest.mark.parametrize("reasoning", ["", "  \n "])
def test_decision_without_a_reasoning_is_refused_and_nothing_is_written(reasoning: str) -> None:
    match = make_match()
    before = counts()
    with pytest.raises(DomainError, match="이유를 적어 주세요"):
        confirm(match, reasoning=reasoning)
    assert counts() == before and fresh(match).status == MatchStatus.OPEN


@pytest.mark.django_db
def test_clause_that_is_switched_off_is_refused() -> None:
    off = Policy.objects.create(code="old", title="옛 조항", clause="옛 내용", is_active=False)
    match = make_match()
    before = counts()
    with pytest.raises(DomainError, match="다른 조항을 골라 주세요"):
        confirm(match, policy=off)
    assert counts() == before and fresh(match).status == MatchStatus.OPEN


@pytest.mark.django_db
def test_second_brand_joins_the_case_and_the_marketplace_is_not_asked_again() -> None:
    first, second = two_brands_of_one_listing()
    confirm(first)
    confirm(second, actor=JUNHO, now=SOON)
    assert (Case.objects.count(), Allegation.objects.count(), Report.objects.count()) == (1, 2, 2)
    assert (Decision.objects.count(), Notice.objects.count(), Effect.objects.count()) == (2, 2, 1)
    assert listing_of(first).restricted_at == NOW
    assert set(Allegation.objects.values_list("status", flat=True)) == {AllegationStatus.RESTRICTED}


@pytest.mark.django_db
@pytest.mark.parametrize("stuck", [EffectStatus.PARKED, EffectStatus.FAILED])
def test_second_brand_asks_again_where_the_first_asking_got_stuck(stuck: EffectStatus) -> None:
    first, second = two_brands_of_one_listing()
    confirm(first)
    Effect.objects.update(status=stuck)
    decision = confirm(second, now=SOON)
    newest = Effect.objects.get(version=2)
    assert (newest.kind, newest.source_ref) == ("listing.restrict", str(decision.pk))


@pytest.mark.django_db
def test_sister_brand_of_one_holder_shares_the_allegation_and_has_its_own_decision() -> None:
    brand = make_match_brand("솔하루")
    sister = make_match_brand("헤루", rights_holder=brand.rights_holder)
    listing = make_suspect_listing(brand)
    confirm(make_match(listing=listing, brand=brand))
    confirm(make_match(listing=listing, brand=sister), now=SOON)
    assert (Allegation.objects.count(), Report.objects.count(), Decision.objects.count()) == (1, 2, 2)
    assert [notice.statement["brand"] for notice in Notice.objects.order_by("id")] == ["솔하루", "헤루"]


@pytest.mark.django_db
def test_allegation_with_a_final_decision_is_not_restricted_again() -> None:
    first, second = two_brands_of_one_listing()
    confirm(first)
    confirm(second)
    sister = make_match_brand("헤루", rights_holder=second.brand.rights_holder)
    Allegation.objects.filter(brand=second.brand).update(status=AllegationStatus.DISMISSED, finding="not_infringing")
    third = make_match(listing=listing_of(first), brand=sister)
    before = counts()
    with pytest.raises(Conflict, match="지금 상태는 ‘기각’입니다"):
        confirm(third, now=SOON)
    assert counts() == before and fresh(third).status == MatchStatus.OPEN


# -- reject -----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_rejecting_remembers_the_content_and_opens_no_case() -> None:
    match = match_review.reject_match(make_match(), actor=MINA, private_note="정품 사진", now=NOW)
    assert (fresh(match).status, fresh(match).reviewed_by) == (MatchStatus.REJECTED, "김미나")
    assert set(Rejection.objects.remembered().values_list("content_kind", flat=True)) == {"image", "text"}
    assert (Case.objects.count(), Effect.objects.count(), Notice.objects.count()) == (0, 0, 0)
    assert verbs() == ["listings.match.rejected", "listings.rejection.remembered"]
    assert listing_of(match).restriction == Restriction.NONE


@pytest.mark.django_db
def test_rejected_match_cannot_be_confirmed() -> None:
    match = match_review.reject_match(make_match(), actor=MINA, now=NOW)
    before = counts()
    with pytest.raises(Conflict, match="문제없음으로 처리했습니다"):
        confirm(fresh(match), actor=JUNHO)
    assert counts() == before


# -- undo -------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_undoing_puts_everything_back_and_keeps_both_decisions() -> None:
    match = make_match()
    decision = confirm(match)
    match_review.undo(fresh(match), actor=MINA, now=SOON)
    undone = Decision.objects.get(kind=DecisionKind.UNDONE)
    assert (undone.corrects, undone.actor_ref, undone.decided_at) == (decision, "1", SOON)
    assert Decision.objects.get(pk=decision.pk).reasoning == "위조상품으로 의심됩니다."
    assert (Effect.objects.get().status, Notice.objects.get().status) == (EffectStatus.SUPERSEDED, "void")
    assert Allegation.objects.get().status == AllegationStatus.UNDER_REVIEW
    assert (listing_of(match).restriction, listing_of(match).restricted_at) == (Restriction.NONE, None)
    assert (fresh(match).status, fresh(match).reviewed_at) == (MatchStatus.OPEN, None)
    assert Case.objects.get().is_live
    assert verbs()[11:] == [
        "listings.match.reopened",
        "reports.decision.undone",
        "reports.allegation.review_started",
        "core.effect.superseded",
        "listings.listing.restriction_lifted",
        "reports.notice.voided",
    ]


@pytest.mark.django_db
def test_undone_effect_never_leaves() -> None:
    match = make_match()
    confirm(match, now=timezone.now() - seconds(1))
    match_review.undo(fresh(match), actor=MINA, now=timezone.now())
    effects.dispatch_due(now=timezone.now() + seconds(3600))
    assert Effect.objects.get().message is None


@pytest.mark.django_db
@pytest.mark.parametrize(("after", "is_in_time"), [(0, True), (19.999, True), (20, False), (3600, False)])
def test_undo_period_ends_after_twenty_seconds(after: float, is_in_time: bool) -> None:
    match = make_match()
    confirm(match)
    if is_in_time:
        match_review.undo(fresh(match), actor=MINA, now=NOW + seconds(after))
        assert fresh(match).status == MatchStatus.OPEN
        return
    before = counts()
    with pytest.raises(Conflict, match="결정한 뒤 20초가 지났습니다"):
        match_review.undo(fresh(match), actor=MINA, now=NOW + seconds(after))
    assert counts() == before and fresh(match).status == MatchStatus.CONFIRMED


@pytest.mark.django_db
@pytest.mark.parametrize("status", [EffectStatus.SENT, EffectStatus.CONFIRMED])
def test_what_has_left_cannot_be_undone(status: EffectStatus) -> None:
    match = make_match()
    decision = confirm(match)
    Effect.objects.update(status=status)
    before = counts()
    with pytest.raises(Conflict, match=f"사건 {decision.allegation.case.number}의 상태를 확인하고"):
        match_review.undo(fresh(match), actor=MINA, now=SOON)
    assert counts() == before
    assert (fresh(match).status, listing_of(match).restriction) == (MatchStatus.CONFIRMED, Restriction.INTERIM)
    assert (Notice.objects.get().status, Allegation.objects.get().status) == ("owed", "restricted")


@pytest.mark.django_db
def test_somebody_else_may_not_undo_but_a_lead_may() -> None:
    match = make_match()
    confirm(match)
    before = counts()
    with pytest.raises(DomainError, match="김미나 담당자가 내린 결정입니다"):
        match_review.undo(fresh(match), actor=JUNHO, now=SOON)
    assert counts() == before and fresh(match).status == MatchStatus.CONFIRMED
    match_review.undo(fresh(match), actor=JUNHO, now=SOON, may_undo_others=True)
    assert fresh(match).status == MatchStatus.OPEN


@pytest.mark.django_db
def test_open_match_has_nothing_to_undo() -> None:
    with pytest.raises(Conflict, match="되돌릴 결정이 없습니다"):
        match_review.undo(make_match(), actor=MINA, now=NOW)


@pytest.mark.django_db
def test_undoing_twice_is_refused_the_second_time() -> None:
    match = make_match()
    confirm(match)
    match_review.undo(fresh(match), actor=MINA, now=SOON)
    before = counts()
    with pytest.raises(Conflict, match="되돌릴 결정이 없습니다"):
        match_review.undo(fresh(match), actor=MINA, now=SOON)
    assert counts() == before


@pytest.mark.django_db
def test_undoing_a_rejection_forgets_it() -> None:
    match = match_review.reject_match(make_match(), actor=MINA, now=NOW)
    match_review.undo(fresh(match), actor=MINA, now=SOON)
    assert fresh(match).status == MatchStatus.OPEN
    assert not Rejection.objects.remembered().exists()
    assert set(Rejection.objects.values_list("withdrawn_at", flat=True)) == {SOON}


@pytest.mark.django_db
def test_confirmed_again_after_undo_is_one_report_with_a_new_decision_and_effect() -> None:
    match = make_match()
    confirm(match)
    match_review.undo(fresh(match), actor=MINA, now=SOON)
    decision = confirm(fresh(match), now=SOON)
    assert (Case.objects.count(), Allegation.objects.count(), Report.objects.count()) == (1, 1, 1)
    assert Effect.objects.get(status=EffectStatus.ASKED).source_ref == str(decision.pk)
    assert list(Decision.objects.standing()) == [decision]
    assert Notice.objects.get(status="owed").decision == decision
    assert listing_of(match).restriction == Restriction.INTERIM


@pytest.mark.django_db
def test_rejected_after_undo_withdraws_what_was_alleged_and_closes_the_case() -> None:
    match = make_match()
    confirm(match)
    match_review.undo(fresh(match), actor=MINA, now=SOON)
    match_review.reject_match(fresh(match), actor=MINA, now=SOON)
    assert Allegation.objects.get().status == AllegationStatus.WITHDRAWN
    assert Case.objects.get().closed_at == SOON


@pytest.mark.django_db
def test_rejection_of_one_brand_leaves_the_case_of_another() -> None:
    first, second = two_brands_of_one_listing()
    confirm(first)
    confirm(second)
    match_review.undo(fresh(first), actor=MINA, now=SOON)
    match_review.reject_match(fresh(first), actor=MINA, now=SOON)
    assert Case.objects.get().is_live
    assert set(Allegation.objects.values_list("brand__name", "status")) == {
        ("솔하루", "withdrawn"),
        ("미르나", "restricted"),
    }


@pytest.mark.django_db
def test_confirmed_after_undo_and_rejection_opens_a_new_case() -> None:
    match = make_match()
    confirm(match)
    match_review.undo(fresh(match), actor=MINA, now=SOON)
    match_review.reject_match(fresh(match), actor=MINA, now=SOON)
    match_review.undo(fresh(match), actor=MINA, now=SOON)
    confirm(fresh(match), now=SOON)
    assert [case.is_live for case in Case.objects.order_by("id")] == [False, True]
    assert Report.objects.filter(match=match).count() == 2
    assert Decision.objects.standing().count() == 1


@pytest.mark.django_db
def test_undoing_the_asking_brand_hands_the_asking_to_the_other() -> None:
    first, second = two_brands_of_one_listing()
    confirm(first)
    kept = confirm(second, actor=JUNHO, now=SOON)
    match_review.undo(fresh(first), actor=MINA, now=NOW + seconds(10))
    asked = Effect.objects.get(status=EffectStatus.ASKED)
    assert (asked.source_ref, asked.version, asked.not_before) == (str(kept.pk), 2, NOW + seconds(30))
    assert asked.payload["statement"]["brand"] == "미르나"
    assert listing_of(first).restriction == Restriction.INTERIM
    assert Allegation.objects.get(brand=first.brand).status == AllegationStatus.UNDER_REVIEW
    assert Allegation.objects.get(brand=second.brand).status == AllegationStatus.RESTRICTED


@pytest.mark.django_db
def test_undoing_the_brand_that_came_second_leaves_the_asking_alone() -> None:
    first, second = two_brands_of_one_listing()
    decision = confirm(first)
    confirm(second, now=SOON)
    match_review.undo(fresh(second), actor=MINA, now=NOW + seconds(6))
    asked = Effect.objects.get()
    assert (asked.status, asked.source_ref) == (EffectStatus.ASKED, str(decision.pk))
    assert listing_of(first).restriction == Restriction.INTERIM


@pytest.mark.django_db
def test_undoing_both_brands_puts_the_listing_back_on_sale() -> None:
    first, second = two_brands_of_one_listing()
    confirm(first)
    confirm(second, now=SOON)
    match_review.undo(fresh(first), actor=MINA, now=NOW + seconds(6))
    match_review.undo(fresh(second), actor=MINA, now=NOW + seconds(7))
    assert set(Effect.objects.values_list("status", flat=True)) == {EffectStatus.SUPERSEDED}
    assert listing_of(first).restriction == Restriction.NONE


@pytest.mark.django_db
def test_undoing_one_of_two_sister_brands_keeps_the_shared_allegation_restricted() -> None:
    brand = make_match_brand("솔하루")
    sister = make_match_brand("헤루", rights_holder=brand.rights_holder)
    listing = make_suspect_listing(brand)
    first, second = make_match(listing=listing, brand=brand), make_match(listing=listing, brand=sister)
    confirm(first)
    kept = confirm(second)
    match_review.undo(fresh(first), actor=MINA, now=SOON)
    assert Allegation.objects.get().status == AllegationStatus.RESTRICTED
    assert Effect.objects.get(status=EffectStatus.ASKED).source_ref == str(kept.pk)


@pytest.mark.django_db
def test_undoing_leaves_a_final_stop_on_the_listing() -> None:
    match = make_match()
    Listing.objects.update(restriction=Restriction.FINAL, restricted_at=NOW)
    confirm(match)
    match_review.undo(fresh(match), actor=MINA, now=SOON)
    assert listing_of(match).restriction == Restriction.FINAL


# -- races ------------------------------------------------------------------------------------------------------------


def attempt(match: Match, answer: Callable[[Match], Any]) -> Callable[[], Any]:
    return lambda: answer(fresh(match))


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_eight_moderators_confirm_one_match_and_one_decides() -> None:
    match = make_match()
    policy = counterfeit_policy()
    results = together(*[attempt(match, lambda row: confirm(row, policy=policy))] * 8)
    assert sum(isinstance(result, Decision) for result in results) == 1
    assert sum(isinstance(result, Conflict) for result in results) == 7
    assert counts()[:6] == [1, 1, 1, 1, 1, 1]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_confirming_and_rejecting_at_once_ends_in_one_of_them() -> None:
    match = make_match()
    policy = counterfeit_policy()
    results = together(
        *[
            attempt(match, lambda row: confirm(row, policy=policy)),
            attempt(match, lambda row: match_review.reject_match(row, actor=JUNHO, now=NOW)),
        ]
        * 4
    )
    assert sum(isinstance(result, Conflict) for result in results) == 7
    is_confirmed = fresh(match).status == MatchStatus.CONFIRMED
    assert Decision.objects.count() == (1 if is_confirmed else 0)
    assert Rejection.objects.count() == (0 if is_confirmed else 2)
    assert listing_of(match).restriction == (Restriction.INTERIM if is_confirmed else Restriction.NONE)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_brands_confirmed_at_once_ask_the_marketplace_once() -> None:
    matches = two_brands_of_one_listing()
    policy = counterfeit_policy()
    results = together(*[attempt(match, lambda row: confirm(row, policy=policy)) for match in matches])
    assert all(isinstance(result, Decision) for result in results)
    assert counts()[:6] == [1, 2, 2, 2, 2, 1]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_undoing_one_brand_while_another_is_confirmed_leaves_the_listing_asked_for() -> None:
    first, second = two_brands_of_one_listing()
    policy = counterfeit_policy()
    confirm(first)
    results = together(
        attempt(first, lambda row: match_review.undo(row, actor=MINA, now=SOON)),
        attempt(second, lambda row: confirm(row, policy=policy, now=SOON)),
    )
    assert not [result for result in results if isinstance(result, Exception)]
    kept = Decision.objects.standing().get()
    asked = Effect.objects.get(status=EffectStatus.ASKED)
    assert (asked.source_ref, listing_of(first).restriction) == (str(kept.pk), Restriction.INTERIM)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_undo_pressed_four_times_at_once_undoes_once() -> None:
    match = make_match()
    confirm(match)
    results = together(*[attempt(match, lambda row: match_review.undo(row, actor=MINA, now=SOON))] * 4)
    assert sum(isinstance(result, Match) for result in results) == 1
    assert sum(isinstance(result, Conflict) for result in results) == 3
    assert Decision.objects.filter(kind=DecisionKind.UNDONE).count() == 1


@pytest.mark.django_db
def test_payload_is_plain_json() -> None:
    confirm(make_match())
    assert json.loads(json.dumps(Effect.objects.get().payload)) == Effect.objects.get().payload
