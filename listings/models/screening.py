"""What screening compared, found and remembers."""

from django.db import models
from django.db.models import Q

from brands.models import Brand
from core.models import ActedOn
from listings.choices import ContentKind, MatchStatus, Verdict
from listings.models.listing import ListingVersion
from listings.querysets import (
    IndexSnapshotQuerySet,
    MatchQuerySet,
    PictureFingerprintQuerySet,
    RejectionQuerySet,
    ScreeningRunQuerySet,
)
from sellers.models import Seller


class PictureFingerprint(models.Model):
    """The engine's fingerprint of a file's bytes: computed once, whoever shows the picture."""

    sha256 = models.CharField("SHA-256", max_length=64)
    engine_version = models.CharField("엔진 판", max_length=20)
    data = models.BinaryField("지문", null=True)
    problem = models.CharField("문제", max_length=100, blank=True)
    created_at = models.DateTimeField("만든 시각", auto_now_add=True)

    objects = PictureFingerprintQuerySet.as_manager()

    class Meta:
        verbose_name = "사진 지문"
        verbose_name_plural = "사진 지문"
        constraints = [
            models.UniqueConstraint(fields=["sha256", "engine_version"], name="listings_picturefingerprint_once"),
            models.CheckConstraint(
                condition=Q(data__isnull=False) | ~Q(problem=""), name="listings_picturefingerprint_data_or_problem"
            ),
        ]

    def __str__(self) -> str:
        return self.sha256[:12]


class IndexSnapshot(models.Model):
    """A built index of the brands' material, published to the store; each machine downloads it into ``INDEX_ROOT``.

    ``material`` names what it was built from, ``title_count`` says how many titles taught it the everyday words. What
    came since is replayed from the database, so a snapshot stays useful until too much has changed.
    """

    material = models.CharField("자료 판", max_length=64)
    engine_version = models.CharField("엔진 판", max_length=20)
    version = models.CharField("색인 판", max_length=64)
    storage_name = models.CharField("보관 이름", max_length=200)
    picture_count = models.PositiveIntegerField("사진 수")
    spelling_count = models.PositiveIntegerField("표기 수")
    title_count = models.PositiveIntegerField("배운 상품명 수", default=0)
    built_at = models.DateTimeField("만든 시각", auto_now_add=True)

    objects = IndexSnapshotQuerySet.as_manager()

    class Meta:
        verbose_name = "색인"
        verbose_name_plural = "색인"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["material", "engine_version", "version"], name="listings_indexsnapshot_once"
            ),
        ]

    def __str__(self) -> str:
        return self.version[:12]


class ScreeningRun(models.Model):
    """That a version was compared with a state of the material by a version of the engine, and what came out."""

    version = models.ForeignKey(ListingVersion, on_delete=models.PROTECT, related_name="runs", verbose_name="상품 내용")
    engine_version = models.CharField("엔진 판", max_length=20)
    material = models.CharField("자료 판", max_length=64)
    verdict = models.CharField("판정", max_length=6, choices=Verdict)
    score = models.FloatField("점수")
    created_at = models.DateTimeField("검사 시각", auto_now_add=True)

    objects = ScreeningRunQuerySet.as_manager()

    class Meta:
        verbose_name = "검사"
        verbose_name_plural = "검사"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["version", "engine_version", "material"], name="listings_screeningrun_once"
            ),
            models.CheckConstraint(condition=Q(score__gte=0, score__lte=1), name="listings_screeningrun_score_range"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.verdict}"


class Match(models.Model):
    """A version that resembles a brand's material: how much, and for each signal a reason that a person understands."""

    version = models.ForeignKey(
        ListingVersion, on_delete=models.PROTECT, related_name="matches", verbose_name="상품 내용"
    )
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="matches", verbose_name="브랜드")
    run = models.ForeignKey(ScreeningRun, on_delete=models.PROTECT, related_name="matches", verbose_name="검사")
    score = models.FloatField("점수")
    verdict = models.CharField("판정", max_length=6, choices=Verdict)
    signals = models.JSONField("신호")
    note = models.CharField("알림", max_length=300, blank=True)
    status = models.CharField("상태", max_length=10, choices=MatchStatus, default=MatchStatus.OPEN)
    created_at = models.DateTimeField("찾은 시각", auto_now_add=True)
    reviewed_at = models.DateTimeField("검토 시각", null=True, blank=True)
    reviewed_by = models.CharField("검토자", max_length=200, blank=True)
    # Who may undo within the period is the same person: a label is not enough to tell.
    reviewed_by_kind = models.CharField("검토자 종류", max_length=20, blank=True)
    reviewed_by_ref = models.CharField("검토자 식별자", max_length=64, blank=True)

    objects = MatchQuerySet.as_manager()

    class Meta:
        verbose_name = "일치"
        verbose_name_plural = "일치(검사 결과)"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["version", "brand"], name="listings_match_once_a_brand"),
            models.CheckConstraint(condition=Q(score__gte=0, score__lte=1), name="listings_match_score_range"),
            models.CheckConstraint(
                condition=Q(status__in=["open", "outdated"]) | Q(reviewed_at__isnull=False),
                name="listings_match_reviewed_at_a_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["-score", "id"],
                name="listings_match_queue",
                condition=Q(status="open", verdict__in=["review", "stop"]),
            ),
            models.Index(fields=["status", "-id"], name="listings_match_status"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} · {self.brand_id}"


class Rejection(ActedOn):
    """What a moderator found harmless: this seller's content against this reference. Changed content is looked at anew;
    another seller's copy is shown anew, with a note."""

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="rejections", verbose_name="판매자")
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="rejections", verbose_name="브랜드")
    content_kind = models.CharField("내용 종류", max_length=5, choices=ContentKind)
    content_digest = models.CharField("내용 다이제스트", max_length=64)
    reference = models.CharField("기준", max_length=200)
    match = models.ForeignKey(Match, on_delete=models.PROTECT, related_name="rejections", verbose_name="일치")
    created_at = models.DateTimeField("기억한 시각", auto_now_add=True)
    withdrawn_at = models.DateTimeField("거둔 시각", null=True, blank=True)

    objects = RejectionQuerySet.as_manager()

    class Meta:
        verbose_name = "기억한 거절"
        verbose_name_plural = "기억한 거절"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "brand", "content_kind", "content_digest", "reference"],
                condition=Q(withdrawn_at__isnull=True),
                name="listings_rejection_once",
            )
        ]
        indexes = [models.Index(fields=["content_digest"], name="listings_rejection_content")]

    def __str__(self) -> str:
        return f"{self.content_kind} {self.content_digest[:12]} ≠ {self.reference}"
