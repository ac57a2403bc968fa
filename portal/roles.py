"""Roles of the staff as permissions. The only place that names a group; doors ask for permissions.

A role whose app comes with a later issue stands here with what exists of its work today, so that people can be given
it now and nothing has to be moved then.
"""

from dataclasses import dataclass
from typing import Final

from django.contrib.auth.models import Group, Permission

#: Everything that a role which only reads may open.
_SEE_CASES: Final = frozenset(
    {
        "reports.view_case",
        "reports.view_allegation",
        "reports.view_report",
        "reports.view_wantedlisting",
        "reports.view_decision",
        "reports.view_notice",
        "reports.view_ground",
        "reports.view_policy",
        "reports.view_explanation",
        "reports.view_inquiry",
        "reports.view_appeal",
        "reports.view_repair",
        "reports.view_reporterrecord",
        "reports.view_workitem",
        "reports.view_skip",
        "reports.view_queueroute",
        "reports.view_actiontime",
        "listings.view_listing",
        "listings.view_listingversion",
        "listings.view_listingimage",
        "listings.view_missingimage",
        "listings.view_arrival",
        "listings.view_picturefetch",
        "listings.view_match",
        "listings.view_rejection",
        "listings.view_fingerprint",
        "listings.view_reappearance",
        "listings.view_protection",
        "listings.view_preflightscreening",
        "sellers.view_seller",
        "sellers.view_authorisation",
        "brands.view_rightsholder",
        "brands.view_brand",
        "brands.view_brandname",
        "brands.view_ipright",
        "brands.view_referenceimage",
        "core.view_evidencefile",
        "core.view_effect",
        "accounts.view_relayednotice",
    }
)
#: Who complains, and what parties handed in: only for who works on cases or answers for them.
_SEE_PEOPLE: Final = frozenset({"reports.view_complainant", "reports.view_attachment"})
#: What was bought and paid, without the buyer's contacts, which nobody sees.
_SEE_ORDERS: Final = frozenset({"refunds.view_orderline", "refunds.view_orderlinecorrection"})
_SEE_JOURNAL: Final = frozenset(
    {
        "core.view_journalentry",
        "core.view_journaldetail",
        "core.view_journalseal",
        "core.view_journalcheckpoint",
    }
)
_SEE_RULES: Final = frozenset({"core.view_ruleset", "core.view_holiday", "core.view_approval"})
_REVIEW: Final = frozenset(
    {
        "reports.review_match",
        "reports.decide_case",
        "reports.file_report",
        "reports.work_moderation",
        "listings.change_preflightscreening",
    }
)
_KOREA: Final = frozenset({"reports.work_korea"})
_LEAD: Final = frozenset(
    {
        "reports.undo_any_decision",
        "reports.work_leads",
        "reports.release_case",
        "reports.correct_decision",
        "reports.add_queueroute",
        "reports.change_queueroute",
        "listings.change_rejection",
        "listings.change_fingerprint",
        "listings.retry_arrival",
        "core.decide_approval",
        "core.retry_effect",
    }
)
_BRANDS: Final = frozenset(
    {
        "brands.change_rightsholder",
        "brands.change_brand",
        "brands.change_referenceimage",
        "sellers.change_authorisation",
    }
)
_OPERATIONS: Final = frozenset(
    {
        "accounts.view_user",
        "accounts.add_user",
        "accounts.change_user",
        "accounts.view_marketplace",
        "accounts.add_marketplace",
        "accounts.change_marketplace",
        "accounts.view_webhooksecret",
        "accounts.view_webhookendpoint",
        "accounts.add_webhookendpoint",
        "accounts.change_webhookendpoint",
        "accounts.view_relayednotice",
        "accounts.view_apiclient",
        "accounts.add_apiclient",
        "accounts.change_apiclient",
        "accounts.view_receivedwebhook",
        "accounts.view_accesslink",
        "accounts.change_accesslink",
        "core.view_outboxmessage",
        "core.retry_outboxmessage",
        "core.view_effect",
        "core.retry_effect",
        "core.view_job",
        "core.retry_job",
        "core.view_heartbeat",
        "core.view_ruleset",
        "core.add_ruleset",
        "core.view_holiday",
        "core.add_holiday",
        "core.change_holiday",
        "core.view_approval",
        "listings.view_arrival",
        "listings.retry_arrival",
        "listings.view_picturefetch",
        "listings.view_pictureserver",
        "listings.view_indexsnapshot",
        "listings.view_screeningrun",
    }
)


@dataclass(frozen=True, slots=True)
class Role:
    """One role: its name in the database, its Korean title, and what it may."""

    name: str
    title: str
    permissions: frozenset[str]


ROLES: Final[tuple[Role, ...]] = (
    Role("moderator", "심사 담당자", _SEE_CASES | _SEE_PEOPLE | _REVIEW),
    Role("lead", "심사 책임자", _SEE_CASES | _SEE_PEOPLE | _REVIEW | _KOREA | _LEAD | _SEE_JOURNAL | _SEE_RULES),
    Role("korea_team", "한국 보호팀", _SEE_CASES | _SEE_PEOPLE | _REVIEW | _KOREA | _BRANDS),
    # Whoever checks a seller's documents releases what was held for want of them.
    Role(
        "verifier",
        "판매자 검증 담당자",
        _SEE_CASES | frozenset({"sellers.change_authorisation", "listings.change_preflightscreening"}),
    ),
    Role("refund_officer", "환불 담당자", _SEE_CASES | _SEE_ORDERS),
    Role(
        "refund_lead",
        "환불 책임자",
        _SEE_CASES | _SEE_ORDERS | frozenset({"core.decide_approval", "core.view_approval"}),
    ),
    Role("audit_manager", "시험구매 관리자", _SEE_CASES),
    Role("legal", "법무 담당자", _SEE_CASES | _SEE_PEOPLE | _SEE_JOURNAL | _SEE_RULES),
    Role("reader", "열람 담당자", _SEE_CASES | _SEE_PEOPLE | _SEE_ORDERS | _SEE_JOURNAL | _SEE_RULES),
    Role("operator", "운영 담당자", _OPERATIONS | _SEE_JOURNAL),
)


def sync_roles() -> None:
    """Make the groups say exactly what the table says: what it no longer gives is taken away."""
    wanted = {permission for role in ROLES for permission in role.permissions}
    rows = {
        f"{app}.{codename}": key
        for key, app, codename in Permission.objects.values_list("pk", "content_type__app_label", "codename")
        if f"{app}.{codename}" in wanted
    }
    missing = wanted - rows.keys()
    if missing:
        raise LookupError(f"roles name permissions that do not exist: {', '.join(sorted(missing))}")
    for role in ROLES:
        group, _ = Group.objects.get_or_create(name=role.name)
        group.permissions.set([rows[permission] for permission in role.permissions])
