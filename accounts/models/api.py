"""Programs of marketplaces that speak to the API: their keys, and what each request was answered."""

from django.db import models

from accounts.models.marketplaces import Marketplace
from accounts.querysets import ApiKeyQuerySet, IdempotencyKeyQuerySet


class ApiClient(models.Model):
    """A program that speaks to the API: one marketplace's, with what it may do. Its keys are rows of their own.

    In test mode everything is checked and answered as it would be, and nothing is kept.
    """

    name = models.CharField("이름", max_length=100)
    marketplace = models.ForeignKey(
        Marketplace, on_delete=models.PROTECT, related_name="api_clients", verbose_name="마켓플레이스"
    )
    scopes = models.JSONField("권한 범위", default=list)
    is_test = models.BooleanField(
        "시험용", default=False, help_text="실제와 똑같이 검사하고 답하지만 아무것도 저장하지 않습니다."
    )
    is_active = models.BooleanField("사용 중", default=True)
    created_at = models.DateTimeField("만든 시각", auto_now_add=True)

    class Meta:
        verbose_name = "API 클라이언트"
        verbose_name_plural = "API 클라이언트"
        ordering = ("marketplace", "name")
        constraints = [
            models.UniqueConstraint(
                fields=["marketplace", "name"],
                name="accounts_apiclient_named_once",
                violation_error_message="이 마켓플레이스에는 같은 이름의 API 클라이언트가 이미 있습니다.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class ApiKey(models.Model):
    """One key of a client. Only a hash of its secret half is kept; ``prefix`` is the half that may be shown.

    A key that is replaced goes on until ``expires_at``, so that the client's engineers can change it without a gap.
    """

    client = models.ForeignKey(ApiClient, on_delete=models.PROTECT, related_name="keys", verbose_name="클라이언트")
    prefix = models.CharField("앞부분", max_length=16, unique=True)
    secret_hash = models.CharField("비밀값 해시", max_length=64)
    created_at = models.DateTimeField("만든 시각", auto_now_add=True)
    expires_at = models.DateTimeField("만료", null=True, blank=True)
    revoked_at = models.DateTimeField("폐기", null=True, blank=True)
    last_used_at = models.DateTimeField("마지막 사용", null=True, blank=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = "API 키"
        verbose_name_plural = "API 키"
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.prefix


class IdempotencyKey(models.Model):
    """A client's name for one POST, and the answer that it got: sent again, it gets the same answer.

    ``request_hash`` covers method, address and body. While the first call runs there is no answer yet, only a lease;
    one that ran out belonged to a process that died.
    """

    client = models.ForeignKey(
        ApiClient, on_delete=models.CASCADE, related_name="idempotency_keys", verbose_name="클라이언트"
    )
    key = models.CharField("키", max_length=255)
    request_hash = models.CharField("요청 해시", max_length=64)
    status_code = models.PositiveSmallIntegerField("응답 상태", null=True, blank=True)
    content_type = models.CharField("응답 형식", max_length=100, blank=True)
    body = models.BinaryField("응답", blank=True, default=bytes)
    lease_token = models.CharField("처리 표", max_length=32)
    lease_until = models.DateTimeField("처리 시한")
    created_at = models.DateTimeField("처음 요청")
    expires_at = models.DateTimeField("만료")

    objects = IdempotencyKeyQuerySet.as_manager()

    class Meta:
        verbose_name = "멱등 키"
        verbose_name_plural = "멱등 키"
        constraints = [
            models.UniqueConstraint(
                fields=["client", "key"],
                name="accounts_idempotencykey_once_a_client",
                violation_error_message="이 키는 이미 다른 요청에 쓰였습니다.",
            )
        ]
        indexes = [models.Index(fields=["expires_at"], name="accounts_idempotency_expiry")]

    def __str__(self) -> str:
        return self.key
