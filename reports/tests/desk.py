"""People at the staff's desks, and what they see and send there, for tests."""

from typing import Any, Final

from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from accounts.models import User
from core.models import Effect, JournalEntry, OutboxMessage
from reports.models import Allegation, Case, Decision, Inquiry, Notice, Policy, Report, Skip
from reports.tests.factories import make_staff
from reports.tests.world import REASONING

SEE: Final = ("reports.view_case", "reports.view_complainant", "reports.view_attachment", "core.view_evidencefile")
MODERATOR: Final = (*SEE, "reports.decide_case", "reports.work_moderation", "reports.file_report")
LEAD: Final = (
    *MODERATOR,
    "reports.work_korea",
    "reports.work_leads",
    "reports.release_case",
    "reports.correct_decision",
    "reports.undo_any_decision",
    "core.decide_approval",
)


def make_decider(email: str = "mina@jikimi.example", *further: str, name: str = "김미나") -> User:
    return make_staff(email, *MODERATOR, *further, name=name)


def make_lead(email: str = "sora@jikimi.example", name: str = "이소라") -> User:
    return make_staff(email, *LEAD, name=name)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page_of(allegation: Allegation) -> str:
    return reverse("admin:case_page", args=[allegation.case_id])


def door(name: str, allegation: Allegation, *more: object) -> str:
    return reverse(f"admin:{name}", args=[allegation.case_id, *more])


def answer(allegation: Allegation, name: str, **changes: Any) -> dict[str, Any]:
    """The decision form as the page would send it, with the usual clause, reasons and ticks."""
    allegation.refresh_from_db()
    ticked = {"upheld.counterfeit_confirmed": ["seller.strike", "fingerprint.keep", "buyers.invite", "recourse.open"]}
    return {
        "allegation": allegation.pk,
        "answer": name,
        "seen": allegation.status,
        "policy": Policy.objects.get(code="counterfeit_sale").pk,
        "reasoning": REASONING,
        "private_note": "",
        "effects": ticked.get(name, []),
    } | changes


def said(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def counts() -> dict[str, int]:
    """How many there are of everything that a deed may write."""
    rows = (Case, Allegation, Report, Decision, Notice, Inquiry, Skip, Effect, OutboxMessage, JournalEntry)
    return {row.__name__: row._default_manager.count() for row in rows}
