"""The first page of the staff's admin: what should I do now, before how are we doing.

Each person sees the work that is theirs to do, by permission. What waits for nobody is said too, so that an empty page
is known to be an empty desk and not a broken one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser, PermissionsMixin
from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils import timezone

from accounts import endpoints
from accounts.models import User as Staff
from accounts.models import WebhookEndpoint
from core.actors import USER
from core.admin_base import list_url
from core.choices import ApprovalStatus, EffectStatus, JobStatus, OutboxStatus
from core.heartbeats import CLUSTER, COURIER
from core.korean import korean_short
from core.models import Approval, Effect, Heartbeat, Job, JournalPending, OutboxMessage
from listings.models import Match, ScreeningRun
from reports.choices import NoticeStatus
from reports.models import Case, Notice, WorkItem
from reports.services import queue
from sellers.choices import AuthorisationStatus
from sellers.models import Authorisation

#: How far back "how are we doing" looks.
DAYS: Final = 7


@dataclass(frozen=True, slots=True)
class Work:
    """One kind of work: how much of it waits, since when, and where to begin. ``empty`` is what no work reads like."""

    title: str
    count: int
    unit: str
    url: str
    action: str
    empty: str
    note: str = ""
    is_trouble: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of how we are doing. ``is_bad`` marks it, in words too."""

    label: str
    value: str
    is_bad: bool = False


User = AbstractBaseUser | AnonymousUser


def first_page(user: User) -> dict[str, Any]:
    """What the page shows to this person."""
    assert isinstance(user, PermissionsMixin | AnonymousUser)
    now = timezone.now()
    works = [make(user) for permission, make in _WORKS if user.has_perm(permission)]
    return {
        "works": works,
        "has_work": any(work.count for work in works),
        "figures": [figure for permission, make in _FIGURES if user.has_perm(permission) for figure in make(now)],
        "figure_days": DAYS,
    }


# -- what should I do now -------------------------------------------------------------------------------------------


def _matches(user: User) -> Work:  # noqa: ARG001 - all kinds of work are asked alike
    waiting = Match.objects.awaiting_review()
    count = waiting.count()
    oldest: datetime | None = waiting.aggregate(at=Min("created_at"))["at"] if count else None
    return Work(
        title="일치 검토",
        count=count,
        unit="건이 기다립니다",
        url=reverse("admin:review_next"),
        action="검토 시작하기",
        note=f"가장 오래된 것은 {korean_short(oldest)}에 찾았습니다." if oldest else "",
        empty="검토를 기다리는 일치가 없습니다. 새 상품이 검사되면 여기에 나타납니다.",
    )


def _cases_to_work(user: User) -> Work:
    """What waits in the queues of this person's teams, and how much of it is late."""
    assert isinstance(user, Staff)
    now = timezone.now()
    mine = WorkItem.objects.open().of_teams(queue.teams_of(user)).allowed_for(user)
    counted = mine.aggregate(count=Count("pk"), late=Count("pk", filter=Q(due_at__lte=now)))
    late = counted["late"]
    return Work(
        title="사건 대기열",
        count=counted["count"],
        unit="건이 기다립니다",
        url=reverse("admin:queue"),
        action="대기열 열기",
        note=f"그 가운데 {late:,}건은 기한이 지났습니다." if late else "기한이 지난 것은 없습니다.",
        empty="맡으신 팀에서 기다리는 사건이 없습니다. 새 신고나 소명이 들어오면 여기에 나타납니다.",
        is_trouble=bool(late),
    )


def _unreachable(user: User) -> Work:  # noqa: ARG001
    return Work(
        title="닿지 않은 통지",
        count=Notice.objects.undeliverable().filter(case__closed_at__isnull=True).count(),
        unit="건이 당사자에게 전달되지 않았습니다",
        url=list_url(Notice, status__exact=NoticeStatus.UNDELIVERABLE),
        action="통지 보기",
        empty="진행 중인 사건의 통지가 모두 전달되고 있습니다.",
        is_trouble=True,
    )


def _approvals(user: User) -> Work:
    waiting = Approval.objects.waiting().exclude(requested_by_kind=USER, requested_by_ref=str(user.pk))
    return Work(
        title="2인 승인",
        count=waiting.count(),
        unit="건이 결정을 기다립니다",
        url=list_url(Approval, status__exact=ApprovalStatus.REQUESTED),
        action="요청 보기",
        empty="결정을 기다리는 승인 요청이 없습니다. 자기 요청은 세지 않습니다.",
    )


def _effects(user: User) -> Work:  # noqa: ARG001 - the signature is the caller's
    return Work(
        title="멈추거나 실패한 조치",
        count=Effect.objects.stuck().count(),
        unit="건이 마켓플레이스에 반영되지 않았습니다",
        url=list_url(Effect, status__in=f"{EffectStatus.PARKED},{EffectStatus.FAILED}"),
        action="조치 보기",
        empty="모든 조치가 마켓플레이스에 전달되고 있습니다.",
        is_trouble=True,
    )


