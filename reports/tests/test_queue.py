"""The queue: routed by rows, most urgent first, leased to one, let go by time or a lead, skips logged."""

from datetime import timedelta

import pytest

from accounts.models import User
from core.actors import USER, Actor
from core.errors import Conflict, DomainError
from core.models import JournalEntry
from core.tests.together import together
from listings.tests.factories import make_listing
from reports.choices import Channel, DecisionKind, Party, Team, WorkKind
from reports.models import Case, QueueRoute, Skip, WorkItem
from reports.services import appeals, queue
from reports.tests.factories import JUNHO, NOW, make_match_brand, make_staff
from reports.tests.world import LATER, THE_SELLER, alleged, complaint, decide, make_shop, removed

pytestmark = pytest.mark.django_db
QUARTER = timedelta(minutes=15)


def moderator(*further: str) -> User:
    return make_staff("", "reports.work_moderation", *further)


def test_overdue_first_then_weight_then_reports_then_age() -> None:
    old = complaint(now=NOW - timedelta(days=20)).case
    weighty = complaint(channel=Channel.STAY_DOWN, now=NOW).case
    listing = make_listing(seller=make_shop())
    many = complaint(listing, now=NOW).case
    complaint(listing, email="two@person.example", now=NOW)
    older, newer = complaint(now=NOW - timedelta(hours=2)).case, complaint(now=NOW).case
    queue.recount()
    order = WorkItem.objects.open().most_urgent_first(at=NOW).values_list("case_id", flat=True)
    assert list(order) == [case.pk for case in (old, weighty, many, older, newer) if case is not None]


def test_next_case_leases_one_and_what_was_held_comes_free() -> None:
    first, second, user = complaint(now=NOW - timedelta(days=9)), complaint(), moderator()
    held = queue.lease_next(user, now=NOW)
    assert held == first.case and held is not None
    assert (held.leased_by, held.leased_until) == (user, NOW + QUARTER)
    other = moderator()
    assert queue.lease_next(other, now=NOW) == second.case
    assert queue.lease_next(moderator(), now=NOW) is None


def test_a_lease_is_renewed_while_it_is_open_and_ends_by_time() -> None:
    case, user, other = complaint().case, moderator(), moderator()
    assert case is not None
    queue.lease(case, user, now=NOW)
    assert queue.lease(case, other, now=NOW + QUARTER - timedelta(seconds=1)) is None
    renewed = queue.lease(case, user, now=NOW + timedelta(minutes=10))
    assert renewed is not None and renewed.leased_until == NOW + timedelta(minutes=25)
    taken = queue.lease(case, other, now=NOW + timedelta(minutes=25))
    assert taken is not None and taken.leased_by == other
    verbs = JournalEntry.objects.filter(verb="reports.case.claimed")
    assert verbs.count() == 2


def test_a_lead_frees_a_case_and_only_one_that_is_held() -> None:
    case, user = complaint().case, moderator()
    assert case is not None
    queue.lease(case, user, now=NOW)
    queue.force_release(case, actor=JUNHO, now=NOW)
    with pytest.raises(Conflict, match="아무도 맡고 있지 않은"):
        queue.force_release(case, actor=JUNHO, now=NOW)
    assert queue.lease(case, moderator(), now=NOW) is not None


def test_skips_are_logged_with_a_reason_and_others_come_first() -> None:
    case, user = complaint().case, moderator()
    assert case is not None and queue.lease_next(user, now=NOW) == case
    with pytest.raises(DomainError, match="사유가 비어"):
        queue.skip(case, user, reason=" ", now=NOW)
    queue.skip(case, user, reason="일본어를 모릅니다.", now=NOW)
    assert Skip.objects.get().reason == "일본어를 모릅니다."
    assert queue.lease_next(user, now=NOW) is None
    assert queue.lease_next(moderator(), now=NOW) == case


def test_routes_are_rows_and_the_first_that_fits_decides() -> None:
    complaint(brand=make_match_brand())
    QueueRoute.objects.create(position=5, name="저작권은 책임자", channel=Channel.STAFF, team=Team.LEADS)
    complaint(brand=make_match_brand("헤루"), channel=Channel.STAFF)
    complaint()
    teams = WorkItem.objects.order_by("id").values_list("team", flat=True)
    assert list(teams) == [Team.KOREA, Team.LEADS, Team.MODERATION]


def test_each_sees_only_the_queues_that_are_theirs() -> None:
    complaint(brand=make_match_brand())
    assert queue.lease_next(moderator(), now=NOW) is None
    assert queue.lease_next(moderator("reports.work_korea"), now=NOW) is not None


def test_an_appeal_goes_past_whoever_decided() -> None:
    decider = moderator()
    allegation = removed(actor=Actor(USER, str(decider.pk), "결정한 사람"))
    appeals.file_appeal(
        allegation, party=Party.SELLER, text="정품입니다.", files=(), actor=THE_SELLER, now=LATER + timedelta(days=1)
    )
    WorkItem.objects.update(team=Team.MODERATION)
    at = LATER + timedelta(days=1)
    assert queue.lease_next(decider, now=at) is None
    assert queue.lease_next(moderator(), now=at) == allegation.case
    assert WorkItem.objects.open().get().kind == WorkKind.APPEAL


def test_late_joined_reports_raise_the_count_without_a_hot_row() -> None:
    listing = make_listing(seller=make_shop())
    for number in range(3):
        complaint(listing, email=f"{number}@person.example")
    assert WorkItem.objects.get().report_count == 1
    assert queue.recount() == 1
    assert WorkItem.objects.get().report_count == 3


def test_a_decision_ends_the_work() -> None:
    report = complaint()
    decide(alleged(report), DecisionKind.RETURNED)
    assert not WorkItem.objects.open().exists()
    assert not Case.objects.get().is_live


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_twenty_who_ask_for_the_next_case_hold_twenty_different_ones() -> None:
    for _ in range(12):
        complaint()
    users = [moderator() for _ in range(20)]
    results = together(*[lambda user=user: queue.lease_next(User.objects.get(pk=user.pk), now=NOW) for user in users])
    cases = [each.pk for each in results if isinstance(each, Case)]
    assert len(cases) == len(set(cases)) == 12
    assert sum(each is None for each in results) == 8


def test_an_open_page_renews_what_is_held_and_nothing_else() -> None:
    case, user, other = complaint().case, moderator(), moderator()
    assert case is not None
    assert queue.renew(case, user, now=NOW) is False
    queue.lease(case, user, now=NOW)
    assert queue.renew(case, other, now=NOW) is False
    assert queue.renew(case, user, now=NOW + timedelta(minutes=5)) is True
    case.refresh_from_db()
    assert (case.leased_by, case.leased_until) == (user, NOW + timedelta(minutes=20))
    assert queue.renew(case, user, now=NOW + timedelta(minutes=20)) is False
