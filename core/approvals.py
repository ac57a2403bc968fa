"""The one two-person mechanism: somebody asks with a reason, somebody else agrees with one.

Who asked can only withdraw. What was approved is carried out in the transaction of the approval by the handler that
the settings name for its action (``APPROVAL_HANDLERS``), so that an approval and its deed live or die together; the
handler is also told of what was refused or withdrawn.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from core import journal
from core.actors import SYSTEM, Actor
from core.canonical import plain
from core.choices import ApprovalStatus
from core.errors import Conflict, DomainError
from core.journal.entries import Subject, name_of
from core.models import Approval


def request(
    action: str, *, subject: Subject, reason: str, actor: Actor, payload: Mapping[str, object] | None = None
) -> Approval:
    """Ask for a second person.

    Raises ``DomainError`` without a reason and ``Conflict`` where the same is asked already.
    """
    what = "승인을 요청하지 않았습니다."
    _require_person(what, actor)
    _require_reason(what, reason)
    subject_type, subject_ref = name_of(subject)
    try:
        with transaction.atomic():
            approval = Approval.objects.create(
                action=action,
                subject_type=subject_type,
                subject_ref=subject_ref,
                payload=plain(dict(payload or {})),
                reason=reason,
                requested_by_kind=actor.kind,
                requested_by_ref=actor.ref,
                requested_by_label=actor.label,
            )
            _record(approval, actor, reason)
    except IntegrityError as problem:
        raise Conflict(
            what, "같은 승인 요청이 이미 대기 중입니다.", "대기 중인 요청을 먼저 처리해 주세요."
        ) from problem
    return approval


def approve(approval: Approval, *, actor: Actor, reason: str) -> Approval:
    """Agree, as somebody else than who asked. Raises ``DomainError``; ``Conflict`` where it is decided already."""
    what = "승인하지 않았습니다."
    _require_second_person(what, approval, actor)
    return _decide(approval, ApprovalStatus.APPROVED, what=what, actor=actor, reason=reason)


def refuse(approval: Approval, *, actor: Actor, reason: str) -> Approval:
    """Say no, as somebody else than who asked. Raises ``DomainError``; ``Conflict`` where it is decided already."""
    what = "거부하지 않았습니다."
    _require_second_person(what, approval, actor)
    return _decide(approval, ApprovalStatus.REFUSED, what=what, actor=actor, reason=reason)


def withdraw(approval: Approval, *, actor: Actor, reason: str = "요청자가 거두었습니다.") -> Approval:
    """Take back one's own request. Raises ``DomainError``; ``Conflict`` where it is decided already."""
    what = "요청을 철회하지 않았습니다."
    if not _asked(approval, actor):
        raise DomainError(
            what,
            "다른 사람의 요청입니다.",
            "요청에 동의하지 않으면 사유를 적어 거부해 주세요.",
            code="not_requester",
        )
    return _decide(approval, ApprovalStatus.WITHDRAWN, what=what, actor=actor, reason=reason)


def _decide(approval: Approval, to: ApprovalStatus, *, what: str, actor: Actor, reason: str) -> Approval:
    """One function decides, by compare-and-set: of two who decide at once, the second is told of the first."""
    _require_reason(what, reason)
    now = timezone.now()
    with transaction.atomic():
        changed = (
            Approval.objects.may_become(to)
            .filter(pk=approval.pk)
            .update(
                status=to,
                decided_by_kind=actor.kind,
                decided_by_ref=actor.ref,
                decided_by_label=actor.label,
                decided_at=now,
                decision_reason=reason,
            )
        )
        approval.refresh_from_db()
        if changed != 1:
            raise _decided_already(what, approval)
        _record(approval, actor, reason)
        _carry_out(approval, actor, now)
    return approval


def _carry_out(approval: Approval, actor: Actor, now: datetime) -> None:
    """Raises what the handler raises: then nothing was decided."""
    handler = settings.APPROVAL_HANDLERS.get(approval.action)
    if handler is not None:
        carry_out: Callable[..., None] = import_string(handler)
        carry_out(approval, actor=actor, now=now)


def _record(approval: Approval, actor: Actor, reason: str) -> None:
    journal.record(
        f"core.approval.{approval.status}",
        actor=actor,
        subject=approval,
        details={
            "action": approval.action,
            "subject": f"{approval.subject_type} {approval.subject_ref}",
            "reason": reason,
            "payload": approval.payload,
        },
    )


def _asked(approval: Approval, actor: Actor) -> bool:
    return (actor.kind, actor.ref) == (approval.requested_by_kind, approval.requested_by_ref)


def _require_second_person(what: str, approval: Approval, actor: Actor) -> None:
    _require_person(what, actor)
    if _asked(approval, actor):
        raise DomainError(
            what,
            "요청한 사람은 자기 요청을 결정할 수 없습니다.",
            "다른 담당자에게 결정을 부탁하거나 요청을 철회해 주세요.",
            code="second_person",
        )


def _require_person(what: str, actor: Actor) -> None:
    """The system is nobody: with it on either side, one person would decide alone."""
    if actor.kind == SYSTEM:
        raise DomainError(what, "승인은 두 사람이 합니다.", "담당자의 계정으로 진행해 주세요.", code="second_person")


def _require_reason(what: str, reason: str) -> None:
    if not reason.strip():
        raise DomainError(what, "사유가 없습니다.", "사유를 적어 주세요.", code="reason_missing")


def _decided_already(what: str, approval: Approval) -> Conflict:
    status = ApprovalStatus(approval.status).label
    return Conflict(
        what,
        f"{approval.decided_by_label} 님이 먼저 결정했습니다({status}).",
        "다른 결정이 필요하면 새로 요청해 주세요.",
    )
