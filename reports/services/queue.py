"""The staff's queue: what is asked next and until when, whose it is, and who holds the case meanwhile.

A case is leased by one compare-and-set, so two people never hold the same one; it comes free by time, by its holder or
by a lead. A lease decides who is given a case next. Whoever opens a case may decide it all the same: that only one
decision is made is held by the decision's own compare-and-set.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from core import rulesets
from core.actors import USER, Actor
from core.errors import Conflict, DomainError
from core.journal import record
from core.models import Approval
from reports.choices import Channel, Team, WorkKind
from reports.models import Allegation, Appeal, Batch, Case, Decision, QueueRoute, Report, Skip, WorkItem
from reports.rules import SEVERITY_BY_CHANNEL, SEVERITY_BY_WORK

#: Cases from the front of the queue that are tried for one lease: others may take them in the same moment.
_TRIED: Final = 40
#: One's own skips are not offered again for so long [ours]: a case that nobody wants comes round to others first.
SKIP_HOURS: Final = 8

#: The permission that each team's queue asks for.
TEAM_PERMISSIONS: Final = {
    Team.MODERATION: "reports.work_moderation",
    Team.KOREA: "reports.work_korea",
    Team.LEADS: "reports.work_leads",
}

#: The rows that the code brings; staff change them afterwards.
FIRST_ROUTES: Final = (
    {"position": 10, "name": "2인 승인은 심사 책임자에게", "work_kind": WorkKind.HELD, "team": Team.LEADS},
    {"position": 20, "name": "한국 브랜드는 한국 보호팀에", "holder_country": "KR", "team": Team.KOREA},
    {"position": 1000, "name": "나머지는 심사팀에", "team": Team.MODERATION},
)


def sync_routes() -> None:
    """Write the first routes where there is none at all; what staff made of them stays."""
    if not QueueRoute.objects.exists():
        QueueRoute.objects.bulk_create([QueueRoute(**route) for route in FIRST_ROUTES], ignore_conflicts=True)


# -- what is asked --------------------------------------------------------------------------------------------------


def ask(
    kind: WorkKind,
    *,
    allegation: Allegation,
    due_at: datetime,
    rules_version: int,
    now: datetime,
    channel: Channel | None = None,
    appeal: Appeal | None = None,
    approval: Approval | None = None,
    barred_ref: str = "",
) -> WorkItem:
    """Ask staff for something in a case. Asked already, it keeps the earlier clock and the greater weight."""
    severity = max(SEVERITY_BY_WORK[kind], SEVERITY_BY_CHANNEL.get(channel, 0) if channel else 0)
    known = WorkItem.objects.open().filter(allegation=allegation, kind=kind)
    found = known.first()
    if found is None:
        holder = allegation.rights_holder
        draft = WorkItem(
            case_id=allegation.case_id,
            kind=kind,
            allegation=allegation,
            appeal=appeal,
            approval=approval,
            team=_team(
                kind,
                channel=channel,
                country=holder.country if holder is not None else "",
                marketplace_id=allegation.case.listing.marketplace_id,
            ),
            severity=severity,
            **_counts(allegation),
            barred_ref=barred_ref,
            opened_at=now,
            due_at=due_at,
            rules_version=rules_version,
        )
        try:
            with transaction.atomic():
                draft.save(force_insert=True)
            return draft
        except IntegrityError:
            found = known.get()
    if found.severity < severity or found.due_at > due_at:
        known.filter(pk=found.pk).update(severity=max(severity, found.severity), due_at=min(due_at, found.due_at))
    return found


def ask_for_batch(
    batch: Batch, *, due_at: datetime, rules_version: int, barred_ref: str, row_count: int, now: datetime
) -> WorkItem:
    """Ask for the second person whom a batch waits for: one thing to do, however many it is about."""
    return WorkItem.objects.create(
        batch=batch,
        kind=WorkKind.HELD,
        approval=batch.approval,
        team=_team(WorkKind.HELD, channel=None, country="", marketplace_id=None),
        severity=SEVERITY_BY_WORK[WorkKind.HELD],
        report_count=row_count,
        barred_ref=barred_ref,
        opened_at=now,
        due_at=due_at,
        rules_version=rules_version,
    )


def finish_batch(batch: Batch, *, now: datetime) -> None:
    """A second person has looked, or need not any more."""
    WorkItem.objects.open().filter(batch=batch).update(done_at=now)


def finish(
    allegation: Allegation,
    *,
    now: datetime,
    decision: Decision | None = None,
    kinds: Collection[WorkKind] | None = None,
) -> None:
    """What was asked about the allegation is done, by that decision or because it fell away."""
    items = WorkItem.objects.open().filter(allegation=allegation)
    if kinds is not None:
        items = items.filter(kind__in=kinds)
    items.update(done_at=now, done_by=decision)


def take_back(decision: Decision) -> None:
    """The decision was undone: what it had answered is asked again."""
    for item in WorkItem.objects.done_by_decision(decision):
        again = WorkItem.objects.open().filter(allegation=item.allegation_id, kind=item.kind)
        if not again.exists():
            WorkItem.objects.filter(pk=item.pk).update(done_at=None, done_by=None)


def recount() -> int:
    """A chore: bring the numbers of reports and of visitors that each open item shows up to date. Counted apart from
    the reports, so that a flood of them has no hot row. What was taken back counts no more."""
    standing = Report.objects.standing().filter(allegation=OuterRef("allegation")).order_by().values("allegation")
    reports = Subquery(standing.annotate(n=Count("pk")).values("n"))
    visitors = Subquery(standing.exclude(visitor="").annotate(n=Count("visitor", distinct=True)).values("n"))
    # A batch counts its rows, not reports.
    alleging = WorkItem.objects.open().filter(allegation__isnull=False)
    counted = alleging.annotate(reports=Coalesce(reports, 0), visitors=Coalesce(visitors, 0))
    stale = counted.exclude(report_count=F("reports"), visitor_count=F("visitors"))
    return sum(
        WorkItem.objects.filter(pk=pk).update(report_count=reports_now, visitor_count=visitors_now)
        for pk, reports_now, visitors_now in stale.values_list("pk", "reports", "visitors")
    )


def _counts(allegation: Allegation) -> dict[str, int]:
    standing = Report.objects.standing().filter(allegation=allegation)
    visitors = standing.exclude(visitor="").aggregate(n=Count("visitor", distinct=True))["n"]
    return {"report_count": standing.count(), "visitor_count": visitors}


def _team(kind: WorkKind, *, channel: Channel | None, country: str, marketplace_id: int | None) -> Team:
    """The first active route that fits; leads where none does, so that nothing lies in nobody's queue."""
    for route in QueueRoute.objects.filter(is_active=True).order_by("position"):
        fits = (
            route.work_kind in ("", kind)
            and route.channel in ("", channel or "")
            and route.holder_country in ("", country)
            and route.marketplace_id in (None, marketplace_id)
        )
        if fits:
            return Team(route.team)
    return Team.LEADS


