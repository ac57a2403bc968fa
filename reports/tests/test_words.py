"""Every word that a row may hold has its label, its step, its effect and its letter; an exception says why."""

import pytest

from reports import choices
from reports.choices import AllegationStatus as S
from reports.choices import DecisionKind, EffectKind, NoticeKind, Team, WorkKind
from reports.letters import OWED
from reports.rules import (
    CORRECTIONS,
    FINAL_KINDS,
    FINDINGS,
    SEVERITY_BY_WORK,
    STATUS_OF,
    TRANSITIONS,
    possible_effects,
)
from reports.services.penalties import CARRIERS
from reports.services.queue import TEAM_PERMISSIONS
from reports.wording import LANGUAGES, wording

#: Effects on the listing leave under the marketplace's carrier; fingerprints are our own.
_WITHOUT_A_CARRIER = {
    EffectKind.LISTING_RESTRICT,
    EffectKind.LISTING_REMOVE,
    EffectKind.LISTING_REINSTATE,
    EffectKind.FINGERPRINT,
}


def test_every_decision_but_an_undoing_leads_to_a_status_and_has_its_letter() -> None:
    decided = set(DecisionKind) - {DecisionKind.UNDONE}
    assert set(STATUS_OF) == decided
    assert {kind.value for kind in decided} <= {kind.value for kind in NoticeKind}


def test_every_kind_of_notice_is_owed_to_somebody() -> None:
    assert {kind for kind, _ in OWED} == set(NoticeKind)


def test_every_effect_is_carried_by_somebody_and_possible_with_some_decision() -> None:
    assert set(CARRIERS) == set(EffectKind) - _WITHOUT_A_CARRIER
    possible = {
        effect
        for kind in DecisionKind
        for finding in (*FINDINGS.get(kind, ()), "")
        for effect in possible_effects(kind, finding)
    }
    assert possible == set(EffectKind)


def test_every_finding_is_of_a_final_decision() -> None:
    assert set(FINDINGS) == FINAL_KINDS


def test_every_queue_has_its_permission_and_every_work_its_weight() -> None:
    assert set(TEAM_PERMISSIONS) == set(Team)
    assert set(SEVERITY_BY_WORK) == set(WorkKind)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_that_a_party_reads_is_worded(language: str) -> None:
    words = wording(language)
    assert set(words.stages) == set(S)
    assert set(words.effects) == set(EffectKind)
    assert set(words.claims) == set(choices.Claim)
    assert set(words.documents) == set(choices.DocumentKind)


@pytest.mark.parametrize("following", S)
@pytest.mark.parametrize("current", S)
def test_each_pair_of_states_may_be_corrected_or_not(current: S, following: S) -> None:
    allowed = {("upheld", "reinstated"), ("reinstated", "upheld"), ("dismissed", "upheld")}
    is_allowed = following in CORRECTIONS.get(current, frozenset())
    assert is_allowed is ((current.value, following.value) in allowed)
    assert not (is_allowed and following in TRANSITIONS[current])
