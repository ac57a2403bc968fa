"""Reads of cases, allegations, reports and decisions, in words of the domain."""

from typing import TYPE_CHECKING

from django.db import models

from reports.choices import AllegationStatus, DecisionKind
from reports.rules import OPEN_STATUSES, RESTRICTING_STATUSES

if TYPE_CHECKING:
    from listings.models import Listing
    from reports.models import Allegation, Case, Decision, Report


class CaseQuerySet(models.QuerySet["Case"]):
    def live(self) -> "CaseQuerySet":
        """Cases that still have something to decide."""
        return self.filter(closed_at__isnull=True)


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
