"""Before publishing: what passes, what is reviewed, what is held, why, and what would help."""

import hashlib
import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Marketplace
from accounts.tests.factories import make_marketplace
from brands.models import Brand
from brands.tests.factories import make_rights_holder
from core.errors import DomainError
from core.evidence.errors import FileRefused
from core.models import EvidenceFile, JournalEntry
from core.rule_values import today
from core.tests import hostile
from core.tests.factories import draw_picture
from listings.choices import MatchStatus, Verdict
from listings.counterfeits import protect_content, switch_off
from listings.matches import decide, remember_rejection
from listings.models import (
    Listing,
    ListingVersion,
    Match,
    PictureFingerprint,
    PreflightScreening,
    Reappearance,
    ScreeningRun,
    UploadedPicture,
)
from listings.preflight import GivenPicture, PictureState, PreflightAnswer, screen_unpublished
from listings.rejections import withdraw_rejection
from listings.screening import screen_versions
from listings.tests.confirmed import WORDS, confirmed, picture
from listings.tests.copies import copy_of, make_copied_brand, mirrored, original, shown
from listings.tests.factories import make_listing
from listings.tests.unpublished import answer_to, codes, helps, unpublished
from matching import FINGERPRINT_VERSION
from sellers.choices import AuthorisationStatus
from sellers.models import Authorisation
from sellers.tests.factories import make_authorisation, make_seller

pytestmark = pytest.mark.django_db


@pytest.fixture
def brand() -> Brand:
    return make_copied_brand()


# -- the three answers ------------------------------------------------------------------------------------------------


def test_an_ordinary_listing_passes_without_a_word(brand: Brand) -> None:
    answer = answer_to("가을 신상 크림", images=[original(99)])

    assert (answer.verdict, answer.findings, answer.help, answer.send_to) == ("pass", (), (), None)
    assert answer.message.ko == "게시해도 됩니다."
    assert answer.is_complete


def test_the_brands_plain_name_with_pictures_of_ones_own_passes(brand: Brand) -> None:
    answer = answer_to("누벨하니 정품 크림", images=[original(99)])

    assert (answer.verdict, codes(answer)) == ("pass", [])


def test_a_hidden_name_alone_is_reviewed(brand: Brand) -> None:
    answer = answer_to("명품 누.벨.하.니 수분 크림")

    assert (answer.verdict, codes(answer)) == ("review", ["hidden_name"])
    reason = answer.findings[0].reasons[0]
    assert reason.where == {"field": "title", "start": 3, "end": 10, "found": "누.벨.하.니"}
    assert reason.text.ko == "‘누.벨.하.니’는 기호를 끼워 ‘누벨하니’를 감춘 표기입니다."
    assert reason.text.en == "The name ‘누벨하니’ was found hidden as ‘누.벨.하.니’: symbols in between."


def test_a_hidden_name_beside_a_code_word_is_held(brand: Brand) -> None:
    answer = answer_to("누.벨.하.니 크림 레플리카")

    assert (answer.verdict, codes(answer)) == ("stop", ["hidden_name", "code_word"])
    assert answer.message.ko.startswith("확인이 끝날 때까지 게시하지 마세요.")


def test_the_brands_own_picture_is_held_with_the_documents_that_would_help(brand: Brand) -> None:
    answer = answer_to(images=[copy_of()])

    assert (answer.verdict, codes(answer)) == ("stop", ["picture_of_brand"])
    finding = answer.findings[0]
    assert (finding.brand, finding.brand_name) == (brand.external_id, "누벨하니")
    assert finding.reasons[0].where == {"picture": 1}
    assert finding.reasons[0].text.en == "A picture, mirrored, is nearly the same as the brand's own picture."
    assert helps(answer) == ["sales_authorisation", "import_declaration", "genuine_invoice", "own_pictures"]


