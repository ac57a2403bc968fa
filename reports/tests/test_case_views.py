"""Answers given on the case page: what each does, who may, who was first, and what a refused form keeps."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.tests.factories import make_user
from core.actors import USER, Actor
from core.choices import ApprovalStatus
from core.models import Approval, Effect
from listings.models import Listing
from reports.choices import AllegationStatus, AppealStatus, DecisionKind, EffectKind, Party, WorkKind
from reports.models import Allegation, Appeal, Decision, Inquiry, Skip, WorkItem
from reports.services import appeals, queue
from reports.tests.desk import answer, counts, door, make_decider, make_lead, page_of, said, signed_in
from reports.tests.factories import CANARY, JUNHO, make_match_brand, make_staff
from reports.tests.world import LATER, REASONING, THE_SELLER, alleged, complaint, decide, explained, removed

pytestmark = pytest.mark.django_db
UPHELD = "upheld.counterfeit_confirmed"


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(LATER, tick=False) as traveller:
        yield traveller


@pytest.fixture
def moderator() -> User:
    """Nobody whom the world's rows name: its people are written as 1, 2 and 3."""
    for _ in range(3):
        make_user()
    return make_decider()


@pytest.fixture
def client(moderator: User) -> Client:
    return signed_in(moderator)


def by(user: User) -> Actor:
    return Actor(kind=USER, ref=str(user.pk), label=str(user))


def newest(allegation: Allegation) -> Decision:
    return allegation.decisions.order_by("-id")[0]


def state(allegation: Allegation) -> str:
    return Allegation.objects.get(pk=allegation.pk).status


def sells_much(allegation: Allegation) -> Allegation:
    """What is decided about it waits for a second person."""
    Listing.objects.filter(pk=allegation.case.listing_id).update(sold_count=5_000)
    return allegation


def decided(client: Client, allegation: Allegation, name: str, **changes: Any) -> Any:
    return client.post(door("case_decide", allegation), answer(allegation, name, **changes))


# -- who may ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["case_decide", "case_preview", "case_ask", "case_skip", "case_take", "case_release"])
def test_who_may_not_decide_changes_nothing(name: str) -> None:
    allegation = alleged(complaint())
    form = answer(allegation, "interim_restriction", question="?", reason="?")
    before = counts()
    assert signed_in(make_staff("", "reports.view_case")).post(door(name, allegation), form).status_code == 403
    assert Client().post(door(name, allegation), form).status_code == 302
    assert counts() == before and state(allegation) == AllegationStatus.RECEIVED


@pytest.mark.parametrize("name", ["case_decide", "case_ask", "case_skip", "case_take", "case_keep"])
def test_a_deed_is_never_done_by_a_link(client: Client, name: str) -> None:
    assert client.get(door(name, alleged(complaint()))).status_code == 405


# -- deciding ---------------------------------------------------------------------------------------------------------


def test_decision_is_made_as_it_was_filled_in_and_the_next_case_comes(client: Client, moderator: User) -> None:
    allegation, following = explained(), alleged(complaint(email="n@holder.example"))
    response = decided(
        client,
        allegation,
        UPHELD,
        reasoning="로고가 다릅니다.",
        private_note=CANARY,
        effects=["seller.strike", "seller.suspend"],
    )
    decision = newest(allegation)
    assert (decision.kind, decision.finding, decision.reasoning) == (
        DecisionKind.UPHELD,
        "counterfeit_confirmed",
        "로고가 다릅니다.",
    )
    assert decision.effects == ["listing.remove", "seller.strike", "seller.suspend"]
    assert (decision.private_note, decision.actor_ref) == (CANARY, str(moderator.pk))
    assert response["Location"] == f"{page_of(following)}?allegation={following.pk}&done={decision.pk}".replace(
        f"allegation={following.pk}&", ""
    )
    following.case.refresh_from_db()
    assert following.case.leased_by == moderator
    page = client.get(response["Location"]).content.decode()
    assert "판매중지 확정으로 결정했습니다" in page and "되돌리기" in page


