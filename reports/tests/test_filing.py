"""``file_report``: bound to the content as it stood, joins or opens, once, with its evidence."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from core.errors import DomainError
from core.models import OutboxMessage
from core.tests.factories import make_evidence_file
from core.tests.together import together
from listings.models import Listing
from listings.tests.factories import make_listing, make_version
from reports.choices import AllegationStatus, Channel, DecisionKind, NoticeKind, WorkKind
from reports.models import Allegation, Attachment, Case, Complainant, Notice, Report, WorkItem
from reports.services import silence
from reports.services.filing import HandedIn, Wanted, file_report, place_report
from reports.tests.factories import MINA, NOW, make_match_brand
from reports.tests.world import alleged, complaint, decide, ground, make_shop

pytestmark = pytest.mark.django_db


def test_a_report_is_bound_to_the_content_as_it_stood() -> None:
    listing = make_listing("처음 제목", seller=make_shop())
    report = complaint(listing)
    make_version(listing, "바뀐 제목")
    report.refresh_from_db()
    assert report.version is not None and report.version.title == "처음 제목"
    assert (alleged(report).status, Case.objects.get().listing) == (AllegationStatus.RECEIVED, listing)


def test_a_second_report_joins_the_case_and_another_ground_stands_beside_it() -> None:
    listing, brand = make_listing(seller=make_shop()), make_match_brand()
    first, second = complaint(listing, brand=brand), complaint(listing, brand=brand, email="two@holder.example")
    other = complaint(listing, brand=brand, code="trademark_use")
    assert first.case == second.case == other.case
    assert (first.allegation == second.allegation, first.allegation == other.allegation) == (True, False)


def test_the_same_key_files_once() -> None:
    listing = make_listing(seller=make_shop())
    about = {"channel": Channel.ONE_CLICK, "ground": ground(), "actor": None, "now": NOW}
    first = file_report(listing, once="visitor:1", **about)  # type: ignore[arg-type]  # kinds differ by name
    again = file_report(listing, once="visitor:1", **about)  # type: ignore[arg-type]  # the same
    assert first == again
    assert Report.objects.count() == 1


def test_one_address_is_one_complainant_of_a_case_whatever_its_capitals() -> None:
    listing = make_listing(seller=make_shop())
    complaint(listing, email="Kim@Holder.example")
    complaint(listing, email="kim@holder.EXAMPLE")
    assert Complainant.objects.get().email == "kim@holder.example"
    assert Report.objects.count() == 2


def test_the_complainant_is_told_that_the_report_has_come() -> None:
    report = complaint()
    notice = Notice.objects.get()
    assert (notice.kind, notice.complainant, notice.party) == (NoticeKind.RECEIVED, report.complainant, "reporter")
    assert OutboxMessage.objects.get().destination == "ip@holder.example"


def test_files_become_evidence_of_the_report() -> None:
    file = make_evidence_file()
    report = complaint(files=[HandedIn(file, name="비교.jpg")])
    attachment = Attachment.objects.get()
    assert (attachment.report, attachment.file, attachment.name) == (report, file, "비교.jpg")


def test_staff_are_asked_to_look_in_the_time_of_the_channel() -> None:
    now = datetime(2026, 11, 23, 5, 30, tzinfo=UTC)  # Monday 14:30 in Seoul
    complaint(now=now)
    item = WorkItem.objects.get()
    assert (item.kind, item.team) == (WorkKind.REVIEW, "moderation")
    assert item.due_at == now + timedelta(hours=24)
    complaint(channel=Channel.STAFF, now=now)
    by_phone = WorkItem.objects.exclude(pk=item.pk).get()
    assert by_phone.due_at == datetime(2026, 11, 26, 15, 0, tzinfo=UTC)


def test_a_korean_brand_goes_to_the_korea_team() -> None:
    complaint(brand=make_match_brand())
    assert WorkItem.objects.get().team == "korea"


def test_a_report_on_content_that_was_found_harmless_joins_that_decision() -> None:
    listing = make_listing(seller=make_shop())
    decided = alleged(complaint(listing))
    decide(decided, DecisionKind.DISMISSED)
    assert not Case.objects.get().is_live
    late = complaint(listing, email="late@person.example", now=NOW + timedelta(hours=1))
    assert late.allegation == decided and Case.objects.count() == 1
    silence.tell_late_joiners(now=NOW + timedelta(hours=1))
    silence.tell_late_joiners(now=NOW + timedelta(hours=2))
    told = Notice.objects.filter(complainant=late.complainant).order_by("id").values_list("kind", flat=True)
    assert list(told) == [NoticeKind.RECEIVED, NoticeKind.DISMISSED]


def test_new_evidence_new_content_or_another_ground_opens_a_new_case() -> None:
    listing = make_listing(seller=make_shop())
    decide(alleged(complaint(listing)), DecisionKind.DISMISSED)
    with_evidence = complaint(listing, files=[HandedIn(make_evidence_file())])
    assert Case.objects.count() == 2
    decide(alleged(with_evidence), DecisionKind.DISMISSED)
    other_ground = complaint(listing, code="design")
    assert Case.objects.count() == 3
    decide(alleged(other_ground), DecisionKind.DISMISSED)
    make_version(listing, "새 내용")
    complaint(Listing.objects.get(pk=listing.pk))
    assert Case.objects.count() == 4


def test_an_unknown_listing_waits_unplaced_and_is_placed_when_it_comes() -> None:
    shop = make_shop()
    wanted = Wanted(shop.marketplace, "item-777")
    waiting = complaint(wanted)  # type: ignore[arg-type]  # a listing that is not known yet
    assert (waiting.case, waiting.version, waiting.wanted) == (None, None, "item-777")
    assert not Case.objects.exists()
    listing = make_listing(seller=shop, external_id="item-777")
    placed = place_report(waiting, listing, actor=None, now=NOW)
    again = place_report(waiting, listing, actor=None, now=NOW)
    assert placed == again and placed.case is not None
    assert (placed.version, placed.complainant.case) == (listing.current_version, placed.case)  # type: ignore[union-attr]
    assert WorkItem.objects.count() == 1


def test_a_reason_that_is_not_in_use_is_refused() -> None:
    ground("design").__class__.objects.filter(code="design").update(is_active=False)
    with pytest.raises(DomainError, match="쓰지 않는 신고 사유"):
        complaint(code="design")
    assert not Report.objects.exists()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_forty_who_report_at_once_meet_in_one_case_and_all_are_kept() -> None:
    listing = make_listing(seller=make_shop())

    def report(number: int) -> Report:
        return file_report(
            Listing.objects.get(pk=listing.pk),
            channel=Channel.ONE_CLICK,
            ground=ground(),
            actor=None,
            now=NOW,
            once=f"visitor:{number % 20}",
        )

    results = together(*[lambda number=number: report(number) for number in range(40)])
    assert [each for each in results if isinstance(each, Exception)] == []
    assert (Case.objects.count(), Allegation.objects.count(), Report.objects.count()) == (1, 1, 20)
    assert WorkItem.objects.count() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_report_that_comes_while_the_case_closes_is_never_lost_in_a_closed_case_with_something_open() -> None:
    for _ in range(8):
        listing = make_listing(seller=make_shop())
        allegation = alleged(complaint(listing))
        together(
            partial(decide, allegation, DecisionKind.DISMISSED, actor=MINA),
            partial(complaint, listing, code="design", email="b@holder.example"),
        )
        for case in Case.objects.filter(listing=listing):
            is_open = Allegation.objects.open().filter(case=case).exists()
            assert case.is_live == is_open
