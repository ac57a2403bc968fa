"""Published reason codes, and the clauses that decisions cite."""

from django.db import models

from reports.querysets import GroundQuerySet, PolicyQuerySet


class Ground(models.Model):
    """A published reason code, with the evidence it needs."""

    code = models.SlugField("코드", max_length=40, unique=True)
    title = models.CharField("이름", max_length=100)
    description = models.TextField("설명")
    evidence = models.JSONField("필요한 증빙", default=list, blank=True)
    position = models.PositiveSmallIntegerField("순서", default=0)
    is_active = models.BooleanField("사용 중", default=True)

    objects = GroundQuerySet.as_manager()

    class Meta:
        verbose_name = "신고 사유"
        verbose_name_plural = "신고 사유"
        ordering = ("position", "code")

    def __str__(self) -> str:
        return self.title


class Policy(models.Model):
    """A clause of the marketplace's rules that a decision cites."""

    code = models.SlugField("코드", max_length=40, unique=True)
    title = models.CharField("이름", max_length=150)
    clause = models.TextField("조항")
    default_for = models.ForeignKey(
        Ground,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="policies",
        verbose_name="기본으로 쓰는 사유",
    )
    position = models.PositiveSmallIntegerField("순서", default=0)
    is_active = models.BooleanField("사용 중", default=True)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name = "정책 조항"
        verbose_name_plural = "정책 조항"
        ordering = ("position", "code")
        constraints = [
            models.UniqueConstraint(
                fields=["default_for"],
                condition=models.Q(default_for__isnull=False, is_active=True),
                name="reports_policy_one_default_a_ground",
                violation_error_message="이 사유에는 기본 조항이 이미 있습니다.",
            )
        ]

    def __str__(self) -> str:
        return self.title
