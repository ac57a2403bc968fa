"""The queue: what waits, by kind and team, most urgent first, and the way to the next case.

The filter stands in the address, so that a view can be shared. Each person sees the teams whose work they may do.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib.admin import AdminSite
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from core import rulesets
from core.admin_base import row_url
from core.calendar import add_business_hours, calendar
from core.korean import ClockState, clock_state, deadline_text, remaining_text
from reports.choices import Team, WorkKind
from reports.desk.case_desk import DECIDE, FILE, FRAME, RELEASE, undo_bar
from reports.desk.case_moves import Views, next_case
from reports.desk.case_page import case_url
from reports.desk.staff_views import permitted, person
from reports.models import Case, WorkItem
from reports.querysets import WorkItemQuerySet
from reports.services import queue

WORK: Final = tuple(queue.TEAM_PERMISSIONS.values())
LEADS: Final = queue.TEAM_PERMISSIONS[Team.LEADS]
_PAGE: Final = 50
_WHEN: Final = {"overdue": "기한 지남", "soon": "곧 늦어질 것"}


@dataclass(frozen=True, slots=True)
class Tab:
    """One choice of the filter, with how much waits there."""

    label: str
    count: int
    overdue: int
    url: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the queue."""

    item: WorkItem
    url: str
    name: str
    title: str
    clock: str
    deadline: str
    state: str
    holder: User | None
    is_mine: bool
    is_barred: bool


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the address asks for."""

    kind: str = ""
    team: str = ""
    when: str = ""

    def url(self, **changes: str) -> str:
        """The address with something of it changed."""
        values = {"kind": self.kind, "team": self.team, "when": self.when} | changes
        query = urlencode({name: value for name, value in values.items() if value})
        return f"{reverse('admin:queue')}?{query}" if query else reverse("admin:queue")


def queue_urls(site: AdminSite) -> list[URLPattern]:
    """The addresses of the queue, for the admin site to put before its own."""
    views: Views = (("queue/", page(site), "queue"), ("queue/next/", take_next, "queue_next"))
    return [path(route, site.admin_view(view), name=name) for route, view, name in views]


@permitted(DECIDE)
@require_POST
def take_next(request: HttpRequest) -> HttpResponseBase:
    """POST: hold the most urgent case that nobody holds, and show it."""
    return next_case(person(request), now=timezone.now())


def page(site: AdminSite) -> Callable[..., HttpResponseBase]:
    """``/admin/queue/``: what waits in the teams of this person."""

    @permitted(*WORK)
    @require_GET
    def view(request: HttpRequest) -> HttpResponseBase:
        user, now = person(request), timezone.now()
        soon = _soon(user, now)
        chosen = _chosen(request, is_lead=soon is not None)
        mine = WorkItem.objects.open().of_teams(queue.teams_of(user))
        counts = _counts(mine, now=now, soon=soon)
        shown = _narrowed(mine, chosen, now=now, soon=soon)
        items = shown.select_related(*_OF_LINE).most_urgent_first(at=now)
        paginator = Paginator(items, _PAGE)
        paginator.count = _count(counts, chosen)  # the tabs have counted already
        current = paginator.get_page(request.GET.get("page"))
        context = {
            **site.each_context(request),
            **FRAME,
            "title": "사건 대기열",
            "lines": [_line(item, user, now) for item in current],
            "page": current,
            "pages": paginator.get_elided_page_range(current.number, on_each_side=2, on_ends=1),
            "ellipsis": paginator.ELLIPSIS,
            "chosen": chosen,
            "kinds": _tabs(counts, chosen, WorkKind, "kind"),
            "teams": _tabs(counts, chosen, Team, "team"),
            "whens": _when_tabs(counts, chosen, is_lead=soon is not None),
            "total": sum(row["n"] for row in counts),
            "clear_url": reverse("admin:queue"),
            "may_decide": user.has_perm(DECIDE),
            "may_release": user.has_perm(RELEASE),
            "may_file": user.has_perm(FILE),
            "undo": undo_bar(request, now),
        }
        return TemplateResponse(request, "admin/reports/queue.html", context)

    return view


_OF_LINE: Final = (
    "case__listing__current_version",
    "case__listing__seller",
    "case__leased_by",
    "batch__approval",
    "allegation__brand",
    "allegation__ground",
)


# -- the filter -------------------------------------------------------------------------------------------------------


def _chosen(request: HttpRequest, *, is_lead: bool) -> Chosen:
    """What the address asks for; a word that is none, or none of this person's, asks for nothing."""
    whens = [when for when in _WHEN if is_lead or when != "soon"]
    known = {"kind": WorkKind.values, "team": Team.values, "when": whens}
    asked = {name: request.GET.get(name, "") for name in known}
    return Chosen(**{name: word for name, word in asked.items() if word in known[name]})