def test_the_answer_says_where_to_send_the_documents(brand: Brand, settings: Any) -> None:
    settings.OPERATOR = settings.OPERATOR | {"email": "desk@market.example", "phone": "02-123-4567"}

    answer = answer_to(images=[copy_of()])

    assert answer.send_to is not None
    assert (answer.send_to.email, answer.send_to.phone) == ("desk@market.example", "02-123-4567")
    assert answer.reference in answer.send_to.text.ko
    assert answer.reference in answer.send_to.text.en


# -- nothing is stored but the answer ---------------------------------------------------------------------------------


def test_neither_listing_nor_version_nor_match_is_stored(brand: Brand) -> None:
    copy = copy_of()
    before = EvidenceFile.objects.count()

    answer_to("누.벨.하.니 크림", images=[copy])

    for model in (Listing, ListingVersion, ScreeningRun, Match, Reappearance):
        assert not model.objects.exists()
    assert EvidenceFile.objects.count() == before


def test_the_answer_is_kept_as_staff_read_it(brand: Brand) -> None:
    answer = answer_to("누.벨.하.니 크림", description="당일 발송", images=[copy_of()], external_id="new-1")

    row = PreflightScreening.objects.get()
    assert (row.number, row.verdict, row.score) == (answer.reference, Verdict.STOP, answer.findings[0].score)
    assert (row.title, row.description, row.listing_external_id) == ("누.벨.하.니 크림", "당일 발송", "new-1")
    assert (row.seller, row.seller_external_id) == (None, "unknown")
    assert row.asked_for == helps(answer)
    assert row.findings[0]["references"][0]["reference_id"] == brand.reference_images.get().pk
    entry = JournalEntry.objects.get(verb__startswith="listings.")
    assert (entry.verb, entry.subject_ref) == ("listings.preflight.held", str(row.pk))


def test_what_passes_is_kept_without_its_description_and_without_an_entry(brand: Brand) -> None:
    answer_to("가을 크림", description="당일 발송")

    assert PreflightScreening.objects.get().description == ""
    assert not JournalEntry.objects.filter(verb__startswith="listings.preflight").exists()


def test_the_answers_are_counted_by_verdict(brand: Brand) -> None:
    for title in ("가을 크림", "겨울 크림", "누.벨.하.니 크림", "누.벨.하.니 레플리카"):
        answer_to(title)

    assert PreflightScreening.objects.verdict_counts() == {"pass": 2, "review": 1, "stop": 1}


# -- who may sell -----------------------------------------------------------------------------------------------------


def test_an_authorised_seller_passes(brand: Brand) -> None:
    seller = make_seller()
    make_authorisation(seller, brand)

    answer = answer_to("누.벨.하.니 레플리카", seller=seller, images=[copy_of()])

    assert (answer.verdict, codes(answer), helps(answer)) == ("pass", ["authorised_seller"], [])


def test_an_authorisation_that_is_over_helps_nobody(brand: Brand) -> None:
    seller = make_seller()
    make_authorisation(seller, brand, ends_on=today() - timedelta(days=1))

    assert answer_to(seller=seller, images=[copy_of()]).verdict == "stop"


def test_an_authorisation_for_other_goods_helps_nobody(brand: Brand) -> None:
    seller = make_seller()
    make_authorisation(seller, brand, goods="신발")

    assert answer_to("가을 크림", seller=seller, images=[copy_of()]).verdict == "stop"
    assert answer_to("가을 신발", seller=seller, images=[copy_of()]).verdict == "pass"


def test_a_seller_that_the_brand_named_before_it_appeared_passes(brand: Brand) -> None:
    marketplace = make_marketplace()
    Authorisation.objects.create(
        marketplace=marketplace,
        seller_external_id="new-shop",
        brand=brand,
        starts_on=date(2020, 1, 1),
        status=AuthorisationStatus.AWAITING_SELLER,
    )

    def verdict(seller_external_id: str) -> str:
        return answer_to(images=[copy_of()], marketplace=marketplace, seller_external_id=seller_external_id).verdict

    assert verdict("new-shop") == "pass"
    assert verdict("another-shop") == "stop"


