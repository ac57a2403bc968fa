"""The ground floor in the staff's admin, one file a subject."""

from core.admin import approvals, evidence, journal, leaving, rules

__all__ = ["approvals", "evidence", "journal", "leaving", "rules"]
