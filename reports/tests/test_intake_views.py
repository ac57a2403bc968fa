"""Reports by phone or letter: filed as one, with a code to read out; what is refused keeps everything else."""

from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import AccessLink, Marketplace, User
from accounts.tests.factories import make_marketplace
from brands.models import BrandName
from core.tests import hostile
from core.tests.factories import draw_picture
from listings.models import Listing
from listings.tests.factories import make_listing
from reports.choices import Channel, DocumentKind
from reports.models import Complainant, Report
from reports.services.filing import place_report
from reports.tests.desk import counts, make_decider, signed_in
from reports.tests.factories import MINA, NOW, make_match_brand, make_staff
from reports.tests.world import ground, make_shop

pytestmark = pytest.mark.django_db
INTAKE = "/admin/intake/"


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def moderator() -> User:
    return make_decider()


@pytest.fixture
def client(moderator: User) -> Client:
    return signed_in(moderator)


@pytest.fixture
def listing() -> Listing:
    """A known listing of a marketplace with address patterns."""
    listing = make_listing(seller=make_shop(), external_id="SB-1")
    Marketplace.objects.filter(pk=listing.marketplace_id).update(address_patterns=["https://shop.example/item/{id}"])
    return listing


def form(**changes: Any) -> dict[str, Any]:
    usual = {
        "listing": "https://shop.example/item/SB-1?from=app",
        "ground": ground().pk,
        "text": "받은 가방의 로고가 삐뚤다고 합니다.",
        "name": "홍길동",
        "email": "hong@person.example",
        "phone": "010-0000-0000",
        "address": "서울특별시 중구 세종대로 1",
        "language": "ko",
        "once": "key-1",
    }
    return usual | changes


def picture(name: str = "사진.png", seed: int = 5) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, draw_picture(seed), "image/png")


# -- who may ----------------------------------------------------------------------------------------------------------


def test_only_who_may_file_files(listing: Listing) -> None:
    before = counts()
    stranger = signed_in(make_staff("", "reports.view_case"))
    assert (stranger.get(INTAKE).status_code, stranger.post(INTAKE, form()).status_code) == (403, 403)
    assert Client().post(INTAKE, form()).status_code == 302
    assert counts() == before


# -- filing -----------------------------------------------------------------------------------------------------------


def test_report_is_filed_with_who_complains_and_a_code_is_read_out(client: Client, listing: Listing) -> None:
    response = client.post(INTAKE, form(documents=[picture(), SimpleUploadedFile("편지.pdf", hostile.pdf())]))
    report = Report.objects.get()
    assert response["Location"] == f"{INTAKE}{report.pk}/"
    assert (report.channel, report.case is not None, report.text) == (
        Channel.STAFF,
        True,
        "받은 가방의 로고가 삐뚤다고 합니다.",
    )
    person = report.complainant
    assert person is not None
    assert (person.name, person.email, person.phone) == ("홍길동", "hong@person.example", "010-0000-0000")
    assert person.address == "서울특별시 중구 세종대로 1"
    assert [(each.name, each.kind) for each in report.attachments.all()] == [
        ("사진.png", DocumentKind.PHOTO),
        ("편지.pdf", DocumentKind.OTHER),
    ]
    page = client.get(response["Location"])
    assert report.number in page.content.decode() and report.case.number in page.content.decode()  # type: ignore[union-attr]
    assert page.context["code"] in page.content.decode() and len(page.context["code"]) > 10
    assert "no-store" in page["Cache-Control"] and "private" in page["Cache-Control"]
    assert AccessLink.objects.filter(purpose="track").count() == 1


def test_listing_that_nobody_knows_yet_waits_and_its_code_works_on_once_it_is_there(
    client: Client, listing: Listing
) -> None:
    response = client.post(INTAKE, form(listing="https://shop.example/item/SB-9"))
    report = Report.objects.get()
    assert (report.case, report.wanted) == (None, "SB-9")
    page = client.get(response["Location"])
    assert "상품이 들어오면 사건이 열립니다" in page.content.decode()
    code = page.context["code"]
    later = make_listing(seller=listing.seller, external_id="SB-9")
    place_report(report, later, actor=MINA, now=NOW)
    assert client.get(response["Location"]).context["code"] == code


