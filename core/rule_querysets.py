"""Reads of rule sets and approvals, in words of the domain."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import models

from core.choices import ApprovalStatus
from core.rules import APPROVAL_STEPS

if TYPE_CHECKING:
    from core.models import Approval, RuleSet


class RuleSetQuerySet(models.QuerySet["RuleSet"]):
    def in_force(self, area: str, day: date) -> "RuleSet | None":
        """The version of the area that holds on that day, if any."""
        return self.filter(area=area, starts_on__lte=day).order_by("-starts_on", "-version").first()

    def in_force_or_coming(self, area: str, day: date) -> "RuleSetQuerySet":
        """Versions that hold on that day or start later, and what they replaced of the same start; oldest first."""
        now = self.in_force(area, day)
        rows = self.filter(area=area).order_by("starts_on", "version")
        return rows if now is None else rows.filter(starts_on__gte=now.starts_on)


class ApprovalQuerySet(models.QuerySet["Approval"]):
    def waiting(self) -> "models.QuerySet[Approval]":
        """Requests that nobody has decided yet."""
        return self.filter(status=ApprovalStatus.REQUESTED)

    def may_become(self, status: ApprovalStatus) -> "models.QuerySet[Approval]":
        """Approvals that may take the step to that status."""
        return self.filter(status__in=[current for current, steps in APPROVAL_STEPS.items() if status in steps])
