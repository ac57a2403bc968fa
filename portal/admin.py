"""What the staff's pages show of the floors above them: handed in here, because a lower app never calls up."""

from django.http import HttpRequest

import accounts.admin
from brands.admin import BrandAdmin
from core.admin_base import EMPTY, Section, link, row_url
from core.korean import korean_datetime
from listings.admin import ListingAdmin, listings_of_seller
from listings.models import Listing
from portal.roles import ROLES
from reports.models import Case
from sellers.admin import SellerAdmin, authorisations_of_brand

SHOWN_ROWS = 20


def cases_of_listing(request: HttpRequest, listing: Listing) -> Section:  # noqa: ARG001 - sections are asked alike
    found = Case.objects.filter(listing=listing).order_by("-id")[:SHOWN_ROWS]
    rows = [
        (
            link(row_url(case), case.number),
            "진행 중" if case.is_live else "종결",
            korean_datetime(case.opened_at),
            korean_datetime(case.closed_at) if case.closed_at else EMPTY,
        )
        for case in found
    ]
    return Section("사건", ("번호", "진행", "시작", "종결"), rows, empty="이 상품의 사건이 없습니다.")


BrandAdmin.further_sections = (authorisations_of_brand,)
SellerAdmin.further_sections = (listings_of_seller,)
ListingAdmin.further_sections = (cases_of_listing,)
accounts.admin.role_titles.update({role.name: role.title for role in ROLES})
