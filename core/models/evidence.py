"""Files kept as evidence, addressed by their content."""

from django.db import models
from django.db.models import Q

from core.models.base import AppendOnly


class EvidenceFile(AppendOnly):
    """One file's bytes, whoever brought them and however often. What it was called and why it is here stands with
    the row that uses it.

    The original stays as it came, metadata included, under lock. What people see is the safe working copy, decoded
    once at intake in a limited child process.
    """

    sha256 = models.CharField("SHA-256", max_length=64, unique=True)
    size = models.PositiveBigIntegerField("크기(바이트)")
    media_type = models.CharField("형식", max_length=60)
    storage_name = models.CharField("보관 이름", max_length=200)
    working_sha256 = models.CharField("열람본 SHA-256", max_length=64, blank=True)
    working_name = models.CharField("열람본 보관 이름", max_length=200, blank=True)
    working_media_type = models.CharField("열람본 형식", max_length=60, blank=True)
    width = models.PositiveIntegerField("너비(px)", null=True, blank=True)
    height = models.PositiveIntegerField("높이(px)", null=True, blank=True)
    page_count = models.PositiveIntegerField("쪽수", null=True, blank=True)
    problem = models.CharField("문제", max_length=60, blank=True)
    created_at = models.DateTimeField("보관 시각", auto_now_add=True)

    class Meta:
        verbose_name = "증거 파일"
        verbose_name_plural = "증거 파일"
        constraints = [
            models.CheckConstraint(
                condition=Q(size__gt=0),
                name="core_evidencefile_not_empty",
                violation_error_message="빈 파일은 증거로 보관할 수 없습니다.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.media_type} {self.sha256[:12]}"

    @property
    def has_working_copy(self) -> bool:
        return bool(self.working_name)
