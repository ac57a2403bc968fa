"""What a reporter adds after the click, each saved for itself: a reason, a note, photos."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from core.errors import Conflict, DomainError
from core.journal import record
from reports.choices import AllegationStatus
from reports.models import Allegation, Attachment, Ground, Report
from reports.personal import personal_number
from reports.rules import OPEN_STATUSES
from reports.services import cases, clicks, filing
from reports.services.filing import TEXT_LENGTH, HandedIn

#: Of one report; issue 5: "up to 10 files".
MOST_FILES: Final = 10
#: Until somebody has begun to act on it a report may move to another reason.
_MOVABLE: Final = frozenset({AllegationStatus.RECEIVED, AllegationStatus.UNDER_REVIEW})


@transaction.atomic
def give_reason(report: Report, ground: Ground, *, now: datetime) -> Report:
    """Say what is wrong with the goods: the report moves to the allegation of that reason.

    Raises ``Conflict`` where staff have acted already, ``DomainError`` for a reason that is not in use.
    """
    what = "신고 사유를 바꾸지 않았습니다."
    if not ground.is_active:
        raise DomainError(what, "지금은 쓰지 않는 신고 사유입니다.", "다른 사유를 골라 주세요.")
    allegation = _require_open(report, what)
    if report.ground_id == ground.pk:
        return report
    if allegation is not None and allegation.status not in _MOVABLE:
        raise Conflict(what, "담당자가 이미 이 사유로 조치했습니다.", "덧붙일 내용은 메모에 적어 주세요.")
    was = report.ground_id
    if allegation is None:
        Report.objects.unplaced().filter(pk=report.pk).update(ground=ground)
    else:
        _move(report, allegation, ground, now=now)
    details = {"ground": [was, ground.pk]}
    record(
        "reports.report.reason_given", actor=clicks.visiting(report.visitor), subject=report, details=details, at=now
    )
    report.refresh_from_db()
    return report


@transaction.atomic
def add_note(report: Report, text: str, *, now: datetime) -> Report:
    """Keep what the reporter wrote, once. Raises ``DomainError`` for an empty or long text and for personal numbers."""
    what = "메모를 저장하지 않았습니다."
    _require_note(text, what)
    _require_open(report, what)
    if not Report.objects.filter(pk=report.pk, text="").update(text=text):
        raise Conflict(
            what, "이 신고에는 메모가 이미 있습니다.", "새로운 자료는 사진으로 더해 주세요.", code="note_is_there"
        )
    record("reports.report.note_added", actor=clicks.visiting(report.visitor), subject=report, at=now)
    report.refresh_from_db()
    return report


@transaction.atomic
def add_files(report: Report, files: Sequence[HandedIn], *, now: datetime) -> int:
    """Bind files to the report; the same file twice is one. Returns how many were new.

    On content that had been found harmless, new evidence opens the question anew. Raises ``DomainError``.
    """
    what = "사진을 저장하지 않았습니다."
    _require_standing(report, what)
    allegation = clicks.held_allegation(report)
    known = set(Attachment.objects.filter(report=report).values_list("file_id", flat=True))
    new = [each for each in files if each.file.pk not in known]
    if len(known) + len(new) > MOST_FILES:
        raise DomainError(
            what, f"한 신고에 {MOST_FILES}개까지 받습니다.", "가장 중요한 사진만 골라 주세요.", code="too_many"
        )
    filing.attach(new, now=now, report=report)
    if new:
        details = {"count": len(new)}
        actor = clicks.visiting(report.visitor)
        record("reports.report.files_added", actor=actor, subject=report, details=details, at=now)
        if allegation is not None and allegation.status not in OPEN_STATUSES and report.ground is not None:
            _move(report, allegation, report.ground, now=now)
    return len(new)


def _move(report: Report, allegation: Allegation, ground: Ground, *, now: datetime) -> None:
    """Under the listing's lock: to the open allegation of that ground, opened where there is none."""
    listing, actor = allegation.case.listing, clicks.visiting(report.visitor)
    to = cases.open_or_join(listing, brand=report.brand, ground=ground, actor=actor, at=now)
    Report.objects.filter(pk=report.pk).update(allegation=to, case=to.case, ground=ground)
    report.allegation, report.case, report.ground = to, to.case, ground
    filing.ask_for_review(report, to, now=now)
    clicks.end_if_nobody_stands(allegation, actor=actor, now=now)


def _require_open(report: Report, what: str) -> Allegation | None:
    """What the report rests in, held; raises ``Conflict`` where it was taken back or decided."""
    _require_standing(report, what)
    allegation = clicks.held_allegation(report)
    if allegation is not None and allegation.status not in OPEN_STATUSES:
        raise Conflict(
            what, "이 신고는 이미 결정되었습니다.", "처리 현황에서 결과를 확인해 주세요. 새 사진은 낼 수 있습니다."
        )
    return allegation


def _require_standing(report: Report, what: str) -> None:
    if report.withdrawn_at is not None:
        raise Conflict(what, "되돌린 신고입니다.", "다시 신고한 뒤 적어 주세요.", code="taken_back")


def _require_note(text: str, what: str) -> None:
    if not text.strip():
        raise DomainError(what, "내용이 비어 있습니다.", "알려 주실 내용을 적어 주세요.", code="empty")
    if len(text) > TEXT_LENGTH:
        raise DomainError(
            what, f"내용이 {TEXT_LENGTH:,}자보다 깁니다.", "줄여서 적거나 파일로 내 주세요.", code="too_long"
        )
    kind = personal_number(text)
    if kind:
        why = f"{kind}로 보이는 번호가 들어 있습니다. 이 번호는 법에 따라 받을 수 없고 심사에도 필요하지 않습니다."
        raise DomainError(what, why, "그 번호를 지우고 다시 저장해 주세요.", code="personal_number")
