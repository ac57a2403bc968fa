"""Versioned numbers, two-person approvals, and holidays decreed late."""

from django.db import models
from django.db.models import F, Q

from core.choices import ApprovalStatus, HolidayKind
from core.models.base import AppendOnly
from core.rule_querysets import ApprovalQuerySet, RuleSetQuerySet


class RuleSet(AppendOnly):
    """The numbers of one area from one day on. A change is a new version, never an edit.

    The latest start holds and, among equal ones, the highest version: a mistake is put right by a further version
    with the same start.
    """

    area = models.CharField("영역", max_length=40)
    version = models.PositiveIntegerField("판")
    starts_on = models.DateField("시행일")
    values = models.JSONField("값")
    note = models.TextField("사유", blank=True)
    created_at = models.DateTimeField("작성", auto_now_add=True)

    objects = RuleSetQuerySet.as_manager()

    class Meta:
        verbose_name = "규칙"
        verbose_name_plural = "규칙(수치)"
        ordering = ("area", "-version")
        constraints = [
            models.UniqueConstraint(
                fields=["area", "version"],
                name="core_ruleset_one_version",
                violation_error_message="같은 판의 규칙이 이미 있습니다. 다음 판 번호를 사용해 주세요.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area} v{self.version}"


class Approval(models.Model):
    """The one two-person mechanism: what is asked, by whom and why, and who else agreed."""

    action = models.CharField("행위", max_length=80)
    subject_type = models.CharField("대상 종류", max_length=60)
    subject_ref = models.CharField("대상 식별자", max_length=64)
    payload = models.JSONField("내용", default=dict)
    reason = models.TextField("사유")
    requested_by_kind = models.CharField("요청자 종류", max_length=20)
    requested_by_ref = models.CharField("요청자 식별자", max_length=64)
    requested_by_label = models.CharField("요청자", max_length=200)
    requested_at = models.DateTimeField("요청 시각", auto_now_add=True)
    status = models.CharField("상태", max_length=12, choices=ApprovalStatus, default=ApprovalStatus.REQUESTED)
    decided_by_kind = models.CharField("결정자 종류", max_length=20, blank=True)
    decided_by_ref = models.CharField("결정자 식별자", max_length=64, blank=True)
    decided_by_label = models.CharField("결정자", max_length=200, blank=True)
    decided_at = models.DateTimeField("결정 시각", null=True, blank=True)
    decision_reason = models.TextField("결정 사유", blank=True)

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        verbose_name = "2인 승인"
        verbose_name_plural = "2인 승인"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                # Withdrawing one's own request is the one thing that needs no second person.
                condition=Q(status__in=["requested", "withdrawn"])
                | ~Q(decided_by_kind=F("requested_by_kind"), decided_by_ref=F("requested_by_ref")),
                name="core_approval_second_person",
                violation_error_message="요청한 사람은 승인할 수 없습니다. 다른 담당자에게 승인을 요청해 주세요.",
            ),
            models.CheckConstraint(
                condition=Q(status="requested", decided_at__isnull=True)
                | (~Q(status="requested") & Q(decided_at__isnull=False) & ~Q(decided_by_ref="")),
                name="core_approval_decided_by_someone",
                violation_error_message="결정한 사람이나 시각이 없습니다. 둘 다 적어 주세요.",
            ),
            models.UniqueConstraint(
                fields=["action", "subject_type", "subject_ref"],
                condition=Q(status="requested"),
                name="core_approval_one_open",
                violation_error_message="같은 승인 요청이 이미 대기 중입니다. 대기 중인 요청을 먼저 처리해 주세요.",
            ),
        ]
        permissions = [("decide_approval", "다른 사람의 승인 요청을 결정할 수 있다")]

    def __str__(self) -> str:
        return f"{self.action} · {self.subject_type} {self.subject_ref}"


class Holiday(models.Model):
    """A holiday that the package cannot know (decreed late), or one it knows wrongly."""

    date = models.DateField("날짜", unique=True)
    name = models.CharField("이름", max_length=60)
    kind = models.CharField("종류", max_length=12, choices=HolidayKind)
    adds = models.BooleanField("공휴일로 추가", default=True, help_text="끄면 그날을 공휴일에서 뺍니다.")
    gazette_number = models.CharField("관보 번호", max_length=60, blank=True)
    updated_at = models.DateTimeField("수정", auto_now=True)

    class Meta:
        verbose_name = "공휴일 조정"
        verbose_name_plural = "공휴일 조정"
        ordering = ("-date",)

    def __str__(self) -> str:
        return f"{self.date} {self.name}"
