"""What a seller reads of one allegation against a listing of its shop. Plain values: no row reaches a template.

It learns the rights holder's name, the right, the ground and the facts; what it handed in itself; and what was
decided. It never learns who reported, what staff noted, which material of a brand was compared, or who decided.
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core.actors import USER
from reports.choices import AllegationStatus as S
from reports.choices import DecisionKind, NoticeStatus, Party
from reports.choices import ExplanationStatus as E
from reports.models import Allegation, Decision, Explanation, Inquiry, Notice
from reports.notices import seller_hears
from reports.parties import dates
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
from reports.rules import OPEN_STATUSES, RESTRICTING_STATUSES
from reports.services import appeals, reasons
from reports.services.hearings import MOST_FILES
from reports.wording import Wording, moment, wording


@dataclass(frozen=True, slots=True)
class Document:
    """A file that the seller handed in: its own name for it, which the other side never sees."""

    name: str
    kind: str
    size: int
    added_at: str
    is_late: bool


@dataclass(frozen=True, slots=True)
class ExplanationShown:
    """What the seller wrote."""

    claim: str
    text: str
    summary: str
    submitted_at: str
    is_late: bool
    documents: tuple[Document, ...]


@dataclass(frozen=True, slots=True)
class NoticeShown:
    """A notice as it was sent, in the language in which it was sent."""

    subject: str
    sent_at: str
    language: str
    sections: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Alleged:
    """What is alleged, by whom and of which listing."""

    listing_title: str
    listing_id: str
    listing_url: str
    marketplace: str
    ground: str
    ground_meaning: str
    rights_holder: str
    brand: str
    rights: tuple[str, ...]
    facts: tuple[str, ...]
    detection: str


@dataclass(frozen=True, slots=True)
class May:
    """What the seller may do now."""

    explain: bool = False
    explains_late: bool = False
    extend: bool = False
    add_documents: bool = False
    appeal: bool = False


@dataclass(frozen=True, slots=True)
class SellerPage:
    """The whole page."""

    allegation: int
    case_number: str
    shop_name: str
    status: str
    stage: str
    next_actor: str
    step: int
    due_at: datetime | None
    due_label: str
    own_due: str
    extended: bool
    appeal_until: datetime | None
    alleged: Alleged
    may: May
    explanation: ExplanationShown | None = None
    decisions: tuple[DecisionShown, ...] = ()
    appeals: tuple[AppealShown, ...] = ()
    events: tuple[Event, ...] = ()
    notices: tuple[NoticeShown, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an allegation stands for the seller: what it may do, who acts next, until when."""

    status: S
    stage: str
    next_actor: str
    due_at: datetime | None
    due_label: str
    may: May
    explanation: Explanation | None
    contests: tuple[AppealShown, ...]


def standing_of(allegation: Allegation, *, words: Wording, now: datetime) -> Standing:
    """The same on the page of one allegation and in the list of all."""
    status = status_shown(allegation, now=now)
    explanation = current_explanation(allegation)
    contests = appeals_shown(allegation, party=Party.SELLER, now=now)
    may = what_it_may(allegation, explanation, now=now)
    asked = _asked(explanation, status)
    due_at, due_label = _due(allegation, status, explanation, contests, asked)
    return Standing(
        status=status,
        stage=_stage(status, contests, asked, words),
        next_actor=_next_actor(status, may, contests, asked),
        due_at=due_at,
        due_label=due_label,
        may=may,
        explanation=explanation,
        contests=tuple(contests),
    )


def seller_page(allegation: Allegation, *, language: str, now: datetime) -> SellerPage:
    """The page in that language; call it with that language active."""
    words = wording(language)
    standing = standing_of(allegation, words=words, now=now)
    explanation = standing.explanation
    known = [each for each in left_the_house(allegation, now=now) if seller_hears(each)]
    zone = allegation.case.listing.seller.time_zone
    contestable = appeals.contestable(allegation, Party.SELLER, now=now)
    return SellerPage(
        allegation=allegation.pk,
        case_number=allegation.case.number,
        shop_name=allegation.case.listing.seller.shop_name,
        status=standing.status.value,
        stage=standing.stage,
        next_actor=standing.next_actor,
        step=_step(standing.status),
        due_at=standing.due_at,
        due_label=standing.due_label,
        own_due=dates.own_clock(standing.due_at, language, zone) if standing.due_at is not None else "",
        extended=explanation is not None and explanation.extended_at is not None,
        appeal_until=reasons.appeal_until(contestable) if contestable is not None else None,
        alleged=_alleged(allegation, known, language),
        may=standing.may,
        explanation=_explanation(explanation, language),
        decisions=tuple(
            decision_shown(each, language, effects=each.effects, shows_repair=True) for each in reversed(known)
        ),
        appeals=standing.contests,
        events=_events(allegation, explanation, known, list(standing.contests), words),
        notices=_notices(allegation, language),
    )


