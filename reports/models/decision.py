"""Decisions, and the notices that they owe."""

from django.db import models
from django.db.models import Q

from core.models import ActedOn, AppendOnly
from core.numbers import public_number
from reports.choices import DecisionKind, NoticeStatus, Party
from reports.models.case import Allegation, Report
from reports.models.grounds import Policy
from reports.querysets import DecisionQuerySet, NoticeQuerySet


class Decision(AppendOnly, ActedOn):
    """What was decided on an allegation, by whom and why. Never changed: a correction is a new one that points here.

    ``reasoning`` is what the parties read; ``private_note`` never leaves the house.
    """

    allegation = models.ForeignKey(Allegation, on_delete=models.PROTECT, related_name="decisions", verbose_name="주장")
    report = models.ForeignKey(
        Report, null=True, blank=True, on_delete=models.PROTECT, related_name="decisions", verbose_name="계기가 된 신고"
    )
    kind = models.CharField("결정", max_length=24, choices=DecisionKind)
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="decisions", verbose_name="정책 조항")
    reasoning = models.TextField("이유")
    private_note = models.TextField("내부 메모", blank=True)
    rules_version = models.PositiveIntegerField("규칙 판")
    corrects = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrected_by", verbose_name="고친 결정"
    )
    decided_at = models.DateTimeField("결정 시각")

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = "결정"
        verbose_name_plural = "결정"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=~Q(reasoning=""),
                name="reports_decision_has_reasoning",
                violation_error_message="결정에는 이유가 필요합니다. 당사자가 읽을 이유를 적어 주세요.",
            ),
            models.CheckConstraint(
                condition=Q(kind="undone", corrects__isnull=False) | ~Q(kind="undone"),
                name="reports_decision_undone_points_back",
            ),
        ]
        permissions = [
            ("review_match", "검사 결과를 검토할 수 있다"),
            ("undo_any_decision", "다른 담당자의 검토 결정을 되돌릴 수 있다"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return public_number("D", self.decided_at, self.pk)


class Notice(models.Model):
    """That a party is owed the news of a decision: once per decision and party. ``statement`` is the statement of
    reasons as the party may read it; the private note is never in it."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="notices", verbose_name="결정")
    party = models.CharField("당사자", max_length=10, choices=Party)
    language = models.CharField("언어", max_length=10)
    statement = models.JSONField("이유서")
    status = models.CharField("상태", max_length=6, choices=NoticeStatus, default=NoticeStatus.OWED)
    created_at = models.DateTimeField("만든 시각", auto_now_add=True)
    sent_at = models.DateTimeField("보낸 시각", null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "통지"
        verbose_name_plural = "통지"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["decision", "party"], name="reports_notice_once_a_party"),
            models.CheckConstraint(
                condition=~Q(status="sent") | Q(sent_at__isnull=False), name="reports_notice_sent_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decision_id} → {self.party}"
