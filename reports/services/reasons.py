"""What statements and letters are made of, gathered from the rows: the same for the preview and for the real one.

What a party may know is decided here and nowhere else: a seller gets the rights holder's name, the right and the
ground, and nothing of who reported; a complainant gets the shop's public name and the outcome, and nothing that the
seller handed in.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings

from brands.choices import RightKind
from brands.models import Brand, IPRight
from core import rulesets
from core.actors import SYSTEM
from core.calendar import calendar, period_months
from listings.models import ListingImage, Match
from reports import statements
from reports.choices import Channel, DecisionKind, Party
from reports.letters import Values
from reports.models import Allegation, Appeal, Complainant, Decision, Explanation, Ground, Policy, Report
from reports.rules import CONTESTABLE, FINAL_KINDS, RESTRICTING_STATUSES
from reports.services import links
from reports.wording import language_or_default, wording

#: A brand may have hundreds of rights; the statement names these many.
_NAMED_RIGHTS = 3
#: Channels in which a machine found what is alleged.
_BY_MACHINE = frozenset({Channel.SCREENING, Channel.STAY_DOWN})


@dataclass(frozen=True, slots=True)
class Draft:
    """A statement that lacks only the ruling."""

    policy: Policy
    restricted: statements.Restricted
    claim: statements.Claim
    terms: statements.Terms
    facts: tuple[str, ...]
    found_by_machine: bool
    language: str = statements.LANGUAGE

    def reasoning(self, *, is_authorised: bool) -> str:
        """The reasoning that a moderator is offered for an interim restriction."""
        return statements.default_reasoning(self.claim, self.facts, is_authorised=is_authorised)

    def offered(self, kind: DecisionKind, finding: str = "", *, is_authorised: bool) -> str:
        """The reasoning that is offered for that decision, in the draft's language."""
        return statements.offered_reasoning(
            kind, finding, self.claim, self.facts, self.language, is_authorised=is_authorised
        )

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
        claim=_claim(match.brand, match.brand.rights.all(), ground=ground, policy=policy),
        terms=terms(),
        facts=statements.facts_of(match.signals, positions),
        found_by_machine=True,
    )


def draft_of(
    allegation: Allegation,
    *,
    policy: Policy,
    language: str = statements.LANGUAGE,
    report: Report | None = None,
) -> Draft:
    """The statement about an allegation, from the report that a decision answers or else from all that was reported in
    it: the newest report's content is what was restricted."""
    return drafts_of(allegation, policy=policy, languages=(language,), report=report)[language]


def drafts_of(
    allegation: Allegation, *, policy: Policy, languages: Iterable[str], report: Report | None = None
) -> dict[str, Draft]:
    """The same in several languages, of rows that are read once."""
    # A flood of reports is read without what each of them says.
    filed = allegation.reports.select_related("version", "match", "brand__rights_holder").order_by("id")
    filed = filed.defer("text", "version__description")
    reports = list(filed) if report is None else [report]
    brand = allegation.brand if report is None or report.brand is None else report.brand
    newest = next((report for report in reversed(reports) if report.version is not None), None)
    listing = allegation.case.listing
    title = newest.version.title if newest is not None and newest.version is not None else ""
    restricted = statements.Restricted(listing=listing.external_id, title=title, url=listing.url)
    rights = list(brand.rights.all()) if brand is not None else []
    positions, periods = _positions(reports), terms()
    found_by_machine = bool(reports) and all(report.channel in _BY_MACHINE for report in reports)
    return {
        language: Draft(
            policy=policy,
            restricted=restricted,
            claim=_claim(brand, rights, ground=allegation.ground, policy=policy, language=language),
            terms=periods,
            facts=_facts(reports, positions, language),
            found_by_machine=found_by_machine,
            language=language,
        )
        for language in languages
    }


def _positions(reports: list[Report]) -> dict[int, int]:
    """The places of the pictures in which something was found."""
    versions = {report.version_id for report in reports if report.match is not None}
    return dict(ListingImage.objects.filter(version__in=versions).values_list("pk", "position")) if versions else {}


def _facts(reports: list[Report], positions: Mapping[int, int], language: str) -> tuple[str, ...]:
    facts: dict[str, None] = {}
    for report in reports:
        if report.match is not None:
            facts |= dict.fromkeys(statements.facts_of(report.match.signals, positions, language=language))
    reported = sum(report.channel not in _BY_MACHINE for report in reports)
    by_holder = any(report.channel == Channel.RIGHTS for report in reports)
    return (*facts, *statements.reported_facts(reported, by_rights_holder=by_holder, language=language))