def test_the_next_allegation_of_the_same_case_comes_before_another_case() -> None:
    client = signed_in(make_decider("korea@jikimi.example", "reports.work_korea"))
    first = alleged(complaint(brand=make_match_brand()))
    second = alleged(complaint(first.case.listing, brand=make_match_brand("미르나"), email="b@holder.example"))
    complaint(email="c@holder.example")
    response = decided(client, first, "dismissed.not_infringing")
    assert response["Location"].startswith(f"{page_of(first)}?allegation={second.pk}&done=")


def test_key_decides_with_the_default_clause_and_the_offered_reasons(client: Client) -> None:
    allegation = alleged(complaint(brand=make_match_brand()))
    form = answer(allegation, "interim_restriction", reasoning="", policy="", private_note="메모")
    client.post(door("case_decide", allegation), form | {"quick": "dismissed.not_infringing"})
    decision = newest(allegation)
    assert (decision.kind, decision.policy.code, decision.private_note) == (
        DecisionKind.DISMISSED,
        "counterfeit_sale",
        "메모",
    )
    assert decision.reasoning.endswith("이에 신고를 받아들이지 않습니다.")


def test_keys_stand_on_the_answers_that_go_against_the_listing_and_let_it_be(client: Client) -> None:
    def keys(allegation: Allegation) -> dict[str, str]:
        offered = client.get(page_of(allegation)).context["answers"]
        return {each.code: each.name for each in offered if each.code}

    assert keys(alleged(complaint())) == {"KeyC": "interim_restriction", "KeyX": "dismissed.not_infringing"}
    assert keys(explained(email="b@holder.example")) == {"KeyC": UPHELD, "KeyX": "reinstated.not_infringing"}


def test_only_what_the_status_allows_is_offered_and_taken(client: Client) -> None:
    allegation = explained()
    offered = {each.kind for each in client.get(page_of(allegation)).context["answers"]}
    assert offered == {DecisionKind.UPHELD, DecisionKind.REINSTATED, DecisionKind.WITHDRAWN}
    before = counts()
    response = decided(client, allegation, "dismissed.not_infringing")
    assert response.status_code == 302 and len(said(response)) == 1
    assert counts() == before


# -- a refused form ---------------------------------------------------------------------------------------------------


def test_form_without_reasons_is_shown_again_with_everything_that_was_typed(client: Client) -> None:
    allegation = explained()
    before = counts()
    response = decided(client, allegation, UPHELD, reasoning=" ", private_note="적어 둔 메모", effects=["payout.hold"])
    page = response.content.decode()
    assert response.status_code == 422
    assert "결정 이유가 비어 있습니다" in page and "적어 둔 메모" in page
    assert 'value="payout.hold" id="id_effects_2" checked' in page or 'value="payout.hold"' in page
    assert response.context["form"]["effects"].value() == ["payout.hold"]
    assert counts() == before


def test_due_penalty_is_left_out_with_a_reason_and_a_second_person_alone(client: Client) -> None:
    allegation = explained()
    refused = decided(client, allegation, UPHELD, effects=["fingerprint.keep"])
    assert refused.status_code == 422 and "정해진 제재를 빼는 사유가 비어 있습니다" in refused.content.decode()
    decided(client, allegation, UPHELD, effects=["fingerprint.keep"], left_out="같은 날의 다른 결정에서 주었습니다.")
    approval = Approval.objects.get()
    assert approval.payload["left_out"] == "같은 날의 다른 결정에서 주었습니다."
    assert state(allegation) == AllegationStatus.EXPLANATION_REVIEW


def test_reasons_in_the_sellers_language_are_kept_where_it_is_another(client: Client) -> None:
    allegation = explained()
    seller = allegation.case.listing.seller
    seller.language = "zh-hans"
    seller.save()
    assert "같은 이유, 중국어(간체)로" in client.get(page_of(allegation)).content.decode()
    offered = client.get(page_of(allegation)).context["form"].initial
    stale = decided(client, allegation, UPHELD, translation=offered["translation"])
    assert stale.status_code == 422 and "번역이 한국어 이유와 다릅니다" in stale.content.decode()
    decided(client, allegation, UPHELD, translation="确认为假货。")
    assert newest(allegation).translations == {"zh-hans": "确认为假货。"}


