"""Every webhook that was sent to a marketplace, in the staff's admin: how it went, sent again, tried out.

The filter stands in the address, so that a view can be shared.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import deliveries
from accounts.deliveries import Choice
from accounts.endpoint_admin import state_of
from accounts.events import EVENTS
from accounts.models import Marketplace, WebhookEndpoint
from accounts.webhooks import webhook_id_of
from core.admin_base import CappedPaginator, actor_of, row_url
from core.choices import OutboxStatus
from core.errors import DomainError
from core.models import OutboxAttempt, OutboxMessage

SEE: Final = ("core.view_outboxmessage", "accounts.view_marketplace")
RESEND: Final = "core.retry_outboxmessage"
TRY_OUT: Final = "accounts.change_webhookendpoint"
_PAGE: Final = 50
_ATTEMPTS: Final = 50
_LIST: Final = "admin:accounts_marketplace_deliveries"
_ONE: Final = "admin:accounts_marketplace_delivery"


@dataclass(frozen=True, slots=True)
class Line:
    """One delivery in the list."""

    message: OutboxMessage
    title: str
    url: str
    endpoint: str
    last: OutboxAttempt | None


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a filter."""

    value: str
    label: str
    is_chosen: bool


def delivery_urls(site: AdminSite) -> list[URLPattern]:
    """The pages of deliveries, below those of marketplaces."""
    pages = _Pages(site)
    folder = "<int:pk>/deliveries/"
    return [
        path(folder, site.admin_view(pages.listed), name="accounts_marketplace_deliveries"),
        path(f"{folder}test/", site.admin_view(pages.try_out), name="accounts_marketplace_test"),
        path(f"{folder}<int:message_id>/", site.admin_view(pages.one), name="accounts_marketplace_delivery"),
        path(f"{folder}<int:message_id>/resend/", site.admin_view(pages.resend), name="accounts_marketplace_resend"),
    ]


