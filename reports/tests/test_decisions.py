"""One decides, the loser is told who; undone within the seconds, corrected after; held where it weighs much."""

from datetime import timedelta

import pytest
from django.db import transaction

from accounts.tests.factories import make_user
from core import approvals, outbox
from core.actors import USER, Actor
from core.choices import EffectStatus
from core.errors import Conflict, DomainError
from core.models import Approval, Effect, JournalEntry, OutboxMessage
from core.tests.together import together
from listings.choices import Restriction
from listings.models import Listing
from listings.tests.factories import make_listing
from reports.choices import AllegationStatus, DecisionKind, EffectKind, FindingKind, NoticeStatus, Party, WorkKind
from reports.models import ActionTime, Allegation, Case, Decision, Notice, ReporterRecord, WorkItem
from reports.rules import default_effects
from reports.services import decisions, held, silence
from reports.tests.factories import JUNHO, MINA, NOW, make_match_brand
from reports.tests.world import (
    LATER,
    SORA,
    alleged,
    arrive,
    complaint,
    decide,
    explained,
    make_shop,
    removed,
    restrict,
    ruling,
)

pytestmark = pytest.mark.django_db
SOON = NOW + timedelta(seconds=5)


def listing_of(allegation: Allegation) -> Listing:
    return Listing.objects.get(pk=allegation.case.listing_id)


def test_a_restriction_takes_the_listing_off_sale_and_owes_both_sides_the_news() -> None:
    allegation = alleged(complaint(brand=make_match_brand()))
    decision = restrict(allegation)
    allegation.refresh_from_db()
    assert allegation.status == AllegationStatus.RESTRICTED
    assert listing_of(allegation).restriction == Restriction.INTERIM
    effect = Effect.objects.get()
    assert (effect.kind, effect.not_before) == (EffectKind.LISTING_RESTRICT, NOW + timedelta(seconds=20))
    assert set(decision.notices.values_list("party", flat=True)) == {Party.SELLER, Party.REPORTER}
    mails = OutboxMessage.objects.filter(subject_type="reports.notice", message_type="notice.interim_restriction")
    assert {mail.not_before for mail in mails} == {NOW + timedelta(seconds=20)}
    assert not WorkItem.objects.open().exists()


def test_a_final_decision_has_finding_effects_record_and_closes_the_case() -> None:
    allegation = explained()
    decision = decide(allegation, DecisionKind.UPHELD, now=LATER)
    allegation.refresh_from_db()
    assert (allegation.status, allegation.finding) == (AllegationStatus.UPHELD, FindingKind.COUNTERFEIT_CONFIRMED)
    assert not Case.objects.get().is_live
    assert listing_of(allegation).restriction == Restriction.FINAL
    asked = set(Effect.objects.filter(source_ref=str(decision.pk)).values_list("kind", flat=True))
    assert asked == {"listing.remove", "seller.strike", "buyers.invite", "recourse.open"}
    assert ReporterRecord.objects.get().outcome == "upheld"
    assert not WorkItem.objects.open().exists()


def test_effects_whose_app_is_not_there_yet_wait_and_those_of_the_listing_leave() -> None:
    removed()
    strike = Effect.objects.get(kind="seller.strike")
    assert strike.status == EffectStatus.ASKED
    assert Effect.objects.get(kind="listing.remove").status != EffectStatus.ASKED


@pytest.mark.parametrize(
    ("kind", "finding"),
    [
        (DecisionKind.UPHELD, "not_infringing"),
        (DecisionKind.UPHELD, ""),
        (DecisionKind.DISMISSED, "counterfeit_confirmed"),
        (DecisionKind.RETURNED, "inconclusive"),
    ],
)
def test_a_finding_that_does_not_fit_is_refused_and_nothing_is_written(kind: DecisionKind, finding: str) -> None:
    allegation = alleged(complaint())
    usual = ruling(kind)
    wrong = decisions.Ruling(kind, usual.policy, usual.reasoning, finding=finding)
    with pytest.raises(DomainError, match="판단"):
        decisions.decide(allegation, wrong, actor=MINA, now=NOW)
    assert not Decision.objects.exists()