def test_reasons_that_are_sent_as_offered_go_to_each_party_in_its_language(client: Client) -> None:
    allegation = explained(language="en")
    seller = allegation.case.listing.seller
    seller.language = "zh-hans"
    seller.save()
    offered = client.get(page_of(allegation)).context["form"].initial
    decided(client, allegation, UPHELD, reasoning=offered["reasoning"], translation=offered["translation"])
    decision = newest(allegation)
    assert set(decision.translations) == {"en", "zh-hans"}
    assert decision.translations["zh-hans"] == offered["translation"] != ""


# -- who was first ----------------------------------------------------------------------------------------------------


def test_loser_is_told_who_decided_and_what(client: Client) -> None:
    allegation = explained()
    form = answer(allegation, UPHELD)
    decided(signed_in(make_decider("junho@jikimi.example", name="박준호")), allegation, "reinstated.not_infringing")
    before = counts()
    response = client.post(door("case_decide", allegation), form)
    assert response["Location"] == f"{page_of(allegation)}?allegation={allegation.pk}"
    assert said(response) == [
        "결정하지 않았습니다. 박준호 님이 먼저 ‘판매 재개’(으)로 결정했습니다. 지금 상태는 ‘판매 재개’입니다. "
        "사건 화면에서 지금 상태를 확인해 주세요."
    ]
    assert counts() == before


def test_second_click_of_one_person_is_answered_like_the_first(client: Client, moderator: User) -> None:
    allegation, following = explained(), alleged(complaint(email="n@holder.example"))
    form = answer(allegation, UPHELD)
    first = client.post(door("case_decide", allegation), form)
    before = Decision.objects.count()
    second = client.post(door("case_decide", allegation), form)
    assert (second["Location"], said(second)) == (first["Location"], [])
    assert Decision.objects.count() == before
    following.case.refresh_from_db()
    assert following.case.leased_by == moderator


def test_second_click_that_asked_for_a_second_person_is_answered_like_the_first(client: Client) -> None:
    allegation = sells_much(explained())
    form = answer(allegation, UPHELD)
    client.post(door("case_decide", allegation), form)
    again = client.post(door("case_decide", allegation), form)
    assert again.status_code == 302 and Approval.objects.count() == 1


def test_another_tab_of_one_person_with_another_answer_is_told_what_was_decided(client: Client) -> None:
    allegation = explained()
    form = answer(allegation, "reinstated.not_infringing")
    decided(client, allegation, UPHELD)
    response = client.post(door("case_decide", allegation), form)
    assert "김미나 님이 먼저 ‘판매중지 확정’" in said(response)[-1]
    assert newest(allegation).kind == DecisionKind.UPHELD


# -- taking back ------------------------------------------------------------------------------------------------------


def test_decision_is_undone_within_the_seconds_and_the_case_comes_back(
    client: Client, moderator: User, clock: Any
) -> None:
    allegation = explained()
    decided(client, allegation, UPHELD)
    decision = newest(allegation)
    response = client.post(door("case_undo", allegation, decision.pk), follow=True)
    assert "결정을 되돌렸습니다. 다시 결정해 주세요." in response.content.decode()
    assert state(allegation) == AllegationStatus.EXPLANATION_REVIEW
    assert response.context["is_mine"] is True


def test_undoing_too_late_or_what_is_not_ones_own_is_refused(client: Client, clock: Any) -> None:
    allegation = explained()
    decided(client, allegation, UPHELD)
    decision = newest(allegation)
    stranger = signed_in(make_decider("junho@jikimi.example", name="박준호"))
    assert "김미나 담당자가 내린 결정입니다" in said(stranger.post(door("case_undo", allegation, decision.pk)))[0]
    clock.move_to(LATER + timedelta(seconds=21))
    assert "20초가 지났습니다" in said(client.post(door("case_undo", allegation, decision.pk)))[0]
    assert state(allegation) == AllegationStatus.UPHELD


