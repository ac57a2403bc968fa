"""The page on which a second person agrees to a batch, or does not, and on which its results stand."""

from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from core.actors import USER, Actor
from core.models import Approval, Job
from listings.models import Listing
from listings.tests.factories import make_version
from reports.choices import AllegationStatus, DecisionKind
from reports.models import Allegation, Batch, Decision
from reports.services import batches
from reports.tests.batches import approval_of, asked, outcomes, some, work_off
from reports.tests.desk import counts, door, make_decider, make_lead, page_of, said, signed_in
from reports.tests.factories import CANARY, make_staff
from reports.tests.world import LATER, REASONING, SORA, decide

pytestmark = pytest.mark.django_db
#: Nobody who signs in here.
ANOTHER = Actor(kind=USER, ref="987654", label="요청한 사람")


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(LATER, tick=False) as traveller:
        yield traveller


@pytest.fixture
def asker() -> User:
    return make_decider("mina@jikimi.example")


@pytest.fixture
def lead() -> Client:
    return signed_in(make_lead())


def by(user: User) -> Actor:
    return Actor(kind=USER, ref=str(user.pk), label=str(user))


def url(batch: Batch) -> str:
    return reverse("admin:reports_batch_change", args=[batch.pk])


def text_of(client: Client, address: str, **query: Any) -> str:
    response = client.get(address, query)
    assert response.status_code == 200
    return response.content.decode()


def second(client: Client, batch: Batch, deed: str, reason: str = "") -> Any:
    return client.post(reverse("admin:batch_second_person", args=[batch.pk]), {"deed": deed, "reason": reason})


def test_the_page_shows_all_that_is_asked_and_the_letters_of_an_example(asker: User, lead: Client) -> None:
    chosen = some(3)
    batch = asked(chosen, DecisionKind.INTERIM_RESTRICTION, actor=by(asker), now=LATER, private_note=CANARY)
    page = text_of(lead, url(batch))
    assert "상품 3개, 주장 3건, 판매자 3명, 브랜드 0개" in page
    assert all(each.case.number in page for each in chosen)
    assert all(each.case.listing.seller.shop_name in page for each in chosen)
    assert REASONING in page and CANARY in page and "김미나" in page
    assert "상품의 판매를 임시로 제한합니다." in page and "판매자에게 3건 알립니다." in page
    assert "신고인에게 3건 알립니다." in page
    assert "통지 · 판매자 (한국어)" in page and "3건 모두 승인하기" in page
    letters = lead.get(url(batch)).context["happens"].letters
    assert all(CANARY not in str(view.letter) for view in letters)


def test_another_example_can_be_chosen(lead: Client) -> None:
    chosen = some(2)
    batch = asked(chosen, actor=ANOTHER)
    last = batch.rows.get(allegation=chosen[1])
    assert lead.get(url(batch)).context["example"].allegation == chosen[0]
    assert lead.get(url(batch), {"example": last.pk}).context["example"].allegation == chosen[1]
    assert lead.get(url(batch), {"example": "\0x"}).context["example"].allegation == chosen[0]


def test_who_has_no_address_is_counted_apart(lead: Client) -> None:
    chosen = some(2)
    batch = asked(chosen, DecisionKind.INTERIM_RESTRICTION, actor=ANOTHER)
    seller = chosen[0].case.listing.seller
    type(seller).objects.filter(pk=seller.pk).update(email="")
    page = text_of(lead, url(batch))
    assert "판매자에게 1건 알립니다." in page and "판매자 연락처가 없는 1건은 알리지 못합니다." in page


def test_what_has_moved_or_changed_meanwhile_stands_out(lead: Client, clock: Any) -> None:
    moved, changed, still = chosen = some(3)
    batch = asked(chosen, actor=ANOTHER, now=LATER)
    clock.shift(60)
    decide(moved, DecisionKind.INTERIM_RESTRICTION, actor=SORA, now=LATER)
    listing = Listing.objects.get(pk=changed.case.listing_id)
    make_version(listing, "바뀐 제목")
    response = lead.get(url(batch))
    views = {view.allegation.pk: view for view in response.context["rows"]}
    assert [views[each.pk].has_moved for each in chosen] == [True, False, False]
    assert [views[each.pk].is_changed for each in chosen] == [False, True, False]
    text = response.content.decode()
    assert "요청한 뒤 1건의 상태가 바뀌었습니다" in text and "1건의 상품 내용이 바뀌었습니다" in text
    assert response.context["example"].allegation in (changed, still)


def test_one_press_agrees_to_all_and_the_results_stand_on_the_page(asker: User, lead: Client) -> None:
    chosen = some(3)
    batch = asked(chosen, actor=by(asker), now=LATER)
    decide(chosen[2], DecisionKind.INTERIM_RESTRICTION, actor=SORA, now=LATER)
    assert "승인했습니다" in said(second(lead, batch, "approve"))[0]
    assert "처리 중 3건" in text_of(lead, url(batch))
    work_off(batch)
    page = text_of(lead, url(batch))
    assert "결정 2건" in page and "결정하지 못함 1건" in page and "먼저 ‘임시 판매제한’" in page
    assert "요청한 내용을 모두 보고 동의합니다." in page and "모두 승인하기" not in page
    assert {each.actor_ref for each in Decision.objects.filter(kind="dismissed")} == {str(asker.pk)}


