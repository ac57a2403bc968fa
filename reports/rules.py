"""Which step an allegation may take next, and what the numbers of this app are. Pure."""

from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass
from typing import Final

from reports.choices import AllegationStatus as S
from reports.choices import Channel, DecisionKind, EffectKind, FindingKind, Party, WorkKind

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
        {
            S.UNDER_REVIEW,
            S.EXPLANATION_REQUESTED,
            S.EXPLANATION_REVIEW,
            S.UPHELD,
            S.REINSTATED,
            S.WITHDRAWN,
            S.TRANSFERRED,
        }
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

#: What was withdrawn without a decision, because its last report was taken back, begins again with the next report.
BEGUN_AGAIN: Final[Mapping[S, frozenset[S]]] = {S.WITHDRAWN: frozenset({S.RECEIVED})}

#: From these a decision goes through review. Not from a restriction: dismissed there, the listing would stay off
#: sale with nothing that holds it.
REVIEWED_FIRST: Final = frozenset({S.RECEIVED, S.MORE_INFO_REQUESTED})

#: What a correction or a winning appeal makes of a final decision: a new decision that points to the old one.
CORRECTIONS: Final[Mapping[S, frozenset[S]]] = {
    S.UPHELD: frozenset({S.REINSTATED}),
    S.REINSTATED: frozenset({S.UPHELD}),
    S.DISMISSED: frozenset({S.UPHELD}),
}

#: The status that each decision brings an allegation to. What is undone goes back to where it came from.
STATUS_OF: Final[Mapping[DecisionKind, S]] = {
    DecisionKind.INTERIM_RESTRICTION: S.RESTRICTED,
    DecisionKind.UPHELD: S.UPHELD,
    DecisionKind.REINSTATED: S.REINSTATED,
    DecisionKind.DISMISSED: S.DISMISSED,
    DecisionKind.RETURNED: S.RETURNED,
    DecisionKind.TRANSFERRED: S.TRANSFERRED,
    DecisionKind.DUPLICATE: S.DUPLICATE,
    DecisionKind.WITHDRAWN: S.WITHDRAWN,
}

#: Decisions on the merits: they have a finding, count for the record, and can be appealed.
FINAL_KINDS: Final = frozenset({DecisionKind.UPHELD, DecisionKind.REINSTATED, DecisionKind.DISMISSED})

#: Which side may contest which decision: whom it went against.
CONTESTABLE: Final[Mapping[Party, frozenset[DecisionKind]]] = {
    Party.SELLER: frozenset({DecisionKind.UPHELD}),
    Party.REPORTER: frozenset({DecisionKind.REINSTATED, DecisionKind.DISMISSED}),
}

#: What each of them may have found.
FINDINGS: Final[Mapping[DecisionKind, tuple[FindingKind, ...]]] = {
    DecisionKind.UPHELD: (FindingKind.COUNTERFEIT_CONFIRMED, FindingKind.OTHER_INFRINGEMENT),
    DecisionKind.REINSTATED: (FindingKind.NOT_INFRINGING, FindingKind.INCONCLUSIVE),
    DecisionKind.DISMISSED: (FindingKind.NOT_INFRINGING, FindingKind.INCONCLUSIVE),
}

#: Penalties that a confirmed finding brings. Leaving one out needs a second person and a reason (design.md).
DUE_PENALTIES: Final = frozenset({EffectKind.SELLER_STRIKE})
#: What staff may add to a final decision.
FURTHER_EFFECTS: Final = frozenset({EffectKind.SELLER_SUSPEND, EffectKind.SELLER_CLOSE, EffectKind.PAYOUT_HOLD})

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
    # Over so many listings at once: design.md "high impact".
    "high_impact_listings": 50,
    # How long "next case" keeps a case for one person; renewed while it is open (issue "Cases"): our choice.
    "lease_minutes": 15,
    # Leads are shown what falls due within so many business hours: our choice, half a working day and a night.
    "late_warning_business_hours": 12,
    # A tracking or notice link outlives the last day on which its party may still contest: our choice, the appeal's six
    # months and a month.
    "link_valid_days": 230,
    # A click can be taken back for so long: our choice, as long as a person needs to see what was pressed.
    "take_back_seconds": 10,
    # So many clicks a minute cost a visitor, and an address that many people share, nothing; above them each costs a
    # proof of work, never a refusal: our choice. A person looks at a page before clicking; behind one address of a
    # mobile network stand thousands.
    "free_clicks_per_visitor": 6,
    "free_clicks_per_address": 60,
    # A listing that a report waits for is asked for again after a day, ten times: our choice. A consumer is promised a
    # result in ten business days; and what nobody has ever sold is not asked for until the end of time.
    "wanted_again_hours": 24,
    "wanted_asks": 10,
}

