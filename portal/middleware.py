"""Staff come in with a second factor."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

ADMIN_PREFIX = "/admin/"


class SecondFactorMiddleware:
    """Sends staff without a second factor to set one up before any admin page opens.

    Forced by the production settings; the demonstration's accounts come without one so that a newcomer gets in.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.REQUIRE_SECOND_FACTOR and self._lacks_second_factor(request):
            messages.warning(request, "관리 화면에는 2단계 인증이 필요합니다. 인증 앱을 등록해 주세요.")
            return HttpResponseRedirect(reverse("mfa_activate_totp"))
        return self.get_response(request)

    def _lacks_second_factor(self, request: HttpRequest) -> bool:
        return (
            request.path.startswith(ADMIN_PREFIX) and request.user.is_authenticated and not is_mfa_enabled(request.user)
        )
