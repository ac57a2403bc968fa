"""What the clocks do by themselves: notices that arrive, periods that end, reminders, and the one ending by silence.

Each is a chore of the courier: safe to run twice and in two processes, a compare-and-set each.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from accounts.choices import RelayStatus
from core.actors import Actor
from core.choices import OutboxStatus
from core.errors import DomainError
from core.journal import record
from reports import notices
from reports.choices import (
    AllegationStatus,
    Channel,
    DecisionKind,
    ExplanationStatus,
    FindingKind,
    InquiryKind,
    InquiryStatus,
    NoticeKind,
    NoticeStatus,
    Party,
    Stance,
    WorkKind,
)
from reports.models import ActionTime, Allegation, Complainant, Decision, Explanation, Inquiry, Notice, Policy, Report
from reports.rules import OPEN_STATUSES
from reports.services import decisions, hearings, queue, restrictions
from reports.services.decisions import Ruling
from reports.services.filing import HandedIn

#: Rows looked at in one turn of a chore.
ROUND: Final = 200

#: Channels whose allegation never falls with a complainant's silence (design.md, "Silence").
_NEVER_BY_SILENCE: Final = frozenset(
    {Channel.SCREENING, Channel.STAY_DOWN, Channel.TEST_PURCHASE, Channel.REFUND, Channel.FEED}
)
#: What the system says where it ends an allegation, in the languages of the letters.
SILENT_REASONING: Final = {
    "ko": "판매자의 소명에 대하여 신고인이 기한 안에 답변하지 않아, 이 신고만으로 둔 임시 판매제한을 풉니다. "
    "침해 여부는 판단하지 않았습니다.",
    "en": "The complainant did not answer your explanation in time. The interim restriction rested on that complaint "
    "alone and is lifted. Whether there is an infringement was not decided.",
    "zh-hans": "投诉人未在期限内对卖家的说明作出答复。该临时限制仅基于此投诉，现予解除。是否构成侵权未作判断。",
}
WITHDRAWN_REASONING: Final = {
    "ko": "신고인이 신고를 철회하여 이 절차를 끝냅니다. 침해 여부는 판단하지 않았습니다.",
    "en": "The complainant withdrew the complaint, and this procedure ends. Whether there is an infringement was not "
    "decided.",
    "zh-hans": "投诉人已撤回投诉，本程序终止。是否构成侵权未作判断。",
}


# -- notices ----------------------------------------------------------------------------------------------------------


def settle_notices(*, now: datetime) -> int:
    """Notices whose messages have arrived are sent; a restriction's starts the seller's period."""
    owed = Notice.objects.to_settle().select_related(*_WAYS).order_by("id")
    return sum(_settle(notice, now) for notice in owed[:ROUND])


def hear_of_late_arrivals(*, now: datetime) -> int:
    """Notices that had reached nobody and have arrived after all: staff sent them again, or a marketplace was late."""
    late = Notice.objects.arrived_after_all().select_related(*_WAYS).order_by("id")
    return sum(_arrived_after_all(notice, now) for notice in late[:ROUND])


_WAYS: Final = ("mail", "webhook", "relay", "decision", "allegation", "case")


def _settle(notice: Notice, now: datetime) -> bool:
    arrived = _arrivals(notice)
    if arrived:
        return _sent(notice, min(arrived), was=NoticeStatus.OWED)
    ways = [notice.mail, notice.webhook if notice.relay is None else None]
    is_over = all(message is None or message.status in _STUCK for message in ways)
    if is_over and (notice.relay is None or notice.relay.status == RelayStatus.FAILED):
        return _reached_nobody(notice, now)
    return False


_STUCK: Final = frozenset({OutboxStatus.PARKED, OutboxStatus.CANCELLED})


def _arrivals(notice: Notice) -> list[datetime]:
    """When each way of the notice reached its party. A marketplace that was asked to deliver it itself has not done so
    by taking a webhook."""
    ways = [notice.mail, notice.webhook if notice.relay is None else None, notice.relay]
    return [way.delivered_at for way in ways if way is not None and way.delivered_at is not None]


def _arrived_after_all(notice: Notice, now: datetime) -> bool:
    arrived = _arrivals(notice)
    if not arrived or not _sent(notice, min(arrived), was=NoticeStatus.UNDELIVERABLE):
        return False
    if notice.allegation is not None:
        queue.finish(notice.allegation, now=now, kinds=[WorkKind.CONTACT])
    return True


@transaction.atomic
def _sent(notice: Notice, at: datetime, *, was: NoticeStatus) -> bool:
    restrictions.locked(notice.case.listing_id)
    if not Notice.objects.filter(pk=notice.pk, status=was).update(status=NoticeStatus.SENT, sent_at=at):
        return False
    record("reports.notice.sent", actor=None, subject=notice, details={"kind": notice.kind, "party": notice.party})
    explanation = _awaited(notice)
    if explanation is not None:
        hearings.begin_period(explanation, delivered_at=at)
    return True


@transaction.atomic
def _reached_nobody(notice: Notice, now: datetime) -> bool:
    restrictions.locked(notice.case.listing_id)
    if not Notice.objects.owed().filter(pk=notice.pk).update(status=NoticeStatus.UNDELIVERABLE):
        return False
    record("reports.notice.undeliverable", actor=None, subject=notice, details={"party": notice.party})
    if _awaited(notice) is not None and notice.allegation is not None:
        hearings.ask_staff(WorkKind.CONTACT, notice.allegation, now=now)
    return True


def _awaited(notice: Notice) -> Explanation | None:
    """The explanation whose period this notice starts."""
    if notice.party != Party.SELLER or notice.decision is None:
        return None
    return Explanation.objects.undelivered().filter(decision=notice.decision).select_related("allegation").first()


# -- the seller's silence ---------------------------------------------------------------------------------------------


def lapse_explanations(*, now: datetime) -> int:
    """Nothing is found by silence: the restriction stays, and staff decide on what there is."""
    overdue = Explanation.objects.overdue(at=now).select_related("allegation__case")
    return sum(_lapse_explanation(explanation, now) for explanation in overdue[:ROUND])


@transaction.atomic
def _lapse_explanation(explanation: Explanation, now: datetime) -> bool:
    restrictions.locked(explanation.allegation.case.listing_id)
    if not Explanation.objects.overdue(at=now).filter(pk=explanation.pk).update(status=ExplanationStatus.LAPSED):
        return False
    record("reports.explanation.lapsed", actor=None, subject=explanation, details={"due_at": explanation.due_at})
    hearings.ask_staff(WorkKind.SILENCE, explanation.allegation, now=now)
    return True


# -- complainants' silence --------------------------------------------------------------------------------------------


def remind_complainants(*, now: datetime) -> int:
    """One business day before the end, once."""
    rows = Inquiry.objects.to_remind(at=now).select_related("allegation", "complainant", "explanation")
    return sum(_remind(inquiry, now) for inquiry in rows[:ROUND])


@transaction.atomic
def _remind(inquiry: Inquiry, now: datetime) -> bool:
    if not Inquiry.objects.to_remind(at=now).filter(pk=inquiry.pk).update(reminded_at=now):
        return False
    record("reports.inquiry.reminded", actor=None, subject=inquiry)
    hearings.tell_of(NoticeKind.ANSWER_REMINDER, inquiry, now=now)
    return True


def lapse_inquiries(*, now: datetime) -> int:
    """Complainants who did not answer in time."""
    overdue = Inquiry.objects.overdue(at=now).select_related("allegation__case")
    return sum(_lapse_inquiry(inquiry, now) for inquiry in overdue[:ROUND])


@transaction.atomic
def _lapse_inquiry(inquiry: Inquiry, now: datetime) -> bool:
    restrictions.locked(inquiry.allegation.case.listing_id)
    if not Inquiry.objects.overdue(at=now).filter(pk=inquiry.pk).update(status=InquiryStatus.LAPSED):
        return False
    record("reports.inquiry.lapsed", actor=None, subject=inquiry, details={"due_at": inquiry.due_at})
    allegation = Allegation.objects.select_related("case").get(pk=inquiry.allegation_id)
    if allegation.status == AllegationStatus.MORE_INFO_REQUESTED:
        hearings.ask_staff(WorkKind.REVIEW, allegation, now=now)
    elif allegation.status == AllegationStatus.EXPLANATION_REVIEW and not _others_awaited(inquiry):
        _end_by_silence(allegation, now)
    return True


def _others_awaited(inquiry: Inquiry) -> bool:
    """Whether another complainant has answered, or may still."""
    of_this = Inquiry.objects.about_explanations().filter(explanation=inquiry.explanation).exclude(pk=inquiry.pk)
    return of_this.asked().exists() or of_this.answered().exists()


def _end_by_silence(allegation: Allegation, now: datetime) -> None:
    """Reinstated, but only where the restriction rests on that complaint alone; otherwise staff decide."""
    if not rests_on_one_complaint(allegation):
        hearings.ask_staff(WorkKind.EXPLANATION, allegation, now=now)
        return
    policy = _policy_of(allegation)
    ruling = _ruling(DecisionKind.REINSTATED, policy, SILENT_REASONING, finding=FindingKind.INCONCLUSIVE)
    try:
        with transaction.atomic():
            decisions.decide(allegation, ruling, actor=None, now=now, seen=AllegationStatus.EXPLANATION_REVIEW)
    except DomainError:
        # Somebody decides at this moment, or a second person must agree: a person has it in hand.
        hearings.ask_staff(WorkKind.EXPLANATION, allegation, now=now)


def rests_on_one_complaint(allegation: Allegation) -> bool:
    """Whether nothing but one complainant's word holds the listing: no finding, no machine, no purchase, no claim, no
    second complainant, no other allegation that restricts it."""
    reports = Report.objects.filter(allegation=allegation, withdrawn_at__isnull=True)
    channels = set(reports.values_list("channel", flat=True))
    if channels & _NEVER_BY_SILENCE or Complainant.objects.of(allegation).count() != 1:
        return False
    listing = allegation.case.listing_id
    others = Allegation.objects.filter(case__listing=listing).exclude(pk=allegation.pk)
    has_claim = Report.objects.filter(case=allegation.case_id, channel=Channel.REFUND).exists()
    return not (has_claim or others.upheld().exists() or others.restricting().exists())


def _ruling(kind: DecisionKind, policy: Policy, reasoning: Mapping[str, str], *, finding: str = "") -> Ruling:
    """What the system decides, worded in every language."""
    translations = {language: text for language, text in reasoning.items() if language != "ko"}
    return Ruling(kind, policy, reasoning["ko"], finding=finding, translations=translations)


def _policy_of(allegation: Allegation) -> Policy:
    """The clause of the decision that is standing, else the ground's own."""
    decision = allegation.decisions.order_by("-id").select_related("policy").first()
    if decision is not None and decision.policy.is_active:
        return decision.policy
    return Policy.objects.in_use().get(default_for=allegation.ground)


