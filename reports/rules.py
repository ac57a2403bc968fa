"""Which step an allegation may take next, and what the numbers of this app are. Pure."""

from collections.abc import Collection, Mapping
from typing import Final

from reports.choices import AllegationStatus as S

#: Every allowed step (design.md, "An allegation in two steps"). A step that is not here is refused.
TRANSITIONS: Final[dict[S, frozenset[S]]] = {
    S.RECEIVED: frozenset({S.UNDER_REVIEW, S.RETURNED, S.WITHDRAWN, S.TRANSFERRED, S.DUPLICATE}),
    S.UNDER_REVIEW: frozenset(
        {
            S.MORE_INFO_REQUESTED,
            S.RESTRICTED,
            S.UPHELD,
            S.DISMISSED,
            S.RETURNED,
            S.WITHDRAWN,
            S.TRANSFERRED,
            S.DUPLICATE,
        }
    ),
    S.MORE_INFO_REQUESTED: frozenset({S.UNDER_REVIEW, S.RETURNED, S.WITHDRAWN, S.TRANSFERRED, S.DUPLICATE}),
    # Back to review only where a decision is undone before its effect has left.
    S.RESTRICTED: frozenset(
        {S.UNDER_REVIEW, S.EXPLANATION_REQUESTED, S.UPHELD, S.REINSTATED, S.WITHDRAWN, S.TRANSFERRED}
    ),
    S.EXPLANATION_REQUESTED: frozenset({S.EXPLANATION_REVIEW, S.UPHELD, S.REINSTATED, S.WITHDRAWN, S.TRANSFERRED}),
    S.EXPLANATION_REVIEW: frozenset({S.EXPLANATION_REQUESTED, S.UPHELD, S.REINSTATED, S.WITHDRAWN, S.TRANSFERRED}),
    S.UPHELD: frozenset({S.CLOSED}),
    S.REINSTATED: frozenset({S.CLOSED}),
    S.DISMISSED: frozenset({S.CLOSED}),
    S.CLOSED: frozenset(),
    S.RETURNED: frozenset(),
    S.WITHDRAWN: frozenset(),
    S.TRANSFERRED: frozenset(),
    S.DUPLICATE: frozenset(),
}

#: Allegations in these still wait for a final decision; their case is live.
OPEN_STATUSES: Final[frozenset[S]] = frozenset(
    {S.RECEIVED, S.UNDER_REVIEW, S.MORE_INFO_REQUESTED, S.RESTRICTED, S.EXPLANATION_REQUESTED, S.EXPLANATION_REVIEW}
)

#: Allegations in these hold the listing off sale while they wait.
RESTRICTING_STATUSES: Final[frozenset[S]] = frozenset({S.RESTRICTED, S.EXPLANATION_REQUESTED, S.EXPLANATION_REVIEW})

#: The numbers of area ``reports``, version 1: read with ``core.rulesets.current``, published at ``/policy/``.
FIRST_VALUES: Final[Mapping[str, object]] = {
    # design.md "what is due"; Mercado Libre answers an enrolment in 48 working hours (programmes.md §5).
    "enrolment_review_business_days": 2,
    # AIDC 2025: 95% of notices within 24 business hours (programmes.md §1); design.md.
    "verified_complaint_business_hours": 24,
    # IPP: typically under three days (programmes.md §2); design.md.
    "other_complaint_business_days": 3,
    # 전자상거래법 제20조 제3항, 시행령 제25조의2: progress within 3, result within 10 business days (korea.md §3.5).
    "consumer_progress_business_days": 3,
    "consumer_result_business_days": 10,
    # 11번가 and G마켓: three days for the seller (korea.md §3.2, §3.5); IPP's first round: three business days
    # (programmes.md §2). Counted from delivery of the notice; extended once (design.md).
    "explanation_business_days": 3,
    "explanation_extension_business_days": 3,
    # design.md: decision after an explanation.
    "explanation_decision_business_days": 2,
    # Mercado Libre: four days for the complainant, silence reinstates (programmes.md §5); a reminder one day before.
    "complainant_answer_business_days": 4,
    "complainant_reminder_business_days": 1,
    # design.md: brand's answer about an authorisation; after that staff decide.
    "authorisation_answer_business_days": 5,
    # DSA Art. 20: at least six months to complain (programmes.md §10); deciding: our choice.
    "appeal_months": 6,
    "appeal_decision_business_days": 7,
    # IPP: 300 listings a complaint; its form without an account: 10 links (programmes.md §2, §13). One right each.
    "complaint_listings": 300,
    "complaint_listings_without_account": 10,
    # IPP's good-faith programme (90%, at most 5% countered, three months) and Project Zero (99%): programmes.md §2, §3.
    # From 30 decided allegations on, by the lower bound of the 95% Wilson interval: our choice.
    "tier_months": 3,
    "tier_least_decided": 30,
    "tier_trusted_upheld_percent": 90,
    "tier_trusted_countered_percent": 5,
    "tier_highest_upheld_percent": 99,
    "tier_slow_below_percent": 50,
    # Every tenth listing that the highest tier restricts is looked at: our choice.
    "tier_sample_every": 10,
    # AliExpress: all within three days is one strike, valid 365 days; freeze a day, seven days, closure
    # (programmes.md §2, "AliExpress seller penalties"); Naver bars a leaver under sanction for a year (§8).
    "strike_merge_days": 3,
    "strike_valid_days": 365,
    "first_strike_suspension_days": 1,
    "second_strike_suspension_days": 7,
    "closing_strike": 3,
    "reapply_after_years": 1,
    # Coupang and TikTok: 180 days (programmes.md §7, §8); Naver holds twelve months, which we do not.
    "payout_hold_days": 180,
    # The programme: 7 to 15 days on the platform, three months by customer service (programmes.md §1); the law's least
    # is seven days from supply (전자상거래법 제17조 제1항) and three months where goods differ (제3항).
    "refund_least_days": 7,
    "refund_days": 15,
    "refund_manual_months": 3,
    # AliExpress 2024-03-17: within 24 hours of pickup (programmes.md §1); a claim under abuse review: 3 business days,
    # as 전자상거래법 제18조 제2항 gives for a refund.
    "refund_payout_hours": 24,
    "refund_abuse_review_business_days": 3,
    # High impact: held for a person. Our choice (design.md "Large turnover").
    "high_impact_sold_count": 1000,
    "high_impact_turnover_krw": 100_000_000,
    "high_impact_turnover_days": 30,
}

#: A statement's explanation: the transparency database of the DSA takes 2,000 characters (programmes.md §10).
REASONING_LENGTH: Final = 2_000
#: As much for the staff's own note [ours].
NOTE_LENGTH: Final = 2_000


def may_step(current: S, following: S) -> bool:
    """Whether an allegation may go from one status to the other."""
    return following in TRANSITIONS[current]


#: A case stands where the allegation stands that asks most of somebody; open ones before decided ones.
_CASE_ORDER: Final = (
    S.EXPLANATION_REVIEW,
    S.UNDER_REVIEW,
    S.RECEIVED,
    S.RESTRICTED,
    S.EXPLANATION_REQUESTED,
    S.MORE_INFO_REQUESTED,
    S.UPHELD,
    S.REINSTATED,
    S.DISMISSED,
    S.CLOSED,
    S.TRANSFERRED,
    S.RETURNED,
    S.WITHDRAWN,
    S.DUPLICATE,
)


def case_status(statuses: Collection[S]) -> S:
    """The status of a case, derived from its allegations': never stored, so that it cannot contradict them."""
    return next((status for status in _CASE_ORDER if status in statuses), S.RECEIVED)
