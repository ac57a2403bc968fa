"""Ten thousand cases: every page that staff work on stays within twenty queries, however long the queue."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.tests.factories import make_user
from listings.models import Listing, ListingVersion
from portal.doors import PAGES
from reports.choices import Channel, Team, WorkKind
from reports.models import Allegation, Case, Complainant, Report, WorkItem
from reports.tests.factories import NOW, make_match_brand
from reports.tests.world import complaint, ground, make_shop

CASES = 10_000
MOST_QUERIES = 20


def make_many_cases() -> Case:
    """Straight into the tables, as services would leave them; the last one is given back."""
    brand, seller, counterfeit = make_match_brand(), make_shop(), ground()
    place = seller.marketplace
    Listing.objects.bulk_create(
        Listing(marketplace=place, seller=seller, external_id=f"many-{number}", last_seen_at=NOW)
        for number in range(CASES)
    )
    listings = list(Listing.objects.filter(external_id__startswith="many-").order_by("pk"))
    facts = {"number": 1, "price_minor": 12_900, "currency": "KRW", "captured_at": NOW}
    ListingVersion.objects.bulk_create(
        ListingVersion(
            listing=each, content_digest=f"{each.pk:064d}", text_digest=f"{each.pk:064d}", title="가방", **facts
        )
        for each in listings
    )
    versions = dict(ListingVersion.objects.values_list("listing_id", "pk"))
    Listing.objects.bulk_update(
        [Listing(pk=each.pk, current_version_id=versions[each.pk]) for each in listings], ["current_version"], 500
    )
    Case.objects.bulk_create(Case(listing=each, opened_at=NOW) for each in listings)
    cases = list(Case.objects.filter(listing__in=Listing.objects.filter(seller=seller)).order_by("pk"))
    Allegation.objects.bulk_create(
        Allegation(
            case=case,
            rights_holder=brand.rights_holder,
            brand=brand,
            ground=counterfeit,
            opened_at=NOW,
            status_changed_at=NOW,
        )
        for case in cases
    )
    allegations = list(Allegation.objects.select_related("case").order_by("pk"))
    Complainant.objects.bulk_create(Complainant(case=case, email="ip@holder.example") for case in cases)
    complainants = dict(Complainant.objects.values_list("case_id", "pk"))
    Report.objects.bulk_create(
        Report(
            case_id=each.case_id,
            allegation=each,
            version_id=versions[each.case.listing_id],
            channel=Channel.RIGHTS,
            ground=counterfeit,
            complainant_id=complainants[each.case_id],
            received_at=NOW,
        )
        for each in allegations
    )
    WorkItem.objects.bulk_create(
        WorkItem(
            case_id=each.case_id,
            allegation=each,
            kind=WorkKind.REVIEW,
            team=Team.KOREA,
            severity=10,
            report_count=1,
            opened_at=NOW,
            due_at=NOW + timedelta(hours=number % 90),
            rules_version=1,
        )
        for number, each in enumerate(allegations)
    )
    return cases[-1]


@pytest.mark.django_db
def test_every_staff_page_stays_within_twenty_queries_at_ten_thousand_cases() -> None:
    last = make_many_cases()
    whole = complaint(brand=make_match_brand())
    staff = Client()
    staff.force_login(make_user(is_superuser=True))
    lists = [f"/admin/{page.model.replace('.', '/')}/" for page in PAGES]
    pages = ["/admin/", "/admin/queue/", "/admin/queue/?late=yes", f"/admin/cases/{last.pk}/"]
    pages += [f"/admin/cases/{whole.case_id}/", f"/admin/reports/case/{last.pk}/change/", *lists]
    counted = {}
    for page in pages:
        staff.get(page)  # what is looked up once a process is looked up
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer = staff.get(page)
        assert answer.status_code == 200, page
        counted[page] = len(queries)
    assert {page: count for page, count in counted.items() if count > MOST_QUERIES} == {}
    assert Case.objects.count() == CASES + 1
