"""What stands around a case: its seller, the same pictures elsewhere, what was carried out, and the timeline.

Apart from the page itself, which is decided on without waiting for it. Reads only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import CharField, Count, Max, Q, QuerySet
from django.db.models.functions import Cast, Coalesce
from django.http import Http404

from core.admin_base import row_url, subject_url
from core.choices import EffectStatus
from core.models import Effect, JournalEntry
from core.verbs import verb_text
from listings.lookalikes import MOST_COMPARED, Lookalike, nearly_same_pictures, same_pictures
from listings.models import Listing, ListingImage, Match
from reports.choices import EffectKind, NoticeKind, NoticeStatus, Party
from reports.desk.case_rows import load
from reports.models import (
    ActionTime,
    Allegation,
    Appeal,
    Case,
    Decision,
    Explanation,
    Inquiry,
    Notice,
    Report,
)
from reports.services.penalties import CARRIERS, WITHDRAWN

_MOST_CASES: Final = 6
_MOST_LISTINGS: Final = 6
_MOST_NOTICES: Final = 30
_MOST_ENTRIES: Final = 120
#: What each status of an effect means to somebody who waits for it.
_EFFECT_WORDS: Final[Mapping[str, str]] = {
    EffectStatus.ASKED: "요청됨",
    EffectStatus.QUEUED: "보내는 중",
    EffectStatus.SENT: "전달됨 · 확인 대기",
    EffectStatus.CONFIRMED: "시행 중(확인됨)",
    EffectStatus.FAILED: "실패",
    EffectStatus.PARKED: "멈춤",
    EffectStatus.SUPERSEDED: "대체되거나 거두어짐",
}
_WAITS_FOR_CARRIER: Final = "집행 대기"
_TAKEN_BACK: Final = " 거두기"
_BAD: Final = frozenset({EffectStatus.FAILED, EffectStatus.PARKED})


@dataclass(frozen=True, slots=True)
class EffectView:
    """Something that a decision asked for, and how far it has come."""

    label: str
    state: str
    is_in_force: bool
    is_bad: bool
    effect: Effect
    url: str
    took: str


@dataclass(frozen=True, slots=True)
class NoticeView:
    """What parties were told, and whether it has arrived. ``count`` is how many got the same."""

    label: str
    to: str
    state: str
    is_bad: bool
    count: int
    at: datetime
    url: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline, in the shape that the timeline's piece reads."""

    at: datetime
    actor: str
    text: str
    note: str = ""
    is_now: bool = False


def around(case_id: int, *, part: str = "") -> dict[str, Any]:
    """Everything of that in a fixed number of queries, or one ``part``: ``seller`` or ``course``."""
    case = load(case_id)
    if case is None:
        raise Http404
    context: dict[str, Any] = {"case": case, "seller": case.listing.seller}
    if part != "course":
        earlier = _earlier(case)
        context |= {
            "earlier": earlier[:_MOST_CASES],
            "has_more_earlier": len(earlier) > _MOST_CASES,
            "lookalikes": _lookalikes(case),
            "most_compared": MOST_COMPARED,
        }
    if part != "seller":
        context |= {"effects": _effects(case), "notices": _notices(case), "timeline": timeline(case)}
    return context


# -- the seller -------------------------------------------------------------------------------------------------------


def _earlier(case: Case) -> list[Allegation]:
    """What was alleged of the seller before, the newest first, each with how it ended."""
    others = Allegation.objects.filter(case__listing__seller=case.listing.seller_id).exclude(case=case)
    related = ("case__listing__current_version", "brand", "ground")
    return list(others.select_related(*related).order_by("-id")[: _MOST_CASES + 1])


def _lookalikes(case: Case) -> list[Lookalike]:
    """Other listings that show one of its pictures: the same file anywhere; nearly the same at the seller's and in live
    cases, because no index holds the pictures of all listings. One row a listing, the same ones first."""
    same = same_pictures(case.listing, most=_MOST_LISTINGS)
    pictures = ListingImage.objects.current()
    live = pictures.filter(version__listing__in=Case.objects.live().values("listing"))
    near = nearly_same_pictures(
        case.listing,
        (pictures.of_seller(case.listing.seller), live),
        but=[each.listing.pk for each in same],
        most=_MOST_LISTINGS,
    )
    return [*same, *near]


# -- what was carried out ---------------------------------------------------------------------------------------------


