"""Appeals, what a winning one repairs, and the record of rights holders."""

from django.db import models
from django.db.models import Q

from brands.models import RightsHolder
from core.models import AppendOnly
from core.numbers import public_number
from listings.models import Listing
from reports.choices import AppealStatus, Party, RecordOutcome
from reports.models.case import Allegation
from reports.models.decision import Decision
from reports.models.report import Complainant
from reports.querysets import AppealQuerySet, ReporterRecordQuerySet


class Appeal(models.Model):
    """One side contests a final decision, once. It never revives the case: its result is a new decision.

    Further complainants join the one that their side has filed.
    """

    contested = models.ForeignKey(
        Decision, on_delete=models.PROTECT, related_name="appeals", verbose_name="다투는 결정"
    )
    party = models.CharField("당사자", max_length=10, choices=Party)
    complainant = models.ForeignKey(
        Complainant, null=True, blank=True, on_delete=models.PROTECT, related_name="appeals", verbose_name="신고인"
    )
    text = models.TextField("이유")
    status = models.CharField("상태", max_length=10, choices=AppealStatus, default=AppealStatus.FILED)
    filed_at = models.DateTimeField("제기 시각")
    due_at = models.DateTimeField("결정 기한")
    rules_version = models.PositiveIntegerField("규칙 판")
    decided_at = models.DateTimeField("결정 시각", null=True, blank=True)

    objects = AppealQuerySet.as_manager()

    class Meta:
        verbose_name = "이의제기"
        verbose_name_plural = "이의제기"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["contested", "party"],
                name="reports_appeal_once_a_side",
                violation_error_message="이 결정에는 이미 이의를 제기했습니다. 결과를 기다려 주세요.",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="reports_appeal_says_why"),
            models.CheckConstraint(
                condition=Q(status="filed", decided_at__isnull=True)
                | (~Q(status="filed") & Q(decided_at__isnull=False)),
                name="reports_appeal_decided_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(party="seller", complainant__isnull=True) | Q(party="reporter", complainant__isnull=False),
                name="reports_appeal_by_one_party",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return public_number("A", self.filed_at, self.pk)


class Repair(AppendOnly):
    """What a wrong removal cost, and what was put right when it was found wrong."""

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="repair", verbose_name="결정")
    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="repairs", verbose_name="상품")
    restricted_at = models.DateTimeField("제한 시각")
    repaired_at = models.DateTimeField("바로잡은 시각")
    days_lost = models.PositiveIntegerField("판매하지 못한 날")
    repaired = models.JSONField("바로잡은 것")

    class Meta:
        verbose_name = "바로잡음"
        verbose_name_plural = "바로잡음"
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.listing_id} · {self.days_lost}일"


class ReporterRecord(AppendOnly):
    """How an allegation of a rights holder ended on its merits. A correction is a further row that points back."""

    rights_holder = models.ForeignKey(
        RightsHolder, on_delete=models.PROTECT, related_name="reporter_records", verbose_name="권리자"
    )
    allegation = models.ForeignKey(
        Allegation, on_delete=models.PROTECT, related_name="reporter_records", verbose_name="주장"
    )
    decision = models.OneToOneField(
        Decision, on_delete=models.PROTECT, related_name="reporter_record", verbose_name="결정"
    )
    outcome = models.CharField("결과", max_length=10, choices=RecordOutcome)
    corrects = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrected_by", verbose_name="고친 기록"
    )
    recorded_at = models.DateTimeField("기록 시각")

    objects = ReporterRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "신고 정확도 기록"
        verbose_name_plural = "신고 정확도 기록"
        ordering = ("-id",)
        indexes = [models.Index(fields=["rights_holder", "recorded_at"], name="reports_record_holder")]

    def __str__(self) -> str:
        return f"{self.rights_holder_id} {self.outcome}"
