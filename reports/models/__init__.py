"""Rows of cases, one file a subject."""

from reports.models.case import Allegation, Case, Report
from reports.models.decision import Decision, Notice
from reports.models.grounds import Ground, Policy

__all__ = ["Allegation", "Case", "Decision", "Ground", "Notice", "Policy", "Report"]
