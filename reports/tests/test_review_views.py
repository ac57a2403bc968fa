"""The review screen: who may open it, what it shows, what each answer does, and what a stale page is told."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import User
from core.models import Effect, JournalEntry
from core.tests.factories import make_evidence_file
from listings.choices import MatchStatus
from listings.models import Match, Rejection
from listings.tests.factories import make_listing, make_version
from reports.models import Case, Decision, Notice, Policy
from reports.services import match_review
from reports.tests.factories import (
    CANARY,
    NOW,
    confirm,
    counterfeit_policy,
    make_match,
    make_match_brand,
    make_moderator,
    make_staff,
    make_suspect_listing,
    seconds,
)
from sellers.tests.factories import make_authorisation

pytestmark = pytest.mark.django_db
ANSWERS = ("review_confirm", "review_reject", "review_undo")


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def moderator() -> User:
    return make_moderator("mina@jikimi.example", name="김미나")


@pytest.fixture
def client(moderator: User) -> Client:
    return signed_in(moderator)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address(name: str, match: Match) -> str:
    return reverse(f"admin:{name}", args=[match.pk])


def answer(**changes: Any) -> dict[str, Any]:
    return {"policy": counterfeit_policy().pk, "reasoning": "위조상품으로 의심됩니다.", "private_note": ""} | changes


def said(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def nothing_happened(match: Match) -> bool:
    match.refresh_from_db()
    rows = (Case, Decision, Notice, Effect, Rejection)
    entries = JournalEntry.objects.filter(verb__startswith="listings.match")
    return match.status == MatchStatus.OPEN and not entries.exists() and not any(m.objects.exists() for m in rows)


# -- who may ----------------------------------------------------------------------------------------------------------


def test_moderator_opens_the_screen(client: Client) -> None:
    assert client.get(address("review_match", make_match())).status_code == 200


def test_staff_without_the_permission_is_refused() -> None:
    reader = signed_in(make_staff("reader@jikimi.example", "reports.view_case"))
    match = make_match()
    pages = [address("review_match", match), reverse("admin:review_next")]
    assert [reader.get(page).status_code for page in pages] == [403, 403]


@pytest.mark.parametrize("visitor", ["stranger", "seller"])
def test_who_is_not_staff_is_sent_to_sign_in(visitor: str) -> None:
    client = Client() if visitor == "stranger" else signed_in(make_moderator(is_staff=False))
    response = client.get(address("review_match", make_match()))
    assert response.status_code == 302 and "/login/" in response["location"]


@pytest.mark.parametrize("name", ANSWERS)
def test_denied_answer_leaves_nothing(name: str) -> None:
    match = make_match()
    for client, status in ((signed_in(make_staff()), 403), (Client(), 302)):
        assert client.post(address(name, match), answer()).status_code == status
        assert nothing_happened(match)


@pytest.mark.parametrize("name", ANSWERS)
def test_answers_are_posted_never_fetched(client: Client, name: str) -> None:
    match = make_match()
    assert client.get(address(name, match)).status_code == 405
    assert nothing_happened(match)


@pytest.mark.parametrize("name", ANSWERS)
def test_answer_without_its_token_is_refused(moderator: User, name: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(moderator)
    match = make_match()
    assert client.post(address(name, match), answer()).status_code == 403
    assert nothing_happened(match)


@pytest.mark.parametrize("name", ["review_match", "review_confirm", "review_reject", "review_undo"])
def test_match_that_does_not_exist_is_not_found(client: Client, name: str) -> None:
    ask = client.get if name == "review_match" else client.post
    assert ask(reverse(f"admin:{name}", args=[999_999])).status_code == 404


# -- next -------------------------------------------------------------------------------------------------------------


def test_next_is_the_strongest_that_waits(client: Client) -> None:
    make_match(score=0.7)
    strongest = make_match(score=0.99)
    make_match(score=0.999, status=MatchStatus.OUTDATED)
    response = client.get(reverse("admin:review_next"))
    assert response["location"] == address("review_match", strongest)


def test_skipping_goes_down_the_queue_and_round_again(client: Client) -> None:
    queue = [make_match(score=score) for score in (0.9, 0.9, 0.5)]
    following = [client.get(reverse("admin:review_next"), {"after": match.pk})["location"] for match in queue]
    assert following == [address("review_match", match) for match in (queue[1], queue[2], queue[0])]


def test_two_moderators_are_given_different_matches(client: Client) -> None:
    first, second = make_match(score=0.9), make_match(score=0.8)
    colleague = signed_in(make_moderator("junho@jikimi.example", name="박준호"))
    given = [who.get(reverse("admin:review_next"))["location"] for who in (client, colleague, client)]
    assert given == [address("review_match", match) for match in (first, second, first)]


def test_who_comes_to_a_match_that_is_looked_at_is_told_and_may_decide(client: Client) -> None:
    match = make_match()
    colleague = signed_in(make_moderator("junho@jikimi.example", name="박준호"))
    colleague.get(address("review_match", match))
    page = client.get(reverse("admin:review_next"), follow=True)
    assert page.context["also_looking"] == "박준호" and page.context["match"] == match
    client.post(address("review_confirm", match), answer())
    match.refresh_from_db()
    assert match.status == MatchStatus.CONFIRMED


def test_skipped_match_is_free_for_others_at_once(client: Client) -> None:
    first, _ = make_match(score=0.9), make_match(score=0.8)
    colleague = signed_in(make_moderator())
    client.get(reverse("admin:review_next"))
    client.get(reverse("admin:review_next"), {"after": first.pk})
    assert colleague.get(reverse("admin:review_next"))["location"] == address("review_match", first)


def test_closed_browser_holds_a_match_for_two_minutes_only(client: Client, clock: Any) -> None:
    first, second = make_match(score=0.9), make_match(score=0.8)
    colleague = signed_in(make_moderator())
    client.get(address("review_match", first))
    given = []
    for after in (0, 121):
        clock.move_to(NOW + seconds(after))
        given.append(colleague.get(reverse("admin:review_next"))["location"])
    assert given == [address("review_match", second), address("review_match", first)]


def test_nothing_to_review_is_said_quietly(client: Client) -> None:
    response = client.get(reverse("admin:review_next"))
    assert response.status_code == 200
    assert "검토를 기다리는 항목이 없습니다" in response.content.decode()


@pytest.mark.parametrize("query", ["after=abc", "after=-1", "after=99999999999999999999", "done=x&after=", "after=٣"])
def test_odd_addresses_are_read_over(client: Client, query: str) -> None:
    match = make_match()
    response = client.get(f"{reverse('admin:review_next')}?{query}")
    assert response["location"].startswith(address("review_match", match))


# -- what it shows ----------------------------------------------------------------------------------------------------


def test_screen_shows_both_sides_the_marked_words_and_the_reasons(client: Client) -> None:
    match = make_match(note="다른 판매자의 같은 사진이 확인된 적이 있습니다.")
    page = client.get(address("review_match", match)).content.decode()
    reference, image = match.brand.reference_images.get(), match.version.images.get()
    assert f"/admin/evidence/{reference.file.sha256}/" in page and f"/admin/evidence/{image.file.sha256}/" in page
    assert '<mark class="mark mark-text">솔.하.루</mark> 크림 세트' in page
    assert '<mark class="mark mark-code_word">미러급</mark>' in page
    assert "브랜드 사진과 좌우를 뒤집으면 거의 같습니다" in page and '<meter min="0" max="1" value="0.9300"' in page
    assert 'data-mirrored="true"' in page and "12,900원" in page
    assert "다른 판매자의 같은 사진이 확인된 적이 있습니다." in page
    assert "검토 대기 <strong>1건</strong>" in page


def test_screen_offers_clause_reasoning_and_the_statement_as_the_seller_reads_it(client: Client) -> None:
    response = client.get(address("review_match", make_match()))
    form = response.context["form"]
    assert form.initial["policy"] == counterfeit_policy()
    assert form.initial["reasoning"].startswith("이 상품은 솔하루 브랜드의 위조상품으로 의심됩니다. 상품 사진(1번)이")
    page = response.content.decode()
    assert "소명: 통지가 도달한 날부터 3영업일 안에" in page
    assert "상표권 40-1234567" in page and "자동 검사가 상품의 글과 사진을" in page


def test_screen_says_what_is_known_of_the_seller(client: Client) -> None:
    brand = make_match_brand()
    listing = make_suspect_listing(brand)
    match = make_match(listing=listing, brand=brand)
    other = make_match(listing=make_suspect_listing(brand, seller=listing.seller), brand=brand)
    make_match(
        listing=make_suspect_listing(brand, seller=listing.seller),
        brand=brand,
        status=MatchStatus.CONFIRMED,
        reviewed_at=NOW,
    )
    make_authorisation(listing.seller, brand)
    response = client.get(address("review_match", match))
    history = response.context["history"]
    assert (history.other_count, history.confirmed_count, history.rejected_count) == (1, 1, 0)
    assert (history.others, history.authorised_brands) == ((other,), ("솔하루",))
    assert "판매 권한을 확인받았습니다" in response.content.decode()


def test_hostile_listing_is_shown_as_text(client: Client) -> None:
    brand = make_match_brand()
    listing = make_listing(
        '솔.하.루 <img src=x onerror="alert(1)">',
        description="</textarea><script>alert(1)</script>",
        seller=None,
        images=[make_evidence_file(seed=77)],
    )
    page = client.get(address("review_match", make_match(listing=listing, brand=brand))).content.decode()
    assert "<img src=x" not in page and "<script>alert" not in page
    assert "&lt;img src=x onerror=&quot;alert(1)&quot;&gt;" in page


def test_offsets_that_do_not_fit_mark_nothing(client: Client) -> None:
    match = make_match()
    match.signals[1]["start"], match.signals[1]["end"] = 3, 4_000
    match.save()
    assert "mark-text" not in client.get(address("review_match", match)).content.decode().split("review-reasons")[0]


def test_listing_without_pictures_can_be_decided_on_its_words(client: Client) -> None:
    brand = make_match_brand()
    match = make_match(listing=make_listing("솔.하.루 크림", images=[]), brand=brand)
    assert "비교할 사진이 없습니다" in client.get(address("review_match", match)).content.decode()
    assert client.post(address("review_confirm", match), answer()).status_code == 302
    assert Decision.objects.count() == 1


def test_another_pair_is_chosen_by_the_address(client: Client) -> None:
    brand = make_match_brand()
    pictures = [make_evidence_file(seed=seed) for seed in (901, 902)]
    match = make_match(listing=make_suspect_listing(brand, images=pictures), brand=brand)
    first, second = match.version.images.all()
    page = client.get(address("review_match", match), {"image": second.pk})
    assert page.context["comparison"].suspect.endswith(f"{pictures[1].sha256}/")
    assert page.context["comparison"].transform is None
    assert "참고로만 봐 주세요" in page.content.decode()
    usual = client.get(address("review_match", match), {"image": str(first.pk), "reference": "x"})
    assert usual.context["comparison"].transform["mirrored"] is True


def test_picture_of_another_listing_cannot_be_chosen(client: Client) -> None:
    match, other = make_match(), make_match()
    foreign = other.version.images.get()
    page = client.get(address("review_match", match), {"image": foreign.pk})
    assert foreign.file.sha256 not in page.content.decode()


def test_no_inline_style_or_script(client: Client) -> None:
    page = client.get(address("review_match", make_match())).content.decode()
    content = page.split('id="content"', 1)[1]
    assert " style=" not in content and "<style" not in content and " onclick=" not in content


@pytest.mark.parametrize("signal_count", [1, 30])
def test_number_of_queries_does_not_grow_with_the_signals(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries, signal_count: int
) -> None:
    match = make_match()
    match.signals = match.signals * signal_count
    match.save()
    with django_assert_max_num_queries(32):
        assert client.get(address("review_match", match)).status_code == 200


# -- answers ----------------------------------------------------------------------------------------------------------


def test_confirming_decides_and_goes_on_to_the_next_with_the_way_back(client: Client, moderator: User) -> None:
    first, second = make_match(score=0.9), make_match(score=0.8)
    response = client.post(
        address("review_confirm", first), answer(reasoning="로고가 다릅니다.", private_note=CANARY), follow=True
    )
    decision = Decision.objects.get()
    assert (decision.reasoning, decision.private_note) == ("로고가 다릅니다.", CANARY)
    assert (decision.actor_kind, decision.actor_ref) == ("user", str(moderator.pk))
    assert response.redirect_chain[-1][0] == f"{address('review_match', second)}?done={first.pk}"
    page = response.content.decode()
    assert address("review_undo", first) in page and 'data-undo-seconds="20"' in page
    assert CANARY not in page


def test_rejecting_needs_no_reasoning(client: Client) -> None:
    match = make_match()
    response = client.post(address("review_reject", match), {"private_note": "정품", "reasoning": ""})
    match.refresh_from_db()
    assert (response.status_code, match.status) == (302, MatchStatus.REJECTED)
    assert Rejection.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"reasoning": "   "}, "결정 이유가 비어 있습니다."),
        ({"reasoning": "가" * 2_001}, "결정 이유가 너무 깁니다. 2000자까지"),
        ({"private_note": "가" * 2_001}, "내부 메모가 너무 깁니다."),
        ({"policy": ""}, "조항을 고르지 않았습니다."),
        ({"policy": "999999"}, "고른 조항을 쓸 수 없습니다."),
    ],
)
def test_what_is_missing_is_shown_and_what_was_typed_is_kept(
    client: Client, changes: dict[str, Any], message: str
) -> None:
    match = make_match()
    response = client.post(address("review_confirm", match), answer(private_note="적어 둔 메모") | changes)
    page = response.content.decode()
    assert response.status_code == 422 and message in page
    assert "적어 둔 메모" in page or "private_note" in changes
    assert nothing_happened(match)


def test_clause_that_is_switched_off_cannot_be_chosen(client: Client) -> None:
    off = Policy.objects.create(code="old", title="옛 조항", clause="옛 내용", is_active=False)
    match = make_match()
    assert client.post(address("review_confirm", match), answer(policy=off.pk)).status_code == 422
    assert nothing_happened(match)


def test_double_click_is_one_decision_and_no_complaint(client: Client) -> None:
    match = make_match()
    responses = [client.post(address("review_confirm", match), answer()) for _ in range(2)]
    assert responses[0]["location"] == responses[1]["location"]
    assert said(responses[1]) == []
    assert (Decision.objects.count(), Effect.objects.count()) == (1, 1)


@pytest.mark.parametrize("name", ["review_confirm", "review_reject"])
def test_stale_page_is_told_who_decided_what(client: Client, name: str) -> None:
    match = make_match()
    colleague = signed_in(make_moderator("junho@jikimi.example", name="박준호"))
    colleague.post(address("review_confirm", match), answer())
    response = client.post(address(name, match), answer())
    assert said(response) == [
        "이미 처리된 항목입니다. 박준호 담당자가 11월 23일(월) 14:30에 가품 의심으로 확인했습니다. "
        "다음 항목을 검토해 주세요."
    ]
    assert (Decision.objects.count(), Rejection.objects.count()) == (1, 0)


def test_decided_match_is_shown_with_its_outcome_and_without_the_form(client: Client) -> None:
    match = make_match()
    colleague = signed_in(make_moderator("junho@jikimi.example", name="박준호"))
    colleague.post(address("review_reject", match), answer())
    page = client.get(address("review_match", match)).content.decode()
    assert "박준호 담당자가 11월 23일(월) 14:30에 문제없음으로 처리했습니다." in page
    assert address("review_confirm", match) not in page and address("review_undo", match) not in page


def test_page_of_changed_content_says_so(client: Client) -> None:
    match = make_match()
    make_version(match.version.listing, "다른 상품")
    page = client.get(address("review_match", match)).content.decode()
    assert "지난 내용입니다." in page and address("review_confirm", match) not in page


def test_second_brand_is_told_that_the_listing_is_restricted(client: Client) -> None:
    brand, other = make_match_brand("솔하루"), make_match_brand("미르나")
    listing = make_suspect_listing(brand)
    confirm(make_match(listing=listing, brand=brand))
    page = client.get(address("review_match", make_match(listing=listing, brand=other))).content.decode()
    assert "이미 판매 제한 중인 상품입니다" in page and Case.objects.get().number in page


# -- undo -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["review_confirm", "review_reject"])
def test_undo_shows_the_match_again(client: Client, name: str) -> None:
    match = make_match()
    client.post(address(name, match), answer())
    response = client.post(address("review_undo", match))
    match.refresh_from_db()
    assert (response["location"], match.status) == (address("review_match", match), MatchStatus.OPEN)
    assert said(response) == ["결정을 되돌렸습니다. 다시 검토해 주세요."]


def test_undo_that_comes_late_is_refused_with_what_to_do(client: Client, clock: Any) -> None:
    match = make_match()
    client.post(address("review_confirm", match), answer())
    clock.move_to(NOW + seconds(20))
    response = client.post(address("review_undo", match))
    assert said(response) == [
        "되돌리지 못했습니다. 결정한 뒤 20초가 지났습니다. 사건 화면에서 현재 상태를 확인하고, "
        "심사 책임자에게 판매 재개 검토를 요청해 주세요."
    ]
    match.refresh_from_db()
    assert match.status == MatchStatus.CONFIRMED


@pytest.mark.parametrize(("after", "bar"), [(0, "20"), (5.4, "14"), (20, None)])
def test_undo_bar_counts_by_the_server(client: Client, clock: Any, after: float, bar: str | None) -> None:
    first, second = make_match(score=0.9), make_match(score=0.8)
    client.post(address("review_confirm", first), answer())
    clock.move_to(NOW + seconds(after))
    page = client.get(address("review_match", second), {"done": first.pk}).content.decode()
    assert (f'data-undo-seconds="{bar}"' in page) if bar else ("data-undo-seconds" not in page)


def test_undo_bar_is_only_for_who_decided_and_for_a_lead(client: Client) -> None:
    first, second = make_match(score=0.9), make_match(score=0.8)
    client.post(address("review_confirm", first), answer())
    colleague = signed_in(make_moderator())
    lead = signed_in(make_moderator("", "reports.undo_any_decision"))
    pages = [who.get(address("review_match", second), {"done": first.pk}).content.decode() for who in (colleague, lead)]
    assert [address("review_undo", first) in page for page in pages] == [False, True]
    assert "김미나 담당자가 내린 결정입니다." in said(colleague.post(address("review_undo", first)))[0]
    first.refresh_from_db()
    assert first.status == MatchStatus.CONFIRMED
    lead.post(address("review_undo", first))
    first.refresh_from_db()
    assert first.status == MatchStatus.OPEN


def test_last_decision_of_the_queue_can_be_undone_from_the_empty_page(client: Client) -> None:
    match = make_match()
    page = client.post(address("review_confirm", match), answer(), follow=True).content.decode()
    assert "검토를 기다리는 항목이 없습니다" in page and address("review_undo", match) in page


# -- pictures ---------------------------------------------------------------------------------------------------------


def test_working_copy_is_for_who_may_see_evidence() -> None:
    url = reverse("admin:review_evidence", args=[make_evidence_file(seed=5).sha256])
    actors: list[tuple[Callable[[], Client], int]] = [
        (lambda: signed_in(make_moderator()), 200),
        (lambda: signed_in(make_staff("", "core.view_evidencefile")), 200),
        (lambda: signed_in(make_staff()), 403),
        (lambda: signed_in(make_moderator(is_staff=False)), 302),
        (Client, 302),
    ]
    for who, status in actors:
        response = who().get(url)
        assert response.status_code == status
        assert (response["content-type"] == "image/png") is (status == 200)


def test_unknown_file_and_one_without_a_working_copy_are_not_found(client: Client) -> None:
    assert client.get(reverse("admin:review_evidence", args=["0" * 64])).status_code == 404
    assert client.get("/admin/evidence/..%2f..%2fetc/").status_code == 404


# -- the case's page --------------------------------------------------------------------------------------------------


def admin_pages() -> list[str]:
    return [
        reverse(f"admin:reports_{name}_changelist")
        for name in ("case", "allegation", "report", "decision", "notice", "ground", "policy")
    ]


@pytest.fixture
def lead() -> Client:
    names = ("case", "allegation", "report", "decision", "notice", "ground", "policy")
    return signed_in(make_moderator("", *[f"reports.view_{name}" for name in names], "core.view_effect"))


def test_case_page_tells_the_whole_story(lead: Client) -> None:
    match = make_match()
    decision = confirm(match, private_note=CANARY)
    match_review.undo(Match.objects.get(pk=match.pk), actor=None, now=NOW + timedelta(seconds=3), may_undo_others=True)
    page = lead.get(reverse("admin:reports_case_change", args=[Case.objects.get().pk])).content.decode()
    told = ["주장", "신고", "결정", "조치 효과", "통지", "경과", decision.number, "되돌림", "대체됨", CANARY, "김미나"]
    assert not [word for word in told if word not in page]
    assert page.index("사건 · 시작") < page.index("결정 · 되돌림")


def test_every_page_of_the_app_opens_with_bounded_queries(
    lead: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(8):
        confirm(make_match())
    for page in admin_pages():
        with django_assert_max_num_queries(14):
            assert lead.get(page).status_code == 200
    case = Case.objects.first()
    assert case is not None
    with django_assert_max_num_queries(30):
        assert lead.get(reverse("admin:reports_case_change", args=[case.pk])).status_code == 200


@pytest.mark.parametrize("name", ["allegation", "report", "decision", "notice"])
def test_every_row_of_a_case_has_its_page(lead: Client, name: str) -> None:
    decision = confirm(make_match())
    rows = {
        "allegation": decision.allegation,
        "report": decision.report,
        "decision": decision,
        "notice": decision.notices.get(),
    }
    row = rows[name]
    assert row is not None
    assert lead.get(reverse(f"admin:reports_{name}_change", args=[row.pk])).status_code == 200


@pytest.mark.parametrize("query", ["C-2026-{pk:06d}", "{listing}", "{shop}", "솔하루"])
def test_case_is_found_by_number_listing_shop_and_brand(lead: Client, query: str) -> None:
    confirm(make_match())
    confirm(make_match(brand=make_match_brand("미르나")))
    case = Case.objects.order_by("id")[0]
    listing = case.listing
    text = query.format(pk=case.pk, listing=listing.external_id, shop=listing.seller.shop_name)
    found = lead.get(reverse("admin:reports_case_changelist"), {"q": text}).context["cl"].result_list
    assert list(found) == [case]


def test_nothing_of_a_case_is_edited_or_deleted_by_hand() -> None:
    boss = User.objects.create_superuser("boss@jikimi.example", name="책임자")
    client = signed_in(boss)
    decision = confirm(make_match())
    for name, row in (("case", decision.allegation.case), ("decision", decision), ("policy", decision.policy)):
        page = reverse(f"admin:reports_{name}_change", args=[row.pk])
        assert client.post(page, {"status": "closed", "reasoning": "바꿈"}).status_code == 403
        assert client.post(reverse(f"admin:reports_{name}_delete", args=[row.pk])).status_code == 403
    decision.refresh_from_db()
    assert decision.reasoning == "위조상품으로 의심됩니다."


def test_clock_of_these_tests_stands_still() -> None:
    now: datetime = timezone.now()
    assert now == NOW