def test_the_loser_is_told_who_decided_and_what() -> None:
    mina = make_user(name="김미나")
    allegation = alleged(complaint())
    decide(allegation, DecisionKind.DISMISSED, actor=Actor(USER, str(mina.pk), "김미나"))
    before = JournalEntry.objects.count()
    with pytest.raises(Conflict, match="김미나 님이 먼저 ‘기각’"):
        decide(allegation, DecisionKind.RETURNED, actor=JUNHO)
    assert (Decision.objects.count(), JournalEntry.objects.count()) == (1, before)


def test_a_decision_on_a_case_that_has_moved_is_refused() -> None:
    allegation = alleged(complaint())
    restrict(allegation)
    with pytest.raises(Conflict, match="지금 상태는 ‘임시 판매제한’"):
        decisions.decide(
            allegation, ruling(DecisionKind.DISMISSED), actor=JUNHO, now=NOW, seen=AllegationStatus.RECEIVED
        )


def test_undoing_puts_everything_back_and_nobody_was_told() -> None:
    allegation = explained()
    was = Notice.objects.count()
    decision = decide(allegation, DecisionKind.UPHELD, now=LATER)
    decisions.undo(decision, actor=MINA, now=LATER + timedelta(seconds=10))
    arrive(now=LATER + timedelta(minutes=5))
    allegation.refresh_from_db()
    assert (allegation.status, allegation.finding) == (AllegationStatus.EXPLANATION_REVIEW, "")
    assert Case.objects.get().is_live
    assert listing_of(allegation).restriction == Restriction.INTERIM
    statuses = decision.notices.values_list("status", flat=True)
    assert set(statuses) == {NoticeStatus.VOID} and Notice.objects.count() > was
    assert set(Effect.objects.filter(source_ref=str(decision.pk)).values_list("status", flat=True)) == {"superseded"}
    assert allegation.inquiries.get().status == "asked"
    assert not ReporterRecord.objects.standing().exists()


def test_undoing_asks_again_for_what_the_decision_had_answered() -> None:
    allegation = alleged(complaint())
    decision = decide(allegation, DecisionKind.DISMISSED)
    assert not WorkItem.objects.open().exists()
    decisions.undo(decision, actor=MINA, now=SOON)
    assert WorkItem.objects.open().get().kind == WorkKind.REVIEW


def test_undone_twice_or_too_late_or_by_somebody_else_is_refused() -> None:
    decision = restrict(alleged(complaint()))
    with pytest.raises(DomainError, match="담당자가 내린 결정"):
        decisions.undo(decision, actor=JUNHO, now=SOON)
    with pytest.raises(Conflict, match="20초가 지났습니다"):
        decisions.undo(decision, actor=MINA, now=NOW + timedelta(seconds=20))
    decisions.undo(decision, actor=MINA, now=SOON)
    with pytest.raises(Conflict, match="이미 되돌린"):
        decisions.undo(decision, actor=MINA, now=SOON)


def test_what_may_have_arrived_is_taken_back_aloud() -> None:
    """Superseded after it had been tried, a restriction may be in force, whatever was heard of it."""
    decision = restrict(alleged(complaint()))
    effect = Effect.objects.get()
    with transaction.atomic():
        message = outbox.post(
            channel="webhook", destination="market", message_type=effect.kind, payload={}, key="tried", not_before=NOW
        )
    OutboxMessage.objects.filter(pk=message.pk).update(attempts=1, status="cancelled")
    Effect.objects.update(status=EffectStatus.SUPERSEDED, message=message)
    decisions.undo(decision, actor=MINA, now=SOON)
    assert listing_of(decision.allegation).restriction == Restriction.NONE
    newest = Effect.objects.on(effect.target).first()
    assert newest is not None
    assert (newest.kind, newest.status, newest.version) == (EffectKind.LISTING_REINSTATE, EffectStatus.ASKED, 2)