def _claim(
    brand: Brand | None,
    rights: Iterable[IPRight],
    *,
    ground: Ground,
    policy: Policy,
    language: str = statements.LANGUAGE,
) -> statements.Claim:
    return statements.Claim(
        rights_holder=brand.rights_holder.name if brand is not None else "",
        brand=brand.name if brand is not None else "",
        rights=_right_texts(rights, language),
        ground_code=ground.code,
        ground_title=ground.title,
        policy_code=policy.code,
        policy_title=policy.title,
        policy_clause=policy.clause,
    )


def _right_texts(rights: Iterable[IPRight], language: str) -> tuple[str, ...]:
    """Trademarks first: a counterfeit is judged by them."""
    labels = wording(language).rights
    ordered = sorted(rights, key=lambda right: (right.kind != RightKind.TRADEMARK, right.pk))
    return tuple(statements.right_text(labels[right.kind], right.number) for right in ordered[:_NAMED_RIGHTS])


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


def statement_of(decision: Decision, *, language: str) -> dict[str, Any]:
    """The structured part of the statement of a decision: codes and numbers for programs."""
    drafted = draft_of(decision.allegation, policy=decision.policy, language=language, report=decision.report)
    ruling = statements.Ruling(
        reasoning=reasoning_in(decision, language),
        decided_at=decision.decided_at,
        decision_number=decision.number,
        case_number=decision.allegation.case.number,
        kind=decision.kind,
        finding=decision.finding,
        effects=tuple(decision.effects),
        corrects_number=decision.corrects.number if decision.corrects is not None else "",
    )
    return statements.build(
        drafted.restricted,
        drafted.claim,
        ruling,
        drafted.terms,
        facts=drafted.facts,
        language=language,
        found_by_machine=drafted.found_by_machine,
        decided_by_machine=decision.actor_kind == SYSTEM,
    )


def translations_of(
    allegation: Allegation, *, kind: DecisionKind, finding: str, policy: Policy, reasoning: str, report: Report | None
) -> dict[str, str]:
    """The offered wording in the parties' other languages, where it was taken as it was offered.

    What somebody wrote themselves is not translated by a machine: the parties read it as it was written, or as the
    same person wrote it in their language.
    """
    wanted = _languages_of(allegation) - {statements.LANGUAGE}
    if not wanted:
        return {}
    languages = (statements.LANGUAGE, *sorted(wanted))
    drafts = drafts_of(allegation, policy=policy, languages=languages, report=report)
    for is_authorised in (False, True):
        if drafts[statements.LANGUAGE].offered(kind, finding, is_authorised=is_authorised) == reasoning:
            return {
                language: drafts[language].offered(kind, finding, is_authorised=is_authorised) for language in wanted
            }
    return {}


def _languages_of(allegation: Allegation) -> set[str]:
    """The languages in which the parties of the allegation are written to."""
    written = {language_or_default(allegation.case.listing.seller.language)}
    complainants = Complainant.objects.of(allegation).reachable()
    return written | {language_or_default(language) for language in complainants.values_list("language", flat=True)}


def reasoning_in(decision: Decision, language: str) -> str:
    """The reasoning in that language, or in the one in which it was written."""
    translated = decision.translations.get(language, "")
    return str(translated) or decision.reasoning


# -- values of letters ------------------------------------------------------------------------------------------------


def values_for_seller(
    decision: Decision, *, language: str, now: datetime, is_still_held: bool = False, link: str = ""
) -> Values:
    """What the seller may read of a decision. A preview gives words in the place of the ``link``: making one writes."""
    allegation = decision.allegation
    drafted = draft_of(allegation, policy=decision.policy, language=language, report=decision.report)
    return replace(
        _common(allegation, language=language),
        **_ruling_values(decision, language, Party.SELLER),
        brand=drafted.claim.brand,
        is_still_held=is_still_held,
        rights=drafted.claim.rights,
        facts=drafted.facts,
        found_by_machine=drafted.found_by_machine,
        zone=allegation.case.listing.seller.time_zone,
        link=link or links.seller_link(allegation, now=now),
    )


