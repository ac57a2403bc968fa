"""What goes to marketplaces in the staff's admin: the addresses that are told, and the notices that are passed on."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.endpoints import Address, add_endpoint, change_endpoint, in_trouble, require_usable
from accounts.events import CHOSEN, title_of
from accounts.models import Marketplace, RelayedNotice, WebhookEndpoint
from core.admin_base import EMPTY, ReadOnlyAdmin, Section, StaffAdmin, actor_of, link, list_url, row_url, when
from core.errors import DomainError
from core.korean import korean_datetime

if TYPE_CHECKING:
    _EndpointModelForm = forms.ModelForm[WebhookEndpoint]
else:
    _EndpointModelForm = forms.ModelForm


class EndpointForm(_EndpointModelForm):
    """What an address is to be; the service looks at it before anything is saved."""

    url = forms.URLField(
        label="주소",
        max_length=500,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"class": "vURLField"}),
        help_text="서명한 POST를 보낼 주소입니다. 확인 코드와 링크가 지나가므로 https를 쓰시기 바랍니다.",
    )
    carries_effects = forms.BooleanField(
        label="조치를 받음",
        required=False,
        help_text="판매제한과 재개 요청을 받아 확인하는 주소입니다. 마켓플레이스마다 하나이며, 고르면 여기로 옮깁니다.",
    )
    events = forms.MultipleChoiceField(
        label="받는 소식",
        required=False,
        choices=[(each.type, f"{each.title} ({each.type})") for each in CHOSEN],
        widget=forms.CheckboxSelectMultiple,
        help_text="‘확인 코드 전달’, ‘통지 전달 요청’, ‘문자 발송 요청’은 마켓플레이스마다 주소 하나만 받습니다.",
    )

    class Meta:
        model = WebhookEndpoint
        fields = ("marketplace", "name", "url", "carries_effects", "events", "is_active")

    def clean(self) -> dict[str, Any]:
        super().clean()
        if not self.errors:
            try:
                require_usable(self.marketplace(), self.address(), but=self.instance if self.instance.pk else None)
            except DomainError as refusal:
                raise forms.ValidationError(str(refusal)) from refusal
        return self.cleaned_data

    def _get_validation_exclusions(self) -> set[str]:
        # Which address carries effects is moved by the service, so that the constraint holds; here it would refuse.
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]  # not in Django's stubs
        return excluded | {"carries_effects"}

    def marketplace(self) -> Marketplace:
        found: Marketplace = self.cleaned_data.get("marketplace") or self.instance.marketplace
        return found

    def address(self) -> Address:
        said = self.cleaned_data
        return Address(
            name=said["name"],
            url=said["url"],
            events=tuple(said["events"]),
            carries_effects=said["carries_effects"],
            is_active=said["is_active"],
        )


class TroubleFilter(admin.SimpleListFilter):
    """Those that the first page counts."""

    title = "받지 않는 주소"
    parameter_name = "trouble"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002 - Django's signature
        return [("yes", "받지 않는 주소만")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint]) -> QuerySet[WebhookEndpoint]:  # noqa: ARG002 - Django's signature
        if self.value() != "yes":
            return queryset
        return queryset.filter(pk__in=in_trouble(now=timezone.now()).values("pk"))


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(StaffAdmin):
    """Where marketplaces are told. Never deleted: what was sent there names it."""

    form = EndpointForm
    list_display = ("name", "marketplace", "url", "carries_effects", "events_text", "state")
    list_filter = (TroubleFilter, "is_active", "carries_effects", "marketplace")
    list_select_related = ("marketplace",)
    search_fields = ("name", "url")
    narrowed_by = ("marketplace__id__exact",)
    readonly_fields = (
        when("failing_since", "실패하기 시작한 시각"),
        when("gone_at", "없어졌다고 답한 시각"),
        when("created_at", "만든 시각"),
    )

    def get_fields(self, request: HttpRequest, obj: WebhookEndpoint | None = None) -> tuple[Any, ...]:  # noqa: ARG002 - Django's signature
        fields = ("marketplace", "name", "url", "carries_effects", "events", "is_active")
        return fields if obj is None else (*fields, *self.readonly_fields)

    def get_readonly_fields(self, request: HttpRequest, obj: WebhookEndpoint | None = None) -> tuple[Any, ...]:  # noqa: ARG002 - Django's signature
        return self.readonly_fields if obj is None else ("marketplace", *self.readonly_fields)

    def save_model(self, request: HttpRequest, obj: WebhookEndpoint, form: Any, change: bool) -> None:
        actor = actor_of(request)
        if change:
            change_endpoint(WebhookEndpoint.objects.get(pk=obj.pk), form.address(), actor=actor)
            return
        made = add_endpoint(form.marketplace(), form.address(), actor=actor)
        obj.pk = made.pk
        obj.refresh_from_db()

    @admin.display(description="받는 소식")
    def events_text(self, endpoint: WebhookEndpoint) -> str:
        return ", ".join(title_of(each) for each in endpoint.events) or EMPTY

    @admin.display(description="상태")
    def state(self, endpoint: WebhookEndpoint) -> str:
        return state_of(endpoint)


@admin.register(RelayedNotice)
class RelayedNoticeAdmin(ReadOnlyAdmin):
    """What marketplaces were asked to deliver to their users, and what they said of it."""

    list_display = (
        "id",
        "marketplace",
        "recipient",
        "status",
        when("asked_at", "요청 시각"),
        when("deliver_by", "전할 기한"),
        when("delivered_at", "전달 시각"),
    )
    list_filter = ("status", "marketplace", "recipient_kind")
    list_select_related = ("marketplace",)
    search_fields = ("=recipient_ref",)
    readonly_fields = (
        "marketplace",
        "recipient",
        "status",
        when("asked_at", "요청 시각"),
        when("deliver_by", "전할 기한"),
        when("delivered_at", "전달 시각"),
        when("failed_at", "실패 시각"),
        "reason",
        "sent_as",
    )

    @admin.display(description="받는 사람")
    def recipient(self, relay: RelayedNotice) -> str:
        return str(relay)

    @admin.display(description="발신")
    def sent_as(self, relay: RelayedNotice) -> SafeString | str:
        return link(row_url(relay.message), relay.message) if relay.message else EMPTY


def state_of(endpoint: WebhookEndpoint) -> str:
    """How an address is doing, in words."""
    if endpoint.gone_at is not None:
        return f"없어짐(HTTP 410, {korean_datetime(endpoint.gone_at)})"
    if not endpoint.is_active:
        return "꺼짐"
    if endpoint.failing_since is not None:
        return f"실패 중({korean_datetime(endpoint.failing_since)}부터)"
    return "정상"


def endpoints_section(request: HttpRequest, marketplace: Marketplace) -> Section:
    """The addresses of a marketplace, under its fields."""
    sees = request.user.has_perm("accounts.view_webhookendpoint")
    rows = [
        (
            link(row_url(endpoint) if sees else "", endpoint.name),
            endpoint.url,
            "예" if endpoint.carries_effects else EMPTY,
            ", ".join(title_of(each) for each in endpoint.events) or EMPTY,
            state_of(endpoint),
        )
        for endpoint in marketplace.endpoints.order_by("-carries_effects", "id")
    ]
    return Section(
        title="웹훅 주소",
        columns=("이름", "주소", "조치를 받음", "받는 소식", "상태"),
        rows=rows,
        empty="웹훅 주소가 없습니다. 주소를 등록해야 결정을 알릴 수 있습니다.",
        more_url=list_url(WebhookEndpoint, marketplace__id__exact=marketplace.pk) if sees else "",
    )
