"""Lawful erasure: the personal part of an entry goes, the proof that it was there stays."""

from django.db import transaction
from django.utils import timezone

from core.actors import Actor
from core.errors import Conflict, DomainError
from core.journal.entries import record
from core.models import JournalDetail, JournalEntry

ERASED_VERB = "core.journal.details_erased"


def erase_details(entry: JournalEntry, *, actor: Actor | None, reason: str) -> None:
    """Empty the entry's details, names and salt for good, and write down that and why it was done.

    Raises ``DomainError`` without a reason and ``Conflict`` where they are erased already. The database lets exactly
    this change through, once (``core.triggers``); verification asks for the entry written here.
    """
    if not reason.strip():
        raise DomainError(
            "상세를 파기하지 않았습니다.", "파기 사유가 없습니다.", "법적 근거나 요청 내용을 사유로 적어 주세요."
        )
    with transaction.atomic():
        if not _empty(entry):
            raise Conflict(
                "상세를 파기하지 않았습니다.", "이 기록의 상세는 이미 파기되었습니다.", "더 하실 일은 없습니다."
            )
        record(ERASED_VERB, actor=actor, subject=entry, details={"reason": reason})


def _empty(entry: JournalEntry) -> bool:
    changed = JournalDetail.objects.filter(entry=entry, erased_at__isnull=True).update(
        salt="", actor_label="", on_behalf_of="", body={}, erased_at=timezone.now()
    )
    return changed == 1
