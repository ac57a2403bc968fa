"""Either side, once, within six months, decided by somebody else; a winning one repairs what was wrong."""

from datetime import UTC, datetime, timedelta

import pytest

from core import approvals
from core.actors import USER, Actor
from core.errors import Conflict, DomainError
from core.models import Approval, Effect
from core.tests.factories import make_evidence_file
from core.tests.together import together
from listings.choices import Restriction
from listings.models import Listing
from reports.choices import AllegationStatus, AppealStatus, DecisionKind, NoticeKind, Party, WorkKind
from reports.models import Allegation, Appeal, Case, Decision, Notice, ReporterRecord, WorkItem
from reports.services import appeals, decisions, held
from reports.services.filing import HandedIn
from reports.tests.factories import JUNHO, MINA, make_match_brand
from reports.tests.world import LATER, SORA, THE_SELLER, alleged, arrive, complaint, decide, removed, restricted, ruling

pytestmark = pytest.mark.django_db
NEXT_DAY = LATER + timedelta(days=1)


def by_seller(allegation: Allegation, *, now: datetime = NEXT_DAY) -> Appeal:
    return appeals.file_appeal(
        allegation,
        party=Party.SELLER,
        text="정품입니다. 수입신고필증을 냅니다.",
        files=[HandedIn(make_evidence_file(), name="필증.pdf")],
        actor=THE_SELLER,
        now=now,
    )


def by_complainant(allegation: Allegation, *, now: datetime = NEXT_DAY) -> Appeal:
    complainant = allegation.reports.get().complainant
    return appeals.file_appeal(
        allegation, party=Party.REPORTER, complainant=complainant, text="가품입니다.", files=(), actor=SORA, now=now
    )


def test_an_appeal_waits_for_somebody_else_with_its_clock_and_both_sides_are_told() -> None:
    allegation = removed(brand=make_match_brand())
    appeal = by_seller(allegation)
    item = WorkItem.objects.open().get()
    assert (item.kind, item.appeal, item.barred_ref) == (WorkKind.APPEAL, appeal, MINA.ref)
    # Tuesday 24 November and seven business days: Thursday 3 December.
    assert item.due_at == appeal.due_at == datetime(2026, 12, 3, 15, 0, tzinfo=UTC)
    kinds = Notice.objects.filter(created_at=NEXT_DAY).order_by("party").values_list("party", "kind")
    assert list(kinds) == [("reporter", NoticeKind.APPEAL_OPENED), ("seller", NoticeKind.APPEAL_RECEIVED)]
    assert not Case.objects.get().is_live


def test_whoever_decided_may_not_decide_the_appeal() -> None:
    appeal = by_seller(removed())
    with pytest.raises(DomainError, match="결정한 적이 있는"):
        appeals.decide_appeal(appeal, ruling(DecisionKind.REINSTATED), actor=MINA, now=NEXT_DAY)
    assert Appeal.objects.get().status == AppealStatus.FILED


def test_a_winning_seller_gets_everything_back() -> None:
    allegation = removed(brand=make_match_brand())
    appeal = by_seller(allegation)
    won = appeals.decide_appeal(appeal, ruling(DecisionKind.REINSTATED), actor=JUNHO, now=NEXT_DAY)
    allegation.refresh_from_db()
    assert (allegation.status, allegation.finding) == (AllegationStatus.REINSTATED, "not_infringing")
    assert Listing.objects.get().restriction == Restriction.NONE
    assert (won.appeal, won.corrects.kind, won.repair.days_lost) == (appeal, "upheld", 1)  # type: ignore[union-attr]
    assert Effect.objects.filter(kind__in=["seller.strike.withdrawn", "listing.reinstate"]).count() == 2
    [record] = ReporterRecord.objects.standing()
    assert (record.outcome, record.corrects.outcome) == ("countered", "upheld")  # type: ignore[union-attr]
    assert sorted(won.notices.values_list("party", flat=True)) == ["reporter", "seller"]
    assert not WorkItem.objects.open().exists()


def test_a_rejected_appeal_leaves_everything_and_says_why() -> None:
    allegation = removed()
    effects_before = Effect.objects.count()
    appeal = by_seller(allegation)
    lost = appeals.decide_appeal(appeal, ruling(DecisionKind.UPHELD), actor=JUNHO, now=NEXT_DAY)
    allegation.refresh_from_db()
    appeal.refresh_from_db()
    assert (appeal.status, allegation.status) == (AppealStatus.REJECTED, AllegationStatus.UPHELD)
    assert (lost.corrects, lost.effects, Effect.objects.count()) == (None, [], effects_before)
    assert Listing.objects.get().restriction == Restriction.FINAL
    assert lost.notices.filter(party=Party.SELLER).exists()


