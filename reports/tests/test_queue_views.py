"""The queue page: whose work it shows, in which order, what leads are told, and that it stays quick when it is long."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from listings.models import Listing
from listings.tests.factories import make_listing
from reports.choices import AllegationStatus, Channel, Team, WorkKind
from reports.models import Allegation, Case, Ground, WorkItem
from reports.services import queue
from reports.tests.desk import MODERATOR, counts, make_decider, make_lead, page_of, signed_in
from reports.tests.factories import NOW, make_match_brand, make_staff
from reports.tests.world import alleged, complaint, make_shop, restricted

pytestmark = pytest.mark.django_db
QUEUE = "/admin/queue/"
MOST_QUERIES = 20


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


def many(number: int) -> None:
    """As many open pieces of work, in three teams, a third of them late; rows as they come from services, in bulk."""
    seller, ground = make_shop(), Ground.objects.get(code="counterfeit")
    first = make_listing(seller=seller)
    Listing.objects.bulk_create(
        Listing(
            marketplace=seller.marketplace,
            external_id=f"many-{each}",
            seller=seller,
            current_version=first.current_version,
            last_seen_at=NOW,
        )
        for each in range(number)
    )
    listings = Listing.objects.filter(external_id__startswith="many-").order_by("id")
    Case.objects.bulk_create(Case(listing=listing, opened_at=NOW) for listing in listings)
    cases = Case.objects.filter(listing__in=listings).order_by("id")
    Allegation.objects.bulk_create(
        Allegation(case=case, ground=ground, opened_at=NOW, status_changed_at=NOW) for case in cases
    )
    rows = Allegation.objects.filter(case__in=cases).order_by("id")
    WorkItem.objects.bulk_create(
        WorkItem(
            case_id=row.case_id,
            kind=WorkKind.REVIEW,
            allegation=row,
            team=list(Team)[index % 3],
            severity=10,
            opened_at=NOW,
            due_at=NOW + timedelta(hours=index % 3 - 1, minutes=1),
            rules_version=1,
        )
        for index, row in enumerate(rows)
    )


def shown(client: Client, **query: Any) -> list[WorkItem]:
    return [line.item for line in client.get(QUEUE, query).context["lines"]]


# -- who sees what ----------------------------------------------------------------------------------------------------


def test_each_person_sees_the_work_of_their_teams_and_a_stranger_none(client: Client) -> None:
    ours = alleged(complaint())
    korean = alleged(complaint(brand=make_match_brand(), email="k@holder.example"))
    assert [item.allegation for item in shown(client)] == [ours]
    team = signed_in(make_staff("", "reports.work_korea"))
    assert [item.allegation for item in shown(team)] == [korean]
    assert {item.allegation for item in shown(signed_in(make_lead()))} == {ours, korean}
    assert signed_in(make_staff("", "reports.view_case")).get(QUEUE).status_code == 403
    assert Client().get(QUEUE).status_code == 302


def test_overdue_first_and_the_row_says_since_when(client: Client) -> None:
    late = alleged(complaint(now=NOW - timedelta(days=9)))
    fresh = alleged(complaint(email="b@holder.example"))
    page = client.get(QUEUE)
    assert [line.item.allegation for line in page.context["lines"]] == [late, fresh]
    assert [line.state for line in page.context["lines"]] == ["over", "closing"]
    assert "6일 지남" in page.content.decode() and "2026년 11월 24일(화) 14:30까지" in page.content.decode()


def test_filter_stands_in_the_address_and_counts_are_of_the_other_half(clock: Any) -> None:
    clock.move_to(NOW + timedelta(minutes=1))
    client = signed_in(make_lead())
    alleged(complaint(now=NOW - timedelta(days=9)))
    alleged(complaint(email="b@holder.example"))
    silent = restricted(email="c@holder.example")
    queue.ask(WorkKind.SILENCE, allegation=silent, due_at=NOW + timedelta(days=9), rules_version=1, now=NOW)
    tabs = {tab.label: (tab.count, tab.overdue) for tab in client.get(QUEUE).context["kinds"]}
    assert tabs == {"모두": (3, 1), "신고 심사": (2, 1), "소명 없음 결정": (1, 0)}
    assert [item.kind for item in shown(client, kind="silence")] == [WorkKind.SILENCE]
    assert len(shown(client, when="overdue")) == 1
    assert len(shown(client, kind="silence", when="overdue")) == 0
    assert len(shown(client, kind="no-such-kind", team="nobody", when="never")) == 3


def test_leads_see_what_will_be_late_and_others_do_not(client: Client, clock: Any) -> None:
    alleged(complaint())
    lead = make_lead()
    assert len(shown(signed_in(lead), when="soon")) == 0
    clock.move_to(NOW + timedelta(hours=13))
    soon = {tab.label: tab.count for tab in signed_in(lead).get(QUEUE).context["whens"]}
    assert soon == {"전체 기한": 1, "기한 지남": 0, "곧 늦어질 것": 1}
    assert len(shown(signed_in(lead), when="soon")) == 1
    assert "곧 늦어질 것" not in signed_in(make_decider("b@jikimi.example")).get(QUEUE).content.decode()
    clock.move_to(NOW + timedelta(hours=25))
    assert len(shown(signed_in(lead), when="soon")) == 0


@pytest.mark.parametrize(("due_at", "count"), [(timedelta(hours=59), 1), (timedelta(hours=61), 0)])
def test_soon_is_counted_in_business_hours(clock: Any, due_at: timedelta, count: int) -> None:
    """On Friday at 14:30 twelve business hours end on Monday at 02:30."""
    friday = NOW + timedelta(days=4)
    clock.move_to(friday)
    allegation = alleged(complaint(now=friday))
    WorkItem.objects.filter(allegation=allegation).update(due_at=friday + due_at)
    assert len(shown(signed_in(make_lead()), when="soon")) == count


def test_who_holds_a_case_stands_there_and_a_lead_may_release_it(client: Client, moderator: User) -> None:
    case = alleged(complaint()).case
    queue.lease(case, make_decider("junho@jikimi.example", name="박준호"), now=NOW)
    assert "박준호" in client.get(QUEUE).content.decode()
    assert "놓아주기" not in client.get(QUEUE).content.decode()
    lead = signed_in(make_lead())
    assert "놓아주기" in lead.get(QUEUE).content.decode()


# -- the next case ----------------------------------------------------------------------------------------------------


def test_next_case_is_leased_and_shown(client: Client, moderator: User) -> None:
    late = alleged(complaint(now=NOW - timedelta(days=9)))
    alleged(complaint(email="b@holder.example"))
    response = client.post(reverse("admin:queue_next"))
    assert response["Location"] == page_of(late)
    late.case.refresh_from_db()
    assert late.case.leased_by == moderator
    assert client.get(response["Location"]).context["is_mine"] is True


def test_next_case_is_no_link_and_nothing_for_who_may_not_decide(client: Client) -> None:
    alleged(complaint())
    before = counts()
    assert client.get(reverse("admin:queue_next")).status_code == 405
    assert signed_in(make_staff("", "reports.work_moderation")).post(reverse("admin:queue_next")).status_code == 403
    assert counts() == before


def test_empty_queue_says_so_and_next_leads_back_to_it(client: Client) -> None:
    response = client.post(reverse("admin:queue_next"), follow=True)
    assert response.redirect_chain == [(QUEUE, 302)]
    assert "기다리는 사건이 없습니다" in response.content.decode()


# -- many -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [3, 3_000])
def test_queries_do_not_grow_with_the_queue(number: int) -> None:
    many(number)
    lead = make_lead()
    client = signed_in(lead)
    with CaptureQueriesContext(connection) as captured:
        page = client.get(QUEUE, {"when": "soon"})
    assert len(captured) <= MOST_QUERIES
    assert page.context["total"] == number
    with CaptureQueriesContext(connection) as captured:
        assert client.get(QUEUE, {"page": "2"}).status_code == 200
    assert len(captured) <= MOST_QUERIES


def test_pages_are_of_fifty_and_keep_the_filter(client: Client) -> None:
    many(180)
    page = client.get(QUEUE, {"kind": "review"})
    assert len(page.context["lines"]) == 50
    assert 'href="?kind=review&amp;page=2"' in page.content.decode()
    assert len(shown(client, kind="review", page="2")) == 10
    first = shown(client)[0].allegation
    assert first is not None and first.status == AllegationStatus.RECEIVED


def test_names_of_others_are_shown_as_text(client: Client) -> None:
    complaint(make_listing("<b>제목</b>", seller=make_shop(shop_name="<i>상점</i>")), channel=Channel.RIGHTS)
    page = client.get(QUEUE).content.decode()
    assert "&lt;b&gt;제목&lt;/b&gt;" in page and "<i>상점" not in page


def test_the_moderators_of_these_tests_are_those_of_the_table() -> None:
    assert set(MODERATOR) <= make_decider("x@jikimi.example").get_all_permissions()
