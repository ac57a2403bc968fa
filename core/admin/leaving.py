"""What leaves the house and what runs in the background: looked at, and started again where it stopped for a person."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core import effects, jobs, outbox
from core.admin_base import (
    EMPTY,
    ReadOnlyAdmin,
    Section,
    actor_of,
    each_by_itself,
    readable,
    row_url,
    subject_link,
    when,
)
from core.admin_base import link as linked
from core.korean import korean_datetime
from core.models import Effect, Heartbeat, Job, OutboxMessage

#: How many of a message's deliveries its page shows, the newest.
_ATTEMPTS_SHOWN = 50


def attempts_section(request: HttpRequest, message: OutboxMessage) -> Section:  # noqa: ARG001 - a section like any other
    """Every delivery that was tried, newest first."""
    rows = [
        (
            f"{row.number:,}",
            korean_datetime(row.started_at),
            row.get_outcome_display(),
            EMPTY if row.status_code is None else str(row.status_code),
            EMPTY if row.duration_ms is None else f"{row.duration_ms:,} ms",
            row.said or EMPTY,
        )
        for row in message.attempt_rows.order_by("-pk")[:_ATTEMPTS_SHOWN]
    ]
    return Section(
        title="보내 본 기록",
        columns=("순서", "시작", "결과", "HTTP 상태", "걸린 시간", "응답"),
        rows=rows,
        empty="아직 보내지 않았거나, 오래되어 지운 기록입니다.",
    )


@admin.register(OutboxMessage)
class OutboxMessageAdmin(ReadOnlyAdmin):
    """Mails, text messages and webhooks. What is parked waits for a person."""

    list_display = (
        "id",
        "message_type",
        "destination",
        "status",
        "attempts",
        "last_error_text",
        when("created_at", "작성"),
    )
    list_filter = ("status", "channel", ("created_at", admin.DateFieldListFilter))
    search_fields = ("=key", "destination__startswith", "message_type__startswith", "=subject_ref")
    search_help_text = "멱등 키, 받는 곳, 종류, 대상 식별자로 찾습니다."
    readonly_fields = (
        "status",
        "message_type",
        "channel",
        "destination",
        "subject",
        "key",
        "attempts",
        "tries",
        "last_error",
        when("created_at", "작성"),
        when("not_before", "이후에 보냄"),
        when("expires_at", "보낼 기한"),
        when("lease_until", "처리 시한"),
        when("delivered_at", "전달"),
        readable("payload", "내용"),
    )
    actions = ("retry",)
    sections = (attempts_section,)

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("core.retry_outboxmessage")

    @admin.action(description="멈춘 발신 다시 보내기", permissions=["retry"])
    def retry(self, request: HttpRequest, queryset: QuerySet[OutboxMessage]) -> None:
        actor = actor_of(request)
        each_by_itself(request, queryset, lambda row: outbox.retry(row, actor=actor), done="다시 보냅니다.")

    @admin.display(description="마지막 오류")
    def last_error_text(self, message: OutboxMessage) -> str:
        return message.last_error[:80]

    @admin.display(description="대상")
    def subject(self, message: OutboxMessage) -> SafeString | str:
        return subject_link(message.subject_type, message.subject_ref) if message.subject_type else EMPTY


@admin.register(Effect)
class EffectAdmin(ReadOnlyAdmin):
    """What was asked of the world outside, and whether it was confirmed."""

    list_display = ("id", "kind", "target", "version", "status", when("asked_at", "요청"), when("confirmed_at", "확인"))
    list_filter = ("status", "kind", ("asked_at", admin.DateFieldListFilter))
    search_fields = ("target__startswith", "=source_ref")
    search_help_text = "대상(listing:마켓:상품 번호), 근거 식별자로 찾습니다."
    list_select_related = ("message",)
    readonly_fields = (
        "status",
        "kind",
        "target",
        "version",
        "carrier",
        "destination",
        "source",
        "outbox_message",
        "sends",
        "superseded",
        "failure",
        when("asked_at", "요청"),
        when("not_before", "이후에 보냄"),
        when("sent_at", "전달"),
        when("confirmed_at", "확인"),
        when("failed_at", "실패"),
        readable("payload", "내용"),
    )
    actions = ("retry",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Effect]:
        return super().get_queryset(request).select_related("message", "superseded_by")

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("core.retry_effect")

    @admin.action(description="멈춘 조치 다시 보내기", permissions=["retry"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Effect]) -> None:
        actor = actor_of(request)
        each_by_itself(request, queryset, lambda row: effects.retry(row, actor=actor), done="다시 보냅니다.")

    @admin.display(description="근거")
    def source(self, effect: Effect) -> SafeString:
        return subject_link(effect.source_type, effect.source_ref)

    @admin.display(description="발신")
    def outbox_message(self, effect: Effect) -> SafeString | str:
        return linked(row_url(effect.message), effect.message) if effect.message else EMPTY

    @admin.display(description="대체한 효과")
    def superseded(self, effect: Effect) -> SafeString | str:
        return linked(row_url(effect.superseded_by), effect.superseded_by) if effect.superseded_by else EMPTY


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """Background work. What was given up has used its attempts and asks for a person."""

    list_display = ("id", "kind", "key", "status", "attempts_text", "last_error_text", when("created_at", "작성"))
    list_filter = ("status", "kind", ("created_at", admin.DateFieldListFilter))
    search_fields = ("key__startswith", "kind__startswith")
    readonly_fields = (
        "status",
        "kind",
        "key",
        "attempts_text",
        "last_error_whole",
        when("created_at", "작성"),
        when("not_before", "이후에 실행"),
        when("nudged_at", "알림"),
        when("lease_until", "처리 시한"),
        when("finished_at", "끝남"),
        readable("payload", "내용"),
        readable("result", "결과"),
    )
    actions = ("retry",)

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("core.retry_job")

    @admin.action(description="멈춘 작업 다시 시작하기", permissions=["retry"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        actor = actor_of(request)
        each_by_itself(request, queryset, lambda row: jobs.retry(row, actor=actor), done="다시 시작합니다.")

    @admin.display(description="시도", ordering="attempts")
    def attempts_text(self, job: Job) -> str:
        return f"{job.attempts}/{job.max_attempts}"

    @admin.display(description="마지막 오류")
    def last_error_text(self, job: Job) -> str:
        return job.last_error.strip().rpartition("\n")[2][:80]

    @admin.display(description="마지막 오류")
    def last_error_whole(self, job: Job) -> SafeString | str:
        return format_html("<pre>{}</pre>", job.last_error) if job.last_error else EMPTY


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnlyAdmin):
    """When each part of the running portal was last seen alive."""

    list_display = ("name", when("at", "마지막으로 본 시각"), "note")
    readonly_fields = ("name", when("at", "마지막으로 본 시각"), "note")
