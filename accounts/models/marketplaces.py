"""Marketplaces, where they are told, and what they answered."""

from django.db import models
from django.db.models import Q

from accounts.choices import RecipientKind, Relays, RelayStatus
from accounts.querysets import RelayedNoticeQuerySet, WebhookEndpointQuerySet
from core.models import AppendOnly, OutboxMessage


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
