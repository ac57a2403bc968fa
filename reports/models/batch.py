"""One decision over many allegations that waits for a second person, and what became of each of them."""

from django.db import models
from django.db.models import Q

from core.models import Approval
from core.numbers import public_number
from reports.choices import BatchOutcome
from reports.models.case import Allegation
from reports.models.decision import Decision
from reports.querysets import BatchQuerySet, BatchRowQuerySet


class Batch(models.Model):
    """What one person asked for and another agrees to with one press. The ruling stands in the request.

    ``approval`` is null only while the request is being written, which names this row.
    """

    approval = models.OneToOneField(
        Approval, null=True, on_delete=models.PROTECT, related_name="batch", verbose_name="2인 승인"
    )
    asked_at = models.DateTimeField("요청 시각")

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = "일괄 결정"
        verbose_name_plural = "일괄 결정"
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return public_number("B", self.asked_at, self.pk)


class BatchRow(models.Model):
    """One allegation of a batch: the status in which it was seen, and what became of it.

    An allegation waits in one batch at a time. ``text`` says why nothing was decided.
    """

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="rows", verbose_name="일괄 결정")
    allegation = models.ForeignKey(Allegation, on_delete=models.PROTECT, related_name="batch_rows", verbose_name="주장")
    seen = models.CharField("본 상태", max_length=24)
    outcome = models.CharField("결과", max_length=8, choices=BatchOutcome, default=BatchOutcome.WAITING)
    decision = models.OneToOneField(
        Decision, null=True, on_delete=models.PROTECT, related_name="batch_row", verbose_name="결정"
    )
    text = models.TextField("까닭", blank=True)
    done_at = models.DateTimeField("끝", null=True)

    objects = BatchRowQuerySet.as_manager()

    class Meta:
        verbose_name = "일괄 결정의 주장"
        verbose_name_plural = "일괄 결정의 주장"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["batch", "allegation"], name="reports_batchrow_once"),
            models.UniqueConstraint(
                fields=["allegation"],
                condition=Q(outcome="waiting"),
                name="reports_batchrow_waits_once",
                violation_error_message="이 주장은 이미 다른 일괄 결정에서 기다립니다.",
            ),
            models.CheckConstraint(
                condition=Q(outcome="decided", decision__isnull=False)
                | (~Q(outcome="decided") & Q(decision__isnull=True)),
                name="reports_batchrow_decided_by_one",
            ),
            models.CheckConstraint(
                condition=Q(outcome="waiting", done_at__isnull=True)
                | (~Q(outcome="waiting") & Q(done_at__isnull=False)),
                name="reports_batchrow_done_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} · {self.allegation_id}"
