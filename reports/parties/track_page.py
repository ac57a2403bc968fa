"""What a complainant reads with a tracking code. Plain values: no row reaches a template.

It learns where its own reports stand, who acts next and until when, the outcome with its reasons, and of the seller
the public name. Of an explanation it reads the claim, the summary, and how many documents of which kind. It never
learns what the seller handed in, who else complained, what staff noted, or who decided.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from reports.choices import AllegationStatus as S
from reports.choices import EffectKind, InquiryKind, InquiryStatus, Party
from reports.models import Allegation, Complainant, Explanation, Inquiry, Report
from reports.parties.shown import (
    AppealShown,
    DecisionShown,
    Event,
    appeal_event,
    appeals_shown,
    decision_event,
    decision_shown,
    effect_events,
    in_order,
    left_the_house,
    status_shown,
    step_of,
)
from reports.rules import OPEN_STATUSES
from reports.services import appeals, reasons
from reports.wording import Wording, moment, wording

#: A complainant learns what becomes of the listing, a rights holder the sanction too; neither learns of money.
_SEEN_EFFECTS: Final = frozenset(
    {
        EffectKind.LISTING_RESTRICT,
        EffectKind.LISTING_REMOVE,
        EffectKind.LISTING_REINSTATE,
        EffectKind.FINGERPRINT,
        EffectKind.BUYERS_INVITE,
    }
)
_SEEN_BY_HOLDERS: Final = _SEEN_EFFECTS | {EffectKind.SELLER_STRIKE, EffectKind.SELLER_SUSPEND, EffectKind.SELLER_CLOSE}


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a tracking code: a complainant with all that it reported in one case, or one report.

    ``complainant`` is ``None`` for somebody who left no address: they may read, and nothing more.
    """

    complainant: Complainant | None
    reports: tuple[Report, ...]
    language: str

    @property
    def allegations(self) -> list[Allegation]:
        """What the reports are about, each once, in the order in which they came."""
        found = {report.allegation.pk: report.allegation for report in self.reports if report.allegation is not None}
        return list(found.values())

    @property
    def unplaced(self) -> list[Report]:
        return [report for report in self.reports if report.allegation is None]

    def reports_of(self, allegation: Allegation) -> list[Report]:
        return [report for report in self.reports if report.allegation_id == allegation.pk]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the complainant is asked, and what it may read of the explanation that it is asked about."""

    inquiry: int
    is_answer: bool
    question: str
    claim: str
    summary: str
    documents: tuple[str, ...]
    due_at: datetime
    is_late: bool


@dataclass(frozen=True, slots=True)
class Matter:
    """One allegation, as its complainant reads it."""

    allegation: int
    numbers: tuple[str, ...]
    listing_title: str
    listing_id: str
    listing_url: str
    marketplace: str
    shop_name: str
    ground: str
    brand: str
    status: str
    stage: str
    next_actor: str
    step: int
    due_at: datetime | None
    due_label: str
    result_due_at: datetime | None
    is_withdrawn: bool
    may_withdraw: bool
    may_appeal: bool
    appeal_until: datetime | None
    asked: tuple[Asked, ...]
    decisions: tuple[DecisionShown, ...]
    appeals: tuple[AppealShown, ...]
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A report whose listing is not known yet."""

    number: str
    wanted: str
    marketplace: str
    ground: str
    received_at: str
    result_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class TrackPage:
    matters: tuple[Matter, ...]
    waiting: tuple[Waiting, ...]

    @property
    def is_empty(self) -> bool:
        return not self.matters and not self.waiting


def track_page(holder: Holder, *, language: str, now: datetime) -> TrackPage:
    """The page in that language; call it with that language active."""
    matters = tuple(_matter(holder, each, language, now) for each in holder.allegations)
    return TrackPage(matters, tuple(_waiting(each, language) for each in holder.unplaced))


def asked_of(holder: Holder, allegation: Allegation) -> list[Inquiry]:
    """What this complainant was asked and has not answered, in time or not, while it can still be of use."""
    if holder.complainant is None or allegation.status not in OPEN_STATUSES:
        return []
    rows = Inquiry.objects.unanswered().filter(allegation=allegation, complainant=holder.complainant)
    return list(rows.select_related("explanation").order_by("id"))