def test_what_never_left_is_taken_back_in_silence() -> None:
    decision = restrict(alleged(complaint()))
    decisions.undo(decision, actor=MINA, now=SOON)
    assert Effect.objects.get().status == EffectStatus.SUPERSEDED


def test_decided_again_after_undoing_is_a_new_decision_that_can_be_undone_too() -> None:
    allegation = explained()
    first = decide(allegation, DecisionKind.UPHELD, now=LATER)
    decisions.undo(first, actor=MINA, now=LATER + timedelta(seconds=3))
    allegation.refresh_from_db()
    second = decide(allegation, DecisionKind.REINSTATED, now=LATER + timedelta(seconds=6))
    assert Decision.objects.final().get() == second
    assert listing_of(allegation).restriction == Restriction.NONE
    decisions.undo(second, actor=MINA, now=LATER + timedelta(seconds=9))
    assert listing_of(allegation).restriction == Restriction.INTERIM


def test_a_correction_points_to_the_old_decision_and_repairs() -> None:
    allegation = removed()
    wrong = Decision.objects.final().get()
    days = timedelta(days=3)
    lead = Actor(USER, "77", "책임자")
    fixed = decisions.correct(wrong, ruling(DecisionKind.REINSTATED), actor=lead, now=LATER + days)
    assert (fixed.corrects, fixed.repair.days_lost) == (wrong, 3)
    assert set(fixed.repair.repaired) >= {"listing.reinstate", "seller.strike", "buyers.invite", "recourse.open"}
    assert Effect.objects.filter(kind="seller.strike.withdrawn").count() == 1
    assert listing_of(allegation).restriction == Restriction.NONE
    assert [record.outcome for record in ReporterRecord.objects.standing()] == ["not_upheld"]
    told = fixed.notices.values_list("party", flat=True)
    assert sorted(told) == [Party.REPORTER, Party.SELLER]


def test_a_listing_stays_off_sale_while_something_else_holds_it() -> None:
    listing = make_listing(seller=make_shop())
    first = alleged(complaint(listing, brand=make_match_brand()))
    second = alleged(complaint(listing, brand=make_match_brand("헤루"), email="b@holder.example"))
    restrict(first)
    restrict(second)
    arrive()
    decide(first, DecisionKind.REINSTATED, now=LATER)
    listing.refresh_from_db()
    assert listing.restriction == Restriction.INTERIM
    assert not Effect.objects.filter(kind="listing.reinstate").exists()
    decide(second, DecisionKind.REINSTATED, now=LATER)
    listing.refresh_from_db()
    assert listing.restriction == Restriction.NONE
    assert Effect.objects.filter(kind="listing.reinstate").count() == 1


def test_from_report_to_effect_every_step_is_stored() -> None:
    allegation = alleged(complaint(now=NOW - timedelta(hours=3)))
    decision = restrict(allegation)
    arrive()
    effect = Effect.objects.get()
    silence.follow_effects(now=LATER)
    row = ActionTime.objects.get(decision=decision)
    assert (row.reported_at, row.decided_at) == (NOW - timedelta(hours=3), NOW)
    Effect.objects.filter(pk=effect.pk).update(status=EffectStatus.CONFIRMED, sent_at=LATER, confirmed_at=LATER)
    silence.follow_effects(now=LATER)
    row.refresh_from_db()
    assert (row.sent_at, row.confirmed_at) == (LATER, LATER)


# -- held -------------------------------------------------------------------------------------------------------------


def held_closing(allegation: Allegation) -> Approval:
    usual = default_effects(DecisionKind.UPHELD, FindingKind.COUNTERFEIT_CONFIRMED)
    closing = ruling(DecisionKind.UPHELD, effects=usual | {EffectKind.SELLER_CLOSE})
    waiting = held.submit(allegation, closing, actor=MINA, now=LATER)
    assert isinstance(waiting, Approval)
    return waiting


