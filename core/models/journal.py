"""The journal: entries written with the change, sealed into a chain afterwards."""

from django.db import models

from core.models.base import ActedOn, AppendOnly


class JournalEntry(AppendOnly, ActedOn):
    """One thing that happened. Inserted, unchained, in the transaction of the change, so there is no hot row.

    ``digest`` covers the canonical JSON (RFC 8785) of this row's fields and ``details_digest``; the latter covers
    salt and details, which stand in ``JournalDetail`` and may lawfully be emptied without breaking the chain.
    """

    at = models.DateTimeField("시각")
    verb = models.CharField("행위", max_length=100)
    subject_type = models.CharField("대상 종류", max_length=60)
    subject_ref = models.CharField("대상 식별자", max_length=64)
    format_version = models.PositiveSmallIntegerField("형식 판")
    details_digest = models.CharField("상세 다이제스트", max_length=64)
    digest = models.CharField("다이제스트", max_length=64)

    class Meta:
        verbose_name = "기록"
        verbose_name_plural = "기록(저널)"
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["subject_type", "subject_ref", "id"], name="core_journal_subject"),
            models.Index(fields=["at"], name="core_journal_at"),
            models.Index(fields=["verb", "id"], name="core_journal_verb"),
            models.Index(fields=["actor_kind", "actor_ref", "id"], name="core_journal_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} · {self.subject_type} {self.subject_ref}"


class JournalDetail(models.Model):
    """The personal part of an entry. Lawful erasure may empty it, once; nothing else may touch it."""

    entry = models.OneToOneField(
        JournalEntry, on_delete=models.PROTECT, primary_key=True, related_name="detail", verbose_name="기록"
    )
    salt = models.CharField("솔트", max_length=64)
    actor_label = models.CharField("행위자", max_length=200)
    on_behalf_of = models.CharField("대신한 사람", max_length=200, blank=True)
    body = models.JSONField("상세")
    erased_at = models.DateTimeField("파기 시각", null=True, blank=True)

    class Meta:
        verbose_name = "기록 상세"
        verbose_name_plural = "기록 상세"

    def __str__(self) -> str:
        return f"{self.entry_id}"


class JournalPending(models.Model):
    """An entry that waits for its seal: written with the entry, gone with the seal.

    It tells the sealer what is committed and unsealed at a cost that does not grow with the journal, however late a
    long transaction commits. The alternative, looking back over a stretch of time or of ids, either misses the late
    ones or reads the same sealed rows every second.
    """

    entry = models.OneToOneField(
        JournalEntry, on_delete=models.PROTECT, primary_key=True, related_name="pending", verbose_name="기록"
    )

    class Meta:
        verbose_name = "봉인 대기"
        verbose_name_plural = "봉인 대기"

    def __str__(self) -> str:
        return f"{self.entry_id}"


class JournalSeal(AppendOnly):
    """One link of the chain: ``seal`` covers everything else in the row and the entry's digest."""

    position = models.BigIntegerField("순번", primary_key=True)
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, related_name="seal", verbose_name="기록")
    previous = models.CharField("앞 봉인", max_length=64)
    seal = models.CharField("봉인", max_length=64)
    sealed_at = models.DateTimeField("봉인 시각")

    class Meta:
        verbose_name = "봉인"
        verbose_name_plural = "봉인"

    def __str__(self) -> str:
        return f"{self.position}"


class JournalCheckpoint(AppendOnly):
    """A signed statement that the chain stood so at that time. Also written outside the database, because a chain
    finds edits but not truncation."""

    position = models.BigIntegerField("순번", unique=True)
    seal = models.CharField("봉인", max_length=64)
    key_id = models.CharField("키", max_length=32)
    signature = models.CharField("서명", max_length=128)
    signed_at = models.DateTimeField("서명 시각")

    class Meta:
        verbose_name = "체크포인트"
        verbose_name_plural = "체크포인트"

    def __str__(self) -> str:
        return f"{self.position}"
