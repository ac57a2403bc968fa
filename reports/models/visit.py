"""What stands behind a click of somebody without an account: news asked for, clicks counted, proofs spent."""

from django.db import models
from django.db.models import Q

from reports.models.report import Report
from reports.querysets import ClickCountQuerySet, NewsRequestQuerySet, SpentProofQuerySet


class NewsRequest(models.Model):
    """That a reporter asked for news by mail and agreed to what that takes; a contact only once the code has come back.

    The newest of a report is the one that its newest code confirms. One that nobody confirmed is deleted after a day.
    """

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="news_requests", verbose_name="신고")
    email = models.EmailField("이메일")
    consent_version = models.CharField("동의문 판", max_length=20)
    asked_at = models.DateTimeField("요청 시각")
    confirmed_at = models.DateTimeField("확인 시각", null=True, blank=True)

    objects = NewsRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "소식 받기"
        verbose_name_plural = "소식 받기"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["report"],
                condition=Q(confirmed_at__isnull=False),
                name="reports_newsrequest_one_contact_a_report",
                violation_error_message="이 신고에는 확인한 연락처가 이미 있습니다.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.report_id}"


class ClickCount(models.Model):
    """How many clicks came under one key (a keyed hash of an address or a visitor) in one minute. Kept for minutes."""

    key = models.CharField("키", max_length=80, primary_key=True)
    minute = models.BigIntegerField("분")
    count = models.PositiveIntegerField("수")

    objects = ClickCountQuerySet.as_manager()

    class Meta:
        verbose_name = "클릭 수"
        verbose_name_plural = "클릭 수"
        indexes = [models.Index(fields=["minute"], name="reports_clickcount_minute")]

    def __str__(self) -> str:
        return f"{self.key} {self.count}"


class SpentProof(models.Model):
    """A proof of work that was used: it opens nothing again. Kept until its challenge has expired anyway."""

    challenge = models.CharField("문제", max_length=128, primary_key=True)
    expires_at = models.DateTimeField("만료", db_index=True)

    objects = SpentProofQuerySet.as_manager()

    class Meta:
        verbose_name = "사용한 작업 증명"
        verbose_name_plural = "사용한 작업 증명"

    def __str__(self) -> str:
        return self.challenge
