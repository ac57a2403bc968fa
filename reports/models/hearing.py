"""Hearing both sides: the seller's explanation, and what complainants are asked."""

from django.db import models
from django.db.models import F, Q

from reports.choices import Claim, ExplanationStatus, InquiryKind, InquiryStatus, Stance
from reports.models.case import Allegation
from reports.models.decision import Decision
from reports.models.report import Complainant
from reports.querysets import ExplanationQuerySet, InquiryQuerySet


class Explanation(models.Model):
    """The seller's explanation (소명) against one restriction: asked with it, due from its delivery, given once.

    ``text`` and the documents are for staff. ``claim`` and ``summary`` are what the complainant reads.
    What comes after the deadline is kept and marked late.
    """

    allegation = models.ForeignKey(
        Allegation, on_delete=models.PROTECT, related_name="explanations", verbose_name="주장"
    )
    decision = models.OneToOneField(
        Decision, on_delete=models.PROTECT, related_name="explanation", verbose_name="판매제한 결정"
    )
    status = models.CharField("상태", max_length=10, choices=ExplanationStatus, default=ExplanationStatus.REQUESTED)
    asked_at = models.DateTimeField("요청 시각")
    due_at = models.DateTimeField("기한", null=True, blank=True, help_text="통지가 도달해야 정해집니다.")
    rules_version = models.PositiveIntegerField("규칙 판", null=True, blank=True)
    extended_at = models.DateTimeField("연장 시각", null=True, blank=True)
    extension_reason = models.CharField("연장 사유", max_length=300, blank=True)
    claim = models.CharField("주장 요지", max_length=20, choices=Claim, blank=True)
    text = models.TextField("소명", blank=True)
    summary = models.TextField("신고인에게 보일 요약", blank=True)
    submitted_at = models.DateTimeField("제출 시각", null=True, blank=True)
    is_late = models.BooleanField("기한 뒤 제출", default=False)
    closed_by = models.ForeignKey(
        Decision, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="끝낸 결정"
    )

    objects = ExplanationQuerySet.as_manager()

    class Meta:
        verbose_name = "소명"
        verbose_name_plural = "소명"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True) | ~Q(text=""),
                name="reports_explanation_says_something",
                violation_error_message="소명 내용이 비어 있습니다. 설명을 적어 주세요.",
            ),
            models.CheckConstraint(
                condition=~Q(status="submitted") | Q(submitted_at__isnull=False),
                name="reports_explanation_submitted_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(due_at__isnull=True) | Q(due_at__gt=F("asked_at"), rules_version__isnull=False),
                name="reports_explanation_due_by_a_rule",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], name="reports_explanation_due", condition=Q(status="requested"))]

    def __str__(self) -> str:
        return f"소명 {self.pk}"


class Inquiry(models.Model):
    """What one complainant is asked, and the answer. What comes after the deadline is kept and marked late."""

    allegation = models.ForeignKey(Allegation, on_delete=models.PROTECT, related_name="inquiries", verbose_name="주장")
    complainant = models.ForeignKey(
        Complainant, on_delete=models.PROTECT, related_name="inquiries", verbose_name="신고인"
    )
    kind = models.CharField("종류", max_length=10, choices=InquiryKind)
    explanation = models.ForeignKey(
        Explanation, null=True, blank=True, on_delete=models.PROTECT, related_name="inquiries", verbose_name="소명"
    )
    question = models.TextField("묻는 내용", blank=True)
    status = models.CharField("상태", max_length=10, choices=InquiryStatus, default=InquiryStatus.ASKED)
    asked_at = models.DateTimeField("요청 시각")
    due_at = models.DateTimeField("기한")
    remind_at = models.DateTimeField("다시 알릴 시각")
    reminded_at = models.DateTimeField("다시 알린 시각", null=True, blank=True)
    rules_version = models.PositiveIntegerField("규칙 판")
    stance = models.CharField("입장", max_length=10, choices=Stance, blank=True)
    text = models.TextField("답변", blank=True)
    answered_at = models.DateTimeField("답변 시각", null=True, blank=True)
    is_late = models.BooleanField("기한 뒤 제출", default=False)
    closed_by = models.ForeignKey(
        Decision, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="끝낸 결정"
    )

    objects = InquiryQuerySet.as_manager()

    class Meta:
        verbose_name = "신고인에게 물은 것"
        verbose_name_plural = "신고인에게 물은 것"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["complainant", "explanation"],
                condition=Q(explanation__isnull=False),
                name="reports_inquiry_once_an_explanation",
            ),
            models.UniqueConstraint(
                fields=["complainant", "allegation"],
                condition=Q(kind="more_info", status="asked"),
                name="reports_inquiry_one_open_question",
                violation_error_message="이 신고인에게 보완을 이미 요청했습니다. 답변을 기다려 주세요.",
            ),
            models.CheckConstraint(
                condition=~Q(status="answered") | Q(answered_at__isnull=False),
                name="reports_inquiry_answered_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], name="reports_inquiry_due", condition=Q(status="asked"))]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"
