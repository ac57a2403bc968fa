"""One click: filed once a visitor, taken back for ten seconds, counted, and never a restriction by itself."""

from datetime import timedelta
from functools import partial

import altcha
import pytest
import time_machine

from accounts.models import Marketplace
from core.errors import DomainError
from core.models import Effect, JournalEntry
from core.tests.together import together
from listings.choices import Restriction
from listings.models import Listing
from listings.tests.factories import make_version
from reports.choices import AllegationStatus, Channel, DecisionKind, WorkKind
from reports.models import Allegation, Case, Decision, Report, WorkItem
from reports.services import additions, clicks, floods, queue
from reports.services.filing import Wanted, place_report
from reports.tests.factories import NOW
from reports.tests.visitors import a_listing, clicked, visit
from reports.tests.world import alleged, complaint, decide, ground

pytestmark = pytest.mark.django_db
SOON = NOW + timedelta(seconds=4)


def test_a_click_files_a_report_of_a_suspected_counterfeit() -> None:
    listing = a_listing()
    receipt = clicks.click(listing, visit=visit(), now=NOW)
    report = receipt.report
    assert (report.channel, report.ground, report.complainant) == (Channel.ONE_CLICK, ground(), None)
    assert alleged(report).case.listing == listing
    assert len(receipt.code) == 24
    assert WorkItem.objects.get().kind == WorkKind.REVIEW


def test_the_same_visitor_twice_is_one_report_with_one_code() -> None:
    listing = a_listing()
    first, again = (clicks.click(listing, visit=visit(), now=NOW) for _ in range(2))
    assert (first.report, first.code) == (again.report, again.code)
    assert (first.is_new, again.is_new) == (True, False)
    assert Report.objects.count() == 1


def test_another_visitor_and_another_listing_are_reports_of_their_own() -> None:
    listing, other = a_listing(), a_listing("다른 가방")
    reports = [clicked(listing), clicked(listing, 2), clicked(other)]
    assert len({report.pk for report in reports}) == 3
    assert Case.objects.count() == 2


def test_a_visitor_cannot_be_followed_from_one_listing_to_another() -> None:
    marks = {clicked(a_listing()).visitor, clicked(a_listing("다른 가방")).visitor}
    assert len(marks) == 2
    assert not any(visit().visitor in mark for mark in marks)


def test_reports_and_distinct_visitors_are_counted_for_the_queue() -> None:
    listing = a_listing()
    for number in range(1, 4):
        clicked(listing, number)
    complaint(listing, channel=Channel.STAFF)
    queue.recount()
    item = WorkItem.objects.get()
    assert (item.report_count, item.visitor_count) == (4, 3)


def test_what_was_taken_back_counts_no_more_and_can_be_reported_again() -> None:
    listing = a_listing()
    first, other = clicked(listing), clicked(listing, 2)
    clicks.take_back(first, now=SOON)
    queue.recount()
    item = WorkItem.objects.get()
    assert (item.report_count, item.visitor_count) == (1, 1)
    again = clicked(listing, now=SOON)
    assert again != first
    queue.recount()
    item.refresh_from_db()
    assert (item.report_count, item.visitor_count) == (2, 2)
    assert alleged(again) == alleged(other)


def test_the_last_one_taken_back_leaves_nothing_to_look_at() -> None:
    report = clicked(a_listing())
    clicks.take_back(report, now=SOON)
    assert alleged(report).status == AllegationStatus.WITHDRAWN
    assert not Case.objects.live().exists()
    assert not WorkItem.objects.open().exists()
    assert not Decision.objects.exists()


def test_after_that_a_new_click_opens_a_case_of_its_own() -> None:
    listing = a_listing()
    clicks.take_back(clicked(listing), now=SOON)
    again = clicked(listing, now=SOON)
    assert (Case.objects.count(), Case.objects.live().get()) == (2, again.case)
    assert WorkItem.objects.open().get().allegation == again.allegation


def test_in_a_case_that_lives_on_the_allegation_begins_again() -> None:
    listing = a_listing()
    complaint(listing, code="trademark_use")
    first = clicked(listing)
    clicks.take_back(first, now=SOON)
    assert alleged(first).status == AllegationStatus.WITHDRAWN
    again = clicked(listing, 2, now=SOON)
    assert alleged(again) == alleged(first)
    assert alleged(again).status == AllegationStatus.RECEIVED
    assert WorkItem.objects.open().filter(allegation=again.allegation).count() == 1


def test_after_ten_seconds_it_stays_and_the_reporter_is_told_what_to_do() -> None:
    report = clicked(a_listing())
    with pytest.raises(DomainError) as refused:
        clicks.take_back(report, now=NOW + timedelta(seconds=16))
    assert refused.value.code == "too_late"
    report.refresh_from_db()
    assert report.withdrawn_at is None


def test_taken_back_twice_is_once() -> None:
    report = clicked(a_listing())
    clicks.take_back(report, now=SOON)
    clicks.take_back(report, now=NOW + timedelta(minutes=5))
    assert JournalEntry.objects.filter(verb="reports.report.withdrawn").count() == 1


def test_an_unknown_listing_waits_and_keeps_its_visitor_when_it_comes() -> None:
    known = a_listing()
    wanted = Wanted(known.marketplace, "later-1")
    report = clicked(wanted)
    assert clicked(wanted) == report
    assert (report.version, report.wanted) == (None, "later-1")
    later = a_listing()
    Listing.objects.filter(pk=later.pk).update(external_id="later-1")
    later.refresh_from_db()
    place_report(report, later, actor=None, now=NOW)
    assert clicked(later) == report


