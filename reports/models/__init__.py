"""Rows of cases, one file a subject."""

from reports.models.appeal import Appeal, Repair, ReporterRecord
from reports.models.batch import Batch, BatchRow
from reports.models.case import Allegation, Case
from reports.models.decision import ActionTime, Decision
from reports.models.grounds import Ground, Policy
from reports.models.hearing import Explanation, Inquiry
from reports.models.notice import Notice
from reports.models.queue import QueueRoute, Skip, WorkItem
from reports.models.report import Attachment, Complainant, Report
from reports.models.wanted import WantedListing

__all__ = [
    "ActionTime",
    "Allegation",
    "Appeal",
    "Attachment",
    "Batch",
    "BatchRow",
    "Case",
    "Complainant",
    "Decision",
    "Explanation",
    "Ground",
    "Inquiry",
    "Notice",
    "Policy",
    "QueueRoute",
    "Repair",
    "Report",
    "ReporterRecord",
    "Skip",
    "WantedListing",
    "WorkItem",
]
