"""What stands under a case on its page: what was alleged, reported, decided, carried out, owed and journalled."""

from typing import Any, Final

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.admin_base import EMPTY, Section, link, row_url
from core.korean import korean_datetime, korean_short
from core.models import Effect
from reports.desk.case_around import effect_label, timeline
from reports.desk.review_page import review_url
from reports.models import Case, Decision, Notice, Report

#: A case with more of one kind is cut short; each row has its own page and list.
_MOST_ROWS: Final = 100


def allegations_of(request: HttpRequest, case: Case) -> Section:  # noqa: ARG001 - the shape of a section's maker
    rows = case.allegations.select_related("rights_holder", "brand", "ground")[:_MOST_ROWS]
    return Section(
        title="주장",
        columns=("권리자", "브랜드", "사유", "상태", "판단", "상태 변경"),
        rows=[
            (
                link(row_url(row), row.rights_holder or "권리자 없음"),
                row.brand or EMPTY,
                row.ground,
                row.get_status_display(),
                row.get_finding_display() or EMPTY,
                korean_datetime(row.status_changed_at),
            )
            for row in rows
        ],
        empty="주장이 없습니다.",
    )


def reports_of(request: HttpRequest, case: Case) -> Section:  # noqa: ARG001 - the shape of a section's maker
    rows = case.reports.select_related("version", "match__brand")[:_MOST_ROWS]
    return Section(
        title="신고",
        columns=("번호", "경로", "상품 내용", "검토 화면", "접수"),
        rows=[
            (
                link(row_url(row), row.number),
                row.get_channel_display(),
                format_html("<bdi>{}</bdi>", row.version or EMPTY),
                review_link(row),
                korean_datetime(row.received_at),
            )
            for row in rows
        ],
        empty="신고가 없습니다.",
    )


def review_link(report: Report) -> SafeString | str:
    if report.match is None:
        return EMPTY
    return link(review_url(report.match.pk), f"{report.match.brand} {report.match.score:.2f}")


def decisions_of(request: HttpRequest, case: Case) -> Section:  # noqa: ARG001 - the shape of a section's maker
    rows = Decision.objects.filter(allegation__case=case).select_related("policy", "allegation__brand", "corrects")
    return Section(
        title="결정",
        columns=("번호", "결정", "브랜드", "정책 조항", "이유", "내부 메모", "결정 시각"),
        rows=[
            (
                link(row_url(row), row.number),
                f"{row.get_kind_display()} ({row.corrects.number})" if row.corrects else row.get_kind_display(),
                row.allegation.brand or EMPTY,
                row.policy,
                row.reasoning,
                row.private_note or EMPTY,
                korean_datetime(row.decided_at),
            )
            for row in rows[:_MOST_ROWS]
        ],
        empty="결정이 없습니다.",
    )


def effects_of(request: HttpRequest, case: Case) -> Section:  # noqa: ARG001 - the shape of a section's maker
    rows = Effect.objects.filter(_named(Decision.objects.filter(allegation__case=case), "source"))[:_MOST_ROWS]
    return Section(
        title="조치 효과",
        columns=("종류", "판", "상태", "요청", "전달", "확인", "실패"),
        rows=[
            (
                link(row_url(row), effect_label(row.kind)),
                row.version,
                row.get_status_display(),
                *(korean_datetime(at) if at else EMPTY for at in (row.asked_at, row.sent_at, row.confirmed_at)),
                f"{korean_datetime(row.failed_at)} {row.failure}" if row.failed_at else EMPTY,
            )
            for row in rows
        ],
        empty="마켓플레이스에 요청한 조치가 없습니다.",
    )


def notices_of(request: HttpRequest, case: Case) -> Section:  # noqa: ARG001 - the shape of a section's maker
    rows = Notice.objects.filter(case=case).select_related("decision")[:_MOST_ROWS]
    return Section(
        title="통지",
        columns=("종류", "받는 사람", "결정", "상태", "만든 시각", "전달 시각"),
        rows=[
            (
                link(row_url(row), row.get_kind_display()),
                row.get_party_display(),
                row.decision or EMPTY,
                row.get_status_display(),
                korean_datetime(row.created_at),
                korean_datetime(row.sent_at) if row.sent_at else EMPTY,
            )
            for row in rows
        ],
        empty="통지가 없습니다.",
    )


def timeline_of(request: HttpRequest, case: Case) -> Section:  # noqa: ARG001 - the shape of a section's maker
    """Everything that the journal tells of the case and of what hangs on it, the newest last."""
    return Section(
        title="경과",
        columns=("시각", "내용", "행위자"),
        rows=[(korean_short(entry.at), entry.text, entry.actor) for entry in timeline(case)],
        empty="기록이 없습니다.",
    )


def _named(rows: QuerySet[Any], prefix: str) -> Q:
    """Opaque references to those rows: the ground floor keeps no key upwards."""
    name = rows.model._meta.label_lower
    return Q(**{f"{prefix}_type": name, f"{prefix}_ref__in": [str(key) for key in rows.values_list("pk", flat=True)]})