def test_one_that_waits_can_be_taken_back_too() -> None:
    a_listing()
    report = clicked(Wanted(Marketplace.objects.get(), "later-1"))
    assert clicks.take_back(report, now=SOON).withdrawn_at == SOON
    assert clicked(Wanted(Marketplace.objects.get(), "later-1"), now=SOON) != report


def test_after_a_decision_the_same_visitor_reports_changed_content_anew() -> None:
    listing = a_listing()
    first = clicked(listing)
    decide(alleged(first), DecisionKind.DISMISSED)
    assert clicked(listing) == first
    make_version(listing, "바뀐 제목")
    listing.refresh_from_db()
    again = clicked(listing)
    assert again != first
    assert again.case != first.case


def test_no_count_alone_ever_restricts_a_listing() -> None:
    listing = a_listing()
    for number in range(1, 41):
        clicked(listing, number)
    queue.recount()
    listing.refresh_from_db()
    assert WorkItem.objects.get().visitor_count == 40
    assert (listing.restriction, Decision.objects.count(), Effect.objects.count()) == (Restriction.NONE, 0, 0)
    assert Allegation.objects.get().status == AllegationStatus.RECEIVED


# -- what is added ----------------------------------------------------------------------------------------------------


def test_a_reason_moves_the_report_and_its_counterfeit_allegation_ends_where_nobody_else_stands() -> None:
    report = clicked(a_listing())
    old = alleged(report)
    additions.give_reason(report, ground("trademark_use"), now=SOON)
    old.refresh_from_db()
    assert alleged(report).ground == ground("trademark_use")
    assert (alleged(report).case, old.status) == (old.case, AllegationStatus.WITHDRAWN)
    assert WorkItem.objects.open().get().allegation == report.allegation
    assert Case.objects.live().get() == old.case


def test_a_reason_is_not_changed_where_staff_have_acted() -> None:
    report = clicked(a_listing())
    decide(alleged(report), DecisionKind.INTERIM_RESTRICTION)
    with pytest.raises(DomainError):
        additions.give_reason(report, ground("trademark_use"), now=SOON)
    report.refresh_from_db()
    assert report.ground == ground()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("  ", "empty"),
        ("가" * 5_001, "too_long"),
        ("제 번호는 900101-1234567 입니다", "personal_number"),
        ("통관부호 P123456789012", "personal_number"),
    ],
)
def test_a_note_that_cannot_be_kept_is_refused_and_nothing_is_saved(text: str, code: str) -> None:
    report = clicked(a_listing())
    with pytest.raises(DomainError) as refused:
        additions.add_note(report, text, now=SOON)
    report.refresh_from_db()
    assert (refused.value.code, report.text) == (code, "")


def test_a_note_is_kept_once() -> None:
    report = clicked(a_listing())
    additions.add_note(report, "로고가 다릅니다.", now=SOON)
    with pytest.raises(DomainError):
        additions.add_note(report, "또 적습니다.", now=SOON)
    report.refresh_from_db()
    assert report.text == "로고가 다릅니다."


def test_nothing_is_added_to_what_was_taken_back() -> None:
    report = clicked(a_listing())
    clicks.take_back(report, now=SOON)
    report.refresh_from_db()
    with pytest.raises(DomainError) as refused:
        additions.add_note(report, "로고가 다릅니다.", now=SOON)
    assert refused.value.code == "taken_back"


# -- races ---------------------------------------------------------------------------------------------------------


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_one_visitor_who_clicks_twice_at_once_files_once() -> None:
    listing = a_listing()
    found = together(*[partial(clicks.click, listing, visit=visit(), now=NOW) for _ in range(4)])
    assert len({each.report.pk for each in found}) == 1
    assert (Report.objects.count(), Case.objects.live().count()) == (1, 1)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_no_report_is_lost_where_another_is_taken_back_in_the_same_moment() -> None:
    for number in range(1, 6):
        listing = a_listing()
        mine = clicked(listing)
        found = together(
            partial(clicks.take_back, mine, now=SOON), partial(clicks.click, listing, visit=visit(number + 1), now=SOON)
        )
        assert not any(isinstance(each, Exception) for each in found), found
        other = alleged(found[1].report)
        assert (other.status, other.case.is_live) == (AllegationStatus.RECEIVED, True)
        assert WorkItem.objects.open().filter(allegation=other).count() == 1


# -- floods --------------------------------------------------------------------------------------------------------


@time_machine.travel(NOW, tick=False)
def test_above_a_rate_a_click_costs_a_proof_and_is_then_filed() -> None:
    listings = [a_listing(f"가방 {number}") for number in range(7)]
    for listing in listings[:6]:
        clicked(listing)
    with pytest.raises(floods.ProofNeeded) as needed:
        clicks.click(listings[6], visit=visit(), now=NOW)
    assert Report.objects.count() == 6
    given = altcha.Challenge.from_dict(dict(needed.value.challenge))
    solution = altcha.solve_challenge(given, timeout=0)
    assert solution is not None
    proof = altcha.Payload(given, solution).to_base64()
    filed = clicks.click(listings[6], visit=visit(), now=NOW, proof=proof)
    assert (filed.report.allegation is not None, Report.objects.count()) == (True, 7)
    with pytest.raises(floods.ProofNeeded):
        clicks.click(a_listing("여덟째"), visit=visit(), now=NOW, proof=proof)


def test_what_was_taken_back_while_it_waited_opens_no_case_when_its_listing_comes() -> None:
    listing = a_listing()
    report = clicked(Wanted(listing.marketplace, "later-1"))
    clicks.take_back(report, now=SOON)
    place_report(report, listing, actor=None, now=SOON)
    report.refresh_from_db()
    assert (report.case, Case.objects.count()) == (None, 0)
