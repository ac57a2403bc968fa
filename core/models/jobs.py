"""Work that matters is a row; a task of the queue is only a nudge to it."""

from django.db import models

from core.choices import JobStatus
from core.querysets import JobQuerySet


class Job(models.Model):
    """A piece of background work of at most 60 seconds, with its attempts counted at the start.

    A lost nudge delays it, a doubled one finds nothing to do, and a poisonous one stops at ``max_attempts``.
    ``kind`` names a handler that the settings hand in (``JOB_HANDLERS``).
    """

    kind = models.CharField("종류", max_length=60)
    key = models.CharField("키", max_length=160, unique=True)
    payload = models.JSONField("내용", default=dict)
    status = models.CharField("상태", max_length=10, choices=JobStatus, default=JobStatus.WAITING)
    attempts = models.PositiveIntegerField("시도", default=0)
    max_attempts = models.PositiveIntegerField("시도 한도", default=5)
    not_before = models.DateTimeField("이후에 실행")
    nudged_at = models.DateTimeField("알림", null=True, blank=True)
    lease_until = models.DateTimeField("처리 시한", null=True, blank=True)
    lease_token = models.CharField("처리 표", max_length=32, blank=True)
    last_error = models.TextField("마지막 오류", blank=True)
    result = models.JSONField("결과", null=True, blank=True)
    created_at = models.DateTimeField("작성", auto_now_add=True)
    finished_at = models.DateTimeField("끝남", null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = "작업"
        verbose_name_plural = "작업"
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["status", "not_before", "id"], name="core_job_due"),
        ]
        permissions = [("retry_job", "멈춘 작업을 다시 시작할 수 있다")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Heartbeat(models.Model):
    """When a part of the running portal was last seen alive."""

    name = models.CharField("이름", max_length=40, primary_key=True)
    at = models.DateTimeField("시각")
    note = models.CharField("메모", max_length=200, blank=True)

    class Meta:
        verbose_name = "작동 신호"
        verbose_name_plural = "작동 신호"

    def __str__(self) -> str:
        return self.name