def test_a_revoked_authorisation_helps_nobody(brand: Brand) -> None:
    seller = make_seller()
    make_authorisation(seller, brand, status=AuthorisationStatus.REVOKED)

    assert answer_to(seller=seller, images=[copy_of()]).verdict == "stop"


# -- what was decided before ------------------------------------------------------------------------------------------


def rejected_match(seller: Any, **content: Any) -> Match:
    """A stored listing of the seller whose match a moderator found harmless."""
    listing = make_listing(seller=seller, **content)
    screen_versions([shown(listing).pk])
    match = Match.objects.get(version=shown(listing))
    decide(match, to=MatchStatus.REJECTED, actor=None, now=timezone.now())
    remember_rejection(match, actor=None)
    return match


def test_what_was_found_harmless_in_this_sellers_content_passes(brand: Brand) -> None:
    seller = make_seller()
    rejected_match(seller, title="가을 크림", images=[copy_of()])

    answer = answer_to("다른 크림", seller=seller, images=[copy_of()])

    assert (answer.verdict, codes(answer)) == ("pass", ["found_harmless_before"])


def test_another_sellers_same_content_is_held(brand: Brand) -> None:
    rejected_match(make_seller(), title="가을 크림", images=[copy_of()])

    assert answer_to("다른 크림", seller=make_seller(), images=[copy_of()]).verdict == "stop"


def test_a_rejection_that_was_taken_back_helps_nobody(brand: Brand) -> None:
    seller = make_seller()
    match = rejected_match(seller, title="가을 크림", images=[copy_of()])
    withdraw_rejection(match.rejections.get(), actor=None, now=timezone.now())

    assert answer_to("다른 크림", seller=seller, images=[copy_of()]).verdict == "stop"


def test_content_that_an_appeal_found_rightful_passes(brand: Brand) -> None:
    seller = make_seller()
    listing = make_listing(seller=seller, images=[copy_of()])
    protect_content(shown(listing), brand=brand, source=make_rights_holder(), actor=None)

    answer = answer_to("다른 크림", seller=seller, images=[copy_of()])

    assert (answer.verdict, codes(answer)) == ("pass", ["protected_by_appeal"])
    assert answer_to("누.벨.하.니 레플리카", seller=seller, images=[copy_of()]).verdict == "stop"
    assert answer_to("다른 크림", seller=make_seller(), images=[copy_of()]).verdict == "stop"


# -- confirmed counterfeits that are back -----------------------------------------------------------------------------


def test_a_returning_counterfeit_is_held_and_can_only_be_contested(brand: Brand) -> None:
    confirmed(images=[picture(50)], brand=brand)

    answer = answer_to("새 크림", images=[picture(50)])

    assert (answer.verdict, codes(answer), helps(answer)) == ("stop", ["returning_counterfeit"], ["contest"])
    finding = answer.findings[0]
    assert (finding.brand, finding.reasons[0].where) == (brand.external_id, {"picture": 1})
    assert "confirmed counterfeit" in finding.reasons[0].text.en


def test_nothing_of_the_old_listing_is_told(brand: Brand) -> None:
    rows = confirmed(images=[picture(50)], brand=brand, title="누벨하니 수분 크림 원래 제목")

    told = json.dumps(answer_to("새 크림", images=[picture(50)]).as_json(), ensure_ascii=False)

    assert "원래 제목" not in told
    assert rows[0].listing.external_id not in told
    assert rows[0].listing.seller.external_id not in told


def test_a_fingerprint_that_was_switched_off_holds_nothing(brand: Brand) -> None:
    for row in confirmed(images=[picture(50)], brand=brand):
        switch_off(row, reason="잘못 남긴 지문입니다.", actor=None)

    assert answer_to("새 크림", images=[picture(50)]).verdict == "pass"


def test_a_counterfeit_of_no_known_brand_is_held_too() -> None:
    confirmed(images=[picture(50)], brand=None)

    answer = answer_to("새 크림", images=[picture(50)])

    assert (answer.verdict, answer.findings[0].as_json()["brand"]) == ("stop", None)


