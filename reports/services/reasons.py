"""What a statement of reasons is made of, gathered from the rows: the same for the preview and for the real one."""

from datetime import datetime
from typing import Any

from django.conf import settings

from brands.choices import RightKind
from brands.models import Brand
from core import rulesets
from core.numbers import SEOUL
from listings.models import ListingVersion, Match
from reports import statements
from reports.models import Ground, Policy
from sellers.models import Authorisation

#: A brand may have hundreds of rights; the statement names these many.
_NAMED_RIGHTS = 3


def claim_of(brand: Brand, *, ground: Ground, policy: Policy) -> statements.Claim:
    """Whose right is at stake, on which ground, by which clause."""
    return statements.Claim(
        rights_holder=brand.rights_holder.name,
        brand=brand.name,
        rights=_rights(brand),
        ground_code=ground.code,
        ground_title=ground.title,
        policy_code=policy.code,
        policy_title=policy.title,
        policy_clause=policy.clause,
    )


def _rights(brand: Brand) -> tuple[str, ...]:
    """Trademarks first: a counterfeit is judged by them."""
    rights = sorted(brand.rights.all(), key=lambda right: (right.kind != RightKind.TRADEMARK, right.pk))
    return tuple(statements.right_text(right.get_kind_display(), right.number) for right in rights[:_NAMED_RIGHTS])


def terms() -> statements.Terms:
    """The seller's periods as they stand today."""
    rules = rulesets.current("reports")
    return statements.Terms(
        explanation_business_days=rules.number("explanation_business_days"),
        extension_business_days=rules.number("explanation_extension_business_days"),
        decision_business_days=rules.number("explanation_decision_business_days"),
        appeal_months=rules.number("appeal_months"),
        rules_version=rules.version,
        contact=settings.OPERATOR["email"],
    )


def facts_of(match: Match) -> tuple[str, ...]:
    """What screening found, in sentences for the seller."""
    positions = dict(match.version.images.values_list("pk", "position"))
    return statements.facts_of(match.signals, positions)


def is_authorised(match: Match, *, now: datetime) -> bool:
    """Whether the brand has named the seller as one that may sell its goods."""
    held = Authorisation.objects.in_force(on=now.astimezone(SEOUL).date())
    return held.filter(seller=match.version.listing.seller_id, brand=match.brand_id).exists()


def default_reasoning(match: Match, claim: statements.Claim, *, now: datetime) -> str:
    """The reasoning as it is offered to the moderator."""
    return statements.default_reasoning(claim, facts_of(match), is_authorised=is_authorised(match, now=now))


def statement_of(match: Match, claim: statements.Claim, ruling: statements.Ruling) -> dict[str, Any]:
    """The statement for the seller of the listing in which the match was found."""
    return statements.build(_restricted(match.version), claim, ruling, terms(), facts=facts_of(match))


def _restricted(version: ListingVersion) -> statements.Restricted:
    listing = version.listing
    return statements.Restricted(listing=listing.external_id, title=version.title, url=listing.url)