def test_undo_bar_is_shown_to_who_may_undo_while_there_is_time(client: Client, clock: Any) -> None:
    allegation, other = explained(), alleged(complaint(email="n@holder.example"))
    decided(client, allegation, UPHELD)
    query = {"done": newest(allegation).pk}
    assert client.get(page_of(other), query).context["undo"]["seconds"] == 20
    stranger = signed_in(make_decider("junho@jikimi.example", name="박준호"))
    assert stranger.get(page_of(other), query).context["undo"] is None
    clock.move_to(LATER + timedelta(seconds=21))
    assert client.get(page_of(other), query).context["undo"] is None


# -- what would happen ------------------------------------------------------------------------------------------------


def preview(client: Client, allegation: Allegation, name: str, **changes: Any) -> str:
    form = answer(allegation, name, **changes)
    response = client.post(door("case_preview", allegation), form, headers={"X-Fragment": "1"})
    assert response.status_code == 200
    return response.content.decode()


def test_preview_says_what_happens_and_writes_nothing(client: Client) -> None:
    allegation = explained()
    before = counts()
    page = preview(client, allegation, UPHELD, private_note=CANARY, reasoning="로고가 다릅니다.")
    assert counts() == before
    assert "상품의 판매를 중지합니다." in page and "판매자에게 벌점을 요청합니다." in page
    assert "신고인 1명에게 알립니다." in page and "20초 뒤에 나가며" in page
    assert "로고가 다릅니다." in page and CANARY not in page


def test_preview_says_why_a_second_person_is_asked(client: Client) -> None:
    page = preview(client, sells_much(explained()), UPHELD)
    assert "두 번째 사람의 승인을 기다립니다. 1,000개 넘게 팔린 상품입니다." in page


def test_preview_says_what_is_missing_and_that_the_matter_has_moved(client: Client) -> None:
    allegation = explained()
    assert "결정 이유가 비어 있습니다" in preview(client, allegation, UPHELD, reasoning="")
    decide(allegation, DecisionKind.UPHELD, actor=JUNHO, now=LATER)
    assert "그사이 이 주장의 상태가 바뀌었습니다" in preview(client, allegation, UPHELD)


def test_preview_of_a_listing_that_another_decision_holds_says_so(client: Client) -> None:
    allegation = explained(brand=make_match_brand())
    other = alleged(complaint(allegation.case.listing, brand=make_match_brand("미르나"), email="b@holder.example"))
    decide(other, DecisionKind.INTERIM_RESTRICTION, now=LATER)
    page = preview(client, allegation, "reinstated.not_infringing")
    assert "다른 결정이 이 상품을 붙들고 있어" in page and "상품의 판매를 재개합니다" not in page


# -- the second person ------------------------------------------------------------------------------------------------


def held(client: Client) -> tuple[Allegation, Approval]:
    allegation = sells_much(explained())
    decided(client, allegation, UPHELD)
    return allegation, Approval.objects.get()


def second(client: Client, allegation: Allegation, approval: Approval, deed: str, reason: str = "동의합니다.") -> Any:
    form = {"deed": deed, "reason": reason}
    return client.post(door("case_second_person", allegation, approval.pk), form)


def test_decision_of_high_impact_waits_and_is_made_when_somebody_else_agrees(client: Client, moderator: User) -> None:
    allegation, approval = held(client)
    assert state(allegation) == AllegationStatus.EXPLANATION_REVIEW
    assert not allegation.decisions.filter(kind=DecisionKind.UPHELD).exists()
    lead = signed_in(make_lead())
    page = lead.get(page_of(allegation)).content.decode()
    assert "두 번째 사람의 승인을 기다립니다" in page and REASONING in page and "승인하기" in page
    assert "승인했습니다" in said(second(lead, allegation, approval, "approve"))[0]
    decision = newest(allegation)
    assert (decision.kind, decision.actor_ref) == (DecisionKind.UPHELD, str(moderator.pk))
    assert decision.approval_ref == str(approval.pk)


def test_refused_request_makes_no_decision_and_the_work_goes_on(client: Client) -> None:
    allegation, approval = held(client)
    second(signed_in(make_lead()), allegation, approval, "refuse", "자료가 모자랍니다.")
    approval.refresh_from_db()
    assert approval.status == ApprovalStatus.REFUSED
    assert not WorkItem.objects.open().filter(kind=WorkKind.HELD).exists()
    assert "data-answer-form" in client.get(page_of(allegation)).content.decode()