def current_explanation(allegation: Allegation) -> Explanation | None:
    """The explanation that is or was asked for last, one that was given before one that is only cancelled."""
    rows = list(Explanation.objects.filter(allegation=allegation).order_by("-id"))
    live = [row for row in rows if row.status != E.CANCELLED or row.submitted_at is not None]
    return next(iter(live or rows), None)


def what_it_may(allegation: Allegation, explanation: Explanation | None, *, now: datetime) -> May:
    """What the seller may do now; the services decide again when it does."""
    is_open = allegation.status in OPEN_STATUSES
    appeal = appeals.contestable(allegation, Party.SELLER, now=now) is not None
    if explanation is None or not is_open:
        return May(appeal=appeal)
    waits = explanation.submitted_at is None and explanation.status in {E.REQUESTED, E.LAPSED}
    is_late = explanation.status == E.LAPSED or (explanation.due_at is not None and explanation.due_at <= now)
    runs = explanation.status == E.REQUESTED and explanation.due_at is not None and not is_late
    given = explanation.status == E.SUBMITTED
    return May(
        explain=waits,
        explains_late=waits and is_late,
        extend=runs and explanation.extended_at is None,
        add_documents=given and explanation.attachments.count() < MOST_FILES,
        appeal=appeal,
    )


def _asked(explanation: Explanation | None, status: S) -> Inquiry | None:
    """The complainant's answer that is awaited, the first one that is due."""
    if explanation is None or status != S.EXPLANATION_REVIEW:
        return None
    return Inquiry.objects.asked().filter(explanation=explanation).order_by("due_at").first()


def _stage(status: S, contests: list[AppealShown], asked: Inquiry | None, words: Wording) -> str:
    if any(each.is_open for each in contests):
        return _("이의제기를 받아 다른 담당자가 다시 심사하고 있습니다.")
    if asked is not None:
        return _("소명을 받아 신고인의 의견을 기다리고 있습니다. 그다음 담당자가 결정합니다.")
    return words.stages[status].meaning


def _next_actor(status: S, may: May, contests: list[AppealShown], asked: Inquiry | None) -> str:
    """Who acts next, as a role; empty where nobody has to."""
    if any(each.is_open for each in contests):
        return _("담당자")
    if asked is not None:
        return _("신고인")
    if may.explain and not may.explains_late:
        return _("판매자")
    return _("담당자") if status in OPEN_STATUSES else ""


def _step(status: S) -> int:
    """On the seller's own way: restricted, explanation, examination, decision."""
    if status == S.EXPLANATION_REVIEW:
        return 3
    if status in RESTRICTING_STATUSES:
        return 2
    return 4 if step_of(status) == 4 else 1


def _due(
    allegation: Allegation,
    status: S,
    explanation: Explanation | None,
    contests: list[AppealShown],
    asked: Inquiry | None,
) -> tuple[datetime | None, str]:
    """Until when, and what ends then."""
    for contest in contests:
        if contest.is_open:
            return contest.due_at, _("재심사 기한")
    if status not in OPEN_STATUSES:
        return None, ""
    if asked is not None:
        return asked.due_at, _("신고인의 답변 기한")
    if explanation is not None and explanation.submitted_at is None and explanation.status == E.REQUESTED:
        return explanation.due_at, _("소명 기한")
    work = allegation.work.open().order_by("due_at").first()
    return (work.due_at, _("결정 기한")) if work is not None else (None, "")


