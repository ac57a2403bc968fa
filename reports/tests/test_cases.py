"""One live case a listing, one allegation a holder and ground, whoever comes first; steps by compare-and-set."""

from datetime import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from core.errors import Conflict
from core.models import JournalEntry
from core.tests.together import together
from listings.models import Listing
from listings.tests.factories import make_listing
from reports.choices import AllegationStatus, Channel
from reports.models import Allegation, Case, Ground, Report
from reports.services import cases
from reports.services.filing import file_report
from reports.tests.factories import MINA, NOW, make_match, make_match_brand, make_suspect_listing

S = AllegationStatus


def verbs() -> list[str]:
    return list(JournalEntry.objects.exclude(verb="core.ruleset.written").order_by("id").values_list("verb", flat=True))


def counterfeit() -> Ground:
    return Ground.objects.get(code="counterfeit")


def make_allegation(listing: Listing | None = None, *, status: S = S.RECEIVED, at: datetime = NOW) -> Allegation:
    brand = make_match_brand()
    case = cases.open_or_join_case(listing or make_suspect_listing(brand), actor=MINA, at=at)
    allegation = cases.open_or_join_allegation(case, brand=brand, ground=counterfeit(), actor=MINA, at=at)
    Allegation.objects.filter(pk=allegation.pk).update(status=status)
    allegation.refresh_from_db()
    return allegation


@pytest.mark.django_db
def test_first_opens_the_case_and_the_second_joins_it() -> None:
    listing = make_listing()
    first = cases.open_or_join_case(listing, actor=MINA, at=NOW)
    second = cases.open_or_join_case(listing, actor=None, at=NOW)
    assert first == second == Case.objects.get()
    assert first.number == f"C-2026-{first.pk:06d}"
    assert verbs() == ["reports.case.opened"]


@pytest.mark.django_db
def test_closed_case_is_not_joined() -> None:
    listing = make_listing()
    old = cases.open_or_join_case(listing, actor=MINA, at=NOW)
    assert cases.close_if_settled(old, actor=MINA, at=NOW) is True
    new = cases.open_or_join_case(listing, actor=MINA, at=NOW)
    assert new != old and new.is_live and not old.is_live


@pytest.mark.django_db
def test_database_refuses_a_second_live_case() -> None:
    listing = make_listing()
    Case.objects.create(listing=listing, opened_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.create(listing=listing, opened_at=NOW)
    assert Case.objects.count() == 1


@pytest.mark.django_db
def test_two_brands_of_one_holder_share_an_allegation_and_another_holder_has_its_own() -> None:
    first = make_match_brand("솔하루")
    sister = make_match_brand("헤루", rights_holder=first.rights_holder)
    stranger = make_match_brand("미르나")
    case = cases.open_or_join_case(make_listing(), actor=MINA, at=NOW)
    rows = [
        cases.open_or_join_allegation(case, brand=brand, ground=counterfeit(), actor=MINA, at=NOW)
        for brand in (first, sister, stranger)
    ]
    assert rows[0] == rows[1] != rows[2]
    assert (rows[0].status, rows[0].brand, rows[0].opened_at) == (S.RECEIVED, first, NOW)
    assert Allegation.objects.count() == 2


@pytest.mark.django_db
def test_a_match_is_one_report_of_a_case_bound_to_its_version() -> None:
    match = make_match()
    allegation = make_allegation(match.version.listing)
    about: dict[str, Any] = {"brand": match.brand, "ground": allegation.ground, "match": match}
    listing = match.version.listing
    report = file_report(listing, channel=Channel.SCREENING, actor=MINA, now=NOW, **about)
    again = file_report(listing, channel=Channel.SCREENING, actor=MINA, now=NOW, **about)
    assert report == again == Report.objects.get()
    assert (report.version_id, report.channel, report.case_id) == (match.version_id, "screening", report.case_id)
    assert verbs().count("reports.report.filed") == 1


@pytest.mark.django_db
def test_step_writes_status_time_and_journal() -> None:
    allegation = make_allegation(at=NOW.replace(hour=1))
    cases.step(allegation, to=S.UNDER_REVIEW, actor=MINA, at=NOW)
    allegation.refresh_from_db()
    assert (allegation.status, allegation.status_changed_at) == (S.UNDER_REVIEW, NOW)
    assert verbs()[-1] == "reports.allegation.review_started"
    assert JournalEntry.objects.first().detail.body["status"] == ["received", "under_review"]  # type: ignore[union-attr]


@pytest.mark.django_db
def test_step_that_the_rules_do_not_know_is_refused_and_writes_nothing() -> None:
    allegation = make_allegation(status=S.DISMISSED)
    before = verbs()
    with pytest.raises(Conflict, match="이 주장은 지금 ‘기각’ 상태입니다"):
        cases.step(allegation, to=S.RESTRICTED, actor=MINA, at=NOW)
    allegation.refresh_from_db()
    assert allegation.status == S.DISMISSED
    assert verbs() == before


@pytest.mark.django_db
def test_step_from_an_old_look_is_refused() -> None:
    allegation = make_allegation()
    stale = Allegation.objects.get(pk=allegation.pk)
    cases.step(allegation, to=S.UNDER_REVIEW, actor=MINA, at=NOW)
    cases.step(allegation, to=S.RESTRICTED, actor=MINA, at=NOW)
    with pytest.raises(Conflict, match="임시 판매제한"):
        cases.step(stale, to=S.UNDER_REVIEW, actor=MINA, at=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize("status", S)
def test_case_closes_only_when_nothing_in_it_waits(status: S) -> None:
    allegation = make_allegation(status=status)
    settled = status in {
        S.UPHELD,
        S.REINSTATED,
        S.DISMISSED,
        S.CLOSED,
        S.RETURNED,
        S.WITHDRAWN,
        S.TRANSFERRED,
        S.DUPLICATE,
    }
    assert cases.close_if_settled(allegation.case, actor=MINA, at=NOW) is settled
    assert Case.objects.get().closed_at == (NOW if settled else None)


@pytest.mark.django_db
def test_closing_twice_is_closing_once() -> None:
    case = make_allegation(status=S.WITHDRAWN).case
    assert [cases.close_if_settled(case, actor=MINA, at=NOW) for _ in range(2)] == [True, False]
    assert verbs().count("reports.case.closed") == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_eight_who_open_a_case_at_once_meet_in_one() -> None:
    listing, brand = make_listing(), make_match_brand()
    ground = counterfeit()

    def allege() -> int:
        with transaction.atomic():
            case = cases.open_or_join_case(listing, actor=MINA, at=NOW)
            return cases.open_or_join_allegation(case, brand=brand, ground=ground, actor=MINA, at=NOW).pk

    results = together(*[allege] * 8)
    assert len(set(results)) == 1
    assert (Case.objects.count(), Allegation.objects.count()) == (1, 1)
    assert sorted(verbs()) == ["reports.allegation.opened", "reports.case.opened"]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_eight_who_take_a_step_at_once_one_does() -> None:
    allegation = make_allegation(status=S.UNDER_REVIEW)

    def restrict() -> Allegation:
        with transaction.atomic():
            return cases.step(Allegation.objects.get(pk=allegation.pk), to=S.RESTRICTED, actor=MINA, at=NOW)

    results = together(*[restrict] * 8)
    assert sum(isinstance(result, Allegation) for result in results) == 1
    assert sum(isinstance(result, Conflict) for result in results) == 7
