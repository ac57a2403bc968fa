"""What both parties may see of an allegation alike: decisions once they have left the house, and where it stands."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.actors import USER
from reports.choices import AllegationStatus as S
from reports.choices import AppealStatus, DecisionKind, EffectKind, Party
from reports.models import Allegation, Appeal, Decision
from reports.services import decisions, reasons
from reports.wording import LANGUAGES, Wording, moment, wording

#: Where an allegation stands on the way that both sides read, from 1.
_STEP: Final = {
    S.RECEIVED: 1,
    S.UNDER_REVIEW: 2,
    S.MORE_INFO_REQUESTED: 2,
    S.RESTRICTED: 3,
    S.EXPLANATION_REQUESTED: 3,
    S.EXPLANATION_REVIEW: 3,
}
LAST_STEP: Final = 4
_APPEAL_WORDS: Final = {
    AppealStatus.FILED: gettext_noop("재심사 중"),
    AppealStatus.GRANTED: gettext_noop("받아들임"),
    AppealStatus.REJECTED: gettext_noop("받아들이지 않음"),
}


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a timeline: when, who as a role, what."""

    at: datetime
    actor: str
    text: str
    note: str = ""
    is_now: bool = False


@dataclass(frozen=True, slots=True)
class DecisionShown:
    """A decision as a party reads it."""

    number: str
    title: str
    decided_at: str
    finding: str
    reasoning: str
    reasoning_language: str
    clause: str
    effects: tuple[str, ...]
    corrects: str
    is_final: bool
    days_lost: int | None
    repaired: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AppealShown:
    """An appeal, of this party or the other one; what it says is for staff alone."""

    number: str
    is_mine: bool
    by: str
    status: str
    is_open: bool
    filed_at: datetime
    due_at: datetime


def left_the_house(allegation: Allegation, *, now: datetime) -> list[Decision]:
    """Decisions that parties may know of, the oldest first: past the seconds in which they could be undone."""
    rows = allegation.decisions.exclude(kind=DecisionKind.UNDONE).select_related(
        "policy", "corrects", "appeal", "repair"
    )
    undone = set(Decision.objects.undone().filter(allegation=allegation).values_list("pk", flat=True))
    known = [row for row in rows.order_by("id") if row.pk not in undone]
    return [row for row in known if now >= decisions.undo_deadline(row)]


def status_shown(allegation: Allegation, *, now: datetime) -> S:
    """Where it stands for a party: a decision that could still be undone has not happened yet."""
    newest = allegation.decisions.order_by("-id").first()
    if newest is None or newest.kind == DecisionKind.UNDONE or now >= decisions.undo_deadline(newest):
        return S(allegation.status)
    return S(newest.came_from or allegation.status)


def step_of(status: S) -> int:
    return _STEP.get(status, LAST_STEP)


def decision_shown(
    decision: Decision, language: str, *, effects: Collection[str], shows_repair: bool = False
) -> DecisionShown:
    """The decision in words; ``effects`` are those that this party may know of. What was repaired, and how long the
    listing was off sale, is the seller's own affair."""
    words = wording(language)
    repair = getattr(decision, "repair", None) if shows_repair else None
    policy = words.policies.get(decision.policy.code)
    return DecisionShown(
        number=decision.number,
        title=words.kinds[decision.kind],
        decided_at=moment(decision.decided_at, language),
        finding=words.findings.get(decision.finding, ""),
        reasoning=reasons.reasoning_in(decision, language),
        reasoning_language=language if decision.translations.get(language) else LANGUAGES[0],
        clause=policy.title if policy is not None else decision.policy.title,
        effects=tuple(words.effects[kind] for kind in EffectKind if kind in effects),
        corrects=decision.corrects.number if decision.corrects is not None else "",
        is_final=bool(decision.finding),
        days_lost=repair.days_lost if repair is not None else None,
        repaired=tuple(words.repairs[kind] for kind in repair.repaired if kind in words.repairs) if repair else (),
    )


def decision_event(decision: Decision, words: Wording) -> Event:
    """Who decided is said as a role: a member of staff, or nobody."""
    actor = _("담당자") if decision.actor_kind == USER else _("자동 처리")
    text = words.kinds[decision.kind]
    if decision.appeal_id is not None and decision.corrects_id is None:
        text = _("이의를 재심사하여 앞선 결정을 유지했습니다.")
    return Event(decision.decided_at, actor, text, words.findings.get(decision.finding, ""))


def appeals_shown(allegation: Allegation, *, party: str, now: datetime) -> list[AppealShown]:
    rows = Appeal.objects.filter(contested__allegation=allegation).order_by("id")
    return [_appeal(row, party, now) for row in rows]


def _appeal(row: Appeal, party: str, now: datetime) -> AppealShown:
    decided = [each for each in row.decisions.all() if each.kind != DecisionKind.UNDONE]
    is_open = row.decided_at is None or any(now < decisions.undo_deadline(each) for each in decided)
    status = _APPEAL_WORDS[AppealStatus.FILED if is_open else AppealStatus(row.status)]
    return AppealShown(
        number=row.number,
        is_mine=row.party == party,
        by=_("판매자") if row.party == Party.SELLER else _("신고인"),
        status=_(status),
        is_open=is_open,
        filed_at=row.filed_at,
        due_at=row.due_at,
    )


def appeal_event(appeal: AppealShown) -> Event:
    return Event(appeal.filed_at, appeal.by, _("이의를 제기했습니다."), appeal.number)


def effect_events(decision: Decision) -> list[Event]:
    """That the marketplace has confirmed it, where it has."""
    confirmed = getattr(getattr(decision, "action_time", None), "confirmed_at", None)
    return [Event(confirmed, _("마켓플레이스"), _("결정을 적용했다고 확인했습니다."))] if confirmed else []


def in_order(events: Iterable[Event]) -> tuple[Event, ...]:
    """Oldest first; the last one is where it stands."""
    rows = sorted(events, key=lambda event: event.at)
    return tuple(replace(event, is_now=event is rows[-1]) for event in rows)
