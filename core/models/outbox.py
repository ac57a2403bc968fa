"""How anything leaves the house, and what was asked of the world outside."""

from django.db import models
from django.db.models import Q

from core.choices import AttemptOutcome, EffectStatus, OutboxStatus
from core.models.base import WrittenOnce
from core.querysets import EffectQuerySet, OutboxQuerySet


class OutboxMessage(models.Model):
    """One mail, text message or webhook, written in the transaction of the change that owes it.

    Delivered at least once, always with the same ``key``, by the courier. ``channel`` names a transport that the
    settings hand in (``OUTBOX_TRANSPORTS``); ``destination`` is opaque here. ``attempts`` counts since the message was
    last put out, ``tries`` through its whole life. What is worth nothing after ``expires_at`` is not sent then.
    """

    channel = models.CharField("경로", max_length=20)
    key = models.CharField("멱등 키", max_length=120, unique=True)
    destination = models.CharField("받는 곳", max_length=254)
    message_type = models.CharField("종류", max_length=80)
    payload = models.JSONField("내용")
    subject_type = models.CharField("대상 종류", max_length=60, blank=True)
    subject_ref = models.CharField("대상 식별자", max_length=64, blank=True)
    status = models.CharField("상태", max_length=12, choices=OutboxStatus, default=OutboxStatus.PENDING)
    attempts = models.PositiveIntegerField("시도", default=0)
    tries = models.PositiveIntegerField("전체 시도", default=0)
    not_before = models.DateTimeField("이후에 보냄")
    expires_at = models.DateTimeField("보낼 기한", null=True, blank=True)
    lease_until = models.DateTimeField("처리 시한", null=True, blank=True)
    lease_token = models.CharField("처리 표", max_length=32, blank=True)
    last_error = models.TextField("마지막 오류", blank=True)
    created_at = models.DateTimeField("작성", auto_now_add=True)
    delivered_at = models.DateTimeField("전달", null=True, blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name = "발신"
        verbose_name_plural = "발신함"
        ordering = ("-id",)
        indexes = [
            # Whole, not partial: SQLite uses a partial one only for values written in the query, never for bound ones.
            models.Index(fields=["status", "not_before", "id"], name="core_outbox_due"),
            models.Index(fields=["subject_type", "subject_ref"], name="core_outbox_subject"),
            models.Index(fields=["status", "id"], name="core_outbox_status"),
            models.Index(fields=["channel", "destination", "id"], name="core_outbox_destination"),
        ]
        permissions = [("retry_outboxmessage", "발신을 다시 보낼 수 있다")]

    def __str__(self) -> str:
        return f"{self.message_type} → {self.destination}"


class OutboxAttempt(WrittenOnce):
    """One delivery that was tried. ``said`` is the beginning of what the receiver answered or what went wrong, without
    addresses, numbers and links: a row tells how a delivery went, never about whom it was.

    A process that was taken for dead and was not leaves two rows of one number: what was thought, and what was.
    """

    message = models.ForeignKey(
        OutboxMessage, on_delete=models.CASCADE, related_name="attempt_rows", verbose_name="발신"
    )
    number = models.PositiveIntegerField("순서")
    started_at = models.DateTimeField("시작")
    duration_ms = models.PositiveIntegerField("걸린 시간(ms)", null=True, blank=True)
    outcome = models.CharField("결과", max_length=10, choices=AttemptOutcome)
    status_code = models.PositiveSmallIntegerField("HTTP 상태", null=True, blank=True)
    said = models.CharField("응답", max_length=300, blank=True)

    class Meta:
        verbose_name = "발신 시도"
        verbose_name_plural = "발신 시도"
        ordering = ("id",)
        indexes = [
            models.Index(fields=["started_at"], name="core_attempt_started"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(number__gte=1),
                name="core_outboxattempt_number_from_one",
                violation_error_message="시도의 순서는 1부터 시작합니다.",
            ),
            models.CheckConstraint(
                condition=Q(outcome=AttemptOutcome.VANISHED) | Q(duration_ms__isnull=False),
                name="core_outboxattempt_ended_after_a_while",
                violation_error_message="끝난 시도에는 걸린 시간이 있습니다.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}번째 {self.get_outcome_display()}"


class Effect(models.Model):
    """Something asked of a target outside the house (a listing on its marketplace), in force only once confirmed.

    Versions rise per target; one is in flight per target, in order; a newer one supersedes an unsent or parked older
    one; receivers ignore lower versions, so that a late restriction cannot undo a restoration.
    """

    carrier = models.CharField("전달자", max_length=40)
    destination = models.CharField("받는 곳", max_length=100)
    target = models.CharField("대상", max_length=254)
    kind = models.CharField("종류", max_length=60)
    version = models.PositiveIntegerField("판")
    payload = models.JSONField("내용")
    source_type = models.CharField("근거 종류", max_length=60)
    source_ref = models.CharField("근거 식별자", max_length=64)
    status = models.CharField("상태", max_length=12, choices=EffectStatus, default=EffectStatus.ASKED)
    not_before = models.DateTimeField("이후에 보냄")
    message = models.ForeignKey(
        OutboxMessage, null=True, blank=True, on_delete=models.PROTECT, related_name="effects", verbose_name="발신"
    )
    sends = models.PositiveIntegerField("전달 횟수", default=0)
    superseded_by = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="supersedes",
        verbose_name="대체한 효과",
        db_index=False,  # nearly always null, which SQLite would take for rare; what it finds lies on one target
    )
    failure = models.TextField("실패 사유", blank=True)
    asked_at = models.DateTimeField("요청", auto_now_add=True)
    sent_at = models.DateTimeField("전달", null=True, blank=True)
    confirmed_at = models.DateTimeField("확인", null=True, blank=True)
    failed_at = models.DateTimeField("실패", null=True, blank=True)

    objects = EffectQuerySet.as_manager()

    class Meta:
        verbose_name = "조치 효과"
        verbose_name_plural = "조치 효과"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["target", "version"],
                name="core_effect_version_rises",
                violation_error_message="같은 판의 조치가 이미 있습니다. 새로 고쳐 다시 시도해 주세요.",
            ),
            models.UniqueConstraint(
                fields=["target"],
                condition=Q(status__in=["queued", "sent"]),
                name="core_effect_one_in_flight",
                violation_error_message="아직 확인되지 않은 조치가 있습니다. 확인된 뒤에 다시 시도해 주세요.",
            ),
            models.CheckConstraint(
                condition=Q(version__gte=1),
                name="core_effect_version_from_one",
                violation_error_message="조치의 판은 1부터 시작합니다. 판 번호를 확인해 주세요.",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "not_before", "id"], name="core_effect_due"),
            models.Index(fields=["source_type", "source_ref"], name="core_effect_source"),
        ]
        permissions = [("retry_effect", "멈춘 조치 효과를 다시 보낼 수 있다")]

    def __str__(self) -> str:
        return f"{self.kind} → {self.target} v{self.version}"