def _alleged(allegation: Allegation, known: list[Decision], language: str) -> Alleged:
    words, listing = wording(language), allegation.case.listing
    decision = next((each for each in known if each.kind == DecisionKind.INTERIM_RESTRICTION), None)
    decision = decision or next(iter(known), None)
    ground = words.grounds.get(allegation.ground.code)
    version = listing.current_version
    rights: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    detection = ""
    title = version.title if version is not None else ""
    if decision is not None:
        draft = reasons.draft_of(allegation, policy=decision.policy, language=language, report=decision.report)
        rights, facts, title = tuple(draft.claim.rights), tuple(draft.facts), draft.restricted.title or title
        detection = words.detection(
            found_by_machine=draft.found_by_machine, decided_by_machine=decision.actor_kind != USER
        )
    holder, brand = allegation.rights_holder, allegation.brand
    return Alleged(
        listing_title=title,
        listing_id=listing.external_id,
        listing_url=listing.url,
        marketplace=listing.marketplace.name,
        ground=ground.title if ground is not None else allegation.ground.title,
        ground_meaning=ground.description if ground is not None else allegation.ground.description,
        rights_holder=holder.name if holder is not None else "",
        brand=brand.name if brand is not None else "",
        rights=rights,
        facts=facts,
        detection=detection,
    )


def _explanation(explanation: Explanation | None, language: str) -> ExplanationShown | None:
    if explanation is None or explanation.submitted_at is None:
        return None
    words = wording(language)
    documents = tuple(
        Document(
            name=row.name,
            kind=words.documents[row.kind],
            size=row.file.size,
            added_at=dates.short(row.added_at, language),
            is_late=row.is_late,
        )
        for row in explanation.attachments.select_related("file")
    )
    return ExplanationShown(
        claim=words.claims[explanation.claim],
        text=explanation.text,
        summary=explanation.summary,
        submitted_at=moment(explanation.submitted_at, language),
        is_late=explanation.is_late,
        documents=documents,
    )


def _events(
    allegation: Allegation,
    explanation: Explanation | None,
    known: list[Decision],
    contests: list[AppealShown],
    words: Wording,
) -> tuple[Event, ...]:
    """What happened, the newest last. Nothing of who reported or when: that might tell a buyer."""
    events = [decision_event(each, words) for each in known]
    events += [event for each in known for event in effect_events(each)]
    events += [appeal_event(each) for each in contests]
    return in_order([*events, *_hearing_events(allegation, explanation)])


def _hearing_events(allegation: Allegation, explanation: Explanation | None) -> list[Event]:
    told = _sent(allegation).filter(decision__kind=DecisionKind.INTERIM_RESTRICTION).order_by("sent_at").first()
    events = []
    if told is not None and told.sent_at is not None:
        events.append(Event(told.sent_at, _("담당자"), _("판매자에게 사유를 알리고 소명을 요청했습니다.")))
    if explanation is None:
        return events
    if explanation.extended_at is not None:
        events.append(Event(explanation.extended_at, _("판매자"), _("소명 기한을 연장했습니다.")))
    if explanation.submitted_at is not None:
        late = _("기한이 지나 제출되었습니다.") if explanation.is_late else ""
        events.append(Event(explanation.submitted_at, _("판매자"), _("소명을 제출했습니다."), late))
    times = dict.fromkeys(explanation.attachments.order_by("added_at").values_list("added_at", flat=True))
    added = [at for at in times if at != explanation.submitted_at]
    events += [Event(at, _("판매자"), _("자료를 추가했습니다.")) for at in added]
    asked = explanation.inquiries.order_by("asked_at").first()
    if asked is not None:
        text = _("신고인에게 주장과 요약을 전하고 의견을 물었습니다.")
        events.append(Event(asked.asked_at, _("담당자"), text, _("제출한 자료는 전하지 않습니다.")))
    return events


def _sent(allegation: Allegation) -> QuerySet[Notice]:
    return Notice.objects.filter(allegation=allegation, party=Party.SELLER, status=NoticeStatus.SENT)


def _notices(allegation: Allegation, language: str) -> tuple[NoticeShown, ...]:
    """The notices as they were sent, the newest first."""
    return tuple(
        NoticeShown(
            subject=row.statement.get("subject", ""),
            sent_at=moment(row.sent_at, language),
            language=row.language,
            sections=tuple((heading, tuple(texts)) for heading, texts in row.statement.get("sections", ())),
        )
        for row in _sent(allegation).order_by("-id")
        if row.sent_at is not None
    )
