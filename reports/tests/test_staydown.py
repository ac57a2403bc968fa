"""A confirmed counterfeit leaves fingerprints; what comes back opens a case that names the old one."""

from datetime import timedelta

import pytest

from brands.models import Brand
from brands.tests.factories import make_reference_image
from core.models import OutboxMessage
from core.tests.factories import make_evidence_file
from listings.models import Fingerprint, Listing, Protection, Reappearance
from listings.screening import screen_versions
from listings.tests.factories import make_listing, make_version
from reports.choices import Channel, DecisionKind, NoticeKind
from reports.models import Allegation, Case, Notice, Report, WorkItem
from reports.services import decisions, staydown
from reports.tests.factories import MINA, NOW, make_match_brand
from reports.tests.world import LATER, alleged, complaint, decide, make_shop, ruling

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)
WORDS = "핸드메이드 리넨 자수 앞치마 블루 프리사이즈 선물 포장 당일 발송 재고 소진 임박"


def counterfeit(*, contact: str = "ip@holder.example") -> tuple[Allegation, Brand]:
    """A listing with a picture and words of its own that was found a counterfeit."""
    brand = make_match_brand()
    type(brand.rights_holder).objects.filter(pk=brand.rights_holder_id).update(contact_email=contact)
    brand.rights_holder.refresh_from_db()
    listing = make_listing(
        WORDS, seller=make_shop(), images=[make_evidence_file(seed=901)], description=WORDS * 3, seen_at=NOW
    )
    allegation = alleged(complaint(listing, brand=brand))
    decide(allegation, DecisionKind.UPHELD)
    return allegation, brand


def come_back(**fields: object) -> Listing:
    """The same picture and words, from another seller, a week later, and screened."""
    listing = make_listing(
        WORDS,
        seller=make_shop(email="other@seller.example"),
        images=[make_evidence_file(seed=901)],
        description=WORDS * 3,
        seen_at=NOW + WEEK,
        **fields,  # type: ignore[arg-type]  # fields of the row
    )
    assert listing.current_version_id is not None
    screen_versions([listing.current_version_id])
    return listing


def test_a_confirmed_counterfeit_leaves_fingerprints_that_count_once_it_cannot_be_undone() -> None:
    counterfeit()
    rows = Fingerprint.objects.all()
    assert {row.kind for row in rows} == {"image", "text"}
    assert {row.effective_at for row in rows} == {NOW + timedelta(seconds=20)}


def test_what_comes_back_opens_a_case_that_names_the_old_one_and_the_brand_is_told() -> None:
    old, brand = counterfeit()
    listing = come_back()
    assert staydown.open_cases(now=NOW + WEEK) == 1
    assert staydown.open_cases(now=NOW + WEEK) == 0
    report = Report.objects.get(channel=Channel.STAY_DOWN)
    assert report.case is not None and report.case.listing == listing
    assert report.allegation is not None and report.allegation.rights_holder == brand.rights_holder
    assert report.reappearance is not None and report.reappearance.days_to_relist == 7
    told = Notice.objects.get(kind=NoticeKind.RELISTED)
    assert old.case.number in str(told.statement)
    assert OutboxMessage.objects.filter(message_type="notice.relisted").get().destination == "ip@holder.example"
    item = WorkItem.objects.open().get()
    assert item.severity == 40


def test_without_an_address_of_the_brand_the_case_opens_all_the_same() -> None:
    counterfeit(contact="")
    come_back()
    staydown.open_cases(now=NOW + WEEK)
    assert Report.objects.filter(channel=Channel.STAY_DOWN).get().complainant is None


def test_a_decision_that_was_undone_leaves_nothing() -> None:
    allegation, _ = counterfeit()
    decisions.undo(allegation.decisions.get(), actor=MINA, now=NOW + timedelta(seconds=5))
    come_back()
    assert not Reappearance.objects.undismissed().exists()
    assert staydown.open_cases(now=NOW + WEEK) == 0


def test_a_correction_clears_the_fingerprints_and_protects_the_sellers_content() -> None:
    allegation, _ = counterfeit()
    wrong = allegation.decisions.get()
    fixed = decisions.correct(wrong, ruling(DecisionKind.REINSTATED), actor=MINA, now=LATER)
    assert not Fingerprint.objects.not_cleared().exists()
    assert Protection.objects.in_force().count() == 2
    assert "fingerprint.keep" in fixed.repair.repaired
    decisions.undo(fixed, actor=MINA, now=LATER + timedelta(seconds=5))
    assert Fingerprint.objects.switched_on().count() == 2
    assert not Protection.objects.in_force().exists()


def test_content_that_has_changed_again_is_not_reported_for_the_old() -> None:
    counterfeit()
    listing = come_back()
    make_version(listing, "전혀 다른 상품")
    assert staydown.open_cases(now=NOW + WEEK) == 0
    assert Case.objects.live().count() == 0


def test_the_brands_own_picture_alone_is_no_return() -> None:
    _, brand = counterfeit()
    make_reference_image(brand, file=make_evidence_file(seed=902))
    listing = make_listing("정품 판매", seller=make_shop(), images=[make_evidence_file(seed=902)], seen_at=NOW + WEEK)
    assert listing.current_version_id is not None
    screen_versions([listing.current_version_id])
    assert staydown.open_cases(now=NOW + WEEK) == 0