def test_a_winning_complainant_takes_the_listing_down_again() -> None:
    allegation = restricted(brand=make_match_brand())
    decide(allegation, DecisionKind.REINSTATED, now=LATER)
    arrive(now=LATER + timedelta(minutes=1))
    appeal = by_complainant(allegation)
    appeals.decide_appeal(appeal, ruling(DecisionKind.UPHELD), actor=JUNHO, now=NEXT_DAY)
    allegation.refresh_from_db()
    assert allegation.status == AllegationStatus.UPHELD
    assert Listing.objects.get().restriction == Restriction.FINAL
    # The side that lost now has not had its turn yet.
    assert appeals.contestable(allegation, Party.SELLER, now=NEXT_DAY + timedelta(days=1)) is not None


def test_each_side_has_one_turn_and_only_against_what_went_against_it() -> None:
    allegation = removed()
    assert appeals.contestable(allegation, Party.REPORTER, now=NEXT_DAY) is None
    by_seller(allegation)
    with pytest.raises(Conflict, match="한 번만"):
        by_seller(allegation)
    assert Appeal.objects.count() == 1


def test_six_months_by_the_calendar_to_the_last_moment() -> None:
    allegation = removed()
    # Decided on 23 November: the last day is 23 May 2027, a Sunday, and 24 May is counted to its end.
    last = datetime(2027, 5, 24, 15, 0, tzinfo=UTC)
    assert appeals.contestable(allegation, Party.SELLER, now=last - timedelta(seconds=1)) is not None
    assert appeals.contestable(allegation, Party.SELLER, now=last) is None
    with pytest.raises(Conflict, match="기간이 아니거나"):
        by_seller(allegation, now=last)


def test_an_interim_restriction_cannot_be_appealed() -> None:
    with pytest.raises(Conflict, match="아직 최종 결정이 없습니다"):
        by_seller(restricted())


def test_an_appeal_decision_can_be_undone_and_the_appeal_waits_again() -> None:
    allegation = removed()
    appeal = by_seller(allegation)
    won = appeals.decide_appeal(appeal, ruling(DecisionKind.REINSTATED), actor=JUNHO, now=NEXT_DAY)
    decisions.undo(won, actor=JUNHO, now=NEXT_DAY + timedelta(seconds=5))
    allegation.refresh_from_db()
    appeal.refresh_from_db()
    assert (appeal.status, allegation.status, allegation.finding) == ("filed", "upheld", "counterfeit_confirmed")
    assert Listing.objects.get().restriction == Restriction.FINAL
    assert WorkItem.objects.open().get().kind == WorkKind.APPEAL
    assert Decision.objects.final().get().kind == DecisionKind.UPHELD


def test_an_appeal_of_high_impact_needs_a_third_person() -> None:
    allegation = restricted()
    decide(allegation, DecisionKind.REINSTATED, now=LATER)
    appeal = by_complainant(allegation)
    Listing.objects.update(sold_count=5_000)
    waiting = held.submit(allegation, ruling(DecisionKind.UPHELD), actor=JUNHO, appeal=appeal, now=NEXT_DAY)
    assert isinstance(waiting, Approval)
    with pytest.raises(DomainError, match="결정한 적이 있는"):
        approvals.approve(waiting, actor=MINA, reason="동의합니다.")
    approvals.approve(waiting, actor=SORA, reason="동의합니다.")
    allegation.refresh_from_db()
    assert allegation.status == AllegationStatus.UPHELD


def test_a_seller_is_not_told_of_an_appeal_in_what_it_never_heard_of() -> None:
    allegation = alleged(complaint())
    decide(allegation, DecisionKind.DISMISSED)
    by_complainant(allegation)
    assert not Notice.objects.filter(party=Party.SELLER).exists()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_eight_appeals_of_one_side_at_once_are_one_and_decided_once() -> None:
    allegation = removed()
    results = together(*[lambda: by_seller(allegation)] * 8)
    assert sum(isinstance(each, Appeal) for each in results) == 1
    appeal = Appeal.objects.get()
    decided = together(
        *[
            lambda ref=str(100 + number): appeals.decide_appeal(
                Appeal.objects.get(pk=appeal.pk),
                ruling(DecisionKind.REINSTATED if int(ref) % 2 else DecisionKind.UPHELD),
                actor=Actor(USER, ref, ref),
                now=NEXT_DAY,
            )
            for number in range(6)
        ]
    )
    assert sum(isinstance(each, Decision) for each in decided) == 1
    assert Decision.objects.filter(appeal=appeal).count() == 1