def test_who_asked_cannot_agree_but_may_take_it_back(client: Client, moderator: User) -> None:
    allegation, approval = held(client)
    assert second(client, allegation, approval, "approve").status_code == 403
    assert "요청 거두기" in client.get(page_of(allegation)).content.decode()
    asker_who_leads = make_lead("lead@jikimi.example")
    approval.requested_by_ref = str(asker_who_leads.pk)
    approval.save()
    refused = second(signed_in(asker_who_leads), allegation, approval, "approve")
    assert "요청한 사람은 자기 요청을 결정할 수 없습니다" in said(refused)[0]
    second(signed_in(asker_who_leads), allegation, approval, "withdraw", "")
    approval.refresh_from_db()
    assert approval.status == ApprovalStatus.WITHDRAWN and Decision.objects.count() == 1


def test_agreeing_asks_for_a_reason(client: Client) -> None:
    allegation, approval = held(client)
    response = second(signed_in(make_lead()), allegation, approval, "approve", " ")
    assert "사유가 비어 있습니다" in said(response)[0]
    approval.refresh_from_db()
    assert approval.status == ApprovalStatus.REQUESTED


# -- appeals and corrections ------------------------------------------------------------------------------------------


def appealed(actor: User) -> Allegation:
    allegation = removed(actor=by(actor))
    at = LATER + timedelta(minutes=5)
    appeals.file_appeal(allegation, party=Party.SELLER, text="다시 봐 주십시오.", files=[], actor=THE_SELLER, now=at)
    return allegation


def test_an_appeal_is_granted_by_somebody_else(client: Client, clock: Any) -> None:
    allegation = appealed(make_decider("junho@jikimi.example", name="박준호"))
    clock.move_to(LATER + timedelta(minutes=10))
    decided(client, allegation, "reinstated.not_infringing")
    assert Appeal.objects.get().status == AppealStatus.GRANTED
    assert state(allegation) == AllegationStatus.REINSTATED


def test_an_appeal_that_is_rejected_leaves_the_decision_and_asks_for_nothing(client: Client, clock: Any) -> None:
    allegation = sells_much(appealed(make_decider("junho@jikimi.example", name="박준호")))
    clock.move_to(LATER + timedelta(minutes=10))
    before = Effect.objects.count()
    decided(client, allegation, UPHELD, effects=[])
    assert Appeal.objects.get().status == AppealStatus.REJECTED
    assert (state(allegation), Effect.objects.count()) == (AllegationStatus.UPHELD, before)


def test_who_decided_does_not_decide_the_appeal_and_keeps_what_was_typed(
    client: Client, moderator: User, clock: Any
) -> None:
    allegation = appealed(moderator)
    clock.move_to(LATER + timedelta(minutes=10))
    response = decided(client, allegation, "reinstated.not_infringing", reasoning="다시 보니 정품입니다.")
    page = response.content.decode()
    assert response.status_code == 422
    assert "이 사건을 결정한 적이 있는 담당자입니다." in page and "다시 보니 정품입니다." in page
    assert Appeal.objects.get().status == AppealStatus.FILED


def test_a_lead_corrects_what_has_left_and_a_moderator_cannot(client: Client, clock: Any) -> None:
    allegation = removed()
    clock.move_to(LATER + timedelta(minutes=10))
    assert client.get(page_of(allegation)).context["answers"] == ()
    before = counts()
    assert said(decided(client, allegation, "reinstated.not_infringing"))
    assert counts() == before
    decided(signed_in(make_lead()), allegation, "reinstated.not_infringing")
    decision = newest(allegation)
    assert (decision.kind, decision.corrects is not None) == (DecisionKind.REINSTATED, True)


# -- asking for more --------------------------------------------------------------------------------------------------


def test_complainants_are_asked_for_what_is_missing(client: Client) -> None:
    allegation = alleged(complaint())
    form = {"allegation": allegation.pk, "question": "주문번호를 알려 주십시오."}
    response = client.post(door("case_ask", allegation), form)
    assert said(response) == ["신고인 1명에게 보완을 요청했습니다."]
    assert Inquiry.objects.get().question == "주문번호를 알려 주십시오."
    assert state(allegation) == AllegationStatus.MORE_INFO_REQUESTED


