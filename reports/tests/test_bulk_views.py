"""Many decided by one ruling: asked with the count, each by itself or all as one batch, each row's outcome told."""

from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from core.models import Approval
from reports.choices import AllegationStatus, DecisionKind
from reports.models import Allegation, Batch, Decision, Policy, WorkItem
from reports.services import batches
from reports.tests.batches import asked, some
from reports.tests.desk import counts, make_decider, said, signed_in
from reports.tests.factories import CANARY, JUNHO, make_staff
from reports.tests.world import LATER, REASONING, decide, removed

pytestmark = pytest.mark.django_db
BULK = "/admin/cases/bulk/"


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(LATER, tick=False) as traveller:
        yield traveller


@pytest.fixture
def moderator() -> User:
    return make_decider("mina@jikimi.example", "reports.view_allegation", "reports.view_workitem")


@pytest.fixture
def client(moderator: User) -> Client:
    return signed_in(moderator)


def seen(allegations: list[Allegation]) -> str:
    return ",".join(f"{each.pk}:{each.status}" for each in allegations)


def form(allegations: list[Allegation], name: str = "dismissed.not_infringing", **changes: Any) -> dict[str, Any]:
    policy = Policy.objects.get(code="counterfeit_sale").pk
    usual = {"rows": seen(allegations), "answer": name, "policy": policy, "reasoning": REASONING, "private_note": ""}
    return usual | changes


def outcomes(response: Any) -> list[str]:
    return [row.outcome for row in response.context["rows"]]


@pytest.mark.parametrize("model", ["allegation", "workitem"])
def test_an_action_of_the_list_asks_with_the_count_before_anything_is_done(client: Client, model: str) -> None:
    chosen = some(3)
    keys = (
        [each.pk for each in chosen] if model == "allegation" else list(WorkItem.objects.values_list("pk", flat=True))
    )
    before = counts()
    page = client.post(reverse(f"admin:reports_{model}_changelist"), {"action": "decide", "_selected_action": keys})
    text = page.content.decode()
    assert "주장 3건, 상품 3개, 판매자 3명" in text and "3건을 함께 결정하기" in text
    assert "기각 · 침해 아님 (3건)" in text
    assert counts() == before


def test_action_is_not_offered_to_who_may_not_decide(client: Client) -> None:
    reader = signed_in(make_staff("", "reports.view_allegation"))
    chosen = some(1)
    before = counts()
    reader.post(
        reverse("admin:reports_allegation_changelist"), {"action": "decide", "_selected_action": [chosen[0].pk]}
    )
    assert reader.post(BULK, form(chosen)).status_code == 403
    assert Client().post(BULK, form(chosen)).status_code == 302
    assert counts() == before


def test_each_is_decided_by_itself_and_a_refused_one_harms_no_other(client: Client) -> None:
    first, moved, last = chosen = some(3)
    sent = form(chosen, private_note=CANARY)
    decide(moved, DecisionKind.INTERIM_RESTRICTION, actor=JUNHO, now=LATER)
    page = client.post(BULK, sent)
    assert outcomes(page) == ["decided", "refused", "decided"]
    assert "먼저 ‘임시 판매제한’(으)로 결정했습니다" in page.context["rows"][1].text
    assert "결정 2건" in page.content.decode() and "안 됨 1건" in page.content.decode()
    statuses = [Allegation.objects.get(pk=each.pk).status for each in chosen]
    assert statuses == [AllegationStatus.DISMISSED, AllegationStatus.RESTRICTED, AllegationStatus.DISMISSED]
    notes = Decision.objects.filter(allegation__in=[first, last]).values_list("private_note", flat=True)
    assert set(notes) == {CANARY}


def test_what_the_status_does_not_allow_is_refused_with_the_reason(client: Client) -> None:
    closed = removed(email="x@holder.example")
    chosen = [closed, *some(1)]
    before = closed.decisions.count()
    page = client.post(BULK, form(chosen))
    assert outcomes(page) == ["refused", "decided"]
    assert page.context["rows"][0].text == "‘판매중지 확정’ 상태에서는 할 수 없는 결정입니다."
    assert closed.decisions.count() == before


def test_more_than_the_limit_wait_as_one_for_a_second_person(client: Client) -> None:
    chosen = some(51)
    keys = [each.pk for each in chosen]
    asking = client.post(reverse("admin:reports_allegation_changelist"), {"action": "decide", "_selected_action": keys})
    assert "전체가 한 번의 승인으로 두 번째 사람을 기다립니다" in asking.content.decode()
    assert "51건의 승인 요청하기" in asking.content.decode()
    page = client.post(BULK, form(chosen))
    assert outcomes(page) == ["waiting"] * 51
    assert "상품 51개의 주장 51건을 한 번에 결정합니다." in Approval.objects.get().reason
    assert f"일괄 결정 {Batch.objects.get()}" in page.content.decode()
    assert Decision.objects.count() == 0


@pytest.fixture
def two_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "most_alone", lambda: 2)


def test_what_cannot_wait_with_the_others_is_named_with_the_reason(client: Client, two_at_most: None) -> None:
    chosen = some(4)
    sent = form(chosen)
    decide(chosen[1], DecisionKind.INTERIM_RESTRICTION, actor=JUNHO, now=LATER)
    page = client.post(BULK, sent)
    assert outcomes(page) == ["waiting", "refused", "waiting", "waiting"]
    assert "먼저 ‘임시 판매제한’(으)로 결정했습니다" in page.context["rows"][1].text


def test_a_batch_sent_twice_waits_once(client: Client, two_at_most: None) -> None:
    sent = form(some(3))
    client.post(BULK, sent)
    again = client.post(BULK, sent)
    assert outcomes(again) == ["before"] * 3
    assert Approval.objects.count() == Batch.objects.count() == 1
    other = signed_in(make_decider("junho@jikimi.example", name="박준호"))
    assert outcomes(other.post(BULK, sent)) == ["refused"] * 3


def test_a_choice_without_anything_to_decide_is_said(client: Client) -> None:
    asked(some(2))
    item = WorkItem.objects.get(batch__isnull=False)
    response = client.post(
        reverse("admin:reports_workitem_changelist"), {"action": "decide", "_selected_action": [item.pk]}
    )
    assert "고르신 것에 결정할 주장이 없습니다" in said(response)[0]


def test_sent_twice_it_is_done_once(client: Client) -> None:
    sent = form(some(2))
    client.post(BULK, sent)
    again = client.post(BULK, sent)
    assert outcomes(again) == ["before", "before"]
    assert Decision.objects.count() == 2


def test_what_is_missing_is_asked_for_with_everything_that_was_typed(client: Client) -> None:
    chosen = some(2)
    before = counts()
    page = client.post(BULK, form(chosen, "", reasoning="", private_note="적어 둔 메모"))
    text = page.content.decode()
    assert page.status_code == 422
    assert "결정을 고르지 않았습니다" in text and "결정 이유가 비어 있습니다" in text and "적어 둔 메모" in text
    assert "주장 2건" in text
    assert counts() == before


@pytest.mark.parametrize("rows", ["", "x:y", "1", "999999:received", "1:no-such-status", "-1:received"])
def test_rows_that_are_none_decide_nothing(client: Client, rows: str) -> None:
    response = client.post(BULK, form([], rows=rows))
    assert "고른 주장이 없습니다" in said(response)[0]
    assert Decision.objects.count() == 0


def test_undoing_cannot_be_sent_as_an_answer(client: Client) -> None:
    page = client.post(BULK, form(some(1), "undone"))
    assert page.status_code == 422 and Decision.objects.count() == 0
