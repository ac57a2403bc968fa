"""What staff are asked to do next, whose it is, and who let it pass."""

from django.db import models
from django.db.models import Q

from accounts.models import Marketplace, User
from core.models import AppendOnly, Approval
from reports.choices import Channel, Team, WorkKind
from reports.models.appeal import Appeal
from reports.models.batch import Batch
from reports.models.case import Allegation, Case
from reports.models.decision import Decision
from reports.querysets import WorkItemQuerySet


class QueueRoute(models.Model):
    """A row that says whose queue work goes to. The first active one by position that fits decides; what is left empty
    fits everything."""

    position = models.PositiveSmallIntegerField("순서", unique=True)
    name = models.CharField("이름", max_length=100)
    work_kind = models.CharField("할 일", max_length=12, choices=WorkKind, blank=True)
    channel = models.CharField("경로", max_length=14, choices=Channel, blank=True)
    holder_country = models.CharField("권리자 국가", max_length=2, blank=True, help_text="예: KR")
    marketplace = models.ForeignKey(
        Marketplace, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="마켓플레이스"
    )
    team = models.CharField("맡는 팀", max_length=12, choices=Team)
    is_active = models.BooleanField("사용 중", default=True)

    class Meta:
        verbose_name = "대기열 배정"
        verbose_name_plural = "대기열 배정"
        ordering = ("position",)

    def __str__(self) -> str:
        return self.name


class WorkItem(models.Model):
    """One thing that staff are asked to do in a case, or with a batch of many, with its clock. ``done_by`` is the
    decision that answered it.

    ``barred_ref`` is the user who may not do it: whoever made the decision that an appeal contests.
    """

    case = models.ForeignKey(
        Case, null=True, blank=True, on_delete=models.PROTECT, related_name="work", verbose_name="사건"
    )
    kind = models.CharField("할 일", max_length=12, choices=WorkKind)
    allegation = models.ForeignKey(
        Allegation, null=True, blank=True, on_delete=models.PROTECT, related_name="work", verbose_name="주장"
    )
    batch = models.OneToOneField(
        Batch, null=True, blank=True, on_delete=models.PROTECT, related_name="work", verbose_name="일괄 결정"
    )
    appeal = models.ForeignKey(
        Appeal, null=True, blank=True, on_delete=models.PROTECT, related_name="work", verbose_name="이의제기"
    )
    approval = models.ForeignKey(
        Approval, null=True, blank=True, on_delete=models.PROTECT, related_name="work", verbose_name="2인 승인"
    )
    team = models.CharField("맡는 팀", max_length=12, choices=Team)
    severity = models.PositiveSmallIntegerField("무게")
    report_count = models.PositiveIntegerField("독립 신고 수", default=0)
    visitor_count = models.PositiveIntegerField("서로 다른 방문자 수", default=0)
    barred_ref = models.CharField("맡을 수 없는 사람", max_length=64, blank=True)
    opened_at = models.DateTimeField("시작")
    due_at = models.DateTimeField("기한")
    rules_version = models.PositiveIntegerField("규칙 판")
    done_at = models.DateTimeField("끝", null=True, blank=True)
    done_by = models.ForeignKey(
        Decision, null=True, blank=True, on_delete=models.PROTECT, related_name="work_done", verbose_name="끝낸 결정"
    )

    objects = WorkItemQuerySet.as_manager()

    class Meta:
        verbose_name = "할 일"
        verbose_name_plural = "할 일(사건 대기열)"
        ordering = ("due_at", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["allegation", "kind"],
                condition=Q(done_at__isnull=True),
                name="reports_workitem_one_open",
                violation_error_message="이 주장에는 같은 할 일이 이미 있습니다.",
            ),
            models.CheckConstraint(
                condition=Q(done_by__isnull=True) | Q(done_at__isnull=False), name="reports_workitem_done_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(case__isnull=False, allegation__isnull=False, batch__isnull=True)
                | Q(case__isnull=True, allegation__isnull=True, batch__isnull=False),
                name="reports_workitem_of_a_case_or_a_batch",
            ),
        ]
        indexes = [
            models.Index(fields=["team", "due_at"], name="reports_workitem_queue", condition=Q(done_at__isnull=True)),
            models.Index(fields=["case"], name="reports_workitem_open_case", condition=Q(done_at__isnull=True)),
        ]
        permissions = [
            ("work_moderation", "심사팀의 대기열에서 일할 수 있다"),
            ("work_korea", "한국 보호팀의 대기열에서 일할 수 있다"),
            ("work_leads", "심사 책임자의 대기열에서 일할 수 있다"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.case_id or self.batch_id}"


class Skip(AppendOnly):
    """That somebody was given a case and let it pass, and why."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="skips", verbose_name="사건")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="담당자")
    reason = models.CharField("사유", max_length=300, blank=True)
    skipped_at = models.DateTimeField("건너뛴 시각")

    class Meta:
        verbose_name = "건너뜀"
        verbose_name_plural = "건너뜀"
        ordering = ("-id",)
        indexes = [models.Index(fields=["user", "skipped_at"], name="reports_skip_user")]

    def __str__(self) -> str:
        return f"{self.case_id} · {self.user_id}"