def test_an_authorised_sellers_picture_is_no_returning_counterfeit(brand: Brand) -> None:
    confirmed(images=[picture(50)], brand=brand)
    seller = make_seller()
    make_authorisation(seller, brand)

    assert answer_to("새 크림", seller=seller, images=[picture(50)]).verdict == "pass"


# -- used goods, parts, names that describe ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("중고 누.벨.하.니 크림", "used_goods"),
        ("누벨하니 호환 리필 용기", "compatible_part"),
        ("누벨하니용 뚜껑", "compatible_part"),
        ("case for Nouvelhani", "compatible_part"),
        ("누벨하니보다 촉촉한 크림", "descriptive_use"),
        ("누벨하니 정품 아님", "descriptive_use"),
    ],
)
def test_they_are_reviewed_with_the_pictures_evidence_and_never_held(brand: Brand, title: str, code: str) -> None:
    answer = answer_to(title, images=[copy_of()])

    assert answer.verdict == "review"
    assert "picture_of_brand" in codes(answer)
    assert codes(answer)[-1] == code
    assert answer.findings[0].reasons[-1].text.en.endswith("so a person decides instead of the machine.")
    assert "sales_authorisation" not in helps(answer)


def test_used_goods_are_asked_for_what_a_private_seller_has(brand: Brand) -> None:
    answer = answer_to("중고 누벨하니 크림", images=[copy_of()])

    assert helps(answer) == ["genuine_invoice", "proof_of_purchase", "own_pictures"]


def test_the_very_picture_of_a_confirmed_counterfeit_is_held_whatever_the_title_says(brand: Brand) -> None:
    confirmed(images=[picture(50)], brand=brand)

    answer = answer_to("중고 누벨하니 호환 케이스", images=[picture(50)])

    assert (answer.verdict, codes(answer)) == ("stop", ["returning_counterfeit"])


def test_a_mere_likeness_to_one_is_reviewed_where_the_goods_are_used(brand: Brand) -> None:
    confirmed(description=WORDS, brand=brand)

    answer = answer_to("누벨하니 수분 크림", description=WORDS)
    used = answer_to("중고 누벨하니 수분 크림", description=WORDS)
    described = answer_to("누벨하니 수분 크림 누벨하니보다 좋은", description=WORDS)

    assert (answer.verdict, codes(answer)) == ("stop", ["returning_counterfeit"])
    assert (used.verdict, codes(used)) == ("review", ["returning_counterfeit", "used_goods"])
    assert described.verdict == "stop"


# -- pictures ---------------------------------------------------------------------------------------------------------


def ask(*pictures: GivenPicture) -> PreflightAnswer:
    return screen_unpublished(unpublished(), marketplace=make_marketplace(), seller_external_id="s1", pictures=pictures)


def test_a_picture_by_address_is_pending_and_the_answer_says_so(brand: Brand) -> None:
    answer = ask(GivenPicture(address="https://market.example/1.jpg"))

    assert (answer.verdict, answer.is_complete) == ("pass", False)
    assert [(each.position, each.state) for each in answer.pictures] == [(1, PictureState.PENDING)]


def test_a_digest_that_nothing_is_kept_of_is_unknown(brand: Brand) -> None:
    answer = ask(GivenPicture(sha256="0" * 64), GivenPicture.kept(copy_of()))

    assert [each.state for each in answer.pictures] == [PictureState.UNKNOWN, PictureState.COMPARED]
    assert (answer.verdict, answer.findings[0].reasons[0].where) == ("stop", {"picture": 2})


