"""The pages that anyone may read: what this is, the rules, and the privacy policy. Plain views, nothing is written."""

from datetime import date
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.policy_content import COUNTING, current_policy

#: From when the privacy policy stands as it is written in ``templates/portal/privacy.html``.
PRIVACY_STARTS_ON: Final = date(2026, 11, 24)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this is, how it works, and what each party can do today."""
    return render(request, "portal/home.html", {"content": current_policy()})


@require_safe
def policy(request: HttpRequest) -> HttpResponse:
    """Reason codes, deadlines, penalties and dispute standards."""
    return render(request, "portal/policy.html", {"content": current_policy(), "counting": COUNTING})


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """The privacy policy (개인정보보호법 제30조)."""
    return render(request, "portal/privacy.html", {"starts_on": PRIVACY_STARTS_ON})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - it is for the log
    """What a person reads whose form was refused: nearly always a page that stood open too long."""
    return render(request, "403_csrf.html", status=403)
