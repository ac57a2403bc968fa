"""What a moderator may answer about an allegation now, and what stands in the form for each answer. Reads only.

Two answers have a key, in whatever state the matter is: C goes against the listing, X lets it be. Everything else is
chosen by a link, so that the address says which answer the form is for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from reports.choices import AllegationStatus, DecisionKind, EffectKind, FindingKind
from reports.desk.case_rows import AllegationRows
from reports.models import Allegation, Appeal, Decision, Policy
from reports.rules import (
    FINDINGS,
    OPEN_STATUSES,
    RESTRICTING_STATUSES,
    corrected_kinds,
    default_effects,
    possible_effects,
    possible_kinds,
)
from reports.services import reasons
from reports.services.decisions import Ruling
from reports.statements import LANGUAGE
from reports.wording import language_or_default
from reports.wording.base import COUNTERFEIT_GROUNDS

_AGAINST: Final = frozenset({DecisionKind.INTERIM_RESTRICTION, DecisionKind.UPHELD})
_FOR: Final = frozenset({DecisionKind.DISMISSED, DecisionKind.REINSTATED})
#: While a listing is held off sale, these would leave it so with nothing that holds it.
_NOT_WHILE_RESTRICTING: Final = frozenset({DecisionKind.TRANSFERRED})


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing that may be decided. ``code`` is the key that decides so at once, by ``KeyboardEvent.code``."""

    kind: DecisionKind
    finding: str = ""
    code: str = ""
    appeal: Appeal | None = None
    corrects: Decision | None = None

    @property
    def name(self) -> str:
        """What the address calls it: ``upheld.counterfeit_confirmed``."""
        return f"{self.kind}.{self.finding}" if self.finding else str(self.kind)

    @property
    def is_against(self) -> bool:
        return self.kind in _AGAINST

    @property
    def confirms(self) -> bool:
        """Whether it leaves a contested decision as it is."""
        return self.appeal is not None and self.kind == self.appeal.contested.kind

    @property
    def label(self) -> str:
        finding = f" · {FindingKind(self.finding).label}" if self.finding else ""
        return f"{self.kind.label}{finding}"

    @property
    def button(self) -> str:
        """What the button does, in words."""
        if self.appeal is not None:
            return "이의를 받아들이지 않고 유지하기" if self.confirms else f"이의를 받아들여 {self.kind.label}하기"
        return _BUTTONS[self.kind]

    @property
    def effects(self) -> frozenset[EffectKind]:
        return frozenset() if self.confirms else default_effects(self.kind, self.finding)

    @property
    def possible_effects(self) -> tuple[EffectKind, ...]:
        """All that may be ticked, in the order in which the kinds are named."""
        possible = frozenset() if self.confirms else possible_effects(self.kind, self.finding)
        return tuple(effect for effect in EffectKind if effect in possible)


_BUTTONS: Final = {
    DecisionKind.INTERIM_RESTRICTION: "임시로 판매 제한하기",
    DecisionKind.UPHELD: "판매중지 확정하기",
    DecisionKind.REINSTATED: "판매 재개하기",
    DecisionKind.DISMISSED: "기각하기",
    DecisionKind.RETURNED: "반려하기",
    DecisionKind.TRANSFERRED: "이관하기",
    DecisionKind.DUPLICATE: "중복으로 닫기",
    DecisionKind.WITHDRAWN: "철회로 닫기",
}


def answers(rows: AllegationRows, *, may_correct: bool) -> tuple[Answer, ...]:
    """All that may be decided about the allegation now. Of those with a key there is one each."""
    allegation = rows.allegation
    status = AllegationStatus(allegation.status)
    appeal = rows.open_appeal
    if rows.approval is not None:
        return ()
    if status in OPEN_STATUSES:
        kinds = possible_kinds(status)
        if status in RESTRICTING_STATUSES:
            kinds = tuple(kind for kind in kinds if kind not in _NOT_WHILE_RESTRICTING)
        return _keyed(_each_finding(kinds, allegation))
    if appeal is not None:
        kinds = (DecisionKind(appeal.contested.kind), *corrected_kinds(status))
        return _keyed(_each_finding(sorted(kinds, key=list(DecisionKind).index), allegation, appeal=appeal))
    corrected = rows.final
    if may_correct and corrected is not None:
        return _each_finding(corrected_kinds(status), allegation, corrects=corrected)
    return ()


def _each_finding(
    kinds: Sequence[DecisionKind],
    allegation: Allegation,
    *,
    appeal: Appeal | None = None,
    corrects: Decision | None = None,
) -> tuple[Answer, ...]:
    found = []
    for kind in kinds:
        findings: Sequence[str] = FINDINGS.get(kind, ("",))
        if appeal is not None and kind == appeal.contested.kind:
            findings = (appeal.contested.finding,)
        elif kind == DecisionKind.UPHELD and allegation.ground.code not in COUNTERFEIT_GROUNDS:
            findings = tuple(reversed(findings))
        found += [Answer(kind, finding, appeal=appeal, corrects=corrects) for finding in findings]
    return tuple(found)


def _keyed(offered: tuple[Answer, ...]) -> tuple[Answer, ...]:
    """The first that goes against the listing is C, the first that lets it be is X."""
    restricts = next((answer for answer in offered if answer.kind == DecisionKind.INTERIM_RESTRICTION), None)
    against = restricts or next((answer for answer in offered if answer.kind in _AGAINST), None)
    lets_be = next((answer for answer in offered if answer.kind in _FOR), None)
    codes = {id(against): "KeyC", id(lets_be): "KeyX"}
    return tuple(
        Answer(each.kind, each.finding, codes.get(id(each), ""), each.appeal, each.corrects) for each in offered
    )


def chosen(offered: Sequence[Answer], name: str) -> Answer | None:
    """The answer of that name, else the one of key C, else the first."""
    by_name = next((answer for answer in offered if answer.name == name), None)
    by_key = next((answer for answer in offered if answer.code == "KeyC"), None)
    return by_name or by_key or next(iter(offered), None)


# -- what stands in the form ------------------------------------------------------------------------------------------


def default_policy(allegation: Allegation, policies: Sequence[Policy]) -> Policy | None:
    """The clause of the alleged reason, else the first."""
    fits = (policy for policy in policies if policy.default_for_id == allegation.ground_id)
    return next(fits, next(iter(policies), None))


def offered_reasonings(rows: AllegationRows, offered: Sequence[Answer], policy: Policy) -> dict[str, dict[str, str]]:
    """The reasons that a moderator is offered for each answer, by the answer's name and by language: Korean, and the
    seller's where it is another. The same queries for all of them."""
    allegation = rows.allegation
    languages = dict.fromkeys((LANGUAGE, seller_language(allegation)))
    drafts = reasons.drafts_of(allegation, policy=policy, languages=languages)
    return {
        answer.name: {
            language: draft.offered(answer.kind, answer.finding, is_authorised=allegation.is_authorised)
            for language, draft in drafts.items()
        }
        for answer in offered
    }


def seller_language(allegation: Allegation) -> str:
    """The language in which the seller is written to."""
    return language_or_default(allegation.case.listing.seller.language)


def ruling_by_default(rows: AllegationRows, answer: Answer, policies: Sequence[Policy]) -> Ruling | None:
    """What the answer's key decides: the default clause and effects, and the reasons as they are offered. The services
    add the same in the parties' languages."""
    policy = default_policy(rows.allegation, policies)
    if policy is None:
        return None
    offered = offered_reasonings(rows, [answer], policy)[answer.name]
    return Ruling(answer.kind, policy, offered[LANGUAGE], finding=answer.finding, confirms=answer.confirms)