def _effects(case: Case) -> list[EffectView]:
    """The newest first; a listing's are in force only once its marketplace has confirmed them."""
    decided = _refs(Decision.objects.filter(allegation__case=case))
    rows = Effect.objects.filter(source_type=Decision._meta.label_lower, source_ref__in=decided)
    times = {row.effect_id: row for row in ActionTime.objects.filter(decision__allegation__case=case)}
    return [_effect(effect, times.get(effect.pk)) for effect in rows.order_by("-id")[:_MOST_NOTICES]]


def _effect(effect: Effect, time: ActionTime | None) -> EffectView:
    has_no_carrier = effect.carrier in CARRIERS.values() and effect.status == EffectStatus.ASKED
    return EffectView(
        label=effect_label(effect.kind),
        state=_WAITS_FOR_CARRIER if has_no_carrier else _EFFECT_WORDS[effect.status],
        is_in_force=effect.status == EffectStatus.CONFIRMED,
        is_bad=effect.status in _BAD,
        effect=effect,
        url=row_url(effect),
        took=_took(time) if time is not None else "",
    )


def effect_label(name: str) -> str:
    """``벌점`` for ``seller.strike``, ``벌점 거두기`` where it is taken back."""
    kind, taken_back, _ = name.partition(WITHDRAWN)
    return EffectKind(kind).label + (_TAKEN_BACK if taken_back else "")


def _took(time: ActionTime) -> str:
    """How long it took from the first report to the newest step of the effect."""
    end, word = (time.confirmed_at, "확인까지") if time.confirmed_at else (time.decided_at, "결정까지")
    minutes = max(int((end - time.reported_at).total_seconds() // 60), 0)
    days, hours, rest = minutes // 1440, minutes % 1440 // 60, minutes % 60
    parts = [f"{days}일"] * bool(days) + [f"{hours}시간"] * bool(hours) + [f"{rest}분"] * (not days)
    return f"첫 신고부터 {word} {' '.join(parts)}"


def _notices(case: Case) -> list[NoticeView]:
    """The newest first; those that many got are one line with their number."""
    groups = (
        Notice.objects.filter(case=case)
        .order_by()
        .values("kind", "party", "status", "decision")
        .annotate(count=Count("pk"), newest=Max("pk"), at=Max(Coalesce("sent_at", "created_at")))
        .order_by("-newest")
    )
    return [
        NoticeView(
            label=NoticeKind(row["kind"]).label,
            to=Party(row["party"]).label,
            state=NoticeStatus(row["status"]).label,
            is_bad=row["status"] == NoticeStatus.UNDELIVERABLE,
            count=row["count"],
            at=row["at"],
            url=subject_url(Notice._meta.label_lower, str(row["newest"])),
        )
        for row in groups[:_MOST_NOTICES]
    ]


# -- the timeline -----------------------------------------------------------------------------------------------------


def timeline(case: Case) -> list[Entry]:
    """Everything that the journal tells of the case and of what hangs on it, the newest last; one query."""
    decisions = Decision.objects.filter(allegation__case=case)
    effects = Effect.objects.filter(source_type=Decision._meta.label_lower, source_ref__in=_refs(decisions))
    about = _named(Listing.objects.filter(pk=case.listing_id)) & Q(at__gte=case.opened_at)
    subjects: Sequence[QuerySet[Any]] = (
        Case.objects.filter(pk=case.pk),
        Allegation.objects.filter(case=case),
        Report.objects.filter(case=case),
        Explanation.objects.filter(allegation__case=case),
        Inquiry.objects.filter(allegation__case=case),
        Appeal.objects.filter(contested__allegation__case=case),
        decisions,
        Notice.objects.filter(case=case),
        effects,
        Match.objects.filter(reports__case=case),
    )
    for rows in subjects:
        about |= _named(rows)
    entries = list(JournalEntry.objects.filter(about).select_related("detail").order_by("-id")[:_MOST_ENTRIES])
    return [
        Entry(
            at=entry.at,
            actor=entry.detail.actor_label or f"{entry.actor_kind} {entry.actor_ref}",
            text=verb_text(entry.verb),
            note=str(entry.detail.body.get("reason", "")) if isinstance(entry.detail.body, dict) else "",
        )
        for entry in reversed(entries)
    ]


def _named(rows: QuerySet[Any]) -> Q:
    """Opaque references to those rows: the ground floor keeps no key upwards."""
    return Q(subject_type=rows.model._meta.label_lower, subject_ref__in=_refs(rows))


def _refs(rows: QuerySet[Any]) -> QuerySet[Any, str]:
    """Their keys as the text that opaque references are."""
    named: QuerySet[Any, str] = rows.order_by().annotate(_ref=Cast("pk", CharField())).values_list("_ref", flat=True)
    return named