# -- withdrawal -------------------------------------------------------------------------------------------------------


@transaction.atomic
def withdraw_complaint(complainant: Complainant, allegation: Allegation, *, now: datetime) -> Decision | None:
    """A complainant takes back what it reported. It ends only its own complaint: where others complained, or more
    than its word is there, staff go on without it. Returns the decision that ends the allegation, if it does."""
    restrictions.locked(allegation.case.listing_id)
    reports = Report.objects.filter(complainant=complainant, allegation=allegation, withdrawn_at__isnull=True)
    alone = rests_on_one_complaint(allegation)
    if not reports.update(withdrawn_at=now):
        return None
    record(
        "reports.complainant.withdrew", actor=None, subject=complainant, details={"allegation": allegation.pk}, at=now
    )
    allegation.refresh_from_db()
    status = AllegationStatus(allegation.status)
    if not alone or status not in OPEN_STATUSES:
        return None
    ruling = _ruling(DecisionKind.WITHDRAWN, _policy_of(allegation), WITHDRAWN_REASONING)
    return decisions.decide(allegation, ruling, actor=None, now=now, seen=status)


@transaction.atomic
def take_answer(
    inquiry: Inquiry, *, stance: Stance, text: str, files: Sequence[HandedIn], actor: Actor, now: datetime
) -> Inquiry:
    """A complainant's answer and what follows from it, in one: an answer that withdraws is never kept without the
    withdrawal. Raises what ``hearings.answer`` raises."""
    answered = hearings.answer(inquiry, text=text, files=files, stance=stance, actor=actor, now=now)
    answer_as_complainant(answered, stance=stance, now=now)
    return answered


