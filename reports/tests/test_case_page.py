"""The case page: who sees what, what is asked next, what each side has said, in few queries however much it is."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from core.evidence.services import keep_file
from core.tests import hostile
from core.tests.factories import make_evidence_file
from listings.fingerprints import fingerprints_of
from listings.models import Listing
from listings.tests.confirmed import mirrored, picture
from listings.tests.factories import make_listing, make_version
from reports.choices import Channel, DecisionKind, DocumentKind, Party
from reports.models import Allegation, Attachment
from reports.services import appeals, hearings, queue
from reports.services.filing import HandedIn
from reports.tests.desk import MODERATOR, door, make_decider, make_lead, page_of, signed_in
from reports.tests.factories import CANARY, make_match, make_match_brand, make_staff, make_suspect_listing
from reports.tests.world import (
    LATER,
    THE_SELLER,
    alleged,
    arrive,
    complaint,
    decide,
    explain,
    explained,
    inquiry_of,
    make_shop,
    removed,
    restricted,
)

pytestmark = pytest.mark.django_db
MOST_QUERIES = 20


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(LATER, tick=False) as traveller:
        yield traveller


@pytest.fixture
def moderator() -> User:
    return make_decider()


@pytest.fixture
def client(moderator: User) -> Client:
    return signed_in(moderator)


def text_of(client: Client, address: str, **query: Any) -> str:
    response = client.get(address, query)
    assert response.status_code == 200
    return response.content.decode()


def queries(client: Client, address: str, **query: Any) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address, query).status_code == 200
    return len(captured)


# -- who may ----------------------------------------------------------------------------------------------------------


def test_who_decides_sees_the_form_who_only_sees_does_not_and_a_stranger_sees_nothing() -> None:
    allegation = alleged(complaint())
    address = page_of(allegation)
    assert "data-answer-form" in text_of(signed_in(make_decider()), address)
    seen = text_of(signed_in(make_staff("", "reports.view_case")), address)
    assert "data-answer-form" not in seen and "결정은 심사 담당자가 합니다" in seen
    assert signed_in(make_staff()).get(address).status_code == 403
    assert Client().get(address).status_code == 302


def test_who_complains_is_shown_to_those_who_may_know_it_alone(client: Client) -> None:
    allegation = alleged(complaint(name="황보드가람"))
    assert "황보드가람" in text_of(client, page_of(allegation))
    stranger = signed_in(make_staff("", "reports.view_case", "reports.decide_case"))
    assert "황보드가람" not in text_of(stranger, page_of(allegation))


def test_case_that_is_none_is_not_found(client: Client) -> None:
    assert client.get(reverse("admin:case_page", args=[987])).status_code == 404


# -- what is asked next -----------------------------------------------------------------------------------------------


def test_top_says_what_is_asked_and_until_when(client: Client) -> None:
    page = text_of(client, page_of(alleged(complaint())))
    assert "신고가 맞는지 심사해 주세요" in page
    assert "2026년 11월 24일(화) 14:30까지" in page


@pytest.mark.parametrize(
    ("make", "question"),
    [
        (restricted, "판매자의 소명을 기다립니다"),
        (explained, "신고인의 답변을 기다립니다"),
        (removed, "결정이 끝났습니다"),
    ],
    ids=["restricted", "explained", "removed"],
)
def test_where_nothing_is_asked_of_staff_it_says_whom_the_matter_waits_for(
    client: Client, make: Any, question: str
) -> None:
    assert question in text_of(client, page_of(make()))


def test_address_chooses_the_allegation_and_the_one_that_is_due_first_stands_without(client: Client) -> None:
    listing = make_listing(seller=make_shop())
    slow = alleged(complaint(listing, channel=Channel.ONE_CLICK, brand=make_match_brand("느린뫼")))
    urgent = alleged(complaint(listing, brand=make_match_brand("빠른내"), email="x@holder.example"))
    assert client.get(page_of(slow)).context["rows"].allegation == urgent
    assert client.get(page_of(slow), {"allegation": slow.pk}).context["rows"].allegation == slow
    assert client.get(page_of(slow), {"allegation": "987"}).context["rows"].allegation == urgent


# -- the listing ------------------------------------------------------------------------------------------------------


def test_picture_lies_over_the_brands_by_the_transform_of_the_match(client: Client) -> None:
    match = make_match()
    allegation = alleged(complaint(match.version.listing, brand=match.brand))
    page = text_of(client, page_of(allegation))
    assert 'data-mirrored="true"' in page and '<mark class="mark mark-text">솔.하.루</mark>' in page


def test_listing_is_shown_as_it_was_reported_with_what_has_changed_since(client: Client) -> None:
    brand = make_match_brand()
    listing = make_suspect_listing(brand, price_minor=12_900)
    allegation = alleged(complaint(listing, brand=brand))
    make_version(listing, title="아무 이름 없는 크림")
    page = text_of(client, page_of(allegation))
    assert "솔.하.루 크림 세트" in page and "아무 이름 없는 크림" not in page.split("case-said")[0]
    assert "신고 뒤에 상품의 제목" in page


def test_case_without_pictures_or_brand_can_be_decided_on_its_words(client: Client) -> None:
    allegation = alleged(complaint(make_listing("크림", images=[], seller=make_shop())))
    page = text_of(client, page_of(allegation))
    assert "보여 드릴 상품 사진이 없습니다" in page and "브랜드 미정" in page and "data-answer-form" in page


def test_hostile_words_are_shown_as_text(client: Client) -> None:
    listing = make_listing('<img src=x onerror="alert(1)">', seller=make_shop())
    allegation = alleged(complaint(listing, name="<script>alert(2)</script>"))
    page = text_of(client, page_of(allegation))
    assert "<img src=x" not in page and "<script>alert" not in page
    content = page.split('id="content"', 1)[1]
    assert " style=" not in content and "<style" not in content and " onclick=" not in content


# -- each side --------------------------------------------------------------------------------------------------------


def test_each_side_is_heard_on_the_page_and_what_came_late_is_marked(client: Client) -> None:
    allegation = explained()
    arrive(now=LATER + timedelta(minutes=1))
    late = LATER + timedelta(days=30)
    picture = HandedIn(make_evidence_file(seed=71), DocumentKind.PHOTO, "비교 사진.jpg")
    hearings.answer(
        inquiry_of(allegation), text="거래한 적 없는 회사입니다.", files=[picture], actor=THE_SELLER, now=late
    )
    page = text_of(client, page_of(allegation))
    assert "병행수입한 정품입니다. 서류를 냅니다." in page and "신고인에게 보인 요약" in page
    assert "거래한 적 없는 회사입니다." in page and "기한 뒤 답변" in page
    assert f'src="{reverse("admin:review_evidence", args=[picture.file.sha256])}"' in page


def test_earlier_decisions_stand_there_with_who_and_why_and_the_note(client: Client, moderator: User) -> None:
    allegation = alleged(complaint())
    decide(allegation, DecisionKind.INTERIM_RESTRICTION, private_note=CANARY)
    page = text_of(client, page_of(allegation))
    assert "등록상표를 권한 없이 붙인 상품입니다." in page and CANARY in page and "D-2026-" in page


def test_an_appeal_stands_there_with_what_it_says(client: Client) -> None:
    allegation = removed()
    at = LATER + timedelta(hours=1)
    appeals.file_appeal(
        allegation, party=Party.SELLER, text="인보이스를 다시 봐 주십시오.", files=[], actor=THE_SELLER, now=at
    )
    page = text_of(client, page_of(allegation))
    assert "이의제기를 다시 심사해 주세요" in page and "인보이스를 다시 봐 주십시오." in page
    assert "이의를 받아들이지 않고 유지하기" in page and "이의를 받아들여 판매 재개하기" in page


def test_document_without_a_safe_copy_is_saved_and_never_shown(client: Client) -> None:
    file = keep_file(hostile.pdf(), name="인보이스.pdf")
    report = complaint(files=[HandedIn(file, DocumentKind.INVOICE, f"{CANARY}.pdf")])
    attachment = Attachment.objects.get(report=report)
    address = door("case_file", alleged(report), attachment.pk)
    assert address in text_of(client, page_of(alleged(report)))
    response = client.get(address)
    assert response["Content-Disposition"].startswith("attachment;") and CANARY not in response["Content-Disposition"]
    assert response["Content-Type"] == "application/octet-stream"
    assert signed_in(make_staff("", "reports.view_case")).get(address).status_code == 403


def test_a_picture_is_never_handed_out_as_it_came(client: Client) -> None:
    report = complaint(files=[HandedIn(make_evidence_file(seed=77))])
    attachment = Attachment.objects.get(report=report)
    assert client.get(door("case_file", alleged(report), attachment.pk)).status_code == 404


# -- around -----------------------------------------------------------------------------------------------------------


def test_around_the_case_stand_the_sellers_other_cases_and_the_same_pictures(client: Client) -> None:
    seller, picture = make_shop(), make_evidence_file(seed=55)
    before = alleged(complaint(make_listing(seller=seller)))
    allegation = alleged(complaint(make_listing(seller=seller, images=[picture])))
    copied = make_listing("다른 상점의 같은 사진", images=[picture])
    page = text_of(client, door("case_around", allegation))
    assert before.case.number in page and copied.external_id in page
    assert "사건 · 시작" in page and "신고 · 접수" in page


def test_a_nearly_equal_picture_is_named_so_where_the_seller_or_a_live_case_shows_it(client: Client) -> None:
    seller, own, copy = make_shop(), picture(1), mirrored(1)
    fingerprints_of([own, copy])
    allegation = alleged(complaint(make_listing(seller=seller, images=[own])))
    at_the_seller = make_listing(seller=seller, images=[copy])
    in_a_case, elsewhere = make_listing(images=[copy]), make_listing(images=[copy])
    complaint(in_a_case)
    page = text_of(client, door("case_around", allegation))
    assert "거의 같은 사진</strong>" in page and "좌우를 뒤집으면" in page
    assert at_the_seller.external_id in page
    assert in_a_case.external_id in page
    assert elsewhere.external_id not in page


def test_effects_are_in_force_only_once_they_are_confirmed(client: Client) -> None:
    allegation = restricted()
    page = text_of(client, door("case_around", allegation))
    assert "case-in-force" not in page and "임시 판매제한" in page
    later = removed()
    assert "집행 대기" in text_of(client, door("case_around", later))


def test_around_is_a_part_for_the_script_and_a_page_without(client: Client) -> None:
    address = door("case_around", alleged(complaint()))
    assert "<html" in text_of(client, address)
    part = client.get(address, headers={"X-Fragment": "1"}).content.decode()
    assert "<html" not in part and "case-around__grid" in part


# -- queries ----------------------------------------------------------------------------------------------------------


def a_full_case(listing: Listing | None = None, *, reports: int = 30) -> Allegation:
    """Much of everything: two brands, many reports with files, an explanation with documents, answers, an appeal."""
    match = make_match(listing=listing)
    listing = match.version.listing
    files = [HandedIn(make_evidence_file(seed=600 + number)) for number in range(3)]
    for number in range(reports):
        complaint(listing, brand=match.brand, email=f"p{number}@person.example", files=files[: number % 4])
    other = complaint(listing, brand=make_match_brand("미르나"), email="z@holder.example", files=files)
    allegation = Allegation.objects.get(case=other.case, brand=match.brand)
    decide(allegation, DecisionKind.INTERIM_RESTRICTION)
    arrive()
    explain(allegation, files=files)
    decide(allegation, DecisionKind.UPHELD, now=LATER)
    at = LATER + timedelta(minutes=2)
    arrive(now=at)
    appeals.file_appeal(allegation, party=Party.SELLER, text="다릅니다.", files=files, actor=THE_SELLER, now=at)
    return allegation


@pytest.mark.parametrize("reports", [2, 40])
def test_queries_do_not_grow_with_what_hangs_on_the_case(
    client: Client, moderator: User, clock: Any, reports: int
) -> None:
    allegation = a_full_case(reports=reports)
    clock.move_to(LATER + timedelta(minutes=3))
    queue.lease(allegation.case, moderator, now=LATER + timedelta(minutes=3))
    undoable = decide(alleged(complaint()), DecisionKind.DISMISSED, actor=None, now=LATER + timedelta(minutes=3))
    lead = signed_in(make_lead())
    for person in (client, lead):
        assert queries(person, page_of(allegation), done=undoable.pk) <= MOST_QUERIES
        assert queries(person, page_of(allegation), allegation=allegation.pk) <= MOST_QUERIES
        assert queries(person, door("case_around", allegation)) <= MOST_QUERIES


def test_a_load_renews_an_old_lease_within_the_bound(client: Client, moderator: User, clock: Any) -> None:
    allegation = a_full_case(reports=3)
    queue.lease(allegation.case, moderator, now=LATER)
    clock.move_to(LATER + timedelta(minutes=14))
    assert queries(client, page_of(allegation)) <= MOST_QUERIES
    allegation.case.refresh_from_db()
    assert allegation.case.leased_until == LATER + timedelta(minutes=29)


def test_a_flood_of_reports_is_counted_and_the_newest_are_shown(client: Client) -> None:
    listing = make_listing(seller=make_shop())
    for number in range(30):
        complaint(listing, channel=Channel.ONE_CLICK, email=f"p{number}@person.example")
    page = text_of(client, page_of(alleged(complaint(listing, channel=Channel.ONE_CLICK, email="last@x.example"))))
    assert "신고 31건" in page and "이 밖에 26건이 더 있습니다" in page


def test_moderators_of_the_table_hold_what_the_page_asks_for() -> None:
    assert set(MODERATOR) <= make_decider().get_all_permissions()