def test_question_that_nobody_can_be_asked_is_kept_in_the_form(client: Client) -> None:
    allegation = alleged(complaint(email=""))
    form = {"allegation": allegation.pk, "question": "주문번호를 알려 주십시오."}
    response = client.post(door("case_ask", allegation), form)
    page = response.content.decode()
    assert response.status_code == 422
    assert "연락할 수 있는 신고인이 없습니다" in page and "주문번호를 알려 주십시오." in page
    assert state(allegation) == AllegationStatus.RECEIVED


# -- who holds the case -----------------------------------------------------------------------------------------------


def test_case_is_taken_kept_and_let_go(client: Client, moderator: User, clock: Any) -> None:
    allegation = alleged(complaint())
    case = allegation.case
    client.post(door("case_take", allegation))
    clock.move_to(LATER + timedelta(minutes=10))
    assert client.post(door("case_keep", allegation)).status_code == 204
    case.refresh_from_db()
    assert (case.leased_by, case.leased_until) == (moderator, LATER + timedelta(minutes=25))
    assert client.post(door("case_release", allegation))["Location"] == reverse("admin:queue")
    case.refresh_from_db()
    assert case.leased_by is None
    assert client.post(door("case_keep", allegation)).json() == {
        "said": "사건을 맡은 시간이 끝났습니다. 다시 맡아 주세요."
    }


def test_case_that_somebody_holds_is_not_taken_and_its_page_says_who(client: Client) -> None:
    allegation = alleged(complaint())
    colleague = make_decider("junho@jikimi.example", name="박준호")
    queue.lease(allegation.case, colleague, now=LATER)
    assert "박준호 님이 11월 23일(월) 14:46까지 맡고 있습니다" in said(client.post(door("case_take", allegation)))[0]
    assert "님이 맡고 있습니다. 먼저 결정한 쪽이 남습니다." in client.get(page_of(allegation)).content.decode()
    kept = client.post(door("case_keep", allegation))
    assert (kept.status_code, kept.json()["said"]) == (409, "박준호 님이 이 사건을 맡았습니다.")


def test_only_a_lead_lets_go_of_anothers_case(client: Client) -> None:
    allegation = alleged(complaint())
    case = allegation.case
    queue.lease(case, make_decider("junho@jikimi.example", name="박준호"), now=LATER)
    assert client.post(door("case_release", allegation)).status_code == 403
    case.refresh_from_db()
    assert case.leased_by is not None
    response = signed_in(make_lead()).post(door("case_release", allegation), {"back": "queue"})
    case.refresh_from_db()
    assert response["Location"] == reverse("admin:queue")
    assert case.leased_until is None


def test_skip_asks_for_a_reason_and_goes_on(client: Client, moderator: User) -> None:
    first = alleged(complaint())
    second_case = alleged(complaint(email="n@holder.example"))
    client.post(door("case_take", first))
    assert "사유가 비어 있습니다" in said(client.post(door("case_skip", first), {"reason": " "}))[0]
    assert Skip.objects.count() == 0
    response = client.post(door("case_skip", first), {"reason": "이해관계가 있습니다"})
    assert (Skip.objects.get().reason, Skip.objects.get().user) == ("이해관계가 있습니다", moderator)
    assert response["Location"] == page_of(second_case)


def test_last_case_leads_back_to_the_queue_with_the_way_back(client: Client) -> None:
    allegation = explained()
    response = decided(client, allegation, UPHELD)
    assert response["Location"] == f"{reverse('admin:queue')}?done={newest(allegation).pk}"
    page = client.get(response["Location"])
    assert "기다리는 사건이 없습니다" in page.content.decode() and "되돌리기" in page.content.decode()


def test_closing_a_shop_is_an_effect_that_can_be_ticked_and_is_held(client: Client) -> None:
    allegation = explained()
    decided(client, allegation, UPHELD, effects=["seller.strike", "seller.close"])
    assert EffectKind.SELLER_CLOSE in Approval.objects.get().payload["effects"]
    assert state(allegation) == AllegationStatus.EXPLANATION_REVIEW
