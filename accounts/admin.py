"""People, marketplaces and links in the staff's admin.

Writes go through services. Passwords and secrets are never shown, but for a new webhook secret, once.
"""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.safestring import SafeString

from accounts import people
from accounts.api import admin as api_admin  # noqa: F401 - registers its pages
from accounts.delivery_pages import delivery_urls
from accounts.endpoint_admin import endpoints_section
from accounts.models import AccessLink, Marketplace, ReceivedWebhook, User
from accounts.services import add_webhook_secret, revoke_link, revoke_webhook_secret
from core.admin_base import ReadOnlyAdmin, StaffAdmin, actor_of, each_by_itself, subject_link, when
from core.errors import DomainError

if TYPE_CHECKING:
    _UserModelForm = forms.ModelForm[User]
    _MarketplaceModelForm = forms.ModelForm[Marketplace]
else:
    _UserModelForm = _MarketplaceModelForm = forms.ModelForm


class UserForm(_UserModelForm):
    """Who it is and with which roles. Single permissions are not given: a role says what a person does."""

    groups = forms.ModelMultipleChoiceField(
        label="역할",
        queryset=Group.objects.order_by("id"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="역할이 바뀌면 기록에 남습니다. 자기 역할은 스스로 바꿀 수 없습니다.",
    )

    class Meta:
        model = User
        fields = ("email", "name", "is_staff", "is_active", "groups")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "groups" in self.fields:
            self.fields["groups"].label_from_instance = _role_title  # type: ignore[attr-defined]  # a choice field's own

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()

    def profile(self) -> people.Profile:
        said = self.cleaned_data
        return people.Profile(
            email=said["email"],
            name=said["name"],
            is_staff=said["is_staff"],
            is_active=said.get("is_active", True),
            roles=frozenset(group.name for group in said["groups"]),
        )


#: Titles of roles, handed in by the composition root; a role without one goes by its name.
role_titles: dict[str, str] = {}


def _role_title(group: Group) -> str:
    return role_titles.get(group.name, group.name)


@admin.register(User)
class UserAdmin(StaffAdmin):
    """Accounts of people. Made without a password, switched off instead of deleted."""

    form = UserForm
    list_display = (
        "email",
        "name",
        "roles",
        "is_staff",
        "is_active",
        "is_superuser",
        when("last_login", "마지막 로그인"),
    )
    list_filter = ("is_active", "is_staff", ("groups", admin.RelatedOnlyFieldListFilter))
    search_fields = ("email", "name")
    readonly_fields = ("is_superuser", when("created_at", "만든 시각"), when("last_login", "마지막 로그인"))
    actions = ("invite_again", "unlock", "reset_second_factor")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[Any, ...]:  # noqa: ARG002 - Django's signature
        if obj is None:
            return ("email", "name", "is_staff", "groups")
        return ("email", "name", "is_staff", "is_active", "groups", *self.readonly_fields)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Whoever may do everything is changed by equals only: else a new address would be a way to all rights."""
        is_above = obj is not None and obj.is_superuser and not request.user.is_superuser
        return super().has_change_permission(request, obj) and not is_above

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        actor = actor_of(request)
        if change:
            people.change_user(obj, form.profile(), actor=actor)
            return
        made = people.create_user(form.profile(), actor=actor)
        obj.pk = made.pk
        obj.refresh_from_db()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Nothing: the service has given the roles."""

    @admin.display(description="역할")
    def roles(self, user: User) -> str:
        return ", ".join(_role_title(group) for group in user.groups.all()) or "-"

    @admin.action(description="초대 메일 다시 보내기", permissions=["change"])
    def invite_again(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._for_each(request, queryset, people.invite, done="다시 초대했습니다. 메일이 곧 나갑니다.")

    @admin.action(description="로그인 잠금 풀기", permissions=["change"])
    def unlock(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._for_each(request, queryset, people.unlock, done="로그인할 수 있게 풀었습니다.")

    @admin.action(description="2단계 인증 초기화하기", permissions=["change"])
    def reset_second_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._for_each(
            request,
            queryset,
            people.reset_second_factor,
            done="초기화했습니다. 다음에 로그인할 때 다시 등록하게 됩니다.",
        )

    def _for_each(self, request: HttpRequest, queryset: QuerySet[User], deed: Any, *, done: str) -> None:
        def allowed(user: User) -> None:
            if not self.has_change_permission(request, user):
                raise DomainError(
                    "처리하지 않았습니다.", "최고 관리자의 계정입니다.", "다른 최고 관리자에게 부탁해 주세요."
                )
            deed(user, actor=actor_of(request))

        each_by_itself(request, queryset, allowed, done=done)


# -- marketplaces ---------------------------------------------------------------------------------------------------


class MarketplaceForm(_MarketplaceModelForm):
    """Where its webhooks go stands on pages of their own."""

    class Meta:
        model = Marketplace
        fields = ("slug", "name", "address_patterns", "contact_email", "relays_to_sellers", "is_active")


@admin.register(Marketplace)
class MarketplaceAdmin(StaffAdmin):
    """Where listings live and how decisions are told. Secrets have a page of their own."""

    form = MarketplaceForm
    change_form_template = "admin/accounts/marketplace/change_form.html"
    list_display = ("name", "slug", "contact_email", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name", "slug")
    fields = ("slug", "name", "address_patterns", "contact_email", "relays_to_sellers", "is_active")
    sections = (endpoints_section,)

    def get_readonly_fields(self, request: HttpRequest, obj: Marketplace | None = None) -> tuple[str, ...]:  # noqa: ARG002 - Django's signature
        # Addresses of webhooks and targets of effects carry the slug.
        return ("slug",) if obj is not None else ()

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.secrets)
        secrets = path("<int:pk>/secrets/", page, name="accounts_marketplace_secrets")
        return [secrets, *delivery_urls(self.admin_site), *super().get_urls()]

    def secrets(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The two slots: when each was filled; a new secret is shown in the answer that makes it and never again."""
        marketplace = get_object_or_404(Marketplace, pk=pk)
        if not (
            self.has_change_permission(request, marketplace) and request.user.has_perm("accounts.view_webhooksecret")
        ):
            raise PermissionDenied
        fresh = self._change_secrets(request, marketplace) if request.method == "POST" else ""
        if request.method == "POST" and not fresh:
            return HttpResponseRedirect(request.path)
        context = {
            **self.admin_site.each_context(request),
            "title": f"{marketplace.name} 웹훅 비밀값",
            "opts": self.opts,
            "original": marketplace,
            "secrets": list(marketplace.secrets.order_by("slot")),
            "fresh": fresh,
        }
        response = TemplateResponse(request, "admin/accounts/marketplace/secrets.html", context)
        add_never_cache_headers(response)
        return response

    def _change_secrets(self, request: HttpRequest, marketplace: Marketplace) -> str:
        """Add or revoke. Returns a new secret in plain, or nothing."""
        actor = actor_of(request)
        try:
            if request.POST.get("deed") == "add":
                return add_webhook_secret(marketplace, actor=actor)
            secret = get_object_or_404(marketplace.secrets, slot=request.POST.get("slot") or 0)
            revoke_webhook_secret(secret, actor=actor)
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "비밀값을 폐기했습니다. 이 비밀값만으로 서명한 웹훅은 이제 받지 않습니다.")
        return ""


@admin.register(ReceivedWebhook)
class ReceivedWebhookAdmin(ReadOnlyAdmin):
    """What marketplaces sent us, and whether it was carried out."""

    list_display = ("id", "marketplace", "message_type", "handled", "note", when("received_at", "받은 시각"))
    list_filter = ("handled", "marketplace", ("received_at", admin.DateFieldListFilter))
    list_select_related = ("marketplace",)
    search_fields = ("=webhook_id", "message_type__startswith")
    readonly_fields = ("marketplace", "webhook_id", "message_type", "handled", "note", when("received_at", "받은 시각"))


@admin.register(AccessLink)
class AccessLinkAdmin(ReadOnlyAdmin):
    """Ways in for those without an account. The secret is nowhere here; a link can be closed."""

    list_display = ("id", "purpose", "subject", when("created_at", "만든 시각"), when("expires_at", "만료"), "state")
    list_filter = ("purpose", ("created_at", admin.DateFieldListFilter))
    ordering = ("-id",)
    search_fields = ("=subject_ref",)
    readonly_fields = (
        "purpose",
        "subject",
        "state",
        "is_single_use",
        when("created_at", "만든 시각"),
        when("expires_at", "만료"),
        when("redeemed_at", "처음 사용"),
        when("revoked_at", "폐기"),
    )
    actions = ("revoke",)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.change_accesslink")

    @admin.action(description="링크 폐기하기", permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[AccessLink]) -> None:
        actor, now = actor_of(request), timezone.now()
        each_by_itself(request, queryset, lambda link: revoke_link(link, now=now, actor=actor), done="폐기했습니다.")

    @admin.display(description="대상")
    def subject(self, link: AccessLink) -> SafeString:
        return subject_link(link.subject_type, link.subject_ref)

    @admin.display(description="상태")
    def state(self, link: AccessLink) -> str:
        if link.revoked_at is not None:
            return "폐기됨"
        if link.expires_at <= timezone.now():
            return "만료됨"
        return "사용됨" if link.redeemed_at is not None else "유효"