# -- who holds a case -------------------------------------------------------------------------------------------------


def teams_of(user: User) -> list[Team]:
    """The queues that this person may work in."""
    return [team for team, permission in TEAM_PERMISSIONS.items() if user.has_perm(permission)]


def lease_next(user: User, *, now: datetime) -> Case | None:
    """The most urgent case that nobody holds, now held by this person; ``None`` where nothing waits.

    Whatever this person held before comes free.
    """
    queue = (
        WorkItem.objects.open()
        .of_cases()
        .of_teams(teams_of(user))
        .allowed_for(user)
        .free_for(user, at=now)
        .exclude(case__in=_skipped_lately(user, now))
        .most_urgent_first(at=now)
    )
    for case_id in dict.fromkeys(queue.values_list("case_id", flat=True)[:_TRIED]):
        case = lease(Case(pk=case_id), user, now=now)
        if case is not None:
            release_others(user, keep=case, now=now)
            return case
    return None


def lease(case: Case, user: User, *, now: datetime) -> Case | None:
    """Hold the case, or hold it on: ``None`` where somebody else does. One compare-and-set decides."""
    until = now + timedelta(minutes=rulesets.current("reports").number("lease_minutes"))
    with transaction.atomic():
        before = Case.objects.filter(pk=case.pk).values_list("leased_by_id", "leased_until").first()
        if before is None:
            return None
        held_by, held_until = before
        seen = Case.objects.free_for(user, at=now).filter(pk=case.pk, leased_by=held_by, leased_until=held_until)
        if not seen.update(leased_by=user, leased_until=until):
            return None
        if held_by != user.pk or held_until is None or held_until <= now:
            actor = _actor(user)
            record("reports.case.claimed", actor=actor, subject=case, details={"until": until}, at=now)
    return Case.objects.get(pk=case.pk)


