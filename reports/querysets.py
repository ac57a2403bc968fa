"""Reads of cases, of what hangs on them, and of the published reasons and clauses, in words of the domain."""

from typing import TYPE_CHECKING

from django.db import models

from reports.choices import AllegationStatus, DecisionKind, NoticeStatus
from reports.rules import OPEN_STATUSES, RESTRICTING_STATUSES

if TYPE_CHECKING:
    from listings.models import Listing
    from reports.models import Allegation, Case, Decision, Ground, Notice, Policy, Report


class CaseQuerySet(models.QuerySet["Case"]):
    def live(self) -> "CaseQuerySet":
        """Cases that still have something to decide."""
        return self.filter(closed_at__isnull=True)

    def settled(self) -> "CaseQuerySet":
        """Cases whose last allegation has its final decision."""
        return self.filter(closed_at__isnull=False)


class AllegationQuerySet(models.QuerySet["Allegation"]):
    def open(self) -> "AllegationQuerySet":
        """Allegations without a final decision."""
        return self.filter(status__in=OPEN_STATUSES)


class ReportQuerySet(models.QuerySet["Report"]):
    def under_review(self) -> "ReportQuerySet":
        """Reports whose allegation, in a live case, waits for staff and restricts nothing."""
        return self.filter(case__closed_at__isnull=True, allegation__status=AllegationStatus.UNDER_REVIEW)


class DecisionQuerySet(models.QuerySet["Decision"]):
    def standing(self) -> "DecisionQuerySet":
        """Interim restrictions that no later decision corrects."""
        return self.filter(kind=DecisionKind.INTERIM_RESTRICTION, corrected_by__isnull=True)

    def holding(self, listing: "Listing") -> "DecisionQuerySet":
        """Standing restrictions that keep the listing off sale now, the oldest first."""
        return (
            self.standing()
            .filter(
                allegation__case__listing=listing,
                allegation__case__closed_at__isnull=True,
                allegation__status__in=RESTRICTING_STATUSES,
            )
            .order_by("id")
        )


class NoticeQuerySet(models.QuerySet["Notice"]):
    def owed(self) -> "NoticeQuerySet":
        """Notices that have yet to leave."""
        return self.filter(status=NoticeStatus.OWED)


class GroundQuerySet(models.QuerySet["Ground"]):
    def in_use(self) -> "GroundQuerySet":
        """Reasons that can be alleged today; the others only stand in past cases."""
        return self.filter(is_active=True)


class PolicyQuerySet(models.QuerySet["Policy"]):
    def in_use(self) -> "PolicyQuerySet":
        """Clauses that a decision may cite today; the others only stand in past decisions."""
        return self.filter(is_active=True)