#: How much a matter weighs in the queue. A counterfeit that came back, and one that was bought, before all others; a
#: shop's whole livelihood (an appeal) before a first look [ours].
SEVERITY_BY_CHANNEL: Final[Mapping[Channel, int]] = {Channel.STAY_DOWN: 40, Channel.TEST_PURCHASE: 40}
SEVERITY_BY_WORK: Final[Mapping[WorkKind, int]] = {
    WorkKind.APPEAL: 30,
    WorkKind.HELD: 30,
    WorkKind.EXPLANATION: 20,
    WorkKind.SILENCE: 20,
    WorkKind.CONTACT: 10,
    WorkKind.REVIEW: 10,
}

#: A statement's explanation: the transparency database of the DSA takes 2,000 characters (programmes.md §10).
REASONING_LENGTH: Final = 2_000
#: As much for the staff's own note [ours].
NOTE_LENGTH: Final = 2_000


def default_effects(kind: DecisionKind, finding: str) -> frozenset[EffectKind]:
    """What a decision sets off unless staff say otherwise."""
    if kind == DecisionKind.INTERIM_RESTRICTION:
        return frozenset({EffectKind.LISTING_RESTRICT})
    if kind in {DecisionKind.REINSTATED, DecisionKind.WITHDRAWN}:
        return frozenset({EffectKind.LISTING_REINSTATE})
    if kind != DecisionKind.UPHELD:
        return frozenset()
    effects = frozenset({EffectKind.LISTING_REMOVE, EffectKind.SELLER_STRIKE})
    if finding == FindingKind.COUNTERFEIT_CONFIRMED:
        effects |= {EffectKind.FINGERPRINT, EffectKind.BUYERS_INVITE, EffectKind.RECOURSE}
    return effects


def possible_effects(kind: DecisionKind, finding: str) -> frozenset[EffectKind]:
    """All that may be asked for with a decision."""
    further = FURTHER_EFFECTS if kind == DecisionKind.UPHELD else frozenset()
    return default_effects(kind, finding) | further


@dataclass(frozen=True, slots=True)
class Impact:
    """What is known of how much a decision would move. Money in minor units of won; ``None`` where unknown."""

    effects: Set[EffectKind]
    kind: DecisionKind
    finding: str
    sold_count: int | None
    price_krw: int | None


@dataclass(frozen=True, slots=True)
class ImpactLimits:
    """From where on a second person is asked."""

    sold_count: int
    turnover_krw: int


def reasons_to_hold(impact: Impact, limits: ImpactLimits) -> tuple[str, ...]:
    """Why a second person must agree, in words; empty where nobody need.

    The turnover of the last thirty days is not known here, so that of all sales stands in for it: it is never less.
    """
    reasons = []
    if EffectKind.SELLER_CLOSE in impact.effects:
        reasons.append("상점을 폐쇄하는 결정입니다.")
    takes_down = impact.effects & {EffectKind.LISTING_RESTRICT, EffectKind.LISTING_REMOVE}
    if takes_down and (impact.sold_count or 0) > limits.sold_count:
        reasons.append(f"{limits.sold_count:,}개 넘게 팔린 상품입니다.")
    elif takes_down and (impact.sold_count or 0) * (impact.price_krw or 0) > limits.turnover_krw:
        reasons.append("판매 금액이 큰 상품입니다.")
    if left_out_penalties(impact.kind, impact.finding, impact.effects):
        reasons.append("정해진 제재를 빼는 결정입니다.")
    return tuple(reasons)


def left_out_penalties(kind: DecisionKind, finding: str, effects: Set[EffectKind]) -> frozenset[EffectKind]:
    """Penalties that were due and are not among the effects."""
    return (default_effects(kind, finding) & DUE_PENALTIES) - effects


def possible_kinds(status: S) -> tuple[DecisionKind, ...]:
    """What an open allegation with that status may be decided as, in the order in which the kinds are named."""
    steps = TRANSITIONS[status] | (TRANSITIONS[S.UNDER_REVIEW] if status in REVIEWED_FIRST else frozenset())
    return tuple(kind for kind in DecisionKind if STATUS_OF.get(kind) in steps)


def possible_answers(status: S) -> tuple[tuple[DecisionKind, str], ...]:
    """Every kind with every finding that an allegation with that status may be decided as; none where it is decided.

    While a listing is held off sale, a transfer would leave it so with nothing that holds it.
    """
    if status not in OPEN_STATUSES:
        return ()
    kinds = [
        kind
        for kind in possible_kinds(status)
        if not (status in RESTRICTING_STATUSES and kind == DecisionKind.TRANSFERRED)
    ]
    return tuple((kind, str(finding)) for kind in kinds for finding in FINDINGS.get(kind, ("",)))


def corrected_kinds(status: S) -> tuple[DecisionKind, ...]:
    """What a final decision with that status may be corrected to."""
    return tuple(kind for kind in DecisionKind if STATUS_OF.get(kind) in CORRECTIONS.get(status, frozenset()))


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
