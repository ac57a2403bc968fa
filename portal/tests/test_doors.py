"""Every address and every action is in the table of doors, and each door opens for those whom the table names."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from django.contrib import admin
from django.db import models
from django.http import HttpResponseBase
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import User
from accounts.tests.factories import make_user
from core.models import EvidenceFile, JournalEntry, OutboxMessage
from portal.doors import PAGES, Door, Who, all_doors, change_doors
from portal.roles import ROLES
from portal.tests.rows import make_person, rows_of_everything
from refunds.tests.factories import make_order_line
from refunds.tests.visits import visit_order
from reports.models import Complainant
from reports.tests.party_visits import track_of, visit, visit_shop
from reports.tests.world import LATER, restricted

PASSWORD = "door-test-passphrase"
ROLE_NAMES = ("reader", "moderator", "lead", "operator")


def _views(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route, pattern.callback
        else:
            yield from _views(pattern, route)


# -- the table is whole ---------------------------------------------------------------------------------------------


def test_every_address_has_its_row_and_every_row_its_address() -> None:
    routes, rows = [route for route, _ in _views(get_resolver())], [door.route for door in all_doors()]
    assert sorted(set(routes) - set(rows)) == []
    assert sorted(set(rows) - set(routes)) == []
    assert len(rows) == len(set(rows))


def test_every_page_of_the_admin_has_its_row() -> None:
    registered = sorted(model._meta.label_lower for model in admin.site._registry)
    assert registered == sorted(page.model for page in PAGES)


@pytest.mark.django_db
def test_every_action_of_the_admin_has_its_row(rf: RequestFactory) -> None:
    request = rf.get("/admin/")
    request.user = make_user(is_superuser=True)
    for model, page_admin in admin.site._registry.items():
        row = next(page for page in PAGES if page.model == model._meta.label_lower)
        assert sorted(page_admin.get_actions(request)) == sorted(row.actions), row.model


@pytest.mark.django_db
@pytest.mark.parametrize("role", [role.name for role in ROLES])
def test_an_action_is_offered_to_those_whom_its_row_names(rf: RequestFactory, role: str) -> None:
    permissions = next(known.permissions for known in ROLES if known.name == role)
    request = rf.get("/admin/")
    request.user = User.objects.get(pk=make_person(role).pk)
    for model, page_admin in admin.site._registry.items():
        row = next(page for page in PAGES if page.model == model._meta.label_lower)
        allowed = sorted(action for action, permission in row.actions.items() if permission in permissions)
        assert sorted(page_admin.get_actions(request)) == allowed, row.model


# -- each door is tried ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Visitor:
    """Who tries: ``permissions`` is none for a stranger, and for a person without a role of the staff."""

    is_signed_in: bool
    is_staff: bool = False
    permissions: frozenset[str] = frozenset()


def _visitor(name: str) -> Visitor:
    if name in ROLE_NAMES:
        permissions = next(role.permissions for role in ROLES if role.name == name)
        return Visitor(is_signed_in=True, is_staff=True, permissions=permissions)
    return Visitor(is_signed_in=name != "stranger", is_staff=name == "staff_without_role")


def _expected(door: Door, visitor: Visitor) -> set[str]:
    match door.who:
        case Who.PUBLIC:
            return {"open"}
        case Who.SIGNED_IN:
            return {"open", "missing"} if visitor.is_signed_in else {"login"}
        case Who.SIGNING_IN:
            return {"open", "forbidden"} if visitor.is_signed_in else {"login"}
        case Who.SIGNED | Who.KEY:
            return {"unsigned"}
        case Who.LINK:
            return {"forbidden", "missing"}
        case Who.STAFF:
            return {"open", "missing"} if visitor.is_staff else {"login"}
        case Who.NOBODY:
            return {"login", "forbidden", "missing"}
        case Who.PERMITTED if not visitor.is_staff:
            return {"login"}
        case Who.PERMITTED:
            enough = all if door.needs_all else any
            return {"open"} if enough(name in visitor.permissions for name in door.permissions) else {"forbidden"}


def _outcome(response: HttpResponseBase) -> str:
    if response.status_code == 302 and "/login/" in response.headers["Location"]:
        return "login"
    return {401: "unsigned", 403: "forbidden", 404: "missing"}.get(response.status_code, "open")


def _owner_of(route: str) -> str:
    """Whose number a route names where it says no more than ``pk``."""
    named = {"approval": "core.approval", "apiclient": "accounts.apiclient"}
    return next((model for word, model in named.items() if word in route), "accounts.marketplace")


def _path(door: Door, rows: dict[str, models.Model]) -> str:
    if door.example:
        return f"/{door.example}"
    route = door.route
    if "<path:object_id>" in route:
        _, app, name, *_ = route.split("/")
        route = route.replace("<path:object_id>", str(rows[f"{app}.{name}"].pk))
    evidence = rows["core.evidencefile"]
    assert isinstance(evidence, EvidenceFile)
    values = {
        "<int:match_id>": rows["listings.match"].pk,
        "<int:case_id>": rows["reports.case"].pk,
        "<int:batch_id>": rows["reports.batch"].pk,
        "<int:decision_id>": rows["reports.decision"].pk,
        "<int:report_id>": rows["reports.report"].pk,
        "<int:attachment_id>": rows["reports.attachment"].pk,
        "<int:approval_id>": rows["core.approval"].pk,
        "<slug:sha256>": evidence.sha256,
        "<slug:marketplace>": "market",
        "<int:allegation_id>": rows["reports.allegation"].pk,
        "<int:seller_id>": rows["sellers.seller"].pk,
        "<int:line_id>": rows["refunds.orderline"].pk,
        "<int:message_id>": OutboxMessage.objects.filter(channel="webhook", message_type="test").latest("pk").pk,
        "<int:pk>": rows[_owner_of(route)].pk,
    }
    for placeholder, value in values.items():
        route = route.replace(placeholder, str(value))
    return f"/{route}"


def _client_of(name: str) -> Client:
    client = Client(raise_request_exception=True)
    if name in ROLE_NAMES:
        client.force_login(make_person(name, password=PASSWORD))
    elif name != "stranger":
        client.force_login(make_user(is_staff=name == "staff_without_role", password=PASSWORD))
    return client


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["stranger", "plain", "staff_without_role", *ROLE_NAMES])
def test_each_door_opens_for_those_whom_its_row_names(name: str) -> None:
    rows, visitor, client = rows_of_everything(), _visitor(name), _client_of(name)
    wrong = []
    for door in all_doors():
        path = _path(door, rows)
        response = client.post(path) if door.method == "POST" else client.get(path)
        outcome, expected = _outcome(response), _expected(door, visitor)
        if outcome not in expected:
            wrong.append(f"{door.method} {path}: {outcome} ({response.status_code}), the table says {sorted(expected)}")
    assert wrong == []


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["stranger", "plain", "staff_without_role", *ROLE_NAMES])
def test_nothing_is_changed_by_those_whom_no_row_names(name: str) -> None:
    rows, visitor, client = rows_of_everything(), _visitor(name), _client_of(name)
    before = JournalEntry.objects.count()
    wrong = []
    for door in change_doors():
        if _expected(door, visitor) == {"open"}:
            continue
        outcome = _outcome(
            client.post(_path(door, rows), {"is_active": "", "name": "바뀐 이름", "email": "x@y.example"})
        )
        if outcome not in _expected(door, visitor):
            wrong.append(f"{door.route}: {outcome}")
    assert wrong == []
    assert JournalEntry.objects.count() == before


def test_a_door_of_the_api_asks_for_the_scopes_that_its_row_names() -> None:
    views = {route: view for route, view in _views(get_resolver()) if route.startswith("api/v1/")}
    rows = {door.route: door.permissions for door in all_doors() if door.who == Who.KEY}
    assert {route: tuple(view.view_class.scopes.values()) for route, view in views.items() if route in rows} == rows


@pytest.mark.django_db
def test_who_is_signed_in_without_being_staff_is_told_so_instead_of_being_sent_round(client: Client) -> None:
    client.force_login(make_user(is_staff=False))
    response = client.get("/admin/login/?next=/admin/")
    assert response.status_code == 403


@pytest.mark.django_db
def test_the_doors_of_a_link_open_for_its_holder() -> None:
    """A seller with an explanation to give, its complainant with nothing to answer yet, and a buyer."""
    with time_machine.travel(LATER, tick=False):
        allegation = restricted()
        shop = allegation.case.listing.seller
        seller, address = visit_shop(shop, visit(allegation)), track_of(Complainant.objects.get())
        line = visit_order(make_order_line(received_days_ago=2), seller)
        outcomes = {}
        for door in all_doors():
            if door.who != Who.LINK or "<int:inquiry_id>" in door.route or "confirm" in door.route:
                continue
            if door.route.startswith("report/"):
                continue  # opens by the code of a report, not of a complainant (reports/tests/test_public_pages.py)
            path = f"/{door.route}".replace("<int:allegation_id>", str(allegation.pk))
            path = path.replace("<int:seller_id>", str(shop.pk)).replace("<int:line_id>", str(line.pk))
            outcomes[door.route] = _outcome(seller.get(path.replace("/track/<str:code>/", address)))
    assert set(outcomes.values()) == {"open"}
    assert len(outcomes) == 10