def test_each_result_can_be_undone_from_the_page_while_there_is_time(asker: User, lead: Client, clock: Any) -> None:
    batch = asked(some(1), DecisionKind.INTERIM_RESTRICTION, actor=by(asker), now=LATER)
    second(lead, batch, "approve")
    work_off(batch)
    decision = Decision.objects.get()
    address = door("case_undo", decision.allegation, decision.pk)
    assert address in text_of(signed_in(asker), url(batch)) and address in text_of(lead, url(batch))
    stranger = signed_in(make_decider("junho@jikimi.example", name="박준호"))
    assert address not in text_of(stranger, url(batch))
    signed_in(asker).post(address)
    assert Decision.objects.filter(kind=DecisionKind.UNDONE, corrects=decision).exists()
    page = text_of(lead, url(batch))
    assert "되돌림" in page and address not in page


def test_undoing_ends_after_twenty_seconds(asker: User, clock: Any) -> None:
    batch = asked(some(1), DecisionKind.INTERIM_RESTRICTION, actor=by(asker), now=LATER)
    second(signed_in(make_lead()), batch, "approve")
    work_off(batch)
    clock.shift(20)
    assert "되돌리기" not in text_of(signed_in(asker), url(batch))


def test_refusing_asks_for_a_reason(lead: Client) -> None:
    batch = asked(some(2), actor=ANOTHER)
    assert "사유가 비어 있습니다" in said(second(lead, batch, "refuse"))[0]
    assert outcomes(batch) == ["waiting"] * 2
    assert "거부했습니다" in said(second(lead, batch, "refuse", "근거가 모자랍니다."))[-1]
    assert outcomes(batch) == ["dropped"] * 2 and not Decision.objects.exists()
    assert "근거가 모자랍니다." in text_of(lead, url(batch))


def test_who_asked_takes_it_back_and_cannot_agree_even_as_a_lead() -> None:
    user = make_lead("asker@jikimi.example")
    client = signed_in(user)
    batch = asked(some(2), actor=by(user))
    page = text_of(client, url(batch))
    assert "요청 거두기" in page and "모두 승인하기" not in page
    before = counts()
    assert "요청한 사람은 자기 요청을 결정할 수 없습니다" in said(second(client, batch, "approve"))[0]
    assert counts() == before
    second(client, batch, "withdraw")
    assert approval_of(batch).status == "withdrawn" and outcomes(batch) == ["dropped"] * 2


def test_somebody_else_cannot_take_it_back_nor_agree_without_the_right(asker: User, lead: Client) -> None:
    batch = asked(some(2), actor=by(asker))
    before = counts()
    other = signed_in(make_decider("junho@jikimi.example", name="박준호"))
    assert "다른 사람의 요청입니다" in said(second(other, batch, "withdraw"))[0]
    assert second(other, batch, "approve").status_code == 403
    assert second(signed_in(make_staff("", "reports.view_case")), batch, "approve").status_code == 403
    assert signed_in(make_staff("x@jikimi.example")).get(url(batch)).status_code == 403
    assert "없는 버튼입니다" in said(second(lead, batch, "explode"))[0]
    assert counts() == before and outcomes(batch) == ["waiting"] * 2


def test_the_second_to_agree_is_told_of_the_first(lead: Client) -> None:
    batch = asked(some(2), actor=ANOTHER)
    second(lead, batch, "approve")
    other = signed_in(make_lead("lead2@jikimi.example", name="정책임"))
    assert "이소라 님이 먼저 결정했습니다(승인)" in said(second(other, batch, "approve"))[0]
    assert Job.objects.filter(kind="reports.decide_batch").count() == 1


def test_a_batch_whose_job_was_given_up_says_so(lead: Client) -> None:
    batch = asked(some(2), actor=ANOTHER)
    second(lead, batch, "approve")
    Job.objects.filter(key__startswith=batches.job_keys(batch)).update(status="given_up")
    assert "거듭 실패해 멈추었습니다" in text_of(lead, url(batch))


def test_the_queue_shows_one_line_and_the_case_page_says_where_it_waits(asker: User, lead: Client) -> None:
    chosen = some(3)
    batch = asked(chosen, actor=by(asker))
    response = lead.get(reverse("admin:queue"), {"kind": "held"})
    (line,) = response.context["lines"]
    assert (line.url, line.name, line.title) == (url(batch), str(batch), "주장 3건을 함께 결정")
    assert url(batch) in response.content.decode() and "기각 · 침해 아님" in response.content.decode()
    for allegation in chosen:
        page = text_of(lead, page_of(allegation))
        assert url(batch) in page and "data-answer-form" in page
    reader = signed_in(make_staff("", "core.view_approval"))
    assert url(batch) in text_of(reader, reverse("admin:core_approval_change", args=[Approval.objects.get().pk]))


def test_there_is_no_page_of_what_is_not_there(lead: Client) -> None:
    assert lead.get("/admin/batches/999/").status_code == 404
    assert lead.post("/admin/batches/999/second/", {"deed": "approve"}).status_code == 404


@pytest.mark.parametrize("number", [2, 12])
def test_queries_do_not_grow_with_the_rows(lead: Client, number: int) -> None:
    batch = asked(some(number), DecisionKind.INTERIM_RESTRICTION, actor=ANOTHER)
    assert queries(lead, url(batch)) <= 20
    second(lead, batch, "approve")
    work_off(batch)
    assert Allegation.objects.filter(status=AllegationStatus.RESTRICTED).count() == number
    assert queries(lead, url(batch)) <= 20


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return len(captured)
