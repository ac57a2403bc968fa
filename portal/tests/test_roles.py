"""Roles × objects × verbs, said a second time: what each role may do, and that it may do nothing else."""

from typing import Final

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from portal.roles import ROLES, Role, sync_roles
from portal.tests.rows import make_person

COLUMNS: Final = (
    "moderator",
    "lead",
    "korea_team",
    "verifier",
    "refund_officer",
    "refund_lead",
    "audit_manager",
    "legal",
    "reader",
    "operator",
)
#: Who may: a row for each object and verb, the roles by their place.
TABLE: Final[dict[str, str]] = {
    # what a case is made of: everybody who works on content, and who only reads; not the operator
    "reports.case view": "1111111110",
    "reports.allegation view": "1111111110",
    "reports.report view": "1111111110",
    "reports.wantedlisting view": "1111111110",
    "reports.decision view": "1111111110",
    "reports.notice view": "1111111110",
    "reports.ground view": "1111111110",
    "reports.policy view": "1111111110",
    "reports.explanation view": "1111111110",
    "reports.inquiry view": "1111111110",
    "reports.appeal view": "1111111110",
    "reports.repair view": "1111111110",
    "reports.reporterrecord view": "1111111110",
    "reports.workitem view": "1111111110",
    "reports.skip view": "1111111110",
    "reports.queueroute view": "1111111110",
    "reports.actiontime view": "1111111110",
    "listings.listing view": "1111111110",
    "listings.listingversion view": "1111111110",
    "listings.listingimage view": "1111111110",
    "listings.missingimage view": "1111111110",
    "listings.arrival view": "1111111111",
    "listings.picturefetch view": "1111111111",
    "listings.match view": "1111111110",
    "listings.rejection view": "1111111110",
    "listings.fingerprint view": "1111111110",
    "listings.reappearance view": "1111111110",
    "listings.protection view": "1111111110",
    "listings.preflightscreening view": "1111111110",
    "listings.preflightscreening change": "1111000000",
    "sellers.seller view": "1111111110",
    "sellers.authorisation view": "1111111110",
    "brands.rightsholder view": "1111111110",
    "brands.brand view": "1111111110",
    "brands.brandname view": "1111111110",
    "brands.ipright view": "1111111110",
    "brands.referenceimage view": "1111111110",
    "core.evidencefile view": "1111111110",
    "core.effect view": "1111111111",
    "accounts.relayednotice view": "1111111111",
    # who complains, and what parties handed in
    "reports.complainant view": "1110000110",
    "reports.attachment view": "1110000110",
    # what was bought
    "refunds.orderline view": "0000110010",
    "refunds.orderlinecorrection view": "0000110010",
    # deciding
    "reports.match review": "1110000000",
    "reports.case decide": "1110000000",
    "reports.report file": "1110000000",
    "reports.moderation work": "1110000000",
    "reports.korea work": "0110000000",
    "reports.leads work": "0100000000",
    "reports.case release": "0100000000",
    "reports.decision correct": "0100000000",
    "reports.queueroute add": "0100000000",
    "reports.queueroute change": "0100000000",
    "reports.any_decision undo": "0100000000",
    "listings.rejection change": "0100000000",
    "listings.fingerprint change": "0100000000",
    "listings.arrival retry": "0100000001",
    "core.approval decide": "0100010000",
    "core.effect retry": "0100000001",
    # the brands' material and who may sell
    "brands.rightsholder change": "0010000000",
    "brands.brand change": "0010000000",
    "brands.referenceimage change": "0010000000",
    "sellers.authorisation change": "0011000000",
    # the journal and the rules
    "core.journalentry view": "0100000111",
    "core.journaldetail view": "0100000111",
    "core.journalseal view": "0100000111",
    "core.journalcheckpoint view": "0100000111",
    "core.ruleset view": "0100000111",
    "core.holiday view": "0100000111",
    "core.approval view": "0100010111",
    # operations
    "core.ruleset add": "0000000001",
    "core.holiday add": "0000000001",
    "core.holiday change": "0000000001",
    "core.outboxmessage view": "0000000001",
    "core.outboxmessage retry": "0000000001",
    "core.job view": "0000000001",
    "core.job retry": "0000000001",
    "core.heartbeat view": "0000000001",
    "listings.pictureserver view": "0000000001",
    "listings.indexsnapshot view": "0000000001",
    "listings.screeningrun view": "0000000001",
    "accounts.user view": "0000000001",
    "accounts.user add": "0000000001",
    "accounts.user change": "0000000001",
    "accounts.marketplace view": "0000000001",
    "accounts.marketplace add": "0000000001",
    "accounts.marketplace change": "0000000001",
    "accounts.apiclient view": "0000000001",
    "accounts.apiclient add": "0000000001",
    "accounts.apiclient change": "0000000001",
    "accounts.webhooksecret view": "0000000001",
    "accounts.webhookendpoint view": "0000000001",
    "accounts.webhookendpoint add": "0000000001",
    "accounts.webhookendpoint change": "0000000001",
    "accounts.receivedwebhook view": "0000000001",
    "accounts.accesslink view": "0000000001",
    "accounts.accesslink change": "0000000001",
}


def _permission(row: str) -> str:
    """``reports.review_match`` for ``reports.match review``."""
    target, verb = row.split(" ")
    app, name = target.split(".")
    return f"{app}.{verb}_{name}"


def test_the_table_has_a_column_for_each_role() -> None:
    assert tuple(role.name for role in ROLES) == COLUMNS
    assert {len(marks) for marks in TABLE.values()} == {len(COLUMNS)}


@pytest.mark.django_db
@pytest.mark.parametrize("name", COLUMNS)
def test_a_role_may_what_the_table_says_and_nothing_else(name: str) -> None:
    column = COLUMNS.index(name)
    wanted = sorted(_permission(row) for row, marks in TABLE.items() if marks[column] == "1")
    person = make_person(name)
    assert sorted(person.get_all_permissions()) == wanted


@pytest.mark.django_db
def test_no_role_deletes_anything() -> None:
    held = Permission.objects.filter(group__name__in=COLUMNS)
    assert list(held.filter(codename__startswith="delete_")) == []


@pytest.mark.django_db
def test_nobody_writes_evidence_by_a_role() -> None:
    evidence = ("journal", "listingversion", "listingimage", "decision", "evidencefile", "receivedwebhook")
    held = Permission.objects.filter(group__name__in=COLUMNS).values_list("codename", flat=True)
    # Correcting a decision is making another one: only these verbs would write the row itself.
    written = {name for name in held if name.startswith(("add_", "change_", "delete_"))}
    assert sorted(name for name in written if name.split("_", 1)[1].startswith(evidence)) == []


@pytest.mark.django_db
def test_what_the_table_no_longer_gives_is_taken_away() -> None:
    reader = Group.objects.get(name="reader")
    reader.permissions.add(Permission.objects.get(codename="change_brand"))
    sync_roles()
    assert not reader.permissions.filter(codename="change_brand").exists()


@pytest.mark.django_db
def test_the_command_names_each_role(capsys: pytest.CaptureFixture[str]) -> None:
    Group.objects.filter(name="legal").delete()
    call_command("sync_roles")
    said = capsys.readouterr().out
    assert [line.split(" ")[0] for line in said.splitlines()] == list(COLUMNS)
    assert Group.objects.filter(name="legal").exists()


@pytest.mark.django_db
def test_a_permission_that_does_not_exist_stops_the_synchronisation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.roles.ROLES", (Role("kite", "연", frozenset({"core.fly_kite"})),))
    with pytest.raises(LookupError, match=r"core\.fly_kite"):
        sync_roles()
