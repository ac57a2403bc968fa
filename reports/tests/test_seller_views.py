"""The seller's pages: the way in, what it reads and never reads, and everything that it may do, once."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.endpoints import bring_main_address
from accounts.models import AccessLink, ContactCode
from accounts.services import revoke_link
from core.models import JournalEntry, OutboxMessage
from core.tests.factories import draw_picture, make_evidence_file
from listings.tests.factories import make_listing
from reports.choices import DecisionKind, DocumentKind, FindingKind, Party
from reports.models import Allegation, Appeal, Attachment, Complainant, Explanation, Inquiry
from reports.services import appeals, decisions, hearings
from reports.services.filing import HandedIn
from reports.tests.factories import CANARY, JUNHO, MINA, NOW, make_match_brand
from reports.tests.party_visits import door_of, seller_page, sent_code, told, track_of, visit, wrong_code
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
    make_shop,
    removed,
    restrict,
    restricted,
    ruling,
)

pytestmark = pytest.mark.django_db
#: Past the deadline of an explanation, on the Friday.
FRIDAY = NOW + timedelta(days=4)


@contextmanager
def at(moment: datetime = LATER) -> Iterator[None]:
    with time_machine.travel(moment, tick=False):
        yield


@pytest.fixture(autouse=True)
def _it_is_monday_afternoon() -> Iterator[None]:
    with at():
        yield


def picture(name: str, seed: int = 1) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, draw_picture(seed), "image/png")


def explanation_form(**changes: Any) -> dict[str, Any]:
    form = {"claim": "parallel_import", "text": "홍콩의 공식 매장에서 샀습니다.", "summary": "병행수입한 정품입니다."}
    return form | changes


# -- the way in ------------------------------------------------------------------------------------------------------


def test_opening_the_link_shows_a_button_and_does_nothing() -> None:
    door = door_of(restricted())
    before = JournalEntry.objects.count()
    response = Client().get(door)
    page = response.content.decode()
    assert response.status_code == 200
    assert "확인 코드 받기" in page
    assert not ContactCode.objects.exists()
    assert AccessLink.objects.get(purpose="seller").redeemed_at is None
    assert JournalEntry.objects.count() == before


def test_the_button_says_nothing_of_the_case() -> None:
    allegation = restricted(brand=make_match_brand("크로넬도"))
    page = Client().get(door_of(allegation)).content.decode()
    listing = allegation.case.listing
    for word in (listing.seller.shop_name, listing.external_id, allegation.case.number, "크로넬도"):
        assert word not in page


def test_a_made_up_link_shows_the_same_button_and_opens_nothing() -> None:
    response = Client().get("/seller/made-up-secret/")
    assert response.status_code == 200
    pressed = Client().post("/seller/made-up-secret/")
    assert pressed.status_code == 403
    assert "가장 최근에 받은 메일의 링크" in pressed.content.decode()
    assert not ContactCode.objects.exists()


def test_after_the_button_the_address_holds_no_secret() -> None:
    response = Client().post(door_of(restricted()))
    assert (response.status_code, response.headers["Location"]) == (302, "/seller/confirm/")
    assert ContactCode.objects.count() == 1


def test_the_code_opens_the_case_and_stands_in_the_journal() -> None:
    allegation = restricted()
    page = seller_page(visit(allegation), allegation)
    assert allegation.case.number in page
    assert JournalEntry.objects.filter(verb="accounts.contact_code.confirmed", actor_kind="seller").count() == 1


@pytest.mark.parametrize("path", ["", "confirm/", "cases/1/", "made-up-secret/"])
def test_no_page_of_a_seller_is_kept_listed_or_told_to_other_sites(path: str) -> None:
    headers = Client().get(f"/seller/{path}").headers
    assert headers["Cache-Control"] == "no-store, private"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Robots-Tag"] == "noindex, nofollow, noarchive"


def test_a_wrong_code_opens_nothing_and_says_how_often_it_may_be_tried() -> None:
    allegation, client = restricted(), Client()
    client.post(door_of(allegation))
    response = client.post("/seller/confirm/", {"code": wrong_code()})
    assert "4번 더 입력할 수 있습니다" in response.content.decode()
    assert client.get(f"/seller/cases/{allegation.pk}/").status_code == 403


def test_after_five_wrong_codes_only_a_new_one_opens() -> None:
    allegation, client = restricted(), Client()
    client.post(door_of(allegation))
    for _ in range(5):
        client.post("/seller/confirm/", {"code": wrong_code()})
    assert "새 코드를 받아 주세요" in client.post("/seller/confirm/", {"code": sent_code()}).content.decode()
    with at(LATER + timedelta(seconds=61)):
        client.post("/seller/confirm/again/")
        assert client.post("/seller/confirm/", {"code": sent_code()}).status_code == 302


def test_pressing_twice_sends_one_code_and_says_so() -> None:
    door, client = door_of(restricted()), Client()
    client.post(door)
    response = client.post(door, follow=True)
    assert ContactCode.objects.count() == 1
    assert "60초가 지나지 않았습니다" in told(response)
    assert "확인 코드를 입력해 주세요" in response.content.decode()


def test_who_was_forwarded_the_link_learns_nothing() -> None:
    allegation, stranger = restricted(brand=make_match_brand("크로넬도")), Client()
    response = stranger.post(door_of(allegation), follow=True)
    pages = response.content.decode() + stranger.get(f"/seller/cases/{allegation.pk}/").content.decode()
    listing = allegation.case.listing
    for word in ("크로넬도", listing.external_id, listing.seller.shop_name, listing.seller.email, "shop@", "C-2026"):
        assert word not in pages
    assert stranger.get(f"/seller/cases/{allegation.pk}/").status_code == 403


def test_a_link_used_again_asks_for_a_new_code_in_another_browser() -> None:
    allegation = restricted()
    first = visit(allegation)
    used = sent_code()
    with at(LATER + timedelta(minutes=5)):
        second = Client()
        second.post(door_of(allegation))
        assert second.get(f"/seller/cases/{allegation.pk}/").status_code == 403
        assert sent_code() != used or ContactCode.objects.count() == 2
        assert second.post("/seller/confirm/", {"code": sent_code()}).status_code == 302
        assert first.get(f"/seller/cases/{allegation.pk}/").status_code == 200


def test_an_expired_and_a_revoked_link_say_the_same_as_an_unknown_one() -> None:
    allegation = restricted()
    door = door_of(allegation)
    with at(LATER + timedelta(days=400)):
        expired = Client().post(door)
    revoke_link(AccessLink.objects.get(purpose="seller"), now=LATER, actor=None)
    revoked, unknown = Client().post(door), Client().post("/seller/made-up-secret/")
    said = {response.context["text"] for response in (expired, revoked, unknown)}
    assert len(said) == 1
    assert {response.status_code for response in (expired, revoked, unknown)} == {403}
    assert not ContactCode.objects.exists()


def test_revoking_the_link_closes_the_pages_that_it_opened() -> None:
    allegation = restricted()
    client = visit(allegation)
    revoke_link(AccessLink.objects.get(purpose="seller"), now=LATER, actor=None)
    assert client.get(f"/seller/cases/{allegation.pk}/").status_code == 403


def test_a_link_revoked_before_the_code_is_typed_opens_nothing() -> None:
    allegation, client = restricted(), Client()
    client.post(door_of(allegation))
    revoke_link(AccessLink.objects.get(purpose="seller"), now=LATER, actor=None)
    assert client.post("/seller/confirm/", {"code": sent_code()}).status_code == 403


def test_two_idle_hours_close_the_pages_and_use_keeps_them_open() -> None:
    allegation = restricted()
    client = visit(allegation)
    for hours in (1, 2.5, 4):
        with at(LATER + timedelta(hours=hours)):
            assert client.get(f"/seller/cases/{allegation.pk}/").status_code == 200
    with at(LATER + timedelta(hours=6, minutes=1)):
        response = client.get(f"/seller/cases/{allegation.pk}/")
    assert response.status_code == 403
    assert "2시간" in response.content.decode()


def test_the_pages_can_be_closed() -> None:
    allegation = restricted()
    client = visit(allegation)
    assert "닫았습니다" in told(client.post("/seller/leave/", follow=True))
    assert client.get(f"/seller/cases/{allegation.pk}/").status_code == 403


def test_another_sellers_link_opens_nothing_of_this_one() -> None:
    mine, other = restricted(), restricted()
    client = visit(other)
    for path in ("", "explanation/", "documents/", "extension/", "appeal/"):
        assert client.get(f"/seller/cases/{mine.pk}/{path}").status_code == 403
    posted = client.post(f"/seller/cases/{mine.pk}/explanation/", explanation_form())
    assert posted.status_code == 403
    assert Explanation.objects.get(allegation=mine).submitted_at is None


def test_one_browser_may_hold_two_cases() -> None:
    first, second = restricted(), restricted()
    client = visit(second, visit(first))
    assert all(client.get(f"/seller/cases/{each.pk}/").status_code == 200 for each in (first, second))


def test_a_tracking_code_opens_no_door_of_a_seller_and_the_other_way_round() -> None:
    allegation = restricted()
    code = track_of(Complainant.objects.get()).split("/")[2]
    secret = door_of(allegation).split("/")[2]
    assert Client().post(f"/seller/{code}/").status_code == 403
    assert Client().get(f"/track/{secret}/").status_code == 404


def test_a_session_that_somebody_planted_opens_nothing() -> None:
    allegation, victim = restricted(), Client()
    victim.post(door_of(allegation))
    planted = victim.cookies["sessionid"].value
    victim.post("/seller/confirm/", {"code": sent_code()})
    assert victim.cookies["sessionid"].value != planted
    thief = Client()
    thief.cookies["sessionid"] = planted
    assert thief.get(f"/seller/cases/{allegation.pk}/").status_code == 403


def test_without_a_mailbox_the_code_goes_by_the_marketplace() -> None:
    allegation = alleged(complaint(make_listing(seller=make_shop(email=""))))
    listing = allegation.case.listing
    bring_main_address(listing.marketplace, "https://market.example/hook", actor=None)
    restrict(allegation)
    client = Client()
    client.post(door_of(allegation))
    message = OutboxMessage.objects.get(message_type="notice.code")
    assert message.payload["seller"] == listing.seller.external_id
    assert client.post("/seller/confirm/", {"code": message.payload["code"]}).status_code == 302


def test_where_nobody_can_be_reached_the_page_says_what_to_do() -> None:
    allegation = alleged(complaint(make_listing(seller=make_shop(email=""))))
    restrict(allegation)
    response = Client().post(door_of(allegation), follow=True)
    assert "판매자 이메일을 등록한 뒤" in told(response)
    assert not ContactCode.objects.exists()


def test_staff_who_are_signed_in_see_no_more_than_anyone(admin_client: Client) -> None:
    assert admin_client.get(f"/seller/cases/{restricted().pk}/").status_code == 403


# -- the language ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "words"),
    [("ko", "소명 작성하기"), ("en", "Write explanation"), ("zh-hans", "填写说明"), ("fr", "Write explanation")],
)
def test_the_page_is_in_the_sellers_language_by_itself(language: str, words: str) -> None:
    allegation = restricted(listing=make_listing(seller=make_shop(language=language), seen_at=NOW))
    assert words in seller_page(visit(allegation), allegation)


def test_the_language_can_be_changed_and_is_remembered() -> None:
    allegation = restricted()
    client = visit(allegation)
    assert "Write explanation" in seller_page(client, allegation, "?lang=en")
    page = seller_page(client, allegation)
    assert 'lang="en"' in page and "Write explanation" in page
    assert "填写说明" in seller_page(client, allegation, "?lang=zh-hans")


def test_a_language_that_is_not_written_changes_nothing() -> None:
    allegation = restricted()
    client = visit(allegation)
    assert "소명 작성하기" in seller_page(client, allegation, "?lang=tlh")
    assert "party_language" not in client.cookies


def test_an_errors_text_is_in_the_language_of_the_page() -> None:
    allegation, client = restricted(), Client()
    client.post(f"{door_of(allegation)}?lang=en")
    page = client.post("/seller/confirm/", {"code": wrong_code()}).content.decode()
    assert "The code is not the right one." in page
    assert "다릅니다" not in page


# -- what the seller reads -------------------------------------------------------------------------------------------


def test_the_page_says_where_it_stands_who_acts_next_and_until_when() -> None:
    allegation = restricted(brand=make_match_brand("크로넬도"))
    page = seller_page(visit(allegation), allegation)
    assert "소명 요청" in page
    assert "다음: 판매자" in page
    assert "2026년 11월 26일(목) 24:00까지" in page
    for word in ("크로넬도", "위조상품(특징으로 확인)", "상표권", allegation.case.listing.external_id):
        assert word in page


def test_the_deadline_is_shown_on_the_sellers_own_clock() -> None:
    shop = make_shop(language="en", time_zone="America/New_York")
    allegation = restricted(listing=make_listing(seller=shop, seen_at=NOW))
    page = seller_page(visit(allegation), allegation)
    assert "until Thu 26 Nov 2026, 24:00 (Korea time)" in page
    assert "In your time: Thursday 26 November 2026 10:00 (America/New_York)" in page


def test_the_notices_are_shown_as_they_were_sent() -> None:
    allegation = restricted()
    notice = allegation.notices.get(party=Party.SELLER)
    page = seller_page(visit(allegation), allegation)
    assert notice.statement["subject"] in page
    assert "보내 드린 통지" in page


def test_a_decision_that_can_still_be_undone_is_not_shown() -> None:
    allegation = explained()
    client = visit(allegation)
    with at(LATER + timedelta(seconds=5)):
        decide(allegation, DecisionKind.UPHELD, now=LATER)
        page = seller_page(client, allegation)
        assert "판매중지 확정" not in page and "이의제기하기" not in page
    with at(LATER + timedelta(seconds=25)):
        assert "판매중지 확정" in seller_page(client, allegation)


def test_a_decision_that_was_undone_never_happened() -> None:
    allegation = explained()
    client = visit(allegation)
    decision = decide(allegation, DecisionKind.UPHELD, now=LATER)
    decisions.undo(decision, actor=MINA, now=LATER + timedelta(seconds=5), may_undo_others=False)
    with at(LATER + timedelta(minutes=2)):
        assert "판매중지 확정" not in seller_page(client, allegation)


def test_the_seller_reads_nothing_of_who_reported_what_staff_noted_or_who_decided() -> None:
    files = [HandedIn(make_evidence_file(seed=9), DocumentKind.PHOTO, "카나리아-파일-4417.png")]
    allegation = restricted(name="신고카나리아", email="canary-9917@reporter.example", files=files)
    explain(allegation)
    inquiry = Inquiry.objects.get()
    hearings.answer(inquiry, text="카나리아-답변-2281", files=files, actor=SORA, now=LATER)
    allegation.refresh_from_db()
    decide(allegation, DecisionKind.UPHELD, private_note=CANARY, now=LATER)
    arrive(now=LATER + timedelta(minutes=1))
    with at(LATER + timedelta(minutes=2)):
        appeals.file_appeal(
            allegation,
            party=Party.SELLER,
            text="정품입니다.",
            files=(),
            actor=THE_SELLER,
            now=LATER + timedelta(minutes=2),
        )
        client = visit(allegation)
        pages = [seller_page(client, allegation, f"?lang={language}") for language in ("ko", "en", "zh-hans")]
    digests = [row.file.sha256 for row in Attachment.objects.select_related("file")]
    for canary in ("신고카나리아", "canary-9917", "카나리아", CANARY, MINA.label, SORA.label, "R-2026", *digests):
        assert all(canary not in page for page in pages), canary


def test_a_page_asks_the_database_a_bounded_number_of_times(django_assert_max_num_queries: Any) -> None:
    allegation = removed()
    with at(LATER + timedelta(minutes=5)):
        client = visit(allegation)
        with django_assert_max_num_queries(45):
            seller_page(client, allegation)


# -- the explanation -------------------------------------------------------------------------------------------------


def test_the_explanation_is_taken_with_its_files_and_the_complainant_is_asked() -> None:
    allegation = restricted()
    client = visit(allegation)
    files = {
        "files_invoice": [picture("인보이스.png", 1), picture("거래.png", 2)],
        "files_photo": [picture("사진.png", 3)],
    }
    response = client.post(f"/seller/cases/{allegation.pk}/explanation/", explanation_form(**files), follow=True)
    assert "소명을 받았습니다" in told(response)
    given = Explanation.objects.get()
    assert (given.claim, given.summary, given.is_late) == ("parallel_import", "병행수입한 정품입니다.", False)
    kinds = sorted(given.attachments.values_list("kind", "name"))
    assert kinds == [("invoice", "거래.png"), ("invoice", "인보이스.png"), ("photo", "사진.png")]
    assert Inquiry.objects.get().explanation == given
    assert "인보이스.png" in response.content.decode()


def test_sent_twice_it_is_taken_once_and_the_second_is_told() -> None:
    allegation = restricted()
    client = visit(allegation)
    address = f"/seller/cases/{allegation.pk}/explanation/"
    client.post(address, explanation_form())
    response = client.post(address, explanation_form(text="다른 내용"), follow=True)
    assert "이미 제출했거나" in told(response)
    assert Explanation.objects.get().text == "홍콩의 공식 매장에서 샀습니다."
    assert JournalEntry.objects.filter(verb="reports.explanation.submitted").count() == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"claim": ""}, "주장 요지를 고르지 않았습니다."),
        ({"text": "   "}, "소명 내용이 비어 있습니다."),
        ({"text": "가" * 5_001}, "적을 수 있는 글자 수를 넘었습니다."),
        ({"summary": "가" * 1_001}, "적을 수 있는 글자 수를 넘었습니다."),
        ({"claim": "made_up"}, "올바르게 선택해 주세요"),
    ],
)
def test_what_is_missing_or_too_long_is_said_and_nothing_is_lost(changes: dict[str, Any], said: str) -> None:
    allegation = restricted()
    client = visit(allegation)
    form = explanation_form(summary="남아 있을 요약", **{}) | changes
    page = client.post(f"/seller/cases/{allegation.pk}/explanation/", form).content.decode()
    assert said in page
    assert form["summary"] in page
    assert Explanation.objects.get().submitted_at is None


def test_a_bad_file_harms_neither_the_text_nor_the_other_files() -> None:
    allegation = restricted()
    client = visit(allegation)
    address = f"/seller/cases/{allegation.pk}/explanation/"
    bad = SimpleUploadedFile("세금계산서.pdf", b"this is no pdf", "application/pdf")
    response = client.post(address, explanation_form(files_invoice=[picture("좋은.png")], files_other=[bad]))
    page = response.content.decode()
    assert "파일의 이름과 내용이 다릅니다: 세금계산서.pdf" in page
    assert "홍콩의 공식 매장에서 샀습니다." in page and "좋은.png" in page
    assert Explanation.objects.get().submitted_at is None
    marks = [each["mark"] for each in response.context["submission"].kept]
    client.post(address, explanation_form(kept=marks))
    given = Explanation.objects.get().attachments.get()
    assert (given.kind, given.name) == ("invoice", "좋은.png")


def test_a_mark_of_another_seller_brings_no_file() -> None:
    mine, other = restricted(), restricted()
    client = visit(other)
    stolen = client.post(
        f"/seller/cases/{other.pk}/explanation/", explanation_form(text="", files_invoice=[picture("남의것.png")])
    )
    marks = [each["mark"] for each in stolen.context["submission"].kept]
    visit(mine).post(f"/seller/cases/{mine.pk}/explanation/", explanation_form(kept=[*marks, "forged"]))
    given = Explanation.objects.get(allegation=mine)
    assert given.submitted_at is not None
    assert given.attachments.count() == 0


def test_after_the_deadline_it_is_taken_and_marked() -> None:
    allegation = restricted()
    with at(FRIDAY):
        client = visit(allegation)
        assert "기한이 지났지만 소명을 받습니다" in seller_page(client, allegation)
        response = client.post(f"/seller/cases/{allegation.pk}/explanation/", explanation_form(), follow=True)
        assert "기한이 지나 제출되어 그렇게 표시됩니다" in told(response)
        assert "기한이 지나 제출됨" in response.content.decode()
    assert Explanation.objects.get().is_late


def test_the_deadline_is_extended_once_and_told() -> None:
    allegation = restricted()
    client = visit(allegation)
    address = f"/seller/cases/{allegation.pk}/extension/"
    response = client.post(address, {"reason": "자국의 공휴일입니다."}, follow=True)
    assert "소명 기한을 연장했습니다" in told(response)
    page = response.content.decode()
    assert "2026년 12월 1일(화) 24:00까지" in page
    assert "기한 연장하기" not in page
    again = client.post(address, {"reason": "다시"}, follow=True)
    assert "받을 수 없는 단계" in told(again)
    assert JournalEntry.objects.filter(verb="reports.explanation.extended").count() == 1


def test_an_extension_needs_a_reason_and_comes_before_the_deadline() -> None:
    allegation = restricted()
    client = visit(allegation)
    address = f"/seller/cases/{allegation.pk}/extension/"
    assert "연장에는 이유가 필요합니다" in client.post(address, {"reason": " "}).content.decode()
    with at(FRIDAY):
        late = visit(allegation)
        late.post(address, {"reason": "늦었습니다."})
    assert Explanation.objects.get().extended_at is None


def test_documents_are_added_until_a_decision() -> None:
    allegation = explained()
    client = visit(allegation)
    address = f"/seller/cases/{allegation.pk}/documents/"
    assert "파일을 하나 이상 골라 주세요" in client.post(address, {}).content.decode()
    for _ in range(2):
        client.post(address, {"files_import_declaration": [picture("신고필증.png")]})
    added = explanation_of(allegation).attachments.get()
    assert (added.kind, added.name, added.is_late) == ("import_declaration", "신고필증.png", False)
    decide(allegation, DecisionKind.UPHELD, now=LATER)
    response = client.post(address, {"files_other": [picture("늦은.png", 5)]}, follow=True)
    assert "받을 수 없는 단계" in told(response)
    assert explanation_of(allegation).attachments.count() == 1


# -- appeal and repair -----------------------------------------------------------------------------------------------


def test_a_final_decision_is_contested_once_within_six_months() -> None:
    allegation = removed()
    with at(LATER + timedelta(minutes=5)):
        client = visit(allegation)
        page = seller_page(client, allegation)
        assert "이의제기하기" in page and "2027년 5월 24일(월) 24:00까지" in page
        address = f"/seller/cases/{allegation.pk}/appeal/"
        assert "이의의 이유가 비어 있습니다" in client.post(address, {"text": ""}).content.decode()
        form = {"text": "정품입니다. 원본 서류를 냅니다.", "files_invoice": [picture("원본.png")]}
        response = client.post(address, form, follow=True)
        assert "이의제기를 받았습니다" in told(response)
        assert "재심사 중" in response.content.decode()
        client.post(address, {"text": "한 번 더"})
    filed = Appeal.objects.get()
    assert (filed.party, filed.complainant, filed.attachments.count()) == ("seller", None, 1)


def test_after_six_months_nothing_is_offered_and_nothing_taken() -> None:
    allegation = removed()
    with at(LATER + timedelta(days=190)):
        client = visit(allegation)
        assert "이의제기하기" not in seller_page(client, allegation)
        client.post(f"/seller/cases/{allegation.pk}/appeal/", {"text": "늦었습니다."})
    assert not Appeal.objects.exists()


def test_a_seller_who_won_reads_what_was_put_right() -> None:
    allegation = removed()
    filed = appeals.file_appeal(
        allegation, party=Party.SELLER, text="정품입니다.", files=(), actor=THE_SELLER, now=LATER + timedelta(minutes=5)
    )
    won = LATER + timedelta(days=3)
    appeals.decide_appeal(filed, ruling(DecisionKind.REINSTATED), actor=JUNHO, now=won)
    with at(won + timedelta(minutes=1)):
        page = seller_page(visit(allegation), allegation)
    assert "판매하지 못한 날은 3일입니다" in page
    assert "벌점을 취소했습니다." in page
    assert "다음: " not in page


def test_a_seller_who_lost_again_reads_that_the_decision_stands() -> None:
    allegation = removed()
    later = LATER + timedelta(minutes=5)
    filed = appeals.file_appeal(
        allegation, party=Party.SELLER, text="정품입니다.", files=(), actor=THE_SELLER, now=later
    )
    confirmed = ruling(DecisionKind.UPHELD, FindingKind.COUNTERFEIT_CONFIRMED)
    appeals.decide_appeal(filed, confirmed, actor=JUNHO, now=later)
    with at(later + timedelta(minutes=1)):
        page = seller_page(visit(allegation), allegation)
    assert "이의를 재심사하여 앞선 결정을 유지했습니다." in page
    assert "받아들이지 않음" in page


def test_an_allegation_without_a_link_has_no_page() -> None:
    assert Allegation.objects.count() == 0
    assert Client().get("/seller/cases/1/").status_code == 403
