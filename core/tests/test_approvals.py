"""Two people, two reasons, one outcome: also where many decide at once."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from core import approvals
from core.actors import THE_SYSTEM, Actor
from core.choices import ApprovalStatus
from core.errors import Conflict, DomainError
from core.models import Approval, Holiday, JournalEntry
from core.rules import APPROVAL_STEPS
from core.tests.together import together

ASKS = Actor(kind="user", ref="1", label="김하나")
AGREES = Actor(kind="user", ref="2", label="이둘")
THIRD = Actor(kind="user", ref="3", label="박셋")
SUBJECT = ("sellers.sanction", "9")
DECISIONS = {"approve": ApprovalStatus.APPROVED, "refuse": ApprovalStatus.REFUSED, "withdraw": ApprovalStatus.WITHDRAWN}


def ask(**keywords: Any) -> Approval:
    given = {"subject": SUBJECT, "reason": "위조 서류", "actor": ASKS, "payload": {"days": 7}}
    return approvals.request("sellers.close_shop", **{**given, **keywords})


def decide(how: str, approval: Approval, **keywords: Any) -> Approval:
    actor = ASKS if how == "withdraw" else AGREES
    call = getattr(approvals, how)
    return call(approval, **{"actor": actor, "reason": "서류를 보았습니다", **keywords})


def journal_of(approval: Approval) -> list[str]:
    about = JournalEntry.objects.filter(subject_type="core.approval", subject_ref=str(approval.pk))
    return list(about.order_by("pk").values_list("verb", flat=True))


@pytest.mark.django_db
def test_request_says_what_is_asked_by_whom_and_why() -> None:
    approval = ask()
    assert (approval.action, approval.subject_type, approval.subject_ref) == ("sellers.close_shop", *SUBJECT)
    assert (approval.requested_by_kind, approval.requested_by_ref, approval.requested_by_label) == (
        "user",
        "1",
        "김하나",
    )
    assert (approval.reason, approval.payload, approval.status) == ("위조 서류", {"days": 7}, "requested")
    assert journal_of(approval) == ["core.approval.requested"]


@pytest.mark.django_db
def test_row_may_be_the_subject() -> None:
    holiday = Holiday.objects.create(date="2026-06-03", name="지방선거일", kind="election")
    approval = ask(subject=holiday)
    assert (approval.subject_type, approval.subject_ref) == ("core.holiday", str(holiday.pk))


@pytest.mark.django_db
@pytest.mark.parametrize("how", DECISIONS)
def test_decision_is_written_down_with_who_and_why(how: str) -> None:
    approval = decide(how, ask())
    approval.refresh_from_db()
    by = ASKS if how == "withdraw" else AGREES
    assert approval.status == DECISIONS[how]
    assert (approval.decided_by_kind, approval.decided_by_ref, approval.decided_by_label) == (by.kind, by.ref, by.label)
    assert approval.decision_reason == "서류를 보았습니다"
    assert approval.decided_at is not None
    assert journal_of(approval) == ["core.approval.requested", f"core.approval.{DECISIONS[how]}"]


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["approve", "refuse"])
def test_who_asked_cannot_decide(how: str) -> None:
    approval = ask()
    with pytest.raises(DomainError, match="자기 요청"):
        decide(how, approval, actor=ASKS)
    assert_still_open(approval)


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["approve", "refuse"])
def test_the_system_is_no_second_person(how: str) -> None:
    approval = ask()
    with pytest.raises(DomainError, match="두 사람"):
        decide(how, approval, actor=THE_SYSTEM)
    assert_still_open(approval)


@pytest.mark.django_db
def test_the_system_cannot_ask_so_that_one_person_would_decide_alone() -> None:
    with pytest.raises(DomainError, match="두 사람"):
        ask(actor=THE_SYSTEM)
    assert Approval.objects.count() == 0


@pytest.mark.django_db
def test_nobody_withdraws_the_request_of_another() -> None:
    approval = ask()
    with pytest.raises(DomainError, match="다른 사람의 요청"):
        approvals.withdraw(approval, actor=AGREES)
    assert_still_open(approval)


@pytest.mark.django_db
def test_request_without_a_reason_is_refused() -> None:
    with pytest.raises(DomainError, match="사유"):
        ask(reason=" ")
    assert Approval.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("how", DECISIONS)
def test_decision_without_a_reason_is_refused(how: str) -> None:
    approval = ask()
    with pytest.raises(DomainError, match="사유"):
        decide(how, approval, reason="")
    assert_still_open(approval)


@pytest.mark.django_db
def test_same_thing_is_asked_once_at_a_time() -> None:
    first = ask()
    with pytest.raises(Conflict, match="이미 대기"):
        ask(actor=THIRD)
    assert Approval.objects.count() == 1
    approvals.refuse(first, actor=AGREES, reason="부족합니다")
    assert ask().status == "requested"


@pytest.mark.django_db
@pytest.mark.parametrize("first", DECISIONS)
@pytest.mark.parametrize("second", DECISIONS)
def test_decided_one_stays_as_it_is(first: str, second: str) -> None:
    approval = decide(first, ask())
    who = "김하나" if first == "withdraw" else "이둘"
    keywords = {} if second == "withdraw" else {"actor": THIRD}
    with pytest.raises(Conflict, match=who):
        decide(second, approval, **keywords)
    approval.refresh_from_db()
    assert approval.status == DECISIONS[first]
    assert len(journal_of(approval)) == 2


@pytest.mark.parametrize("current", ApprovalStatus)
@pytest.mark.parametrize("following", ApprovalStatus)
def test_every_pair_of_statuses_is_allowed_or_refused(current: ApprovalStatus, following: ApprovalStatus) -> None:
    is_allowed = current == ApprovalStatus.REQUESTED and following != ApprovalStatus.REQUESTED
    assert (following in APPROVAL_STEPS[current]) is is_allowed


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["approved", "refused"])
def test_database_holds_the_second_person_too(status: str) -> None:
    approval = ask()
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.filter(pk=approval.pk).update(
            status=status, decided_by_kind="user", decided_by_ref="1", decided_at=timezone.now()
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.filter(pk=approval.pk).update(status=status)
    assert_still_open(approval)


@pytest.mark.django_db
def test_approval_and_its_deed_fall_together() -> None:
    approval = ask()

    def approve_and_fail() -> None:
        with transaction.atomic():
            approvals.approve(approval, actor=AGREES, reason="서류를 보았습니다")
            raise RuntimeError("the deed failed")

    with pytest.raises(RuntimeError):
        approve_and_fail()
    assert_still_open(approval)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_eight_who_decide_at_once_one_does_and_seven_are_told_who() -> None:
    approval = ask()
    people = [Actor(kind="user", ref=str(number), label=f"담당자 {number}") for number in range(10, 18)]

    def deciding(person: Actor) -> Any:
        how = approvals.approve if int(person.ref) % 2 else approvals.refuse
        return lambda: how(Approval.objects.get(pk=approval.pk), actor=person, reason="서류를 보았습니다")

    results = together(*[deciding(person) for person in people])
    approval.refresh_from_db()
    assert len([result for result in results if isinstance(result, Approval)]) == 1
    told = [result for result in results if isinstance(result, Conflict)]
    assert len(told) == 7
    assert all(approval.decided_by_label in str(problem) for problem in told)
    assert journal_of(approval) == ["core.approval.requested", f"core.approval.{approval.status}"]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_four_who_ask_for_the_same_at_once_one_does() -> None:
    people = [Actor(kind="user", ref=str(number), label=f"담당자 {number}") for number in range(10, 14)]
    results = together(*[lambda person=person: ask(actor=person) for person in people])
    assert len([result for result in results if isinstance(result, Approval)]) == 1
    assert len([result for result in results if isinstance(result, Conflict)]) == 3


def assert_still_open(approval: Approval) -> None:
    approval.refresh_from_db()
    assert (approval.status, approval.decided_at, approval.decided_by_ref) == ("requested", None, "")
    assert journal_of(approval) == ["core.approval.requested"]
