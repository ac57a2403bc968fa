"""Users, marketplaces with their secrets, API clients and signed links, and access links."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from accounts.choices import EntryKind, LinkPurpose, RecipientKind, Relays, RelayStatus
from accounts.querysets import (
    MOST_TRIES,
    AccessLinkQuerySet,
    ApiKeyQuerySet,
    ContactCodeQuerySet,
    EntryLinkQuerySet,
    IdempotencyKeyQuerySet,
    RelayedNoticeQuerySet,
    WebhookEndpointQuerySet,
)
from core.models import AppendOnly, OutboxMessage


class UserManager(BaseUserManager["User"]):
    """Makes users by e-mail. Addresses are kept in lower case: two people cannot differ by a capital letter."""

    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """One active user. Without a password nobody can sign in by password."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A user who may do everything; for the first account of an installation."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account: staff, brand people, agency inspectors, partner bodies, told apart by memberships."""

    email = models.EmailField("이메일", max_length=254)
    name = models.CharField("성명", max_length=100)
    is_staff = models.BooleanField("직원", default=False, help_text="관리 화면에 들어올 수 있습니다.")
    is_active = models.BooleanField("사용 중", default=True, help_text="끄면 로그인할 수 없습니다. 지우지 않습니다.")
    created_at = models.DateTimeField("만든 시각", auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = "사용자"
        verbose_name_plural = "사용자"
        ordering = ("email",)
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="accounts_user_one_email",
                violation_error_message="이 이메일로 만든 계정이 이미 있습니다. 다른 이메일을 입력해 주세요.",
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class Marketplace(models.Model):
    """A marketplace that the portal protects: where its listings live and how it is told of decisions."""

    slug = models.SlugField("주소 이름", max_length=40, unique=True)
    name = models.CharField("이름", max_length=100)
    address_patterns = models.JSONField(
        "상품 주소 형식", default=list, blank=True, help_text="예: https://shop.example/item/{id}"
    )
    contact_email = models.EmailField("담당 이메일", blank=True)
    relays_to_sellers = models.CharField(
        "판매자 통지 전달",
        max_length=16,
        choices=Relays,
        default=Relays.NOBODY,
        help_text="마켓플레이스가 notify 웹훅으로 판매자에게 통지를 전하고 notify.delivered로 답할 때 고릅니다.",
    )
    is_active = models.BooleanField("사용 중", default=True)
    created_at = models.DateTimeField("만든 시각", auto_now_add=True)

    class Meta:
        verbose_name = "마켓플레이스"
        verbose_name_plural = "마켓플레이스"
        ordering = ("slug",)

    def __str__(self) -> str:
        return self.name


class WebhookSecret(models.Model):
    """One of at most two secrets a marketplace, so that it can be changed without a gap.

    Kept encrypted with the ``secrets`` ring: unlike a password it must be readable to sign with.
    """

    marketplace = models.ForeignKey(
        Marketplace, on_delete=models.CASCADE, related_name="secrets", verbose_name="마켓플레이스"
    )
    slot = models.PositiveSmallIntegerField("자리", choices=((1, "첫째"), (2, "둘째")))
    encrypted = models.TextField("암호화된 비밀값")
    created_at = models.DateTimeField("만든 시각", auto_now_add=True)

    class Meta:
        verbose_name = "웹훅 비밀값"
        verbose_name_plural = "웹훅 비밀값"
        constraints = [
            models.UniqueConstraint(
                fields=["marketplace", "slot"],
                name="accounts_webhooksecret_one_a_slot",
                violation_error_message="이 자리에는 이미 비밀값이 있습니다. 먼저 오래된 비밀값을 폐기해 주세요.",
            ),
            models.CheckConstraint(
                condition=Q(slot__in=[1, 2]),
                name="accounts_webhooksecret_two_slots",
                violation_error_message="비밀값 자리는 두 개뿐입니다. 쓰지 않는 비밀값을 먼저 폐기해 주세요.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.marketplace_id}/{self.slot}"


class WebhookEndpoint(models.Model):
    """An address at which a marketplace is told. Exactly one of a marketplace's carries effects, which it must confirm;
    any number get the news that they subscribe to (``accounts.events``).

    ``failing_since`` is the first failure after the last delivery. An address that says it is gone (HTTP 410) is
    switched off, unless it carries effects: those wait for a person.
    """

    marketplace = models.ForeignKey(
        Marketplace, on_delete=models.PROTECT, related_name="endpoints", verbose_name="마켓플레이스"
    )
    name = models.CharField("이름", max_length=60)
    url = models.URLField("주소", max_length=500)
    carries_effects = models.BooleanField("조치를 받음", default=False)
    events = models.JSONField("받는 소식", default=list, blank=True)
    is_active = models.BooleanField("사용 중", default=True)
    failing_since = models.DateTimeField("실패하기 시작한 시각", null=True, blank=True)
    gone_at = models.DateTimeField("없어졌다고 답한 시각", null=True, blank=True)
    created_at = models.DateTimeField("만든 시각", auto_now_add=True)

    objects = WebhookEndpointQuerySet.as_manager()

    class Meta:
        verbose_name = "웹훅 주소"
        verbose_name_plural = "웹훅 주소"
        ordering = ("marketplace", "-carries_effects", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["marketplace"],
                condition=Q(carries_effects=True),
                name="accounts_webhookendpoint_one_carries_effects",
                violation_error_message="이 마켓플레이스의 조치는 다른 주소가 받고 있습니다. 새로 고쳐 확인해 주세요.",
            ),
            models.UniqueConstraint(
                fields=["marketplace", "url"],
                name="accounts_webhookendpoint_once_an_address",
                violation_error_message="이 마켓플레이스에는 같은 웹훅 주소가 이미 있습니다. 그 주소를 고쳐 주세요.",
            ),
            models.CheckConstraint(
                condition=Q(gone_at__isnull=True) | Q(is_active=False),
                name="accounts_webhookendpoint_gone_is_off",
                violation_error_message="없어졌다고 답한 주소는 사용 중일 수 없습니다.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ReceivedWebhook(AppendOnly):
    """A webhook that came in, by its id: the second one of the same id is answered, not carried out."""

    marketplace = models.ForeignKey(
        Marketplace, on_delete=models.PROTECT, related_name="received_webhooks", verbose_name="마켓플레이스"
    )
    webhook_id = models.CharField("웹훅 식별자", max_length=120)
    message_type = models.CharField("종류", max_length=80)
    handled = models.BooleanField("처리됨")
    note = models.CharField("메모", max_length=300, blank=True)
    received_at = models.DateTimeField("받은 시각", auto_now_add=True)

    class Meta:
        verbose_name = "받은 웹훅"
        verbose_name_plural = "받은 웹훅"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["marketplace", "webhook_id"],
                name="accounts_receivedwebhook_once",
                violation_error_message="이미 받은 웹훅입니다. 다시 처리하지 않아도 됩니다.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.message_type} {self.webhook_id}"


class RelayedNotice(models.Model):
    """A notice that a marketplace was asked to deliver to a user whose address it keeps to itself.

    ``delivered_at`` is when the user got it, as the marketplace says: legal periods run from there.
    """

    marketplace = models.ForeignKey(
        Marketplace, on_delete=models.PROTECT, related_name="relayed_notices", verbose_name="마켓플레이스"
    )
    recipient_kind = models.CharField("받는 사람 종류", max_length=10, choices=RecipientKind)
    recipient_ref = models.CharField("받는 사람 식별자", max_length=100)
    key = models.CharField("키", max_length=120, unique=True)
    message = models.OneToOneField(
        OutboxMessage, on_delete=models.PROTECT, related_name="relayed_notice", null=True, verbose_name="발신"
    )
    status = models.CharField("상태", max_length=10, choices=RelayStatus, default=RelayStatus.ASKED)
    asked_at = models.DateTimeField("요청 시각")
    deliver_by = models.DateTimeField("전할 기한")
    delivered_at = models.DateTimeField("전달 시각", null=True, blank=True)
    failed_at = models.DateTimeField("실패 시각", null=True, blank=True)
    reason = models.CharField("실패 사유", max_length=300, blank=True)

    objects = RelayedNoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "전달을 맡긴 통지"
        verbose_name_plural = "전달을 맡긴 통지"
        ordering = ("-id",)
        indexes = [models.Index(fields=["status", "deliver_by"], name="accounts_relay_waiting")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status=RelayStatus.DELIVERED) | Q(delivered_at__isnull=False),
                name="accounts_relayednotice_delivered_at_a_time",
                violation_error_message="전달한 통지에는 전달 시각이 있습니다.",
            ),
            models.CheckConstraint(
                condition=~Q(status=RelayStatus.FAILED) | Q(failed_at__isnull=False),
                name="accounts_relayednotice_failed_at_a_time",
                violation_error_message="전하지 못한 통지에는 실패 시각이 있습니다.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_recipient_kind_display()} {self.recipient_ref}"


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