def values_for_complainant(
    allegation: Allegation,
    complainant: Complainant,
    *,
    decision: Decision | None,
    report: Report | None,
    language: str,
    is_still_held: bool,
    extra: Mapping[str, Any],
    now: datetime,
    link: str = "",
) -> Values:
    """What a complainant may read: of a decision the outcome and the reasons, of the seller its public name. A preview
    gives words in the place of the ``link``."""
    values = replace(
        _common(allegation, language=language),
        link=link or links.tracking_link(complainant, now=now),
        is_rights_holder=complainant.rights_holder_id is not None,
        is_still_held=is_still_held,
        report_number=report.number if report is not None else "",
        due_at=report.result_due_at if report is not None else None,
    )
    if decision is not None:
        values = replace(values, **_ruling_values(decision, language, Party.REPORTER))
    return replace(values, **extra)


def values_between(allegation: Allegation, *, language: str, extra: Mapping[str, Any], now: datetime) -> Values:
    """What the seller may read between the decisions."""
    return replace(
        _common(allegation, language=language),
        zone=allegation.case.listing.seller.time_zone,
        link=links.seller_link(allegation, now=now),
        **extra,
    )


def explanation_values(explanation: Explanation) -> dict[str, Any]:
    """What a complainant learns of an explanation: what the seller claims, and how many documents of which kind."""
    kinds = Counter(explanation.attachments.values_list("kind", flat=True))
    return {"claim": explanation.claim, "summary": explanation.summary, "documents": dict(kinds)}


def _common(allegation: Allegation, *, language: str) -> Values:  # noqa: ARG001 - labels are the template's own
    listing = allegation.case.listing
    holder, version = allegation.rights_holder, listing.current_version
    rules, numbers = terms(), rulesets.current("reports")
    return Values(
        case_number=allegation.case.number,
        contact=rules.contact,
        listing_id=listing.external_id,
        listing_title=version.title if version is not None else "",
        listing_url=listing.url,
        shop_name=listing.seller.shop_name,
        marketplace=listing.marketplace.name,
        rights_holder=holder.name if holder is not None else "",
        brand=allegation.brand.name if allegation.brand is not None else "",
        ground_code=allegation.ground.code,
        terms={
            "explanation_business_days": rules.explanation_business_days,
            "extension_business_days": rules.extension_business_days,
            "decision_business_days": rules.decision_business_days,
            "appeal_months": rules.appeal_months,
            "appeal_decision_business_days": numbers.number("appeal_decision_business_days"),
            "progress_business_days": numbers.number("consumer_progress_business_days"),
        },
    )


def _ruling_values(decision: Decision, language: str, party: Party) -> dict[str, Any]:
    repair = getattr(decision, "repair", None)
    return {
        "policy_code": decision.policy.code,
        "decision_number": decision.number,
        "decided_at": decision.decided_at,
        "kind": decision.kind,
        "finding": decision.finding,
        "reasoning": reasoning_in(decision, language),
        "effects": tuple(decision.effects),
        "corrects_number": decision.corrects.number if decision.corrects is not None else "",
        "corrects_kind": decision.corrects.kind if decision.corrects is not None else "",
        "is_appeal_result": decision.appeal_id is not None,
        "was_restricted": decision.came_from in RESTRICTING_STATUSES,
        "decided_by_machine": decision.actor_kind == SYSTEM,
        "days_lost": repair.days_lost if repair is not None else None,
        "repaired": tuple(repair.repaired) if repair is not None else (),
        "appeal_until": appeal_until(decision) if has_a_turn(decision, party) else None,
        "appeal_number": decision.appeal.number if decision.appeal is not None else "",
        "contested_number": decision.appeal.contested.number if decision.appeal is not None else "",
    }


def has_a_turn(decision: Decision, party: Party) -> bool:
    """Whether this side may contest the decision: it went against it, and it has not contested one here before."""
    if decision.kind not in CONTESTABLE[party]:
        return False
    return not Appeal.objects.filter(contested__allegation=decision.allegation_id, party=party).exists()


def appeal_until(decision: Decision) -> datetime | None:
    """The exclusive moment until which a final decision may be contested."""
    if decision.kind not in FINAL_KINDS:
        return None
    months = rulesets.current("reports").number("appeal_months")
    return period_months(decision.decided_at, months, calendar()).exclusive_bound
