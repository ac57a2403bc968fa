"""Everything ends in a case: the one live case of a listing, and what is alleged in it."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from brands.models import Brand, RightsHolder
from core.numbers import public_number
from listings.models import Listing
from reports.choices import AllegationStatus, FindingKind
from reports.models.grounds import Ground
from reports.querysets import AllegationQuerySet, CaseQuerySet


class Case(models.Model):
    """The case of a listing. Live until its last allegation has a final decision; one live case a listing.

    Its status is derived from its allegations; only whether it is live is stored, because a constraint needs it.
    ``leased_by`` works on it until ``leased_until``: nobody else is given it meanwhile.
    """

    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="cases", verbose_name="상품")
    opened_at = models.DateTimeField("열린 시각")
    closed_at = models.DateTimeField("닫힌 시각", null=True, blank=True)
    changed_at = models.DateTimeField("변경 시각", default=timezone.now, db_index=True)
    leased_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="leased_cases", verbose_name="맡은 사람"
    )
    leased_until = models.DateTimeField("맡은 시한", null=True, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = "사건"
        verbose_name_plural = "사건"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["listing"],
                condition=Q(closed_at__isnull=True),
                name="reports_case_one_live_a_listing",
                violation_error_message="이 상품에는 진행 중인 사건이 이미 있습니다.",
            ),
            models.CheckConstraint(
                condition=Q(leased_by__isnull=True, leased_until__isnull=True)
                | Q(leased_by__isnull=False, leased_until__isnull=False),
                name="reports_case_leased_until_a_time",
                violation_error_message="사건을 맡은 사람과 시한은 함께 있어야 합니다.",
            ),
        ]
        permissions = [
            ("decide_case", "사건을 맡아 결정할 수 있다"),
            ("release_case", "다른 담당자가 맡은 사건을 놓아줄 수 있다"),
            ("correct_decision", "나간 결정을 바로잡을 수 있다"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return public_number("C", self.opened_at, self.pk)

    @property
    def is_live(self) -> bool:
        return self.closed_at is None


class Allegation(models.Model):
    """What one rights holder (or nobody) alleges on one ground. It has the status, the finding and the appeal."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="allegations", verbose_name="사건")
    rights_holder = models.ForeignKey(
        RightsHolder, null=True, blank=True, on_delete=models.PROTECT, related_name="allegations", verbose_name="권리자"
    )
    brand = models.ForeignKey(
        Brand, null=True, blank=True, on_delete=models.PROTECT, related_name="allegations", verbose_name="브랜드"
    )
    ground = models.ForeignKey(Ground, on_delete=models.PROTECT, related_name="allegations", verbose_name="사유")
    status = models.CharField("상태", max_length=24, choices=AllegationStatus, default=AllegationStatus.RECEIVED)
    finding = models.CharField("판단", max_length=24, choices=FindingKind, blank=True)
    opened_at = models.DateTimeField("접수 시각")
    status_changed_at = models.DateTimeField("상태 변경 시각")

    objects = AllegationQuerySet.as_manager()

    class Meta:
        verbose_name = "주장"
        verbose_name_plural = "주장"
        ordering = ("id",)
        constraints = [
            # Two constraints, because a null equals no other null.
            models.UniqueConstraint(
                fields=["case", "rights_holder", "ground"],
                condition=Q(rights_holder__isnull=False),
                name="reports_allegation_once_a_holder",
            ),
            models.UniqueConstraint(
                fields=["case", "ground"],
                condition=Q(rights_holder__isnull=True),
                name="reports_allegation_once_without_holder",
            ),
            models.CheckConstraint(
                condition=Q(finding="") | Q(status__in=["upheld", "reinstated", "dismissed", "closed"]),
                name="reports_allegation_finding_is_final",
                violation_error_message="판단은 최종 결정에만 붙을 수 있습니다.",
            ),
        ]
        indexes = [models.Index(fields=["status", "id"], name="reports_allegation_status")]

    def __str__(self) -> str:
        return f"{self.case_id} · {self.ground_id}"