class _Pages:
    def __init__(self, site: AdminSite) -> None:
        self.site = site
        self.listed = require_GET(self._listed)
        self.one = require_GET(self._one)
        self.resend = require_http_methods(["GET", "POST"])(self._resend)
        self.try_out = require_POST(self._try_out)

    # -- pages --------------------------------------------------------------------------------------------------------

    def _listed(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Deliveries, newest first, by type, state and address."""
        place = self._place(request, pk)
        endpoints = list(place.endpoints.order_by("-carries_effects", "id"))
        choice = _chosen(request, endpoints)
        paginator = CappedPaginator(deliveries.deliveries_of(place, choice), _PAGE)
        page = paginator.get_page(request.GET.get("page"))
        rows = list(page.object_list)
        lasts = deliveries.last_attempts(rows)
        context = {
            "lines": [_line(place, row, endpoints, lasts.get(row.pk)) for row in rows],
            "page": page,
            "pages": paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
            "ellipsis": paginator.ELLIPSIS,
            "filters": _filters(choice, endpoints),
            "is_narrowed": choice != Choice(),
            "endpoints": [(endpoint, state_of(endpoint), row_url(endpoint)) for endpoint in endpoints],
            "may_try_out": request.user.has_perm(TRY_OUT),
        }
        return self._page(request, place, "deliveries", f"{place.name} 웹훅 발신", context)

    def _one(self, request: HttpRequest, pk: int, message_id: int) -> HttpResponse:
        """One delivery: the body and headers as sent, each attempt, and what may be done."""
        place = self._place(request, pk)
        message = _message(place, message_id)
        attempts = list(message.attempt_rows.order_by("-id")[:_ATTEMPTS])
        effect = message.effects.first()
        last = attempts[0] if attempts else None
        context = {
            "message": message,
            "webhook_id": webhook_id_of(message),
            "kind": deliveries.title(message),
            "endpoint": deliveries.endpoint_of(message, list(place.endpoints.all())),
            "attempts": attempts,
            "body": deliveries.shown_body(message),
            "headers": deliveries.shown_headers(message, last, secret_count=place.secrets.count()),
            "hidden": deliveries.HIDDEN,
            "effect": effect,
            "effect_url": row_url(effect) if effect is not None else "",
            "why_not": deliveries.why_not_resendable(message, now=timezone.now()),
            "may_resend": request.user.has_perm(RESEND),
            "is_under_way": deliveries.is_under_way(message),
        }
        return self._page(request, place, "delivery", f"{deliveries.title(message)} 웹훅", context)

    def _resend(self, request: HttpRequest, pk: int, message_id: int) -> HttpResponse:
        """What will happen, and then that."""
        if not request.user.has_perm(RESEND):
            raise PermissionDenied
        place = self._place(request, pk)
        message = _message(place, message_id)
        if request.method == "POST":
            try:
                deliveries.resend(message, actor=actor_of(request))
            except DomainError as refusal:
                messages.error(request, str(refusal))
            else:
                messages.success(request, "같은 webhook-id로 다시 보냅니다. 잠시 뒤 결과가 이 화면에 나타납니다.")
            return HttpResponseRedirect(reverse(_ONE, args=[place.pk, message.pk]))
        context = {
            "message": message,
            "kind": deliveries.title(message),
            "endpoint": deliveries.endpoint_of(message, list(place.endpoints.all())),
            "why_not": deliveries.why_not_resendable(message, now=timezone.now()),
        }
        return self._page(request, place, "resend", f"{deliveries.title(message)} 다시 보내기", context)

    def _try_out(self, request: HttpRequest, pk: int) -> HttpResponse:
        """POST: a test event to the chosen address, and on to how it went."""
        if not request.user.has_perm(TRY_OUT):
            raise PermissionDenied
        place = self._place(request, pk)
        endpoint = place.endpoints.filter(pk=_number(request.POST.get("endpoint"))).first()
        if endpoint is None:
            messages.error(request, "시험 이벤트를 보내지 않았습니다. 주소를 고르지 않았습니다. 목록에서 골라 주세요.")
            return HttpResponseRedirect(reverse(_LIST, args=[place.pk]))
        try:
            message = deliveries.send_test(endpoint, now=timezone.now(), actor=actor_of(request))
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(reverse(_LIST, args=[place.pk]))
        messages.success(request, f"‘{endpoint.name}’에 시험 이벤트를 보냅니다. 잠시 뒤 결과가 이 화면에 나타납니다.")
        return HttpResponseRedirect(reverse(_ONE, args=[place.pk, message.pk]))

    # -- what they share ----------------------------------------------------------------------------------------------

    def _place(self, request: HttpRequest, pk: int) -> Marketplace:
        if not all(request.user.has_perm(permission) for permission in SEE):
            raise PermissionDenied
        return get_object_or_404(Marketplace, pk=pk)

    def _page(
        self, request: HttpRequest, place: Marketplace, name: str, title: str, context: dict[str, Any]
    ) -> HttpResponse:
        frame = {**self.site.each_context(request), "title": title, "opts": Marketplace._meta, "place": place}
        response = TemplateResponse(request, f"admin/accounts/marketplace/{name}.html", frame | context)
        add_never_cache_headers(response)
        return response


def _message(place: Marketplace, message_id: int) -> OutboxMessage:
    return get_object_or_404(deliveries.deliveries_of(place), pk=message_id)


def _number(text: str | None) -> int:
    """A number that a database can look up; nothing has the number 0."""
    given = text or ""
    return int(given) if given.isascii() and given.isdigit() and len(given) <= 18 else 0


def _chosen(request: HttpRequest, endpoints: Sequence[WebhookEndpoint]) -> Choice:
    """What the address asks for; a word that is none asks for nothing."""
    kind, status = request.GET.get("type", ""), request.GET.get("status", "")
    number = _number(request.GET.get("endpoint"))
    return Choice(
        message_type=kind if kind in {each.type for each in EVENTS} else "",
        status=status if status in OutboxStatus.values else "",
        endpoint=next((endpoint for endpoint in endpoints if endpoint.pk == number), None),
    )


def _filters(choice: Choice, endpoints: Sequence[WebhookEndpoint]) -> list[tuple[str, str, list[Option]]]:
    chosen = str(choice.endpoint.pk) if choice.endpoint is not None else ""
    kinds = [("", "모든 종류"), *((each.type, f"{each.title} ({each.type})") for each in EVENTS)]
    states = [("", "모든 상태"), *((str(value), str(label)) for value, label in OutboxStatus.choices)]
    places = [("", "모든 주소"), *((str(endpoint.pk), endpoint.name) for endpoint in endpoints)]
    return [
        ("type", "종류", [Option(value, label, value == choice.message_type) for value, label in kinds]),
        ("status", "상태", [Option(value, label, value == choice.status) for value, label in states]),
        ("endpoint", "주소", [Option(value, label, value == chosen) for value, label in places]),
    ]


def _line(
    place: Marketplace, message: OutboxMessage, endpoints: Sequence[WebhookEndpoint], last: OutboxAttempt | None
) -> Line:
    endpoint = deliveries.endpoint_of(message, endpoints)
    return Line(
        message=message,
        title=deliveries.title(message),
        url=reverse(_ONE, args=[place.pk, message.pk]),
        endpoint=endpoint.name if endpoint is not None else message.destination,
        last=last,
    )