@transaction.atomic
def answer_as_complainant(inquiry: Inquiry, *, stance: Stance, now: datetime) -> None:
    """What follows when a complainant answers that it withdraws."""
    if stance == Stance.WITHDRAW and withdraw_complaint(inquiry.complainant, inquiry.allegation, now=now) is None:
        allegation = inquiry.allegation
        allegation.refresh_from_db()
        if allegation.status == AllegationStatus.EXPLANATION_REVIEW and inquiry.kind == InquiryKind.ANSWER:
            hearings.ask_staff(WorkKind.EXPLANATION, allegation, now=now)


# -- what came of it --------------------------------------------------------------------------------------------------


def tell_late_joiners(*, now: datetime) -> int:
    """Who reported what had been decided already, or was just being decided, is told of that decision, once."""
    told = 0
    lately = Report.objects.received_since(now - _LATE_JOINERS).of_decided().with_contact()
    for report in (
        lately.untold(Notice.objects.all()).select_related("complainant", "allegation").order_by("id")[:ROUND]
    ):
        decision = Decision.objects.final().filter(allegation=report.allegation).order_by("-id").first()
        if decision is None or report.complainant is None:
            continue
        with transaction.atomic():
            notices.tell_complainant(NoticeKind(decision.kind), report.complainant, decision=decision, now=now)
        told += 1
    return told


#: How far back late joiners are looked for; the chore comes round every minute.
_LATE_JOINERS: Final = timedelta(days=1)


def follow_effects(*, now: datetime) -> int:  # noqa: ARG001 - a chore like any other
    """Copy the times of effects into the row that measures from report to effect."""
    moved = 0
    for row in ActionTime.objects.behind().select_related("effect__superseded_by").order_by("id")[:ROUND]:
        effect = row.effect
        if effect.superseded_by is not None and effect.superseded_by.source_ref == effect.source_ref:
            effect = effect.superseded_by
        moved += ActionTime.objects.filter(pk=row.pk).update(
            effect=effect, sent_at=effect.sent_at, confirmed_at=effect.confirmed_at, failed_at=effect.failed_at
        )
    return moved
