"""Ways in for those without an account: mailed links with their codes, and links that a marketplace signs."""

from django.db import models
from django.db.models import F, Q

from accounts.choices import EntryKind, LinkPurpose
from accounts.models.marketplaces import Marketplace
from accounts.querysets import MOST_TRIES, AccessLinkQuerySet, ContactCodeQuerySet, EntryLinkQuerySet


class AccessLink(models.Model):
    """A way in for someone without an account: a seller, a consumer, a reporter.

    The secret is an HMAC of this row's id with the key named here, so that a later mail can carry it again; only
    its hash is stored. GET shows a button, POST redeems: mail scanners open links.
    """

    purpose = models.CharField("용도", max_length=20, choices=LinkPurpose)
    subject_type = models.CharField("대상 종류", max_length=60)
    subject_ref = models.CharField("대상 식별자", max_length=64)
    key_id = models.CharField("키", max_length=32)
    secret_hash = models.CharField("비밀값 해시", max_length=64, unique=True, null=True, blank=True)
    is_single_use = models.BooleanField("한 번만", default=False)
    created_at = models.DateTimeField("만든 시각", auto_now_add=True)
    expires_at = models.DateTimeField("만료")
    redeemed_at = models.DateTimeField("처음 사용", null=True, blank=True)
    revoked_at = models.DateTimeField("폐기", null=True, blank=True)

    objects = AccessLinkQuerySet.as_manager()

    class Meta:
        verbose_name = "접근 링크"
        verbose_name_plural = "접근 링크"
        indexes = [models.Index(fields=["subject_type", "subject_ref"], name="accounts_link_subject")]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")),
                name="accounts_accesslink_expires_after_creation",
                violation_error_message="만료 시각이 만든 시각보다 늦지 않습니다. 더 늦은 시각을 정해 주세요.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.subject_type} {self.subject_ref}"


class ContactCode(models.Model):
    """Six digits sent to the contact that a marketplace has registered for whoever a link is meant for.

    A link alone opens nothing of a seller's: it may have been forwarded. Only a keyed hash of the code is kept; it ends
    after ten minutes, after five tries, and with its first use.
    """

    link = models.ForeignKey(AccessLink, on_delete=models.PROTECT, related_name="codes", verbose_name="접근 링크")
    code_hash = models.CharField("코드 해시", max_length=120)
    sent_at = models.DateTimeField("보낸 시각")
    expires_at = models.DateTimeField("만료")
    tries = models.PositiveSmallIntegerField("시도", default=0)
    used_at = models.DateTimeField("사용", null=True, blank=True)

    objects = ContactCodeQuerySet.as_manager()

    class Meta:
        verbose_name = "확인 코드"
        verbose_name_plural = "확인 코드"
        ordering = ("-id",)
        indexes = [models.Index(fields=["link", "-sent_at"], name="accounts_code_link")]
        constraints = [
            models.CheckConstraint(
                condition=Q(tries__lte=MOST_TRIES),
                name="accounts_contactcode_few_tries",
                violation_error_message="코드를 더 입력할 수 없습니다. 새 코드를 받아 주세요.",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("sent_at")),
                name="accounts_contactcode_expires_after_sending",
                violation_error_message="코드의 만료 시각이 보낸 시각보다 늦지 않습니다.",
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(tries__gt=0),
                name="accounts_contactcode_used_by_a_try",
                violation_error_message="입력하지 않은 코드는 사용될 수 없습니다.",
            ),
        ]

    def __str__(self) -> str:
        return f"확인 코드 {self.pk}"


class EntryLink(models.Model):
    """That a marketplace's signed link was used, until nobody can use it any more.

    The link itself stands in no row before: the marketplace makes it alone (``accounts.entry_signatures``).
    """

    marketplace = models.ForeignKey(
        Marketplace, on_delete=models.CASCADE, related_name="entry_links", verbose_name="마켓플레이스"
    )
    kind = models.CharField("용도", max_length=10, choices=EntryKind)
    nonce = models.CharField("임의값", max_length=64)
    browser_hash = models.CharField("처음 연 브라우저 해시", max_length=120, blank=True)
    redeemed_at = models.DateTimeField("처음 사용")
    expires_at = models.DateTimeField("만료")

    objects = EntryLinkQuerySet.as_manager()

    class Meta:
        verbose_name = "입장 링크"
        verbose_name_plural = "입장 링크"
        ordering = ("-id",)
        indexes = [models.Index(fields=["expires_at"], name="accounts_entrylink_expiry")]
        constraints = [
            models.UniqueConstraint(
                fields=["marketplace", "kind", "nonce"],
                name="accounts_entrylink_once",
                violation_error_message="이미 사용한 링크입니다.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.marketplace_id}/{self.pk}"
