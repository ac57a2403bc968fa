"""Every door of the portal and who may open it: each address, and each action of the staff's admin.

Doors start closed. A route or an action that this table does not name fails the tests, and so does a row that names
none; each row is then tried by a stranger, a person without a role, and several roles.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from django.conf import settings

from accounts.delivery_pages import RESEND, TRY_OUT
from accounts.delivery_pages import SEE as SEE_DELIVERIES
from reports.desk.case_desk import APPROVE, DECIDE, FILE, SEE, SEE_FILES
from reports.desk.queue_views import WORK
from reports.desk.review_views import REVIEW, SEE_EVIDENCE


class Who(StrEnum):
    """Who may open a door."""

    PUBLIC = "public"  # anyone
    SIGNED_IN = "signed_in"  # any account
    SIGNING_IN = "signing_in"  # who is on the way in; strangers are sent to the start, others on or away
    STAFF = "staff"  # any member of the staff
    PERMITTED = "permitted"  # staff with the permissions of the row
    SIGNED = "signed"  # a marketplace, by the signature of each message
    KEY = "key"  # a marketplace's program; ``permissions`` are the scopes of reading and writing
    LINK = "link"  # who holds a link with its code, or a tracking code; an account opens nothing
    NOBODY = "nobody"  # a door that a package brings and this house keeps shut


@dataclass(frozen=True, slots=True)
class Door:
    """One route, as the resolver writes it. ``permissions``: one of them is enough, or all with ``needs_all``.

    ``example`` is a path for a route that is a regular expression.
    """

    route: str
    who: Who
    permissions: tuple[str, ...] = ()
    needs_all: bool = False
    method: str = "GET"
    example: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """The pages of one model in the admin. Nothing is ever deleted; adding and changing are the exception.

    ``actions`` names each action of its list with the permission that it needs.
    """

    model: str
    adds: bool = False
    changes: bool = False
    actions: Mapping[str, str] = field(default_factory=dict)

    def permission(self, verb: str) -> str:
        app, name = self.model.split(".")
        return f"{app}.{verb}_{name}"


PAGES: Final[Sequence[Page]] = (
    Page(
        "accounts.user",
        adds=True,
        changes=True,
        actions={
            "invite_again": "accounts.change_user",
            "unlock": "accounts.change_user",
            "reset_second_factor": "accounts.change_user",
        },
    ),
    Page("accounts.marketplace", adds=True, changes=True),
    Page("accounts.webhookendpoint", adds=True, changes=True),
    Page("accounts.relayednotice"),
    Page("accounts.apiclient", adds=True, changes=True),
    Page("accounts.receivedwebhook"),
    Page("accounts.accesslink", actions={"revoke": "accounts.change_accesslink"}),
    Page("brands.rightsholder", changes=True),
    Page("brands.brand", changes=True),
    Page("brands.ipright"),
    Page("brands.referenceimage", changes=True),
    Page("sellers.seller"),
    Page("sellers.authorisation", actions={"revoke": "sellers.change_authorisation"}),
    Page("listings.listing"),
    Page("listings.listingversion"),
    Page("listings.arrival", actions={"retry": "listings.retry_arrival"}),
    Page("listings.picturefetch"),
    Page("listings.pictureserver"),
    Page("listings.match"),
    Page("listings.rejection", actions={"withdraw": "listings.change_rejection"}),
    Page(
        "listings.fingerprint",
        actions={"switch_off": "listings.change_fingerprint", "switch_on": "listings.change_fingerprint"},
    ),
    Page("listings.reappearance"),
    Page("listings.protection"),
    Page("listings.preflightscreening", actions={"release": "listings.change_preflightscreening"}),
    Page("listings.screeningrun"),
    Page("listings.indexsnapshot"),
    Page("reports.case"),
    Page("reports.allegation", actions={"decide": "reports.decide_case"}),
    Page("reports.workitem", actions={"decide": "reports.decide_case"}),
    Page("reports.report"),
    Page("reports.wantedlisting"),
    Page("reports.decision"),
    Page("reports.notice"),
    Page("reports.complainant"),
    Page("reports.explanation"),
    Page("reports.inquiry"),
    Page("reports.appeal"),
    Page("reports.repair"),
    Page("reports.reporterrecord"),
    Page("reports.actiontime"),
    Page("reports.skip"),
    Page("reports.queueroute", adds=True, changes=True),
    Page("reports.ground"),
    Page("reports.policy"),
    Page("refunds.orderline"),
    Page("core.journalentry"),
    Page("core.journalcheckpoint"),
    Page("core.evidencefile"),
    Page("core.outboxmessage", actions={"retry": "core.retry_outboxmessage"}),
    Page("core.effect", actions={"retry": "core.retry_effect"}),
    Page("core.job", actions={"retry": "core.retry_job"}),
    Page("core.heartbeat"),
    Page("core.approval"),
    Page("core.ruleset", adds=True),
    Page("core.holiday", adds=True, changes=True),
)

_OPEN: Final = (
    Door("", Who.PUBLIC),
    Door("policy/", Who.PUBLIC),
    Door("privacy/", Who.PUBLIC),
    Door("healthz", Who.PUBLIC),
    Door("readyz", Who.PUBLIC),
    Door("api/v1/webhooks/<slug:marketplace>/", Who.SIGNED, method="POST"),
)

_CONFIRMS: Final = ("effects:write",)
#: What a key needs stands with each view (``scopes``); here it stands again, and a test compares the two.
_API: Final = (
    Door("api/schema/", Who.PUBLIC),
    Door("api/docs/", Who.PUBLIC),
    Door("api/docs/problems/", Who.PUBLIC),
    Door("api/v1/pictures", Who.KEY, ("listings:write",), method="POST"),
    Door("api/v1/listings", Who.KEY, ("listings:read", "listings:write")),
    Door("api/v1/listings/screen", Who.KEY, ("listings:screen",), method="POST"),
    Door("api/v1/listings/<str:listing_id>", Who.KEY, ("listings:read",), example="api/v1/listings/1"),
    Door("api/v1/arrivals/<int:arrival_id>", Who.KEY, ("listings:read",), example="api/v1/arrivals/1"),
    Door("api/v1/sellers", Who.KEY, ("sellers:read", "sellers:write")),
    Door("api/v1/sellers/<str:seller_id>", Who.KEY, ("sellers:read",), example="api/v1/sellers/1"),
    Door("api/v1/orders", Who.KEY, ("orders:read", "orders:write")),
    Door("api/v1/orders/<int:line_id>", Who.KEY, ("orders:read",), example="api/v1/orders/1"),
    Door("api/v1/reports", Who.KEY, ("reports:read", "reports:write")),
    Door("api/v1/reports/<int:report_id>", Who.KEY, ("reports:read",)),
    Door("api/v1/cases", Who.KEY, ("cases:read",)),
    Door("api/v1/cases/<int:case_id>", Who.KEY, ("cases:read",)),
    Door("api/v1/decisions", Who.KEY, ("cases:read",)),
    Door("api/v1/reason-codes", Who.KEY, ("",)),
    Door("api/v1/effects", Who.KEY, ("effects:read",)),
    Door("api/v1/effects/<int:effect_id>", Who.KEY, ("effects:read",), example="api/v1/effects/1"),
    Door(
        "api/v1/effects/<int:effect_id>/confirm",
        Who.KEY,
        ("effects:write",),
        method="POST",
        example="api/v1/effects/1/confirm",
    ),
    Door(
        "api/v1/effects/<int:effect_id>/fail",
        Who.KEY,
        ("effects:write",),
        method="POST",
        example="api/v1/effects/1/fail",
    ),
    Door("api/v1/events", Who.KEY, ("",)),
    Door("api/v1/webhooks/endpoints", Who.KEY, ("webhooks:read",)),
    Door("api/v1/webhooks/deliveries", Who.KEY, ("webhooks:read",)),
    Door(
        "api/v1/webhooks/deliveries/<int:delivery_id>",
        Who.KEY,
        ("webhooks:read",),
        example="api/v1/webhooks/deliveries/1",
    ),
    Door(
        "api/v1/webhooks/deliveries/<int:delivery_id>/resend",
        Who.KEY,
        ("webhooks:write",),
        method="POST",
        example="api/v1/webhooks/deliveries/1/resend",
    ),
    Door("api/v1/webhooks/test", Who.KEY, ("webhooks:write",), method="POST"),
    # Whatever else begins so is refused in the API's own shape.
    Door("api/v1/", Who.NOBODY),
)

#: A made-up code and number: each row is tried by people who hold no link.
_NO_CODE: Final = "track/0000-0000-0000-0000-0000/"
_PARTIES: Final = (
    Door("seller/", Who.PUBLIC),
    # The button again, and none without a signed link.
    Door("seller/enter/", Who.PUBLIC),
    # A button and nothing else, whatever the secret: mail scanners open links.
    Door("seller/<slug:secret>/", Who.PUBLIC, example="seller/made-up-secret/"),
    Door("seller/leave/", Who.PUBLIC, method="POST"),
    Door("seller/confirm/", Who.LINK),
    Door("seller/confirm/again/", Who.LINK, method="POST"),
    Door("seller/shops/<int:seller_id>/", Who.LINK),
    Door("seller/cases/<int:allegation_id>/", Who.LINK),
    Door("seller/cases/<int:allegation_id>/explanation/", Who.LINK),
    Door("seller/cases/<int:allegation_id>/documents/", Who.LINK),
    Door("seller/cases/<int:allegation_id>/extension/", Who.LINK),
    Door("seller/cases/<int:allegation_id>/appeal/", Who.LINK),
    Door("refunds/enter/", Who.PUBLIC),
    Door("refunds/leave/", Who.PUBLIC, method="POST"),
    Door("refunds/orders/<int:line_id>/", Who.LINK),
    Door("track/", Who.PUBLIC),
    Door("track/<str:code>/", Who.LINK, example=_NO_CODE),
    Door("track/<str:code>/answers/<int:inquiry_id>/", Who.LINK, example=f"{_NO_CODE}answers/1/"),
    Door("track/<str:code>/<int:allegation_id>/withdraw/", Who.LINK, example=f"{_NO_CODE}1/withdraw/"),
    Door("track/<str:code>/<int:allegation_id>/appeal/", Who.LINK, example=f"{_NO_CODE}1/appeal/"),
)

_ACCOUNTS: Final = (
    Door("accounts/", Who.PUBLIC),
    Door("accounts/login/", Who.PUBLIC),
    Door("accounts/logout/", Who.PUBLIC),
    Door("accounts/inactive/", Who.PUBLIC),
    Door("accounts/confirm-email/", Who.PUBLIC),
    Door(r"accounts/^confirm-email/(?P<key>[-:\w]+)/$", Who.PUBLIC, example="accounts/confirm-email/abc/"),
    Door("accounts/password/reset/", Who.PUBLIC),
    Door("accounts/password/reset/done/", Who.PUBLIC),
    Door("accounts/password/reset/key/done/", Who.PUBLIC),
    Door(
        r"accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        Who.PUBLIC,
        example="accounts/password/reset/key/1-abc/",
    ),
    Door("accounts/password/change/", Who.SIGNED_IN),
    Door("accounts/password/set/", Who.SIGNED_IN),
    Door("accounts/reauthenticate/", Who.SIGNED_IN),
    Door("accounts/2fa/", Who.SIGNED_IN),
    Door("accounts/2fa/authenticate/", Who.SIGNING_IN),
    Door("accounts/2fa/reauthenticate/", Who.SIGNED_IN),
    Door("accounts/2fa/totp/activate/", Who.SIGNED_IN),
    Door("accounts/2fa/totp/deactivate/", Who.SIGNED_IN),
    Door("accounts/2fa/recovery-codes/", Who.SIGNED_IN),
    Door("accounts/2fa/recovery-codes/generate/", Who.SIGNED_IN),
    Door("accounts/2fa/recovery-codes/download/", Who.SIGNED_IN),
    Door("accounts/signup/", Who.NOBODY),
    Door("accounts/email/", Who.NOBODY),
)

_STAFF: Final = (
    Door("admin/", Who.STAFF),
    Door("admin/login/", Who.SIGNING_IN),
    Door("admin/logout/", Who.PUBLIC),
    Door("admin/password_change/", Who.STAFF),
    Door("admin/password_change/done/", Who.STAFF),
    Door("admin/jsi18n/", Who.STAFF),
    Door("admin/autocomplete/", Who.NOBODY),
    Door("admin/r/<path:content_type_id>/<path:object_id>/", Who.STAFF, example="admin/r/1/1/"),
    Door(
        "admin/^(?P<app_label>core|accounts|brands|sellers|listings|reports|refunds)/$",
        Who.STAFF,
        example="admin/listings/",
    ),
    Door("admin/(?P<url>.*)$", Who.STAFF, example="admin/nowhere/at/all/"),
    Door("admin/review/", Who.PERMITTED, (REVIEW,)),
    Door("admin/review/<int:match_id>/", Who.PERMITTED, (REVIEW,)),
    Door("admin/review/<int:match_id>/confirm/", Who.PERMITTED, (REVIEW,), method="POST"),
    Door("admin/review/<int:match_id>/reject/", Who.PERMITTED, (REVIEW,), method="POST"),
    Door("admin/review/<int:match_id>/undo/", Who.PERMITTED, (REVIEW,), method="POST"),
    Door("admin/evidence/<slug:sha256>/", Who.PERMITTED, (REVIEW, SEE_EVIDENCE)),
    Door("admin/queue/", Who.PERMITTED, WORK),
    Door("admin/queue/next/", Who.PERMITTED, (DECIDE,), method="POST"),
    Door("admin/intake/", Who.PERMITTED, (FILE,)),
    Door("admin/intake/<int:report_id>/", Who.PERMITTED, (FILE,)),
    Door("admin/cases/bulk/", Who.PERMITTED, (DECIDE,), method="POST"),
    Door("admin/batches/<int:batch_id>/", Who.PERMITTED, (SEE,)),
    Door("admin/batches/<int:batch_id>/second/", Who.PERMITTED, (DECIDE, APPROVE), method="POST"),
    Door("admin/cases/<int:case_id>/", Who.PERMITTED, (SEE,)),
    Door("admin/cases/<int:case_id>/around/", Who.PERMITTED, (SEE,)),
    Door("admin/cases/<int:case_id>/files/<int:attachment_id>/", Who.PERMITTED, (SEE_FILES,)),
    Door("admin/cases/<int:case_id>/preview/", Who.PERMITTED, (DECIDE,), method="POST"),
    Door("admin/cases/<int:case_id>/decide/", Who.PERMITTED, (DECIDE,), method="POST"),
    Door("admin/cases/<int:case_id>/undo/<int:decision_id>/", Who.PERMITTED, (DECIDE,), method="POST"),
    Door("admin/cases/<int:case_id>/ask/", Who.PERMITTED, (DECIDE,), method="POST"),
    Door("admin/cases/<int:case_id>/second/<int:approval_id>/", Who.PERMITTED, (DECIDE, APPROVE), method="POST"),
    Door("admin/cases/<int:case_id>/take/", Who.PERMITTED, (DECIDE,), method="POST"),
    Door("admin/cases/<int:case_id>/keep/", Who.PERMITTED, (DECIDE,), method="POST"),
    Door("admin/cases/<int:case_id>/release/", Who.PERMITTED, (DECIDE,), method="POST"),
    Door("admin/cases/<int:case_id>/skip/", Who.PERMITTED, (DECIDE,), method="POST"),
    Door("admin/core/approval/<int:pk>/decide/", Who.PERMITTED, ("core.decide_approval",)),
    Door("admin/accounts/apiclient/<int:pk>/keys/", Who.PERMITTED, ("accounts.change_apiclient",)),
    Door("admin/accounts/marketplace/<int:pk>/deliveries/", Who.PERMITTED, SEE_DELIVERIES, needs_all=True),
    Door(
        "admin/accounts/marketplace/<int:pk>/deliveries/test/",
        Who.PERMITTED,
        (*SEE_DELIVERIES, TRY_OUT),
        needs_all=True,
        method="POST",
    ),
    Door(
        "admin/accounts/marketplace/<int:pk>/deliveries/<int:message_id>/",
        Who.PERMITTED,
        SEE_DELIVERIES,
        needs_all=True,
    ),
    Door(
        "admin/accounts/marketplace/<int:pk>/deliveries/<int:message_id>/resend/",
        Who.PERMITTED,
        (*SEE_DELIVERIES, RESEND),
        needs_all=True,
    ),
    Door(
        "admin/accounts/marketplace/<int:pk>/secrets/",
        Who.PERMITTED,
        ("accounts.change_marketplace", "accounts.view_webhooksecret"),
        needs_all=True,
    ),
)

#: Only where the settings say so: the demonstration and development.
_STYLEGUIDE: Final = (
    Door("styleguide/", Who.PUBLIC),
    Door("outbox/", Who.STAFF),
    Door("outbox/<int:pk>/", Who.STAFF),
)


def _doors_of(page: Page) -> list[Door]:
    """The routes that Django's admin makes for one model."""
    folder = f"admin/{page.model.replace('.', '/')}/"
    sees = (page.permission("view"), page.permission("change"))
    if page.adds:
        add = Door(f"{folder}add/", Who.PERMITTED, (page.permission("add"),))
    else:
        add = Door(f"{folder}add/", Who.NOBODY)
    return [
        Door(folder, Who.PERMITTED, sees),
        add,
        Door(f"{folder}<path:object_id>/history/", Who.PERMITTED, sees),
        Door(f"{folder}<path:object_id>/delete/", Who.NOBODY),
        Door(f"{folder}<path:object_id>/change/", Who.PERMITTED, sees),
        # An old address that only leads to the one above.
        Door(f"{folder}<path:object_id>/", Who.STAFF),
    ]


def all_doors() -> list[Door]:
    """The whole table."""
    pages = [door for page in PAGES for door in _doors_of(page)]
    return [*_OPEN, *_API, *_PARTIES, *_ACCOUNTS, *_STAFF, *pages, *(_STYLEGUIDE if settings.STYLEGUIDE else ())]


def change_doors() -> list[Door]:
    """What a posted change page needs: the right to change where a page changes, and nobody elsewhere."""
    return [
        Door(
            f"admin/{page.model.replace('.', '/')}/<path:object_id>/change/",
            Who.PERMITTED if page.changes else Who.NOBODY,
            (page.permission("change"),) if page.changes else (),
            method="POST",
        )
        for page in PAGES
    ]
