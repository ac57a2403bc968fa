"""The moderator's three verbs on a match: confirm, reject, undo.

Each is one transaction that begins with a compare-and-set of the match, so that of several people one decides and
the others learn who and what. Where a case may change, the listing's row is held after that, in this order
everywhere: match, listing.
"""

from datetime import datetime

from django.db import transaction

from core import approvals
from core.actors import Actor, or_system
from core.errors import Conflict, DomainError
from core.models import Approval
from listings import matches
from listings.choices import MatchStatus
from listings.models import Match
from listings.rules import DECIDED
from reports.choices import Channel, DecisionKind
from reports.grounds import COUNTERFEIT
from reports.models import Decision, Ground, Policy, Report
from reports.services import cases, decisions, held, restrictions
from reports.services.decisions import Ruling
from reports.services.filing import file_report


@transaction.atomic
def confirm_match(
    match: Match, *, actor: Actor | None, policy: Policy, reasoning: str, private_note: str = "", now: datetime
) -> Decision | Approval:
    """A suspected counterfeit: reported through the screening channel, with an interim restriction in the listing's
    one live case. Where the impact is high the restriction waits for a second person, and the request is returned.

    Raises ``Conflict`` where somebody decided first or the listing has changed, ``DomainError`` where the clause or
    the reasoning cannot be used; then nothing is written.
    """
    ruling = Ruling(DecisionKind.INTERIM_RESTRICTION, policy, reasoning, private_note=private_note)
    decisions.require_usable(ruling)
    matches.decide(match, to=MatchStatus.CONFIRMED, actor=actor, now=now)
    listing = restrictions.locked(match.version.listing_id)
    if listing.current_version_id != match.version_id:
        raise matches.content_changed()
    ground = Ground.objects.get(code=COUNTERFEIT)
    report = file_report(
        listing, channel=Channel.SCREENING, ground=ground, brand=match.brand, match=match, actor=actor, now=now
    )
    assert report.allegation is not None
    return held.submit(report.allegation, ruling, report=report, actor=or_system(actor), now=now)


@transaction.atomic
def reject_match(match: Match, *, actor: Actor | None, private_note: str = "", now: datetime) -> Match:
    """No suspicion: remembered for this seller, this content and these references. Raises ``Conflict`` if decided.

    What the match had alleged before its confirmation was undone is withdrawn with it.
    """
    matches.decide(match, to=MatchStatus.REJECTED, actor=actor, now=now, private_note=private_note)
    matches.remember_rejection(match, actor=actor)
    if Report.objects.under_review().filter(match=match).exists():
        restrictions.locked(match.version.listing_id)
        cases.withdraw_suspicion(match, actor=actor, at=now)
    return match


@transaction.atomic
def undo(match: Match, *, actor: Actor | None, now: datetime, may_undo_others: bool = False) -> Match:
    """Take back the decision on a match within the undo period; the match is open again.

    The door says by ``may_undo_others`` whether this person may undo what somebody else decided. Raises ``Conflict``
    where it is too late, or where there is nothing to undo, and ``DomainError`` where it is not theirs to undo.
    """
    match.refresh_from_db()
    was = MatchStatus(match.status)
    if was not in DECIDED:
        raise matches.already_decided(match)
    _require_theirs(match, or_system(actor), may_undo_others=may_undo_others)
    if not is_undoable(match, now=now):
        raise _too_late(match)
    matches.reopen(match, actor=actor)
    if was is MatchStatus.CONFIRMED:
        _undo_confirmation(match, actor=actor, now=now)
    else:
        matches.forget_rejection(match, actor=actor, now=now)
    return match


def is_undoable(match: Match, *, now: datetime) -> bool:
    """Whether the decision on the match may still be undone, as far as time goes."""
    deadline = undo_deadline(match)
    return deadline is not None and now < deadline


def undo_deadline(match: Match) -> datetime | None:
    """When the decision's effects may leave the house; ``None`` where nobody has decided."""
    return match.reviewed_at + restrictions.undo_period() if match.reviewed_at else None


def _require_theirs(match: Match, by: Actor, *, may_undo_others: bool) -> None:
    if may_undo_others or (match.reviewed_by_kind, match.reviewed_by_ref) == (by.kind, by.ref):
        return
    raise DomainError(
        "되돌리지 못했습니다.",
        f"{match.reviewed_by} 담당자가 내린 결정입니다.",
        "결정한 담당자나 심사 책임자에게 되돌리기를 요청해 주세요.",
        code="not_yours",
    )


def _too_late(match: Match) -> Conflict:
    seconds = int(restrictions.undo_period().total_seconds())
    if match.status == MatchStatus.REJECTED:
        action = "이 판매자의 같은 내용을 다시 보아야 하면 심사 책임자에게 기억한 거절을 거두도록 요청해 주세요."
    else:
        action = "사건 화면에서 현재 상태를 확인하고, 심사 책임자에게 판매 재개 검토를 요청해 주세요."
    return Conflict("되돌리지 못했습니다.", f"결정한 뒤 {seconds}초가 지났습니다.", action, code="too_late")


def _undo_confirmation(match: Match, *, actor: Actor | None, now: datetime) -> None:
    """The decision is taken back by a new one, or the request for it withdrawn."""
    decision = Decision.objects.standing().select_related("allegation__case", "policy").filter(report__match=match)
    made = decision.order_by("-id").first()
    if made is not None:
        decisions.undo(made, actor=actor, now=now, may_undo_others=True)
        return
    report = Report.objects.filter(match=match).order_by("-id").select_related("allegation").first()
    asked = held.waiting(report.allegation) if report is not None and report.allegation is not None else None
    if asked is not None:
        approvals.withdraw(asked, actor=or_system(actor))
