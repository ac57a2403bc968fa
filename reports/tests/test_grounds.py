"""Published reason codes and clauses: the rows say what the code says, and a decision's clause never vanishes."""

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from reports.grounds import COUNTERFEIT, GROUNDS, POLICIES, sync_grounds
from reports.models import Ground, Policy


def test_codes_are_unique_and_every_ground_has_its_default_clause() -> None:
    codes = [ground.code for ground in GROUNDS]
    assert len(set(codes)) == len(codes)
    assert sorted(policy.default_for for policy in POLICIES) == sorted(codes)


def test_every_ground_names_the_evidence_it_needs() -> None:
    assert not [ground.code for ground in GROUNDS if not ground.evidence or not ground.description.endswith(".")]


def test_screening_alleges_a_ground_that_is_published() -> None:
    assert COUNTERFEIT in {ground.code for ground in GROUNDS}


@pytest.mark.django_db
def test_rows_say_what_the_code_says_in_its_order() -> None:
    sync_grounds()
    assert list(Ground.objects.values_list("code", "title")) == [(ground.code, ground.title) for ground in GROUNDS]
    assert list(Policy.objects.values_list("code", "clause")) == [(row.code, row.clause) for row in POLICIES]
    assert Policy.objects.get(default_for__code=COUNTERFEIT).code == "counterfeit_sale"


@pytest.mark.django_db
def test_run_again_it_writes_nothing(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    sync_grounds()
    with django_assert_max_num_queries(40) as queries:
        sync_grounds()
    writes = [row["sql"] for row in queries.captured_queries if row["sql"].startswith(("INSERT", "DELETE"))]
    updates = [row["sql"] for row in queries.captured_queries if row["sql"].startswith("UPDATE")]
    assert writes == []
    assert all('SET "is_active"' in sql for sql in updates)


@pytest.mark.django_db
def test_edited_row_is_brought_back() -> None:
    Ground.objects.filter(code=COUNTERFEIT).update(title="손으로 바꿈", is_active=False)
    sync_grounds()
    ground = Ground.objects.get(code=COUNTERFEIT)
    assert (ground.title, ground.is_active) == (GROUNDS[0].title, True)


@pytest.mark.django_db
def test_row_that_the_code_dropped_is_switched_off_not_deleted() -> None:
    dropped = Ground.objects.create(code="dropped", title="옛 사유", description="옛 설명입니다.")
    clause = Policy.objects.create(code="dropped", title="옛 조항", clause="옛 내용", default_for=dropped)
    sync_grounds()
    for row in (dropped, clause):
        row.refresh_from_db()
        assert row.is_active is False
