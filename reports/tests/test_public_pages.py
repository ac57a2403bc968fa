"""``/report/`` without script: one button, a receipt, the way back, what may be added, and every wrong way in."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import Marketplace
from core.models import OutboxMessage
from core.tests.factories import draw_picture
from reports.choices import DecisionKind, NoticeKind
from reports.models import Attachment, Complainant, NewsRequest, Notice, Report
from reports.tests.factories import CANARY
from reports.tests.party_visits import seller_page
from reports.tests.party_visits import visit as visit_seller
from reports.tests.visitors import a_listing, address_of, press, sent_code
from reports.tests.world import alleged, arrive, decide

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_counters() -> None:
    cache.clear()


def page(client: Client, address: str, *, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def send(client: Client, address: str, **given: object) -> str:
    """Send a form of the receipt; gives the page that follows."""
    return client.post(address, given, follow=True).content.decode()


def test_from_a_pasted_address_to_the_tracking_page(client: Client) -> None:
    listing = a_listing()
    Marketplace.objects.update(address_patterns=["https://shop.example/item/{id}"])
    response = client.post("/report/", {"listing": f" https://m.shop.example/item/{listing.external_id}?from=ad "})
    assert response.headers["Location"] == address_of(listing)
    assert "크로넬도 캔버스 숄더백" in page(client, address_of(listing))
    receipt = press(client, listing)
    body = page(client, receipt)
    assert Report.objects.get().number in body
    code = receipt.split("/")[2]
    assert f"/track/{code}/" in body
    assert "접수" in page(client, f"/track/{code}/")
    assert code in page(client, "/report/"), "the code is kept on the device"


@pytest.mark.parametrize(
    ("pasted", "said"),
    [
        ("", "주소가 비어 있습니다"),
        ("https://elsewhere.example/item/1", "상품을 읽을 수 없습니다"),
        ("https://shop.example/search?q=1", "상품을 읽을 수 없습니다"),
        ("가방 사진", "주소도 상품 번호도 아닙니다"),
        ("1" * 101, "주소도 상품 번호도 아닙니다"),
        ("1\0", "null"),
        ("x" * 2_001, "2,000자보다 깁니다"),
    ],
)
def test_what_cannot_be_read_is_said_and_stays_in_the_field(client: Client, pasted: str, said: str) -> None:
    a_listing()
    Marketplace.objects.update(address_patterns=["https://shop.example/item/{id}"])
    response = client.post("/report/", {"listing": pasted})
    assert response.status_code == 200
    assert said in response.content.decode()
    assert Report.objects.count() == 0


def test_a_number_alone_asks_which_marketplace_where_there_are_several(client: Client) -> None:
    listing = a_listing()
    other = Marketplace.objects.create(slug="other", name="다른 장터")
    assert "어느 마켓플레이스인지 알 수 없습니다" in send(client, "/report/", listing=listing.external_id)
    response = client.post("/report/", {"listing": "77", "marketplace": other.pk})
    assert response.headers["Location"] == "/report/other/77/"


def test_a_listing_that_is_not_known_yet_is_reported_and_waits(client: Client) -> None:
    place = a_listing().marketplace
    address = f"/report/{place.slug}/not-yet/"
    assert "아직 저장되지 않은 상품입니다" in page(client, address)
    receipt = client.post(address).headers["Location"]
    assert (Report.objects.get().wanted, Report.objects.get().version) == ("not-yet", None)
    assert "not-yet" in page(client, receipt)
    assert "not-yet" in page(client, f"/track/{receipt.split('/')[2]}/")


def test_an_unknown_marketplace_is_said_and_not_found(client: Client) -> None:
    assert "보호하는 마켓플레이스가 아닙니다" in page(client, "/report/nowhere/1/", status=404)
    assert client.post("/report/nowhere/1/").status_code == 404
    assert Report.objects.count() == 0


def test_the_same_browser_twice_is_one_report_and_another_browser_is_one_more(client: Client) -> None:
    listing = a_listing()
    client.get(address_of(listing))
    assert press(client, listing) == press(client, listing)
    other = Client()
    other.get(address_of(listing))
    assert press(other, listing) != press(client, listing)
    assert Report.objects.count() == 2


def test_the_cookies_are_random_ours_alone_and_out_of_reach_of_scripts(client: Client) -> None:
    listing = a_listing()
    client.get(address_of(listing))
    press(client, listing)
    for name in ("jikimi_visitor", "jikimi_reports"):
        cookie = client.cookies[name]
        assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/report/")
    assert client.cookies["jikimi_visitor"].value not in Report.objects.get().visitor


def test_it_is_taken_back_within_ten_seconds_and_reported_again(client: Client) -> None:
    listing = a_listing()
    client.get(address_of(listing))
    receipt = press(client, listing)
    assert "10초 안에 되돌릴 수 있습니다" in page(client, receipt)
    assert "신고를 되돌렸습니다" in send(client, receipt, do="undo")
    assert Report.objects.get().withdrawn_at is not None
    again = press(client, listing)
    assert again != receipt
    assert Report.objects.standing().count() == 1


def test_after_ten_seconds_the_page_says_so(client: Client) -> None:
    receipt = press(client, a_listing())
    with time_machine.travel(timezone.now() + timedelta(seconds=20), tick=False):
        assert "10초 안에 되돌릴 수 있습니다" not in page(client, receipt)
        assert "10초가 지났습니다" in send(client, receipt, do="undo")
    assert Report.objects.get().withdrawn_at is None


def test_a_reason_a_note_and_photos_are_each_saved_for_themselves(client: Client) -> None:
    receipt = press(client, a_listing())
    assert "신고 사유를 저장했습니다" in send(client, receipt, do="reason", ground="trademark_use")
    assert "메모를 저장했습니다" in send(client, receipt, do="note", text="로고가 다릅니다.")
    photo = SimpleUploadedFile("라벨.png", draw_picture(1), content_type="image/png")
    broken = SimpleUploadedFile("깨짐.png", b"\x89PNG broken", content_type="image/png")
    said = client.post(receipt, {"do": "photos", "files_photo": [photo, broken]}).content.decode()
    assert "사진 1개를 저장했습니다" in said
    assert "깨짐.png" in said
    report = Report.objects.get()
    assert report.ground is not None
    assert (report.ground.code, report.text, Attachment.objects.get().name) == (
        "trademark_use",
        "로고가 다릅니다.",
        "라벨.png",
    )


def test_a_personal_number_is_refused_and_what_was_typed_stays(client: Client) -> None:
    receipt = press(client, a_listing())
    body = send(client, receipt, do="note", text="제 번호 900101-1234567")
    assert "주민등록번호로 보이는 번호가 들어 있습니다" in body
    assert "제 번호 900101-1234567" in body
    assert Report.objects.get().text == ""


def test_an_address_counts_only_once_its_code_has_come_back(client: Client) -> None:
    receipt = press(client, a_listing())
    body = send(client, receipt, do="news", email="me@buyer.example")
    assert "동의하지 않았습니다" in body
    assert NewsRequest.objects.count() == 0
    send(client, receipt, do="news", email="Me@buyer.example", agrees="on", is_old_enough="on")
    assert (NewsRequest.objects.get().email, Complainant.objects.count()) == ("me@buyer.example", 0)
    assert "입력한 코드가 다릅니다" in send(
        client, receipt, do="confirm", code="000000" if sent_code() != "000000" else "1"
    )
    assert "이메일을 확인했습니다" in send(client, receipt, do="confirm", code=sent_code())
    assert Complainant.objects.get().email == "me@buyer.example"
    assert Report.objects.get().complainant == Complainant.objects.get()
    assert Notice.objects.get().kind == NoticeKind.RECEIVED


def test_the_consent_stands_apart_unticked_with_its_four_parts(client: Client) -> None:
    body = page(client, press(client, a_listing()))
    for part in ("목적", "항목", "보유 기간", "거부할 권리"):
        assert f"<dt>{part}</dt>" in body
    assert "checked" not in body.split('class="consent"')[1].split("</form>")[0]


def test_a_code_that_opens_nothing_is_said_and_slowed_down(client: Client) -> None:
    address = "/report/0000-0000-0000-0000-0000/"
    assert "열지 못했습니다" in page(client, address, status=404)
    statuses = [client.post(address, {"do": "undo"}).status_code for _ in range(12)]
    assert statuses[-1] == 429


def test_without_script_a_code_by_mail_lets_a_visitor_through_a_flood(client: Client) -> None:
    listings = [a_listing(f"가방 {number}") for number in range(8)]
    client.get(address_of(listings[0]))
    for listing in listings[:6]:
        press(client, listing)
    address = address_of(listings[6])
    assert "신고를 마치려면 확인이 한 번 필요합니다" in client.post(address).content.decode()
    assert Report.objects.count() == 6
    client.post(address, {"do": "code", "email": "me@buyer.example"})
    assert OutboxMessage.objects.get().destination == "me@buyer.example"
    assert "입력한 코드가 다릅니다" in send(client, address, do="confirm", code="12")
    assert client.post(address, {"do": "confirm", "code": sent_code()}).status_code == 302
    press(client, listings[7])
    assert Report.objects.count() == 8
    assert Complainant.objects.count() == 0


def test_nothing_of_a_reporter_reaches_the_seller(client: Client) -> None:
    """What a visitor typed, uploaded and is known by, against every page and letter that the seller gets."""
    listing = a_listing()
    receipt = press(client, listing)
    code, visitor = receipt.split("/")[2], client.cookies["jikimi_visitor"].value
    send(client, receipt, do="note", text=f"{CANARY} 로고가 다릅니다.")
    photo = SimpleUploadedFile(f"{CANARY}.png", draw_picture(1), content_type="image/png")
    client.post(receipt, {"do": "photos", "files_photo": [photo]})
    news = {"email": "canary-7731@buyer.example", "agrees": "on", "is_old_enough": "on"}
    client.post(receipt, {"do": "news", **news})
    client.post(receipt, {"do": "confirm", "code": sent_code()})
    assert Complainant.objects.get().email == news["email"]
    allegation = alleged(Report.objects.get())
    now = timezone.now()
    decide(allegation, DecisionKind.INTERIM_RESTRICTION, now=now)
    arrive(now=now + timedelta(minutes=1))
    with time_machine.travel(now + timedelta(minutes=2), tick=False):
        pages = seller_page(visit_seller(allegation), allegation)
    letters = OutboxMessage.objects.exclude(destination=news["email"]).values_list("payload", flat=True)
    assert letters
    sent = "".join(str(payload) for payload in letters)
    for secret in (CANARY, "canary-7731", code, visitor, Report.objects.get().visitor, Report.objects.get().number):
        assert secret not in pages, secret
        assert secret not in sent, secret