def _soon(user: User, now: datetime) -> datetime | None:
    """Until when leads are told of what will be late; nobody else is."""
    if not user.has_perm(LEADS):
        return None
    hours = rulesets.current("reports").number("late_warning_business_hours")
    return add_business_hours(now, hours, calendar())


def _narrowed(mine: WorkItemQuerySet, chosen: Chosen, *, now: datetime, soon: datetime | None) -> WorkItemQuerySet:
    items = mine
    if chosen.kind:
        items = items.filter(kind=chosen.kind)
    if chosen.team:
        items = items.of_teams([Team(chosen.team)])
    if chosen.when == "overdue":
        return items.overdue(at=now)
    return items.due_before(soon or now, at=now) if chosen.when == "soon" else items


def _counts(mine: WorkItemQuerySet, *, now: datetime, soon: datetime | None) -> Sequence[dict[str, Any]]:
    """How much waits of each kind in each team, how much of it is late and how much will be soon: one query."""
    counted = (
        mine.order_by()
        .values("kind", "team")
        .annotate(
            n=Count("pk"),
            overdue=Count("pk", filter=Q(due_at__lte=now)),
            soon=Count("pk", filter=Q(due_at__gt=now, due_at__lte=soon or now)),
        )
    )
    return [dict(row) for row in counted]


def _count(counts: Sequence[dict[str, Any]], chosen: Chosen) -> int:
    column = chosen.when or "n"
    return sum(row[column] for row in counts if chosen.kind in ("", row["kind"]) and chosen.team in ("", row["team"]))


def _tabs(counts: Sequence[dict[str, Any]], chosen: Chosen, words: Any, name: str) -> list[Tab]:
    """All, and each that has something; the other half of the filter stays as it is."""
    other = "team" if name == "kind" else "kind"
    fits = [row for row in counts if getattr(chosen, other) in ("", row[other])]
    tabs = [_tab("모두", fits, chosen, name, "")]
    for word in words:
        rows = [row for row in fits if row[name] == word]
        if rows or getattr(chosen, name) == word:
            tabs.append(_tab(str(word.label), rows, chosen, name, str(word.value)))
    return tabs


def _tab(label: str, rows: Sequence[dict[str, Any]], chosen: Chosen, name: str, value: str) -> Tab:
    column = chosen.when or "n"
    return Tab(
        label=label,
        count=sum(row[column] for row in rows),
        overdue=0 if chosen.when else sum(row["overdue"] for row in rows),
        url=chosen.url(**{name: value}),
        is_chosen=getattr(chosen, name) == value,
    )


def _when_tabs(counts: Sequence[dict[str, Any]], chosen: Chosen, *, is_lead: bool) -> list[Tab]:
    fits = [row for row in counts if chosen.kind in ("", row["kind"]) and chosen.team in ("", row["team"])]
    offered = {"": "전체 기한", **_WHEN}
    return [
        Tab(
            label=label,
            count=sum(row[when or "n"] for row in fits),
            overdue=0,
            url=chosen.url(when=when),
            is_chosen=chosen.when == when,
        )
        for when, label in offered.items()
        if is_lead or when != "soon"
    ]


# -- the rows ---------------------------------------------------------------------------------------------------------


def _line(item: WorkItem, user: User, now: datetime) -> Line:
    case = item.case
    holder = queue.holder_of(case, now=now) if case is not None else None
    return Line(
        item=item,
        url=_url(item),
        name=str(case or item.batch),
        title=_title(case, item),
        clock=_clock(item.due_at, now),
        deadline=deadline_text(item.due_at),
        state=clock_state(item.due_at, now).value,
        holder=holder,
        is_mine=holder == user,
        is_barred=item.barred_ref == str(user.pk),
    )


def _url(item: WorkItem) -> str:
    if item.case is not None:
        return case_url(item.case, allegation=item.allegation_id)
    return row_url(item.batch) if item.batch is not None else ""


def _title(case: Case | None, item: WorkItem) -> str:
    """The listing's title; of a batch how many it is about."""
    if case is None:
        return f"주장 {item.report_count:,}건을 함께 결정"
    version = case.listing.current_version
    return version.title if version is not None else f"상품 {case.listing.external_id}"


def _clock(due_at: datetime, now: datetime) -> str:
    """How long is left, in hours on the last day: a queue is worked within hours."""
    if clock_state(due_at, now) is ClockState.OVER:
        return f"{_length(now - due_at)} 지남"
    left = due_at - now
    return f"{_length(left)} 남음" if left < timedelta(days=1) else remaining_text(due_at, now)


def _length(span: timedelta) -> str:
    hours = int(span.total_seconds() // 3600)
    if hours >= 24:
        return f"{hours // 24}일"
    return f"{hours}시간" if hours else f"{max(int(span.total_seconds() // 60), 1)}분"
