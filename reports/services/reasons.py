"""What a statement of reasons is made of, gathered from the rows: the same for the preview and for the real one."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings

from brands.choices import RightKind
from brands.models import Brand
from core import rulesets
from listings.models import Match
from reports import statements
from reports.models import Ground, Policy

#: A brand may have hundreds of rights; the statement names these many.
_NAMED_RIGHTS = 3


@dataclass(frozen=True, slots=True)
class Draft:
    """A statement that lacks only the ruling."""

    policy: Policy
    restricted: statements.Restricted
    claim: statements.Claim
    terms: statements.Terms
    facts: tuple[str, ...]

    def reasoning(self, *, is_authorised: bool) -> str:
        """The reasoning that a moderator is offered."""
        return statements.default_reasoning(self.claim, self.facts, is_authorised=is_authorised)

    def with_ruling(self, ruling: statements.Ruling) -> dict[str, Any]:
        """The whole statement."""
        return statements.build(self.restricted, self.claim, ruling, self.terms, facts=self.facts)


def draft(match: Match, *, ground: Ground, policy: Policy) -> Draft:
    """The statement for the seller of the listing in which the match was found."""
    version = match.version
    positions = dict(version.images.values_list("pk", "position"))
    return Draft(
        policy=policy,
        restricted=statements.Restricted(
            listing=version.listing.external_id, title=version.title, url=version.listing.url
        ),
        claim=_claim(match.brand, ground=ground, policy=policy),
        terms=terms(),
        facts=statements.facts_of(match.signals, positions),
    )


def _claim(brand: Brand, *, ground: Ground, policy: Policy) -> statements.Claim:
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
