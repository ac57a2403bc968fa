"""Rows of the ground floor, one file a subject."""

from core.models.base import ActedOn, AppendOnly, WrittenOnce
from core.models.evidence import EvidenceFile
from core.models.jobs import Heartbeat, Job
from core.models.journal import JournalCheckpoint, JournalDetail, JournalEntry, JournalPending, JournalSeal
from core.models.outbox import Effect, OutboxAttempt, OutboxMessage
from core.models.rules import Approval, Holiday, RuleSet

__all__ = [
    "ActedOn",
    "AppendOnly",
    "Approval",
    "Effect",
    "EvidenceFile",
    "Heartbeat",
    "Holiday",
    "Job",
    "JournalCheckpoint",
    "JournalDetail",
    "JournalEntry",
    "JournalPending",
    "JournalSeal",
    "OutboxAttempt",
    "OutboxMessage",
    "RuleSet",
    "WrittenOnce",
]
