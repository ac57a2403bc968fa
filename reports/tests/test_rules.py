"""Every pair of states is allowed or refused, and the numbers are numbers with a source."""

import inspect

import pytest

from reports import rules
from reports.choices import AllegationStatus
from reports.rules import FIRST_VALUES, OPEN_STATUSES, RESTRICTING_STATUSES, TRANSITIONS, case_status, may_step

S = AllegationStatus

#: The drawing in design.md, read again: from each state, every state that may follow.
ALLOWED = {
    ("received", "under_review"),
    ("received", "returned"),
    ("received", "withdrawn"),
    ("received", "transferred"),
    ("received", "duplicate"),
    ("under_review", "more_info_requested"),
    ("under_review", "restricted"),
    ("under_review", "upheld"),
    ("under_review", "dismissed"),
    ("under_review", "returned"),
    ("under_review", "withdrawn"),
    ("under_review", "transferred"),
    ("under_review", "duplicate"),
    ("more_info_requested", "under_review"),
    ("more_info_requested", "returned"),
    ("more_info_requested", "withdrawn"),
    ("more_info_requested", "transferred"),
    ("more_info_requested", "duplicate"),
    ("restricted", "under_review"),
    ("restricted", "explanation_requested"),
    ("restricted", "upheld"),
    ("restricted", "reinstated"),
    ("restricted", "withdrawn"),
    ("restricted", "transferred"),
    ("explanation_requested", "explanation_review"),
    ("restricted", "explanation_review"),
    ("explanation_requested", "upheld"),
    ("explanation_requested", "reinstated"),
    ("explanation_requested", "withdrawn"),
    ("explanation_requested", "transferred"),
    ("explanation_review", "explanation_requested"),
    ("explanation_review", "upheld"),
    ("explanation_review", "reinstated"),
    ("explanation_review", "withdrawn"),
    ("explanation_review", "transferred"),
    ("upheld", "closed"),
    ("reinstated", "closed"),
    ("dismissed", "closed"),
}


@pytest.mark.parametrize("following", S)
@pytest.mark.parametrize("current", S)
def test_each_pair_of_states_is_allowed_or_refused(current: S, following: S) -> None:
    assert may_step(current, following) is ((current.value, following.value) in ALLOWED)


def test_every_state_has_its_row() -> None:
    assert set(TRANSITIONS) == set(S)


def test_what_restricts_is_open_and_what_is_decided_is_not() -> None:
    assert RESTRICTING_STATUSES < OPEN_STATUSES
    assert not OPEN_STATUSES & {S.UPHELD, S.REINSTATED, S.DISMISSED, S.CLOSED, S.RETURNED, S.WITHDRAWN}


@pytest.mark.parametrize("status", S)
def test_a_case_of_one_allegation_stands_where_it_stands(status: S) -> None:
    assert case_status({status}) is status


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ({S.RESTRICTED, S.UNDER_REVIEW}, S.UNDER_REVIEW),
        ({S.WITHDRAWN, S.RESTRICTED}, S.RESTRICTED),
        ({S.CLOSED, S.EXPLANATION_REVIEW, S.RESTRICTED}, S.EXPLANATION_REVIEW),
        ({S.UPHELD, S.WITHDRAWN}, S.UPHELD),
        (set(), S.RECEIVED),
    ],
)
def test_a_case_stands_where_most_is_to_do(statuses: set[S], expected: S) -> None:
    assert case_status(statuses) is expected


@pytest.mark.parametrize("key", FIRST_VALUES)
def test_first_values_are_whole_positive_numbers(key: str) -> None:
    value = FIRST_VALUES[key]
    assert type(value) is int and value > 0


def test_every_number_stands_under_a_comment_that_names_its_source() -> None:
    lines = inspect.getsource(rules).split("FIRST_VALUES", 1)[1].split("\n}", 1)[0].splitlines()[1:]
    comment, is_open = "", False
    for line in map(str.strip, lines):
        is_comment = line.startswith("#")
        comment = (comment + line if is_open else line) if is_comment else comment
        is_open = is_comment
        has_source = any(source in comment for source in ("design.md", "programmes.md", "korea.md", "our choice"))
        assert is_comment or has_source, line


def test_the_numbers_that_design_fixes() -> None:
    fixed = {
        "explanation_business_days": 3,
        "explanation_extension_business_days": 3,
        "explanation_decision_business_days": 2,
        "complainant_answer_business_days": 4,
        "authorisation_answer_business_days": 5,
        "appeal_months": 6,
        "appeal_decision_business_days": 7,
        "verified_complaint_business_hours": 24,
        "other_complaint_business_days": 3,
        "consumer_progress_business_days": 3,
        "consumer_result_business_days": 10,
        "complaint_listings": 300,
        "complaint_listings_without_account": 10,
        "strike_valid_days": 365,
        "refund_days": 15,
    }
    assert {key: FIRST_VALUES[key] for key in fixed} == fixed