def test_a_digest_names_a_picture_only_for_the_marketplace_that_sent_it(brand: Brand) -> None:
    file, ours, theirs = copy_of(), make_marketplace("ours"), make_marketplace("theirs")
    UploadedPicture.objects.create(marketplace=ours, file=file)

    def state(marketplace: Marketplace) -> tuple[str, str]:
        named = GivenPicture(sha256=file.sha256)
        answer = screen_unpublished(unpublished(), marketplace=marketplace, seller_external_id="s1", pictures=[named])
        return answer.verdict, answer.pictures[0].state.value

    assert (state(ours), state(theirs)) == (("stop", "compared"), ("pass", "unknown"))


@pytest.mark.parametrize("count", [1, 3])
def test_bytes_are_compared_and_not_kept(brand: Brand, count: int) -> None:
    data = mirrored(draw_picture(7, size=(400, 400)))
    others = [draw_picture(seed, size=(300, 300), picture_format="JPEG") for seed in range(80, 80 + count - 1)]
    before = EvidenceFile.objects.count()

    answer = ask(*(GivenPicture(data=each) for each in [*others, data]))

    assert (answer.verdict, codes(answer)) == ("stop", ["picture_of_brand"])
    assert answer.findings[0].reasons[0].where == {"picture": count}
    assert answer.pictures[-1].sha256 == hashlib.sha256(data).hexdigest()
    assert EvidenceFile.objects.count() == before


def test_the_same_picture_twice_is_told_where_it_stands_first(brand: Brand) -> None:
    kept = GivenPicture.kept(copy_of())

    answer = ask(GivenPicture.kept(original(99)), kept, kept)

    assert [reason.where for reason in answer.findings[0].reasons] == [{"picture": 2}]
    assert [each.position for each in answer.pictures] == [1, 2, 3]


@pytest.mark.parametrize(
    "data",
    [b"<html></html>", b"%PDF-1.7 not a picture", b"\xff\xd8\xff" + bytes(40), hostile.png_that_claims(9_000, 9_000)],
)
def test_bytes_that_no_listing_could_show_are_refused(data: bytes) -> None:
    with pytest.raises(FileRefused):
        ask(GivenPicture(data=data))
    assert not PreflightScreening.objects.exists()


def test_a_kept_picture_that_the_engine_could_not_read_says_so() -> None:
    file = copy_of()
    PictureFingerprint.objects.create(
        sha256=file.sha256, engine_version=FINGERPRINT_VERSION, problem="UnreadablePicture"
    )

    answer = ask(GivenPicture.kept(file))

    assert [each.state for each in answer.pictures] == [PictureState.UNREADABLE]


@pytest.mark.parametrize(
    "given",
    [
        GivenPicture(),
        GivenPicture(data=b"other", sha256="0" * 64),
        GivenPicture(sha256="A" * 64),
        GivenPicture(sha256="0" * 63),
    ],
)
def test_a_picture_that_is_none_is_refused(given: GivenPicture) -> None:
    with pytest.raises(DomainError):
        ask(given)
    assert not PreflightScreening.objects.exists()


# -- input that no listing can have -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [
        {"title": ""},
        {"title": "  "},
        {"title": "크림\x00"},
        {"title": "크림\ud800"},
        {"title": "가" * 501},
        {"description": "가" * 50_001},
        {"description": "\udfff"},
        {"category": "가" * 201},
        {"currency": "WONS"},
        {"external_id": "1" * 101},
        {"price_minor": -1},
        {"price_minor": 2**63},
    ],
)
def test_what_no_listing_can_have_is_refused_and_nothing_is_kept(fields: dict[str, Any]) -> None:
    with pytest.raises(DomainError) as refusal:
        screen_unpublished(
            unpublished(**({"title": "크림"} | fields)), marketplace=make_marketplace(), seller_external_id="s1"
        )
    assert refusal.value.code == "unusable_listing"
    assert not PreflightScreening.objects.exists()


@pytest.mark.parametrize("seller", ["", "\x00", "s" * 101])
def test_a_seller_that_cannot_be_is_refused(seller: str) -> None:
    with pytest.raises(DomainError):
        screen_unpublished(unpublished(), marketplace=make_marketplace(), seller_external_id=seller)
    assert not PreflightScreening.objects.exists()