def may_withdraw(holder: Holder, allegation: Allegation) -> bool:
    """Its own complaint, while nothing final is decided."""
    stands = any(report.withdrawn_at is None for report in holder.reports_of(allegation))
    return holder.complainant is not None and stands and allegation.status in OPEN_STATUSES


def may_appeal(holder: Holder, allegation: Allegation, *, now: datetime) -> bool:
    """Who withdrew has nothing left to contest."""
    stands = any(report.withdrawn_at is None for report in holder.reports_of(allegation))
    return (
        holder.complainant is not None
        and stands
        and appeals.contestable(allegation, Party.REPORTER, now=now) is not None
    )


def asked_shown(inquiry: Inquiry, language: str, *, now: datetime) -> Asked:
    """The claim, the summary and the counts: nothing else of an explanation reaches a complainant."""
    words, explanation = wording(language), inquiry.explanation
    return Asked(
        inquiry=inquiry.pk,
        is_answer=inquiry.kind == InquiryKind.ANSWER,
        question=inquiry.question,
        claim=words.claims[explanation.claim] if explanation is not None and explanation.claim else "",
        summary=explanation.summary if explanation is not None else "",
        documents=_documents(explanation, words),
        due_at=inquiry.due_at,
        is_late=inquiry.status != InquiryStatus.ASKED or inquiry.due_at <= now,
    )


def _documents(explanation: Explanation | None, words: Wording) -> tuple[str, ...]:
    if explanation is None:
        return ()
    kinds = Counter(explanation.attachments.values_list("kind", flat=True))
    return tuple(words.counted(words.documents[kind], count) for kind, count in sorted(kinds.items()))


def _matter(holder: Holder, allegation: Allegation, language: str, now: datetime) -> Matter:
    words, listing = wording(language), allegation.case.listing
    reports = holder.reports_of(allegation)
    status = status_shown(allegation, now=now)
    contests = appeals_shown(allegation, party=Party.REPORTER, now=now)
    inquiries = asked_of(holder, allegation)
    known = left_the_house(allegation, now=now)
    due_at, due_label = _due(allegation, status, inquiries, contests)
    contestable = appeals.contestable(allegation, Party.REPORTER, now=now)
    can_appeal = may_appeal(holder, allegation, now=now)
    ground = words.grounds.get(allegation.ground.code)
    is_withdrawn = all(report.withdrawn_at is not None for report in reports)
    version = next((report.version for report in reversed(reports) if report.version is not None), None)
    effects = _SEEN_BY_HOLDERS if _is_holder(holder, allegation) else _SEEN_EFFECTS
    return Matter(
        allegation=allegation.pk,
        numbers=tuple(report.number for report in reports),
        listing_title=version.title if version is not None else "",
        listing_id=listing.external_id,
        listing_url=listing.url,
        marketplace=listing.marketplace.name,
        shop_name=listing.seller.shop_name,
        ground=ground.title if ground is not None else allegation.ground.title,
        brand=allegation.brand.name if allegation.brand is not None else "",
        status=status.value,
        stage=_stage(status, inquiries, contests, words),
        next_actor=_next_actor(status, inquiries, contests),
        step=step_of(status),
        due_at=due_at,
        due_label=due_label,
        result_due_at=_result_due(reports, status),
        is_withdrawn=is_withdrawn,
        may_withdraw=may_withdraw(holder, allegation),
        may_appeal=can_appeal,
        appeal_until=reasons.appeal_until(contestable) if can_appeal and contestable is not None else None,
        asked=tuple(asked_shown(each, language, now=now) for each in inquiries),
        decisions=tuple(
            decision_shown(each, language, effects=[kind for kind in each.effects if kind in effects])
            for each in reversed(known)
        ),
        appeals=tuple(contests),
        events=in_order(
            [
                *_report_events(reports),
                *(decision_event(each, words) for each in known),
                *(event for each in known for event in effect_events(each)),
                *_explanation_events(allegation),
                *_inquiry_events(holder, allegation),
                *(appeal_event(each) for each in contests),
            ]
        ),
    )


def _is_holder(holder: Holder, allegation: Allegation) -> bool:
    own = holder.complainant.rights_holder_id if holder.complainant is not None else None
    return own is not None and own == allegation.rights_holder_id