def _messages(user: User) -> Work:  # noqa: ARG001 - the signature is the caller's
    return Work(
        title="멈춘 발신",
        count=OutboxMessage.objects.parked().count(),
        unit="건을 여러 번 보내지 못했습니다",
        url=list_url(OutboxMessage, status__exact=OutboxStatus.PARKED),
        action="발신 보기",
        empty="보내지 못한 메일이나 웹훅이 없습니다.",
        is_trouble=True,
    )


def _endpoints(user: User) -> Work:  # noqa: ARG001 - the signature is the caller's
    return Work(
        title="받지 않는 웹훅 주소",
        count=endpoints.in_trouble(now=timezone.now()).count(),
        unit="곳이 오래 받지 않거나 없어졌다고 답했습니다",
        url=list_url(WebhookEndpoint, trouble="yes"),
        action="주소 보기",
        note="마켓플레이스에 연락해 주소를 확인해 주세요.",
        empty="모든 웹훅 주소가 받고 있습니다.",
        is_trouble=True,
    )


def _jobs(user: User) -> Work:  # noqa: ARG001 - the signature is the caller's
    return Work(
        title="포기한 작업",
        count=Job.objects.given_up().count(),
        unit="건이 시도를 다 썼습니다",
        url=list_url(Job, status__exact=JobStatus.GIVEN_UP),
        action="작업 보기",
        empty="포기한 작업이 없습니다.",
        is_trouble=True,
    )


def _authorisations(user: User) -> Work:  # noqa: ARG001 - the signature is the caller's
    return Work(
        title="판매자를 기다리는 판매 권한",
        count=Authorisation.objects.awaiting_seller().count(),
        unit="건은 판매자가 나타나면 저절로 확인됩니다",
        url=list_url(Authorisation, status__exact=AuthorisationStatus.AWAITING_SELLER),
        action="권한 보기",
        empty="브랜드가 알린 판매자를 모두 알고 있습니다.",
    )


_WORKS: Final[Sequence[tuple[str, Callable[[User], Work]]]] = (
    ("reports.decide_case", _cases_to_work),
    ("reports.review_match", _matches),
    ("reports.work_leads", _unreachable),
    ("core.decide_approval", _approvals),
    ("core.view_effect", _effects),
    ("core.view_outboxmessage", _messages),
    ("accounts.view_webhookendpoint", _endpoints),
    ("core.view_job", _jobs),
    ("sellers.view_authorisation", _authorisations),
)

# -- how are we doing -----------------------------------------------------------------------------------------------


def _screening(now: datetime) -> list[Figure]:
    since = now - timedelta(days=DAYS)
    decided = Match.objects.filter(reviewed_at__gte=since)
    return [
        Figure("검사한 상품 내용", f"{ScreeningRun.objects.filter(created_at__gte=since).count():,}"),
        Figure("확인한 일치", f"{decided.confirmed().count():,}"),
        Figure("문제없음 처리", f"{decided.rejected().count():,}"),
    ]


def _cases(now: datetime) -> list[Figure]:  # noqa: ARG001 - all figures are asked alike
    return [Figure("진행 중인 사건", f"{Case.objects.live().count():,}")]


def _effects_confirmed(now: datetime) -> list[Figure]:
    since = now - timedelta(days=DAYS)
    return [Figure("마켓플레이스가 확인한 조치", f"{Effect.objects.filter(confirmed_at__gte=since).count():,}")]


def _machinery(now: datetime) -> list[Figure]:
    seen = dict(Heartbeat.objects.values_list("name", "at"))
    return [_pulse(label, seen.get(name), now) for name, label in ((COURIER, "전달기"), (CLUSTER, "작업 대기열"))]


def _pulse(label: str, at: datetime | None, now: datetime) -> Figure:
    if at is None:
        return Figure(label, "본 적 없음", is_bad=True)
    # The silence that the supervisor and /readyz take for standing still.
    is_quiet = now - at > timedelta(seconds=settings.SERVE_HUNG_SECONDS)
    return Figure(label, f"멈춤({korean_short(at)}부터)" if is_quiet else "정상", is_bad=is_quiet)


def _journal(now: datetime) -> list[Figure]:  # noqa: ARG001 - the signature is the caller's
    return [Figure("봉인을 기다리는 기록", f"{JournalPending.objects.count():,}")]


_FIGURES: Final[Sequence[tuple[str, Callable[[datetime], list[Figure]]]]] = (
    ("listings.view_match", _screening),
    ("reports.view_case", _cases),
    ("core.view_effect", _effects_confirmed),
    ("core.view_heartbeat", _machinery),
    ("core.view_journalentry", _journal),
)
