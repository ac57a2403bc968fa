"""What a moderator does with matches, for tests; the matches themselves are ``listings.tests.match_rows``."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib.auth.models import Permission

from accounts.models import User
from accounts.tests.factories import make_user
from core.actors import Actor
from listings.models import Match
from listings.tests.match_rows import (
    JUNHO,
    MINA,
    NOW,
    make_match,
    make_match_brand,
    make_suspect_listing,
    signals_of,
)
from reports.models import Decision, Policy
from reports.services import match_review

__all__ = [
    "CANARY",
    "JUNHO",
    "MINA",
    "NOW",
    "confirm",
    "counterfeit_policy",
    "make_match",
    "make_match_brand",
    "make_moderator",
    "make_staff",
    "make_suspect_listing",
    "seconds",
    "signals_of",
]

#: What a party must never read.
CANARY: Final = "내부전용-카나리아-7731"


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def counterfeit_policy() -> Policy:
    return Policy.objects.get(code="counterfeit_sale")


def confirm(
    match: Match,
    *,
    actor: Actor = MINA,
    now: datetime = NOW,
    policy: Policy | None = None,
    reasoning: str = "위조상품으로 의심됩니다.",
    private_note: str = "",
) -> Decision:
    """Confirm with the usual clause."""
    policy = policy or counterfeit_policy()
    decision = match_review.confirm_match(
        match, actor=actor, now=now, policy=policy, reasoning=reasoning, private_note=private_note
    )
    assert isinstance(decision, Decision)
    return decision


def make_moderator(email: str = "", *permissions: str, **fields: Any) -> User:
    """Staff who may review, and what else is named."""
    return make_staff(email, "reports.review_match", *permissions, **fields)


def make_staff(email: str = "", *permissions: str, **fields: Any) -> User:
    user = make_user(email, **fields)
    for permission in permissions:
        app, codename = permission.split(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return user