def _stage(status: S, inquiries: list[Inquiry], contests: list[AppealShown], words: Wording) -> str:
    if any(each.is_open for each in contests):
        return _("이의제기를 받아 다른 담당자가 다시 심사하고 있습니다.")
    if status == S.EXPLANATION_REVIEW and _waits(inquiries):
        return _("판매자의 소명을 받아 신고인의 의견을 기다리고 있습니다. 그다음 담당자가 결정합니다.")
    return words.stages[status].meaning


def _waits(inquiries: list[Inquiry]) -> list[Inquiry]:
    """Those that can still be answered in time."""
    return [each for each in inquiries if each.status == InquiryStatus.ASKED]


def _next_actor(status: S, inquiries: list[Inquiry], contests: list[AppealShown]) -> str:
    if any(each.is_open for each in contests):
        return _("담당자")
    if _waits(inquiries):
        return _("신고인")
    if status == S.EXPLANATION_REQUESTED:
        return _("판매자")
    return _("담당자") if status in OPEN_STATUSES else ""


def _due(
    allegation: Allegation, status: S, inquiries: list[Inquiry], contests: list[AppealShown]
) -> tuple[datetime | None, str]:
    """Until when the one who acts next does, and what ends then."""
    for contest in contests:
        if contest.is_open:
            return contest.due_at, _("재심사 기한")
    if status not in OPEN_STATUSES:
        return None, ""
    waits = _waits(inquiries)
    if waits:
        return waits[0].due_at, _("답변 기한")
    if status == S.EXPLANATION_REQUESTED:
        awaited = Explanation.objects.requested().filter(allegation=allegation, due_at__isnull=False).first()
        if awaited is not None:
            return awaited.due_at, _("판매자의 소명 기한")
    work = allegation.work.open().order_by("due_at").first()
    return (work.due_at, _("담당자의 처리 기한")) if work is not None else (None, "")


def _result_due(reports: list[Report], status: S) -> datetime | None:
    """By when the result was promised, while there is none."""
    if status not in OPEN_STATUSES:
        return None
    return min((report.result_due_at for report in reports if report.result_due_at is not None), default=None)


def _report_events(reports: list[Report]) -> list[Event]:
    """What this complainant reported and took back; nothing of another."""
    events = [Event(each.received_at, _("신고인"), _("신고를 접수했습니다."), each.number) for each in reports]
    withdrawn = {each.withdrawn_at for each in reports if each.withdrawn_at is not None}
    return events + [Event(at, _("신고인"), _("신고를 철회했습니다.")) for at in withdrawn]


def _inquiry_events(holder: Holder, allegation: Allegation) -> list[Event]:
    """What this complainant was asked and answered; nothing of another."""
    me, staff = _("신고인"), _("담당자")
    events: list[Event] = []
    if holder.complainant is None:
        return events
    for inquiry in Inquiry.objects.filter(allegation=allegation, complainant=holder.complainant):
        is_answer = inquiry.kind == InquiryKind.ANSWER
        asked = _("판매자의 소명을 전하고 의견을 물었습니다.") if is_answer else _("자료의 보완을 요청했습니다.")
        events.append(Event(inquiry.asked_at, staff, asked))
        if inquiry.answered_at is not None:
            late = _("기한이 지나 제출되었습니다.") if inquiry.is_late else ""
            events.append(Event(inquiry.answered_at, me, _("답변했습니다."), late))
        elif inquiry.status == InquiryStatus.LAPSED:
            events.append(Event(inquiry.due_at, me, _("기한까지 답변하지 않았습니다.")))
    return events


def _explanation_events(allegation: Allegation) -> list[Event]:
    """That the seller explained, and when; not what."""
    given = Explanation.objects.filter(allegation=allegation, submitted_at__isnull=False)
    return [
        Event(each.submitted_at, _("판매자"), _("소명을 제출했습니다."))
        for each in given
        if each.submitted_at is not None
    ]


def _waiting(report: Report, language: str) -> Waiting:
    ground = wording(language).grounds.get(report.ground.code) if report.ground is not None else None
    return Waiting(
        number=report.number,
        wanted=report.wanted,
        marketplace=report.marketplace.name if report.marketplace is not None else "",
        ground=ground.title if ground is not None else str(report.ground or ""),
        received_at=moment(report.received_at, language),
        result_due_at=report.result_due_at,
    )
