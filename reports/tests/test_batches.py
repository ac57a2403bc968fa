"""One ruling for many that waits as one: agreed to once, carried out row by row, each row's outcome kept."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction

from core import approvals, jobs
from core.actors import USER, Actor
from core.choices import ApprovalStatus, JobStatus
from core.errors import Conflict, DomainError
from core.models import Approval, Job, JournalEntry
from core.tests.together import together
from listings.models import Listing
from reports.choices import AllegationStatus, BatchOutcome, DecisionKind, WorkKind
from reports.models import Allegation, Batch, BatchRow, Decision, Policy, WorkItem
from reports.services import batches, decisions, held, queue
from reports.tests.batches import approval_of, approve, asked, outcomes, seen_now, some, work_off
from reports.tests.desk import counts, make_lead
from reports.tests.factories import CANARY, JUNHO, MINA, NOW
from reports.tests.world import LATER, SORA, decide, removed, restrict, ruling

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


# -- asked ------------------------------------------------------------------------------------------------------------


def test_a_batch_is_one_request_and_one_thing_to_do_and_decides_nothing() -> None:
    chosen = some(3)
    batch = asked(chosen, private_note=CANARY)
    approval = Approval.objects.get()
    assert approval == batch.approval and approval.action == "reports.decide_batch"
    assert approval.payload["rows"] == [[each.pk, "received"] for each in chosen]
    assert (approval.payload["kind"], approval.payload["private_note"]) == ("dismissed", CANARY)
    assert approval.reason == "상품 3개의 주장 3건을 한 번에 결정합니다."
    item = WorkItem.objects.open().get(kind=WorkKind.HELD)
    assert (item.batch, item.case, item.allegation, item.team, item.barred_ref) == (batch, None, None, "leads", "1")
    assert item.report_count == 3 and item.due_at > NOW
    assert not Decision.objects.exists() and outcomes(batch) == ["waiting"] * 3


def test_what_would_have_waited_alone_is_named_with_its_number() -> None:
    chosen = some(3)
    Listing.objects.filter(pk=chosen[1].case.listing_id).update(sold_count=1001)
    batch = asked(chosen, DecisionKind.INTERIM_RESTRICTION)
    assert approval_of(batch).reason.endswith("1,000개 넘게 팔린 상품입니다(1개).")


def test_what_cannot_be_decided_so_is_left_out_with_the_reason() -> None:
    (usable, moved, alone, elsewhere), closed = some(4), removed(email="x@holder.example")
    rows = seen_now([usable, moved, closed, alone, elsewhere])
    other = asked([elsewhere])
    Listing.objects.filter(pk=alone.case.listing_id).update(sold_count=1001)
    held.submit(alone, ruling(DecisionKind.INTERIM_RESTRICTION), actor=SORA, now=NOW)
    decide(moved, DecisionKind.INTERIM_RESTRICTION, actor=JUNHO)
    for row in rows:
        row[0].refresh_from_db()
    outcome = batches.ask(rows, ruling(DecisionKind.DISMISSED), actor=MINA, now=NOW)
    assert outcome.batch is not None
    assert list(outcome.batch.rows.values_list("allegation", flat=True)) == [usable.pk]
    assert set(outcome.refused) == {moved.pk, closed.pk, alone.pk, elsewhere.pk}
    assert "먼저 ‘임시 판매제한’" in outcome.refused[moved.pk]
    assert outcome.refused[closed.pk] == "‘판매중지 확정’ 상태에서는 할 수 없는 결정입니다."
    assert outcome.refused[alone.pk] == "따로 낸 승인 요청이 기다리고 있습니다."
    assert outcome.refused[elsewhere.pk] == f"일괄 결정 {other}에서 승인을 기다리고 있습니다."


def test_nothing_usable_asks_for_nothing() -> None:
    closed = removed()
    before = counts()
    outcome = batches.ask(seen_now([closed]), ruling(DecisionKind.DISMISSED), actor=MINA, now=LATER)
    assert outcome.batch is None and set(outcome.refused) == {closed.pk}
    assert counts() == before and not Batch.objects.exists()


def test_a_ruling_that_cannot_stand_is_refused() -> None:
    chosen = some(2)
    with pytest.raises(DomainError, match="이유가 비어 있습니다"):
        batches.ask(seen_now(chosen), ruling(DecisionKind.DISMISSED, reasoning=" "), actor=MINA, now=NOW)
    assert not Batch.objects.exists() and not Approval.objects.exists()


def test_an_allegation_waits_in_one_batch_at_a_time() -> None:
    chosen = some(1)
    asked(chosen)
    with pytest.raises(IntegrityError), transaction.atomic():
        BatchRow.objects.create(batch=Batch.objects.create(asked_at=NOW), allegation=chosen[0], seen="received")


def test_next_case_leads_to_no_batch() -> None:
    asked(some(2))
    WorkItem.objects.filter(kind=WorkKind.REVIEW).update(done_at=NOW)
    assert queue.lease_next(make_lead(), now=NOW) is None


def test_counting_reports_leaves_the_number_of_a_batch() -> None:
    asked(some(2))
    queue.recount()
    assert WorkItem.objects.get(batch__isnull=False).report_count == 2


# -- decided ----------------------------------------------------------------------------------------------------------


def test_approved_each_is_decided_as_it_was_asked_and_names_the_approval() -> None:
    chosen = some(3)
    batch = asked(chosen, private_note=CANARY)
    approve(batch)
    assert not Decision.objects.exists() and not WorkItem.objects.open().filter(kind=WorkKind.HELD).exists()
    work_off(batch)
    made = Decision.objects.order_by("pk")
    assert [each.allegation for each in made] == chosen
    ref = str(approval_of(batch).pk)
    assert {(each.actor_ref, each.approval_ref, each.private_note) for each in made} == {(MINA.ref, ref, CANARY)}
    assert outcomes(batch) == ["decided"] * 3
    assert [row.decision for row in batch.rows.all()] == list(made)
    assert not WorkItem.objects.open().exists()


def test_who_asked_cannot_agree() -> None:
    batch = asked(some(2))
    with pytest.raises(DomainError, match="요청한 사람은"):
        approve(batch, actor=MINA)
    assert approval_of(batch).status == ApprovalStatus.REQUESTED and not Job.objects.exists()


def test_what_has_moved_is_told_and_the_rest_goes_on() -> None:
    first, moved, last = chosen = some(3)
    batch = asked(chosen)
    decide(moved, DecisionKind.INTERIM_RESTRICTION, actor=SORA)
    approve(batch)
    work_off(batch)
    assert outcomes(batch) == ["decided", "left", "decided"]
    assert "먼저 ‘임시 판매제한’(으)로 결정했습니다" in batch.rows.get(allegation=moved).text
    entry = JournalEntry.objects.get(verb="reports.batch_row.left")
    assert (entry.subject_type, entry.subject_ref) == ("reports.allegation", str(moved.pk))
    assert Allegation.objects.get(pk=moved.pk).status == AllegationStatus.RESTRICTED
    assert {each.allegation for each in Decision.objects.filter(kind="dismissed")} == {first, last}


def test_deciding_one_of_them_leaves_the_batch_in_the_queue() -> None:
    chosen = some(2)
    batch = asked(chosen)
    decide(chosen[0], DecisionKind.DISMISSED, actor=SORA)
    assert WorkItem.objects.open().filter(batch=batch).count() == 1


def test_many_are_cut_into_jobs_that_may_run_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "CHUNK", 2)
    batch = asked(some(5))
    approve(batch)
    found = Job.objects.filter(kind="reports.decide_batch").order_by("pk")
    assert [len(job.payload["rows"]) for job in found] == [2, 2, 1]
    work_off(batch)
    assert [job.result for job in found.all()] == [{"decided": 2}, {"decided": 2}, {"decided": 1}]
    for job in found:
        assert batches.decide_rows(job.payload) == {}
    assert Decision.objects.count() == 5


def test_an_unforeseen_problem_with_one_is_tried_again_and_keeps_no_other_back(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = some(3)
    batch = asked(chosen)
    approve(batch)
    real, broken = decisions.decide, {chosen[0].pk}

    def sometimes(allegation: Allegation, *arguments: Any, **options: Any) -> Decision:
        if allegation.pk in broken:
            raise RuntimeError("the disk is full")
        return real(allegation, *arguments, **options)

    monkeypatch.setattr(decisions, "decide", sometimes)
    work_off(batch)
    job = Job.objects.get(kind="reports.decide_batch")
    assert outcomes(batch) == ["waiting", "decided", "decided"]
    assert job.status == JobStatus.WAITING and "the disk is full" in job.last_error
    broken.clear()
    Job.objects.update(not_before=NOW - timedelta(seconds=1))
    jobs.run_job(job.pk)
    assert outcomes(batch) == ["decided"] * 3


def test_a_job_of_a_batch_that_is_not_approved_decides_nothing() -> None:
    batch = asked(some(2))
    rows = list(batch.rows.values_list("pk", flat=True))
    assert batches.decide_rows({"batch": batch.pk, "rows": rows}) == {}
    assert not Decision.objects.exists()


def test_a_clause_that_is_not_in_use_any_more_keeps_it_from_being_approved() -> None:
    batch = asked(some(2))
    Policy.objects.filter(code="counterfeit_sale").update(is_active=False)
    with pytest.raises(DomainError, match="쓰지 않는 정책 조항"):
        approve(batch)
    assert approval_of(batch).status == ApprovalStatus.REQUESTED and outcomes(batch) == ["waiting"] * 2


@pytest.mark.parametrize("deed", ["refuse", "withdraw"])
def test_refused_or_taken_back_nothing_is_decided_and_the_work_goes_on(deed: str) -> None:
    chosen = some(2)
    batch = asked(chosen)
    actor = MINA if deed == "withdraw" else JUNHO
    getattr(approvals, deed)(approval_of(batch), actor=actor, reason="근거가 모자랍니다.")
    assert outcomes(batch) == [BatchOutcome.DROPPED] * 2
    assert not Decision.objects.exists() and not Job.objects.exists()
    assert {item.kind for item in WorkItem.objects.open()} == {WorkKind.REVIEW}
    assert asked(chosen) != batch


def test_each_can_be_undone_within_its_own_twenty_seconds(clock: Any) -> None:
    chosen = some(2)
    batch = asked(chosen, DecisionKind.INTERIM_RESTRICTION)
    approve(batch)
    clock.shift(3600)
    work_off(batch)
    first, second = Decision.objects.order_by("pk")
    clock.shift(19)
    decisions.undo(first, actor=MINA, now=NOW + timedelta(seconds=3619))
    with pytest.raises(Conflict):
        decisions.undo(second, actor=MINA, now=NOW + timedelta(seconds=3620))
    statuses = [Allegation.objects.get(pk=each.pk).status for each in chosen]
    assert statuses == [AllegationStatus.UNDER_REVIEW, AllegationStatus.RESTRICTED]


# -- races ------------------------------------------------------------------------------------------------------------


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_who_approve_at_once_one_does_and_the_other_is_told() -> None:
    batch = asked(some(2))
    people = [Actor(USER, str(number), f"책임자 {number}") for number in range(11, 15)]
    results = together(*[lambda actor=actor: approve(batch, actor=actor) for actor in people])
    lost = [each for each in results if isinstance(each, Conflict)]
    assert len(lost) == 3 and all("먼저 결정했습니다(승인)" in str(each) for each in lost)
    assert Job.objects.filter(kind="reports.decide_batch").count() == 1
    work_off(batch)
    assert Decision.objects.count() == 2


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_who_ask_for_the_same_at_once_one_does() -> None:
    chosen = some(3)
    rows = seen_now(chosen)
    results = together(
        *[
            lambda order=order: batches.ask(rows[::order], ruling(DecisionKind.DISMISSED), actor=MINA, now=NOW)
            for order in (1, -1, 1, -1)
        ]
    )
    made = [each for each in results if isinstance(each, batches.Asked) and each.batch is not None]
    assert len(made) == 1
    assert not [each for each in results if not isinstance(each, batches.Asked | Conflict)]
    assert Batch.objects.count() == Approval.objects.count() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_job_that_runs_twice_at_once_and_a_moderator_decide_each_once() -> None:
    chosen = some(6)
    batch = asked(chosen)
    approve(batch)
    payload = Job.objects.get(kind="reports.decide_batch").payload
    together(
        *[lambda: batches.decide_rows(payload)] * 3,
        *[lambda each=each: decide(each, DecisionKind.INTERIM_RESTRICTION, actor=SORA) for each in chosen],
    )
    assert not batch.rows.waiting().exists()
    for row in batch.rows.all():
        made = Decision.objects.filter(allegation=row.allegation)
        assert made.filter(approval_ref=str(approval_of(batch).pk)).count() == (row.outcome == "decided")
        assert made.count() == 1
        assert (row.outcome == "left") == ("먼저 ‘임시 판매제한’" in row.text)
    made_count = JournalEntry.objects.filter(verb="reports.decision.made").count()
    assert made_count == Decision.objects.count() == 6


def test_restricted_ones_are_not_transferred_together() -> None:
    allegation = some(1)[0]
    restrict(allegation)
    allegation.refresh_from_db()
    outcome = batches.ask(seen_now([allegation]), ruling(DecisionKind.TRANSFERRED), actor=MINA, now=NOW)
    assert outcome.batch is None
