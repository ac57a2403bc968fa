"""What parties are told."""

from django.db import models
from django.db.models import Q

from accounts.models import RelayedNotice
from core.models import OutboxMessage
from reports.choices import NoticeKind, NoticeStatus, Party
from reports.models.case import Allegation, Case
from reports.models.decision import Decision
from reports.models.report import Complainant
from reports.querysets import NoticeQuerySet


class Notice(models.Model):
    """That a party is told something, once: ``key`` says what and whom. News of a decision is told once a decision and
    party. ``statement`` is all that the party may read; the private note is never in it.

    It leaves as a mail to the party and, for a seller, as a webhook to its marketplace; ``sent_at`` is when the first
    of them arrived, from which the seller's period runs. Where the marketplace was asked to deliver the notice itself
    (``relay``), that it took a webhook says nothing: what counts is when it says that the seller got the notice.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notices", verbose_name="사건")
    allegation = models.ForeignKey(
        Allegation, null=True, blank=True, on_delete=models.PROTECT, related_name="notices", verbose_name="주장"
    )
    decision = models.ForeignKey(
        Decision, null=True, blank=True, on_delete=models.PROTECT, related_name="notices", verbose_name="결정"
    )
    kind = models.CharField("종류", max_length=24, choices=NoticeKind)
    party = models.CharField("당사자", max_length=10, choices=Party)
    complainant = models.ForeignKey(
        Complainant, null=True, blank=True, on_delete=models.PROTECT, related_name="notices", verbose_name="신고인"
    )
    key = models.CharField("키", max_length=120, unique=True)
    language = models.CharField("언어", max_length=10)
    statement = models.JSONField("내용")
    mail = models.OneToOneField(
        OutboxMessage, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="메일"
    )
    webhook = models.OneToOneField(
        OutboxMessage, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="웹훅"
    )
    relay = models.OneToOneField(
        RelayedNotice, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="맡긴 통지"
    )
    status = models.CharField("상태", max_length=13, choices=NoticeStatus, default=NoticeStatus.OWED)
    created_at = models.DateTimeField("만든 시각")
    sent_at = models.DateTimeField("전달 시각", null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "통지"
        verbose_name_plural = "통지"
        ordering = ("-id",)
        constraints = [
            # Two, because a null equals no other null: the seller is one, complainants are several.
            models.UniqueConstraint(
                fields=["decision", "party"],
                condition=Q(complainant__isnull=True),
                name="reports_notice_once_a_party",
            ),
            models.UniqueConstraint(
                fields=["decision", "complainant"],
                condition=Q(complainant__isnull=False),
                name="reports_notice_once_a_complainant",
            ),
            models.CheckConstraint(
                condition=~Q(status="sent") | Q(sent_at__isnull=False), name="reports_notice_sent_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(party="seller", complainant__isnull=True) | Q(party="reporter", complainant__isnull=False),
                name="reports_notice_to_one_party",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], name="reports_notice_owed", condition=Q(status="owed")),
            models.Index(fields=["id"], name="reports_notice_unreached", condition=Q(status="undeliverable")),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} → {self.get_party_display()}"