def test_number_is_enough_where_there_is_one_marketplace_or_one_is_chosen(client: Client, listing: Listing) -> None:
    client.post(INTAKE, form(listing="SB-1"))
    assert Report.objects.get().case is not None
    other = make_marketplace("other")
    asked = client.post(INTAKE, form(listing="SB-1", once="key-2"))
    assert asked.status_code == 422 and "어느 마켓플레이스의 것인지 알 수 없습니다" in asked.content.decode()
    client.post(INTAKE, form(listing="SB-1", marketplace=other.pk, once="key-3"))
    assert Report.objects.filter(marketplace=other, wanted="SB-1").count() == 1


def test_address_of_nobody_is_refused_with_everything_kept(client: Client, listing: Listing) -> None:
    before = counts()
    page = client.post(INTAKE, form(listing="https://evil.example/item/SB-1"))
    text = page.content.decode()
    assert page.status_code == 422 and "등록된 마켓플레이스의 상품 주소가 아닙니다" in text
    assert "받은 가방의 로고가 삐뚤다고 합니다." in text and "hong@person.example" in text
    assert counts() == before


def test_sent_twice_it_is_one_report(client: Client, listing: Listing) -> None:
    first = client.post(INTAKE, form())
    second = client.post(INTAKE, form())
    assert first["Location"] == second["Location"]
    assert (Report.objects.count(), Complainant.objects.count()) == (1, 1)


def test_nobody_said_who_they_are_and_a_code_is_there_all_the_same(client: Client, listing: Listing) -> None:
    response = client.post(INTAKE, form(name="", email="", phone="", address=""))
    assert Report.objects.get().complainant is None
    page = client.get(response["Location"]).content.decode()
    assert "이메일이 없어 결과를 메일로 알리지 못합니다" in page


def test_rights_holders_own_complaint_is_theirs(client: Client, listing: Listing) -> None:
    brand = make_match_brand("솔하루")
    BrandName.objects.create(brand=brand, spelling="SOLHARU", script="latin")
    client.post(INTAKE, form(brand="solharu", is_holder="on"))
    report = Report.objects.get()
    assert report.brand == brand
    assert report.complainant is not None and report.complainant.rights_holder == brand.rights_holder
    refused = client.post(INTAKE, form(is_holder="on", once="key-2"))
    assert "권리자를 알 수 없습니다" in refused.content.decode()


def test_brand_that_is_none_is_asked_for_again_with_those_that_are_near(client: Client, listing: Listing) -> None:
    make_match_brand("솔하루")
    page = client.post(INTAKE, form(brand="솔하"))
    assert page.status_code == 422 and "이 가운데 있는지 확인해 주세요: 솔하루." in page.content.decode()
    assert Report.objects.count() == 0


# -- files ------------------------------------------------------------------------------------------------------------


def test_hostile_file_is_refused_by_name_and_the_good_ones_need_not_be_chosen_again(
    client: Client, listing: Listing
) -> None:
    before = Report.objects.count()
    page = client.post(INTAKE, form(documents=[picture("좋은 사진.png"), SimpleUploadedFile("명세.pdf", hostile.ZIP)]))
    text = page.content.decode()
    assert page.status_code == 422 and Report.objects.count() == before
    assert "파일의 이름과 내용이 다릅니다: 명세.pdf" in text and "보관한 자료 1개" in text
    client.post(INTAKE, form(kept=page.context["kept_token"]))
    assert [each.name for each in Report.objects.get().attachments.all()] == ["좋은 사진.png"]


def test_more_than_ten_files_are_refused(client: Client, listing: Listing) -> None:
    files = [picture(f"{number}.png", seed=number) for number in range(11)]
    page = client.post(INTAKE, form(documents=files))
    assert page.status_code == 422 and "모두 10개까지 받습니다" in page.content.decode()
    assert Report.objects.count() == 0


def test_token_of_kept_files_cannot_be_made_up(client: Client, listing: Listing) -> None:
    client.post(INTAKE, form(kept="W1sxLCJ4Il1d:made:up"))
    assert Report.objects.get().attachments.count() == 0


# -- the result -------------------------------------------------------------------------------------------------------


def test_codes_of_other_channels_are_not_read_out(client: Client, listing: Listing) -> None:
    client.post(INTAKE, form())
    Report.objects.update(channel=Channel.ONE_CLICK)
    assert client.get(f"{INTAKE}{Report.objects.get().pk}/").status_code == 404
    assert client.get(f"{INTAKE}987654/").status_code == 404
