"""Explanation and answer: periods from delivery, extension once, late and doubled ones, silence on either side."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from core import outbox
from core.errors import Conflict, DomainError
from core.models import JournalEntry, OutboxMessage
from core.tests.factories import make_evidence_file
from core.tests.together import together
from listings.choices import Restriction
from listings.models import Listing
from listings.tests.factories import make_listing
from reports.choices import AllegationStatus, Channel, Claim, DecisionKind, FindingKind, NoticeKind, Stance, WorkKind
from reports.models import Allegation, Decision, Explanation, Inquiry, Notice, WorkItem
from reports.services import decisions, hearings, silence
from reports.services.filing import HandedIn
from reports.tests.factories import MINA, NOW, confirm, make_match, make_match_brand
from reports.tests.world import (
    LATER,
    SORA,
    THE_SELLER,
    alleged,
    arrive,
    complaint,
    decide,
    explain,
    explained,
    explanation_of,
    inquiry_of,
    make_shop,
    restrict,
    restricted,
)

pytestmark = pytest.mark.django_db
#: NOW is a Monday afternoon in Seoul: three business days after it end on Thursday.
THURSDAY_END = datetime(2026, 11, 26, 15, 0, tzinfo=UTC)


def answer(
    inquiry: Inquiry, *, now: datetime = LATER, stance: Stance = Stance.MAINTAIN, text: str = "가품입니다."
) -> Inquiry:
    answered = hearings.answer(inquiry, text=text, files=(), stance=stance, actor=SORA, now=now)
    silence.answer_as_complainant(answered, stance=stance, now=now)
    return answered


def test_the_period_runs_from_delivery_and_not_before() -> None:
    allegation = alleged(complaint(brand=make_match_brand()))
    restrict(allegation)
    assert explanation_of(allegation).due_at is None
    arrive()
    explanation = explanation_of(allegation)
    allegation.refresh_from_db()
    assert (explanation.due_at, explanation.rules_version) == (THURSDAY_END, 1)
    assert allegation.status == AllegationStatus.EXPLANATION_REQUESTED


def test_a_seller_who_cannot_be_reached_is_shown_to_staff_and_no_period_runs() -> None:
    allegation = alleged(complaint(make_listing(seller=make_shop(email=""))))
    restrict(allegation)
    arrive()
    assert explanation_of(allegation).due_at is None
    assert Notice.objects.get(party="seller").status == "undeliverable"
    assert WorkItem.objects.open().get().kind == WorkKind.CONTACT


def test_extended_once_by_three_business_days_and_told() -> None:
    explanation = explanation_of(restricted())
    extended = hearings.extend(explanation, reason="본국의 공휴일입니다.", actor=THE_SELLER, now=LATER)
    assert extended.due_at == datetime(2026, 12, 1, 15, 0, tzinfo=UTC)  # Friday, Monday, Tuesday
    with pytest.raises(Conflict, match="한 번만"):
        hearings.extend(explanation, reason="다시", actor=THE_SELLER, now=LATER)
    assert Notice.objects.filter(kind=NoticeKind.EXPLANATION_EXTENDED).count() == 1


@pytest.mark.parametrize("reason", ["", "   "])
def test_an_extension_needs_a_reason(reason: str) -> None:
    with pytest.raises(DomainError, match="사유가 비어"):
        hearings.extend(explanation_of(restricted()), reason=reason, actor=THE_SELLER, now=LATER)


def test_an_extension_after_the_end_is_refused() -> None:
    with pytest.raises(Conflict, match="연장할 수 있는 기간이 아닙니다"):
        hearings.extend(explanation_of(restricted()), reason="늦었습니다", actor=THE_SELLER, now=THURSDAY_END)


def test_an_explanation_is_put_before_the_complainant_who_has_four_business_days() -> None:
    allegation = restricted()
    explain(allegation, files=[HandedIn(make_evidence_file(), name="invoice.jpg")])
    inquiry = inquiry_of(allegation)
    assert inquiry.due_at == datetime(2026, 11, 27, 15, 0, tzinfo=UTC)
    asked = Notice.objects.get(kind=NoticeKind.ANSWER_ASKED)
    assert (asked.complainant, "invoice.jpg" in str(asked.statement)) == (inquiry.complainant, False)
    assert Notice.objects.filter(kind=NoticeKind.EXPLANATION_RECEIVED, party="seller").count() == 1
    assert not WorkItem.objects.open().exists()


def test_without_a_complainant_staff_examine_the_explanation_within_two_business_days() -> None:
    confirm(make_match())
    allegation = Allegation.objects.get()
    explanation = explanation_of(allegation)
    hearings.begin_period(explanation, delivered_at=NOW)
    explain(allegation)
    item = WorkItem.objects.open().get()
    assert (item.kind, item.due_at) == (WorkKind.EXPLANATION, datetime(2026, 11, 25, 15, 0, tzinfo=UTC))


def test_given_twice_is_given_once_and_more_documents_may_follow() -> None:
    allegation = explained()
    with pytest.raises(Conflict, match="이미 소명을 내셨습니다"):
        explain(allegation)
    explanation = explanation_of(allegation)
    hearings.add_documents(explanation, files=[HandedIn(make_evidence_file())], actor=THE_SELLER, now=LATER)
    assert explanation.attachments.count() == 1


def test_late_is_kept_marked_and_shown_to_staff() -> None:
    allegation = restricted()
    silence.lapse_explanations(now=THURSDAY_END)
    assert WorkItem.objects.open().get().kind == WorkKind.SILENCE
    late = explain(allegation, now=THURSDAY_END + timedelta(hours=1))
    assert (late.is_late, late.status) == (True, "submitted")
    allegation.refresh_from_db()
    assert allegation.status == AllegationStatus.EXPLANATION_REVIEW
    assert not WorkItem.objects.open().filter(kind=WorkKind.SILENCE).exists()


def test_after_the_decision_it_is_still_kept_and_changes_nothing() -> None:
    allegation = restricted()
    decide(allegation, DecisionKind.UPHELD, now=LATER)
    kept = explain(allegation, now=LATER)
    allegation.refresh_from_db()
    assert (kept.is_late, kept.status, allegation.status) == (True, "cancelled", AllegationStatus.UPHELD)


def test_nothing_is_found_by_the_sellers_silence() -> None:
    allegation = restricted()
    assert silence.lapse_explanations(now=THURSDAY_END - timedelta(microseconds=1)) == 0
    assert silence.lapse_explanations(now=THURSDAY_END) == 1
    assert silence.lapse_explanations(now=THURSDAY_END) == 0
    allegation.refresh_from_db()
    assert (allegation.status, allegation.finding) == (AllegationStatus.EXPLANATION_REQUESTED, "")
    assert Listing.objects.get().restriction == Restriction.INTERIM
    item = WorkItem.objects.open().get()
    assert (item.kind, item.due_at) == (WorkKind.SILENCE, datetime(2026, 12, 1, 15, 0, tzinfo=UTC))


def test_a_complainant_who_maintains_brings_the_explanation_to_staff() -> None:
    allegation = explained()
    answer(inquiry_of(allegation))
    assert WorkItem.objects.open().get().kind == WorkKind.EXPLANATION


def test_a_reminder_goes_out_one_business_day_before_once() -> None:
    allegation = explained()
    inquiry = inquiry_of(allegation)
    assert inquiry.remind_at == datetime(2026, 11, 26, 15, 0, tzinfo=UTC)
    assert silence.remind_complainants(now=inquiry.remind_at) == 1
    assert silence.remind_complainants(now=inquiry.remind_at) == 0
    assert Notice.objects.filter(kind=NoticeKind.ANSWER_REMINDER).count() == 1


def test_a_complainants_silence_reinstates_what_rests_on_that_complaint_alone() -> None:
    allegation = explained()
    due = inquiry_of(allegation).due_at
    assert silence.lapse_inquiries(now=due) == 1
    allegation.refresh_from_db()
    decision = Decision.objects.final().get()
    assert (decision.kind, decision.finding) == (DecisionKind.REINSTATED, FindingKind.INCONCLUSIVE)
    assert decision.actor_kind == "system"
    assert (allegation.status, Listing.objects.get().restriction) == (AllegationStatus.REINSTATED, Restriction.NONE)


@pytest.mark.parametrize("other", ["second complainant", "screening", "refund claim", "finding", "another allegation"])
def test_silence_never_reinstates_where_more_than_one_complaint_is_there(other: str) -> None:
    brand = make_match_brand()
    listing = make_listing(seller=make_shop())
    allegation = restricted(listing=listing, brand=brand)
    if other == "second complainant":
        complaint(listing, brand=brand, email="second@holder.example")
    if other == "screening":
        complaint(listing, brand=brand, channel=Channel.STAY_DOWN)
    if other == "refund claim":
        complaint(listing, channel=Channel.REFUND, email="buyer@person.example")
    if other == "another allegation":
        restrict(alleged(complaint(listing, brand=make_match_brand("헤루"), email="b@holder.example")))
    if other == "finding":
        decide(alleged(complaint(listing, code="design", email="d@holder.example")), DecisionKind.UPHELD)
    explain(allegation)
    for inquiry in Inquiry.objects.filter(allegation=allegation):
        silence.lapse_inquiries(now=inquiry.due_at)
    allegation.refresh_from_db()
    assert allegation.status == AllegationStatus.EXPLANATION_REVIEW
    assert WorkItem.objects.open().filter(allegation=allegation, kind=WorkKind.EXPLANATION).count() == 1


def test_withdrawing_ends_only_ones_own_complaint() -> None:
    brand, listing = make_match_brand(), make_listing(seller=make_shop())
    allegation = restricted(listing=listing, brand=brand)
    second = complaint(listing, brand=brand, email="second@holder.example")
    explain(allegation)
    mine = Inquiry.objects.get(allegation=allegation, complainant=second.complainant)
    answer(mine, stance=Stance.WITHDRAW, text="")
    allegation.refresh_from_db()
    assert allegation.status == AllegationStatus.EXPLANATION_REVIEW
    second.refresh_from_db()
    assert second.withdrawn_at == LATER


def test_withdrawing_the_only_complaint_ends_the_case_and_puts_the_listing_back() -> None:
    allegation = explained()
    answer(inquiry_of(allegation), stance=Stance.WITHDRAW, text="")
    allegation.refresh_from_db()
    assert (allegation.status, Listing.objects.get().restriction) == (AllegationStatus.WITHDRAWN, Restriction.NONE)
    assert not allegation.case.__class__.objects.get().is_live


def test_answered_twice_is_once_and_late_is_marked() -> None:
    allegation = explained()
    complaint(allegation.case.listing, brand=allegation.brand, channel=Channel.STAY_DOWN, email="x@holder.example")
    inquiry = inquiry_of(allegation)
    silence.lapse_inquiries(now=inquiry.due_at)
    late = answer(inquiry, now=inquiry.due_at)
    assert (late.is_late, late.status) == (True, "answered")
    with pytest.raises(Conflict, match="이미 답변"):
        answer(inquiry)


def test_asked_for_more_the_report_waits_and_comes_back_with_the_answer() -> None:
    allegation = alleged(complaint())
    [inquiry] = hearings.ask_for_more(allegation, question="주문번호를 알려 주세요.", actor=MINA, now=NOW)
    allegation.refresh_from_db()
    assert allegation.status == AllegationStatus.MORE_INFO_REQUESTED
    assert not WorkItem.objects.open().exists()
    hearings.answer(inquiry, text="A-1입니다.", files=(), actor=SORA, now=LATER)
    allegation.refresh_from_db()
    assert allegation.status == AllegationStatus.UNDER_REVIEW
    assert WorkItem.objects.open().get().kind == WorkKind.REVIEW


def test_an_explanation_without_words_is_refused_and_nothing_is_kept() -> None:
    explanation = explanation_of(restricted())
    with pytest.raises(DomainError, match="비어 있습니다"):
        hearings.submit_explanation(
            explanation, claim=Claim.GENUINE, text=" ", summary="", files=(), actor=THE_SELLER, now=LATER
        )
    explanation.refresh_from_db()
    assert explanation.status == "requested"


def test_a_notice_that_was_undone_starts_no_period() -> None:
    allegation = alleged(complaint())
    decision = restrict(allegation)
    hearings_before = OutboxMessage.objects.filter(message_type="notice.interim_restriction").count()
    decisions.undo(decision, actor=MINA, now=NOW + timedelta(seconds=3))
    with time_machine.travel(LATER, tick=False):
        outbox.deliver_due(now=LATER)
    silence.settle_notices(now=LATER)
    assert hearings_before == 2
    assert Explanation.objects.get().status == "cancelled"


@pytest.mark.parametrize("stance", list(Stance))
def test_an_answer_that_came_while_an_undone_decision_stood_is_put_before_staff(stance: Stance) -> None:
    """It cannot be given twice; waited for again it would have ended in silence."""
    allegation = explained()
    inquiry = inquiry_of(allegation)
    decision = decide(allegation, DecisionKind.UPHELD, now=LATER)
    inquiry = answer(inquiry, now=LATER + timedelta(seconds=3), stance=stance)
    assert (inquiry.status, inquiry.is_late) == ("cancelled", True)
    decisions.undo(decision, actor=MINA, now=LATER + timedelta(seconds=6))
    inquiry.refresh_from_db()
    allegation.refresh_from_db()
    assert (inquiry.status, inquiry.is_late, allegation.status) == ("answered", False, "explanation_review")
    assert WorkItem.objects.open().get().kind == WorkKind.EXPLANATION


def test_an_explanation_that_came_while_an_undone_decision_stood_goes_its_way() -> None:
    allegation = restricted()
    decision = decide(allegation, DecisionKind.UPHELD, now=LATER)
    explanation = explain(allegation, now=LATER + timedelta(seconds=3))
    assert explanation.status == "cancelled"
    decisions.undo(decision, actor=MINA, now=LATER + timedelta(seconds=6))
    explanation.refresh_from_db()
    allegation.refresh_from_db()
    assert (explanation.status, explanation.is_late) == ("submitted", False)
    assert allegation.status == "explanation_review"
    assert inquiry_of(allegation).status == "asked"


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_eight_explanations_at_once_are_one() -> None:
    allegation = restricted()
    results = together(*[lambda: explain(allegation)] * 8)
    assert sum(isinstance(each, Explanation) for each in results) == 1
    assert Notice.objects.filter(kind=NoticeKind.ANSWER_ASKED).count() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_an_explanation_in_the_moment_of_a_decision_loses_nothing() -> None:
    allegation = restricted()
    _, decided = together(
        lambda: explain(allegation),
        lambda: decide(Allegation.objects.select_related("case").get(pk=allegation.pk), DecisionKind.UPHELD, now=LATER),
    )
    kept = explanation_of(allegation)
    assert kept.submitted_at is not None
    allegation.refresh_from_db()
    # The decision was first, or it is told that the case has moved.
    expected = AllegationStatus.UPHELD if isinstance(decided, Decision) else AllegationStatus.EXPLANATION_REVIEW
    assert isinstance(decided, Decision | Conflict)
    assert allegation.status == expected


def test_documents_sent_twice_are_there_once_and_none_come_after_a_decision() -> None:
    allegation = explained()
    explanation = explanation_of(allegation)
    files = [HandedIn(make_evidence_file(seed=1)), HandedIn(make_evidence_file(seed=2))]
    for _ in range(2):
        hearings.add_documents(explanation, files=files, actor=THE_SELLER, now=LATER)
    assert explanation.attachments.count() == 2
    assert JournalEntry.objects.filter(verb="reports.explanation.documents_added").count() == 1
    decide(allegation, DecisionKind.UPHELD, now=LATER)
    with pytest.raises(Conflict, match="이의를 제기"):
        hearings.add_documents(explanation, files=[HandedIn(make_evidence_file(seed=3))], actor=THE_SELLER, now=LATER)
    assert explanation.attachments.count() == 2


def test_an_answer_that_withdraws_is_kept_with_the_withdrawal_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    inquiry = inquiry_of(explained())

    def fail(*_: object, **__: object) -> None:
        raise DomainError("철회하지 못했습니다.")

    monkeypatch.setattr(silence, "withdraw_complaint", fail)
    with pytest.raises(DomainError):
        silence.take_answer(inquiry, stance=Stance.WITHDRAW, text="", files=(), actor=SORA, now=LATER)
    inquiry.refresh_from_db()
    assert (inquiry.status, inquiry.answered_at) == ("asked", None)
    assert not JournalEntry.objects.filter(verb="reports.inquiry.answered").exists()
