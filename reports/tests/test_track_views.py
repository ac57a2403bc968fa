"""The complainant's page: typed codes, what it reads and never reads, and what it may do, once."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import AccessLink
from accounts.services import revoke_link
from accounts.tests.factories import make_marketplace
from core.models import JournalEntry
from core.tests.factories import draw_picture, make_evidence_file
from listings.tests.factories import make_listing
from reports.choices import Channel, DecisionKind, DocumentKind, InquiryStatus, Party
from reports.models import Appeal, Complainant, Explanation, Inquiry, Report
from reports.services import appeals, hearings
from reports.services.filing import Contact, HandedIn, Wanted, file_report, place_report
from reports.tests.factories import CANARY, JUNHO, MINA, NOW, make_match_brand
from reports.tests.party_visits import told, track_of, track_page
from reports.tests.world import (
    LATER,
    alleged,
    arrive,
    complaint,
    decide,
    explain,
    explained,
    ground,
    inquiry_of,
    make_shop,
    removed,
    restricted,
    ruling,
)

pytestmark = pytest.mark.django_db
#: Past the deadline of an answer.
NEXT_WEEK = NOW + timedelta(days=7)


@contextmanager
def at(moment: datetime = LATER) -> Iterator[None]:
    with time_machine.travel(moment, tick=False):
        yield


@pytest.fixture(autouse=True)
def _it_is_monday_afternoon() -> Iterator[None]:
    cache.clear()
    with at():
        yield
    cache.clear()


def code_of(subject: Complainant | Report) -> str:
    return track_of(subject).split("/")[2]


def the_address() -> str:
    return track_of(Complainant.objects.get())


def answer_address(inquiry: Inquiry) -> str:
    return f"{track_of(inquiry.complainant)}answers/{inquiry.pk}/"


def picture(name: str, seed: int = 1) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, draw_picture(seed), "image/png")


def waiting(**contact: Any) -> Report:
    """A report whose listing the portal does not know."""
    return file_report(
        Wanted(make_marketplace(), "1005009"),
        channel=Channel.ONE_CLICK,
        ground=ground(),
        contact=Contact(**{"email": "who@mail.example"} | contact),
        actor=None,
        now=NOW,
    )


# -- codes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", [str, str.lower, lambda code: code.replace("-", " "), lambda code: f" {code}\n"])
def test_a_typed_code_leads_to_its_page(change: Any) -> None:
    restricted()
    code = code_of(Complainant.objects.get())
    response = Client().post("/track/", {"code": change(code)})
    assert (response.status_code, response.headers["Location"]) == (302, f"/track/{code}/")


def test_an_address_in_another_spelling_leads_to_the_right_one() -> None:
    restricted()
    code = code_of(Complainant.objects.get())
    response = Client().get(f"/track/{code.lower().replace('-', '')}/")
    assert response.headers["Location"] == f"/track/{code}/"


def test_a_wrong_code_opens_nothing_and_says_what_to_do() -> None:
    restricted()
    response = Client().post("/track/", {"code": "0000-0000-0000-0000-0000"})
    assert response.status_code == 404
    assert "가장 최근에 받은 메일의 코드를 확인해 주세요" in response.content.decode()


def test_an_expired_and_a_revoked_code_say_the_same() -> None:
    restricted()
    address = the_address()
    with at(LATER + timedelta(days=400)):
        expired = Client().get(address)
    revoke_link(AccessLink.objects.get(purpose="track"), now=LATER, actor=None)
    revoked = Client().get(address)
    assert (expired.status_code, revoked.status_code) == (404, 404)
    assert expired.context["form"].errors == revoked.context["form"].errors


def test_wrong_codes_are_slowed_down_and_a_right_one_opens_all_the_same() -> None:
    restricted()
    client, address = Client(), the_address()
    answers = [client.post("/track/", {"code": f"{number:020d}"}) for number in range(12)]
    assert [each.status_code for each in answers] == [404] * 10 + [429] * 2
    assert answers[-1].headers["Retry-After"] == "60"
    assert "60초 뒤에" in answers[-1].content.decode()
    assert client.get(address).status_code == 200
    assert client.post("/track/", {"code": address.split("/")[2]}).status_code == 302
    assert client.get("/track/0000-0000-0000-0000-0000/").status_code == 429


def test_another_address_is_not_slowed_down_and_a_minute_ends_it() -> None:
    client = Client()
    for number in range(11):
        client.post("/track/", {"code": f"{number:020d}"}, REMOTE_ADDR="198.51.100.7")
    assert client.post("/track/", {"code": "0" * 20}, REMOTE_ADDR="203.0.113.9").status_code == 404
    with at(LATER + timedelta(seconds=61)):
        assert client.post("/track/", {"code": "0" * 20}, REMOTE_ADDR="198.51.100.7").status_code == 404


@pytest.mark.parametrize("typed", ["", " ", "가" * 61, "0" * 5_000])
def test_what_cannot_be_a_code_is_said_without_looking(typed: str) -> None:
    response = Client().post("/track/", {"code": typed})
    assert response.status_code == 200
    assert "조회 코드" in str(response.context["form"].errors)


def test_looking_changes_nothing() -> None:
    restricted()
    address = the_address()
    before = JournalEntry.objects.count()
    track_page(Client(), address)
    assert JournalEntry.objects.count() == before


@pytest.mark.parametrize("path", ["/track/", "/track/0000-0000-0000-0000-0000/"])
def test_no_page_is_kept_listed_or_told_to_other_sites(path: str) -> None:
    headers = Client().get(path).headers
    assert headers["Cache-Control"] == "no-store, private"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Robots-Tag"] == "noindex, nofollow, noarchive"


# -- what the complainant reads --------------------------------------------------------------------------------------


def test_the_page_says_the_stage_who_acts_next_until_when_and_what_happened() -> None:
    allegation = restricted(brand=make_match_brand("크로넬도"))
    page = track_page(Client(), the_address())
    report = allegation.reports.get()
    for word in (
        report.number,
        "소명 요청",
        "다음: 판매자",
        "2026년 11월 26일(목) 24:00까지",
        "판매자 소명",
        "크로넬도",
    ):
        assert word in page
    entries = re.findall(r'timeline__what">([^<]+)<', page)
    assert entries == ["신고를 접수했습니다.", "임시 판매제한"]


def test_a_report_that_waits_for_its_listing_has_a_page() -> None:
    report = waiting()
    page = track_page(Client(), track_of(report))
    for word in (
        report.number,
        "1005009",
        "상품의 내용을 마켓플레이스에 요청했고",
        "다음: 마켓플레이스",
        "결과 안내 기한",
    ):
        assert word in page


def test_a_report_without_an_address_is_followed_but_offers_nothing_to_do() -> None:
    report = waiting(email="")
    listing = make_listing(seen_at=NOW)
    place_report(report, listing, actor=MINA, now=LATER)
    page = track_page(Client(), track_of(report))
    assert listing.external_id in page


def test_the_first_code_still_opens_after_the_report_joined_an_earlier_complaint() -> None:
    listing = make_listing(seller=make_shop(), seen_at=NOW)
    first = complaint(listing, email="who@mail.example", channel=Channel.ONE_CLICK)
    report = waiting()
    assert report.complainant is not None
    address = track_of(report.complainant)
    place_report(report, listing, actor=MINA, now=LATER)
    page = track_page(Client(), address)
    assert first.number in page and report.number in page


def test_a_complainant_reads_nothing_of_another_one() -> None:
    listing = make_listing(seller=make_shop(), seen_at=NOW)
    complaint(listing, brand=make_match_brand(), email="first@canary.example", name="첫째카나리아")
    second = complaint(listing, email="second@mail.example", channel=Channel.ONE_CLICK, code="copyright")
    first = Report.objects.exclude(pk=second.pk).get()
    assert second.complainant is not None
    page = track_page(Client(), track_of(second.complainant))
    for canary in ("first@canary", "첫째카나리아", first.number, "권리자 담당"):
        assert canary not in page


def test_the_complainant_reads_nothing_that_the_seller_handed_in_nor_who_decided() -> None:
    seller = make_shop(email="canary-shop@seller.example", shop_name="공개 상점 이름")
    allegation = restricted(listing=make_listing(seller=seller, seen_at=NOW))
    files = [HandedIn(make_evidence_file(seed=7), DocumentKind.INVOICE, "카나리아-거래처.png")]
    explain(allegation, files=files, text="카나리아-소명-내용")
    allegation.refresh_from_db()
    asked = inquiry_of(allegation)
    client = Client()
    pages = [track_page(client, f"{track_of(asked.complainant)}?lang={each}") for each in ("ko", "en", "zh-hans")]
    pages += [track_page(client, answer_address(asked))]
    decide(allegation, DecisionKind.UPHELD, private_note=CANARY, now=LATER)
    arrive(now=LATER + timedelta(minutes=1))
    with at(LATER + timedelta(minutes=2)):
        pages.append(track_page(client, track_of(asked.complainant)))
    digest = files[0].file.sha256
    for canary in ("canary-shop", "카나리아", CANARY, MINA.label, JUNHO.label, digest, seller.external_id):
        assert all(canary not in page for page in pages), canary
    assert "공개 상점 이름" in pages[0]
    assert "병행수입한 정품입니다." in pages[0]
    assert "거래명세서·인보이스 1건" in pages[0]


def test_a_sanction_is_shown_to_the_rights_holder_alone() -> None:
    brand = make_match_brand()
    allegation = restricted(brand=brand)
    Complainant.objects.update(rights_holder=brand.rights_holder)
    explain(allegation)
    decide(allegation, DecisionKind.UPHELD, now=LATER)
    with at(LATER + timedelta(minutes=2)):
        assert "상점에 벌점을 부과합니다." in track_page(Client(), the_address())
        Complainant.objects.update(rights_holder=None)
        page = track_page(Client(), the_address())
    assert "상점에 벌점을 부과합니다." not in page
    assert "정산" not in page and "청구" not in page


@pytest.mark.parametrize(
    ("language", "words"), [("ko", "처리 현황"), ("en", "Where your report stands"), ("zh-hans", "处理情况")]
)
def test_the_page_is_in_the_complainants_language(language: str, words: str) -> None:
    restricted(language=language)
    assert words in track_page(Client(), the_address())


def test_a_page_asks_the_database_a_bounded_number_of_times(django_assert_max_num_queries: Any) -> None:
    removed()
    address = the_address()
    with at(LATER + timedelta(minutes=5)), django_assert_max_num_queries(45):
        track_page(Client(), address)


# -- answering -------------------------------------------------------------------------------------------------------


def test_an_answer_is_taken_with_its_files_once() -> None:
    allegation = explained()
    asked = inquiry_of(allegation)
    client, address = Client(), answer_address(asked)
    assert "병행수입한 정품입니다" in track_page(client, address)
    form = {"stance": "maintain", "text": "일련번호가 없습니다.", "files_photo": [picture("비교.png")]}
    response = client.post(address, form, follow=True)
    assert "답변을 받았습니다" in told(response)
    second = client.post(address, {"stance": "withdraw", "text": ""}, follow=True)
    assert "이미 제출했거나" in told(second)
    asked.refresh_from_db()
    assert (asked.status, asked.stance, asked.text) == (InquiryStatus.ANSWERED, "maintain", "일련번호가 없습니다.")
    assert asked.attachments.get().name == "비교.png"
    assert Report.objects.get().withdrawn_at is None


def test_maintaining_needs_a_reason_and_withdrawing_none() -> None:
    asked = inquiry_of(explained())
    client, address = Client(), answer_address(asked)
    assert "신고를 유지하려면 이유가 필요합니다" in client.post(address, {"stance": "maintain"}).content.decode()
    assert "입장을 고르지 않았습니다" in client.post(address, {"text": "가품입니다."}).content.decode()
    assert "철회했습니다" in told(client.post(address, {"stance": "withdraw"}, follow=True))
    report = Report.objects.get()
    assert report.withdrawn_at == LATER
    assert alleged(report).status == "withdrawn"


def test_a_late_answer_is_taken_and_marked() -> None:
    asked = inquiry_of(explained())
    with at(NEXT_WEEK):
        client = Client()
        assert "기한이 지났지만 답변을 받습니다" in track_page(client, track_of(asked.complainant))
        response = client.post(answer_address(asked), {"stance": "maintain", "text": "늦었습니다."}, follow=True)
        assert "기한이 지나 제출되어 그렇게 표시됩니다" in told(response)
    asked.refresh_from_db()
    assert asked.is_late


def test_more_information_is_given_where_it_was_asked_for() -> None:
    allegation = alleged(complaint(brand=make_match_brand()))
    [asked] = hearings.ask_for_more(allegation, question="일련번호 사진을 보내 주세요.", actor=MINA, now=NOW)
    client = Client()
    page = track_page(client, track_of(asked.complainant))
    assert "일련번호 사진을 보내 주세요." in page and "보완 요청" in page and "다음: 신고인" in page
    assert "답변 내용이 비어 있습니다" in client.post(answer_address(asked), {"text": ""}).content.decode()
    response = client.post(
        answer_address(asked), {"text": "보냅니다.", "files_photo": [picture("일련번호.png")]}, follow=True
    )
    assert "답변을 받았습니다" in told(response)
    allegation.refresh_from_db()
    assert allegation.status == "under_review"


def test_another_complainants_question_is_not_there() -> None:
    asked = inquiry_of(explained())
    other = waiting()
    response = Client().get(f"{track_of(other)}answers/{asked.pk}/")
    assert response.status_code == 404
    posted = Client().post(f"{track_of(other)}answers/{asked.pk}/", {"stance": "withdraw"})
    assert posted.status_code == 404
    asked.refresh_from_db()
    assert asked.status == InquiryStatus.ASKED


# -- withdrawing -----------------------------------------------------------------------------------------------------


def test_withdrawing_says_first_what_will_happen_and_then_does_it_once() -> None:
    allegation = restricted()
    client, address = Client(), f"{the_address()}{allegation.pk}/withdraw/"
    page = track_page(client, address)
    assert "임시 판매제한도 풀립니다" in page and "철회는 되돌릴 수 없습니다" in page
    assert Report.objects.get().withdrawn_at is None
    response = client.post(address, follow=True)
    assert "신고를 철회했습니다" in told(response)
    assert "신고를 철회하셨습니다" in response.content.decode()
    client.post(address)
    allegation.refresh_from_db()
    assert allegation.status == "withdrawn"
    assert JournalEntry.objects.filter(verb="reports.complainant.withdrew").count() == 1


def test_nobody_withdraws_another_ones_report() -> None:
    allegation = restricted()
    other = waiting()
    assert Client().post(f"{track_of(other)}{allegation.pk}/withdraw/").status_code == 404
    assert allegation.reports.get().withdrawn_at is None


def test_after_a_final_decision_nothing_is_withdrawn() -> None:
    allegation = removed()
    with at(LATER + timedelta(minutes=5)):
        response = Client().post(f"{the_address()}{allegation.pk}/withdraw/", follow=True)
    assert "받을 수 없는 단계" in told(response)
    assert Report.objects.get().withdrawn_at is None


# -- appealing -------------------------------------------------------------------------------------------------------


def test_a_complainant_who_lost_appeals_once() -> None:
    allegation = explained()
    decide(allegation, DecisionKind.REINSTATED, now=LATER)
    with at(LATER + timedelta(minutes=5)):
        client, address = Client(), f"{the_address()}{allegation.pk}/appeal/"
        assert "이의제기하기" in track_page(client, the_address())
        form = {"text": "감정 결과를 냅니다.", "files_other": [picture("감정서.png")]}
        response = client.post(address, form, follow=True)
        assert "이의제기를 받았습니다" in told(response)
        assert "재심사 중" in response.content.decode()
        client.post(address, {"text": "한 번 더"})
    filed = Appeal.objects.get()
    assert (filed.party, filed.complainant, filed.attachments.count()) == ("reporter", Complainant.objects.get(), 1)


def test_a_complainant_who_won_has_nothing_to_contest() -> None:
    allegation = removed()
    with at(LATER + timedelta(minutes=5)):
        client = Client()
        assert "이의제기하기" not in track_page(client, the_address())
        client.post(f"{the_address()}{allegation.pk}/appeal/", {"text": "그래도"})
    assert not Appeal.objects.exists()


def test_a_complainant_reads_that_the_seller_appealed_and_what_came_of_it() -> None:
    allegation = removed()
    later = LATER + timedelta(minutes=5)
    filed = appeals.file_appeal(allegation, party=Party.SELLER, text="카나리아-이의", files=(), actor=MINA, now=later)
    with at(later):
        page = track_page(Client(), the_address())
        assert filed.number in page and "재심사 중" in page and "카나리아-이의" not in page
    won = later + timedelta(days=3)
    appeals.decide_appeal(filed, ruling(DecisionKind.REINSTATED), actor=JUNHO, now=won)
    with at(won + timedelta(minutes=1)):
        page = track_page(Client(), the_address())
    assert "받아들임" in page and "이의제기하기" in page
    for word in ("바로잡은 내용", "판매하지 못한", "벌점", "환불 금액"):
        assert word not in page


def test_an_explanation_is_never_shown_before_it_is_given() -> None:
    restricted()
    assert Explanation.objects.get().submitted_at is None
    assert "판매자의 주장" not in track_page(Client(), the_address())
