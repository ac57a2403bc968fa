"""Decisions, and how long it took from a report until one was in force."""

from django.db import models
from django.db.models import Q

from core.models import ActedOn, AppendOnly, Effect
from core.numbers import public_number
from reports.choices import AllegationStatus, DecisionKind, FindingKind
from reports.models.case import Allegation
from reports.models.grounds import Policy
from reports.models.report import Report
from reports.querysets import ActionTimeQuerySet, DecisionQuerySet


class Decision(AppendOnly, ActedOn):
    """What was decided on an allegation, by whom and why. Never changed: a correction is a new one that points here.

    ``reasoning`` is what the parties read, ``translations`` the same in another party's language by language code;
    ``private_note`` never leaves the house. ``effects`` names everything that it sets off, ``left_out`` why a penalty
    that was due is not among them. ``came_from`` is the status in which the allegation was found.
    """

    allegation = models.ForeignKey(Allegation, on_delete=models.PROTECT, related_name="decisions", verbose_name="주장")
    report = models.ForeignKey(
        Report, null=True, blank=True, on_delete=models.PROTECT, related_name="decisions", verbose_name="계기가 된 신고"
    )
    kind = models.CharField("결정", max_length=24, choices=DecisionKind)
    finding = models.CharField("판단", max_length=24, choices=FindingKind, blank=True)
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="decisions", verbose_name="정책 조항")
    reasoning = models.TextField("이유")
    translations = models.JSONField("다른 언어로 쓴 이유", default=dict, blank=True)
    private_note = models.TextField("내부 메모", blank=True)
    effects = models.JSONField("효과", default=list, blank=True)
    left_out = models.TextField("빼기로 한 제재와 사유", blank=True)
    came_from = models.CharField("이전 상태", max_length=24, choices=AllegationStatus, blank=True)
    rules_version = models.PositiveIntegerField("규칙 판")
    corrects = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrections", verbose_name="고친 결정"
    )
    appeal = models.ForeignKey(
        "Appeal", null=True, blank=True, on_delete=models.PROTECT, related_name="decisions", verbose_name="이의제기"
    )
    approval_ref = models.CharField("2인 승인", max_length=64, blank=True)
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
            models.UniqueConstraint(
                fields=["corrects"],
                condition=Q(kind="undone"),
                name="reports_decision_undone_once",
                violation_error_message="이미 되돌린 결정입니다.",
            ),
            models.CheckConstraint(
                condition=(Q(kind__in=["upheld", "reinstated", "dismissed"]) & ~Q(finding=""))
                | (~Q(kind__in=["upheld", "reinstated", "dismissed"]) & Q(finding="")),
                name="reports_decision_final_has_finding",
                violation_error_message="최종 결정에는 판단이 필요합니다. 판단을 골라 주세요.",
            ),
            models.CheckConstraint(
                condition=~Q(kind="upheld") | Q(finding__in=["counterfeit_confirmed", "other_infringement"]),
                name="reports_decision_upheld_found_something",
                violation_error_message="판매중지 확정에는 가품 확인이나 그 밖의 침해라는 판단이 필요합니다.",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["reinstated", "dismissed"]) | Q(finding__in=["not_infringing", "inconclusive"]),
                name="reports_decision_cleared_found_nothing",
                violation_error_message="판매 재개와 기각에는 침해 아님이나 판단 불가라는 판단이 필요합니다.",
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


class ActionTime(models.Model):
    """From the first report to the effect: every step of one restriction or restoration, as it happened.

    A copy of times that stand in other rows, kept together because the programme is measured by them.
    """

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="action_time", verbose_name="결정")
    effect = models.ForeignKey(Effect, on_delete=models.PROTECT, related_name="+", verbose_name="조치 효과")
    reported_at = models.DateTimeField("첫 신고")
    decided_at = models.DateTimeField("결정")
    asked_at = models.DateTimeField("요청")
    sent_at = models.DateTimeField("전달", null=True, blank=True)
    confirmed_at = models.DateTimeField("확인", null=True, blank=True)
    failed_at = models.DateTimeField("실패", null=True, blank=True)

    objects = ActionTimeQuerySet.as_manager()

    class Meta:
        verbose_name = "조치 소요 시간"
        verbose_name_plural = "조치 소요 시간"
        ordering = ("-id",)
        indexes = [models.Index(fields=["id"], name="reports_actiontime_open", condition=Q(confirmed_at__isnull=True))]

    def __str__(self) -> str:
        return f"{self.decision_id}"
