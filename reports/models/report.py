"""Reports, who made them, and the files that parties hand in."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from accounts.models import Marketplace
from brands.models import Brand, RightsHolder
from core.models import AppendOnly, EvidenceFile
from core.numbers import public_number
from listings.models import ListingVersion, Match, Reappearance
from reports.choices import Channel, DocumentKind
from reports.models.case import Allegation, Case
from reports.models.grounds import Ground
from reports.querysets import ComplainantQuerySet, ReportQuerySet


class Complainant(models.Model):
    """Somebody who complains in one case, as far as the house must reach them: told once, however often they report.

    Personal data, apart from the report so that lawful erasure can empty it. Neither the seller nor another
    complainant ever sees it. ``rights_holder`` is set where the complaint is that rights holder's own.
    """

    case = models.ForeignKey(
        Case, null=True, blank=True, on_delete=models.PROTECT, related_name="complainants", verbose_name="사건"
    )
    rights_holder = models.ForeignKey(
        RightsHolder,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="complainants",
        verbose_name="권리자",
    )
    name = models.CharField("성명", max_length=100, blank=True)
    email = models.EmailField("이메일", blank=True)
    phone = models.CharField("전화번호", max_length=30, blank=True)
    address = models.CharField("우편 주소", max_length=300, blank=True)
    language = models.CharField("언어", max_length=10, default="ko")
    created_at = models.DateTimeField("만든 시각", auto_now_add=True)

    objects = ComplainantQuerySet.as_manager()

    class Meta:
        verbose_name = "신고인"
        verbose_name_plural = "신고인"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                "case",
                Lower("email"),
                condition=~Q(email="") & Q(case__isnull=False),
                name="reports_complainant_once_a_case",
                violation_error_message="이 사건에는 같은 이메일의 신고인이 이미 있습니다.",
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email or f"신고인 {self.pk}"


class Report(models.Model):
    """One report about a listing, through one channel, bound to the version as it stood.

    ``once`` is the key under which the channel files it only once (a visitor's click, a mail's Message-ID); ``visitor``
    marks one visitor of one listing. A report whose listing is not known yet waits unplaced, with the marketplace's
    name for it in ``wanted``.
    """

    case = models.ForeignKey(
        Case, null=True, blank=True, on_delete=models.PROTECT, related_name="reports", verbose_name="사건"
    )
    allegation = models.ForeignKey(
        Allegation, null=True, blank=True, on_delete=models.PROTECT, related_name="reports", verbose_name="주장"
    )
    channel = models.CharField("경로", max_length=14, choices=Channel)
    ground = models.ForeignKey(
        Ground, null=True, blank=True, on_delete=models.PROTECT, related_name="reports", verbose_name="사유"
    )
    brand = models.ForeignKey(
        Brand, null=True, blank=True, on_delete=models.PROTECT, related_name="reports", verbose_name="브랜드"
    )
    complainant = models.ForeignKey(
        Complainant, null=True, blank=True, on_delete=models.PROTECT, related_name="reports", verbose_name="신고인"
    )
    version = models.ForeignKey(
        ListingVersion,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="reports",
        verbose_name="상품 내용",
    )
    match = models.ForeignKey(
        Match, null=True, blank=True, on_delete=models.PROTECT, related_name="reports", verbose_name="일치"
    )
    reappearance = models.OneToOneField(
        Reappearance,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="report",
        verbose_name="재등록",
    )
    marketplace = models.ForeignKey(
        Marketplace,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="reports",
        verbose_name="마켓플레이스",
    )
    wanted = models.CharField("찾는 상품 번호", max_length=100, blank=True)
    visitor = models.CharField("방문자 표시", max_length=64, blank=True)
    once = models.CharField("한 번 키", max_length=120, unique=True, null=True, blank=True)
    text = models.TextField("내용", blank=True)
    received_at = models.DateTimeField("접수 시각")
    withdrawn_at = models.DateTimeField("철회 시각", null=True, blank=True)
    result_due_at = models.DateTimeField("결과 기한", null=True, blank=True)
    rules_version = models.PositiveIntegerField("규칙 판", null=True, blank=True)

    #: Whether this very call of ``file_report`` filed it; a row that is read never is.
    is_new = False

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = "신고"
        verbose_name_plural = "신고"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(version__isnull=True, case__isnull=True, allegation__isnull=True)
                | Q(version__isnull=False, case__isnull=False, allegation__isnull=False),
                name="reports_report_placed_or_waiting",
            ),
            models.CheckConstraint(
                condition=Q(version__isnull=False)
                | (Q(marketplace__isnull=False) & ~Q(wanted="") & Q(ground__isnull=False)),
                name="reports_report_waits_for_something",
                violation_error_message="아직 모르는 상품의 신고에는 마켓플레이스, 상품 번호와 사유가 필요합니다.",
            ),
            # A case, because a match that is confirmed after its case was closed is reported in a new one.
            models.UniqueConstraint(
                fields=["case", "match"], condition=Q(match__isnull=False), name="reports_report_once_a_match"
            ),
        ]
        indexes = [
            models.Index(
                fields=["marketplace", "wanted"], name="reports_report_wanted", condition=Q(version__isnull=True)
            ),
            models.Index(fields=["received_at"], name="reports_report_received"),
            models.Index(fields=["visitor"], name="reports_report_visitor", condition=~Q(visitor="")),
        ]
        permissions = [("file_report", "전화나 서면으로 온 신고를 대신 접수할 수 있다")]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return public_number("R", self.received_at, self.pk)


class Attachment(AppendOnly):
    """A file that a party handed in with a report, an explanation, an answer or an appeal.

    ``name`` is what the party called it: staff see it, the other side never does.
    """

    report = models.ForeignKey(
        Report, null=True, blank=True, on_delete=models.PROTECT, related_name="attachments", verbose_name="신고"
    )
    explanation = models.ForeignKey(
        "Explanation", null=True, blank=True, on_delete=models.PROTECT, related_name="attachments", verbose_name="소명"
    )
    inquiry = models.ForeignKey(
        "Inquiry", null=True, blank=True, on_delete=models.PROTECT, related_name="attachments", verbose_name="답변"
    )
    appeal = models.ForeignKey(
        "Appeal", null=True, blank=True, on_delete=models.PROTECT, related_name="attachments", verbose_name="이의제기"
    )
    file = models.ForeignKey(EvidenceFile, on_delete=models.PROTECT, related_name="attachments", verbose_name="파일")
    kind = models.CharField("종류", max_length=20, choices=DocumentKind, default=DocumentKind.OTHER)
    name = models.CharField("파일 이름", max_length=200, blank=True)
    is_late = models.BooleanField("기한 뒤 제출", default=False)
    added_at = models.DateTimeField("낸 시각")

    class Meta:
        verbose_name = "첨부"
        verbose_name_plural = "첨부"
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(report__isnull=False, explanation__isnull=True, inquiry__isnull=True, appeal__isnull=True)
                    | Q(report__isnull=True, explanation__isnull=False, inquiry__isnull=True, appeal__isnull=True)
                    | Q(report__isnull=True, explanation__isnull=True, inquiry__isnull=False, appeal__isnull=True)
                    | Q(report__isnull=True, explanation__isnull=True, inquiry__isnull=True, appeal__isnull=False)
                ),
                name="reports_attachment_belongs_to_one",
                violation_error_message="첨부는 신고, 소명, 답변, 이의제기 가운데 하나에만 속합니다.",
            )
        ]

    def __str__(self) -> str:
        return self.name or f"첨부 {self.pk}"