def test_closing_a_shop_waits_for_a_second_person_and_is_decided_as_it_was_asked() -> None:
    allegation = explained()
    waiting = held_closing(allegation)
    assert not Decision.objects.filter(kind=DecisionKind.UPHELD).exists()
    item = WorkItem.objects.open().get(kind=WorkKind.HELD)
    assert (item.team, item.barred_ref) == ("leads", MINA.ref)
    with pytest.raises(DomainError, match="요청한 사람은"):
        approvals.approve(waiting, actor=MINA, reason="제가 승인합니다.")
    approvals.approve(waiting, actor=JUNHO, reason="확인했습니다.")
    decision = Decision.objects.get(kind=DecisionKind.UPHELD)
    assert (decision.actor_ref, decision.approval_ref) == (MINA.ref, str(waiting.pk))
    assert Effect.objects.filter(kind="seller.close").count() == 1
    assert not WorkItem.objects.open().exists()


def test_a_refused_request_decides_nothing_and_the_work_goes_on() -> None:
    allegation = alleged(complaint())
    Listing.objects.update(sold_count=1001)
    waiting = held.submit(allegation, ruling(DecisionKind.INTERIM_RESTRICTION), actor=MINA, now=NOW)
    assert isinstance(waiting, Approval) and "1,000개" in waiting.reason
    approvals.refuse(waiting, actor=JUNHO, reason="근거가 모자랍니다.")
    assert not Decision.objects.exists()
    assert [item.kind for item in WorkItem.objects.open()] == [WorkKind.REVIEW]


def test_leaving_out_a_due_penalty_needs_a_reason_and_a_second_person() -> None:
    allegation = explained()
    without = frozenset({EffectKind.LISTING_REMOVE, EffectKind.FINGERPRINT})
    with pytest.raises(DomainError, match="제재를 빼는 사유"):
        held.submit(allegation, ruling(DecisionKind.UPHELD, effects=without), actor=MINA, now=LATER)
    asked = ruling(DecisionKind.UPHELD, effects=without, left_out="판매자가 스스로 신고했습니다.")
    assert isinstance(held.submit(allegation, asked, actor=MINA, now=LATER), Approval)


def test_a_held_decision_on_a_case_that_moved_is_not_made() -> None:
    allegation = explained()
    waiting = held_closing(allegation)
    decide(allegation, DecisionKind.REINSTATED, actor=SORA, now=LATER)
    with pytest.raises(Conflict):
        approvals.approve(waiting, actor=JUNHO, reason="확인했습니다.")
    waiting.refresh_from_db()
    assert waiting.status == "requested"
    assert not Decision.objects.filter(kind=DecisionKind.UPHELD).exists()


# -- races ------------------------------------------------------------------------------------------------------------


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_eight_who_decide_at_once_one_does_and_the_rest_are_told() -> None:
    allegation = alleged(complaint())
    results = together(
        *[
            lambda ref=str(number): decide(allegation, DecisionKind.DISMISSED, actor=Actor(USER, ref, ref))
            for number in range(8)
        ]
    )
    assert sum(isinstance(each, Decision) for each in results) == 1
    assert sum(isinstance(each, Conflict) for each in results) == 7
    assert JournalEntry.objects.filter(verb="reports.decision.made").count() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_undo_and_approve_races_end_in_one_outcome() -> None:
    decision = restrict(alleged(complaint()))
    results = together(*[lambda: decisions.undo(Decision.objects.get(pk=decision.pk), actor=MINA, now=SOON)] * 6)
    assert sum(isinstance(each, Decision) for each in results) == 1
    assert Decision.objects.filter(kind=DecisionKind.UNDONE).count() == 1


def test_a_restricted_listing_is_not_dismissed_because_nothing_would_put_it_back() -> None:
    allegation = alleged(complaint())
    restrict(allegation)
    allegation.refresh_from_db()
    with pytest.raises(Conflict, match="‘기각’ 단계로 옮길 수 없습니다"):
        decide(allegation, DecisionKind.DISMISSED)
    allegation.refresh_from_db()
    assert (allegation.status, allegation.decisions.count()) == (AllegationStatus.RESTRICTED, 1)