def renew(case: Case, user: User, *, now: datetime) -> bool:
    """Hold on to a case that this person holds: what an open page asks for. Says whether they still do."""
    until = now + timedelta(minutes=rulesets.current("reports").number("lease_minutes"))
    return Case.objects.held_by(user, at=now).filter(pk=case.pk).update(leased_until=until) == 1


def release(case: Case, user: User, *, now: datetime) -> bool:
    """Let go of a case that this person holds. Says whether they did."""
    with transaction.atomic():
        mine = Case.objects.held_by(user, at=now).filter(pk=case.pk)
        released = mine.update(leased_by=None, leased_until=None) == 1
        if released:
            record("reports.case.released", actor=_actor(user), subject=case, at=now)
    return released


def release_others(user: User, *, keep: Case, now: datetime) -> None:
    """One person holds one case."""
    for case in Case.objects.held_by(user, at=now).exclude(pk=keep.pk):
        release(case, user, now=now)


def force_release(case: Case, *, actor: Actor, now: datetime) -> None:
    """A lead frees a case that somebody else holds. Raises ``Conflict`` where nobody holds it."""
    with transaction.atomic():
        held = Case.objects.filter(pk=case.pk, leased_until__gt=now).select_related("leased_by").first()
        if held is None:
            raise Conflict("놓아주지 못했습니다.", "지금 아무도 맡고 있지 않은 사건입니다.", "바로 맡으실 수 있습니다.")
        Case.objects.filter(pk=case.pk, leased_by=held.leased_by).update(leased_by=None, leased_until=None)
        details = {"held_by": str(held.leased_by_id)}
        record("reports.case.released", actor=actor, subject=case, details=details, at=now)


def skip(case: Case, user: User, *, reason: str, now: datetime) -> Skip:
    """Let a case pass, with a reason. Logged; others see it before this person does again."""
    if not reason.strip():
        raise DomainError("건너뛰지 않았습니다.", "사유가 비어 있습니다.", "왜 건너뛰는지 짧게 적어 주세요.")
    with transaction.atomic():
        row = Skip.objects.create(case=case, user=user, reason=reason[:300], skipped_at=now)
        release(case, user, now=now)
        record("reports.case.skipped", actor=_actor(user), subject=case, details={"reason": reason[:300]}, at=now)
    return row


def holder_of(case: Case, *, now: datetime) -> User | None:
    """Who holds the case at that moment."""
    return case.leased_by if case.leased_until is not None and case.leased_until > now else None


def _skipped_lately(user: User, now: datetime) -> Collection[int]:
    since = now - timedelta(hours=SKIP_HOURS)
    return list(Skip.objects.filter(user=user, skipped_at__gte=since).values_list("case_id", flat=True))


def _actor(user: User) -> Actor:
    return Actor(kind=USER, ref=str(user.pk), label=str(user))
