"""API clients in the staff's admin: what each may do, and its keys. A key is shown in the answer that makes it."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from accounts.api.keys import change_client, create_client, make_key, revoke_key
from accounts.api.scopes import Scope
from accounts.models import ApiClient
from core.admin_base import StaffAdmin, actor_of, when
from core.errors import DomainError
from core.korean import korean_datetime

if TYPE_CHECKING:
    _ClientModelForm = forms.ModelForm[ApiClient]
else:
    _ClientModelForm = forms.ModelForm


#: One function: Django compares the fields of a page with those that are only read.
_MADE_AT = when("created_at", "만든 시각")


class ClientForm(_ClientModelForm):
    scopes = forms.MultipleChoiceField(
        label="권한 범위",
        choices=[(scope.value, f"{scope.label} ({scope.value})") for scope in Scope],
        widget=forms.CheckboxSelectMultiple,
        help_text="꼭 필요한 범위만 고르세요. 바꾸면 바로 적용됩니다.",
    )

    class Meta:
        model = ApiClient
        fields = ("marketplace", "name", "scopes", "is_test", "is_active")


@admin.register(ApiClient)
class ApiClientAdmin(StaffAdmin):
    """Programs of marketplaces. Switched off instead of deleted; the mode and the marketplace never change."""

    form = ClientForm
    change_form_template = "admin/accounts/apiclient/change_form.html"
    list_display = ("name", "marketplace", "mode", "is_active", "last_use", _MADE_AT)
    list_filter = ("is_active", "is_test", "marketplace")
    list_select_related = ("marketplace",)
    search_fields = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiClient]:
        rows: QuerySet[ApiClient] = super().get_queryset(request).annotate(_last_use=Max("keys__last_used_at"))
        return rows

    def get_fields(self, request: HttpRequest, obj: ApiClient | None = None) -> tuple[Any, ...]:  # noqa: ARG002 - Django's signature
        fields = ("marketplace", "name", "scopes", "is_test")
        return fields if obj is None else (*fields, "is_active", _MADE_AT)

    def get_readonly_fields(self, request: HttpRequest, obj: ApiClient | None = None) -> tuple[Any, ...]:  # noqa: ARG002 - Django's signature
        return () if obj is None else ("marketplace", "is_test", _MADE_AT)

    def save_model(self, request: HttpRequest, obj: ApiClient, form: Any, change: bool) -> None:
        said, actor = form.cleaned_data, actor_of(request)
        if change:
            known = ApiClient.objects.get(pk=obj.pk)
            change_client(known, name=said["name"], scopes=said["scopes"], is_active=said["is_active"], actor=actor)
            return
        made = create_client(
            said["marketplace"], name=said["name"], scopes=said["scopes"], is_test=said["is_test"], actor=actor
        )
        obj.pk = made.pk
        obj.refresh_from_db()

    @admin.display(description="방식")
    def mode(self, client: ApiClient) -> str:
        return "시험" if client.is_test else "실제"

    @admin.display(description="마지막 사용", ordering="_last_use")
    def last_use(self, client: Any) -> str:
        return korean_datetime(client._last_use) if client._last_use else "-"

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.keys)
        return [path("<int:pk>/keys/", page, name="accounts_apiclient_keys"), *super().get_urls()]

    def keys(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The client's keys; a new one is shown in the answer that makes it and never again."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        client = get_object_or_404(ApiClient.objects.select_related("marketplace"), pk=pk)
        fresh = self._change_keys(request, client) if request.method == "POST" else ""
        if request.method == "POST" and not fresh:
            return HttpResponseRedirect(request.path)
        now = timezone.now()
        context = {
            **self.admin_site.each_context(request),
            "title": f"{client.name} API 키",
            "opts": self.opts,
            "original": client,
            "keys": [(key, _state(key, now)) for key in client.keys.order_by("-id")],
            "fresh": fresh,
        }
        response = TemplateResponse(request, "admin/accounts/apiclient/keys.html", context)
        add_never_cache_headers(response)
        return response

    def _change_keys(self, request: HttpRequest, client: ApiClient) -> str:
        """Make or revoke. Returns a new key in plain, or nothing."""
        actor, now = actor_of(request), timezone.now()
        try:
            if request.POST.get("deed") == "make":
                return make_key(client, now=now, actor=actor)[1]
            key = get_object_or_404(client.keys, prefix=request.POST.get("prefix", ""))
            revoke_key(key, now=now, actor=actor)
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "키를 폐기했습니다. 이 키로는 이제 들어올 수 없습니다.")
        return ""


def _state(key: Any, now: Any) -> str:
    if key.revoked_at is not None:
        return "폐기됨"
    if key.expires_at is None:
        return "사용 중"
    return "만료됨" if key.expires_at <= now else f"{korean_datetime(key.expires_at)}까지"
